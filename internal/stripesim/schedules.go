package stripesim

import "fmt"

// schedule changes a subscription at moments that are set before.
type schedule struct {
	head
	Application          opt               `json:"application"`
	BillingMode          map[string]any    `json:"billing_mode"`
	CanceledAt           stamp             `json:"canceled_at"`
	CompletedAt          stamp             `json:"completed_at"`
	CurrentPhase         *phaseSpan        `json:"current_phase"`
	Customer             string            `json:"customer"`
	CustomerAccount      void              `json:"customer_account"`
	DefaultSettings      map[string]any    `json:"default_settings"`
	EndBehavior          string            `json:"end_behavior"`
	Metadata             map[string]string `json:"metadata"`
	Phases               []*phase          `json:"phases"`
	ReleasedAt           stamp             `json:"released_at"`
	ReleasedSubscription opt               `json:"released_subscription"`
	Status               string            `json:"status"`
	Subscription         opt               `json:"subscription"`
	TestClock            opt               `json:"test_clock"`

	sub *subscription
}

type phaseSpan struct {
	EndDate   int64 `json:"end_date"`
	StartDate int64 `json:"start_date"`
}

type phase struct {
	AddInvoiceItems       []string          `json:"add_invoice_items"`
	ApplicationFeePercent void              `json:"application_fee_percent"`
	BillingCycleAnchor    opt               `json:"billing_cycle_anchor"`
	BillingThresholds     void              `json:"billing_thresholds"`
	CollectionMethod      opt               `json:"collection_method"`
	Currency              string            `json:"currency"`
	DefaultPaymentMethod  opt               `json:"default_payment_method"`
	DefaultTaxRates       []string          `json:"default_tax_rates"`
	Description           opt               `json:"description"`
	Discounts             []string          `json:"discounts"`
	EndDate               int64             `json:"end_date"`
	InvoiceSettings       void              `json:"invoice_settings"`
	Items                 []phaseItem       `json:"items"`
	Metadata              map[string]string `json:"metadata"`
	OnBehalfOf            void              `json:"on_behalf_of"`
	ProrationBehavior     string            `json:"proration_behavior"`
	StartDate             int64             `json:"start_date"`
	TransferData          void              `json:"transfer_data"`
	TrialEnd              stamp             `json:"trial_end"`

	prices []*price
}

type phaseItem struct {
	BillingThresholds void              `json:"billing_thresholds"`
	Discounts         []string          `json:"discounts"`
	Metadata          map[string]string `json:"metadata"`
	Plan              string            `json:"plan"`
	Price             string            `json:"price"`
	Quantity          int64             `json:"quantity"`
	TaxRates          []string          `json:"tax_rates"`
}

const scheduleTakes = "metadata.* end_behavior:release|cancel proration_behavior:always_invoice|create_prorations|none " +
	"phases[].items[].price phases[].items[].quantity:int phases[].items[].metadata.* phases[].start_date:time|now phases[].end_date:time|now " +
	"phases[].duration.interval:day|week|month|year phases[].duration.interval_count:int phases[].proration_behavior:always_invoice|create_prorations|none phases[].metadata.* phases[].description "

