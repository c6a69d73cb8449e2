package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// client speaks to the installation as its hosts: names below localhost are not resolved by Go.
func (i *installation) client() *http.Client {
	dialer := &net.Dialer{}
	return &http.Client{
		Timeout:       15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 8,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, fmt.Sprintf("127.0.0.1:%d", i.port))
			},
		},
	}
}

// at is an address on a host of the installation; no slug is the apex.
func (i *installation) at(slug, path string) string {
	host := "fence.localhost"
	if slug != "" {
		host = slug + "." + host
	}
	return fmt.Sprintf("http://%s:%d%s", host, i.port, path)
}

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) String() string { return fmt.Sprintf("%d %.300s", a.status, a.body) }

func send(c *http.Client, method, address, contentType, body string, header ...string) (answer, error) {
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for n := 0; n+1 < len(header); n += 2 {
		if header[n+1] != "" {
			r.Header.Set(header[n], header[n+1])
		}
	}
	res, err := c.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, b}, err
}

// signUp posts the form of the apex and returns the name of the new company.
func (i *installation) signUp(c *http.Client, key, company string) (slug string, got answer, err error) {
	form := url.Values{"company": {company}, "email": {"owner@" + key + ".example"}, "password": {"seven cedar pickets"}, "zip": {"78701"}, "idempotency_key": {"sign-up " + key + " of the drill"}}
	got, err = send(c, "POST", i.at("", "/signup"), "application/x-www-form-urlencoded", form.Encode())
	if err != nil || got.status != http.StatusSeeOther {
		return "", got, err
	}
	to, err := url.Parse(got.header.Get("Location"))
	if err != nil {
		return "", got, err
	}
	slug, _, found := strings.Cut(to.Hostname(), ".fence.localhost")
	if !found {
		return "", got, errors.New("handed over to " + to.Host)
	}
	return slug, got, nil
}
