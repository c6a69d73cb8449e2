package stripegw

import (
	"context"
	"fmt"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/platform/id"
)

// orgKey is where a customer at Stripe says whose it is.
const orgKey = "org_id"

// FindCustomer searches by the organization's number. What was made a moment ago may not be found yet; the key of the
// call that made it is what holds meanwhile.
func (c *Client) FindCustomer(ctx context.Context, org id.ID) (string, error) {
	query := &stripe.CustomerSearchParams{}
	query.Query = fmt.Sprintf("metadata['%s']:'%s'", orgKey, org)
	for found, err := range c.stripe.V1Customers.Search(ctx, query).All(ctx) {
		if err != nil {
			return "", fmt.Errorf("search customer: %w", err)
		}
		return found.ID, nil
	}
	return "", nil
}

// CreateCustomer makes one.
func (c *Client) CreateCustomer(ctx context.Context, key string, n billing.NewCustomer) (string, error) {
	params := &stripe.CustomerCreateParams{Name: &n.Name, Email: &n.Email, Metadata: map[string]string{orgKey: n.Org.String()}}
	params.SetIdempotencyKey(key)
	made, err := c.stripe.V1Customers.Create(ctx, params)
	if err != nil {
		return "", fmt.Errorf("create customer: %w", err)
	}
	return made.ID, nil
}
