package migrate_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/lintdb"
	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/testkit"
)

func wantRefusal(t *testing.T, what, url, says string) {
	t.Helper()
	err := migrate.Verify(t.Context(), url)
	if err == nil || !strings.HasPrefix(err.Error(), "not serving: ") || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%s: got %v, want one sentence that says %q", what, err, says)
	}
}

// TestFaultsOfTheDatabaseAreRefused spoils a database of its own in one way and asks whether it may be served.
func TestFaultsOfTheDatabaseAreRefused(t *testing.T) {
	t.Parallel()
	if err := migrate.Verify(t.Context(), testkit.NewDatabase(t).URL("fence_app")); err != nil {
		t.Fatalf("a sound database: %v", err)
	}
	for what, fault := range map[string]struct{ sql, says string }{
		"owner of a table":         {`ALTER TABLE app.mails OWNER TO fence_app`, "owns app.mails"},
		"owner of a function":      {`ALTER FUNCTION app.org_id() OWNER TO fence_app`, "owns app.org_id()"},
		"owner of a schema":        {`ALTER SCHEMA shared OWNER TO fence_app`, "owns schema shared"},
		"temporary tables":         {`DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO fence_app', current_database()); END $$`, "may create temporary tables"},
		"new schemas":              {`DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO fence_app', current_database()); END $$`, "may create schemas"},
		"new tables":               {`GRANT CREATE ON SCHEMA app TO fence_app`, "may create in schema app"},
		"new tables in public":     {`GRANT CREATE ON SCHEMA public TO PUBLIC`, "may create in schema public"},
		"truncate":                 {`GRANT TRUNCATE ON app.mails TO fence_app`, "may truncate app.mails"},
		"hosts of everybody":       {`GRANT SELECT ON platform.hosts TO fence_app`, "may read or write platform.hosts"},
		"one column of platform":   {`GRANT SELECT (name) ON platform.organizations TO fence_app`, "may read or write platform.organizations"},
		"no row security":          {`ALTER TABLE app.mails DISABLE ROW LEVEL SECURITY`, "row level security of app.mails is not enabled"},
		"not forced":               {`ALTER TABLE app.mails NO FORCE ROW LEVEL SECURITY`, "row level security of app.mails is not enabled and forced"},
		"no wall":                  {`DROP POLICY tenant_wall ON app.mails`, "the policies of app.mails differ"},
		"another condition":        {`ALTER POLICY tenant_wall ON app.mails USING (org_id = (SELECT app.org_id()) OR kind = 'welcome')`, "the policies of app.mails differ"},
		"no check of writes":       {`ALTER POLICY tenant_wall ON app.mails WITH CHECK (true)`, "the policies of app.mails differ"},
		"one more policy":          {`CREATE POLICY backdoor ON app.mails AS PERMISSIVE FOR SELECT TO fence_app USING (true)`, "the policies of app.mails differ"},
		"a wall for one role":      {`ALTER POLICY tenant_wall ON app.mails TO fence_backup`, "the policies of app.mails differ"},
		"a wall that permits":      {`DROP POLICY tenant_wall ON app.mails; CREATE POLICY tenant_wall ON app.mails AS PERMISSIVE TO PUBLIC USING (org_id = (SELECT app.org_id())) WITH CHECK (org_id = (SELECT app.org_id()))`, "the policies of app.mails differ"},
		"a table without a wall":   {`CREATE TABLE app.forgotten (org_id uuid, id uuid)`, "app.forgotten"},
		"a view past the wall":     {`CREATE VIEW app.everybody AS SELECT * FROM app.mails`, "app.everybody shows rows past the wall"},
		"tasks without a wall":     {`ALTER TABLE tasks.river_job DISABLE ROW LEVEL SECURITY`, "row level security of tasks.river_job"},
		"tasks of everybody":       {`ALTER POLICY tasks_of_the_organization ON tasks.river_job USING (true)`, "the policies of tasks.river_job differ"},
		"a context out of air":     {`CREATE OR REPLACE FUNCTION app.org_id() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT '00000000-0000-7000-8000-00000000000a'::uuid $$`, "without a context"},
		"a migration behind":       {`DELETE FROM migrations.goose_db_version WHERE version_id = (SELECT max(version_id) FROM migrations.goose_db_version)`, "run `fence migrate up`"},
		"rows of B for the runner": {`GRANT SELECT (name) ON app.organizations TO fence_system`, "role fence_system may read or write app.organizations"},
		"a role for reports":       {`GRANT SELECT ON app.mails TO pg_monitor`, "role pg_monitor has rights on app.mails"},
		"keys for the app":         {`GRANT SELECT ON vault.keys TO fence_app`, "role fence_app has SELECT on vault.keys"},
		"a simpler context":        {`CREATE OR REPLACE FUNCTION app.org_id() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT current_setting('app.org_id')::uuid $$`, "app.org_id() is not what vault.take_form makes"},
		"a context kept in plans":  {`ALTER FUNCTION app.org_id() IMMUTABLE`, "app.org_id() is not STABLE"},
		"a key of two":             {`ALTER TABLE app.mails DROP CONSTRAINT mails_pkey, ADD PRIMARY KEY (id)`, "the primary key of app.mails does not begin with org_id"},
		"another text":             {`ALTER POLICY tenant_allow ON app.mails USING (org_id IS NOT NULL)`, "the policies of app.mails differ"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDatabase(t)
			d.Exec(t, fault.sql)
			wantRefusal(t, what, d.URL("fence_app"), fault.says)
		})
	}
}

