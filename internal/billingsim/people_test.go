package billingsim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/testkit"
)

// company is one of twenty, and what its people have done.
type company struct {
	org       testkit.Org
	random    *rand.Rand // its own, so that the acts of one move nobody else's
	actsAt    time.Time  // the next act
	trialEnds time.Time  // zero: it has not signed up
	customers []string   // at Stripe; all but the last were deleted there
	buys      bool       // its owner has decided for a plan
	byHand    map[string]bool
	tasksAt   time.Time // when it is looked at what became of what its owner asked for
	seatsAt   time.Time // the night in which people are told to Stripe
	nightAt   time.Time // the night in which the owner is told what time alone brought
	told      time.Time // when the owner paid: from then on it is to be free
	throughUs bool      // on a page of ours, which has it read again
	sight     sight     // what it was like when it was last looked at
}

func newCompany(c *course, n int, o testkit.Org) *company {
	co := &company{org: o, random: rand.New(rand.NewPCG(c.seed, uint64(1000+n))), byHand: map[string]bool{}}
	co.actsAt = co.within(c.now, 1, 240)
	return co
}

// within is a moment in so many days.
func (co *company) within(now time.Time, least, most int) time.Time {
	return now.Add(time.Duration(least)*day + time.Duration(co.random.Int64N(int64(time.Duration(most-least)*day)))).Truncate(time.Second)
}

func (co *company) customer() string {
	if len(co.customers) == 0 {
		return ""
	}
	return co.customers[len(co.customers)-1]
}

func (co *company) pick(words ...string) string { return words[co.random.IntN(len(words))] }

// chance is true so often.
func (co *company) chance(often float64) bool { return co.random.Float64() < often }

var cards = []string{
	"pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_mastercard", "pm_card_chargeCustomerFail", "pm_card_authenticationRequired",
	"pm_card_authenticationRequiredOnSetup", "pm_card_insufficientFundsThenGood", "pm_card_expiring", "pm_card_createDispute", "pm_card_refundFail", "pm_card_visa_chargeDeclined",
}

// act is the next thing that a company's people do.
func (c *course) act(co *company) error {
	c.Acts++
	co.told = time.Time{} // what they do now may end what was paid for
	co.actsAt = co.within(c.now, 5, 100)
	if co.trialEnds.IsZero() {
		return c.signUp(co)
	}
	if co.customer() == "" {
		return c.openAccount(co)
	}
	subs := c.all("/v1/subscriptions", "customer", co.customer(), "status", "all")
	var live *answer
	for n := range subs {
		if subs[n].live() && !co.byHand[subs[n].ID] {
			live = &subs[n]
		}
	}
	if live == nil {
		return c.without(co)
	}
	acts := c.acts(co, *live)
	acts[co.random.IntN(len(acts))]()
	return c.told(co)
}

// signUp begins a trial. The customer at Stripe is made by a task.
func (c *course) signUp(co *company) error {
	co.trialEnds = c.now.Add(plan.TrialLength)
	if err := errors.Join(c.ground.signUp(c.ctx, co.org, co.trialEnds), c.people(co, 1)); err != nil {
		return err
	}
	co.nightAt = co.nightAfter(c.now)
	return c.openAccount(co)
}

// openAccount is the task of sign-up, which is tried again until it is done. Now and then it is done twice at once.
func (c *course) openAccount(co *company) error {
	n := billing.NewCustomer{Org: co.org.ID, Name: "Company", Email: "owner@" + co.org.Slug + ".example"}
	customer, err := c.accounts.Open(c.ctx, n)
	if err == nil && co.chance(.2) {
		customer, err = c.accounts.Open(c.ctx, n)
	}
	if err != nil {
		c.Failures++
		co.actsAt = c.now.Add(time.Duration(1+co.random.IntN(600)) * time.Second)
		return nil
	}
	c.relativeTrial(co)
	if customer != co.customer() {
		co.customers = append(co.customers, customer)
		c.of[customer] = co
	}
	co.actsAt = co.within(c.now, 1, 20)
	if co.buys { // it is at the checkout
		co.actsAt = c.now.Add(time.Minute)
	}
	return nil
}

// without is an act of a company that has no subscription.
func (c *course) without(co *company) error {
	switch {
	case co.chance(.3): // not yet, or never
		return nil
	case co.chance(.03):
		c.call("DELETE", "/v1/customers/"+co.customer())
		return nil
	}
	co.buys = true
	if c.call("GET", "/v1/customers/"+co.customer()).Deleted {
		return c.newAccount(co)
	}
	switch n := co.random.IntN(10); {
	case n < 6 && c.plant != relativeTrial:
		c.choose(co, plan.Key(co.pick("starter", "growth")))
	case n < 8:
		c.checkout(co)
	default:
		c.subscribe(co)
	}
	return c.told(co)
}

