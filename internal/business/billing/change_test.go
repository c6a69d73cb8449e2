package billing_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/stripesim"
	"fenceplatform.com/fence/internal/testkit"
)

// B26: an upgrade costs to the cent what was shown, holds at once, and the old plan's rest is given back.
func TestAnUpgradeCostsWhatWasShown(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.subscribed(plan.Starter, "pm_card_visa")
	w.pass(10 * 24 * time.Hour)
	c, err := w.service.Consider(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth})
	w.ok(err)
	w.pass(20 * time.Minute) // the page stays open: what was shown is what is billed
	w.Untouched(t, testkit.B, func() {
		_, err = w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth, CountsFrom: c.CountsFrom, Due: c.Preview.Due - 1})
		w.refused(err, billing.CodePriceMoved)
		_, err = w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth, CountsFrom: c.CountsFrom.Add(-2 * time.Hour), Due: c.Preview.Due})
		w.refused(err, billing.CodePriceMoved)
		out, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth, CountsFrom: c.CountsFrom, Due: c.Preview.Due})
		w.ok(err)
		if out.Way != billing.WayNow || out.Waiting {
			t.Errorf("the outcome is %+v", out)
		}
	})
	if e := w.entitlements(); e.Plan.Key != plan.Growth || e.State != plan.Active {
		t.Errorf("it is %s on %s", e.State, e.Plan.Key)
	}
	bill := w.invoices()[0]
	if bill.Total != int64(c.Preview.Due) || bill.AmountPaid != bill.Total || c.Preview.Due <= 0 || len(bill.Lines.Data) != len(c.Preview.Lines) {
		t.Errorf("shown were %s in %d lines, billed %d in %d", c.Preview.Due, len(c.Preview.Lines), bill.Total, len(bill.Lines.Data))
	}
	for n, l := range c.Preview.Lines {
		if bill.Lines.Data[n].Amount != int64(l.Cents) {
			t.Errorf("line %q was shown as %s and is billed as %d", l.Words, l.Cents, bill.Lines.Data[n].Amount)
		}
	}
	if got := w.logged()[2:]; !slices.Equal(got, []string{"plan.upgraded"}) {
		t.Errorf("the log says %v", got)
	}
}

// B25: declined, or seen by the bank first: the old plan stays until it is paid, and can be kept.
func TestAnUpgradeWaitsForItsPayment(t *testing.T) {
	t.Parallel()
	for _, pays := range []bool{true, false} {
		w := setup(t)
		w.subscribed(plan.Starter, "pm_card_visa")
		w.ok(w.sim.Behave(w.method(), "pm_card_authenticationRequired"))
		_, out, err := w.switches(plan.Growth)
		w.ok(err)
		if e := w.entitlements(); !out.Waiting || out.PayURL == "" || e.Plan.Key != plan.Starter {
			t.Fatalf("it is on %s, and waits %v at %q", e.Plan.Key, out.Waiting, out.PayURL)
		}
		o, err := w.service.Overview(t.Context(), w.owner())
		w.ok(err)
		if o.Waiting == nil || o.Waiting.Plan != plan.Growth || o.Waiting.PageURL != out.PayURL {
			t.Errorf("what waits is %+v", o.Waiting)
		}
		if c, err := w.service.Consider(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth}); err != nil || c.Way != billing.WayNotNow {
			t.Errorf("meanwhile the way is %s, %v", c.Way, err)
		}
		want := plan.Starter
		if pays {
			w.ok(w.sim.Behave(w.method(), "pm_card_visa"))
			must[*stripe.Invoice](t)(w.stripe.V1Invoices.Pay(t.Context(), w.invoices()[0].ID, nil))
			w.ok(w.service.SettleOpen(t.Context(), w.platform()))
			want = plan.Growth
		} else {
			w.Untouched(t, testkit.B, func() { w.ok(w.service.Undo(t.Context(), w.owner())) })
		}
		w.follow()
		if e := w.entitlements(); e.Plan.Key != want || e.State != plan.Active {
			t.Errorf("in the end it is %s on %s", e.State, e.Plan.Key)
		}
		ends := map[bool]string{true: "plan.upgraded", false: "plan.upgrade_dropped"}[pays]
		if got := w.logged()[2:]; !slices.Equal(got, []string{"plan.upgrade_waits_for_payment", ends}) {
			t.Errorf("the log says %v", got)
		}
	}
}

// An upgrade that nobody pays is dropped by the provider after a day.
func TestAnUpgradeThatNobodyPays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.subscribed(plan.Starter, "pm_card_visa")
	w.ok(w.sim.Behave(w.method(), "pm_card_chargeCustomerFail"))
	_, out, err := w.switches(plan.Growth)
	w.ok(err)
	if !out.Waiting {
		t.Fatal("a declined upgrade does not wait")
	}
	w.pass(24 * time.Hour)
	w.ok(w.service.SettleOpen(t.Context(), w.platform()))
	if e := w.entitlements(); e.Plan.Key != plan.Starter || e.State != plan.Active {
		t.Errorf("it is %s on %s", e.State, e.Plan.Key)
	}
	if got := w.logged(); got[len(got)-1] != "plan.upgrade_dropped" {
		t.Errorf("the log says %v", got)
	}
}

