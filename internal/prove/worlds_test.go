package prove

import (
	"fmt"
	"slices"
	"testing"

	"fenceplatform.com/fence/internal/prove/requests"
)

// TestTwoWorldsAnswerAlike: every operation of the product, and wrong requests between, in two worlds that differ in
// B's data alone. The long form does it four times, with another B each time.
func TestTwoWorldsAnswerAlike(t *testing.T) {
	times, most := 1, 250
	if *long {
		times, most = 4, WantedRequests/4
	}
	for n := range times {
		name := fmt.Sprint("worlds-", n+1)
		t.Run(name, func(t *testing.T) { part(t, name, func(f *Figures) { alike(t, *seed+uint64(n), most, f) }) })
	}
}

func alike(t *testing.T, seed uint64, most int, f *Figures) {
	p := NewPair(t, seed)
	for _, line := range requests.Missing(p.Operations) {
		t.Error(line)
	}
	if t.Failed() {
		return
	}
	for _, line := range slices.Concat(p.Walk(), p.Further(), p.Wander(p.Asked+most)) {
		t.Error(line)
	}
	if *long {
		for range 4 { // every operation five times here, twenty times in all four
			p.Often(WantedTimes / 4)
		}
	}
	for _, d := range p.Differences {
		t.Error(d)
	}
	f.Requests, f.Counts = p.Asked, p.Counts
	f.Columns, f.Rows, f.Kept = p.Rewritten.Changed, p.Rewritten.Rows, p.Rewritten.Kept
	t.Logf("seed %d: %d operations, %d requests, %.0f %% carried out, %d columns of B rewritten, %d rows added", seed, len(p.Operations), p.Asked, 100*p.Share(), f.Columns, f.Rows)
}