// newAccount is the checkout of a company whose customer was deleted at Stripe: once that was read, it is a new one.
func (c *course) newAccount(co *company) error {
	if !c.read[co.customer()].Gone {
		return nil
	}
	return c.openAccount(co)
}

// checkout buys on Stripe's page.
func (c *course) checkout(co *company) {
	a := c.call("POST", "/v1/checkout/sessions", append(c.rest(co, "subscription_data["), "mode", "subscription", "customer", co.customer(), "success_url", "http://company.invalid/",
		"client_reference_id", co.org.ID.String(), "line_items[0][price]", c.prices[co.pick("starter_v1", "growth_v1")], "line_items[0][quantity]", "1")...)
	wants, err := c.sim.PayCheckout(a.ID, co.pick(cards...), "owner@company.example")
	if err == nil && wants {
		_ = c.sim.Authenticate(a.ID, co.chance(.8)) // declined is an answer too
	}
}

// rest is what is left of the trial, where it is long enough to be given.
func (c *course) rest(co *company, under string) []string {
	if c.plant == relativeTrial {
		return []string{end(under, "trial_period_days"), "14"}
	}
	if left := co.trialEnds.Sub(c.now); left > 49*time.Hour && co.chance(.5) {
		return []string{end(under, "trial_end"), fmt.Sprint(co.trialEnds.Unix())}
	}
	return nil
}

// end is a parameter's name, below another.
func end(under, name string) string {
	if under == "" {
		return name
	}
	return under + name + "]"
}

// subscribe buys on a page of ours, with a card or, in a trial, without.
func (c *course) subscribe(co *company) {
	form := c.rest(co, "")
	if len(form) == 0 || co.chance(.7) {
		c.changeCard(co)
	} else {
		form = append(form, "trial_settings[end_behavior][missing_payment_method]", co.pick("pause", "cancel"))
	}
	if co.chance(.1) {
		form = append(form, "collection_method", "send_invoice", "days_until_due", "7")
	}
	form = append(form, "customer", co.customer(), "items[0][price]", c.prices[co.pick("starter_v1", "growth_v1")], "payment_behavior", co.pick("allow_incomplete", "default_incomplete"))
	a := c.call("POST", "/v1/subscriptions", form...)
	if a.Status == "incomplete" && co.chance(.5) {
		c.authenticate(co)
	}
}

// changeCard is another card, and then the one that is charged.
func (c *course) changeCard(co *company) {
	m := c.call("POST", "/v1/payment_methods/"+co.pick(cards...)+"/attach", "customer", co.customer())
	if m.ok() {
		c.call("POST", "/v1/customers/"+co.customer(), "invoice_settings[default_payment_method]", m.ID)
	}
}

// authenticate answers the bank, which waits for the person.
func (c *course) authenticate(co *company) {
	for _, pi := range c.call("GET", "/v1/payment_intents", "customer", co.customer()).Data {
		if pi.Status == "requires_action" {
			_ = c.sim.Authenticate(pi.ID, co.chance(.8)) // declined is an answer too
		}
	}
}

// pay pays what is open, with a card that is good, or as bad as the one before.
func (c *course) pay(co *company) {
	if co.chance(.7) {
		m := c.call("POST", "/v1/payment_methods/pm_card_visa/attach", "customer", co.customer())
		c.call("POST", "/v1/customers/"+co.customer(), "invoice_settings[default_payment_method]", m.ID)
	}
	for _, i := range c.all("/v1/invoices", "customer", co.customer(), "status", "open") {
		c.call("POST", "/v1/invoices/"+i.ID+"/pay")
	}
	c.authenticate(co)
}

// told sees whether the company has paid for what it is to have from now on.
func (c *course) told(co *company) error {
	if c.found != nil {
		return c.found
	}
	for _, s := range c.all("/v1/subscriptions", "customer", co.customer(), "status", "active") {
		if s.Status == "active" {
			co.told = c.now
		}
	}
	co.throughUs = co.chance(.5)
	if !co.throughUs || co.customer() == "" {
		return nil
	}
	return c.mirror.ReadAgain(c.ctx, co.customer())
}

