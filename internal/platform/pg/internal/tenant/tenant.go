// Package tenant holds the value that pg trusts. It is internal to pg so that only mint can make one.
package tenant

import "fenceplatform.com/fence/internal/platform/id"

// Tenant names the organization in whose name statements run, and who acts.
type Tenant struct {
	org, actor id.ID
	reads      bool
}

// New is reachable by pg/mint only.
func New(org id.ID) Tenant { return Tenant{org: org} }

// Org is the organization's id.
func (t Tenant) Org() id.ID { return t.org }

// Actor is who acts; Nil for the platform and for visitors.
func (t Tenant) Actor() id.ID { return t.actor }

// For is the same organization with somebody acting in its name.
func (t Tenant) For(actor id.ID) Tenant {
	t.actor = actor
	return t
}

// Reading is the same, whose every transaction is read-only: PostgreSQL itself refuses a change.
func (t Tenant) Reading() Tenant {
	t.reads = true
	return t
}

// ReadsOnly tells whether it is.
func (t Tenant) ReadsOnly() bool { return t.reads }

// IsZero tells that nobody resolved anything.
func (t Tenant) IsZero() bool { return t.org == id.Nil }
