// Package tenant holds the value that pg trusts. It is internal to pg so that only mint can make one.
package tenant

import "fenceplatform.com/fence/internal/platform/id"

// Tenant names the organization in whose name statements run.
type Tenant struct{ org id.ID }

// New is reachable by pg/mint only.
func New(org id.ID) Tenant { return Tenant{org: org} }

// Org is the organization's id.
func (t Tenant) Org() id.ID { return t.org }

// IsZero tells that nobody resolved anything.
func (t Tenant) IsZero() bool { return t.org == id.Nil }
