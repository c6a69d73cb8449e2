package stripehook_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/api/stripehook"
	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/stripesim"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

const secretKey = "sk_test_simulated"

// world is the product's side of billing, with the simulator as Stripe.
type world struct {
	*testkit.Database
	sim      *stripesim.Sim
	stripe   *stripe.Client
	endpoint *stripe.WebhookEndpoint
	mirror   *billing.Mirror
	worker   *billing.Worker
	accounts *billing.Accounts
	asked    *counted
	hook     string // where webhooks go
	api      string // where the simulator answers
	registry *prometheus.Registry
	prices   map[string]*stripe.Price
}

// counted counts what the provider is asked, and does first what a test wants to happen meanwhile.
type counted struct {
	billing.Provider
	n     atomic.Int64
	first func(customer string) error
}

func (c *counted) Snapshot(ctx context.Context, q billing.Question) (billing.Snapshot, error) {
	c.n.Add(1)
	if c.first != nil {
		if err := c.first(q.Customer); err != nil {
			return billing.Snapshot{}, err
		}
	}
	return c.Provider.Snapshot(ctx, q)
}

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{Database: testkit.NewDatabase(t), sim: stripesim.New(stripesim.Config{Seed: 11, SecretKey: secretKey}), prices: map[string]*stripe.Price{}}
	api := httptest.NewServer(w.sim)
	t.Cleanup(api.Close)
	w.api = api.URL
	w.stripe = stripe.NewClient(secretKey, stripe.WithBackends(stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL: stripe.String(api.URL), MaxNetworkRetries: stripe.Int64(0), EnableTelemetry: stripe.Bool(false), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	})))
	w.mirror = billing.NewMirror(w.System)
	gateway := stripegw.New(secretKey, api.URL)
	w.asked, w.accounts = &counted{Provider: gateway}, billing.NewAccounts(w.mirror, gateway)
	w.worker = billing.NewWorker(w.mirror, w.asked, quiet)
	w.registry = prometheus.NewRegistry()
	var inbox stripegw.Inbox
	var handler http.Handler
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.ServeHTTP(rw, r) }))
	t.Cleanup(hook.Close)
	w.hook = hook.URL
	e, err := w.stripe.V1WebhookEndpoints.Create(t.Context(), &stripe.WebhookEndpointCreateParams{
		URL: stripe.String(w.hook), EnabledEvents: stripe.StringSlice([]string{"*"}), APIVersion: stripe.String(stripe.APIVersion)})
	if err != nil {
		t.Fatal(err)
	}
	w.endpoint, inbox.Secrets = e, []string{e.Secret}
	handler = stripehook.New(inbox, w.mirror, w.sim.Now, w.registry, quiet)
	for key, cents := range map[string]int64{"starter_v1": 4900, "growth_v1": 14900, "extra_user_v1": 1900, "gold_v9": 99900} {
		p, err := w.stripe.V1Prices.Create(t.Context(), &stripe.PriceCreateParams{Currency: stripe.String("usd"), UnitAmount: &cents, LookupKey: &key,
			ProductData: &stripe.PriceCreateProductDataParams{Name: &key}, Recurring: &stripe.PriceCreateRecurringParams{Interval: stripe.String("month")}})
		if err != nil {
			t.Fatal(err)
		}
		w.prices[key] = p
	}
	w.sim.Deliver(t.Context())
	return w
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// customer is one that pays with the card.
func (w *world) customer(t *testing.T, card string) string {
	t.Helper()
	c := must[*stripe.Customer](t)(w.stripe.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{Email: stripe.String("owner@a.example")}))
	m := must[*stripe.PaymentMethod](t)(w.stripe.V1PaymentMethods.Attach(t.Context(), card, &stripe.PaymentMethodAttachParams{Customer: &c.ID}))
	must[*stripe.Customer](t)(w.stripe.V1Customers.Update(t.Context(), c.ID, &stripe.CustomerUpdateParams{InvoiceSettings: &stripe.CustomerUpdateInvoiceSettingsParams{DefaultPaymentMethod: &m.ID}}))
	return c.ID
}

// method is what a customer pays with.
func (w *world) method(t *testing.T, customer string) string {
	t.Helper()
	c := must[*stripe.Customer](t)(w.stripe.V1Customers.Retrieve(t.Context(), customer, nil))
	return c.InvoiceSettings.DefaultPaymentMethod.ID
}

func (w *world) subscribe(t *testing.T, customer, price string) *stripe.Subscription {
	t.Helper()
	return must[*stripe.Subscription](t)(w.stripe.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{Customer: &customer,
		Items: []*stripe.SubscriptionCreateItemParams{{Price: &w.prices[price].ID}}}))
}

// follow delivers every webhook that is due and reads whom they are about.
func (w *world) follow(t *testing.T) {
	t.Helper()
	w.sim.Deliver(t.Context())
	w.drain(t)
}

func (w *world) drain(t *testing.T) {
	t.Helper()
	if err := w.worker.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// status is what the mirror says of a subscription.
func (w *world) status(t *testing.T, subscription string) string {
	t.Helper()
	return testkit.Value[string](t, w.Database, `SELECT coalesce((SELECT status || ' ' || plan FROM platform.subscriptions WHERE id = $1), 'unknown')`, subscription)
}

// mirrored is the whole of a customer's mirror, for comparison.
func (w *world) mirrored(t *testing.T, customer string) string {
	t.Helper()
	return testkit.Value[string](t, w.Database, `SELECT coalesce((SELECT string_agg(s::text, E'\n' ORDER BY id) FROM platform.subscriptions s WHERE customer_id = $1), '')
		|| coalesce((SELECT string_agg(i::text, E'\n' ORDER BY id) FROM platform.invoices i WHERE customer_id = $1), '')`, customer)
}

// post sends a body as Stripe would, signed with a secret at a time, and answers the status.
func (w *world) post(t *testing.T, body, secret string, at time.Time) int {
	t.Helper()
	return w.postSigned(t, body, header(body, secret, at))
}

func header(body, secret string, at time.Time) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

func (w *world) postSigned(t *testing.T, body, signature string) int {
	t.Helper()
	r := must[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodPost, w.hook, bytes.NewReader([]byte(body))))
	if signature != "" {
		r.Header.Set("Stripe-Signature", signature)
	}
	a := must[*http.Response](t)(http.DefaultClient.Do(r))
	_ = a.Body.Close() // it has none
	return a.StatusCode
}

// rejected is how many webhooks were counted with a reason.
func (w *world) rejected(t *testing.T, reason string) int {
	t.Helper()
	found := 0
	for _, family := range must[[]*dto.MetricFamily](t)(w.registry.Gather()) {
		for _, m := range family.GetMetric() {
			if family.GetName() == "stripe_webhook_rejected_total" && m.GetLabel()[0].GetValue() == reason {
				found += int(m.GetCounter().GetValue())
			}
		}
	}
	return found
}

var (
	errAway = errors.New("the provider is away")
	quiet   = slog.New(slog.DiscardHandler)
)

// past is a provider that says what was once true: the state at moment now.
type past struct {
	seen []billing.Snapshot
	now  int
}

func (p *past) Snapshot(context.Context, billing.Question) (billing.Snapshot, error) {
	return p.seen[p.now], nil
}
