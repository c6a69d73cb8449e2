package ratelimit

import (
	"sync"
	"time"
)

// Limiter remembers what keys have spent. It is safe for use by many at once.
type Limiter struct {
	rate Rate
	most int
	now  func() time.Time

	mu    sync.Mutex
	full  map[string]time.Time // when all that the key spent has come back
	swept time.Time
}

// New remembers at most so many keys; now is the clock.
func New(rate Rate, most int, now func() time.Time) *Limiter {
	return &Limiter{rate: rate, most: most, now: now, full: map[string]time.Time{}, swept: now()}
}

// Take spends cost of the key, or says how long to wait.
func (l *Limiter) Take(key string, cost int) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	next, wait, ok := l.rate.Take(l.full[key], now, cost)
	if !ok {
		return wait, false
	}
	if _, known := l.full[key]; !known && len(l.full) >= l.most {
		l.makeRoom(now)
	}
	l.full[key] = next
	return 0, true
}

// makeRoom forgets whoever has everything back: that is the same as never having been seen. When there is
// nobody, one of the others gives way: whoever commands more keys than we remember is not stopped by counting
// each of them, and the people who are counted must not suffer for it.
func (l *Limiter) makeRoom(now time.Time) {
	const pause = time.Second // sweeping at every call would be the flood's helper
	if now.Sub(l.swept) >= pause {
		l.swept = now
		for key, full := range l.full {
			if !full.After(now) {
				delete(l.full, key)
			}
		}
	}
	for key := range l.full {
		if len(l.full) < l.most {
			return
		}
		delete(l.full, key)
	}
}

// Known is how many keys are remembered.
func (l *Limiter) Known() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.full)
}
