package edgetest

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/testkit"
)

// secrets are canaries, each in a place of its own, and what of them must not be seen anywhere.
type secrets map[string]string

func (c secrets) in(text string) (found []string) {
	for where, s := range c {
		if s != "" && strings.Contains(text, s) {
			found = append(found, where)
		}
	}
	return found
}

// TestSecretsAreNotTold gives the product canaries as keys and passwords, lets it serve and fail in every way that
// a request can bring about, and looks for them in all that it says: log, answers, metrics, errors (S31).
func TestSecretsAreNotTold(t *testing.T) {
	t.Parallel()
	seal := base64.StdEncoding.EncodeToString([]byte("canary of the seal, of 32 bytes.")[:32])
	known := secrets{"seal key": seal, "context key": testkit.ContextKey, "database password": "canary-of-the-database", "mail password": "canary-of-the-mail-server"}
	s := serve(t, func(c *config.Settings) {
		c.SealKey = seal
		c.DatabaseURL += " password=" + known["database password"]
		c.SystemURL += " password=" + known["database password"]
		c.SMTPURL = "smtp+insecure://fence:" + known["mail password"] + "@127.0.0.1:1"
	})
	client := s.client()
	known["password"], known["wrong password"] = password, "canary-that-is-wrong"
	cookie, token := s.signIn(t, testkit.A, owner(testkit.A)), s.token(t, testkit.A, owner(testkit.A))
	_, known["session"], _ = strings.Cut(cookie, "=")
	known["token"], known["bearer of nobody"], known["cookie of nobody"], known["link of nobody"] = token, "canary-bearer", "canary-cookie", "canary-link"
	known["card number"] = "4111-1111-1111-1111"
	requests := func() {
		for _, in := range canaryRequests(s.routes(t), known, cookie, token) {
			got := s.send(t, client, in)
			found := known.in(fmt.Sprint(got.header, got.body))
			// A form that is shown again shows what was typed into it, and the code of the link that it was opened
			// by; no password. Nothing else says anything again.
			if got.status == http.StatusUnprocessableEntity && in.media == form {
				found = slices.DeleteFunc(found, func(s string) bool { return s == "card number" || s == "link of nobody" })
			}
			if len(found) > 0 {
				t.Errorf("%s %s answers with %v: %s", in.method, in.path, found, got)
			}
		}
	}
	requests()
	s.Exec(t, "ALTER TABLE app.customers RENAME TO customers_gone")
	requests() // every operation on customers is our mistake now
	s.Exec(t, "ALTER TABLE app.customers_gone RENAME TO customers")
	if !strings.Contains(s.log.String(), `"level":"ERROR"`) {
		t.Error("nothing went wrong: the log of errors was not looked at")
	}
	for began := time.Now(); !strings.Contains(s.log.String(), "127.0.0.1:1"); time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Error("no mail failed to leave: its errors were not looked at")
			break
		}
	}
	res, err := http.Get("http://" + s.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	metrics, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"the log": s.log.String(), "/metrics": string(metrics)} {
		if found := known.in(text); len(found) > 0 {
			t.Errorf("%s tells %v", what, found)
		}
	}
	// Of people, too, the log has numbers only.
	for _, private := range []string{owner(testkit.A), "Dana Ruiz", "+15125550143", "User-Agent of a person"} {
		if strings.Contains(s.log.String(), private) {
			t.Errorf("the log has %q", private)
		}
	}
	// Errors of a start name settings, never what is in them.
	broken := config.Settings{DatabaseURL: "postgres://fence_app:canary@[::1", SystemURL: "mysql://x:canary@y", SMTPURL: "ftp://x:canary@y", SealKey: "canary", ContextKeys: "canary", PublicURL: "http://" + base}
	if err := broken.Check(); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("the settings' errors: %v", err)
	}
}

// canaryRequests put secrets wherever a request has room for one.
func canaryRequests(routes []route, known secrets, cookie, token string) (all []ask) {
	email := owner(testkit.A)
	wrong := url.Values{"email": {email}, "password": {known["wrong password"]}}.Encode()
	right := url.Values{"email": {email}, "password": {known["password"]}}.Encode()
	all = append(all,
		ask{method: "POST", path: "/login", media: form, body: wrong},
		ask{method: "POST", path: "/v1/login", media: "application/json", body: `{"email":"` + email + `","password":"` + known["wrong password"] + `"}`},
		ask{method: "POST", path: "/v1/login", media: "application/json", body: `{"email":"` + email + `","password":"` + known["password"] + `"`},
		ask{method: "POST", path: "/v1/login", media: "text/plain", body: right},
		ask{method: "POST", path: "/login", media: "text/plain", body: right},
		ask{method: "POST", path: "/reset", media: form, body: "code=" + known["link of nobody"] + "&password=" + known["wrong password"]},
		ask{method: "POST", path: "/join", media: form, body: "code=" + known["link of nobody"] + "&name=N&password=" + known["wrong password"]},
		ask{method: "POST", path: "/forgot", media: form, body: "email=" + url.QueryEscape(email)},
		ask{method: "GET", path: "/v1/customers", bearer: known["bearer of nobody"]},
		ask{method: "GET", path: "/customers", cookie: "__Host-session=" + known["cookie of nobody"]},
		ask{method: "GET", path: "/q/" + known["link of nobody"]},
		ask{method: "GET", path: "/v1/public/quotes/" + known["link of nobody"]},
		ask{method: "POST", path: "/v1/customers", bearer: token, media: "application/json", body: `{"name":"` + known["card number"]},
		ask{method: "POST", path: "/v1/customers", bearer: token, media: "application/json", body: `{"name":"D","email":"` + known["card number"] + `"}`},
		ask{method: "POST", path: "/v1/customers", bearer: token, media: "application/json", body: `{"` + known["bearer of nobody"] + `\u0000":1`},
		ask{method: "GET", path: "/v1/customers?limit=" + known["card number"], bearer: token},
		ask{method: "POST", path: "/customers", cookie: cookie, media: form, body: url.Values{"name": {"D"}, "phone": {known["card number"]}}.Encode()},
	)
	for _, r := range routes {
		if strings.Contains(r.path, "logout") || r.slug == "" {
			continue
		}
		in := ask{method: r.method, path: r.of(true), cookie: cookie, header: http.Header{"User-Agent": {"User-Agent of a person"}}}
		if r.api {
			in.cookie, in.bearer = "", token
		}
		all = append(all, in)
	}
	for i := range all {
		all[i].host = host("alpha")
	}
	return all
}
