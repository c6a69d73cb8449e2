package crm

import (
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/platform/id"
)

// Property is a place where a fence stands or will stand. Its JSON is what idempotency keys remember.
type Property struct {
	ID         id.ID      `json:"id"`
	CustomerID id.ID      `json:"customer_id"`
	Street     string     `json:"street"`
	Unit       string     `json:"unit"`
	City       string     `json:"city"`
	State      string     `json:"state"`     // two letters
	ZIP        string     `json:"zip"`       // five digits
	County     string     `json:"county"`    // as the ZIP says, or empty
	TimeZone   string     `json:"time_zone"` // IANA name
	GateCode   string     `json:"gate_code"`
	HasDog     bool       `json:"has_dog"`
	HasPool    bool       `json:"has_pool"`
	HasHOA     bool       `json:"has_hoa"`
	Notes      string     `json:"notes"`
	ArchivedAt *time.Time `json:"archived_at"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	Version    int        `json:"version"`
}

// PropertyRecord is everything about a property that its page shows.
type PropertyRecord struct {
	Property Property
	Customer Customer
	Timeline []audit.Entry
}

// Address is the property's address on one line: "12 Oak St, Unit 4, Austin, TX 78701".
func (p *Property) Address() string { return address(p.Street, p.Unit, p.City, p.State, p.ZIP) }

func address(street, unit, city, state, zip string) string {
	var b strings.Builder
	b.Grow(len(street) + len(unit) + len(city) + len(state) + len(zip) + 8)
	b.WriteString(street)
	for _, part := range [...]string{unit, city, state} {
		if part != "" {
			b.WriteString(", ")
			b.WriteString(part)
		}
	}
	if zip != "" {
		b.WriteString(" ")
		b.WriteString(zip)
	}
	return b.String()
}

// propertyContent are the parts of a property that people write, and what follows from them.
type propertyContent struct {
	Street   string `json:"street"`
	Unit     string `json:"unit"`
	City     string `json:"city"`
	State    string `json:"state"`
	ZIP      string `json:"zip"`
	County   string `json:"county"`
	TimeZone string `json:"time_zone"`
	GateCode string `json:"gate_code"`
	HasDog   bool   `json:"has_dog"`
	HasPool  bool   `json:"has_pool"`
	HasHOA   bool   `json:"has_hoa"`
	Notes    string `json:"notes"`
}

func (p *Property) content() propertyContent {
	return propertyContent{
		Street: p.Street, Unit: p.Unit, City: p.City, State: p.State, ZIP: p.ZIP, County: p.County, TimeZone: p.TimeZone,
		GateCode: p.GateCode, HasDog: p.HasDog, HasPool: p.HasPool, HasHOA: p.HasHOA, Notes: p.Notes,
	}
}

func (p *Property) fill(w propertyContent) {
	p.Street, p.Unit, p.City, p.State, p.ZIP, p.County, p.TimeZone = w.Street, w.Unit, w.City, w.State, w.ZIP, w.County, w.TimeZone
	p.GateCode, p.HasDog, p.HasPool, p.HasHOA, p.Notes = w.GateCode, w.HasDog, w.HasPool, w.HasHOA, w.Notes
}
