package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/config"
)

// baseHost is the host below which the companies are.
const baseHost = "fence.localhost"

// serveCommand makes this program the server: a process of its own, as in production, that shares nothing with
// the one that measures.
const serveCommand = "serve"

// keysVariable hands the server the keys of contexts.
const keysVariable = "FENCE_CONTEXT_KEYS"

// server is the product's process.
type server struct {
	address   string
	admin     string
	profiling string // where profiles are to be had; empty: nowhere
	cmd       *exec.Cmd
}

func startServer(ctx context.Context, dir string, db *database, profiled bool) (_ *server, err error) {
	s := &server{}
	for _, address := range []*string{&s.address, &s.admin, &s.profiling} {
		if *address, err = freeAddress(); err != nil {
			return nil, err
		}
	}
	if !profiled {
		s.profiling = ""
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s.cmd = exec.CommandContext(ctx, self, serveCommand, "-listen", s.address, "-admin", s.admin, "-profiling", s.profiling,
		"-data", filepath.Join(dir, "data"), "-database", db.url("fence_app"), "-system", db.url("fence_system"))
	s.cmd.Env = append(os.Environ(), keysVariable+"="+contextKey)
	s.cmd.Stdout, s.cmd.Stderr = os.Stderr, os.Stderr
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = 30 * time.Second
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if err := s.awaitReady(ctx); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// freeAddress finds a port that nobody listens on now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (s *server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.admin+"/readyz", nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(r)
		if err == nil {
			_ = answer.Body.Close() // only the status matters
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.New("the server did not get ready")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stop lets the server end in order.
func (s *server) stop() {
	_ = s.cmd.Cancel()
	_ = s.cmd.Wait() // it was told to end
}

// serve is the server's process: the product as it is composed everywhere, with its default settings.
func serve(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet(serveCommand, flag.ContinueOnError)
	seed := make([]byte, 32)
	_, _ = rand.Read(seed) // never fails
	settings := config.Settings{Connections: 10, MailFrom: "mail@" + baseHost, SealKey: base64.StdEncoding.EncodeToString(seed), ContextKeys: os.Getenv(keysVariable)}
	flags.StringVar(&settings.Listen, "listen", "", "address of pages and API")
	flags.StringVar(&settings.AdminListen, "admin", "", "address of probes")
	flags.StringVar(&settings.DataDir, "data", "", "data folder")
	flags.StringVar(&settings.DatabaseURL, "database", "", "database as fence_app")
	flags.StringVar(&settings.SystemURL, "system", "", "database as fence_system")
	profiling := flags.String("profiling", "", "address of processor profiles")
	if err := flags.Parse(args); err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(settings.Listen)
	if err != nil {
		return err
	}
	settings.PublicURL = "http://" + net.JoinHostPort(baseHost, port)
	a, err := app.New(ctx, settings, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer a.Close(context.WithoutCancel(ctx))
	if *profiling != "" {
		l, err := net.Listen("tcp", *profiling)
		if err != nil {
			return fmt.Errorf("profiles: %w", err)
		}
		mux := http.NewServeMux()
		mux.HandleFunc("GET /profile", pprof.Profile)
		go func() { _ = http.Serve(l, mux) }() // ends with the process
	}
	return a.Run(ctx)
}
