// Package filehost serves what people uploaded, on a host that belongs to no company and nowhere else.
//
// Owns: the host's one route, what browsers may do with an answer. Does not own: addresses and who gets one, files
// (business/files).
//
// Invariants: nothing here knows who asks: no cookie, no token but the address itself. What we did not make is for
// saving and never shown. A wrong address, one that is over, another company's and none are one answer.
package filehost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
)

// Handler answers the host of files.
func Handler(find func(context.Context, string) (files.Content, error)) http.Handler {
	h := handler{find}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{token}", h.serve)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { refuse(w, r, fault.Missing()) })
	return mux
}

type handler struct {
	find func(context.Context, string) (files.Content, error)
}

// policy lets a document that a browser opens all the same do nothing.
const policy = "default-src 'none'; script-src 'none'; style-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"

func (h handler) serve(w http.ResponseWriter, r *http.Request) {
	c, err := h.find(r.Context(), r.PathValue("token"))
	if err != nil {
		refuse(w, r, err)
		return
	}
	body := &reader{ctx: r.Context(), content: c}
	defer body.close()
	if r.Method == http.MethodGet && r.Header.Get("Range") == "" {
		if err := body.open(); err != nil { // before anything is promised
			refuse(w, r, err)
			return
		}
	}
	disposition := "attachment"
	if c.Ours {
		disposition = "inline"
	}
	header := w.Header()
	header.Set("Content-Type", c.MediaType)
	header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": c.Name}))
	header.Set("Content-Security-Policy", policy)
	header.Set("Cross-Origin-Resource-Policy", "cross-origin") // the address is the right to see it, on a company's page too
	header.Set("Cache-Control", fmt.Sprintf("private, max-age=%d, immutable", int(c.For.Seconds())))
	header.Set("X-Robots-Tag", "noindex")
	header.Set("ETag", `"`+c.Hash+`"`)
	http.ServeContent(w, r, "", time.Time{}, body)
}

// refuse says the same of everything that is not there.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	f := httpx.Fault(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		httpx.Info(r).Err = err
	}
	httpx.RetryAfter(w.Header(), f)
	http.Error(w, f.Message, httpx.Status(f))
}

// reader is a file's bytes for http.ServeContent: opened where they are read, which is not always at the beginning.
type reader struct {
	ctx     context.Context
	content files.Content
	at      int64 // the next byte to read
	body    io.ReadCloser
	bodyAt  int64 // the next byte of body
}

func (r *reader) open() (err error) {
	r.body, err = r.content.Open(r.ctx, r.at)
	r.bodyAt = r.at
	return err
}

func (r *reader) close() {
	if r.body != nil {
		_ = r.body.Close() // it was read, not written
		r.body = nil
	}
}

func (r *reader) Read(p []byte) (int, error) {
	if r.at >= r.content.Size {
		return 0, io.EOF
	}
	if r.body != nil && r.bodyAt != r.at {
		r.close()
	}
	if r.body == nil {
		if err := r.open(); err != nil {
			return 0, err
		}
	}
	n, err := r.body.Read(p)
	r.at, r.bodyAt = r.at+int64(n), r.bodyAt+int64(n)
	return n, err
}

// Seek only notes where: that is also how the size is asked.
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.content.Size
	}
	if offset < 0 {
		return 0, errors.New("a place before the beginning")
	}
	r.at = offset
	return offset, nil
}
