package stripesim_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/stripesim"
)

func TestASubscriptionIsPaidAndRenews(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	if s.Status != stripe.SubscriptionStatusActive {
		t.Fatalf("it is %s", s.Status)
	}
	want := []string{
		"customer.created", "payment_method.attached", "customer.updated", "customer.subscription.created", "invoice.created", "payment_intent.created", "invoice.finalized",
		"invoice.updated", "charge.succeeded", "payment_intent.succeeded", "invoice_payment.paid", "invoice.updated", "invoice.paid", "invoice.payment_succeeded", "customer.subscription.updated",
	}
	if got := b.events("customer", "payment", "invoice", "charge"); !slices.Equal(got, want) {
		t.Errorf("events %v\nwant %v", got, want)
	}
	b.after(24 * day)
	b.counted("invoice.upcoming", 1)
	b.sim.Advance(time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC))
	all := b.invoices(cus)
	if len(all) != 12 {
		t.Fatalf("%d invoices in a year, want 12", len(all))
	}
	for n, inv := range all {
		if inv.Status != stripe.InvoiceStatusPaid || inv.AmountPaid != 14900 || n > 0 && inv.PeriodStart != all[n-1].PeriodEnd && n > 1 {
			t.Errorf("invoice %d is %s with %d, period from %d", n, inv.Status, inv.AmountPaid, inv.PeriodStart)
		}
	}
}

func TestThePeriodsOfTheEndOfAMonthReturn(t *testing.T) {
	t.Parallel()
	b := setup(t, stripesim.Config{Start: time.Date(2027, 1, 31, 10, 30, 0, 0, time.UTC)})
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	for _, want := range []string{"2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"} {
		end := time.Unix(b.subscription(s.ID).Items.Data[0].CurrentPeriodEnd, 0).UTC()
		if end.Format(time.DateOnly) != want || end.Hour() != 10 {
			t.Fatalf("the period ends %v, want %s at 10:30", end, want)
		}
		b.sim.Advance(end)
	}
}

func TestADeclinedRenewalIsTriedAgainUntilItIsGivenUp(t *testing.T) {
	t.Parallel()
	for after, want := range map[string]stripe.SubscriptionStatus{"canceled": stripe.SubscriptionStatusCanceled, "unpaid": stripe.SubscriptionStatusUnpaid, "past_due": stripe.SubscriptionStatusPastDue} {
		b := setup(t, stripesim.Config{AfterRetries: after})
		cus := b.customer("pm_card_visa")
		s := b.subscribe(cus, b.growth, nil)
		b.card(cus, "pm_card_chargeCustomerFail")
		b.after(31*day + time.Hour)
		s = b.status(s, stripe.SubscriptionStatusPastDue)
		inv := s.LatestInvoice
		failed := time.Unix(inv.StatusTransitions.FinalizedAt, 0)
		for n, days := range []int{3, 5, 7} {
			inv = b.invoice(inv.ID)
			if next := time.Unix(inv.NextPaymentAttempt, 0); inv.AttemptCount != int64(n+1) || next != failed.AddDate(0, 0, days) {
				t.Fatalf("attempt %d, next %v, want %v", inv.AttemptCount, next, failed.AddDate(0, 0, days))
			}
			b.sim.Advance(failed.AddDate(0, 0, days))
		}
		b.status(s, want)
		b.counted("invoice.payment_failed", 4)
		if inv = b.invoice(inv.ID); inv.Status != stripe.InvoiceStatusOpen || inv.NextPaymentAttempt != 0 {
			t.Errorf("%s: the bill is %s, next attempt %d", after, inv.Status, inv.NextPaymentAttempt)
		}
		if after == "unpaid" {
			b.after(30 * day)
			if last := b.subscription(s.ID).LatestInvoice; last.Status != stripe.InvoiceStatusDraft || last.AutoAdvance {
				t.Errorf("the next bill of who does not pay is %s, advancing %v; want a draft that rests", last.Status, last.AutoAdvance)
			}
		}
	}
}

