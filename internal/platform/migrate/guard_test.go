package migrate_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/testkit"
)

const (
	columns     = `org_id uuid NOT NULL, id uuid NOT NULL`
	table       = `CREATE TABLE app.extra (` + columns + `, PRIMARY KEY (org_id, id)); `
	walled      = table + `CALL platform.raise_wall('app.extra', 'SELECT'); `
	partitioned = `CREATE TABLE app.years (` + columns + `, PRIMARY KEY (org_id, id)) PARTITION BY HASH (org_id); CALL platform.raise_wall('app.years', 'SELECT'); `
	partition   = partitioned + `CREATE TABLE app.years_0 PARTITION OF app.years FOR VALUES WITH (MODULUS 1, REMAINDER 0); `
)

// TestTableWithoutWallCannotLand runs migrations as the migrating role. Each is one transaction, and its end is
// where the table has to be behind the wall.
func TestTableWithoutWallCannotLand(t *testing.T) {
	t.Parallel()
	conn := migrating(t, testkit.NewDatabase(t))
	for _, m := range []struct{ sql, says string }{
		{table, "app.extra has no row level security that is enabled and forced"},
		{`CREATE TABLE app.extra (id uuid PRIMARY KEY)`, "app.extra has no column org_id uuid NOT NULL"},
		{`CREATE TABLE app.extra (org_id text NOT NULL, id uuid, PRIMARY KEY (org_id, id))`, "app.extra has no column org_id uuid NOT NULL"},
		{`CREATE TABLE app.extra AS SELECT org_id, id FROM app.mails`, "app.extra has no column org_id uuid NOT NULL"},
		{walled + `ALTER TABLE app.extra NO FORCE ROW LEVEL SECURITY`, "enabled and forced"},
		{walled + `ALTER TABLE app.extra DISABLE ROW LEVEL SECURITY`, "enabled and forced"},
		{walled + `DROP POLICY tenant_wall ON app.extra`, "app.extra has not exactly the two policies"},
		{walled + `DROP POLICY tenant_allow ON app.extra`, "app.extra has not exactly the two policies"},
		{walled + `CREATE POLICY support ON app.extra FOR SELECT TO fence_backup USING (true)`, "app.extra has not exactly the two policies"},
		{walled + `ALTER POLICY tenant_wall ON app.extra USING (true)`, "app.extra has not exactly the two policies"},
		{walled + `ALTER TABLE app.extra DROP CONSTRAINT extra_pkey`, "app.extra has no primary key that begins with org_id"},
		{`CREATE TABLE app.extra (` + columns + `, PRIMARY KEY (id)); CALL platform.raise_wall('app.extra', 'SELECT')`, "app.extra has no primary key that begins with org_id"},
		{`CREATE VIEW app.names AS SELECT name FROM app.users`, "app.names is no table"},
		{`CREATE MATERIALIZED VIEW app.names AS SELECT name FROM app.users`, "app.names is no table"},
		{partition, "app.years_0 has no row level security"},
		{partitioned + `CREATE TABLE migrations.years_0 PARTITION OF app.years FOR VALUES WITH (MODULUS 1, REMAINDER 0)`, "migrations.years_0 holds rows of a table of schema app outside of it"},
		{`CREATE TABLE migrations.extra (` + columns + `, PRIMARY KEY (org_id, id)); ALTER TABLE migrations.extra SET SCHEMA app`, "app.extra has no row level security"},
		// A table that has long been there is held too.
		{`ALTER TABLE app.mails DISABLE ROW LEVEL SECURITY`, "app.mails has no row level security"},
		{`DROP POLICY tenant_wall ON app.mails`, "app.mails has not exactly the two policies"},
		{`ALTER TABLE app.mails ALTER org_id DROP NOT NULL`, ""},
		{`ALTER POLICY tenant_wall ON app.mails RENAME TO wall`, "app.mails has not exactly the two policies"},
		{`SET ROLE fence_owner; ALTER TABLE app.mails NO FORCE ROW LEVEL SECURITY`, "app.mails has no row level security"},
	} {
		err := inTransaction(t, conn, m.sql)
		e, ok := errors.AsType[*pgconn.PgError](err)
		if !ok || m.says != "" && (e.Code != "FE003" || !strings.Contains(e.Message, m.says)) {
			t.Errorf("%s\nlanded, or was refused for something else: %v, want %q", m.sql, err, m.says)
		}
	}
	for _, sql := range []string{
		walled + `DROP TABLE app.extra`,
		walled + `ALTER TABLE app.extra ADD note text; DROP TABLE app.extra`,
		partition + `CALL platform.raise_wall('app.years_0', 'SELECT'); REVOKE ALL ON app.years_0 FROM fence_app, fence_backup`,
		`CREATE TABLE migrations.notes (id int)`, // not a tenant's
		walled,
	} {
		if err := inTransaction(t, conn, sql); err != nil {
			t.Errorf("a table behind the wall is refused: %v\n%s", err, sql)
		}
	}
}

// Where nobody was superuser there is no event trigger: the migration ends with a look at the catalogue.
func TestMigrationWithoutEventTriggerLooksByItself(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	d.Exec(t, `DROP EVENT TRIGGER fence_wall; DROP EVENT TRIGGER fence_wall_drop`)
	if err := inTransaction(t, migrating(t, d), table); err != nil {
		t.Fatalf("without the trigger: %v", err)
	}
	err := migrate.Up(t.Context(), d.URL("fence_migrate"), testkit.ContextKeys, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "row level security of app.extra is not enabled") {
		t.Errorf("got %v", err)
	}
	wantRefusal(t, "a table without a wall", d.URL("fence_app"), "app.extra")
}

func migrating(t *testing.T, d *testkit.Database) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.URL("fence_migrate"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(testContext) })
	return conn
}

// inTransaction runs a migration: what several statements sent at once are is one transaction.
func inTransaction(t *testing.T, conn *pgx.Conn, sql string) error {
	t.Helper()
	_, err := conn.Exec(t.Context(), sql)
	if err != nil {
		_, _ = conn.Exec(t.Context(), "RESET ROLE") // what SET ROLE did went with the transaction
	}
	return err
}
