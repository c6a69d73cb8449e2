package edgetest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/testkit"
)

// TestNoSpellingFindsAnotherBucket spends what one place may ask before log-in, and then tries everything that
// could make it look like another (S24).
func TestNoSpellingFindsAnotherBucket(t *testing.T) {
	t.Parallel()
	s := serve(t, func(c *config.Settings) { c.AddressRate, c.TrustedProxies = 1, []string{"127.0.0.1"} })
	client := s.client()
	at := func(ip string, in ask) answer {
		in.header = in.header.Clone()
		if in.header == nil {
			in.header = http.Header{}
		}
		in.header.Set("X-Forwarded-For", ip)
		if in.host == "" {
			in.host = host("alpha")
		}
		return s.send(t, client, in)
	}
	const place = "2001:db8:1:2::1"
	// Signing in is a change and nothing is signed in yet: two of three changes that the burst of 30 holds.
	cookie, token := s.signInAt(t, place), s.tokenAt(t, place)
	wrong := url.Values{"email": {owner(testkit.A)}, "password": {"wrong"}}.Encode()
	login := ask{method: "POST", path: "/login", media: form, body: wrong}
	if got := at(place, login); got.status != http.StatusUnprocessableEntity {
		t.Fatalf("within the burst: %s", got)
	}
	blocked := func(why, ip string, in ask) {
		t.Helper()
		got := at(ip, in)
		wait, err := strconv.Atoi(got.header.Get("Retry-After"))
		if got.status != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 30 {
			t.Errorf("%s: %d, Retry-After %q, want 429 for a while", why, got.status, got.header.Get("Retry-After"))
		}
		if strings.HasPrefix(in.path, "/v1/") && (got.header.Get("Content-Type") != "application/problem+json" || !strings.Contains(got.body, "too-many-requests")) {
			t.Errorf("%s: no problem document: %s", why, got)
		}
	}
	blocked("the same again", place, login)
	for _, ip := range []string{"2001:db8:1:2::2", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:DB8:1:2:0:0:0:1", "2001:0db8:0001:0002::9", "6.6.6.6, " + place, "127.0.0.1, 6.6.6.6, " + place, place + ", 127.0.0.1", "junk, " + place} {
		blocked("from "+ip, ip, login)
	}
	for _, path := range []string{"/LOGIN", "/Login", "/login/", "/login?x=1", "/login;x=1", "/l%6fgin", "/login%20", "/v1/login", "/V1/login", "/v1/login/", "/v1/customers", "/forgot", "/nobody"} {
		in := login
		in.path = path
		blocked(path, place, in)
	}
	for _, header := range []http.Header{
		{"X-Http-Method-Override": {"GET"}}, {"X-Method-Override": {"GET"}}, {"X-Real-Ip": {"6.6.6.6"}}, {"True-Client-Ip": {"6.6.6.6"}}, {"Cf-Connecting-Ip": {"6.6.6.6"}}, {"Forwarded": {"for=6.6.6.6"}},
		{"X-Client-Ip": {"6.6.6.6"}}, {"X-Originating-Ip": {"6.6.6.6"}}, {"User-Agent": {"another"}}, {"X-Org-Id": {testkit.A.ID.String()}}, {"X-Request-Id": {"another-number"}}, {"Idempotency-Key": {"another"}},
		{"Cookie": {"__Host-session=nonsense"}}, {"Cookie": {cookie + "x"}}, {"Authorization": {"Bearer nonsense"}}, {"Authorization": {"Bearer " + token + "x"}}, {"Authorization": {"Basic YTpi"}}, {"Host": {strings.ToUpper(host("alpha"))}},
	} {
		in := login
		in.header = header
		blocked(fmt.Sprint(header), place, in)
	}
	for _, name := range []string{"", "beta", "nobody", "x.alpha"} {
		in := login
		in.host = host(name)
		blocked("host "+name, place, in)
	}
	blocked("a wrong token", place, ask{method: "POST", path: "/v1/customers", bearer: token + "x", media: "application/json", body: "{}"})
	// Who is signed in behind the same address works on, and so does everybody elsewhere.
	for range 40 {
		if got := at(place, ask{method: "GET", path: "/customers", cookie: cookie}); got.status != http.StatusOK {
			t.Fatalf("a signed-in person behind the address: %s", got)
		}
		if got := at(place, ask{method: "GET", path: "/v1/customers", bearer: token}); got.status != http.StatusOK {
			t.Fatalf("a program behind the address: %s", got)
		}
	}
	for _, ip := range []string{"2001:db8:1:3::1", "198.51.100.1", "::ffff:198.51.100.2"} {
		if got := at(ip, login); got.status != http.StatusUnprocessableEntity && got.status != http.StatusTooManyRequests || strings.Contains(got.body, "your network") {
			t.Errorf("from elsewhere, %s: %s", ip, got)
		}
	}
}

