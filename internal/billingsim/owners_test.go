package billingsim

import (
	"fmt"
	"path"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// owner is who may choose the company's plan, at the moment that it is.
func (c *course) owner(co *company) (tenancy.Actor, error) {
	if _, err := c.super.Exec(c.ctx, setClock, c.now.Sub(begin).Seconds()); err != nil {
		return tenancy.Actor{}, err
	}
	return tenancy.InTask(c.ctx, c.App, co.org.ID)
}

// onOurPages has the owner do something on pages of ours. What is refused with a reason, or cannot be asked for now, is
// as it should be; anything else is a finding.
func (c *course) onOurPages(co *company, do func(a tenancy.Actor) error) {
	a, err := c.owner(co)
	if err == nil {
		err = do(a)
	}
	co.tasksAt = c.now.Add(3 * time.Minute)
	if fault.Is(err, fault.Unavailable) {
		c.Failures++
		return
	}
	if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) && c.found == nil {
		c.found = fmt.Errorf("%s: on a page of ours: %w", co.org.Slug, err)
	}
}

// choose buys a plan, or changes to it. Now and then there are two tabs.
func (c *course) choose(co *company, key plan.Key) {
	c.onOurPages(co, func(a tenancy.Actor) error {
		shown, err := c.service.Consider(c.ctx, a, billing.ChooseInput{Plan: key})
		if err != nil {
			return err
		}
		in := billing.ChooseInput{Plan: key, CountsFrom: shown.CountsFrom, Due: shown.Preview.Due}
		out, err := c.service.Choose(c.ctx, a, in)
		if err == nil && co.chance(.2) {
			if a, err = c.owner(co); err == nil {
				out, err = c.service.Choose(c.ctx, a, in)
			}
		}
		switch {
		case err != nil:
		case out.Way == billing.WayBuy && co.chance(.9):
			page := path.Base(out.PayURL)
			wants, refused := c.sim.PayCheckout(page, co.pick(cards...), "owner@company.example")
			if refused == nil && wants {
				_ = c.sim.Authenticate(page, co.chance(.8)) // declined is an answer too
			}
		case out.Waiting && co.chance(.5):
			c.pay(co)
		}
		return err
	})
}

func (c *course) cancelByUs(co *company) {
	c.onOurPages(co, func(a tenancy.Actor) error { _, err := c.service.Cancel(c.ctx, a); return err })
}

func (c *course) resumeByUs(co *company) {
	c.onOurPages(co, func(a tenancy.Actor) error { return c.service.Resume(c.ctx, a) })
}

func (c *course) undoByUs(co *company) {
	c.onOurPages(co, func(a tenancy.Actor) error { return c.service.Undo(c.ctx, a) })
}

// hire sets how many people work at a company, and does the task of it: nobody is told of those that came and went.
func (c *course) hire(co *company) {
	most, now := int64(1+co.random.IntN(10)), int64(1+co.random.IntN(10))
	most = max(most, now)
	if err := c.people(co, now); err != nil {
		c.found = err
		return
	}
	c.onOurPages(co, func(a tenancy.Actor) error { return c.syncSeats(co, a, most, false) })
}

// people has so many work at a company, the first of whom is its owner.
func (c *course) people(co *company, n int64) error {
	for k := range n {
		_, err := c.super.Exec(c.ctx, `INSERT INTO app.users (org_id, id, name, email, role, password_hash, created_at) VALUES ($1, $2, 'Somebody', $3, CASE $5::int WHEN 0 THEN 'owner' ELSE 'crew' END, 'unset', $4)
			ON CONFLICT (org_id, id) DO UPDATE SET deactivated_at = NULL WHERE users.deactivated_at IS NOT NULL`, co.org.ID, id.Derive(co.org.ID, "person", fmt.Sprint(k)), fmt.Sprintf("person-%d@company.example", k), c.now, k)
		if err != nil {
			return err
		}
	}
	for k := n; k < 10; k++ {
		if _, err := c.super.Exec(c.ctx, `UPDATE app.users SET deactivated_at = $3 WHERE org_id = $1 AND id = $2`, co.org.ID, id.Derive(co.org.ID, "person", fmt.Sprint(k)), c.now); err != nil {
			return err
		}
	}
	return nil
}

// syncSeats is the task of people and of each night, which is tried again when it fails.
func (c *course) syncSeats(co *company, a tenancy.Actor, seen int64, daily bool) error {
	err := c.service.SyncSeats(c.ctx, a, seen, daily)
	if err != nil { // whatever it is, the task is tried again
		c.Failures++
		co.seatsAt = c.now.Add(10 * time.Minute)
	}
	return nil
}

// tasks does the tasks of a company that are due: what became of what it asked for, and at the end of a period the
// people that it pays for.
func (c *course) tasks(co *company) error {
	if !co.tasksAt.IsZero() && !co.tasksAt.After(c.now) {
		co.tasksAt = time.Time{}
		a, err := c.owner(co)
		if err == nil {
			if err := c.service.SettleOpen(c.ctx, a); err != nil { // it is tried again
				c.Failures++
				co.tasksAt = c.now.Add(10 * time.Minute)
			}
		}
		if err != nil {
			return err
		}
	}
	if !co.seatsAt.IsZero() && !co.seatsAt.After(c.now) {
		co.seatsAt = time.Time{}
		a, err := c.owner(co)
		if err == nil {
			err = c.syncSeats(co, a, 0, true)
		}
		return err
	}
	return nil
}

// nightOfPeriod is the night in which the people of the next period are told.
func (c *course) nightOfPeriod(co *company) {
	for _, s := range c.read[co.customer()].Subscriptions {
		if night := s.PeriodEnd.Add(-12 * time.Hour); s.Status == plan.StatusActive && s.Plan == plan.Growth && night.After(c.now) {
			co.seatsAt = night
		}
	}
}

// seatsAreBilled is I7: whoever is active pays for as many people as there were at one time of the period, and in its
// last day for as many as there are.
func (c *course) seatsAreBilled(co *company, s answer) error {
	if s.Status != "active" || s.item("growth_v1").ID == "" || s.Items.HasMore {
		return nil
	}
	item := s.item("growth_v1")
	var people, most, charged int64
	err := c.super.QueryRow(c.ctx, `SELECT (SELECT count(*) FROM app.users WHERE org_id = $1 AND deactivated_at IS NULL), coalesce(max(most), 0), coalesce(max(charged), 0) FROM app.seat_marks WHERE org_id = $1 AND subscription_id = $2 AND period_start = $3`,
		co.org.ID, s.ID, time.Unix(item.PeriodStart, 0)).Scan(&people, &most, &charged)
	if err != nil {
		return err
	}
	billed := s.item("extra_user_v1").Quantity
	if live := max(people-5, 0); billed < live {
		return c.fail("I7", "%d people beyond five, and %d are billed by %s", live, billed, s.ID)
	}
	if closing := time.Unix(item.PeriodEnd, 0).Sub(c.now) < 25*time.Hour; !closing && max(billed, charged) < most {
		return c.fail("I7", "there were %d people beyond five at one time, and %d are billed by %s", most, billed, s.ID)
	}
	return nil
}
