package ratelimit

import "time"

// Policy is how much may be spent: Quota at once, and as much again in each Window, evenly.
type Policy struct {
	Name   string // for programs: of ASCII letters and hyphens
	Quota  int64  // 0 lets nothing through
	Window time.Duration
}

// Times here are whole microseconds: what a Lua script can still count exactly.

// every is the time in which one unit comes back, rounded up so that never more comes back than was promised.
func (p Policy) every() int64 {
	w := p.Window.Microseconds()
	if p.Quota <= 0 {
		return max(w, 1)
	}
	return max((w+p.Quota-1)/p.Quota, 1)
}

// whole is the time in which all of the quota comes back.
func (p Policy) whole() int64 { return max(p.Quota, 0) * p.every() }

// spend is the rule: spends cost at time now, given when everything that was spent before will have come back (full). It
// returns the new such time; refused, the one that there was.
func (p Policy) spend(full, now, cost int64) (next int64, ok bool) {
	if full < now || full > now+p.whole() {
		// Further ahead than a whole quota it was written by a clock that has been set back since. To hold somebody to
		// that would lock them out until the clock is there again.
		full = now
	}
	if next = full + cost*p.every(); cost > 0 && next-now > p.whole() {
		return full, false
	}
	return next, true
}

// state is how a bucket stands after a demand of cost, given the time in which all that is spent comes back.
func (p Policy) state(back, cost int64) State {
	wait := max(back+max(cost, 1)*p.every()-p.whole(), 0)
	if max(cost, 1) > p.Quota { // can never be spent, and waits for all that there is
		wait = max(p.whole(), p.every())
	}
	return State{Policy: p, Left: (p.whole() - back) / p.every(), Wait: time.Duration(wait) * time.Microsecond}
}

// Share is the part of a policy that each of n processes may give by itself, so that all together give no more.
func (p Policy) Share(n int64) Policy {
	switch {
	case n <= 1 || p.Quota <= 0:
		return p
	case p.Quota >= n:
		p.Quota /= n
	default: // less than one in a window each: one in a longer window
		p.Window, p.Quota = p.Window*time.Duration(n)/time.Duration(p.Quota), 1
	}
	return p
}
