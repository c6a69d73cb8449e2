package requests

import (
	"net/url"
	"strings"
)

// Elsewhere are operations that take somebody who is not of the two worlds, and who that is. They are left out of the
// walk; the browser tests carry them out, with an operator and an identity provider of their own.
var Elsewhere = map[string]string{
	"apex GET /operator":                                              "an operator, who has an authenticator app",
	"apex GET /operator/ask":                                          "an operator, who has an authenticator app",
	"apex GET /operator/second":                                       "an operator, who has an authenticator app",
	"apex POST /operator/second":                                      "an operator, who has an authenticator app",
	"apex POST /operator/setup":                                       "a link that is made on the command line",
	"apex POST /operator/login":                                       "an operator, who is made on the command line",
	"apex POST /operator/logout":                                      "an operator, who has an authenticator app",
	"apex POST /operator/requests":                                    "an operator, who has an authenticator app",
	"apex POST /operator/requests/{id}/open":                          "an operator, who has an authenticator app",
	"apex POST /operator/requests/{id}/end":                           "an operator, who has an authenticator app",
	"apex GET /operator/organizations":                                "an operator, who has an authenticator app",
	"apex GET /operator/organizations/{id}":                           "an operator, who has an authenticator app",
	"apex GET /operator/organizations/{id}/why":                       "an operator, who has an authenticator app",
	"apex GET /operator/organizations/{id}/grant":                     "an operator, who has an authenticator app",
	"apex POST /operator/organizations/{id}/grant":                    "an operator, who has an authenticator app",
	"apex GET /operator/organizations/{id}/stop":                      "an operator, who has an authenticator app",
	"apex POST /operator/organizations/{id}/stop":                     "an operator, who has an authenticator app",
	"apex GET /operator/organizations/{id}/overrides/{override}/end":  "an operator, who has an authenticator app",
	"apex POST /operator/organizations/{id}/overrides/{override}/end": "an operator, who has an authenticator app",
	"apex GET /operator/organizations/{id}/price":                     "an operator, who has an authenticator app",
	"apex POST /operator/organizations/{id}/price":                    "an operator, who has an authenticator app",
	"apex POST /operator/organizations/{id}/price/make":               "an operator, who has an authenticator app",
	"apex GET /operator/organizations/{id}/payments":                  "an operator, who has an authenticator app",
	"apex POST /operator/organizations/{id}/payments/fetch":           "an operator, who has an authenticator app",
	"apex POST /operator/organizations/{id}/payments/customer":        "an operator, who has an authenticator app",
	"apex GET /operator/sign-ups":                                     "an operator, who has an authenticator app",
	"apex GET /operator/work":                                         "an operator, who has an authenticator app",
	"apex POST /operator/work/{task}/again":                           "an operator, who has an authenticator app",
	"apex POST /operator/work/again":                                  "an operator, who has an authenticator app",
	"apex GET /operator/payments":                                     "an operator, who has an authenticator app",
	"apex POST /operator/payments/{hint}/replay":                      "an operator, who has an authenticator app",
	"apex GET /operator/findings":                                     "an operator, who has an authenticator app",
	"apex GET /operator/findings/{kind}/{about}/settle":               "an operator, who has an authenticator app",
	"apex POST /operator/findings/{kind}/{about}/settle":              "an operator, who has an authenticator app",
	"apex GET /operator/health":                                       "an operator, who has an authenticator app",
	"apex GET /operator/notice":                                       "an operator, who has an authenticator app",
	"apex POST /operator/notice":                                      "an operator, who has an authenticator app",
	"apex POST /operator/notice/end":                                  "an operator, who has an authenticator app",
	"apex GET /operator/log":                                          "an operator, who has an authenticator app",
	"POST /settings/support/{id}/grant":                               "the question of an operator, who has an authenticator app",
	"POST /settings/support/{id}/refuse":                              "the question of an operator, who has an authenticator app",
	"POST /settings/support/{id}/end":                                 "the question of an operator, who has an authenticator app",
	"POST /support/start":                                             "an operator, who has an authenticator app",
	"POST /support/end":                                               "an operator, who has an authenticator app",
	"POST /login/oidc":                                                "an identity provider that answers",
	"POST /login/oidc/callback":                                       "somebody who comes back from an identity provider",
	"POST /settings/single-sign-on/test":                              "an identity provider that answers",
}

