package deptest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"fenceplatform.com/fence/internal/testkit"
)

// crowded is how many rows a table gets: nine of ten are organization A's, the others of two hundred more.
const crowded = 100_000

// sparse is how many rows a table gets of which an organization cannot have many: one for each of so many
// organizations, or as many as a small number tells apart.
const sparse = 20_000

// crowd fills every tenant table of a throw-away database, past its checks and foreign keys: the planner looks at
// rows, sizes and indexes only.
func crowd(t *testing.T, d *testkit.Database) (rows int64) {
	t.Helper()
	conn := superuser(t, d)
	for _, drop := range testkit.Values[string](t, d, `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
		WHERE connamespace = 'app'::regnamespace AND contype IN ('c', 'f')`) {
		if _, err := conn.Exec(t.Context(), drop); err != nil {
			t.Fatal(err)
		}
	}
	// Ids that grow with a number, as ids grow with time; five rows have the same parent.
	if _, err := conn.Exec(t.Context(), fmt.Sprintf(`CREATE FUNCTION public.numbered(n int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT lpad(to_hex(n), 32, '0')::uuid $$;
		CREATE UNLOGGED TABLE public.crowd AS SELECT n, CASE WHEN n %% 10 < 9 THEN uuid '%s' ELSE public.numbered(n %% 200) END AS org_id,
			public.numbered(n) AS id, public.numbered(n - n %% 5) AS parent, public.numbered(n %% 1000) AS other FROM generate_series(1000, %d) AS n`, testkit.A.ID, crowded+999)); err != nil {
		t.Fatal(err)
	}
	fill := fillings(t, d)
	var work errgroup.Group
	for worker := range workers {
		conn := superuser(t, d)
		work.Go(func() error {
			for n := worker; n < len(fill); n += workers {
				if err := run(t.Context(), conn, fill[n]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
	return testkit.Value[int64](t, d, `SELECT sum(reltuples)::int8 FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind = 'r'`)
}

// workers is how many tables are filled at once.
const workers = 2

func superuser(t *testing.T, d *testkit.Database) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func run(ctx context.Context, conn *pgx.Conn, sql string) error {
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%w\n%s", err, sql)
	}
	return nil
}

// column is one of a table, and what decides how it is filled.
type column struct {
	Table, Name, Type                 string
	Nullable, Parent, Indexed, Unique bool
}

// fillings are the statements that fill each table from its first row of A's.
func fillings(t *testing.T, d *testkit.Database) (all []string) {
	t.Helper()
	rows, _ := superuser(t, d).Query(t.Context(), columnsSQL) // rows tell the error too
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByName[column])
	if err != nil {
		t.Fatal(err)
	}
	for len(columns) > 0 {
		n := slices.IndexFunc(columns, func(c column) bool { return c.Table != columns[0].Table })
		if n < 0 {
			n = len(columns)
		}
		all = append(all, filling(columns[0].Table, columns[:n]))
		columns = columns[n:]
	}
	return all
}

// columnsSQL lists the columns of every tenant table but org_id. Of each unique index one column is to differ from
// row to row: the id when there is one, else what has room for many values.
const columnsSQL = `
	WITH a AS (
		SELECT attrelid, attnum, attname, typname::text, format_type(atttypid, NULL) AS type, attnotnull, attgenerated
		FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_type y ON y.oid = atttypid
		WHERE relnamespace = 'app'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped AND attname <> 'org_id'
	), chosen AS (
		SELECT DISTINCT ON (indexrelid) attrelid, CASE WHEN attgenerated = '' THEN attname ELSE replace(attname, '_lc', '') END AS attname
		FROM pg_index JOIN a ON attrelid = indrelid AND attnum = ANY (indkey) WHERE indisunique
		ORDER BY indexrelid, attname <> 'id', array_position(ARRAY['uuid', 'text', 'bytea', 'timestamptz', 'int8', 'int4', 'int2'], typname)
	)
	SELECT attrelid::regclass::text AS table, quote_ident(attname) AS name, type, NOT attnotnull AS nullable,
		attname LIKE '%\_id' AS parent,
		EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND attnum = ANY (indkey)) AS indexed,
		EXISTS (SELECT FROM chosen c WHERE c.attrelid = a.attrelid AND c.attname = a.attname) AS unique
	FROM a WHERE attgenerated = '' ORDER BY 1, attnum`

// filling empties a table and fills it in the same transaction, which then writes no log.
func filling(table string, columns []column) string {
	alone, narrow := true, false
	names, values := []string{"org_id"}, []string{}
	for _, c := range columns {
		alone = alone && !c.Unique
		narrow = narrow || c.Unique && c.Type == "smallint"
		names = append(names, c.Name)
		values = append(values, value(c))
	}
	org := "crowd.org_id"
	if alone {
		org = "crowd.id"
	}
	most := crowded
	if alone || narrow {
		most = sparse
	}
	return fmt.Sprintf(`BEGIN; CREATE TEMP TABLE f ON COMMIT DROP AS SELECT * FROM %[1]s WHERE org_id = '%[2]s' LIMIT 1; TRUNCATE %[1]s;
		INSERT INTO %[1]s (%[3]s) SELECT %[4]s FROM f, public.crowd WHERE crowd.n < %[5]d; COMMIT; ANALYZE %[1]s`,
		table, testkit.A.ID, strings.Join(names, ", "), strings.Join(append([]string{org}, values...), ", "), most+1000)
}

// value is what a column gets in row n. Every twentieth row is an exception, as states and optional times have them.
func value(c column) string {
	fixture := `f.` + c.Name
	switch {
	case c.Type == "uuid" && c.Unique:
		return `crowd.id`
	case c.Type == "uuid" && c.Parent:
		return `crowd.parent`
	case c.Type == "uuid":
		return `crowd.other`
	case c.Type == "text" && c.Unique:
		return `'x' || crowd.n`
	case c.Type == "text" && c.Indexed && c.Nullable:
		return `CASE WHEN crowd.n % 20 = 0 THEN coalesce(` + fixture + `, 'x') END`
	case c.Type == "text" && c.Indexed:
		return `CASE WHEN crowd.n % 20 = 0 THEN 'x' ELSE ` + fixture + ` END`
	case c.Type == "bytea" && c.Unique:
		return `sha256(crowd.n::text::bytea)`
	case c.Type == "bytea":
		return `'\x00'`
	case c.Type == "jsonb":
		return `'{}'`
	case c.Type == "timestamp with time zone":
		return `coalesce(` + fixture + `, CASE WHEN crowd.n % 20 = 0 THEN timestamptz '2026-02-01' END) + crowd.n * interval '1 minute'`
	case c.Unique:
		return `crowd.n`
	case c.Type == "integer" || c.Type == "bigint":
		return `crowd.n % 100`
	}
	return fixture
}
