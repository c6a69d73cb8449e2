package httpx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
)

// A client that hangs up is no error of ours: nobody is called at night for it. What breaks while it hangs up is.
func TestWhoHangsUpIsNoErrorOfOurs(t *testing.T) {
	t.Parallel()
	away := fault.New(fault.Unavailable, "unavailable", "We cannot reach our records right now.")
	for what, c := range map[string]struct {
		stays  bool // the client waits for its answer
		fail   func(ctx context.Context) error
		status int
		level  string
	}{
		"hung up":                    {false, context.Cause, 499, "INFO"},
		"hung up, as the pool says":  {false, func(ctx context.Context) error { return away.Because(ctx.Err()) }, 499, "INFO"},
		"hung up after it was done":  {false, func(context.Context) error { return nil }, 200, "DEBUG"},
		"hung up before its refusal": {false, func(context.Context) error { return fault.Missing() }, 404, "DEBUG"},
		"hung up on what broke":      {false, func(context.Context) error { return errors.New("broken") }, 500, "ERROR"},
		"hung up on a panic":         {false, func(context.Context) error { panic("broken") }, 500, "ERROR"},
		"we canceled":                {true, func(context.Context) error { return context.Canceled }, 500, "ERROR"},
		"our time was over":          {true, func(context.Context) error { return context.DeadlineExceeded }, 500, "ERROR"},
		"away while somebody waits":  {true, func(context.Context) error { return away }, 503, "DEBUG"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			entered, ended, observed := make(chan struct{}), make(chan struct{}), 0
			var diary bytes.Buffer
			log := slog.New(slog.NewTextHandler(&diary, &slog.HandlerOptions{Level: slog.LevelDebug}))
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				close(entered)
				if !c.stays {
					<-r.Context().Done()
				}
				if err := c.fail(r.Context()); err != nil {
					if fault.As(err).Kind == fault.Internal {
						Info(r).Err = err
					}
					refuse(w, r, err)
				}
			})
			observe := func(_, _, _ string, status int, _ time.Duration) { observed = status }
			logged := Chain(handler, Identify(nil), Log(log, observe), Recover(func(w http.ResponseWriter, r *http.Request, err error) {
				Info(r).Err = err
				refuse(w, r, err)
			}))
			address := serving(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(ended)
				logged.ServeHTTP(w, r)
			}), ServerTimes)
			line := dial(t, address)
			if _, err := io.WriteString(line, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			<-entered
			if !c.stays {
				_ = line.Close() // so it goes
			}
			<-ended
			said := diary.String()
			if observed != c.status || !strings.Contains(said, fmt.Sprintf("status=%d ", c.status)) || !strings.Contains(said, "level="+c.level) {
				t.Errorf("observed %d, logged %swant %d at %s", observed, said, c.status, c.level)
			}
			if c.level != "ERROR" && strings.Contains(said, "error=") {
				t.Errorf("logged %swant no error", said)
			}
		})
	}
}
