package stripesim_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"
	"go.uber.org/goleak"

	"fenceplatform.com/fence/internal/stripesim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const day = 24 * time.Hour

// bundle is a simulator with Stripe's own client pointed at it.
type bundle struct {
	*testing.T
	sim    *stripesim.Sim
	server *httptest.Server
	*stripe.Client

	starter, growth, enterprise, seat, yearly *stripe.Price
}

// connect makes a client that speaks to a simulator as it would to Stripe.
func connect(t *testing.T, address string, retries int64) *stripe.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	config := &stripe.BackendConfig{
		URL: stripe.String(address), MaxNetworkRetries: stripe.Int64(retries), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull}, EnableTelemetry: stripe.Bool(false),
		HTTPClient: &http.Client{Transport: transport},
	}
	backends := &stripe.Backends{
		API: stripe.GetBackendWithConfig(stripe.APIBackend, config), Connect: stripe.GetBackendWithConfig(stripe.ConnectBackend, config), Uploads: stripe.GetBackendWithConfig(stripe.UploadsBackend, config),
	}
	return stripe.NewClient("sk_test_simulated", stripe.WithBackends(backends))
}

func serve(t *testing.T, config stripesim.Config) *bundle {
	t.Helper()
	if config.Seed == 0 {
		config.Seed = 7
	}
	b := &bundle{T: t, sim: stripesim.New(config)}
	b.server = httptest.NewServer(b.sim)
	t.Cleanup(b.server.Close)
	b.Client = connect(t, b.server.URL, 0)
	return b
}

// setup is a simulator with the catalogue of a product in it.
func setup(t *testing.T, configs ...stripesim.Config) *bundle {
	t.Helper()
	config := stripesim.Config{}
	if len(configs) > 0 {
		config = configs[0]
	}
	b := serve(t, config)
	b.starter, b.growth, b.enterprise = b.price("Starter", 4900, "month"), b.price("Growth", 14900, "month"), b.price("Enterprise", 99900, "month")
	b.seat, b.yearly = b.price("Seat", 1900, "month"), b.price("Growth by the year", 149000, "year")
	return b
}

func (b *bundle) price(name string, amount int64, every string) *stripe.Price {
	b.Helper()
	p, err := b.V1Prices.Create(b.Context(), &stripe.PriceCreateParams{
		Currency: stripe.String("usd"), UnitAmount: stripe.Int64(amount), ProductData: &stripe.PriceCreateProductDataParams{Name: stripe.String(name)},
		Recurring: &stripe.PriceCreateRecurringParams{Interval: stripe.String(every)},
	})
	b.ok(err)
	return p
}

func (b *bundle) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// refused is the error that Stripe's client made of a refusal.
func (b *bundle) refused(err error, status int, code string) *stripe.Error {
	b.Helper()
	e, ok := errors.AsType[*stripe.Error](err)
	if !ok {
		b.Fatalf("got %v, want a refusal %d %s", err, status, code)
	}
	if e.HTTPStatusCode != status || string(e.Code) != code {
		b.Fatalf("refused with %d %s (%s), want %d %s", e.HTTPStatusCode, e.Code, e.Msg, status, code)
	}
	return e
}

// customer is one with a test card as default; none with an empty card.
func (b *bundle) customer(card string) *stripe.Customer {
	b.Helper()
	cus, err := b.V1Customers.Create(b.Context(), &stripe.CustomerCreateParams{Email: stripe.String("owner@acme.example"), Name: stripe.String("Acme Fence")})
	b.ok(err)
	if card != "" {
		b.card(cus, card)
	}
	return cus
}

// card makes a test card a customer's default.
func (b *bundle) card(cus *stripe.Customer, card string) *stripe.PaymentMethod {
	b.Helper()
	m, err := b.V1PaymentMethods.Attach(b.Context(), card, &stripe.PaymentMethodAttachParams{Customer: &cus.ID})
	b.ok(err)
	_, err = b.V1Customers.Update(b.Context(), cus.ID, &stripe.CustomerUpdateParams{InvoiceSettings: &stripe.CustomerUpdateInvoiceSettingsParams{DefaultPaymentMethod: &m.ID}})
	b.ok(err)
	return m
}

