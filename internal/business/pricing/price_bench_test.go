package pricing

import (
	"fmt"
	"testing"

	"fenceplatform.com/fence/internal/business/takeoff"
)

// twentyRuns is a yard of 18 sides with two gates, which cut two of them in two: 20 runs.
func twentyRuns(tb testing.TB) Input {
	tb.Helper()
	in := goldD(tb)
	l := takeoff.Layout{Style: in.Layout.Style}
	for i := range 19 {
		l.Nodes = append(l.Nodes, takeoff.Node{ID: fmt.Sprintf("n%d", i), X: float64(i/2) * 42, Y: float64((i+1)/2) * 37})
	}
	for i := range 18 {
		l.Segments = append(l.Segments, takeoff.Segment{ID: fmt.Sprintf("s%d", i),
			From: l.Nodes[i].ID, To: l.Nodes[i+1].ID, RemovalFt: 10})
	}
	l.Gates = []takeoff.Gate{
		{ID: "g0", Segment: "s3", OffsetFt: 10, OpeningIn: 48, Kind: takeoff.GateWalk},
		{ID: "g1", Segment: "s9", OffsetFt: 12, OpeningIn: 120, Kind: takeoff.GateDouble},
	}
	in.Layout = l
	return in
}

// BenchmarkTwentyRuns takes 20 runs off and prices them; the aim is 50 µs.
func BenchmarkTwentyRuns(b *testing.B) {
	in := twentyRuns(b)
	t, err := takeoff.Calculate(in.Layout)
	if err != nil || len(t.Runs) != 20 {
		b.Fatalf("%d runs, %v; want 20", len(t.Runs), err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Calculate(in); err != nil {
			b.Fatal(err)
		}
	}
}