// B27: a downgrade comes with the next period; what is over the limit then is said before, stays, and only does not grow.
func TestADowngradeComesWithTheNextPeriod(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.subscribed(plan.Growth, "pm_card_visa")
	end := w.subscriptions()[0].Items.Data[0].CurrentPeriodEnd
	var c billing.Choice
	w.Untouched(t, testkit.B, func() {
		var out billing.Outcome
		var err error
		c, out, err = w.switches(plan.Starter)
		w.ok(err)
		if c.Way != billing.WayLater || out.Starts.Unix() != end || len(c.Over) != 1 || c.Over[0] != (billing.Excess{Metric: plan.Users, Used: 6, Limit: 1}) {
			t.Errorf("the choice is %+v, the outcome %+v", c, out)
		}
	})
	if e := w.entitlements(); e.Plan.Key != plan.Growth || e.Flags.Next != plan.Starter || e.Flags.NextAt.Unix() != end {
		t.Errorf("until then it is on %s, then %s at %s", e.Plan.Key, e.Flags.Next, e.Flags.NextAt)
	}
	// It is thought better of, and then again.
	w.Untouched(t, testkit.B, func() { w.ok(w.service.Undo(t.Context(), w.owner())) })
	if e := w.entitlements(); e.Flags.Next != "" {
		t.Errorf("taken back, it still becomes %s", e.Flags.Next)
	}
	_, _, err := w.switches(plan.Starter)
	w.ok(err)
	w.until(time.Unix(end, 0).Add(2 * time.Hour))
	e := w.entitlements()
	if e.Plan.Key != plan.Starter || e.State != plan.Active || w.invoices()[0].Total != 4900 {
		t.Errorf("in the next period it is %s on %s for %d", e.State, e.Plan.Key, w.invoices()[0].Total)
	}
	if n := testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM app.users WHERE org_id = $1 AND deactivated_at IS NULL", testkit.A.ID); n != 6 {
		t.Errorf("%d people are left", n)
	}
	_, err = w.people.Invite(t.Context(), w.owner(), identity.InviteInput{Email: "new@a.example", Role: identity.Crew})
	w.refused(err, "plan-limit-reached")
	if got := w.logged()[2:]; !slices.Equal(got, []string{"plan.downgrade_scheduled", "plan.downgrade_undone", "plan.downgrade_scheduled"}) {
		t.Errorf("the log says %v", got)
	}
}

// A plan that is changed within the trial is the other one at its end, and nothing is billed before.
func TestAChangeWithinTheTrial(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.buys(plan.Growth, "pm_card_visa")
	for _, to := range []plan.Key{plan.Starter, plan.Growth, plan.Starter} {
		c, _, err := w.switches(to)
		w.ok(err)
		if c.Way != billing.WayNow || c.Preview.Due != 0 || c.Starts.IsZero() {
			t.Errorf("the choice is %+v", c)
		}
		if e := w.entitlements(); e.State != plan.Trialing || e.Plan.Key != plan.Growth || e.Flags.Next != to {
			t.Errorf("it is %s on %s, then %s", e.State, e.Plan.Key, e.Flags.Next)
		}
	}
	w.pass(trialLeft + 2*time.Hour)
	if e := w.entitlements(); e.Plan.Key != plan.Starter || w.invoices()[0].Total != 4900 {
		t.Errorf("after the trial it is on %s for %d", e.Plan.Key, w.invoices()[0].Total)
	}
}

// B19: canceled at the period's end, and taken back before it.
func TestCancelKeepsWhatIsPaidAndCanBeTakenBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.subscribed(plan.Growth, "pm_card_visa")
	_, _, err := w.switches(plan.Starter) // a schedule does not stand in the way
	w.ok(err)
	end := w.subscriptions()[0].Items.Data[0].CurrentPeriodEnd
	w.Untouched(t, testkit.B, func() {
		ends, err := w.service.Cancel(t.Context(), w.owner())
		w.ok(err)
		if ends.Unix() != end {
			t.Errorf("it ends %s", ends)
		}
	})
	if e := w.entitlements(); e.State != plan.Active || !e.Flags.CancelAtPeriodEnd {
		t.Errorf("canceled, it is %s, %+v", e.State, e.Flags)
	}
	if c, err := w.service.Consider(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Starter}); err != nil || c.Way != billing.WayNotNow {
		t.Errorf("meanwhile the way is %s, %v", c.Way, err)
	}
	w.Untouched(t, testkit.B, func() { w.ok(w.service.Resume(t.Context(), w.owner())) })
	if e := w.entitlements(); e.Flags.CancelAtPeriodEnd {
		t.Error("taken back, it still ends")
	}
	_, err = w.service.Cancel(t.Context(), w.owner())
	w.ok(err)
	w.until(time.Unix(end, 0).Add(time.Minute))
	if e := w.entitlements(); e.State != plan.Canceled || !e.ReadOnly() {
		t.Errorf("after the period it is %s", e.State)
	}
	// And back again, months later.
	w.buys(plan.Starter, "pm_card_visa")
	if e := w.entitlements(); e.State != plan.Active || e.Plan.Key != plan.Starter {
		t.Errorf("bought again, it is %s on %s", e.State, e.Plan.Key)
	}
}

