package connecthook_test

import (
	"testing"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/stripemock"
	"fenceplatform.com/fence/internal/testkit"
)

// calls are the operations of Stripe's client that connectgw uses, and what each sends. What homeowners pay is on the
// company's account, always.
var calls = map[string]string{
	"V1AccountLinks.Create":       "POST /v1/account_links",
	"V1Accounts.Create":           "POST /v1/accounts",
	"V1Accounts.GetByID":          "GET /v1/accounts/{}",
	"V1CheckoutSessions.Create":   "POST /v1/checkout/sessions" + stripemock.OnAccount,
	"V1CheckoutSessions.Expire":   "POST /v1/checkout/sessions/{}/expire" + stripemock.OnAccount,
	"V1CheckoutSessions.Retrieve": "GET /v1/checkout/sessions/{}" + stripemock.OnAccount,
	"V1Disputes.List":             "GET /v1/disputes" + stripemock.OnAccount,
	"V1Refunds.Create":            "POST /v1/refunds" + stripemock.OnAccount,
	"V1Refunds.List":              "GET /v1/refunds" + stripemock.OnAccount,
	"V1WebhookEndpoints.Create":   "POST /v1/webhook_endpoints",
	"V1WebhookEndpoints.Delete":   "DELETE /v1/webhook_endpoints/{}",
	"V1WebhookEndpoints.List":     "GET /v1/webhook_endpoints",
}

// TestStripeTakesWhatWeSendOfAccounts sends a request of each shape that the payment of homeowners sends to stripe-mock,
// which holds it against Stripe's own description of its API.
func TestStripeTakesWhatWeSendOfAccounts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.connected(t)
	paid := w.pays(t, 100000, "4242424242424242")
	for _, r := range []payment.RefundInput{{Payment: paid.ID, AmountCents: 40000, Note: "Gate was late"}, {Payment: paid.ID, AmountCents: 60000}} {
		if _, err := w.payments.Refund(t.Context(), w.actor(t, testkit.A), r); err != nil {
			t.Fatal(err)
		}
	}
	disputed := w.pays(t, 100000, "4242424242424242")
	if _, err := w.sim.OpenDispute(disputed.ProviderID, 0, "product_not_received"); err != nil {
		t.Fatal(err)
	}
	w.follow(t)
	// Who has no address, and a page whose amount is not due any more.
	w.Exec(t, `UPDATE app.customers SET email = '' WHERE org_id = $1`, testkit.A.ID)
	w.Exec(t, `UPDATE app.quote_links SET kind = 'copy', recipient_email = '' WHERE org_id = $1`, testkit.A.ID)
	for range 2 {
		if _, err := w.payments.RequestPayment(t.Context(), w.actor(t, testkit.A), payment.RequestInput{Acceptance: testkit.A.Acceptance(), AmountCents: 100}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.payments.PayOnline(t.Context(), w.actor(t, testkit.A), "link of a"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.payments.Disconnect(t.Context(), w.actor(t, testkit.A)); err != nil {
		t.Fatal(err)
	}
	w.Exec(t, `UPDATE app.organizations SET email = '' WHERE org_id = $1`, testkit.A.ID)
	if _, err := w.payments.Connect(t.Context(), w.actor(t, testkit.A)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.gateway.SetUpEndpoint(t.Context(), w.hook, false); err != nil { // its secret was lost
		t.Fatal(err)
	}
	stripemock.Adapter{Folder: "internal/business/payment/connectgw", Calls: calls}.Hold(t, &w.recorder)
}
