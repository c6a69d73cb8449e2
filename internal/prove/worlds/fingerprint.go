package worlds

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

// Fingerprint is every row of both companies in every tenant table, hashed by company and table: what testkit's
// Untouched compares, for who asks often. The tasks of the companies are part of it, in plain text, and so is
// what was noted of how they come along, which one statement reads off all of their rows.
type Fingerprint map[string]string

// Fingerprint takes it.
func (w *World) Fingerprint(t testing.TB) Fingerprint {
	t.Helper()
	if w.tables == "" {
		lists := map[string][]string{}
		for _, c := range columns(t, w) {
			if c.Table+"."+c.Name != "app.quote_documents.bytes" { // large; the hash beside it holds them by a constraint
				lists[c.Table] = append(lists[c.Table], "r."+quoted(c.Name))
			}
		}
		var parts []string
		for _, table := range w.DB.TenantTables(t) {
			row := "ROW(" + strings.Join(lists[table], ", ") + ")::text"
			parts = append(parts, fmt.Sprintf("SELECT org_id::text || ' %[1]s', md5(string_agg(%[2]s, E'\\n' ORDER BY %[2]s)) FROM %[1]s r GROUP BY org_id", table, row))
		}
		parts = append(parts, "SELECT coalesce(args ->> 'org_id', 'nobody') || ' tasks.river_job', string_agg(kind || args::text, '; ' ORDER BY kind, args::text) FROM tasks.river_job GROUP BY args ->> 'org_id'")
		parts = append(parts, "SELECT org_id::text || ' platform.product_events', md5(string_agg(e::text, E'\\n' ORDER BY event, key)) FROM platform.product_events e GROUP BY org_id")
		w.tables = strings.Join(parts, " UNION ALL ")
	}
	type sum struct{ Table, Sum string }
	all, err := collect[sum](t, w, w.tables)
	if err != nil {
		t.Fatal(err)
	}
	sums := Fingerprint{}
	for _, s := range all {
		sums[s.Table] = s.Sum
	}
	return sums
}

// Changed lists the tables in which something of the company is not as it was.
func (f Fingerprint) Changed(before Fingerprint, o testkit.Org) (tables []string) {
	for _, sums := range []Fingerprint{f, before} {
		for name := range sums {
			org, table, _ := strings.Cut(name, " ")
			if org == o.ID.String() && f[name] != before[name] && !slices.Contains(tables, table) {
				tables = append(tables, table)
			}
		}
	}
	slices.Sort(tables)
	return tables
}

// But is everything of everybody but the company, in one text.
func (f Fingerprint) But(o testkit.Org) string {
	var parts []string
	for name, sum := range f {
		if !strings.HasPrefix(name, o.ID.String()) {
			parts = append(parts, name+" "+sum)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "\n")
}

// Tables lists the tables that are not as they were, whosever rows changed.
func (f Fingerprint) Tables(before Fingerprint) (tables []string) {
	for _, sums := range []Fingerprint{f, before} {
		for name := range sums {
			if _, table, _ := strings.Cut(name, " "); f[name] != before[name] && !slices.Contains(tables, table) {
				tables = append(tables, table)
			}
		}
	}
	return tables
}

// written counts the transactions that wrote, of the whole server. The same number twice: nothing was written.
func (w *World) written(t testing.TB) (n int64) {
	t.Helper()
	if err := w.Super(t).QueryRow(t.Context(), "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// enqueued counts tasks.
func (w *World) enqueued(t testing.TB) (n int64) {
	t.Helper()
	if err := w.Super(t).QueryRow(t.Context(), "SELECT count(*) FROM tasks.river_job").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
