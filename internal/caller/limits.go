package caller

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/ratelimit"
)

// Limits count the requests of those who have proved who they are, against their company's plan. Nil counts nobody.
type Limits struct {
	Calls ratelimit.Limiter // of programs: for all processes together
	// Pages are what people ask for. This process is what has to be protected from them, so it counts alone, and no page
	// waits for another machine.
	Pages ratelimit.Limiter
	Key   []byte // that partition keys are made with
	Note  func(outcome string)
}

// partitionBytes are told of a partition key: enough to tell a company's own keys apart, too few to be anything else.
const partitionBytes = 6

// admit counts a request, or says when to come back. It stands before every question of rights and plan: what is refused
// there was asked all the same. Support is not counted: it is let in by few, and just then.
func (l *Limits) admit(w http.ResponseWriter, r *http.Request, c *Caller) error {
	if l == nil || !c.SignedIn || c.Actor.Kind == tenancy.Support {
		return nil
	}
	if _, bearer := bearerToken(r); bearer || isAPI(r) {
		return l.call(w, r, c)
	}
	e := c.Actor.Entitlements(c.Now)
	d := ratelimit.Demand{Of: c.Actor.Org.ID.String(), Cost: 1}
	d.Buckets = appendBucket(d.Buckets, "pages-second", e.Limit(plan.PagesPerSecond), time.Second)
	d.Buckets = appendBucket(d.Buckets, "pages-minute", e.Limit(plan.PagesPerMinute), time.Minute)
	got := l.take(r, l.Pages, d)
	if got.OK {
		return nil
	}
	return httpx.QuotaExceeded(got, "Your company asked for more pages in a moment than we answer. Nothing was changed.", 0)
}

// call counts an API call by the company, and by the key or session that makes it.
func (l *Limits) call(w http.ResponseWriter, r *http.Request, c *Caller) error {
	e, org, by := c.Actor.Entitlements(c.Now), c.Actor.Org.ID, c.Actor.SessionID // of a key it is the key
	d := ratelimit.Demand{Of: org.String(), Cost: 1}
	minute := e.Limit(plan.CallsPerMinute)
	d.Buckets = appendBucket(d.Buckets, "burst", e.Limit(plan.CallsPerSecond), time.Second)
	d.Buckets = appendBucket(d.Buckets, "minute", minute, time.Minute)
	ours := l.partition(org, id.Nil)
	keys := [][]byte{ours, ours, nil}[:len(d.Buckets)]
	if minute != plan.Unlimited {
		one := ratelimit.Bucket{Policy: ratelimit.Policy{Name: "key", Quota: ofOne(minute), Window: time.Minute}, Key: "key " + by.String()}
		d.Buckets, keys = append(d.Buckets, one), append(keys, l.partition(org, by))
	}
	got := l.take(r, l.Calls, d)
	after := httpx.TellRateLimits(w.Header(), got, keys)
	if got.OK {
		return nil
	}
	return httpx.QuotaExceeded(got, "Too many API calls in a moment. Come back as Retry-After says.", after)
}

// ofOne is what one key or session may make of the company's calls a minute: four fifths, so that a program that runs away
// leaves something to the company's others.
func ofOne(minute int64) int64 { return minute - minute/5 }

func appendBucket(all []ratelimit.Bucket, name string, quota int64, window time.Duration) []ratelimit.Bucket {
	if quota == plan.Unlimited {
		return all
	}
	return append(all, ratelimit.Bucket{Policy: ratelimit.Policy{Name: name, Quota: quota, Window: window}, Key: name})
}

func (l *Limits) take(r *http.Request, from ratelimit.Limiter, d ratelimit.Demand) ratelimit.Decision {
	got := from.Take(r.Context(), d)
	outcome := "allowed"
	if !got.OK {
		outcome = "refused"
	}
	if got.Alone {
		outcome += "_alone"
	}
	l.Note(outcome)
	return got
}

// partition names whose quota it is, without saying who that is.
func (l *Limits) partition(org, by id.ID) []byte {
	m := hmac.New(sha256.New, l.Key)
	m.Write(org[:]) // a hash takes everything
	m.Write(by[:])
	return m.Sum(nil)[:partitionBytes]
}
