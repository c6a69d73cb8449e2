package adoption_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/adoption"
	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/platform/postal"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/oldshop"
)

// small is an old database of a few rows, each with something of its own.
const small = `
CREATE TABLE customers (id int PRIMARY KEY, "fullName" text, email text, phone text, address text, city text, state text, zip text, status text, notes text, created_at text, loyalty text, photo bytea);
INSERT INTO customers VALUES
	(1, 'Dana Ruiz', 'Dana@EXAMPLE.com', '(512) 555-0143', '12 Oak St', '', '', '78701-1234', 'Active', E'Gate\r\nsticks', '3/5/2024', 'gold', NULL),
	(2, ' Lee  ', 'lee@', '555-1234', '4 Elm', 'Austin', 'TX', '7870', 'inactive', NULL, 'soon', NULL, '\xdeadbeef'),
	(3, NULL, 'ng@x.example', NULL, NULL, NULL, NULL, NULL, 'vip', NULL, NULL, NULL, NULL),
	(4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(5, repeat('Long ', 40), NULL, NULL, NULL, NULL, NULL, NULL, NULL, E'bell\x07', '2024-03-05 08:00', NULL, NULL);
CREATE TABLE leads (id text, customer_id text, name text, status text, source text, reason_lost text, linear_feet text, budget_cents int, created timestamp);
INSERT INTO leads VALUES
	('L-1', '1.0', 'Dana', 'Closed-Lost', 'Google Ads', 'too expensive', '120.5', 450000, '2024-03-05 14:30'),
	('L-1', '1', 'Dana again', 'zombie', NULL, NULL, 'about 100', -5, NULL),
	('L-1', '1.0', 'Dana', 'Closed-Lost', 'Google Ads', 'too expensive', '120.5', 450000, '2024-03-05 14:30'),
	(NULL, '99', 'Nobody', 'won', 'phone', NULL, NULL, NULL, '2024-03-05');
CREATE TABLE appointments (id uuid PRIMARY KEY, customer_id int, type text, status text, scheduled_at timestamptz, duration int);
INSERT INTO appointments VALUES
	('00000000-0000-4000-8000-000000000001', 1, 'Site Visit', 'canceled', '2024-03-05 09:00-06', 90),
	('00000000-0000-4000-8000-000000000002', 2, NULL, NULL, '2024-03-05 09:00-06', NULL),
	('00000000-0000-4000-8000-000000000003', 1, 'install', 'done', NULL, 60);
CREATE TABLE estimates (id uuid PRIMARY KEY, "estimateNumber" text, client_id int, status text, total float, tax text, line_items jsonb, signed_at timestamp);
INSERT INTO estimates VALUES
	('00000000-0000-4000-8000-00000000000a', 'E-7', 1, 'signed', 0.1 + 0.2, '1.234,50', '[{"qty": 2.50, "n": 1e2}]', '2024-03-05 14:30'),
	('00000000-0000-4000-8000-00000000000b', 'E-7', 77, 'on hold', 6849.225, '$12.30', NULL, NULL);
CREATE TABLE roi_calculations ("quoteId" text, results json, roi_percent text, cost text);
INSERT INTO roi_calculations VALUES ('00000000-0000-4000-8000-00000000000A', '{"npv": 5233.27, "years": 20}', '17.63%', '$4,500'), (NULL, '[1]', 'good', NULL), (NULL, '[1]', 'good', NULL);
CREATE TABLE pricing_approvals (id int PRIMARY KEY, estimate uuid, status text, discount_pct numeric, approved_by text, created_at timestamptz);
INSERT INTO pricing_approvals VALUES (1, '00000000-0000-4000-8000-00000000000a', 'Approved', 12.5, 'Sam', '2024-03-05 14:30Z'), (2, '00000000-0000-4000-8000-00000000000b', 'pending', 7.123, NULL, '2024-03-05 14:30Z'),
	(3, '00000000-0000-4000-8000-00000000000f', 'approved', 5, NULL, NULL);`

func smallShop(t *testing.T) *oldshop.Shop {
	t.Helper()
	shop := oldshop.Empty(t)
	shop.Exec(t, "SET timezone = 'UTC'; "+small)
	shop.Exec(t, fmt.Sprintf("ALTER DATABASE %s SET timezone = 'UTC'", shop.Name))
	return shop
}

