package usage_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/testkit"
)

var march20 = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)

// spend makes n calls, or fewer when the plan has no more.
func (w *world) spend(t *testing.T, c *usage.Calls, n int) (spent int) {
	t.Helper()
	for range n {
		err := c.Spend(t.Context(), w.a, march20)
		if fault.Is(err, fault.LimitReached) {
			return spent
		}
		if err != nil {
			t.Fatal(err)
		}
		spent++
	}
	return spent
}

func (w *world) charged(t *testing.T) int {
	t.Helper()
	return testkit.Value[int](t, w.Database, `SELECT coalesce(sum(used), 0)::int FROM app.usage_counters WHERE org_id = $1 AND metric = 'api_calls' AND period_start = $2`, testkit.A.ID, march5)
}

func TestCallsAreCountedInBlocksAndGivenBack(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	c := usage.NewCalls(w.App, w.meter)
	w.CallsUntouched(t, testkit.B, func() {
		if n := w.spend(t, c, 1234); n != 1234 {
			t.Fatalf("%d calls of 10,000 were let through, want all 1234", n)
		}
		if n := w.charged(t); n < 1234 || n > 1234+100 {
			t.Errorf("%d are charged for 1234 calls, want at most a block more", n)
		}
		if err := c.Beat(t.Context()); err != nil { // busy: kept
			t.Fatal(err)
		}
		if err := c.Beat(t.Context()); err != nil { // idle: given back
			t.Fatal(err)
		}
	})
	if n := w.charged(t); n != 1234 {
		t.Errorf("after giving back %d are charged, want 1234", n)
	}
	if n := w.spend(t, c, 66); n != 66 {
		t.Errorf("after giving back %d calls, want 66", n)
	}
}

func TestOneWriteForFiftyCalls(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Enterprise, "2026-03-20T12:00:00Z")
	c := usage.NewCalls(w.App, w.meter)
	w.spend(t, c, 10)
	commits := func() int {
		return testkit.Value[int](t, w.Database, `SELECT (granted / 100 * 2)::int FROM app.usage_leases WHERE org_id = $1 AND metric = 'api_calls' AND period_start = $2`, testkit.A.ID, march5)
	}
	before := commits()
	w.spend(t, c, 5000)
	if n := commits() - before; n > 101 {
		t.Errorf("%d writes for 5000 calls, want one for 50", n)
	}
}

// Many processes at once, some of which die with what they hold: never more calls than the limit, and what the dead had
// not said they would spend is had by the living.
func TestNoCrashLetsMoreThrough(t *testing.T) {
	t.Parallel()
	runs := 10
	if long() {
		runs = 100
	}
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.limited(plan.APICalls, 500)
	overshoot, lost := 0, 0
	for run := range runs {
		w.at(t, "2026-03-20T12:00:00Z")
		w.Exec(t, `DELETE FROM app.usage_leases WHERE org_id = $1`, testkit.A.ID)
		w.Exec(t, `DELETE FROM app.usage_counters WHERE org_id = $1 AND metric = 'api_calls'`, testkit.A.ID)
		var spent atomic.Int64
		dice := rand.New(rand.NewPCG(uint64(run), 7))
		var wg sync.WaitGroup
		for range 3 {
			lives := make([]int, 4) // each process dies after so many calls, and another begins
			for i := range lives {
				lives[i] = dice.IntN(70)
			}
			wg.Go(func() {
				for _, n := range lives {
					spent.Add(int64(w.spend(t, usage.NewCalls(w.App, w.meter), n)))
				}
			})
		}
		wg.Wait()
		w.at(t, "2026-03-20T12:02:00Z") // longer than a lease is believed
		last := usage.NewCalls(w.App, w.meter)
		spent.Add(int64(w.spend(t, last, 1000)))
		if n := int(spent.Load()); n > 500 {
			overshoot++
			t.Errorf("run %d: %d calls were let through at a limit of 500", run, n)
		} else {
			lost = max(lost, 500-n)
		}
		if n := w.charged(t); n > 500 {
			t.Errorf("run %d: %d are charged", run, n)
		}
	}
	if lost > 12*50 {
		t.Errorf("%d calls were lost to crashes, want at most what 12 processes had said they would spend", lost)
	}
	t.Logf("%d runs of 12 crashes: overshoot in %d, at most %d calls of 500 lost", runs, overshoot, lost)
}

// A process that was taken for dead goes on: what it had said it would spend is still its own, and nothing else.
func TestAProcessTakenForDeadSpendsNothingTwice(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.limited(plan.APICalls, 300)
	sleeper, other := usage.NewCalls(w.App, w.meter), usage.NewCalls(w.App, w.meter)
	spent := w.spend(t, sleeper, 3)
	w.at(t, "2026-03-20T12:02:00Z")
	spent += w.spend(t, other, 1000)
	spent += w.spend(t, sleeper, 1000)
	if spent > 300 || spent < 250 {
		t.Errorf("%d calls were let through at a limit of 300", spent)
	}
}

func TestTheLastCallsAreRefusedWithTheFactsOfTheLimit(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.limited(plan.APICalls, 40)
	c := usage.NewCalls(w.App, w.meter)
	if n := w.spend(t, c, 100); n != 40 {
		t.Errorf("one process let %d calls through, want all 40", n)
	}
	for range 2 { // and again, from memory
		f := wantLimit(t, "one too many", c.Spend(t.Context(), w.a, march20))
		if f.Facts["metric"] != "api_calls" || f.Facts["limit"] != int64(40) || f.Facts["used"] != int64(40) || f.Facts["resets_at"] != april5 || f.Facts["upgrade_url"] == "" || f.RetryAfter != 0 {
			t.Errorf("told %v, retry after %v", f.Facts, f.RetryAfter)
		}
	}
	if got := w.warnings(t, plan.APICalls); len(got) != 2 {
		t.Errorf("warned at %v, want at 80 and 100", got)
	}
	// With the next period it goes on.
	w.at(t, "2026-04-06T12:00:00Z")
	if err := c.Spend(t.Context(), w.a, time.Date(2026, 4, 6, 12, 0, 0, 0, time.UTC)); err != nil {
		t.Errorf("in the next period: %v", err)
	}
}
