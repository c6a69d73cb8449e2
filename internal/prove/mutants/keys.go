package mutants

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/testkit"
)

// key is a primary key, unique constraint or index, exclusion or foreign key of a tenant's table.
type key struct {
	Table, Name, Kind, Definition string
	Columns                       []string // of a foreign key
	Target                        string
	TargetColumns                 []string
}

const keysSQL = `
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, 'unique', pg_get_indexdef(i.indexrelid), ARRAY[]::text[], '', ARRAY[]::text[]
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = 'app'::regnamespace AND i.indisunique
UNION ALL
SELECT conrelid::regclass::text, conname::text, 'exclusion', pg_get_constraintdef(oid), ARRAY[]::text[], '', ARRAY[]::text[]
FROM pg_constraint WHERE connamespace = 'app'::regnamespace AND contype = 'x'
UNION ALL
SELECT c.conrelid::regclass::text, c.conname::text, 'foreign', pg_get_constraintdef(c.oid),
	ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, i) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.i),
	c.confrelid::regclass::text,
	ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, i) JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.i)
FROM pg_constraint c WHERE c.connamespace = 'app'::regnamespace AND c.contype = 'f'
ORDER BY 1, 2`

// Keys takes the organization out of each key, inside a transaction that is rolled back, and sees whether the two
// companies get in each other's way.
func Keys(t *testing.T, r *Report, some func(n int) bool) {
	t.Helper()
	conn := testkit.NewDatabase(t).Superuser(t)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	rows, err := conn.Query(t.Context(), keysSQL)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[key])
	if err != nil {
		t.Fatal(err)
	}
	for n, k := range all {
		if some != nil && !some(n) {
			continue
		}
		try := k.twin
		if k.Kind == "foreign" {
			try = k.reach
		}
		if by := inTransaction(t, conn, func(tx pgx.Tx) string { return try(t, tx, false) }); by != "" {
			r.Findings = append(r.Findings, fmt.Sprintf("key %s as it is: %s", k.Name, by))
		}
		r.try(t, "key", k.Table+" "+k.Name, func() string {
			return inTransaction(t, conn, func(tx pgx.Tx) string { return try(t, tx, true) })
		})
	}
}

func inTransaction(t *testing.T, conn *pgx.Conn, fn func(pgx.Tx) string) string {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	return fn(tx)
}

func exec(t *testing.T, tx pgx.Tx, sql string, args ...any) {
	t.Helper()
	if _, err := tx.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
}

var (
	leads    = regexp.MustCompile(`\(org_id(?:, |\))`)
	excludes = regexp.MustCompile(`org_id WITH =(?:, )?`)
	indexFor = regexp.MustCompile(`^CREATE UNIQUE INDEX \S+ ON`)
)

// twin gives B the rows that A has, under the same ids: every key must let it. It tells what refused.
func (k key) twin(t *testing.T, tx pgx.Tx, mutated bool) string {
	t.Helper()
	exec(t, tx, "SET LOCAL session_replication_role = replica")
	exec(t, tx, "DELETE FROM "+k.Table+" WHERE org_id <> $1", testkit.A.ID)
	k.within(t, tx)
	if mutated {
		exec(t, tx, k.withoutOrganization())
	}
	var columns string
	err := tx.QueryRow(t.Context(), `SELECT coalesce(string_agg(', ' || quote_ident(attname), '' ORDER BY attnum), '') FROM pg_attribute
		WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> 'org_id'`, k.Table).Scan(&columns)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.Exec(t.Context(), fmt.Sprintf("INSERT INTO %[1]s (org_id%[2]s) SELECT $1%[2]s FROM %[1]s WHERE org_id = $2", k.Table, columns), testkit.B.ID, testkit.A.ID)
	e, refused := errors.AsType[*pgconn.PgError](err)
	switch {
	case err == nil:
		return ""
	case refused && (e.Code == "23505" || e.Code == "23P01"):
		return "what A has is refused to B by " + e.ConstraintName
	}
	t.Fatalf("twin of %s: %v", k.Table, err)
	return ""
}

// What the predicates of our partial keys say.
var (
	isNull    = regexp.MustCompile(`\((\w+) IS NULL\)`)
	isNotNull = regexp.MustCompile(`\((\w+) IS NOT NULL\)`)
	isOther   = regexp.MustCompile(`\((\w+) <> '[^']*'::text\)`)
	isTrue    = regexp.MustCompile(`^(\w+)$`)
	isOne     = regexp.MustCompile(`\((\w+) = (?:ANY \(ARRAY\[)?('[^']*'::text)`)
)

