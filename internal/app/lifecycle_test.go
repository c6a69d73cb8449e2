package app_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/console"
)

// TestStopLetsRequestsFinish sends SIGTERM while a request is half sent: /readyz says no, the request is
// answered, the process ends with 0, and PostgreSQL with it.
func TestStopLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	p := newInstallation(t).serve(t)
	slug, got, err := p.signUp(p.client(), "stop", "Stop Fence")
	if err != nil || slug == "" {
		t.Fatalf("sign up: %s, %v", got, err)
	}
	server := p.postmaster()
	if !alive(server) {
		t.Fatal("no PostgreSQL runs")
	}

	body := url.Values{"email": {"owner@stop.example"}, "password": {"seven cedar pickets"}}.Encode()
	slow, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.port))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	// The server asks for the body when the handler reads it: from then on the request is under way.
	fmt.Fprintf(slow, "POST /login HTTP/1.1\r\nHost: %s.fence.localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", slug, len(body))
	in := bufio.NewReader(slow)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("the server says %q, %v, want it to go on", line, err)
	}
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(slow, body[:10])
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); p.ready() != http.StatusServiceUnavailable; time.Sleep(time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("/readyz says %d after SIGTERM, want 503", p.ready())
		}
	}
	fmt.Fprint(slow, body[10:])
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatalf("the request under way: %v", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) == 0 {
		t.Errorf("the request under way got %d, want its session", res.StatusCode)
	}
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d, want 0:\n%s", code, p.log)
	}
	if alive(server) || p.postmaster() != 0 {
		t.Errorf("PostgreSQL %d is still there", server)
	}
}

func TestProbesAnswerOnTheirOwnListener(t *testing.T) {
	t.Parallel()
	p := newInstallation(t).serve(t)
	for path, want := range map[string]string{"/livez": "ok", "/readyz": "ok", "/metrics": "api_latency_seconds"} {
		_, _ = send(p.client(), "GET", p.at("", "/"), "", "") // so that there is something to measure
		got, err := send(http.DefaultClient, "GET", fmt.Sprintf("http://127.0.0.1:%d%s", p.admin, path), "", "")
		if err != nil || got.status != http.StatusOK || !strings.Contains(string(got.body), want) {
			t.Errorf("%s: %s, %v, want %q", path, got, err, want)
		}
		public, err := send(p.client(), "GET", p.at("", path), "", "")
		if err != nil || public.status != http.StatusNotFound {
			t.Errorf("%s on the public listener: %s, %v, want 404", path, public, err)
		}
	}
}

// Each kind of finding is counted from the start, so that somebody can be called when it is not 0.
func TestOpenFindingsAreAMetric(t *testing.T) {
	t.Parallel()
	p := newInstallation(t).serve(t)
	got, err := send(http.DefaultClient, "GET", fmt.Sprintf("http://127.0.0.1:%d/metrics", p.admin), "", "")
	for _, kind := range console.FindingKinds {
		if want := fmt.Sprintf("billing_findings_open{kind=%q} 0\n", kind); err != nil || !strings.Contains(string(got.body), want) {
			t.Errorf("metrics do not say %s (%v)", want, err)
		}
	}
}

// What was signed up before a crash is there after the next start, which needs nobody's hand.
func TestStartAfterACrashNeedsNobody(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	p := i.serve(t)
	slug, got, err := p.signUp(p.client(), "crash", "Crash Fence")
	if err != nil || slug == "" {
		t.Fatalf("sign up: %s, %v", got, err)
	}
	server := p.postmaster()
	p.kill(t)
	if !alive(server) {
		t.Error("PostgreSQL went with the process: nothing is left to adopt")
	}
	again := i.serve(t)
	if got, err := send(again.client(), "GET", again.at(slug, "/login"), "", ""); err != nil || got.status != http.StatusOK {
		t.Errorf("the company after the crash: %s, %v", got, err)
	}
	if again.postmaster() != server {
		t.Errorf("PostgreSQL is %d, want %d, adopted", again.postmaster(), server)
	}
}

func TestSecondServerOfOneFolderIsRefused(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	i.serve(t)
	second := &installation{dir: i.dir, port: freePort(t), admin: freePort(t)}
	_, errs, code := second.says(t, "serve")
	wantSentence(t, "a second server", errs, code, i.dir, "already running")
	out, errs, code := second.says(t, "migrate", "status")
	if code != 0 || !strings.Contains(out, "applied  00001_floor.sql") || strings.Contains(out, "missing") {
		t.Errorf("migrate status beside the server: %d\n%s%s", code, out, errs)
	}
}

func TestSealKeyIsKept(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	show := func(p *process) string {
		got, err := send(p.client(), "GET", p.at("", "/.well-known/fence-seal-key"), "", "")
		if err != nil || got.status != http.StatusOK {
			t.Fatalf("the key: %s, %v", got, err)
		}
		return string(got.body)
	}
	p := i.serve(t)
	first := show(p)
	p.kill(t)
	if second := show(i.serve(t)); second != first {
		t.Errorf("the key is %q, it was %q", second, first)
	}
	info, err := os.Stat(filepath.Join(i.dir, "seal.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v, want it for its owner only", info.Mode(), err)
	}
}
