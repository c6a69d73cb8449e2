package adoption_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/adoption"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/testkit"
)

// refuses runs both ways and wants the fault from both, and nothing written.
func (b *bundle) refuses(t *testing.T, what string, in adoption.Input, code string, words ...string) {
	t.Helper()
	b.Untouched(t, testkit.A, func() {
		for _, adopt := range []func() error{
			func() error {
				_, err := b.s.Preview(t.Context(), b.a, in, adoption.Watch{Report: &bytes.Buffer{}})
				return err
			},
			func() error {
				_, err := b.s.Adopt(t.Context(), b.a, in, adoption.Watch{Report: &bytes.Buffer{}})
				return err
			},
		} {
			err := adopt()
			wantRefused(t, what, err, code)
			for _, w := range words {
				if err != nil && !strings.Contains(fault.As(err).Message, w) {
					t.Errorf("%s: %q does not name %q", what, fault.As(err).Message, w)
				}
			}
		}
	})
}

func TestRoleThatMayNotReadEverythingIsRefused(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), smallShop(t)
	const role = "fence_app" // a role without rights in the old database, which the tests' server lets in
	b.refuses(t, "no right", input(shop.URL(role)), "source-forbidden", role, "public.customers", "SELECT")
	shop.Exec(t, "GRANT USAGE ON SCHEMA public TO "+role+"; GRANT SELECT ON customers, leads, appointments, estimates, roi_calculations TO "+role)
	b.refuses(t, "no right on one", input(shop.URL(role)), "source-forbidden", "public.pricing_approvals")
	shop.Exec(t, "GRANT SELECT ON pricing_approvals TO "+role)
	if sum, _ := b.preview(t, input(shop.URL(role))); len(sum.Tables) != 6 {
		t.Errorf("a reader reads %d tables, want 6", len(sum.Tables))
	}
	// The seed's half-run conversion: a policy that shows a role other than the owner nothing, or fails.
	shop.Exec(t, `ALTER TABLE customers ADD COLUMN org_id uuid; ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
		CREATE POLICY org_isolation ON customers USING (org_id = current_setting('app.org_id')::uuid)`)
	b.refuses(t, "a policy", input(shop.URL(role)), "source-rows-hidden", role, "public.customers", "owner")
	if sum, _ := b.preview(t, input(shop.Owner())); sum.Tables[0].Rows != 5 {
		t.Errorf("the owner reads %d customers, want 5", sum.Tables[0].Rows)
	}
}

func TestRowsOfSeveralOrganizationsAreChosenFrom(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), smallShop(t)
	const ours, theirs = "5f1c2d3e-0000-4000-8000-00000000000a", "5f1c2d3e-0000-4000-8000-00000000000b"
	shop.Exec(t, fmt.Sprintf(`ALTER TABLE customers ADD COLUMN org_id uuid; UPDATE customers SET org_id = '%s' WHERE id < 3`, ours))
	if sum, _ := b.preview(t, input(shop.Owner())); sum.Tables[0].Rows != 5 {
		t.Errorf("one organization and none: %d rows, want all 5", sum.Tables[0].Rows)
	}
	shop.Exec(t, fmt.Sprintf(`UPDATE customers SET org_id = '%s' WHERE id = 3`, theirs))
	b.refuses(t, "two organizations", input(shop.Owner()), "source-organizations", "customers", "--source-org")
	in := input(shop.Owner())
	in.SourceOrg = strings.ToUpper(ours)
	if sum, report := b.preview(t, in); sum.Tables[0].Rows != 2 || report[1].Key != "1" || report[2].Key != "2" {
		t.Errorf("of one organization %d rows are taken, want customers 1 and 2", sum.Tables[0].Rows)
	}
}

func TestWhatIsNoSourceIsRefused(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), smallShop(t)
	with := func(change func(*adoption.Input)) adoption.Input {
		in := input(shop.Owner())
		change(&in)
		return in
	}
	for what, c := range map[string]struct {
		in   adoption.Input
		code string
	}{
		"another schema":       {with(func(in *adoption.Input) { in.Schema = "nowhere" }), "source-empty"},
		"no label":             {with(func(in *adoption.Input) { in.Label = "" }), "invalid-input"},
		"a label of two lines": {with(func(in *adoption.Input) { in.Label = "a\nb" }), "invalid-input"},
		"a batch of nothing":   {with(func(in *adoption.Input) { in.BatchRows = 0 }), "invalid-input"},
		"no address":           {with(func(in *adoption.Input) { in.From = "mysql://host/shop" }), "source-address"},
		"nobody there":         {with(func(in *adoption.Input) { in.From = "postgres://127.0.0.1:1/shop" }), "source-unreachable"},
		"our own tables":       {with(func(in *adoption.Input) { in.From = b.URL("fence_app"); in.Schema = "app" }), "source-rows-hidden"},
		"a table that is not":  {with(func(in *adoption.Input) { in.Map.Tables = map[string]adoption.TableMap{"leads": {Table: "prospects"}} }), "source-table-missing"},
		"a column that is not": {with(func(in *adoption.Input) {
			in.Map.Tables = map[string]adoption.TableMap{"leads": {Columns: map[string]string{"name": "who"}}}
		}), "map-column"},
		"a key that is not": {with(func(in *adoption.Input) { in.Map.Tables = map[string]adoption.TableMap{"leads": {Key: "no"}} }), "map-column"},
		"cents of what is not": {with(func(in *adoption.Input) {
			in.Map.Tables = map[string]adoption.TableMap{"leads": {Cents: []string{"no"}}}
		}), "map-column"},
	} {
		b.refuses(t, what, c.in, c.code)
	}
	office := b.a.As(tenancy.Person, testkit.A.Office(), "Office", "office", []tenancy.Permission{tenancy.CustomersWrite})
	_, err := b.s.Adopt(t.Context(), office, input(shop.Owner()), adoption.Watch{Report: &bytes.Buffer{}})
	wantRefused(t, "the office", err, "forbidden")
}

