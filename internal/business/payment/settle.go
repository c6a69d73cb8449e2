package payment

import (
	"context"
	"errors"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// FollowOnline asks the provider what became of a payment of this organization, and writes into the ledger what is new.
// object is its page, intent or charge there; one that is not known yet may be of any payment that is open. Another
// organization's account is left alone. The order of questions does not matter: entries are only added, each once, and
// where the payment stands is what the last question was answered.
func (s *Service) FollowOnline(ctx context.Context, a tenancy.Actor, account, object string) error {
	if s.Till == nil || object == "" {
		return nil
	}
	var found []Online
	asked, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.All(r, &found, `SELECT `+onlineColumns+` FROM app.online_payments WHERE org_id = $1 AND account = $2 AND session <> ''
			AND (session = $3 OR intent = $3 OR charge = $3 OR state IN ('open', 'processing') AND intent = '') ORDER BY id`, a.Tenant().Org(), account, object)
	})
	if err != nil {
		return err
	}
	for _, o := range found {
		st, err := s.Till.ReadPayment(ctx, o.Account, o.Session)
		if errors.Is(err, ErrNoAccess) {
			continue // nobody tells us any more
		}
		if err != nil {
			return unreachable(err)
		}
		if err := s.settle(ctx, a, o.ID, asked, st); err != nil {
			return err
		}
	}
	return nil
}

// settle writes what the provider said.
func (s *Service) settle(ctx context.Context, a tenancy.Actor, online id.ID, asked time.Time, st PaymentState) error {
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		org := tx.Tenant().Org()
		var acceptance id.ID
		if err := tx.QueryRow(`SELECT acceptance_id FROM app.online_payments WHERE org_id = $1 AND id = $2`, org, online).Scan(&acceptance); err != nil {
			return err
		}
		l, err := lockLedger(tx, acceptance)
		if err != nil {
			return err
		}
		o, err := pg.CollectOne[Online](tx, `SELECT `+onlineColumns+` FROM app.online_payments WHERE org_id = $1 AND id = $2 FOR UPDATE`, org, online)
		if err != nil {
			return err
		}
		b := book{s: s, tx: tx, a: a, l: l, o: o}
		if err := b.write(st); err != nil {
			return err
		}
		if o.AskedAt != nil && !asked.After(*o.AskedAt) {
			return nil // a later question was answered before
		}
		var answerBy *time.Time
		d := st.dispute()
		if !d.AnswerBy.IsZero() {
			answerBy = &d.AnswerBy
		}
		// What is over does not begin again: another page may be open by now.
		_, err = tx.Exec(`UPDATE app.online_payments SET state = CASE WHEN state IN ('open', 'processing') OR $3 NOT IN ('open', 'processing') THEN $3 ELSE state END, intent = $4, charge = $5, problem = $6, dispute = $7, answer_by = $8, asked_at = $9 WHERE org_id = $1 AND id = $2`,
			org, o.ID, st.State, st.Intent, st.Charge, st.Problem, d.Status, answerBy, asked)
		return err
	})
}

// book is where a payment's news are written.
type book struct {
	s  *Service
	tx *pg.OrgTx
	a  tenancy.Actor
	l  *Ledger
	o  Online
}

// known is the entry of the provider's name, or nil.
func (b *book) known(name string) *Entry {
	for i := range b.l.Entries {
		if b.l.Entries[i].ProviderID == name {
			return &b.l.Entries[i]
		}
	}
	return nil
}

// add writes an entry in the name of who did it.
func (b *book) add(action string, e Entry, of *Entry, by string, at time.Time) error {
	who := b.a
	switch {
	case by != "":
		who.Name = by
	case e.Kind == Payment:
		who.ID, who.Name = b.o.LinkID, b.o.PayerName
	default:
		who.Name = "Stripe"
	}
	e.Day = dayOf(at, b.a.Org.Zone())
	var copied *Entry
	if of != nil {
		c := *of // the slice that it stands in grows
		copied = &c
	}
	e, err := b.l.write(b.tx, who, e, copied)
	if err != nil {
		return err
	}
	if err := b.tell(e); err != nil {
		return err
	}
	return record(b.tx, b.a, action, b.l, e)
}

// tell mails what happened: a receipt to who paid, and to the company what came and what a bank took back.
func (b *book) tell(e Entry) error {
	if e.Kind != Payment && e.Kind != Dispute && e.Kind != Reinstatement {
		return nil
	}
	p, err := findPayer(b.tx, b.l)
	if err != nil {
		return err
	}
	if e.Kind == Payment && p.Email != "" {
		if err := b.s.mailReceipt(b.tx, b.a, p, b.l, e); err != nil {
			return err
		}
	}
	return b.s.mailCompany(b.tx, b.a, p, b.l, e)
}

