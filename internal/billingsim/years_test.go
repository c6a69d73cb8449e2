package billingsim

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestYears plays a share of seeds, and in make billing-sim all that it is asked for: I1–I10 hold.
func TestYears(t *testing.T) {
	t.Parallel()
	p := programOf(t)
	grounds := make([]*ground, p.lanes)
	for n := range grounds {
		grounds[n] = newGround(t)
	}
	var mu sync.Mutex
	var sum figures
	began, played, failed := time.Now(), 0, 0
	seeds := p.seeds()
	var lanes sync.WaitGroup
	for _, g := range grounds {
		lanes.Go(func() {
			for seed := range seeds {
				f, err := run(context.WithoutCancel(t.Context()), g, seed, p.plant, p.months)
				if err == nil {
					p.passed(t, seed)
				} else {
					t.Error(err)
				}
				mu.Lock()
				sum.add(f)
				if played++; err != nil {
					failed++
				}
				if p.progress != "" && played%25 == 0 {
					t.Logf("%d seeds, %d failed, %.1f a minute", played, failed, float64(played)/time.Since(began).Minutes())
				}
				mu.Unlock()
			}
		})
	}
	lanes.Wait()
	took := time.Since(began)
	t.Logf("%d seeds × %d companies × %d months in %s, %.1f seeds a minute, %d failed: %s", played, companiesPerSeed, p.months, took.Round(time.Second), float64(played)/took.Minutes(), failed, sum)
}

// TestPlantedMistakesAreFound: each kind of mistake that billing products make is found within a few seeds.
func TestPlantedMistakesAreFound(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	for p, invariant := range map[plant]string{noFence: "I1", payloadTrusted: "I8", mailsByEvent: "I5", relativeTrial: "I2"} {
		var err error
		seed := uint64(1)
		for ; seed <= 10 && err == nil; seed++ {
			_, err = run(t.Context(), g, seed, p, 8)
		}
		if err == nil {
			t.Errorf("%s: not found in ten seeds", p)
			continue
		}
		if !strings.Contains(err.Error(), invariant+" does not hold") {
			t.Errorf("%s: found by another than %s: %v", p, invariant, err)
		}
		if _, again := run(t.Context(), g, seed-1, p, 8); again == nil || again.Error() != err.Error() {
			t.Errorf("%s: the line that reproduces it finds %v", p, again)
		}
		t.Logf("%s: %v", p, err)
	}
}
