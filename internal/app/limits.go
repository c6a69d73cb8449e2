package app

import (
	"time"

	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/ratelimit"
	"fenceplatform.com/fence/internal/platform/ratelimit/shared"
)

// RateLimitsOn is the setting with which companies' rates are counted.
const RateLimitsOn = "on"

// knownBuckets bounds what a process remembers of who asked how much: four buckets for each of 25,000 companies.
const knownBuckets = 100_000

// limits count companies' requests against their plans.
type limits struct {
	*caller.Limits // nil: nobody is counted
	redis          *shared.Limiter
}

func newLimits(a *App) (limits, error) {
	if a.settings.RateLimits != RateLimitsOn {
		return limits{}, nil
	}
	l := limits{Limits: &caller.Limits{Pages: ratelimit.NewLocal(knownBuckets, time.Now), Key: derive(a.SealKey, "fence partition keys"), Note: a.metrics.Limited}}
	if a.settings.RedisURL == "" {
		l.Calls = ratelimit.NewLocal(knownBuckets, time.Now)
		return l, nil
	}
	var err error
	l.redis, err = shared.New(shared.Options{Address: a.settings.RedisURL, Failed: a.metrics.LimitStoreFailed, Log: a.log})
	l.Calls = l.redis
	return l, err
}