// personal is a hint for a form of one's own account: somebody who just joined fills it in.
func personal(key, page string, fields url.Values) hint {
	return func(s *Session) Request {
		_, token := s.joined()
		return s.post(key, s.page(page, s.Operations[page].Pattern).by(token), fields).by(token)
	}
}

// alone is a hint for a button of one's own account.
func alone(key string, fields url.Values) hint {
	return func(s *Session) Request {
		_, token := s.joined()
		sent := url.Values{}
		for name, values := range fields {
			sent[name] = values
		}
		return s.bare(key, s.Operations[key].Pattern, sent).by(token)
	}
}

// somebody is the id of a person who just joined.
func (s *Session) somebody() string {
	address, _ := s.joined()
	return s.idOf(address)
}

// idOf is the id of a person of A.
func (s *Session) idOf(address string) string {
	before, _, found := strings.Cut(s.do(s.api("GET /v1/people", "/v1/people", "")).Body, address)
	at := strings.LastIndex(before, `"id":"`)
	if !found || at < 0 {
		s.why = "who joined is not among the people"
		return Nobody
	}
	return before[at+6 : at+42]
}

// Burdened is somebody of A for whom work waits, until they are deactivated.
const Burdened = "burdened@a.example"

// burdened is the id of that person, who works here.
func (s *Session) burdened() string {
	who := s.idOf(Burdened)
	at := "/settings/people/" + who
	if a := s.do(s.page("GET /settings/people/{id}", at)); strings.Contains(a.Body, at+"/reactivate") {
		s.do(s.post("POST /settings/people/{id}/reactivate", s.page("GET /settings/people/{id}", at), nil))
	}
	return who
}

// person is a hint for a form about a person who just joined.
func person(key, page string, fields url.Values) hint {
	return func(s *Session) Request {
		who := s.somebody()
		return s.post(key, s.page(page, strings.Replace(s.Operations[page].Pattern, "{id}", who, 1)), fields)
	}
}

