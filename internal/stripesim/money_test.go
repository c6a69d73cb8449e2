package stripesim_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"
)

// pay is a single payment with a test card.
func (b *bundle) pay(amount int64, card string) *stripe.PaymentIntent {
	b.Helper()
	pi, err := b.V1PaymentIntents.Create(b.Context(), &stripe.PaymentIntentCreateParams{
		Amount: &amount, Currency: stripe.String("usd"), PaymentMethod: &card, Confirm: stripe.Bool(true), PaymentMethodTypes: stripe.StringSlice([]string{"card"}),
	})
	b.ok(err)
	return pi
}

func TestRefunds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	pi := b.pay(10000, "pm_card_visa")
	part, err := b.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: &pi.ID, Amount: stripe.Int64(2500)})
	b.ok(err)
	if part.Status != stripe.RefundStatusSucceeded || part.Charge.ID != pi.LatestCharge.ID {
		t.Fatalf("%s of %s", part.Status, part.Charge.ID)
	}
	_, err = b.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: &pi.ID, Amount: stripe.Int64(7501)})
	b.refused(err, 400, "")
	_, err = b.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{Charge: &pi.LatestCharge.ID})
	b.ok(err)
	params := &stripe.ChargeRetrieveParams{}
	params.AddExpand("refunds")
	ch, err := b.V1Charges.Retrieve(t.Context(), pi.LatestCharge.ID, params)
	b.ok(err)
	if !ch.Refunded || ch.AmountRefunded != 10000 || len(ch.Refunds.Data) != 2 {
		t.Errorf("refunded %v, %d in %d", ch.Refunded, ch.AmountRefunded, len(ch.Refunds.Data))
	}
	_, err = b.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: &pi.ID})
	b.refused(err, 400, "charge_already_refunded")
}

func TestARefundThatFailsLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	pi := b.pay(10000, "pm_card_refundFail")
	r, err := b.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: &pi.ID})
	b.ok(err)
	b.after(day)
	r, err = b.V1Refunds.Retrieve(t.Context(), r.ID, nil)
	b.ok(err)
	if r.Status != stripe.RefundStatusFailed || r.FailureReason == "" {
		t.Errorf("%s, because of %q", r.Status, r.FailureReason)
	}
	if got := b.events("refund", "charge.refund"); !slices.Equal(got, []string{"refund.created", "charge.refunded", "charge.refund.updated", "refund.updated", "refund.failed"}) {
		t.Errorf("events %v", got)
	}
}

func TestDisputes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	dispute := func(id string) *stripe.Dispute {
		d, err := b.V1Disputes.Retrieve(t.Context(), id, nil)
		b.ok(err)
		return d
	}
	pi := b.pay(10000, "pm_card_visa")
	id, err := b.sim.OpenDispute(pi.LatestCharge.ID, 0, "fraudulent")
	b.ok(err)
	_, err = b.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: &pi.ID})
	b.refused(err, 400, "charge_disputed")
	d, err := b.V1Disputes.Update(t.Context(), id, &stripe.DisputeUpdateParams{Evidence: &stripe.DisputeUpdateEvidenceParams{CustomerName: stripe.String("Ann")}, Submit: stripe.Bool(true)})
	b.ok(err)
	if d.Status != stripe.DisputeStatusUnderReview {
		t.Errorf("with evidence it is %s", d.Status)
	}
	b.ok(b.sim.CloseDispute(id, true))
	if d = dispute(id); d.Status != stripe.DisputeStatusWon || len(d.BalanceTransactions) != 2 {
		t.Errorf("%s with %d movements", d.Status, len(d.BalanceTransactions))
	}
	want := []string{"charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_reinstated"}
	if got := b.events("charge.dispute"); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
	b.pay(10000, "pm_card_createDispute")
	var lost *stripe.Dispute
	for d, err := range b.V1Disputes.List(t.Context(), nil).All(t.Context()) {
		b.ok(err)
		if d.ID != id {
			lost = d
		}
	}
	_, err = b.V1Disputes.Close(t.Context(), lost.ID, nil)
	b.ok(err)
	if lost = dispute(lost.ID); lost.Status != stripe.DisputeStatusLost || len(lost.BalanceTransactions) != 1 {
		t.Errorf("%s with %d movements", lost.Status, len(lost.BalanceTransactions))
	}
	if b.sim.CloseDispute(lost.ID, true) == nil {
		t.Error("a lost dispute was won")
	}
	b.ok(b.sim.WarnOfFraud(pi.LatestCharge.ID))
	b.counted("radar.early_fraud_warning.created", 1)
}

