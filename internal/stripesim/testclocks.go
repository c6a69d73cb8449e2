package stripesim

// testClock is a time of its own for the customers that are made in it.
type testClock struct {
	head
	DeletesAfter  int64          `json:"deletes_after"`
	FrozenTime    int64          `json:"frozen_time"`
	Name          opt            `json:"name"`
	Status        string         `json:"status"`
	StatusDetails map[string]any `json:"status_details"`

	clock *clock
}

func testClockOperations() []operation {
	return []operation{
		{"POST /v1/test_helpers/test_clocks", "frozen_time:time! name", func(c *call) (any, *Problem) {
			if c.sp.live {
				return nil, invalid("", "Test clocks are only available in test mode.")
			}
			t := &testClock{head: c.sp.head("clock", "test_helpers.test_clock", c.now()), DeletesAfter: c.now() + 30*day, FrozenTime: c.form.num("frozen_time"), Name: opt(c.form.str("name")), Status: "ready", StatusDetails: map[string]any{}}
			t.clock = newClock(t.FrozenTime)
			c.sp.testClocks.add(t)
			c.sp.emit(c.now(), "test_helpers.test_clock.created", t)
			return t, nil
		}},
		{"GET /v1/test_helpers/test_clocks", listed, func(c *call) (any, *Problem) {
			return page(c, c.sp.testClocks, func(*testClock) bool { return true })
		}},
		{"GET /v1/test_helpers/test_clocks/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.testClocks.get(c.id)) }},
		{"POST /v1/test_helpers/test_clocks/{id}/advance", "frozen_time:time!", advanceClock},
		{"DELETE /v1/test_helpers/test_clocks/{id}", "", func(c *call) (any, *Problem) {
			t, p := c.sp.testClocks.get(c.id)
			if p != nil {
				return nil, p
			}
			for _, cus := range c.sp.customers.where(func(cus *customer) bool { return cus.clock == t.clock }) {
				c.sp.deleteCustomer(cus)
			}
			grave := c.sp.testClocks.remove(t.ID, "test_helpers.test_clock")
			c.sp.emit(c.now(), "test_helpers.test_clock.deleted", t)
			return grave, nil
		}},
	}
}

// advanceClock plays what is due at once; the answer says that it is under way, as Stripe's does, and the event that it is done.
func advanceClock(c *call) (any, *Problem) {
	t, p := c.sp.testClocks.get(c.id)
	if p != nil {
		return nil, p
	}
	to := c.form.num("frozen_time")
	if to <= t.FrozenTime {
		return nil, invalid("frozen_time", "Cannot advance clock to a time before the current frozen time.")
	}
	for _, s := range c.sp.subscriptions.where(func(s *subscription) bool { return s.customer.clock == t.clock && !s.ended() }) {
		if to > s.every().boundary(t.FrozenTime, 2) {
			return nil, invalid("frozen_time", "Cannot advance clock to a time more than two intervals of the shortest subscription away.")
		}
	}
	t.Status = "advancing"
	t.StatusDetails = map[string]any{"advancing": map[string]any{"target_frozen_time": to}}
	c.sp.emit(c.now(), "test_helpers.test_clock.advancing", t)
	underway := *t
	t.clock.run(to)
	t.FrozenTime, t.Status, t.StatusDetails = to, "ready", map[string]any{}
	c.sp.emit(c.now(), "test_helpers.test_clock.ready", t)
	return &underway, nil
}