// accountHints say how valid requests about people and one's own account are made.
var accountHints = map[string]hint{
	"POST /account/name":     personal("POST /account/name", "GET /account", url.Values{"name": {"New Name"}}),
	"POST /account/password": personal("POST /account/password", "GET /account/password", url.Values{"current": {Password}, "password": {"seven cedar pickets"}}),
	"POST /account/devices/{id}/end": func(s *Session) Request {
		address, token := s.joined()
		s.enter(Alpha, address)
		return s.post("POST /account/devices/{id}/end", s.page("GET /account", "/account").by(token), nil).by(token)
	},
	"POST /account/devices/end-others":        alone("POST /account/devices/end-others", nil),
	"POST /account/leave":                     personal("POST /account/leave", "GET /account/leave", url.Values{"current": {Password}}),
	"POST /account/second-factor/app":         alone("POST /account/second-factor/app", url.Values{"current": {Password}}),
	"POST /account/second-factor/passkey/ask": alone("POST /account/second-factor/passkey/ask", url.Values{"current": {Password}}),
	"POST /login/passkey/ask":                 func(s *Session) Request { return s.bare("POST /login/passkey/ask", "/login/passkey/ask", nil) },
	"GET /account/second-factor/app": func(s *Session) Request {
		_, token := s.joined()
		s.do(s.bare("POST /account/second-factor/app", "/account/second-factor/app", url.Values{"current": {Password}}).by(token))
		return s.page("GET /account/second-factor/app", "/account/second-factor/app").by(token)
	},

	"apex POST /find": func(s *Session) Request {
		return s.post("apex POST /find", s.page("apex GET /find", "/find"), url.Values{"email": {"owner@a.example"}})
	},
	"GET /settings/api-keys/{id}/revoke": func(s *Session) Request {
		a := s.do(s.api("POST /v1/api-keys", "/v1/api-keys", `{"name":"Short-lived","scopes":["customers.read"]}`))
		return s.page("GET /settings/api-keys/{id}/revoke", "/settings/api-keys/"+field(a.Body, "id")+"/revoke")
	},
	"GET /settings/audit/{seq}": func(s *Session) Request { return s.page("GET /settings/audit/{seq}", "/settings/audit/1") },
	"POST /settings/audit/export": func(s *Session) Request {
		return s.bare("POST /settings/audit/export", "/settings/audit/export", url.Values{"format": {"jsonl"}})
	},
	"POST /settings/roles/view-as": func(s *Session) Request {
		return s.bare("POST /settings/roles/view-as", "/settings/roles/view-as", url.Values{"role": {"crew"}}).by(s.enter(Alpha, "owner@a.example"))
	},
	"POST /view-as/end": func(s *Session) Request {
		token := s.enter(Alpha, "owner@a.example")
		s.do(s.bare("POST /settings/roles/view-as", "/settings/roles/view-as", url.Values{"role": {"crew"}}).by(token))
		return s.bare("POST /view-as/end", "/view-as/end", nil).by(token)
	},

	"POST /settings/single-sign-on": filled("POST /settings/single-sign-on", "GET /settings/single-sign-on", "", nil),
	// The button is there for who came by the provider; the operation is for everybody.
	"POST /settings/people/{id}/unlink-sign-on": func(s *Session) Request {
		at := "/settings/people/" + s.somebody()
		form, err := url.ParseQuery(s.post("POST /settings/people/{id}/role", s.page("GET /settings/people/{id}", at), nil).Body)
		if err != nil {
			s.why = "the page of a person has no form that can be read"
		}
		return s.bare("POST /settings/people/{id}/unlink-sign-on", at+"/unlink-sign-on", url.Values{"version": {form.Get("version")}})
	},
	"POST /settings/log-in":           filled("POST /settings/log-in", "GET /settings/log-in", "", nil),
	"POST /settings/people/{id}/role": person("POST /settings/people/{id}/role", "GET /settings/people/{id}", url.Values{"role": {"office"}}),
	"GET /settings/people/{id}/deactivate": func(s *Session) Request {
		return s.page("GET /settings/people/{id}/deactivate", "/settings/people/"+s.somebody()+"/deactivate")
	},
	"POST /settings/people/{id}/deactivate": func(s *Session) Request {
		at := "/settings/people/" + s.burdened()
		return s.post("POST /settings/people/{id}/deactivate", s.page("GET /settings/people/{id}/deactivate", at+"/deactivate"), url.Values{"successor": {s.idOf("office@a.example")}})
	},
	"GET /v1/people/{id}": func(s *Session) Request { return s.api("GET /v1/people/{id}", "/v1/people/"+s.burdened(), "") },
	"POST /v1/people/{id}/deactivate": func(s *Session) Request {
		path := "/v1/people/" + s.burdened()
		return s.matched(s.api("POST /v1/people/{id}/deactivate", path+"/deactivate", `{"successor":"nobody"}`), "GET /v1/people/{id}", path)
	},
	"POST /settings/people/{id}/reactivate": func(s *Session) Request {
		who := s.somebody()
		at := "/settings/people/" + who
		s.do(s.post("POST /settings/people/{id}/deactivate", s.page("GET /settings/people/{id}/deactivate", at+"/deactivate"), nil))
		return s.post("POST /settings/people/{id}/reactivate", s.page("GET /settings/people/{id}", at), nil)
	},
}
