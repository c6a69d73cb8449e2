package payment

import (
	"context"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Service has the operations on ledgers.
type Service struct {
	DB     *pg.DB
	Notify *notify.Service

	Accounts Accounts // nil, and Till with it: no online payments are taken
	Till     Till
}

// entryFacts are what the log says of an entry.
type entryFacts struct {
	Kind        Kind        `json:"kind"`
	AmountCents money.Cents `json:"amount_cents"`
	Method      Method      `json:"method,omitempty"`
	Day         string      `json:"day"`
	Reference   string      `json:"reference,omitempty"`
	Note        string      `json:"note,omitempty"`
	Of          *id.ID      `json:"of,omitempty"`
	Entry       id.ID       `json:"entry"`
	Received    money.Cents `json:"received_cents"` // then
	Due         money.Cents `json:"due_cents"`      // then
}

// record says in the log what was added to a ledger.
func record(tx *pg.OrgTx, a tenancy.Actor, action string, l *Ledger, e Entry) error {
	return audit.Record(tx, a, audit.Deed{Action: action, RecordType: "ledger", RecordID: l.AcceptanceID, After: entryFacts{
		Kind: e.Kind, AmountCents: e.AmountCents, Method: e.Method, Day: e.Day.Format("2006-01-02"), Reference: e.Reference, Note: e.Note, Of: e.OfEntry, Entry: e.ID,
		Received: l.ReceivedCents, Due: l.DueCents,
	}})
}

// write is what all changes have in common: the right, the key that makes a repeat harmless, the plan.
func write[In any](ctx context.Context, s *Service, a tenancy.Actor, operation string, in In, fn func(*pg.OrgTx) (Entry, error)) (Entry, error) {
	if err := a.Require(tenancy.PaymentsRecord); err != nil {
		return Entry{}, err
	}
	return tenancy.Once(ctx, s.DB, a, operation, in, func(tx *pg.OrgTx) (Entry, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return Entry{}, err
		}
		return fn(tx)
	})
}

// unchanged refuses a change of a ledger that somebody else has added to since it was looked at.
func (l *Ledger) unchanged(seen int) error {
	if seen != 0 && seen != l.Version {
		return fault.Stale("ledger")
	}
	return nil
}

// RecordPayment writes down money that came by hand. It is refused beyond the balance: what is more is another sale's, or
// a mistake.
func (s *Service) RecordPayment(ctx context.Context, a tenancy.Actor, in RecordInput) (Entry, error) {
	var r reader
	r.amount(in.AmountCents)
	r.method(in.Method)
	in.Reference, in.Note = r.text("/reference", in.Reference, maxReference), r.text("/note", in.Note, maxNote)
	if r.Any() {
		return Entry{}, r.Err()
	}
	return write(ctx, s, a, "payments.record", in, func(tx *pg.OrgTx) (Entry, error) {
		var r reader
		day := r.day("/day", in.Day, dayOf(tx.Now(), a.Org.Zone()))
		if r.Any() {
			return Entry{}, r.Err()
		}
		l, err := openLedger(tx, in.Acceptance)
		if err != nil {
			return Entry{}, err
		}
		if err := l.unchanged(in.Version); err != nil {
			return Entry{}, err
		}
		if in.AmountCents > l.Balance() {
			return Entry{}, tooMuch(l.Balance())
		}
		e, err := l.write(tx, a, Entry{Kind: Payment, Method: in.Method, AmountCents: in.AmountCents, Day: day, Reference: in.Reference, Note: in.Note}, nil)
		if err != nil {
			return Entry{}, err
		}
		if in.Receipt {
			if err := s.sendReceipt(tx, a, l, e); err != nil {
				return Entry{}, err
			}
		}
		if err := s.closeStale(tx, l); err != nil {
			return Entry{}, err
		}
		return e, record(tx, a, "payment.recorded", l, e)
	})
}

func tooMuch(balance money.Cents) error {
	if balance == 0 {
		return fault.InvalidField("/amount_cents", "Everything is paid. Void an entry that is wrong first.")
	}
	return fault.InvalidField("/amount_cents", "This is more than is left to pay. Record at most %s.", balance)
}

// RequestPayment asks the homeowner for a part of what is left, or for all of it.
func (s *Service) RequestPayment(ctx context.Context, a tenancy.Actor, in RequestInput) (Entry, error) {
	var r reader
	if in.AmountCents != 0 {
		r.amount(in.AmountCents)
	}
	in.Note = r.text("/note", in.Note, maxNote)
	if r.Any() {
		return Entry{}, r.Err()
	}
	return write(ctx, s, a, "payments.request", in, func(tx *pg.OrgTx) (Entry, error) {
		l, err := openLedger(tx, in.Acceptance)
		if err != nil {
			return Entry{}, err
		}
		if err := l.unchanged(in.Version); err != nil {
			return Entry{}, err
		}
		most, amount, note := l.Requestable(), in.AmountCents, in.Note
		if amount == 0 {
			amount = most
		}
		switch {
		case most == 0:
			return Entry{}, fault.InvalidField("/amount_cents", "Nothing is left to ask for: the rest is due or paid.")
		case amount > most:
			return Entry{}, fault.InvalidField("/amount_cents", "This is more than is left to ask for. Ask for at most %s.", most)
		case note == "" && amount == most:
			note = "Balance"
		case note == "":
			note = "Payment"
		}
		e, err := l.write(tx, a, Entry{Kind: Request, AmountCents: amount, Day: dayOf(tx.Now(), a.Org.Zone()), Note: note}, nil)
		if err != nil {
			return Entry{}, err
		}
		if err := s.closeStale(tx, l); err != nil {
			return Entry{}, err
		}
		return e, record(tx, a, "payment.requested", l, e)
	})
}

