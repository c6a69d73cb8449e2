package stripesim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"
)

// to has the only item of a subscription switched to another price.
func to(s *stripe.Subscription, price *stripe.Price) []*stripe.SubscriptionUpdateItemParams {
	return []*stripe.SubscriptionUpdateItemParams{{ID: &s.Items.Data[0].ID, Price: &price.ID}}
}

func TestAnUpgradeIsBilledToTheCent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.starter, nil)
	b.after(10*day + 7*time.Hour)
	at := b.sim.Now().Unix()
	shown, err := b.V1Invoices.CreatePreview(t.Context(), &stripe.InvoiceCreatePreviewParams{
		Subscription: &s.ID, SubscriptionDetails: &stripe.InvoiceCreatePreviewSubscriptionDetailsParams{
			Items:             []*stripe.InvoiceCreatePreviewSubscriptionDetailsItemParams{{ID: &s.Items.Data[0].ID, Price: &b.growth.ID}},
			ProrationBehavior: stripe.String("always_invoice"), ProrationDate: &at,
		},
	})
	b.ok(err)
	before := len(b.events())
	b.after(3 * time.Hour) // while the person thinks
	s = b.update(s, &stripe.SubscriptionUpdateParams{Items: to(s, b.growth), ProrationBehavior: stripe.String("always_invoice"), PaymentBehavior: stripe.String("pending_if_incomplete"), ProrationDate: &at})
	inv := b.subscription(s.ID).LatestInvoice
	item := s.Items.Data[0]
	share := func(amount int64) int64 { // to the cent, by the second
		return int64(float64(amount)*float64(item.CurrentPeriodEnd-at)/float64(item.CurrentPeriodEnd-item.CurrentPeriodStart) + 0.5)
	}
	if want := share(14900) - share(4900); inv.Total != want || shown.Total != want || inv.Status != stripe.InvoiceStatusPaid {
		t.Errorf("billed %d (%s), shown %d, want %d", inv.Total, inv.Status, shown.Total, want)
	}
	if item.Price.ID != b.growth.ID || item.CurrentPeriodEnd != s.BillingCycleAnchor+31*86400 {
		t.Errorf("price %s, period until %d", item.Price.ID, item.CurrentPeriodEnd)
	}
	if len(inv.Lines.Data) != 2 || !inv.Lines.Data[0].Parent.SubscriptionItemDetails.Proration || !strings.HasPrefix(inv.Lines.Data[0].Description, "Unused time on Starter") {
		t.Errorf("lines %+v", inv.Lines.Data)
	}
	if shown.ID == inv.ID || before == len(b.events()) {
		t.Error("the preview was the bill")
	}
}

func TestAnUpgradeWaitsForThePayment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.starter, nil)
	b.card(cus, "pm_card_authenticationRequired")
	b.after(10 * day)
	upgrade := func() *stripe.Subscription {
		return b.update(s, &stripe.SubscriptionUpdateParams{Items: to(s, b.growth), ProrationBehavior: stripe.String("always_invoice"), PaymentBehavior: stripe.String("pending_if_incomplete")})
	}
	s = upgrade()
	if s.Status != stripe.SubscriptionStatusActive || s.PendingUpdate == nil || s.Items.Data[0].Price.ID != b.starter.ID || s.PendingUpdate.SubscriptionItems[0].Price.ID != b.growth.ID {
		t.Fatalf("%s, pending %+v, at %s", s.Status, s.PendingUpdate, s.Items.Data[0].Price.ID)
	}
	b.after(23 * time.Hour)
	s = b.subscription(s.ID)
	if s.PendingUpdate != nil || s.Items.Data[0].Price.ID != b.starter.ID || s.LatestInvoice.Status != stripe.InvoiceStatusVoid {
		t.Fatalf("a day later: pending %+v, at %s, bill %s", s.PendingUpdate, s.Items.Data[0].Price.ID, s.LatestInvoice.Status)
	}
	b.counted("customer.subscription.pending_update_expired", 1)
	upgrade()
	b.ok(b.sim.Authenticate(b.intent(b.subscription(s.ID).LatestInvoice).ID, true))
	s = b.status(s, stripe.SubscriptionStatusActive)
	if s.PendingUpdate != nil || s.Items.Data[0].Price.ID != b.growth.ID || s.LatestInvoice.Status != stripe.InvoiceStatusPaid {
		t.Errorf("after the bank saw the person: pending %+v, at %s, bill %s", s.PendingUpdate, s.Items.Data[0].Price.ID, s.LatestInvoice.Status)
	}
	b.counted("customer.subscription.pending_update_applied", 1)
	_, err := b.V1Subscriptions.Update(t.Context(), s.ID, &stripe.SubscriptionUpdateParams{Items: to(s, b.starter), PaymentBehavior: stripe.String("pending_if_incomplete"), Metadata: map[string]string{"a": "b"}})
	b.refused(err, 400, "")
}

