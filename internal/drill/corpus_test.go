package drill

import (
	"fmt"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

// table is one of the organizations' tables, with a column in which B's rows carry the sentinel.
type table struct{ name, column string }

// marked lists the tables in which B can be recognized.
func marked(t *testing.T, d *testkit.Database) []table {
	t.Helper()
	var found []table
	for _, name := range d.TenantTables(t) {
		for _, column := range testkit.Values[string](t, d, `SELECT quote_ident(attname) FROM pg_attribute
			WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND atttypid IN ('text'::regtype, 'jsonb'::regtype) ORDER BY attnum`, name) {
			if testkit.Value[bool](t, d, fmt.Sprintf("SELECT coalesce(bool_or(%s::text LIKE '%%SENTINEL%%'), false) FROM %s WHERE org_id = $1", column, name), testkit.B.ID) {
				found = append(found, table{name, column})
				break
			}
		}
	}
	return found
}

// class is one way of reading. %[1]s is the table, %[2]s its column, "others" the rows of other organizations.
type class struct {
	name   string
	script []string
}

const others = "org_id <> app.org_id()"

// reading are ways to read what is not one's own. Each finds B when the wall is off.
var reading = []class{
	{"everything", []string{"SELECT * FROM %[1]s"}},
	{"TABLE", []string{"TABLE %[1]s"}},
	{"a condition that always holds", []string{"SELECT %[2]s::text FROM %[1]s WHERE org_id = app.org_id() OR true"}},
	{"the others", []string{"SELECT %[2]s::text FROM %[1]s WHERE " + others}},
	{"UNION", []string{"SELECT 'x' UNION ALL SELECT %[2]s::text FROM %[1]s"}},
	{"a sub-select", []string{"SELECT (SELECT string_agg(%[2]s::text, ',') FROM %[1]s)"}},
	{"LATERAL", []string{"SELECT b.%[2]s::text FROM (VALUES (1)) v, LATERAL (SELECT * FROM %[1]s) b"}},
	{"a join with itself", []string{"SELECT b.%[2]s::text FROM %[1]s a JOIN %[1]s b ON a.org_id <> b.org_id OR a.org_id = b.org_id"}},
	{"a recursive query", []string{"WITH RECURSIVE r AS (SELECT %[2]s::text AS x, 1 AS n FROM %[1]s UNION ALL SELECT x, n + 1 FROM r WHERE n < 2) SELECT x FROM r"}},
	{"JSON", []string{"SELECT json_agg(r) FROM %[1]s r"}},
	{"the row as text", []string{"SELECT r::text FROM %[1]s r"}},
	{"XML of a query", []string{"SELECT query_to_xml('SELECT * FROM %[1]s', true, false, '')::text"}},
	{"XML of a table", []string{"SELECT table_to_xml('%[1]s'::regclass, true, false, '')::text"}},
	{"XML of a cursor", []string{"DECLARE x CURSOR FOR SELECT * FROM %[1]s", "SELECT cursor_to_xml('x', 100, true, false, '')::text"}},
	{"statistics of words", []string{"SELECT word FROM ts_stat('SELECT to_tsvector(''simple'', %[2]s::text) FROM %[1]s')"}},
	{"a cast that fails", []string{"SELECT (%[2]s::text)::int FROM %[1]s WHERE " + others}},
	{"a cast of all that fails", []string{"SELECT string_agg(%[2]s::text, ' ')::int FROM %[1]s WHERE " + others}},
	{"a JSON that fails", []string{"SELECT replace(%[2]s::text, ' ', '_')::json FROM %[1]s WHERE " + others}},
	{"a date that fails", []string{"SELECT (%[2]s::text)::timestamptz FROM %[1]s WHERE " + others}},
	{"a setting that fails", []string{"SELECT set_config('work_mem', %[2]s::text, true) FROM %[1]s WHERE " + others}},
	{"a name that fails", []string{"SELECT quote_ident(%[2]s::text)::regclass FROM %[1]s WHERE " + others}},
	{"a condition that fails", []string{"SELECT 1 FROM %[1]s WHERE CASE WHEN " + others + " THEN (%[2]s::text)::int > 0 END"}},
	{"a cursor", []string{"DECLARE c CURSOR FOR SELECT %[2]s::text FROM %[1]s WHERE " + others, "FETCH ALL FROM c"}},
	{"a held cursor", []string{"DECLARE h CURSOR WITH HOLD FOR SELECT %[2]s::text FROM %[1]s WHERE " + others, "FETCH ALL FROM h"}},
	{"a prepared statement", []string{"PREPARE p AS SELECT %[2]s::text FROM %[1]s WHERE " + others, "EXECUTE p"}},
	{"a notice", []string{"DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM %[1]s WHERE " + others + " LOOP RAISE NOTICE '%%', r; END LOOP; END $$"}},
	{"an exception", []string{"DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM %[1]s WHERE " + others + " LOOP RAISE EXCEPTION '%%', r; END LOOP; END $$"}},
	{"a detail and a hint", []string{"DO $$ DECLARE x text; BEGIN SELECT string_agg(%[2]s::text, ',') INTO x FROM %[1]s WHERE " + others + "; RAISE EXCEPTION 'no' USING DETAIL = coalesce(x, ''), HINT = coalesce(x, ''); END $$"}},
	{"SQL made of text", []string{"DO $$ DECLARE x text; BEGIN EXECUTE 'SELECT string_agg(%[2]s::text, '','') FROM %[1]s WHERE " + others + "' INTO x; RAISE NOTICE '%%', x; END $$"}},
	{"an exception caught", []string{"DO $$ DECLARE x text; BEGIN BEGIN PERFORM (%[2]s::text)::int FROM %[1]s WHERE " + others + "; EXCEPTION WHEN OTHERS THEN x := SQLERRM; END; RAISE NOTICE '%%', x; END $$"}},
	{"a window", []string{"SELECT first_value(%[2]s::text) OVER (ORDER BY org_id DESC) FROM %[1]s"}},
	{"the greatest", []string{"SELECT max(%[2]s::text) FROM %[1]s WHERE " + others}},
	{"groups", []string{"SELECT %[2]s::text, count(*) FROM %[1]s GROUP BY 1 HAVING count(*) > 0"}},
	{"an order that tells", []string{"SELECT %[2]s::text FROM %[1]s ORDER BY (org_id = app.org_id()) LIMIT 1"}},
	{"whether there are others", []string{"SELECT CASE WHEN EXISTS (SELECT FROM %[1]s WHERE " + others + ") THEN 'SENTI' || 'NEL' ELSE 'nobody' END"}},
	{"how many others", []string{"SELECT CASE WHEN (SELECT count(*) FROM %[1]s WHERE " + others + ") > 0 THEN 'SENTI' || 'NEL' ELSE 'nobody' END"}},
	{"another organization in the setting of old", []string{"SELECT set_config('app.org_id', '" + testkit.B.ID.String() + "', true)", "SELECT %[2]s::text FROM %[1]s"}},
	{"another organization in the same statement", []string{"SELECT %[2]s::text FROM %[1]s WHERE set_config('app.org_id', '" + testkit.B.ID.String() + "', true) IS NOT NULL"}},
	{"a savepoint and back", []string{"SAVEPOINT s", "SELECT 1", "ROLLBACK TO SAVEPOINT s", "SELECT %[2]s::text FROM %[1]s"}},
	{"a sequential scan in parallel", []string{"SET LOCAL parallel_setup_cost = 0", "SET LOCAL parallel_tuple_cost = 0", "SET LOCAL min_parallel_table_scan_size = 0", "SET LOCAL enable_indexscan = off", "SET LOCAL force_parallel_mode = on", "SELECT %[2]s::text FROM %[1]s"}},
	{"a generic plan", []string{"SET LOCAL plan_cache_mode = force_generic_plan", "SELECT %[2]s::text FROM %[1]s"}},
	{"a sample", []string{"SELECT %[2]s::text FROM %[1]s TABLESAMPLE SYSTEM (100)"}},
	{"a lock for update", []string{"SELECT %[2]s::text FROM %[1]s WHERE " + others + " FOR UPDATE"}},
	{"an update that returns", []string{"WITH u AS (UPDATE %[1]s SET org_id = org_id WHERE " + others + " RETURNING *) SELECT * FROM u"}},
	{"a deletion that returns", []string{"WITH d AS (DELETE FROM %[1]s WHERE " + others + " RETURNING *) SELECT * FROM d"}},
}

func (c class) on(t table) []string {
	script := make([]string, len(c.script))
	for i, sql := range c.script {
		script[i] = sql
		if strings.Contains(sql, "%") {
			script[i] = fmt.Sprintf(sql+"%[3]s", t.name, t.column, "")
		}
	}
	return script
}
