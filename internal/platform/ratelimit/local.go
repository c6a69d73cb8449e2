package ratelimit

import (
	"context"
	"math"
	"sync"
	"time"
)

// Local remembers what was spent in this process. It is safe for use by many at once.
type Local struct {
	most  int
	now   func() time.Time
	began time.Time // now minus began goes by the monotonic clock: setting the machine's changes nothing

	mu    sync.Mutex
	full  map[spender]int64 // when all that was spent from the bucket has come back, in µs since began
	swept int64
}

type spender struct{ of, key string }

// NewLocal remembers at most so many buckets; now is the clock.
func NewLocal(most int, now func() time.Time) *Local {
	return &Local{most: most, now: now, began: now(), full: map[spender]int64{}}
}

// Take spends the cost from all buckets, or from none.
func (l *Local) Take(_ context.Context, d Demand) Decision {
	var few [4]int64 // as many as there ever are
	next := few[:0]
	l.mu.Lock()
	now := l.now().Sub(l.began).Microseconds()
	all := true
	for _, b := range d.Buckets {
		full, ok := b.Policy.spend(l.of(spender{d.Of, b.Key}), now, d.Cost)
		next, all = append(next, full), all && ok
	}
	for i, b := range d.Buckets {
		who := spender{d.Of, b.Key}
		switch {
		case !all: // as it was before
			next[i], _ = b.Policy.spend(l.of(who), now, 0)
		case d.Cost > 0:
			l.keep(who, next[i], now)
		}
	}
	l.mu.Unlock()
	for i := range next {
		next[i] -= now
	}
	return Decide(d, all, next)
}

// of is what is remembered of a bucket: nothing is long ago, whatever the clock says.
func (l *Local) of(who spender) int64 {
	if full, known := l.full[who]; known {
		return full
	}
	return math.MinInt64
}

func (l *Local) keep(who spender, full, now int64) {
	if _, known := l.full[who]; !known && len(l.full) >= l.most {
		l.makeRoom(now)
	}
	l.full[who] = full
}

// makeRoom forgets whoever has everything back: that is the same as never having been seen. When there is
// nobody, one of the others gives way: whoever commands more keys than we remember is not stopped by counting
// each of them, and the people who are counted must not suffer for it.
func (l *Local) makeRoom(now int64) {
	const pause = 1_000_000 // µs: sweeping at every call would be the flood's helper
	if now-l.swept >= pause || now < l.swept {
		l.swept = now
		for who, full := range l.full {
			if full <= now {
				delete(l.full, who)
			}
		}
	}
	for who := range l.full {
		if len(l.full) < l.most {
			return
		}
		delete(l.full, who)
	}
}

// Known is how many buckets are remembered.
func (l *Local) Known() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.full)
}
