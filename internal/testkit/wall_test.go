package testkit

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/mint"
)

// TestEveryTenantTableIsAccountedFor fails on a table in schema app that lacks what isolation rests on.
func TestEveryTenantTableIsAccountedFor(t *testing.T) {
	t.Parallel()
	d := NewDatabase(t)
	tables := d.TenantTables(t)
	if all := Values[string](t, d, `SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')`); len(all) != len(tables) {
		t.Errorf("schema app has %d relations, %d with org_id: every one must have it", len(all), len(tables))
	}
	for _, table := range tables {
		for _, o := range []Org{A, B} {
			if n := Value[int](t, d, "SELECT count(*)::int FROM "+table+" WHERE org_id = $1", o.ID); n == 0 {
				t.Errorf("%s has no fixture row for %s", table, o.Slug)
			}
		}
	}
	for _, finding := range Values[string](t, d, `
		SELECT c.conrelid::regclass || ': ' || c.conname || ' does not begin with org_id' FROM pg_constraint c
		JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
		WHERE c.connamespace = 'app'::regnamespace AND c.contype IN ('p', 'u', 'x', 'f') AND a.attname <> 'org_id'
		UNION ALL
		SELECT c.oid::regclass || ' has no primary key' FROM pg_class c
		WHERE c.relnamespace = 'app'::regnamespace AND c.relkind IN ('r', 'p')
			AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.conrelid = c.oid AND p.contype = 'p')
		UNION ALL
		SELECT i.indexrelid::regclass || ' is unique and does not begin with org_id' FROM pg_index i
		JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'app'::regnamespace
		JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
		WHERE i.indisunique AND a.attname <> 'org_id'
		UNION ALL
		SELECT conrelid::regclass || ': ' || conname || ' refers to another key than org_id first' FROM pg_constraint c
		JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = c.confkey[1]
		WHERE c.connamespace = 'app'::regnamespace AND c.contype = 'f' AND a.attname <> 'org_id'
		UNION ALL
		SELECT a.attrelid::regclass || '.org_id may be null' FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE c.relnamespace = 'app'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'org_id' AND NOT a.attnotnull`) {
		t.Error(finding)
	}
	if err := migrate.Verify(t.Context(), d.URL("fence_app")); err != nil {
		t.Error(err)
	}
}

// TestWall tries, as the serving role, everything A could do to rows of B, on every table.
func TestWall(t *testing.T) {
	t.Parallel()
	d := NewDatabase(t)
	tables := d.TenantTables(t)
	conn, err := pgx.Connect(t.Context(), d.URL("fence_app"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	for _, table := range tables {
		refusedWithoutContext(t, conn, table)
		seesOnlyItsOwn(t, conn, table)
		cannotTouchTheOther(t, d, conn, table)
	}
	t.Logf("%d tables", len(tables))
}

func refusedWithoutContext(t *testing.T, conn *pgx.Conn, table string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), "SELECT * FROM "+table)
	if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.Code != pg.NoContext {
		t.Errorf("%s without a context: %v, want SQLSTATE %s", table, err, pg.NoContext)
	}
}

func asA(t *testing.T, conn *pgx.Conn, fn func(pgx.Tx)) {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), "SELECT vault.enter($1)", Context(A.ID, 'w', time.Now().Add(30*time.Second))); err != nil {
		t.Fatal(err)
	}
	fn(tx)
}

func seesOnlyItsOwn(t *testing.T, conn *pgx.Conn, table string) {
	t.Helper()
	asA(t, conn, func(tx pgx.Tx) {
		var own, foreign int
		err := tx.QueryRow(t.Context(), "SELECT count(*) FILTER (WHERE org_id = $1), count(*) FILTER (WHERE org_id <> $1) FROM "+table, A.ID).Scan(&own, &foreign)
		if err != nil || own == 0 || foreign != 0 {
			t.Errorf("%s: A sees %d rows of its own and %d of others, %v", table, own, foreign, err)
		}
	})
}

func cannotTouchTheOther(t *testing.T, d *Database, conn *pgx.Conn, table string) {
	t.Helper()
	// A copy of B's row, with B's organization, cannot be inserted by A; nor can A's row be moved to B.
	columns := strings.Join(Values[string](t, d, `SELECT quote_ident(attname) FROM pg_attribute
		WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> 'org_id' ORDER BY attnum`, table), ", ")
	for deed, sql := range map[string]string{
		"insert": fmt.Sprintf("INSERT INTO %[1]s (org_id, %[2]s) SELECT '%[3]s', %[2]s FROM %[1]s WHERE org_id = '%[4]s'", table, columns, B.ID, A.ID),
		"move":   fmt.Sprintf("UPDATE %s SET org_id = '%s'", table, B.ID),
	} {
		asA(t, conn, func(tx pgx.Tx) {
			_, err := tx.Exec(t.Context(), sql)
			if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.Code != "42501" {
				t.Errorf("%s: %s into B's: %v, want SQLSTATE 42501", table, deed, err)
			}
		})
	}
	for deed, sql := range map[string]string{
		"update": fmt.Sprintf("UPDATE %s SET org_id = org_id WHERE org_id = '%s'", table, B.ID),
		"delete": fmt.Sprintf("DELETE FROM %s WHERE org_id = '%s'", table, B.ID),
	} {
		asA(t, conn, func(tx pgx.Tx) {
			tag, err := tx.Exec(t.Context(), sql)
			e, refused := errors.AsType[*pgconn.PgError](err)
			if refused && e.Code == "42501" || err == nil && tag.RowsAffected() == 0 {
				return
			}
			t.Errorf("%s: %s of B's: %v, %v", table, deed, tag, err)
		})
	}
}

// TestForeignKeysStayInside shows that no row of A can refer to a row of B.
func TestForeignKeysStayInside(t *testing.T) {
	t.Parallel()
	d := NewDatabase(t)
	_, err := mintedUpdate(t, d, "UPDATE app.properties SET customer_id = $2 WHERE org_id = $1", A.ID, B.Customer())
	if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.Code != "23503" {
		t.Errorf("A's property at B's customer: %v, want SQLSTATE 23503", err)
	}
}

func mintedUpdate(t *testing.T, d *Database, sql string, args ...any) (tag pgconn.CommandTag, err error) {
	t.Helper()
	err = d.App.InOrg(t.Context(), mint.Tenant(A.ID), func(tx *pg.OrgTx) error {
		tag, err = tx.Exec(sql, args...)
		return err
	})
	return tag, err
}
