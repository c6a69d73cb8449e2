// Package connecthook takes the webhooks of companies' accounts at Stripe, at the apex.
//
// Owns: the answer to each, and the counters. Does not own: what is believed (connectgw), what is done about it (payment).
package connecthook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/payment/connectgw"
)

const (
	maxBody    = 512 << 10
	takeWithin = 5 * time.Second
)

// Handler answers webhooks. Stripe repeats what is not answered 2xx for three days, so that is said only of what a
// repetition would change.
type Handler struct {
	inbox connectgw.Inbox
	hints *payment.Hints
	now   func() time.Time
	log   *slog.Logger

	taken *prometheus.CounterVec
}

// New makes a handler whose counter registry has. now is the time that the sender's clock shows too.
func New(inbox connectgw.Inbox, hints *payment.Hints, now func() time.Time, registry prometheus.Registerer, log *slog.Logger) *Handler {
	h := &Handler{inbox: inbox, hints: hints, now: now, log: log,
		taken: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "stripe_connect_webhooks_total", Help: "Webhooks of companies' accounts, by what became of them."}, []string{"taken"})}
	registry.MustRegister(h.taken)
	return h
}

// refusals are what is answered and counted for each way not to be believed.
var refusals = []struct {
	err    error
	name   string
	status int
}{
	{stripegw.ErrUnsigned, "unsigned", http.StatusBadRequest},
	{stripegw.ErrSignature, "signature", http.StatusBadRequest},
	{stripegw.ErrStamp, "stamp", http.StatusBadRequest},
	{stripegw.ErrGarbage, "garbage", http.StatusBadRequest},
	{stripegw.ErrMode, "mode", http.StatusOK},
	{connectgw.ErrNoAccount, "no_account", http.StatusOK},
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		status := http.StatusBadRequest
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			status = http.StatusRequestEntityTooLarge
		}
		h.answer(w, "body", status)
		return
	}
	hint, err := h.inbox.Open(body, r.Header.Get("Stripe-Signature"), h.now())
	for _, no := range refusals {
		if errors.Is(err, no.err) {
			h.answer(w, no.name, no.status)
			return
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), takeWithin)
	defer cancel()
	known, err := h.hints.Receive(ctx, hint)
	switch {
	case err != nil:
		h.log.ErrorContext(ctx, "a webhook of an account was not taken", "error", err)
		h.answer(w, "trouble", http.StatusServiceUnavailable)
	case !known: // an account of somebody else's platform, or of a company that is gone
		h.answer(w, "unknown_account", http.StatusOK)
	default:
		h.answer(w, "taken", http.StatusOK)
	}
}

func (h *Handler) answer(w http.ResponseWriter, what string, status int) {
	h.taken.WithLabelValues(what).Inc()
	w.WriteHeader(status)
}
