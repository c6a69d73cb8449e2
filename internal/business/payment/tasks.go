package payment

import "fenceplatform.com/fence/internal/platform/id"

// ReadAccount is the task that asks the provider how an account stands.
type ReadAccount struct {
	OrgID   id.ID  `json:"org_id"`
	Account string `json:"account"`
}

// Kind implements tasks.Args.
func (ReadAccount) Kind() string { return "payment_read_account" }

// Organization implements tasks.Args.
func (t ReadAccount) Organization() id.ID { return t.OrgID }

// ReadOnline is the task that asks the provider what became of a payment. Object is the provider's name of its page, its
// intent or its charge.
type ReadOnline struct {
	OrgID   id.ID  `json:"org_id"`
	Account string `json:"account"`
	Object  string `json:"object"`
}

// Kind implements tasks.Args.
func (ReadOnline) Kind() string { return "payment_read_online" }

// Organization implements tasks.Args.
func (t ReadOnline) Organization() id.ID { return t.OrgID }

// CloseStale is the task that closes a page whose amount is not due any more.
type CloseStale struct {
	OrgID        id.ID `json:"org_id"`
	AcceptanceID id.ID `json:"acceptance_id"`
}

// Kind implements tasks.Args.
func (CloseStale) Kind() string { return "payment_close_stale" }

// Organization implements tasks.Args.
func (t CloseStale) Organization() id.ID { return t.OrgID }

// SweepDaily is the task that has every organization with an account swept.
type SweepDaily struct{}

// Kind implements tasks.SystemArgs.
func (SweepDaily) Kind() string { return "payment_sweep_daily" }

// Sweep is the task that asks again about everything of an organization whose webhook may have been lost.
type Sweep struct {
	OrgID id.ID `json:"org_id"`
}

// Kind implements tasks.Args.
func (Sweep) Kind() string { return "payment_sweep" }

// Organization implements tasks.Args.
func (t Sweep) Organization() id.ID { return t.OrgID }
