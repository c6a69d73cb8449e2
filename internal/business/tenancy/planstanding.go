package tenancy

import (
	"time"

	"fenceplatform.com/fence/internal/business/plan"
)

// PlanStanding is what entitlements are derived from beside the organization's own row. It is the system's role that
// writes it: operators, and the mirror of the payment provider.
type PlanStanding struct {
	Overrides     []Override     `json:"overrides"`
	Subscriptions []Subscription `json:"subscriptions"`
	FirstUnpaidAt *time.Time     `json:"first_unpaid_at"` // nil: nothing is open
	DeletedAt     *time.Time     `json:"deleted_at"`      // nil: it lives
	Disputed      bool           `json:"disputed"`        // a bank has not decided about a payment
	LostDisputeAt *time.Time     `json:"lost_dispute_at"` // nil: no dispute was lost, or an operator decided what follows
	BankAsks      bool           `json:"bank_asks"`       // an open payment waits until the bank has seen a person
	Card          Card           `json:"card"`
}

// Subscription is one of the organization's at the payment provider, as billing mirrors it.
type Subscription struct {
	ID                string      `json:"id"`
	Status            plan.Status `json:"status"`
	Plan              plan.Key    `json:"plan"`
	PlanVersion       int         `json:"plan_version"`
	ExtraUsers        int64       `json:"extra_users"` // that are paid for; the plan's limit is with them, not before them
	CreatedAt         time.Time   `json:"created_at"`
	PeriodStart       time.Time   `json:"period_start"`
	PeriodEnd         time.Time   `json:"period_end"`
	CancelAt          *time.Time  `json:"cancel_at"`
	CancelAtPeriodEnd bool        `json:"cancel_at_period_end"`
	CollectionPaused  bool        `json:"collection_paused"`
	EndedAt           *time.Time  `json:"ended_at"`
	NextPlan          plan.Key    `json:"next_plan"` // empty: it stays
	NextPlanAt        *time.Time  `json:"next_plan_at"`
}

// lay adds the standing to the facts of a plan.
func (s PlanStanding) lay(f *plan.Facts) {
	for _, granted := range s.Overrides {
		granted.lay(f)
	}
	for _, sub := range s.Subscriptions {
		sub.lay(f)
	}
	f.FirstUnpaidAt, f.DeletedAt = orZero(s.FirstUnpaidAt), orZero(s.DeletedAt)
	f.Disputed, f.LostDisputeAt = s.Disputed, orZero(s.LostDisputeAt)
}

// lay adds the subscription. One whose first payment never came used no trial up.
func (s Subscription) lay(f *plan.Facts) {
	out := plan.Subscription{
		ID: s.ID, Status: s.Status, Plan: s.Plan, Version: s.PlanVersion, CreatedAt: s.CreatedAt, PeriodStart: s.PeriodStart, PeriodEnd: s.PeriodEnd,
		CancelAt: orZero(s.CancelAt), CancelAtPeriodEnd: s.CancelAtPeriodEnd, CollectionPaused: s.CollectionPaused, EndedAt: orZero(s.EndedAt),
		Next: s.NextPlan, NextAt: orZero(s.NextPlanAt),
	}
	f.Subscriptions = append(f.Subscriptions, out)
	if s.Status != plan.StatusIncomplete && s.Status != plan.StatusIncompleteExpired {
		f.Converted = true
	}
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
