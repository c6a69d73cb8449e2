package stripesim

const previewTakes = "customer subscription schedule currency preview_mode:next|recurring " +
	"subscription_details.items[].id subscription_details.items[].price subscription_details.items[].quantity:int subscription_details.items[].deleted:bool subscription_details.items[].metadata.* " +
	"subscription_details.proration_behavior:always_invoice|create_prorations|none subscription_details.proration_date:time subscription_details.billing_cycle_anchor:now|unchanged " +
	"subscription_details.trial_end:time|now subscription_details.cancel_at:time subscription_details.cancel_at_period_end:bool subscription_details.cancel_now:bool " +
	"invoice_items[].amount:int invoice_items[].currency invoice_items[].description invoice_items[].quantity:int"

// previewInvoice shows the invoice that a change would bring, or the next one. It changes nothing.
func previewInvoice(c *call) (any, *Problem) {
	f := c.form
	details := f.at("subscription_details")
	if id := f.str("subscription"); id != "" {
		s, p := c.sp.subscriptions.named("subscription", id)
		if p != nil {
			return nil, p
		}
		if s.ended() {
			return nil, coded("invoice_upcoming_none", "", "No upcoming invoices for customer: "+s.Customer)
		}
		n, p := s.wants(details, details.list("items"), "subscription_details[items]")
		if p != nil {
			return nil, p
		}
		if details.yes("cancel_now") {
			return s.previewEnd(), nil
		}
		if n == nil && s.CancelAt != 0 && int64(s.CancelAt) <= s.periodEnd() && len(c.sp.held(s.customer, s)) == 0 {
			return nil, coded("invoice_upcoming_none", "", "No upcoming invoices for customer: "+s.Customer)
		}
		return s.preview(n, extra(f)), nil
	}
	cus, p := c.sp.customers.named("customer", f.str("customer"))
	if p != nil {
		return nil, p
	}
	s := c.sp.draftSubscription(cus)
	items, p := c.sp.wanted(details.list("items"), "subscription_details[items]", s, nil)
	if p != nil {
		return nil, p
	}
	if len(items) == 0 {
		lines := append(c.sp.held(cus, nil), extra(f)...)
		if len(lines) == 0 {
			return nil, coded("invoice_upcoming_none", "", "No upcoming invoices for customer: "+cus.ID)
		}
		return c.sp.shown(cus, nil, byHand, lines, span{s.now(), s.now()}), nil
	}
	s.setItems(items)
	s.begin(details.num("trial_end"))
	lines := s.full()
	if s.Status == trialing {
		for n, i := range items {
			lines[n] = free(i, s.period())
		}
	}
	inv := c.sp.shown(cus, s, forCreate, append(lines, extra(f)...), span{s.now(), s.now()})
	return inv, nil
}

func extra(f *form) (lines []line) {
	for _, one := range f.list("invoice_items") {
		lines = append(lines, line{amount: one.num("amount"), currency: one.or("currency", "usd"), description: one.str("description"), quantity: one.numOr("quantity", 1)})
	}
	return lines
}

// shown is an invoice that is only looked at: it is in no table, and its lines stay where they wait.
func (sp *space) shown(cus *customer, s *subscription, reason string, lines []line, over span) *invoice {
	inv := sp.draftInvoice(cus, s, reason, lines, over)
	for _, l := range lines {
		if l.pending != nil {
			l.pending.Invoice = ""
		}
	}
	inv.ID = "upcoming_" + inv.ID
	return inv
}

// preview is what a change brings now, or else with the next period.
func (s *subscription) preview(n *next, more []line) *invoice {
	held := append(s.sp.held(s.customer, s), more...)
	if n == nil {
		return s.nextInvoice(s.items, held)
	}
	lines := s.bills(n)
	if n.anew || n.prorate == alwaysInvoice && len(lines) > 0 {
		return s.sp.shown(s.customer, s, forUpdate, append(held, lines...), span{s.period().from, s.now()})
	}
	return s.nextInvoice(n.items, append(held, lines...))
}

// nextInvoice is that of the next period.
func (s *subscription) nextInvoice(items []*subscriptionItem, lines []line) *invoice {
	end := s.periodEnd()
	anchor := s.BillingCycleAnchor
	if s.CancelAt == 0 || int64(s.CancelAt) > end {
		for _, i := range items {
			lines = append(lines, full(i, i.Price.every().around(anchor, end)))
		}
	}
	inv := s.sp.shown(s.customer, s, forCycle, lines, span{s.period().from, end})
	inv.Created, inv.NextPaymentAttempt = end, stamp(end+finalizeIn)
	return inv
}

// previewEnd is what ending now would give back.
func (s *subscription) previewEnd() *invoice {
	lines := s.sp.held(s.customer, s)
	for _, i := range s.items {
		if s.Status != trialing {
			lines = append(lines, unused(i, s.period(), s.now()))
		}
	}
	return s.sp.shown(s.customer, s, forUpdate, lines, span{s.period().from, s.now()})
}

// upcoming is what invoice.upcoming tells: an invoice that has no id yet.
func (s *subscription) upcoming() any {
	inv := s.nextInvoice(s.items, s.sp.held(s.customer, s))
	shown := decode(encode(inv)).(map[string]any)
	delete(shown, "id")
	return shown
}
