package worlds

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// kept is a table of which a copy is kept, with what can be written of it.
type kept struct{ Table, Columns string }

// Keep keeps a copy of every row, for Restore. It becomes part of the database, and of copies of it.
func (w *World) Keep(t testing.TB) {
	t.Helper()
	w.Exec(t, "CREATE SCHEMA IF NOT EXISTS prover_kept")
	w.kept = nil
	for _, k := range w.keptTables(t) {
		copied := pgx.Identifier{"prover_kept", k.Table}.Sanitize()
		w.Exec(t, fmt.Sprintf("DROP TABLE IF EXISTS %[1]s; CREATE TABLE %[1]s AS SELECT %[2]s FROM %[3]s", copied, k.Columns, k.Table))
	}
}

func (w *World) keptTables(t testing.TB) []kept {
	t.Helper()
	if w.kept == nil {
		all, err := collect[kept](t, w, `SELECT c.oid::regclass::text, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
			WHERE c.relkind IN ('r', 'p') AND c.relname <> 'prover_clock'
				AND (c.relnamespace IN ('app'::regnamespace, 'platform'::regnamespace) OR c.oid = 'tasks.river_job'::regclass) GROUP BY c.oid ORDER BY 1`)
		if err != nil {
			t.Fatal(err)
		}
		w.kept = all
	}
	return w.kept
}

// Restore brings tenants' tables that changed, and whatever else the product writes, back to what was kept.
func (w *World) Restore(t testing.TB, changed []string) {
	t.Helper()
	var sql []string
	for _, k := range w.keptTables(t) {
		if strings.HasPrefix(k.Table, "app.") && !slices.Contains(changed, k.Table) {
			continue
		}
		sql = append(sql, fmt.Sprintf("DELETE FROM %[1]s; INSERT INTO %[1]s (%[2]s) SELECT %[2]s FROM %[3]s", k.Table, k.Columns, pgx.Identifier{"prover_kept", k.Table}.Sanitize()))
	}
	w.Exec(t, "SET session_replication_role = replica; "+strings.Join(sql, "; ")+"; RESET session_replication_role")
}
