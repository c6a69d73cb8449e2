package api

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dunglas/httpsfv"
	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/ratelimit"
	"fenceplatform.com/fence/internal/testkit"
)

// limited is the API with its rates counted, on a clock that stands still until it is moved.
type limited struct {
	*world
	mu       sync.Mutex
	now      time.Time
	outcomes map[string]int
}

func newLimited(t *testing.T) *limited {
	t.Helper()
	l := &limited{now: time.Date(2026, 1, 5, 15, 0, 0, 0, time.UTC), outcomes: map[string]int{}}
	clock := func() time.Time {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.now
	}
	d := testkit.NewDatabase(t)
	l.world = serve(t, d, d.App, &caller.Limits{
		Calls: ratelimit.NewLocal(1_000, clock), Pages: ratelimit.NewLocal(1_000, clock), Key: bytes.Repeat([]byte{7}, 32),
		Note: func(outcome string) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.outcomes[outcome]++
		},
	})
	return l
}

func (l *limited) pass(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = l.now.Add(d)
}

// allow is an override of the operator's.
func (l *limited) allow(t *testing.T, o testkit.Org, m plan.Metric, n int64) {
	t.Helper()
	l.Exec(t, `INSERT INTO platform.plan_overrides (org_id, id, kind, subject, limited_to, reason, granted_by, granted_at)
		VALUES ($1, gen_random_uuid(), 'limit', $2, $3, 'a test', 'a test', now())`, o.ID, m, n)
}

func (l *limited) ask(t *testing.T, role identity.Role) response {
	t.Helper()
	return l.send(t, request{method: "GET", path: "/v1/organization", token: l.token(t, testkit.A, role)})
}

// policy and remaining are an item of each header, as a parser of structured fields reads it.
type policy struct {
	q, w int64
	pk   string
}

type remaining struct {
	r, t int64
	pk   string
}

// ratesOf reads both headers and checks their form: lists of strings with the parameters of the draft and no others, each
// service limit of a policy that is told too. Nothing of the organization's id is in them.
func ratesOf(t *testing.T, r response) (policies map[string]policy, limits map[string]remaining) {
	t.Helper()
	policies, limits = map[string]policy{}, map[string]remaining{}
	read := func(header string, names ...string) map[string][]any {
		list, err := httpsfv.UnmarshalList(r.header.Values(header))
		if err != nil || len(list) == 0 {
			t.Fatalf("%s %q: %v", header, r.header.Values(header), err)
		}
		items := map[string][]any{}
		for _, member := range list {
			item, ok := member.(httpsfv.Item)
			name, isString := item.Value.(string)
			if !ok || !isString || items[name] != nil || !slices.Equal(item.Params.Names(), names) {
				t.Fatalf("%s %q: item %v", header, r.header.Values(header), member)
			}
			for _, p := range names {
				v, _ := item.Params.Get(p)
				items[name] = append(items[name], v)
			}
			if n, ok := items[name][1].(int64); !ok || n < 1 {
				t.Fatalf("%s %q: %s has no time", header, r.header.Values(header), name)
			}
			if pk, ok := items[name][2].([]byte); !ok || len(pk) == 0 || len(pk) > 8 || bytes.Contains(testkit.A.ID[:], pk) {
				t.Fatalf("%s %q: partition key of %s", header, r.header.Values(header), name)
			}
		}
		return items
	}
	for name, v := range read("RateLimit-Policy", "q", "w", "pk") {
		policies[name] = policy{v[0].(int64), v[1].(int64), string(v[2].([]byte))}
	}
	for name, v := range read("RateLimit", "r", "t", "pk") {
		limits[name] = remaining{v[0].(int64), v[1].(int64), string(v[2].([]byte))}
		if limits[name].r < 0 || policies[name].pk != limits[name].pk {
			t.Fatalf("limit %+v of policy %+v", limits[name], policies[name])
		}
	}
	for _, name := range []string{"X-RateLimit-Limit", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} {
		if r.header.Get(name) != "" {
			t.Errorf("%s is of an older draft", name)
		}
	}
	return policies, limits
}