// acts are what a company with a subscription may do, or Stripe's people for it. What happens often stands often.
func (c *course) acts(co *company, s answer) []func() {
	sub := "/v1/subscriptions/" + s.ID
	item := s.plan()
	become := func(key, prorate, pay string) {
		c.call("POST", sub, "items[0][id]", item.ID, "items[0][price]", c.prices[key], "proration_behavior", prorate, "payment_behavior", pay)
	}
	upgrade := func() { become("growth_v1", "always_invoice", "pending_if_incomplete") }
	pay := func() { c.pay(co) }
	card := func() { c.changeCard(co) }
	acts := []func(){
		upgrade, upgrade, pay, pay, pay, card, card, card,
		func() { become("starter_v1", "none", "allow_incomplete") },
		func() { c.downgrade(s) },
		func() { c.hire(co) }, func() { c.hire(co) }, func() { c.hire(co) },
		func() { c.choose(co, plan.Growth) }, func() { c.choose(co, plan.Growth) }, func() { c.choose(co, plan.Growth) },
		func() { c.choose(co, plan.Starter) }, func() { c.choose(co, plan.Starter) },
		func() { c.cancelByUs(co) }, func() { c.cancelByUs(co) },
		func() { c.resumeByUs(co) }, func() { c.resumeByUs(co) },
		func() { c.undoByUs(co) },
		func() { c.call("POST", sub, "cancel_at_period_end", "true") },
		func() { c.call("POST", sub, "cancel_at_period_end", "true") },
		func() { c.call("POST", sub, "cancel_at_period_end", "false") },
		func() { c.call("POST", sub, "cancel_at_period_end", "false") },
		func() { c.call("POST", sub, "cancel_at", fmt.Sprint(co.within(c.now, 3, 50).Unix())) },
		func() { c.call("DELETE", sub) },
		func() { c.authenticate(co) },
		func() { c.call("POST", sub+"/resume") },
		func() { c.call("POST", sub, "trial_end", "now") },
		func() {
			c.call("POST", sub, "pause_collection[behavior]", co.pick("void", "mark_uncollectible", "keep_as_draft"))
		},
		func() { c.call("POST", sub, "pause_collection", "") },
		func() { c.atTheDashboard(co) },
		func() { c.atTheDashboard(co) },
	}
	if s.Status == "past_due" || s.Status == "unpaid" || s.Status == "paused" {
		acts = append(acts, pay, pay, pay, pay, pay, pay, func() { c.changeCard(co); c.call("POST", sub+"/resume") })
	}
	return acts
}

// downgrade comes with the next period, by a schedule.
func (c *course) downgrade(s answer) {
	item := s.plan()
	if s.Schedule != "" || item.ID == "" {
		return
	}
	made := c.call("POST", "/v1/subscription_schedules", "from_subscription", s.ID)
	if !made.ok() {
		return
	}
	start, end := fmt.Sprint(item.PeriodStart), fmt.Sprint(item.PeriodEnd)
	c.call("POST", "/v1/subscription_schedules/"+made.ID, "end_behavior", "release",
		"phases[0][items][0][price]", item.Price.ID, "phases[0][items][0][quantity]", "1", "phases[0][start_date]", start, "phases[0][end_date]", end,
		"phases[1][items][0][price]", c.prices["starter_v1"], "phases[1][items][0][quantity]", "1", "phases[1][duration][interval]", "month", "phases[1][duration][interval_count]", "1", "phases[1][proration_behavior]", "none")
}

// atTheDashboard is something that is done at Stripe, by our people or a bank.
func (c *course) atTheDashboard(co *company) {
	charges := c.call("GET", "/v1/charges", "customer", co.customer()).Data
	var paid []answer
	for _, ch := range charges {
		if ch.Status == "succeeded" && ch.AmountRefunded == 0 {
			paid = append(paid, ch)
		}
	}
	n := co.random.IntN(10)
	switch {
	case n < 3 && len(paid) > 0:
		ch := paid[co.random.IntN(len(paid))]
		form := []string{"charge", ch.ID}
		if co.chance(.5) {
			form = append(form, "amount", fmt.Sprint(1+co.random.Int64N(ch.Amount)))
		}
		c.call("POST", "/v1/refunds", form...)
	case n < 5 && len(paid) > 0:
		_, _ = c.sim.OpenDispute(paid[co.random.IntN(len(paid))].ID, 0, "fraudulent") // there may be one
	case n < 7:
		for _, d := range c.call("GET", "/v1/disputes").Data {
			_ = c.sim.CloseDispute(d.ID, co.chance(.5)) // it may be closed
		}
	case n < 8 && len(paid) > 0:
		_ = c.sim.WarnOfFraud(paid[0].ID) // it is only told
	case n == 8 && co.chance(.4):
		made := c.call("POST", "/v1/subscriptions", "customer", co.customer(), "items[0][price]", c.prices["growth_v1"], "collection_method", "send_invoice", "days_until_due", "3")
		if made.ok() {
			co.byHand[made.ID] = true
		}
	case n == 9 && co.chance(.4):
		c.call("DELETE", "/v1/customers/"+co.customer())
	}
}
