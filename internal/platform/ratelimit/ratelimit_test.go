package ratelimit

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var began = time.Date(2026, 1, 5, 15, 0, 0, 0, time.UTC)

func TestABurstThenTheRate(t *testing.T) {
	t.Parallel()
	now := began
	l := New(Rate{PerSecond: 2, Burst: 3}, 10, func() time.Time { return now })
	for n := range 3 {
		if _, ok := l.Take("a", 1); !ok {
			t.Fatalf("deed %d of the burst is refused", n+1)
		}
	}
	wait, ok := l.Take("a", 1)
	if ok || wait != 500*time.Millisecond {
		t.Errorf("the fourth: %v, wait %v, want it refused for 500 ms", ok, wait)
	}
	if _, ok := l.Take("b", 3); !ok {
		t.Error("another key is refused")
	}
	now = now.Add(wait - 1)
	if _, ok := l.Take("a", 1); ok {
		t.Error("carried out a nanosecond too early")
	}
	now = now.Add(1)
	if _, ok := l.Take("a", 1); !ok {
		t.Error("refused after the wait that was told")
	}
	now = now.Add(time.Hour)
	if _, ok := l.Take("a", 4); ok {
		t.Error("more than a burst was spent at once after an hour's rest")
	}
	if _, ok := l.Take("a", 3); !ok {
		t.Error("the refused deed spent something")
	}
}

// spendAll tries deeds at the given distances and fails when any stretch of time saw more than burst + rate·t.
func spendAll(t *testing.T, r Rate, gaps []time.Duration, costs []int) {
	t.Helper()
	type deed struct {
		at   time.Time
		cost int
	}
	var done []deed
	var full time.Time
	now := began
	for i, gap := range gaps {
		now = now.Add(gap)
		next, wait, ok := r.Take(full, now, costs[i])
		if !ok {
			if costs[i] <= r.Burst {
				if _, _, later := r.Take(next, now.Add(wait), costs[i]); !later {
					t.Fatalf("%+v: refused again after the wait of %v", r, wait)
				}
			}
			if next.Before(full) {
				t.Fatalf("%+v: a refusal gave something back", r)
			}
			continue
		}
		full = next
		done = append(done, deed{now, costs[i]})
	}
	for i := range done {
		spent := 0
		for j := i; j < len(done); j++ {
			spent += done[j].cost
			stretch := done[j].at.Sub(done[i].at)
			if most := float64(r.Burst) + stretch.Seconds()*float64(r.PerSecond); float64(spent) > most+1e-6 {
				t.Fatalf("%+v: %d spent in %v, want at most %.3f", r, spent, stretch, most)
			}
		}
	}
}

func TestNeverMoreThanBurstAndRate(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2_000 {
		r := Rate{PerSecond: 1 + random.IntN(1_000), Burst: 1 + random.IntN(200)}
		n := 1 + random.IntN(60)
		gaps, costs := make([]time.Duration, n), make([]int, n)
		for i := range n {
			gaps[i] = time.Duration(random.Int64N(int64(2*time.Second) >> random.IntN(30)))
			costs[i] = 1 + random.IntN(r.Burst+1)
		}
		spendAll(t, r, gaps, costs)
	}
}

func FuzzNeverMoreThanBurstAndRate(f *testing.F) {
	f.Add(uint16(50), uint16(150), []byte{0, 0, 0, 200, 7})
	f.Add(uint16(1), uint16(1), []byte{255, 255, 1})
	f.Add(uint16(999), uint16(3), []byte{1, 2, 3, 4, 5, 6, 7, 8})
	f.Fuzz(func(t *testing.T, perSecond, burst uint16, deeds []byte) {
		if len(deeds) > 300 {
			deeds = deeds[:300]
		}
		r := Rate{PerSecond: max(1, int(perSecond)), Burst: max(1, int(burst))}
		gaps, costs := make([]time.Duration, len(deeds)), make([]int, len(deeds))
		for i, b := range deeds {
			gaps[i] = time.Duration(b>>3) * time.Duration(b>>3) * time.Millisecond
			costs[i] = 1 + int(b&7)
		}
		spendAll(t, r, gaps, costs)
	})
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	now := began
	l := New(Rate{PerSecond: 1, Burst: 1}, 100, func() time.Time { return now })
	for n := range 10_000 {
		if _, ok := l.Take(strconv.Itoa(n), 1); !ok {
			t.Fatalf("key %d was never seen and is refused", n)
		}
		if l.Known() > 100 {
			t.Fatalf("%d keys are remembered, want at most 100", l.Known())
		}
	}
	now = now.Add(time.Minute)
	l.Take("one more", 1)
	if l.Known() != 1 {
		t.Errorf("%d keys are remembered after everybody had everything back, want the newest alone", l.Known())
	}
}

func TestManyAtOnceSpendTheBurstOnce(t *testing.T) {
	t.Parallel()
	l := New(Rate{PerSecond: 1, Burst: 100}, 10, func() time.Time { return began })
	var done atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 20 {
				if _, ok := l.Take("a", 1); ok {
					done.Add(1)
				}
			}
		})
	}
	all.Wait()
	if done.Load() != 100 {
		t.Errorf("%d deeds were carried out, want the burst of 100", done.Load())
	}
}

func BenchmarkTake(b *testing.B) {
	l := New(Rate{PerSecond: 1_000, Burst: 1_000}, 100_000, time.Now)
	for n := range b.N {
		l.Take(strconv.Itoa(n%1_000_000), 1)
	}
}
