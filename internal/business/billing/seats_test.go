package billing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/testkit"
)

// people has so many work at A, and tells billing as the task does that follows.
func (w *world) nowWork(n int) {
	w.t.Helper()
	before := testkit.Value[int](w.t, w.Database, "SELECT count(*)::int FROM app.users WHERE org_id = $1 AND deactivated_at IS NULL", testkit.A.ID)
	w.staff(n)
	w.sync(max(n, before), false)
}

func (w *world) sync(seen int, daily bool) {
	w.t.Helper()
	w.ok(w.service.SyncSeats(w.t.Context(), w.platform(), int64(seen), daily))
}

// seats are the people beyond five that A pays for, at the provider itself.
func (w *world) seats() (n int64) {
	w.t.Helper()
	for _, s := range w.subscriptions() {
		for _, i := range s.Items.Data {
			if i.Price.UnitAmount == 1900 || i.Price.LookupKey == "extra_user_v1_year" {
				n += i.Quantity
			}
		}
	}
	return n
}

// days lets days pass, with the daily task in each.
func (w *world) days(n int) {
	w.t.Helper()
	for range n {
		w.pass(24 * time.Hour)
		w.sync(0, true)
	}
}

// growth has A pay for growth with five people, none beyond.
func growth(t *testing.T) *world {
	t.Helper()
	w := setup(t)
	w.staff(5)
	w.subscribed(plan.Growth, "pm_card_visa")
	return w
}

// B29: people come and go all month; there is one bill a month, with everything on it.
func TestManyChangesOfPeopleAreOneBill(t *testing.T) {
	t.Parallel()
	w := growth(t)
	w.Untouched(t, testkit.B, func() {
		for n := range 26 {
			w.nowWork(6 + n%5)
			w.pass(20 * time.Hour)
		}
	})
	if got := len(w.invoices()); got != 1 {
		t.Errorf("26 changes made %d bills", got-1)
	}
	if w.seats() != 5 {
		t.Errorf("%d are paid for, want the most of the month", w.seats())
	}
	w.pass(10 * 24 * time.Hour)
	bills := w.invoices()
	if len(bills) != 2 || bills[0].Total <= 14900+5*1900 || bills[0].Total > 14900+2*5*1900 {
		t.Errorf("%d bills, the last of %d", len(bills), bills[0].Total)
	}
}

// B31: who comes, goes and comes again within a month is billed once, and there is no bill of nothing.
func TestWhoComesAndGoesIsBilledOnce(t *testing.T) {
	t.Parallel()
	w := growth(t)
	w.pass(24 * time.Hour)
	for _, n := range []int{6, 5, 6, 5, 7, 5} {
		w.nowWork(n)
	}
	if w.seats() != 2 {
		t.Errorf("%d are paid for, want the most at one time", w.seats())
	}
	var held int64
	lines := 0
	for i, err := range w.stripe.V1InvoiceItems.List(t.Context(), &stripe.InvoiceItemListParams{Customer: stripe.String(w.customer())}).All(t.Context()) {
		w.ok(err)
		held += i.Amount
		lines++
	}
	if held < 3*1900/2 || held > 2*1900 {
		t.Errorf("%d lines of %d wait for the next bill, want two people for the rest of a month", lines, held)
	}
	// At the period's end who left is not billed again; who then comes back is not billed twice for the last day.
	end := time.Unix(w.subscriptions()[0].Items.Data[0].CurrentPeriodEnd, 0)
	w.until(end.Add(-20 * time.Hour))
	w.sync(0, true)
	if w.seats() != 0 {
		t.Errorf("the next month would be billed for %d", w.seats())
	}
	w.nowWork(6)
	for i, err := range w.stripe.V1InvoiceItems.List(t.Context(), &stripe.InvoiceItemListParams{Customer: stripe.String(w.customer())}).All(t.Context()) {
		w.ok(err)
		held -= i.Amount
	}
	if held != 0 || w.seats() != 1 {
		t.Errorf("the last day costs %d more, for %d", -held, w.seats())
	}
	w.until(end.Add(2 * time.Hour))
	for _, i := range w.invoices() {
		if i.Total <= 0 {
			t.Errorf("a bill of %d", i.Total)
		}
	}
	if n := len(w.invoices()); n != 2 {
		t.Errorf("%d bills", n)
	}
}