// wantTooMany checks a refusal by these policies, and returns how long to wait.
func wantTooMany(t *testing.T, r response, by ...string) time.Duration {
	t.Helper()
	var doc struct {
		Type     string   `json:"type"`
		Title    string   `json:"title"`
		Status   int      `json:"status"`
		Detail   string   `json:"detail"`
		Violated []string `json:"violated-policies"`
	}
	if err := json.Unmarshal([]byte(r.body), &doc); err != nil || r.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%d %v %s", r.status, err, r.body)
	}
	if r.status != http.StatusTooManyRequests || doc.Status != 429 || doc.Type != "https://iana.org/assignments/http-problem-types#quota-exceeded" || doc.Detail == "" || !slices.Equal(doc.Violated, by) {
		t.Fatalf("%d %s, want 429 by %v", r.status, r.body, by)
	}
	_, limits := ratesOf(t, r)
	wait, err := strconv.ParseInt(r.header.Get("Retry-After"), 10, 64)
	if err != nil || len(limits) != len(by) {
		t.Fatalf("Retry-After %q, limits %v, want those of %v", r.header.Get("Retry-After"), limits, by)
	}
	for name, l := range limits {
		if l.r != 0 || wait < l.t || !slices.Contains(by, name) {
			t.Errorf("%s: %+v, Retry-After %d, want nothing left and no earlier than its window", name, l, wait)
		}
	}
	return time.Duration(wait) * time.Second
}

// Each plan has its rates, and says them.
func TestRatesOfThePlans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		plan                  plan.Key
		second, minute, ofOne int64
	}{{plan.Starter, 5, 120, 96}, {plan.Growth, 20, 600, 480}, {plan.Enterprise, 100, 3_000, 2_400}} {
		t.Run(string(c.plan), func(t *testing.T) {
			t.Parallel()
			l := newLimited(t)
			l.Exec(t, `UPDATE app.organizations SET plan = $2 WHERE org_id = $1`, testkit.A.ID, c.plan)
			for n := range c.second {
				got := l.ask(t, identity.Owner)
				policies, limits := ratesOf(t, got)
				if got.status != 200 || got.header.Get("Retry-After") != "" || len(policies) != 3 || len(limits) != 3 {
					t.Fatalf("call %d: %d %v", n+1, got.status, got.header)
				}
				for name, want := range map[string]policy{"burst": {q: c.second, w: 1}, "minute": {q: c.minute, w: 60}, "key": {q: c.ofOne, w: 60}} {
					if p := policies[name]; p.q != want.q || p.w != want.w || limits[name].r != want.q-n-1 {
						t.Fatalf("call %d, %s: %+v with %+v, want %+v", n+1, name, p, limits[name], want)
					}
					// Whoever spreads the rest over the window keeps to the policy.
					if lim := limits[name]; float64(lim.r)/float64(lim.t) > float64(want.q)/float64(want.w) || lim.t > want.w {
						t.Errorf("%s: %+v is faster than %+v", name, lim, want)
					}
				}
				if policies["burst"].pk != policies["minute"].pk || policies["key"].pk == policies["minute"].pk {
					t.Errorf("partition keys %+v, want the company's twice and the key's", policies)
				}
			}
			wait := wantTooMany(t, l.ask(t, identity.Owner), "burst")
			if wait != time.Second {
				t.Errorf("waits %s, want a second", wait)
			}
			l.pass(wait)
			if got := l.ask(t, identity.Owner); got.status != 200 {
				t.Errorf("after the wait: %d %s", got.status, got.body)
			}
			doc := read[organizationDocument](t, l.ask(t, identity.Owner), 200)
			if *doc.Limits.CallsPerSecond != c.second || *doc.Limits.CallsPerMinute != c.minute {
				t.Errorf("the document says %d and %d", *doc.Limits.CallsPerSecond, *doc.Limits.CallsPerMinute)
			}
		})
	}
}

