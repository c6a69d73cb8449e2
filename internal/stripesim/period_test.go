package stripesim

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestEveryMomentLiesInOnePeriod(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		i := interval{[]string{"day", "week", "month", "year"}[random.IntN(4)], 1 + random.Int64N(3)}
		anchor := time.Date(2024, time.Month(1+random.IntN(12)), 1+random.IntN(31), random.IntN(24), random.IntN(60), random.IntN(60), 0, time.UTC).Unix()
		at := anchor + random.Int64N(5*366*day) - 366*day
		p := i.around(anchor, at)
		if p.from > at || p.to <= at {
			t.Fatalf("%v from %d: %d lies outside of its period %v", i, anchor, at, p)
		}
		if next := i.around(anchor, p.to); next.from != p.to {
			t.Fatalf("%v from %d: after %v comes %v", i, anchor, p, next)
		}
	}
}

func TestTheAnchorsDayComesBack(t *testing.T) {
	t.Parallel()
	anchor := time.Date(2028, 1, 31, 10, 0, 0, 0, time.UTC).Unix()
	for n, want := range []string{"2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"} {
		if got := time.Unix(interval{"month", 1}.boundary(anchor, int64(n)), 0).UTC().Format(time.DateOnly); got != want {
			t.Errorf("boundary %d is %s, want %s", n, got, want)
		}
	}
	leap := time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC).Unix()
	for n, want := range map[int64]string{1: "2029-02-28", 4: "2032-02-29"} {
		if got := time.Unix(interval{"year", 1}.boundary(leap, n), 0).UTC().Format(time.DateOnly); got != want {
			t.Errorf("year %d of 29 February begins %s, want %s", n, got, want)
		}
	}
}

func TestSharesMakeNoCents(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		whole := span{0, 1 + random.Int64N(366*day)}
		at, amount := random.Int64N(whole.to+1), random.Int64N(10_000_000)
		rest := share(amount, whole, at)
		if rest < 0 || rest > amount || share(-amount, whole, at) != -rest {
			t.Fatalf("of %d the rest after %d of %d is %d, given back %d", amount, at, whole.to, rest, share(-amount, whole, at))
		}
		if at == 0 && rest != amount || at == whole.to && rest != 0 {
			t.Fatalf("of %d at the edge %d of %d: %d", amount, at, whole.to, rest)
		}
	}
	if got := share(101, span{0, 2}, 1); got != 51 {
		t.Errorf("half of 101 is %d, want 51", got)
	}
}
