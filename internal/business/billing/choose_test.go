package billing_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/stripesim"
	"fenceplatform.com/fence/internal/testkit"
)

// Who buys in the trial keeps it: growth until its end, the plan bought from then on, and nothing is paid before.
func TestWhoBuysInTheTrialKeepsIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.B, func() {
		c, err := w.service.Consider(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Starter})
		w.ok(err)
		if c.Way != billing.WayBuy || c.TrialKept == nil || c.Each != 4900 || len(c.Over) != 1 || c.Over[0] != (billing.Excess{Metric: plan.Users, Used: 6, Limit: 1}) {
			t.Fatalf("the choice is %+v", c)
		}
		w.buys(plan.Starter, "pm_card_visa")
	})
	e := w.entitlements()
	if e.State != plan.Trialing || e.Plan.Key != plan.Growth || e.Flags.Next != plan.Starter || len(w.invoices()) != 1 || w.invoices()[0].AmountDue != 0 {
		t.Errorf("it is %s on %s, then %s; invoices %d", e.State, e.Plan.Key, e.Flags.Next, len(w.invoices()))
	}
	end := e.Until
	w.until(end.Add(time.Minute))
	if e := w.entitlements(); e.Plan.Key != plan.Starter || e.State != plan.Active && e.State != plan.Trialing {
		t.Errorf("a minute after the trial it is %s on %s", e.State, e.Plan.Key)
	}
	w.pass(2 * time.Hour)
	if e := w.entitlements(); e.State != plan.Active || e.Plan.Key != plan.Starter {
		t.Errorf("after the trial it is %s on %s", e.State, e.Plan.Key)
	}
	if last := w.invoices()[0]; last.AmountPaid != 4900 {
		t.Errorf("the first payment is %d", last.AmountPaid)
	}
	if got := w.logged(); !slices.Equal(got, []string{"plan.checkout_opened", "plan.bought"}) {
		t.Errorf("the log says %v", got)
	}
}

// Who comes back from the page is on the plan at once, before any webhook. The log follows by its task.
func TestWhoComesBackFromPayingIsOnThePlan(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.pass(trialLeft - 40*time.Hour)
	_, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth})
	w.ok(err)
	_, err = w.sim.PayCheckout(w.session(), "pm_card_visa", "")
	w.ok(err)
	if e := w.entitlements(); e.State != plan.Trialing {
		t.Fatalf("before it is read it is %s", e.State)
	}
	w.Untouched(t, testkit.B, func() {
		for range 2 {
			w.ok(w.service.Returned(t.Context(), w.owner()))
		}
	})
	if e := w.entitlements(); e.State != plan.Active || e.Plan.Key != plan.Growth {
		t.Errorf("it is %s on %s", e.State, e.Plan.Key)
	}
	w.Untouched(t, testkit.B, func() { w.ok(w.service.SettleOpen(t.Context(), w.platform())) })
	if got := w.logged(); !slices.Equal(got, []string{"plan.checkout_opened", "plan.bought"}) {
		t.Errorf("the log says %v", got)
	}
}

// Too little of a trial cannot be kept: the plan begins now, and the page says so.
func TestTheLastTwoDaysOfATrialAreNotKept(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.pass(trialLeft - 40*time.Hour)
	c, err := w.service.Consider(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth})
	w.ok(err)
	if c.TrialKept != nil || !c.TrialShort || c.Each != 14900+1900 {
		t.Fatalf("the choice is %+v", c)
	}
	w.buys(plan.Growth, "pm_card_visa")
	if e := w.entitlements(); e.State != plan.Active || w.invoices()[0].AmountPaid != 16800 {
		t.Errorf("it is %s and paid %d", e.State, w.invoices()[0].AmountPaid)
	}
}