func (s *site) signInAt(t testing.TB, ip string) string {
	t.Helper()
	got := s.send(t, s.client(), ask{method: "POST", host: host("alpha"), path: "/login", media: form, header: http.Header{"X-Forwarded-For": {ip}}, body: url.Values{"email": {owner(testkit.A)}, "password": {password}}.Encode()})
	cookie, _, _ := strings.Cut(got.header.Get("Set-Cookie"), ";")
	if got.status != http.StatusSeeOther || cookie == "" {
		t.Fatalf("log in: %s", got)
	}
	return cookie
}

func (s *site) tokenAt(t testing.TB, ip string) string {
	t.Helper()
	got := s.send(t, s.client(), ask{method: "POST", host: host("alpha"), path: "/v1/login", media: "application/json", header: http.Header{"X-Forwarded-For": {ip}, "Idempotency-Key": {rnd()}},
		body: `{"email":"` + owner(testkit.A) + `","password":"` + password + `"}`})
	return tokenIn(t, got)
}

// TestWithoutTrustedProxiesNobodyNamesAnAddress: the header alone, without a proxy that is trusted, changes nothing.
func TestWithoutTrustedProxiesNobodyNamesAnAddress(t *testing.T) {
	t.Parallel()
	s := serve(t, func(c *config.Settings) { c.AddressRate = 1 })
	client, refused := s.client(), 0
	for n := range 60 {
		got := s.send(t, client, ask{method: "GET", host: host("alpha"), path: "/login", header: http.Header{"X-Forwarded-For": {fmt.Sprintf("198.51.100.%d", n)}}})
		if got.status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 15 {
		t.Errorf("%d of 60 requests with ever new addresses were refused, want all beyond the burst of 30", refused)
	}
}

// TestMethodsAreNotOverridden: a POST stays one, and a GET never becomes a DELETE (S37).
func TestMethodsAreNotOverridden(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie, token := s.client(), s.signIn(t, testkit.A, owner(testkit.A)), s.token(t, testkit.A, owner(testkit.A))
	zone, customer := "/v1/pricing-zones/"+testkit.A.Zone().String(), "/customers/"+testkit.A.Customer().String()
	s.Untouched(t, testkit.A, func() {
		for _, name := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Method", "_method"} {
			header := http.Header{http.CanonicalHeaderKey(name): {"DELETE"}}
			if strings.HasPrefix(name, "_") {
				header = nil
			}
			if got := s.send(t, client, ask{method: "GET", host: host("alpha"), path: zone, bearer: token, header: header}); got.status != http.StatusOK {
				t.Errorf("GET with %s: %s", name, got)
			}
			for _, in := range []ask{
				{method: "POST", path: zone, bearer: token, header: header},
				{method: "POST", path: zone + "?_method=DELETE", bearer: token, media: form, body: "_method=DELETE"},
				{method: "GET", path: customer + "/archive?_method=POST", cookie: cookie, header: http.Header{"X-Http-Method-Override": {"POST"}}},
				{method: "HEAD", path: customer + "/archive", cookie: cookie},
			} {
				in.host = host("alpha")
				if got := s.send(t, client, in); got.status < 400 {
					t.Errorf("%s %s: %s", in.method, in.path, got)
				}
			}
		}
	})
}

