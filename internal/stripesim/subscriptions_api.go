package stripesim

import "slices"

const (
	payTakes = "payment_behavior:allow_incomplete|default_incomplete|error_if_incomplete|pending_if_incomplete "
	prorates = "proration_behavior:always_invoice|create_prorations|none proration_date:time "
	subTakes = payTakes + prorates + "items[].price items[].quantity:int items[].metadata.* cancel_at:time|max_period_end|min_period_end cancel_at_period_end:bool " +
		"collection_method:charge_automatically|send_invoice days_until_due:int default_payment_method description metadata.* off_session:bool automatic_tax.enabled:bool " +
		"payment_settings.save_default_payment_method:off|on_subscription payment_settings.payment_method_types[] " +
		"trial_end:time|now trial_settings.end_behavior.missing_payment_method:cancel|create_invoice|pause "
	detailTakes = "cancellation_details.comment cancellation_details.feedback:customer_service|low_quality|missing_features|other|switched_service|too_complex|too_expensive|unused "
)

func subscriptionOperations() []operation {
	return []operation{
		{"POST /v1/subscriptions", subTakes + "customer! currency trial_period_days:int billing_mode.type:classic|flexible", createSubscription},
		{"GET /v1/subscriptions", listed + "customer price status:active|all|canceled|ended|incomplete|incomplete_expired|past_due|paused|trialing|unpaid collection_method:charge_automatically|send_invoice test_clock current_period_end.gte:int current_period_end.lte:int", listSubscriptions},
		{"GET /v1/subscriptions/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.subscriptions.get(c.id)) }},
		{"POST /v1/subscriptions/{id}", subTakes + detailTakes + "items[].id items[].deleted:bool items[].clear_usage:bool billing_cycle_anchor:now|unchanged pause_collection.behavior:keep_as_draft|mark_uncollectible|void pause_collection.resumes_at:time", updateSubscription},
		{"DELETE /v1/subscriptions/{id}", detailTakes + "invoice_now:bool prorate:bool", cancelSubscription},
		{"POST /v1/subscriptions/{id}/resume", "billing_cycle_anchor:now|unchanged proration_behavior:always_invoice|create_prorations|none proration_date:time", resumeSubscription},
	}
}

func listSubscriptions(c *call) (any, *Problem) {
	f := c.form
	status := f.str("status")
	return page(c, c.sp.subscriptions, func(s *subscription) bool {
		switch {
		case status == "" && s.Status == canceled, status == "ended" && !s.ended():
			return false
		case status != "" && status != "all" && status != "ended" && s.Status != status:
			return false
		}
		end := s.period().to
		return same(f, "customer", s.Customer) && same(f, "collection_method", s.CollectionMethod) && f.str("test_clock") == string(s.TestClock) &&
			(!f.filled("price") || slices.ContainsFunc(s.items, func(i *subscriptionItem) bool { return i.Price.ID == f.str("price") })) &&
			(!f.filled("current_period_end.gte") || end >= f.num("current_period_end.gte")) && (!f.filled("current_period_end.lte") || end <= f.num("current_period_end.lte"))
	})
}

func createSubscription(c *call) (any, *Problem) {
	f := c.form
	cus, p := c.sp.customers.named("customer", f.str("customer"))
	if p != nil {
		return nil, p
	}
	if f.str("payment_behavior") == "pending_if_incomplete" {
		return nil, invalid("payment_behavior", "`pending_if_incomplete` is only for updates of a subscription.")
	}
	if f.filled("trial_end") && f.filled("trial_period_days") {
		return nil, invalid("trial_period_days", "You may only specify one of these parameters: trial_end, trial_period_days.")
	}
	if id := f.str("default_payment_method"); id != "" {
		if p := c.sp.ownMethod("default_payment_method", id, cus); p != nil {
			return nil, p
		}
	}
	s := c.sp.draftSubscription(cus)
	items, p := c.sp.wanted(f.list("items"), "items", s, nil)
	if p != nil {
		return nil, p
	}
	if len(items) == 0 {
		return nil, missing("items")
	}
	s.setItems(items)
	s.Currency = items[0].Price.Currency
	if p := cus.lockCurrency(s.Currency); p != nil {
		return nil, p
	}
	trial := f.num("trial_end")
	if days := f.num("trial_period_days"); days > 0 {
		trial = s.now() + days*day
	}
	if trial != 0 && trial <= s.now() {
		return nil, invalid("trial_end", "Invalid timestamp: must be an integer Unix timestamp in the future.")
	}
	s.read(f)
	s.begin(trial)
	if p := s.readEnd(f); p != nil {
		return nil, p
	}
	return found(c.sp.start(s, f.or("payment_behavior", "allow_incomplete")))
}

// draftSubscription is one that nobody knows yet.
func (sp *space) draftSubscription(cus *customer) *subscription {
	now := cus.clock.now
	s := &subscription{
		head: sp.head("sub", "subscription", now), BillingCycleAnchor: now, BillingMode: map[string]any{"type": "classic", "flexible": nil}, CollectionMethod: byItself, Customer: cus.ID,
		DefaultTaxRates: []string{}, Discounts: []string{}, InvoiceSettings: map[string]any{"account_tax_ids": nil, "issuer": map[string]any{"type": "self"}}, Metadata: map[string]string{},
		PaymentSettings: paymentSettings{SaveDefaultPaymentMethod: "off"}, StartDate: now, Status: incomplete, TestClock: cus.TestClock, sp: sp, customer: cus,
	}
	s.TrialSettings.EndBehavior.MissingPaymentMethod = "create_invoice"
	if sp.account != "" {
		s.Application = application
	}
	return s
}

// begin sets the first period, or the trial when there is one.
func (s *subscription) begin(trial int64) {
	now := s.now()
	if trial == 0 {
		s.setPeriod(s.every().around(now, now))
		return
	}
	s.Status, s.TrialStart, s.TrialEnd, s.BillingCycleAnchor = trialing, stamp(now), stamp(trial), trial
	s.setPeriod(span{now, trial})
}

// start makes a subscription known, with its first invoice and its payment as behavior says.
func (sp *space) start(s *subscription, behavior string) (*subscription, *Problem) {
	now, trial := s.now(), int64(s.TrialEnd)
	lines := s.full()
	if trial != 0 {
		for n, i := range s.items {
			lines[n] = free(i, s.period())
		}
	}
	due, _ := balanced(total(lines), s.customer.Balance)
	if due > 0 && behavior == "error_if_incomplete" && s.CollectionMethod == byItself {
		if p := s.probe(); p != nil {
			return nil, p
		}
	}
	if s.CollectionMethod == byInvoice && trial == 0 {
		s.Status = active
	}
	sp.subscriptions.add(s)
	for _, i := range s.items {
		sp.items.add(i)
	}
	inv := s.bill(forCreate, append(sp.held(s.customer, s), lines...), span{now, now})
	if trial != 0 && behavior == "default_incomplete" && s.payer() == nil {
		s.askForMethod()
	}
	sp.emit(now, "customer.subscription.created", s)
	inv.issue()
	if s.CollectionMethod == byInvoice && trial == 0 {
		inv.AutomaticallyFinalizesAt = stamp(now + finalizeIn)
		inv.replan()
		return s, nil
	}
	inv.finalize()
	if inv.Status == open && behavior != "default_incomplete" {
		inv.collect()
	}
	if trial != 0 && trial-now <= trialWarning {
		s.warnTrial(now)
	}
	s.replan()
	return s, nil
}

// askForMethod makes the intent by which a person gives a card for the time after a trial.
func (s *subscription) askForMethod() {
	si := s.sp.newSetup(s.customer, "off_session")
	si.then = func(m *paymentMethod) {
		s.change(func() {
			s.PendingSetupIntent = ""
			if s.savesMethod() {
				s.DefaultPaymentMethod = opt(m.ID)
			}
		})
	}
	s.PendingSetupIntent = opt(si.ID)
	s.sp.emit(s.now(), "setup_intent.created", si)
}

// read takes what is simply written down.
func (s *subscription) read(f *form) {
	if f.has("default_payment_method") {
		s.DefaultPaymentMethod = opt(f.str("default_payment_method"))
	}
	if f.has("description") {
		s.Description = opt(f.str("description"))
	}
	s.CollectionMethod = f.or("collection_method", s.CollectionMethod)
	s.DaysUntilDue = stamp(f.numOr("days_until_due", int64(s.DaysUntilDue)))
	s.PaymentSettings.SaveDefaultPaymentMethod = f.or("payment_settings.save_default_payment_method", s.PaymentSettings.SaveDefaultPaymentMethod)
	if f.has("payment_settings.payment_method_types") {
		s.PaymentSettings.PaymentMethodTypes = f.texts("payment_settings.payment_method_types")
	}
	if f.filled("billing_mode.type") {
		s.BillingMode["type"] = f.str("billing_mode.type")
	}
	s.AutomaticTax.Enabled = f.yes("automatic_tax.enabled") || s.AutomaticTax.Enabled && !f.has("automatic_tax.enabled")
	end := &s.TrialSettings.EndBehavior.MissingPaymentMethod
	*end = f.or("trial_settings.end_behavior.missing_payment_method", *end)
	s.Metadata = f.metadata("metadata", s.Metadata)
	if f.has("pause_collection") {
		s.PauseCollection = nil
		if f.filled("pause_collection.behavior") {
			s.PauseCollection = &pauseCollection{f.str("pause_collection.behavior"), stamp(f.num("pause_collection.resumes_at"))}
		}
	}
	s.readDetails(f)
}

func (s *subscription) readDetails(f *form) {
	for name, field := range map[string]*opt{"comment": &s.CancellationDetails.Comment, "feedback": &s.CancellationDetails.Feedback} {
		if f.has("cancellation_details." + name) {
			*field = opt(f.str("cancellation_details." + name))
		}
	}
}

// readEnd notes when the subscription is to end; called when items and trial are those that there will be.
func (s *subscription) readEnd(f *form) *Problem {
	if !f.has("cancel_at_period_end") && !f.has("cancel_at") {
		return nil
	}
	if f.yes("cancel_at_period_end") && f.filled("cancel_at") {
		return invalid("cancel_at", "You may only specify one of these parameters: cancel_at, cancel_at_period_end.")
	}
	at := f.num("cancel_at")
	if at != 0 && at <= s.now() {
		return invalid("cancel_at", "Invalid timestamp: must be in the future.")
	}
	switch {
	case f.yes("cancel_at_period_end"):
		s.CancelAtPeriodEnd, s.CancelAt = true, stamp(s.periodEnd())
	case f.str("cancel_at") == "max_period_end" || f.str("cancel_at") == "min_period_end":
		s.CancelAtPeriodEnd, s.CancelAt = false, stamp(s.periodEnd())
	default:
		s.CancelAtPeriodEnd, s.CancelAt = false, stamp(at)
	}
	if s.CancelAt == 0 {
		s.CanceledAt, s.CancellationDetails.Reason = 0, ""
	} else {
		s.CanceledAt, s.CancellationDetails.Reason = stamp(s.now()), "cancellation_requested"
	}
	return nil
}

func (s *subscription) periodEnd() int64 {
	if s.Status == trialing {
		return int64(s.TrialEnd)
	}
	return s.period().to
}
