package requests

import (
	"net/url"
	"strings"
)

// newPayment writes a cent down for A's job.
func (s *Session) newPayment() string {
	entry := field(s.do(s.api("POST /v1/jobs/{id}/payments", "/v1/jobs/"+s.some("jobs")+"/payments", `{"amount_cents":1,"method":"cash"}`)).Body, "id")
	s.leave("payments", entry)
	return entry
}

// ofPayment is a hint for what is done with a payment.
func ofPayment(key, body string, fields url.Values) hint {
	return func(s *Session) Request {
		path := strings.Replace(s.Operations[key].Pattern, "{id}", s.newPayment(), 1)
		if s.Operations[key].API {
			return s.api(key, path, body)
		}
		form := url.Values{}
		for name, values := range fields {
			form[name] = values
		}
		return s.bare(key, path, form)
	}
}

// ofSigned is a hint for what the holder of a signed quote's link does.
func ofSigned(key, ending string) hint {
	return func(s *Session) Request {
		_, token := s.signed()
		return s.bare(key, "/q/"+token+ending, nil)
	}
}

// moneyHints say how valid requests about payments are made.
var moneyHints = map[string]hint{
	"POST /v1/jobs/{id}/payments":         at("POST /v1/jobs/{id}/payments", "jobs", `{"amount_cents":1,"method":"check","reference":"1044"}`),
	"POST /v1/jobs/{id}/payment-requests": at("POST /v1/jobs/{id}/payment-requests", "jobs", `{"amount_cents":1,"note":"Posts are set"}`),
	"POST /v1/payments/{id}/refunds":      ofPayment("POST /v1/payments/{id}/refunds", `{"amount_cents":1}`, nil),
	"POST /v1/payments/{id}/void":         ofPayment("POST /v1/payments/{id}/void", `{"reason":"Another job"}`, nil),
	"POST /q/{token}/paid":                ofSigned("POST /q/{token}/paid", "/paid"),
	"POST /settings/get-paid/check": func(s *Session) Request {
		return s.bare("POST /settings/get-paid/check", "/settings/get-paid/check", nil)
	},
	"POST /settings/get-paid/disconnect": func(s *Session) Request {
		return s.bare("POST /settings/get-paid/disconnect", "/settings/get-paid/disconnect", nil)
	},
	"POST /payments/export":            func(s *Session) Request { return s.bare("POST /payments/export", "/payments/export", nil) },
	"POST /payments/{id}/refund":       ofPayment("POST /payments/{id}/refund", "", url.Values{"amount_cents": {"0.01"}, "method": {"cash"}}),
	"POST /payments/{id}/void":         ofPayment("POST /payments/{id}/void", "", nil),
	"POST /jobs/{id}/payments":         filled("POST /jobs/{id}/payments", "GET /jobs/{id}/payments/new", "jobs", typed("amount_cents", "0.01", "note", "Note %d")),
	"POST /jobs/{id}/payments/request": filled("POST /jobs/{id}/payments/request", "GET /jobs/{id}/payments/request", "jobs", typed("amount_cents", "0.01", "note", "Note %d")),
}
