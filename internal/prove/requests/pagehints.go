package requests

import (
	"fmt"
	"net/url"
	"strings"
)

// filled is a hint for a form: the page that has it, the record of which kind, and what is typed.
func filled(key, page, kind string, typed func(s *Session) url.Values) hint {
	return func(s *Session) Request {
		path := s.Operations[page].Pattern
		if kind != "" {
			path = strings.Replace(path, "{id}", s.some(kind), 1)
		}
		var edit url.Values
		if typed != nil {
			edit = typed(s)
		}
		return s.post(key, s.page(page, path), edit)
	}
}

// typed is what is typed, with %d for a number that no form had before.
func typed(pairs ...string) func(*Session) url.Values {
	return func(s *Session) url.Values {
		v := url.Values{}
		n := s.next()
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], strings.ReplaceAll(pairs[i+1], "%d", fmt.Sprint(n)))
		}
		return v
	}
}

// pressed is a hint for a form of one button about a new record of a customer.
func pressed(key string, property bool) hint {
	return func(s *Session) Request {
		customer, place := s.newCustomer()
		s.leave("customers", customer)
		s.leave("properties", place)
		id := customer
		if property {
			id = place
		}
		return s.bare(key, strings.Replace(s.Operations[key].Pattern, "{id}", id, 1), nil)
	}
}

// pageHints say how valid forms of pages are made, but for quotes and joining.
var pageHints = map[string]hint{
	"POST /look": func(s *Session) Request { return s.bare("POST /look", "/look", url.Values{"theme": {"dark"}}) },
	"GET /{sheet}": func(s *Session) Request {
		_, token := s.sent()
		a := s.do(s.page("GET /q/{token}", "/q/"+token))
		_, rest, found := strings.Cut(a.Body, `href="/brand.`)
		sheet, _, _ := strings.Cut(rest, `"`)
		if !found {
			s.why = "the homeowner's page names no sheet of the brand"
		}
		return s.page("GET /{sheet}", "/brand."+sheet)
	},
	"POST /jobs/release": func(s *Session) Request { return s.bare("POST /jobs/release", "/jobs/release", nil) },

	"POST /customers":                 filled("POST /customers", "GET /customers/new", "", typed("name", "Ben %d", "phone", "512-555-0123", "property/street", "%d Pine St", "property/zip", "78701")),
	"POST /customers/{id}":            filled("POST /customers/{id}", "GET /customers/{id}/edit", "customers", typed("notes", "Note %d")),
	"POST /customers/{id}/archive":    pressed("POST /customers/{id}/archive", false),
	"POST /customers/{id}/restore":    pressed("POST /customers/{id}/restore", false),
	"POST /customers/{id}/properties": filled("POST /customers/{id}/properties", "GET /customers/{id}/properties/new", "customers", typed("street", "%d Ash St", "zip", "78701")),
	"POST /properties/{id}":           filled("POST /properties/{id}", "GET /properties/{id}/edit", "properties", typed("gate_code", "%d")),
	"POST /properties/{id}/archive":   pressed("POST /properties/{id}/archive", true),
	"POST /properties/{id}/restore":   pressed("POST /properties/{id}/restore", true),
	"POST /properties/{id}/sketches":  filled("POST /properties/{id}/sketches", "GET /properties/{id}", "properties", nil),
	"POST /sketches/{id}/table":       filled("POST /sketches/{id}/table", "GET /sketches/{id}/table", "sketches", typed("name", "Yard %d")),
	"POST /sketches/{id}/price":       func(s *Session) Request { return s.document("POST /sketches/{id}/price", s.some("sketches"), "price") },
	"PUT /sketches/{id}/document": func(s *Session) Request {
		id := s.some("sketches")
		return s.matched(s.document("PUT /sketches/{id}/document", id, "document"), "GET /v1/sketches/{id}", "/v1/sketches/"+id)
	},
	"POST /settings/company":       filled("POST /settings/company", "GET /settings/company", "", typed("license_number", "TX-%d")),
	"POST /settings/people/invite": filled("POST /settings/people/invite", "GET /settings/people", "", typed("email", "new%d@a.example", "name", "New %d", "role", "crew")),
	"POST /settings/api-keys":      filled("POST /settings/api-keys", "GET /settings/api-keys/new", "", typed("name", "Website %d", "scope-customers", "customers.write")),
	"POST /settings/api-keys/{id}/revoke": func(s *Session) Request {
		a := s.do(s.api("POST /v1/api-keys", "/v1/api-keys", fmt.Sprintf(`{"name":"Short-lived %d","scopes":["customers.read"]}`, s.next())))
		return s.bare("POST /settings/api-keys/{id}/revoke", "/settings/api-keys/"+field(a.Body, "id")+"/revoke", nil)
	},

	"POST /materials":           filled("POST /materials", "GET /materials/new", "", typed("name", "Cap %d", "unit", "each", "cost_cents", "4.25", "pack", "1")),
	"POST /materials/{id}":      filled("POST /materials/{id}", "GET /materials/{id}", "materials", typed("name", "Renamed %d")),
	"POST /materials/{id}/look": filled("POST /materials/{id}/look", "GET /materials/{id}", "materials", nil),
	"POST /styles/{id}":         filled("POST /styles/{id}", "GET /styles/{id}", "styles", typed("name", "Style %d")),
	"POST /styles/{id}/look":    filled("POST /styles/{id}/look", "GET /styles/{id}", "styles", nil),
	"POST /styles/{id}/copy":    filled("POST /styles/{id}/copy", "GET /styles/{id}/copy", "styles", typed("name", "Copy %d")),
	"POST /tiers/{id}":          filled("POST /tiers/{id}", "GET /tiers/{id}", "tiers", typed("summary", "A fence %d")),
	"POST /tiers/{id}/look":     filled("POST /tiers/{id}/look", "GET /tiers/{id}", "tiers", nil),
	"POST /zones": func(s *Session) Request {
		return s.post("POST /zones", s.page("GET /zones/new", "/zones/new"), url.Values{"name": {fmt.Sprint("Zone ", s.next())}, "members": {fmt.Sprintf("%05d", 10000+s.next())}})
	},
	"POST /zones/{id}":       filled("POST /zones/{id}", "GET /zones/{id}", "pricing-zones", typed("name", "Zone %d")),
	"GET /zones/{id}/delete": func(s *Session) Request { return s.page("GET /zones/{id}/delete", "/zones/"+s.newZone()+"/delete") },
	"POST /zones/{id}/delete": func(s *Session) Request {
		return s.post("POST /zones/{id}/delete", s.page("GET /zones/{id}/delete", "/zones/"+s.newZone()+"/delete"), nil)
	},
	"POST /rates":      filled("POST /rates", "GET /rates", "", nil),
	"POST /rates/look": filled("POST /rates/look", "GET /rates", "", nil),
	"POST /offer":      filled("POST /offer", "GET /offer", "", nil),
}

