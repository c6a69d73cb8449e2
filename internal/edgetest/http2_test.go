package edgetest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// frames is what one HTTP/2 client sends: header fields as they are, and data.
type frames struct {
	name   string
	fields []hpack.HeaderField
	data   string
}

func field(name, value string) hpack.HeaderField { return hpack.HeaderField{Name: name, Value: value} }

// downgrades are requests that mean one thing in HTTP/2 and another when somebody writes them down in HTTP/1.
func downgrades() (all []frames) {
	plain := func(method, path string, more ...hpack.HeaderField) []hpack.HeaderField {
		return append([]hpack.HeaderField{field(":method", method), field(":scheme", "https"), field(":authority", domain), field(":path", path)}, more...)
	}
	with := func(more ...hpack.HeaderField) {
		all = append(all, frames{strconv.Quote(more[0].Name + ": " + more[0].Value), plain("POST", "/first", more...), "0\r\n\r\n" + payload})
	}
	for _, te := range []string{"chunked", "identity", "xchunked", "chunked, identity", ""} {
		with(field("transfer-encoding", te))
		with(field("transfer-encoding", te), field("content-length", strconv.Itoa(5+len(payload))))
	}
	for _, n := range []string{"0", "5", "-1", "+5", "99999", "5, 5", "0x5", "", "18446744073709551621"} {
		with(field("content-length", n))
		with(field("content-length", n), field("content-length", "5"))
	}
	for _, value := range []string{"x\r\ntransfer-encoding: chunked", "x\r\n\r\n" + payload, "x\nx-injected: y", "x\rx-injected: y", "x\x00y", "\r\nx-injected: y", "x\r\nx-injected: y\r\n", "x\n x-injected: y"} {
		for _, name := range []string{"foo", "cookie", "user-agent", "referer", "accept", "content-type"} {
			with(field(name, value))
		}
	}
	for _, name := range []string{"foo: bar\r\nx-injected", "foo\r\nx-injected", "foo bar", "Foo", "", "foo:", ":foo", ":path", ":method", "foo\x00", "content-length: 0\r\n\r\n" + payload, "host", "transfer_encoding", "connection", "upgrade", "te", "proxy-connection", "keep-alive", "proxy"} {
		with(field(name, "keep-alive, x-injected, transfer-encoding"))
	}
	for _, path := range []string{"/first HTTP/1.1\r\nHost: x\r\n\r\n" + payload, "/first HTTP/1.1", "/first smuggled", "/first\r\nx-injected: y", "/first\nx", "first", "", "*", "http://evil.example/first", "//evil.example/first", "/first?\r\n", "/first#\r\n", "/first\x00", "\\first", "@evil.example/first"} {
		all = append(all, frames{":path " + strconv.Quote(path), plain("GET", path), ""})
	}
	for _, method := range []string{"GET /smuggled HTTP/1.1\r\nX: y\r\n\r\nGET", "GET ", "get", "", "CONNECT", "TRACE", "GET\r\nx-injected: y", "POST /smuggled HTTP/1.1\r\nContent-Length: 999\r\n\r\n"} {
		all = append(all, frames{":method " + strconv.Quote(method), plain(method, "/first"), payload})
	}
	for _, authority := range []string{domain + "\r\nx-injected: y", domain + " /smuggled", "evil.example", "evil.example@" + domain, domain + "/smuggled", "", domain + ":443:80", "[::1]"} {
		f := plain("GET", "/first", field("host", domain))
		f[2].Value = authority
		all = append(all, frames{":authority " + strconv.Quote(authority), f, ""})
	}
	for _, scheme := range []string{"https://evil.example/smuggled?", "http\r\nx-injected: y", "", "gopher"} {
		f := plain("GET", "/first")
		f[1].Value = scheme
		all = append(all, frames{":scheme " + strconv.Quote(scheme), f, ""})
	}
	all = append(all,
		frames{"pseudo headers twice", plain("GET", "/first", field(":path", "/smuggled")), ""},
		frames{"a second authority", plain("GET", "/first", field(":authority", "evil.example")), ""},
		frames{"another host", plain("GET", "/first", field("host", "evil.example")), ""},
		frames{"no path", []hpack.HeaderField{field(":method", "GET"), field(":scheme", "https"), field(":authority", domain)}, ""},
		frames{"crumbs of cookies", plain("GET", "/first", field("cookie", "a=b"), field("cookie", "c=d\r\nx-injected: y")), ""},
		frames{"a plain request", plain("GET", "/first"), ""},
		frames{"a plain body", plain("POST", "/first"), payload},
	)
	return all
}

// speak sends one request over HTTP/2 and waits until it was answered or refused.
func speak(t *testing.T, c net.Conn, in frames) {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(3 * time.Second)) // whoever refuses may say nothing more
	if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	f := http2.NewFramer(c, c)
	f.AllowIllegalWrites = true
	var head bytes.Buffer
	encoder := hpack.NewEncoder(&head)
	for _, h := range in.fields {
		if err := encoder.WriteField(h); err != nil {
			t.Fatal(err)
		}
	}
	err := errors.Join(f.WriteSettings(), f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head.Bytes(), EndHeaders: true, EndStream: in.data == ""}))
	if in.data != "" {
		err = errors.Join(err, f.WriteData(1, true, []byte(in.data)))
	}
	if err != nil {
		return // refused while it was sent
	}
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case *http2.GoAwayFrame, *http2.RSTStreamFrame:
			return
		case *http2.HeadersFrame:
			if frame.StreamEnded() {
				return
			}
		case *http2.DataFrame:
			if frame.StreamEnded() {
				return
			}
		}
	}
}

// TestNothingIsSmuggledByDowngrade sends over HTTP/2 what would be two requests, or one with other headers, in
// the HTTP/1 that nginx speaks to the product.
func TestNothingIsSmuggledByDowngrade(t *testing.T) {
	t.Parallel()
	b := newBackend(t, func(h http.Handler) http.Handler { return h })
	f := startNginx(t, b.address)
	carried := 0
	all := downgrades()
	for i, in := range all {
		c := f.dial(t, domain, "h2")
		speak(t, c, in)
		_ = c.Close()
		victim := "/victim-" + strconv.Itoa(i)
		if got := victimOf(t, f, victim); got != "GET "+victim {
			t.Errorf("%s: the next visitor got %q", in.name, got)
		}
		asked := 0
		for _, r := range b.take() {
			if r.uri == victim {
				continue
			}
			asked++
			if len(r.number) != 32 || strings.HasPrefix(r.uri, "/smuggled") || r.host != domain || r.from != "127.0.0.1" || strings.Contains(r.extra, "X-Injected") {
				t.Errorf("%s: the product was asked %+v", in.name, r)
			}
		}
		if plain := strings.HasPrefix(in.name, "a plain"); asked > 1 || plain && asked == 0 {
			t.Errorf("%s: %d requests", in.name, asked)
		}
		carried += asked
	}
	if carried < 10 || carried == len(all) {
		t.Errorf("%d of %d were carried out: are they sent at all?", carried, len(all))
	}
	t.Logf("%d attacks over HTTP/2: %d carried out as one plain request, the others refused, 0 smuggled", len(all), carried)
}
