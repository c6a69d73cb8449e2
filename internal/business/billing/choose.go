package billing

import (
	"context"
	"fmt"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Way is how a company comes to a plan from where it is.
type Way string

// The ways to a plan.
const (
	WayBuy    Way = "buy"    // on the provider's page: there is no subscription
	WayNow    Way = "now"    // at once, as soon as it is paid
	WayLater  Way = "later"  // at the period's end
	WayStay   Way = "stay"   // it has the plan
	WayNotNow Way = "notnow" // something else comes first, which Because says
)

// Choice is what choosing a plan would do and cost.
type Choice struct {
	Way     Way
	Because string // of WayNotNow
	Plan    plan.Plan
	From    plan.Key // the plan that is paid for now; empty: none
	Extra   int64    // people beyond those that the plan includes
	Offer   Offer
	Each    money.Cents // for each period, with the people of now

	Preview    Preview    // of WayNow: the bill
	CountsFrom time.Time  // of WayNow: when the bill counts from
	Starts     time.Time  // when the plan holds, or is paid for the first time; zero: at once
	TrialKept  *time.Time // of WayBuy: until then nothing is paid
	TrialShort bool       // of WayBuy: too little of the trial is left to keep
	Over       []Excess   // what is more than the plan will have

	contract Contract
	customer string
}

// Excess is more of something than a plan has. Nothing of it goes; there is only no more.
type Excess struct {
	Metric      plan.Metric
	Used, Limit int64
}

// Over is what of a company's use is more than a plan has.
func Over(p plan.Plan, used map[plan.Metric]int64) (all []Excess) {
	for _, m := range plan.Metrics {
		if limit := p.Limits[m]; limit != plan.Unlimited && used[m] > limit {
			all = append(all, Excess{m, used[m], limit})
		}
	}
	return all
}

// ChooseInput is the plan that an owner chooses, and what was shown of its price.
type ChooseInput struct {
	Plan       plan.Key    `json:"plan"`
	CountsFrom time.Time   `json:"counts_from,omitzero"` // of a change that is billed at once
	Due        money.Cents `json:"due"`                  // that was shown to be due at once
}

func (in ChooseInput) find() (plan.Plan, error) {
	for _, p := range plan.Offered() {
		if p.Key == in.Plan {
			return p, nil
		}
	}
	return plan.Plan{}, fault.InvalidField("/plan", "Choose Starter, Growth or Enterprise.")
}

// Consider says what choosing a plan would do and cost. It changes nothing of the company's.
func (s *Service) Consider(ctx context.Context, a tenancy.Actor, in ChooseInput) (Choice, error) {
	p, err := in.find()
	if err != nil {
		return Choice{}, err
	}
	if err := mayManage(a); err != nil {
		return Choice{}, err
	}
	var people int64
	var used map[plan.Metric]int64
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		identity.QueueSeats(r, a.Tenant(), &people)
		usage.QueueStandings(r, a.Tenant(), &used)
	})
	if err != nil {
		return Choice{}, err
	}
	c := Choice{Plan: p, Extra: p.Extra(people), Over: Over(p, used)}
	if _, found := subscription(a); !found {
		err = s.considerBuying(ctx, a, &c, now)
	} else {
		err = s.considerChange(ctx, a, &c, in.CountsFrom, now)
	}
	return c, err
}

func (c Choice) item(a tenancy.Actor) Item {
	return Item{Org: a.Org.ID, Plan: c.Plan.Key, Version: c.Plan.Version, ExtraUsers: c.Extra}
}

// price fills what the plan costs, and refuses any currency but ours before anything is asked for.
func (s *Service) price(ctx context.Context, a tenancy.Actor, c *Choice) (err error) {
	if c.Offer, err = s.Gateway.Offer(ctx, c.customer, c.item(a)); err != nil {
		return s.unreached(err)
	}
	if c.Offer.Currency != Currency || c.Offer.CustomerCurrency != "" && c.Offer.CustomerCurrency != Currency {
		return fault.New(fault.Conflict, "other-currency", "Plans are paid in US dollars, and your company's account at the card service is bound to another currency. Ask the support of Fence Platform.").
			Because(fmt.Errorf("price in %s, customer in %q", c.Offer.Currency, c.Offer.CustomerCurrency))
	}
	c.Each = c.Offer.Each(c.item(a))
	return nil
}

