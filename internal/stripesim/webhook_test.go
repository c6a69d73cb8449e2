package stripesim_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"fenceplatform.com/fence/internal/stripesim"
)

// hearer takes webhooks.
type hearer struct {
	*httptest.Server
	mu     sync.Mutex
	bodies [][]byte
	stamps []string
	answer int
}

func hear(t *testing.T) *hearer {
	t.Helper()
	h := &hearer{answer: http.StatusOK}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.bodies, h.stamps = append(h.bodies, body), append(h.stamps, r.Header.Get("Stripe-Signature"))
		w.WriteHeader(h.answer)
	}))
	t.Cleanup(h.Close)
	return h
}

func (b *bundle) endpoint(h *hearer, change func(*stripe.WebhookEndpointCreateParams)) *stripe.WebhookEndpoint {
	b.Helper()
	params := &stripe.WebhookEndpointCreateParams{URL: stripe.String(h.URL), EnabledEvents: stripe.StringSlice([]string{"*"}), APIVersion: stripe.String(stripe.APIVersion)}
	if change != nil {
		change(params)
	}
	e, err := b.V1WebhookEndpoints.Create(b.Context(), params)
	b.ok(err)
	return e
}

func TestWebhooksAreSigned(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h, few := hear(t), hear(t)
	e := b.endpoint(h, nil)
	other := b.endpoint(few, func(p *stripe.WebhookEndpointCreateParams) {
		p.EnabledEvents = stripe.StringSlice([]string{"invoice.paid"})
	})
	b.subscribe(b.customer("pm_card_visa"), b.growth, nil)
	made := b.sim.Deliver(t.Context())
	if len(h.bodies) < 10 || len(few.bodies) != 1 || len(made) != len(h.bodies)+1 {
		t.Fatalf("%d and %d webhooks, %d attempts", len(h.bodies), len(few.bodies), len(made))
	}
	for n, body := range h.bodies {
		got, err := webhook.ConstructEventIgnoringTolerance(body, h.stamps[n], e.Secret)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := webhook.ConstructEventIgnoringTolerance(body, h.stamps[n], other.Secret); err == nil {
			t.Error("the other endpoint's secret opens it")
		}
		stored, err := b.V1Events.Retrieve(t.Context(), got.ID, nil)
		b.ok(err)
		if stored.Type != got.Type || stored.PendingWebhooks != 0 {
			t.Errorf("%s is stored as %s with %d pending", got.Type, stored.Type, stored.PendingWebhooks)
		}
	}
	if again, err := b.V1WebhookEndpoints.Retrieve(t.Context(), e.ID, nil); err != nil || again.Secret != "" {
		t.Errorf("the secret is shown again, %v", err)
	}
	if len(b.sim.Deliver(t.Context())) != 0 {
		t.Error("sent twice")
	}
}

func TestSecretsRoll(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := hear(t)
	e := b.endpoint(h, nil)
	fresh, err := b.sim.RollSecret(e.ID, time.Hour)
	b.ok(err)
	valid := func(secret string) bool {
		return webhook.ValidatePayloadIgnoringTolerance(h.bodies[len(h.bodies)-1], h.stamps[len(h.stamps)-1], secret) == nil
	}
	b.customer("")
	b.sim.Deliver(t.Context())
	if !valid(e.Secret) || !valid(fresh) {
		t.Error("not both secrets count while they roll")
	}
	b.after(time.Hour)
	b.customer("")
	b.sim.Deliver(t.Context())
	if valid(e.Secret) || !valid(fresh) {
		t.Error("the old secret counts after its end")
	}
}

