package stripegw

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// actKey is where what we made says what it was made for.
const actKey = "act"

// yearly ends the lookup key of a price that is paid once a year.
const yearly = "_year"

// lookupKeys are the names of an item's prices: of the plan and, where people cost more, of an extra person.
func lookupKeys(i billing.Item, eachYear bool) (ofPlan, ofExtra string) {
	ofPlan = fmt.Sprintf("%s_v%d", i.Plan, i.Version)
	if i.Plan == plan.Enterprise { // each company has a price of its own
		ofPlan += "_" + i.Org.String()
	}
	if p, err := plan.Lookup(i.Plan, i.Version); err == nil && p.ExtraUser > 0 {
		ofExtra = fmt.Sprintf("%s_v%d", extraUser, i.Version)
	}
	if eachYear {
		ofPlan += yearly
		if ofExtra != "" {
			ofExtra += yearly
		}
	}
	return ofPlan, ofExtra
}

// priceOf finds a price by its lookup key.
func (c *Client) priceOf(ctx context.Context, key string) (*stripe.Price, error) {
	list := &stripe.PriceListParams{LookupKeys: []*string{&key}, Active: stripe.Bool(true)}
	for p, err := range c.stripe.V1Prices.List(ctx, list).All(ctx) {
		if err != nil {
			return nil, trouble("look for price "+key, err)
		}
		return p, nil
	}
	return nil, fmt.Errorf("price %s: %w", key, billing.ErrNoPrice)
}

// priced is an item with the ids of its prices.
type priced struct{ plan, extra *stripe.Price }

func (c *Client) prices(ctx context.Context, i billing.Item, eachYear bool) (p priced, err error) {
	ofPlan, ofExtra := lookupKeys(i, eachYear)
	if p.plan, err = c.priceOf(ctx, ofPlan); err != nil || ofExtra == "" {
		return p, err
	}
	p.extra, err = c.priceOf(ctx, ofExtra)
	return p, err
}

// Offer reads prices and the customer's currency.
func (c *Client) Offer(ctx context.Context, customer string, i billing.Item) (o billing.Offer, err error) {
	p, err := c.prices(ctx, i, false)
	if err != nil {
		return o, err
	}
	o = billing.Offer{Cents: money.Cents(p.plan.UnitAmount), Currency: strings.ToUpper(string(p.plan.Currency))}
	if p.plan.Recurring != nil {
		o.Yearly = p.plan.Recurring.Interval == stripe.PriceRecurringIntervalYear
	}
	if p.extra != nil {
		o.ExtraCents = money.Cents(p.extra.UnitAmount)
		if p.plan.Currency == stripe.CurrencyUSD {
			o.Currency = strings.ToUpper(string(p.extra.Currency))
		}
	}
	if customer == "" {
		return o, nil
	}
	found, err := c.stripe.V1Customers.Retrieve(ctx, customer, nil)
	if err != nil {
		return o, trouble("read customer", err)
	}
	o.CustomerCurrency = strings.ToUpper(string(found.Currency))
	return o, nil
}

// OpenCheckout makes a page for a subscription. It names the act, so that it is found when its answer is lost.
func (c *Client) OpenCheckout(ctx context.Context, key string, n billing.NewCheckout) (billing.Checkout, error) {
	p, err := c.prices(ctx, n.Item, false)
	if err != nil {
		return billing.Checkout{}, err
	}
	named := map[string]string{actKey: n.Act.String(), orgKey: n.Item.Org.String()}
	params := &stripe.CheckoutSessionCreateParams{
		Mode: stripe.String("subscription"), Customer: &n.Customer, ClientReferenceID: stripe.String(n.Item.Org.String()), Metadata: named,
		SuccessURL: &n.Paid, CancelURL: &n.Left, ExpiresAt: stripe.Int64(n.Expires.Unix()), PaymentMethodCollection: stripe.String("always"),
		LineItems:        []*stripe.CheckoutSessionCreateLineItemParams{{Price: &p.plan.ID, Quantity: stripe.Int64(1)}},
		SubscriptionData: &stripe.CheckoutSessionCreateSubscriptionDataParams{Metadata: named},
	}
	if n.Item.ExtraUsers > 0 && p.extra != nil {
		params.LineItems = append(params.LineItems, &stripe.CheckoutSessionCreateLineItemParams{Price: &p.extra.ID, Quantity: &n.Item.ExtraUsers})
	}
	if !n.TrialEnd.IsZero() {
		params.SubscriptionData.TrialEnd = stripe.Int64(n.TrialEnd.Unix())
	}
	params.SetIdempotencyKey(key)
	made, err := c.stripe.V1CheckoutSessions.Create(ctx, params)
	if err != nil {
		return billing.Checkout{}, trouble("open checkout", err)
	}
	return checkout(made), nil
}

// FindCheckout looks through the customer's, the newest first.
func (c *Client) FindCheckout(ctx context.Context, customer string, act id.ID) (billing.Checkout, error) {
	for s, err := range c.stripe.V1CheckoutSessions.List(ctx, &stripe.CheckoutSessionListParams{Customer: &customer}).All(ctx) {
		if err != nil {
			return billing.Checkout{}, trouble("look for checkout", err)
		}
		if s.Metadata[actKey] == act.String() {
			return checkout(s), nil
		}
	}
	return billing.Checkout{}, fault.Missing()
}

// Checkout reads a session. To end one that has ended meanwhile is no mistake: what it became is read.
func (c *Client) Checkout(ctx context.Context, session string, end bool) (billing.Checkout, error) {
	if end {
		if ended, err := c.stripe.V1CheckoutSessions.Expire(ctx, session, nil); err == nil {
			return checkout(ended), nil
		}
	}
	s, err := c.stripe.V1CheckoutSessions.Retrieve(ctx, session, nil)
	if err != nil {
		return billing.Checkout{}, trouble("read checkout", err)
	}
	return checkout(s), nil
}

func checkout(s *stripe.CheckoutSession) billing.Checkout {
	return billing.Checkout{ID: s.ID, URL: s.URL, State: billing.CheckoutState(s.Status), ExpiresAt: at(s.ExpiresAt)}
}

// Portal opens Stripe's own page of card, address and invoices, as fence stripe setup configured it where it did.
func (c *Client) Portal(ctx context.Context, customer, back string) (string, error) {
	params := &stripe.BillingPortalSessionCreateParams{Customer: &customer, ReturnURL: &back}
	for p, err := range c.stripe.V1BillingPortalConfigurations.List(ctx, &stripe.BillingPortalConfigurationListParams{Active: stripe.Bool(true)}).All(ctx) {
		if err != nil {
			return "", trouble("look for the portal", err)
		}
		if p.Metadata["made_for"] == portalName {
			params.Configuration = &p.ID
			break
		}
	}
	s, err := c.stripe.V1BillingPortalSessions.Create(ctx, params)
	if err != nil {
		return "", trouble("open the portal", err)
	}
	return s.URL, nil
}

// soldKey is where a price that a company agreed on keeps its lookup key, which moves to the next one it agrees on.
const soldKey = "sold"

// sold is what a price is of: a plan or an extra person, and the version of the catalogue. Nothing for another.
func sold(p *stripe.Price) (key string, version int) {
	if p.LookupKey != "" {
		return named(p.LookupKey)
	}
	return named(p.Metadata[soldKey])
}

func named(lookupKey string) (key string, version int) {
	key, rest, _ := strings.Cut(strings.TrimSuffix(lookupKey, yearly), "_v")
	number, _, ofOne := strings.Cut(rest, "_")
	version, err := strconv.Atoi(number)
	if err != nil || ofOne && plan.Key(key) != plan.Enterprise {
		return "", 0
	}
	if key != extraUser {
		if _, err := plan.Lookup(plan.Key(key), version); err != nil {
			return "", 0
		}
	}
	return key, version
}

// until is a time as Stripe takes it.
func until(t time.Time) *int64 { return stripe.Int64(t.Unix()) }
