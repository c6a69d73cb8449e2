package requests

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// Brief are operations whose requests are good for a minute or so, an authenticator's code, or until something else is
// made: a ledger's version. Who makes a request and asks later makes these last.
var Brief = map[string]bool{
	"POST /jobs/{id}/payments":                true,
	"POST /jobs/{id}/payments/request":        true,
	"POST /account/second-factor/app/confirm": true,
	"POST /login/second":                      true,
	"GET /login/second":                       true,
	"POST /login/passkey":                     true,
	"POST /account/second-factor/passkey":     true,
}

// own is a button of the account of whoever has the session.
func (s *Session) own(key, token string, fields url.Values) Request {
	return s.bare(key, s.Operations[key].Pattern, fields).by(token)
}

// scanned begins an authenticator app and reads its secret off the page.
func (s *Session) scanned(token string) (secret string) {
	s.do(s.own("POST /account/second-factor/app", token, url.Values{"current": {Password}}))
	a := s.do(s.page("GET /account/second-factor/app", "/account/second-factor/app").by(token))
	m := shownSecret.FindStringSubmatch(a.Body)
	if m == nil {
		s.why = "the page of an authenticator app shows no secret"
		return ""
	}
	return strings.ReplaceAll(m[1], " ", "")
}

// enrolled is somebody with an authenticator app.
type enrolled struct {
	address, token, secret string
	recovery               []string
}

func (s *Session) enrolled() enrolled {
	address, token := s.joined()
	e := enrolled{address: address, secret: s.scanned(token)}
	a := s.do(s.own("POST /account/second-factor/app/confirm", token, url.Values{"code": {digits(e.secret, s.at)}}))
	e.token = cookieOf(a)
	for _, m := range recoveryCode.FindAllStringSubmatch(a.Body, -1) {
		e.recovery = append(e.recovery, m[1])
	}
	if e.token == "" || len(e.recovery) == 0 {
		s.why = fmt.Sprintf("an authenticator app is not confirmed: %d %.200s", a.Status, a.Body)
	}
	return e
}

// stepped has logged in with the password and is asked for the second factor.
func (s *Session) stepped(address string) (step string) {
	a := s.do(s.bare("POST /login", "/login", url.Values{"email": {address}, "password": {Password}, "back": {"/"}}))
	return s.cookieIn(a, "__Host-step")
}

func (s *Session) cookieIn(a Answer, name string) string {
	for _, c := range a.Header["Set-Cookie"] {
		if value, ok := strings.CutPrefix(c, name+"="); ok {
			value, _, _ = strings.Cut(value, ";")
			return value
		}
	}
	s.why = fmt.Sprintf("no cookie %s: %d %.200s", name, a.Status, a.Body)
	return ""
}

func (r Request) step(step string) Request { return r.With("Cookie", "__Host-step="+step) }

// asked reads what a device is asked.
func (s *Session) asked(r Request) (q question) {
	a := s.do(r)
	if err := json.Unmarshal([]byte(a.Body), &q); err != nil || q.ID == "" {
		s.why = fmt.Sprintf("no question for a device: %d %.200s", a.Status, a.Body)
	}
	return q
}

// registering is the form that adds a passkey, filled by the device.
func (s *Session) registering() (p *phone, address string, r Request) {
	address, token := s.joined()
	p = newPhone(s.next())
	q := s.asked(s.own("POST /account/second-factor/passkey/ask", token, url.Values{"current": {Password}}))
	fields := url.Values{"challenge": {q.ID}, "answer": {p.register(q)}, "name": {fmt.Sprint("Phone ", s.n)}}
	return p, address, s.own("POST /account/second-factor/passkey", token, fields)
}

// keyed is somebody with a passkey.
func (s *Session) keyed() (p *phone, address, token string) {
	p, address, r := s.registering()
	return p, address, s.cookieIn(s.do(r), "__Host-session")
}

// withApp is a hint for a form of the page of second factors, by somebody who has an app.
func withApp(key string) hint {
	return func(s *Session) Request { return s.own(key, s.enrolled().token, url.Values{"current": {Password}}) }
}

// deviceHints say how valid requests are made that take a device in hand.
var deviceHints = map[string]hint{
	"POST /account/second-factor/app/confirm": func(s *Session) Request {
		_, token := s.joined()
		return s.own("POST /account/second-factor/app/confirm", token, url.Values{"code": {digits(s.scanned(token), s.at.Add(period))}})
	},
	"POST /account/second-factor/app/remove": withApp("POST /account/second-factor/app/remove"),
	"POST /account/second-factor/codes":      withApp("POST /account/second-factor/codes"),
	"POST /account/second-factor/passkey":    func(s *Session) Request { _, _, r := s.registering(); return r },
	"POST /account/second-factor/passkey/{id}/remove": func(s *Session) Request {
		_, _, token := s.keyed()
		key := "POST /account/second-factor/passkey/{id}/remove"
		return s.post(key, s.page("GET /account/second-factor", "/account/second-factor").by(token), url.Values{"current": {Password}}).by(token)
	},
	"GET /login/second": func(s *Session) Request {
		return s.page("GET /login/second", "/login/second").step(s.stepped(s.enrolled().address))
	},
	"POST /login/second": func(s *Session) Request {
		e := s.enrolled()
		step := s.stepped(e.address)
		// The code that confirmed the app is used up; the next one is good already.
		return s.bare("POST /login/second", "/login/second", url.Values{"code": {digits(e.secret, s.at.Add(period))}, "back": {"/"}}).step(step)
	},
	"POST /login/passkey": func(s *Session) Request {
		p, _, _ := s.keyed()
		q := s.asked(s.bare("POST /login/passkey/ask", "/login/passkey/ask", nil))
		return s.bare("POST /login/passkey", "/login/passkey", url.Values{"challenge": {q.ID}, "answer": {p.sign(q)}, "back": {"/"}})
	},
	"POST /settings/people/{id}/reset-second-factor": func(s *Session) Request {
		at := "/settings/people/" + s.idOf(s.enrolled().address)
		return s.post("POST /settings/people/{id}/reset-second-factor", s.page("GET /settings/people/{id}", at), nil)
	},
}
