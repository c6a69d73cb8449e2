package stripesim_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v85"
)

// shapes are stripe-go's types by what objects call themselves. They come from Stripe's own description of the API.
var shapes = map[string]reflect.Type{
	"product": reflect.TypeFor[stripe.Product](), "price": reflect.TypeFor[stripe.Price](), "customer": reflect.TypeFor[stripe.Customer](), "payment_method": reflect.TypeFor[stripe.PaymentMethod](),
	"setup_intent": reflect.TypeFor[stripe.SetupIntent](), "payment_intent": reflect.TypeFor[stripe.PaymentIntent](), "charge": reflect.TypeFor[stripe.Charge](), "refund": reflect.TypeFor[stripe.Refund](),
	"dispute": reflect.TypeFor[stripe.Dispute](), "subscription": reflect.TypeFor[stripe.Subscription](), "subscription_item": reflect.TypeFor[stripe.SubscriptionItem](),
	"subscription_schedule": reflect.TypeFor[stripe.SubscriptionSchedule](), "invoice": reflect.TypeFor[stripe.Invoice](), "line_item": reflect.TypeFor[stripe.InvoiceLineItem](),
	"invoiceitem": reflect.TypeFor[stripe.InvoiceItem](), "invoice_payment": reflect.TypeFor[stripe.InvoicePayment](), "checkout.session": reflect.TypeFor[stripe.CheckoutSession](),
	"billing_portal.session": reflect.TypeFor[stripe.BillingPortalSession](), "billing_portal.configuration": reflect.TypeFor[stripe.BillingPortalConfiguration](), "account": reflect.TypeFor[stripe.Account](),
	"event": reflect.TypeFor[stripe.Event](), "test_helpers.test_clock": reflect.TypeFor[stripe.TestHelpersTestClock](), "webhook_endpoint": reflect.TypeFor[stripe.WebhookEndpoint](),
}

// beyond is what Stripe sends and stripe-go leaves out.
var beyond = map[string]bool{"charge.source": true, "payment_intent.source": true}

// leftOut are parts of objects of which a billing product reads nothing, and which we do not fill. "invoice.id" is what
// invoice.upcoming has not.
var leftOut = []string{
	"account.business_profile.", "account.settings.", "billing_portal.configuration.features.payment_method_update.", "billing_portal.configuration.features.subscription_update.",
	"charge.payment_method_details.", "checkout.session.custom_text.", "customer.sources", "dispute.balance_transactions.", "dispute.evidence", "invoice.id", "subscription_schedule.default_settings.",
}

func missed(field string) bool {
	return !slices.ContainsFunc(leftOut, func(prefix string) bool { return strings.HasPrefix(field, prefix) })
}

// compare holds a value against the type that it is decoded into: it has no field that the type lacks, and lacks none that
// the type always has.
func compare(complain func(string), path string, v any, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := v.(type) {
	case []any:
		if t.Kind() == reflect.Slice {
			for _, one := range v {
				compare(complain, path, one, t.Elem())
			}
		}
	case map[string]any:
		if known, ok := shapes[str(v["object"])]; ok {
			t, path = known, str(v["object"])
		}
		if t.Kind() == reflect.Struct {
			compareFields(complain, path, v, t)
		}
	}
}

func str(v any) string { s, _ := v.(string); return s }

func compareFields(complain func(string), path string, v map[string]any, t reflect.Type) {
	if v["object"] == "list" {
		for _, one := range list(v["data"]) {
			compare(complain, path, one, reflect.TypeFor[struct{}]())
		}
		return
	}
	has := map[string]bool{}
	tags(t, func(name string, always bool, of reflect.Type) {
		has[name] = true
		value, there := v[name]
		if there {
			compare(complain, path+"."+name, value, of)
		} else if always && missed(path+"."+name) {
			complain(path + "." + name + " is not there")
		}
	})
	for name := range v {
		if !has[name] && !beyond[path+"."+name] && len(has) > 0 {
			complain(path + "." + name + " is unknown to stripe-go")
		}
	}
}

// tags calls back for every field of a struct, also of those that it embeds.
func tags(t reflect.Type, each func(name string, always bool, of reflect.Type)) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			tags(f.Type, each)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			each(name, !strings.Contains(options, "omitempty"), f.Type)
		}
	}
}

// TestObjectsHaveTheFieldsOfTheAPI looks at every object of a busy quarter, in events and in answers.
func TestObjectsHaveTheFieldsOfTheAPI(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := hear(t)
	b.endpoint(h, nil)
	acct, err := b.V1Accounts.Create(t.Context(), &stripe.AccountCreateParams{Type: stripe.String("standard")})
	b.ok(err)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.starter, nil)
	_, err = b.V1SubscriptionSchedules.Create(t.Context(), &stripe.SubscriptionScheduleCreateParams{FromSubscription: &s.ID})
	b.ok(err)
	b.card(cus, "pm_card_authenticationRequired")
	b.update(s, &stripe.SubscriptionUpdateParams{Items: to(s, b.growth), ProrationBehavior: stripe.String("always_invoice"), PaymentBehavior: stripe.String("pending_if_incomplete")})
	b.trial(b.customer(""), "pause")
	b.subscribe(b.customer("pm_card_chargeCustomerFail"), b.growth, nil)
	pi := b.pay(5000, "pm_card_createDispute")
	_, err = b.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: &b.pay(5000, "pm_card_refundFail").ID})
	b.ok(err)
	cs := b.checkout(nil)
	_, err = b.sim.PayCheckout(cs.ID, "pm_card_visa", "")
	b.ok(err)
	_, err = b.V1SetupIntents.Create(t.Context(), &stripe.SetupIntentCreateParams{Customer: &cus.ID})
	b.ok(err)
	_, err = b.V1BillingPortalSessions.Create(t.Context(), &stripe.BillingPortalSessionCreateParams{Customer: &cus.ID})
	b.ok(err)
	b.after(20 * day)
	found := map[string]bool{}
	look := func(body string) {
		var v map[string]any
		b.ok(json.Unmarshal([]byte(body), &v))
		compare(func(what string) { found[what] = true }, "", v, reflect.TypeFor[struct{}]())
		for _, one := range list(v["data"]) {
			compare(func(what string) { found[what] = true }, "", one, reflect.TypeFor[struct{}]())
			if data, ok := one.(map[string]any)["data"].(map[string]any); ok { // an event
				compare(func(what string) { found[what] = true }, "", data["object"], reflect.TypeFor[struct{}]())
			}
		}
	}
	for _, path := range []string{
		"/v1/events?limit=100", "/v1/products", "/v1/prices", "/v1/customers", "/v1/charges", "/v1/payment_intents", "/v1/setup_intents", "/v1/refunds", "/v1/disputes", "/v1/subscriptions?status=all",
		"/v1/subscription_schedules", "/v1/invoices?expand[]=data.payments", "/v1/invoiceitems", "/v1/invoice_payments", "/v1/checkout/sessions", "/v1/billing_portal/configurations", "/v1/accounts/" + acct.ID,
		"/v1/webhook_endpoints", "/v1/payment_methods?customer=" + cus.ID, "/v1/payment_intents/" + pi.ID + "?expand[]=latest_charge",
	} {
		answer, body := b.raw("GET", path, "")
		if answer.StatusCode != 200 {
			t.Fatalf("%s: %s", path, body)
		}
		look(body)
	}
	for what := range found {
		t.Error(what)
	}
}

func list(v any) []any { all, _ := v.([]any); return all }
