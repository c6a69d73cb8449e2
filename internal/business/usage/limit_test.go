package usage_test

import (
	"math"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// long asks for the full numbers: FENCE_USAGE=long.
func long() bool { return os.Getenv("FENCE_USAGE") == "long" }

// limited is A with another limit of a metric, as an override gives it.
func (w *world) limited(m plan.Metric, to int64) {
	w.a.Org.Standing.Overrides = append(w.a.Org.Standing.Overrides, tenancy.Override{Kind: tenancy.OverrideLimit, Subject: string(m), Limit: to})
}

func (w *world) use1(t *testing.T, m plan.Metric, n int64) error {
	t.Helper()
	return w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error {
		return w.meter.Consume(tx, w.a, usage.Use{Metric: m, Quantity: n, RecordType: "thing", RecordID: id.New()})
	})
}

func (w *world) warnings(t *testing.T, m plan.Metric) []int32 {
	t.Helper()
	return testkit.Values[int32](t, w.Database, `SELECT percent::int FROM app.usage_warnings WHERE org_id = $1 AND metric = $2 AND at > '2026-02-01' ORDER BY 1`, testkit.A.ID, string(m))
}

func (w *world) mailTasks(t *testing.T) int {
	t.Helper()
	return testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM tasks.river_job WHERE kind = 'usage_warning'`)
}

// Twice as many ask as there is room for, over many connections: exactly the limit is counted, and each threshold is
// told once.
func TestExactlyTheLimitAndOneWarningEach(t *testing.T) {
	t.Parallel()
	attempts, limit, connections := 200, 100, 20
	if long() {
		attempts, limit, connections = 2000, 1000, 40
	}
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.limited(plan.Jobs, int64(limit))
	pool, err := pg.Open(t.Context(), w.URL("fence_app"), pg.Options{ContextKeys: testkit.ContextKeys, MaxConns: connections})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var counted, refused atomic.Int64
	began := time.Now()
	w.Untouched(t, testkit.B, func() {
		var wg sync.WaitGroup
		turns := make(chan struct{}, attempts)
		for range attempts {
			turns <- struct{}{}
		}
		close(turns)
		for range connections {
			wg.Go(func() {
				for range turns {
					err := pool.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error {
						return w.meter.Consume(tx, w.a, usage.Use{Metric: plan.Jobs, Quantity: 1, RecordType: "job", RecordID: id.New()})
					})
					switch {
					case err == nil:
						counted.Add(1)
					case fault.Is(err, fault.LimitReached):
						refused.Add(1)
					default:
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	})
	used, events := w.counted(t, march5)
	if int(counted.Load()) != limit || int(refused.Load()) != attempts-limit || used != limit || events != limit {
		t.Errorf("%d counted and %d refused, counter %d, events %d, want %d of %d", counted.Load(), refused.Load(), used, events, limit, attempts)
	}
	if got := w.warnings(t, plan.Jobs); len(got) != 2 || got[0] != 80 || got[1] != 100 || w.mailTasks(t) != 2 {
		t.Errorf("warned at %v with %d mails, want once at 80 and once at 100", got, w.mailTasks(t))
	}
	t.Logf("%d attempts at a limit of %d over %d connections: %v", attempts, limit, connections, time.Since(began).Round(time.Millisecond))
}

func TestEdgesOfLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what    string
		limit   int64
		before  int64
		ask     int64
		counted bool
	}{
		{"nothing may be used", 0, 0, 1, false},
		{"a negative override is nothing", -7, 0, 1, false},
		{"the last", 10, 9, 1, true},
		{"more than is left", 10, 9, 2, false},
		{"all at once", 10, 0, 10, true},
		{"more than there are numbers", 10, 3, math.MaxInt64, false},
		{"up to the largest number", plan.Unlimited, math.MaxInt64 - 5, 5, true},
		{"past the largest number", plan.Unlimited, math.MaxInt64 - 5, 6, false},
		{"a limit of the largest number", math.MaxInt64, math.MaxInt64 - 5, 5, true},
		{"over it since a downgrade", 10, 300, 1, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
			w.limited(plan.Jobs, c.limit)
			w.Exec(t, `INSERT INTO app.usage_counters (org_id, metric, period_start, period_end, used) VALUES ($1, 'jobs', $2, $3, $4)`, testkit.A.ID, march5, april5, c.before)
			err := w.use1(t, plan.Jobs, c.ask)
			after := testkit.Value[int64](t, w.Database, `SELECT used FROM app.usage_counters WHERE org_id = $1 AND metric = 'jobs' AND period_start = $2`, testkit.A.ID, march5)
			if c.counted {
				if err != nil || after != c.before+c.ask {
					t.Errorf("%v, the counter says %d", err, after)
				}
				return
			}
			f := wantLimit(t, c.what, err)
			if after != c.before || f.Facts["used"] != c.before {
				t.Errorf("the counter says %d, told %v", after, f.Facts)
			}
		})
	}
}

func TestAQuantityBelowOneIsOurMistake(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	for _, n := range []int64{0, -1, math.MinInt64} {
		if err := w.use1(t, plan.Jobs, n); err == nil || fault.As(err).Kind != fault.Internal {
			t.Errorf("%d: %v", n, err)
		}
	}
}

// Two metrics are counted together or not at all.
func TestSeveralUsesAreOneDeed(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.use(t, 50, march5, april5)
	err := w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error {
		return w.meter.Consume(tx, w.a, usage.Use{Metric: plan.Quotes, Quantity: 3, RecordType: "quote", RecordID: id.New()},
			usage.Use{Metric: plan.Jobs, Quantity: 1, RecordType: "job", RecordID: id.New()})
	})
	wantLimit(t, "jobs are full", err)
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.usage_counters WHERE org_id = $1 AND metric = 'quotes' AND period_start = $2`, testkit.A.ID, march5); n != 0 {
		t.Error("quotes were counted alone")
	}
}

