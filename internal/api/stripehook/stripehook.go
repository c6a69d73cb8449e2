// Package stripehook takes Stripe's webhooks at the apex.
//
// Owns: the answer to each, and the counters of those that were not believed.
// Does not own: what is believed (stripegw), what is kept (billing).
package stripehook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
)

const (
	maxBody    = 512 << 10
	keepWithin = 5 * time.Second
)

// Handler answers webhooks. Stripe repeats what is not answered 2xx for three days, so that is said only of what a
// repetition would change.
type Handler struct {
	inbox  stripegw.Inbox
	mirror *billing.Mirror
	now    func() time.Time
	log    *slog.Logger

	taken    *prometheus.CounterVec // by type
	rejected *prometheus.CounterVec // by reason

	mu      sync.Mutex
	refused map[string]int64 // the same, for operators
}

// New makes a handler whose counters registry has. now is the time that the sender's clock shows too.
func New(inbox stripegw.Inbox, m *billing.Mirror, now func() time.Time, registry prometheus.Registerer, log *slog.Logger) *Handler {
	h := &Handler{inbox: inbox, mirror: m, now: now, log: log, refused: map[string]int64{},
		taken:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "stripe_webhooks_total", Help: "Webhooks that were believed, by how they were taken."}, []string{"taken"}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "stripe_webhook_rejected_total", Help: "Webhooks that were not believed or are not for us."}, []string{"reason"}),
	}
	registry.MustRegister(h.taken, h.rejected)
	return h
}

// reasons are what is answered and counted for each way not to be believed.
var reasons = []struct {
	err    error
	name   string
	status int
}{
	{stripegw.ErrUnsigned, "unsigned", http.StatusBadRequest},
	{stripegw.ErrSignature, "signature", http.StatusBadRequest},
	{stripegw.ErrStamp, "stamp", http.StatusBadRequest},
	{stripegw.ErrGarbage, "garbage", http.StatusBadRequest},
	{stripegw.ErrMode, "mode", http.StatusOK},
	{stripegw.ErrOtherAccount, "account", http.StatusOK},
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		status := http.StatusBadRequest
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			status = http.StatusRequestEntityTooLarge
		}
		h.reject("body")
		w.WriteHeader(status)
		return
	}
	hint, err := h.inbox.Open(body, r.Header.Get("Stripe-Signature"), h.now())
	for _, reason := range reasons {
		if errors.Is(err, reason.err) {
			h.reject(reason.name)
			if reason.err == stripegw.ErrGarbage { // Stripe signed it, or somebody has the secret
				h.log.ErrorContext(r.Context(), "a signed webhook is no event")
			}
			w.WriteHeader(reason.status)
			return
		}
	}
	// The sender may hang up while it is kept: then it comes again, and costs nothing.
	ctx, cancel := context.WithTimeout(r.Context(), keepWithin)
	defer cancel()
	fresh, err := h.mirror.Receive(ctx, hint)
	if err != nil {
		h.log.ErrorContext(ctx, "a webhook was not kept", "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	h.taken.WithLabelValues(how(hint, fresh)).Inc()
	w.WriteHeader(http.StatusOK)
}

// reject counts a webhook that is not believed or not for us.
func (h *Handler) reject(reason string) {
	h.rejected.WithLabelValues(reason).Inc()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused[reason]++
}

// Rejected is how many webhooks were not believed since this process began, by reason.
func (h *Handler) Rejected() map[string]int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.refused)
}

// how tells what became of a webhook, for the counter.
func how(h billing.Hint, fresh bool) string {
	switch {
	case !fresh:
		return "repeated"
	case h.CustomerID == "":
		return "no_customer"
	case !stripegw.SameVersion(h.APIVersion):
		return "other_version"
	}
	return "new"
}
