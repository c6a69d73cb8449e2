package stripesim

import (
	"fmt"
	"slices"
	"strings"
)

// wanted reads the items that a form names: without an id a new one, else a change of one that there is.
func (sp *space) wanted(forms []*form, param string, s *subscription, have []*subscriptionItem) ([]*subscriptionItem, *Problem) {
	var items []*subscriptionItem
	for _, i := range have {
		same := *i
		items = append(items, &same)
	}
	for n, f := range forms {
		at := fmt.Sprintf("%s[%d]", param, n)
		i, p := sp.wantedItem(f, at, s, &items)
		if p != nil {
			return nil, p
		}
		if i == nil {
			continue
		}
		if f.filled("price") {
			if i.Price, p = sp.billable(f.str("price"), at+"[price]"); p != nil {
				return nil, p
			}
			i.Plan = planOf(i.Price)
		}
		if f.filled("quantity") {
			if i.Quantity = f.num("quantity"); i.Quantity < 0 {
				return nil, coded("parameter_invalid_integer", at+"[quantity]", "This value must be greater than or equal to 0.")
			}
		}
		i.Metadata = f.metadata("metadata", i.Metadata)
	}
	return items, agree(items, param)
}

// wantedItem is the item that a form is about; nil when it is taken away.
func (sp *space) wantedItem(f *form, at string, s *subscription, items *[]*subscriptionItem) (*subscriptionItem, *Problem) {
	id := f.str("id")
	if id == "" {
		if !f.filled("price") {
			return nil, missing(strings.NewReplacer("[", ".", "]", "").Replace(at) + ".price")
		}
		i := &subscriptionItem{key: key{sp.sim.names.next("si"), "subscription_item"}, Created: s.now(), Discounts: []string{}, Metadata: map[string]string{}, Quantity: 1, Subscription: s.ID, TaxRates: []string{}}
		*items = append(*items, i)
		return i, nil
	}
	i := findItem(*items, id)
	if i == nil {
		return nil, noSuch("subscription_item", at+"[id]", id)
	}
	if f.yes("deleted") {
		*items = slices.DeleteFunc(*items, func(x *subscriptionItem) bool { return x == i })
		return nil, nil
	}
	return i, nil
}

func (sp *space) billable(id, param string) (*price, *Problem) {
	p, problem := sp.prices.named(param, id)
	switch {
	case problem != nil:
		return nil, problem
	case p.Recurring == nil:
		return nil, invalid(param, "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.")
	case !p.Active:
		return nil, coded("price_inactive", param, "The price specified is inactive. This field only accepts active prices.")
	}
	return p, nil
}

// agree refuses items that cannot be billed together.
func agree(items []*subscriptionItem, param string) *Problem {
	seen := map[string]bool{}
	for _, i := range items {
		switch {
		case i.Price.every() != items[0].Price.every():
			return invalid(param, "Currently, all subscription items must have the same interval and interval count.")
		case i.Price.Currency != items[0].Price.Currency:
			return invalid(param, "All prices on a subscription must have the same currency.")
		case seen[i.Price.ID]:
			return invalid(param, "Cannot add multiple subscription items with the same plan: "+i.Price.ID)
		}
		seen[i.Price.ID] = true
	}
	return nil
}

// planOf is the older form of a price, which items still show.
func planOf(p *price) map[string]any {
	return map[string]any{
		"id": p.ID, "object": "plan", "active": p.Active, "amount": p.UnitAmount, "amount_decimal": p.UnitAmountDecimal, "billing_scheme": "per_unit", "created": p.Created, "currency": p.Currency,
		"interval": p.Recurring.Interval, "interval_count": p.Recurring.IntervalCount, "livemode": p.Livemode, "metadata": map[string]string{}, "meter": nil, "nickname": p.Nickname,
		"product": p.Product, "tiers_mode": nil, "transform_usage": nil, "trial_period_days": nil, "usage_type": "licensed",
	}
}

// subscriptionOf is one that can still be changed.
func (c *call) subscriptionOf(id string) (*subscription, *Problem) {
	s, p := c.sp.subscriptions.get(id)
	if p != nil {
		return nil, p
	}
	if s.ended() {
		for _, name := range c.form.names() {
			if name != "metadata" && name != "cancellation_details" && name != "expand" {
				return nil, invalid(name, "A canceled subscription can only update its cancellation_details and metadata.")
			}
		}
	}
	return s, nil
}

