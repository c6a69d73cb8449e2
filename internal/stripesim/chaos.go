package stripesim

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// Kind is a way in which a call of the API goes wrong.
type Kind string

// What may go wrong. Of these only Before and the refusals leave the operation undone.
const (
	None       Kind = ""
	FailBefore Kind = "500 before it is done"
	FailAfter  Kind = "500 after it is done"
	Conflict   Kind = "409"
	TooMany    Kind = "429"
	Hang       Kind = "no answer for long"
	Reset      Kind = "connection cut after it is done"
)

// Fault is one call that goes wrong. Method and Prefix say which one; empty is any.
type Fault struct {
	Kind           Kind
	Method, Prefix string
	For            time.Duration // how long a Hang hangs
}

// Chaos says how often things go wrong: probabilities from 0 to 1. The zero value is no trouble. What happens to a
// request follows from the seed and its number, what happens to a webhook from the seed, its event and its endpoint.
type Chaos struct {
	FailBefore, FailAfter, Conflict, TooMany, Hang, Reset float64
	HangFor                                               time.Duration

	// Duplicate sends a webhook twice, Drop never, Delay late by up to DelayMost (three days without it). Reorder has
	// those that are due together arrive in any order.
	Duplicate, Drop, Delay float64
	DelayMost              time.Duration
	Reorder                bool
}

// SetChaos changes how often things go wrong from now on.
func (s *Sim) SetChaos(c Chaos) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config.Chaos = c
}

// Inject has the next call that a fault fits go wrong. Several wait for one another.
func (s *Sim) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// trouble is what goes wrong with this request.
func (s *Sim) trouble(r *http.Request) Fault {
	for i, f := range s.faults {
		if (f.Method == "" || f.Method == r.Method) && strings.HasPrefix(r.URL.Path, f.Prefix) {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			return f
		}
	}
	c := s.config.Chaos
	at := draw(s.config.Seed, "call", s.requests)
	for _, choice := range []struct {
		kind  Kind
		often float64
	}{{FailBefore, c.FailBefore}, {FailAfter, c.FailAfter}, {Conflict, c.Conflict}, {TooMany, c.TooMany}, {Hang, c.Hang}, {Reset, c.Reset}} {
		if at < choice.often {
			return Fault{Kind: choice.kind, For: c.HangFor}
		}
		at -= choice.often
	}
	return Fault{}
}

// refusal is a fault that keeps a request from beginning.
func (f Fault) refusal() *Problem {
	switch f.Kind {
	case Conflict:
		p := coded("lock_timeout", "", "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request.")
		p.Status = http.StatusConflict
		return p
	case TooMany:
		p := coded("rate_limit", "", "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.")
		p.Status = http.StatusTooManyRequests
		return p
	}
	return nil
}

// pause lasts until whoever asked has gone, or so long.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		d = 90 * time.Second
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
