package ratelimit

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPolicyInNumbers(t *testing.T) {
	t.Parallel()
	const s = int64(1_000_000)
	for what, c := range map[string]struct {
		p            Policy
		every, whole int64
	}{
		"20 a second":               {Policy{Quota: 20, Window: time.Second}, s / 20, s},
		"600 a minute":              {Policy{Quota: 600, Window: time.Minute}, s / 10, 60 * s},
		"7 a minute, rounded up":    {Policy{Quota: 7, Window: time.Minute}, 8_571_429, 60*s + 3},
		"nothing":                   {Policy{Quota: 0, Window: time.Minute}, 60 * s, 0},
		"less than nothing":         {Policy{Quota: -5, Window: time.Minute}, 60 * s, 0},
		"more than a microsecond's": {Policy{Quota: 5_000_000, Window: time.Second}, 1, 5 * s},
	} {
		if every, whole := c.p.Terms(); every != c.every || whole != c.whole {
			t.Errorf("%s: one comes back in %d µs, all in %d, want %d and %d", what, every, whole, c.every, c.whole)
		}
	}
}

func TestRuleStepByStep(t *testing.T) {
	t.Parallel()
	p := Policy{Quota: 4, Window: time.Second}
	const now, every = int64(10_000_000), int64(250_000)
	for what, c := range map[string]struct {
		full, cost, next int64
		ok               bool
		left             int64
		wait             time.Duration
	}{
		"nobody has spent":            {0, 1, now + every, true, 3, 0},
		"all at once":                 {0, 4, now + 4*every, true, 0, 250 * time.Millisecond}, // for one more
		"more than there is":          {0, 5, now, false, 4, time.Second},
		"the last one":                {now + 3*every, 1, now + 4*every, true, 0, 250 * time.Millisecond},
		"one too many":                {now + 4*every, 1, now + 4*every, false, 0, 250 * time.Millisecond},
		"a part of one has come back": {now + 4*every - 100_000, 1, now + 4*every - 100_000, false, 0, 150 * time.Millisecond},
		"two where there is one":      {now + 3*every, 2, now + 3*every, false, 1, 250 * time.Millisecond},
		"a peek":                      {now + 3*every, 0, now + 3*every, true, 1, 0},
		"a peek at nothing left":      {now + 4*every, 0, now + 4*every, true, 0, 250 * time.Millisecond},
		"the clock was set back":      {now + 3_600_000_000, 1, now + every, true, 3, 0},
	} {
		next, ok := p.spend(c.full, now, c.cost)
		s := p.state(next-now, c.cost)
		if c.ok && c.cost == 4 {
			s = p.state(next-now, 1)
		}
		if next != c.next || ok != c.ok || s.Left != c.left || s.Wait != c.wait {
			t.Errorf("%s: %v, full at %+d µs, %d left, wait %s, want %v, %+d, %d, %s", what, ok, next-now, s.Left, s.Wait, c.ok, c.next-now, c.left, c.wait)
		}
	}
	if _, ok := (Policy{Window: time.Second}).spend(0, now, 1); ok {
		t.Error("a quota of nothing lets one through")
	}
}

// deed is one try at a time.
type deed struct{ at, cost int64 }

// most fails when any stretch of time saw more than quota + quota·t/window.
func most(t rapid.TB, p Policy, done []deed) {
	t.Helper()
	for i := range done {
		spent := int64(0)
		for _, d := range done[i:] {
			spent += d.cost
			stretch := float64(d.at - done[i].at)
			if limit := float64(p.Quota) * (1 + stretch/float64(p.Window.Microseconds())); float64(spent) > limit+1e-6 {
				t.Fatalf("%+v: %d spent in %.0f µs, want at most %.3f", p, spent, stretch, limit)
			}
		}
	}
}

func drawPolicy(t *rapid.T) Policy {
	return Policy{Quota: rapid.Int64Range(1, 200).Draw(t, "quota"), Window: time.Duration(rapid.Int64Range(1_000, 120_000_000).Draw(t, "window")) * time.Microsecond}
}

func TestNeverMoreThanQuotaAndRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		now, full := int64(0), int64(0)
		var done []deed
		for range rapid.IntRange(1, 60).Draw(t, "deeds") {
			now += rapid.Int64Range(0, p.Window.Microseconds()>>rapid.IntRange(0, 20).Draw(t, "shift")).Draw(t, "gap")
			cost := rapid.Int64Range(0, p.Quota+1).Draw(t, "cost")
			next, ok := p.spend(full, now, cost)
			switch {
			case cost == 0 && (!ok || next != max(full, now)):
				t.Fatalf("a peek changed %d to %d", full, next)
			case !ok && next != max(full, now):
				t.Fatalf("a refusal changed %d to %d", full, next)
			case !ok && cost <= p.Quota:
				wait := p.state(next-now, cost).Wait.Microseconds()
				if _, later := p.spend(next, now+wait, cost); !later {
					t.Fatalf("refused again after the wait of %d µs that was told", wait)
				}
				if _, early := p.spend(next, now+wait-1, cost); early {
					t.Fatalf("the wait of %d µs was too long", wait)
				}
			case ok && cost > 0:
				done = append(done, deed{now, cost})
				if s := p.state(next-now, 1); s.Left < 0 || s.Left > p.Quota || (s.Left == 0) != (s.Wait > 0) {
					t.Fatalf("%d are left and the next waits %s", s.Left, s.Wait)
				}
			}
			full = next
		}
		most(t, p, done)
	})
}

// Later there is never less, and who has spent more never has more.
func TestLaterIsNeverLess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		now := rapid.Int64Range(0, p.Window.Microseconds()).Draw(t, "now")
		full := rapid.Int64Range(0, now+p.whole()).Draw(t, "full")
		later, more := rapid.Int64Range(0, p.Window.Microseconds()).Draw(t, "later"), rapid.Int64Range(0, p.Window.Microseconds()).Draw(t, "more")
		left := func(full, now int64) int64 {
			next, _ := p.spend(full, now, 0)
			return p.state(next-now, 0).Left
		}
		if a, b := left(full, now), left(full, now+later); b < a {
			t.Fatalf("%d were left, and %d after %d µs", a, b, later)
		}
		if a, b := left(full, now), left(min(full+more, now+p.whole()), now); b > a {
			t.Fatalf("%d are left, and %d to who has spent more", a, b)
		}
	})
}

// A clock that is set back locks nobody out for longer than a window of its own, and gives at most a quota more.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		now, full, spent := int64(1e15), int64(0), int64(0)
		for range 20 {
			cost := rapid.Int64Range(0, p.Quota).Draw(t, "cost")
			next, ok := p.spend(full, now, cost)
			if full = next; ok {
				spent += cost
			}
		}
		if spent > p.Quota {
			t.Fatalf("%d spent at once", spent)
		}
		now -= rapid.Int64Range(0, 4_000_000_000).Draw(t, "back")
		now += rapid.Int64Range(0, p.whole()).Draw(t, "later")
		if next, ok := p.spend(full, now, p.Quota); !ok {
			wait := p.state(next-now, p.Quota).Wait.Microseconds()
			if _, ok := p.spend(full, now+wait, p.Quota); !ok || wait > p.whole() {
				t.Fatalf("%+v: after the wait of %d µs that was told: %v", p, wait, ok)
			}
		}
		again := int64(0)
		for range 2 * p.Quota {
			next, ok := p.spend(full, now, 1)
			if full = next; ok {
				again++
			}
		}
		if again > p.Quota {
			t.Fatalf("%+v: %d more after the clock was set back", p, again)
		}
	})
}

// n processes that give their shares give no more than one that gives all.
func TestSharesAreNoMoreThanTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, n := drawPolicy(t), rapid.Int64Range(1, 50).Draw(t, "processes")
		s := p.Share(n)
		if s.Quota < 1 || s.Quota > p.Quota || p.Quota >= n && s.Quota*n > p.Quota {
			t.Fatalf("%+v among %d is %+v", p, n, s)
		}
		if all, whole := float64(n)*float64(s.Quota)/float64(s.Window), float64(p.Quota)/float64(p.Window); all > whole*1.000001 {
			t.Fatalf("%+v among %d is %+v: together %g of %g", p, n, s, all, whole)
		}
	})
	if none := (Policy{Quota: 0, Window: time.Second}).Share(3); none.Quota != 0 {
		t.Errorf("a share of nothing is %+v", none)
	}
}

func FuzzNeverMoreThanQuotaAndRate(f *testing.F) {
	f.Add(uint16(50), uint16(150), []byte{0, 0, 0, 200, 7})
	f.Add(uint16(1), uint16(1), []byte{255, 255, 1})
	f.Add(uint16(999), uint16(3), []byte{1, 2, 3, 4, 5, 6, 7, 8})
	f.Fuzz(func(t *testing.T, quota, window uint16, deeds []byte) {
		p := Policy{Quota: max(1, int64(quota)), Window: time.Duration(max(1, int64(window))) * time.Millisecond}
		now, full := int64(0), int64(0)
		var done []deed
		for _, b := range deeds[:min(len(deeds), 300)] {
			now += int64(b>>3) * int64(b>>3) * 1000
			cost := 1 + int64(b&7)
			next, ok := p.spend(full, now, cost)
			if full = next; ok {
				done = append(done, deed{now, cost})
			}
		}
		most(t, p, done)
	})
}
