package requests

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/business/identity"
)

// further are requests beside the valid one of their operation that have the product say or do what that one does not:
// a way in that is taken rarely, a refusal that depends on a count, a company that asks for more.
var further = map[string][]hint{
	"GET /v1/customers": {func(s *Session) Request { // the second call of a turn takes a block of calls
		r := s.api("GET /v1/customers", "/v1/customers", "")
		r.Twice = true
		return r
	}, func(s *Session) Request { return s.api("GET /v1/customers", "/v1/customers?q=dana", "") }, func(s *Session) Request {
		a := s.do(s.api("POST /v1/api-keys", "/v1/api-keys", fmt.Sprintf(`{"name":"Reader %d","scopes":["customers.read"]}`, s.next())))
		return s.api("GET /v1/customers", "/v1/customers", "").As(Login{Bearer: field(a.Body, "secret")})
	}},
	"GET /{$}": {func(s *Session) Request { // with its first steps before it
		return s.young(func(c *Session, _ string) Request { return c.page("GET /{$}", "/") })
	}},
	"GET /customers": {func(s *Session) Request { return s.page("GET /customers", "/customers?q=dana") }},
	"GET /settings/plan": {
		func(s *Session) Request {
			return s.page("GET /settings/plan", "/settings/plan").As(s.Login("accountant"))
		}, // who chooses none
		func(s *Session) Request { // of whom one costs extra
			return s.young(func(c *Session, _ string) Request {
				for range 5 {
					c.joined()
				}
				return c.page("GET /settings/plan", "/settings/plan")
			})
		},
	},
	"GET /settings/people/{id}": {func(s *Session) Request {
		return s.page("GET /settings/people/{id}", "/settings/people/"+s.idOf("owner@a.example"))
	}},
	"GET /settings/people/{id}/deactivate": {func(s *Session) Request {
		return s.page("GET /settings/people/{id}/deactivate", "/settings/people/"+s.burdened()+"/deactivate")
	}},
	"POST /settings/people/{id}/deactivate": {func(s *Session) Request { // without a successor
		at := "/settings/people/" + s.burdened()
		return s.post("POST /settings/people/{id}/deactivate", s.page("GET /settings/people/{id}/deactivate", at+"/deactivate"), nil)
	}},
	"GET /account/leave": {func(s *Session) Request {
		s.burdened()
		return s.page("GET /account/leave", "/account/leave").by(s.enter(Alpha, Burdened))
	}},
	"POST /settings/people/{id}/role": {func(s *Session) Request { // the last owner stays one
		return s.bare("POST /settings/people/{id}/role", "/settings/people/"+s.idOf("owner@a.example")+"/role", url.Values{"role": {"office"}, "version": {"1"}})
	}},
	"GET /account/second-factor": {
		func(s *Session) Request {
			return s.page("GET /account/second-factor", "/account/second-factor").by(s.Login("crew").Cookie)
		},
		func(s *Session) Request { // with recovery codes
			return s.page("GET /account/second-factor", "/account/second-factor").by(s.enrolled().token)
		},
	},
	"POST /account/second-factor/codes": {func(s *Session) Request { // without an app that they stand in for
		return s.own("POST /account/second-factor/codes", s.Login("office").Cookie, url.Values{"current": {Password}})
	}},
	"POST /account/second-factor/app/confirm": {func(s *Session) Request { // of an app that was not begun
		return s.own("POST /account/second-factor/app/confirm", s.Login("crew").Cookie, url.Values{"code": {"123456"}})
	}},
	"GET /login/second": {func(s *Session) Request {
		_, address, _ := s.keyed()
		return s.page("GET /login/second", "/login/second").step(s.stepped(address))
	}},
	"POST /login/second": {func(s *Session) Request {
		e := s.enrolled()
		return s.bare("POST /login/second", "/login/second", url.Values{"code": {e.recovery[0]}, "back": {"/"}}).step(s.stepped(e.address))
	}},
	"POST /login": {
		func(s *Session) Request { // from a device that is known
			fields := url.Values{"email": {"office@a.example"}, "password": {Password}, "back": {"/"}}
			device := s.cookieIn(s.do(s.bare("POST /login", "/login", fields)), "__Host-device")
			return s.bare("POST /login", "/login", fields).With("Cookie", "__Host-device="+device)
		},
		func(s *Session) Request {
			return s.strict(func(c *Session, founder string) Request {
				return c.bare("POST /login", "/login", url.Values{"email": {founder}, "password": {Password}, "back": {"/"}})
			})
		},
	},
	"POST /reset": {func(s *Session) Request { return s.reset("") }},
	"POST /confirm": {func(s *Session) Request { // the second company of a mailbox
		first := s.founded()
		s.do(s.confirming(first))
		return s.confirming(s.foundedBy(first.email))
	}},
	"POST /account/second-factor/app/remove": {
		func(s *Session) Request { return s.strict((*Session).removing) },
		func(s *Session) Request { // who came by a provider
			return s.strict(func(c *Session, founder string) Request {
				a := c.do(c.bare("POST /login", "/login", url.Values{"email": {founder}, "password": {Password}, "back": {"/"}}).With("User-Agent", ByProvider))
				c.Cookie = c.cookieIn(a, "__Host-session")
				return c.removing(founder)
			})
		},
	},
	"POST /v1/quotes/{id}/send": {
		func(s *Session) Request {
			quote, _ := s.mailed("dana@homes.example")
			return s.sending(s.revised(quote), "dana@homes.example")
		},
		func(s *Session) Request { // more mails than an owner may send whose address nobody confirmed
			return s.young(func(c *Session, _ string) Request {
				return c.sending(c.answered(c.sample()), "one@homes.example", "two@homes.example", "three@homes.example", "four@homes.example")
			})
		},
	},
	"POST /q/{token}/newest": {
		func(s *Session) Request {
			address := fmt.Sprintf("dana%d@homes.example", s.next())
			quote, token := s.mailed(address)
			s.do(s.sending(s.revised(quote), address))
			return s.bare("POST /q/{token}/newest", "/q/"+token+"/newest", nil)
		},
		func(s *Session) Request { // the newest went to somebody else
			quote, token := s.mailed(fmt.Sprintf("dana%d@homes.example", s.next()))
			s.do(s.sending(s.revised(quote), "neighbor@homes.example"))
			return s.bare("POST /q/{token}/newest", "/q/"+token+"/newest", nil)
		},
	},
	"GET /q/{token}": {
		func(s *Session) Request {
			address := fmt.Sprintf("dana%d@homes.example", s.next())
			quote, _ := s.mailed(address)
			s.do(s.sending(s.revised(quote), address))
			return s.page("GET /q/{token}", "/q/"+s.linkIn(address))
		},
		func(s *Session) Request {
			_, token := s.signed()
			return s.page("GET /q/{token}", "/q/"+token)
		},
	},
	"GET /quotes/{id}": {func(s *Session) Request { return s.page("GET /quotes/{id}", "/quotes/"+s.seen()) }},
	"GET /v1/quotes/{id}": {
		func(s *Session) Request { return s.api("GET /v1/quotes/{id}", "/v1/quotes/"+s.seen(), "") },
		func(s *Session) Request { return s.api("GET /v1/quotes/{id}", "/v1/quotes/"+s.draft(), "") },
	},
	"POST /q/{token}/decline": {func(s *Session) Request { // who wrote the quote has left, and the company has no address
		return s.young(func(c *Session, _ string) Request {
			address := fmt.Sprintf("leaves%d@new.example", c.next())
			c.do(c.api("POST /v1/invitations", "/v1/invitations", fmt.Sprintf(`{"email":%q,"role":"estimator"}`, address)))
			a := c.do(c.bare("POST /join", "/join", url.Values{"code": {c.codeIn(address, "/join")}, "name": {"Leaver"}, "password": {Password}}))
			writer := *c
			writer.Cookie = c.cookieIn(a, "__Host-session")
			writer.Token = field(c.do(c.api("POST /v1/login", "/v1/login", fmt.Sprintf(`{"email":%q,"password":%q}`, address, Password))).Body, "access_token")
			_, token := writer.copied(writer.answered(writer.sample()))
			c.n = writer.n
			c.do(c.post("POST /settings/company", c.page("GET /settings/company", "/settings/company"), url.Values{"email": {""}}))
			at := "/settings/people/" + c.idOf(address)
			c.do(c.post("POST /settings/people/{id}/deactivate", c.page("GET /settings/people/{id}/deactivate", at+"/deactivate"), nil))
			return c.bare("POST /q/{token}/decline", "/q/"+token+"/decline", url.Values{"reason": {"Too dear"}})
		})
	}},
}

