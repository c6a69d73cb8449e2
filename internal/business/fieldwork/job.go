package fieldwork

import (
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// State is where a job stands.
type State string

// Sold is signed, and not begun.
const Sold State = "sold"

// WaitingReason is why a job may not be scheduled yet.
type WaitingReason string

// The reasons. Both are the company's to lift, by its plan.
const (
	OverPlanLimit WaitingReason = "plan_limit"
	ReadOnly      WaitingReason = "read_only"
)

// Job is a fence to build.
type Job struct {
	ID            id.ID          `json:"id"`
	Number        string         `json:"number"` // J-2026-000042
	QuoteID       id.ID          `json:"quote_id"`
	QuoteNumber   string         `json:"quote_number"`
	AcceptanceID  id.ID          `json:"acceptance_id"`
	CustomerID    id.ID          `json:"customer_id"`
	CustomerName  string         `json:"customer_name"`
	PropertyID    id.ID          `json:"property_id"`
	Place         string         `json:"place"` // 12 Oak St
	State         State          `json:"state"`
	Waiting       *WaitingReason `json:"waiting,omitempty"`
	ReleasedAt    *time.Time     `json:"released_at,omitempty"`
	ContractCents money.Cents    `json:"contract_cents,omitzero"` // for those who may read quotes
	SoldAt        time.Time      `json:"sold_at"`
	CreatedAt     time.Time      `json:"created_at"`
	UpdatedAt     time.Time      `json:"updated_at"`
	Version       int            `json:"version"`
}

// hidePrice takes out what a crew need not know.
func (j *Job) hidePrice(a tenancy.Actor) {
	if !a.May(tenancy.QuotesRead) {
		j.ContractCents = 0
	}
}

const jobColumns = `j.id, j.number, j.quote_id, q.number, j.acceptance_id, j.customer_id, c.name, j.property_id, p.street, j.state, j.waiting_reason,
	j.released_at, j.contract_cents, j.sold_at, j.created_at, j.updated_at, j.version`

const jobTables = `app.jobs j
	JOIN app.quotes q ON q.org_id = j.org_id AND q.id = j.quote_id
	JOIN app.customers c ON c.org_id = j.org_id AND c.id = j.customer_id
	JOIN app.properties p ON p.org_id = j.org_id AND p.id = j.property_id`

func (j *Job) targets() []any {
	return []any{&j.ID, &j.Number, &j.QuoteID, &j.QuoteNumber, &j.AcceptanceID, &j.CustomerID, &j.CustomerName, &j.PropertyID, &j.Place, &j.State, &j.Waiting,
		&j.ReleasedAt, &j.ContractCents, &j.SoldAt, &j.CreatedAt, &j.UpdatedAt, &j.Version}
}
