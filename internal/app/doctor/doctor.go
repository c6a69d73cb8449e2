package doctor

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"time"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/platform/pg/contextkey"
)

// Patient is the installation that is examined.
type Patient struct {
	Settings config.Settings
	At       app.Addresses
	Keys     contextkey.Keys

	// Now, Dial and Roots are this machine's when nil.
	Now   func() time.Time
	Dial  func(ctx context.Context, network, address string) (net.Conn, error)
	Roots *x509.CertPool
}

// Result is one thing that was looked at.
type Result struct {
	Name     string
	Says     string   // what was seen
	Problems []string // what is not in order
}

func (r *Result) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// patience bounds each look.
const patience = 10 * time.Second

// Examine looks at everything. Nothing that it finds keeps it from looking on.
func Examine(ctx context.Context, p Patient) []Result {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Dial == nil {
		p.Dial = (&net.Dialer{}).DialContext
	}
	var report []Result
	for _, look := range []struct {
		name string
		at   func(context.Context, *Patient, *Result)
		need bool
	}{
		{"serving", serving, true},
		{"server", server, true},
		{"migrations", migrations, true},
		{"catalogue", catalogue, true},
		{"roles", roles, true},
		{"context", signedContext, true},
		{"canary", canary, true},
		{"clock", clock, true},
		{"keys", keys, true},
		{"payments", payments, true},
		{"files", bucket, p.Settings.S3Endpoint != ""},
		{"redis", sharedRedis, p.Settings.RedisURL != ""},
		{"backups", backups, p.Settings.Public()},
		{"certificate", certificate, p.Settings.Public()},
	} {
		if !look.need {
			continue
		}
		r := Result{Name: look.name}
		within, cancel := context.WithTimeout(ctx, patience)
		look.at(within, &p, &r)
		cancel()
		report = append(report, r)
	}
	return report
}