// write adds what the ledger does not have yet.
func (b *book) write(st PaymentState) error {
	if st.State != Paid || st.Charge == "" {
		return nil
	}
	if b.known(st.Charge) == nil {
		if said := b.o.SaidEntry; said != nil && !b.l.Voided(*said) {
			return nil // it is in the ledger, and what becomes of it is for who wrote it there
		}
		if err := b.add("payment.paid_online", Entry{Kind: Payment, Method: st.Method, AmountCents: st.AmountCents, Reference: ending(st.Ending), ProviderID: st.Charge}, nil, "", st.PaidAt); err != nil {
			return err
		}
	}
	for _, r := range st.Refunds {
		if err := b.refund(st.Charge, r); err != nil {
			return err
		}
	}
	for _, d := range st.Disputes {
		for _, m := range d.Moves {
			if err := b.move(st, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// refund writes a refund, and takes it back when the money came back to the company.
func (b *book) refund(charge string, r ProviderRefund) error {
	known, of := b.known(r.ID), b.known(charge)
	switch {
	case known == nil && !r.Failed:
		return b.add("payment.refunded_online", Entry{Kind: Refund, Method: of.Method, AmountCents: r.AmountCents, Note: r.Note, ProviderID: r.ID}, of, r.By, r.At)
	case known != nil && r.Failed && !b.l.Voided(known.ID):
		return b.add("payment.refund_failed", Entry{Kind: Void, Method: known.Method, AmountCents: known.AmountCents, Note: "The refund failed: the money came back", ProviderID: r.ID + " failed"}, known, "", b.tx.Now())
	}
	return nil
}

// move writes what a dispute took or returned.
func (b *book) move(st PaymentState, m Move) error {
	if m.AmountCents == 0 || b.known(m.ID) != nil {
		return nil
	}
	e, action := Entry{Kind: Reinstatement, Method: st.Method, AmountCents: m.AmountCents, ProviderID: m.ID}, "payment.reinstated"
	if m.AmountCents < 0 {
		e.Kind, e.AmountCents, action = Dispute, -m.AmountCents, "payment.disputed"
	}
	return b.add(action, e, b.known(st.Charge), "", m.At)
}

func ending(last4 string) string {
	if last4 == "" {
		return ""
	}
	return "ending in " + last4
}

// SweepOnline asks again about everything whose webhook may have been lost: the account, payments that are not finished,
// and those of the last months, which may have been refunded or disputed elsewhere.
func (s *Service) SweepOnline(ctx context.Context, a tenancy.Actor) error {
	if s.Till == nil {
		return nil
	}
	type subject struct{ Account, Session string }
	var accounts, open []subject
	if _, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.All(r, &accounts, `SELECT account, '' AS session FROM app.payment_accounts WHERE org_id = $1 AND account <> '' AND disconnected_at IS NULL`, a.Tenant().Org())
		pg.All(r, &open, `SELECT account, session FROM app.online_payments WHERE org_id = $1 AND session <> ''
			AND (state IN ('open', 'processing') OR state = 'paid' AND created_at > app.now() - $2::interval) ORDER BY state = 'paid', id DESC LIMIT 500`, a.Tenant().Org(), sweptFor)
	}); err != nil {
		return err
	}
	var all error
	for _, c := range accounts {
		all = errors.Join(all, s.FollowAccount(ctx, a, c.Account))
	}
	for _, o := range open {
		all = errors.Join(all, s.FollowOnline(ctx, a, o.Account, o.Session))
	}
	return all
}

// sweptFor is how long after a payment a bank may still want it back.
const sweptFor = 120 * 24 * time.Hour

// OnlineOf reads the online payment that an entry came by. One that was written down by hand has none: the zero value.
func (s *Service) OnlineOf(ctx context.Context, a tenancy.Actor, e Entry) (o Online, err error) {
	if err := a.Require(tenancy.PaymentsRead); err != nil || e.ByHand() || e.Kind != Payment {
		return o, err
	}
	var found []Online
	_, err = s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.All(r, &found, `SELECT `+onlineColumns+` FROM app.online_payments WHERE org_id = $1 AND charge = $2`, a.Tenant().Org(), e.ProviderID)
	})
	if err == nil && len(found) > 0 {
		o = found[0]
	}
	return o, err
}

// Disputed is how a dispute reads; empty without one.
func (o Online) Disputed() string {
	switch o.Dispute {
	case "":
		return ""
	case "won":
		return "The dispute was decided for you."
	case "lost":
		return "The dispute was decided against you: the customer's bank keeps the money."
	case "needs_response", "warning_needs_response":
		return "The customer's bank disputes this payment. Answer it in your Stripe dashboard."
	}
	return "The customer's bank disputes this payment and looks at it."
}
