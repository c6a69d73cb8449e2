package stripehook_test

import (
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/testkit"
)

const month = 31*24*time.Hour + time.Hour

// pays has A be a customer with a card.
func (w *world) pays(t *testing.T, card string) (customer string) {
	t.Helper()
	customer = w.customer(t, card)
	if err := w.mirror.Attach(t.Context(), testkit.A.ID, customer); err != nil {
		t.Fatal(err)
	}
	return customer
}

// card makes another card a customer's.
func (w *world) card(t *testing.T, customer, card string) string {
	t.Helper()
	m := must[*stripe.PaymentMethod](t)(w.stripe.V1PaymentMethods.Attach(t.Context(), card, &stripe.PaymentMethodAttachParams{Customer: &customer}))
	must[*stripe.Customer](t)(w.stripe.V1Customers.Update(t.Context(), customer, &stripe.CustomerUpdateParams{InvoiceSettings: &stripe.CustomerUpdateInvoiceSettingsParams{DefaultPaymentMethod: &m.ID}}))
	return m.ID
}

// later lets time pass and follows what came of it.
func (w *world) later(t *testing.T, by time.Duration) {
	t.Helper()
	w.sim.Advance(w.sim.Now().Add(by))
	w.follow(t)
}

// wants holds A's state against what it should be.
func (w *world) wants(t *testing.T, when string, want plan.State) {
	t.Helper()
	if e := w.of(t, testkit.A); e.State != want {
		t.Errorf("%s it is %s by %s, want %s", when, e.State, e.Cause, want)
	}
}

// B07: the webhook is here before our own call has returned.
func TestWebhookBeforeWeKnowWhoseItIs(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.customer(t, "pm_card_visa")
	w.subscribe(t, c, "growth_v1")
	w.follow(t)
	if err := w.mirror.Attach(t.Context(), testkit.A.ID, c); err != nil {
		t.Fatal(err)
	}
	w.drain(t)
	w.wants(t, "once it is known", plan.Active)
	if n := testkit.Value[int](t, w.Database, "SELECT count(*)::int FROM platform.billing_customers WHERE id = $1", c); n != 1 {
		t.Errorf("the customer is there %d times", n)
	}
}

// B06: a second subscription, made by hand at the provider.
func TestTheBetterOfTwoSubscriptionsGoverns(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.pays(t, "pm_card_visa")
	w.subscribe(t, c, "starter_v1")
	bad := must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{Customer: &c, CollectionMethod: stripe.String("send_invoice"), DaysUntilDue: stripe.Int64(1),
		Items: []*stripe.SubscriptionCreateItemParams{{Price: &w.prices["growth_v1"].ID}}}))
	w.later(t, 3*24*time.Hour)
	w.wants(t, "with one paid and one not", plan.Active)
	if got := w.status(t, bad.ID); got == "unknown" {
		t.Error("the second one is not mirrored")
	}
}

// B17.
func TestTrialWithoutACardPausesAndGoesOnWithOne(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := must[*stripe.Customer](t)(w.stripe.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{Email: stripe.String("owner@a.example")})).ID
	if err := w.mirror.Attach(t.Context(), testkit.A.ID, c); err != nil {
		t.Fatal(err)
	}
	s := must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{Customer: &c, TrialEnd: stripe.Int64(w.sim.Now().Add(10 * 24 * time.Hour).Unix()),
		TrialSettings: &stripe.SubscriptionCreateTrialSettingsParams{EndBehavior: &stripe.SubscriptionCreateTrialSettingsEndBehaviorParams{MissingPaymentMethod: stripe.String("pause")}},
		Items:         []*stripe.SubscriptionCreateItemParams{{Price: &w.prices["growth_v1"].ID}}}))
	w.follow(t)
	w.wants(t, "in the trial", plan.Trialing)
	w.later(t, 10*24*time.Hour+time.Hour)
	w.wants(t, "after it", plan.Restricted)
	w.card(t, c, "pm_card_visa")
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Resume(t.Context(), s.ID, &stripe.SubscriptionResumeParams{}))
	w.later(t, 2*time.Hour)
	w.wants(t, "with a card", plan.Active)
}

// B21: whoever cancels while something is unpaid is over at once, and the state does not come back.
func TestCanceledWhilePastDue(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.pays(t, "pm_card_visa")
	s := w.subscribe(t, c, "growth_v1")
	w.card(t, c, "pm_card_chargeCustomerFail")
	w.later(t, month)
	w.wants(t, "after a decline", plan.PastDue)
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Cancel(t.Context(), s.ID, nil))
	w.follow(t)
	w.wants(t, "after the end", plan.Canceled)
	w.later(t, month)
	w.wants(t, "a month later", plan.Dormant)
}

// B23: paid in the grace and after it.
func TestPaidInTheGraceAndAfterIt(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]time.Duration{"in the grace": time.Hour, "after it": 15 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			c := w.pays(t, "pm_card_visa")
			s := must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{Customer: &c, CollectionMethod: stripe.String("send_invoice"), DaysUntilDue: stripe.Int64(1),
				Items: []*stripe.SubscriptionCreateItemParams{{Price: &w.prices["growth_v1"].ID}}}))
			w.later(t, 24*time.Hour+2*time.Hour+wait)
			want := plan.PastDue
			if wait > plan.Grace {
				want = plan.Restricted
			}
			w.wants(t, "unpaid", want)
			must[*stripe.Invoice](t)(w.stripe.V1Invoices.Pay(t.Context(), s.LatestInvoice.ID, &stripe.InvoicePayParams{PaymentMethod: stripe.String(w.method(t, c))}))
			w.follow(t)
			w.wants(t, "paid", plan.Active)
		})
	}
}

