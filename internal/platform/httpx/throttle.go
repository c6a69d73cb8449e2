package httpx

import (
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/ratelimit"
)

// Throttle bounds what one place on the internet may ask before it has proved who it is. The bucket knows
// nothing of hosts, paths and parameters, so no spelling of them finds another one.
type Throttle struct {
	policy  ratelimit.Policy
	limiter *ratelimit.Local
}

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
	policy := ratelimit.Policy{Name: "address", Quota: int64(perSecond) * burstSeconds, Window: burstSeconds * time.Second}
	return &Throttle{policy, ratelimit.NewLocal(knownPlaces, now)}
}

// Admit counts a request of somebody unknown, or says when to come back.
func (t *Throttle) Admit(r *http.Request) error {
	if t == nil || t.limiter == nil {
		return nil
	}
	d := ratelimit.Demand{Of: Network(Info(r).IP), Buckets: []ratelimit.Bucket{{Policy: t.policy}}, Cost: changeCost}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		d.Cost = 1
	}
	got := t.limiter.Take(r.Context(), d)
	if got.OK {
		return nil
	}
	f := fault.New(fault.RateLimited, CodeTooManyRequests, "Too many requests came from your network.")
	f.RetryAfter = max(got.States[0].Wait, time.Second)
	return f
}
