package stripesim

// next is what a subscription is to become.
type next struct {
	items   []*subscriptionItem // all that there will be, copies of those that stay
	prorate string
	at      int64 // when the change counts, for prorations
	// anew begins a new period now: because it was asked for, because a trial ends, or because the interval is another.
	anew  bool
	trial int64 // a new end of the trial; zero leaves it
}

// Ways to bill the rest of a period.
const (
	alwaysInvoice = "always_invoice"
	prorateLater  = "create_prorations"
	noProration   = "none"
)

// find is the item of the same id.
func findItem(items []*subscriptionItem, id string) *subscriptionItem {
	for _, i := range items {
		if i.ID == id {
			return i
		}
	}
	return nil
}

// bills is what a change costs: what is given back and charged for the rest of the period, and, when a new period
// begins, that. It changes nothing.
func (s *subscription) bills(n *next) (lines []line) {
	whole, now := s.period(), s.now()
	inTrial := s.Status == trialing
	prorate := n.prorate != noProration && !inTrial && s.Status != paused && n.trial == 0
	for _, was := range s.items {
		is := findItem(n.items, was.ID)
		if prorate && (n.anew || is == nil || is.Price != was.Price || is.Quantity != was.Quantity) {
			lines = append(lines, unused(was, whole, n.at))
			if is != nil && !n.anew {
				lines = append(lines, remaining(is, whole, n.at))
			}
		}
	}
	for _, is := range n.items {
		switch {
		case n.anew:
			lines = append(lines, full(is, is.Price.every().around(now, now)))
		case prorate && findItem(s.items, is.ID) == nil:
			lines = append(lines, remaining(is, whole, n.at))
		}
	}
	return lines
}

// apply makes the change, without billing it.
func (s *subscription) apply(n *next) {
	now := s.now()
	over := s.period()
	s.replaceItems(n.items)
	switch {
	case n.trial > now:
		s.become(trialing)
		if s.TrialStart == 0 {
			s.TrialStart = stamp(now)
		}
		s.TrialEnd, s.BillingCycleAnchor = stamp(n.trial), n.trial
		over = span{now, n.trial}
	case n.anew:
		if s.Status == trialing {
			s.TrialEnd = stamp(now)
			s.become(active)
		}
		s.BillingCycleAnchor = now
		over = s.every().around(now, now)
	}
	s.setPeriod(over)
	if s.CancelAtPeriodEnd {
		s.CancelAt = stamp(over.to)
	}
}

// replaceItems has those items that stay keep their place, and buries those that go.
func (s *subscription) replaceItems(items []*subscriptionItem) {
	for _, i := range s.items {
		if findItem(items, i.ID) == nil {
			s.sp.items.remove(i.ID, "subscription_item")
		}
	}
	staying := make([]*subscriptionItem, 0, len(items))
	for _, i := range items {
		if known, ok := s.sp.items.rows[i.ID]; ok {
			*known = *i
			i = known
		} else {
			s.sp.items.add(i)
		}
		staying = append(staying, i)
	}
	s.setItems(staying)
}

// switchTo carries a change out as far as its payment allows. behavior is what to do when a payment does not go through.
func (s *subscription) switchTo(n *next, behavior string, fields func()) *Problem {
	lines := s.bills(n)
	atOnce := (n.prorate == alwaysInvoice && len(lines) > 0) || n.anew
	due := int64(0)
	if atOnce {
		due, _ = balanced(total(append(s.sp.held(s.customer, s), lines...)), s.customer.Balance)
	}
	if due > 0 && behavior == "error_if_incomplete" && s.CollectionMethod == byItself {
		if p := s.probe(); p != nil {
			return p
		}
	}
	if due > 0 && behavior == "pending_if_incomplete" && s.CollectionMethod == byItself {
		s.switchWhenPaid(n, lines)
		return nil
	}
	endsTrial := s.Status == trialing && n.anew
	over := s.period()
	before := was(s)
	fields()
	s.apply(n)
	s.sp.changed(s.now(), "customer.subscription.updated", s, before)
	s.replan()
	if endsTrial {
		s.warnTrial(s.now())
	}
	if !atOnce {
		for _, l := range lines {
			s.sp.hold(s.now(), s.customer, s, l)
		}
		return nil
	}
	inv := s.billChange(lines, over)
	s.change(func() { s.LatestInvoice = opt(inv.ID) })
	inv.finalize()
	if inv.Status != open || s.CollectionMethod == byInvoice {
		return nil
	}
	if behavior == "default_incomplete" {
		s.paymentFailed(inv, false)
		return nil
	}
	inv.collect()
	return nil
}

func total(lines []line) (sum int64) {
	for _, l := range lines {
		sum += l.amount
	}
	return sum
}

// billChange puts what waits and what the change costs on an invoice: prorations by way of invoice items, as Stripe does.
func (s *subscription) billChange(lines []line, over span) *invoice {
	var periods []line
	for _, l := range lines {
		if l.proration {
			s.sp.hold(s.now(), s.customer, s, l)
		} else {
			periods = append(periods, l)
		}
	}
	inv := s.bill(forUpdate, append(s.sp.held(s.customer, s), periods...), span{over.from, s.now()})
	inv.issue()
	return inv
}

// switchWhenPaid bills a change and makes it when that is paid.
func (s *subscription) switchWhenPaid(n *next, lines []line) {
	inv := s.billChange(lines, s.period())
	inv.noRetries = true
	s.dropUpdate()
	s.waits, s.waitsFor = n, inv
	inv.finalize()
	if inv.Status == open {
		inv.collect()
	}
	if s.waitsFor != inv { // it is paid, and the change is made
		return
	}
	s.change(func() {
		s.PendingUpdate = &pendingUpdate{ExpiresAt: s.now() + patience, SubscriptionItems: n.items}
		if n.anew {
			s.PendingUpdate.BillingCycleAnchor = stamp(s.now())
		}
	})
}

// probe says how paying would go, without trying.
func (s *subscription) probe() *Problem {
	m := s.payer()
	if m == nil {
		return &Problem{Status: 402, Type: "card_error", Code: "resource_missing", unsaved: true, Message: "This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority."}
	}
	no, wants := m.attempt(s.now(), false)
	switch {
	case wants:
		return declined("subscription_payment_intent_requires_action", "", "Subscription creation failed because the subscription's payment requires additional user action. If you would like to create the subscription anyway in an incomplete state, please change `payment_behavior` to 'allow_incomplete'.")
	case no != nil:
		m.charged++
		return declined(no.code, no.declineCode, no.message)
	}
	return nil
}
