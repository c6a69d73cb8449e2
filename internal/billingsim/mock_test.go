package billingsim

import (
	"errors"
	"testing"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/stripemock"
)

// calls are the operations of Stripe's client that stripegw uses, and what each sends.
var calls = map[string]string{
	"V1BillingPortalConfigurations.Create": "POST /v1/billing_portal/configurations",
	"V1BillingPortalConfigurations.List":   "GET /v1/billing_portal/configurations",
	"V1BillingPortalSessions.Create":       "POST /v1/billing_portal/sessions",
	"V1Charges.List":                       "GET /v1/charges",
	"V1CheckoutSessions.Create":            "POST /v1/checkout/sessions",
	"V1CheckoutSessions.Expire":            "POST /v1/checkout/sessions/{}/expire",
	"V1CheckoutSessions.List":              "GET /v1/checkout/sessions",
	"V1CheckoutSessions.Retrieve":          "GET /v1/checkout/sessions/{}",
	"V1Customers.Create":                   "POST /v1/customers",
	"V1Customers.Retrieve":                 "GET /v1/customers/{}",
	"V1Customers.Search":                   "GET /v1/customers/search",
	"V1Disputes.List":                      "GET /v1/disputes",
	"V1InvoicePayments.List":               "GET /v1/invoice_payments",
	"V1Invoices.CreatePreview":             "POST /v1/invoices/create_preview",
	"V1Invoices.List":                      "GET /v1/invoices",
	"V1Invoices.VoidInvoice":               "POST /v1/invoices/{}/void",
	"V1PaymentIntents.List":                "GET /v1/payment_intents",
	"V1Prices.Create":                      "POST /v1/prices",
	"V1Prices.List":                        "GET /v1/prices",
	"V1Prices.Retrieve":                    "GET /v1/prices/{}",
	"V1Products.Create":                    "POST /v1/products",
	"V1Products.Retrieve":                  "GET /v1/products/{}",
	"V1SubscriptionSchedules.Create":       "POST /v1/subscription_schedules",
	"V1SubscriptionSchedules.Release":      "POST /v1/subscription_schedules/{}/release",
	"V1SubscriptionSchedules.Retrieve":     "GET /v1/subscription_schedules/{}",
	"V1SubscriptionSchedules.Update":       "POST /v1/subscription_schedules/{}",
	"V1Subscriptions.Cancel":               "DELETE /v1/subscriptions/{}",
	"V1Subscriptions.List":                 "GET /v1/subscriptions",
	"V1Subscriptions.Retrieve":             "GET /v1/subscriptions/{}",
	"V1Subscriptions.Update":               "POST /v1/subscriptions/{}",
	"V1WebhookEndpoints.Create":            "POST /v1/webhook_endpoints",
	"V1WebhookEndpoints.Delete":            "DELETE /v1/webhook_endpoints/{}",
	"V1WebhookEndpoints.List":              "GET /v1/webhook_endpoints",
	"V1WebhookEndpoints.Update":            "POST /v1/webhook_endpoints/{}",
}

// TestStripeTakesWhatWeSend sends a request of each shape that our code sends anywhere in the courses to stripe-mock,
// which holds it against Stripe's own description of its API.
func TestStripeTakesWhatWeSend(t *testing.T) {
	t.Parallel()
	r := &stripemock.Recorder{}
	g := newGround(t)
	for seed := range uint64(2) {
		c := newCourse(t.Context(), g, seed+1, "", 6)
		c.recorder = r
		if err := c.play(); err != nil {
			t.Fatal(err)
		}
		c.sendTheRest(t)
	}
	stripemock.Adapter{Folder: "internal/business/billing/stripegw", Calls: calls}.Hold(t, r)
}

// A customer is read, as Stripe's description has it, with what a card is known again by.
func TestCardsAreKnownAgain(t *testing.T) {
	t.Parallel()
	s, err := stripegw.Within("sk_test_123", stripemock.Answering(t)).Snapshot(t.Context(), billing.Question{Customer: "cus_1"})
	if err != nil || s.Card.Last4 == "" || s.CardFingerprint == "" {
		t.Errorf("the card %+v is known by %q, %v", s.Card, s.CardFingerprint, err)
	}
}

