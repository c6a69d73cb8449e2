package caller

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/ratelimit"
)

func counting(now func() time.Time) *Limits {
	return &Limits{Calls: ratelimit.NewLocal(1_000, now), Pages: ratelimit.NewLocal(1_000, now), Key: make([]byte, 32), Note: func(string) {}}
}

func of(kind tenancy.ActorKind) *Caller {
	a := tenancy.Of(pg.Tenant{}, tenancy.Organization{ID: id.New(), Plan: plan.Starter, PlanVersion: 1})
	a.Kind, a.SessionID = kind, id.New()
	return &Caller{Actor: a, SignedIn: true, Now: time.Now()}
}

// Pages and calls have buckets of their own; support, visitors and nobody's limits have none.
func TestWhoIsCounted(t *testing.T) {
	t.Parallel()
	still := time.Now()
	const calls, pages = 5, 50 // of starter, at once
	page, call := httptest.NewRequest("GET", "/customers", nil), httptest.NewRequest("GET", "/v1/customers", nil)
	call.Header.Set("Authorization", "Bearer x")
	byToken := httptest.NewRequest("GET", "/customers", nil) // a program that asks for pages is one
	byToken.Header.Set("Authorization", "Bearer x")
	visitor := of(tenancy.Visitor)
	visitor.SignedIn = false
	for what, c := range map[string]struct {
		limits *Limits
		who    *Caller
		r      *http.Request
		most   int // 0: no end
	}{
		"a person's pages":          {counting(func() time.Time { return still }), of(tenancy.Person), page, pages},
		"a key's calls":             {counting(func() time.Time { return still }), of(tenancy.Key), call, calls},
		"a key that asks for pages": {counting(func() time.Time { return still }), of(tenancy.Key), byToken, calls},
		"support":                   {counting(func() time.Time { return still }), of(tenancy.Support), page, 0},
		"a visitor":                 {counting(func() time.Time { return still }), visitor, page, 0},
		"without limits":            {nil, of(tenancy.Person), page, 0},
	} {
		passed, header := 0, http.Header{}
		for range 200 {
			w := httptest.NewRecorder()
			if err := c.limits.admit(w, c.r, c.who); err == nil {
				passed++
			} else if !fault.Is(err, fault.RateLimited) || fault.As(err).RetryAfter < time.Second {
				t.Errorf("%s: %v", what, err)
			}
			header = w.Header()
		}
		if want := c.most; passed != want && (want != 0 || passed != 200) {
			t.Errorf("%s: %d of 200 passed, want %d", what, passed, want)
		}
		if told := len(header) > 0; told != (c.most == calls) {
			t.Errorf("%s is told %v", what, header)
		}
	}
}

func BenchmarkCall(b *testing.B) {
	now := time.Now()
	l, c := counting(func() time.Time { now = now.Add(time.Second); return now }), of(tenancy.Key)
	r, w := httptest.NewRequest("GET", "/v1/customers", nil), httptest.NewRecorder()
	r.Header.Set("Authorization", "Bearer x")
	b.ReportAllocs()
	for range b.N {
		if err := l.admit(w, r, c); err != nil {
			b.Fatal(err)
		}
	}
}
