// Package telemetry counts what the process does, for /metrics.
//
// Owns: the registry and the instruments. Does not own: what is worth counting in the business.
// Invariant: labels are bounded: route patterns, methods and a fixed number of organizations; never a path,
// an id or a text that somebody sent.
package telemetry

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Metrics are the instruments of one process.
type Metrics struct {
	registry *prometheus.Registry
	latency  *prometheus.HistogramVec
	drift    *prometheus.CounterVec
	limited  *prometheus.CounterVec
	unstored prometheus.Counter
	logins   *prometheus.CounterVec
}

// New makes the instruments.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "api_latency_seconds",
			Help:    "Time to answer a request, by route pattern; all organizations together.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"org_id", "endpoint", "method"}),
	}
	m.drift = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "usage_drift_total", Help: "Differences between a counter of use and what it counts. There should be none.",
	}, []string{"metric"})
	m.limited = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "ratelimit_decisions_total", Help: "Requests of those who are logged in, by what the rates of their plan said; alone: by this process's share, without Redis.",
	}, []string{"outcome"})
	for _, outcome := range []string{"allowed", "refused", "allowed_alone", "refused_alone"} {
		m.limited.WithLabelValues(outcome) // so that each is there from the start
	}
	m.unstored = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "ratelimit_store_errors_total", Help: "Decisions that Redis did not make in time.",
	})
	m.logins = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "operator_logins_total", Help: "Log-ins of operators, at the apex (password, then second_factor) and with an owner's leave at a company (support), by what came of them.",
	}, []string{"step", "outcome"})
	for _, step := range []string{"password", "second_factor", "support"} {
		for _, outcome := range []string{"passed", "wrong", "slowed", "failed"} {
			m.logins.WithLabelValues(step, outcome)
		}
	}
	m.registry.MustRegister(m.latency, m.drift, m.limited, m.unstored, m.logins, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Registerer takes the instruments of others.
func (m *Metrics) Registerer() prometheus.Registerer { return m.registry }

// Observe notes one answered request. Requests that no route took count together.
func (m *Metrics) Observe(pattern, method, _ string, _ int, took time.Duration) {
	if pattern == "" {
		pattern = "none"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		method = "other"
	}
	m.latency.WithLabelValues("other", pattern, method).Observe(took.Seconds())
}

// Drifted notes that a counter was not what it counts.
func (m *Metrics) Drifted(metric string) { m.drift.WithLabelValues(metric).Inc() }

// Limited notes what the rates of a plan said to a request.
func (m *Metrics) Limited(outcome string) { m.limited.WithLabelValues(outcome).Inc() }

// LimitStoreFailed notes that Redis did not decide in time.
func (m *Metrics) LimitStoreFailed() { m.unstored.Inc() }

// OperatorLoggedIn notes a step of an operator's log-in by what came of it.
func (m *Metrics) OperatorLoggedIn(step string, err error) {
	outcome := "failed"
	switch {
	case err == nil:
		outcome = "passed"
	case fault.Is(err, fault.RateLimited):
		outcome = "slowed"
	case fault.Is(err, fault.Unauthenticated), fault.Is(err, fault.Invalid):
		outcome = "wrong"
	}
	m.logins.WithLabelValues(step, outcome).Inc()
}

// Handler answers /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
