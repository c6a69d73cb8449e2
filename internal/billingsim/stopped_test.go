package billingsim

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/stripesim"
)

// boundary is a company about whom something ends in the days without workers.
type boundary struct {
	name string
	*company
	at            time.Time
	before, after gate
	later         bool // it writes once the workers are back
}

// gate is what the gate of every request says of a company.
type gate struct {
	State  plan.State
	Writes bool
	Links  bool // a homeowner's link of a quote works
	Jobs   int64
}

func (s gate) String() string {
	return fmt.Sprintf("%s, writes %v, links %v, %d jobs", s.State, s.Writes, s.Links, s.Jobs)
}

// TestThirtyDaysWithoutWorkers: every worker stands for 30 days, and no webhook is heard. Each end that was mirrored
// counts at its second, no homeowner is refused by it, and when the workers are back everything is as Stripe says.
func TestThirtyDaysWithoutWorkers(t *testing.T) {
	t.Parallel()
	c := newCourse(t.Context(), newGround(t), 3, "", months)
	if err := errors.Join(c.clear(c.ctx), c.open()); err != nil {
		t.Fatal(err)
	}
	c.trouble = false
	c.sim.SetChaos(stripesim.Chaos{})
	all := c.boundaries(t)
	// From here on nobody listens and nobody reads.
	var moments []time.Time
	for _, b := range all {
		moments = append(moments, b.at.Add(-time.Second), b.at)
	}
	slices.SortFunc(moments, time.Time.Compare)
	stopped, end := c.now, c.now.Add(30*day)
	for _, at := range append(moments, end) {
		if at.After(end) || !at.After(stopped) {
			t.Fatalf("%s is not within the 30 days from %s", at, stopped)
		}
		c.pass(at.Sub(c.now))
		for _, b := range all {
			want := b.before
			if !c.now.Before(b.at) {
				want = b.after
			}
			if got := c.asked(t, b); got != want {
				t.Errorf("%s, %s from its end: %s, want %s", b.name, c.now.Sub(b.at), got, want)
			}
		}
	}
	// The workers are back. Stripe has long given up to send what it had to say.
	if err := errors.Join(c.sweep(), c.round()); err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		if got := c.asked(t, b); got.Writes != b.later || got.Links != (got.State != plan.Dormant) {
			t.Errorf("%s, once the workers are back: %s", b.name, got)
		}
		kept, err := c.mirrored(b.customers)
		if err == nil {
			err = c.compare(b.company, kept)
		}
		if err != nil {
			t.Errorf("%s: %v", b.name, err)
		}
	}
	t.Logf("%d ends, each looked at a second before and at it", len(all))
}

// asked is the answer of the gate at the moment that it is, by the database's clock.
func (c *course) asked(t *testing.T, b boundary) (s gate) {
	t.Helper()
	c.Exec(t, setClock, c.now.Sub(begin).Seconds())
	err := c.InOrg(t, b.org, func(tx *pg.OrgTx) error {
		org, err := tenancy.LockOrganization(tx)
		a, now := tenancy.Of(tx.Tenant(), org), tx.Now()
		e := a.Entitlements(now)
		s = gate{e.State, a.RequirePlan(now) == nil, a.RequireLinks(now) == nil, e.Limit(plan.Jobs)}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// boundaries are companies of which something ends soon, all of it read.
func (c *course) boundaries(t *testing.T) []boundary {
	t.Helper()
	next := 0
	sign := func() *company {
		co := c.companies[next]
		next++
		if err := c.signUp(co); err != nil || co.customer() == "" {
			t.Fatalf("sign up: %v", err)
		}
		return co
	}
	buy := func(co *company, form ...string) answer {
		m := c.call("POST", "/v1/payment_methods/pm_card_visa/attach", "customer", co.customer())
		c.call("POST", "/v1/customers/"+co.customer(), "invoice_settings[default_payment_method]", m.ID)
		s := c.call("POST", "/v1/subscriptions", append(form, "customer", co.customer(), "items[0][price]", c.prices["growth_v1"])...)
		if !s.ok() {
			t.Fatal(s.Error.Message)
		}
		return s
	}
	grant := func(co *company, kind, subject string, limit *int64, until time.Time) {
		c.Exec(t, `INSERT INTO platform.plan_overrides (org_id, id, kind, subject, limited_to, reason, until, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, 'for the test', $6, 'operator', $7)`,
			co.org.ID, id.New(), kind, subject, limit, until, c.now)
	}
	active := gate{plan.Active, true, true, 500}
	trialing, canceled := active, gate{plan.Canceled, false, true, 500}
	trialing.State = plan.Trialing

	over := sign() // its trial, long before the others begin
	owing := sign()
	buy(owing, "collection_method", "send_invoice", "days_until_due", "5")
	c.pass(16 * day)
	trial, periodEnd, dated, kept, given, more, lasting := sign(), sign(), sign(), sign(), sign(), sign(), sign()
	c.call("POST", "/v1/subscriptions/"+buy(periodEnd).ID, "cancel_at_period_end", "true")
	ends := c.now.Add(9*day + 3*time.Hour)
	buy(dated, "cancel_at", fmt.Sprint(ends.Unix()))
	c.call("POST", "/v1/subscriptions/"+buy(kept, "trial_end", fmt.Sprint(kept.trialEnds.Unix())).ID, "cancel_at_period_end", "true")
	c.call("DELETE", "/v1/subscriptions/"+buy(given).ID)
	grant(given, "comp", "", nil, ends.Add(time.Hour))
	buy(more)
	grant(more, "limit", "jobs", new(int64(700)), ends.Add(2*time.Hour))
	onTrial := buy(lasting, "trial_end", fmt.Sprint(lasting.trialEnds.Unix()))
	c.sim.Deliver(c.ctx)
	if err := c.round(); err != nil {
		t.Fatal(err)
	}
	due := time.Unix(c.all("/v1/invoices", "customer", owing.customer())[0].DueDate, 0).UTC()
	period := time.Unix(c.all("/v1/subscriptions", "customer", periodEnd.customer())[0].Items.Data[0].PeriodEnd, 0).UTC()
	pastDue, restricted := active, gate{plan.Restricted, false, true, 500}
	pastDue.State = plan.PastDue
	dormant := gate{plan.Dormant, false, false, 500}
	raised := active
	raised.Jobs = 700
	if period.After(c.now.Add(30 * day)) { // a month of 31 days
		c.pass(2 * day)
	}
	return []boundary{
		{"30 days after a trial", over, over.trialEnds.Add(30 * day), canceled, dormant, false},
		{"the grace", owing, due.Add(plan.Grace), pastDue, restricted, false},
		{"the trial", trial, trial.trialEnds, trialing, canceled, false},
		{"a cancellation at the period's end", periodEnd, period, active, canceled, false},
		{"a cancellation at a date", dated, ends, active, canceled, false},
		{"a canceled trial at Stripe", kept, kept.trialEnds, trialing, canceled, false},
		{"free use", given, ends.Add(time.Hour), active, canceled, false},
		{"a higher limit", more, ends.Add(2 * time.Hour), raised, active, true},
		{"a trial at Stripe that goes on", lasting, time.Unix(onTrial.TrialEnd, 0).Add(plan.Grace).UTC(), trialing, gate{plan.Restricted, false, true, 500}, true},
	}
}