func TestPayingClearsWhatIsDue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	b.card(cus, "pm_card_chargeCustomerFail")
	b.after(32 * day)
	s = b.status(s, stripe.SubscriptionStatusPastDue)
	if who, err := b.V1Customers.Retrieve(t.Context(), cus.ID, nil); err != nil || !who.Delinquent {
		t.Errorf("delinquent %v, %v", who.Delinquent, err)
	}
	_, err := b.V1Invoices.Pay(t.Context(), s.LatestInvoice.ID, nil)
	if e := b.refused(err, 402, "card_declined"); e.DeclineCode != "generic_decline" || e.PaymentIntent == nil {
		t.Errorf("the refusal says %+v", e)
	}
	good := b.card(cus, "pm_card_visa")
	inv, err := b.V1Invoices.Pay(t.Context(), s.LatestInvoice.ID, &stripe.InvoicePayParams{PaymentMethod: &good.ID})
	b.ok(err)
	if inv.Status != stripe.InvoiceStatusPaid || inv.AmountRemaining != 0 || inv.NextPaymentAttempt != 0 {
		t.Errorf("%s, %d left, next attempt %d", inv.Status, inv.AmountRemaining, inv.NextPaymentAttempt)
	}
	b.status(s, stripe.SubscriptionStatusActive)
	b.after(20 * day)
	b.counted("invoice.payment_failed", 2)
}

func TestInsufficientFundsThatComeIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	b.card(cus, "pm_card_insufficientFundsThenGood")
	b.after(31*day + time.Hour)
	b.status(s, stripe.SubscriptionStatusPastDue)
	b.after(3 * day)
	b.status(s, stripe.SubscriptionStatusPastDue)
	b.after(2 * day)
	b.status(s, stripe.SubscriptionStatusActive)
}

func TestACardThatExpires(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("")
	m := b.card(cus, "pm_card_expiring")
	s := b.subscribe(cus, b.growth, nil)
	if m.Card.ExpMonth != 2 || m.Card.ExpYear != 2026 {
		t.Fatalf("the card ends %d/%d", m.Card.ExpMonth, m.Card.ExpYear)
	}
	b.after(35 * day)
	b.status(s, stripe.SubscriptionStatusActive)
	b.after(30 * day)
	s = b.status(s, stripe.SubscriptionStatusPastDue)
	if pi := b.intent(s.LatestInvoice); pi.LastPaymentError.Code != stripe.ErrorCodeExpiredCard {
		t.Errorf("declined with %s", pi.LastPaymentError.Code)
	}
	b.ok(b.sim.Replace(m.ID, 12, 2030))
	b.counted("payment_method.automatically_updated", 1)
	b.after(10 * day)
	b.status(s, stripe.SubscriptionStatusActive)
}

func TestARenewalThatTheBankWantsToSee(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	b.card(cus, "pm_card_authenticationRequired")
	b.after(31*day + time.Hour)
	s = b.status(s, stripe.SubscriptionStatusPastDue)
	b.counted("invoice.payment_action_required", 1)
	b.counted("invoice.payment_failed", 1)
	pi := b.intent(s.LatestInvoice)
	if pi.Status != stripe.PaymentIntentStatusRequiresAction {
		t.Fatalf("the payment is %s", pi.Status)
	}
	b.ok(b.sim.Authenticate(pi.ID, true))
	b.status(s, stripe.SubscriptionStatusActive)
}

func TestAFirstPaymentByEachBehavior(t *testing.T) {
	t.Parallel()
	b := setup(t)
	create := func(card, behavior string) (*stripe.Subscription, error) {
		return b.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{
			Customer: &b.customer(card).ID, PaymentBehavior: &behavior, Items: []*stripe.SubscriptionCreateItemParams{{Price: &b.growth.ID}},
		})
	}
	for _, c := range []struct {
		card, behavior string
		want           stripe.SubscriptionStatus
	}{
		{"pm_card_visa", "allow_incomplete", stripe.SubscriptionStatusActive},
		{"pm_card_visa", "error_if_incomplete", stripe.SubscriptionStatusActive},
		{"pm_card_visa", "default_incomplete", stripe.SubscriptionStatusIncomplete},
		{"pm_card_chargeCustomerFail", "allow_incomplete", stripe.SubscriptionStatusIncomplete},
		{"pm_card_authenticationRequired", "allow_incomplete", stripe.SubscriptionStatusIncomplete},
		{"", "allow_incomplete", stripe.SubscriptionStatusIncomplete},
	} {
		s, err := create(c.card, c.behavior)
		b.ok(err)
		if s.Status != c.want {
			t.Errorf("%s with %s: %s, want %s", c.card, c.behavior, s.Status, c.want)
		}
	}
	before := len(b.events("customer.subscription"))
	_, err := create("pm_card_chargeCustomerFail", "error_if_incomplete")
	b.refused(err, 402, "card_declined")
	_, err = create("pm_card_authenticationRequired", "error_if_incomplete")
	b.refused(err, 402, "subscription_payment_intent_requires_action")
	if after := len(b.events("customer.subscription")); after != before {
		t.Errorf("a refused subscription made %d events", after-before)
	}
}