// Somebody came and went before the task ran: it was so many at one time all the same.
func TestTheMostIsKeptThoughTheTaskIsLate(t *testing.T) {
	t.Parallel()
	w := growth(t)
	w.sync(8, false)
	if w.seats() != 3 {
		t.Errorf("%d are paid for", w.seats())
	}
	o, err := w.service.Overview(t.Context(), w.owner())
	w.ok(err)
	if o.ExtraUsers != 3 || o.Most != 3 || o.People != 5 {
		t.Errorf("the page says %d, %d and %d", o.ExtraUsers, o.Most, o.People)
	}
}

// B32: what was never told is told by the daily task, once; the webhook that follows tells nothing again.
func TestPeopleWhoWereNeverToldAreTold(t *testing.T) {
	t.Parallel()
	w := growth(t)
	w.staff(8)
	w.Untouched(t, testkit.B, func() { w.days(1) })
	if w.seats() != 3 {
		t.Errorf("%d are paid for", w.seats())
	}
	before := testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM app.audit_entries WHERE org_id = $1", testkit.A.ID)
	w.sim.Deliver(t.Context())
	w.days(3)
	if after := testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM app.audit_entries WHERE org_id = $1", testkit.A.ID); after != before || w.seats() != 3 {
		t.Errorf("told again %d times, %d are paid for", after-before, w.seats())
	}
}

// B33: who works here counts; who is invited, was deactivated, holds a key or was let in as support does not.
func TestOnlyWhoWorksHereIsPaidFor(t *testing.T) {
	t.Parallel()
	w := growth(t)
	w.staff(6)
	for n := range 3 {
		if _, err := w.people.Invite(t.Context(), w.owner(), identity.InviteInput{Email: fmt.Sprintf("invited%d@a.example", n), Role: identity.Crew}); err != nil {
			t.Fatal(err)
		}
	}
	w.Exec(t, "UPDATE app.api_keys SET revoked_at = NULL WHERE org_id = $1", testkit.A.ID)
	w.sync(0, true)
	if w.seats() != 1 {
		t.Errorf("%d are paid for, want 1", w.seats())
	}
	if e := w.entitlements(); e.Limit(plan.Users) != 10 {
		t.Errorf("the limit is %d: who is paid for is within it", e.Limit(plan.Users))
	}
}

// B34: while an invoice is open nothing is changed, neither up nor down.
func TestSeatsStayWhileAnInvoiceIsOpen(t *testing.T) {
	t.Parallel()
	w := growth(t)
	w.nowWork(7)
	w.ok(w.sim.Behave(w.method(), "pm_card_chargeCustomerFail"))
	w.pass(31 * 24 * time.Hour)
	if e := w.entitlements(); e.State != plan.PastDue {
		t.Fatalf("it is %s", e.State)
	}
	for _, n := range []int{5, 9} {
		w.nowWork(n)
		w.sync(0, true)
		if w.seats() != 2 {
			t.Errorf("with %d people %d are paid for", n, w.seats())
		}
	}
}

// B30: somebody leaves and the plan is changed: the switch bills who is there then.
func TestASwitchBillsWhoIsThere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.staff(8)
	w.subscribed(plan.Starter, "pm_card_visa")
	w.staff(7) // somebody leaves, and nobody has told yet
	c, _, err := w.switches(plan.Growth)
	w.ok(err)
	if c.Extra != 2 || w.seats() != 2 {
		t.Errorf("the choice says %d, the provider %d", c.Extra, w.seats())
	}
	w.sync(8, false) // the task of before
	w.days(1)
	if bill := w.invoices()[0]; bill.Total != int64(c.Preview.Due) {
		t.Errorf("billed %d, shown %s", bill.Total, c.Preview.Due)
	}
}

