package stripegw

import (
	"context"
	"errors"
	"fmt"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// AgreedPrice is the price of one company on Enterprise. Its lookup key names the company, so that the same again, also
// after an answer that was lost, is found and not made twice; another amount is another price, to which the key moves.
func (c *Client) AgreedPrice(ctx context.Context, org id.ID, monthly money.Cents) (string, error) {
	key, _ := lookupKeys(billing.Item{Org: org, Plan: plan.Enterprise, Version: plan.CurrentVersion}, false)
	before, err := c.priceOf(ctx, key)
	switch {
	case err == nil && before.UnitAmount == int64(monthly):
		return before.ID, nil
	case errors.Is(err, billing.ErrNoPrice):
		before = &stripe.Price{}
	case err != nil:
		return "", err
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
		Product: &product, LookupKey: &key, TransferLookupKey: stripe.Bool(true), Currency: stripe.String("usd"), UnitAmount: stripe.Int64(int64(monthly)),
		Recurring: &stripe.PriceCreateRecurringParams{Interval: stripe.String("month")}, Metadata: map[string]string{orgKey: org.String(), soldKey: key},
	}
	params.SetIdempotencyKey(fmt.Sprintf("price:%s:%d:after %s", key, int64(monthly), before.ID))
	made, err := c.stripe.V1Prices.Create(ctx, params)
	if err != nil {
		return "", fmt.Errorf("make price %s: %w", key, err)
	}
	return made.ID, nil
}
