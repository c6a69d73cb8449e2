package billing

import (
	"time"

	"fenceplatform.com/fence/internal/platform/money"
)

// Charge is a payment that went through, and what of it went back.
type Charge struct {
	ID            string
	Intent        string // the provider's name of the attempt that it came of; empty: of none
	InvoiceID     string // known of those of which something went back or is disputed; else empty
	AmountCents   money.Cents
	RefundedCents money.Cents
	Currency      string
	CreatedAt     time.Time
}

// DisputeStatus is how far a dispute is, in the provider's words.
type DisputeStatus string

// The statuses that say something to us. Of any other the bank has not decided yet.
const (
	DisputeAsks    DisputeStatus = "needs_response"
	DisputeWon     DisputeStatus = "won"
	DisputeLost    DisputeStatus = "lost"
	DisputeClosed  DisputeStatus = "warning_closed" // it was asked about, and nothing was taken
	DisputeAvoided DisputeStatus = "prevented"
)

// Dispute is a bank that takes a payment back, in whole or in part.
type Dispute struct {
	ID          string
	ChargeID    string
	AmountCents money.Cents // in the charge's currency
	TakenCents  money.Cents // that the bank has at present, without fees
	Currency    string
	Reason      string
	Status      DisputeStatus
	AnswerBy    time.Time // zero: nothing is to be answered
	CreatedAt   time.Time
}

// Decided tells that the bank has.
func (s DisputeStatus) Decided() bool {
	return s == DisputeWon || s == DisputeLost || s == DisputeClosed || s == DisputeAvoided
}

// chargeRow is a row of platform.charges, by its columns.
type chargeRow struct {
	ID            string    `json:"id"`
	Intent        string    `json:"intent"`
	InvoiceID     *string   `json:"invoice_id"`
	AmountCents   int64     `json:"amount_cents"`
	RefundedCents int64     `json:"refunded_cents"`
	Currency      string    `json:"currency"`
	CreatedAt     time.Time `json:"created_at"`
}

func chargeRows(all []Charge) []chargeRow {
	rows := make([]chargeRow, 0, len(all)) // never null
	for _, c := range all {
		row := chargeRow{ID: c.ID, Intent: c.Intent, AmountCents: int64(c.AmountCents), RefundedCents: int64(c.RefundedCents), Currency: c.Currency, CreatedAt: c.CreatedAt}
		if c.InvoiceID != "" {
			row.InvoiceID = &c.InvoiceID
		}
		rows = append(rows, row)
	}
	return rows
}

// disputeRow is a row of platform.disputes, by its columns.
type disputeRow struct {
	ID          string        `json:"id"`
	ChargeID    string        `json:"charge_id"`
	AmountCents int64         `json:"amount_cents"`
	TakenCents  int64         `json:"taken_cents"`
	Currency    string        `json:"currency"`
	Reason      string        `json:"reason"`
	Status      DisputeStatus `json:"status"`
	Decided     bool          `json:"decided"`
	AnswerBy    *time.Time    `json:"answer_by"`
	CreatedAt   time.Time     `json:"created_at"`
}

func disputeRows(all []Dispute) []disputeRow {
	rows := make([]disputeRow, 0, len(all)) // never null
	for _, d := range all {
		rows = append(rows, disputeRow{ID: d.ID, ChargeID: d.ChargeID, AmountCents: int64(d.AmountCents), TakenCents: int64(d.TakenCents), Currency: d.Currency, Reason: d.Reason,
			Status: d.Status, Decided: d.Status.Decided(), AnswerBy: known(d.AnswerBy), CreatedAt: d.CreatedAt})
	}
	return rows
}
