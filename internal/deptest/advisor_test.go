package deptest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/testkit"
)

// slower is how much dearer a statement may become by the wall. What asking for the organization costs is counted
// apart: it is the same for every statement, and make bench measures it.
const slower = 2.0

// TestTheWallLosesNoIndex has the planner plan every statement of the business twice, past the wall and behind it, on
// tables of 100,000 rows: operators that are not leakproof cannot use an index behind the wall.
func TestTheWallLosesNoIndex(t *testing.T) {
	t.Parallel()
	began := time.Now()
	d := testkit.NewDatabase(t)
	rows := crowd(t, d)
	a := newAdvisor(t, d)
	known, _ := statements(t)
	var worst advice
	for _, s := range known {
		if s.system { // it stands behind no wall
			continue
		}
		adv := a.advise(t, s)
		for _, finding := range adv.findings {
			t.Errorf("%s: %s\n%s", s.at, finding, s.sql)
		}
		if adv.ratio > worst.ratio {
			worst = adv
		}
	}
	t.Logf("%d statements on %d rows, the dearest behind the wall %.2f × of what it costs without (%s); %v", len(known), rows, worst.ratio, worst.at, time.Since(began).Round(time.Second))
	a.findsWhatItIsFor(t, d)
}

// findsWhatItIsFor asks statements that everybody knows to be slow behind a wall, with the index that they would use.
func (a *advisor) findsWhatItIsFor(t *testing.T, d *testkit.Database) {
	t.Helper()
	d.Exec(t, `CREATE TYPE app.mood AS ENUM ('good', 'bad');
		ALTER TABLE app.customers ADD price numeric, ADD mood app.mood;
		UPDATE app.customers SET price = version * 1.5, mood = CASE WHEN version % 50 = 0 THEN 'bad' ELSE 'good' END::app.mood, name = name || version;
		CREATE INDEX customers_lower ON app.customers (org_id, lower(name));
		CREATE INDEX customers_price ON app.customers (org_id, price);
		CREATE INDEX customers_mood ON app.customers (org_id, mood);
		CREATE INDEX customers_words ON app.customers USING gin (name ext.gin_trgm_ops);
		ANALYZE app.customers`)
	for _, sql := range []string{
		`SELECT id FROM app.customers WHERE org_id = $1 AND lower(name) = $2`,
		`SELECT id FROM app.customers WHERE org_id = $1 AND price = $2::numeric`,
		`SELECT id FROM app.customers WHERE org_id = $1 AND mood = 'bad'`,
		`SELECT id FROM app.customers WHERE org_id = $1 AND name ILIKE '%oakwood%'`,
	} {
		if adv := a.advise(t, statement{at: "planted", sql: sql}); len(adv.findings) == 0 {
			t.Errorf("not found: %.2f ×\n%s", adv.ratio, sql)
		}
	}
}

// advisor plans as who passes the wall, and as who does not.
type advisor struct {
	past, behind *pgx.Conn
	planned      int
}

func newAdvisor(t *testing.T, d *testkit.Database) *advisor {
	t.Helper()
	behind, err := pgx.Connect(t.Context(), d.URL("fence_app"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = behind.Close(context.Background()) })
	a := &advisor{past: superuser(t, d), behind: behind}
	for _, conn := range []*pgx.Conn{a.past, a.behind} {
		// Both plans are for any value: with one value known, what is certain before the wall is a guess behind it.
		if _, err := conn.Exec(t.Context(), "SET plan_cache_mode = force_generic_plan; SET search_path = pg_catalog"); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// advice is what the wall does to a statement.
type advice struct {
	at       string
	ratio    float64
	findings []string
}

func (a *advisor) advise(t *testing.T, s statement) advice {
	t.Helper()
	a.planned++
	name := fmt.Sprint("statement_", a.planned)
	past, err := plan(t.Context(), a.past, name, s.sql)
	if err != nil {
		t.Fatalf("%s: %v", s.at, err)
	}
	behind, err := plan(t.Context(), a.behind, name, s.sql)
	if err != nil {
		t.Fatalf("%s: %v", s.at, err)
	}
	adv := advice{at: s.at, ratio: behind.dearness() / past.dearness()}
	if adv.ratio > slower {
		adv.findings = append(adv.findings, fmt.Sprintf("costs %.2f × behind the wall, %.1f instead of %.1f", adv.ratio, behind.dearness(), past.dearness()))
	}
	ways := behind.ways()
	for alias, index := range past.ways() {
		if index != "" && ways[alias] == "" {
			adv.findings = append(adv.findings, fmt.Sprintf("reads %s from end to end behind the wall, and by %s without", alias, index))
		}
	}
	return adv
}

// node is a step of a plan, as EXPLAIN writes it.
type node struct {
	Type      string  `json:"Node Type"`
	Parent    string  `json:"Parent Relationship"`
	TotalCost float64 `json:"Total Cost"`
	Relation  string  `json:"Relation Name"`
	Alias     string  `json:"Alias"`
	Index     string  `json:"Index Name"`
	Plans     []node  `json:"Plans"`
}

// plan prepares a statement and has it explained. Its parameters are of no matter to a generic plan.
func plan(ctx context.Context, conn *pgx.Conn, name, sql string) (node, error) {
	if _, err := conn.Exec(ctx, "PREPARE "+name+" AS "+sql); err != nil {
		return node{}, err
	}
	var parameters int
	if err := conn.QueryRow(ctx, "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = $1", name).Scan(&parameters); err != nil {
		return node{}, err
	}
	execute := name
	if parameters > 0 {
		execute += "(" + strings.TrimSuffix(strings.Repeat("NULL, ", parameters), ", ") + ")"
	}
	var text string
	if err := conn.QueryRow(ctx, "EXPLAIN (FORMAT JSON) EXECUTE "+execute, pgx.QueryExecModeSimpleProtocol).Scan(&text); err != nil {
		return node{}, err
	}
	var plans []struct {
		Plan node `json:"Plan"`
	}
	if err := json.Unmarshal([]byte(text), &plans); err != nil || len(plans) != 1 {
		return node{}, fmt.Errorf("%d plans: %w", len(plans), err)
	}
	return plans[0].Plan, nil
}

// ways tell by which index each table of a plan is read; empty is from end to end.
func (n node) ways() map[string]string {
	ways := map[string]string{}
	n.walk(func(n node) {
		switch n.Type {
		case "Index Scan", "Index Only Scan":
			ways[n.Alias] = n.Index
		case "Bitmap Heap Scan":
			n.walk(func(below node) { ways[n.Alias] += below.Index })
		case "Seq Scan":
			ways[n.Alias] = ""
		}
	})
	return ways
}

func (n node) walk(fn func(node)) {
	fn(n)
	for _, below := range n.Plans {
		below.walk(fn)
	}
}

// dearness is the cost of a plan without that of asking for the organization, once for each table: the plan's
// sub-selects that read nothing.
func (n node) dearness() float64 {
	asking := 0.0
	n.walk(func(n node) {
		if n.Parent == "InitPlan" && n.Type == "Result" && len(n.Plans) == 0 {
			asking += n.TotalCost
		}
	})
	return max(n.TotalCost-asking, cheapest)
}

// cheapest is what a row that is given costs; below it costs are rounding.
const cheapest = 0.01
