package stripemock

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Adapter is what an adapter to Stripe may send.
type Adapter struct {
	// Folder is where its source lies, from the module's root.
	Folder string
	// Calls are the operations of Stripe's client that it uses, and what each sends.
	Calls map[string]string
	// Differences are shapes that stripe-mock refuses and Stripe takes, with why.
	Differences map[string]string
}

// Hold sends what was recorded to stripe-mock. The test fails for a shape that is refused and not listed, one that is
// listed and taken, an operation that the source has and the list has not, and one that is listed and was not sent, or the
// other way around.
func (a Adapter) Hold(t *testing.T, r *Recorder) {
	t.Helper()
	at := root(t)
	m := start(t)
	known, seen := map[string]bool{}, map[string]bool{}
	for _, op := range a.Calls {
		known[op] = true
	}
	for _, shape := range slices.Sorted(maps.Keys(r.shapes)) {
		s := r.shapes[shape]
		seen[s.operation()] = true
		if !known[s.operation()] {
			t.Errorf("%s was sent and is not listed", s.operation())
		}
		status, text := m.send(t, s)
		switch reason, listed := a.Differences[shape]; {
		case status >= 300 && !listed:
			t.Errorf("stripe-mock refuses\n%s\nas %d %s\n%+v", shape, status, text, s)
		case status < 300 && listed:
			t.Errorf("stripe-mock takes %s by now: %s", shape, reason)
		}
	}
	calls := used(t, filepath.Join(at, a.Folder))
	for call := range calls {
		if op, listed := a.Calls[call]; !listed || !seen[op] {
			t.Errorf("%s calls %s, and %q was not sent", a.Folder, call, op)
		}
	}
	for call := range a.Calls {
		if !calls[call] {
			t.Errorf("%s does not call %s any more", a.Folder, call)
		}
	}
	t.Logf("%d shapes of %d operations, %d differences", len(r.shapes), len(seen), len(a.Differences))
}

// root is the module's.
func root(t *testing.T) string {
	t.Helper()
	for dir, err := os.Getwd(); ; dir = filepath.Dir(dir) {
		if err != nil || dir == filepath.Dir(dir) {
			t.Fatalf("no module around %s, %v", dir, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
}

var callOf = regexp.MustCompile(`stripe\.(V1[A-Za-z]+\.[A-Z][A-Za-z]*)\(`)

// used are the operations of Stripe's client that the source of a folder calls.
func used(t *testing.T, folder string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files in %s, %v", len(files), folder, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range callOf.FindAllSubmatch(text, -1) {
			all[string(m[1])] = true
		}
	}
	return all
}

// mock is a running stripe-mock.
type mock struct{ client *http.Client }

func start(t *testing.T) mock {
	t.Helper()
	program := filepath.Join(root(t), "bin", "tools", "stripe-mock")
	if _, err := os.Stat(program); err != nil {
		t.Fatal("nothing to hold requests against: make bin/tools/stripe-mock")
	}
	dir, err := os.MkdirTemp("", "mock") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	cmd := exec.Command(program, "-http-unix", socket)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it keeps nothing
		_ = cmd.Wait()
		_ = os.RemoveAll(dir) // a leftover folder under the system's temporary one
	})
	said := make([]byte, 4096) // it says so when it listens
	for text := ""; !strings.Contains(text, "Listening"); {
		n, err := out.Read(said)
		if err != nil {
			t.Fatalf("stripe-mock ended: %s", text)
		}
		text += string(said[:n])
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // until it ends
	return mock{&http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}}
}

// Answering has a stripe-mock answer what is meant for Stripe.
func Answering(t *testing.T) http.RoundTripper { return start(t) }

// RoundTrip implements http.RoundTripper.
func (m mock) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", "stripe-mock"
	return m.client.Transport.RoundTrip(r)
}

func (m mock) send(t *testing.T, s sent) (status int, text string) {
	t.Helper()
	target := "http://stripe-mock" + s.path
	if s.query != "" {
		target += "?" + s.query
	}
	r, err := http.NewRequestWithContext(t.Context(), s.method, target, strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk_test_123")
	if s.account != "" {
		r.Header.Set("Stripe-Account", s.account)
	}
	if s.method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	a, err := m.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }() // only read
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, fmt.Sprintf("%.600s", b)
}
