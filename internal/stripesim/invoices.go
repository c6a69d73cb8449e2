package stripesim

import (
	"fmt"
	"slices"
)

func (inv *invoice) now() int64 { return inv.customer.clock.now }

// draftInvoice makes an invoice that nobody has been told of.
func (sp *space) draftInvoice(cus *customer, s *subscription, reason string, lines []line, over span) *invoice {
	now := cus.clock.now
	inv := &invoice{
		head: sp.head("in", "invoice", now), AccountCountry: "US", AutoAdvance: true, BillingReason: reason, CollectionMethod: byItself, Currency: "usd", Customer: cus.ID,
		CustomerAddress: cus.Address, CustomerEmail: cus.Email, CustomerName: cus.Name, CustomerPhone: cus.Phone, CustomerTaxExempt: cus.TaxExempt, CustomerTaxIDs: []string{},
		DefaultTaxRates: []string{}, Discounts: []string{}, Issuer: map[string]string{"type": "self"}, Metadata: map[string]string{},
		PaymentSettings: map[string]any{"default_mandate": nil, "payment_method_options": nil, "payment_method_types": nil}, PeriodStart: over.from, PeriodEnd: over.to,
		StartingBalance: cus.Balance, Status: draft, TestClock: cus.TestClock, TotalDiscountAmounts: []string{}, TotalPretaxCreditAmounts: []string{}, TotalTaxes: []string{},
		sp: sp, customer: cus, sub: s,
	}
	if sp.account != "" {
		inv.Application = application
	}
	if s != nil {
		inv.CollectionMethod = s.CollectionMethod
		inv.Parent = map[string]any{"type": "subscription_details", "quote_details": nil, "subscription_details": map[string]any{"metadata": s.Metadata, "subscription": s.ID}}
		if s.CollectionMethod == byInvoice {
			inv.DueDate = stamp(now + int64(s.DaysUntilDue)*day)
		}
	}
	inv.take(lines)
	return inv
}

// take adds lines, and what they come to.
func (inv *invoice) take(lines []line) {
	for _, l := range lines {
		inv.lines = append(inv.lines, l.on(inv.sp, inv))
		inv.Total += l.amount
		inv.Currency = l.currency
		if l.pending != nil {
			l.pending.Invoice = opt(inv.ID)
		}
	}
	inv.Lines = whole(inv.lines, "/v1/invoices/"+inv.ID+"/lines")
	inv.Subtotal, inv.SubtotalExcludingTax, inv.TotalExcludingTax = inv.Total, inv.Total, inv.Total
	inv.AmountDue, _ = balanced(inv.Total, inv.StartingBalance)
	inv.AmountRemaining = inv.AmountDue
}

// balanced is what is to be paid of a total, and what the customer's balance (less than nothing is a credit) becomes.
// An amount too small to be charged is put on the balance.
func balanced(total, balance int64) (due, after int64) {
	sum := total + balance
	if sum < leastAmount {
		return 0, sum
	}
	return sum, 0
}

func (inv *invoice) become(status string) {
	invoiceMoves.must("invoice", inv.Status, status)
	inv.Status = status
}

// issue makes a draft known.
func (inv *invoice) issue() *invoice {
	inv.sp.invoices.add(inv)
	inv.customer.Currency = opt(inv.Currency)
	inv.sp.emit(inv.now(), "invoice.created", inv)
	return inv
}

// finalize makes the invoice a bill. One that comes to nothing is paid by that.
func (inv *invoice) finalize() {
	sp, cus, now := inv.sp, inv.customer, inv.now()
	before := was(inv)
	inv.become(open)
	inv.AutomaticallyFinalizesAt = 0
	inv.Number = opt(fmt.Sprintf("%s-%04d", cus.InvoicePrefix, cus.NextInvoice))
	cus.NextInvoice++
	inv.EffectiveAt, inv.StatusTransitions.FinalizedAt = stamp(now), stamp(now)
	inv.HostedInvoiceURL = opt(sp.sim.base + "/sim/invoice/" + inv.ID)
	inv.InvoicePDF = inv.HostedInvoiceURL + "/pdf"
	inv.StartingBalance = cus.Balance
	due, after := balanced(inv.Total, cus.Balance)
	inv.AmountDue, inv.AmountRemaining, inv.EndingBalance = due, due, &after
	if after != cus.Balance {
		before := was(cus)
		cus.Balance = after
		sp.changed(now, "customer.updated", cus, before)
	}
	if due > 0 {
		inv.request()
	}
	sp.tell(now, "invoice.finalized", inv, nil)
	sp.changed(now, "invoice.updated", inv, before)
	if due == 0 {
		inv.Attempted = true
		inv.pay()
	}
}

