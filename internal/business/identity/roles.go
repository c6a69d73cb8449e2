package identity

import (
	"slices"

	"fenceplatform.com/fence/internal/business/tenancy"
)

// Role is what a person is in a company.
type Role string

// The six roles.
const (
	Owner      Role = "owner"
	Admin      Role = "admin"
	Office     Role = "office"
	Estimator  Role = "estimator"
	Crew       Role = "crew"
	Accountant Role = "accountant"
)

// Roles lists them in the order of face and forms.
var Roles = []Role{Owner, Admin, Office, Estimator, Crew, Accountant}

// Label is the role as read.
func (r Role) Label() string {
	switch r {
	case Owner:
		return "Owner"
	case Admin:
		return "Admin"
	case Office:
		return "Office"
	case Estimator:
		return "Estimator"
	case Crew:
		return "Crew"
	case Accountant:
		return "Accountant"
	}
	return string(r)
}

// matrix is the whole of who may do what: a permission, and the roles that have it.
var matrix = map[tenancy.Permission][]Role{
	tenancy.CustomersRead:  {Owner, Admin, Office, Estimator, Accountant},
	tenancy.CustomersWrite: {Owner, Admin, Office, Estimator},
	tenancy.SketchesRead:   {Owner, Admin, Office, Estimator},
	tenancy.SketchesWrite:  {Owner, Admin, Office, Estimator},
	tenancy.QuotesRead:     {Owner, Admin, Office, Estimator, Accountant},
	tenancy.QuotesWrite:    {Owner, Admin, Office, Estimator},
	tenancy.QuotesSend:     {Owner, Admin, Office, Estimator},
	tenancy.JobsRead:       {Owner, Admin, Office, Crew, Accountant},
	tenancy.PricesRead:     {Owner, Admin, Office, Estimator},
	tenancy.PricesWrite:    {Owner, Admin, Office},
	tenancy.CostsSee:       {Owner, Admin, Office},
	tenancy.PeopleRead:     {Owner, Admin},
	tenancy.PeopleWrite:    {Owner, Admin},
	tenancy.SettingsRead:   {Owner, Admin},
	tenancy.SettingsWrite:  {Owner, Admin},
	tenancy.UsageRead:      {Owner, Admin, Accountant},
	tenancy.AuditRead:      {Owner, Admin},
	tenancy.APIKeysWrite:   {Owner, Admin},
	tenancy.OwnAccount:     {Owner, Admin, Office, Estimator, Crew, Accountant},
}

// granted is the matrix by role, made once.
var granted = func() map[Role][]tenancy.Permission {
	by := map[Role][]tenancy.Permission{}
	for _, p := range tenancy.Permissions {
		for _, r := range matrix[p] {
			by[r] = append(by[r], p)
		}
	}
	return by
}()

// Permissions of a role.
func (r Role) Permissions() []tenancy.Permission { return granted[r] }

// Known tells whether r is one of the six.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// Who lists the roles that have a permission, for the page that refuses.
func Who(p tenancy.Permission) []Role { return matrix[p] }
