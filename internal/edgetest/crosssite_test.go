package edgetest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/testkit"
)

// TestSiblingsPostNothing sends every form and every changing operation as a page of another site would,
// a sibling company's included, which for browsers is the same site (S09).
func TestSiblingsPostNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie, token := s.client(), s.signIn(t, testkit.A, owner(testkit.A)), s.token(t, testkit.A, owner(testkit.A))
	from := []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
		{"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://" + host("beta")}},
		{"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://" + host("")}},
		{"Sec-Fetch-Site": {"cross-site"}},
		{"Origin": {"http://" + host("beta")}},
		{"Origin": {"http://" + host("")}},
		{"Origin": {"null"}},
		{"Origin": {"http://" + host("alpha") + ".evil.example"}},
	}
	medias := map[string]string{form: "name=evil&email=evil%40evil.example", "text/plain": `{"name":"evil"}`, "application/json": `{"name":"evil"}`}
	tried := 0
	s.Untouched(t, testkit.A, func() {
		for _, r := range s.routes(t) {
			if !r.changes() {
				continue
			}
			for i, header := range from {
				for media, body := range medias {
					in := ask{method: r.method, host: host(r.slug), path: r.of(true), header: header, media: media, body: body, cookie: cookie}
					if r.slug == "" && (i == 2 || i == 5) {
						continue // the apex itself
					}
					if r.api {
						in.cookie, in.bearer = "", token
					}
					tried++
					if got := s.send(t, client, in); got.status != http.StatusForbidden {
						t.Errorf("%s %s as %v from %v: %d, want 403", r.method, r.path, media, header, got.status)
					}
				}
			}
		}
	})
	if tried < 1_000 {
		t.Errorf("only %d requests were sent", tried)
	}
	t.Logf("%d requests of other sites, all refused", tried)
	// The same from our own page is not.
	in := ask{method: "POST", host: host("alpha"), path: "/look", media: form, body: "theme=dark", header: http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"http://" + host("alpha")}}}
	if got := s.send(t, client, in); got.status != http.StatusSeeOther {
		t.Errorf("our own page: %s", got)
	}
}

// TestTossedCookiesAreNobodys: a sibling can set cookies for all of the domain, but none that counts (S10).
func TestTossedCookiesAreNobodys(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client := s.client()
	own, foreign := s.signIn(t, testkit.A, owner(testkit.A)), s.signIn(t, testkit.B, owner(testkit.B))
	visit := func(cookie string) answer {
		return s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/customers", cookie: cookie})
	}
	if got := visit(own); got.status != http.StatusOK {
		t.Fatalf("the own session: %s", got)
	}
	value := strings.TrimPrefix(own, "__Host-session=")
	for _, cookie := range []string{
		foreign, own + "; " + foreign, foreign + "; " + own, own + "; " + own, "session=" + value, "__Secure-session=" + value, "__host-session=" + value, "__HOST-SESSION=" + value,
		"=__Host-session=" + value, "__Host-session=" + value + "x", "__Host-session=\"" + value + "x\"", "$Version=1; __Host-session=" + value + "x", "\u2000__Host-session=" + value,
		"__Host-session=", "__Host-session", "x=__Host-session=" + value, "__Host-session%3D" + value,
	} {
		got := visit(cookie)
		if got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/login") {
			t.Errorf("cookie %.60q: %s, want the log-in page", cookie, got)
		}
		if strings.Contains(got.body, testkit.Sentinel) {
			t.Errorf("cookie %.60q shows the other company", cookie)
		}
	}
	// Nothing that we set can be set by a sibling, or is sent to one.
	body := url.Values{"email": {owner(testkit.A)}, "password": {password}}.Encode()
	for _, in := range []ask{
		{method: "POST", path: "/login", media: form, body: body},
		{method: "POST", path: "/logout", cookie: own},
		{method: "POST", path: "/start", media: form, body: "code=old"},
		{method: "POST", path: "/look", media: form, body: "theme=dark"},
	} {
		in.host = host("alpha")
		got := s.send(t, client, in)
		if len(got.header.Values("Set-Cookie")) == 0 {
			t.Errorf("%s sets no cookie: %s", in.path, got)
		}
		for _, line := range got.header.Values("Set-Cookie") {
			c, err := http.ParseSetCookie(line)
			if err != nil || c.Domain != "" || c.Path != "/" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || !strings.HasPrefix(c.Name, "__Host-") && c.Name != "look" {
				t.Errorf("%s sets %q (%v)", in.path, line, err)
			}
		}
	}
}

