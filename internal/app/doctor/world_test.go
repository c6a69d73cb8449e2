package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/app/doctor"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// clinic is an installation with everything in order, under a public domain.
type clinic struct {
	*testkit.Database
	doctor.Patient
	ready *httptest.Server
}

func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{Database: testkit.NewDatabase(t)}
	c.ready = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(c.ready.Close)
	data, backups := t.TempDir(), t.TempDir()
	for file, mode := range map[string]os.FileMode{filepath.Join(data, "seal.key"): 0o600, filepath.Join(backups, "fence.dump"): 0o640} {
		if err := os.WriteFile(file, []byte("x"), mode); err != nil {
			t.Fatal(err)
		}
	}
	c.Patient = doctor.Patient{
		Settings: config.Settings{AdminListen: strings.TrimPrefix(c.ready.URL, "http://"), PublicURL: "https://fence.example", DataDir: data, BackupDir: backups},
		At:       app.Addresses{App: c.URL("fence_app"), System: c.URL("fence_system")},
		Keys:     testkit.ContextKeys,
	}
	c.certificate(t, 60*24*time.Hour, "fence.example", "*.fence.example")
	return c
}

// certificate has the public address answer with a certificate for these names that ends in a while.
func (c *clinic) certificate(t *testing.T, ends time.Duration, names ...string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: names, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(ends),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the doctor hangs up after the handshake
	s.StartTLS()
	t.Cleanup(s.Close)
	c.Roots = x509.NewCertPool()
	c.Roots.AddCert(made)
	c.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
	}
}

// problems are those of a report, with the names of what they are of.
func problems(report []doctor.Result) (all []string) {
	for _, r := range report {
		for _, p := range r.Problems {
			all = append(all, r.Name+": "+p)
		}
	}
	return all
}
