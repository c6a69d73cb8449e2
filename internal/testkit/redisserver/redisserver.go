// Package redisserver starts a Redis of a test's own: on a socket in a folder of the test, with nothing on a port.
package redisserver

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Server is a redis-server process.
type Server struct {
	URL    string
	socket string
	dir    string
	cmd    *exec.Cmd
}

// Start starts a server that ends with the test. Without redis-server the test fails: scripts/install redis.
func Start(t testing.TB) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "fr") // short: a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{dir: dir, socket: filepath.Join(dir, "redis.sock")}
	s.URL = "unix://" + s.socket
	t.Cleanup(func() {
		s.Kill(t)
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s.Run(t)
	return s
}

// Run starts the process, again after Kill: it has forgotten everything.
func (s *Server) Run(t testing.TB) {
	t.Helper()
	s.cmd = exec.Command("redis-server", "--port", "0", "--unixsocket", s.socket, "--dir", s.dir,
		"--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", filepath.Join(s.dir, "log"))
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("no redis-server (scripts/install redis): %v", err)
	}
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		c, err := net.Dial("unix", s.socket)
		if err == nil {
			_ = c.Close() // it was only tried
			return
		}
		if time.Since(began) > 10*time.Second {
			said, _ := os.ReadFile(filepath.Join(s.dir, "log")) // shown with what failed
			t.Fatalf("redis-server does not listen: %v\n%s", err, said)
		}
	}
}

// Kill ends the process at once. Safe twice.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Kill() // it may have ended
	err := s.cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL) {
		t.Errorf("redis-server ended by itself: %v", err)
	}
	s.cmd = nil
	_ = os.Remove(s.socket) // a dead process's
}

// Pause stops the process in its tracks: connections stay open and nothing answers.
func (s *Server) Pause(t testing.TB) { s.signal(t, syscall.SIGSTOP) }

// Resume lets it go on.
func (s *Server) Resume(t testing.TB) { s.signal(t, syscall.SIGCONT) }

func (s *Server) signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}
