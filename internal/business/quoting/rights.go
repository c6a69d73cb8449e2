package quoting

import (
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// maker is whose a new quote is: of a quote that a key makes, the key's person's.
func maker(a tenancy.Actor) id.ID {
	if a.UserID != id.Nil {
		return a.UserID
	}
	return a.ID
}

// within refuses somebody whose permission does not go as far as this quote.
func (d *dossier) within(a tenancy.Actor, p tenancy.Permission) error {
	return a.RequireReach(p, "quote", d.quote.CreatedBy, d.quote.CreatedName)
}

// mayDiscount refuses another discount from whom may not override prices.
func mayDiscount(a tenancy.Actor, was, is Settings) error {
	if was.DiscountBP == is.DiscountBP && was.DiscountCents == is.DiscountCents || a.May(tenancy.PricesOverride) {
		return nil
	}
	return fault.New(fault.Forbidden, "forbidden", "Your role (%s) may not change the discount. Leave it as it was, or ask the office.", a.Role).
		With("permission", string(tenancy.PricesOverride))
}