// B28: on a yearly plan who comes is billed now and not a year later, once a day.
func TestASeatOnAYearlyPlanIsBilledNow(t *testing.T) {
	t.Parallel()
	w := growth(t)
	// Nobody sells a yearly plan: it is made here, in place of the monthly one.
	var items []*stripe.SubscriptionUpdateItemParams
	for key, cents := range map[string]int64{"growth_v1_year": 149_000, "extra_user_v1_year": 19_000} {
		p := must[*stripe.Price](t)(w.stripe.V1Prices.Create(t.Context(), &stripe.PriceCreateParams{Currency: stripe.String("usd"), UnitAmount: &cents, LookupKey: &key,
			ProductData: &stripe.PriceCreateProductDataParams{Name: &key}, Recurring: &stripe.PriceCreateRecurringParams{Interval: stripe.String("year")}}))
		if key == "growth_v1_year" {
			items = append(items, &stripe.SubscriptionUpdateItemParams{ID: &w.subscriptions()[0].Items.Data[0].ID, Price: &p.ID})
		}
	}
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Update(t.Context(), w.subscriptions()[0].ID, &stripe.SubscriptionUpdateParams{Items: items, ProrationBehavior: stripe.String("none")}))
	w.follow()
	bills := len(w.invoices())
	w.pass(20 * 24 * time.Hour)
	for _, n := range []int{6, 7, 8} {
		w.nowWork(n)
	}
	if got := len(w.invoices()); got != bills {
		t.Errorf("three people on one day made %d bills before the day was over", got-bills)
	}
	w.days(2)
	got := w.invoices()
	if len(got) != bills+1 || got[0].Total < 3*19_000*9/10 || got[0].AmountPaid != got[0].Total || w.seats() != 3 {
		t.Errorf("%d bills more, the last of %d; %d are paid for", len(got)-bills, got[0].Total, w.seats())
	}
}

// A trial bills nobody; what is paid from its end on are those who are there then.
func TestATrialBillsWhoIsThereAtItsEnd(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.staff(5)
	w.buys(plan.Growth, "pm_card_visa")
	w.nowWork(9)
	w.nowWork(6)
	if w.seats() != 1 {
		t.Errorf("in the trial it is %d", w.seats())
	}
	w.pass(trialLeft + 2*time.Hour)
	if got := w.invoices()[0]; got.Total != 14900+1900 {
		t.Errorf("the first bill is %d", got.Total)
	}
}

// People come and go by the operations of the product: each change is followed by a task where somebody is paid for.
func TestWhoComesOrGoesIsTold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	told := func() int {
		return testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM tasks.river_job WHERE kind = 'seats_changed' AND args ->> 'org_id' = $1", testkit.A.ID.String())
	}
	leave := func(n int) {
		version := testkit.Value[int](t, w.Database, "SELECT version FROM app.users WHERE org_id = $1 AND id = $2", testkit.A.ID, testkit.A.Crew())
		if n%2 == 0 {
			second(w.people.Deactivate(t.Context(), w.owner(), identity.MemberInput{Person: testkit.A.Crew(), Version: version}))
		} else {
			second(w.people.Reactivate(t.Context(), w.owner(), identity.MemberInput{Person: testkit.A.Crew(), Version: version}))
		}
	}
	leave(0)
	leave(1)
	if told() != 0 {
		t.Errorf("in the trial, where nobody is paid for, %d tasks", told())
	}
	w.subscribed(plan.Growth, "pm_card_visa")
	leave(2)
	leave(3)
	if told() != 2 {
		t.Errorf("%d tasks of two changes", told())
	}
}