// B24: the bank wants to see the person at a renewal.
func TestRenewalThatTheBankWantsToSee(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.pays(t, "pm_card_visa")
	s := w.subscribe(t, c, "growth_v1")
	w.card(t, c, "pm_card_authenticationRequired")
	w.later(t, month)
	w.wants(t, "while the bank waits", plan.PastDue)
	for pi, err := range w.stripe.V1PaymentIntents.List(t.Context(), &stripe.PaymentIntentListParams{Customer: &c}).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if pi.Status == stripe.PaymentIntentStatusRequiresAction {
			if err := w.sim.Authenticate(pi.ID, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.follow(t)
	w.wants(t, "once the person was seen", plan.Active)
	if got := w.status(t, s.ID); got != "active growth" {
		t.Errorf("the mirror says %s", got)
	}
}

// B42: a first payment that is never made takes nothing away, and another begins.
func TestFirstPaymentThatIsNeverMade(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, "UPDATE app.organizations SET plan = 'trial', trial_ends_at = $2 WHERE org_id = $1", testkit.A.ID, w.sim.Now().Add(10*24*time.Hour))
	c := w.pays(t, "pm_card_chargeCustomerFail")
	s := must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{Customer: &c, PaymentBehavior: stripe.String("default_incomplete"),
		Items: []*stripe.SubscriptionCreateItemParams{{Price: &w.prices["growth_v1"].ID}}}))
	w.follow(t)
	w.wants(t, "with a first payment open", plan.Trialing)
	w.later(t, 25*time.Hour)
	if got := w.status(t, s.ID); got != "incomplete_expired growth" {
		t.Errorf("a day later it is %s", got)
	}
	w.wants(t, "after it expired", plan.Trialing)
	w.card(t, c, "pm_card_visa")
	w.subscribe(t, c, "growth_v1")
	w.follow(t)
	w.wants(t, "with another", plan.Active)
}

// B25, B26: an upgrade that waits for its payment changes nothing; a paid one holds at once.
func TestUpgradeHoldsOnceItIsPaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.pays(t, "pm_card_visa")
	s := w.subscribe(t, c, "starter_v1")
	w.follow(t)
	upgrade := func() {
		_, err := w.stripe.V1Subscriptions.Update(t.Context(), s.ID, &stripe.SubscriptionUpdateParams{PaymentBehavior: stripe.String("pending_if_incomplete"), ProrationBehavior: stripe.String("always_invoice"),
			Items: []*stripe.SubscriptionUpdateItemParams{{ID: &s.Items.Data[0].ID, Price: &w.prices["growth_v1"].ID}}})
		if err != nil {
			t.Logf("the upgrade is answered %v", err)
		}
		w.follow(t)
	}
	w.card(t, c, "pm_card_chargeCustomerFail")
	upgrade()
	if e := w.of(t, testkit.A); e.Plan.Key != plan.Starter || e.State != plan.Active {
		t.Errorf("with a card that is declined it is %s on %s", e.State, e.Plan.Key)
	}
	w.later(t, 25*time.Hour) // the pending one expires
	w.card(t, c, "pm_card_visa")
	upgrade()
	if e := w.of(t, testkit.A); e.Plan.Key != plan.Growth || e.Limit(plan.Jobs) != 500 {
		t.Errorf("with a good one it is on %s with %d jobs", e.Plan.Key, e.Limit(plan.Jobs))
	}
}

// An invoice that is paid when many others have come since is not lost: it is asked for until it is through.
func TestInvoicePaidLongAfterItIsMirroredAsPaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.pays(t, "pm_card_visa")
	must[*stripe.InvoiceItem](t)(w.stripe.V1InvoiceItems.Create(t.Context(), &stripe.InvoiceItemCreateParams{Customer: &c, Amount: stripe.Int64(700), Currency: stripe.String("usd")}))
	draft := must[*stripe.Invoice](t)(w.stripe.V1Invoices.Create(t.Context(), &stripe.InvoiceCreateParams{Customer: &c, Currency: stripe.String("usd"), AutoAdvance: stripe.Bool(false), PendingInvoiceItemsBehavior: stripe.String("include")}))
	thrownAway := must[*stripe.Invoice](t)(w.stripe.V1Invoices.Create(t.Context(), &stripe.InvoiceCreateParams{Customer: &c, Currency: stripe.String("usd"), AutoAdvance: stripe.Bool(false)}))
	w.follow(t)
	w.subscribe(t, c, "starter_v1")
	for range 4 {
		w.later(t, month)
	}
	must[*stripe.Invoice](t)(w.stripe.V1Invoices.Pay(t.Context(), draft.ID, &stripe.InvoicePayParams{PaymentMethod: stripe.String(w.method(t, c))}))
	must[*stripe.Invoice](t)(w.stripe.V1Invoices.Delete(t.Context(), thrownAway.ID, nil))
	w.follow(t)
	got := testkit.Value[string](t, w.Database, "SELECT concat_ws(' ', status, paid_cents, (SELECT count(*) FROM platform.invoices WHERE id = $2)) FROM platform.invoices WHERE id = $1", draft.ID, thrownAway.ID)
	if got != "paid 700 0" {
		t.Errorf("the mirror says %q, want paid 700 and nothing of the draft that was thrown away", got)
	}
}