func scheduleOperations() []operation {
	return []operation{
		{"POST /v1/subscription_schedules", "from_subscription! metadata.*", createSchedule},
		{"GET /v1/subscription_schedules", listed + "customer scheduled:bool", func(c *call) (any, *Problem) {
			return page(c, c.sp.schedules, func(s *schedule) bool { return same(c.form, "customer", s.Customer) })
		}},
		{"GET /v1/subscription_schedules/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.schedules.get(c.id)) }},
		{"POST /v1/subscription_schedules/{id}", scheduleTakes, updateSchedule},
		{"POST /v1/subscription_schedules/{id}/release", "preserve_cancel_date:bool", func(c *call) (any, *Problem) {
			s, p := c.liveSchedule()
			if p != nil {
				return nil, p
			}
			s.release()
			return s, nil
		}},
		{"POST /v1/subscription_schedules/{id}/cancel", "invoice_now:bool prorate:bool", func(c *call) (any, *Problem) {
			s, p := c.liveSchedule()
			if p != nil {
				return nil, p
			}
			s.sub.cancel(s.sub.now(), "cancellation_requested") // which cancels the schedule
			return s, nil
		}},
	}
}

func (c *call) liveSchedule() (*schedule, *Problem) {
	s, p := c.sp.schedules.get(c.id)
	if p == nil && s.Status != active && s.Status != notStarted {
		p = invalid("", "You cannot change a subscription schedule that is currently in the `"+s.Status+"` status.")
	}
	return s, p
}

func createSchedule(c *call) (any, *Problem) {
	sub, p := c.sp.subscriptions.named("from_subscription", c.form.str("from_subscription"))
	if p != nil {
		return nil, p
	}
	switch {
	case sub.ended():
		return nil, invalid("from_subscription", "You cannot migrate a subscription that is already canceled.")
	case sub.Status == incomplete:
		return nil, invalid("from_subscription", "You cannot migrate a subscription that is incomplete.")
	case sub.schedule != nil:
		return nil, invalid("from_subscription", "You cannot migrate a subscription that is already attached to a schedule: "+sub.schedule.ID)
	}
	return c.sp.newSchedule(sub, c.form.metadata("metadata", nil)), nil
}

// newSchedule takes over a subscription as it is: its first phase is the current period.
func (sp *space) newSchedule(sub *subscription, metadata map[string]string) *schedule {
	now := sub.now()
	s := &schedule{
		head: sp.head("sub_sched", "subscription_schedule", now), BillingMode: sub.BillingMode, Customer: sub.Customer, EndBehavior: "release", Metadata: metadata,
		DefaultSettings: map[string]any{"billing_cycle_anchor": "automatic", "collection_method": sub.CollectionMethod, "default_payment_method": nil, "description": nil, "on_behalf_of": nil, "transfer_data": nil},
		Status:          active, Subscription: opt(sub.ID), TestClock: sub.TestClock, sub: sub,
	}
	over := sub.period()
	first := newPhase(sub.Currency, span{over.from, sub.periodEnd()})
	first.TrialEnd = 0
	if sub.Status == trialing {
		first.TrialEnd = sub.TrialEnd
	}
	for _, i := range sub.items {
		first.add(i.Price, i.Quantity, i.Metadata)
	}
	s.Phases = []*phase{first}
	s.CurrentPhase = &phaseSpan{first.EndDate, first.StartDate}
	sp.schedules.add(s)
	sub.schedule = s
	sp.emit(now, "subscription_schedule.created", s)
	sub.change(func() { sub.Schedule = opt(s.ID) })
	return s
}

func newPhase(currency string, over span) *phase {
	return &phase{
		AddInvoiceItems: []string{}, Currency: currency, DefaultTaxRates: []string{}, Discounts: []string{}, StartDate: over.from, EndDate: over.to, Items: []phaseItem{},
		Metadata: map[string]string{}, ProrationBehavior: prorateLater,
	}
}

func (p *phase) add(of *price, quantity int64, metadata map[string]string) {
	p.prices = append(p.prices, of)
	p.Items = append(p.Items, phaseItem{Discounts: []string{}, Metadata: metadata, Plan: of.ID, Price: of.ID, Quantity: quantity, TaxRates: []string{}})
}

func updateSchedule(c *call) (any, *Problem) {
	s, p := c.liveSchedule()
	if p != nil {
		return nil, p
	}
	f := c.form
	phases := s.Phases
	if f.has("phases") {
		if phases, p = s.read(c.sp, f); p != nil {
			return nil, p
		}
	}
	before := was(s)
	s.Phases = phases
	s.EndBehavior = f.or("end_behavior", s.EndBehavior)
	s.Metadata = f.metadata("metadata", s.Metadata)
	now := s.sub.now()
	for _, p := range phases {
		if p.StartDate <= now && now < p.EndDate {
			s.CurrentPhase = &phaseSpan{p.EndDate, p.StartDate}
		}
	}
	c.sp.changed(now, "subscription_schedule.updated", s, before)
	s.sub.replan()
	return s, nil
}

// read reads phases that follow one another without a gap. One that names no end lasts for one interval of its price.
func (s *schedule) read(sp *space, f *form) ([]*phase, *Problem) {
	var phases []*phase
	start, now := s.Phases[0].StartDate, s.sub.now()
	for n, one := range f.list("phases") {
		at := fmt.Sprintf("phases[%d]", n)
		p := newPhase(s.sub.Currency, span{start, 0})
		if one.str("start_date") == "now" {
			p.StartDate = now
		} else if given := one.num("start_date"); given != 0 {
			if n > 0 && given != start {
				return nil, invalid(at+"[start_date]", "The start date of a phase must be the end date of the one before.")
			}
			p.StartDate = given
		}
		for k, item := range one.list("items") {
			of, problem := sp.billable(item.str("price"), fmt.Sprintf("%s[items][%d][price]", at, k))
			if problem != nil {
				return nil, problem
			}
			p.add(of, item.numOr("quantity", 1), item.metadata("metadata", nil))
		}
		if len(p.Items) == 0 {
			return nil, missing(fmt.Sprintf("phases.%d.items", n))
		}
		p.EndDate = endOf(p, one, now)
		if p.EndDate <= p.StartDate || p.EndDate < now && n == len(f.list("phases"))-1 {
			return nil, invalid(at+"[end_date]", "A phase must end after it begins, and the last one in the future.")
		}
		p.ProrationBehavior = one.or("proration_behavior", prorateLater)
		p.Metadata = one.metadata("metadata", nil)
		p.Description = opt(one.str("description"))
		phases, start = append(phases, p), p.EndDate
	}
	if len(phases) == 0 {
		return nil, missing("phases")
	}
	return phases, nil
}

func endOf(p *phase, f *form, now int64) int64 {
	if f.str("end_date") == "now" {
		return now
	}
	if at := f.num("end_date"); at != 0 {
		return at
	}
	i := p.prices[0].every()
	if f.has("duration") {
		i = interval{f.or("duration.interval", "month"), f.numOr("duration.interval_count", 1)}
	}
	return i.boundary(p.StartDate, 1)
}

// boundary is when the current phase ends.
func (s *schedule) boundary() int64 { return s.CurrentPhase.EndDate }

// advance begins the next phase, or ends the schedule after the last.
func (s *schedule) advance(now int64) {
	for _, p := range s.Phases {
		if p.StartDate < s.CurrentPhase.EndDate {
			continue
		}
		before := was(s)
		s.CurrentPhase = &phaseSpan{p.EndDate, p.StartDate}
		s.enter(p, now)
		s.sub.sp.changed(now, "subscription_schedule.updated", s, before)
		return
	}
	if s.EndBehavior == "release" {
		s.release()
		return
	}
	s.detach()
	s.end(completed)
	s.sub.cancel(now, "cancellation_requested")
}

// enter makes the subscription what a phase says. At a period's end nothing is left to be prorated, and the period that
// begins is billed at the new prices.
func (s *schedule) enter(p *phase, now int64) {
	sub := s.sub
	n := &next{prorate: p.ProrationBehavior, at: now}
	for k, of := range p.prices {
		i := &subscriptionItem{Discounts: []string{}, TaxRates: []string{}, Created: now, Subscription: sub.ID}
		if k < len(sub.items) {
			*i = *sub.items[k]
		} else {
			i.key = key{sub.sp.sim.names.next("si"), "subscription_item"}
			i.CurrentPeriodStart, i.CurrentPeriodEnd = sub.period().from, sub.period().to
		}
		i.Price, i.Plan, i.Quantity, i.Metadata = of, planOf(of), p.Items[k].Quantity, p.Items[k].Metadata
		n.items = append(n.items, i)
	}
	other := n.items[0].Price.every() != sub.every()
	if now >= sub.periodEnd() {
		sub.change(func() {
			sub.replaceItems(n.items)
			if other {
				sub.BillingCycleAnchor = now
			}
		})
		return
	}
	n.anew = other && sub.Status != trialing
	_ = sub.switchTo(n, "allow_incomplete", func() {}) // refuses only what error_if_incomplete asks for
}

// release leaves the subscription as it is.
func (s *schedule) release() {
	s.detach()
	s.ReleasedSubscription = opt(s.sub.ID)
	s.end(released)
}

func (s *schedule) detach() {
	s.sub.change(func() { s.sub.schedule, s.sub.Schedule = nil, "" })
}

func (s *schedule) end(status string) {
	now := s.sub.now()
	scheduleMoves.must("subscription schedule", s.Status, status)
	s.Status, s.CurrentPhase, s.Subscription = status, nil, ""
	switch status {
	case released:
		s.ReleasedAt = stamp(now)
	case canceled:
		s.CanceledAt = stamp(now)
	case completed:
		s.CompletedAt = stamp(now)
	}
	s.sub.sp.tell(now, "subscription_schedule."+status, s, nil)
}
