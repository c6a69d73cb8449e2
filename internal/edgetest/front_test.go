package edgetest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/testkit"
)

func unchanged(h http.Handler) http.Handler { return h }

// over sends text and reads one answer; none is status 0.
func over(t testing.TB, c net.Conn, text string) answer {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second)) // the read tells
	if _, err := io.WriteString(c, text); err != nil {
		return answer{}
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return answer{}
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body) // the head is what is asked for
	return answer{res.StatusCode, res.Header, string(b)}
}

// TestNobodyChoosesHostOrAddressThroughNginx: what reaches the product of host, path and client is nginx's word.
func TestNobodyChoosesHostOrAddressThroughNginx(t *testing.T) {
	t.Parallel()
	b := newBackend(t, unchanged)
	f := startNginx(t, b.address)
	const acme = "acme." + domain
	for _, c := range []struct {
		name, text string
		want       string // the host that the product is asked for; none: it is not asked
	}{
		{"a plain one", "GET /x HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", acme},
		{"capitals", "GET /x HTTP/1.1\r\nHost: ACME.FencePlatform.COM\r\n\r\n", acme},
		{"its port", "GET /x HTTP/1.1\r\nHost: " + acme + ":443\r\n\r\n", acme},
		{"a dot at the end", "GET /x HTTP/1.1\r\nHost: " + acme + ".\r\n\r\n", acme},
		{"the whole address", "GET https://" + acme + "/x HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", acme},
		{"the whole address of another", "GET https://" + acme + "/x HTTP/1.1\r\nHost: beta." + domain + "\r\n\r\n", acme},
		{"the whole address of nobody", "GET https://evil.example/x HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"two hosts", "GET /x HTTP/1.1\r\nHost: " + acme + "\r\nHost: beta." + domain + "\r\n\r\n", ""},
		{"no host", "GET /x HTTP/1.1\r\n\r\n", ""},
		{"no host, HTTP/1.0", "GET /x HTTP/1.0\r\n\r\n", ""},
		{"an empty host", "GET /x HTTP/1.1\r\nHost:\r\n\r\n", ""},
		{"a host of nobody", "GET /x HTTP/1.1\r\nHost: evil.example\r\n\r\n", ""},
		{"an address", "GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", ""},
		{"somebody at us", "GET /x HTTP/1.1\r\nHost: evil.example@" + acme + "\r\n\r\n", ""},
		{"us at somebody", "GET /x HTTP/1.1\r\nHost: " + acme + "@evil.example\r\n\r\n", ""},
		{"a path", "GET /x HTTP/1.1\r\nHost: " + acme + "/evil\r\n\r\n", ""},
		{"a suffix", "GET /x HTTP/1.1\r\nHost: " + acme + ".evil.example\r\n\r\n", ""},
		{"a prefix", "GET /x HTTP/1.1\r\nHost: evil" + domain + "\r\n\r\n", ""},
		{"a space", "GET /x HTTP/1.1\r\nHost: " + acme + " evil.example\r\n\r\n", ""},
		{"a folded line", "GET /x HTTP/1.1\r\nHost: " + acme + "\r\n .evil.example\r\n\r\n", ""},
		{"headers of proxies", "GET /x HTTP/1.1\r\nHost: " + acme + "\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil.example\r\nForwarded: for=6.6.6.6;host=evil.example\r\n" +
			"X-Real-IP: 6.6.6.6\r\nX-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\nX-HTTP-Method-Override: DELETE\r\nProxy: http://evil.example\r\nX-Request-Id: mine\r\nTE: trailers\r\nUpgrade: h2c\r\n\r\n", acme},
		{"dots", "GET /a/../x HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"written dots", "GET /a/%2e%2e/x HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"a written slash", "GET /a%2Fx HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"a backslash", "GET /a\\x HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"two slashes", "GET //x HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"a written NUL", "GET /x%00 HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"a written line break", "GET /x%0d%0aX-Injected:%20y HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"all of that in a parameter", "GET /x?q=%2e%2e%2f//%0d%0a HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", acme},
		{"TRACE", "TRACE /x HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"TRACK", "TRACK /x HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"a tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"a method of nobody", "BREW /x HTTP/1.1\r\nHost: " + acme + "\r\n\r\n", ""},
		{"too large", "POST /x HTTP/1.1\r\nHost: " + acme + "\r\nContent-Length: 3000000\r\n\r\n", ""},
		{"a head of 100 KB", "GET /x HTTP/1.1\r\nHost: " + acme + "\r\n" + strings.Repeat("X-A: "+strings.Repeat("a", 8_000)+"\r\n", 12) + "\r\n", ""},
	} {
		got := over(t, f.dial(t, acme, "http/1.1"), c.text)
		seen := b.take()
		if c.want == "" {
			if len(seen) != 0 || got.status >= 200 && got.status < 400 {
				t.Errorf("%s: the product was asked %+v, answer %s", c.name, seen, got)
			}
			if got.status != 0 && (got.header.Get("Strict-Transport-Security") == "" || got.header.Get("X-Content-Type-Options") != "nosniff" || got.header.Get("Cache-Control") != "no-store" || got.header.Get("Server") != "nginx") {
				t.Errorf("%s: nginx's own answer lacks headers: %s", c.name, got)
			}
			continue
		}
		if len(seen) != 1 || seen[0].host != c.want || !strings.HasPrefix(seen[0].uri, "/x") || seen[0].from != "127.0.0.1" || len(seen[0].number) != 32 || seen[0].extra != "" {
			t.Errorf("%s: the product was asked %+v, want %s", c.name, seen, c.want)
		}
		if n := len(got.header.Values("X-Content-Type-Options")); n != 1 || got.header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: the product's own headers were changed: %s", c.name, got)
		}
	}
}

func TestFilesHostSignsNobodyIn(t *testing.T) {
	t.Parallel()
	b := newBackend(t, unchanged)
	f := startNginx(t, b.address)
	const files = "files." + domain
	got := over(t, f.dial(t, files, "http/1.1"), "GET /x HTTP/1.1\r\nHost: "+files+"\r\nCookie: __Host-session=a\r\nAuthorization: Bearer b\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n")
	seen := b.take()
	if got.status != 200 || got.header.Get("Set-Cookie") != "" || len(seen) != 1 || seen[0].extra != "" || seen[0].host != files || seen[0].from != "127.0.0.1" {
		t.Errorf("got %s, the product was asked %+v", got, seen)
	}
	if got := over(t, f.dial(t, files, "http/1.1"), "POST /x HTTP/1.1\r\nHost: "+files+"\r\nContent-Length: 0\r\n\r\n"); got.status != 405 || len(b.take()) != 0 {
		t.Errorf("a POST: %s", got)
	}
}

func TestPlainHTTPLeadsToTLSAndNothingElse(t *testing.T) {
	t.Parallel()
	b := newBackend(t, unchanged)
	f := startNginx(t, b.address)
	for _, c := range []struct {
		name, text string
		status     int
		location   string
	}{
		{"a page", "GET /quotes?page=2 HTTP/1.1\r\nHost: acme." + domain + "\r\n\r\n", 308, "https://acme." + domain + "/quotes?page=2"},
		{"the apex", "GET / HTTP/1.1\r\nHost: " + domain + "\r\n\r\n", 308, "https://" + domain + "/"},
		{"a form", "POST /login HTTP/1.1\r\nHost: acme." + domain + "\r\nContent-Length: 3\r\n\r\na=b", 403, ""},
		{"a line break", "GET /x%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: acme." + domain + "\r\n\r\n", 308, "https://acme." + domain + "/x%0d%0aSet-Cookie:%20a=b"},
		{"the address of another", "GET http://evil.example/ HTTP/1.1\r\nHost: acme." + domain + "\r\n\r\n", 0, ""},
		{"a host of nobody", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 0, ""},
	} {
		conn, err := net.Dial("tcp", f.plain)
		if err != nil {
			t.Fatal(err)
		}
		got := over(t, conn, c.text)
		_ = conn.Close()
		if got.status != c.status || got.header.Get("Location") != c.location || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %s, want %d %s", c.name, got, c.status, c.location)
		}
	}
	if seen := b.take(); len(seen) != 0 {
		t.Errorf("the product was asked in the clear: %+v", seen)
	}
}

func TestTLSIsNewAndForOurNamesOnly(t *testing.T) {
	t.Parallel()
	f := startNginx(t, newBackend(t, unchanged).address)
	for _, c := range []struct {
		name    string
		server  string
		max     uint16
		ciphers []uint16
		works   bool
	}{
		{"TLS 1.3", "acme." + domain, tls.VersionTLS13, nil, true},
		{"TLS 1.2", domain, tls.VersionTLS12, nil, true},
		{"TLS 1.1", domain, tls.VersionTLS11, nil, false},
		{"CBC", domain, tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}, false},
		{"no forward secrecy", domain, tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}, false},
		{"a name of nobody", "evil.example", tls.VersionTLS13, nil, false},
		{"no name", "", tls.VersionTLS13, nil, false},
	} {
		conn, err := tls.Dial("tcp", f.secure, &tls.Config{ServerName: c.server, MinVersion: tls.VersionTLS10, MaxVersion: c.max, CipherSuites: c.ciphers, InsecureSkipVerify: true}) // who answers at all is the question
		if (err == nil) != c.works {
			t.Errorf("%s: %v, want it to work: %v", c.name, err, c.works)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
}

// TestNginxLogsNoSecrets: links' secrets stand in paths and parameters, which nginx neither logs nor names in
// its errors, with the product there and gone.
func TestNginxLogsNoSecrets(t *testing.T) {
	t.Parallel()
	gone := freeAddress(t)
	for _, address := range []string{newBackend(t, unchanged).address, gone} {
		f := startNginx(t, address)
		got := over(t, f.dial(t, domain, "http/1.1"), "GET /q/CANARY?code=CANARY HTTP/1.1\r\nHost: "+domain+"\r\nReferer: https://"+domain+"/CANARY\r\nCookie: CANARY=CANARY\r\nUser-Agent: CANARY\r\nConnection: close\r\n\r\n")
		if want := map[bool]int{true: 502, false: 200}[address == gone]; got.status != want {
			t.Errorf("got %s, want %d", got, want)
		}
		lines := ""
		for began := time.Now(); !strings.Contains(lines, `"status":`) && time.Since(began) < 5*time.Second; time.Sleep(10 * time.Millisecond) {
			b, err := os.ReadFile(f.log)
			if err != nil {
				t.Fatal(err)
			}
			lines = string(b)
		}
		errors, err := os.ReadFile(filepath.Join(filepath.Dir(f.log), "error.log"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(lines, `"method":"GET"`) || strings.Contains(lines+string(errors), "CANARY") {
			t.Errorf("logs:\n%s%s", lines, errors)
		}
	}
}

// TestTheProductWorksBehindNginx logs in through it, as a browser with TLS: the session is marked with the
// address that nginx saw, whatever the client said, and the log has nginx's number of the request.
func TestTheProductWorksBehindNginx(t *testing.T) {
	t.Parallel()
	s := serve(t, func(c *config.Settings) { c.PublicURL, c.TrustedProxies = "https://"+domain, []string{"127.0.0.1"} })
	f := startNginx(t, s.address)
	name := testkit.A.Slug + "." + domain
	body := url.Values{"email": {owner(testkit.A)}, "password": {password}, "idempotency_key": {rnd()}}.Encode()
	got := over(t, f.dial(t, name, "http/1.1"), fmt.Sprintf("POST /login HTTP/1.1\r\nHost: %s\r\nOrigin: https://%[1]s\r\nX-Forwarded-For: 6.6.6.6\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", name, form, len(body), body))
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Set-Cookie"), "__Host-session=") || !strings.Contains(got.header.Get("Set-Cookie"), "Secure") {
		t.Fatalf("log in: %s", got)
	}
	if n := len(got.header.Values("Strict-Transport-Security")); n != 1 {
		t.Errorf("%d HSTS headers", n)
	}
	from := testkit.Values[string](t, s.Database, "SELECT host(ip::inet) FROM app.sessions WHERE org_id = $1 AND created_at > '2026-06-01'", testkit.A.ID)
	if !slices.Equal(from, []string{"127.0.0.1"}) {
		t.Errorf("the session is from %v, want nginx's word", from)
	}
	access, err := os.ReadFile(f.log)
	if err != nil {
		t.Fatal(err)
	}
	_, number, _ := strings.Cut(string(access), `"request":"`)
	number, _, _ = strings.Cut(number, `"`)
	if len(number) != 32 || !strings.Contains(s.log.String(), number) {
		t.Errorf("nginx calls the request %q, the product's log does not", number)
	}
}