func updateSubscription(c *call) (any, *Problem) {
	s, p := c.subscriptionOf(c.id)
	if p != nil {
		return nil, p
	}
	f := c.form
	if id := f.str("default_payment_method"); id != "" {
		if p := c.sp.ownMethod("default_payment_method", id, s.customer); p != nil {
			return nil, p
		}
	}
	if s.schedule != nil && (f.has("cancel_at") || f.has("cancel_at_period_end")) {
		return nil, invalid("", "The subscription is managed by the subscription schedule `"+s.schedule.ID+"`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.")
	}
	if p := onlyPending(f); p != nil {
		return nil, p
	}
	n, p := s.wants(f, f.list("items"), "items")
	if p != nil {
		return nil, p
	}
	trial := *s // readEnd is tried on a copy, so that nothing has changed when it refuses
	if p := trial.readEnd(f); p != nil {
		return nil, p
	}
	fields := func() {
		s.read(f)
		_ = s.readEnd(f) // tried above
	}
	if n == nil {
		s.change(fields)
		if s.CancelAt != 0 && int64(s.CancelAt) <= s.now() { // the last period ended before the pause
			s.cancelDue(s.now())
		}
		return s, nil
	}
	if p := s.switchTo(n, f.or("payment_behavior", "allow_incomplete"), fields); p != nil {
		return nil, p
	}
	return s, nil
}

// waitable is what may be asked for together with pending_if_incomplete.
var waitable = []string{"items", "payment_behavior", "proration_behavior", "proration_date", "billing_cycle_anchor", "trial_end", "off_session", "expand"}

func onlyPending(f *form) *Problem {
	if f.str("payment_behavior") != "pending_if_incomplete" {
		return nil
	}
	for _, name := range f.names() {
		if !slices.Contains(waitable, name) {
			return invalid(name, "When `payment_behavior` is `pending_if_incomplete`, you cannot pass in `"+name+"`. Please make a separate request to update it.")
		}
	}
	return nil
}

// wants reads a change of items, trial or anchor; nil when there is none.
func (s *subscription) wants(f *form, forms []*form, param string) (*next, *Problem) {
	items, p := s.sp.wanted(forms, param, s, s.items)
	if p != nil {
		return nil, p
	}
	if len(items) == 0 {
		return nil, invalid(param, "A subscription must have at least one active plan. You passed in `deleted: true` for all of them. Instead, you should cancel the subscription.")
	}
	if items[0].Price.Currency != s.Currency {
		return nil, invalid(param, "The currency of a subscription cannot be changed.")
	}
	if s.Status == incomplete && (len(forms) > 0 || f.filled("trial_end") || f.filled("billing_cycle_anchor")) {
		return nil, invalid(param, "This subscription is incomplete: until its first invoice is paid, only its metadata and default payment method can be updated.")
	}
	n := &next{items: items, prorate: f.or("proration_behavior", prorateLater), at: f.numOr("proration_date", s.now()), trial: f.num("trial_end")}
	over := s.period()
	if f.filled("proration_date") && (n.at < over.from || n.at > over.to) {
		return nil, invalid("proration_date", "Cannot specify `proration_date` outside of the current period.")
	}
	if n.trial != 0 && n.trial <= s.now() {
		return nil, invalid("trial_end", "Invalid timestamp: must be in the future, or the string 'now'.")
	}
	endsTrial := f.str("trial_end") == "now" && s.Status == trialing
	otherInterval := items[0].Price.every() != s.every() && s.Status != trialing
	n.anew = n.trial == 0 && (f.str("billing_cycle_anchor") == "now" || endsTrial || otherInterval)
	if n.trial == int64(s.TrialEnd) {
		n.trial = 0
	}
	if len(forms) == 0 && !n.anew && n.trial == 0 {
		return nil, nil
	}
	return n, nil
}

func cancelSubscription(c *call) (any, *Problem) {
	s, p := c.sp.subscriptions.get(c.id)
	if p == nil && s.ended() {
		p = absent("subscription", c.id)
	}
	if p != nil {
		return nil, p
	}
	s.readDetails(c.form)
	if c.form.yes("prorate") && s.Status != trialing && s.Status != incomplete {
		for _, i := range s.items {
			s.sp.hold(s.now(), s.customer, s, unused(i, s.period(), s.now()))
		}
	}
	if c.form.yes("invoice_now") {
		if held := s.sp.held(s.customer, s); len(held) > 0 {
			inv := s.bill(byHand, held, span{s.period().from, s.now()})
			inv.issue().advance()
		}
	}
	if !s.ended() {
		s.cancel(s.now(), "cancellation_requested")
	}
	return s, nil
}

func resumeSubscription(c *call) (any, *Problem) {
	s, p := c.subscriptionOf(c.id)
	if p != nil {
		return nil, p
	}
	if s.Status != paused {
		return nil, invalid("", "The subscription is not paused: its status is "+s.Status+".")
	}
	if s.resumesFor != nil {
		return nil, invalid("", "This subscription is being resumed: its invoice "+s.resumesFor.ID+" is open.")
	}
	s.resume(s.now(), c.form.or("billing_cycle_anchor", "now") == "now")
	return s, nil
}