// One key or session has four fifths of the minute, so that one that runs away leaves something to the company's others.
func TestOneKeyLeavesSomethingToTheOthers(t *testing.T) {
	t.Parallel()
	l := newLimited(t)
	l.allow(t, testkit.A, plan.CallsPerSecond, plan.Unlimited)
	l.allow(t, testkit.A, plan.CallsPerMinute, 10)
	for n := range 8 {
		if got := l.ask(t, identity.Owner); got.status != 200 {
			t.Fatalf("call %d: %d", n+1, got.status)
		}
	}
	if wait := wantTooMany(t, l.ask(t, identity.Owner), "key"); wait < 7*time.Second || wait > 9*time.Second {
		t.Errorf("waits %s, want one of eight in a minute, and a little", wait)
	}
	for n := range 2 {
		if got := l.ask(t, identity.Admin); got.status != 200 {
			t.Fatalf("the other's call %d: %d %s", n+1, got.status, got.body)
		}
	}
	wantTooMany(t, l.ask(t, identity.Admin), "minute")
	wantTooMany(t, l.ask(t, identity.Owner), "minute", "key")
	if l.outcomes["allowed"] != 10 || l.outcomes["refused"] != 3 {
		t.Errorf("noted %v", l.outcomes)
	}
}

// What is refused spends neither a rate nor the plan's calls of the month.
func TestRefusedCallsCostNothing(t *testing.T) {
	t.Parallel()
	l := newLimited(t)
	l.allow(t, testkit.A, plan.CallsPerSecond, 2)
	l.allow(t, testkit.A, plan.APICalls, 4)
	for range 2 {
		l.ask(t, identity.Owner)
	}
	for range 20 {
		wantTooMany(t, l.ask(t, identity.Owner), "burst")
	}
	l.pass(time.Second)
	got := l.ask(t, identity.Owner)
	if _, limits := ratesOf(t, got); got.status != 200 || limits["minute"].r != 599 { // ten a second come back
		t.Errorf("a second later: %d, %+v", got.status, limits)
	}
	if got := l.ask(t, identity.Owner); got.status != 200 {
		t.Errorf("the month's fourth call: %d %s", got.status, got.body)
	}
	l.pass(time.Second)
	wantProblem(t, l.ask(t, identity.Owner), 402, "plan-limit-reached")
}

// An override raises a rate, lowers it, takes it away; 0 is none at all.
func TestOverridesOfRates(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		second, minute int64
		want           map[string]int64 // quotas that are told
		refused        bool
	}{
		"raised":   {200, 6_000, map[string]int64{"burst": 200, "minute": 6_000, "key": 4_800}, false},
		"lowered":  {1, 1, map[string]int64{"burst": 1, "minute": 1, "key": 1}, false},
		"no end":   {plan.Unlimited, plan.Unlimited, nil, false},
		"one left": {plan.Unlimited, 5, map[string]int64{"minute": 5, "key": 4}, false},
		"none":     {0, 5, map[string]int64{"burst": 0, "minute": 5, "key": 4}, true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			l := newLimited(t)
			l.allow(t, testkit.A, plan.CallsPerSecond, c.second)
			l.allow(t, testkit.A, plan.CallsPerMinute, c.minute)
			got := l.ask(t, identity.Owner)
			if (got.status == 429) != c.refused {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if c.want == nil {
				if got.header.Get("RateLimit") != "" || got.header.Get("RateLimit-Policy") != "" {
					t.Errorf("told %v", got.header)
				}
				return
			}
			policies, _ := ratesOf(t, got)
			for name, q := range c.want {
				if policies[name].q != q || len(policies) != len(c.want) {
					t.Errorf("told %+v, want %v", policies, c.want)
				}
			}
		})
	}
}

