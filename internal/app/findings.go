package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"fenceplatform.com/fence/internal/business/console"
)

// findings tell how many findings about payments nobody has dealt with, asked of the database whenever metrics are read.
type findings struct {
	console *console.Service
	log     *slog.Logger
}

var findingsOpen = prometheus.NewDesc("billing_findings_open", "Findings about what companies pay that nobody has dealt with, by kind.", []string{"kind"}, nil)

// countWithin is how long a reader of metrics waits for the database.
const countWithin = 2 * time.Second

// Describe implements prometheus.Collector.
func (f findings) Describe(to chan<- *prometheus.Desc) { to <- findingsOpen }

// Collect implements prometheus.Collector. While the database does not answer this metric is absent, and the others are
// there.
func (f findings) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), countWithin)
	defer cancel()
	open, err := f.console.OpenFindings(ctx)
	if err != nil {
		f.log.Warn("open findings could not be counted", "error", err)
		return
	}
	for _, kind := range console.FindingKinds {
		to <- prometheus.MustNewConstMetric(findingsOpen, prometheus.GaugeValue, float64(open[kind]), string(kind))
	}
}
