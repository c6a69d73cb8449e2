package stripegw

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/money"
)

const (
	connectWithin = 3 * time.Second
	answerWithin  = 10 * time.Second
)

// Client asks Stripe.
type Client struct{ stripe *stripe.Client }

// New makes a client. address is empty for Stripe itself; a simulator has another.
func New(secretKey, address string) *Client {
	return newClient(secretKey, backends(address, &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: connectWithin}).DialContext, TLSHandshakeTimeout: connectWithin,
		ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 8, MaxConnsPerHost: 8, IdleConnTimeout: 90 * time.Second,
	}))
}

// Within makes a client of a simulator in this process: no network lies between.
func Within(secretKey string, simulator http.RoundTripper) *Client {
	return newClient(secretKey, backends("", simulator))
}

// Hurried is Within where time itself is simulated: a second attempt comes at once, since nobody waits for it.
func Hurried(secretKey string, simulator http.RoundTripper) *Client {
	b := backends("", simulator)
	for _, each := range []stripe.Backend{b.API, b.Connect} {
		if s, ok := each.(*stripe.BackendImplementation); ok {
			s.SetNetworkRetriesSleep(false)
		}
	}
	return newClient(secretKey, b)
}

func newClient(secretKey string, b *stripe.Backends) *Client {
	return &Client{stripe.NewClient(secretKey, stripe.WithBackends(b))}
}

func backends(address string, way http.RoundTripper) *stripe.Backends {
	config := &stripe.BackendConfig{
		HTTPClient:        &http.Client{Timeout: answerWithin, Transport: way},
		MaxNetworkRetries: stripe.Int64(1),
		EnableTelemetry:   stripe.Bool(false),
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull}, // it would repeat what was sent
	}
	if address != "" {
		config.URL = stripe.String(address)
	}
	return stripe.NewBackendsWithConfig(config)
}

// Stripe is Stripe's own client, for the adapter of companies' accounts.
func (c *Client) Stripe() *stripe.Client { return c.stripe }

// Snapshot reads a customer. One that was deleted is gone, and what it had is read all the same.
func (c *Client) Snapshot(ctx context.Context, q billing.Question) (billing.Snapshot, error) {
	var s billing.Snapshot
	found, err := c.stripe.V1Customers.Retrieve(ctx, q.Customer, whole())
	if missing(err) {
		return billing.Snapshot{Gone: true}, nil
	}
	if err != nil {
		return s, fmt.Errorf("read customer: %w", err)
	}
	s.Gone = found.Deleted
	subscriptions := &stripe.SubscriptionListParams{Customer: &q.Customer, Status: stripe.String("all")}
	subscriptions.AddExpand("data.default_payment_method")
	var all []*stripe.Subscription
	for sub, err := range c.stripe.V1Subscriptions.List(ctx, subscriptions).All(ctx) {
		if err != nil {
			return s, fmt.Errorf("read subscriptions: %w", err)
		}
		known := subscription(sub)
		if err := c.next(ctx, sub, &known); err != nil {
			return s, err
		}
		s.Subscriptions, all = append(s.Subscriptions, known), append(all, sub)
	}
	if s.Invoices, err = c.invoices(ctx, q); err != nil {
		return s, err
	}
	s.Card, s.CardFingerprint = charged(found, all)
	s.Charges, s.Disputes, err = c.charges(ctx, q)
	return s, err
}

// invoices are those that are not known, and those that were not through.
func (c *Client) invoices(ctx context.Context, q billing.Question) (all []billing.Invoice, err error) {
	list := &stripe.InvoiceListParams{Customer: &q.Customer, CreatedRange: since(q)}
	list.Limit = stripe.Int64(100)
	list.AddExpand("data.payments")
	attempts := map[string]int{} // to collect what is open, by the attempt
	for i, err := range c.stripe.V1Invoices.List(ctx, list).All(ctx) {
		if err != nil {
			return nil, fmt.Errorf("read invoices: %w", err)
		}
		if attempt := underWay(i); attempt != "" {
			attempts[attempt] = len(all)
		}
		all = append(all, invoice(i))
	}
	return all, c.askWhoPays(ctx, q, all, attempts)
}

// since is the part of a customer's time of which something may be new; nil for all of it.
func since(q billing.Question) *stripe.RangeQueryParams {
	if q.Since.IsZero() {
		return nil
	}
	return &stripe.RangeQueryParams{GreaterThanOrEqual: q.Since.Unix()}
}

func missing(err error) bool {
	e, ok := errors.AsType[*stripe.Error](err)
	return ok && e.HTTPStatusCode == http.StatusNotFound
}

func subscription(s *stripe.Subscription) plan.Subscription {
	out := plan.Subscription{
		ID: s.ID, Status: plan.Status(s.Status), CreatedAt: at(s.Created), CancelAt: at(s.CancelAt), CancelAtPeriodEnd: s.CancelAtPeriodEnd,
		CollectionPaused: s.PauseCollection != nil, EndedAt: at(s.EndedAt), PeriodStart: at(s.StartDate), PeriodEnd: at(s.StartDate),
	}
	if s.Items == nil {
		return out
	}
	for _, item := range s.Items.Data {
		out.PeriodStart, out.PeriodEnd = at(item.CurrentPeriodStart), at(item.CurrentPeriodEnd) // all items have one anchor
		if item.Price == nil {
			continue
		}
		key, version := sold(item.Price)
		switch {
		case key == extraUser:
			out.AddOns = append(out.AddOns, plan.AddOn{Name: "Extra people", Metric: plan.Users, Quantity: item.Quantity})
		case key != "":
			out.Plan, out.Version = plan.Key(key), version
		}
	}
	return out
}

const extraUser = "extra_user"

func invoice(i *stripe.Invoice) billing.Invoice {
	out := billing.Invoice{
		ID: i.ID, Number: i.Number, Status: billing.InvoiceStatus(i.Status), Currency: strings.ToUpper(string(i.Currency)),
		TotalCents: money.Cents(i.Total), PaidCents: money.Cents(i.AmountPaid), OpenCents: money.Cents(i.AmountRemaining), Attempts: i.AttemptCount,
		NextAttemptAt: at(i.NextPaymentAttempt), CreatedAt: at(i.Created), PageURL: i.HostedInvoiceURL, PDFURL: i.InvoicePDF,
	}
	if i.StatusTransitions != nil {
		out.FinalizedAt = at(i.StatusTransitions.FinalizedAt)
	}
	if i.CollectionMethod == stripe.InvoiceCollectionMethodSendInvoice {
		out.DueAt = at(i.DueDate)
	}
	if i.Parent != nil && i.Parent.SubscriptionDetails != nil && i.Parent.SubscriptionDetails.Subscription != nil {
		out.SubscriptionID = i.Parent.SubscriptionDetails.Subscription.ID
	}
	return out
}

// at reads Stripe's seconds; zero is no time.
func at(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
