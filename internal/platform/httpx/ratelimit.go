package httpx

import (
	"encoding/base64"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/ratelimit"
)

// The headers, as the draft spells them.
const (
	policyHeader = "RateLimit-Policy"
	limitHeader  = "RateLimit"
)

// longWindow is from where on many who come back at the very same moment are a flood.
const longWindow = time.Minute

// TellRateLimits says how the buckets of a decision stand, in the headers of draft-ietf-httpapi-ratelimit-headers-11; keys
// are their partition keys. Refused, only what refuses is told: its window is the one to wait for. It returns when to come
// back; zero: at once.
func TellRateLimits(h http.Header, d ratelimit.Decision, keys [][]byte) time.Duration {
	var policies, limits []byte
	last := int64(0)
	for i, s := range d.States {
		policies = appendItem(policies, s.Policy.Name, 'q', s.Policy.Quota, 'w', seconds(s.Policy.Window), keys[i])
		if !d.OK && s.Wait == 0 {
			continue
		}
		t := effectiveWindow(s, rand.Int64N)
		limits = appendItem(limits, s.Policy.Name, 'r', s.Left, 't', t, keys[i])
		if !d.OK {
			last = max(last, t)
		}
	}
	if len(policies) > 0 {
		h[policyHeader], h[limitHeader] = []string{string(policies)}, []string{string(limits)}
	}
	return time.Duration(last) * time.Second
}

// appendItem appends an item of a list of structured fields (RFC 9651): "name";a=1;b=2;pk=:base64:
func appendItem(b []byte, name string, a byte, av int64, c byte, cv int64, key []byte) []byte {
	if len(b) > 0 {
		b = append(b, ',')
	}
	b = append(append(append(b, '"'), name...), '"', ';', a, '=')
	b = strconv.AppendInt(b, av, 10)
	b = strconv.AppendInt(append(b, ';', c, '='), cv, 10)
	return append(base64.StdEncoding.AppendEncode(append(b, ";pk=:"...), key), ':')
}

// effectiveWindow is in how many seconds a client may use no more than what is left. Whoever spreads the rest over it goes as
// fast as the policy gives back, and no faster; with nothing left it is when something will have come back. Long ones are
// told a little longer, by chance, so that not everybody comes back at once.
func effectiveWindow(s ratelimit.State, chance func(int64) int64) int64 {
	w := seconds(s.Policy.Window)
	t := max(seconds(s.Wait), 1)
	if q := s.Policy.Quota; q > 0 {
		t = max(t, (s.Left*w+q-1)/q)
	}
	if s.Policy.Window < longWindow {
		return t
	}
	return min(t+chance(t/10+1), max(t, w))
}

// seconds rounds up: a window is a whole number of them, and nobody is told to come too early.
func seconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

// QuotaExceeded is the refusal of a demand, for whoever is told by a sentence of what there was too much.
func QuotaExceeded(d ratelimit.Decision, sentence string, after time.Duration) *fault.Error {
	names := []string{}
	for _, s := range d.States {
		if s.Wait > 0 {
			names = append(names, s.Policy.Name)
			after = max(after, s.Wait, time.Second)
		}
	}
	f := fault.New(fault.RateLimited, CodeQuotaExceeded, "%s", sentence).With("violated-policies", names)
	f.RetryAfter = after
	return f
}
