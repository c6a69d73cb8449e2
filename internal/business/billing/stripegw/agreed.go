package stripegw

import (
	"context"
	"fmt"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// AgreedPrice is the price of one company on Enterprise. Its lookup key names company and amount, so that the same
// again, also after an answer that was lost, is found and not made twice; another amount is another price.
func (c *Client) AgreedPrice(ctx context.Context, org id.ID, monthly money.Cents) (string, error) {
	key := fmt.Sprintf("%s_v%d_%s_%d", plan.Enterprise, plan.CurrentVersion, org, int64(monthly))
	for p, err := range c.stripe.V1Prices.List(ctx, &stripe.PriceListParams{LookupKeys: []*string{&key}, Active: stripe.Bool(true)}).All(ctx) {
		if err != nil {
			return "", fmt.Errorf("look for price %s: %w", key, err)
		}
		return p.ID, nil
	}
	product := productID(string(plan.Enterprise))
	if _, err := c.stripe.V1Products.Retrieve(ctx, product, nil); missing(err) {
		made := &stripe.ProductCreateParams{ID: &product, Name: stripe.String("Fence Enterprise")}
		made.SetIdempotencyKey("product:" + product)
		if _, err := c.stripe.V1Products.Create(ctx, made); err != nil {
			return "", fmt.Errorf("make product %s: %w", product, err)
		}
	} else if err != nil {
		return "", fmt.Errorf("look for product %s: %w", product, err)
	}
	params := &stripe.PriceCreateParams{
		Product: &product, LookupKey: &key, Currency: stripe.String("usd"), UnitAmount: stripe.Int64(int64(monthly)),
		Recurring: &stripe.PriceCreateRecurringParams{Interval: stripe.String("month")}, Metadata: map[string]string{orgKey: org.String()},
	}
	params.SetIdempotencyKey("price:" + key)
	made, err := c.stripe.V1Prices.Create(ctx, params)
	if err != nil {
		return "", fmt.Errorf("make price %s: %w", key, err)
	}
	return made.ID, nil
}
