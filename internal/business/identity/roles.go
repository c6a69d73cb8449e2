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

// Permissions of a role.
func (r Role) Permissions() []tenancy.Permission { return granted[r] }

// Known tells whether r is one of the six.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// Who lists the roles that have a permission, for the page that refuses.
func Who(p tenancy.Permission) []Role {
	var who []Role
	for _, r := range Roles {
		if r.Reach(p) != tenancy.None {
			who = append(who, r)
		}
	}
	return who
}