func TestAnUpgradeThatIsDeclined(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for behavior, want := range map[string]stripe.SubscriptionStatus{"allow_incomplete": stripe.SubscriptionStatusPastDue, "default_incomplete": stripe.SubscriptionStatusPastDue, "pending_if_incomplete": stripe.SubscriptionStatusActive} {
		cus := b.customer("pm_card_visa")
		s := b.subscribe(cus, b.starter, nil)
		b.card(cus, "pm_card_chargeCustomerFail")
		b.update(s, &stripe.SubscriptionUpdateParams{Items: to(s, b.growth), ProrationBehavior: stripe.String("always_invoice"), PaymentBehavior: &behavior})
		b.status(s, want)
	}
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.starter, nil)
	b.card(cus, "pm_card_chargeCustomerFail")
	_, err := b.V1Subscriptions.Update(t.Context(), s.ID, &stripe.SubscriptionUpdateParams{Items: to(s, b.growth), ProrationBehavior: stripe.String("always_invoice"), PaymentBehavior: stripe.String("error_if_incomplete")})
	b.refused(err, 402, "card_declined")
	if s = b.status(s, stripe.SubscriptionStatusActive); s.Items.Data[0].Price.ID != b.starter.ID {
		t.Error("a refused upgrade was made")
	}
}

func TestADowngradeByScheduleComesWithTheNextPeriod(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	b.after(3 * day)
	sched, err := b.V1SubscriptionSchedules.Create(t.Context(), &stripe.SubscriptionScheduleCreateParams{FromSubscription: &s.ID})
	b.ok(err)
	first := sched.Phases[0]
	phases := []*stripe.SubscriptionScheduleUpdatePhaseParams{
		{Items: []*stripe.SubscriptionScheduleUpdatePhaseItemParams{{Price: &b.growth.ID, Quantity: stripe.Int64(1)}}, StartDate: &first.StartDate, EndDate: &first.EndDate},
		{Items: []*stripe.SubscriptionScheduleUpdatePhaseItemParams{{Price: &b.starter.ID, Quantity: stripe.Int64(1)}}, ProrationBehavior: stripe.String("none"),
			Duration: &stripe.SubscriptionScheduleUpdatePhaseDurationParams{Interval: stripe.String("month"), IntervalCount: stripe.Int64(1)}},
	}
	sched, err = b.V1SubscriptionSchedules.Update(t.Context(), sched.ID, &stripe.SubscriptionScheduleUpdateParams{EndBehavior: stripe.String("release"), Phases: phases})
	b.ok(err)
	if sched.Status != stripe.SubscriptionScheduleStatusActive || len(sched.Phases) != 2 {
		t.Fatalf("%s with %d phases", sched.Status, len(sched.Phases))
	}
	if s = b.subscription(s.ID); s.Schedule == nil || s.Schedule.ID != sched.ID {
		t.Fatal("the subscription does not name its schedule")
	}
	_, err = b.V1Subscriptions.Update(t.Context(), s.ID, &stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: stripe.Bool(true)})
	b.refused(err, 400, "")
	b.sim.Advance(time.Unix(first.EndDate, 0).Add(time.Hour))
	s = b.status(s, stripe.SubscriptionStatusActive)
	if s.Items.Data[0].Price.ID != b.starter.ID || s.LatestInvoice.Total != 4900 || s.LatestInvoice.Status != stripe.InvoiceStatusPaid {
		t.Errorf("at %s, billed %d (%s), want the starter's 4900", s.Items.Data[0].Price.ID, s.LatestInvoice.Total, s.LatestInvoice.Status)
	}
	b.after(31 * day)
	sched, err = b.V1SubscriptionSchedules.Retrieve(t.Context(), sched.ID, nil)
	b.ok(err)
	if sched.Status != stripe.SubscriptionScheduleStatusReleased || b.subscription(s.ID).Schedule != nil {
		t.Errorf("after its last phase the schedule is %s", sched.Status)
	}
	b.counted("subscription_schedule.released", 1)
	if got := b.status(s, stripe.SubscriptionStatusActive).Items.Data[0].Price.ID; got != b.starter.ID {
		t.Errorf("afterwards at %s", got)
	}
}