// Clocks of two requests may stand on either side of a boundary: each is counted in its own period.
func TestTwoPeriodsAtOnceAndTheClockSetBack(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, april5)
	for _, at := range []string{"2026-04-05T14:00:01Z", "2026-04-05T13:59:59Z", "2026-04-05T14:00:02Z", "2026-02-10T00:00:00Z"} {
		w.at(t, at)
		if err := w.consume(t, id.New()); err != nil {
			t.Errorf("at %s: %v", at, err)
		}
	}
	for start, want := range map[string]int{"2026-02-05T15:00:00Z": 1, march5: 1, april5: 2} {
		if used, events := w.counted(t, start); used != want || events != want {
			t.Errorf("the period of %s has %d and %d events, want %d", start, used, events, want)
		}
	}
}

// A plan with a new anchor closes the period early: what was used in it counts on, however often plans are switched.
func TestASwitchOfPlansGivesNothingBack(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	for range 7 {
		if err := w.consume(t, id.New()); err != nil {
			t.Fatal(err)
		}
	}
	for i, anchor := range []string{"2026-03-20T12:00:00Z", "2026-03-21T12:00:00Z"} {
		w.at(t, anchor)
		w.Exec(t, `UPDATE app.organizations SET period_anchor = $2, period_since = $2, former_anchor = period_anchor, former_zone = time_zone, former_since = period_since
			WHERE org_id = $1`, testkit.A.ID, anchor)
		a, err := tenancy.InTask(t.Context(), w.App, testkit.A.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.a = a
		if err := w.consume(t, id.New()); err != nil {
			t.Fatal(err)
		}
		if used, events := w.counted(t, anchor); used != 8+i || events != 8+i {
			t.Errorf("after switch %d the counter says %d and its events %d, want %d", i+1, used, events, 8+i)
		}
	}
	w.at(t, "2026-04-21T12:00:00Z")
	if err := w.consume(t, id.New()); err != nil {
		t.Fatal(err)
	}
	if used, _ := w.counted(t, "2026-04-21T12:00:00Z"); used != 1 {
		t.Errorf("a month later the counter says %d, want 1", used)
	}
}

// What was made by mistake gives its quota back within a quarter of an hour, once, however many ask.
func TestVoidGivesBackOnce(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	job, old := id.New(), id.New()
	for _, j := range []id.ID{old, job} {
		if err := w.consume(t, j); err != nil {
			t.Fatal(err)
		}
	}
	w.Exec(t, `UPDATE app.usage_events SET at = at - interval '15 minutes' WHERE org_id = $1 AND record_id = $2`, testkit.A.ID, old)
	var given atomic.Int64
	void := func(j id.ID) {
		err := w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error {
			ok, err := usage.Void(tx, plan.Jobs, j)
			if ok {
				given.Add(1)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	w.Untouched(t, testkit.B, func() {
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { void(job) })
			wg.Go(func() { void(old) })
			wg.Go(func() { void(id.New()) })
		}
		wg.Wait()
	})
	if used, events := w.counted(t, march5); given.Load() != 1 || used != 1 || events != 1 {
		t.Errorf("given back %d times, the counter says %d and its events %d, want 1 of each", given.Load(), used, events)
	}
	if err := w.consume(t, job); err == nil {
		t.Error("what was voided is counted again")
	}
}

// Used, given back and used again is told once.
func TestAThresholdCrossedAgainIsNotToldAgain(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.limited(plan.Jobs, 5)
	for range 3 {
		if err := w.use1(t, plan.Jobs, 1); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		job := id.New()
		if err := w.consume(t, job); err != nil {
			t.Fatal(err)
		}
		if err := w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error { _, err := usage.Void(tx, plan.Jobs, job); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.warnings(t, plan.Jobs); len(got) != 1 || w.mailTasks(t) != 1 {
		t.Errorf("warned at %v with %d mails, want once at 80", got, w.mailTasks(t))
	}
	if err := w.use1(t, plan.Jobs, 2); err != nil {
		t.Fatal(err)
	}
	if got := w.warnings(t, plan.Jobs); len(got) != 2 || w.mailTasks(t) != 2 {
		t.Errorf("warned at %v with %d mails, want at 100 too", got, w.mailTasks(t))
	}
}

// Both thresholds in one step are two warnings and one mail.
func TestOneStepOverBothThresholdsIsOneMail(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	if err := w.use1(t, plan.Jobs, 50); err != nil {
		t.Fatal(err)
	}
	if got := w.warnings(t, plan.Jobs); len(got) != 2 || w.mailTasks(t) != 1 {
		t.Errorf("warned at %v with %d mails, want both with one", got, w.mailTasks(t))
	}
}
