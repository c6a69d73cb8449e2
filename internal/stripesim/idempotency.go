package stripesim

import (
	"net/http"
	"strconv"
)

// answer is what goes back to whoever asked.
type answer struct {
	status     int
	body       []byte
	began      bool   // the operation began, so that the answer is kept under its key
	replayed   string // the request that was answered so first
	key        string
	retryAfter int
	requestID  string
	trouble    Fault
	entry      *entry // that is in flight until the answer has landed
}

// landed ends being in flight.
func (a answer) landed() answer {
	if a.entry != nil {
		a.entry.inFlight = false
	}
	return a
}

func refusal(p *Problem) answer {
	a := answer{status: p.Status, body: problemBody(p), began: !p.unsaved}
	if p.Status == http.StatusTooManyRequests {
		a.retryAfter = 1
	}
	return a
}

func problemBody(p *Problem) []byte {
	if p.Code != "" {
		p.DocURL = "https://stripe.com/docs/error-codes/" + hyphened(p.Code)
	}
	return encode(map[string]any{"error": p})
}

func hyphened(code string) string {
	out := []byte(code)
	for i, b := range out {
		if b == '_' {
			out[i] = '-'
		}
	}
	return string(out)
}

func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-cache, no-store")
	h.Set("Request-Id", a.requestID)
	h.Set("Stripe-Version", Version)
	if a.key != "" {
		h.Set("Idempotency-Key", a.key)
	}
	if a.replayed != "" {
		h.Set("Idempotent-Replayed", "true")
		h.Set("Original-Request", a.replayed)
	}
	if a.status >= http.StatusInternalServerError && a.key != "" {
		h.Set("Stripe-Should-Retry", "false") // the key would only bring the same again
	}
	if a.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(a.retryAfter))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // whoever asked has gone
}

// keyed is an idempotency key: each account and mode has its own.
type keyed struct {
	where
	key string
}

type entry struct {
	answer
	fingerprint string // path and parameters
	requestID   string // of the first request
	at          int64
	inFlight    bool
}

// answers keeps what was answered under a key for a day.
type answers struct {
	byKey map[keyed]*entry
	order []keyed
}

func newAnswers() *answers { return &answers{byKey: map[keyed]*entry{}} }

const keptFor = day

// find is what was answered before; a problem when the key is used for something else, or its request still runs.
func (a *answers) find(at keyed, fingerprint string) (*entry, *Problem) {
	e := a.byKey[at]
	switch {
	case e == nil:
		return nil, nil
	case e.fingerprint != fingerprint:
		return nil, &Problem{Status: http.StatusBadRequest, Type: "idempotency_error", unsaved: true, Message: "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '" + at.key + "' if you meant to execute a different request."}
	case e.inFlight:
		return nil, inUse(at.key)
	}
	return e, nil
}

func inUse(key string) *Problem {
	p := coded("idempotency_key_in_use", "", "There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): "+key+". Please try again later.")
	p.Status, p.Type = http.StatusConflict, "idempotency_error"
	return p
}

func (a *answers) keep(at keyed, e *entry) *entry {
	a.byKey[at] = e
	a.order = append(a.order, at)
	return e
}

func (a *answers) forget(now int64) {
	for len(a.order) > 0 && a.byKey[a.order[0]].at+keptFor <= now {
		delete(a.byKey, a.order[0])
		a.order = a.order[1:]
	}
}
