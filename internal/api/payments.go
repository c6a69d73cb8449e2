package api

import (
	"context"
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

type payments struct{ Services }

func (s payments) register(a *API) {
	read, write := needs(tenancy.PaymentsRead), needs(tenancy.PaymentsRecord)
	register(a, route{pattern: "GET /v1/jobs/{id}/payments", name: "get-job-payments", summary: "Get what was agreed, asked for and paid of a job."}, read, s.ofJob)
	register(a, route{pattern: "POST /v1/jobs/{id}/payments", name: "record-payment", summary: "Write down money that came by hand.",
		more: "Refused beyond what is left to pay.", status: http.StatusCreated}, write, s.record)
	register(a, route{pattern: "POST /v1/jobs/{id}/payment-requests", name: "request-payment", summary: "Make a part of what is left due.", status: http.StatusCreated}, write, s.request)
	register(a, route{pattern: "GET /v1/payments", name: "list-payments", summary: "List where customers' money moved, the latest day first: payments, refunds, disputes, and what was void of them."}, read, s.list)
	register(a, route{pattern: "GET /v1/payments/{id}", name: "get-payment", summary: "Get an entry of a ledger."}, read, s.get)
	register(a, route{pattern: "POST /v1/payments/{id}/refunds", name: "record-refund", summary: "Give a part of a payment back, or all of it, the way that it came.",
		more: "What was paid online goes back by Stripe, now: leave `method`, `day` and `reference` out. What came by hand is written down as given back. Never more than is left of the payment; what was given back is not due again.", status: http.StatusCreated}, write, s.refund)
	register(a, route{pattern: "POST /v1/payments/{id}/void", name: "void-payment", summary: "Take back an entry that was written down wrongly.",
		more: "Entries are never changed: the answer is an entry of its own.", status: http.StatusCreated}, write, s.void)
}

// ledgerEntry is a line of a ledger.
type ledgerEntry struct {
	ID                  id.ID       `json:"id"`
	AcceptanceID        id.ID       `json:"acceptance_id"`
	N                   int         `json:"n" doc:"Its number in the ledger, which is the ledger's version when it was written."`
	Kind                string      `json:"kind" enum:"request,payment,refund,void,dispute,reinstatement"`
	Method              string      `json:"method" enum:",check,cash,card,bank" doc:"Empty: of a request."`
	AmountCents         money.Cents `json:"amount_cents"`
	DueChangeCents      money.Cents `json:"due_change_cents" doc:"What it did to what is due."`
	ReceivedChangeCents money.Cents `json:"received_change_cents" doc:"What it did to what was received."`
	OfEntryID           *id.ID      `json:"of_entry_id" doc:"What is refunded, taken back or void."`
	Reference           string      `json:"reference"`
	Note                string      `json:"note"`
	Online              bool        `json:"online" doc:"It came by the payment provider, and was not written down by hand."`
	Day                 string      `json:"day" doc:"On which the money moved, where the company is: 2026-03-03."`
	RecordedByID        id.ID       `json:"recorded_by_id"`
	RecordedByName      string      `json:"recorded_by_name"`
	RecordedAt          time.Time   `json:"recorded_at"`
}

func newLedgerEntry(e payment.Entry) ledgerEntry {
	return ledgerEntry{
		ID: e.ID, AcceptanceID: e.AcceptanceID, N: e.N, Kind: string(e.Kind), Method: string(e.Method), AmountCents: e.AmountCents, DueChangeCents: e.DueChange,
		ReceivedChangeCents: e.ReceivedChange, OfEntryID: e.OfEntry, Reference: e.Reference, Note: e.Note, Online: !e.ByHand(), Day: e.Day.Format(time.DateOnly),
		RecordedByID: e.RecordedBy, RecordedByName: e.RecordedName, RecordedAt: e.RecordedAt.UTC(),
	}
}

// jobLedger is a ledger with its sums.
type jobLedger struct {
	AgreedCents   money.Cents   `json:"agreed_cents"`
	DueCents      money.Cents   `json:"due_cents" doc:"Asked for and not paid yet."`
	ReceivedCents money.Cents   `json:"received_cents" doc:"Paid, less what went back."`
	PaidCents     money.Cents   `json:"paid_cents"`
	RefundedCents money.Cents   `json:"refunded_cents"`
	BalanceCents  money.Cents   `json:"balance_cents" doc:"Left to pay of what was agreed."`
	CreditCents   money.Cents   `json:"credit_cents" doc:"Received beyond what was agreed."`
	Version       int           `json:"version"`
	Entries       []ledgerEntry `json:"entries" doc:"The oldest first."`
}

func (s payments) ofJob(ctx context.Context, a tenancy.Actor, in *ByID) (*answer[jobLedger], error) {
	acceptance, err := s.Jobs.FindAcceptance(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	l, err := s.Payments.GetLedger(ctx, a, acceptance)
	if err != nil {
		return nil, err
	}
	return &answer[jobLedger]{jobLedger{
		AgreedCents: l.AgreedCents, DueCents: l.DueCents, ReceivedCents: l.ReceivedCents, PaidCents: l.PaidCents, RefundedCents: l.RefundedCents,
		BalanceCents: l.Balance(), CreditCents: l.Credit(), Version: l.Version, Entries: each(l.Entries, newLedgerEntry),
	}}, nil
}

type recordPaymentBody struct {
	AmountCents money.Cents `json:"amount_cents"`
	Method      string      `json:"method" enum:"check,cash,card,bank"`
	Day         string      `json:"day,omitempty" doc:"On which it came, as 2026-03-03; left out: today."`
	Reference   string      `json:"reference,omitempty" doc:"As the number of a check."`
	Note        string      `json:"note,omitempty"`
	Receipt     bool        `json:"receipt,omitempty" doc:"Mail the customer a receipt."`
	Version     int         `json:"ledger_version,omitempty" minimum:"0" maximum:"1000000" doc:"Of the ledger as it was read; when it changed since 412. Left out: of any."`
}

// onRecord is a request about one record with a body.
type onRecord[T any] struct {
	ByID
	Body T
}

func (s payments) record(ctx context.Context, a tenancy.Actor, in *onRecord[recordPaymentBody]) (*createdAnswer[ledgerEntry], error) {
	acceptance, err := s.Jobs.FindAcceptance(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	b := in.Body
	return s.written(s.Payments.RecordPayment(ctx, a, payment.RecordInput{Acceptance: acceptance, Version: b.Version, AmountCents: b.AmountCents, Method: payment.Method(b.Method),
		Day: b.Day, Reference: b.Reference, Note: b.Note, Receipt: b.Receipt}))
}

func (s payments) written(e payment.Entry, err error) (*createdAnswer[ledgerEntry], error) {
	if err != nil {
		return nil, err
	}
	return &createdAnswer[ledgerEntry]{Location: "/v1/payments/" + e.ID.String(), ETag: etag(e.N), Body: newLedgerEntry(e)}, nil
}

type requestPaymentBody struct {
	AmountCents money.Cents `json:"amount_cents,omitempty" doc:"Left out: all that is left."`
	Note        string      `json:"note,omitempty" doc:"What for. The customer reads it."`
	Version     int         `json:"ledger_version,omitempty" minimum:"0" maximum:"1000000"`
}

func (s payments) request(ctx context.Context, a tenancy.Actor, in *onRecord[requestPaymentBody]) (*createdAnswer[ledgerEntry], error) {
	acceptance, err := s.Jobs.FindAcceptance(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return s.written(s.Payments.RequestPayment(ctx, a, payment.RequestInput{Acceptance: acceptance, Version: in.Body.Version, AmountCents: in.Body.AmountCents, Note: in.Body.Note}))
}

type recordRefundBody struct {
	AmountCents money.Cents `json:"amount_cents"`
	Method      string      `json:"method,omitempty" enum:"check,cash,card,bank" doc:"Left out: as it came."`
	Day         string      `json:"day,omitempty" doc:"On which it was given back by hand; left out: today."`
	Reference   string      `json:"reference,omitempty"`
	Note        string      `json:"note,omitempty"`
	Version     int         `json:"ledger_version,omitempty" minimum:"0" maximum:"1000000"`
}

func (s payments) refund(ctx context.Context, a tenancy.Actor, in *onRecord[recordRefundBody]) (*createdAnswer[ledgerEntry], error) {
	b := in.Body
	return s.written(s.Payments.Refund(ctx, a, payment.RefundInput{Payment: id.ID(in.ID), Version: b.Version, AmountCents: b.AmountCents, Method: payment.Method(b.Method),
		Day: b.Day, Reference: b.Reference, Note: b.Note}))
}

type voidPaymentBody struct {
	Reason  string `json:"reason,omitempty"`
	Version int    `json:"ledger_version,omitempty" minimum:"0" maximum:"1000000"`
}

func (s payments) void(ctx context.Context, a tenancy.Actor, in *onRecord[voidPaymentBody]) (*createdAnswer[ledgerEntry], error) {
	return s.written(s.Payments.VoidEntry(ctx, a, payment.VoidInput{Entry: id.ID(in.ID), Version: in.Body.Version, Reason: in.Body.Reason}))
}

// paymentLine is an entry with whose it is.
type paymentLine struct {
	ledgerEntry
	QuoteID      id.ID  `json:"quote_id"`
	QuoteNumber  string `json:"quote_number"`
	CustomerID   id.ID  `json:"customer_id"`
	CustomerName string `json:"customer_name"`
	Place        string `json:"place"`
}

func newPaymentLine(l payment.Line) paymentLine {
	return paymentLine{ledgerEntry: newLedgerEntry(l.Entry), QuoteID: l.QuoteID, QuoteNumber: l.QuoteNumber, CustomerID: l.CustomerID, CustomerName: l.CustomerName, Place: l.Place}
}

type listPayments struct {
	Paging
	Method string `query:"method" enum:"check,cash,card,bank"`
	From   string `query:"from" maxLength:"10" doc:"A day as 2026-03-03: not before it."`
	To     string `query:"to" maxLength:"10" doc:"The last day, which is within."`
}

func (s payments) list(ctx context.Context, a tenancy.Actor, in *listPayments) (*answer[pageOf[paymentLine]], error) {
	page, err := s.Payments.ListPayments(ctx, a, payment.Filter{Method: payment.Method(in.Method), From: in.From, To: in.To, After: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, renamed(err, "/after", "/cursor")
	}
	return &answer[pageOf[paymentLine]]{pageOf[paymentLine]{Items: each(page.Lines, newPaymentLine), NextCursor: cursorOf(page.Next)}}, nil
}

func (s payments) get(ctx context.Context, a tenancy.Actor, in *ByID) (*answer[paymentLine], error) {
	rec, err := s.Payments.GetEntry(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return &answer[paymentLine]{newPaymentLine(rec.Line)}, nil
}