// RecordRefund writes down money of a payment that was given back by hand, never more than came.
func (s *Service) RecordRefund(ctx context.Context, a tenancy.Actor, in RefundInput) (Entry, error) {
	var r reader
	r.amount(in.AmountCents)
	if in.Method != "" {
		r.method(in.Method)
	}
	in.Reference, in.Note = r.text("/reference", in.Reference, maxReference), r.text("/note", in.Note, maxNote)
	if r.Any() {
		return Entry{}, r.Err()
	}
	return write(ctx, s, a, "payments.refund", in, func(tx *pg.OrgTx) (Entry, error) {
		var r reader
		day := r.day("/day", in.Day, dayOf(tx.Now(), a.Org.Zone()))
		if r.Any() {
			return Entry{}, r.Err()
		}
		l, of, err := ledgerOf(tx, in.Payment)
		if err != nil {
			return Entry{}, err
		}
		if err := l.unchanged(in.Version); err != nil {
			return Entry{}, err
		}
		if err := l.mayRefund(of, in.AmountCents, true); err != nil {
			return Entry{}, err
		}
		method := in.Method
		if method == "" {
			method = of.Method
		}
		e, err := l.write(tx, a, Entry{Kind: Refund, Method: method, AmountCents: in.AmountCents, Day: day, Reference: in.Reference, Note: in.Note}, of)
		if err != nil {
			return Entry{}, err
		}
		return e, record(tx, a, "payment.refunded", l, e)
	})
}

// mayRefund tells why an amount of a payment cannot be given back.
func (l *Ledger) mayRefund(of *Entry, amount money.Cents, byHand bool) error {
	switch {
	case of.Kind != Payment:
		return fault.New(fault.Conflict, "not-a-payment", "Only a payment can be refunded.")
	case of.ByHand() != byHand:
		return fault.New(fault.Conflict, "paid-online", "This was paid online. It goes back the same way.")
	}
	switch left := l.Refundable(of.ID); {
	case left == 0:
		return fault.InvalidField("/amount_cents", "Nothing of this payment is left to give back.")
	case amount > left:
		return fault.InvalidField("/amount_cents", "This is more than is left of the payment. Give back at most %s.", left)
	}
	return nil
}

// byMistake is the reason of an undo.
const byMistake = "Recorded by mistake"

// VoidEntry takes back an entry that a person wrote down wrongly. What it did is undone by an entry of its own.
func (s *Service) VoidEntry(ctx context.Context, a tenancy.Actor, in VoidInput) (Entry, error) {
	var r reader
	if in.Reason = r.text("/reason", in.Reason, maxNote); r.Any() {
		return Entry{}, r.Err()
	}
	if in.Reason == "" {
		in.Reason = byMistake
	}
	return write(ctx, s, a, "payments.void", in, func(tx *pg.OrgTx) (Entry, error) {
		l, of, err := ledgerOf(tx, in.Entry)
		if err != nil {
			return Entry{}, err
		}
		if err := l.unchanged(in.Version); err != nil {
			return Entry{}, err
		}
		if err := l.MayVoid(of.ID); err != nil {
			return Entry{}, err
		}
		e, err := l.write(tx, a, Entry{Kind: Void, Method: of.Method, AmountCents: of.AmountCents, Day: dayOf(tx.Now(), a.Org.Zone()), Note: in.Reason}, of)
		if err != nil {
			return Entry{}, err
		}
		if err := s.closeStale(tx, l); err != nil {
			return Entry{}, err
		}
		return e, record(tx, a, "payment.voided", l, e)
	})
}

// MayVoid tells why an entry cannot be taken back.
func (l *Ledger) MayVoid(entry id.ID) error {
	switch of := l.entry(entry); {
	case of == nil:
		return fault.Missing()
	case of.Kind == Void:
		return fault.New(fault.Conflict, "entry-final", "A void entry cannot be taken back. Record it anew.")
	case !of.ByHand():
		return fault.New(fault.Conflict, "entry-final", "This was paid online. Refund it instead.")
	case l.Voided(of.ID):
		return fault.New(fault.Conflict, "entry-void", "This entry is void already.")
	case of.Kind == Payment && l.Refundable(of.ID) != of.AmountCents:
		return fault.New(fault.Conflict, "entry-refunded", "A part of this payment was given back. Void the refund first.")
	}
	return nil
}

// exportFacts are what the log says of an export.
type exportFacts struct {
	Lines  int    `json:"lines"`
	Method Method `json:"method,omitempty"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
}

func recordExport(tx *pg.OrgTx, a tenancy.Actor, f Filter, lines int) error {
	return audit.Record(tx, a, audit.Deed{Action: "payments.exported", RecordType: "payments", RecordID: tx.Tenant().Org(),
		After: exportFacts{Lines: lines, Method: f.Method, From: f.From, To: f.To}})
}
