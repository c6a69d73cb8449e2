package ratelimit

import "time"

// Rate is how much comes back each second, and how much may be spent at once.
type Rate struct {
	PerSecond int
	Burst     int
}

// every is the time in which one unit comes back, rounded up so that never more comes back than was promised.
func (r Rate) every() time.Duration {
	n := time.Duration(r.PerSecond)
	return (time.Second + n - 1) / n
}

// Take spends cost at time now, given when everything that was spent before will have come back (full). It
// returns the new such time. Refused, it returns full as it was, and how long to wait; a cost above the
// burst can never be spent and waits for the whole burst.
func (r Rate) Take(full, now time.Time, cost int) (next time.Time, wait time.Duration, ok bool) {
	if full.Before(now) {
		full = now
	}
	next = full.Add(time.Duration(cost) * r.every())
	wait = next.Sub(now) - time.Duration(r.Burst)*r.every()
	if wait <= 0 {
		return next, 0, true
	}
	return full, min(wait, time.Duration(r.Burst)*r.every()), false
}
