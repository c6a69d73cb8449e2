// Package outbox shows a developer the mails of a process without a mail server, at /dev/mail of the apex.
//
// Owns: the list and one mail with its links and attachments. Does not own: delivery (platform/mail).
// Invariant: it exists only beside the private database and answers loopback addresses only: mails carry links
// that sign people in.
package outbox

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	platformmail "fenceplatform.com/fence/internal/platform/mail"

	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers show the outbox.
type Handlers struct {
	Pages  *shell.Pages
	Outbox platformmail.Outbox
}

// Routes lists the pages.
func (h *Handlers) Routes() []shell.Route {
	const why = "a developer's own machine"
	return []shell.Route{
		{Pattern: "GET /dev/mail", Open: why, Serve: h.local(h.list)},
		{Pattern: "GET /dev/mail/{file}", Open: why, Serve: h.local(h.show)},
		{Pattern: "GET /dev/mail/{file}/{part}", Open: why, Serve: h.local(h.part)},
	}
}

func (h *Handlers) local(next shell.Handler) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if ip := net.ParseIP(caller.Of(r).Request.IP); ip == nil || !ip.IsLoopback() {
			return fault.Missing()
		}
		return next(w, r)
	}
}

// letter is a mail taken apart.
type letter struct {
	File, To, From, Subject, Date, MessageID string
	Plain                                    []line
	Attached                                 []attachment
}

type line struct{ Text, Link string }

type attachment struct {
	Name    string
	Index   int
	Content []byte
	Media   string
}

func (h *Handlers) list(w http.ResponseWriter, r *http.Request) error {
	files, err := h.Outbox.Files()
	if err != nil {
		return err
	}
	var letters []letter
	for _, f := range files[:min(len(files), 100)] {
		l, err := h.read(f)
		if err != nil {
			return err
		}
		letters = append(letters, l)
	}
	return h.Pages.Plain(w, r, shell.Page{Title: "Outbox", Wide: true}, nil, listPage(letters))
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Has("raw") {
		b, err := h.raw(r.PathValue("file"))
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, err = w.Write(b)
		return err
	}
	l, err := h.read(r.PathValue("file"))
	if err != nil {
		return err
	}
	return h.Pages.Plain(w, r, shell.Page{Title: l.Subject}, nil, letterPage(l))
}

func (h *Handlers) part(w http.ResponseWriter, r *http.Request) error {
	l, err := h.read(r.PathValue("file"))
	if err != nil {
		return err
	}
	i, err := strconv.Atoi(r.PathValue("part"))
	if err != nil || i < 0 || i >= len(l.Attached) {
		return fault.Missing()
	}
	w.Header().Set("Content-Type", l.Attached[i].Media)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": l.Attached[i].Name}))
	_, err = w.Write(l.Attached[i].Content)
	return err
}

var fileForm = regexp.MustCompile(`^[0-9a-f-]{36}\.eml$`)

func (h *Handlers) raw(file string) ([]byte, error) {
	if !fileForm.MatchString(file) {
		return nil, fault.Missing()
	}
	b, err := os.ReadFile(filepath.Join(h.Outbox.Dir, file))
	if os.IsNotExist(err) {
		return nil, fault.Missing()
	}
	return b, err
}

func (h *Handlers) read(file string) (letter, error) {
	b, err := h.raw(file)
	if err != nil {
		return letter{}, err
	}
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return letter{}, fmt.Errorf("read %s: %w", file, err)
	}
	words := new(mime.WordDecoder)
	head := func(name string) string {
		s, err := words.DecodeHeader(m.Header.Get(name))
		if err != nil {
			return m.Header.Get(name)
		}
		return s
	}
	l := letter{File: file, To: strings.Trim(head("To"), "<>"), From: head("From"), Subject: head("Subject"), Date: head("Date"), MessageID: head("Message-ID")}
	err = l.walk(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
	return l, err
}

var link = regexp.MustCompile(`https?://\S+`)

func (l *letter) walk(contentType, encoding, disposition string, body io.Reader) error {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := l.walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if _, d, err := mime.ParseMediaType(disposition); err == nil && d["filename"] != "" {
		l.Attached = append(l.Attached, attachment{Name: d["filename"], Index: len(l.Attached), Content: content, Media: media})
	} else if media == "text/plain" {
		for text := range strings.Lines(string(content)) {
			text = strings.TrimRight(text, "\r\n")
			l.Plain = append(l.Plain, line{Text: text, Link: link.FindString(text)})
		}
	}
	return nil
}
