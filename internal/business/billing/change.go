package billing

import (
	"context"
	"errors"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// CodePriceMoved is the refusal of an amount that is not the present one.
const CodePriceMoved = "price-moved"

// switchNow bills the change that was shown and makes it when that is paid. A decline, or a bank that wants to see the
// person, leaves the plan as it is; the change waits for a while.
func (s *Service) switchNow(ctx context.Context, a tenancy.Actor, c Choice, in ChooseInput) (Outcome, error) {
	if c.Preview.Due != in.Due || c.contract.Status != plan.StatusTrialing && !c.CountsFrom.Equal(in.CountsFrom) {
		return Outcome{}, fault.New(fault.Conflict, CodePriceMoved, "The amount is another by now: %s. Look at it again.", c.Preview.Due)
	}
	x, err := s.ask(ctx, a, Act{Kind: ActUpgrade, Plan: c.Plan.Key, PlanVersion: c.Plan.Version, ExtraUsers: c.Extra, CustomerID: c.customer, ProviderID: c.contract.ID,
		Cents: int64(c.Preview.Due), CountsFrom: &c.CountsFrom})
	if err != nil {
		return Outcome{}, err
	}
	after, err := s.carryOut(ctx, a, &x, c.contract, func() error { return s.Gateway.Switch(ctx, x.key(), c.contract, c.item(a), c.CountsFrom) })
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Way: WayNow, Plan: c.Plan, Starts: c.Starts, Waiting: after.Waiting}
	if after.Waiting {
		out.PayURL = after.PayURL
	}
	return out, nil
}

func (s *Service) switchLater(ctx context.Context, a tenancy.Actor, c Choice) (Outcome, error) {
	at := c.contract.PeriodEnd
	x, err := s.ask(ctx, a, Act{Kind: ActDowngrade, Plan: c.Plan.Key, PlanVersion: c.Plan.Version, ExtraUsers: c.Extra, CustomerID: c.customer, ProviderID: c.contract.ID,
		Cents: int64(c.Each), TakesEffect: &at})
	if err != nil {
		return Outcome{}, err
	}
	_, err = s.carryOut(ctx, a, &x, c.contract, func() error { return s.Gateway.SwitchLater(ctx, x.key(), c.contract, c.item(a)) })
	return Outcome{Way: WayLater, Plan: c.Plan, Starts: at}, err
}

// Undo takes back a change that was to come: at the period's end, or once it is paid.
func (s *Service) Undo(ctx context.Context, a tenancy.Actor) error {
	if err := s.ready(ctx, a); err != nil {
		return err
	}
	c, err := s.contract(ctx, a)
	if err != nil {
		return err
	}
	if c.Waiting {
		if err := s.Gateway.DropWaiting(ctx, c); err != nil {
			return s.unreached(err)
		}
		return errors.Join(s.SettleOpen(ctx, a), s.follow(ctx, c.Customer))
	}
	if c.Schedule == "" {
		return nil
	}
	x, err := s.ask(ctx, a, Act{Kind: ActUndo, Plan: c.Plan, PlanVersion: c.Version, ExtraUsers: c.ExtraUsers, CustomerID: c.Customer, ProviderID: c.ID})
	if err != nil {
		return err
	}
	_, err = s.carryOut(ctx, a, &x, c, func() error { return s.Gateway.DropNext(ctx, c) })
	return err
}

// Cancel ends the plan with the period that is paid, or with the trial. Where an invoice is unpaid it ends now, and
// what is open is no longer collected.
func (s *Service) Cancel(ctx context.Context, a tenancy.Actor) (ends time.Time, err error) {
	if err := s.ready(ctx, a); err != nil {
		return ends, err
	}
	c, err := s.contract(ctx, a)
	if err != nil {
		return ends, err
	}
	if c.CancelAtPeriodEnd {
		return c.PeriodEnd, nil
	}
	x := Act{Kind: ActCancel, Plan: c.Plan, PlanVersion: c.Version, ExtraUsers: c.ExtraUsers, CustomerID: c.Customer, ProviderID: c.ID}
	end := func() error { return s.Gateway.SetEnd(ctx, c, true) }
	if EndsNow(c.Status) {
		end = func() error { return s.Gateway.EndNow(ctx, c) }
	} else {
		x.TakesEffect, ends = &c.PeriodEnd, c.PeriodEnd
	}
	if x, err = s.ask(ctx, a, x); err != nil {
		return ends, err
	}
	_, err = s.carryOut(ctx, a, &x, c, end)
	return ends, err
}

