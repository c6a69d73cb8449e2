package stripesim

import (
	"bytes"
	"io"
	"net/http"
	"syscall"
)

// Transport carries requests to the simulator without a network: for the HTTP client of stripe-go, whose backend then may
// have any address. A connection that trouble cuts is an error, as it would be on a network.
func (s *Sim) Transport() http.RoundTripper { return Within(s) }

// Within carries requests to a handler of this process: webhooks to whoever takes them in here.
func Within(h http.Handler) http.RoundTripper { return transport{h} }

type transport struct{ to http.Handler }

// RoundTrip closes the body of the request, as every transport has to.
func (t transport) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			answer, err = nil, syscall.ECONNRESET
		} else if p != nil {
			panic(p)
		}
	}()
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer func() { _ = in.Body.Close() }() // only read
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:0"
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	out := &written{header: http.Header{}, status: http.StatusOK}
	t.to.ServeHTTP(out, in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(out.status), StatusCode: out.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: out.header,
		Body: io.NopCloser(&out.body), ContentLength: int64(out.body.Len()), Request: r,
	}, nil
}

// written is an answer as it was written.
type written struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *written) Header() http.Header         { return w.header }
func (w *written) Write(b []byte) (int, error) { return w.body.Write(b) }
func (w *written) WriteHeader(status int)      { w.status = status }