// Further are the further requests of an operation.
func (s *Session) Further(key string) (all []Request, err error) {
	for _, h := range slices.Concat(further[key], furtherOfPlan[key], furtherOfMoney[key]) {
		s.why = ""
		r := h(s)
		if s.why != "" {
			return all, fmt.Errorf("%s: %s", key, s.why)
		}
		all = append(all, r)
	}
	return all, nil
}

// young has a company that was just founded ask, by its founder.
func (s *Session) young(do func(c *Session, founder string) Request) Request {
	of := s.founded()
	a := s.do(s.post("POST /start", s.page("GET /start", "/start?code="+of.code).on(of.slug), nil).on(of.slug))
	c := *s
	c.host, c.Cookie = of.slug, s.cookieIn(a, "__Host-session")
	c.Token = c.key()
	r := do(&c, of.email)
	s.n, s.at, s.why = c.n, c.at, c.why
	return r
}

// key is an API key of whoever has the session, with every scope.
func (s *Session) key() string {
	fields := url.Values{"name": {"Prover"}, "expires_in_days": {"0"}}
	for i, scope := range identity.AllScopes() {
		fields.Set("scope-"+identity.ScopeGroups[i].Name, string(scope))
	}
	a := s.do(s.bare("POST /settings/api-keys", "/settings/api-keys", fields))
	key := shownKey.FindString(a.Body)
	if key == "" {
		s.why = fmt.Sprintf("no key is made: %d %.200s", a.Status, a.Body)
	}
	return key
}