// A server without the fixes is refused, and the private one served with a warning.
func TestOldServerIsRefused(t *testing.T) {
	t.Parallel()
	url := testkit.NewDatabase(t).URL("fence_app")
	if err := migrate.VerifyAsIfOld(t.Context(), url, false, nil); err == nil || err.Error() != "not serving: PostgreSQL is too old: upgrade it" {
		t.Errorf("an outside server: %v", err)
	}
	var logged strings.Builder
	err := migrate.VerifyAsIfOld(t.Context(), url, true, slog.New(slog.NewTextHandler(&logged, nil)))
	if err != nil || !strings.Contains(logged.String(), "WARN") || !strings.Contains(logged.String(), "upgrade it") {
		t.Errorf("the private server: %v, logged %q", err, &logged)
	}
}

// TestProofIsFast: what the rules of the start ask may take a twentieth of a second of the database's time. Its
// processor's time is measured, as the machine may be busy with other tests, at the second look: at the first one a
// connection reads its catalogue in, which takes a slow machine longer than all rules together.
func TestProofIsFast(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), testkit.NewDatabase(t).URL("fence_app"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	rules := lintdb.Only(lintdb.AtStart)
	var took [2]time.Duration
	for i := range took {
		before := busy(t, conn)
		if _, err := lintdb.Find(t.Context(), conn, rules); err != nil {
			t.Fatal(err)
		}
		took[i] = busy(t, conn) - before
	}
	if took[1] > 50*time.Millisecond {
		t.Errorf("%d rules take %v, want at most 50ms", len(rules), took[1])
	}
	t.Logf("%d rules, %v, the first time %v", len(rules), took[1].Round(time.Millisecond), took[0].Round(time.Millisecond))
}

// busy is how long the connection's server process has had a processor.
func busy(t *testing.T, conn *pgx.Conn) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", conn.PgConn().PID()))
	if err != nil {
		t.Fatal(err)
	}
	var ns int64
	if _, err := fmt.Sscan(string(text), &ns); err != nil {
		t.Fatal(err)
	}
	return time.Duration(ns)
}

func TestDatabaseWithoutTablesSaysWhatToDo(t *testing.T) {
	t.Parallel()
	wantRefusal(t, "after init alone", address("fence_app", empty(t)), "the database is at migration 0 and this binary needs")
}

