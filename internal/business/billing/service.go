package billing

import (
	"context"
	"errors"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Service is what a company does with its plan by itself.
type Service struct {
	DB       *pg.DB
	Queue    *tasks.Queue
	Site     tenancy.Site
	Accounts *Accounts
	Worker   *Worker // reads what was changed
	Gateway  Gateway
}

const (
	// checkoutOpenFor is how long a page to buy on can be used.
	checkoutOpenFor = 2 * time.Hour
	// waitsFor is how long the provider lets a change wait for its payment.
	waitsFor = 23 * time.Hour
	// lookAfter is when an act is looked at of which nobody said what became of it.
	lookAfter = 2 * time.Minute
	// shownFor is how long an amount that was shown may be agreed to.
	shownFor = time.Hour
	// keptTrial is the shortest rest of a trial that a provider takes; what is less is not kept.
	keptTrial = 48 * time.Hour
)

// mayManage refuses who may not choose a plan. It asks no state of the plan, since this is how a company gets out of
// one; only from a deletion there is no way back.
func mayManage(a tenancy.Actor) error {
	if a.Org.Standing.DeletedAt != nil {
		return fault.Missing()
	}
	if err := a.Require(tenancy.BillingManage); err != nil {
		return err
	}
	return a.RequireOwnRights()
}

// subscription is the company's that goes on, as the mirror has it.
func subscription(a tenancy.Actor) (plan.Subscription, bool) {
	s, found := a.Org.PlanFacts().Governing()
	return s, found && s.Live()
}

// contract is the same as the provider has it now. A NotFound fault: there is none.
func (s *Service) contract(ctx context.Context, a tenancy.Actor) (Contract, error) {
	known, found := subscription(a)
	if !found {
		return Contract{}, fault.New(fault.Conflict, "no-subscription", "Your company pays for no plan. Choose one first.")
	}
	c, err := s.Gateway.Contract(ctx, known.ID)
	if err != nil {
		return c, s.unreached(err)
	}
	if !c.Live() { // the mirror learns it
		return c, errors.Join(fault.New(fault.Conflict, "no-subscription", "Your plan has ended. Choose one."), s.follow(ctx, c.Customer))
	}
	return c, nil
}

// follow reads what was changed at the provider. That it cannot be read now undoes nothing: it stays dirty.
func (s *Service) follow(ctx context.Context, customer string) error {
	if customer == "" {
		return nil
	}
	return s.Worker.ReadNow(ctx, customer)
}

// unreached is what people are told when the provider cannot be asked. What it refused is our mistake.
func (s *Service) unreached(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNoPrice):
		return fault.New(fault.Unavailable, "plan-not-for-sale", "This plan cannot be bought here now. Ask the support of Fence Platform.").Because(err)
	case errors.Is(err, ErrUnclear):
		e := fault.New(fault.Unavailable, "card-service-away", "We could not reach the card service. You were not charged. Try again in a minute.").Because(err)
		e.RetryAfter = time.Minute
		return e
	}
	return err
}
