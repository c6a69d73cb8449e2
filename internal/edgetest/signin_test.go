package edgetest

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/testkit"
)

// TestAnotherSitesFormsAreRefused is S09: what another site's page sends with the cookie of somebody who is logged in,
// a sibling company's page included, which a browser calls same-site.
func TestAnotherSitesFormsAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie := s.client(), s.signIn(t, testkit.A, owner(testkit.A))
	sibling, elsewhere := "http://"+host("beta"), "https://evil.example"
	senders := map[string]http.Header{
		"a sibling company":        {"Sec-Fetch-Site": {"same-site"}, "Origin": {sibling}},
		"a sibling, as it says":    {"Sec-Fetch-Site": {"same-site"}},
		"a sibling in old clothes": {"Origin": {sibling}},
		"the apex":                 {"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://" + base}},
		"another site":             {"Sec-Fetch-Site": {"cross-site"}, "Origin": {elsewhere}},
		"another site, old":        {"Origin": {elsewhere}},
		"a sandbox":                {"Origin": {"null"}},
		"a sandbox, as it says":    {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"null"}},
		"another port":             {"Origin": {"http://" + host("alpha") + ":9"}},
		"a name that begins alike": {"Origin": {"http://" + host("alpha") + ".evil.example"}},
	}
	bodies := map[string]ask{
		"a form":        {media: form, body: url.Values{"name": {"Eve"}, "version": {"1"}}.Encode()},
		"text":          {media: "text/plain", body: "name=Eve&version=1"},
		"a form's text": {media: form + ";charset=utf-8", body: "name=Eve&version=1"},
		"parts":         {media: "multipart/form-data; boundary=x", body: "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nEve\r\n--x--\r\n"},
		"nothing":       {},
	}
	sent := 0
	s.Untouched(t, testkit.A, func() {
		for who, header := range senders {
			for what, in := range bodies {
				for _, path := range []string{"/account/name", "/account/password", "/account/devices/end-others", "/account/second-factor/app", "/settings/people/invite", "/logout", "/login", "/login/passkey/ask"} {
					in.method, in.host, in.path, in.cookie, in.header = "POST", host("alpha"), path, cookie, header
					sent++
					if got := s.send(t, client, in); got.status != http.StatusForbidden {
						t.Errorf("%s sends %s to %s: %s, want 403", who, what, path, got)
					}
				}
			}
		}
	})
	if got := s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/account", cookie: cookie}); got.status != http.StatusOK {
		t.Errorf("the person is still logged in: %s", got)
	}
	own := ask{method: "POST", host: host("alpha"), path: "/account/devices/end-others", cookie: cookie, header: http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"http://" + host("alpha")}}}
	if got := s.send(t, client, own); got.status != http.StatusSeeOther {
		t.Errorf("the own page: %s, want 303", got)
	}
	t.Logf("%d refused", sent)
}

// TestCookiesBelongToOneHost is S10: no cookie of signing in can be read or set by a sibling, and what a sibling sets
// under a name like ours counts for nothing.
func TestCookiesBelongToOneHost(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client := s.client()
	body := url.Values{"email": {owner(testkit.A)}, "password": {password}}.Encode()
	got := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/login", media: form, body: body})
	cookies := (&http.Response{Header: got.header}).Cookies()
	names := map[string]string{}
	for _, c := range cookies {
		if c.Value == "" {
			continue
		}
		names[c.Name] = c.Value
		if !strings.HasPrefix(c.Name, "__Host-") || c.Domain != "" || c.Path != "/" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %s", c.Raw)
		}
	}
	token := names["__Host-session"]
	if len(names) != 2 || token == "" || names["__Host-device"] == "" {
		t.Fatalf("logging in sets %v", names)
	}
	beta := s.signIn(t, testkit.B, owner(testkit.B))
	for what, cookie := range map[string]string{
		"without its prefix": "session=" + token, "in small letters": "__host-session=" + token, "with another prefix": "__Secure-session=" + token,
		"with spaces": " __Host-session =" + token, "of the sibling": beta, "two of them": "__Host-session=" + token + "; " + beta, "two, the other way": beta + "; __Host-session=" + token,
	} {
		got := s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/account", cookie: cookie})
		if got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/login") {
			t.Errorf("a cookie %s: %s, want the log-in page", what, got)
		}
	}
	if got := s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/account", cookie: "session=x; __Host-session=" + token}); got.status != http.StatusOK {
		t.Errorf("ours beside another name: %s", got)
	}
}