// TestWhatARowBecomes names what stands in our tables for each row, and in extra what could not be kept exactly.
func TestWhatARowBecomes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var report []line
	b.Untouched(t, testkit.B, func() {
		var sum adoption.Summary
		sum, report = b.adopt(t, input(smallShop(t).Owner()))
		wantEqual(t, sum)
	})
	for table, want := range map[string]struct{ columns, rows string }{
		"customers": {"name, email, phone, status, notes, created_at, extra", `
			Dana Ruiz | Dana@example.com | +15125550143 | active | Gate/sticks | 2024-03-05 06:00 | {"id": 1, "loyalty": "gold"}
			Lee |  |  | archived |  | began | {"id": 2, "zip": "7870", "city": "Austin", "email": "lee@", "phone": "555-1234", "photo": "\\xdeadbeef", "state": "TX", "address": "4 Elm", "created_at": "soon"}
			Long… | | | active | bell | 2024-03-05 14:00 | {"id": 5, "notes": "bell\u0007", "fullName": "Long…"}
			ng@x.example | ng@x.example |  | active |  | began | {"id": 3, "status": "vip"}`},
		"properties": {"street, city, state, zip, time_zone", `12 Oak St | Austin | TX | 78701 | America/Chicago`},
		"leads": {"name, state, source, lost_reason, length_ft, budget_cents, customer_id IS NOT NULL, created_at, closed_at IS NOT NULL, extra", `
			Dana | lost | campaign | price | 120.5 | 450000 | true | 2024-03-05 14:30 | true | {"id": "L-1"}
			Dana again | new | other | NULL | NULL | NULL | true | began | false | {"id": "L-1", "status": "zombie", "linear_feet": "about 100", "budget_cents": -5}
			Nobody | won | phone | NULL | NULL | NULL | false | 2024-03-05 00:00 | true | {"customer_id": "99"}`},
		"appointments": {"kind, state, starts_at, ends_at, property_id IS NOT NULL, time_zone, cancelled_at IS NOT NULL", `
			other | completed | 2024-03-05 15:00 | 2024-03-05 16:00 | false | America/Chicago | false
			site_visit | cancelled | 2024-03-05 15:00 | 2024-03-05 16:30 | true | America/Chicago | true`},
		"adopted_quotes": {"number, state, total_cents, tax_cents, customer_id IS NOT NULL, decided_at, extra", `
			E-7 | accepted | 30 | NULL | true | 2024-03-05 14:30 | {"id": "00000000-0000-4000-8000-00000000000a", "tax": "1.234,50", "line_items": [{"n": 100, "qty": 2.5}]}
			E-7 | unknown | 684923 | 1230 | false | NULL | {"id": "00000000-0000-4000-8000-00000000000b", "total": 6849.225, "status": "on hold", "client_id": 77}`},
		"roi_calculations": {"kind, adopted_quote_id IS NOT NULL, outputs, return_pct, invested_cents, engine_version, extra", `
			unknown | false | {} | NULL | NULL | adopted | {"results": [1], "roi_percent": "good"}
			unknown | true | {"npv": 5233.27, "years": 20} | 17.63 | 450000 | adopted | {}`},
		"pricing_approvals": {"state, metric, discount_bp, decided_name, requested_at, decided_at, extra", `
			approved | unknown | 1250 | Sam | 2024-03-05 14:30 | 2024-03-05 14:30 | {"id": 1}
			expired | unknown | 712 |  | 2024-03-05 14:30 | 2024-03-05 14:30 | {"id": 2, "status": "pending", "discount_pct": 7.123}`},
	} {
		b.wantRows(t, table, want.columns, want.rows)
	}
	wantSaid(t, report)
}

// wantRows compares the columns of adopted rows, written between bars and sorted.
func (b *bundle) wantRows(t *testing.T, table, columns, want string) {
	t.Helper()
	cells := strings.Split(columns, ", ")
	for i, c := range cells {
		switch {
		case strings.HasSuffix(c, "_at"):
			cells[i] = fmt.Sprintf("CASE WHEN %[1]s = (SELECT started_at FROM app.adoptions WHERE label = 'old') THEN 'began' ELSE coalesce(to_char(%[1]s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), 'NULL') END", c)
		default:
			cells[i] = fmt.Sprintf("coalesce(regexp_replace(regexp_replace((%s)::text, E'\\n', '/'), '(Long ?)+', 'Long…'), 'NULL')", c)
		}
	}
	got := testkit.Values[string](t, b.Database, fmt.Sprintf(`SELECT concat_ws(' | ', %s) FROM app.%s WHERE org_id = $1 AND adoption_id = (SELECT id FROM app.adoptions WHERE label = 'old')`, strings.Join(cells, ", "), table), testkit.A.ID)
	var wanted []string
	for l := range strings.Lines(strings.TrimSpace(want)) {
		wanted = append(wanted, strings.TrimSpace(l))
	}
	slices.Sort(got)
	slices.Sort(wanted)
	squeeze := func(rows []string) string {
		return strings.ReplaceAll(strings.ReplaceAll(strings.Join(rows, "\n"), "|  |", "| |"), "|  |", "| |")
	}
	if squeeze(got) != squeeze(wanted) {
		t.Errorf("%s:\n%s\nwant\n%s", table, strings.Join(got, "\n"), strings.Join(wanted, "\n"))
	}
}

