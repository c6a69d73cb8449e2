package stripesim_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"
)

// trial is a subscription that is tried for fourteen days.
func (b *bundle) trial(cus *stripe.Customer, end string) *stripe.Subscription {
	b.Helper()
	return b.subscribe(cus, b.growth, func(p *stripe.SubscriptionCreateParams) {
		p.TrialEnd = stripe.Int64(b.sim.Now().Add(14 * day).Unix())
		p.TrialSettings = &stripe.SubscriptionCreateTrialSettingsParams{EndBehavior: &stripe.SubscriptionCreateTrialSettingsEndBehaviorParams{MissingPaymentMethod: &end}}
	})
}

func TestATrialBecomesActive(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.trial(cus, "create_invoice")
	if s.Status != stripe.SubscriptionStatusTrialing || s.Items.Data[0].CurrentPeriodEnd != s.TrialEnd || s.BillingCycleAnchor != s.TrialEnd {
		t.Fatalf("%s until %d, anchor %d, want trialing, both at %d", s.Status, s.Items.Data[0].CurrentPeriodEnd, s.BillingCycleAnchor, s.TrialEnd)
	}
	if all := b.invoices(cus); len(all) != 1 || all[0].Status != stripe.InvoiceStatusPaid || all[0].Total != 0 {
		t.Fatalf("a trial begins with an invoice of nothing, got %+v", all)
	}
	b.after(11*day - time.Second)
	b.counted("customer.subscription.trial_will_end", 0)
	b.after(time.Second)
	b.counted("customer.subscription.trial_will_end", 1)
	b.after(3 * day)
	s = b.status(s, stripe.SubscriptionStatusActive)
	if s.LatestInvoice.Status != stripe.InvoiceStatusDraft || s.LatestInvoice.BillingReason != stripe.InvoiceBillingReasonSubscriptionCycle {
		t.Errorf("the first bill is %s for %s, want a draft for the cycle", s.LatestInvoice.Status, s.LatestInvoice.BillingReason)
	}
	b.after(time.Hour)
	inv := b.subscription(s.ID).LatestInvoice
	if inv.Status != stripe.InvoiceStatusPaid || inv.AmountPaid != 14900 || inv.Parent.SubscriptionDetails.Subscription.ID != s.ID {
		t.Errorf("after an hour the bill is %s with %d paid", inv.Status, inv.AmountPaid)
	}
	if item := s.Items.Data[0]; time.Unix(item.CurrentPeriodEnd, 0).UTC() != time.Date(2026, 2, 15, 0, 0, 0, 0, time.UTC) {
		t.Errorf("the period ends %v", time.Unix(item.CurrentPeriodEnd, 0).UTC())
	}
}

func TestATrialWithoutACardEndsAsWasSaid(t *testing.T) {
	t.Parallel()
	for end, want := range map[string]stripe.SubscriptionStatus{
		"pause": stripe.SubscriptionStatusPaused, "cancel": stripe.SubscriptionStatusCanceled, "create_invoice": stripe.SubscriptionStatusActive,
	} {
		b := setup(t)
		cus := b.customer("")
		s := b.trial(cus, end)
		b.after(14 * day)
		b.status(s, want)
		b.after(time.Hour)
		switch end {
		case "pause":
			b.counted("customer.subscription.paused", 1)
			if n := len(b.invoices(cus)); n != 1 {
				t.Errorf("paused: %d invoices, want that of the trial alone", n)
			}
		case "cancel":
			b.counted("customer.subscription.deleted", 1)
		default:
			s = b.status(s, stripe.SubscriptionStatusPastDue)
			if s.LatestInvoice.Status != stripe.InvoiceStatusOpen || s.LatestInvoice.NextPaymentAttempt == 0 {
				t.Errorf("the bill is %s, next attempt %d", s.LatestInvoice.Status, s.LatestInvoice.NextPaymentAttempt)
			}
			b.counted("invoice.payment_failed", 1)
		}
	}
}

func TestAPausedSubscriptionResumes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("")
	s := b.trial(cus, "pause")
	b.after(20 * day)
	b.status(s, stripe.SubscriptionStatusPaused)
	b.card(cus, "pm_card_visa")
	b.status(s, stripe.SubscriptionStatusPaused) // a card alone changes nothing
	_, err := b.V1Subscriptions.Resume(t.Context(), s.ID, &stripe.SubscriptionResumeParams{BillingCycleAnchor: stripe.String("now")})
	b.ok(err)
	s = b.status(s, stripe.SubscriptionStatusActive)
	if s.LatestInvoice.AmountPaid != 14900 || s.BillingCycleAnchor != b.sim.Now().Unix() {
		t.Errorf("paid %d, anchor %d", s.LatestInvoice.AmountPaid, s.BillingCycleAnchor)
	}
	b.counted("customer.subscription.resumed", 1)
	b.after(32 * day)
	b.status(s, stripe.SubscriptionStatusActive)
	if n := len(b.invoices(cus)); n != 3 {
		t.Errorf("%d invoices, want trial, resumption, renewal", n)
	}
}

