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
)

// Metrics are the instruments of one process.
type Metrics struct {
	registry *prometheus.Registry
	latency  *prometheus.HistogramVec
	drift    *prometheus.CounterVec
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
	m.registry.MustRegister(m.latency, m.drift, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
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

// Handler answers /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
