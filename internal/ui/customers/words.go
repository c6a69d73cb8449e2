package customers

import (
	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/platform/phone"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// deeds are how the audited actions of this area read.
var deeds = map[string]shell.Deed{
	"customer.created":  {Did: "added this customer", Icon: "contact"},
	"customer.edited":   {Did: "changed this customer", Icon: "pencil"},
	"customer.archived": {Did: "archived this customer", Icon: "archive"},
	"customer.restored": {Did: "brought this customer back", Icon: "undo-2"},
	"property.created":  {Did: "added this property", Icon: "map-pin"},
	"property.edited":   {Did: "changed this property", Icon: "pencil"},
	"property.archived": {Did: "archived this property", Icon: "archive"},
	"property.restored": {Did: "brought this property back", Icon: "undo-2"},
}

// labels are the fields that a change shows.
var labels = map[string]string{
	"name": "Name", "company": "Company", "email": "E-mail", "phone": "Phone", "notes": "Notes",
	"street": "Street", "unit": "Unit", "city": "City", "state": "State", "zip": "ZIP", "gate_code": "Gate code",
	"has_dog": "Dog", "has_pool": "Pool", "has_hoa": "HOA",
}

func (r record) heading() kit.Heading {
	c := r.Customer
	h := kit.Heading{Title: nameOf(c)}
	if c.Status == crm.Archived {
		h.State = kit.Chip{Word: "Archived", Tone: kit.Calm}
		if r.MayWrite {
			h.Primary = &kit.Action{Label: "Bring back", Href: path(c.ID) + "/restore", Post: true}
		}
		return h
	}
	if r.MayQuote {
		h.Primary = &kit.Action{Label: "New quote", Icon: "file-text", Href: "/quotes/new?customer=" + c.ID.String()}
	}
	if r.MayWrite {
		h.Secondary = []kit.Action{{Label: "Edit", Icon: "pencil", Href: path(c.ID) + "/edit", Key: "e"}}
		h.Menu = []kit.Action{
			{Label: "Add property", Icon: "map-pin", Href: path(c.ID) + "/properties/new"},
			{Label: "Archive customer", Icon: "archive", Href: path(c.ID) + "/archive", Post: true, Danger: true},
		}
	}
	return h
}

func (r record) block() []kit.Fact {
	c := r.Customer
	facts := []kit.Fact{
		{Label: "Phone", Value: orDash(phone.Format(c.Phone)), Figure: true},
		{Label: "E-mail", Value: orDash(c.Email)},
		{Label: "Customer since", Value: c.CreatedAt.Format("Jan 2, 2006")},
	}
	if c.Phone != "" {
		facts[0].Href = "tel:" + c.Phone
	}
	if c.Email != "" {
		facts[1].Href = "mailto:" + c.Email
	}
	return facts
}

func orDash(s string) string {
	if s == "" {
		return "not known"
	}
	return s
}

func (r propertyRecord) heading() kit.Heading {
	p := r.Property
	h := kit.Heading{
		Title: p.Street, Trail: []kit.Link{{Label: "Customers", Href: "/customers"}, {Label: r.Customer.Name, Href: path(r.Customer.ID)}},
	}
	if p.ArchivedAt != nil {
		h.State = kit.Chip{Word: "Archived", Tone: kit.Calm}
		if r.MayWrite {
			h.Primary = &kit.Action{Label: "Bring back", Href: propertyPath(p.ID) + "/restore", Post: true}
		}
		return h
	}
	if r.MayDraw {
		h.Primary = &kit.Action{Label: "New sketch", Icon: "pencil-ruler", Href: propertyPath(p.ID) + "/sketches", Post: true}
	}
	if r.MayWrite {
		h.Secondary = []kit.Action{{Label: "Edit", Icon: "pencil", Href: propertyPath(p.ID) + "/edit", Key: "e"}}
		h.Menu = []kit.Action{{Label: "Archive property", Icon: "archive", Href: propertyPath(p.ID) + "/archive", Post: true, Danger: true}}
	}
	return h
}

// block is what bites on site.
func (r propertyRecord) block() []kit.Fact {
	p := r.Property
	return []kit.Fact{
		{Label: "Address", Value: p.Address()},
		{Label: "Customer", Value: r.Customer.Name, Href: path(r.Customer.ID)},
		{Label: "Gate code", Value: orDash(p.GateCode)},
		{Label: "Dog", Value: yesNo(p.HasDog)},
		{Label: "Pool", Value: yesNo(p.HasPool)},
		{Label: "HOA", Value: yesNo(p.HasHOA)},
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func propertyState(p crm.Property) kit.Chip {
	if p.ArchivedAt != nil {
		return kit.Chip{Word: "Archived", Tone: kit.Calm}
	}
	return kit.Chip{}
}

// addProperty is nil for who may only read.
func (r record) addProperty() *kit.Action {
	if !r.MayWrite {
		return nil
	}
	return &kit.Action{Label: "Add property", Icon: "plus", Href: path(r.Customer.ID) + "/properties/new"}
}
