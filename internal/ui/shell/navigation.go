package shell

import (
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
)

// Areas of the navigation, in the order of a fence sale.
const (
	AreaHome      = "home"
	AreaCustomers = "customers"
	AreaQuotes    = "quotes"
	AreaJobs      = "jobs"
	AreaPayments  = "payments"
	AreaMaterials = "materials"
	AreaSettings  = "settings"
)

type entry struct {
	area  string
	item  kit.NavItem
	needs tenancy.Permission
}

var entries = []entry{
	{AreaHome, kit.NavItem{Label: "Home", Href: "/", Icon: "house", Phone: true, Key: "g h"}, tenancy.SettingsRead},
	{AreaCustomers, kit.NavItem{Label: "Customers", Href: "/customers", Icon: "contact", Phone: true, Key: "g c"}, tenancy.CustomersRead},
	{AreaQuotes, kit.NavItem{Label: "Quotes", Href: "/quotes", Icon: "file-text", Phone: true, Key: "g q"}, tenancy.QuotesRead},
	{AreaJobs, kit.NavItem{Label: "Jobs", Href: "/jobs", Icon: "hard-hat", Phone: true, Key: "g j"}, tenancy.JobsRead},
	{AreaPayments, kit.NavItem{Label: "Payments", Href: "/payments", Icon: "banknote", Phone: true, Key: "g p"}, tenancy.PaymentsRead},
	{AreaMaterials, kit.NavItem{Label: "Materials", Href: "/materials", Icon: "boxes", Key: "g m"}, tenancy.PricesRead},
	{AreaSettings, kit.NavItem{Label: "Settings", Href: "/settings", Icon: "settings", Key: "g s"}, tenancy.SettingsRead},
}

func navigation(a tenancy.Actor, area string) []kit.NavItem {
	var nav []kit.NavItem
	for _, e := range entries {
		if a.May(e.needs) {
			e.item.Current = e.area == area
			nav = append(nav, e.item)
		}
	}
	return nav
}

// Writes explains a button of what changes something, while nothing can be changed.
func Writes(c *caller.Caller, action kit.Action) kit.Action {
	if err := c.Actor.RequireWritable(c.Now); err != nil && action.Refused == "" {
		action.Refused = fault.As(err).Message
	}
	return action
}

func newMenu(c *caller.Caller) []kit.Action {
	a := c.Actor
	var actions []kit.Action
	if a.May(tenancy.CustomersWrite) {
		actions = append(actions, Writes(c, kit.Action{Label: "Customer", Icon: "contact", Href: "/customers/new"}))
	}
	if a.May(tenancy.QuotesWrite) {
		actions = append(actions, Writes(c, kit.Action{Label: "Quote", Icon: "file-text", Href: "/quotes/new"}))
	}
	return actions
}

// home is where the company's name leads: support has no first page of its own.
func home(a tenancy.Actor) string {
	if a.Kind == tenancy.Support {
		return FirstPage(a)
	}
	return "/"
}

// FirstPage is where a person of a role begins.
func FirstPage(a tenancy.Actor) string {
	if a.Kind == tenancy.Support {
		return "/customers"
	}
	switch identity.Role(a.Role) {
	case identity.Owner, identity.Admin:
		return "/"
	case identity.Office:
		return "/customers"
	case identity.Crew:
		return "/jobs"
	case identity.Accountant:
		return "/payments"
	}
	return "/quotes"
}
