package onboarding_test

import (
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/postal"
	"fenceplatform.com/fence/internal/testkit"
)

// looking is a company of its own that has nothing yet, with its owner.
func looking(t *testing.T) (bundle, tenancy.Actor) {
	t.Helper()
	b := setup(t)
	zips, err := postal.Load([]byte("78701\tAustin\tTX\tTravis\t30.2713\t-97.7426\tAmerica/Chicago\n"))
	if err != nil {
		t.Fatal(err)
	}
	b.signUps.Customers, b.signUps.Quotes = crm.New(b.db.App, zips), &quoting.Service{DB: b.db.App, Queue: b.signUps.Queue, Address: b.signUps.Site.Of}
	done, err := b.signUps.SignUp(t.Context(), fromTest, input("Looking Fence"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := tenancy.InTask(t.Context(), b.db.App, done.Organization.ID)
	if err != nil {
		t.Fatal(err)
	}
	who, err := id.Parse(testkit.Value[string](t, b.db, `SELECT id::text FROM app.users WHERE org_id = $1`, done.Organization.ID))
	if err != nil {
		t.Fatal(err)
	}
	return b, a.As(tenancy.Person, who, "Olive Owner", "owner", tenancy.Permissions)
}

func pressed(a tenancy.Actor) tenancy.Actor {
	return a.WithRequest(tenancy.Request{ID: "test", IdempotencyKey: id.New().String()})
}

// shown are customers, quotes and drafts that the company's lists show.
func (b bundle) shown(t *testing.T, a tenancy.Actor) (customers, quotes, drafts int) {
	t.Helper()
	c, err := b.signUps.Customers.ListCustomers(t.Context(), a, crm.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	away, err := b.signUps.Customers.ListCustomers(t.Context(), a, crm.Filter{Status: crm.Archived})
	if err != nil {
		t.Fatal(err)
	}
	q, err := b.signUps.Quotes.ListQuotes(t.Context(), a, quoting.QuoteFilter{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := b.signUps.Quotes.ListQuotes(t.Context(), a, quoting.QuoteFilter{Shelf: quoting.ShelfDrafts})
	if err != nil {
		t.Fatal(err)
	}
	return len(c.Customers) + len(away.Customers), len(q.Quotes), len(d.Quotes)
}

func TestSampleDataComesAndGoesWithOnePress(t *testing.T) {
	t.Parallel()
	b, a := looking(t)
	want := func(when string, customers, quotes, drafts int) {
		t.Helper()
		if c, q, d := b.shown(t, a); c != customers || q != quotes || d != drafts {
			t.Errorf("%s: %d customers, %d quotes, %d drafts, want %d, %d, %d", when, c, q, d, customers, quotes, drafts)
		}
	}
	b.db.Untouched(t, testkit.B, func() {
		for _, when := range []string{"added", "added again"} {
			if err := b.signUps.AddSample(t.Context(), pressed(a)); err != nil {
				t.Fatalf("%s: %v", when, err)
			}
			want(when, 1, 1, 1)
		}
		for range 2 {
			if err := b.signUps.RemoveSample(t.Context(), pressed(a)); err != nil {
				t.Fatal(err)
			}
			want("removed", 0, 0, 0)
		}
		if err := b.signUps.AddSample(t.Context(), pressed(a)); err != nil {
			t.Fatal(err)
		}
		want("brought back", 1, 1, 1)
		if f, err := b.signUps.FirstSteps(t.Context(), a); err != nil || !f.Sample || f.Customer || f.Sketch || f.Sent {
			t.Errorf("the sample counts as a step: %+v, %v", f, err)
		}
	})
}

// Nothing of the sample is counted against the plan, when it is made and when it is counted anew.
func TestSampleDataIsCountedNowhere(t *testing.T) {
	t.Parallel()
	b, a := looking(t)
	if err := b.signUps.AddSample(t.Context(), pressed(a)); err != nil {
		t.Fatal(err)
	}
	for what, sql := range map[string]string{"events": "SELECT count(*)::int FROM app.usage_events WHERE org_id = $1 AND metric = 'quotes'", "counted": "SELECT coalesce(sum(used), 0)::int FROM app.usage_counters WHERE org_id = $1 AND metric = 'quotes'"} {
		if n := testkit.Value[int](t, b.db, sql, a.Org.ID); n != 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
	err := b.db.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error {
		found, err := quoting.Counted(tx, plan.Period{Start: tx.Now().AddDate(0, -1, 0), End: tx.Now().AddDate(0, 1, 0)})
		if len(found) != 0 {
			t.Errorf("%d quotes are counted anew", len(found))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSampleDataIsMailedToNobody(t *testing.T) {
	t.Parallel()
	b, a := looking(t)
	if err := b.signUps.AddSample(t.Context(), pressed(a)); err != nil {
		t.Fatal(err)
	}
	page, err := b.signUps.Quotes.ListQuotes(t.Context(), a, quoting.QuoteFilter{})
	if err != nil {
		t.Fatal(err)
	}
	q := page.Quotes[0]
	_, err = b.signUps.Quotes.Send(t.Context(), pressed(a), q.ID, quoting.SendInput{Version: q.Version, Recipients: []quoting.Recipient{{Name: "Dana", Email: "dana@home.example"}}})
	if f := fault.As(err); f.Code != "sample-goes-nowhere" {
		t.Errorf("sent: %v, want it refused", err)
	}
	if n := testkit.Value[int](t, b.db, `SELECT count(*)::int FROM app.mails WHERE org_id = $1 AND kind = 'quote_sent'`, a.Org.ID); n != 0 {
		t.Errorf("%d mails", n)
	}
}

func TestSampleDataPressedByManyAtOnceIsOne(t *testing.T) {
	t.Parallel()
	b, a := looking(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if err := b.signUps.AddSample(t.Context(), pressed(a)); err != nil && fault.As(err).Kind == fault.Internal {
				t.Errorf("one of them: %v", err)
			}
		})
	}
	wg.Wait()
	if n := testkit.Value[int](t, b.db, `SELECT count(*)::int FROM app.customers WHERE org_id = $1`, a.Org.ID); n != 1 {
		t.Errorf("%d sample customers", n)
	}
}

func TestSampleDataAndStepsAreForWhoMayWriteSettings(t *testing.T) {
	t.Parallel()
	b, a := looking(t)
	crew := a.As(tenancy.Person, a.UserID, "Carl", "crew", []tenancy.Permission{tenancy.JobsRead})
	for what, err := range map[string]error{
		"add": b.signUps.AddSample(t.Context(), crew), "remove": b.signUps.RemoveSample(t.Context(), crew), "hide": b.signUps.HideFirstSteps(t.Context(), crew, true),
	} {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v, want forbidden", what, err)
		}
	}
	if _, err := b.signUps.FirstSteps(t.Context(), crew); !fault.Is(err, fault.Forbidden) {
		t.Errorf("read: %v, want forbidden", err)
	}
}

// Steps are facts: each is done by what it asks for, wherever that was done, and by nothing else.
func TestFirstStepsFollowFromWhatIsThere(t *testing.T) {
	t.Parallel()
	b, a := looking(t)
	read := func() onboarding.FirstSteps {
		t.Helper()
		f, err := b.signUps.FirstSteps(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	want := onboarding.FirstSteps{Area: true} // by the ZIP of the sign-up
	if got := read(); got != want {
		t.Fatalf("at first %+v", got)
	}
	org, place, sketch, quote := a.Org.ID, id.New(), id.New(), id.New()
	var customer id.ID
	for _, deed := range []struct {
		do   func()
		sets *bool
	}{
		{func() {
			b.db.Exec(t, `UPDATE app.organizations SET phone = '+15125550142', license_number = 'TX-1' WHERE org_id = $1`, org)
		}, &want.Company},
		{func() {
			b.db.Exec(t, `UPDATE app.organizations SET brand_color = '#0F4C75' WHERE org_id = $1`, org)
		}, &want.Color},
		{func() {
			b.db.Exec(t, `UPDATE app.tiers SET version = 2 WHERE org_id = $1 AND key = 'elite'`, org)
		}, &want.Tiers},
		{func() {
			made, err := b.signUps.Customers.CreateCustomer(t.Context(), a, crm.CreateCustomerInput{Name: "Dana"})
			if err != nil {
				t.Fatal(err)
			}
			customer = made.Customer.ID
		}, &want.Customer},
		{func() {
			b.db.Exec(t, `INSERT INTO app.properties SELECT (jsonb_populate_record(p, jsonb_build_object('org_id', $1::uuid, 'id', $2::uuid, 'customer_id', $3::uuid))).* FROM app.properties p WHERE org_id = $4 LIMIT 1`, org, place, customer, testkit.A.ID)
			b.db.Exec(t, `INSERT INTO app.sketches SELECT (jsonb_populate_record(s, jsonb_build_object('org_id', $1::uuid, 'id', $2::uuid, 'property_id', $3::uuid))).* FROM app.sketches s WHERE org_id = $4 LIMIT 1`, org, sketch, place, testkit.A.ID)
		}, &want.Sketch},
		{func() {
			b.db.Exec(t, `INSERT INTO app.quotes (org_id, id, number, customer_id, property_id, sketch_id, state, current_n, total_cents, created_by, created_name, created_at, updated_at, sent_at, valid_until)
				VALUES ($1, $2, 'Q-2026-000009', $3, $4, $5, 'sent', 1, 100, $2, 'Kim', app.now(), app.now(), app.now(), app.now() + interval '30 days')`, org, quote, customer, place, sketch)
		}, &want.Sent},
		{func() { b.db.Exec(t, `UPDATE app.quotes SET last_viewed_at = app.now() WHERE org_id = $1`, org) }, &want.Viewed},
		{func() {
			b.db.Exec(t, `INSERT INTO app.invitations (org_id, id, email, name, role, invited_by, code_hash, created_at, expires_at)
				VALUES ($1, $2, 'lee@oak.example', 'Lee', 'office', $3, sha256('lee'), app.now(), app.now() + interval '7 days')`, org, id.New(), a.UserID)
		}, &want.Teammate},
		{func() {
			b.db.Exec(t, `INSERT INTO app.payment_accounts (org_id, id, account, charges_enabled, begun_by, begun_name, begun_at) VALUES ($1, $2, 'acct_Oak', true, $3, 'Kim', app.now())`, org, id.New(), a.UserID)
		}, &want.GetPaid},
		{func() {
			b.db.Exec(t, `INSERT INTO platform.billing_customers (id, org_id, card_brand, card_last4, card_exp_month, card_exp_year) VALUES ('cus_Oak', $1, 'visa', '4242', 12, 2034)`, org)
			now, err := tenancy.Reread(t.Context(), b.db.App, a)
			if err != nil {
				t.Fatal(err)
			}
			a = now
		}, &want.Card},
	} {
		deed.do()
		*deed.sets = true
		if got := read(); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	b.db.Untouched(t, testkit.B, func() {
		for _, hidden := range []bool{true, true, false} {
			if err := b.signUps.HideFirstSteps(t.Context(), a, hidden); err != nil {
				t.Fatal(err)
			}
			if want.Hidden = hidden; read() != want {
				t.Errorf("hidden is not %v", hidden)
			}
		}
	})
	if n := testkit.Value[int](t, b.db, `SELECT count(*)::int FROM app.audit_entries WHERE org_id = $1 AND action LIKE 'first_steps.%'`, org); n != 2 {
		t.Errorf("%d entries in the log, want one for each change", n)
	}
}