func TestResumingWaitsForItsPayment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("")
	s := b.trial(cus, "pause")
	b.after(20 * day)
	b.card(cus, "pm_card_chargeCustomerFail")
	_, err := b.V1Subscriptions.Resume(t.Context(), s.ID, nil)
	b.ok(err)
	s = b.status(s, stripe.SubscriptionStatusPaused)
	b.after(24 * time.Hour)
	if inv := b.invoice(s.LatestInvoice.ID); inv.Status != stripe.InvoiceStatusVoid {
		t.Errorf("a day later the bill is %s, want void", inv.Status)
	}
	b.status(s, stripe.SubscriptionStatusPaused)
	b.card(cus, "pm_card_visa")
	_, err = b.V1Subscriptions.Resume(t.Context(), s.ID, nil)
	b.ok(err)
	b.status(s, stripe.SubscriptionStatusActive)
}

func TestATrialThatIsEndedNow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.trial(b.customer("pm_card_visa"), "cancel")
	b.after(5 * day)
	s = b.update(s, &stripe.SubscriptionUpdateParams{TrialEndNow: stripe.Bool(true)})
	if s.Status != stripe.SubscriptionStatusActive || s.TrialEnd != b.sim.Now().Unix() {
		t.Errorf("%s, trial end %d", s.Status, s.TrialEnd)
	}
	if inv := b.subscription(s.ID).LatestInvoice; inv.Status != stripe.InvoiceStatusPaid || inv.Total != 14900 {
		t.Errorf("the bill is %s over %d", inv.Status, inv.Total)
	}
	b.counted("customer.subscription.trial_will_end", 1)
}

func TestATrialThatIsMadeLonger(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.trial(b.customer("pm_card_visa"), "cancel")
	b.after(12 * day)
	end := b.sim.Now().Add(10 * day).Unix()
	s = b.update(s, &stripe.SubscriptionUpdateParams{TrialEnd: &end})
	if s.TrialEnd != end || s.Items.Data[0].CurrentPeriodEnd != end {
		t.Errorf("trial end %d, period end %d, want %d", s.TrialEnd, s.Items.Data[0].CurrentPeriodEnd, end)
	}
	b.after(9 * day)
	b.status(s, stripe.SubscriptionStatusTrialing)
	b.counted("customer.subscription.trial_will_end", 2)
	b.after(day)
	b.status(s, stripe.SubscriptionStatusActive)
}

func TestCancelingATrial(t *testing.T) {
	t.Parallel()
	b := setup(t)
	now := b.trial(b.customer("pm_card_visa"), "cancel")
	later := b.trial(b.customer("pm_card_visa"), "cancel")
	_, err := b.V1Subscriptions.Cancel(t.Context(), now.ID, nil)
	b.ok(err)
	b.status(now, stripe.SubscriptionStatusCanceled)
	later = b.update(later, &stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: stripe.Bool(true)})
	if later.CancelAt != later.TrialEnd {
		t.Errorf("ends %d, want with the trial, %d", later.CancelAt, later.TrialEnd)
	}
	b.after(14*day - time.Second)
	b.status(later, stripe.SubscriptionStatusTrialing)
	b.after(time.Second)
	b.status(later, stripe.SubscriptionStatusCanceled)
	if n := len(b.invoices(&stripe.Customer{ID: later.Customer.ID})); n != 1 {
		t.Errorf("%d invoices, want that of the trial alone", n)
	}
}

func TestACardGivenDuringTheTrial(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("")
	s := b.subscribe(cus, b.growth, func(p *stripe.SubscriptionCreateParams) {
		p.TrialEnd = stripe.Int64(b.sim.Now().Add(14 * day).Unix())
		p.PaymentBehavior = stripe.String("default_incomplete")
		p.PaymentSettings = &stripe.SubscriptionCreatePaymentSettingsParams{SaveDefaultPaymentMethod: stripe.String("on_subscription")}
	})
	if s.PendingSetupIntent == nil {
		t.Fatal("no setup intent waits for a card")
	}
	si, err := b.V1SetupIntents.Confirm(t.Context(), s.PendingSetupIntent.ID, &stripe.SetupIntentConfirmParams{PaymentMethod: stripe.String("pm_card_authenticationRequiredOnSetup")})
	b.ok(err)
	if si.Status != stripe.SetupIntentStatusRequiresAction {
		t.Fatalf("the setup intent is %s, want the bank to ask", si.Status)
	}
	b.ok(b.sim.Authenticate(si.ID, true))
	s = b.subscription(s.ID)
	if s.DefaultPaymentMethod == nil || s.PendingSetupIntent != nil {
		t.Fatalf("default %v, pending %v", s.DefaultPaymentMethod, s.PendingSetupIntent)
	}
	b.after(14*day + time.Hour)
	if inv := b.status(s, stripe.SubscriptionStatusActive).LatestInvoice; inv.Status != stripe.InvoiceStatusPaid {
		t.Errorf("the first bill is %s", inv.Status)
	}
	if got := b.events("setup_intent"); !slices.Equal(got, []string{"setup_intent.created", "setup_intent.requires_action", "setup_intent.succeeded"}) {
		t.Errorf("events of the setup: %v", got)
	}
}
