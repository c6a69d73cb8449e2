package worlds

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/testkit"
)

// column is one column of a tenant's table.
type column struct {
	Table, Name, Type string
	Indexed           bool
}

// columns lists what can be written of every tenant table.
func columns(t testing.TB, w *World) []column {
	t.Helper()
	all, err := collect[column](t, w, `SELECT c.oid::regclass::text, a.attname::text, format_type(a.atttypid, NULL),
			EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND a.attnum = ANY (i.indkey::int2[]))
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		WHERE c.relnamespace = 'app'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname <> 'org_id' ORDER BY 1, a.attnum`)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Rewritten tells what became of B.
type Rewritten struct {
	Changed, Rows int
	Kept          []string // columns that a constraint holds to what they are
}

// keptOnPurpose stay as they are, so that B can still be at work in its world.
var keptOnPurpose = map[string]string{
	"app.organizations.slug":                   "the name of a company's host is public: it is in the DNS",
	"app.users.password_hash":                  "B's own people log in, to make load",
	"app.organizations.second_factor_required": "the same: none of them has a second factor",
}

// Rewrite makes B another company: every text, number, id, time and count of rows from another seed. A column that
// a constraint holds keeps its values, and is told. Rows that belong together still do.
func Rewrite(t testing.TB, w *World, seed uint64) Rewritten {
	t.Helper()
	var done Rewritten
	b := &bench{t: t, conn: w.Super(t), seed: seed}
	b.exec("SET session_replication_role = replica")
	defer b.exec("RESET session_replication_role")
	all := columns(t, w)
	done.Rows = b.more(all)
	for _, c := range all {
		name := c.Table + "." + c.Name
		if keptOnPurpose[name] != "" {
			continue
		}
		changed := false
		for _, value := range b.other(c) {
			if changed = b.try(fmt.Sprintf("UPDATE %s SET %s = %s WHERE org_id = $1", c.Table, quoted(c.Name), value)); changed {
				break
			}
		}
		if changed {
			done.Changed++
		} else {
			done.Kept = append(done.Kept, name)
		}
	}
	for _, sql := range []string{
		"UPDATE platform.billing_customers SET card_last4 = lpad(($2::bigint % 9000)::text, 4, '7') WHERE org_id = $1",
		"UPDATE platform.subscriptions s SET extra_users = 1 + $2::bigint % 5, created_at = created_at + $2::bigint % 50 * interval '1 minute' FROM platform.billing_customers c WHERE c.id = s.customer_id AND c.org_id = $1",
		"UPDATE platform.invoices i SET number = number || $2::bigint, total_cents = total_cents + $2::bigint % 900 FROM platform.billing_customers c WHERE c.id = i.customer_id AND c.org_id = $1",
	} {
		b.exec(sql, testkit.B.ID, int64(seed))
	}
	b.exec("UPDATE platform.organizations SET name = name || $2 WHERE org_id = $1", testkit.B.ID, fmt.Sprint(" ", seed))
	return done
}

// bench is where rows of B are worked on.
type bench struct {
	t    testing.TB
	conn *pgx.Conn
	seed uint64
}

func (b *bench) exec(sql string, args ...any) {
	b.t.Helper()
	if _, err := b.conn.Exec(context.WithoutCancel(b.t.Context()), sql, args...); err != nil {
		b.t.Fatalf("%v\n%s", err, sql)
	}
}

// try changes B's rows, or nothing.
func (b *bench) try(sql string) bool {
	_, err := b.conn.Exec(b.t.Context(), sql, testkit.B.ID) // one statement: whole or not at all
	return err == nil
}

// other are expressions for another value of a column, the boldest first.
func (b *bench) other(c column) []string {
	col := quoted(c.Name)
	switch c.Type {
	case "uuid":
		return []string{fmt.Sprintf("CASE WHEN %[1]s = '00000000-0000-0000-0000-000000000000' THEN %[1]s ELSE md5(%[1]s::text || '%[2]d')::uuid END", col, b.seed)}
	case "text":
		return []string{
			fmt.Sprintf("%s || ' %s %d'", col, testkit.Sentinel, b.seed),
			fmt.Sprintf("'b%d' || %s", b.seed%1000, col),
			fmt.Sprintf("%s || '%d'", col, b.seed%1000),
			fmt.Sprintf("translate(%s, '0123456789', '1234567890')", col),
		}
	case "text[]":
		return []string{fmt.Sprintf("ARRAY(SELECT x || ' %d' FROM unnest(%s) x)", b.seed, col)}
	case "bytea":
		return []string{fmt.Sprintf("sha256(%s || '\\x%04x')", col, b.seed%65536)}
	case "jsonb":
		if c.Name == "answer" { // to a request that is sent again
			return []string{fmt.Sprintf("jsonb_build_array(%s, %d)", col, b.seed)}
		}
		return []string{fmt.Sprintf("replace(%[1]s::text, '%[2]s', '%[2]s %[3]d')::jsonb", col, testkit.Sentinel, b.seed)}
	case "timestamp with time zone":
		return []string{fmt.Sprintf("%s + interval '%d minutes'", col, 1+b.seed%50)}
	case "time without time zone":
		return []string{fmt.Sprintf("%s + interval '%d minutes'", col, 1+b.seed%50)}
	case "date":
		return []string{col + " + 1"}
	case "smallint", "integer", "bigint", "numeric", "double precision", "real":
		return []string{fmt.Sprintf("%s + %d", col, 1+b.seed%9), col + " + 1", col + " - 1", col + " * 2"}
	case "boolean":
		return []string{"NOT " + col}
	}
	return nil
}

// more adds rows to B: copies under other ids, where keys let it.
func (b *bench) more(all []column) (added int) {
	names := map[string][]string{}
	var tables []string
	for _, c := range all {
		if names[c.Table] == nil {
			tables = append(tables, c.Table)
		}
		names[c.Table] = append(names[c.Table], c.Name)
	}
	for _, table := range tables {
		for n := range 2 + b.seed%2 {
			list, values := []string{}, []string{}
			for _, name := range names[table] {
				list = append(list, quoted(name))
				if name == "id" {
					values = append(values, fmt.Sprintf("md5(id::text || 'more %d %d')::uuid", b.seed, n))
				} else {
					values = append(values, quoted(name))
				}
			}
			tag, err := b.conn.Exec(b.t.Context(), fmt.Sprintf("INSERT INTO %[1]s (org_id, %[2]s) SELECT org_id, %[3]s FROM %[1]s WHERE org_id = $1 ON CONFLICT DO NOTHING",
				table, strings.Join(list, ", "), strings.Join(values, ", ")), testkit.B.ID)
			if err == nil {
				added += int(tag.RowsAffected())
			}
		}
	}
	return added
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }
