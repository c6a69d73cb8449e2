package stripegw

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/money"
)

// Found is how one thing that the product needs in a Stripe account is, or what was done about it.
type Found struct {
	Thing  string
	State  State
	Detail string
}

// State of a thing in an account.
type State string

// The states. Missing and Different are differences that somebody has to do something about.
const (
	There     State = "there"
	Made      State = "made"
	Changed   State = "changed"
	Missing   State = "missing"
	Different State = "different"
)

// Setup makes in the account what the product needs: products and prices of the catalogue, the portal's configuration,
// the webhook endpoint at address. Without apply it only compares. What is there stays; a price that has another amount
// is told and left, since companies pay it: a new amount is a new version of the catalogue. secret is the endpoint's,
// when it was made: Stripe shows it this once.
func (c *Client) Setup(ctx context.Context, address string, apply bool) (found []Found, secret string, err error) {
	s := &setup{Client: c, apply: apply}
	for _, p := range plan.Priced() {
		s.product(ctx, string(p.Key), "Fence "+p.Name)
		s.price(ctx, string(p.Key), fmt.Sprintf("%s_v%d", p.Key, p.Version), p.MonthlyCents)
		if p.ExtraUser > 0 {
			s.product(ctx, extraUser, "Fence extra person")
			s.price(ctx, extraUser, fmt.Sprintf("%s_v%d", extraUser, p.Version), p.ExtraUser)
		}
	}
	s.portal(ctx)
	s.endpoint(ctx, address)
	return s.found, s.secret, s.err
}

type setup struct {
	*Client
	apply  bool
	found  []Found
	secret string
	err    error // the first; nothing is done after it
}

// note says how a thing is. missing things are made by create, where they are to be.
func (s *setup) note(thing, detail string, exists bool, err error, create func() error) {
	f := Found{Thing: thing, State: There, Detail: detail}
	switch {
	case err != nil:
		s.err = fmt.Errorf("look for %s: %w", thing, err)
		return
	case exists:
	case !s.apply:
		f.State = Missing
	default:
		f.State = Made
		if err := create(); err != nil {
			s.err = fmt.Errorf("make %s: %w", thing, err)
			return
		}
	}
	s.found = append(s.found, f)
}

func productID(key string) string { return "fence_" + key }

func (s *setup) product(ctx context.Context, key, name string) {
	if s.err != nil {
		return
	}
	_, err := s.stripe.V1Products.Retrieve(ctx, productID(key), nil)
	exists := err == nil
	if missing(err) {
		err = nil
	}
	s.note("product "+productID(key), name, exists, err, func() error {
		_, err := s.stripe.V1Products.Create(ctx, &stripe.ProductCreateParams{ID: stripe.String(productID(key)), Name: &name})
		return err
	})
}

func (s *setup) price(ctx context.Context, key, lookupKey string, amount money.Cents) {
	if s.err != nil {
		return
	}
	var there *stripe.Price
	list := &stripe.PriceListParams{LookupKeys: []*string{&lookupKey}}
	for p, err := range s.stripe.V1Prices.List(ctx, list).All(ctx) {
		if err != nil {
			s.err = fmt.Errorf("look for price %s: %w", lookupKey, err)
			return
		}
		there = p
	}
	monthly := func(p *stripe.Price) bool {
		return p.Currency == "usd" && p.Recurring != nil && p.Recurring.Interval == "month" && p.Recurring.IntervalCount == 1 && p.UnitAmount == int64(amount) && p.Active
	}
	s.note("price "+lookupKey, amount.String()+" a month", there != nil, nil, func() error {
		_, err := s.stripe.V1Prices.Create(ctx, &stripe.PriceCreateParams{
			Product: stripe.String(productID(key)), LookupKey: &lookupKey, Currency: stripe.String("usd"), UnitAmount: stripe.Int64(int64(amount)),
			Recurring: &stripe.PriceCreateRecurringParams{Interval: stripe.String("month")},
		})
		return err
	})
	if s.err == nil && there != nil && !monthly(there) {
		s.found[len(s.found)-1] = Found{"price " + lookupKey, Different, fmt.Sprintf("%s has %s, the catalogue %s a month in US dollars; prices are not changed: make a new version of the plan",
			there.ID, money.Cents(there.UnitAmount), amount)}
	}
}

const portalName = "Fence Platform"