// request makes the intent that is to pay the invoice.
func (inv *invoice) request() {
	sp := inv.sp
	pi := sp.newIntent(inv.customer.clock, inv.AmountDue, inv.Currency, inv.customer)
	pi.invoice = inv
	pi.Description = opt(map[string]string{forCreate: "Subscription creation", forUpdate: "Subscription update"}[inv.BillingReason])
	if inv.sub != nil && inv.sub.savesMethod() {
		pi.SetupFutureUsage = "off_session"
	}
	inv.payment = &invoicePayment{
		head: sp.head("inpay", "invoice_payment", inv.now()), AmountRequested: inv.AmountDue, Currency: inv.Currency, Invoice: inv.ID, IsDefault: true,
		Payment: map[string]string{"type": "payment_intent", "payment_intent": pi.ID}, Status: open, StatusTransitions: map[string]stamp{"canceled_at": 0, "paid_at": 0}, intent: pi,
	}
	sp.payments.add(inv.payment)
	sp.emit(inv.now(), "payment_intent.created", pi)
}

// pay notes that nothing is left to be paid.
func (inv *invoice) pay() {
	sp, now := inv.sp, inv.now()
	before := was(inv)
	inv.become(paid)
	inv.AmountPaid, inv.AmountRemaining, inv.NextPaymentAttempt, inv.StatusTransitions.PaidAt = inv.AmountDue, 0, 0, stamp(now)
	inv.voidsAt = 0
	if p := inv.payment; p != nil && p.Status == open {
		p.AmountPaid, p.Status, p.StatusTransitions = &inv.AmountPaid, paid, map[string]stamp{"canceled_at": 0, "paid_at": stamp(now)}
		sp.emit(now, "invoice_payment.paid", p)
	}
	sp.changed(now, "invoice.updated", inv, before)
	sp.emit(now, "invoice.paid", inv)
	sp.emit(now, "invoice.payment_succeeded", inv)
	if inv.sub != nil {
		inv.sub.invoiceClosed(inv)
	}
}

// payer is the method that pays; nil when there is none.
func (inv *invoice) payer() *paymentMethod {
	if m, ok := inv.sp.methods.rows[string(inv.DefaultPaymentMethod)]; ok {
		return m
	}
	if inv.sub != nil {
		return inv.sub.payer()
	}
	return inv.customer.payer(inv.sp)
}

func (cus *customer) payer(sp *space) *paymentMethod {
	return sp.methods.rows[string(cus.InvoiceSettings.DefaultPaymentMethod)]
}

// collect is an attempt that Stripe makes by itself.
func (inv *invoice) collect() outcome {
	inv.Attempted = true
	inv.AttemptCount++
	if inv.AttemptCount == 1 {
		inv.firstAttempt = inv.now()
	}
	inv.NextPaymentAttempt = 0
	m := inv.payer()
	if m == nil {
		inv.failed(true)
		return refused
	}
	o := inv.payment.intent.try(m, false)
	switch o {
	case through, pending:
		inv.settled(o)
	case wanted:
		inv.failed(true)
		inv.sp.emit(inv.now(), "invoice.payment_action_required", inv)
	default:
		inv.failed(true)
	}
	return o
}

// settled is how a payment went that Stripe did not start by itself.
func (inv *invoice) settled(o outcome) {
	if !inv.unpaid() {
		inv.payLate(o)
		return
	}
	inv.Attempted = true
	if inv.AttemptCount == 0 {
		inv.AttemptCount, inv.firstAttempt = 1, inv.now()
	}
	switch o {
	case through:
		inv.pay()
	case pending:
		inv.NextPaymentAttempt = 0
		if inv.sub != nil {
			inv.sub.paymentUnderway(inv)
		}
	case wanted:
		inv.sp.emit(inv.now(), "invoice.payment_action_required", inv)
	case refused:
		inv.failed(inv.NextPaymentAttempt == 0)
	}
}

// payLate keeps for the customer what a bank brought after the invoice was closed.
func (inv *invoice) payLate(o outcome) {
	if o != through {
		return
	}
	before := was(inv.customer)
	inv.customer.Balance -= inv.AmountDue
	inv.sp.changed(inv.now(), "customer.updated", inv.customer, before)
}

