package shared

import (
	"sync"
	"time"
)

const (
	// failuresInARow open the breaker: one that is slow now and then does not.
	failuresInARow = 3
	// tryEvery is how often one request tries whether Redis is back.
	tryEvery = time.Second
)

// breaker keeps requests from waiting for what does not answer.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time // nobody asks before
}

// admit tells whether to ask. While the breaker is open one in a while does.
func (b *breaker) admit(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < failuresInARow {
		return true
	}
	if now.Before(b.until) {
		return false
	}
	b.until = now.Add(tryEvery)
	return true
}

// note says how it went. opened is true for the failure that opens the breaker, closed for the success that closes it.
func (b *breaker) note(now time.Time, ok bool) (opened, closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ok {
		closed = b.failures >= failuresInARow
		b.failures = 0
		return false, closed
	}
	b.failures++
	b.until = now.Add(tryEvery)
	return b.failures == failuresInARow, false
}
