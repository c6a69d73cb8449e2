package requests

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// codeIn finds the code of the link in the last mail to an address.
func (s *Session) codeIn(address, path string) string {
	m := regexp.MustCompile(regexp.QuoteMeta(path) + `\?code=([A-Za-z0-9_-]+)`).FindStringSubmatch(s.mail[address])
	if m == nil {
		s.why = fmt.Sprintf("no mail to %s leads to %s: %q", address, path, s.mail[address])
		return ""
	}
	return m[1]
}

// invited asks somebody to join and returns address and code.
func (s *Session) invited() (address, code string) {
	address = fmt.Sprintf("joins%d@a.example", s.next())
	s.do(s.api("POST /v1/invitations", "/v1/invitations", fmt.Sprintf(`{"email":%q,"role":"crew"}`, address)))
	return address, s.codeIn(address, "/join")
}

// joined is somebody who joined, with the session's token.
func (s *Session) joined() (address, token string) {
	address, code := s.invited()
	a := s.do(s.page("POST /join", "/join").form(url.Values{"code": {code}, "name": {"Newcomer"}, "password": {Password}, "idempotency_key": {fmt.Sprint("joins ", s.next())}}))
	return address, cookieOf(a)
}

func (r Request) form(fields url.Values) Request {
	r.Media, r.Body = "application/x-www-form-urlencoded", fields.Encode()
	return r
}

func cookieOf(a Answer) string {
	for _, c := range a.Header["Set-Cookie"] {
		if value, ok := strings.CutPrefix(c, "__Host-session="); ok {
			value, _, _ = strings.Cut(value, ";")
			return value
		}
	}
	return ""
}

// resetting is the code of a mail that lets somebody set a new password.
func (s *Session) resetting() (address, code string) {
	address, _ = s.joined()
	s.do(s.post("POST /forgot", s.page("GET /forgot", "/forgot"), url.Values{"email": {address}}))
	return address, s.codeIn(address, "/reset")
}

// reset sets a new password: a good one, or one's own address, which is refused.
func (s *Session) reset(password string) Request {
	address, code := s.resetting()
	if password == "" {
		password = address
	}
	return s.post("POST /reset", s.page("GET /reset", "/reset?code="+code), url.Values{"password": {password}})
}

// signUp is the form of the apex.
func (s *Session) signUp() Request {
	n := s.next()
	return s.post("apex POST /signup", s.page("apex GET /{$}", "/"), url.Values{"company": {fmt.Sprintf("Company %s", letters(n))}, "email": {fmt.Sprintf("founder%d@new.example", n)}, "password": {Password}, "zip": {"78701"}})
}

// company is one that was just founded.
type company struct{ slug, code, email string }

// founded signs a company up: a third one, beside A and B.
func (s *Session) founded() company { return s.foundedBy("") }

// foundedBy is founded by somebody in particular, who may have another company; empty is somebody new.
func (s *Session) foundedBy(email string) company {
	r := s.signUp()
	form, err := url.ParseQuery(r.Body)
	if email != "" {
		form.Set("email", email)
		r = r.form(form)
	}
	to, wrong := url.Parse(s.do(r).Header.Get("Location"))
	if err != nil || wrong != nil || to.Query().Get("code") == "" {
		s.why = "a sign-up leads nowhere"
		return company{slug: Alpha}
	}
	slug, _, _ := strings.Cut(to.Host, ".")
	return company{slug: slug, code: to.Query().Get("code"), email: form.Get("email")}
}

// confirming is the request that confirms a founder's address.
func (s *Session) confirming(c company) Request {
	return s.post("POST /confirm", s.page("GET /confirm", "/confirm?code="+s.codeIn(c.email, "/confirm")).on(c.slug), nil).on(c.slug)
}

// on is the request on another company's host.
func (r Request) on(slug string) Request {
	r.Host = slug
	return r
}

// letters writes a number so that no two look alike.
func letters(n int) string {
	var b strings.Builder
	for range 6 {
		b.WriteByte("abefhkprst"[n%10])
		n /= 10
	}
	return b.String()
}

// joiningHints say how people come in.
var joiningHints = map[string]hint{
	"apex POST /signup": (*Session).signUp,
	"POST /login": func(s *Session) Request {
		return s.post("POST /login", s.page("GET /login", "/login"), url.Values{"email": {s.pick("owner", "admin", "office") + "@a.example"}, "password": {Password}})
	},
	"POST /logout": func(s *Session) Request {
		_, token := s.joined()
		return s.bare("POST /logout", "/logout", nil).by(token)
	},
	// The code of a sign-up works on the new company's host alone.
	"POST /start": func(s *Session) Request {
		c := s.founded()
		return s.post("POST /start", s.page("GET /start", "/start?code="+c.code).on(c.slug), nil).on(c.slug)
	},
	"GET /start":    func(s *Session) Request { return s.page("GET /start", "/start?code=x") },
	"POST /forgot":  filled("POST /forgot", "GET /forgot", "", typed("email", "crew@a.example")),
	"GET /reset":    func(s *Session) Request { return s.page("GET /reset", "/reset?code=x") },
	"POST /reset":   func(s *Session) Request { return s.reset("seven cedar pickets") },
	"GET /confirm":  func(s *Session) Request { return s.page("GET /confirm", "/confirm?code=x") },
	"POST /confirm": func(s *Session) Request { return s.confirming(s.founded()) },
	"POST /confirm/again": func(s *Session) Request {
		c := s.founded()
		a := s.do(s.post("POST /start", s.page("GET /start", "/start?code="+c.code).on(c.slug), nil).on(c.slug))
		return s.bare("POST /confirm/again", "/confirm/again", nil).on(c.slug).by(cookieOf(a))
	},
	"POST /first-steps/hide": func(s *Session) Request {
		s.do(s.bare("POST /first-steps/show", "/first-steps/show", nil))
		return s.bare("POST /first-steps/hide", "/first-steps/hide", nil)
	},
	"POST /first-steps/show": func(s *Session) Request {
		s.do(s.bare("POST /first-steps/hide", "/first-steps/hide", nil))
		return s.bare("POST /first-steps/show", "/first-steps/show", nil)
	},
	"POST /sample-data": func(s *Session) Request { return s.bare("POST /sample-data", "/sample-data", nil) },
	"POST /sample-data/remove": func(s *Session) Request {
		s.do(s.bare("POST /sample-data", "/sample-data", nil))
		return s.bare("POST /sample-data/remove", "/sample-data/remove", nil)
	},
	"GET /join": func(s *Session) Request {
		_, code := s.invited()
		return s.page("GET /join", "/join?code="+code)
	},
	"POST /join": func(s *Session) Request {
		_, code := s.invited()
		return s.post("POST /join", s.page("GET /join", "/join?code="+code), url.Values{"name": {"Newcomer"}, "password": {Password}})
	},
}