// within makes rows of A that a partial key is about: those in which something has not happened yet.
func (k key) within(t *testing.T, tx pgx.Tx) {
	t.Helper()
	_, where, partial := strings.Cut(k.Definition, " WHERE ")
	if !partial || k.Kind == "foreign" {
		return
	}
	k.aloneIn(t, tx)
	for _, m := range isNull.FindAllStringSubmatch(where, -1) {
		exec(t, tx, fmt.Sprintf("UPDATE %s SET %s = NULL", k.Table, m[1]))
	}
	first := fmt.Sprintf("WHERE ctid = (SELECT ctid FROM %s WHERE org_id = '%s' LIMIT 1)", k.Table, testkit.A.ID)
	for _, m := range isNotNull.FindAllStringSubmatch(where, -1) {
		exec(t, tx, fmt.Sprintf("UPDATE %s SET %s = 'cccccccc-0000-7000-8000-000000000000' %s", k.Table, m[1], first))
	}
	for _, m := range isOther.FindAllStringSubmatch(where, -1) {
		exec(t, tx, fmt.Sprintf("UPDATE %s SET %s = 'another' %s", k.Table, m[1], first))
	}
	for _, m := range isTrue.FindAllStringSubmatch(where, -1) {
		exec(t, tx, fmt.Sprintf("UPDATE %s SET %s = true %s", k.Table, m[1], first))
	}
	for _, column := range k.others(t, tx) { // nothing is no other's nothing
		exec(t, tx, fmt.Sprintf("UPDATE %s SET %s = 'cccccccc-0000-7000-8000-000000000000' %s AND %[2]s IS NULL", k.Table, column, first))
	}
	for _, m := range isOne.FindAllStringSubmatch(where, -1) {
		exec(t, tx, fmt.Sprintf("UPDATE %s SET %s = %s %s", k.Table, m[1], m[2], first))
	}
}

// others are the columns of the key that name another row and may name none.
func (k key) others(t *testing.T, tx pgx.Tx) []string {
	t.Helper()
	rows, err := tx.Query(t.Context(), `SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
		WHERE i.indexrelid = $1::regclass AND a.atttypid = 'uuid'::regtype AND NOT a.attnotnull`, k.Name)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

// withoutOrganization is the key with what is left of it.
func (k key) withoutOrganization() string {
	if k.Kind == "exclusion" {
		return "ALTER TABLE " + k.Table + " ADD CONSTRAINT mutant " + excludes.ReplaceAllString(k.Definition, "")
	}
	left := leads.ReplaceAllStringFunc(k.Definition, func(found string) string {
		if strings.HasSuffix(found, ")") {
			return "((true))" // nothing is left: one row for all companies
		}
		return "("
	})
	return indexFor.ReplaceAllString(left, "CREATE UNIQUE INDEX mutant ON")
}

// reach has a row of A refer to a record of B, or to a company that does not exist: the key must refuse. It tells that
// it did not.
func (k key) reach(t *testing.T, tx pgx.Tx, mutated bool) string {
	t.Helper()
	k.aloneIn(t, tx)
	if mutated {
		exec(t, tx, "ALTER TABLE "+k.Table+" DROP CONSTRAINT "+k.Name)
		if own, theirs := k.rest(); len(own) > 0 {
			exec(t, tx, fmt.Sprintf("CREATE UNIQUE INDEX mutant_target ON %s (%s)", k.Target, strings.Join(theirs, ", ")))
			exec(t, tx, fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT mutant FOREIGN KEY (%s) REFERENCES %s (%s)", k.Table, strings.Join(own, ", "), k.Target, strings.Join(theirs, ", ")))
		}
	}
	exec(t, tx, "SET CONSTRAINTS ALL IMMEDIATE")
	_, err := tx.Exec(t.Context(), k.trespass(), testkit.A.ID, testkit.B.ID)
	e, refused := errors.AsType[*pgconn.PgError](err)
	switch {
	case err == nil && mutated:
		return "a row of A refers to what is not A's"
	case err == nil:
		return "a row of A may refer to what is not A's"
	case refused && e.Code == "23503" && !mutated:
		return ""
	case refused && e.Code == "23503":
		return "" // still refused: the mutant lives
	}
	t.Fatalf("%s: %v\n%s", k.Name, err, k.trespass())
	return ""
}

// rest are the columns of the key beside the organization, here and there.
func (k key) rest() (own, theirs []string) {
	for i, c := range k.Columns {
		if c != "org_id" {
			own, theirs = append(own, c), append(theirs, k.TargetColumns[i])
		}
	}
	return own, theirs
}

// trespass is the statement that the key must refuse.
func (k key) trespass() string {
	own, theirs := k.rest()
	if len(own) == 0 {
		return fmt.Sprintf("UPDATE %s SET org_id = 'dddddddd-0000-7000-8000-000000000000' WHERE ctid = (SELECT ctid FROM %[1]s WHERE org_id = $1 AND $2::uuid IS NOT NULL LIMIT 1)", k.Table)
	}
	return fmt.Sprintf("UPDATE %[1]s SET (%[2]s) = (SELECT %[3]s FROM %[4]s WHERE org_id = $2 LIMIT 1) WHERE ctid = (SELECT ctid FROM %[1]s WHERE org_id = $1 LIMIT 1)",
		k.Table, strings.Join(own, ", "), strings.Join(theirs, ", "), k.Target)
}

// aloneIn takes away what else might refuse: the other keys of the table, keys that refer to it, checks and policies.
func (k key) aloneIn(t *testing.T, tx pgx.Tx) {
	t.Helper()
	rows, err := tx.Query(t.Context(), `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
		WHERE (conrelid = $1::regclass AND contype IN ('f', 'c') OR confrelid = $1::regclass AND contype = 'f') AND NOT (conrelid = $1::regclass AND conname = $2)`, k.Table, k.Name)
	if err != nil {
		t.Fatal(err)
	}
	drops, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range drops {
		exec(t, tx, sql)
	}
}
