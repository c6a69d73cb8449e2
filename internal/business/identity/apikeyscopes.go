package identity

import (
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
)

// Scope is what an API key may do of what its person may: "customers.read", "customers.write".
type Scope string

// ScopeGroup is one resource with the permissions that reading and changing it take. To change includes to read.
type ScopeGroup struct {
	Name  string // the part of the scope before the dot
	Words string // the resource, as the page says it
	read  []tenancy.Permission
	write []tenancy.Permission // none: it can only be read
}

// ScopeGroups is the table of scopes: every permission that a program can have stands in exactly one cell.
var ScopeGroups = []ScopeGroup{
	{"customers", "Customers and properties", []tenancy.Permission{tenancy.CustomersRead}, []tenancy.Permission{tenancy.CustomersWrite}},
	{"sketches", "Sketches", []tenancy.Permission{tenancy.SketchesRead}, []tenancy.Permission{tenancy.SketchesWrite}},
	{"quotes", "Quotes", []tenancy.Permission{tenancy.QuotesRead},
		[]tenancy.Permission{tenancy.QuotesWrite, tenancy.QuotesSend, tenancy.PricesOverride, tenancy.QuotesApprove}},
	{"jobs", "Jobs and their photos", []tenancy.Permission{tenancy.JobsRead}, []tenancy.Permission{tenancy.FilesAdd, tenancy.FilesRemove}},
	{"payments", "Customers' payments", []tenancy.Permission{tenancy.PaymentsRead}, []tenancy.Permission{tenancy.PaymentsRecord}},
	{"prices", "Materials, styles, tiers, zones", []tenancy.Permission{tenancy.PricesRead}, []tenancy.Permission{tenancy.PricesWrite}},
	{"costs", "Costs and margins", []tenancy.Permission{tenancy.CostsSee, tenancy.MarginsSee}, nil},
	{"people", "People and invitations", []tenancy.Permission{tenancy.PeopleRead}, []tenancy.Permission{tenancy.PeopleWrite}},
	{"company", "Company settings", []tenancy.Permission{tenancy.SettingsRead}, []tenancy.Permission{tenancy.SettingsWrite}},
	{"usage", "Usage of the plan", []tenancy.Permission{tenancy.UsageRead}, nil},
	{"audit", "Audit log, with the costs in it", []tenancy.Permission{tenancy.AuditRead, tenancy.DataExport}, nil},
	{"api_keys", "API keys", nil, []tenancy.Permission{tenancy.APIKeysWrite}},
}

// everyKey is what a key may without any scope: say whose it is.
var everyKey = []tenancy.Permission{tenancy.CompanyRead}

// PersonsOnly are the permissions that no key has, whoever made it: they are about the person.
func PersonsOnly() []tenancy.Permission {
	return []tenancy.Permission{tenancy.OwnAccount, tenancy.ViewAs, tenancy.BillingManage, tenancy.SupportSee, tenancy.SupportGrant}
}

// moneyRights are given by role alone; a scope only lets them through.
var moneyRights = func() []tenancy.Permission {
	var p []tenancy.Permission
	for _, r := range matrix {
		if r.Money {
			p = append(p, r.Permission)
		}
	}
	return p
}()

// Reads is the scope that reads the group; empty when there is none.
func (g ScopeGroup) Reads() Scope { return g.scope(g.read, ".read") }

// Writes is the scope that changes the group; empty when there is none.
func (g ScopeGroup) Writes() Scope { return g.scope(g.write, ".write") }

func (g ScopeGroup) scope(p []tenancy.Permission, ending string) Scope {
	if len(p) == 0 {
		return ""
	}
	return Scope(g.Name + ending)
}

// Words is the scope as the page says it: "Customers and properties: read".
func (s Scope) Words() string {
	for _, g := range ScopeGroups {
		switch s {
		case g.Reads():
			return g.Words + ": read"
		case g.Writes():
			return g.Words + ": read and change"
		}
	}
	return string(s)
}

// Permissions are what the scope grants.
func (s Scope) Permissions() []tenancy.Permission {
	for _, g := range ScopeGroups {
		switch s {
		case "":
			return nil
		case g.Reads():
			return g.read
		case g.Writes():
			return slices.Concat(g.read, g.write)
		}
	}
	return nil
}

// Scopes are those of a key, in the order of the table.
type Scopes []Scope

// AllScopes lets a key do everything that its person may and a program can.
func AllScopes() Scopes {
	var every Scopes
	for _, g := range ScopeGroups {
		if w := g.Writes(); w != "" {
			every = append(every, w)
		} else {
			every = append(every, g.Reads())
		}
	}
	return every
}

// Permissions are what a key with these scopes has at most.
func (all Scopes) Permissions() []tenancy.Permission {
	p := slices.Clone(everyKey)
	for _, s := range all {
		p = append(p, s.Permissions()...)
	}
	return p
}

// clean puts scopes into the order of the table, each once and without the reading that a change includes.
func (all Scopes) clean() (Scopes, error) {
	var tidy Scopes
	for _, g := range ScopeGroups {
		if w := g.Writes(); w != "" && slices.Contains(all, w) {
			tidy = append(tidy, w)
		} else if r := g.Reads(); r != "" && slices.Contains(all, r) {
			tidy = append(tidy, r)
		}
	}
	for _, s := range all {
		if s.Permissions() == nil {
			return nil, fault.InvalidField("/scopes", "There is no such scope. A scope is one of %s.", strings.Join(known(), ", "))
		}
	}
	if len(tidy) == 0 {
		return nil, fault.InvalidField("/scopes", "Choose at least one thing that the key may do.")
	}
	return tidy, nil
}

func known() []string {
	var names []string
	for _, g := range ScopeGroups {
		for _, s := range []Scope{g.Reads(), g.Writes()} {
			if s != "" {
				names = append(names, string(s))
			}
		}
	}
	return names
}

// givenBy refuses scopes that the giver does not have: neither a key nor a person makes a key that may more.
func (all Scopes) givenBy(a tenancy.Actor) error {
	for _, s := range all {
		if s == "costs.read" && !a.May(tenancy.CostsSee) {
			return fault.InvalidField("/scopes", "You cannot give what you do not have: %s.", s.Words())
		}
		for _, p := range s.Permissions() {
			if !a.May(p) && !slices.Contains(moneyRights, p) {
				return fault.InvalidField("/scopes", "You cannot give what you do not have: %s.", s.Words())
			}
		}
	}
	return nil
}
