package requests

import (
	"encoding/json"
	"fmt"
	"strings"
)

// draft makes a draft of A's first sketch.
func (s *Session) draft() string {
	return field(s.do(s.api("POST /v1/quotes", "/v1/quotes", fmt.Sprintf(`{"sketch_id":%q}`, s.known.Own["sketches"]))).Body, "id")
}

// ready makes a draft whose checks are answered.
func (s *Session) ready() string { return s.answered(s.draft()) }

// answered answers the checks of a draft.
func (s *Session) answered(quote string) string {
	path := "/v1/quotes/" + quote
	var doc struct {
		Checks []struct {
			Key string `json:"key"`
		} `json:"checks"`
	}
	a := s.do(s.api("GET /v1/quotes/{id}", path, ""))
	if err := json.Unmarshal([]byte(a.Body), &doc); err != nil {
		s.why = "a draft cannot be read: " + a.Body
	}
	answers := []string{}
	for _, c := range doc.Checks {
		answers = append(answers, fmt.Sprintf(`%q:"Seen"`, c.Key))
	}
	s.do(s.matched(s.api("PATCH /v1/quotes/{id}", path, `{"settings":{"not_included":["Rock"]},"answers":{`+strings.Join(answers, ",")+`}}`), "GET /v1/quotes/{id}", path))
	return quote
}

// sent makes a quote that a homeowner can open, and the secret of the link.
func (s *Session) sent() (quote, token string) { return s.copied(s.ready()) }

// copied sends a draft by a link that is copied.
func (s *Session) copied(quote string) (same, token string) {
	path := "/v1/quotes/" + quote
	a := s.do(s.matched(s.api("POST /v1/quotes/{id}/send", path+"/send", `{"copy_link":true}`), "GET /v1/quotes/{id}", path))
	url := field(a.Body, "links.0.url")
	token = url[strings.LastIndex(url, "/")+1:]
	if token == "" {
		s.why = "a quote was not sent: " + a.Body
	}
	return quote, token
}

// signing is what a homeowner sends who saw the quote.
func (s *Session) signing(token string) Request {
	shown := s.do(s.api("GET /v1/public/quotes/{token}", "/v1/public/quotes/"+token, ""))
	var doc struct {
		Document struct {
			Options []struct {
				Key   string `json:"key"`
				Total int64  `json:"total_cents"`
			} `json:"options"`
		} `json:"document"`
		Hash string `json:"document_hash"`
	}
	if err := json.Unmarshal([]byte(shown.Body), &doc); err != nil || len(doc.Document.Options) == 0 {
		s.why = "a sent quote cannot be read: " + shown.Body
		return Request{}
	}
	o := doc.Document.Options[0]
	return s.api("POST /v1/public/quotes/{token}/accept", "/v1/public/quotes/"+token+"/accept", fmt.Sprintf(
		`{"option":%q,"total_cents":%d,"document_hash":%q,"consent":true,"name":"Dana Ruiz","signature":{"kind":"typed"}}`, o.Key, o.Total, doc.Hash))
}

// signed makes an accepted quote whose paper is sealed.
func (s *Session) signed() (quote, token string) {
	quote, token = s.sent()
	s.do(s.signing(token))
	return quote, token
}

// quoteAt is a hint for a change of a quote in some state, at the version that it has.
func quoteAt(key, body string, in func(*Session) string) hint {
	return func(s *Session) Request {
		quote := in(s)
		r := s.api(key, strings.Replace(s.Operations[key].Pattern, "{id}", quote, 1), body)
		if !s.Operations[key].Version {
			return r
		}
		return s.matched(r, "GET /v1/quotes/{id}", "/v1/quotes/"+quote)
	}
}

func sentQuote(s *Session) string { quote, _ := s.sent(); return quote }

// heldBy is a hint for a request with the secret of a link.
func heldBy(key, body string, in func(*Session) (string, string)) hint {
	return func(s *Session) Request {
		_, token := in(s)
		return s.api(key, strings.Replace(s.Operations[key].Pattern, "{token}", token, 1), body)
	}
}

