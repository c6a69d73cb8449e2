package edgetest

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/redisserver"
)

func counted(c *config.Settings) { c.RateLimits = app.RateLimitsOn }

// allow is an override of the operator's.
func (s *site) allow(t *testing.T, o testkit.Org, rate string, n int) {
	t.Helper()
	s.Exec(t, `INSERT INTO platform.plan_overrides (org_id, id, kind, subject, limited_to, reason, granted_by, granted_at)
		VALUES ($1, gen_random_uuid(), 'limit', $2, $3, 'a test', 'a test', now())`, o.ID, rate, n)
}

// TestOneCompanysFloodIsItsOwn: a company that asks for pages without end is told to wait, as people are told; another
// company's people, its homeowners and its own programs go on (S36).
func TestOneCompanysFloodIsItsOwn(t *testing.T) {
	t.Parallel()
	s := serve(t, counted)
	client := s.client()
	alpha, beta, token := s.signIn(t, testkit.A, owner(testkit.A)), s.signIn(t, testkit.B, owner(testkit.B)), s.token(t, testkit.A, owner(testkit.A))
	s.allow(t, testkit.A, "pages_per_minute", 3) // one comes back in 20 s
	var refused answer
	for n := 0; refused.status == 0; n++ {
		got := s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/customers", cookie: alpha})
		switch {
		case got.status == http.StatusTooManyRequests:
			refused = got
		case got.status != http.StatusOK || n > 200: // what was remembered of the plan is a second old
			t.Fatalf("page %d: %s", n, got)
		}
	}
	wait, err := strconv.Atoi(refused.header.Get("Retry-After"))
	if err != nil || wait < 1 || wait > 60 || !strings.HasPrefix(refused.header.Get("Content-Type"), "text/html") || refused.header.Get("RateLimit") != "" {
		t.Errorf("refused with %v", refused.header)
	}
	for _, text := range []string{"Too much at once", "Your company asked for more pages", "Try again in "} {
		if !strings.Contains(refused.body, text) {
			t.Errorf("the page does not say %q:\n%s", text, refused.body)
		}
	}
	for what, in := range map[string]ask{
		"another company":  {host: host("beta"), path: "/customers", cookie: beta},
		"its programs":     {host: host("alpha"), path: "/v1/customers", bearer: token},
		"its log-in":       {host: host("alpha"), path: "/login"},
		"its homeowners":   {host: host("alpha"), path: "/q/link%20of%20a"},
		"the apex":         {host: host(""), path: "/"},
		"its pages' parts": {host: host("alpha"), path: "/favicon.ico"},
	} {
		in.method = "GET"
		if got := s.send(t, client, in); got.status == http.StatusTooManyRequests || got.status >= 500 {
			t.Errorf("%s: %s", what, got)
		}
	}
}

// TestRedisIsNoPartThatCanFail: with Redis calls are counted in it; killed, hung and back again, no call fails, the server
// stays ready, and what happened can be read off the metrics.
func TestRedisIsNoPartThatCanFail(t *testing.T) {
	t.Parallel()
	r := redisserver.Start(t)
	s := serve(t, counted, func(c *config.Settings) { c.RedisURL = r.URL })
	client, token := s.client(), s.token(t, testkit.A, owner(testkit.A))
	s.allow(t, testkit.A, "api_calls_per_second", -1)
	s.allow(t, testkit.A, "api_calls_per_minute", 1_000_000)
	call := func(when string) {
		t.Helper()
		got := s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/v1/organization", bearer: token})
		if got.status != http.StatusOK || got.header.Get("RateLimit") == "" {
			t.Fatalf("%s: %s", when, got)
		}
	}
	metrics := func() string {
		return s.send(t, http.DefaultClient, ask{method: "GET", host: s.admin, path: "/metrics"}).body
	}
	ready := func(when string) {
		t.Helper()
		if got := s.send(t, http.DefaultClient, ask{method: "GET", host: s.admin, path: "/readyz"}); got.status != http.StatusOK {
			t.Errorf("%s it is not ready: %s", when, got)
		}
	}
	for n := 0; !strings.Contains(metrics(), `ratelimit_decisions_total{outcome="allowed"} `) || strings.Contains(metrics(), `ratelimit_decisions_total{outcome="allowed"} 0`); n++ {
		if call("with Redis"); n > 2_000 {
			t.Fatalf("Redis is never asked:\n%s", metrics())
		}
	}
	r.Kill(t)
	for range 20 {
		call("without Redis")
	}
	ready("without Redis")
	if m := metrics(); strings.Contains(m, `ratelimit_decisions_total{outcome="allowed_alone"} 0`) || strings.Contains(m, "ratelimit_store_errors_total 0") {
		t.Errorf("metrics without Redis:\n%s", m)
	}
	r.Run(t)
	r.Pause(t)
	for range 20 {
		call("with a Redis that hangs")
	}
	ready("with a Redis that hangs")
	r.Resume(t)
	call("afterwards")
}
