package adoption_test

import (
	"bytes"
	"fmt"
	"testing"

	"fenceplatform.com/fence/internal/business/adoption"
	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/oldshop"
)

const rows = 4000

// skips holds what was skipped against what was planted, table by table.
func skips(t *testing.T, sum adoption.Summary, p oldshop.Planted) {
	t.Helper()
	if len(sum.Tables) != 6 {
		t.Fatalf("%d tables, want 6", len(sum.Tables))
	}
	for _, s := range sum.Tables {
		if s.Rows != p.Rows[s.Table] || s.Skipped != p.Bad[s.Table] || s.Taken+s.Changed+s.Skipped != s.Rows {
			t.Errorf("%s: %d rows, %d taken, %d changed, %d skipped; want %d rows and %d skipped", s.Table, s.Rows, s.Taken, s.Changed, s.Skipped, p.Rows[s.Table], p.Bad[s.Table])
		}
		if s.Taken == 0 && s.Table != "roi_calculations" || s.Changed == 0 {
			t.Errorf("%s: %d taken and %d changed: the source should have both", s.Table, s.Taken, s.Changed)
		}
	}
}

func TestDryRunJudgesEveryRowAndWritesNothing(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), oldshop.New(t, rows, 1)
	before := shop.Fingerprint(t)
	b.Untouched(t, testkit.A, func() {
		b.Untouched(t, testkit.B, func() {
			sum, report := b.preview(t, input(shop.Owner()))
			skips(t, sum, shop.Planted)
			if n := int64(len(report)) - 1; n != shop.All() {
				t.Errorf("the report has %d lines of rows, want one for each of %d", n, shop.All())
			}
			if sum.Run != 0 || sum.Written != 0 || sum.Compared != nil {
				t.Errorf("a dry run says %+v", sum)
			}
			for _, l := range report[1:] {
				if (l.Outcome == adoption.Taken) != (len(l.Notes) == 0) || l.Outcome == adoption.Skipped && l.Row == nil {
					t.Errorf("%s %s is %s with %d notes", l.Table, l.Key, l.Outcome, len(l.Notes))
				}
			}
		})
	})
	if shop.Fingerprint(t) != before {
		t.Error("the source changed")
	}
}

func TestAdoptedRowsAreAllHereAndTwiceNothingIs(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), oldshop.New(t, rows, 2)
	before, usage := shop.Fingerprint(t), b.usage(t)
	b.Untouched(t, testkit.B, func() {
		first, dry := b.preview(t, input(shop.Owner()))
		sum, report := b.adopt(t, input(shop.Owner()))
		skips(t, sum, shop.Planted)
		wantEqual(t, sum)
		var taken int64
		for _, s := range sum.Tables {
			taken += s.Taken + s.Changed
		}
		if sum.Run != 1 || sum.Written != taken || fmt.Sprint(first.Tables) != fmt.Sprint(sum.Tables) {
			t.Errorf("run %d wrote %d rows of %d; the dry run said\n%+v\nthe run\n%+v", sum.Run, sum.Written, taken, first.Tables, sum.Tables)
		}
		for i, l := range dry[1:] {
			if r := report[i+1]; r.Key != l.Key || r.Outcome != l.Outcome || r.ID != l.ID {
				t.Fatalf("the dry run says %+v, the run %+v", l, r)
			}
		}
		again, _ := b.adopt(t, input(shop.Owner()))
		wantEqual(t, again)
		if again.Run != 2 || again.Written != 0 {
			t.Errorf("run %d wrote %d rows, want none", again.Run, again.Written)
		}
	})
	if shop.Fingerprint(t) != before {
		t.Error("the source changed")
	}
	if b.usage(t) != usage {
		t.Error("adopted rows were counted against the plan")
	}
	b.wantLogged(t, 12)
}

func (b *bundle) usage(t *testing.T) string {
	t.Helper()
	return testkit.Value[string](t, b.Database, `SELECT concat((SELECT count(*) FROM app.usage_events), (SELECT string_agg(c::text, ',') FROM app.usage_counters c),
		(SELECT string_agg(l::text, ',') FROM app.usage_levels l), (SELECT string_agg(n::text, ',') FROM app.number_sequences n))`)
}

// wantLogged: one entry for each table of each run, in an unbroken chain.
func (b *bundle) wantLogged(t *testing.T, want int) {
	t.Helper()
	if n := testkit.Value[int](t, b.Database, "SELECT count(*)::int FROM app.audit_entries WHERE org_id = $1 AND record_type = 'adoption'", testkit.A.ID); n != want {
		t.Errorf("%d entries of the log, want %d", n, want)
	}
	if _, err := audit.Verify(t.Context(), b.App, b.a); err != nil {
		t.Error(err)
	}
}

