package edgetest

import (
	"net/http"
	"net/url"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

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