// document is a request of the drawing's island: the drawing as it is on the screen.
func (s *Session) document(key, id, end string) Request {
	r := s.page(key, "/sketches/"+id+"/"+end)
	r.Media, r.Body = "application/json", fmt.Sprintf(`{"layout":%s,"extras":{"runs":{"s1":{"name":"Left %d"}}}}`, yard, s.next())
	return r
}

// quotePage is a hint for a form of a quote's page.
func quotePage(key, page string, in func(*Session) string, typed func(*Session) url.Values) hint {
	return func(s *Session) Request {
		id := in(s)
		var edit url.Values
		if typed != nil {
			edit = typed(s)
		}
		return s.post(key, s.page(page, strings.Replace(s.Operations[page].Pattern, "{id}", id, 1)), edit)
	}
}

// ofSent shows a page about a quote that was sent.
func ofSent(key string) hint {
	return func(s *Session) Request {
		quote, _ := s.sent()
		return s.page(key, strings.Replace(s.Operations[key].Pattern, "{id}", quote, 1))
	}
}

// atLink shows a homeowner's page.
func atLink(key, more string, in func(*Session) (string, string)) hint {
	return func(s *Session) Request {
		_, token := in(s)
		return s.page(key, strings.Replace(s.Operations[key].Pattern, "{token}", token, 1)+more)
	}
}

