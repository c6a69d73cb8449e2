package stripesim

import "slices"

type subscription struct {
	head
	Application                   opt                 `json:"application"`
	ApplicationFeePercent         void                `json:"application_fee_percent"`
	AutomaticTax                  subscriptionTax     `json:"automatic_tax"`
	BillingCycleAnchor            int64               `json:"billing_cycle_anchor"`
	BillingCycleAnchorConfig      void                `json:"billing_cycle_anchor_config"`
	BillingMode                   map[string]any      `json:"billing_mode"`
	BillingThresholds             void                `json:"billing_thresholds"`
	CancelAt                      stamp               `json:"cancel_at"`
	CancelAtPeriodEnd             bool                `json:"cancel_at_period_end"`
	CanceledAt                    stamp               `json:"canceled_at"`
	CancellationDetails           cancellationDetails `json:"cancellation_details"`
	CollectionMethod              string              `json:"collection_method"`
	Currency                      string              `json:"currency"`
	Customer                      string              `json:"customer"`
	CustomerAccount               void                `json:"customer_account"`
	DaysUntilDue                  stamp               `json:"days_until_due"`
	DefaultPaymentMethod          opt                 `json:"default_payment_method"`
	DefaultSource                 void                `json:"default_source"`
	DefaultTaxRates               []string            `json:"default_tax_rates"`
	Description                   opt                 `json:"description"`
	Discounts                     []string            `json:"discounts"`
	EndedAt                       stamp               `json:"ended_at"`
	InvoiceSettings               map[string]any      `json:"invoice_settings"`
	Items                         *list               `json:"items"`
	LatestInvoice                 opt                 `json:"latest_invoice"`
	Metadata                      map[string]string   `json:"metadata"`
	NextPendingInvoiceItemInvoice void                `json:"next_pending_invoice_item_invoice"`
	OnBehalfOf                    void                `json:"on_behalf_of"`
	PauseCollection               *pauseCollection    `json:"pause_collection"`
	PaymentSettings               paymentSettings     `json:"payment_settings"`
	PendingInvoiceItemInterval    void                `json:"pending_invoice_item_interval"`
	PendingSetupIntent            opt                 `json:"pending_setup_intent"`
	PendingUpdate                 *pendingUpdate      `json:"pending_update"`
	Schedule                      opt                 `json:"schedule"`
	StartDate                     int64               `json:"start_date"`
	Status                        string              `json:"status"`
	TestClock                     opt                 `json:"test_clock"`
	TransferData                  void                `json:"transfer_data"`
	TrialEnd                      stamp               `json:"trial_end"`
	TrialSettings                 trialSettings       `json:"trial_settings"`
	TrialStart                    stamp               `json:"trial_start"`

	sp           *space
	customer     *customer
	items        []*subscriptionItem
	latest       *invoice
	schedule     *schedule
	trialWarned  stamp // the trial end that was warned of
	upcomingTold int64 // the period end that was told of
	// What waits for the payment of an invoice: the change of pending_update, or to go on after a pause.
	waits      *next
	waitsFor   *invoice
	resumesFor *invoice
}

type subscriptionItem struct {
	key
	BillingThresholds  void              `json:"billing_thresholds"`
	Created            int64             `json:"created"`
	CurrentPeriodEnd   int64             `json:"current_period_end"`
	CurrentPeriodStart int64             `json:"current_period_start"`
	Discounts          []string          `json:"discounts"`
	Metadata           map[string]string `json:"metadata"`
	Plan               map[string]any    `json:"plan"`
	Price              *price            `json:"price"`
	Quantity           int64             `json:"quantity"`
	Subscription       string            `json:"subscription"`
	TaxRates           []string          `json:"tax_rates"`
}

func (i *subscriptionItem) born() int64 { return i.Created }

type cancellationDetails struct {
	Comment  opt `json:"comment"`
	Feedback opt `json:"feedback"`
	Reason   opt `json:"reason"`
}

type pauseCollection struct {
	Behavior  string `json:"behavior"`
	ResumesAt stamp  `json:"resumes_at"`
}

type paymentSettings struct {
	PaymentMethodOptions     void   `json:"payment_method_options"`
	PaymentMethodTypes       any    `json:"payment_method_types"`
	SaveDefaultPaymentMethod string `json:"save_default_payment_method"`
}

type trialSettings struct {
	EndBehavior struct {
		MissingPaymentMethod string `json:"missing_payment_method"`
	} `json:"end_behavior"`
}

