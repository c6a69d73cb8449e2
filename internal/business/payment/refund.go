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

// Refund gives a part of a payment back the way that it came: what came by hand is written down, what came online the
// provider is asked for.
func (s *Service) Refund(ctx context.Context, a tenancy.Actor, in RefundInput) (Entry, error) {
	if err := a.Require(tenancy.PaymentsRecord); err != nil {
		return Entry{}, err
	}
	var of struct{ ProviderID string }
	if _, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.One(r, &of, `SELECT provider_id FROM app.ledger_entries WHERE org_id = $1 AND id = $2`, a.Tenant().Org(), in.Payment)
	}); err != nil {
		return Entry{}, err
	}
	if of.ProviderID == "" {
		return s.RecordRefund(ctx, a, in)
	}
	return s.refundOnline(ctx, a, in)
}

// refundAsked is a refund that the provider is about to be asked for. It is written down first, and its id is in the key
// of the call: the same request again is the same refund.
type refundAsked struct {
	ID      id.ID  `json:"id"`
	Online  id.ID  `json:"online"`
	Account string `json:"account"`
	Charge  string `json:"charge"`
	By      string `json:"by"`
}

// refundWithin is how long the provider is waited for. What it did with a refund that it did not answer is looked up
// before the next.
const refundWithin = time.Minute

// errLook asks what became of a payment before more of it is given back.
var errLook = errors.New("look at the payment first")

func (s *Service) refundOnline(ctx context.Context, a tenancy.Actor, in RefundInput) (Entry, error) {
	if s.Till == nil {
		return Entry{}, errNotTaken()
	}
	var r reader
	r.amount(in.AmountCents)
	for _, only := range []struct{ pointer, typed string }{{"/method", string(in.Method)}, {"/day", in.Day}, {"/reference", in.Reference}} {
		if only.typed != "" { // of what is written down by hand
			r.Add(only.pointer, "This was paid online and goes back the same way, now. Leave this out.")
		}
	}
	if in.Note = r.text("/note", in.Note, maxNote); r.Any() {
		return Entry{}, r.Err()
	}
	asked, err := s.askRefund(ctx, a, in)
	if err != nil {
		return Entry{}, err
	}
	given, err := s.Till.GiveBack(ctx, "refund:"+asked.ID.String(), GiveBack{Account: asked.Account, Charge: asked.Charge, AmountCents: in.AmountCents, By: asked.By, Note: in.Note})
	_, said := errors.AsType[*fault.Error](err)
	switch {
	case errors.Is(err, ErrNoAccess):
		err = errShutOut(err)
	case err != nil && !said:
		return Entry{}, fault.New(fault.Unavailable, "payments-unreachable", "The card service did not answer, so whether this was given back is not known yet. Look at the payment again in a minute.").Because(err)
	case err == nil && given.Failed:
		err = fault.New(fault.Conflict, "refund-refused", "Stripe could not give this back: the customer's bank does not take it.")
	}
	return s.refundAnswered(ctx, a, asked, given, err)
}

// errShutOut is the answer where the account that a payment came to lets us in no more.
func errShutOut(cause error) error {
	return fault.New(fault.Conflict, "refund-refused", "Stripe does not let us into the account that this was paid to any more. Give it back in your Stripe dashboard.").Because(cause)
}

// askRefund writes down that a refund is asked for. Only one is, at a time.
func (s *Service) askRefund(ctx context.Context, a tenancy.Actor, in RefundInput) (refundAsked, error) {
	var charge, account string
	ask := func(tx *pg.OrgTx) (refundAsked, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return refundAsked{}, err
		}
		l, of, err := ledgerOf(tx, in.Payment)
		if err != nil {
			return refundAsked{}, err
		}
		if err := l.unchanged(in.Version); err != nil {
			return refundAsked{}, err
		}
		if err := l.mayRefund(of, in.AmountCents, false); err != nil {
			return refundAsked{}, err
		}
		o, err := pg.CollectOne[Online](tx, `SELECT `+onlineColumns+` FROM app.online_payments WHERE org_id = $1 AND charge = $2 FOR UPDATE`, tx.Tenant().Org(), of.ProviderID)
		if err != nil {
			return refundAsked{}, err
		}
		if o.RefundAskedAt != nil {
			over := o.RefundAskedAt.Add(refundWithin)
			switch {
			case tx.Now().Before(over):
				return refundAsked{}, fault.New(fault.Conflict, "refund-under-way", "A refund of this payment is being made. Look at it again in a minute.")
			case o.AskedAt == nil || o.AskedAt.Before(over):
				charge, account = o.Charge, o.Account
				return refundAsked{}, errLook
			}
		}
		if _, err := tx.Exec(`UPDATE app.online_payments SET refund_asked_at = $3 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), o.ID, tx.Now()); err != nil {
			return refundAsked{}, err
		}
		return refundAsked{ID: id.New(), Online: o.ID, Account: o.Account, Charge: o.Charge, By: a.Name},
			audit.Record(tx, a, audit.Deed{Action: "payment.refund_asked", RecordType: "ledger", RecordID: l.AcceptanceID, After: onlineFacts{o.ID, in.AmountCents}})
	}
	asked, err := tenancy.Once(ctx, s.DB, a, "payments.refund_online", in, ask)
	if errors.Is(err, errLook) {
		if err := s.FollowOnline(ctx, a, account, charge); err != nil {
			return refundAsked{}, err
		}
		if asked, err = tenancy.Once(ctx, s.DB, a, "payments.refund_online", in, ask); errors.Is(err, errLook) {
			err = errShutOut(err)
		}
	}
	return asked, err
}

// refundAnswered writes down what the provider gave back, unless its webhook was first, and lets the next one be asked for.
// refused is why it gave nothing.
func (s *Service) refundAnswered(ctx context.Context, a tenancy.Actor, asked refundAsked, given ProviderRefund, refused error) (e Entry, err error) {
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		org := tx.Tenant().Org()
		o, err := pg.CollectOne[Online](tx, `SELECT `+onlineColumns+` FROM app.online_payments WHERE org_id = $1 AND id = $2`, org, asked.Online)
		if err != nil {
			return err
		}
		l, err := lockLedger(tx, o.AcceptanceID)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE app.online_payments SET refund_asked_at = NULL WHERE org_id = $1 AND id = $2`, org, o.ID); err != nil || refused != nil {
			return err
		}
		b := book{s: s, tx: tx, a: a, l: l, o: o}
		if err := b.refund(o.Charge, given); err != nil {
			return err
		}
		e = *b.known(given.ID)
		return nil
	})
	if refused != nil && err == nil {
		err = refused
	}
	return e, err
}
