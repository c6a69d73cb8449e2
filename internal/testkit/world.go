package testkit

import (
	"fmt"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg/contextkey"
)

// Org names one of the two organizations of a world.
type Org struct {
	ID     id.ID
	Slug   string
	letter byte
}

// The two organizations that every test database has.
var (
	A = Org{ID: ident("00000000-0000-7000-8000-00000000000a"), Slug: "alpha", letter: 'a'}
	B = Org{ID: ident("00000000-0000-7000-8000-00000000000b"), Slug: "beta", letter: 'b'}
)

// Sentinel stands in every text of B: nothing that A can make the product say may contain it.
const Sentinel = "SENTINEL"

// Fixed rows that both organizations have.
func (o Org) Owner() id.ID      { return o.row(17) }
func (o Org) Admin() id.ID      { return o.row(18) }
func (o Org) Office() id.ID     { return o.row(19) }
func (o Org) Estimator() id.ID  { return o.row(20) }
func (o Org) Crew() id.ID       { return o.row(21) }
func (o Org) Accountant() id.ID { return o.row(22) }
func (o Org) Customer() id.ID   { return o.row(64) }
func (o Org) Property() id.ID   { return o.row(65) }
func (o Org) Quote() id.ID      { return o.row(96) }
func (o Org) Sketch() id.ID     { return o.row(97) }
func (o Org) Acceptance() id.ID { return o.row(103) }
func (o Org) Job() id.ID        { return o.row(112) }
func (o Org) File() id.ID       { return o.row(113) } // a photo of the job, whose bytes are nowhere
func (o Org) Payment() id.ID    { return o.row(114) } // a check of the job
func (o Org) Material() id.ID   { return o.row(131) } // the picket
func (o Org) Style() id.ID      { return o.row(136) }
func (o Org) Tier() id.ID       { return o.row(138) } // Premium
func (o Org) Zone() id.ID       { return o.row(144) }
func (o Org) Adoption() id.ID   { return o.row(160) }

func (o Org) row(n int) id.ID {
	const hex = "0123456789abcdef"
	return ident("00000000-0000-7000-8000-000000000" + string(hex[n/16]) + string(hex[n%16]) + string(o.letter))
}

func ident(s string) id.ID {
	v, err := id.Parse(s)
	if err != nil {
		panic("testkit: " + s)
	}
	return v
}

// Context writes a context by hand, for tests that talk to the database beside the door: pg signs the real ones.
// mode is r or w.
func Context(org id.ID, mode byte, expiry time.Time) string {
	text := fmt.Sprintf("%s%x%032x%d%c", ContextKeys.ID(), org[:], 0, expiry.Unix(), mode)
	return text + ContextKeys.Sign([]byte(text))
}

// Untouched fails the test when anything of the organization changed while fn ran: rows of every tenant
// table, counted and hashed. How many API calls were made is not the organization's doing: tests of package usage
// look at that (CallsUntouched).
func (d *Database) Untouched(t testing.TB, o Org, fn func()) {
	t.Helper()
	before := d.fingerprint(t, o)
	fn()
	for table, sum := range d.fingerprint(t, o) {
		if before[table] != sum {
			t.Errorf("%s of organization %s changed", table, o.Slug)
		}
	}
}

func (d *Database) fingerprint(t testing.TB, o Org) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for _, table := range d.TenantTables(t) {
		if table == leases {
			continue
		}
		from := table
		if table == counters {
			from = "(SELECT * FROM " + counters + " WHERE metric <> 'api_calls')"
		}
		sums[table] = Value[string](t, d, "SELECT coalesce(md5(string_agg(r::text, E'\\n' ORDER BY r::text)), 'empty') FROM "+from+" r WHERE org_id = $1", o.ID)
	}
	return sums
}

// Where API calls are counted.
const leases, counters = "app.usage_leases", "app.usage_counters"

// CallsUntouched fails the test when calls were counted for the organization while fn ran.
func (d *Database) CallsUntouched(t testing.TB, o Org, fn func()) {
	t.Helper()
	calls := func() string {
		return Value[string](t, d, `SELECT concat((SELECT string_agg(c::text, ' ' ORDER BY c::text) FROM app.usage_counters c WHERE org_id = $1),
			(SELECT string_agg(l::text, ' ' ORDER BY l::text) FROM app.usage_leases l WHERE org_id = $1))`, o.ID)
	}
	before := calls()
	fn()
	if after := calls(); after != before {
		t.Errorf("calls of organization %s were counted: %s, before %s", o.Slug, after, before)
	}
}

// TenantTables lists every table with an org_id in schema app.
func (d *Database) TenantTables(t testing.TB) []string {
	t.Helper()
	return Values[string](t, d, `SELECT c.oid::regclass::text FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id'
		WHERE c.relnamespace = 'app'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1`)
}

// ContextKeys sign the contexts of every test. The databases of the tests know them, and no other.
var ContextKeys = func() contextkey.Keys {
	keys, err := contextkey.Parse(ContextKey)
	if err != nil {
		panic("testkit: " + err.Error())
	}
	return keys
}()

// ContextKey is the text of the key, for processes that tests start.
const ContextKey = "dGhlIGtleSBvZiB0ZXN0cywgb2YgMzIgYnl0ZXMuLi4="
