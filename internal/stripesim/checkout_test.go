package stripesim_test

import (
	"testing"

	"github.com/stripe/stripe-go/v85"
)

// checkout is a session for a plan with a trial, unless change says otherwise.
func (b *bundle) checkout(change func(*stripe.CheckoutSessionCreateParams)) *stripe.CheckoutSession {
	b.Helper()
	params := &stripe.CheckoutSessionCreateParams{
		Mode: stripe.String("subscription"), SuccessURL: stripe.String("https://acme.example/done?session={CHECKOUT_SESSION_ID}"), CancelURL: stripe.String("https://acme.example/billing"),
		ClientReferenceID: stripe.String("org-1"), CustomerEmail: stripe.String("owner@acme.example"), LineItems: []*stripe.CheckoutSessionCreateLineItemParams{{Price: &b.growth.ID, Quantity: stripe.Int64(1)}},
	}
	if change != nil {
		change(params)
	}
	cs, err := b.V1CheckoutSessions.Create(b.Context(), params)
	b.ok(err)
	return cs
}

func (b *bundle) session(id string) *stripe.CheckoutSession {
	b.Helper()
	params := &stripe.CheckoutSessionRetrieveParams{}
	params.AddExpand("line_items")
	params.AddExpand("subscription")
	cs, err := b.V1CheckoutSessions.Retrieve(b.Context(), id, params)
	b.ok(err)
	return cs
}

func TestACheckoutSessionStartsASubscription(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cs := b.checkout(func(p *stripe.CheckoutSessionCreateParams) {
		p.SubscriptionData = &stripe.CheckoutSessionCreateSubscriptionDataParams{Metadata: map[string]string{"org": "1"}}
	})
	if cs.Status != stripe.CheckoutSessionStatusOpen || cs.URL == "" || cs.AmountTotal != 14900 || cs.PaymentStatus != "unpaid" {
		t.Fatalf("%s at %q over %d, %s", cs.Status, cs.URL, cs.AmountTotal, cs.PaymentStatus)
	}
	if _, err := b.sim.PayCheckout(cs.ID, "4000 0000 0000 0002", ""); err == nil {
		t.Error("a declined card pays")
	}
	if got := b.session(cs.ID); got.Status != stripe.CheckoutSessionStatusOpen || got.Subscription != nil {
		t.Errorf("after a decline the session is %s", got.Status)
	}
	wants, err := b.sim.PayCheckout(cs.ID, "4000 0025 0000 3155", "")
	b.ok(err)
	if !wants {
		t.Fatal("the bank does not want to see the person")
	}
	b.ok(b.sim.Authenticate(cs.ID, true))
	cs = b.session(cs.ID)
	if cs.Status != stripe.CheckoutSessionStatusComplete || cs.PaymentStatus != "paid" || cs.Subscription.Status != stripe.SubscriptionStatusActive || cs.ClientReferenceID != "org-1" {
		t.Fatalf("%s, %s, subscription %+v", cs.Status, cs.PaymentStatus, cs.Subscription)
	}
	if cs.Subscription.Metadata["org"] != "1" || cs.Customer == nil || len(cs.LineItems.Data) != 1 || cs.Subscription.DefaultPaymentMethod == nil {
		t.Errorf("metadata %v, customer %v", cs.Subscription.Metadata, cs.Customer)
	}
	b.counted("checkout.session.completed", 1)
	b.after(32 * day)
	b.status(cs.Subscription, stripe.SubscriptionStatusActive) // the card was seen once, and pays from now on
}

func TestCheckoutWithATrial(t *testing.T) {
	t.Parallel()
	b := setup(t)
	end := b.sim.Now().Add(5 * day).Unix()
	cs := b.checkout(func(p *stripe.CheckoutSessionCreateParams) {
		p.SubscriptionData = &stripe.CheckoutSessionCreateSubscriptionDataParams{TrialEnd: &end}
		p.PaymentMethodCollection = stripe.String("if_required")
	})
	_, err := b.sim.PayCheckout(cs.ID, "", "")
	b.ok(err)
	cs = b.session(cs.ID)
	if cs.PaymentStatus != "no_payment_required" || cs.Subscription.Status != stripe.SubscriptionStatusTrialing || cs.Subscription.TrialEnd != end {
		t.Errorf("%s, subscription %s until %d", cs.PaymentStatus, cs.Subscription.Status, cs.Subscription.TrialEnd)
	}
}

func TestACheckoutSessionExpires(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cs, by := b.checkout(nil), b.checkout(nil)
	_, err := b.V1CheckoutSessions.Expire(t.Context(), by.ID, nil)
	b.ok(err)
	b.after(day)
	if got := b.session(cs.ID); got.Status != stripe.CheckoutSessionStatusExpired || got.URL != "" {
		t.Errorf("%s at %q", got.Status, got.URL)
	}
	b.counted("checkout.session.expired", 2)
	if _, err := b.sim.PayCheckout(cs.ID, "pm_card_visa", ""); err == nil {
		t.Error("an expired session is paid")
	}
}

func TestCheckoutFromABankAccount(t *testing.T) {
	t.Parallel()
	for account, want := range map[string]string{"pm_usBankAccount_success": "checkout.session.async_payment_succeeded", "pm_usBankAccount_insufficientFunds": "checkout.session.async_payment_failed"} {
		b := setup(t)
		cs := b.checkout(nil)
		_, err := b.sim.PayCheckout(cs.ID, account, "")
		b.ok(err)
		if cs = b.session(cs.ID); cs.Status != stripe.CheckoutSessionStatusComplete || cs.PaymentStatus != "unpaid" {
			t.Errorf("%s, %s", cs.Status, cs.PaymentStatus)
		}
		b.after(4 * day)
		b.counted(want, 1)
	}
}

func TestCheckoutSavesACard(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("")
	cs := b.checkout(func(p *stripe.CheckoutSessionCreateParams) {
		p.Mode, p.LineItems, p.CustomerEmail, p.Customer, p.Currency = stripe.String("setup"), nil, nil, &cus.ID, stripe.String("usd")
	})
	_, err := b.sim.PayCheckout(cs.ID, "4242424242424242", "")
	b.ok(err)
	saved := 0
	for m, err := range b.V1Customers.ListPaymentMethods(t.Context(), &stripe.CustomerListPaymentMethodsParams{Customer: &cus.ID}).All(t.Context()) {
		b.ok(err)
		if m.Card.Last4 == "4242" {
			saved++
		}
	}
	if cs = b.session(cs.ID); saved != 1 || cs.SetupIntent == nil {
		t.Errorf("%d cards saved, intent %v", saved, cs.SetupIntent)
	}
}