// B21: canceled while an invoice is open: it ends now, and what is open is no longer collected.
func TestCancelWhileAnInvoiceIsOpen(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.subscribed(plan.Starter, "pm_card_visa")
	w.ok(w.sim.Behave(w.method(), "pm_card_chargeCustomerFail"))
	w.pass(31 * 24 * time.Hour)
	if e := w.entitlements(); e.State != plan.PastDue {
		t.Fatalf("it is %s", e.State)
	}
	if c, err := w.service.Consider(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth}); err != nil || c.Way != billing.WayNotNow {
		t.Errorf("while it owes the way to another plan is %s, %v", c.Way, err)
	}
	attempts := w.invoices()[0].AttemptCount
	_, err := w.service.Cancel(t.Context(), w.owner())
	w.ok(err)
	if e := w.entitlements(); e.State != plan.Canceled {
		t.Errorf("it is %s", e.State)
	}
	w.pass(20 * 24 * time.Hour)
	if got := w.invoices()[0]; got.AttemptCount != attempts || got.AmountPaid != 0 {
		t.Errorf("it was collected %d times more", got.AttemptCount-attempts)
	}
}

// The answer to a change is lost after it was made: the subscription itself tells.
func TestALostAnswerToAChange(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.subscribed(plan.Starter, "pm_card_visa")
	for range 2 {
		w.sim.Inject(stripesim.Fault{Kind: stripesim.Reset, Method: "POST", Prefix: "/v1/subscriptions"})
	}
	_, _, err := w.switches(plan.Growth)
	w.ok(err)
	if e := w.entitlements(); e.Plan.Key != plan.Growth {
		t.Errorf("it is on %s", e.Plan.Key)
	}
	// And before it was made, with nobody to ask afterwards: the task finds out.
	w.sim.Inject(stripesim.Fault{Kind: stripesim.FailBefore, Method: "POST", Prefix: "/v1/subscriptions"})
	_, err = w.service.Cancel(t.Context(), w.owner())
	w.refused(err, "card-service-away")
	w.pass(3 * time.Minute)
	w.ok(w.service.SettleOpen(t.Context(), w.platform()))
	if got := w.logged(); got[len(got)-1] != "plan.cancel_dropped" {
		t.Errorf("the log says %v", got)
	}
	_, err = w.service.Cancel(t.Context(), w.owner())
	w.ok(err)
}

// B43 for the page: a portal is opened for the company's own customer.
func TestThePortalIsTheCompanysOwn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.B, func() {
		address, err := w.service.Portal(t.Context(), w.owner())
		w.ok(err)
		if address == "" {
			t.Error("it leads nowhere")
		}
	})
}

// Over the limit after a downgrade: everybody works on and nothing goes; only more is refused, and the owner chooses who
// is deactivated.
func TestOverTheLimitOnlyMoreIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.staff(6)
	w.subscribed(plan.Growth, "pm_card_visa")
	_, _, err := w.switches(plan.Starter)
	w.ok(err)
	w.until(time.Unix(w.subscriptions()[0].Items.Data[0].CurrentPeriodEnd, 0).Add(2 * time.Hour))
	people := func() int {
		return testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM app.users WHERE org_id = $1 AND deactivated_at IS NULL", testkit.A.ID)
	}
	crew := w.of(testkit.A, testkit.A.Crew(), identity.Crew)
	if err := crew.RequireWritable(w.now()); err != nil || people() != 6 || w.entitlements().Limit(plan.Users) != 1 {
		t.Fatalf("%d people of %d, and crew may write: %v", people(), w.entitlements().Limit(plan.Users), err)
	}
	version := func() int {
		return testkit.Value[int](t, w.Database, "SELECT version FROM app.users WHERE org_id = $1 AND id = $2", testkit.A.ID, testkit.A.Crew())
	}
	_, err = w.people.Deactivate(t.Context(), w.owner(), identity.MemberInput{Person: testkit.A.Crew(), Version: version()})
	w.ok(err)
	_, err = w.people.Reactivate(t.Context(), w.owner(), identity.MemberInput{Person: testkit.A.Crew(), Version: version()})
	w.refused(err, "plan-limit-reached")
	if err := w.of(testkit.A, testkit.A.Office(), identity.Office).RequireWritable(w.now()); err != nil || people() != 5 {
		t.Errorf("%d people, and the office may write: %v", people(), err)
	}
}