// sendTheRest asks for what owners do seldom.
func (c *course) sendTheRest(t *testing.T) {
	t.Helper()
	c.trouble = false
	endpoint := c.call("GET", "/v1/webhook_endpoints").Data[0]
	c.call("POST", "/v1/webhook_endpoints/"+endpoint.ID, "enabled_events[0]", "invoice.paid")
	if _, _, err := c.gateway.Setup(c.ctx, "http://apex.invalid"+stripegw.WebhookPath, true); err != nil {
		t.Fatal(err)
	}
	var co *company
	for _, of := range c.companies {
		if of.customer() != "" && !c.call("GET", "/v1/customers/"+of.customer()).Deleted {
			co = of
		}
	}
	if co == nil {
		t.Fatal("no company is a customer")
	}
	asOwner := func(do func(a tenancy.Actor) error) {
		t.Helper()
		if err := errors.Join(c.mirror.ReadAgain(c.ctx, co.customer()), c.round()); err != nil {
			t.Fatal(err)
		}
		a, err := c.owner(co)
		if err == nil {
			err = do(a)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	alone := func() {
		for _, s := range c.all("/v1/subscriptions", "customer", co.customer()) {
			c.call("DELETE", "/v1/subscriptions/"+s.ID)
		}
	}
	pays := func(card string) {
		m := c.call("POST", "/v1/payment_methods/"+card+"/attach", "customer", co.customer())
		c.call("POST", "/v1/customers/"+co.customer(), "invoice_settings[default_payment_method]", m.ID)
	}
	choose := func(key plan.Key) func(tenancy.Actor) error {
		return func(a tenancy.Actor) error {
			shown, err := c.service.Consider(c.ctx, a, billing.ChooseInput{Plan: key})
			if err == nil {
				_, err = c.service.Choose(c.ctx, a, billing.ChooseInput{Plan: key, CountsFrom: shown.CountsFrom, Due: shown.Preview.Due})
			}
			return err
		}
	}
	undo := func(a tenancy.Actor) error { return c.service.Undo(c.ctx, a) }
	// A page that is opened and left.
	alone()
	asOwner(choose(plan.Growth))
	asOwner(func(a tenancy.Actor) error { return c.service.DropCheckout(c.ctx, a) })
	if _, err := c.gateway.FindCheckout(c.ctx, co.customer(), id.New()); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a page that nobody opened: %v", err)
	}
	asOwner(func(a tenancy.Actor) error { _, err := c.service.Portal(c.ctx, a); return err })
	// A change that waits for a payment, and is taken back.
	pays("pm_card_visa")
	c.call("POST", "/v1/subscriptions", "customer", co.customer(), "items[0][price]", c.prices["starter_v1"])
	pays("pm_card_chargeCustomerFail")
	asOwner(choose(plan.Growth))
	asOwner(undo)
	// A smaller plan from the next period on, and that taken back.
	alone()
	pays("pm_card_visa")
	c.call("POST", "/v1/subscriptions", "customer", co.customer(), "items[0][price]", c.prices["growth_v1"])
	for _, ch := range c.call("GET", "/v1/charges", "customer", co.customer()).Data {
		_, _ = c.sim.OpenDispute(ch.ID, 0, "fraudulent") // one that was declined is not disputed
	}
	asOwner(choose(plan.Starter))
	asOwner(undo)
	// The end of a plan that is unpaid.
	alone()
	c.call("POST", "/v1/subscriptions", "customer", co.customer(), "items[0][price]", c.prices["starter_v1"], "collection_method", "send_invoice", "days_until_due", "1")
	c.pass(2 * day)
	asOwner(func(a tenancy.Actor) error { _, err := c.service.Cancel(c.ctx, a); return err })
	if err := c.gateway.ForgetEndpoints(c.ctx); err != nil {
		t.Fatal(err)
	}
}
