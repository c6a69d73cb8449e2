package tenancy

import (
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/mint"
)

// SupportAccess is what an owner let an operator of the platform in for.
type SupportAccess struct {
	ID      id.ID
	Writes  bool // may change things too; otherwise the database itself refuses it
	Until   time.Time
	Purpose string
}

// Supporting returns the actor of an operator whom an owner let in, with what is left of a role's rights. Both people
// stand in whatever is logged.
func (a Actor) Supporting(operator id.ID, name string, let SupportAccess, owner id.ID, ownerName string, rights []Permission) Actor {
	var left []Permission
	for _, p := range rights {
		if !slices.Contains(neverSupport, p) && (let.Writes || reads(p)) {
			left = append(left, p)
		}
	}
	a = a.As(Support, operator, name, string(Support), left)
	a.UserID, a.Behalf, a.Support = owner, ownerName, let
	if !let.Writes {
		a.tenant = a.tenant.Reading()
	}
	return a
}

func reads(p Permission) bool {
	return strings.HasSuffix(string(p), ".read") || strings.HasSuffix(string(p), ".see")
}

// refuseSupport says which of two refusals it is: of every change, or of what support never does.
func (a Actor) refuseSupport(p Permission) error {
	if !a.Support.Writes && !reads(p) && !slices.Contains(neverSupport, p) {
		return errSupportReads()
	}
	return fault.New(fault.Forbidden, "not-for-support", "Support does not do this, whoever let it in. Ask the owner of the company to do it.").
		With("permission", string(p))
}

// neverSupport are what no access of support has, not even one that may change things.
var neverSupport = []Permission{
	PeopleWrite, APIKeysWrite, SettingsWrite, BillingManage, DataExport, ViewAs, OwnAccount, QuotesSend, QuotesApprove, SupportSee, SupportGrant,
}

func errSupportReads() error {
	return fault.New(fault.Forbidden, "support-reads-only", "Support was let in to read here. To change something, ask the owner for access that may.")
}

// Noting opens the organization's rows for what support itself has to write, also where it was let in to read: that it
// looked at a page, and that it left. Nothing but package support calls it.
func (a Actor) Noting() pg.Tenant { return mint.Tenant(a.tenant.Org()).For(a.ID) }
