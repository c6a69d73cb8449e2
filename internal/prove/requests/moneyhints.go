package requests

import (
	"fmt"
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

// connected has A's account at the provider be ready to take payments.
func (s *Session) connected() {
	s.do(s.bare("POST /settings/get-paid/connect", "/settings/get-paid/connect", nil))
	s.do(s.bare("POST /settings/get-paid/check", "/settings/get-paid/check", nil))
}

// paying is a signed quote with a page open on which its deposit can be paid.
func (s *Session) paying() (quote, token string) {
	s.connected()
	quote, token = s.signed()
	s.do(s.bare("POST /q/{token}/pay", "/q/"+token+"/pay", nil))
	return quote, token
}

// soldNow is the job that was sold last.
func (s *Session) soldNow() string {
	return field(s.do(s.api("GET /v1/jobs", "/v1/jobs?limit=1", "")).Body, "items.0.id")
}

// paidOnline is a payment that came by the provider.
func (s *Session) paidOnline() string {
	_, token := s.paying()
	s.do(s.bare("POST /q/{token}/paid", "/q/"+token+"/paid", nil))
	entry := field(s.do(s.api("GET /v1/jobs/{id}/payments", "/v1/jobs/"+s.soldNow()+"/payments", "")).Body, "entries.1.id")
	if entry == "" {
		s.why = "a deposit was not paid online"
	}
	s.leave("payments", entry)
	return entry
}

// FromBank is how the cents of an amount end that the provider takes from a bank, which takes days.
const FromBank = 77_77

// debited is the job of a payment that is on its way from a bank, to the account in use.
func (s *Session) debited() (job string) {
	s.connected()
	_, token := s.signed()
	job = s.soldNow()
	var due int
	_, _ = fmt.Sscan(field(s.do(s.api("GET /v1/jobs/{id}/payments", "/v1/jobs/"+job+"/payments", "")).Body, "due_cents"), &due) // unread it is 0: the hint is told that nothing is on its way
	more := (FromBank-due%10_000+10_000-1)%10_000 + 1
	s.do(s.api("POST /v1/jobs/{id}/payment-requests", "/v1/jobs/"+job+"/payment-requests", fmt.Sprintf(`{"amount_cents":%d}`, more)))
	s.do(s.bare("POST /q/{token}/pay", "/q/"+token+"/pay", nil))
	s.do(s.bare("POST /q/{token}/paid", "/q/"+token+"/paid", nil))
	s.leave("jobs", job)
	return job
}

// resolving says what became of such a payment.
func resolving(fate string) hint {
	return func(s *Session) Request {
		job := s.debited()
		page := s.page("GET /jobs/{id}/payments/underway", "/jobs/"+job+"/payments/underway")
		return s.post("POST /jobs/{id}/payments/underway", page, url.Values{"fate": {fate}, "day": {""}})
	}
}

// furtherOfMoney are requests about payments that came online, or may.
var furtherOfMoney = map[string][]hint{
	"GET /q/{token}": {atLink("GET /q/{token}", "", (*Session).paying)},
	"POST /q/{token}/pay": {func(s *Session) Request {
		_, token := s.paying()
		return s.bare("POST /q/{token}/pay", "/q/"+token+"/pay", nil)
	}},
	"POST /v1/jobs/{id}/payments": {func(s *Session) Request { // with a page open that asks for more than is due then
		s.paying()
		return s.api("POST /v1/jobs/{id}/payments", "/v1/jobs/"+s.soldNow()+"/payments", `{"amount_cents":1,"method":"cash"}`)
	}},
	"GET /payments/{id}": {func(s *Session) Request { return s.page("GET /payments/{id}", "/payments/"+s.paidOnline()) }},
	"GET /jobs/{id}":     {func(s *Session) Request { return s.page("GET /jobs/{id}", "/jobs/"+s.debited()) }},
	"GET /settings/get-paid/disconnect": {func(s *Session) Request {
		s.debited()
		return s.page("GET /settings/get-paid/disconnect", "/settings/get-paid/disconnect")
	}},
	"POST /jobs/{id}/payments/underway": {resolving("let_go")},
	"POST /payments/{id}/refund": {func(s *Session) Request {
		return s.bare("POST /payments/{id}/refund", "/payments/"+s.paidOnline()+"/refund", url.Values{"amount_cents": {"0.01"}})
	}},
}

// moneyHints say how valid requests about payments are made.
var moneyHints = map[string]hint{
	"POST /v1/jobs/{id}/payments":         at("POST /v1/jobs/{id}/payments", "jobs", `{"amount_cents":1,"method":"check","reference":"1044"}`),
	"POST /v1/jobs/{id}/payment-requests": at("POST /v1/jobs/{id}/payment-requests", "jobs", `{"amount_cents":1,"note":"Posts are set"}`),
	"POST /v1/payments/{id}/refunds":      ofPayment("POST /v1/payments/{id}/refunds", `{"amount_cents":1}`, nil),
	"POST /v1/payments/{id}/void":         ofPayment("POST /v1/payments/{id}/void", `{"reason":"Another job"}`, nil),
	"GET /q/{token}/paid":                 atLink("GET /q/{token}/paid", "", (*Session).paying),
	"POST /q/{token}/paid": func(s *Session) Request {
		_, token := s.paying()
		return s.bare("POST /q/{token}/paid", "/q/"+token+"/paid", nil)
	},
	"POST /q/{token}/pay": func(s *Session) Request {
		s.connected()
		_, token := s.signed()
		return s.bare("POST /q/{token}/pay", "/q/"+token+"/pay", nil)
	},
	"POST /settings/get-paid/connect": func(s *Session) Request {
		return s.bare("POST /settings/get-paid/connect", "/settings/get-paid/connect", nil)
	},
	"POST /settings/get-paid/check": func(s *Session) Request {
		s.connected()
		return s.bare("POST /settings/get-paid/check", "/settings/get-paid/check", nil)
	},
	"POST /settings/get-paid/disconnect": func(s *Session) Request {
		s.connected()
		return s.bare("POST /settings/get-paid/disconnect", "/settings/get-paid/disconnect", nil)
	},
	"GET /settings/get-paid/disconnect": func(s *Session) Request {
		s.connected()
		return s.page("GET /settings/get-paid/disconnect", "/settings/get-paid/disconnect")
	},
	"GET /jobs/{id}/payments/underway": func(s *Session) Request {
		return s.page("GET /jobs/{id}/payments/underway", "/jobs/"+s.debited()+"/payments/underway")
	},
	"POST /jobs/{id}/payments/underway": resolving("arrived"),
	"POST /payments/export":             func(s *Session) Request { return s.bare("POST /payments/export", "/payments/export", nil) },
	"POST /payments/{id}/refund":        ofPayment("POST /payments/{id}/refund", "", url.Values{"amount_cents": {"0.01"}, "method": {"cash"}}),
	"POST /payments/{id}/void":          ofPayment("POST /payments/{id}/void", "", nil),
	"POST /jobs/{id}/payments":          filled("POST /jobs/{id}/payments", "GET /jobs/{id}/payments/new", "jobs", typed("amount_cents", "0.01", "note", "Note %d")),
	"POST /jobs/{id}/payments/request":  filled("POST /jobs/{id}/payments/request", "GET /jobs/{id}/payments/request", "jobs", typed("amount_cents", "0.01", "note", "Note %d")),
}
