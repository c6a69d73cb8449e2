package requests

import "net/url"

// Pages of the plan.
const planPath = "/settings/plan"

// choosing is the request that chooses a plan, as its page asks for it.
func (s *Session) choosing(plan string) Request {
	return s.post("POST /settings/plan/choose", s.page("GET /settings/plan/choose", planPath+"/choose?plan="+plan), nil)
}

// button is a form of one button on the page of the plan.
func (s *Session) button(deed string) Request {
	return s.bare("POST "+planPath+"/"+deed, planPath+"/"+deed, nil)
}

// buys has a company buy a plan, and come back from the provider's page.
func (s *Session) buys(plan string) {
	s.do(s.choosing(plan))
	s.do(s.page("GET /settings/plan/done", planPath+"/done"))
	s.do(s.button("undo")) // nothing is to come: it is only seen that the plan was bought
}

// subscribed has A pay for the plan that it has.
func (s *Session) subscribed() {
	if !s.pays {
		s.pays = true
		s.buys("enterprise")
	}
}

// settled has A pay for its plan, with nothing to come.
func (s *Session) settled() {
	s.subscribed()
	s.do(s.button("resume"))
	s.do(s.button("undo"))
}

// ofSubscriber is a hint for a button of who pays for a plan.
func ofSubscriber(deed string) hint {
	return func(s *Session) Request {
		s.subscribed()
		return s.button(deed)
	}
}

// subscriber has a company ask that was just founded and chose plans, one after the other.
func (s *Session) subscriber(do func(c *Session) Request, plans ...string) Request {
	return s.young(func(c *Session, _ string) Request {
		c.buys(plans[0])
		for _, plan := range plans[1:] {
			c.do(c.choosing(plan))
		}
		return do(c)
	})
}

// shopper has a company ask that has a page of the provider open on which Growth can be paid.
func (s *Session) shopper(do func(c *Session) Request) Request {
	return s.young(func(c *Session, _ string) Request {
		c.do(c.choosing("growth"))
		return do(c)
	})
}

// planHints say how valid requests about the plan are made. The same company is asked for each of them, so what it has to
// come is taken back by further requests of others.
var planHints = map[string]hint{
	"GET /settings/plan/choose": func(s *Session) Request {
		s.settled()
		return s.page("GET /settings/plan/choose", planPath+"/choose?plan=growth")
	},
	"POST /settings/plan/choose": func(s *Session) Request {
		s.settled()
		return s.choosing("growth")
	},
	"POST /settings/plan/cancel":        ofSubscriber("cancel"),
	"POST /settings/plan/resume":        ofSubscriber("resume"),
	"POST /settings/plan/undo":          ofSubscriber("undo"),
	"POST /settings/plan/drop-checkout": ofSubscriber("drop-checkout"),
	"POST /settings/plan/card":          ofSubscriber("card"),
}

// furtherOfPlan are requests of companies in another state than A.
var furtherOfPlan = map[string][]hint{
	"GET /settings/plan": {
		func(s *Session) Request {
			return s.shopper(func(c *Session) Request { return c.page("GET /settings/plan", planPath) })
		},
		func(s *Session) Request { // of whom one costs extra
			return s.subscriber(func(c *Session) Request {
				c.people(5)
				return c.page("GET /settings/plan", planPath)
			}, "starter", "growth")
		},
	},
	"GET /settings/plan/done": {func(s *Session) Request {
		return s.shopper(func(c *Session) Request { return c.page("GET /settings/plan/done", planPath+"/done") })
	}},
	"GET /settings/plan/choose": {
		func(s *Session) Request {
			return s.young(func(c *Session, _ string) Request {
				return c.page("GET /settings/plan/choose", planPath+"/choose?plan=growth")
			})
		},
		func(s *Session) Request {
			return s.subscriber(func(c *Session) Request {
				return c.page("GET /settings/plan/choose", planPath+"/choose?plan=growth")
			}, "starter")
		},
	},
	"POST /settings/plan/choose": {
		func(s *Session) Request { // a page that stays open
			return s.young(func(c *Session, _ string) Request { return c.choosing("growth") })
		},
		func(s *Session) Request { // the same page again
			return s.shopper(func(c *Session) Request { return c.choosing("growth") })
		},
		func(s *Session) Request { // in place of an open page
			return s.shopper(func(c *Session) Request { return c.choosing("starter") })
		},
		func(s *Session) Request { // at once
			return s.subscriber(func(c *Session) Request { return c.choosing("growth") }, "starter")
		},
	},
	"POST /settings/plan/resume": {func(s *Session) Request {
		return s.subscriber(func(c *Session) Request {
			c.do(c.button("cancel"))
			return c.button("resume")
		}, "starter")
	}},
	"POST /settings/plan/undo": {func(s *Session) Request {
		return s.subscriber(func(c *Session) Request { return c.button("undo") }, "starter", "growth", "starter")
	}},
	"POST /settings/plan/drop-checkout": {func(s *Session) Request {
		return s.shopper(func(c *Session) Request { return c.button("drop-checkout") })
	}},
	"POST /join": {func(s *Session) Request { // the first who costs extra
		return s.subscriber(func(c *Session) Request {
			c.people(4)
			_, code := c.invited()
			return c.page("POST /join", "/join").form(url.Values{"code": {code}, "name": {"Newcomer"}, "password": {Password}, "idempotency_key": {"joins a subscriber"}})
		}, "starter", "growth")
	}},
	"POST /settings/get-paid/connect": {func(s *Session) Request {
		return s.young(func(c *Session, _ string) Request {
			return c.bare("POST /settings/get-paid/connect", "/settings/get-paid/connect", nil)
		})
	}},
}

// people has so many more people work at a company.
func (s *Session) people(n int) {
	for range n {
		s.joined()
	}
}