type pendingUpdate struct {
	BillingCycleAnchor stamp               `json:"billing_cycle_anchor"`
	ExpiresAt          int64               `json:"expires_at"`
	SubscriptionItems  []*subscriptionItem `json:"subscription_items"`
	TrialEnd           stamp               `json:"trial_end"`
	TrialFromPlan      void                `json:"trial_from_plan"`
}

func (s *subscription) now() int64 { return s.customer.clock.now }

func (s *subscription) ended() bool { return s.Status == canceled || s.Status == expiredSub }

func (s *subscription) become(status string) {
	if s.Status == status {
		return
	}
	subscriptionMoves.must("subscription", s.Status, status)
	s.Status = status
}

// period is the current one: all items have the same.
func (s *subscription) period() span {
	return span{s.items[0].CurrentPeriodStart, s.items[0].CurrentPeriodEnd}
}

func (s *subscription) every() interval { return s.items[0].Price.every() }

func (s *subscription) setPeriod(p span) {
	for _, i := range s.items {
		i.CurrentPeriodStart, i.CurrentPeriodEnd = p.from, p.to
	}
}

func (s *subscription) setItems(items []*subscriptionItem) {
	s.items = items
	s.Items = whole(items, "/v1/subscription_items?subscription="+s.ID)
}

// name is what an item is called on a bill.
func (i *subscriptionItem) name() string { return i.Price.of.Name }

func (s *subscription) payer() *paymentMethod {
	if m, ok := s.sp.methods.rows[string(s.DefaultPaymentMethod)]; ok {
		return m
	}
	return s.customer.payer(s.sp)
}

// savesMethod tells that what pays the first invoice pays the further ones.
func (s *subscription) savesMethod() bool {
	return s.PaymentSettings.SaveDefaultPaymentMethod == "on_subscription"
}

// change does something to the subscription and tells of it.
func (s *subscription) change(do func()) {
	before := was(s)
	do()
	s.sp.changed(s.now(), "customer.subscription.updated", s, before)
	s.replan()
}

func (s *subscription) replan() { s.customer.clock.plan(s) }

// renewing are the statuses in which periods go on.
var renewing = []string{active, pastDue, unpaid}

const (
	trialWarning = 3 * day
)

// appointments is all that a subscription does by itself, what comes first at the same moment standing first.
func (s *subscription) appointments() []appointment {
	if s.ended() {
		return nil
	}
	all := make([]appointment, 0, 8)
	if s.Status == incomplete {
		all = append(all, appointment{s.Created + patience, s.expireIncomplete})
	}
	if s.PendingUpdate != nil {
		all = append(all, appointment{s.PendingUpdate.ExpiresAt, s.expireUpdate})
	}
	if s.PauseCollection != nil {
		all = append(all, appointment{int64(s.PauseCollection.ResumesAt), func(int64) { s.change(func() { s.PauseCollection = nil }) }})
	}
	end := s.period().to
	if s.Status == trialing {
		end = int64(s.TrialEnd)
		if s.trialWarned != s.TrialEnd {
			all = append(all, appointment{end - trialWarning, s.warnTrial})
		}
	}
	if s.Status != incomplete {
		all = append(all, appointment{int64(s.CancelAt), s.cancelDue})
	}
	if s.schedule != nil {
		all = append(all, appointment{s.schedule.boundary(), func(now int64) { s.schedule.advance(now) }})
	}
	if s.Status == trialing {
		all = append(all, appointment{end, s.endTrial})
	}
	if slices.Contains(renewing, s.Status) || s.Status == trialing {
		if told := end; s.upcomingTold != told && (s.CancelAt == 0 || int64(s.CancelAt) > end) && s.Status != unpaid {
			all = append(all, appointment{max(s.Created, end-int64(s.sp.sim.config.UpcomingDays)*day), s.tellUpcoming})
		}
	}
	if slices.Contains(renewing, s.Status) {
		all = append(all, appointment{end, s.renew})
	}
	return all
}

func (s *subscription) nextDue() int64 { return earliest(s.appointments()).at }
func (s *subscription) fire(now int64) { earliest(s.appointments()).do(now) }

func (s *subscription) warnTrial(now int64) {
	s.trialWarned = s.TrialEnd
	s.sp.emit(now, "customer.subscription.trial_will_end", s)
}

func (s *subscription) tellUpcoming(now int64) {
	s.upcomingTold = s.period().to
	s.sp.tell(now, "invoice.upcoming", s.upcoming(), nil)
}

