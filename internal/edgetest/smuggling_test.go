package edgetest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/httpx"
)

// backend is the product's own server with a handler that notes what it was asked, and answers with it.
type backend struct {
	address string

	mu   sync.Mutex
	seen []request
}

// request is what was asked. Extra are headers that only the tests send.
type request struct{ method, uri, host, number, from, extra string }

func newBackend(t testing.TB, around func(http.Handler) http.Handler) *backend {
	t.Helper()
	b := &backend{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.address = l.Addr().String()
	times := httpx.ServerTimes
	times.Read = 3 * time.Second // attacks leave bodies unfinished
	server := httpx.NewServer(around(http.HandlerFunc(b.note)), times)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(l) // ends with ErrServerClosed
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
	return b
}

// note notes before it reads: whoever was asked was asked, however the body ends.
func (b *backend) note(w http.ResponseWriter, r *http.Request) {
	extra := ""
	for _, name := range []string{"Cookie", "Authorization", "X-Injected", "X-Forwarded-Host", "Forwarded", "X-Original-Url", "X-Rewrite-Url", "X-Http-Method-Override", "X-Real-Ip", "Proxy", "Te", "Upgrade"} {
		for _, value := range r.Header.Values(name) {
			extra += name + ": " + value + "\n"
		}
	}
	b.mu.Lock()
	b.seen = append(b.seen, request{r.Method, r.RequestURI, r.Host, r.Header.Get("X-Request-Id"), strings.Join(r.Header.Values("X-Forwarded-For"), ","), extra})
	b.mu.Unlock()
	_, _ = io.Copy(io.Discard, r.Body) // the same
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Set-Cookie", "__Host-x=y; Path=/; Secure")
	fmt.Fprintf(w, "%s %s", r.Method, r.RequestURI)
}

// take returns what was asked since the last time.
func (b *backend) take() []request {
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := b.seen
	b.seen = nil
	return seen
}

// exchange writes text and reads answers until there are no more for a while. It counts them.
func exchange(c net.Conn, text string) (answers []int) {
	_ = c.SetWriteDeadline(time.Now().Add(2 * time.Second)) // whoever refuses a head may not read on
	_, _ = io.WriteString(c, text)                          // the same
	in := bufio.NewReader(c)
	for wait := time.Second; ; wait = 60 * time.Millisecond {
		if err := c.SetReadDeadline(time.Now().Add(wait)); err != nil {
			return answers
		}
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return answers
		}
		_, err = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		answers = append(answers, res.StatusCode)
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) || res.Close {
			return answers
		}
	}
}

// verdict is what came of a corpus.
type verdict struct {
	attacks, refused, carried, split, smuggled int
	found                                      []string
}

func (v verdict) String() string {
	return fmt.Sprintf("%d attacks: %d refused, %d carried out as one request, %d understood as two requests of their sender by everybody, %d smuggled",
		v.attacks, v.refused, v.carried, v.split, v.smuggled)
}

// judge looks at what the backend was asked because of an attack that got so many answers. Whatever reaches
// the backend is one of the requests that the front answered, with the number that the front gave it.
func (v *verdict) judge(a attack, seen []request, answers []int, numbered bool) {
	v.attacks++
	numbers, bad := map[string]bool{}, ""
	payloads := 0
	for _, r := range seen {
		if numbered && (len(r.number) != 32 || numbers[r.number]) {
			bad = "nobody in front knows of " + r.method + " " + r.uri
		}
		numbers[r.number] = true
		if strings.Contains(r.uri, "smuggled") && r.method != "" && !strings.Contains(r.uri, "first") {
			payloads++
		}
	}
	if len(seen) > max(1, len(answers)) {
		bad = fmt.Sprintf("%d requests became of %d answers", len(seen), len(answers))
	}
	switch {
	case bad != "" || payloads > 0 && !a.two:
		v.smuggled++
		v.found = append(v.found, fmt.Sprintf("%s: %s (%v, answers %v)", a.name, bad, seen, answers))
	case payloads > 0:
		v.split++
	case len(seen) > 0:
		v.carried++
	default:
		v.refused++
	}
}

