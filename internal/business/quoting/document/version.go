package document

import (
	"time"

	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/platform/money"
)

// Version is a quote as it was sent: everything the homeowner reads and signs, and nothing that the contractor
// keeps to himself. Do not add a cost or a margin here: the signed file carries it to the customer.
type Version struct {
	Number   string    `json:"number"`  // Q-2026-000123
	Version  int       `json:"version"` // from 1
	SentAt   time.Time `json:"sent_at"`
	TimeZone string    `json:"time_zone"` // of the property, IANA
	// ValidUntil is the last day on which it may be signed.
	ValidUntil Day `json:"valid_until"`

	Organization Organization `json:"organization"`
	Customer     Customer     `json:"customer"`
	Property     Address      `json:"property"`

	Drawing drawing.Plan `json:"drawing"`
	Options []Option     `json:"options"`

	Included    []string `json:"included,omitempty"`
	NotIncluded []string `json:"not_included,omitempty"`
	// DepositWords say when the deposit and the rest are due.
	DepositWords string `json:"deposit_words,omitzero"`
	Terms        string `json:"terms,omitzero"`

	// SoldAtHome adds the right to cancel within three business days, and its two notices.
	SoldAtHome bool `json:"sold_at_home,omitzero"`
	// SaleDay is set when the quote is made to be signed on that very day, in the garden: its notices then carry
	// their dates already. Otherwise the signed file brings them.
	SaleDay Day `json:"sale_day,omitzero"`

	Consent Consent `json:"consent"`
}

// Organization is the contractor's head on the paper.
type Organization struct {
	Name    string  `json:"name"`
	Phone   string  `json:"phone,omitzero"`
	Email   string  `json:"email,omitzero"`
	License string  `json:"license,omitzero"`
	Address Address `json:"address,omitzero"`
	// Color is the line above the head, #RRGGBB.
	Color string `json:"color,omitzero"`
}

// Customer is whom the quote is for.
type Customer struct {
	Name  string `json:"name"`
	Email string `json:"email,omitzero"`
	Phone string `json:"phone,omitzero"`
}

// Address is a United States address.
type Address struct {
	Street string `json:"street,omitzero"`
	City   string `json:"city,omitzero"`
	State  string `json:"state,omitzero"`
	ZIP    string `json:"zip,omitzero"`
}

// String writes the address on one line.
func (a Address) String() string {
	line := a.Street
	if a.City != "" {
		if line != "" {
			line += ", "
		}
		line += a.City
	}
	region := a.State
	if a.ZIP != "" {
		if region != "" {
			region += " "
		}
		region += a.ZIP
	}
	if region != "" && line != "" {
		line += ", "
	}
	return line + region
}

// Option is one tier with its price.
type Option struct {
	Key         string    `json:"key"`
	Name        string    `json:"name"`
	Words       string    `json:"words,omitzero"` // one line of what it is
	Recommended bool      `json:"recommended,omitzero"`
	Differs     []Differs `json:"differs,omitempty"`
	Lines       []Line    `json:"lines,omitempty"`
	Extras      []Extra   `json:"extras,omitempty"`

	SubtotalCents money.Cents `json:"subtotal_cents"` // the sum of the lines
	DiscountCents money.Cents `json:"discount_cents"`
	TaxCents      money.Cents `json:"tax_cents"`
	TotalCents    money.Cents `json:"total_cents"`
	DepositCents  money.Cents `json:"deposit_cents"`
}

// Differs is one row of what tells the tiers apart: "Posts": "steel".
type Differs struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Line is one line of an option.
type Line struct {
	Description string      `json:"description"`
	Quantity    float64     `json:"quantity"`
	Unit        string      `json:"unit,omitzero"`
	PriceCents  money.Cents `json:"price_cents"` // for the whole line
}

// Extra is an optional line that the homeowner may add.
type Extra struct {
	Key         string      `json:"key"`
	Description string      `json:"description"`
	PriceCents  money.Cents `json:"price_cents"`
	TaxCents    money.Cents `json:"tax_cents"`
}

// Consent is what the signer agrees to about signing electronically.
type Consent struct {
	Version string `json:"version"`
	Text    string `json:"text"`
}

// Option finds the tier with the key.
func (v Version) Option(key string) (Option, bool) {
	for _, o := range v.Options {
		if o.Key == key {
			return o, true
		}
	}
	return Option{}, false
}

// With is the option's total with the extras of the given keys; ok is false when one is not offered or is
// named twice.
func (o Option) With(extras []string) (total money.Cents, ok bool) {
	total = o.TotalCents
	open := map[string]money.Cents{}
	for _, e := range o.Extras {
		open[e.Key] = e.PriceCents + e.TaxCents
	}
	for _, key := range extras {
		add, offered := open[key]
		if !offered {
			return 0, false
		}
		delete(open, key)
		total += add
	}
	return total, true
}

// zone is the property's time zone. Check has refused what it does not know.
func (v Version) zone() *time.Location {
	zone, err := time.LoadLocation(v.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}
