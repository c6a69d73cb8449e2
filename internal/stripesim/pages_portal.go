package stripesim

import (
	"net/http"
	"slices"
)

type portalPage struct {
	view
	Subscriptions []portalPlan
	CanCard       bool
	Card          string
	Cards         []testCard
	Invoices      []portalInvoice
}

type portalPlan struct {
	ID, Plan, Says, CancelWords string
	CanCancel, CanResume        bool
	Switches                    []portalSwitch
}

type portalSwitch struct{ Subscription, Price, Name string }

type portalInvoice struct{ URL, Date, Status, Amount string }

func (s *Sim) portalOf(r *http.Request) (*space, *portalSession) {
	sp, ps, p := plantedIn(s, r.PathValue("id"), func(sp *space) *table[*portalSession] { return sp.portals })
	if p != nil || sp.customers.rows[ps.Customer] == nil {
		return nil, nil
	}
	return sp, ps
}

func (s *Sim) showPortal(r *http.Request) reply {
	sp, ps := s.portalOf(r)
	if ps == nil {
		return s.notHere()
	}
	return s.portalPage(sp, ps, "")
}

func (s *Sim) portalPage(sp *space, ps *portalSession, problem string) reply {
	p := portalPage{view: s.view("Plan and payments"), CanCard: ps.config.Features.PaymentMethodUpdate.Enabled, Card: ps.customer.payer(sp).shown(), Cards: testCards}
	p.Problem, p.Back = problem, string(ps.ReturnURL)
	for _, sub := range sp.subscriptions.where(func(x *subscription) bool { return x.customer == ps.customer && !x.ended() }) {
		p.Subscriptions = append(p.Subscriptions, ps.plan(sp, sub))
		if m := sub.payer(); m != nil {
			p.Card = m.shown()
		}
	}
	if ps.config.Features.InvoiceHistory.Enabled {
		for _, inv := range slices.Backward(sp.invoices.where(func(x *invoice) bool { return x.customer == ps.customer && x.Status != draft })) {
			p.Invoices = append(p.Invoices, portalInvoice{"/sim/invoice/" + inv.ID, shownDay(inv.Created), inv.Status, dollars(inv.AmountDue)})
		}
	}
	out := reply{template: "portal", data: p}
	if problem != "" {
		out.status = http.StatusUnprocessableEntity
	}
	return out
}

// plan is a subscription as a person sees it, with what the configuration lets them do.
func (ps *portalSession) plan(sp *space, sub *subscription) portalPlan {
	f := ps.config.Features
	first := sub.items[0]
	out := portalPlan{ID: sub.ID, Plan: first.name() + " · " + dollars(first.Price.UnitAmount) + " a " + first.Price.every().unit, CancelWords: "Cancel at the end of the period"}
	switch {
	case sub.CancelAt != 0:
		out.Says = "It ends " + shownDay(int64(sub.CancelAt)) + "."
	case sub.Status == trialing:
		out.Says = "Free until " + shownDay(int64(sub.TrialEnd)) + "."
	case sub.Status == active:
		out.Says = "It renews " + shownDay(sub.period().to) + "."
	default:
		out.Says = "It is " + map[string]string{pastDue: "not paid yet", unpaid: "not paid", paused: "paused", incomplete: "not paid yet"}[sub.Status] + "."
	}
	managed := sub.schedule != nil
	out.CanCancel = f.SubscriptionCancel.Enabled && sub.CancelAt == 0 && !managed
	out.CanResume = sub.CancelAt != 0 && !managed || sub.Status == paused
	if f.SubscriptionCancel.Mode == "immediately" {
		out.CancelWords = "Cancel now"
	}
	if f.SubscriptionUpdate.Enabled && !managed && sub.Status != paused && sub.Status != incomplete {
		for _, id := range ps.offers() {
			if of := sp.prices.rows[id]; of != nil && of.Active && of != first.Price {
				out.Switches = append(out.Switches, portalSwitch{sub.ID, id, of.of.Name + " · " + dollars(of.UnitAmount) + " a " + of.every().unit})
			}
		}
	}
	return out
}

// offers are the prices that the configuration lets people change to.
func (ps *portalSession) offers() (ids []string) {
	for _, p := range ps.config.Features.SubscriptionUpdate.Products {
		ids = append(ids, p.Prices...)
	}
	return ids
}

