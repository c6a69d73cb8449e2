package doctor

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"
)

// renewal is when a certificate should long have been renewed.
const renewal = 14 * 24 * time.Hour

// serving asks the process itself.
func serving(ctx context.Context, p *Patient, r *Result) {
	address := "http://" + p.Settings.AdminListen + "/readyz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		r.problem("%s: %v", address, err)
		return
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		r.problem("nothing answers at %s: is `fence serve` running?", address)
		return
	}
	defer res.Body.Close()
	r.Says = "ready at " + address
	if res.StatusCode != http.StatusOK {
		r.problem("%s answers %s", address, res.Status)
	}
}

// certificate connects as a browser would, to the apex and to a company's host.
func certificate(ctx context.Context, p *Patient, r *Result) {
	u, err := url.Parse(p.Settings.PublicURL)
	if err != nil || u.Scheme != "https" {
		r.problem("%s is no https address", p.Settings.PublicURL)
		return
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	for _, host := range []string{u.Hostname(), "a-company." + u.Hostname()} {
		ends, err := p.certificateEnds(ctx, host, port)
		if err != nil {
			r.problem("the certificate of %s is not good: %v", host, err)
			continue
		}
		left := ends.Sub(p.Now())
		r.Says = "good for " + days(left)
		if left < renewal {
			r.problem("the certificate of %s ends in %s", host, days(left))
		}
	}
}

func (p *Patient) certificateEnds(ctx context.Context, host, port string) (time.Time, error) {
	raw, err := p.Dial(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return time.Time{}, err
	}
	defer raw.Close()
	conn := tls.Client(raw, &tls.Config{ServerName: host, RootCAs: p.Roots, Time: p.Now})
	if err := conn.HandshakeContext(ctx); err != nil {
		return time.Time{}, err
	}
	return conn.ConnectionState().PeerCertificates[0].NotAfter, nil
}
