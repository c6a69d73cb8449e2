package httpx

import (
	"net/http"
	"testing"
	"time"

	"github.com/dunglas/httpsfv"

	"fenceplatform.com/fence/internal/platform/ratelimit"
)

// The window that is told never lets a client that keeps to it be faster than the policy, and never is too short.
func TestEffectiveWindow(t *testing.T) {
	t.Parallel()
	minute := ratelimit.Policy{Name: "minute", Quota: 600, Window: time.Minute}
	burst := ratelimit.Policy{Name: "burst", Quota: 20, Window: time.Second}
	for what, c := range map[string]struct {
		s           ratelimit.State
		least, most int64 // by chance
	}{
		"nearly all is left":        {ratelimit.State{Policy: minute, Left: 587}, 59, 60},
		"all is left":               {ratelimit.State{Policy: minute, Left: 600}, 60, 60},
		"a little is left":          {ratelimit.State{Policy: minute, Left: 3}, 1, 1},
		"nothing, for a moment":     {ratelimit.State{Policy: minute, Wait: 80 * time.Millisecond}, 1, 1},
		"nothing, for a while":      {ratelimit.State{Policy: minute, Wait: 40 * time.Second}, 40, 44},
		"nothing, for a bit longer": {ratelimit.State{Policy: minute, Wait: 40*time.Second + 1}, 41, 45},
		"of a second":               {ratelimit.State{Policy: burst, Left: 19}, 1, 1},
		"nothing of a second":       {ratelimit.State{Policy: burst, Wait: 50 * time.Millisecond}, 1, 1},
		"a quota of nothing":        {ratelimit.State{Policy: ratelimit.Policy{Window: time.Minute}, Wait: time.Minute}, 60, 60},
		"a share in a long window":  {ratelimit.State{Policy: ratelimit.Policy{Quota: 1, Window: 90 * time.Second}, Wait: 70 * time.Second}, 70, 77},
	} {
		least := effectiveWindow(c.s, func(int64) int64 { return 0 })
		most := effectiveWindow(c.s, func(n int64) int64 { return n - 1 })
		if least != c.least || most != c.most {
			t.Errorf("%s: %d to %d s, want %d to %d", what, least, most, c.least, c.most)
		}
	}
}

func TestToldRatesAreStructuredFields(t *testing.T) {
	t.Parallel()
	d := ratelimit.Decision{States: []ratelimit.State{
		{Policy: ratelimit.Policy{Name: "burst", Quota: 20, Window: time.Second}, Left: 7},
		{Policy: ratelimit.Policy{Name: "minute", Quota: 1, Window: 1500 * time.Millisecond}, Wait: 1200 * time.Millisecond},
	}}
	h, keys := http.Header{}, [][]byte{{0xde, 0xad, 0xbe}, {0, 1, 2, 3}}
	if after := TellRateLimits(h, d, keys); after != 2*time.Second {
		t.Errorf("come back after %s, want 2 s", after)
	}
	for header, want := range map[string]string{
		"RateLimit-Policy": `"burst";q=20;w=1;pk=:3q2+:,"minute";q=1;w=2;pk=:AAECAw==:`,
		"RateLimit":        `"minute";r=0;t=2;pk=:AAECAw==:`, // what does not refuse says nothing of when to come back
	} {
		if got := h[header]; len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
		if _, err := httpsfv.UnmarshalList(h[header]); err != nil {
			t.Errorf("%s: %v", header, err)
		}
	}
	d.OK = true
	if after := TellRateLimits(h, d, keys); after != 0 || h["RateLimit"][0] != `"burst";r=7;t=1;pk=:3q2+:,"minute";r=0;t=2;pk=:AAECAw==:` {
		t.Errorf("passed: %s, %q", after, h["RateLimit"])
	}
	none := http.Header{}
	if TellRateLimits(none, ratelimit.Decision{OK: true}, nil); len(none) != 0 {
		t.Errorf("without a policy: %v", none)
	}
}