// TestFaultsOfTheRoleAreRefused spoils the serving role. Roles belong to the whole server, so this one is a
// server of its own.
func TestFaultsOfTheRoleAreRefused(t *testing.T) {
	t.Parallel()
	c := ownServer(t)
	app := c.URL("fence_app", "fence")
	if err := migrate.Verify(t.Context(), app); err != nil {
		t.Fatalf("a sound role: %v", err)
	}
	conn, err := pgx.Connect(t.Context(), c.SuperuserURL("fence"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, fault := range []struct{ spoil, mend, says string }{
		{"ALTER ROLE fence_app SUPERUSER", "ALTER ROLE fence_app NOSUPERUSER", "is a superuser"},
		{"ALTER ROLE fence_app BYPASSRLS", "ALTER ROLE fence_app NOBYPASSRLS", "has BYPASSRLS"},
		{"ALTER ROLE fence_app CREATEROLE", "ALTER ROLE fence_app NOCREATEROLE", "may create roles"},
		{"ALTER ROLE fence_app CREATEDB", "ALTER ROLE fence_app NOCREATEDB", "may create databases"},
		{"ALTER ROLE fence_app REPLICATION", "ALTER ROLE fence_app NOREPLICATION", "may replicate"},
		{"GRANT fence_owner TO fence_app", "REVOKE fence_owner FROM fence_app", "is a member of fence_owner"},
		{"GRANT pg_read_all_data TO fence_app", "REVOKE pg_read_all_data FROM fence_app", "is a member of pg_read_all_data"},
		{"ALTER ROLE fence_owner LOGIN", "ALTER ROLE fence_owner NOLOGIN", "role fence_owner is not NOLOGIN"},
		{"ALTER ROLE fence_vault BYPASSRLS", "ALTER ROLE fence_vault NOBYPASSRLS", "role fence_vault is not NOBYPASSRLS"},
		{"ALTER ROLE fence_search SUPERUSER", "ALTER ROLE fence_search NOSUPERUSER", "role fence_search is not NOSUPERUSER"},
		{"ALTER ROLE fence_system BYPASSRLS", "ALTER ROLE fence_system NOBYPASSRLS", "role fence_system is not NOBYPASSRLS"},
		{"ALTER ROLE fence_migrate NOBYPASSRLS", "ALTER ROLE fence_migrate BYPASSRLS", "role fence_migrate is not BYPASSRLS"},
		{"ALTER ROLE fence_backup CREATEROLE", "ALTER ROLE fence_backup NOCREATEROLE", "role fence_backup is not NOCREATEROLE"},
		{"GRANT fence_owner TO fence_system", "REVOKE fence_owner FROM fence_system", "role fence_system is a member of fence_owner"},
		{"GRANT fence_vault TO fence_backup", "REVOKE fence_vault FROM fence_backup", "role fence_backup is a member of fence_vault"},
		{"GRANT SET ON PARAMETER backtrace_functions TO fence_app", "REVOKE SET ON PARAMETER backtrace_functions FROM fence_app", "role fence_app may set backtrace_functions"},
		{"ALTER ROLE fence_app SET search_path = public", "ALTER ROLE fence_app RESET search_path", "role fence_app sets search_path"},
	} {
		if _, err := conn.Exec(t.Context(), fault.spoil); err != nil {
			t.Fatal(err)
		}
		wantRefusal(t, fault.spoil, app, fault.says)
		if _, err := conn.Exec(t.Context(), fault.mend); err != nil {
			t.Fatal(err)
		}
		if err := migrate.Verify(t.Context(), app); err != nil {
			t.Errorf("after %s: %v", fault.mend, err)
		}
	}
	// Another role of ours is no better; one that may not read the ledger is told of no tables.
	for role, says := range map[string]string{cluster.Superuser: "is a superuser", "fence_migrate": "has BYPASSRLS", "fence_backup": "has BYPASSRLS", "fence_system": "migration 0"} {
		wantRefusal(t, "serving as "+role, c.URL(role, "fence"), says)
	}
	// An init mends what somebody gave the role.
	if _, err := conn.Exec(t.Context(), "ALTER ROLE fence_app SUPERUSER"); err != nil {
		t.Fatal(err)
	}
	cfg, err := pgx.ParseConfig(c.SuperuserURL("postgres"))
	if err == nil {
		err = migrate.Init(t.Context(), cfg, "fence")
	}
	if err == nil {
		err = migrate.Verify(t.Context(), app)
	}
	if err != nil {
		t.Errorf("after another init: %v", err)
	}
}

func ownServer(t *testing.T) *cluster.Cluster {
	t.Helper()
	dir, err := os.MkdirTemp("", "fence-roles-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })  // under the system's temporary folder
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL's account passes through it
		t.Fatal(err)
	}
	c, err := cluster.Start(t.Context(), cluster.Options{DataDir: dir, FastAndLoose: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	cfg, err := pgx.ParseConfig(c.SuperuserURL("postgres"))
	if err == nil {
		err = migrate.Init(t.Context(), cfg, "fence")
	}
	if err == nil {
		err = migrate.Up(t.Context(), c.URL("fence_migrate", "fence"), testkit.ContextKeys, slog.New(slog.DiscardHandler))
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}
