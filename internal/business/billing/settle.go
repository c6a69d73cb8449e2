package billing

import (
	"context"
	"errors"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// SettleActs is the task that looks at a company's acts of which something is still to come.
type SettleActs struct {
	OrgID id.ID `json:"org_id"`
}

// Kind implements tasks.Args.
func (SettleActs) Kind() string { return "billing_settle_acts" }

// Organization implements tasks.Args.
func (t SettleActs) Organization() id.ID { return t.OrgID }

// became is what a subscription says of an act.
func (x Act) became(c Contract) ActState {
	done := false
	switch x.Kind {
	case ActUpgrade:
		if c.Waiting && c.Plan != x.Plan {
			return ActOpen
		}
		done = c.Plan == x.Plan
	case ActDowngrade:
		done = c.Next == x.Plan || c.Plan == x.Plan
	case ActUndo:
		done = c.Schedule == ""
	case ActCancel:
		done = c.CancelAtPeriodEnd || !c.CancelAt.IsZero() || !c.Live()
	case ActResume:
		done = c.Live() && !c.CancelAtPeriodEnd && c.CancelAt.IsZero()
	}
	if done {
		return ActDone
	}
	return ActDropped
}

// note takes over what a person needs in order to pay.
func (x *Act) note(c Contract, state ActState) {
	x.CustomerID = c.Customer
	if state == ActOpen {
		x.PageURL, x.ExpiresAt = c.PayURL, c.WaitsUntil
	}
}

// acts are those of which something is still to come, and the time.
func (s *Service) acts(ctx context.Context, a tenancy.Actor) (acts []Act, now time.Time, err error) {
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		now = tx.Now()
		acts, err = unsettled(tx)
		return err
	})
	return acts, now, err
}

// SettleOpen looks at what was asked of the provider and says what became of it. It asks for nothing itself, so it may
// be done at any time, by many.
func (s *Service) SettleOpen(ctx context.Context, a tenancy.Actor) error {
	if a.Kind == tenancy.Person {
		if err := mayManage(a); err != nil {
			return err
		}
	}
	acts, now, err := s.acts(ctx, a)
	if err != nil {
		return err
	}
	var all error
	for _, x := range acts {
		switch {
		case x.State == ActAsked && now.Sub(x.AskedAt) < lookAfter: // who asked may still be at it
		case x.Kind == ActCheckout:
			all = errors.Join(all, s.unreached(s.lookAtCheckout(ctx, a, x)))
		default:
			all = errors.Join(all, s.unreached(s.lookAtChange(ctx, a, x)))
		}
	}
	return all
}

// lookAtChange asks the subscription what became of a change.
func (s *Service) lookAtChange(ctx context.Context, a tenancy.Actor, x Act) error {
	c, err := s.Gateway.Contract(ctx, x.ProviderID)
	if err != nil {
		return err
	}
	state := x.became(c)
	x.note(c, state)
	if state == x.State {
		return nil
	}
	return errors.Join(s.conclude(ctx, a, x, c, state), s.follow(ctx, c.Customer))
}

// conclude says what became of a change. A switch takes the number of people along.
func (s *Service) conclude(ctx context.Context, a tenancy.Actor, x Act, c Contract, state ActState) error {
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		if state == ActDone && x.Kind == ActUpgrade {
			if err := markSwitch(tx, c); err != nil {
				return err
			}
		}
		return s.settle(tx, a, x, state)
	})
}

// lookAtCheckout asks for a checkout, or looks for one of which no answer came.
func (s *Service) lookAtCheckout(ctx context.Context, a tenancy.Actor, x Act) error {
	if x.State == ActAsked {
		found, err := s.Gateway.FindCheckout(ctx, x.CustomerID, x.ID)
		if fault.Is(err, fault.NotFound) {
			return s.drop(ctx, a, x)
		}
		if err != nil {
			return err
		}
		x.ProviderID, x.PageURL, x.ExpiresAt = found.ID, found.URL, found.ExpiresAt
		return s.settleCheckout(ctx, a, x, found)
	}
	found, err := s.Gateway.Checkout(ctx, x.ProviderID, false)
	if err != nil {
		return err
	}
	return s.settleCheckout(ctx, a, x, found)
}

// settleCheckout takes over how far a checkout is.
func (s *Service) settleCheckout(ctx context.Context, a tenancy.Actor, x Act, found Checkout) error {
	state := map[CheckoutState]ActState{CheckoutOpen: ActOpen, CheckoutComplete: ActDone, CheckoutExpired: ActDropped}[found.State]
	if state == x.State || state == "" {
		return nil
	}
	err := s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error { return s.settle(tx, a, x, state) })
	if err == nil && state == ActDone {
		err = s.follow(ctx, x.CustomerID)
	}
	return err
}
