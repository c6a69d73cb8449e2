package billing

import (
	"time"

	"fenceplatform.com/fence/internal/business/plan"
)

// subscriptionRow is a row of platform.subscriptions, by its columns.
type subscriptionRow struct {
	ID                string      `json:"id"`
	Status            plan.Status `json:"status"`
	Plan              plan.Key    `json:"plan"`
	PlanVersion       int         `json:"plan_version"`
	ExtraUsers        int64       `json:"extra_users"`
	CreatedAt         time.Time   `json:"created_at"`
	PeriodStart       time.Time   `json:"period_start"`
	PeriodEnd         time.Time   `json:"period_end"`
	CancelAt          *time.Time  `json:"cancel_at"`
	CancelAtPeriodEnd bool        `json:"cancel_at_period_end"`
	CollectionPaused  bool        `json:"collection_paused"`
	EndedAt           *time.Time  `json:"ended_at"`
	NextPlan          plan.Key    `json:"next_plan"`
	NextPlanVersion   int         `json:"next_plan_version"`
	NextPlanAt        *time.Time  `json:"next_plan_at"`
}

func subscriptionRows(all []plan.Subscription) []subscriptionRow {
	rows := make([]subscriptionRow, 0, len(all)) // never null
	for _, s := range all {
		rows = append(rows, subscriptionRow{
			ID: s.ID, Status: s.Status, Plan: s.Plan, PlanVersion: s.Version, ExtraUsers: extraUsers(s.AddOns), CreatedAt: s.CreatedAt, PeriodStart: s.PeriodStart, PeriodEnd: s.PeriodEnd,
			CancelAt: known(s.CancelAt), CancelAtPeriodEnd: s.CancelAtPeriodEnd, CollectionPaused: s.CollectionPaused, EndedAt: known(s.EndedAt),
			NextPlan: s.Next, NextPlanVersion: s.NextVersion, NextPlanAt: known(s.NextAt),
		})
	}
	return rows
}

// extraUsers is how many people were bought beyond those of the plan.
func extraUsers(bought []plan.AddOn) (n int64) {
	for _, a := range bought {
		if a.Metric == plan.Users {
			n += a.Quantity
		}
	}
	return n
}

// invoiceRow is a row of platform.invoices, by its columns.
type invoiceRow struct {
	ID             string        `json:"id"`
	SubscriptionID *string       `json:"subscription_id"`
	Number         string        `json:"number"`
	Status         InvoiceStatus `json:"status"`
	Currency       string        `json:"currency"`
	TotalCents     int64         `json:"total_cents"`
	PaidCents      int64         `json:"paid_cents"`
	OpenCents      int64         `json:"open_cents"`
	Attempts       int64         `json:"attempts"`
	NextAttemptAt  *time.Time    `json:"next_attempt_at"`
	CreatedAt      time.Time     `json:"created_at"`
	FinalizedAt    *time.Time    `json:"finalized_at"`
	DueAt          *time.Time    `json:"due_at"`
	PageURL        string        `json:"page_url"`
	PDFURL         string        `json:"pdf_url"`
	AsksPerson     bool          `json:"asks_person"`
}

func invoiceRows(all []Invoice) []invoiceRow {
	rows := make([]invoiceRow, 0, len(all)) // never null
	for _, i := range all {
		row := invoiceRow{
			ID: i.ID, Number: i.Number, Status: i.Status, Currency: i.Currency, TotalCents: int64(i.TotalCents), PaidCents: int64(i.PaidCents), OpenCents: int64(i.OpenCents),
			Attempts: i.Attempts, NextAttemptAt: known(i.NextAttemptAt), CreatedAt: i.CreatedAt, FinalizedAt: known(i.FinalizedAt), DueAt: known(i.DueAt), PageURL: i.PageURL, PDFURL: i.PDFURL, AsksPerson: i.AsksPerson,
		}
		if i.SubscriptionID != "" {
			row.SubscriptionID = &i.SubscriptionID
		}
		rows = append(rows, row)
	}
	return rows
}

// known is null for a time that is not.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