// TestConfusedValuesAreRefused sends what two readers could read differently: names twice, lists and objects for
// texts, other types, other brackets (S37). Each is a 4xx, and nothing changes.
func TestConfusedValuesAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie, token := s.client(), s.signIn(t, testkit.A, owner(testkit.A)), s.token(t, testkit.A, owner(testkit.A))
	customer := testkit.A.Customer().String()
	var all []ask
	for _, path := range []string{"/customers?status=active&status=archived", "/customers?q=dana&q=ruiz", "/quotes?status=sent&status=draft", "/jobs?status=a&status=b"} {
		all = append(all, ask{method: "GET", path: path, cookie: cookie})
	}
	for _, body := range []string{"name=Dana&name=Eve", "name=Dana&email=a%40a.example&email=b%40b.example", "name=Dana&idempotency_key=a&idempotency_key=b", "name=Dana&version=1&version=2"} {
		all = append(all, ask{method: "POST", path: "/customers", cookie: cookie, media: form, body: body},
			ask{method: "POST", path: "/customers/" + customer, cookie: cookie, media: form, body: body},
			ask{method: "POST", path: "/login", media: form, body: strings.Replace(body, "name=", "password=", 1) + "&password=x"})
	}
	for _, path := range []string{"/v1/customers?limit=1&limit=2", "/v1/customers?limit[]=1", "/v1/customers?limit%5B%5D=1", "/v1/customers?limit[0]=1", "/v1/customers?status[$ne]=x", "/v1/customers?q[]=a", "/v1/customers?Q=dana", "/v1/customers?limit=1e1",
		"/v1/customers?limit=0x10", "/v1/customers?limit=10.0", "/v1/customers?limit=+10", "/v1/customers?limit=%2010", "/v1/customers?limit=true", "/v1/customers?limit=1;limit=2", "/v1/customers?limit=1%26limit=2", "/v1/customers?__proto__=1", "/v1/customers?constructor[prototype]=1"} {
		all = append(all, ask{method: "GET", path: path, bearer: token})
	}
	for _, value := range []string{"7", "true", "[]", `["Dana"]`, "{}", `{"$ne":null}`, `{"name":"Dana"}`, "null", "1e999", `""`, `"\u0000"`, `{"toString":"x"}`} {
		all = append(all, ask{method: "POST", path: "/v1/customers", bearer: token, media: "application/json", body: `{"name":` + value + `}`})
	}
	for _, body := range []string{`{"name":"Dana","name":"Eve"}`, `{"name":"Dana","Name":"Eve"}`, `{"name":"Dana","n\u0061me":"Eve"}`, `{"name":"Dana","__proto__":{"admin":true}}`, `{"name":"Dana","constructor":{}}`, `[{"name":"Dana"}]`, `"Dana"`, `7`, `{"name":"Dana"}{"name":"Eve"}`,
		`{"name":"Dana",/**/"email":""}`, `{"name":'Dana'}`, `{name:"Dana"}`, "\ufeff" + `{"name":"Dana"}`, `{"name":"Dana","property":[]}`, `{"name":"Dana","property":"x"}`, `{"name":"Dana","org_id":"` + testkit.B.ID.String() + `"}`} {
		all = append(all, ask{method: "POST", path: "/v1/customers", bearer: token, media: "application/json", body: body})
	}
	for _, media := range []string{"application/xml", "text/xml", "application/x-yaml", "multipart/form-data; boundary=x", form, "text/plain", "application/json, text/plain", "application/json; charset=utf-16", "application/jsonx", "image/svg+xml"} {
		all = append(all, ask{method: "POST", path: "/v1/customers", bearer: token, media: media, body: `{"name":"Dana"}`})
	}
	for _, key := range []string{testkit.A.Customer().String() + "%00", strings.ToUpper(testkit.A.Customer().String()) + " ", "{" + customer + "}", customer + ",", customer + "/../" + customer, "0", "-1", "1%20OR%201=1", "%27", "undefined", "null", "[object%20Object]"} {
		all = append(all, ask{method: "GET", path: "/v1/customers/" + key, bearer: token}, ask{method: "GET", path: "/customers/" + key, cookie: cookie})
	}
	s.Untouched(t, testkit.A, func() {
		for _, in := range all {
			in.host = host("alpha")
			got := s.send(t, client, in)
			if got.status < 400 && got.status != http.StatusTemporaryRedirect || got.status >= 500 {
				t.Errorf("%s %s %s: %s", in.method, in.path, in.body, got)
			}
		}
	})
	t.Logf("%d confused requests", len(all))
}