// Whoever is not the company's spends nothing of it and learns nothing of it, whatever they are answered.
func TestOthersDoNotSpendACompanysRate(t *testing.T) {
	t.Parallel()
	l := newLimited(t)
	l.allow(t, testkit.A, plan.CallsPerSecond, plan.Unlimited)
	l.allow(t, testkit.A, plan.CallsPerMinute, 10)
	foreign, own := l.token(t, testkit.B, identity.Owner), l.token(t, testkit.A, identity.Owner)
	for what, c := range map[string]struct {
		in     request
		status int
	}{
		"nobody":               {request{method: "GET", path: "/v1/organization"}, 401},
		"an invalid token":     {request{method: "GET", path: "/v1/organization", token: own + "x"}, 401},
		"another company's":    {request{method: "GET", path: "/v1/organization", token: foreign}, 404},
		"an address of no one": {request{method: "GET", path: "/v1/nothing"}, 404},
		"a log-in that fails":  {request{method: "POST", path: "/v1/login", body: `{"email": "nobody@a.example", "password": "wrong"}`}, 401},
		"a homeowner":          {request{method: "GET", path: "/v1/public/quotes/link%20of%20a"}, 200},
	} {
		for range 3 {
			got := l.send(t, c.in)
			if got.status != c.status {
				t.Errorf("%s: %d %s", what, got.status, got.body)
			}
			if got.header.Get("RateLimit") != "" || got.header.Get("RateLimit-Policy") != "" || got.header.Get("Retry-After") != "" {
				t.Errorf("%s is told %v", what, got.header)
			}
		}
	}
	got := l.ask(t, identity.Owner)
	if _, limits := ratesOf(t, got); limits["minute"].r != 9 || len(l.outcomes) != 1 {
		t.Errorf("%+v are left, want nine: others have spent; noted %v", limits, l.outcomes)
	}
	// Its own people are counted whatever comes of it: what has no such address, and what their role may not.
	l.as(t, "GET", "/v1/nothing", "")
	if got := l.send(t, request{method: "GET", path: "/v1/usage", token: l.token(t, testkit.A, identity.Crew)}); got.status != 403 {
		t.Errorf("the crew asks for usage: %d", got.status)
	} else if _, limits := ratesOf(t, got); limits["minute"].r != 7 {
		t.Errorf("%+v are left, want seven", limits)
	}
	// B has its own.
	if _, limits := ratesOf(t, l.send(t, request{method: "GET", path: "/v1/organization", org: testkit.B, token: foreign})); limits["minute"].r != 599 {
		t.Errorf("B has %+v left", limits)
	}
}

// Windows of a minute are told a little longer than they are, differently each time, and never shorter; short ones as they are.
func TestNotEverybodyComesBackAtOnce(t *testing.T) {
	t.Parallel()
	l := newLimited(t)
	l.allow(t, testkit.A, plan.CallsPerSecond, plan.Unlimited)
	l.allow(t, testkit.A, plan.CallsPerMinute, 1)
	if _, limits := ratesOf(t, l.ask(t, identity.Owner)); limits["minute"].t != 60 {
		t.Errorf("told %+v, want the window", limits)
	}
	l.pass(20 * time.Second) // 40 are left
	told := map[time.Duration]bool{}
	for range 60 {
		wait := wantTooMany(t, l.ask(t, identity.Owner), "minute", "key")
		if wait < 40*time.Second || wait > 44*time.Second {
			t.Fatalf("waits %s, want 40 s and up to a tenth more", wait)
		}
		told[wait] = true
	}
	if len(told) < 2 {
		t.Errorf("60 refusals are all told %v", told)
	}
	l.pass(40 * time.Second)
	if got := l.ask(t, identity.Owner); got.status != 200 {
		t.Errorf("after the time that it is: %d", got.status)
	}
}

// Many at once get the quota and no more.
func TestCallsAtOnceAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	l := newLimited(t)
	token := l.token(t, testkit.A, identity.Owner)
	var all sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 10 {
		all.Go(func() {
			for range 6 {
				got := l.send(t, request{method: "GET", path: "/v1/organization", token: token})
				mu.Lock()
				statuses[got.status]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if fmt.Sprint(statuses) != "map[200:20 429:40]" {
		t.Errorf("answered %v, want 20 of growth's burst", statuses)
	}
	if strings.Contains(l.ask(t, identity.Owner).body, testkit.A.ID.String()) {
		t.Error("a refusal names the organization")
	}
}