// A company whose trial is over is read-only; its old database can be judged and not brought in.
func TestReadOnlyCompanyAdoptsNothing(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), smallShop(t)
	b.Exec(t, "UPDATE app.organizations SET plan = 'trial', trial_ends_at = now() - interval '40 days' WHERE org_id = $1", testkit.A.ID)
	b.a = platform(t, b.Database, testkit.A)
	b.preview(t, input(shop.Owner()))
	_, err := b.s.Adopt(t.Context(), b.a, input(shop.Owner()), adoption.Watch{Report: &bytes.Buffer{}})
	wantRefused(t, "read-only", err, "subscription-required")
}

func TestMapSaysWhatNamesDoNot(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), smallShop(t)
	m, err := adoption.ParseMap([]byte(`{"time_zone": "America/New_York", "tables": {"customers": {"columns": {"notes": "loyalty", "status": "-"}, "key": "email"},
		"leads": {"cents": []}, "quotes": {"table": "estimates", "cents": ["total"]}, "roi_calculations": {"table": "-"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	in := input(shop.Owner())
	in.Map = m
	sum, report := b.adopt(t, in)
	if len(sum.Tables) != 5 || len(sum.Compared) != 7 || !sum.Equal() {
		t.Errorf("%d tables, %+v", len(sum.Tables), sum.Compared)
	}
	b.wantRows(t, "adopted_quotes", "number, total_cents, decided_at", "E-7 | 0 | 2024-03-05 19:30\nE-7 | 6849 | NULL")
	if report[1].Table != "customers" || report[1].Key != "Dana@EXAMPLE.com" {
		t.Errorf("the key is %+v, want the mail", report[1])
	}
	if n := testkit.Value[int](t, b.Database, `SELECT count(*)::int FROM app.customers WHERE notes = 'gold' AND extra->>'status' = 'Active' AND extra->>'notes' LIKE 'Gate%'`); n != 1 {
		t.Error("the map's columns were not taken")
	}
	for text, code := range map[string]string{
		`{`: "map-form", `{"tabels": {}}`: "map-form", `{"time_zone": "Mars/Base"}`: "map-time-zone", `{"tables": {"fences": {}}}`: "map-table",
		`{"tables": {"leads": {"columns": {"shoe_size": "x"}}}}`: "map-field",
	} {
		_, err := adoption.ParseMap([]byte(text))
		wantRefused(t, text, err, code)
	}
}

// The comparison finds what is planted: a changed text, a lost row, a row that nobody brought.
func TestComparisonFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), smallShop(t)
	b.adopt(t, input(shop.Owner()))
	const mine = "adoption_id = (SELECT id FROM app.adoptions WHERE label = 'old')"
	b.Exec(t, `UPDATE app.customers SET email = 'x@x.example' WHERE name = 'Dana Ruiz' AND `+mine)
	b.Exec(t, `UPDATE app.adopted_quotes SET extra = '{}' WHERE total_cents = 30 AND `+mine)
	b.Exec(t, `UPDATE app.leads SET created_at = created_at + interval '1 microsecond' WHERE name = 'Nobody' AND `+mine)
	b.Exec(t, `INSERT INTO app.roi_calculations (org_id, id, kind, engine_version, created_at, adoption_id) SELECT org_id, gen_random_uuid(), 'resale', 'adopted', now(), id FROM app.adoptions WHERE label = 'old'`)
	b.Exec(t, `ALTER TABLE app.pricing_approvals DISABLE TRIGGER ALL; DELETE FROM app.pricing_approvals WHERE state = 'approved' AND `+mine)
	// What is missing comes back with the next run; what is wrong is told.
	sum, report := b.adopt(t, input(shop.Owner()))
	got := map[string]string{}
	for _, l := range report {
		if l.Here != "" {
			got[l.Table] += l.Here
		}
	}
	want := map[string]string{"customers": "not as in the source", "adopted_quotes": "not as in the source", "leads": "not as in the source", "roi_calculations": "no longer in the source"}
	if sum.Equal() || fmt.Sprint(got) != fmt.Sprint(want) || sum.Written != 1 {
		t.Errorf("%d written, the report says %v, want %v", sum.Written, got, want)
	}
	for _, c := range sum.Compared {
		if wrong := want[c.Table] != ""; wrong == c.Equal() || wrong == (c.There == c.Here) {
			t.Errorf("%s is called equal: %v, %s and %s", c.Table, c.Equal(), c.There, c.Here)
		}
	}
}