func TestAFirstPaymentThatIsConfirmed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("")
	s := b.subscribe(cus, b.growth, func(p *stripe.SubscriptionCreateParams) {
		p.PaymentBehavior = stripe.String("default_incomplete")
		p.PaymentSettings = &stripe.SubscriptionCreatePaymentSettingsParams{SaveDefaultPaymentMethod: stripe.String("on_subscription")}
		p.AddExpand("latest_invoice.confirmation_secret")
	})
	if s.LatestInvoice.ConfirmationSecret == nil || s.LatestInvoice.ConfirmationSecret.ClientSecret == "" {
		t.Fatal("no secret to confirm with")
	}
	pi, err := b.V1PaymentIntents.Confirm(t.Context(), b.intent(s.LatestInvoice).ID, &stripe.PaymentIntentConfirmParams{
		PaymentMethod: stripe.String("pm_card_threeDSecureRequired"), ReturnURL: stripe.String("https://acme.example/back"),
	})
	b.ok(err)
	if pi.Status != stripe.PaymentIntentStatusRequiresAction || pi.NextAction.RedirectToURL == nil {
		t.Fatalf("%s, next %+v", pi.Status, pi.NextAction)
	}
	b.ok(b.sim.Authenticate(pi.ID, false))
	b.status(s, stripe.SubscriptionStatusIncomplete)
	if pi := b.intent(s.LatestInvoice); pi.LastPaymentError.Code != stripe.ErrorCodePaymentIntentAuthenticationFailure {
		t.Errorf("the payment failed with %s", pi.LastPaymentError.Code)
	}
	_, err = b.V1PaymentIntents.Confirm(t.Context(), pi.ID, &stripe.PaymentIntentConfirmParams{PaymentMethod: stripe.String("pm_card_visa")})
	b.ok(err)
	s = b.status(s, stripe.SubscriptionStatusActive)
	if s.DefaultPaymentMethod == nil {
		t.Error("what paid did not become the default")
	}
}

func TestAFirstPaymentThatNobodyMakes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.subscribe(b.customer("pm_card_chargeCustomerFail"), b.growth, nil)
	b.after(23*time.Hour - time.Second)
	b.status(s, stripe.SubscriptionStatusIncomplete)
	b.after(time.Second)
	s = b.status(s, stripe.SubscriptionStatusIncompleteExpired)
	if s.LatestInvoice.Status != stripe.InvoiceStatusVoid {
		t.Errorf("its bill is %s, want void", s.LatestInvoice.Status)
	}
	_, err := b.V1Subscriptions.Update(t.Context(), s.ID, &stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: stripe.Bool(true)})
	b.refused(err, 400, "")
}

func TestPausedCollection(t *testing.T) {
	t.Parallel()
	for behavior, want := range map[string]stripe.InvoiceStatus{"void": stripe.InvoiceStatusVoid, "mark_uncollectible": stripe.InvoiceStatusUncollectible, "keep_as_draft": stripe.InvoiceStatusDraft} {
		b := setup(t)
		s := b.subscribe(b.customer("pm_card_visa"), b.growth, nil)
		s = b.update(s, &stripe.SubscriptionUpdateParams{PauseCollection: &stripe.SubscriptionUpdatePauseCollectionParams{Behavior: &behavior, ResumesAt: stripe.Int64(b.sim.Now().Add(40 * day).Unix())}})
		b.after(33 * day)
		s = b.status(s, stripe.SubscriptionStatusActive)
		if s.LatestInvoice.Status != want {
			t.Errorf("%s: the bill is %s", behavior, s.LatestInvoice.Status)
		}
		b.after(10 * day)
		if s = b.subscription(s.ID); s.PauseCollection != nil {
			t.Errorf("%s: still paused after its end", behavior)
		}
	}
}