// inLanes sends the corpus in lanes that know nothing of each other. lane prepares one.
func inLanes(t *testing.T, lane func(t *testing.T) (send func(i int, a attack, v *verdict))) verdict {
	t.Helper()
	all := corpus()
	verdicts := make([]verdict, 4)
	t.Run("lanes", func(t *testing.T) {
		for n := range verdicts {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				send := lane(t)
				for i := n; i < len(all); i += len(verdicts) {
					send(i, all[i], &verdicts[n])
				}
			})
		}
	})
	var sum verdict
	for _, v := range verdicts {
		sum.add(v)
	}
	return sum
}

// TestNothingIsSmuggledThroughNginx sends the corpus through a real nginx with deploy/nginx.conf (S33). After each
// attack somebody else asks, on the same connection to the backend, and has to get his own answer.
func TestNothingIsSmuggledThroughNginx(t *testing.T) {
	t.Parallel()
	report(t, inLanes(t, func(t *testing.T) func(int, attack, *verdict) {
		b := newBackend(t, func(h http.Handler) http.Handler { return h })
		f := startNginx(t, b.address)
		return func(i int, a attack, v *verdict) {
			c := f.dial(t, domain, "http/1.1")
			answers := exchange(c, a.text)
			_ = c.Close()
			victim := fmt.Sprintf("/victim-%d", i)
			if got := victimOf(t, f, victim); got != "GET "+victim {
				t.Errorf("%s: the next visitor got %q", a.name, got)
			}
			var seen []request
			for _, r := range b.take() {
				if r.uri != victim {
					seen = append(seen, r)
				}
			}
			v.judge(a, seen, answers, true)
		}
	}))
}

// victimOf asks as somebody else and returns what he reads.
func victimOf(t *testing.T, f *front, path string) string {
	t.Helper()
	c := f.dial(t, "acme."+domain, "http/1.1")
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second)) // the read tells
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: acme.%s\r\nConnection: close\r\n\r\n", path, domain)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func (v *verdict) add(o verdict) {
	v.attacks += o.attacks
	v.refused += o.refused
	v.carried += o.carried
	v.split += o.split
	v.smuggled += o.smuggled
	v.found = append(v.found, o.found...)
}

func report(t *testing.T, v verdict) {
	t.Helper()
	for _, f := range v.found {
		t.Error(f)
	}
	if v.attacks < 300 || v.refused == 0 || v.carried == 0 {
		t.Errorf("%s: is the corpus sent at all?", v)
	}
	t.Log(v)
}

// straight sends an attack to an address and judges what came of it.
func straight(t *testing.T, b *backend, a attack, v *verdict) {
	t.Helper()
	c, err := net.Dial("tcp", b.address)
	if err != nil {
		t.Fatal(err)
	}
	answers := exchange(c, a.text)
	_ = c.Close()
	v.judge(a, b.take(), answers, false)
}

// TestNothingIsSmuggledIntoTheServer sends the corpus to the product's own server without anybody in front.
func TestNothingIsSmuggledIntoTheServer(t *testing.T) {
	t.Parallel()
	refuse := func(w http.ResponseWriter, r *http.Request, err error) { httpx.WriteProblem(w, httpx.Fault(err), "") }
	report(t, inLanes(t, func(t *testing.T) func(int, attack, *verdict) {
		b := newBackend(t, httpx.Conform(refuse))
		return func(_ int, a attack, v *verdict) { straight(t, b, a, v) }
	}))
}

// TestTheCorpusFindsACarelessChain: what a proxy that goes by the length alone passes on whole, a server that
// goes by the chunks and keeps the connection takes for two requests. The corpus has to find that.
func TestTheCorpusFindsACarelessChain(t *testing.T) {
	t.Parallel()
	v := inLanes(t, func(t *testing.T) func(int, attack, *verdict) {
		b := newBackend(t, func(h http.Handler) http.Handler { return h })
		return func(_ int, a attack, v *verdict) {
			if !a.two {
				straight(t, b, a, v)
			}
		}
	})
	if v.smuggled < 10 {
		t.Errorf("%s: the corpus finds nothing", v)
	}
	t.Log(v)
}