func TestAScheduleThatIsReleased(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.subscribe(b.customer("pm_card_visa"), b.growth, nil)
	sched, err := b.V1SubscriptionSchedules.Create(t.Context(), &stripe.SubscriptionScheduleCreateParams{FromSubscription: &s.ID})
	b.ok(err)
	sched, err = b.V1SubscriptionSchedules.Release(t.Context(), sched.ID, nil)
	b.ok(err)
	if sched.Status != stripe.SubscriptionScheduleStatusReleased || sched.ReleasedSubscription.ID != s.ID {
		t.Errorf("%s of %v", sched.Status, sched.ReleasedSubscription)
	}
	_, err = b.V1SubscriptionSchedules.Release(t.Context(), sched.ID, nil)
	b.refused(err, 400, "")
	again, err := b.V1SubscriptionSchedules.Create(t.Context(), &stripe.SubscriptionScheduleCreateParams{FromSubscription: &s.ID})
	b.ok(err)
	_, err = b.V1SubscriptionSchedules.Cancel(t.Context(), again.ID, nil)
	b.ok(err)
	b.status(s, stripe.SubscriptionStatusCanceled)
	b.counted("subscription_schedule.canceled", 1)
}

func TestSeatsAreSweptIntoTheNextBill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	b.after(15*day + 12*time.Hour) // the middle of January
	s = b.update(s, &stripe.SubscriptionUpdateParams{Items: []*stripe.SubscriptionUpdateItemParams{{Price: &b.seat.ID, Quantity: stripe.Int64(2)}}, ProrationBehavior: stripe.String("create_prorations")})
	if len(s.Items.Data) != 2 || len(b.invoices(cus)) != 1 {
		t.Fatalf("%d items, %d invoices; want 2 and no new one", len(s.Items.Data), len(b.invoices(cus)))
	}
	seats := s.Items.Data[1]
	_, err := b.V1SubscriptionItems.Update(t.Context(), seats.ID, &stripe.SubscriptionItemUpdateParams{Quantity: stripe.Int64(3)})
	b.ok(err)
	shown, err := b.V1Invoices.CreatePreview(t.Context(), &stripe.InvoiceCreatePreviewParams{Subscription: &s.ID})
	b.ok(err)
	b.after(16 * day)
	inv := b.status(s, stripe.SubscriptionStatusActive).LatestInvoice
	// 2 seats for half a month and the same given back for 3, which cancel out, leave those 3; then a month of everything.
	want := int64(2850 + 14900 + 3*1900)
	if inv.Total != want || shown.Total != want || inv.Status != stripe.InvoiceStatusPaid {
		t.Errorf("billed %d (%s), shown %d, want %d", inv.Total, inv.Status, shown.Total, want)
	}
	_, err = b.V1SubscriptionItems.Delete(t.Context(), seats.ID, &stripe.SubscriptionItemDeleteParams{ProrationBehavior: stripe.String("none")})
	b.ok(err)
	if got := b.subscription(s.ID); len(got.Items.Data) != 1 {
		t.Errorf("%d items after one was taken away", len(got.Items.Data))
	}
	_, err = b.V1SubscriptionItems.Delete(t.Context(), s.Items.Data[0].ID, nil)
	b.refused(err, 400, "")
}

func TestACreditIsKeptForTheNextBill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.enterprise, nil)
	b.after(15*day + 12*time.Hour)
	b.update(s, &stripe.SubscriptionUpdateParams{Items: to(s, b.starter), ProrationBehavior: stripe.String("always_invoice")})
	who, err := b.V1Customers.Retrieve(t.Context(), cus.ID, nil)
	b.ok(err)
	if want := int64(-(99900 - 4900) / 2); who.Balance != want {
		t.Fatalf("balance %d, want %d", who.Balance, want)
	}
	if inv := b.subscription(s.ID).LatestInvoice; inv.Status != stripe.InvoiceStatusPaid || inv.AmountDue != 0 {
		t.Errorf("the credit's bill is %s over %d", inv.Status, inv.AmountDue)
	}
	b.after(17 * day)
	inv := b.subscription(s.ID).LatestInvoice
	if inv.Total != 4900 || inv.AmountDue != 0 || inv.Status != stripe.InvoiceStatusPaid || inv.StartingBalance != -47500 || inv.EndingBalance != -42600 {
		t.Errorf("%d, due %d, %s, balance %d → %d", inv.Total, inv.AmountDue, inv.Status, inv.StartingBalance, inv.EndingBalance)
	}
}

