package httpx

import (
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/ratelimit"
)

// Throttle bounds what one place on the internet may ask before it has proved who it is. The bucket knows
// nothing of hosts, paths and parameters, so no spelling of them finds another one.
type Throttle struct{ limiter *ratelimit.Limiter }

const (
	burstSeconds = 30 // so many seconds' worth may be spent at once: a page brings a dozen requests
	changeCost   = 10 // what changes something may hash a password or send a mail
	knownPlaces  = 100_000
)

// NewThrottle allows perSecond requests; 0 counts nobody.
func NewThrottle(perSecond int, now func() time.Time) *Throttle {
	if perSecond == 0 {
		return &Throttle{}
	}
	// Below one second's worth of changes a burst would not hold a single page.
	rate := ratelimit.Rate{PerSecond: perSecond, Burst: max(perSecond*burstSeconds, 3*changeCost)}
	return &Throttle{ratelimit.New(rate, knownPlaces, now)}
}

// Admit counts a request of somebody unknown, or says when to come back.
func (t *Throttle) Admit(r *http.Request) error {
	if t == nil || t.limiter == nil {
		return nil
	}
	cost := changeCost
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		cost = 1
	}
	wait, ok := t.limiter.Take(Network(Info(r).IP), cost)
	if ok {
		return nil
	}
	f := fault.New(fault.RateLimited, CodeTooManyRequests, "Too many requests came from your network. Wait a moment and try again.")
	f.RetryAfter = max(wait, time.Second)
	return f
}