// origins are thirty that are not ours, or not exactly.
func origins() []string {
	own := host("alpha")
	return []string{
		"null", "https://evil.example", "http://evil.example", "https://evil-" + base, "https://evil" + base, "https://" + base + ".evil.example", "https://" + own + ".evil.example", "https://evil." + own,
		"https://a.b." + own, "http://" + host("beta"), "https://" + host("beta"), "http://" + base, "https://" + base, "https://" + own + ":8443", "http://" + own + ":1", "file://", "https://" + own + "@evil.example",
		"https://evil.example/" + own, "https://evil.example#" + own, "https://evil.example?" + own, "chrome-extension://abcdefghijklmnop", "http://localhost", "http://localhost:3000", "http://127.0.0.1", "http://[::1]",
		"https://" + strings.ToUpper(own), "https://" + own + ".", "https://xn--fenceplatfrm-ejb.com", "http://" + own + "%00.evil.example", "*", "http://" + own, "",
	}
}

// TestNoOriginReadsAnswers: no page of any site, our own hosts' included, may read what the API answers (S11). An
// API key in a page is a key for everybody who looks at it; our pages do not call the API.
func TestNoOriginReadsAnswers(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie, token := s.client(), s.signIn(t, testkit.A, owner(testkit.A)), s.token(t, testkit.A, owner(testkit.A))
	all := origins()
	if len(all) < 30 {
		t.Fatalf("%d origins", len(all))
	}
	for _, origin := range all {
		header := http.Header{"Origin": {origin}}
		preflight := header.Clone()
		preflight.Set("Access-Control-Request-Method", "PATCH")
		preflight.Set("Access-Control-Request-Headers", "authorization,content-type")
		preflight.Set("Access-Control-Request-Private-Network", "true")
		for _, in := range []ask{
			{method: "GET", path: "/v1/customers", bearer: token, header: header},
			{method: "GET", path: "/v1/customers", header: header},
			{method: "GET", path: "/v1/customers", cookie: cookie, header: header},
			{method: "GET", path: "/customers", cookie: cookie, header: header},
			{method: "GET", path: "/v1/openapi.json", header: header},
			{method: "GET", path: "/assets/nothing.css", header: header},
			{method: "OPTIONS", path: "/v1/customers", header: preflight},
			{method: "OPTIONS", path: "/v1/customers/" + testkit.A.Customer().String(), header: preflight},
			{method: "OPTIONS", path: "/customers", cookie: cookie, header: preflight},
		} {
			in.host = host("alpha")
			got := s.send(t, client, in)
			for name := range got.header {
				if strings.HasPrefix(name, "Access-Control-") || name == "Timing-Allow-Origin" {
					t.Errorf("%s %s for %q has %s: %s", in.method, in.path, origin, name, got.header.Get(name))
				}
			}
			if in.method == "OPTIONS" && got.status < 400 {
				t.Errorf("preflight of %q: %d, want it refused", origin, got.status)
			}
		}
	}
}

// TestOnlyAnAgreeingRequestPasses sends every combination of host, X-Org-Id and credential (S05): a request passes
// when all that it names is the same company, and everything else that is whole is the same 404.
func TestOnlyAnAgreeingRequestPasses(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client := s.client()
	a, b := testkit.A, testkit.B
	tokens := map[string]string{"A": s.token(t, a, owner(a)), "B": s.token(t, b, owner(b))}
	hosts := map[string]string{"A": host(a.Slug), "B": host(b.Slug), "nobody": host("nobody"), "apex": base, "two labels": "x." + host(a.Slug), "foreign": a.Slug + ".example.com"}
	named := map[string][]string{"none": nil, "A": {a.ID.String()}, "B": {b.ID.String()}, "random": {"0198f3a0-0000-7000-8000-000000000001"}, "malformed": {"alpha"}, "both": {a.ID.String(), b.ID.String()}}
	credentials := map[string]string{"none": "", "A": tokens["A"], "B": tokens["B"], "garbage": "nonsense", "A's, broken": tokens["A"][:len(tokens["A"])-3] + "xyz", "B's, broken": tokens["B"][:len(tokens["B"])-3] + "xyz"}
	passed, missing := 0, ""
	for h, hostname := range hosts {
		for n, ids := range named {
			for c, bearer := range credentials {
				want := expected(h, n, c)
				got := s.send(t, client, ask{method: "GET", host: hostname, path: "/v1/organization", bearer: bearer, header: http.Header{"X-Org-Id": ids}})
				what := fmt.Sprintf("host %s, X-Org-Id %s, token %s", h, n, c)
				if got.status != want {
					t.Errorf("%s: %d, want %d", what, got.status, want)
				}
				switch got.status {
				case http.StatusOK:
					passed++
					if own := map[string]string{"A": a.Slug, "B": b.Slug}[h]; !strings.Contains(got.body, own) {
						t.Errorf("%s: answers another company: %s", what, got.body)
					}
				case http.StatusNotFound:
					if h == "apex" { // no company's host: its policy names theirs
						break
					}
					got.header.Del("Date")
					seen := fmt.Sprint(got.header, got.body)
					if missing == "" {
						missing = seen
					}
					if seen != missing {
						t.Errorf("%s: a 404 that tells more than others:\n%s\n%s", what, seen, missing)
					}
				}
				if h != "B" && strings.Contains(got.body, testkit.Sentinel) {
					t.Errorf("%s: shows the other company", what)
				}
			}
		}
	}
	if passed != 4 {
		t.Errorf("%d combinations passed, want 4: each company by its host and token, named or not", passed)
	}
}

