package tenancy_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

func nextNumber(t *testing.T, d *testkit.Database, a tenancy.Actor, after error) (number string, err error) {
	t.Helper()
	err = d.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) (err error) {
		if number, err = tenancy.NextNumber(tx, a, "quote", "Q"); err != nil {
			return err
		}
		return after
	})
	return number, err
}

func TestNumbersHaveNoGapAndNoTwinUnderConcurrency(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	d.Exec(t, `UPDATE platform.clock SET movable = true, ahead = make_interval(secs => extract(epoch FROM timestamptz '2026-06-01T12:00:00Z' - now()))`)
	a := person(t, d, testkit.A, testkit.A.Owner())
	broken := errors.New("the quote was not made")
	const makers, failing = 30, 10
	var numbers []string
	var mu sync.Mutex
	var wg sync.WaitGroup
	d.Untouched(t, testkit.B, func() {
		for n := range makers + failing {
			wg.Go(func() {
				var after error
				if n < failing {
					after = broken
				}
				number, err := nextNumber(t, d, a, after)
				if !errors.Is(err, after) {
					t.Errorf("got %v, want %v", err, after)
				}
				if err == nil {
					mu.Lock()
					defer mu.Unlock()
					numbers = append(numbers, number)
				}
			})
		}
		wg.Wait()
	})
	slices.Sort(numbers)
	if len(slices.Compact(slices.Clone(numbers))) != makers || numbers[0] != "Q-2026-000002" || numbers[makers-1] != "Q-2026-000031" {
		t.Errorf("got %v, want Q-2026-000002 to Q-2026-000031, each once", numbers)
	}
}

// The year is the company's own: its New Year is later than London's.
func TestNumbersBeginAnewWithTheCompanysYear(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := person(t, d, testkit.A, testkit.A.Owner())
	for _, step := range []struct{ at, want string }{
		{"2027-01-01T05:59:00Z", "Q-2026-000002"}, // 11:59 PM on December 31 in Chicago
		{"2027-01-01T06:01:00Z", "Q-2027-000001"},
		{"2027-01-01T06:02:00Z", "Q-2027-000002"},
	} {
		d.Exec(t, `UPDATE platform.clock SET movable = true, ahead = make_interval(secs => extract(epoch FROM $1::timestamptz - now()))`, step.at)
		if got, err := nextNumber(t, d, a, nil); err != nil || got != step.want {
			t.Errorf("at %s: %s, %v, want %s", step.at, got, err, step.want)
		}
	}
}

func TestClockOfATransactionStandsStill(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	d.Advance(t, 48*time.Hour)
	a := person(t, d, testkit.A, testkit.A.Owner())
	err := d.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error {
		var asked time.Time
		if err := tx.QueryRow("SELECT app.now() FROM pg_sleep(0.01)").Scan(&asked); err != nil {
			return err
		}
		if !asked.Equal(tx.Now()) {
			t.Errorf("SQL says %s, the transaction %s", asked, tx.Now())
		}
		if ahead := time.Until(asked); ahead < 47*time.Hour || ahead > 49*time.Hour {
			t.Errorf("the clock is %s ahead, want 48 h", ahead)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