// EndsNow tells that nothing is paid that could be used up.
func EndsNow(status plan.Status) bool {
	return status != plan.StatusActive && status != plan.StatusTrialing
}

// Resume takes a cancellation back before it takes effect.
func (s *Service) Resume(ctx context.Context, a tenancy.Actor) error {
	if err := s.ready(ctx, a); err != nil {
		return err
	}
	c, err := s.contract(ctx, a)
	if err != nil || !c.CancelAtPeriodEnd && c.CancelAt.IsZero() {
		return err
	}
	x, err := s.ask(ctx, a, Act{Kind: ActResume, Plan: c.Plan, PlanVersion: c.Version, ExtraUsers: c.ExtraUsers, CustomerID: c.Customer, ProviderID: c.ID})
	if err != nil {
		return err
	}
	_, err = s.carryOut(ctx, a, &x, c, func() error { return s.Gateway.SetEnd(ctx, c, false) })
	return err
}

// Portal opens the provider's own page of card, billing address and invoices.
func (s *Service) Portal(ctx context.Context, a tenancy.Actor) (address string, err error) {
	if err := mayManage(a); err != nil {
		return "", err
	}
	customer, err := s.Accounts.Open(ctx, NewCustomer{Org: a.Org.ID, Name: a.Org.Name, Email: a.Org.Email})
	if err != nil {
		return "", s.unreached(err)
	}
	address, err = s.Gateway.Portal(ctx, customer, s.Site.Of(a.Org.Slug, ReturnPath))
	return address, s.unreached(err)
}

// ready refuses who may not, and finishes what was begun before.
func (s *Service) ready(ctx context.Context, a tenancy.Actor) error {
	if err := mayManage(a); err != nil {
		return err
	}
	return s.SettleOpen(ctx, a)
}

// ask writes an act down before the provider is asked for it. The same form sent twice is one act.
func (s *Service) ask(ctx context.Context, a tenancy.Actor, x Act) (Act, error) {
	kind := x.Kind
	return tenancy.Once(ctx, s.DB, a, "plan."+string(kind), onceOf(x), func(tx *pg.OrgTx) (Act, error) { return s.begin(tx, a, x) })
}

// once is what makes two forms the same.
type once struct {
	Plan         plan.Key  `json:"plan"`
	Extra        int64     `json:"extra"`
	Subscription string    `json:"subscription"`
	Cents        int64     `json:"cents"`
	From         time.Time `json:"from,omitzero"`
}

func onceOf(x Act) once {
	o := once{Plan: x.Plan, Extra: x.ExtraUsers, Subscription: x.ProviderID, Cents: x.Cents}
	if x.CountsFrom != nil {
		o.From = x.CountsFrom.UTC()
	}
	return o
}

// carryOut asks the provider for an act that is written down and says what became of it. When nobody knows whether it
// was done, the subscription itself tells; when that cannot be read either, the task that was enqueued with the act
// looks later.
func (s *Service) carryOut(ctx context.Context, a tenancy.Actor, x *Act, before Contract, call func() error) (Contract, error) {
	failed := call()
	if failed != nil && !errors.Is(failed, ErrUnclear) {
		return before, errors.Join(s.unreached(failed), s.drop(ctx, a, *x))
	}
	after, err := s.Gateway.Contract(ctx, before.ID)
	if err != nil {
		return before, s.unreached(errors.Join(failed, err))
	}
	state := x.became(after)
	if state == ActDropped && failed != nil { // it may still be under way: the task looks again
		return after, s.unreached(failed)
	}
	x.note(after, state)
	return after, errors.Join(s.conclude(ctx, a, *x, after, state), s.follow(ctx, after.Customer))
}
