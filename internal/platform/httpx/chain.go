package httpx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Middleware wraps a handler.
type Middleware func(http.Handler) http.Handler

// Chain puts the middlewares around h, the first one outermost.
func Chain(h http.Handler, all ...Middleware) http.Handler {
	for i := len(all) - 1; i >= 0; i-- {
		h = all[i](h)
	}
	return h
}

type requestKey struct{}

// RequestInfo is what the chain knows of a request, filled in as it goes.
type RequestInfo struct {
	ID    string
	IP    string
	OrgID string // for the log, once known
	Route string // the pattern that took the request: set by whoever routes
	Err   error  // what an internal error was, for the log
}

// Info is the request's own record. Outside of the chain it is an empty one.
func Info(r *http.Request) *RequestInfo {
	if i, ok := r.Context().Value(requestKey{}).(*RequestInfo); ok {
		return i
	}
	return &RequestInfo{}
}

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += n
	return n, err
}

func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Observe is told of every answered request; pattern is the route's, never the path.
type Observe func(pattern, method, orgID string, status int, took time.Duration)

// statusGone is what the log says of a request whose client did not wait for the answer. Nobody was sent it.
const statusGone = 499

// Log writes one line a request and tells observe. Internal errors are logged here, once.
func Log(log *slog.Logger, observe Observe) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			rec := &recorder{ResponseWriter: w}
			next.ServeHTTP(rec, r)
			info, took := Info(r), time.Since(began)
			if rec.status == 0 {
				rec.status = http.StatusOK
			}
			level := slog.LevelDebug
			if gone(r, rec.status, info.Err) {
				rec.status, level, info.Err = statusGone, slog.LevelInfo, nil
			}
			observe(info.Route, r.Method, info.OrgID, rec.status, took)
			attrs := []any{"request", info.ID, "method", r.Method, "route", info.Route, "status", rec.status, "bytes", rec.bytes, "took", took, "organization", info.OrgID}
			if info.Err != nil {
				level = slog.LevelError
				attrs = append(attrs, "error", info.Err)
			}
			log.Log(r.Context(), level, "request", attrs...)
		})
	}
}

// gone tells that a request failed because its client hung up, which is nobody's error. Whatever failed for another
// reason stays what it is, whether somebody still listens or not.
func gone(r *http.Request, status int, err error) bool {
	return status >= http.StatusInternalServerError && errors.Is(r.Context().Err(), context.Canceled) &&
		(err == nil || errors.Is(err, context.Canceled))
}

// Recover turns a panic into an internal error. It stands inside of Log.
func Recover(refuse func(http.ResponseWriter, *http.Request, error)) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if p := recover(); p != nil {
					if p == http.ErrAbortHandler {
						panic(p)
					}
					refuse(w, r, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}

// Uploads are requests that may bring more bytes than others, and take longer.
type Uploads struct {
	Are   func(*http.Request) bool
	Bytes int64
	Time  time.Duration
}

// Limits bounds what a request may take: the bytes of its body and the time of its answer. The connection still has
// the time of others: a handler gives an upload more, once it knows who sends it (MoreTime).
func Limits(bodyBytes int64, atMost time.Duration, uploads ...Uploads) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			bodyBytes, atMost := bodyBytes, atMost
			for _, u := range uploads {
				if u.Are(r) {
					bodyBytes, atMost = u.Bytes, u.Time
				}
			}
			r.Body = http.MaxBytesReader(w, r.Body, bodyBytes)
			ctx, cancel := context.WithTimeout(r.Context(), atMost)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// MoreTime lets a request be read, and its answer written, for longer than the server gives others.
func MoreTime(w http.ResponseWriter, within time.Duration) {
	c, until := http.NewResponseController(w), time.Now().Add(within)
	_ = c.SetReadDeadline(until) // what has no deadlines does not need more of them
	_ = c.SetWriteDeadline(until)
}

// SameOrigin refuses what another site's page, a sibling company's included, sends in a visitor's name.
func SameOrigin(refuse func(http.ResponseWriter, *http.Request, error)) Middleware {
	guard := http.NewCrossOriginProtection()
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := guard.Check(r); err != nil {
				refuse(w, r, fault.New(fault.Forbidden, CodeCrossOrigin, "This was sent from another site's page. Open our page and try again.").Because(err))
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