// What A adopted is A's; the same source adopted by B gives other rows.
func TestTheSameSourceInTwoCompanies(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), oldshop.New(t, 600, 3)
	b.adopt(t, input(shop.Owner()))
	var sum adoption.Summary
	b.Untouched(t, testkit.A, func() {
		var err error
		sum, err = b.s.Adopt(t.Context(), platform(t, b.Database, testkit.B), input(shop.Owner()), adoption.Watch{Report: &bytes.Buffer{}})
		if err != nil {
			t.Fatal(err)
		}
	})
	wantEqual(t, sum)
	for _, table := range []string{"customers", "leads", "appointments", "adopted_quotes", "roi_calculations", "pricing_approvals", "properties"} {
		if n := testkit.Value[int](t, b.Database, "SELECT count(*)::int FROM app."+table+" x JOIN app."+table+" y USING (id) WHERE x.org_id <> y.org_id"); n != 0 {
			t.Errorf("%s: %d ids are in both companies", table, n)
		}
	}
}

// A run reads one snapshot: what the old programs do meanwhile is for the next run, which says so.
func TestSourceThatChangesDuringTheRun(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), oldshop.New(t, 2000, 4)
	meddled := false
	meddle := func(p adoption.Progress) {
		if meddled || p.Done == 0 {
			return
		}
		meddled = true
		shop.Exec(t, `INSERT INTO customers (id, "firstName") VALUES (5000001, 'Late')`)
		shop.Exec(t, `DELETE FROM quotes WHERE id = (SELECT min(id::text)::uuid FROM quotes)`)
		shop.Exec(t, `UPDATE appointments SET scheduled_at = '2031-01-01' WHERE id = (SELECT max(id::text)::uuid FROM appointments WHERE scheduled_at NOT IN ('TBD', 'ask Sam'))`)
	}
	sum, err := b.s.Adopt(t.Context(), b.a, input(shop.Owner()), adoption.Watch{Report: &bytes.Buffer{}, Progress: meddle})
	if err != nil || !meddled {
		t.Fatalf("%v, meddled %v", err, meddled)
	}
	wantEqual(t, sum)
	again, report := b.adopt(t, input(shop.Owner()))
	if again.Written != 1 || again.Equal() {
		t.Errorf("the next run wrote %d rows and says equal: %v; want the late customer, and not equal", again.Written, again.Equal())
	}
	got := map[string]string{}
	for _, l := range report {
		if l.Here != "" {
			got[l.Table] = l.Here
		}
	}
	if got["adopted_quotes"] != "no longer in the source" || got["appointments"] != "not as in the source" {
		t.Errorf("the report says %v", got)
	}
}

// What people change here stays, and is told apart from what came wrong.
func TestRowsThatPeopleChangedStay(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), oldshop.New(t, 600, 5)
	b.adopt(t, input(shop.Owner()))
	b.Exec(t, `UPDATE app.customers SET name = 'Renamed', version = 2 WHERE org_id = $1 AND id = (SELECT id FROM app.customers WHERE org_id = $1 AND adoption_id IS NOT NULL ORDER BY id LIMIT 1)`, testkit.A.ID)
	sum, _ := b.adopt(t, input(shop.Owner()))
	if !sum.Equal() || sum.Compared[0].Edited != 1 || sum.Written != 0 {
		t.Errorf("%d written, %+v, want one edited and nothing else", sum.Written, sum.Compared[0])
	}
	if n := testkit.Value[int](t, b.Database, "SELECT count(*)::int FROM app.customers WHERE name = 'Renamed'"); n != 1 {
		t.Error("the change was written over")
	}
}

// A process whose run another one took over writes nothing more.
func TestRunThatWasTakenOverEnds(t *testing.T) {
	t.Parallel()
	b, shop := setup(t), oldshop.New(t, 2000, 6)
	var other adoption.Summary
	taken := false
	_, err := b.s.Adopt(t.Context(), b.a, input(shop.Owner()), adoption.Watch{Report: &bytes.Buffer{}, Progress: func(p adoption.Progress) {
		if !taken && p.Done > 0 {
			taken = true
			other, _ = b.adopt(t, input(shop.Owner()))
		}
	}})
	wantRefused(t, "the first run", err, "adoption-taken-over")
	if other.Run != 2 {
		t.Errorf("the second run says it is run %d", other.Run)
	}
	wantEqual(t, other)
}
