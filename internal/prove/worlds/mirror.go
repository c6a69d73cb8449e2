package worlds

import (
	"crypto/md5" // names, not secrets
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/testkit"
)

// Mirror makes B the twin of A: the same rows under the same ids, with other words and amounts. Keys allow it, since
// each begins with the organization. In such a world a statement that forgets the organization finds two rows, or
// changes two: nothing else keeps them apart.
//
// The error names the constraint that refuses a twin: a key without the organization.
func Mirror(t testing.TB, w *World) error {
	t.Helper()
	b := &bench{t: t, conn: w.Super(t)}
	b.exec("SET session_replication_role = replica")
	defer b.exec("RESET session_replication_role")
	lists := map[string][]string{}
	var tables []string
	all := columns(t, w)
	for _, c := range all {
		if lists[c.Table] == nil {
			tables = append(tables, c.Table)
		}
		lists[c.Table] = append(lists[c.Table], quoted(c.Name))
	}
	for _, table := range tables {
		if table == "app.organizations" {
			continue
		}
		if err := b.twin(table, strings.Join(lists[table], ", ")); err != nil {
			return err
		}
	}
	for _, c := range all {
		b.reword(c, c.Table)
	}
	Arrange(t, w, First)
	return nil
}

// Where the rows of B lie in every table.
const (
	First = "DESC" // who takes any row takes B's
	Last  = "ASC"  // who goes through all and keeps one keeps B's
)

// Arrange puts the rows of B first or last.
func Arrange(t testing.TB, w *World, where string) {
	t.Helper()
	b := &bench{t: t, conn: w.Super(t)}
	b.exec("SET session_replication_role = replica")
	defer b.exec("RESET session_replication_role")
	lists := map[string][]string{}
	for _, c := range columns(t, w) {
		lists[c.Table] = append(lists[c.Table], quoted(c.Name))
	}
	for _, table := range slices.Sorted(maps.Keys(lists)) {
		columns := strings.Join(lists[table], ", ")
		b.exec(fmt.Sprintf("CREATE TEMP TABLE others AS SELECT org_id, %s FROM %s", columns, table))
		b.exec("DELETE FROM " + table)
		b.exec("VACUUM " + table)
		b.exec(fmt.Sprintf("INSERT INTO %[1]s (org_id, %[2]s) SELECT org_id, %[2]s FROM others ORDER BY org_id = '%[3]s' %[4]s", table, columns, testkit.B.ID, where))
		b.exec("DROP TABLE others")
	}
}

// reword changes a column of B's rows where one that tells may be another one.
func (b *bench) reword(c column, table string) {
	if c.Indexed || !tells(c) {
		return
	}
	for _, value := range b.other(c) {
		if b.try(fmt.Sprintf("UPDATE %s SET %s = %s WHERE org_id = $1", table, quoted(c.Name), value)) {
			return
		}
	}
}

// twin copies the rows of A, and those of companies that signed up, to B.
func (b *bench) twin(table, columns string) error {
	b.exec("DELETE FROM "+table+" WHERE org_id = $1", testkit.B.ID)
	b.exec(fmt.Sprintf("CREATE TEMP TABLE others AS SELECT org_id, %s FROM %s", columns, table))
	b.exec("DELETE FROM " + table)
	// A's row is the twin where only one can be, as of settings.
	_, err := b.conn.Exec(b.t.Context(), fmt.Sprintf("INSERT INTO %s (org_id, %[2]s) SELECT $1, %[2]s FROM others WHERE org_id = $2", table, columns), testkit.B.ID, testkit.A.ID)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "23505" {
		return fmt.Errorf("%s refuses a twin of %s", e.ConstraintName, table)
	}
	if err != nil {
		return fmt.Errorf("twin of %s: %w", table, err)
	}
	b.exec(fmt.Sprintf("INSERT INTO %s (org_id, %[2]s) SELECT $1, %[2]s FROM others WHERE org_id <> $2 ON CONFLICT DO NOTHING", table, columns), testkit.B.ID, testkit.A.ID)
	b.exec(fmt.Sprintf("INSERT INTO %s (org_id, %[2]s) SELECT org_id, %[2]s FROM others", table, columns))
	b.exec("DROP TABLE others")
	return nil
}

// tells is whether a column may be another one in a twin: what is read, and not what a change is held against (a
// version, a time, a state).
func tells(c column) bool {
	switch c.Type {
	case "text":
		return c.Name != "password_hash" && c.Name != "time_zone" && c.Name != "slug" && c.Name != "purpose" && c.Name != "operation"
	case "boolean":
		return true
	case "jsonb":
		return c.Name == "answer"
	case "timestamp with time zone":
		return c.Name == "accepted_at"
	case "bigint", "integer":
		return strings.HasSuffix(c.Name, "_cents") || c.Name == "used"
	}
	return false
}

// Apart gives the rows of B other ids than those of A, everywhere; what belongs together still does. AlphaToBeta tells
// which. secrets are those of A's links; B's get others.
func Apart(t testing.TB, w *World, secrets []string) {
	t.Helper()
	b := &bench{t: t, conn: w.Super(t)}
	b.exec("SET session_replication_role = replica")
	for _, c := range columns(t, w) {
		col := quoted(c.Name)
		switch c.Type {
		case "uuid":
			b.exec(fmt.Sprintf("UPDATE %[1]s SET %[2]s = md5(%[2]s::text || 'beta')::uuid WHERE org_id = $1 AND %[2]s <> '00000000-0000-0000-0000-000000000000'", c.Table, col), testkit.B.ID)
		case "bytea":
			for _, s := range secrets {
				b.exec(fmt.Sprintf("UPDATE %[1]s SET %[2]s = sha256(convert_to($3, 'UTF8')) WHERE org_id = $1 AND %[2]s = sha256(convert_to($2, 'UTF8'))", c.Table, col), testkit.B.ID, s, AlphaToBeta(s))
			}
		}
	}
	b.exec("RESET session_replication_role")
	Arrange(t, w, First)
}

// AlphaToBeta is the id or secret that B has where A has s.
func AlphaToBeta(s string) string {
	if len(s) == 36 {
		sum := md5.Sum([]byte(s + "beta"))
		v, _ := uuid.FromBytes(sum[:]) // 16 bytes
		return v.String()
	}
	return "-B" + s[2:]
}
