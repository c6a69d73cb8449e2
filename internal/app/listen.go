package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/telemetry"
)

// Times of a server. A request may take answerWithin, and one statement of it statementWithin; a stop waits a
// little longer.
const (
	statementWithin = 5 * time.Second
	answerWithin    = 20 * time.Second
	drainFor        = 25 * time.Second
)

func listen(setting, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("cannot serve on %s: %w. Is another fence running? Stop it, or set %s to another address", address, err, setting)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot serve on %s: %w", address, err)
	}
	return l, nil
}

// admin answers the operator's probes, on a listener of their own.
func admin(db *pg.DB, draining *atomic.Bool, m *telemetry.Metrics) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := ready(r.Context(), db, draining); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.Handle("GET /metrics", m.Handler())
	return httpx.Chain(mux, httpx.Headers(false, "", ""))
}

func ready(ctx context.Context, db *pg.DB, draining *atomic.Bool) error {
	if draining.Load() {
		return errors.New("stopping")
	}
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	if err := db.Ping(ctx); err != nil {
		return errors.New("the database does not answer")
	}
	return nil
}