var shownKey = regexp.MustCompile(`fk_[A-Z0-9]{8}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`)

// strict has a company ask that wants everybody to have a second factor.
func (s *Session) strict(do func(c *Session, founder string) Request) Request {
	return s.young(func(c *Session, founder string) Request {
		c.do(c.post("POST /settings/log-in", c.page("GET /settings/log-in", "/settings/log-in"), url.Values{"second_factor": {"on"}}))
		return do(c, founder)
	})
}

// ByProvider is the browser of a log-in that is made to have come by a company's identity provider: there is none here.
const ByProvider = "prover, by a provider"

// removing sets an authenticator app up and takes it away again.
func (s *Session) removing(string) Request {
	a := s.do(s.own("POST /account/second-factor/app/confirm", s.Cookie, url.Values{"code": {digits(s.scanned(s.Cookie), s.at)}}))
	return s.own("POST /account/second-factor/app/remove", s.cookieIn(a, "__Host-session"), url.Values{"current": {Password}})
}

// seen is a quote that was opened and signed.
func (s *Session) seen() string {
	quote, token := s.sent()
	s.do(s.api("POST /v1/public/quotes/{token}/view", "/v1/public/quotes/"+token+"/view", ""))
	s.do(s.signing(token))
	return quote
}

// sample is a draft of the sample yard.
func (s *Session) sample() string {
	a := s.do(s.bare("POST /quotes/sample", "/quotes/sample", nil))
	sketch := anyID.FindString(a.Header.Get("Location"))
	return field(s.do(s.api("POST /v1/quotes", "/v1/quotes", fmt.Sprintf(`{"sketch_id":%q}`, sketch))).Body, "id")
}

// sending is the request that mails a draft to recipients.
func (s *Session) sending(quote string, recipients ...string) Request {
	var all []string
	for _, address := range recipients {
		all = append(all, fmt.Sprintf(`{"name":"Dana","email":%q}`, address))
	}
	path := "/v1/quotes/" + quote
	return s.matched(s.api("POST /v1/quotes/{id}/send", path+"/send", `{"recipients":[`+strings.Join(all, ",")+`]}`), "GET /v1/quotes/{id}", path)
}

var linkPath = regexp.MustCompile(`/q/([A-Za-z0-9_-]{20,})`)

// mailed is a quote that a mail leads to.
func (s *Session) mailed(address string) (quote, token string) {
	quote = s.ready()
	s.do(s.sending(quote, address))
	return quote, s.linkIn(address)
}

// linkIn is the secret of the link in the last mail to an address.
func (s *Session) linkIn(address string) string {
	m := linkPath.FindStringSubmatch(s.mail[address])
	if m == nil {
		s.why = fmt.Sprintf("no mail to %s leads to a quote: %q", address, s.mail[address])
		return ""
	}
	return m[1]
}

// revised is a draft of the next version, ready to be sent.
func (s *Session) revised(quote string) string {
	path := "/v1/quotes/" + quote
	s.do(s.matched(s.api("POST /v1/quotes/{id}/revise", path+"/revise", ""), "GET /v1/quotes/{id}", path))
	return s.answered(quote)
}
