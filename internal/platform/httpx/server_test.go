package httpx

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// hasty are times in which a test can wait for all of them.
var hasty = Times{Head: 150 * time.Millisecond, Read: 300 * time.Millisecond, Write: 600 * time.Millisecond, Idle: 200 * time.Millisecond}

// serving starts a server and returns its address.
func serving(t *testing.T, h http.Handler, times Times) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := NewServer(h, times)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Serve(l) // ends with ErrServerClosed
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-ended
	})
	return l.Addr().String()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// ends waits until the server gives the connection up and tells after how long.
func ends(t *testing.T, c net.Conn) time.Duration {
	t.Helper()
	began := time.Now()
	if err := c.SetReadDeadline(began.Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
		t.Fatal("the server holds the connection for more than 10 s")
	}
	return time.Since(began)
}

// drip writes a byte now and then until the other side has enough.
func drip(c net.Conn, text string) {
	for _, b := range []byte(text) {
		if _, err := c.Write([]byte{b}); err != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestSlowClientsAreGivenUp(t *testing.T) {
	t.Parallel()
	read := make(chan error, 10)
	address := serving(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		read <- err
	}), hasty)
	const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"

	t.Run("the head comes drop by drop", func(t *testing.T) {
		c := dial(t, address)
		go drip(c, "GET / HTTP/1.1\r\nHost: a\r\n"+strings.Repeat("X-A: b\r\n", 1_000))
		if took := ends(t, c); took < hasty.Head/2 || took > 3*time.Second {
			t.Errorf("given up after %v, want about %v", took, hasty.Head)
		}
	})
	t.Run("the body comes drop by drop", func(t *testing.T) {
		c := dial(t, address)
		if _, err := io.WriteString(c, head); err != nil {
			t.Fatal(err)
		}
		go drip(c, strings.Repeat("x", 1_000))
		ends(t, c)
		if err := <-read; err == nil {
			t.Error("the handler read the whole body")
		}
	})
	t.Run("nothing comes at all", func(t *testing.T) {
		ends(t, dial(t, address))
	})
	t.Run("no second request comes", func(t *testing.T) {
		c := dial(t, address)
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if took := ends(t, c); took < hasty.Idle/2 {
			t.Errorf("given up after %v, want it kept for %v", took, hasty.Idle)
		}
	})
}

func TestAnswersThatNobodyReadsAreGivenUp(t *testing.T) {
	t.Parallel()
	done := make(chan error, 1)
	address := serving(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for n := 0; n < 1_000 && err == nil; n++ {
			_, err = w.Write(make([]byte, 1<<20))
		}
		done <- err
	}), hasty)
	c := dial(t, address)
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-done:
		if err == nil {
			t.Error("a gigabyte was written to somebody who reads nothing")
		}
	case <-time.After(10 * time.Second):
		t.Error("the handler still writes after 10 s")
	}
}

// TestTheProductsTimes: the figures that docs/security.md promises.
func TestTheProductsTimes(t *testing.T) {
	t.Parallel()
	s := NewServer(nil, ServerTimes)
	for what, c := range map[string]struct{ got, most time.Duration }{
		"header": {s.ReadHeaderTimeout, 5 * time.Second}, "request": {s.ReadTimeout, 30 * time.Second},
		"answer": {s.WriteTimeout, 40 * time.Second}, "idle": {s.IdleTimeout, 90 * time.Second},
	} {
		if c.got <= 0 || c.got > c.most {
			t.Errorf("%s: %v, want at most %v", what, c.got, c.most)
		}
	}
	if s.MaxHeaderBytes > 32<<10 || s.Protocols.HTTP2() || s.Protocols.UnencryptedHTTP2() {
		t.Errorf("heads of %d bytes, protocols %v", s.MaxHeaderBytes, s.Protocols)
	}
}

// refuse answers as the API does.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	WriteProblem(w, Fault(err), Info(r).ID)
}

// ask sends text as it is and returns the status of the answer.
func ask(t *testing.T, address, text string) *http.Response {
	t.Helper()
	c := dial(t, address)
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second)) // the read tells
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	_ = res.Body.Close()
	return res
}