func TestAnotherIntervalBeginsANewPeriod(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.subscribe(b.customer("pm_card_visa"), b.growth, nil)
	b.after(15*day + 12*time.Hour)
	s = b.update(s, &stripe.SubscriptionUpdateParams{Items: to(s, b.yearly)})
	inv := b.subscription(s.ID).LatestInvoice
	if inv.Total != 149000-7450 || s.BillingCycleAnchor != b.sim.Now().Unix() {
		t.Errorf("billed %d, want a year less half a month", inv.Total)
	}
	if end := time.Unix(s.Items.Data[0].CurrentPeriodEnd, 0).UTC(); end != b.sim.Now().AddDate(1, 0, 0) {
		t.Errorf("the year ends %v", end)
	}
}

func TestEndingAtThePeriodsEndAndNotAfterAll(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.subscribe(b.customer("pm_card_visa"), b.growth, nil)
	s = b.update(s, &stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: stripe.Bool(true)})
	if s.CancelAt != s.Items.Data[0].CurrentPeriodEnd || s.CanceledAt == 0 || s.CancellationDetails.Reason != "cancellation_requested" {
		t.Fatalf("ends %d, canceled at %d, because of %s", s.CancelAt, s.CanceledAt, s.CancellationDetails.Reason)
	}
	s = b.update(s, &stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: stripe.Bool(false)})
	if s.CancelAt != 0 || s.CanceledAt != 0 {
		t.Fatalf("ends %d, canceled at %d", s.CancelAt, s.CanceledAt)
	}
	b.after(35 * day)
	b.status(s, stripe.SubscriptionStatusActive)
	s = b.update(s, &stripe.SubscriptionUpdateParams{CancelAtPeriodEnd: stripe.Bool(true)})
	b.after(30 * day)
	s = b.status(s, stripe.SubscriptionStatusCanceled)
	if s.EndedAt != s.CancelAt {
		t.Errorf("ended %d, want %d", s.EndedAt, s.CancelAt)
	}
	if n := len(b.invoices(&stripe.Customer{ID: s.Customer.ID})); n != 2 {
		t.Errorf("%d invoices, want those of two months", n)
	}
	b.counted("customer.subscription.deleted", 1)
	other := b.subscribe(b.customer("pm_card_visa"), b.growth, nil)
	at := b.sim.Now().Add(10 * day)
	b.update(other, &stripe.SubscriptionUpdateParams{CancelAt: stripe.Int64(at.Unix())})
	b.sim.Advance(at.Add(-time.Second))
	b.status(other, stripe.SubscriptionStatusActive)
	b.sim.Advance(at)
	b.status(other, stripe.SubscriptionStatusCanceled)
}

func TestEndingNow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	b.card(cus, "pm_card_chargeCustomerFail")
	b.after(32 * day)
	due := b.status(s, stripe.SubscriptionStatusPastDue).LatestInvoice
	s, err := b.V1Subscriptions.Cancel(t.Context(), s.ID, &stripe.SubscriptionCancelParams{CancellationDetails: &stripe.SubscriptionCancelCancellationDetailsParams{Feedback: stripe.String("too_expensive")}})
	b.ok(err)
	if s.Status != stripe.SubscriptionStatusCanceled || s.EndedAt != b.sim.Now().Unix() || s.CancellationDetails.Feedback != "too_expensive" {
		t.Errorf("%s at %d, %s", s.Status, s.EndedAt, s.CancellationDetails.Feedback)
	}
	b.after(30 * day)
	if inv := b.invoice(due.ID); inv.Status != stripe.InvoiceStatusOpen || inv.AttemptCount != 1 || inv.AutoAdvance {
		t.Errorf("the open bill is %s after %d attempts, advancing %v: nothing more is to be collected", inv.Status, inv.AttemptCount, inv.AutoAdvance)
	}
	_, err = b.V1Subscriptions.Cancel(t.Context(), s.ID, nil)
	b.refused(err, 404, "resource_missing")
	kept := b.subscribe(b.customer("pm_card_visa"), b.growth, nil)
	b.after(15 * day)
	_, err = b.V1Subscriptions.Cancel(t.Context(), kept.ID, &stripe.SubscriptionCancelParams{Prorate: stripe.Bool(true), InvoiceNow: stripe.Bool(true)})
	b.ok(err)
	who, err := b.V1Customers.Retrieve(t.Context(), kept.Customer.ID, nil)
	b.ok(err)
	if who.Balance >= 0 {
		t.Errorf("balance %d, want what was not used", who.Balance)
	}
}
