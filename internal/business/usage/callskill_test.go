package usage_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/mortal"
)

// spender is the role of a process that spends calls of A until it is killed or the plan has no more.
const spender = "spend API calls"

// atOnce is how many requests such a process answers at the same time: so many calls may be let through of which it says
// nothing, because it is killed in between.
const atOnce = 2

// spendUntilKilled says a line for each call that it let through.
func spendUntilKilled() int {
	if err := spendAll(context.Background(), os.Getenv("SPEND_FROM"), os.Getenv("SPEND_LIMIT")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func spendAll(ctx context.Context, url, limit string) error {
	most, err := strconv.ParseInt(limit, 10, 64)
	if err != nil {
		return err
	}
	db, err := pg.Open(ctx, url, pg.Options{ContextKeys: testkit.ContextKeys, MaxConns: atOnce})
	if err != nil {
		return err
	}
	queue, err := tasks.NewQueue()
	if err != nil {
		return err
	}
	a, err := tenancy.InTask(ctx, db, testkit.A.ID)
	if err != nil {
		return err
	}
	a.Org.Standing.Overrides = append(a.Org.Standing.Overrides, tenancy.Override{Kind: tenancy.OverrideLimit, Subject: string(plan.APICalls), Limit: most})
	calls := usage.NewCalls(db, usage.Meter{Queue: queue})
	errs := make(chan error, atOnce)
	for range atOnce {
		go func() {
			for {
				if err := calls.Spend(ctx, a, march20); err != nil {
					errs <- err
					return
				}
				fmt.Println("spent") // a write of its own: what was said is out, whatever happens next
			}
		}()
	}
	for range atOnce {
		if err := <-errs; !fault.Is(err, fault.LimitReached) {
			return err
		}
	}
	return nil
}

// Processes are killed while they spend, and others take their place, until nothing is left. No more calls are let
// through than the plan has; each that was, had been written down before; of what a process holds when it is killed, at
// most half a block is lost to the company, and the rest is had by the living.
func TestKilledProcessesLetNoCallThroughTooMany(t *testing.T) {
	t.Parallel()
	kills, limits := 10, []int64{9000}
	if long() {
		kills, limits = 100, []int64{9000, 20_000, 3000}
	}
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.CallsUntouched(t, testkit.B, func() {
		for n := 0; kills > 0; n++ {
			if n == 60 {
				t.Fatalf("%d kills are missing: processes end before they are killed", kills)
			}
			r := &spendRun{world: w, limit: limits[n%len(limits)], dice: rand.New(rand.NewPCG(2026, uint64(n)))}
			r.begin(t)
			for range 4 {
				r.round(t)
			}
			kills -= int(r.killed.Load())
			r.end(t, n)
		}
	})
}

// places are how many processes live at the same time.
const places = 3

// spendRun is one month's calls, spent by processes that are killed.
type spendRun struct {
	*world
	limit  int64
	dice   *rand.Rand
	killed atomic.Int64 // that were at it
	told   atomic.Int64 // calls of which a process said that it let them through
}

func (r *spendRun) begin(t *testing.T) {
	t.Helper()
	r.at(t, "2026-03-20T12:00:00Z")
	for _, table := range []string{"usage_leases", "usage_counters", "usage_warnings"} {
		r.Exec(t, `DELETE FROM app.`+table+` WHERE org_id = $1 AND metric = 'api_calls'`, testkit.A.ID)
	}
	r.a.Org.Standing.Overrides = nil
	r.limited(plan.APICalls, r.limit)
}

// round starts a process in each place and kills it after some calls: where in a block that is, nobody chose.
func (r *spendRun) round(t *testing.T) {
	t.Helper()
	var all sync.WaitGroup
	for range places {
		after := r.dice.IntN(int(r.limit / 20))
		p := mortal.Start(t, spender, "SPEND_FROM="+r.URL("fence_app"), fmt.Sprintf("SPEND_LIMIT=%d", r.limit))
		all.Go(func() {
			heard := len(p.Lines(after))
			r.told.Add(int64(heard + len(p.Kill())))
			if p.Killed() {
				r.killed.Add(1)
			}
		})
	}
	all.Wait()
}

// end has one process spend what is left, once the dead are known to be dead, and adds up.
func (r *spendRun) end(t *testing.T, n int) {
	t.Helper()
	type sums struct{ Used, Granted, Spent int64 }
	standing := func() (s sums) {
		s.Used = int64(r.charged(t))
		s.Granted = testkit.Value[int64](t, r.Database, `SELECT coalesce(sum(granted), 0)::bigint FROM app.usage_leases WHERE org_id = $1 AND metric = 'api_calls' AND period_start = $2`, testkit.A.ID, march5)
		s.Spent = testkit.Value[int64](t, r.Database, `SELECT coalesce(sum(spent), 0)::bigint FROM app.usage_leases WHERE org_id = $1 AND metric = 'api_calls' AND period_start = $2`, testkit.A.ID, march5)
		return s
	}
	killed, told := standing(), r.told.Load()
	if killed.Used != killed.Granted || killed.Used > r.limit || told > killed.Spent {
		t.Errorf("run %d: %d calls were let through, %d were written down before, %d granted, %d charged of %d", n, told, killed.Spent, killed.Granted, killed.Used, r.limit)
	}
	r.at(t, "2026-03-20T12:02:00Z") // longer than a lease is believed
	last := usage.NewCalls(r.App, r.meter)
	all := told + int64(r.spend(t, last, int(r.limit)+1))
	if err := last.Return(t.Context()); err != nil {
		t.Fatal(err)
	}
	lost := r.limit - all
	if after := standing(); lost < 0 || after.Used != r.limit || after.Granted != r.limit || after.Spent != r.limit {
		t.Errorf("run %d: %d calls of %d were let through; %+v at the end, want the limit", n, all, r.limit, after)
	}
	if most := r.killed.Load() * (50 + atOnce); lost > most { // what was never said counts as lost here
		t.Errorf("run %d: %d calls are lost to %d kills, want at most %d", n, lost, r.killed.Load(), most)
	}
	if got := r.warnings(t, plan.APICalls); len(got) != 2 {
		t.Errorf("run %d: warned at %v, want once at 80 and once at 100", n, got)
	}
	t.Logf("run %d: %d kills at a limit of %d, %d calls until then: overshoot %d, %d calls lost", n, r.killed.Load(), r.limit, told, max(-lost, 0), max(lost, 0))
}
