package edgetest

import (
	"net/http"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

// canary stands in everything that a request says beside its address. No answer has it.
const canary = "canary7f3a"

// unkeyed are headers that caches do not look at and careless products do.
func unkeyed() http.Header {
	h := http.Header{}
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Server", "X-Forwarded-Scheme", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Host", "X-Original-Host", "X-Original-Url", "X-Rewrite-Url", "X-Forwarded-For",
		"X-Http-Method-Override", "X-Request-Id", "X-Trace-Id", "Traceparent", "Forwarded", "Via", "User-Agent", "Accept-Language", "Accept", "Referer", "X-Requested-With", "Hx-Request", "Hx-Current-Url", "Hx-Target", "X-Wap-Profile", "Range", "If-Range", "Prefer", "Dnt", "Save-Data", "X-Nonce"} {
		h.Set(name, canary)
	}
	h.Set("Cookie", "x="+canary)
	return h
}

// TestCachesKeepNothingOfAnybody asks for every page, operation and file (S34): what a cache may keep is the same
// whoever asks, from whatever company, with whatever headers; all the rest says no-store; and no answer repeats a
// header of the request.
func TestCachesKeepNothingOfAnybody(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client := s.client()
	cookies := map[string]string{"alpha": s.signIn(t, testkit.A, owner(testkit.A)), "beta": s.signIn(t, testkit.B, owner(testkit.B))}
	kept := 0
	for _, r := range s.routes(t) {
		if r.changes() {
			continue
		}
		path := r.of(true)
		plain := ask{method: r.method, host: host(r.slug), path: path}
		odd := plain
		odd.header = unkeyed()
		signed := odd
		signed.header = unkeyed()
		signed.cookie = cookies["alpha"]
		base := s.send(t, client, plain)
		for _, in := range []ask{odd, signed} {
			got := s.send(t, client, in)
			for name, values := range got.header {
				if strings.Contains(strings.Join(values, " "), canary) {
					t.Errorf("%s: header %s repeats the request: %v", path, name, values)
				}
			}
			if strings.Contains(got.body, canary) {
				t.Errorf("%s: the answer repeats a header of the request", path)
			}
			if strings.Contains(got.header.Get("Cache-Control"), "no-store") {
				continue
			}
			if got.status != base.status || got.body != base.body {
				t.Errorf("%s may be cached (%s) and depends on who asks: %s, %s", path, got.header.Get("Cache-Control"), got, base)
			}
		}
		if strings.Contains(base.header.Get("Cache-Control"), "no-store") {
			continue
		}
		kept++
		other := s.send(t, client, ask{method: r.method, host: host("beta"), path: path, cookie: cookies["beta"]})
		if other.body != base.body || strings.Contains(other.body, testkit.Sentinel) {
			t.Errorf("%s may be cached and differs between companies", path)
		}
	}
	if kept < 5 {
		t.Errorf("%d answers may be cached: are files walked?", kept)
	}
	t.Logf("%d answers may be cached, all of them the same for everybody", kept)
}

// TestColorsAreKeptByTheirContent: the one answer of a company that caches keep has its content's hash in its
// address, and the other company's address is nobody's here.
func TestColorsAreKeptByTheirContent(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client := s.client()
	s.Exec(t, "UPDATE app.organizations SET brand_color = CASE slug WHEN 'alpha' THEN '#0A7D33' ELSE '#7D0A33' END")
	sheet := func(slug string) string {
		page := s.send(t, client, ask{method: "GET", host: host(slug), path: "/q/link%20of%20" + slug[:1]})
		_, rest, found := strings.Cut(page.body, `href="/brand.`)
		name, _, _ := strings.Cut(rest, `"`)
		if !found {
			t.Fatalf("no color on the page of %s: %s", slug, page)
		}
		return "/brand." + name
	}
	a, b := sheet("alpha"), sheet("beta")
	for _, c := range []struct {
		slug, path string
		status     int
	}{{"alpha", a, 200}, {"beta", b, 200}, {"alpha", b, 404}, {"beta", a, 404}} {
		got := s.send(t, client, ask{method: "GET", host: host(c.slug), path: c.path})
		if got.status != c.status || c.status == 404 && got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s on %s: %s, want %d", c.path, c.slug, got, c.status)
		}
	}
}

// TestNoPageLooksLikeAFile: an address with the ending of a file does not get a page that a cache would take for
// one (web cache deception).
func TestNoPageLooksLikeAFile(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie := s.client(), s.signIn(t, testkit.A, owner(testkit.A))
	customer := "/customers/" + testkit.A.Customer().String()
	for _, page := range []string{"/", "/customers", customer, "/settings/company", "/quotes", "/settings/people"} {
		for _, tail := range []string{"/x.css", "/x.js", ".css", ".js", ";x.css", "%3Bx.css", "%2Fx.css", "%0Ax.css", "%00.css", "%23x.css", "%3Fx.css", "/%2e%2e/assets/app.css", "/..%2fassets/app.css", "/.css", "?x.css", "/?x.css"} {
			path := page + tail
			if strings.HasPrefix(tail, "/") {
				path = strings.TrimSuffix(page, "/") + tail
			}
			got := s.send(t, client, ask{method: "GET", host: host("alpha"), path: path, cookie: cookie})
			if got.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s%s: %d with Cache-Control %q", page, tail, got.status, got.header.Get("Cache-Control"))
			}
			if got.status == http.StatusOK && !strings.HasPrefix(tail, "?") && !strings.HasPrefix(tail, "/?") {
				t.Errorf("%s%s shows a page", page, tail)
			}
		}
	}
}
