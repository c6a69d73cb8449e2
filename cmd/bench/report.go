package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// report prints the table.
func report(out io.Writer, p plan, works []*work, e engineResult) {
	fmt.Fprintf(out, "%d companies of %d customers, %d connections, %d turns of %v each, medians.\n",
		organizations, customersEach, connections, p.rounds, p.each)
	fmt.Fprintf(out, "%d processors, shared by load generator, server and database.\n\n", runtime.NumCPU())
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\trequests/s\tpgbench tx/s\tratio\tlowest-highest\tp50\tp99\tpgbench mean\tround trips\t")
	for _, k := range works {
		product := median(k.product, func(d result) float64 { return d.perSecond })
		alone := median(k.pgbench, func(r result) float64 { return r.perSecond })
		low, high := k.spread()
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.2f\t%.2f-%.2f\t%.1f ms\t%.1f ms\t%.1f ms\t%d\t\n", k.name, product, alone, product/alone, low, high,
			milliseconds(median(k.product, func(d result) time.Duration { return d.p50 })),
			milliseconds(median(k.product, func(d result) time.Duration { return d.p99 })),
			milliseconds(median(k.pgbench, func(r result) time.Duration { return r.mean })), len(k.trips))
	}
	fmt.Fprintln(w, "\nprocessor µs for each\tserver\tdatabase\tload generator\t\tpgbench: database\tpgbench itself\t")
	for _, k := range works {
		p := func(of func(spent) time.Duration) float64 {
			return microseconds(median(k.product, func(r result) time.Duration { return of(r.spent) }))
		}
		b := func(of func(spent) time.Duration) float64 {
			return microseconds(median(k.pgbench, func(r result) time.Duration { return of(r.spent) }))
		}
		server, database, client := func(s spent) time.Duration { return s.server }, func(s spent) time.Duration { return s.database },
			func(s spent) time.Duration { return s.client }
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.0f\t\t%.0f\t%.0f\t\n", k.name, p(server), p(database), p(client), b(database), b(client))
	}
	_ = w.Flush() // as any print to the terminal
	fmt.Fprintf(out, "\nTake-off and price of %d runs: %.1f µs (p99 %.1f µs), %d allocations, %.1f KB.\n",
		e.runs, microseconds(e.each), microseconds(e.p99), e.allocs, float64(e.allocate)/1024)
}

// spread is how far the ratios of single rounds lie apart.
func (w *work) spread() (low, high float64) {
	for i := range w.product {
		ratio := w.product[i].perSecond / w.pgbench[i].perSecond
		if i == 0 {
			low, high = ratio, ratio
		}
		low, high = min(low, ratio), max(high, ratio)
	}
	return low, high
}

func median[T any, V cmp.Ordered](all []T, of func(T) V) V {
	values := make([]V, len(all))
	for i, one := range all {
		values[i] = of(one)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1e3 }
func microseconds(d time.Duration) float64 { return d.Seconds() * 1e6 }