func (s *Service) considerBuying(ctx context.Context, a tenancy.Actor, c *Choice, now time.Time) (err error) {
	c.Way = WayBuy
	if c.customer, err = s.Accounts.Known(ctx, a.Org.ID); err != nil {
		return err
	}
	if err := s.price(ctx, a, c); err != nil {
		return err
	}
	if e := a.Entitlements(now); e.State == plan.Trialing && e.Cause == plan.ByTrial {
		if end := e.Until; end.Sub(now) > keptTrial+checkoutOpenFor { // whenever the page is used, enough is left
			c.TrialKept, c.Starts = &end, end
		} else {
			c.TrialShort = true
		}
	}
	return nil
}

func (s *Service) considerChange(ctx context.Context, a tenancy.Actor, c *Choice, from, now time.Time) (err error) {
	if c.contract, err = s.contract(ctx, a); err != nil {
		return err
	}
	of := c.contract
	c.customer, c.From = of.Customer, of.Plan
	notNow := func(because string) error {
		c.Way, c.Because = WayNotNow, because
		return nil
	}
	day := func(t time.Time) string { return Day(a, now, t) }
	switch {
	case of.Plan == c.Plan.Key && of.Next == "":
		c.Way = WayStay
		return nil
	case of.Status == plan.StatusPastDue || of.Status == plan.StatusUnpaid:
		return notNow("An invoice is unpaid. Pay it first, then change the plan.")
	case of.Status == plan.StatusPaused:
		return notNow("Your subscription is paused because there is no card. Add one first, then change the plan.")
	case of.CancelAtPeriodEnd || !of.CancelAt.IsZero():
		return notNow("Your plan ends on " + day(of.PeriodEnd) + ". Keep it first, then change it.")
	case of.Next != "":
		return notNow("Your plan changes on " + day(of.NextAt) + ". Take that back first, then change the plan.")
	case of.Waiting:
		return notNow("A change of your plan waits for its payment. Pay it or drop it first.")
	}
	if err := s.price(ctx, a, c); err != nil {
		return err
	}
	present, err := plan.Lookup(of.Plan, of.Version)
	if err == nil && !c.Plan.Above(present) && of.Status != plan.StatusTrialing {
		c.Way, c.Starts = WayLater, of.PeriodEnd
		return nil
	}
	c.Way, c.CountsFrom = WayNow, now.Truncate(time.Second)
	if of.Status == plan.StatusTrialing {
		c.Starts = of.PeriodEnd // nothing is paid before
	} else if from.After(of.PeriodStart) && now.Sub(from) < shownFor && !from.After(now.Add(time.Minute)) {
		c.CountsFrom = from // what was shown is what is billed
	}
	c.Preview, err = s.Gateway.Preview(ctx, of, c.item(a), c.CountsFrom)
	return s.unreached(err)
}

// Outcome is what became of a choice.
type Outcome struct {
	Way     Way
	PayURL  string    // where a person pays; empty: nothing is to be paid now
	Plan    plan.Plan // that holds, or will
	Starts  time.Time // zero: at once
	Waiting bool      // it is made once it is paid
}

// Choose buys a plan, or changes the one that there is.
func (s *Service) Choose(ctx context.Context, a tenancy.Actor, in ChooseInput) (Outcome, error) {
	if err := s.SettleOpen(ctx, a); err != nil {
		return Outcome{}, err
	}
	c, err := s.Consider(ctx, a, in)
	if err != nil {
		return Outcome{}, err
	}
	switch c.Way {
	case WayBuy:
		return s.buy(ctx, a, c)
	case WayNow:
		return s.switchNow(ctx, a, c, in)
	case WayLater:
		return s.switchLater(ctx, a, c)
	case WayNotNow:
		return Outcome{}, fault.New(fault.Conflict, "plan-change-not-now", "%s", c.Because)
	}
	return Outcome{Way: WayStay, Plan: c.Plan}, nil
}
