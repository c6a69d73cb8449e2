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
	newestKept    = 24 // invoices that are read beside the open ones
)

// Client asks Stripe.
type Client struct{ stripe *stripe.Client }

// New makes a client. address is empty for Stripe itself; a simulator has another.
func New(secretKey, address string) *Client {
	return newClient(secretKey, address, &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: connectWithin}).DialContext, TLSHandshakeTimeout: connectWithin,
		ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 8, MaxConnsPerHost: 8, IdleConnTimeout: 90 * time.Second,
	})
}

// Within makes a client of a simulator in this process: no network lies between.
func Within(secretKey string, simulator http.RoundTripper) *Client {
	return newClient(secretKey, "", simulator)
}

func newClient(secretKey, address string, way http.RoundTripper) *Client {
	config := &stripe.BackendConfig{
		HTTPClient:        &http.Client{Timeout: answerWithin, Transport: way},
		MaxNetworkRetries: stripe.Int64(1),
		EnableTelemetry:   stripe.Bool(false),
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull}, // it would repeat what was sent
	}
	if address != "" {
		config.URL = stripe.String(address)
	}
	backends := stripe.NewBackendsWithConfig(config)
	return &Client{stripe.NewClient(secretKey, stripe.WithBackends(backends))}
}

// Snapshot reads all of a customer. One that was deleted is gone, and what it had is read all the same.
func (c *Client) Snapshot(ctx context.Context, customer string) (billing.Snapshot, error) {
	var s billing.Snapshot
	found, err := c.stripe.V1Customers.Retrieve(ctx, customer, whole())
	if missing(err) {
		return billing.Snapshot{Gone: true}, nil
	}
	if err != nil {
		return s, fmt.Errorf("read customer: %w", err)
	}
	s.Gone = found.Deleted
	subscriptions := &stripe.SubscriptionListParams{Customer: &customer, Status: stripe.String("all")}
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
	if s.Invoices, err = c.invoices(ctx, customer); err != nil {
		return s, fmt.Errorf("read invoices: %w", err)
	}
	if err := c.askWhoPays(ctx, s.Invoices); err != nil {
		return s, err
	}
	s.Card = charged(found, all)
	return s, nil
}

// invoices are every open one and the newest.
func (c *Client) invoices(ctx context.Context, customer string) (all []billing.Invoice, err error) {
	known := map[string]bool{}
	collect := func(params *stripe.InvoiceListParams, most int) error {
		for i, err := range c.stripe.V1Invoices.List(ctx, params).All(ctx) {
			if err != nil {
				return err
			}
			if !known[i.ID] {
				known[i.ID] = true
				all = append(all, invoice(i))
			}
			if most--; most == 0 {
				break
			}
		}
		return nil
	}
	if err := collect(&stripe.InvoiceListParams{Customer: &customer, Status: stripe.String("open")}, -1); err != nil {
		return nil, err
	}
	newest := &stripe.InvoiceListParams{Customer: &customer}
	newest.Limit = stripe.Int64(newestKept)
	return all, collect(newest, newestKept)
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
		key, version := sold(item.Price.LookupKey)
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