func (s *Sim) postPortal(r *http.Request) reply {
	sp, ps := s.portalOf(r)
	if ps == nil {
		return s.notHere()
	}
	again := reply{to: "/sim/portal/" + ps.ID}
	if r.PostFormValue("deed") == "card" {
		if p := ps.useCard(sp, r); p != nil {
			return s.portalPage(sp, ps, p.Message)
		}
		return again
	}
	sub := sp.subscriptions.rows[r.PostFormValue("subscription")]
	if sub == nil || sub.customer != ps.customer || sub.ended() {
		return s.portalPage(sp, ps, "This plan has ended.")
	}
	may := ps.plan(sp, sub)
	switch deed := r.PostFormValue("deed"); {
	case deed == "cancel" && may.CanCancel:
		ps.cancel(sub)
	case deed == "resume" && may.CanResume && sub.Status == paused:
		if sub.resumesFor == nil {
			sub.resume(sub.now(), true)
		}
		if sub.Status == paused {
			return reply{to: "/sim/invoice/" + sub.latest.ID}
		}
	case deed == "resume" && may.CanResume:
		sub.change(func() {
			sub.CancelAtPeriodEnd, sub.CancelAt, sub.CanceledAt, sub.CancellationDetails.Reason = false, 0, 0, ""
		})
	case deed == "switch":
		n := slices.IndexFunc(may.Switches, func(x portalSwitch) bool { return x.Price == r.PostFormValue("price") })
		if n < 0 {
			return s.portalPage(sp, ps, "This plan is not offered.")
		}
		ps.switchPlan(sub, sp.prices.rows[may.Switches[n].Price])
		if sub.waitsFor != nil { // the bank wants to see the person, or the card is declined
			return reply{to: "/sim/invoice/" + sub.waitsFor.ID}
		}
	default:
		return s.portalPage(sp, ps, "This is not offered.")
	}
	return again
}

func (ps *portalSession) cancel(sub *subscription) {
	if ps.config.Features.SubscriptionCancel.Mode == "immediately" {
		sub.cancel(sub.now(), "cancellation_requested")
		return
	}
	sub.change(func() {
		sub.CancelAtPeriodEnd, sub.CancelAt, sub.CanceledAt, sub.CancellationDetails.Reason = true, stamp(sub.periodEnd()), stamp(sub.now()), "cancellation_requested"
	})
}

// switchPlan changes the first item to another price: at the period's end where the configuration asks for that, else now.
func (ps *portalSession) switchPlan(sub *subscription, to *price) {
	f := ps.config.Features.SubscriptionUpdate
	first := sub.items[0]
	shorter := to.every().boundary(0, 1) < first.Price.every().boundary(0, 1)
	conditions, _ := f.ScheduleAtPeriodEnd["conditions"].([]any)
	later := slices.ContainsFunc(conditions, func(c any) bool {
		kind := c.(map[string]string)["type"]
		return kind == "decreasing_item_amount" && to.UnitAmount < first.Price.UnitAmount || kind == "shortening_interval" && shorter
	})
	if later && sub.Status != trialing {
		sub.downgradeLater(to)
		return
	}
	n := &next{prorate: f.ProrationBehavior, at: sub.now(), anew: to.every() != sub.every() && sub.Status != trialing || sub.Status == trialing && f.TrialUpdateBehavior == "end_trial"}
	for k, i := range sub.items {
		same := *i
		if k == 0 {
			same.Price, same.Plan = to, planOf(to)
		}
		n.items = append(n.items, &same)
	}
	_ = sub.switchTo(n, "pending_if_incomplete", func() {}) // refuses only what error_if_incomplete asks for
}

// downgradeLater is what the portal does with a schedule.
func (sub *subscription) downgradeLater(to *price) {
	sched := sub.sp.newSchedule(sub, map[string]string{})
	before := was(sched)
	first := sched.Phases[0]
	second := newPhase(sub.Currency, span{first.EndDate, to.every().boundary(first.EndDate, 1)})
	second.ProrationBehavior = noProration
	second.add(to, sub.items[0].Quantity, map[string]string{})
	sched.Phases = append(sched.Phases, second)
	sub.sp.changed(sub.now(), "subscription_schedule.updated", sched, before)
}

// useCard makes a new card the one that is charged.
func (ps *portalSession) useCard(sp *space, r *http.Request) *Problem {
	if !ps.config.Features.PaymentMethodUpdate.Enabled {
		return invalid("", "This is not offered.")
	}
	cus := ps.customer
	m, p := sp.chosen(r, cus.clock.now)
	if p == nil {
		p = m.savable()
	}
	if p != nil {
		return p
	}
	m.setUp = true // the portal has the bank see the person when a card is saved
	sp.attach(m, cus)
	before := was(cus)
	cus.InvoiceSettings.DefaultPaymentMethod = opt(m.ID)
	sp.changed(cus.clock.now, "customer.updated", cus, before)
	for _, sub := range sp.subscriptions.where(func(x *subscription) bool { return x.customer == cus && !x.ended() && x.DefaultPaymentMethod != "" }) {
		sub.change(func() { sub.DefaultPaymentMethod = opt(m.ID) })
	}
	return nil
}
