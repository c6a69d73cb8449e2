package console

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

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

// cursor says where a page ended.
func cursor(at time.Time, last id.ID) string { return fmt.Sprintf("%d.%s", at.UnixMicro(), last) }

// readCursor reads it; none is the beginning.
func readCursor(text string) (*time.Time, *id.ID, error) {
	if text == "" {
		return nil, nil, nil
	}
	micros, rest, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(micros, 10, 64)
	last, wrong := id.Parse(rest)
	if err != nil || wrong != nil || n < 0 || n > 253402300799999999 {
		return nil, nil, fault.InvalidField("/after", "This is not a cursor of this list.")
	}
	at := time.UnixMicro(n)
	return &at, &last, nil
}

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