func TestWebhooksAreSentAgainForThreeDays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := hear(t)
	b.endpoint(h, nil)
	h.answer = http.StatusInternalServerError
	b.customer("")
	began := b.sim.Now()
	b.sim.Deliver(t.Context())
	var gaps []time.Duration
	for {
		at, ok := b.sim.NextDelivery()
		if !ok {
			break
		}
		gaps = append(gaps, at.Sub(began))
		b.sim.Advance(at)
		b.sim.Deliver(t.Context())
	}
	if len(h.bodies) != 11 || gaps[len(gaps)-1] != 3*day || !slices.IsSorted(gaps) {
		t.Errorf("%d attempts at %v, want 11 within three days", len(h.bodies), gaps)
	}
	h.answer = http.StatusOK
	b.customer("")
	b.sim.Deliver(t.Context())
	if _, ok := b.sim.NextDelivery(); ok {
		t.Error("what was taken is sent again")
	}
}

func TestConnectedAccountsHaveTheirOwnEndpoint(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ours, theirs := hear(t), hear(t)
	b.endpoint(ours, nil)
	connected := b.endpoint(theirs, func(p *stripe.WebhookEndpointCreateParams) { p.Connect = stripe.Bool(true) })
	acct, err := b.V1Accounts.Create(t.Context(), &stripe.AccountCreateParams{Type: stripe.String("standard")})
	b.ok(err)
	b.customer("")
	b.ok(b.sim.Onboard(acct.ID))
	b.sim.Deliver(t.Context())
	if len(ours.bodies) != 1 || len(theirs.bodies) != 1 {
		t.Fatalf("%d of ours, %d of theirs", len(ours.bodies), len(theirs.bodies))
	}
	e, err := webhook.ConstructEventIgnoringTolerance(theirs.bodies[0], theirs.stamps[0], connected.Secret)
	b.ok(err)
	if e.Account != acct.ID || e.Type != "account.updated" {
		t.Errorf("%s of %q", e.Type, e.Account)
	}
}

func TestAnotherVersionOfTheAPI(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := hear(t)
	e := b.endpoint(h, func(p *stripe.WebhookEndpointCreateParams) { p.APIVersion = stripe.String("2025-03-31.basil") })
	b.customer("")
	b.sim.Deliver(t.Context())
	if _, err := webhook.ConstructEventIgnoringTolerance(h.bodies[0], h.stamps[0], e.Secret); err == nil {
		t.Error("stripe-go takes an event of another version")
	}
}

// course is what a hearer hears in four months of three customers, by one seed of trouble.
func course(t *testing.T, seed uint64) (log []string, made int) {
	b := setup(t, stripesim.Config{Seed: seed, Chaos: stripesim.Chaos{Duplicate: 0.2, Drop: 0.05, Delay: 0.1, Reorder: true}})
	h := hear(t)
	b.endpoint(h, nil)
	for _, card := range []string{"pm_card_visa", "pm_card_insufficientFundsThenGood", ""} {
		cus := b.customer(card)
		b.subscribe(cus, b.growth, func(p *stripe.SubscriptionCreateParams) { p.TrialEnd = stripe.Int64(b.sim.Now().Add(14 * day).Unix()) })
	}
	end := b.sim.Now().AddDate(0, 4, 0)
	for {
		at, ok := b.sim.NextDue()
		if !ok || at.After(end) {
			break
		}
		b.sim.Advance(at)
		for _, a := range b.sim.Deliver(t.Context()) {
			log = append(log, fmt.Sprintf("%s %s %s %d", a.At.Format(time.RFC3339), a.Type, a.Event, a.Status))
		}
	}
	return log, len(h.bodies)
}

func TestTroubleFollowsFromTheSeed(t *testing.T) {
	t.Parallel()
	one, n := course(t, 11)
	two, _ := course(t, 11)
	other, _ := course(t, 12)
	if !slices.Equal(one, two) {
		t.Error("two runs of one seed differ")
	}
	if slices.Equal(one, other) || n < 100 {
		t.Errorf("another seed gives the same, of %d webhooks", n)
	}
	seen := map[string]int{}
	for _, line := range one {
		seen[line[21:]]++
	}
	twice := 0
	for _, n := range seen {
		if n > 1 {
			twice++
		}
	}
	if twice == 0 {
		t.Error("nothing came twice")
	}
}