func TestHeadsOutOfProportionAreRefused(t *testing.T) {
	t.Parallel()
	address := serving(t, Conform(refuse)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), ServerTimes)
	get := func(path string, lines ...string) string {
		return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + strings.Join(append(lines, "", ""), "\r\n")
	}
	many := func(n int) (lines []string) {
		for i := range n {
			lines = append(lines, fmt.Sprintf("X-%d: y", i))
		}
		return lines
	}
	same := func(n int) (lines []string) {
		for range n {
			lines = append(lines, "Cookie: a=b")
		}
		return lines
	}
	for why, c := range map[string]struct {
		text string
		want int
	}{
		"a plain request":              {get("/"), 200},
		"as many headers as may be":    {get("/", many(maxHeaders)...), 200},
		"one more":                     {get("/", many(maxHeaders+1)...), 431},
		"many of one name":             {get("/", same(maxHeaders+1)...), 431},
		"a head of many kilobytes":     {get("/", "X-A: "+strings.Repeat("a", maxHead+1)), 431},
		"an address of 8 KiB":          {get("/" + strings.Repeat("a", maxAddress-1)), 200},
		"a longer one":                 {get("/" + strings.Repeat("a", maxAddress)), 414},
		"long parameters":              {get("/?a=" + strings.Repeat("a", maxAddress)), 414},
		"two bearers":                  {get("/", "Authorization: Bearer a", "authorization: Bearer b"), 400},
		"two organizations":            {get("/", "X-Org-Id: a", "X-Org-ID: b"), 400},
		"two keys":                     {get("/", "Idempotency-Key: a", "Idempotency-Key: b"), 400},
		"two versions":                 {get("/", `If-Match: "1"`, `If-Match: "2"`), 400},
		"two types":                    {get("/", "Content-Type: text/plain", "Content-Type: application/json"), 400},
		"a name with an underscore":    {get("/", "Content_Length: 7"), 400},
		"two origins":                  {get("/", "Origin: http://a", "Origin: http://b"), 400},
		"the address of another host":  {"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		"an address without its slash": {"GET a:.evil.example HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		"OPTIONS of everything":        {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		"a tunnel":                     {"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 405},
		"an echo":                      {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
		"another echo":                 {"TRACK / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
		"a method in small letters":    {"get / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
		"HTTP/2 without TLS":           {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 405},
	} {
		res := ask(t, address, c.text)
		if res.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", why, res.StatusCode, c.want)
		}
		if c.want != 200 && !res.Close {
			t.Errorf("%s: the connection stays open", why)
		}
		if c.want == 405 && !strings.Contains(res.Header.Get("Allow"), "GET") {
			t.Errorf("%s: Allow is %q", why, res.Header.Get("Allow"))
		}
	}
}

func TestThrottleKnowsPlacesOnly(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 5, 15, 0, 0, 0, time.UTC)
	throttle := NewThrottle(1, func() time.Time { return now })
	try := func(method, target, ip string) error {
		r, err := http.NewRequest(method, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.RemoteAddr = "10.0.0.1:80"
		r.Header = http.Header{"X-Forwarded-For": {ip}, "X-Http-Method-Override": {"GET"}}
		var refused error
		Identify(Proxies(proxies(t, "10.0.0.1")))(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { refused = throttle.Admit(r) })).ServeHTTP(nil, r)
		return refused
	}
	// The burst of one a second: 30. Three changes spend it.
	for n, target := range []string{"/login", "/LOGIN", "/login/"} {
		if err := try("POST", target, fmt.Sprintf("2001:db8:1:2::%d", n)); err != nil {
			t.Fatalf("%s: %v", target, err)
		}
	}
	for _, target := range []string{"/login", "/Login", "/login/", "/login?x=1", "/login;x", "//login", "/l%6fgin", "/v1/customers", "/nobody"} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE"} {
			err := try(method, target, "2001:db8:1:2:ffff::9")
			if f := Fault(err); err == nil || Status(f) != http.StatusTooManyRequests || f.RetryAfter < time.Second {
				t.Errorf("%s %s from the same place: %v, want it refused for a while", method, target, err)
			}
		}
	}
	if err := try("POST", "/login", "2001:db8:1:3::1"); err != nil {
		t.Errorf("another place: %v", err)
	}
	now = now.Add(10 * time.Second)
	if err := try("POST", "/login", "2001:db8:1:2::1"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if err := (&Throttle{}).Admit(&http.Request{}); err != nil {
		t.Errorf("nobody is counted: %v", err)
	}
}
