package stripehook_test

import (
	"testing"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/stripesim"
	"fenceplatform.com/fence/internal/testkit"
)

// A price that one company agreed on is made once, whatever became of the answer, and its subscription is Enterprise.
func TestAnAgreedPriceIsOneAtStripe(t *testing.T) {
	t.Parallel()
	w := setup(t)
	gateway := stripegw.New(secretKey, w.api)
	for range 4 { // it did what was asked, and the answers were lost
		w.sim.Inject(stripesim.Fault{Kind: stripesim.Reset, Method: "POST", Prefix: "/v1/prices"})
	}
	var price string
	for attempt := 0; price == ""; attempt++ {
		var err error
		if price, err = gateway.AgreedPrice(t.Context(), testkit.A.ID, 49900); err != nil && attempt > 5 {
			t.Fatal(err)
		}
	}
	if again := must[string](t)(gateway.AgreedPrice(t.Context(), testkit.A.ID, 49900)); again != price {
		t.Errorf("asked again it is %s, before %s", again, price)
	}
	for _, other := range []string{
		must[string](t)(gateway.AgreedPrice(t.Context(), testkit.A.ID, 59900)), must[string](t)(gateway.AgreedPrice(t.Context(), testkit.B.ID, 49900)),
	} {
		if other == price {
			t.Errorf("another amount or company has the same price %s", other)
		}
	}
	n := 0
	for p, err := range w.stripe.V1Prices.List(t.Context(), &stripe.PriceListParams{Product: stripe.String("fence_enterprise")}).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; p.Currency != "usd" || p.Recurring == nil || p.Recurring.Interval != "month" {
			t.Errorf("%s is %+v", p.ID, p)
		}
	}
	if n != 3 {
		t.Errorf("%d prices, want 3", n)
	}
	c := w.pays(t, "pm_card_visa")
	must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{Customer: &c, Items: []*stripe.SubscriptionCreateItemParams{{Price: &price}}}))
	w.follow(t)
	if e := w.of(t, testkit.A); e.State != plan.Active || e.Plan.Key != plan.Enterprise || e.Limit(plan.Jobs) != plan.Unlimited {
		t.Errorf("A is %s on %s", e.State, e.Plan.Key)
	}
}
