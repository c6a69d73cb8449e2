package usage_test

import (
	"testing"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// auditor compares jobs with the given rows and people with a number.
func (w *world) auditor(rows *[]id.ID, people int64, drifts *[]plan.Metric) *usage.Auditor {
	return &usage.Auditor{DB: w.App, Drifted: func(m plan.Metric) { *drifts = append(*drifts, m) },
		Counted: map[plan.Metric]usage.Counted{plan.Jobs: {RecordType: "job", List: func(*pg.OrgTx, plan.Period) ([]id.ID, error) { return *rows, nil }}},
		Levels:  map[plan.Metric]func(*pg.OrgTx) (int64, error){plan.Users: func(*pg.OrgTx) (int64, error) { return people, nil }}}
}

func (w *world) reconcile(t *testing.T, s *usage.Auditor) {
	t.Helper()
	if err := s.Reconcile(t.Context(), w.a); err != nil {
		t.Fatal(err)
	}
}

func (w *world) reasons(t *testing.T) []string {
	t.Helper()
	return testkit.Values[string](t, w.Database, `SELECT metric || ' ' || quantity || ': ' || reason FROM app.usage_events WHERE org_id = $1 AND kind = 'correction' ORDER BY metric, id`, testkit.A.ID)
}

func TestWhatAgreesIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.Exec(t, `DELETE FROM app.usage_leases WHERE org_id = $1`, testkit.A.ID) // of January: swept once
	var rows []id.ID
	for range 5 {
		job := id.New()
		rows = append(rows, job)
		if err := w.consume(t, job); err != nil {
			t.Fatal(err)
		}
	}
	c := usage.NewCalls(w.App, w.meter)
	w.spend(t, c, 250)
	var drifts []plan.Metric
	s := w.auditor(&rows, 6, &drifts)
	w.Untouched(t, testkit.A, func() { w.Untouched(t, testkit.B, func() { w.reconcile(t, s) }) })
	rows = rows[:2] // three were deleted: nothing is given back
	w.Untouched(t, testkit.A, func() { w.reconcile(t, s) })
	if len(drifts) != 0 {
		t.Errorf("drifts of %v", drifts)
	}
}

func TestDriftIsRepairedAndWrittenDown(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	rows := []id.ID{id.New(), id.New(), id.New()}
	for _, job := range rows[:2] {
		if err := w.consume(t, job); err != nil {
			t.Fatal(err)
		}
	}
	w.Exec(t, `UPDATE app.usage_counters SET used = used + 30 WHERE org_id = $1 AND metric = 'jobs' AND period_start = $2`, testkit.A.ID, march5)
	w.Exec(t, `UPDATE app.usage_levels SET used = 9 WHERE org_id = $1 AND metric = 'users'`, testkit.A.ID)
	var drifts []plan.Metric
	s := w.auditor(&rows, 6, &drifts)
	w.Untouched(t, testkit.B, func() { w.reconcile(t, s) })
	if used, events := w.counted(t, march5); used != 3 || events != 3 {
		t.Errorf("the counter says %d and its events %d, want 3 of both", used, events)
	}
	want := []string{"jobs 1: was not counted", "jobs 0: the counter said 33 and its events 3", "users -3: the level said 9 and there are 6"}
	if got := w.reasons(t); len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] || len(drifts) != 3 {
		t.Errorf("written down %q, %d drifts, want %q", got, len(drifts), want)
	}
	if n := testkit.Value[int](t, w.Database, `SELECT used::int FROM app.usage_levels WHERE org_id = $1 AND metric = 'users'`, testkit.A.ID); n != 6 {
		t.Errorf("the level says %d, want 6", n)
	}
	w.Untouched(t, testkit.A, func() { w.reconcile(t, s) }) // and then it agrees
}

// A repair never brings a company to its limit that was not there: it was our mistake.
func TestNoRepairLocksOut(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	rows := make([]id.ID, 80)
	for i := range rows {
		rows[i] = id.New()
	}
	w.use(t, 45, march5, april5)
	w.Exec(t, `INSERT INTO app.usage_events (org_id, id, metric, quantity, record_type, record_id, at, period_start)
		VALUES ($1, gen_random_uuid(), 'jobs', 45, 'job', gen_random_uuid(), app.now(), $2)`, testkit.A.ID, march5)
	var drifts []plan.Metric
	s := w.auditor(&rows, 6, &drifts)
	w.reconcile(t, s)
	if used, events := w.counted(t, march5); used != 49 || events != 49 {
		t.Errorf("the counter says %d and its events %d, want one below the limit", used, events)
	}
	if err := w.consume(t, id.New()); err != nil {
		t.Errorf("after the repair one more is refused: %v", err)
	}
	w.Exec(t, `UPDATE app.usage_counters SET used = 10 WHERE org_id = $1 AND metric = 'jobs' AND period_start = $2`, testkit.A.ID, march5)
	w.reconcile(t, s)
	if used, events := w.counted(t, march5); used != 49 || events != 49 {
		t.Errorf("a counter that said too little: %d and events %d, want 49", used, events)
	}
	w.Untouched(t, testkit.A, func() { w.reconcile(t, s) })
}