// endTrial begins the first paid period; what becomes of a subscription that nobody can be charged for was said before.
func (s *subscription) endTrial(now int64) {
	if s.CollectionMethod == byItself && s.payer() == nil {
		switch s.TrialSettings.EndBehavior.MissingPaymentMethod {
		case "cancel":
			s.cancel(now, "")
			return
		case "pause":
			s.change(func() { s.become(paused) })
			s.sp.emit(now, "customer.subscription.paused", s)
			return
		}
	}
	s.cycle(now, active)
}

func (s *subscription) renew(now int64) { s.cycle(now, s.Status) }

// cycle begins the next period and drafts its invoice.
func (s *subscription) cycle(now int64, status string) {
	before := was(s)
	last := s.period()
	s.become(status)
	s.setPeriod(s.every().around(s.BillingCycleAnchor, now))
	lines := append(s.sp.held(s.customer, s), s.full()...)
	inv := s.bill(forCycle, lines, last)
	inv.AutomaticallyFinalizesAt = stamp(now + finalizeIn)
	s.hold(inv)
	s.sp.changed(now, "customer.subscription.updated", s, before)
	inv.issue()
	s.replan()
	if p := s.PauseCollection; p != nil && p.Behavior != "keep_as_draft" {
		inv.finalize()
		if inv.Status == open {
			inv.close(map[string]string{"void": voided, "mark_uncollectible": uncollectible}[p.Behavior])
		}
	}
}

// hold keeps an invoice a draft where nothing is to be collected.
func (s *subscription) hold(inv *invoice) {
	if s.Status == unpaid || s.PauseCollection != nil {
		inv.AutoAdvance, inv.AutomaticallyFinalizesAt = false, 0
	}
}

// full is what all items cost for the current period.
func (s *subscription) full() (lines []line) {
	for _, i := range s.items {
		lines = append(lines, full(i, s.period()))
	}
	return lines
}

// bill drafts an invoice of the subscription, its latest.
func (s *subscription) bill(reason string, lines []line, over span) *invoice {
	inv := s.sp.draftInvoice(s.customer, s, reason, lines, over)
	s.latest, s.LatestInvoice = inv, opt(inv.ID)
	return inv
}

// invoiceClosed is what follows when nobody owes an invoice any more: paid, void or given up.
func (s *subscription) invoiceClosed(inv *invoice) {
	now := s.now()
	if inv == s.waitsFor {
		s.settleUpdate(inv.Status == paid)
		return
	}
	if inv == s.resumesFor {
		s.resumesFor = nil
		if inv.Status == paid {
			s.goOn(now)
		}
		return
	}
	if inv != s.latest || s.ended() {
		return
	}
	switch {
	case s.Status == incomplete && inv.Status == paid:
		s.change(func() {
			s.become(active)
			s.keepMethod(inv)
		})
	case s.Status == incomplete:
		s.expire(now)
	case s.Status == pastDue || s.Status == unpaid:
		s.change(func() { s.become(active) })
	}
	s.setDelinquent(false)
}

// keepMethod makes what paid the first invoice the default, where that was asked for.
func (s *subscription) keepMethod(inv *invoice) {
	if s.savesMethod() && inv.payment != nil && inv.payment.intent.method != nil {
		s.DefaultPaymentMethod = opt(inv.payment.intent.method.ID)
	}
}

// paymentUnderway counts a bank's payment as good until the bank says otherwise.
func (s *subscription) paymentUnderway(inv *invoice) {
	if inv == s.latest && (s.Status == incomplete || s.Status == pastDue) {
		s.change(func() { s.become(active) })
	}
}

// paymentFailed is what follows from a failed attempt. last tells that there will be no further one.
func (s *subscription) paymentFailed(inv *invoice, last bool) {
	if inv == s.waitsFor || inv == s.resumesFor || s.ended() || s.Status == incomplete {
		return
	}
	s.setDelinquent(true)
	if last && (s.Status == active || s.Status == pastDue) {
		switch s.sp.sim.config.AfterRetries {
		case canceled:
			s.cancel(s.now(), "payment_failed")
			return
		case unpaid:
			inv.rest()
			s.change(func() { s.become(unpaid) })
			return
		}
	}
	if inv == s.latest && s.Status == active {
		s.change(func() { s.become(pastDue) })
	}
}

func (s *subscription) setDelinquent(is bool) {
	if s.customer.Delinquent == is {
		return
	}
	before := was(s.customer)
	s.customer.Delinquent = is
	s.sp.changed(s.now(), "customer.updated", s.customer, before)
}

// expireIncomplete gives up a first payment that nobody made.
func (s *subscription) expireIncomplete(now int64) {
	if s.latest.Status == open {
		s.latest.close(voided) // which ends the subscription
		return
	}
	s.expire(now)
}
