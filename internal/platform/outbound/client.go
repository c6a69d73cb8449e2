package outbound

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Bounds of one request.
const (
	Within  = 5 * time.Second
	MaxBody = 1 << 20
)

// What else an answer can be refused for.
var (
	ErrRedirect = errors.New("the answer leads elsewhere")
	ErrTooLarge = errors.New("the answer has more than 1 MiB")
)

// Client asks public addresses.
type Client struct {
	loopback bool
	http     *http.Client
}

// New makes a client. loopback has it ask this machine too, and by http: for an installation that serves nobody else.
func New(loopback bool) *Client {
	c := &Client{loopback: loopback}
	dialer := &net.Dialer{Timeout: Within, Control: c.control}
	c.http = &http.Client{
		Timeout:       Within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return ErrRedirect },
		Transport: guard{c, &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: Within, MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives: true, DisableCompression: true, // it is seldom asked; what is counted is what came
		}},
	}
	return c
}

// HTTP is the client for libraries that ask by themselves.
func (c *Client) HTTP() *http.Client { return c.http }

// control looks at the address that is about to be connected to: names have been looked up by now.
func (c *Client) control(_, address string, _ syscall.RawConn) error { return c.reach(address) }

func (c *Client) reach(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAddress, err)
	}
	if public(at.Addr()) || c.loopback && at.Addr().Unmap().IsLoopback() {
		return nil
	}
	return ErrAddress
}

// guard looks at each request and bounds what is read of its answer.
type guard struct {
	client *Client
	next   http.RoundTripper
}

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := g.client.Check(r.URL.String()); err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // nothing of it was sent
		}
		return nil, err
	}
	res, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	res.Body = &bounded{res.Body, MaxBody}
	return res, nil
}

// bounded is a body that fails when it has more than it may.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}