// portal lets an owner change the card, see invoices, and cancel at the period's end. Plans are changed on our own
// page, which knows what is used.
func (s *setup) portal(ctx context.Context) {
	if s.err != nil {
		return
	}
	exists := false
	list := &stripe.BillingPortalConfigurationListParams{Active: stripe.Bool(true)}
	for p, err := range s.stripe.V1BillingPortalConfigurations.List(ctx, list).All(ctx) {
		if err != nil {
			s.err = fmt.Errorf("look for the portal: %w", err)
			return
		}
		exists = exists || p.Metadata["made_for"] == portalName
	}
	s.note("portal", "card, invoices, cancel at the period's end", exists, nil, func() error {
		_, err := s.stripe.V1BillingPortalConfigurations.Create(ctx, &stripe.BillingPortalConfigurationCreateParams{
			Metadata: map[string]string{"made_for": portalName},
			Features: &stripe.BillingPortalConfigurationCreateFeaturesParams{
				InvoiceHistory:      &stripe.BillingPortalConfigurationCreateFeaturesInvoiceHistoryParams{Enabled: stripe.Bool(true)},
				PaymentMethodUpdate: &stripe.BillingPortalConfigurationCreateFeaturesPaymentMethodUpdateParams{Enabled: stripe.Bool(true)},
				SubscriptionCancel: &stripe.BillingPortalConfigurationCreateFeaturesSubscriptionCancelParams{
					Enabled: stripe.Bool(true), Mode: stripe.String("at_period_end")},
			},
		})
		return err
	})
}

// endpoint is where Stripe tells us what happens, in the version that we read.
func (s *setup) endpoint(ctx context.Context, address string) {
	if s.err != nil {
		return
	}
	var there *stripe.WebhookEndpoint
	for e, err := range s.stripe.V1WebhookEndpoints.List(ctx, nil).All(ctx) {
		if err != nil {
			s.err = fmt.Errorf("look for the webhook endpoint: %w", err)
			return
		}
		if e.URL == address {
			there = e
		}
	}
	s.note("webhook endpoint", address, there != nil, nil, func() error {
		made, err := s.stripe.V1WebhookEndpoints.Create(ctx, &stripe.WebhookEndpointCreateParams{
			URL: &address, EnabledEvents: stripe.StringSlice(events), APIVersion: stripe.String(stripe.APIVersion)})
		if err == nil {
			s.secret = made.Secret
		}
		return err
	})
	if s.err == nil && there != nil {
		s.compareEndpoint(ctx, there)
	}
}

// ForgetEndpoints deletes every webhook endpoint of the account: for a simulator, whose only one we are.
func (c *Client) ForgetEndpoints(ctx context.Context) error {
	var all []string
	for e, err := range c.stripe.V1WebhookEndpoints.List(ctx, nil).All(ctx) {
		if err != nil {
			return fmt.Errorf("list webhook endpoints: %w", err)
		}
		all = append(all, e.ID)
	}
	for _, one := range all {
		if _, err := c.stripe.V1WebhookEndpoints.Delete(ctx, one, nil); err != nil {
			return fmt.Errorf("delete webhook endpoint %s: %w", one, err)
		}
	}
	return nil
}

func (s *setup) compareEndpoint(ctx context.Context, there *stripe.WebhookEndpoint) {
	last := &s.found[len(s.found)-1]
	if there.APIVersion != stripe.APIVersion { // cannot be changed
		last.State, last.Detail = Different, fmt.Sprintf("%s has API version %q, we read %q: make another endpoint and delete this one", there.URL, there.APIVersion, stripe.APIVersion)
		return
	}
	if there.Status == "enabled" && heard(there.EnabledEvents) == heard(events) {
		return
	}
	last.State, last.Detail = Different, there.URL+" is not told of what we want to hear"
	if !s.apply {
		return
	}
	_, err := s.stripe.V1WebhookEndpoints.Update(ctx, there.ID, &stripe.WebhookEndpointUpdateParams{EnabledEvents: stripe.StringSlice(events), Disabled: stripe.Bool(false)})
	if err != nil {
		s.err = fmt.Errorf("change the webhook endpoint: %w", err)
		return
	}
	last.State, last.Detail = Changed, there.URL
}

// heard are events in one order.
func heard(all []string) string {
	sorted := slices.Clone(all)
	slices.Sort(sorted)
	return strings.Join(slices.Compact(sorted), " ")
}
