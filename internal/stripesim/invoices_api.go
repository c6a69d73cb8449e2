package stripesim

import "slices"

const invoiceTakes = "auto_advance:bool collection_method:charge_automatically|send_invoice days_until_due:int default_payment_method description due_date:time footer metadata.* statement_descriptor "

func invoiceOperations() []operation {
	return []operation{
		{"POST /v1/invoices", invoiceTakes + "customer! subscription currency pending_invoice_items_behavior:include|exclude", createInvoice},
		{"GET /v1/invoices", listed + "customer subscription status:draft|open|paid|uncollectible|void collection_method due_date.gte:int due_date.lte:int", func(c *call) (any, *Problem) {
			return page(c, c.sp.invoices, func(inv *invoice) bool {
				return same(c.form, "customer", inv.Customer) && same(c.form, "status", inv.Status) && same(c.form, "collection_method", inv.CollectionMethod) &&
					(!c.form.filled("subscription") || inv.sub != nil && same(c.form, "subscription", inv.sub.ID))
			})
		}},
		{"POST /v1/invoices/create_preview", previewTakes, previewInvoice},
		{"GET /v1/invoices/{id}", "", func(c *call) (any, *Problem) {
			if grave, gone := c.sp.invoices.gone[c.id]; gone {
				return grave, nil
			}
			return found(c.sp.invoices.get(c.id))
		}},
		{"GET /v1/invoices/{id}/lines", listed, listLines},
		{"POST /v1/invoices/{id}", invoiceTakes, ofInvoice((*call).updateInvoice)},
		{"DELETE /v1/invoices/{id}", "", deleteInvoice},
		{"POST /v1/invoices/{id}/finalize", "auto_advance:bool", ofInvoice((*call).finalizeInvoice)},
		{"POST /v1/invoices/{id}/pay", "payment_method off_session:bool paid_out_of_band:bool forgive:bool", ofInvoice((*call).payInvoice)},
		{"POST /v1/invoices/{id}/send", "", ofInvoice((*call).sendInvoice)},
		{"POST /v1/invoices/{id}/void", "", ofInvoice(func(c *call, inv *invoice) (any, *Problem) { return closeInvoice(inv, voided, "voided") })},
		{"POST /v1/invoices/{id}/mark_uncollectible", "", ofInvoice(func(c *call, inv *invoice) (any, *Problem) {
			return closeInvoice(inv, uncollectible, "marked as uncollectible")
		})},
		{"GET /v1/invoice_payments", listed + "invoice status:open|paid|canceled payment.type:payment_intent payment.payment_intent", listPayments},
		{"GET /v1/invoice_payments/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.payments.get(c.id)) }},
	}
}

// ofInvoice hands an operation the invoice that its path names.
func ofInvoice(run func(*call, *invoice) (any, *Problem)) func(*call) (any, *Problem) {
	return func(c *call) (any, *Problem) {
		inv, p := c.sp.invoices.get(c.id)
		if p != nil {
			return nil, p
		}
		return run(c, inv)
	}
}

func listPayments(c *call) (any, *Problem) {
	return page(c, c.sp.payments, func(p *invoicePayment) bool {
		return same(c.form, "invoice", p.Invoice) && same(c.form, "status", p.Status) && same(c.form, "payment.payment_intent", p.intent.ID)
	})
}

func createInvoice(c *call) (any, *Problem) {
	f := c.form
	cus, p := c.sp.customers.named("customer", f.str("customer"))
	if p != nil {
		return nil, p
	}
	var s *subscription
	if id := f.str("subscription"); id != "" {
		if s, p = c.sp.subscriptions.named("subscription", id); p != nil {
			return nil, p
		}
	}
	if p := c.invoiceMethod(cus); p != nil {
		return nil, p
	}
	var lines []line
	if s != nil || f.str("pending_invoice_items_behavior") == "include" {
		lines = c.sp.held(cus, s)
	}
	if s != nil && len(lines) == 0 {
		return nil, coded("invoice_no_subscription_line_items", "", "Nothing to invoice for subscription")
	}
	now := cus.clock.now
	inv := c.sp.draftInvoice(cus, s, byHand, lines, span{now, now})
	inv.AutoAdvance = f.yes("auto_advance")
	if inv.AutoAdvance {
		inv.AutomaticallyFinalizesAt = stamp(now + finalizeIn)
	}
	inv.read(f)
	return inv.issue(), nil
}

func (c *call) invoiceMethod(cus *customer) *Problem {
	if id := c.form.str("default_payment_method"); id != "" {
		return c.sp.ownMethod("default_payment_method", id, cus)
	}
	return nil
}

func (inv *invoice) read(f *form) {
	for name, field := range map[string]*opt{"description": &inv.Description, "default_payment_method": &inv.DefaultPaymentMethod, "footer": &inv.Footer, "statement_descriptor": &inv.StatementDescriptor} {
		if f.has(name) {
			*field = opt(f.str(name))
		}
	}
	inv.CollectionMethod = f.or("collection_method", inv.CollectionMethod)
	if f.filled("days_until_due") {
		inv.DueDate = stamp(inv.now() + f.num("days_until_due")*day)
	}
	if f.filled("due_date") {
		inv.DueDate = stamp(f.num("due_date"))
	}
	inv.Metadata = f.metadata("metadata", inv.Metadata)
}

func (c *call) updateInvoice(inv *invoice) (any, *Problem) {
	if p := c.invoiceMethod(inv.customer); p != nil {
		return nil, p
	}
	if inv.Status != draft {
		for _, name := range []string{"collection_method", "days_until_due", "description", "footer", "statement_descriptor"} {
			if c.form.has(name) {
				return nil, coded("invoice_not_editable", name, "Finalized invoices can't be updated in this way")
			}
		}
	}
	before := was(inv)
	inv.read(c.form)
	if c.form.has("auto_advance") {
		inv.AutoAdvance = c.form.yes("auto_advance")
		inv.AutomaticallyFinalizesAt = 0
		if inv.Status == draft && inv.AutoAdvance {
			inv.AutomaticallyFinalizesAt = stamp(inv.now() + finalizeIn)
		}
		if !inv.AutoAdvance {
			inv.NextPaymentAttempt = 0
		}
	}
	c.sp.changed(inv.now(), "invoice.updated", inv, before)
	return inv, nil
}

func deleteInvoice(c *call) (any, *Problem) {
	inv, p := c.sp.invoices.get(c.id)
	if p != nil {
		return nil, p
	}
	if inv.Status != draft || inv.sub != nil {
		return nil, coded("invoice_not_editable", "", "You can only delete draft invoices that are not of a subscription")
	}
	for _, i := range c.sp.invoiceItems.where(func(i *invoiceItem) bool { return string(i.Invoice) == inv.ID }) {
		c.sp.invoiceItems.remove(i.ID, "invoiceitem")
	}
	grave := c.sp.invoices.remove(inv.ID, "invoice")
	inv.customer.clock.forget(inv)
	c.sp.emit(inv.now(), "invoice.deleted", inv)
	return grave, nil
}

func (c *call) finalizeInvoice(inv *invoice) (any, *Problem) {
	if inv.Status != draft {
		return nil, coded("invoice_not_editable", "", "This invoice is already finalized, you can't re-finalize a non-draft invoice.")
	}
	if c.form.has("auto_advance") {
		inv.AutoAdvance = c.form.yes("auto_advance")
	}
	if inv.AutoAdvance {
		inv.advance()
	} else {
		inv.finalize()
	}
	return inv, nil
}

func (c *call) payInvoice(inv *invoice) (any, *Problem) {
	if inv.Status == draft {
		inv.finalize()
	}
	if inv.Status == paid {
		return nil, invalid("", "Invoice is already paid")
	}
	if !inv.unpaid() {
		return nil, invalid("", "This invoice can no longer be paid")
	}
	if c.form.yes("paid_out_of_band") {
		inv.dropPayment()
		inv.pay()
		return inv, nil
	}
	m, p := c.sp.usable(c.form.str("payment_method"), inv.customer)
	if p != nil {
		return nil, p
	}
	if m == nil {
		m = inv.payer()
	}
	if m == nil {
		return nil, invalid("", "This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.")
	}
	pi := inv.payment.intent
	if pi.Status == underway {
		return nil, invalid("", "A payment of this invoice is underway")
	}
	o := pi.try(m, false)
	inv.settled(o)
	switch o {
	case refused:
		return nil, pi.problem()
	case wanted:
		p := declined("invoice_payment_intent_requires_action", "", "This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with invoice: "+inv.ID+".")
		p.PaymentIntent = pi
		return nil, p
	}
	return inv, nil
}

func (c *call) sendInvoice(inv *invoice) (any, *Problem) {
	if inv.Status == draft {
		inv.finalize()
	}
	c.sp.emit(inv.now(), "invoice.sent", inv)
	return inv, nil
}

func closeInvoice(inv *invoice, status, words string) (any, *Problem) {
	if !invoiceMoves.may(inv.Status, status) {
		return nil, coded("invoice_not_editable", "", "This invoice is "+inv.Status+" and cannot be "+words+".")
	}
	if inv.payment != nil && inv.payment.intent.Status == underway {
		return nil, coded("invoice_not_editable", "", "A payment of this invoice is underway, so that it cannot be "+words+".")
	}
	inv.close(status)
	return inv, nil
}

func listLines(c *call) (any, *Problem) {
	inv, p := c.sp.invoices.get(c.id)
	if p != nil {
		return nil, p
	}
	t := newTable[*invoiceLine]("line item")
	for _, l := range slices.Backward(inv.lines) { // page turns them round
		t.add(l)
	}
	return page(c, t, func(*invoiceLine) bool { return true })
}