// quoteHints say how valid requests of the API about quotes are made.
var quoteHints = map[string]hint{
	"GET /v1/quotes": func(s *Session) Request {
		return s.api("GET /v1/quotes", s.pick("/v1/quotes", "/v1/quotes?shelf=accepted", "/v1/quotes?shelf=drafts", "/v1/quotes?limit=2"), "")
	},
	"POST /v1/sketches": func(s *Session) Request {
		return s.api("POST /v1/sketches", "/v1/sketches", fmt.Sprintf(`{"property_id":%q,"name":"Side %d","layout":%s}`, s.some("properties"), s.next(), yard))
	},
	"POST /v1/quotes": func(s *Session) Request {
		return s.api("POST /v1/quotes", "/v1/quotes", fmt.Sprintf(`{"sketch_id":%q}`, s.known.Own["sketches"]))
	},
	"PATCH /v1/quotes/{id}":           quoteAt("PATCH /v1/quotes/{id}", `{"settings":{"recommended":"premium","discount_bp":500,"not_included":["Rock"]},"answers":{"x":"fine"}}`, (*Session).draft),
	"POST /v1/quotes/{id}/reprice":    quoteAt("POST /v1/quotes/{id}/reprice", "", (*Session).draft),
	"POST /v1/quotes/{id}/send":       quoteAt("POST /v1/quotes/{id}/send", `{"copy_link":true}`, (*Session).ready),
	"POST /v1/quotes/{id}/revise":     quoteAt("POST /v1/quotes/{id}/revise", "", sentQuote),
	"POST /v1/quotes/{id}/withdraw":   quoteAt("POST /v1/quotes/{id}/withdraw", `{"reason":"They moved"}`, sentQuote),
	"POST /v1/quotes/{id}/extend":     quoteAt("POST /v1/quotes/{id}/extend", `{"days":90}`, sentQuote),
	"POST /v1/quotes/{id}/discard":    quoteAt("POST /v1/quotes/{id}/discard", "", (*Session).draft),
	"POST /v1/quotes/{id}/links":      quoteAt("POST /v1/quotes/{id}/links", `{"recipient_name":"Dana"}`, sentQuote),
	"POST /v1/quotes/{id}/acceptance": quoteAt("POST /v1/quotes/{id}/acceptance", `{"option":"premium","name":"Dana Ruiz","note":"Signed on paper"}`, sentQuote),
	"GET /v1/quotes/{id}/versions/{n}/pdf": func(s *Session) Request {
		return s.api("GET /v1/quotes/{id}/versions/{n}/pdf", "/v1/quotes/"+s.known.Own["quotes"]+"/versions/1/pdf", "")
	},
	"GET /v1/quotes/{id}/versions/{n}/signed-pdf": func(s *Session) Request {
		quote, _ := s.signed()
		return s.api("GET /v1/quotes/{id}/versions/{n}/signed-pdf", "/v1/quotes/"+quote+"/versions/1/signed-pdf", "")
	},
	"GET /v1/public/quotes/{token}":            heldBy("GET /v1/public/quotes/{token}", "", (*Session).sent),
	"POST /v1/public/quotes/{token}/view":      heldBy("POST /v1/public/quotes/{token}/view", "", (*Session).sent),
	"POST /v1/public/quotes/{token}/accept":    func(s *Session) Request { _, token := s.sent(); return s.signing(token) },
	"POST /v1/public/quotes/{token}/decline":   heldBy("POST /v1/public/quotes/{token}/decline", `{"reason":"Too dear"}`, (*Session).sent),
	"GET /v1/public/quotes/{token}/pdf":        heldBy("GET /v1/public/quotes/{token}/pdf", "", (*Session).sent),
	"GET /v1/public/quotes/{token}/signed-pdf": heldBy("GET /v1/public/quotes/{token}/signed-pdf", "", (*Session).signed),
}