func TestABillThatIsSent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.subscribe(b.customer(""), b.enterprise, func(p *stripe.SubscriptionCreateParams) {
		p.CollectionMethod, p.DaysUntilDue = stripe.String("send_invoice"), stripe.Int64(30)
	})
	if s.Status != stripe.SubscriptionStatusActive {
		t.Fatalf("it is %s", s.Status)
	}
	b.after(2 * time.Hour)
	inv := b.subscription(s.ID).LatestInvoice
	if inv.Status != stripe.InvoiceStatusOpen || inv.AmountDue != 99900 {
		t.Fatalf("the bill is %s over %d", inv.Status, inv.AmountDue)
	}
	b.after(30 * day)
	b.counted("invoice.overdue", 1)
	b.status(s, stripe.SubscriptionStatusPastDue)
	_, err := b.V1Invoices.Pay(t.Context(), inv.ID, &stripe.InvoicePayParams{PaidOutOfBand: stripe.Bool(true)})
	b.ok(err)
	b.status(s, stripe.SubscriptionStatusActive)
	if n := len(b.events("charge")); n != 0 {
		t.Errorf("%d charges, want none", n)
	}
}

func TestABankAccountTakesDays(t *testing.T) {
	t.Parallel()
	for account, want := range map[string]stripe.SubscriptionStatus{"pm_usBankAccount_success": stripe.SubscriptionStatusActive, "pm_usBankAccount_insufficientFunds": stripe.SubscriptionStatusPastDue} {
		b := setup(t)
		s := b.subscribe(b.customer(account), b.growth, nil)
		b.status(s, stripe.SubscriptionStatusActive)
		if pi := b.intent(b.subscription(s.ID).LatestInvoice); pi.Status != stripe.PaymentIntentStatusProcessing {
			t.Errorf("the payment is %s", pi.Status)
		}
		b.after(4 * day)
		b.status(s, want)
	}
}

func TestABillByHand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	_, err := b.V1InvoiceItems.Create(t.Context(), &stripe.InvoiceItemCreateParams{Customer: &cus.ID, Amount: stripe.Int64(25000), Currency: stripe.String("usd"), Description: stripe.String("Onboarding")})
	b.ok(err)
	inv, err := b.V1Invoices.Create(t.Context(), &stripe.InvoiceCreateParams{Customer: &cus.ID, PendingInvoiceItemsBehavior: stripe.String("include")})
	b.ok(err)
	if inv.Status != stripe.InvoiceStatusDraft || inv.Total != 25000 || len(inv.Lines.Data) != 1 {
		t.Fatalf("%s over %d with %d lines", inv.Status, inv.Total, len(inv.Lines.Data))
	}
	inv, err = b.V1Invoices.FinalizeInvoice(t.Context(), inv.ID, &stripe.InvoiceFinalizeInvoiceParams{AutoAdvance: stripe.Bool(false)})
	b.ok(err)
	if inv.Status != stripe.InvoiceStatusOpen || inv.Number == "" || inv.HostedInvoiceURL == "" {
		t.Fatalf("%s, number %q, page %q", inv.Status, inv.Number, inv.HostedInvoiceURL)
	}
	_, err = b.V1Invoices.FinalizeInvoice(t.Context(), inv.ID, nil)
	b.refused(err, 400, "invoice_not_editable")
	inv, err = b.V1Invoices.Pay(t.Context(), inv.ID, nil)
	b.ok(err)
	if inv.Status != stripe.InvoiceStatusPaid {
		t.Errorf("it is %s", inv.Status)
	}
	_, err = b.V1Invoices.VoidInvoice(t.Context(), inv.ID, nil)
	b.refused(err, 400, "invoice_not_editable")
	_, err = b.V1Invoices.Delete(t.Context(), inv.ID, nil)
	b.refused(err, 400, "invoice_not_editable")
}
