package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// installation is where one fence keeps its data, and the addresses that it serves on.
type installation struct {
	dir         string
	port, admin int
	env         []string
}

// newInstallation is an empty data folder that PostgreSQL's account can reach, and two free ports.
func newInstallation(t *testing.T, env ...string) *installation {
	t.Helper()
	dir, err := os.MkdirTemp("", "fence-app-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	i := &installation{dir: dir, port: freePort(t), admin: freePort(t)}
	i.env = append(i.env, env...)
	return i
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// command prepares `fence args` for the installation. Nothing of this machine's own settings reaches it.
func (i *installation) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + i.dir, "FENCE_DATA_DIR=" + i.dir, "FENCE_LOG_LEVEL=warn", "FENCE_DRAIN_PAUSE=0s",
		"FENCE_ADDRESS_RATE=0",  // all the companies and homeowners of a test ask from one address
		"FENCE_RATE_LIMITS=off", // and each company as fast as it can
		"FENCE_LISTEN=127.0.0.1:" + strconv.Itoa(i.port), "FENCE_ADMIN_LISTEN=127.0.0.1:" + strconv.Itoa(i.admin),
		"FENCE_PUBLIC_URL=http://fence.localhost:" + strconv.Itoa(i.port),
	}, i.env...)
	return cmd
}

// says runs `fence args` to its end and returns what it wrote and its exit code.
func (i *installation) says(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := i.command(ctx, args...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return o.String(), e.String(), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return o.String(), e.String(), 0
}

// process is a fence that serves.
type process struct {
	*installation
	cmd   *exec.Cmd
	log   *syncBuffer
	ended chan struct{} // closed when it is gone
}

// syncBuffer keeps what a process writes while somebody may read it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// serve starts `fence serve` and returns when it is ready.
func (i *installation) serve(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{installation: i, cmd: i.command(context.Background(), append([]string{"serve"}, args...)...), log: &syncBuffer{}, ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // its exit code is in ProcessState
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may be gone
		select {
		case <-p.ended:
		case <-time.After(30 * time.Second):
			_ = p.cmd.Process.Kill() // it may be gone
			t.Errorf("fence serve did not end within 30 s:\n%s", p.log)
		}
	})
	for began := time.Now(); p.ready() != http.StatusOK; time.Sleep(10 * time.Millisecond) {
		select {
		case <-p.ended:
			t.Fatalf("fence serve ended before it was ready:\n%s", p.log)
		default:
		}
		if time.Since(began) > 60*time.Second {
			t.Fatalf("fence serve is not ready after a minute:\n%s", p.log)
		}
	}
	return p
}

// ready is what /readyz answers; 0 when nobody does.
func (i *installation) ready() int {
	res, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/readyz", i.admin))
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body) // so that the connection can be used again
	return res.StatusCode
}

// end waits until the process is gone and returns its exit code.
func (p *process) end(t *testing.T) int {
	t.Helper()
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(40 * time.Second):
		t.Fatalf("fence serve did not end:\n%s", p.log)
		return -1
	}
}

// kill ends the process as a crash would.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
}

// postmaster is the process of the private server, 0 when there is none.
func (i *installation) postmaster() int {
	b, err := os.ReadFile(filepath.Join(i.dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(line)) // 0 for what is no number
	return pid
}

func alive(pid int) bool { return pid > 0 && syscall.Kill(pid, 0) == nil }

// wantSentence fails unless a refused command wrote one sentence that has the words, and no page of Go.
func wantSentence(t *testing.T, what, errs string, code int, words ...string) {
	t.Helper()
	text := strings.TrimSpace(errs)
	if code != 1 {
		t.Errorf("%s: exit code %d, want 1", what, code)
	}
	if !strings.HasPrefix(text, "fence: ") || strings.Contains(text, "\n") || strings.Contains(text, "goroutine") {
		t.Errorf("%s: wrote\n%s\nwant one line", what, text)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s: wrote %q, want it to name %q", what, text, w)
		}
	}
}
