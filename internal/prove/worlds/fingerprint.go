package worlds

import (
	"fmt"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

// Fingerprint is every row of the organization in every tenant table, hashed table by table: what testkit's Untouched
// compares, for who asks often. The tasks of the organization are part of it.
func (w *World) Fingerprint(t testing.TB, o testkit.Org) map[string]string {
	t.Helper()
	var parts []string
	for _, table := range w.DB.TenantTables(t) {
		parts = append(parts, fmt.Sprintf("SELECT '%[1]s', coalesce(md5(string_agg(r::text, E'\\n' ORDER BY r::text)), 'empty') FROM %[1]s r WHERE org_id = $1", table))
	}
	parts = append(parts, "SELECT 'tasks.river_job', coalesce(md5(string_agg(kind || args::text, E'\\n' ORDER BY id)), 'empty') FROM tasks.river_job WHERE args ->> 'org_id' = $1::uuid::text")
	type sum struct{ Table, Sum string }
	all, err := collect[sum](t, w, strings.Join(parts, " UNION ALL "), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for _, s := range all {
		sums[s.Table] = s.Sum
	}
	return sums
}

// Changed lists the tables whose fingerprints differ.
func Changed(before, after map[string]string) (tables []string) {
	for table, sum := range after {
		if before[table] != sum {
			tables = append(tables, table)
		}
	}
	return tables
}
