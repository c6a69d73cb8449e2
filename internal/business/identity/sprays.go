package identity

import (
	"sync"
	"time"
)

// sprays counts wrong passwords by place over all companies of this process: one guess in each of a thousand
// companies fills no company's count. No replica looks across organizations in the database, so this one does not.
type sprays struct {
	mu     sync.Mutex
	counts map[string]sprayed
}

type sprayed struct {
	failures int
	since    time.Time
}

const (
	maxSprays      = 200    // wrong passwords from one place within the window
	maxSprayPlaces = 50_000 // bounds the memory
)

func newSprays() *sprays { return &sprays{counts: map[string]sprayed{}} }

// add counts a wrong password.
func (s *sprays) add(place string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counts[place]
	if now.Sub(c.since) >= throttleWindow {
		c = sprayed{since: now}
		if len(s.counts) >= maxSprayPlaces {
			s.drop(now)
		}
	}
	c.failures++
	s.counts[place] = c
}

// drop forgets what is over, and all of it when nothing is: better to count anew than to grow.
func (s *sprays) drop(now time.Time) {
	for place, c := range s.counts {
		if now.Sub(c.since) >= throttleWindow {
			delete(s.counts, place)
		}
	}
	if len(s.counts) >= maxSprayPlaces {
		clear(s.counts)
	}
}

// wait is how long the place has to wait; 0 when it need not.
func (s *sprays) wait(place string, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counts[place]
	if left := c.since.Add(throttleWindow).Sub(now); c.failures >= maxSprays && left > 0 {
		return left
	}
	return 0
}
