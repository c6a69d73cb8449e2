package mutants

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/prove/worlds"
	"fenceplatform.com/fence/internal/testkit"
)

// policy is one policy of a table that holds tenants' rows.
type policy struct {
	Table, Name string
	Permissive  bool
	ForApp      bool
}

// policies lists those that the serving role is under.
func policies(t *testing.T, w *worlds.World) []policy {
	t.Helper()
	rows, err := w.Super(t).Query(t.Context(), `SELECT polrelid::regclass::text, polname::text, polpermissive, polroles = ARRAY['fence_app'::regrole::oid]
		FROM pg_policy WHERE polroles IN (ARRAY[0::oid], ARRAY['fence_app'::regrole::oid]) ORDER BY 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[policy])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// open takes away what the policy holds back. One that alone lets rows through cannot be dropped for that: it is made
// to let all through.
func (p policy) open() string {
	if !p.Permissive {
		return fmt.Sprintf("DROP POLICY %s ON %s", p.Name, p.Table)
	}
	return fmt.Sprintf("ALTER POLICY %s ON %s USING (true) WITH CHECK (true)", p.Name, p.Table)
}

// policies tries each policy with every org_id = $n taken out.
func (w *wall) policies() {
	w.change(func(sql string) string {
		if len(tablesOf(sql)) == 0 {
			return sql // the platform's own rows stand behind no wall
		}
		return without(sql, -1)
	})
	defer w.change(nil)
	w.alone("the wall")
	for n, p := range policies(w.t, w.l.World) {
		if !w.some["policy"](n) || p.Permissive && !p.ForApp {
			continue // an allowing policy of the template holds nothing back
		}
		w.r.try(w.t, "policy", p.Table+" "+p.Name, func() string {
			w.l.Each(func(world *worlds.World) { world.Exec(w.t, p.open()) })
			defer w.l.Each(nil)
			if by := w.notice(w.c.ofTable(p.Table)); by != "" {
				return by
			}
			return w.direct(p.Table)
		})
	}
}

// direct asks the table as the serving role in A's name, without naming an organization: what is B's must stay hidden. It
// is the test of tables that no request reads.
func (w *wall) direct(table string) (noticed string) {
	w.l.Fresh()
	foreign := fmt.Sprintf("SELECT count(*) FROM %s WHERE org_id = $1", table)
	if table == "tasks.river_job" {
		foreign = "SELECT count(*) FROM tasks.river_job WHERE args ->> 'org_id' = $1::uuid::text"
	}
	var seen int
	err := w.l.World.DB.InOrg(w.t, testkit.A, func(tx *pg.OrgTx) error { return tx.QueryRow(foreign, testkit.B.ID).Scan(&seen) })
	if err != nil {
		w.t.Fatalf("%s as A: %v", table, err)
	}
	if seen > 0 {
		return fmt.Sprintf("A sees %d rows of B in %s", seen, table)
	}
	return ""
}