// B37: two tabs buy, at once and one after the other, the same plan and another. There is one page, and one purchase.
func TestTwoTabsBuyOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	urls := make([]string, 8)
	w.Untouched(t, testkit.B, func() {
		var wg sync.WaitGroup
		for n := range urls {
			a := w.owner()
			wg.Go(func() {
				out, err := w.service.Choose(t.Context(), a, billing.ChooseInput{Plan: plan.Growth})
				if err != nil {
					t.Errorf("tab %d: %v", n, err)
				}
				urls[n] = out.PayURL
			})
		}
		wg.Wait()
	})
	if slices.Sort(urls); urls[0] == "" || len(slices.Compact(slices.Clone(urls))) != 1 {
		t.Fatalf("the tabs lead to %v", urls)
	}
	first := w.session()
	out, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Starter})
	w.ok(err)
	if out.PayURL == urls[0] {
		t.Error("another plan is paid on the page of the first")
	}
	if _, err := w.sim.PayCheckout(first, "pm_card_visa", ""); err == nil {
		t.Error("the page of the first plan can still be paid")
	}
	// It is paid, and nobody here knows it yet: the mirror and the row are behind.
	if _, err := w.sim.PayCheckout(w.session(), "pm_card_visa", ""); err != nil {
		t.Fatal(err)
	}
	_, err = w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth})
	if err == nil {
		t.Error("a second plan is sold")
	}
	if n := len(w.subscriptions()); n != 1 {
		t.Errorf("%d subscriptions", n)
	}
}

// The row may be settled while the mirror is behind: the provider itself is asked before another page is made.
func TestNobodyBuysTwiceBeforeTheMirrorKnows(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth})
	w.ok(err)
	late := w.owner()
	w.pays(w.session(), "pm_card_visa")
	_, err = w.service.Choose(t.Context(), late, billing.ChooseInput{Plan: plan.Growth})
	w.refused(err, "plan-bought-meanwhile")
	if n := len(w.subscriptions()); n != 1 {
		t.Errorf("%d subscriptions", n)
	}
}

// §1.8: the answer to a checkout is lost before or after it was made. It is found or made anew, and is one.
func TestALostAnswerMakesNoSecondCheckout(t *testing.T) {
	t.Parallel()
	w := setup(t)
	must[string](t)(w.service.Accounts.Open(t.Context(), billing.NewCustomer{Org: testkit.A.ID, Name: "A", Email: "a@a.example"}))
	for _, trouble := range []stripesim.Kind{stripesim.FailBefore, stripesim.Reset, stripesim.FailAfter} {
		for range 2 { // the client itself tries twice
			w.sim.Inject(stripesim.Fault{Kind: trouble, Method: "POST", Prefix: "/v1/checkout"})
		}
		out, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth})
		t.Logf("with trouble %v: %q, %v", trouble, out.PayURL, err)
		if err != nil {
			w.refused(err, "card-service-away")
		}
	}
	out, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth})
	w.ok(err)
	open := 0
	for s, err := range w.stripe.V1CheckoutSessions.List(t.Context(), &stripe.CheckoutSessionListParams{Customer: stripe.String(w.customer()), Status: stripe.String("open")}).All(t.Context()) {
		w.ok(err)
		if open++; s.URL != out.PayURL {
			t.Errorf("%s is open too", s.ID)
		}
	}
	if open != 1 {
		t.Errorf("%d checkouts are open", open)
	}
}

