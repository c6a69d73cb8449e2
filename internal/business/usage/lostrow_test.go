package usage_test

import (
	"testing"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// lose deletes a counter's row, as a mistake of ours would.
func (w *world) lose(t *testing.T, m plan.Metric, start string) {
	t.Helper()
	w.Exec(t, `DELETE FROM app.usage_counters WHERE org_id = $1 AND metric = $2 AND period_start = $3`, testkit.A.ID, string(m), start)
}

// A counter whose row is missing is made anew of what was counted: the limit holds, and no threshold is told again.
func TestCounterRowThatIsMissingIsMadeOfItsEvents(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	mistake := id.New()
	if err := w.use1(t, plan.Jobs, 48); err != nil {
		t.Fatal(err)
	}
	if err := w.consume(t, mistake); err != nil {
		t.Fatal(err)
	}
	w.Untouched(t, testkit.B, func() {
		w.lose(t, plan.Jobs, march5)
		err := w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error { _, err := usage.Void(tx, plan.Jobs, mistake); return err })
		if err != nil {
			t.Errorf("given back while the row is missing: %v", err)
		}
		for range 2 {
			if err := w.consume(t, id.New()); err != nil {
				t.Error(err)
			}
		}
		w.lose(t, plan.Jobs, march5)
		f := wantLimit(t, "one more than the plan has", w.consume(t, id.New()))
		if f.Facts["used"] != int64(50) {
			t.Errorf("told %v, want 50 used", f.Facts)
		}
	})
	if used, events := w.counted(t, march5); events != 50 || used > 50 {
		t.Errorf("the counter says %d and its events %d, want 50", used, events)
	}
	if got := w.warnings(t, plan.Jobs); len(got) != 2 {
		t.Errorf("warned at %v, want once at 80 and once at 100", got)
	}
}

// What was carried over a switch of plans is among the events: it is not carried twice.
func TestCounterRowThatIsMissingAfterASwitch(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.Exec(t, `INSERT INTO app.usage_counters (org_id, metric, period_start, period_end, used) VALUES ($1, 'jobs', '2026-02-28T00:00:00Z', '2026-03-28T00:00:00Z', 7)`, testkit.A.ID)
	for range 2 { // carries 7 the first time
		if err := w.consume(t, id.New()); err != nil {
			t.Fatal(err)
		}
		w.lose(t, plan.Jobs, march5)
	}
	if err := w.consume(t, id.New()); err != nil {
		t.Fatal(err)
	}
	if used, events := w.counted(t, march5); used != 10 || events != 10 {
		t.Errorf("the counter says %d and its events %d, want 7 and three", used, events)
	}
}

// Of API calls what processes were granted is all that there is to make the counter of.
func TestCounterRowOfCallsThatIsMissing(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.limited(plan.APICalls, 300)
	one, other := usage.NewCalls(w.App, w.meter), usage.NewCalls(w.App, w.meter)
	spent := w.spend(t, one, 120)
	w.lose(t, plan.APICalls, march5)
	spent += w.spend(t, other, 1000)
	w.lose(t, plan.APICalls, march5)
	spent += w.spend(t, one, 1000)
	if spent != 300 || w.charged(t) != 300 {
		t.Errorf("%d calls were let through and %d are charged, want 300", spent, w.charged(t))
	}
}

// A level whose row is missing is found at night; until then it keeps nobody from giving something back.
func TestLevelRowThatIsMissing(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Growth, "2026-03-20T12:00:00Z")
	w.Exec(t, `DELETE FROM app.usage_levels WHERE org_id = $1 AND metric = 'users'`, testkit.A.ID)
	level := func() int {
		return testkit.Value[int](t, w.Database, `SELECT coalesce(sum(used), -1)::int FROM app.usage_levels WHERE org_id = $1 AND metric = 'users'`, testkit.A.ID)
	}
	var drifts []plan.Metric
	w.Untouched(t, testkit.B, func() {
		if err := w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error { return usage.Shrink(tx, plan.Users) }); err != nil {
			t.Errorf("somebody leaves: %v", err)
		}
		w.reconcile(t, w.auditor(&[]id.ID{}, 5, &drifts))
	})
	if level() != 5 || len(drifts) != 1 {
		t.Errorf("the level says %d, drifts of %v, want 5 and one", level(), drifts)
	}
	if got := w.reasons(t); len(got) != 1 || got[0] != "users 5: the level said 0 and there are 5" {
		t.Errorf("written down %q", got)
	}
	w.Exec(t, `UPDATE app.usage_levels SET used = 0 WHERE org_id = $1 AND metric = 'users'`, testkit.A.ID)
	if err := w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error { return usage.ShrinkBy(tx, plan.Users, 3) }); err != nil || level() != 0 {
		t.Errorf("below what is counted: %v, the level says %d", err, level())
	}
}
