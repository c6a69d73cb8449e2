package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
)

// adapter puts huma's operations on the mux.
type adapter API

// Handle registers an operation behind the checks that huma does not make.
func (a *adapter) Handle(op *huma.Operation, handler func(huma.Context)) {
	o := newOperation(op)
	a.operations = append(a.operations, o)
	a.mux.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{op: o, calls: a.services.Calls, r: r, w: w}
		w.Header().Set("Cache-Control", "no-store")
		if err := x.open(); err != nil {
			x.refuse(httpx.Fault(err))
			return
		}
		handler(x)
		x.finish()
	})
}

// ServeHTTP is asked for by huma's interface.
func (a *adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// exchange is one request and its answer, as huma sees them. The answer's status is kept back until its body is
// encoded: what cannot be encoded becomes a problem, not half an answer.
type exchange struct {
	op     *operation
	calls  *usage.Calls
	r      *http.Request
	w      http.ResponseWriter
	query  url.Values
	body   []byte
	status int
	sent   bool
}

// open admits the caller and checks what was sent.
func (x *exchange) open() error {
	c := caller.Of(x.r)
	if err := x.op.access.admit(c); err != nil {
		return err
	}
	if err := x.op.admitState(c); err != nil {
		return err
	}
	if x.op.access.open == "" { // a program's call, whatever comes of it
		if err := x.calls.Spend(x.r.Context(), c.Actor, c.Now); err != nil {
			return err
		}
	}
	if x.r.Method != http.MethodGet {
		if err := c.Actor.RequireOwnRights(); err != nil {
			return err
		}
	}
	if err := x.readQuery(); err != nil {
		return err
	}
	if x.op.upload {
		httpx.MoreTime(x.w, uploadWithin)
		return nil
	}
	return x.readBody()
}

// uploadWithin is how long a file may take to come.
const uploadWithin = 5 * time.Minute

// refuse answers with a problem.
func (x *exchange) refuse(f *fault.Error) {
	x.sent = true
	refuse(x.w, x.r, f)
}

func refuse(w http.ResponseWriter, r *http.Request, f *fault.Error) {
	info := httpx.Info(r)
	if f.Kind == fault.Internal {
		info.Err = f
	}
	httpx.WriteProblem(w, f, info.ID)
}

// send writes a whole answer.
func (x *exchange) send(body []byte) error {
	x.sent = true
	if x.status == 0 {
		x.status = http.StatusOK
	}
	x.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	x.w.WriteHeader(x.status)
	_, err := x.w.Write(body)
	return err
}

// finish answers what has no body.
func (x *exchange) finish() {
	if !x.sent {
		x.w.WriteHeader(x.status)
	}
}

// Write is how huma writes a body; it does so once.
func (x *exchange) Write(body []byte) (int, error) {
	if x.sent {
		return 0, errors.New("a second body")
	}
	return len(body), x.send(body)
}

// The rest is huma's view of the request.

func (x *exchange) Operation() *huma.Operation   { return x.op.Operation }
func (x *exchange) Context() context.Context     { return x.r.Context() }
func (x *exchange) TLS() *tls.ConnectionState    { return x.r.TLS }
func (x *exchange) Method() string               { return x.r.Method }
func (x *exchange) Host() string                 { return x.r.Host }
func (x *exchange) RemoteAddr() string           { return x.r.RemoteAddr }
func (x *exchange) URL() url.URL                 { return *x.r.URL }
func (x *exchange) Param(name string) string     { return x.r.PathValue(name) }
func (x *exchange) Query(name string) string     { return x.query.Get(name) }
func (x *exchange) BodyReader() io.Reader        { return bytes.NewReader(x.body) }
func (x *exchange) BodyWriter() io.Writer        { return x }
func (x *exchange) SetStatus(code int)           { x.status = code }
func (x *exchange) Status() int                  { return x.status }
func (x *exchange) SetHeader(name, value string) { x.w.Header().Set(name, value) }

func (x *exchange) AppendHeader(name, value string)      { x.w.Header().Add(name, value) }
func (x *exchange) SetReadDeadline(time.Time) error      { return nil }
func (x *exchange) EachHeader(each func(string, string)) { eachHeader(x.r.Header, each) }
func (x *exchange) Version() huma.ProtoVersion {
	return huma.ProtoVersion{Proto: x.r.Proto, ProtoMajor: x.r.ProtoMajor, ProtoMinor: x.r.ProtoMinor}
}
func (x *exchange) GetMultipartForm() (*multipart.Form, error) {
	return nil, http.ErrNotMultipart
}

// Header hides Accept: there is one form of an answer, whatever was asked for.
func (x *exchange) Header(name string) string {
	if strings.EqualFold(name, "Accept") {
		return ""
	}
	return x.r.Header.Get(name)
}

func eachHeader(h http.Header, each func(string, string)) {
	for name, values := range h {
		for _, v := range values {
			each(name, v)
		}
	}
}
