package edgetest

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/testkit"
)

// TestEveryAnswerCarriesItsHeaders walks every page, form, operation and file (S32): as nobody, as the owner by
// cookie and by token, about what exists and what does not, with methods that the address has not, and with
// what is refused. By http and as behind TLS.
func TestEveryAnswerCarriesItsHeaders(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(c *config.Settings) { c.PublicURL = scheme + "://" + base })
			client, cookie, token := s.client(), s.signIn(t, testkit.A, owner(testkit.A)), s.token(t, testkit.A, owner(testkit.A))
			seen := map[int]int{}
			look := func(in ask) {
				got := s.send(t, client, in)
				seen[got.status]++
				if got.status == http.StatusInternalServerError {
					t.Errorf("%s %s%s is our mistake: %s", in.method, in.host, in.path, s.mistake())
				}
				if wrong := wrongHeaders(got, in, scheme == "https"); len(wrong) > 0 {
					t.Errorf("%s %s%s (%d): %s", in.method, in.host, in.path, got.status, strings.Join(wrong, "; "))
				}
			}
			routes := s.routes(t)
			for _, r := range routes {
				for _, exists := range []bool{false, true} {
					in := ask{method: r.method, host: host(r.slug), path: r.of(exists)}
					look(in)
					in.cookie = cookie
					if r.api {
						in.cookie, in.bearer = "", token
					}
					if !strings.Contains(r.path, "logout") && !strings.HasSuffix(r.path, "/end-others") { // they end the log-ins that the others use
						look(in)
					}
				}
				look(ask{method: "DELETE", host: host(r.slug), path: r.of(true), cookie: cookie})
				look(ask{method: "TRACE", host: host(r.slug), path: r.of(true)})
			}
			for _, in := range refusals(token) {
				look(in)
			}
			for _, status := range []int{200, 204, 302, 303, 307, 400, 401, 403, 404, 405, 413, 414, 415, 422, 428, 431} {
				if seen[status] == 0 && status != 204 {
					t.Errorf("no answer of status %d was looked at", status)
				}
			}
			t.Logf("%d routes, answers by status: %v", len(routes), seen)
		})
	}
}

// refusals are requests that are refused before or beside any route.
func refusals(token string) []ask {
	post := func(in ask) ask { in.method, in.host = "POST", host("alpha"); return in }
	return []ask{
		{method: "GET", host: "nobody." + base, path: "/"},
		{method: "GET", host: "a.b." + base, path: "/"},
		{method: "GET", host: "elsewhere.example", path: "/v1/customers"},
		{method: "GET", host: host("alpha"), path: "/nobody/nowhere"},
		{method: "GET", host: host("alpha"), path: "//customers"},
		{method: "GET", host: host("alpha"), path: "/" + strings.Repeat("a", 9<<10)},
		{method: "GET", host: host("alpha"), path: "/assets/nothing.css"},
		{method: "GET", host: host("alpha"), path: "/v1/customers?nick=x", bearer: token},
		{method: "GET", host: host("alpha"), path: "/v1/customers", bearer: "nonsense"},
		{method: "GET", host: host("alpha"), path: "/", header: many(101)},
		{method: "GET", host: host("alpha"), path: "/", header: http.Header{"X-Org-Id": {"a", "b"}}},
		{method: "PATCH", host: host("alpha"), path: "/v1/customers/" + testkit.A.Customer().String(), bearer: token, media: "application/json", body: "{}"},
		post(ask{path: "/login", media: form, body: "email=" + strings.Repeat("x", 1<<20+1)}),
		post(ask{path: "/login", media: form, body: "email=%zz"}),
		post(ask{path: "/login", header: http.Header{"Sec-Fetch-Site": {"cross-site"}}}),
		post(ask{path: "/v1/customers", bearer: token, media: "text/plain", body: "{}"}),
		post(ask{path: "/v1/customers", bearer: token, media: "application/json", body: "{"}),
		post(ask{path: "/v1/customers", bearer: token, media: "application/json", body: `{"name":"` + strings.Repeat("x", 1<<20) + `"}`}),
	}
}

func many(n int) http.Header {
	h := http.Header{}
	for i := range n {
		h.Set("X-Of-Many-"+strconv.Itoa(i), "x")
	}
	return h
}

// anySource is what lets in more than was named: unsafe-*, everything, a whole scheme but data: for pictures.
var anySource = regexp.MustCompile(`unsafe| \*[ ;]| (?:https?|blob|filesystem):(?:[ ;]|$)|(?:script|style|connect|default)-src[^;]* data:`)

var maxAge = regexp.MustCompile(`max-age=(\d+)`)

// wrongHeaders says what an answer lacks or has too much.
func wrongHeaders(got answer, in ask, secure bool) (wrong []string) {
	h := got.header
	want := func(ok bool, what string) {
		if !ok {
			wrong = append(wrong, what)
		}
	}
	is := func(name, value string) { want(h.Get(name) == value, name+" is "+strconv.Quote(h.Get(name))) }
	csp := h.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
		want(strings.Contains(csp, part), "the policy lacks "+part)
	}
	want(!anySource.MatchString(csp), "policy "+csp)
	// Only the apex hands over to companies' hosts.
	want(in.host == base || !strings.Contains(csp, "*"), "a company's form may go to another company: "+csp)
	is("X-Content-Type-Options", "nosniff")
	is("Referrer-Policy", "same-origin")
	is("Cross-Origin-Opener-Policy", "same-origin")
	want(h.Get("Permissions-Policy") != "", "no Permissions-Policy")
	age := maxAge.FindStringSubmatch(h.Get("Strict-Transport-Security"))
	if secure {
		seconds := 0
		if len(age) == 2 {
			seconds, _ = strconv.Atoi(age[1]) // digits
		}
		want(seconds >= 365*24*60*60 && strings.Contains(h.Get("Strict-Transport-Security"), "includeSubDomains"), "HSTS "+h.Get("Strict-Transport-Security"))
	} else {
		want(len(age) == 0, "HSTS without TLS")
	}
	file := strings.HasPrefix(in.path, "/assets/") && got.status < 300
	if file {
		is("Cross-Origin-Resource-Policy", "same-site")
		want(strings.Contains(h.Get("Cache-Control"), "immutable"), "Cache-Control "+h.Get("Cache-Control"))
	} else {
		is("Cross-Origin-Resource-Policy", "same-origin")
		want(h.Get("Cache-Control") == "no-store" || publicCopy(h.Get("Cache-Control"), in, got), "Cache-Control "+h.Get("Cache-Control"))
	}
	want(strings.Contains(h.Get("Cache-Control"), "no-store") || len(h.Values("Set-Cookie")) == 0, "a cookie that caches keep")
	for name := range h {
		want(!strings.HasPrefix(name, "Access-Control-") && name != "Server" && !strings.HasPrefix(name, "X-Powered"), "has "+name)
	}
	want(got.body == "" || h.Get("Content-Type") != "", "a body without its type")
	want(!strings.HasPrefix(h.Get("Content-Type"), "text/") || strings.Contains(h.Get("Content-Type"), "charset=utf-8"), "Content-Type "+h.Get("Content-Type"))
	return wrong
}

// publicCopy tells whether an answer may lie in caches: nobody's in particular, and asked for without proof.
func publicCopy(cache string, in ask, got answer) bool {
	same := map[string]bool{"/docs": true, "/docs/docs.css": true, "/v1/openapi.yaml": true, "/v1/openapi.json": true, "/.well-known/fence-seal-key": true}
	return same[in.path] && got.status == http.StatusOK && cache != ""
}