// B35: a price or a customer in another currency is refused before anything is made at the provider.
func TestAnotherCurrencyIsRefusedBeforeStripe(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for p, err := range w.stripe.V1Prices.List(t.Context(), &stripe.PriceListParams{LookupKeys: stripe.StringSlice([]string{"growth_v1"})}).All(t.Context()) {
		w.ok(err)
		must[*stripe.Price](t)(w.stripe.V1Prices.Create(t.Context(), &stripe.PriceCreateParams{Product: &p.Product.ID, LookupKey: stripe.String("growth_v1"), TransferLookupKey: stripe.Bool(true),
			Currency: stripe.String("cad"), UnitAmount: stripe.Int64(14900), Recurring: &stripe.PriceCreateRecurringParams{Interval: stripe.String("month")}}))
	}
	_, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth})
	w.refused(err, "other-currency")
	// The company's account at the provider is bound to Canadian dollars.
	c := must[string](t)(w.service.Accounts.Open(t.Context(), billing.NewCustomer{Org: testkit.A.ID, Name: "A", Email: "a@a.example"}))
	must[*stripe.InvoiceItem](t)(w.stripe.V1InvoiceItems.Create(t.Context(), &stripe.InvoiceItemCreateParams{Customer: &c, Amount: stripe.Int64(100), Currency: stripe.String("cad")}))
	bill := must[*stripe.Invoice](t)(w.stripe.V1Invoices.Create(t.Context(), &stripe.InvoiceCreateParams{Customer: &c, Currency: stripe.String("cad"), PendingInvoiceItemsBehavior: stripe.String("include")}))
	must[*stripe.Invoice](t)(w.stripe.V1Invoices.FinalizeInvoice(t.Context(), bill.ID, nil))
	_, err = w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Starter})
	w.refused(err, "other-currency")
	for s, err := range w.stripe.V1CheckoutSessions.List(t.Context(), &stripe.CheckoutSessionListParams{}).All(t.Context()) {
		w.ok(err)
		t.Errorf("checkout %s was made", s.ID)
	}
}

// B38: a checkout is paid after the company was deleted. It stays deleted, and somebody gives the money back.
func TestPaidAfterTheCompanyWasDeleted(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, "UPDATE app.organizations SET trial_ends_at = $1", w.now().Add(time.Hour))
	_, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Starter})
	w.ok(err)
	w.Exec(t, "UPDATE platform.organizations SET deleted_at = app.now() WHERE org_id = $1", testkit.A.ID)
	w.Untouched(t, testkit.B, func() { w.pays(w.session(), "pm_card_visa") })
	if e := w.entitlements(); e.State != plan.PendingDeletion {
		t.Errorf("it is %s", e.State)
	}
	if err := w.owner().RequireOpen(w.now()); err == nil {
		t.Error("it opens")
	}
	_, err = w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Starter})
	w.refused(err, "not-found")
	found := testkit.Values[string](t, w.Database, "SELECT kind || ' ' || amount FROM platform.billing_findings WHERE org_id = $1 AND settled_at IS NULL", testkit.A.ID)
	if !slices.Equal(found, []string{"paid_after_deletion 4900"}) {
		t.Errorf("people are told %v", found)
	}
	w.follow()
	if n := testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM platform.billing_findings"); n != 1 {
		t.Errorf("and %d times", n)
	}
}

// B42: the page expires and a first payment is never made. The trial goes on, and the plan can be bought again.
func TestACheckoutThatIsNeverPaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth})
	w.ok(err)
	o, err := w.service.Overview(t.Context(), w.owner())
	w.ok(err)
	if o.Checkout == nil || o.Checkout.Plan != plan.Growth {
		t.Errorf("the open checkout is %+v", o.Checkout)
	}
	w.pass(3 * time.Hour)
	w.ok(w.service.SettleOpen(t.Context(), w.platform()))
	if e := w.entitlements(); e.State != plan.Trialing || e.Cause != plan.ByTrial {
		t.Errorf("it is %s by %s", e.State, e.Cause)
	}
	_, err = w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth})
	w.ok(err)
	w.Untouched(t, testkit.B, func() { w.ok(w.service.DropCheckout(t.Context(), w.owner())) })
	if got := w.logged(); !slices.Equal(got, []string{"plan.checkout_opened", "plan.checkout_ended", "plan.checkout_opened", "plan.checkout_ended"}) {
		t.Errorf("the log says %v", got)
	}
}

