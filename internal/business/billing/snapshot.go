package billing

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/money"
)

// Provider tells the whole state of one of its customers.
type Provider interface {
	Snapshot(ctx context.Context, q Question) (Snapshot, error)
}

// Question is about a customer: what there is of it, but for invoices that are known and through, which stay as they are.
type Question struct {
	Customer string
	Since    time.Time // invoices made before it are known and through; zero: none are
	Billed   []string  // charges of which it is known what invoice they paid
	Disputed []string  // charges of which disputes are known
}

// Snapshot is everything that the provider says of a customer at one moment.
type Snapshot struct {
	Gone          bool // deleted there; what it had still counts as it ended
	Subscriptions []plan.Subscription
	Invoices      []Invoice // every one that was not known or not through
	Card          Card      // that is charged by itself
	Charges       []Charge  // every one that went through; those that are billed without their invoice
	Disputes      []Dispute // every one
	// CardFingerprint is the same for the same card, whoever's customer has it. Only its hash is kept.
	CardFingerprint string
}

// InvoiceStatus is how far an invoice is.
type InvoiceStatus string

// Every status that the provider has.
const (
	Draft         InvoiceStatus = "draft"
	Open          InvoiceStatus = "open"
	Paid          InvoiceStatus = "paid"
	Uncollectible InvoiceStatus = "uncollectible"
	Void          InvoiceStatus = "void"
)

// Invoice is what a company is asked to pay for a period.
type Invoice struct {
	ID             string
	SubscriptionID string // empty: of none
	Number         string
	Status         InvoiceStatus
	Currency       string
	TotalCents     money.Cents
	PaidCents      money.Cents
	OpenCents      money.Cents
	Attempts       int64     // to collect it
	NextAttemptAt  time.Time // zero: there will be none
	CreatedAt      time.Time
	FinalizedAt    time.Time // zero: it is a draft
	DueAt          time.Time // zero: it is collected, not sent
	AsksPerson     bool      // the bank wants to see a person before it pays
	PageURL        string
	PDFURL         string
}

// unpaidSince is when the invoice was first not paid; zero when it is not.
func (i Invoice) unpaidSince(now time.Time) time.Time {
	switch {
	case i.Status != Open && i.Status != Uncollectible:
		return time.Time{}
	case !i.DueAt.IsZero():
		if now.Before(i.DueAt) {
			return time.Time{}
		}
		return i.DueAt
	case i.Attempts == 0:
		return time.Time{}
	}
	return i.FinalizedAt // the first attempt is made then
}

// FirstUnpaidAt is since when the customer owes something; zero: nothing.
func FirstUnpaidAt(invoices []Invoice, now time.Time) (first time.Time) {
	for _, i := range invoices {
		if at := i.unpaidSince(now); !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}
