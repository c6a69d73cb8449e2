package payment

import (
	"context"
	"errors"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Underway is an online payment that the homeowner's bank has not made yet. It takes days.
type Underway struct {
	Online
	OutOfUse bool // its account is not connected any more: perhaps nobody tells us what becomes of it
}

// underway is what of the payments that are not finished is on its way; nil: nothing.
func underway(unfinished []Online, inUse *Account) *Underway {
	if len(unfinished) == 0 || unfinished[0].State != Processing {
		return nil
	}
	return &Underway{unfinished[0], inUse == nil || inUse.Account != unfinished[0].Account}
}

// Fate is what became of a payment that was on its way.
type Fate string

// The fates.
const (
	Arrived Fate = "arrived"
	LetGo   Fate = "let_go" // the bank refused it, or it is written down already
)

// ResolveInput says what became of a payment of which the provider tells us nothing any more.
type ResolveInput struct {
	Payment id.ID  `json:"payment"`
	Version int    `json:"version"`
	Fate    Fate   `json:"fate"`
	Day     string `json:"day"`     // on which it arrived; empty: today
	Receipt bool   `json:"receipt"` // mail the customer that it came
}

// CodeToldSince is the code of who says what became of a payment that the provider tells of itself.
const CodeToldSince = "payment-told"

// ResolveOnline writes down what somebody saw at the provider of a payment that was on its way when we were shut out of its
// account. The provider is asked first: what it tells counts, and nobody else says it then.
func (s *Service) ResolveOnline(ctx context.Context, a tenancy.Actor, in ResolveInput) (Entry, error) {
	if err := a.Require(tenancy.PaymentsRecord); err != nil {
		return Entry{}, err
	}
	var r reader
	if in.Fate != Arrived && in.Fate != LetGo {
		r.Add("/fate", "Choose what became of it.")
		return Entry{}, r.Err()
	}
	var o Online
	asked, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.One(r, &o, `SELECT `+onlineColumns+` FROM app.online_payments WHERE org_id = $1 AND id = $2`, a.Tenant().Org(), in.Payment)
	})
	if err != nil {
		return Entry{}, err
	}
	if err := s.askFate(ctx, a, o, asked); err != nil {
		return Entry{}, err
	}
	return write(ctx, s, a, "payments.resolve", in, func(tx *pg.OrgTx) (Entry, error) {
		l, err := lockLedger(tx, o.AcceptanceID)
		if err != nil {
			return Entry{}, err
		}
		if err := l.unchanged(in.Version); err != nil {
			return Entry{}, err
		}
		if in.Fate == LetGo {
			if err := over(tx, o, Failed, "Let go by "+a.Name, nil); err != nil {
				return Entry{}, err
			}
			return Entry{}, audit.Record(tx, a, audit.Deed{Action: "payment.let_go", RecordType: "ledger", RecordID: l.AcceptanceID, After: onlineFacts{o.ID, o.AmountCents}})
		}
		return s.arrived(tx, a, l, o, in)
	})
}

// askFate asks the provider what became of a payment. It is refused to say anything else than what it tells.
func (s *Service) askFate(ctx context.Context, a tenancy.Actor, o Online, asked time.Time) error {
	if s.Till == nil || o.State != Processing {
		return nil
	}
	st, err := s.Till.ReadPayment(ctx, o.Account, o.Session)
	if errors.Is(err, ErrNoAccess) {
		return nil
	}
	if err != nil {
		return unreachable(err)
	}
	if err := s.settle(ctx, a, o.ID, asked, st); err != nil {
		return err
	}
	if st.State == Processing {
		return fault.New(fault.Conflict, CodeToldSince, "Stripe still tells us of this payment: it is on its way. What becomes of it is written down here by itself.")
	}
	return fault.New(fault.Conflict, CodeToldSince, "Stripe has just told what became of this payment. It is written down.")
}

// over ends a payment that was on its way.
func over(tx *pg.OrgTx, o Online, state OnlineState, problem string, said *id.ID) error {
	tag, err := tx.Exec(`UPDATE app.online_payments SET state = $3, problem = $4, said_entry = $5 WHERE org_id = $1 AND id = $2 AND state = 'processing'`,
		tx.Tenant().Org(), o.ID, state, problem, said)
	if err == nil && tag.RowsAffected() == 0 {
		err = fault.New(fault.Conflict, CodeToldSince, "What became of this payment is written down already.")
	}
	return err
}

// arrived writes the payment down as one that came by hand: so it can be void, and given back.
func (s *Service) arrived(tx *pg.OrgTx, a tenancy.Actor, l *Ledger, o Online, in ResolveInput) (Entry, error) {
	var r reader
	day := r.day("/day", in.Day, dayOf(tx.Now(), a.Org.Zone()))
	if o.AmountCents > l.Balance() {
		r.Add("/fate", "Only %s is left to pay. Let it go if it is written down already, or void what was written down wrongly first.", l.Balance())
	}
	if r.Any() {
		return Entry{}, r.Err()
	}
	e, err := l.write(tx, a, Entry{Kind: Payment, Method: Bank, AmountCents: o.AmountCents, Day: day, Note: "Paid online, seen at Stripe"}, nil)
	if err != nil {
		return Entry{}, err
	}
	if err := over(tx, o, Paid, "", &e.ID); err != nil {
		return Entry{}, err
	}
	if in.Receipt {
		if err := s.sendReceipt(tx, a, l, e); err != nil {
			return Entry{}, err
		}
	}
	return e, record(tx, a, "payment.recorded", l, e)
}
