package usage_test

import (
	"os"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/mortal"
)

func TestMain(m *testing.M) {
	if mortal.Role() == spender {
		os.Exit(spendUntilKilled())
	}
	os.Exit(testkit.Main(m))
}

type world struct {
	*testkit.Database
	a     tenancy.Actor
	meter usage.Meter
}

// setup stands at a time with A on a plan. A's periods begin on the fifth of the month, 9 AM in Chicago.
func setup(t *testing.T, on plan.Key, at string) *world {
	t.Helper()
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Database: testkit.NewDatabase(t), meter: usage.Meter{Queue: queue}}
	w.at(t, at)
	w.Exec(t, `UPDATE app.organizations SET plan = $2 WHERE org_id = $1`, testkit.A.ID, string(on))
	a, err := tenancy.InTask(t.Context(), w.App, testkit.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	w.a = a
	return w
}

func (w *world) at(t *testing.T, at string) {
	t.Helper()
	w.Exec(t, `UPDATE platform.clock SET movable = true, ahead = make_interval(secs => extract(epoch FROM $1::timestamptz - now()))`, at)
}

func (w *world) consume(t *testing.T, record id.ID) error {
	t.Helper()
	return w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error {
		return w.meter.Consume(tx, w.a, usage.Use{Metric: plan.Jobs, Quantity: 1, RecordType: "job", RecordID: record})
	})
}

// use puts the current period's counter to n, without its events.
func (w *world) use(t *testing.T, n int, start, end string) {
	t.Helper()
	w.Exec(t, `INSERT INTO app.usage_counters (org_id, metric, period_start, period_end, used) VALUES ($1, 'jobs', $2, $3, $4)`, testkit.A.ID, start, end, n)
}

func (w *world) counted(t *testing.T, start string) (used, events int) {
	t.Helper()
	used = testkit.Value[int](t, w.Database, `SELECT coalesce(sum(used), 0)::int FROM app.usage_counters WHERE org_id = $1 AND metric = 'jobs' AND period_start = $2`, testkit.A.ID, start)
	events = testkit.Value[int](t, w.Database, `SELECT coalesce(sum(quantity), 0)::int FROM app.usage_events WHERE org_id = $1 AND metric = 'jobs' AND period_start = $2`, testkit.A.ID, start)
	return used, events
}

func wantLimit(t *testing.T, what string, err error) *fault.Error {
	t.Helper()
	f := fault.As(err)
	if err == nil || f.Kind != fault.LimitReached || f.Code != "plan-limit-reached" {
		t.Errorf("%s: got %v, want fault plan-limit-reached", what, err)
	}
	return f
}

const (
	march5 = "2026-03-05T15:00:00Z" // 9 AM in winter
	april5 = "2026-04-05T14:00:00Z" // 9 AM in summer
	may5   = "2026-05-05T14:00:00Z"
)

// Starter has 50 jobs a month. 40 ask at once when 30 are used: 20 are counted, 20 refused.
func TestLimitIsExactUnderConcurrency(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.use(t, 30, march5, april5)
	var counted, refused int
	var mu sync.Mutex
	var wg sync.WaitGroup
	w.Untouched(t, testkit.B, func() {
		for range 40 {
			wg.Go(func() {
				err := w.consume(t, id.New())
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					counted++
					return
				}
				wantLimit(t, "one too many", err)
				refused++
			})
		}
		wg.Wait()
	})
	used, events := w.counted(t, march5)
	if counted != 20 || refused != 20 || used != 50 || events != 20 {
		t.Errorf("%d counted, %d refused, the counter says %d and its new events %d: want 20, 20, 50, 20", counted, refused, used, events)
	}
}

// The first of a period, counted by many at once, makes one row.
func TestFirstOfAPeriodIsCountedExactly(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Growth, "2026-03-20T12:00:00Z")
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if err := w.consume(t, id.New()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if used, events := w.counted(t, march5); used != 40 || events != 40 {
		t.Errorf("the counter says %d, its events %d, want 40 of both", used, events)
	}
}