func TestPaymentIntents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for card, decline := range map[string]stripe.DeclineCode{
		"pm_card_visa_chargeDeclined": "generic_decline", "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds", "pm_card_chargeDeclinedExpiredCard": "expired_card", "pm_card_chargeDeclinedIncorrectCvc": "incorrect_cvc",
	} {
		_, err := b.V1PaymentIntents.Create(t.Context(), &stripe.PaymentIntentCreateParams{Amount: stripe.Int64(500), Currency: stripe.String("usd"), PaymentMethod: &card, Confirm: stripe.Bool(true)})
		if e := b.refused(err, 402, map[bool]string{true: "card_declined", false: string(decline)}[decline == "generic_decline" || decline == "insufficient_funds"]); e.DeclineCode != decline {
			t.Errorf("%s: %s", card, e.DeclineCode)
		}
	}
	cus := b.customer("")
	m := b.card(cus, "pm_card_authenticationRequired")
	off := &stripe.PaymentIntentCreateParams{Amount: stripe.Int64(500), Currency: stripe.String("usd"), Customer: &cus.ID, PaymentMethod: &m.ID, Confirm: stripe.Bool(true), OffSession: stripe.Bool(true)}
	_, err := b.V1PaymentIntents.Create(t.Context(), off)
	b.refused(err, 402, "authentication_required")
	off.OffSession = nil
	pi, err := b.V1PaymentIntents.Create(t.Context(), off)
	b.ok(err)
	b.ok(b.sim.Authenticate(pi.ID, true))
	pi, err = b.V1PaymentIntents.Retrieve(t.Context(), pi.ID, nil)
	b.ok(err)
	if pi.Status != stripe.PaymentIntentStatusSucceeded || pi.AmountReceived != 500 {
		t.Errorf("%s with %d", pi.Status, pi.AmountReceived)
	}
	_, err = b.V1PaymentIntents.Cancel(t.Context(), pi.ID, nil)
	b.refused(err, 400, "payment_intent_unexpected_state")
	_, err = b.V1PaymentIntents.Create(t.Context(), &stripe.PaymentIntentCreateParams{Amount: stripe.Int64(49), Currency: stripe.String("usd")})
	b.refused(err, 400, "amount_too_small")
	_, err = b.V1PaymentMethods.Attach(t.Context(), "pm_card_visa_chargeDeclined", &stripe.PaymentMethodAttachParams{Customer: &cus.ID})
	b.refused(err, 402, "card_declined")
	_, err = b.V1PaymentMethods.Detach(t.Context(), m.ID, nil)
	b.ok(err)
	if who, err := b.V1Customers.Retrieve(t.Context(), cus.ID, nil); err != nil || who.InvoiceSettings.DefaultPaymentMethod != nil {
		t.Errorf("the detached card is still the default, %v", err)
	}
}