// failed notes a failed attempt. again tells that the next one is to be planned, or that there is none.
func (inv *invoice) failed(again bool) {
	before := was(inv)
	retries := inv.sp.sim.config.Retries
	n := int(inv.AttemptCount) - 1
	retried := inv.AutoAdvance && !inv.noRetries && inv.BillingReason != forCreate && inv.BillingReason != byHand
	exhausted := retried && n >= len(retries)
	if again && retried && !exhausted {
		inv.NextPaymentAttempt = stamp(max(inv.now(), inv.firstAttempt+int64(retries[n].Seconds())))
	}
	inv.sp.changed(inv.now(), "invoice.updated", inv, before)
	inv.sp.emit(inv.now(), "invoice.payment_failed", inv)
	if inv.sub != nil {
		inv.sub.paymentFailed(inv, again && exhausted)
	}
}

// close ends an invoice that is not paid.
func (inv *invoice) close(status string) {
	sp, now := inv.sp, inv.now()
	before := was(inv)
	inv.become(status)
	inv.NextPaymentAttempt, inv.voidsAt = 0, 0
	kind := "invoice.voided"
	if status == uncollectible {
		inv.StatusTransitions.MarkedUncollectibleAt = stamp(now)
		kind = "invoice.marked_uncollectible"
	} else {
		inv.StatusTransitions.VoidedAt = stamp(now)
		inv.dropPayment()
	}
	sp.changed(now, "invoice.updated", inv, before)
	sp.emit(now, kind, inv)
	if inv.sub != nil {
		inv.sub.invoiceClosed(inv)
	}
}

// dropPayment ends what was to pay the invoice: nobody is to pay any more.
func (inv *invoice) dropPayment() {
	p := inv.payment
	if p == nil || p.Status != open {
		return
	}
	p.Status, p.StatusTransitions = canceled, map[string]stamp{"canceled_at": stamp(inv.now()), "paid_at": 0}
	if intentMoves.may(p.intent.Status, canceled) {
		p.intent.cancel("void_invoice")
	}
}

// rest stops the invoice from going on by itself.
func (inv *invoice) rest() {
	if inv.Status != draft && inv.Status != open || !inv.AutoAdvance {
		return
	}
	before := was(inv)
	inv.AutoAdvance, inv.NextPaymentAttempt, inv.AutomaticallyFinalizesAt = false, 0, 0
	inv.sp.changed(inv.now(), "invoice.updated", inv, before)
}

func (inv *invoice) replan() {
	if _, known := inv.sp.invoices.rows[inv.ID]; known {
		inv.customer.clock.plan(inv)
	}
}

func (inv *invoice) appointments() []appointment {
	switch {
	case inv.Status == draft && inv.AutoAdvance:
		return []appointment{{int64(inv.AutomaticallyFinalizesAt), func(int64) { inv.advance() }}}
	case inv.Status == open:
		all := []appointment{{int64(inv.NextPaymentAttempt), func(int64) { inv.collect() }}, {inv.voidsAt, func(int64) { inv.close(voided) }}}
		if !inv.overdueTold {
			all = append(all, appointment{int64(inv.DueDate), func(int64) { inv.tellOverdue() }})
		}
		return all
	}
	return nil
}

func (inv *invoice) nextDue() int64 { return earliest(inv.appointments()).at }
func (inv *invoice) fire(now int64) { earliest(inv.appointments()).do(now) }

// advance finalizes, and collects where Stripe is to do so by itself.
func (inv *invoice) advance() {
	inv.finalize()
	if inv.Status == open && inv.CollectionMethod == byItself {
		inv.collect()
	}
}

func (inv *invoice) tellOverdue() {
	inv.overdueTold = true
	inv.sp.emit(inv.now(), "invoice.overdue", inv)
	if inv.sub != nil {
		inv.sub.paymentFailed(inv, false)
	}
}

// payments is what was tried, for whoever asks for it.
func (inv *invoice) payments() *list {
	var all []*invoicePayment
	if inv.payment != nil {
		all = append(all, inv.payment)
	}
	return whole(all, "/v1/invoice_payments?invoice="+inv.ID)
}

func (inv *invoice) confirmation() any {
	if inv.payment == nil {
		return map[string]any{"client_secret": nil, "type": "payment_intent"}
	}
	return map[string]any{"client_secret": inv.payment.intent.ClientSecret, "type": "payment_intent"}
}

// unpaid tells that somebody still owes it.
func (inv *invoice) unpaid() bool { return slices.Contains([]string{open, uncollectible}, inv.Status) }

// appointment is something that an object does by itself at a moment; zero is never.
type appointment struct {
	at int64
	do func(now int64)
}

// earliest is the next appointment; of those at the same moment the one that stands first.
func earliest(all []appointment) (next appointment) {
	for _, a := range all {
		if a.at != 0 && (next.at == 0 || a.at < next.at) {
			next = a
		}
	}
	return next
}
