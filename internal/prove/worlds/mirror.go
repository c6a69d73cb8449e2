package worlds

import (
	"crypto/md5" // names, not secrets
	"errors"
	"fmt"
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
	return mirror(t, w, "")
}

// MirrorTable is Mirror of one table.
func MirrorTable(t testing.TB, w *World, table string) error {
	t.Helper()
	return mirror(t, w, table)
}

func mirror(t testing.TB, w *World, only string) error {
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
		if only != "" && table != only || table == "app.organizations" {
			continue
		}
		b.exec("DELETE FROM "+table+" WHERE org_id = $1", testkit.B.ID)
		list := strings.Join(lists[table], ", ")
		_, err := b.conn.Exec(t.Context(), fmt.Sprintf("INSERT INTO %[1]s (org_id, %[2]s) SELECT $1, %[2]s FROM %[1]s WHERE org_id = $2", table, list), testkit.B.ID, testkit.A.ID)
		if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "23505" {
			return fmt.Errorf("%s refuses a twin of %s", e.ConstraintName, table)
		}
		if err != nil {
			return fmt.Errorf("twin of %s: %w", table, err)
		}
	}
	for _, c := range all {
		if only != "" && c.Table != only || c.Indexed || !tells(c) {
			continue
		}
		for _, value := range b.other(c) {
			if b.try(fmt.Sprintf("UPDATE %s SET %s = %s WHERE org_id = $1", c.Table, quoted(c.Name), value)) {
				break
			}
		}
	}
	return nil
}

// tells is whether a column is read by people and looked up by nobody: words and amounts.
func tells(c column) bool {
	switch c.Type {
	case "text":
		return c.Name == "name" || c.Name == "company" || c.Name == "notes" || c.Name == "terms" || c.Name == "subject" || c.Name == "description" ||
			strings.HasSuffix(c.Name, "_name") || strings.HasSuffix(c.Name, "_text")
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
	defer b.exec("RESET session_replication_role")
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
