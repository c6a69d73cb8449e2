package edgetest

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/platform/openid"
	"fenceplatform.com/fence/internal/platform/outbound"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/provider"
)

const (
	signOnPath   = "/settings/single-sign-on"
	callbackPath = "/login/oidc/callback"
)

// signOnForm sets single sign-on up as the page's form does.
func signOnForm(issuer, domain string) url.Values {
	return url.Values{"name": {"Okta"}, "issuer": {issuer}, "client_id": {provider.ClientID}, "client_secret": {provider.Secret}, "domains": {domain}, "newcomer_role": {""},
		"enabled": {"yes"}, "version": {"2"}, "idempotency_key": {rnd()}}
}

func (s *site) post(t *testing.T, slug, path, cookie string, body url.Values) answer {
	t.Helper()
	return s.send(t, s.client(), ask{method: "POST", host: host(slug), path: path, media: form, cookie: cookie, body: body.Encode()})
}

var oneTimeKey = regexp.MustCompile(`name="idempotency_key" value="[^"]*"`)

// said is an answer without what is another each time.
func said(a answer) string {
	return fmt.Sprint(a.status, " ", oneTimeKey.ReplaceAllString(a.body, ""))
}

func cookieNamed(a answer, name string) string {
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == name && c.Value != "" && c.Secure && c.HttpOnly && c.Path == "/" && c.Domain == "" {
			return c.Name + "=" + c.Value
		}
	}
	return ""
}

// TestAnAnswerBelongsToItsBrowserAndCompany is a log-in at a provider from outside (S09, S20): what comes back counts in
// the browser and company that it was begun in, once, and reading it changes nothing.
func TestAnAnswerBelongsToItsBrowserAndCompany(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.app.Services.Identity.UseOpenID(openid.NewClient(outbound.New(true)))
	p := provider.New(t, provider.Person{Subject: "office", Email: "office@a.example", Verified: true})
	s.Exec(t, "UPDATE app.organizations SET plan = 'enterprise'")
	for _, o := range []testkit.Org{testkit.A, testkit.B} {
		if got := s.post(t, o.Slug, signOnPath, s.signIn(t, o, owner(o)), signOnForm(p.Issuer(), o.Slug[:1]+".example")); got.status != http.StatusSeeOther {
			t.Fatalf("set up: %s", got)
		}
	}
	s.Untouched(t, testkit.B, func() {
		left := s.post(t, "alpha", "/login/oidc", "", url.Values{"back": {"//evil.example/"}})
		kept, to := cookieNamed(left, "__Host-signon"), strings.TrimPrefix(left.header.Get("Refresh"), "0; url=")
		if left.status != http.StatusOK || kept == "" || !strings.HasPrefix(to, p.Issuer()+"/authorize?") || !strings.Contains(left.header.Get("Content-Security-Policy"), "form-action 'self';") {
			t.Fatalf("leaves by %s", left)
		}
		q := p.LogIn(t, to)
		page := s.send(t, s.client(), ask{method: "GET", host: host("alpha"), path: callbackPath + "?" + q.Encode(), cookie: kept})
		if page.status != http.StatusOK || !strings.Contains(page.body, `action="`+callbackPath+`"`) || !strings.Contains(page.body, q.Get("code")) || len(page.header.Values("Set-Cookie")) > 0 {
			t.Errorf("comes back to %s", page)
		}
		nonsense := url.Values{"code": {"x"}, "state": {"y"}}
		for slug, cookie := range map[string]string{"alpha": "", "beta": kept} {
			want := s.post(t, slug, callbackPath, "__Host-signon="+rnd(), nonsense)
			if got := s.post(t, slug, callbackPath, cookie, q); got.status != http.StatusUnprocessableEntity || said(got) != said(want) {
				t.Errorf("on %s with %.20q: %s, want what nonsense gets: %s", slug, cookie, got, want)
			}
		}
		for _, site := range []string{"same-site", "cross-site"} {
			got := s.send(t, s.client(), ask{method: "POST", host: host("alpha"), path: callbackPath, media: form, cookie: kept, body: q.Encode(), header: http.Header{"Sec-Fetch-Site": {site}}})
			if got.status != http.StatusForbidden {
				t.Errorf("sent by a %s page: %s", site, got)
			}
		}
		in := s.post(t, "alpha", callbackPath, kept, q)
		if in.status != http.StatusSeeOther || strings.Contains(in.header.Get("Location"), "evil") || cookieNamed(in, "__Host-session") == "" {
			t.Fatalf("in the browser that left: %s", in)
		}
		if got := s.post(t, "alpha", callbackPath, kept, q); got.status != http.StatusUnprocessableEntity {
			t.Errorf("the same again: %s", got)
		}
		p.Close()
		if got := s.post(t, "alpha", "/login/oidc", "", nil); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "Okta does not answer") || !strings.Contains(got.body, `name="password"`) {
			t.Errorf("with the provider gone: %s", got)
		}
	})
}

// TestNoProviderLeadsInside is S12: whatever an admin enters, nothing of ours is asked.
func TestNoProviderLeadsInside(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := provider.New(t, provider.Person{})
	cookie := s.signIn(t, testkit.A, "admin@a.example")
	locked := s.send(t, s.client(), ask{method: "GET", host: host("alpha"), path: signOnPath, cookie: cookie})
	if locked.status != http.StatusOK || !strings.Contains(locked.body, "a part of Enterprise") || strings.Contains(locked.body, "client_secret") {
		t.Errorf("on a plan without it: %s", locked)
	}
	if got := s.post(t, "alpha", signOnPath, cookie, signOnForm("https://login.a.example", "a.example")); got.status != http.StatusForbidden || !strings.Contains(got.body, "Enterprise") {
		t.Errorf("set up on a plan without it: %s", got)
	}
	s.Exec(t, "UPDATE app.organizations SET plan = 'enterprise'")
	cookie = s.signIn(t, testkit.A, "admin@a.example")
	for _, issuer := range []string{p.Issuer(), "http://login.a.example", "https://127.0.0.1", "https://[::1]", "https://10.0.0.1:8443", "https://169.254.169.254", "https://localhost", "https://alpha." + base,
		"https://[::ffff:127.0.0.1]", "https://2130706433", "https://user@login.a.example", "file:///etc/passwd"} {
		got := s.post(t, "alpha", signOnPath, cookie, signOnForm(issuer, "a.example"))
		if got.status != http.StatusUnprocessableEntity || strings.Contains(got.body, provider.Secret) {
			t.Errorf("%s: %s", issuer, got)
		}
	}
	s.Exec(t, "UPDATE app.sign_on SET issuer = $1, enabled = true", p.Issuer()) // as if the form had taken it
	if got := s.post(t, "alpha", signOnPath, cookie, signOnForm("https://login.a.example", "a.example")); got.status != http.StatusSeeOther {
		t.Fatalf("set up: %s", got)
	}
	s.Exec(t, "UPDATE app.sign_on SET issuer = $1", p.Issuer())
	for path, who := range map[string]string{"/login/oidc": "", signOnPath + "/test": cookie} {
		if got := s.post(t, "alpha", path, who, nil); got.status != http.StatusServiceUnavailable && got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s", path, got)
		}
	}
	if asked := p.Asked(); len(asked) > 0 {
		t.Errorf("this machine was asked for %v", asked)
	}
}
