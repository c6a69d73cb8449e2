package console

import (
	"context"
	"log/slog"
	"strings"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Pricer makes prices at the payment provider.
type Pricer interface {
	// AgreedPrice is the price of one company on Enterprise. The same company and amount again give the same price.
	AgreedPrice(ctx context.Context, org id.ID, monthly money.Cents) (price string, err error)
}

// Payments is the way to the payment provider.
type Payments struct {
	Mirror   *billing.Mirror
	Provider billing.Provider
	Pricer   Pricer
	Refused  func() map[string]int64 // webhooks that were not believed since this process began, by reason
}

// Service is what operators do about companies.
type Service struct {
	System    *pg.System
	Operators *operator.Service
	Payments  *Payments // nil: no payments are taken
	Site      tenancy.Site
	Log       *slog.Logger
}

const pageSize = 50

// reasonOf cleans why an operator does something. Companies read it.
func reasonOf(text string, p *fault.Problems) string {
	return said("/reason", "Say why in 3 to 200 characters. The company reads it.", text, p)
}

// said cleans a sentence of an operator's.
func said(field, wanted, text string, p *fault.Problems) string {
	text = strings.Join(strings.Fields(text), " ")
	if n := len([]rune(text)); n < 3 || n > 200 {
		p.Add(field, "%s", wanted)
	}
	return text
}