// wantSaid looks for the reasons in the report.
func wantSaid(t *testing.T, report []line) {
	t.Helper()
	said := map[string]line{}
	for _, l := range report {
		said[l.Table+" "+l.Key] = l
	}
	for key, want := range map[string]struct {
		outcome     adoption.Outcome
		column, why string
	}{
		"customers 1": {adoption.Taken, "", ""},
		"customers 2": {adoption.Changed, "phone", "has no area code"},
		"customers 3": {adoption.Changed, "", "has no name; called ng@x.example"},
		"customers 4": {adoption.Skipped, "", "nothing but its key"},
		"customers 5": {adoption.Changed, "fullName", "cut to 120 letters"},
		"leads L-1":   {adoption.Taken, "", ""},
		"appointments 00000000-0000-4000-8000-000000000003": {adoption.Skipped, "", "has no start"},
		"quotes 00000000-0000-4000-8000-00000000000b":       {adoption.Changed, "client_id", "refers to nothing"},
		"pricing_approvals 2":                               {adoption.Changed, "status", "taken as expired"},
		"pricing_approvals 3":                               {adoption.Skipped, "", "belongs to no quote"},
	} {
		l, found := said[key]
		if !found || l.Outcome != want.outcome || !strings.Contains(l.why(want.column), want.why) {
			t.Errorf("%s: %s %+v, want %s because it %q", key, l.Outcome, l.Notes, want.outcome, want.why)
		}
	}
	var twins, again int
	for _, l := range report {
		if strings.Contains(l.why(""), "once more") {
			twins++
		}
		if strings.Contains(l.why(""), "a key of its own") {
			again++
		}
	}
	if twins != 2 || again != 1 {
		t.Errorf("%d rows stand twice and %d share a key, want 2 and 1", twins, again)
	}
	if got := report[0].Tables["quotes"]; got.Table != "estimates" || got.Columns["number"] != "estimateNumber" || got.Columns["notes"] != "-" {
		t.Errorf("the report begins with the mapping %+v", got)
	}
}

// What was adopted is found like anything else.
func TestAdoptedCustomersAreFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.adopt(t, input(smallShop(t).Owner()))
	zips, err := postal.Load([]byte(someZIPs))
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{"ruiz 512-555-0143", "78701 oak", "ng@x"} {
		page, err := crm.New(b.App, zips).ListCustomers(t.Context(), b.a, crm.Filter{Search: typed})
		if err != nil || len(page.Customers) == 0 {
			t.Errorf("%q finds %d customers, %v", typed, len(page.Customers), err)
		}
	}
}

// Nobody is adopted, so nobody has an adopted lead or visit. Whom the old row names is kept, also where it is by chance the
// id of somebody here, or of somebody of another company.
func TestWhoHadItStaysInExtra(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shop := oldshop.Empty(t)
	shop.Exec(t, `CREATE TABLE leads (id int PRIMARY KEY, name text, assigned_to text); CREATE TABLE appointments (id int PRIMARY KEY, scheduled_at timestamptz, assignee_id uuid)`)
	shop.Exec(t, `INSERT INTO leads VALUES (1, 'Dana', 'Sam Ortiz'), (2, 'Lee', $1), (3, 'Ng', NULL)`, testkit.A.Estimator().String())
	shop.Exec(t, `INSERT INTO appointments VALUES (1, '2024-03-05 09:00-06', $1), (2, '2024-03-06 09:00-06', $2)`, testkit.A.Crew(), testkit.B.Crew())
	b.Untouched(t, testkit.B, func() {
		sum, report := b.adopt(t, input(shop.Owner()))
		wantEqual(t, sum)
		for _, l := range report {
			if l.Outcome == adoption.Changed || l.Outcome == adoption.Skipped {
				t.Errorf("%s %s is %s: %+v", l.Table, l.Key, l.Outcome, l.Notes)
			}
		}
	})
	b.wantRows(t, "leads", "name, assigned_to, extra", fmt.Sprintf(`
		Dana | NULL | {"id": 1, "assigned_to": "Sam Ortiz"}
		Lee | NULL | {"id": 2, "assigned_to": "%s"}
		Ng | NULL | {"id": 3}`, testkit.A.Estimator()))
	b.wantRows(t, "appointments", "assignee_id, extra", fmt.Sprintf(`
		NULL | {"id": 1, "assignee_id": "%s"}
		NULL | {"id": 2, "assignee_id": "%s"}`, testkit.A.Crew(), testkit.B.Crew()))
}