// subscribe starts a subscription; change may say more about it.
func (b *bundle) subscribe(cus *stripe.Customer, price *stripe.Price, change func(*stripe.SubscriptionCreateParams)) *stripe.Subscription {
	b.Helper()
	params := &stripe.SubscriptionCreateParams{Customer: &cus.ID, Items: []*stripe.SubscriptionCreateItemParams{{Price: &price.ID}}}
	if change != nil {
		change(params)
	}
	s, err := b.V1Subscriptions.Create(b.Context(), params)
	b.ok(err)
	return s
}

func (b *bundle) subscription(id string) *stripe.Subscription {
	b.Helper()
	params := &stripe.SubscriptionRetrieveParams{}
	params.AddExpand("latest_invoice.payments")
	s, err := b.V1Subscriptions.Retrieve(b.Context(), id, params)
	b.ok(err)
	return s
}

func (b *bundle) update(s *stripe.Subscription, params *stripe.SubscriptionUpdateParams) *stripe.Subscription {
	b.Helper()
	s, err := b.V1Subscriptions.Update(b.Context(), s.ID, params)
	b.ok(err)
	return s
}

func (b *bundle) invoice(id string) *stripe.Invoice {
	b.Helper()
	params := &stripe.InvoiceRetrieveParams{}
	params.AddExpand("payments")
	inv, err := b.V1Invoices.Retrieve(b.Context(), id, params)
	b.ok(err)
	return inv
}

// invoices are those of a customer, oldest first.
func (b *bundle) invoices(cus *stripe.Customer) (all []*stripe.Invoice) {
	b.Helper()
	for inv, err := range b.V1Invoices.List(b.Context(), &stripe.InvoiceListParams{Customer: &cus.ID}).All(b.Context()) {
		b.ok(err)
		all = append(all, inv)
	}
	slices.Reverse(all)
	return all
}

// intent is what pays an invoice.
func (b *bundle) intent(inv *stripe.Invoice) *stripe.PaymentIntent {
	b.Helper()
	inv = b.invoice(inv.ID)
	if inv.Payments == nil || len(inv.Payments.Data) == 0 {
		b.Fatalf("invoice %s has no payment", inv.ID)
	}
	pi, err := b.V1PaymentIntents.Retrieve(b.Context(), inv.Payments.Data[0].Payment.PaymentIntent.ID, nil)
	b.ok(err)
	return pi
}

func (b *bundle) status(s *stripe.Subscription, want stripe.SubscriptionStatus) *stripe.Subscription {
	b.Helper()
	s = b.subscription(s.ID)
	if s.Status != want {
		b.Fatalf("%v: the subscription is %s, want %s", b.sim.Now(), s.Status, want)
	}
	return s
}

func (b *bundle) after(d time.Duration) {
	b.Helper()
	b.sim.Advance(b.sim.Now().Add(d))
}

// events are the types of all events, oldest first, that begin as one of those named.
func (b *bundle) events(prefixes ...string) (types []string) {
	b.Helper()
	for e, err := range b.V1Events.List(b.Context(), &stripe.EventListParams{ListParams: stripe.ListParams{Limit: stripe.Int64(100)}}).All(b.Context()) {
		b.ok(err)
		if len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(string(e.Type), p) }) {
			types = append(types, string(e.Type))
		}
	}
	slices.Reverse(types)
	return types
}

// count is how many events of a type there were.
func (b *bundle) count(kind string) (n int) {
	b.Helper()
	for _, e := range b.events(kind) {
		if e == kind {
			n++
		}
	}
	return n
}

func (b *bundle) counted(kind string, want int) {
	b.Helper()
	if n := b.count(kind); n != want {
		b.Errorf("%d × %s, want %d", n, kind, want)
	}
}
