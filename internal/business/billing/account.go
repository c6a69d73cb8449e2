package billing

import (
	"context"
	"fmt"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/halt"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// OpenAccount is the task that makes a company a customer at the payment provider. Signing up waits for no provider.
type OpenAccount struct {
	OrgID id.ID `json:"org_id"`
}

// Kind implements tasks.Args.
func (OpenAccount) Kind() string { return "billing_open_account" }

// Organization implements tasks.Args.
func (t OpenAccount) Organization() id.ID { return t.OrgID }

// Register keeps the provider's customers.
type Register interface {
	// FindCustomer is the customer that was made for an organization; empty when there is none.
	FindCustomer(ctx context.Context, org id.ID) (customer string, err error)
	// CreateCustomer makes one. The same key again within a day gives the same one.
	CreateCustomer(ctx context.Context, key string, c NewCustomer) (customer string, err error)
}

// NewCustomer is a company as the provider should know it.
type NewCustomer struct {
	Org         id.ID
	Name, Email string
}

// Accounts makes companies customers of the provider, each once.
type Accounts struct {
	mirror   *Mirror
	register Register
}

// NewAccounts prepares it.
func NewAccounts(m *Mirror, r Register) *Accounts { return &Accounts{m, r} }

// Known is the company's customer; empty when it is none yet.
func (s *Accounts) Known(ctx context.Context, org id.ID) (customer string, err error) {
	type known struct{ ID string }
	k, err := pg.SystemOne[known](ctx, s.mirror.sys, `SELECT id FROM platform.billing_customers WHERE org_id = $1 AND gone_at IS NULL ORDER BY known_since, id LIMIT 1`, org)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look for the customer: %w", err)
	}
	return k.ID, nil
}

// Open answers the company's customer, and makes it one if it is none. It may be called again after any failure, and by
// many at once: for a day the key gives the same customer, and after that the one that was made is found.
func (s *Accounts) Open(ctx context.Context, c NewCustomer) (customer string, err error) {
	if customer, err = s.Known(ctx, c.Org); err != nil || customer != "" {
		return customer, err
	}
	if customer, err = s.register.FindCustomer(ctx, c.Org); err != nil {
		return "", err
	}
	if customer == "" {
		// One that was deleted at the provider does not come back by its key.
		type former struct{ Gone int64 }
		f, err := pg.SystemOne[former](ctx, s.mirror.sys, `SELECT count(*) AS gone FROM platform.billing_customers WHERE org_id = $1 AND gone_at IS NOT NULL`, c.Org)
		if err != nil {
			return "", fmt.Errorf("count former customers: %w", err)
		}
		halt.At(ctx, "customer/before-create")
		if customer, err = s.register.CreateCustomer(ctx, fmt.Sprintf("customer:%s:%d", c.Org, f.Gone+1), c); err != nil {
			return "", err
		}
		halt.At(ctx, "customer/after-create")
	}
	err = s.mirror.Attach(ctx, c.Org, customer)
	halt.At(ctx, "customer/after-attach")
	return customer, err
}
