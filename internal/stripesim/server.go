package stripesim

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// operation is one entry of the API: what it takes, and what it does with it.
type operation struct {
	pattern string // as of http.ServeMux
	takes   string // a spec
	run     func(*call) (any, *Problem)
}

// call is one request that is carried out.
type call struct {
	sim  *Sim
	sp   *space
	form *form
	url  string
	id   string // of the path
	req  *http.Request
}

func (c *call) now() int64 { return c.sim.clock.now }

const longestBody = 1 << 20

func (s *Sim) routes() http.Handler {
	mux := http.NewServeMux()
	for _, operations := range [][]operation{
		catalogOperations(), customerOperations(), paymentMethodOperations(), setupIntentOperations(), paymentIntentOperations(),
		chargeOperations(), subscriptionOperations(), subscriptionItemOperations(), scheduleOperations(), invoiceOperations(),
		invoiceItemOperations(), checkoutOperations(), portalOperations(), accountOperations(), webhookOperations(),
		eventOperations(), testClockOperations(), disputeOperations(),
	} {
		for _, o := range operations {
			takes := newSpec(o.takes)
			mux.HandleFunc(o.pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, takes, o.run) })
		}
	}
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) {
		p := invalid("", fmt.Sprintf("Unrecognized request URL (%s: %s). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.", r.Method, r.URL.Path))
		p.Status = http.StatusNotFound
		s.mu.Lock()
		defer s.mu.Unlock()
		answer{status: p.Status, body: problemBody(p), requestID: s.names.next("req")}.write(w)
	})
	s.pages(mux)
	return mux
}

// serve is one request of the API: who asks, what for, has it been answered before, is there trouble on order.
func (s *Sim) serve(w http.ResponseWriter, r *http.Request, takes *spec, run func(*call) (any, *Problem)) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestBody))
	if err != nil {
		http.Error(w, "the request is too long", http.StatusRequestEntityTooLarge)
		return
	}
	given := locked(s, func() answer { return s.answer(r, string(body), takes, run) })
	switch {
	case given.trouble.Kind == Hang:
		pause(r.Context(), given.trouble.For)
		locked(s, given.landed)
	case given.trouble.Kind == Reset && given.began:
		panic(http.ErrAbortHandler) // net/http cuts the connection
	}
	given.write(w)
}

// locked does something behind the mutex, which is free again even when that panics.
func locked[T any](s *Sim, do func() T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return do()
}

// answer carries a request out, unless its key has been answered before.
func (s *Sim) answer(r *http.Request, body string, takes *spec, run func(*call) (any, *Problem)) answer {
	s.requests++
	requestID := s.names.next("req")
	trouble := s.trouble(r)
	a := s.answerOnce(r, body, requestID, takes, run, trouble)
	a.requestID, a.trouble = requestID, trouble
	return a
}

func (s *Sim) answerOnce(r *http.Request, body, requestID string, takes *spec, run func(*call) (any, *Problem), trouble Fault) answer {
	c, p := s.call(r, body, takes)
	if p == nil {
		p = trouble.refusal()
	}
	if p != nil {
		return refusal(p)
	}
	s.note(r, body, trouble.Kind)
	key := r.Header.Get("Idempotency-Key")
	if r.Method != http.MethodPost || key == "" {
		return s.carryOut(c, run, trouble, requestID, "")
	}
	at := keyed{c.sp.where, key}
	fingerprint := r.URL.Path + "?" + body
	known, p := s.keys.find(at, fingerprint)
	if p != nil {
		return refusal(p)
	}
	if known != nil {
		a := known.answer
		a.replayed, a.began, a.key = known.requestID, false, key
		return a
	}
	a := s.carryOut(c, run, trouble, requestID, key)
	a.key = key
	if a.began {
		e := s.keys.keep(at, &entry{answer: a, fingerprint: fingerprint, requestID: requestID, at: s.clock.now, inFlight: trouble.Kind == Hang})
		a.entry = e
	}
	return a
}

// carryOut runs an operation, with the trouble that lies before and after it.
func (s *Sim) carryOut(c *call, run func(*call) (any, *Problem), trouble Fault, requestID, key string) answer {
	if trouble.Kind == FailBefore {
		return answer{status: http.StatusInternalServerError, body: problemBody(broken()), began: true}
	}
	s.current = &origin{opt(requestID), opt(key)}
	defer func() { s.current = nil }()
	v, p := run(c)
	if p == nil {
		var out []byte
		if out, p = c.render(v); p == nil {
			if trouble.Kind == FailAfter {
				return answer{status: http.StatusInternalServerError, body: problemBody(broken()), began: true}
			}
			return answer{status: http.StatusOK, body: out, began: true}
		}
	}
	return refusal(p)
}

// call reads a request: whose it is and what it says.
func (s *Sim) call(r *http.Request, body string, takes *spec) (*call, *Problem) {
	at, p := s.authenticate(r)
	if p != nil {
		return nil, p
	}
	if version := r.Header.Get("Stripe-Version"); version != "" && version != Version {
		return nil, invalid("", fmt.Sprintf("Invalid Stripe API version: %s. This simulator speaks %s.", version, Version))
	}
	text := body
	if r.Method != http.MethodPost {
		text = r.URL.RawQuery
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, invalid("", "The request cannot be read as a form.")
	}
	f := parseForm(values)
	if p := takes.check(f); p != nil {
		return nil, p
	}
	if s.config.PublicURL == "" {
		s.base = "http://" + r.Host
	}
	return &call{sim: s, sp: s.space(at), form: f, url: r.URL.Path, id: r.PathValue("id"), req: r}, nil
}

func (s *Sim) authenticate(r *http.Request) (where, *Problem) {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		user, _, basic := r.BasicAuth()
		if !basic {
			return where{}, unauthorized("You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').")
		}
		key = user
	}
	at := where{}
	switch {
	case key == s.config.SecretKey:
	case key == s.config.LiveKey && key != "":
		at.live = true
	default:
		return where{}, unauthorized("Invalid API Key provided: " + masked(key))
	}
	account := r.Header.Get("Stripe-Account")
	if account == "" {
		return at, nil
	}
	if a, known := s.space(at).accounts.rows[account]; !known || a.revoked {
		p := coded("account_invalid", "", fmt.Sprintf("The provided key '%s' does not have access to account '%s' (or that account does not exist). Application access may have been revoked.", masked(key), account))
		p.Status = http.StatusForbidden
		return where{}, p
	}
	at.account = account
	return at, nil
}

// masked shows what a key is without giving it away.
func masked(key string) string {
	if len(key) <= 8 {
		return strings.Repeat("*", len(key))
	}
	return key[:8] + strings.Repeat("*", min(len(key)-8, 16)) + key[len(key)-min(4, len(key)-8):]
}
