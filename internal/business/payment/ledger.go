package payment

import (
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// Kind is what an entry of a ledger says.
type Kind string

// The kinds. A void takes back an entry that was wrong; a dispute is money that a bank took back, a reinstatement what it
// returned.
const (
	Request       Kind = "request"
	Payment       Kind = "payment"
	Refund        Kind = "refund"
	Void          Kind = "void"
	Dispute       Kind = "dispute"
	Reinstatement Kind = "reinstatement"
)

// Deposit is what the request of a signature is for.
const Deposit = "Deposit"

// Method is how money moved.
type Method string

// The methods.
const (
	Check Method = "check"
	Cash  Method = "cash"
	Card  Method = "card"
	Bank  Method = "bank"
)

// Methods are all of them, in the order of forms.
var Methods = []Method{Check, Cash, Card, Bank}

// Entry is one line of a ledger. It is never changed.
type Entry struct {
	ID             id.ID       `json:"id"`
	AcceptanceID   id.ID       `json:"acceptance_id"`
	N              int         `json:"n"`
	Kind           Kind        `json:"kind"`
	Method         Method      `json:"method,omitempty"`
	AmountCents    money.Cents `json:"amount_cents"`
	DueChange      money.Cents `json:"due_change_cents" db:"due_change_cents"`
	ReceivedChange money.Cents `json:"received_change_cents" db:"received_change_cents"`
	OfEntry        *id.ID      `json:"of_entry,omitempty"`
	Note           string      `json:"note,omitempty"`
	Reference      string      `json:"reference,omitempty"`
	ProviderID     string      `json:"provider_id,omitempty"`
	Day            time.Time   `json:"day"` // the date alone counts
	RecordedBy     id.ID       `json:"recorded_by"`
	RecordedName   string      `json:"recorded_name"`
	RecordedAt     time.Time   `json:"recorded_at"`
}

// ByHand tells that a person wrote the entry down; only such can be void.
func (e Entry) ByHand() bool { return e.ProviderID == "" }

// Standing is where a ledger stands: the sum of its entries.
type Standing struct {
	AgreedCents   money.Cents `json:"agreed_cents"`
	DueCents      money.Cents `json:"due_cents"`
	ReceivedCents money.Cents `json:"received_cents"`
	PaidCents     money.Cents `json:"paid_cents"`
	RefundedCents money.Cents `json:"refunded_cents"`
}

// Balance is what is left to pay of what was agreed.
func (s Standing) Balance() money.Cents { return max(0, s.AgreedCents-s.ReceivedCents) }

// Credit is what came beyond what was agreed.
func (s Standing) Credit() money.Cents { return max(0, s.ReceivedCents-s.AgreedCents) }

// Requestable is what can still be asked for.
func (s Standing) Requestable() money.Cents { return s.Balance() - s.DueCents }

// Ledger is everything of one acceptance.
type Ledger struct {
	AcceptanceID id.ID `json:"acceptance_id"`
	Standing
	Version  int       `json:"version"`
	Entries  []Entry   `json:"entries"` // the oldest first
	Underway *Underway `json:"-"`       // as GetLedger reads it
}

// entry is the entry of that id, or nil.
func (l *Ledger) entry(wanted id.ID) *Entry {
	for i := range l.Entries {
		if l.Entries[i].ID == wanted {
			return &l.Entries[i]
		}
	}
	return nil
}

// askedFor are the names of the requests that are due. Payments go to the oldest first: what is open is of the newest.
func (l *Ledger) askedFor() string {
	var names []string
	left := l.DueCents
	for _, e := range slices.Backward(l.Entries) {
		if left > 0 && e.Kind == Request && !l.Voided(e.ID) {
			names, left = append(names, e.Note), left-e.AmountCents
		}
	}
	slices.Reverse(names)
	return strings.Join(slices.Compact(names), ", ")
}

// wasDeposit tells that a payment was all that was due, and that was the deposit.
func (l *Ledger) wasDeposit(e Entry) bool {
	before := Ledger{Standing: l.Standing, Entries: l.Entries[:e.N-1]}
	before.DueCents -= e.DueChange
	return e.AmountCents == before.DueCents && before.askedFor() == Deposit
}

// Voided tells whether an entry was taken back.
func (l *Ledger) Voided(e id.ID) bool {
	for _, x := range l.Entries {
		if x.Kind == Void && *x.OfEntry == e {
			return true
		}
	}
	return false
}

// Refundable is what of a payment can still be given back.
func (l *Ledger) Refundable(payment id.ID) money.Cents {
	p := l.entry(payment)
	if p == nil || p.Kind != Payment || l.Voided(payment) {
		return 0
	}
	left := p.AmountCents
	for _, e := range l.Entries {
		if e.OfEntry == nil || *e.OfEntry != payment || l.Voided(e.ID) {
			continue
		}
		switch e.Kind {
		case Refund, Dispute:
			left -= e.AmountCents
		case Reinstatement:
			left += e.AmountCents
		}
	}
	return max(0, left)
}

// add puts an entry behind the others: its number, what it changes, and where the ledger stands then. of is what a void
// takes back.
func (l *Ledger) add(e *Entry, of *Entry) {
	s := &l.Standing
	due := s.DueCents
	e.ReceivedChange = 0
	switch e.Kind {
	case Request:
		s.DueCents += e.AmountCents
	case Payment:
		e.ReceivedChange = e.AmountCents
		s.PaidCents += e.AmountCents
		s.DueCents -= min(e.AmountCents, s.DueCents)
	case Refund:
		e.ReceivedChange = -e.AmountCents
		s.RefundedCents += e.AmountCents
	case Dispute:
		e.ReceivedChange = -e.AmountCents
	case Reinstatement:
		e.ReceivedChange = e.AmountCents
	case Void:
		e.ReceivedChange = -of.ReceivedChange
		l.takeBack(of)
	}
	s.ReceivedCents += e.ReceivedChange
	s.DueCents = min(s.DueCents, s.Balance()) // nobody is asked for more than is left
	e.DueChange = s.DueCents - due
	e.AcceptanceID, e.N = l.AcceptanceID, l.Version+1
	l.Version = e.N
	l.Entries = append(l.Entries, *e)
}

// takeBack undoes what an entry did to the standing, but for what was received.
func (l *Ledger) takeBack(of *Entry) {
	s := &l.Standing
	switch of.Kind {
	case Request:
		s.DueCents -= min(of.AmountCents, s.DueCents)
	case Payment:
		s.PaidCents -= of.AmountCents
		s.DueCents -= of.DueChange // what it had paid is due again
	case Refund:
		s.RefundedCents -= of.AmountCents
	}
}