// expected is the rule: the host decides, X-Org-Id may confirm it, the credential has to belong to it.
func expected(host, named, credential string) int {
	if named == "both" {
		return http.StatusBadRequest
	}
	if host != "A" && host != "B" {
		return http.StatusNotFound
	}
	if named != "none" && named != host {
		return http.StatusNotFound
	}
	switch credential {
	case host:
		return http.StatusOK
	case "none", "garbage", "A's, broken", "B's, broken": // what no key of ours signed is nobody's
		return http.StatusUnauthorized
	}
	return http.StatusNotFound // another company's
}

// TestCookiesAreForPagesAndTokensForPrograms: what a browser keeps opens nothing of the API when it is sent as a bearer
// token, and no token opens a page when it is sent as the cookie. Each is good in its own place all the while.
func TestCookiesAreForPagesAndTokensForPrograms(t *testing.T) {
	t.Parallel()
	s := serve(t)
	a, b, client := testkit.A, testkit.B, s.client()
	cookie, token := s.signIn(t, a, owner(a)), s.token(t, a, owner(a))
	_, kept, _ := strings.Cut(cookie, "=")
	_, theirs, _ := strings.Cut(s.signIn(t, b, owner(b)), "=")
	made := s.send(t, client, ask{method: "POST", host: host(a.Slug), path: "/v1/api-keys", bearer: token, media: "application/json", body: `{"name":"Books","scopes":["customers.write"]}`, header: http.Header{"Idempotency-Key": {rnd()}}})
	var key struct {
		Secret string `json:"secret"`
	}
	if err := json.Unmarshal([]byte(made.body), &key); err != nil || key.Secret == "" {
		t.Fatalf("make a key: %s, %v", made, err)
	}
	s.Untouched(t, b, func() {
		for what, c := range map[string]struct {
			ask
			want int
		}{
			"a cookie's value as a token":                 {ask{path: "/v1/customers", bearer: kept}, 401},
			"the same, to write":                          {ask{method: "POST", path: "/v1/customers", bearer: kept, media: "application/json", body: `{"name":"Eve"}`}, 401},
			"the same beside the cookie":                  {ask{path: "/v1/customers", bearer: kept, cookie: cookie}, 401},
			"the same on a page":                          {ask{path: "/customers", bearer: kept}, 401},
			"another company's cookie's value as a token": {ask{path: "/v1/customers", bearer: theirs}, 404},
			"the cookie at the API":                       {ask{path: "/v1/customers", cookie: cookie}, 401},
			"an access token as the cookie":               {ask{path: "/customers", cookie: "__Host-session=" + token}, 303},
			"a key as the cookie":                         {ask{path: "/customers", cookie: "__Host-session=" + key.Secret}, 303},
			"the cookie on a page":                        {ask{path: "/customers", cookie: cookie}, 200},
			"the access token at the API":                 {ask{path: "/v1/customers", bearer: token}, 200},
			"the key at the API":                          {ask{path: "/v1/customers", bearer: key.Secret}, 200},
		} {
			in := c.ask
			in.host = host(a.Slug)
			if in.method == "" {
				in.method = "GET"
			}
			if got := s.send(t, client, in); got.status != c.want {
				t.Errorf("%s: %s, want %d", what, got, c.want)
			}
		}
	})
	if n := testkit.Value[int](t, s.Database, "SELECT count(*)::int FROM app.customers WHERE name = 'Eve'"); n != 0 {
		t.Error("a customer was written with a cookie's value")
	}
}