func TestAnAccountIsPaidDirectly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	acct, err := b.V1Accounts.Create(t.Context(), &stripe.AccountCreateParams{Type: stripe.String("standard"), Country: stripe.String("US"), Email: stripe.String("owner@acme.example")})
	b.ok(err)
	link, err := b.V1AccountLinks.Create(t.Context(), &stripe.AccountLinkCreateParams{Account: &acct.ID, Type: stripe.String("account_onboarding"), RefreshURL: stripe.String("https://x.example/r"), ReturnURL: stripe.String("https://x.example/d")})
	b.ok(err)
	if acct.ChargesEnabled || !strings.Contains(link.URL, acct.ID) {
		t.Fatalf("charges %v, link %s", acct.ChargesEnabled, link.URL)
	}
	deposit := &stripe.PaymentIntentCreateParams{Amount: stripe.Int64(50000), Currency: stripe.String("usd"), PaymentMethod: stripe.String("pm_card_visa"), Confirm: stripe.Bool(true), ApplicationFeeAmount: stripe.Int64(500)}
	deposit.SetStripeAccount(acct.ID)
	_, err = b.V1PaymentIntents.Create(t.Context(), deposit)
	b.refused(err, 400, "account_invalid")
	b.ok(b.sim.Onboard(acct.ID))
	pi, err := b.V1PaymentIntents.Create(t.Context(), deposit)
	b.ok(err)
	if pi.Status != stripe.PaymentIntentStatusSucceeded || pi.ApplicationFeeAmount != 500 {
		t.Errorf("%s, fee %d", pi.Status, pi.ApplicationFeeAmount)
	}
	_, err = b.V1PaymentIntents.Retrieve(t.Context(), pi.ID, nil)
	b.refused(err, 404, "resource_missing") // not the platform's
	back := &stripe.RefundCreateParams{PaymentIntent: &pi.ID, Amount: stripe.Int64(20000)}
	back.SetStripeAccount(acct.ID)
	_, err = b.V1Refunds.Create(t.Context(), back)
	b.ok(err)
	cs := &stripe.CheckoutSessionCreateParams{Mode: stripe.String("payment"), SuccessURL: stripe.String("https://x.example"), LineItems: []*stripe.CheckoutSessionCreateLineItemParams{{Quantity: stripe.Int64(1),
		PriceData: &stripe.CheckoutSessionCreateLineItemPriceDataParams{Currency: stripe.String("usd"), UnitAmount: stripe.Int64(30000), ProductData: &stripe.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: stripe.String("Deposit")}}}}}
	cs.SetStripeAccount(acct.ID)
	paid, err := b.V1CheckoutSessions.Create(t.Context(), cs)
	b.ok(err)
	_, err = b.sim.PayCheckout(paid.ID, "4242424242424242", "homeowner@x.example")
	b.ok(err)
	events := &stripe.EventListParams{ListParams: stripe.ListParams{Limit: stripe.Int64(100)}}
	events.SetStripeAccount(acct.ID)
	var types []string
	for e, err := range b.V1Events.List(t.Context(), events).All(t.Context()) {
		b.ok(err)
		if e.Account != acct.ID {
			t.Errorf("%s is of account %q", e.Type, e.Account)
		}
		types = append(types, string(e.Type))
	}
	for _, want := range []string{"account.updated", "charge.succeeded", "charge.refunded", "checkout.session.completed"} {
		if !slices.Contains(types, want) {
			t.Errorf("no %s among the account's events %v", want, types)
		}
	}
	b.ok(b.sim.Deauthorize(acct.ID))
	_, err = b.V1PaymentIntents.Create(t.Context(), deposit)
	b.refused(err, 403, "account_invalid")
	other := &stripe.CustomerListParams{}
	other.SetStripeAccount("acct_nope")
	for _, err := range b.V1Customers.List(t.Context(), other).All(t.Context()) {
		b.refused(err, 403, "account_invalid")
		break
	}
}

func TestPortalSessions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	config, err := b.V1BillingPortalConfigurations.Create(t.Context(), &stripe.BillingPortalConfigurationCreateParams{
		Features: &stripe.BillingPortalConfigurationCreateFeaturesParams{
			SubscriptionCancel: &stripe.BillingPortalConfigurationCreateFeaturesSubscriptionCancelParams{Enabled: stripe.Bool(true), Mode: stripe.String("at_period_end")},
			SubscriptionUpdate: &stripe.BillingPortalConfigurationCreateFeaturesSubscriptionUpdateParams{Enabled: stripe.Bool(true), DefaultAllowedUpdates: stripe.StringSlice([]string{"price"}),
				Products: []*stripe.BillingPortalConfigurationCreateFeaturesSubscriptionUpdateProductParams{{Product: &b.starter.Product.ID, Prices: stripe.StringSlice([]string{b.starter.ID})}}},
		},
	})
	b.ok(err)
	if !config.Features.SubscriptionUpdate.Enabled || config.Features.SubscriptionUpdate.Products[0].Prices[0] != b.starter.ID {
		t.Errorf("features %+v", config.Features.SubscriptionUpdate)
	}
	ps, err := b.V1BillingPortalSessions.Create(t.Context(), &stripe.BillingPortalSessionCreateParams{Customer: &cus.ID, Configuration: &config.ID, ReturnURL: stripe.String("https://acme.example/billing"),
		FlowData: &stripe.BillingPortalSessionCreateFlowDataParams{Type: stripe.String("subscription_cancel"), SubscriptionCancel: &stripe.BillingPortalSessionCreateFlowDataSubscriptionCancelParams{Subscription: &s.ID}}})
	b.ok(err)
	if ps.URL == "" || ps.Flow.SubscriptionCancel.Subscription != s.ID {
		t.Errorf("%q, flow %+v", ps.URL, ps.Flow)
	}
	plain, err := b.V1BillingPortalSessions.Create(t.Context(), &stripe.BillingPortalSessionCreateParams{Customer: &cus.ID})
	b.ok(err)
	if plain.Configuration.ID == "" || plain.Configuration.ID == config.ID {
		t.Errorf("the default configuration is %q", plain.Configuration.ID)
	}
}

func TestATestClockIsATimeOfItsOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	frozen := time.Date(2030, 5, 31, 12, 0, 0, 0, time.UTC)
	clock, err := b.V1TestHelpersTestClocks.Create(t.Context(), &stripe.TestHelpersTestClockCreateParams{FrozenTime: stripe.Int64(frozen.Unix())})
	b.ok(err)
	cus, err := b.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{TestClock: &clock.ID})
	b.ok(err)
	b.card(cus, "pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	outside := b.subscribe(b.customer("pm_card_visa"), b.growth, nil)
	if s.Created != frozen.Unix() {
		t.Errorf("made %d, want in the clock's time", s.Created)
	}
	to := frozen.AddDate(0, 0, 31)
	_, err = b.V1TestHelpersTestClocks.Advance(t.Context(), clock.ID, &stripe.TestHelpersTestClockAdvanceParams{FrozenTime: stripe.Int64(to.Unix())})
	b.ok(err)
	if inv := b.subscription(s.ID).LatestInvoice; inv.BillingReason != stripe.InvoiceBillingReasonSubscriptionCycle || inv.Status != stripe.InvoiceStatusPaid {
		t.Errorf("in the clock the bill is %s for %s", inv.Status, inv.BillingReason)
	}
	if inv := b.subscription(outside.ID).LatestInvoice; inv.BillingReason != stripe.InvoiceBillingReasonSubscriptionCreate {
		t.Errorf("outside of it the bill is for %s", inv.BillingReason)
	}
	_, err = b.V1TestHelpersTestClocks.Advance(t.Context(), clock.ID, &stripe.TestHelpersTestClockAdvanceParams{FrozenTime: stripe.Int64(to.AddDate(1, 0, 0).Unix())})
	b.refused(err, 400, "")
	_, err = b.V1TestHelpersTestClocks.Delete(t.Context(), clock.ID, nil)
	b.ok(err)
	b.status(s, stripe.SubscriptionStatusCanceled)
	b.counted("test_helpers.test_clock.ready", 1)
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	answer, body := b.raw("POST", "/v1/prices", url.Values{"currency": {"usd"}, "unit_amount": {"100"}, "product": {b.growth.Product.ID}, "lookup_key": {"growth"}, "recurring[interval]": {"month"}}.Encode())
	if answer.StatusCode != 200 {
		t.Fatal(body)
	}
	if answer, _ := b.raw("POST", "/v1/prices/"+b.starter.ID, "lookup_key=growth"); answer.StatusCode != 400 {
		t.Error("two prices have one lookup key")
	}
	b.raw("POST", "/v1/prices/"+b.starter.ID, "lookup_key=growth&transfer_lookup_key=true")
	params := &stripe.PriceListParams{LookupKeys: stripe.StringSlice([]string{"growth"})}
	params.AddExpand("data.product")
	for p, err := range b.V1Prices.List(t.Context(), params).All(t.Context()) {
		b.ok(err)
		if p.ID != b.starter.ID || p.Product.Name != "Starter" {
			t.Errorf("the key is of %s, %q", p.ID, p.Product.Name)
		}
	}
	_, err := b.V1Prices.Update(t.Context(), b.seat.ID, &stripe.PriceUpdateParams{Active: stripe.Bool(false)})
	b.ok(err)
	_, err = b.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{Customer: &b.customer("").ID, Items: []*stripe.SubscriptionCreateItemParams{{Price: &b.seat.ID}}})
	b.refused(err, 400, "price_inactive")
	_, err = b.V1Products.Delete(t.Context(), b.growth.Product.ID, nil)
	b.refused(err, 400, "")
}
