package stripesim

// cancel ends the subscription now. Nothing more is collected for it.
func (s *subscription) cancel(now int64, reason string) {
	s.dropUpdate()
	sched := s.schedule
	if sched != nil {
		sched.detach()
	}
	for _, inv := range s.sp.invoices.where(func(inv *invoice) bool { return inv.sub == s }) {
		inv.rest()
	}
	if s.Status == incomplete && s.latest.Status == open {
		s.become(canceled) // before the invoice is void, which would let it expire
		s.latest.close(voided)
	}
	s.become(canceled)
	if s.CanceledAt == 0 {
		s.CanceledAt = stamp(now)
	}
	if reason != "" {
		s.CancellationDetails.Reason = opt(reason)
	}
	s.EndedAt = stamp(now)
	s.sp.emit(now, "customer.subscription.deleted", s)
	if sched != nil {
		sched.end(canceled)
	}
}

// expire ends a subscription that never began.
func (s *subscription) expire(now int64) {
	s.change(func() { s.become(expiredSub); s.EndedAt = stamp(now) })
}

// cancelDue ends what was to end at this moment. What waits to be billed at the period's end is billed.
func (s *subscription) cancelDue(now int64) {
	if held := s.sp.held(s.customer, s); len(held) > 0 && now >= s.period().to {
		inv := s.bill(forCycle, held, s.period())
		inv.issue().advance()
	}
	if !s.ended() {
		s.cancel(now, "")
	}
}

// goOn makes a paused subscription active again.
func (s *subscription) goOn(now int64) {
	s.change(func() { s.become(active) })
	s.sp.emit(now, "customer.subscription.resumed", s)
}

// resume begins a new period after a pause, as soon as it is paid.
func (s *subscription) resume(now int64, anchorNow bool) {
	if anchorNow {
		s.BillingCycleAnchor = now
	}
	over := s.every().around(s.BillingCycleAnchor, now)
	s.setPeriod(over)
	lines := s.full()
	if !anchorNow { // the period began while nobody paid
		for n, i := range s.items {
			lines[n] = remaining(i, over, now)
		}
	}
	inv := s.bill(forUpdate, append(s.sp.held(s.customer, s), lines...), span{now, now})
	inv.noRetries = true
	s.resumesFor = inv
	inv.issue().finalize()
	if inv.Status != open {
		return
	}
	inv.voidsAt = now + patience
	inv.replan()
	if s.CollectionMethod == byInvoice {
		s.resumesFor = nil
		s.goOn(now)
		return
	}
	inv.collect()
}

// settleUpdate carries a waiting change out, or drops it.
func (s *subscription) settleUpdate(paidFor bool) {
	waits := s.waits
	s.waits, s.waitsFor = nil, nil
	if s.ended() {
		s.PendingUpdate = nil
		return
	}
	if !paidFor {
		s.change(func() { s.PendingUpdate = nil })
		s.sp.emit(s.now(), "customer.subscription.pending_update_expired", s)
		return
	}
	s.change(func() {
		s.PendingUpdate = nil
		s.apply(waits)
	})
	s.sp.emit(s.now(), "customer.subscription.pending_update_applied", s)
}

func (s *subscription) expireUpdate(int64) { s.dropUpdate() }

// dropUpdate voids what was to be paid for a waiting change, which drops the change.
func (s *subscription) dropUpdate() {
	if s.waitsFor == nil {
		return
	}
	if s.waitsFor.unpaid() {
		s.waitsFor.close(voided)
		return
	}
	s.settleUpdate(false)
}