// Who comes back has what became of the checkout looked at by a task, without any webhook: the page that waits for it
// does not wait for the checkout's end.
func TestWhoComesBackHasTheCheckoutLookedAt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	due := func() int {
		return testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM tasks.river_job WHERE kind = 'billing_settle_acts' AND state = 'available' AND args ->> 'org_id' = $1", testkit.A.ID.String())
	}
	_, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Growth})
	w.ok(err)
	w.Exec(t, "DELETE FROM tasks.river_job WHERE state = 'available'")
	w.Untouched(t, testkit.B, func() { w.ok(w.service.Returned(t.Context(), w.owner())) })
	if due() != 1 {
		t.Errorf("%d tasks look at it, want 1", due())
	}
	must[*stripe.CheckoutSession](t)(w.stripe.V1CheckoutSessions.Expire(t.Context(), w.session(), nil))
	w.ok(w.service.SettleOpen(t.Context(), w.platform()))
	if o, err := w.service.Overview(t.Context(), w.owner()); err != nil || o.Checkout != nil {
		t.Errorf("the page still waits for %+v, %v", o.Checkout, err)
	}
}

func TestWhoMayChooseAPlan(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.B, func() {
		for _, role := range []identity.Role{identity.Admin, identity.Accountant, identity.Crew} {
			a := w.of(testkit.A, testkit.A.Admin(), role)
			for name, err := range map[string]error{
				"choose":   second(w.service.Choose(t.Context(), a, billing.ChooseInput{Plan: plan.Growth})),
				"consider": second(w.service.Consider(t.Context(), a, billing.ChooseInput{Plan: plan.Growth})),
				"cancel":   second(w.service.Cancel(t.Context(), a)), "portal": second(w.service.Portal(t.Context(), a)),
				"resume": w.service.Resume(t.Context(), a), "undo": w.service.Undo(t.Context(), a), "drop": w.service.DropCheckout(t.Context(), a), "settle": w.service.SettleOpen(t.Context(), a),
				"returned": w.service.Returned(t.Context(), a),
			} {
				if err == nil || !strings.Contains(err.Error(), "may not do this") {
					t.Errorf("%s by %s: %v", name, role, err)
				}
			}
		}
		for _, wrong := range []plan.Key{"", "trial", "gold", "GROWTH"} {
			_, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: wrong})
			w.refused(err, "invalid-input")
		}
		_, err := w.service.Choose(t.Context(), w.owner(), billing.ChooseInput{Plan: plan.Enterprise})
		w.refused(err, "plan-not-for-sale")
		o, err := w.service.Overview(t.Context(), w.of(testkit.A, testkit.A.Accountant(), identity.Accountant))
		w.ok(err)
		if len(o.Invoices) != 0 || len(o.Owners) != 1 {
			t.Errorf("an accountant sees %d invoices, and to ask %v", len(o.Invoices), o.Owners)
		}
		w.ok(w.service.Returned(t.Context(), w.owner()))
	})
	if n := testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM app.plan_acts WHERE org_id = $1 AND state <> 'dropped'", testkit.A.ID); n != 0 {
		t.Errorf("%d acts were begun", n)
	}
}

// A company that the operator made a price for buys enterprise like any other plan.
func TestEnterpriseAtAPriceOfItsOwn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	product := must[*stripe.Product](t)(w.stripe.V1Products.Create(t.Context(), &stripe.ProductCreateParams{Name: stripe.String("Fence Enterprise")}))
	key := "enterprise_v1_" + testkit.A.ID.String()
	must[*stripe.Price](t)(w.stripe.V1Prices.Create(t.Context(), &stripe.PriceCreateParams{Product: &product.ID, LookupKey: &key, Currency: stripe.String("usd"), UnitAmount: stripe.Int64(90_000),
		Recurring: &stripe.PriceCreateRecurringParams{Interval: stripe.String("month")}}))
	w.subscribed(plan.Enterprise, "pm_card_visa")
	if e := w.entitlements(); e.Plan.Key != plan.Enterprise || e.Limit(plan.Users) != plan.Unlimited {
		t.Errorf("it is on %s", e.Plan.Key)
	}
	_, err := w.service.Choose(t.Context(), w.of(testkit.B, testkit.B.Owner(), identity.Owner), billing.ChooseInput{Plan: plan.Enterprise})
	w.refused(err, "plan-not-for-sale")
}

func second[T any](_ T, err error) error { return err }
