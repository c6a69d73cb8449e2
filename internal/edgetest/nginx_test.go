package edgetest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// domain is the one that deploy/nginx.conf is written for.
const domain = "fenceplatform.com"

// front is a real nginx with deploy/nginx.conf before a backend.
type front struct {
	plain, secure string // addresses of its two listeners
	log           string // file of its access log
	root          *x509.CertPool
}

// nginxPath is where Debian puts it; make install-test does.
func nginxPath(t testing.TB) string {
	t.Helper()
	for _, p := range []string{"/usr/sbin/nginx", "nginx"} {
		if found, err := exec.LookPath(p); err == nil {
			return found
		}
	}
	t.Fatal("nginx is not installed: scripts/install nginx")
	return ""
}

// render is the committed configuration with this machine's addresses and folders. Everything that it replaces
// has to be there.
func render(t testing.TB, dir, backend, plain, secure string) string {
	t.Helper()
	b, err := os.ReadFile("../../deploy/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, r := range [][2]string{
		{"worker_processes auto;", "worker_processes 1;"}, // so that all requests meet on the same connections
		{"pid /run/nginx.pid;", "pid " + dir + "/nginx.pid;"},
		{"error_log stderr crit;", "error_log " + dir + "/error.log crit;"},
		{"access_log /dev/stdout fence;", "access_log " + dir + "/access.log fence;"},
		{"/etc/fence/tls/", dir + "/"},
		{"server fence:8080;", "server " + backend + ";"},
		{"listen 80", "listen " + plain},
		{"listen 443", "listen " + secure},
	} {
		if !strings.Contains(text, r[0]) {
			t.Fatalf("deploy/nginx.conf has no %q", r[0])
		}
		text = strings.ReplaceAll(text, r[0], r[1])
	}
	temp := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temp += "\t" + kind + "_temp_path " + dir + "/" + kind + ";\n"
	}
	return strings.Replace(text, "\nhttp {\n", "\nhttp {\n"+temp, 1)
}

// nginxFolder is a folder that nginx's own account can read and write as well.
func nginxFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "fence-nginx-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// startNginx runs it until the test ends.
func startNginx(t testing.TB, backend string) *front {
	t.Helper()
	dir := nginxFolder(t)
	f := &front{plain: freeAddress(t), secure: freeAddress(t), log: filepath.Join(dir, "access.log"), root: certify(t, dir)}
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(render(t, dir, backend, f.plain, f.secure)), 0o600); err != nil {
		t.Fatal(err)
	}
	path := nginxPath(t)
	if out, err := exec.Command(path, "-t", "-p", dir, "-c", file).CombinedOutput(); err != nil || bytes.Contains(out, []byte("[warn]")) && os.Geteuid() == 0 {
		t.Fatalf("nginx -t: %v\n%s", err, out)
	}
	cmd := exec.Command(path, "-p", dir, "-c", file, "-g", "daemon off;")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		_ = cmd.Wait()                          // by a signal
	})
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", f.secure)
		if err == nil {
			_ = c.Close()
			return f
		}
		if time.Since(began) > 10*time.Second {
			t.Fatalf("nginx does not answer: %v\n%s", err, said.String())
		}
	}
}

// certify writes a certificate for the domain and everything one label below.
func certify(t testing.TB, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: domain}, DNSNames: []string{domain, "*." + domain},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"fullchain.pem": {Type: "CERTIFICATE", Bytes: der}, "privkey.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return pool
}

// dial opens a connection as a browser would, speaking proto.
func (f *front) dial(t testing.TB, name, proto string) net.Conn {
	t.Helper()
	c, err := tls.Dial("tcp", f.secure, &tls.Config{RootCAs: f.root, ServerName: name, NextProtos: []string{proto}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}
