package billingsim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
)

// sight is what a company was like when it was looked at.
type sight struct {
	at    time.Time
	facts string // what is stored of it
	subs  int    // of them subscriptions
	plan.Entitlements
}

// looksAt is when a company is to be looked at: a second before its state ends by time, then, and when what was paid
// must have come through.
func (co *company) looksAt() time.Time {
	var at time.Time
	soonest := func(t time.Time) {
		if t.After(co.sight.at) && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	if ends := co.sight.NextChangeAt; !ends.IsZero() {
		soonest(ends.Add(-time.Second))
		soonest(ends)
	}
	if !co.told.IsZero() {
		for _, wait := range waits {
			soonest(co.told.Add(wait))
		}
	}
	return at
}

// waits are how long a payment may take to come through: with a hint, without one while something moves, and at all.
var waits = []time.Duration{time.Minute, 71 * time.Minute, 25 * time.Hour}

// look looks at every company whose time it is, or of whom something was read.
func (c *course) look() error {
	for _, co := range c.companies {
		if co.trialEnds.IsZero() {
			continue
		}
		due := co.looksAt()
		touched := !co.sight.at.IsZero() && !due.IsZero() && !due.After(c.now) || co.sight.at.IsZero() || !co.told.IsZero()
		for _, customer := range co.customers {
			touched = touched || c.fresh[customer]
		}
		if touched {
			c.nightOfPeriod(co)
			if err := c.see(co); err != nil {
				return fmt.Errorf("%s: %w", co.org.Slug, err)
			}
		}
	}
	clear(c.fresh)
	return nil
}

// see asks the product where a company stands, as every request does, and judges the answer.
func (c *course) see(co *company) error {
	c.Looks++
	a, err := tenancy.InTask(c.ctx, c.App, co.org.ID)
	if err != nil {
		return err
	}
	facts := a.Org.PlanFacts()
	slices.SortFunc(facts.Subscriptions, func(a, b plan.Subscription) int { return strings.Compare(a.ID, b.ID) })
	now := sight{at: c.now, facts: fmt.Sprint(facts), subs: len(facts.Subscriptions), Entitlements: a.Entitlements(c.now)}
	before := co.sight
	co.sight = now
	if now.State != before.State && !before.at.IsZero() {
		co.nightAt = sooner(co.nightAt, c.now.Add(nightlyAfter))
	}
	writes := a.RequirePlan(c.now) == nil
	may, why := c.may(co)
	switch {
	case writes && !may:
		return c.fail("I2", "it writes as %s by %s, and %s", now.State, now.Cause, why)
	case !writes && may:
		return c.fail("I3", "it is %s by %s, and %s", now.State, now.Cause, why)
	case (a.RequireLinks(c.now) == nil) != (now.State != plan.Dormant && now.State != plan.Suspended):
		return c.fail("I2", "its homeowners' links answer %v while it is %s", a.RequireLinks(c.now), now.State)
	}
	if err := c.comesThrough(co, writes); err != nil {
		return err
	}
	return c.follows(co, before, now)
}

// may says whether a company may write by what was read of it, in fewer words than the product has for it.
func (c *course) may(co *company) (may bool, why string) {
	for _, customer := range co.customers {
		for _, d := range c.read[customer].Disputes {
			if d.Status == billing.DisputeLost && !c.decided[d.ID] && !c.now.Before(c.lost[d.ID].Add(plan.DecidedWithin)) {
				return false, fmt.Sprintf("%s is lost since %s, and nobody decided", d.ID, c.lost[d.ID].Format(time.DateTime))
			}
		}
	}
	converted := false
	why = "nothing lets it"
	for _, customer := range co.customers {
		for _, s := range c.read[customer].Subscriptions {
			converted = converted || s.Status != plan.StatusIncomplete && s.Status != plan.StatusIncompleteExpired
			ends := s.CancelAt
			if ends.IsZero() && s.CancelAtPeriodEnd {
				ends = s.PeriodEnd
			}
			if !ends.IsZero() && !c.now.Before(ends) {
				continue
			}
			switch {
			case s.Status == plan.StatusActive:
				return true, s.ID + " is active"
			case s.Status == plan.StatusTrialing && c.now.Before(s.PeriodEnd.Add(plan.Grace)):
				if s.PeriodEnd.After(co.trialEnds) {
					return false, fmt.Sprintf("%s is in a trial until %s, the company's ends on %s", s.ID, s.PeriodEnd.Format(time.DateTime), co.trialEnds.Format(time.DateTime))
				}
				may, why = true, s.ID+" is in its trial"
			case s.Status == plan.StatusPastDue:
				if since := c.unpaidSince(co, s); c.now.Before(since.Add(plan.Grace)) {
					may, why = true, s.ID+" is in its grace"
				} else if !may {
					why = fmt.Sprintf("%s is unpaid since %s", s.ID, since.Format(time.DateTime))
				}
			}
		}
	}
	if !may && !converted && c.now.Before(co.trialEnds) {
		return true, "it is in its trial"
	}
	return may, why
}

// unpaidSince is when the first invoice that is still open was first to be paid.
func (c *course) unpaidSince(co *company, s plan.Subscription) time.Time {
	var since time.Time
	for _, customer := range co.customers {
		for _, i := range c.read[customer].Invoices {
			at := i.FinalizedAt
			if !i.DueAt.IsZero() {
				at = i.DueAt
			}
			owed := (i.Status == "open" || i.Status == "uncollectible") && (i.Attempts > 0 || !i.DueAt.IsZero())
			if owed && (since.IsZero() || at.Before(since)) {
				since = at
			}
		}
	}
	if since.IsZero() {
		return s.PeriodStart
	}
	return since
}

// comesThrough is I3 by the clock: who has paid is free in a minute once it was told, and once the sweep was where
// nobody was told.
func (c *course) comesThrough(co *company, writes bool) error {
	if co.told.IsZero() {
		return nil
	}
	waited := c.now.Sub(co.told)
	if writes || co.sight.Cause == plan.ByLostDispute {
		co.told = time.Time{}
		return nil
	}
	_, failing := c.failing[co.customer()]
	if !c.awake || c.awakeSince.After(co.told) || failing {
		return nil // once the workers run, the looks after each reading judge
	}
	told := co.throughUs || c.dirtied[co.customer()].After(co.told)
	switch {
	case told && waited >= waits[0] && c.now.Sub(c.dirtied[co.customer()]) >= waits[0], waited >= waits[2]:
	case waited >= waits[0]: // the sweep finds it
		c.sweepAt = earlier(c.sweepAt, co.told.Add(waits[1]))
		if waited >= waits[1] {
			c.sweepAt = earlier(c.sweepAt, co.told.Add(waits[2]))
		}
		return nil
	default:
		return nil
	}
	for _, s := range c.all("/v1/subscriptions", "customer", co.customer(), "status", "active") {
		return c.fail("I3", "%s after it was paid, %s is active at Stripe and the company is %s", waited, s.ID, co.sight.State)
	}
	co.told = time.Time{}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// follows is I8 and I9: a state goes on until something was read, or until the moment that was foretold, and what
// follows begins there.
func (c *course) follows(co *company, before, now sight) error {
	if before.at.IsZero() {
		return nil
	}
	if now.facts != before.facts {
		for _, customer := range co.customers {
			if !c.read[customer].at.Before(before.at) {
				return nil
			}
		}
		return c.fail("I8", "it changed from %s to %s, and nothing was read since %s", before.State, now.State, before.at.Format(time.DateTime))
	}
	foretold := before.NextChangeAt
	if foretold.IsZero() || c.now.Before(foretold) {
		if now.State != before.State || now.Cause != before.Cause || !now.Since.Equal(before.Since) || !now.NextChangeAt.Equal(foretold) {
			return c.fail("I8", "it was %s by %s and is %s by %s, without a cause", before.State, before.Cause, now.State, now.Cause)
		}
		return nil
	}
	takenOver := now.subs > 1 && now.Since.Before(foretold) // another subscription governs, which was there before
	if now.State != before.State && !now.Since.Equal(foretold) && !takenOver {
		return c.fail("I9", "it was %s until %s and is %s since %s", before.State, foretold.Format(time.DateTime), now.State, now.Since.Format(time.DateTime))
	}
	return nil
}

// sooner is the earlier of two moments, of which the first may be none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return earlier(a, b)
}