// TestASessionIsNotTheOneThatWasThere is S08: whatever a browser brings, logging in gives a new token, and a change of
// the password another one.
func TestASessionIsNotTheOneThatWasThere(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client := s.client()
	planted := s.signIn(t, testkit.A, "office@a.example")
	body := url.Values{"email": {owner(testkit.A)}, "password": {password}}.Encode()
	got := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/login", media: form, body: body, cookie: planted})
	mine := sessionOf(t, got)
	if mine == planted {
		t.Fatal("the session that was there was taken over")
	}
	body = url.Values{"current": {password}, "password": {"nine gates in spring"}}.Encode()
	got = s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/account/password", media: form, body: body, cookie: mine})
	next := sessionOf(t, got)
	for cookie, want := range map[string]int{mine: http.StatusSeeOther, next: http.StatusOK, planted: http.StatusOK} {
		if got := s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/account", cookie: cookie}); got.status != want {
			t.Errorf("the token %.20s…: %d, want %d", cookie, got.status, want)
		}
	}
	if got := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/logout", cookie: next}); got.status != http.StatusSeeOther {
		t.Fatalf("log out: %s", got)
	}
	if got := s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/account", cookie: next}); got.status != http.StatusSeeOther {
		t.Errorf("after logging out: %s", got)
	}
}

func sessionOf(t *testing.T, got answer) string {
	t.Helper()
	for _, c := range (&http.Response{Header: got.header}).Cookies() {
		if c.Name == "__Host-session" && c.Value != "" {
			return c.Name + "=" + c.Value
		}
	}
	t.Fatalf("no session: %s", got)
	return ""
}

// TestLinksInMailNameOurHost is S19: whatever a request says of hosts, a mailed link leads to the company's own.
func TestLinksInMailNameOurHost(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client := s.client()
	evil := "evil.example"
	variants := []http.Header{
		{"Host": {evil}}, {"Host": {host("alpha") + ":80@" + evil}}, {"Host": {host("alpha") + "." + evil}}, {"Host": {"alpha." + evil}},
		{"X-Forwarded-Host": {evil}}, {"X-Forwarded-Host": {host("alpha") + ", " + evil}}, {"X-Forwarded-Server": {evil}}, {"X-Host": {evil}},
		{"X-Original-Host": {evil}}, {"X-Forwarded-Proto": {"https"}, "X-Forwarded-Port": {"444"}}, {"Forwarded": {"host=" + evil + ";proto=https"}}, {"X-Rewrite-URL": {"//" + evil}},
		{"X-Original-URL": {"http://" + evil + "/"}}, {"Referer": {"http://" + evil + "/"}}, {"X-HTTP-Host-Override": {evil}}, {"Host": {host("alpha") + ":9999"}},
	}
	answered := 0
	for i, header := range variants {
		email := []string{owner(testkit.A), "admin@a.example", "office@a.example", "estimator@a.example"}[i%4] // five mails an hour each
		got := s.send(t, client, ask{method: "POST", host: host("alpha"), path: "/forgot", media: form, body: "email=" + email, header: header})
		if got.status == http.StatusOK {
			answered++
		}
	}
	mails := s.mails(t, answered)
	for _, text := range mails {
		if !strings.Contains(text, "http://"+host("alpha")+"/reset?code=") || strings.Contains(text, "evil") || strings.Contains(text, "444") || strings.Contains(text, "9999") {
			t.Errorf("a mail was poisoned:\n%s", text)
		}
	}
	if answered < 10 {
		t.Errorf("only %d of %d variants were answered at all", answered, len(variants))
	}
	t.Logf("%d variants, %d mails", len(variants), len(mails))
}

// mails are the files of the outbox, once there are as many.
func (s *site) mails(t *testing.T, many int) (texts []string) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		names, err := filepath.Glob(filepath.Join(s.outbox, "outbox", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		if len(names) >= many {
			for _, name := range names {
				b, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				texts = append(texts, strings.ReplaceAll(strings.ReplaceAll(string(b), "=\r\n", ""), "=3D", "="))
			}
			return texts
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%d mails after half a minute, want %d", len(names), many)
		}
	}
}