// quotePageHints say how valid requests of the pages of quotes are made.
var quotePageHints = map[string]hint{
	"POST /quotes/new":    filled("POST /quotes/new", "GET /quotes/new", "", typed("name", "Eva %d", "email", "eva%d@homes.example", "property/street", "%d Fir St", "property/zip", "78701")),
	"POST /quotes/sample": func(s *Session) Request { return s.bare("POST /quotes/sample", "/quotes/sample", nil) },
	"POST /sketches/{id}/quote": func(s *Session) Request {
		return s.bare("POST /sketches/{id}/quote", "/sketches/"+s.known.Own["sketches"]+"/quote", nil)
	},
	"POST /quotes/{id}":          quotePage("POST /quotes/{id}", "GET /quotes/{id}", (*Session).draft, nil),
	"POST /quotes/{id}/reprice":  quotePage("POST /quotes/{id}/reprice", "GET /quotes/{id}", (*Session).draft, nil),
	"POST /quotes/{id}/send":     quotePage("POST /quotes/{id}/send", "GET /quotes/{id}", (*Session).ready, typed("do", "copy")),
	"POST /quotes/{id}/link":     quotePage("POST /quotes/{id}/link", "GET /quotes/{id}", sentQuote, nil),
	"POST /quotes/{id}/revise":   quotePage("POST /quotes/{id}/revise", "GET /quotes/{id}", sentQuote, nil),
	"GET /quotes/{id}/discard":   func(s *Session) Request { return s.page("GET /quotes/{id}/discard", "/quotes/"+s.draft()+"/discard") },
	"POST /quotes/{id}/discard":  quotePage("POST /quotes/{id}/discard", "GET /quotes/{id}/discard", (*Session).draft, nil),
	"GET /quotes/{id}/withdraw":  ofSent("GET /quotes/{id}/withdraw"),
	"POST /quotes/{id}/withdraw": quotePage("POST /quotes/{id}/withdraw", "GET /quotes/{id}/withdraw", sentQuote, typed("reason", "They moved")),
	"GET /quotes/{id}/extend":    ofSent("GET /quotes/{id}/extend"),
	"POST /quotes/{id}/extend":   quotePage("POST /quotes/{id}/extend", "GET /quotes/{id}/extend", sentQuote, typed("days", "60")),
	"GET /quotes/{id}/accept":    ofSent("GET /quotes/{id}/accept"),
	"POST /quotes/{id}/accept":   quotePage("POST /quotes/{id}/accept", "GET /quotes/{id}/accept", sentQuote, typed("option", "premium", "name", "Dana Ruiz", "note", "On paper")),
	"GET /quotes/{id}/versions/{n}/{paper}": func(s *Session) Request {
		return s.page("GET /quotes/{id}/versions/{n}/{paper}", "/quotes/"+s.known.Own["quotes"]+"/versions/1/sent.pdf")
	},

	"GET /q/{token}":            atLink("GET /q/{token}", "", (*Session).sent),
	"GET /q/{token}/drawing":    atLink("GET /q/{token}/drawing", "", (*Session).sent),
	"GET /q/{token}/quote.pdf":  atLink("GET /q/{token}/quote.pdf", "", (*Session).sent),
	"GET /q/{token}/signed.pdf": atLink("GET /q/{token}/signed.pdf", "", (*Session).signed),
	"GET /q/{token}/sign":       atLink("GET /q/{token}/sign", "?tier=premium", (*Session).sent),
	"POST /q/{token}/view": func(s *Session) Request {
		_, token := s.sent()
		return s.bare("POST /q/{token}/view", "/q/"+token+"/view", nil)
	},
	"POST /q/{token}/sign": func(s *Session) Request {
		_, token := s.sent()
		return s.post("POST /q/{token}/sign", s.page("GET /q/{token}/sign", "/q/"+token+"/sign?tier=premium"), url.Values{"name": {"Dana Ruiz"}, "consent": {"yes"}, "kind": {"typed"}})
	},
	"POST /q/{token}/decline": func(s *Session) Request {
		_, token := s.sent()
		return s.post("POST /q/{token}/decline", s.page("GET /q/{token}", "/q/"+token), url.Values{"reason": {"Too dear"}})
	},
	"POST /q/{token}/newest": func(s *Session) Request {
		_, token := s.sent()
		return s.bare("POST /q/{token}/newest", "/q/"+token+"/newest", nil)
	},
}