func TestCounterBeginsAnewWithThePeriod(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-04-05T13:55:00Z")
	w.use(t, 50, march5, april5)
	f := wantLimit(t, "the last minutes of the full period", w.consume(t, id.New()))
	if f.Facts["resets_at"] != april5 || f.Facts["limit"] != int64(50) {
		t.Errorf("told %v, want the limit and the day on which it resets", f.Facts)
	}
	if want := "Your company used 50 of 50 jobs this month. The owner can change the plan, or it resets on Apr 5."; f.Message != want {
		t.Errorf("told %q, want %q", f.Message, want)
	}
	w.at(t, april5)
	if err := w.consume(t, id.New()); err != nil {
		t.Errorf("the first instant of the new one: %v", err)
	}
	if used, _ := w.counted(t, april5); used != 1 {
		t.Errorf("the new period has %d, want 1", used)
	}
	end := testkit.Value[time.Time](t, w.Database, `SELECT period_end FROM app.usage_counters WHERE org_id = $1 AND metric = 'jobs' AND period_start = $2`, testkit.A.ID, april5)
	if end.UTC().Format(time.RFC3339) != may5 {
		t.Errorf("it ends at %s, want %s", end.UTC().Format(time.RFC3339), may5)
	}
}

func TestWhatFailsIsNotCounted(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	_ = w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error {
		if err := w.meter.Consume(tx, w.a, usage.Use{Metric: plan.Jobs, Quantity: 1, RecordType: "job", RecordID: id.New()}); err != nil {
			t.Error(err)
		}
		return fault.Missing()
	})
	if used, events := w.counted(t, march5); used != 0 || events != 0 {
		t.Errorf("the counter says %d, its events %d, want none", used, events)
	}
}

func TestOneRecordIsCountedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	job := id.New()
	if err := w.consume(t, job); err != nil {
		t.Fatal(err)
	}
	if err := w.consume(t, job); err == nil {
		t.Error("the same job was counted twice")
	}
	if used, events := w.counted(t, march5); used != 1 || events != 1 {
		t.Errorf("the counter says %d, its events %d, want 1 and 1", used, events)
	}
}

func TestQuotesAreCountedWithoutALimit(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-01-20T12:00:00Z")
	w.Exec(t, `UPDATE app.usage_counters SET used = 1000000 WHERE org_id = $1 AND metric = 'quotes'`, testkit.A.ID)
	err := w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error {
		return w.meter.Consume(tx, w.a, usage.Use{Metric: plan.Quotes, Quantity: 1, RecordType: "quote", RecordID: id.New()})
	})
	if n := testkit.Value[int](t, w.Database, `SELECT used::int FROM app.usage_counters WHERE org_id = $1 AND metric = 'quotes'`, testkit.A.ID); err != nil || n != 1_000_001 {
		t.Errorf("counted %d, %v, want 1000001", n, err)
	}
}

func TestLevelsGrowToTheLimitAndShrink(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Growth, "2026-03-20T12:00:00Z")
	grow := func() error {
		return w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error { return w.meter.Grow(tx, w.a, plan.Users) })
	}
	w.Untouched(t, testkit.B, func() {
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := grow(); err != nil {
					wantLimit(t, "one too many", err)
				}
			})
		}
		wg.Wait()
		level := func() int {
			return testkit.Value[int](t, w.Database, `SELECT used::int FROM app.usage_levels WHERE org_id = $1 AND metric = 'users'`, testkit.A.ID)
		}
		if n := level(); n != 10 {
			t.Errorf("the level is %d, want 10", n)
		}
		if err := w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error { return usage.Shrink(tx, plan.Users) }); err != nil {
			t.Fatal(err)
		}
		if err := grow(); err != nil || level() != 10 {
			t.Errorf("after one left: %v, level %d, want room for one", err, level())
		}
	})
}

func TestStandingsSayWhatIsUsedOfWhat(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.use(t, 7, march5, april5)
	w.use(t, 50, "2026-02-05T15:00:00Z", march5)
	var used map[plan.Metric]int64
	now, err := w.App.Read(t.Context(), w.a.Tenant(), func(r *pg.Reading) { usage.QueueStandings(r, w.a.Tenant(), &used) })
	if err != nil {
		t.Fatal(err)
	}
	got := map[plan.Metric]usage.Standing{}
	for _, s := range usage.Standings(w.a, used, now) {
		got[s.Metric] = s
	}
	if j := got[plan.Jobs]; j.Used != 7 || j.Limit != 50 || j.ResetsAt == nil || j.ResetsAt.UTC().Format(time.RFC3339) != april5 {
		t.Errorf("jobs: %+v, want 7 of 50 until %s", j, april5)
	}
	if u := got[plan.Users]; u.Used != 6 || u.Limit != 1 || u.ResetsAt != nil {
		t.Errorf("users: %+v, want 6 of 1, which never resets", u)
	}
}
