package usage_test

import (
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// Starter has 1 GB. Forty ask for 50 MB each at once when 100 MB are used: eighteen fit.
func TestLevelsGrowByManyExactly(t *testing.T) {
	t.Parallel()
	w := setup(t, plan.Starter, "2026-03-20T12:00:00Z")
	w.Exec(t, `UPDATE app.usage_levels SET used = 100000000 WHERE org_id = $1 AND metric = 'storage_bytes'`, testkit.A.ID)
	change := func(n int64) error {
		return w.App.InOrg(t.Context(), w.a.Tenant(), func(tx *pg.OrgTx) error {
			if n < 0 {
				return usage.ShrinkBy(tx, plan.Storage, -n)
			}
			return usage.GrowBy(tx, w.a, plan.Storage, n)
		})
	}
	level := func() int64 {
		return testkit.Value[int64](t, w.Database, `SELECT used FROM app.usage_levels WHERE org_id = $1 AND metric = 'storage_bytes'`, testkit.A.ID)
	}
	w.Untouched(t, testkit.B, func() {
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if err := change(50_000_000); err != nil {
					wantLimit(t, "one too many", err)
				}
			})
		}
		wg.Wait()
		if n := level(); n != 1_000_000_000 {
			t.Errorf("the level is %d, want 1,000,000,000", n)
		}
		f := wantLimit(t, "one byte more", change(1))
		if f.Facts["used"] != int64(1_000_000_000) || f.Facts["resets_at"] != nil {
			t.Errorf("told %v", f.Facts)
		}
		if err := change(-3); err != nil || change(3) != nil || level() != 1_000_000_000 {
			t.Errorf("after three bytes left: %v, level %d", err, level())
		}
	})
	w.Exec(t, `DELETE FROM app.usage_levels WHERE org_id = $1 AND metric = 'storage_bytes'`, testkit.A.ID)
	wantLimit(t, "more than the plan has, by one alone", change(1_000_000_001))
	if err := change(1_000_000_000); err != nil || level() != 1_000_000_000 {
		t.Errorf("as much as the plan has: %v", err)
	}
}

func TestBytesAreReadAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 KB", 1500: "1.5 KB", 25 << 20: "26 MB", 999_999_999: "1.0 GB", 1_000_000_000: "1 GB", 25_000_000_000: "25 GB", 1_000_000_000_000: "1 TB",
	} {
		if got := usage.Bytes(n); got != want {
			t.Errorf("%d reads %q, want %q", n, got, want)
		}
	}
}
