package adoption

import (
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/platform/fault"
)

// customer is what a row of customers becomes.
type customer struct {
	crm.AdoptedCustomer
	property *crm.AdoptedProperty
}

func readCustomer(r *reading) any {
	in := crm.CreateCustomerInput{
		Name: r.fullName(), Company: r.line("company", 120), Email: r.line("email", 254), Phone: r.line("phone", 40), Notes: r.paragraphs("notes", 10_000),
	}
	site := crm.PropertyInput{Street: r.line("street", 200), Unit: r.line("unit", 40), City: r.line("city", 100), State: r.line("state", 40), ZIP: r.line("zip", 20)}
	if site != (crm.PropertyInput{}) {
		in.Property = &site
	}
	if r.empty {
		r.note(-1, "the row has nothing but its key")
		return nil
	}
	var c customer
	var refused []fault.Field
	c.AdoptedCustomer, c.property, refused = r.crm.ReadForeign(in, r.org.TimeZone)
	for _, f := range refused {
		r.refuseCustomer(f)
	}
	if c.Name == "" {
		in.Name = r.nameless(c.Company, c.Email, c.Phone)
		c.AdoptedCustomer, c.property, _ = r.crm.ReadForeign(in, r.org.TimeZone) // refused the same
	}
	c.ID, c.CreatedAt = r.id, r.timeOr("created_at", r.began)
	c.UpdatedAt = r.timeOr("updated_at", c.CreatedAt)
	c.ArchivedAt = r.archivedAt(c.UpdatedAt)
	if c.property != nil {
		c.property.ID, c.property.CustomerID, c.property.CreatedAt = propertyOf(c.ID), c.ID, c.CreatedAt
	}
	c.Extra = r.extra()
	return &c
}

// fullName is the name, or the two parts of it.
func (r *reading) fullName() string {
	if name := r.line("name", 120); name != "" {
		return name
	}
	name, whole := cut(strings.TrimSpace(r.line("first_name", 120)+" "+r.line("last_name", 120)), 120)
	if !whole {
		r.refuse("last_name", "the two names together are too long")
	}
	return name
}

// nameless is what somebody without a name is called.
func (r *reading) nameless(candidates ...string) string {
	for _, name := range candidates {
		if name != "" {
			short, _ := cut(name, 120)
			r.note(-1, "has no name; called %s", short)
			return short
		}
	}
	key, _ := clean(r.row.Key, false)
	key, _ = cut(key, 60)
	r.note(-1, "has no name; called No name (%s)", key)
	return "No name (" + key + ")"
}

// refuseCustomer tells what crm's rules refused. An address that makes no property stays in extra as a whole.
func (r *reading) refuseCustomer(f fault.Field) {
	part, ofProperty := strings.CutPrefix(f.Pointer, "/property")
	name := strings.TrimPrefix(part, "/")
	if !ofProperty {
		r.refuse(name, f.Message)
		return
	}
	for _, column := range []string{"street", "unit", "city", "state", "zip"} {
		if i, found := r.table.columns[column]; found {
			r.settled[i] = false
		}
	}
	if i, found := r.table.columns[name]; found {
		r.note(i, "no property was made: %s", f.Message)
		return
	}
	r.note(-1, "no property was made: %s", f.Message)
}

// archivedAt is when a customer was put out of use: the column may be a moment, a truth or a word.
func (r *reading) archivedAt(otherwise time.Time) *time.Time {
	if text, i, ok := r.cell("archived"); ok {
		if gone, known := yes(text); known {
			r.settled[i] = true
			if gone {
				return &otherwise
			}
		} else if at := r.time("archived"); at != nil {
			return at
		}
	}
	text, i, ok := r.cell("status")
	if !ok {
		return nil
	}
	if plain(r.table.shape.Columns[i].Name) != "status" { // active, isactive
		if active, known := yes(text); known {
			r.settled[i] = true
			if !active {
				return &otherwise
			}
			return nil
		}
	}
	if r.word("status", customerStates, "active") == "archived" {
		return &otherwise
	}
	return nil
}

var customerStates = map[string]string{
	"active": "active", "current": "active", "open": "active", "new": "active", "customer": "active",
	"inactive": "archived", "archived": "archived", "deleted": "archived", "closed": "archived", "disabled": "archived", "former": "archived",
}
