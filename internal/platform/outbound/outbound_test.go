package outbound_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/platform/outbound"
)

// inside are addresses that lead to this machine, to its network, to what tells machines about themselves, or to nobody.
var inside = strings.Fields(`
	127.0.0.1 127.1.2.3 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 169.254.0.1 169.254.169.254 169.254.170.2
	172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
	224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
	[::] [::1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:10.0.0.1] [::ffff:169.254.169.254] [::ffff:7f00:1] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::1]
	[100::1] [2001::1] [2001:0:7f00:1::] [2001:10::1] [2001:20::1] [2001:db8::1] [2002:7f00:1::] [2002:a9fe:a9fe::] [3fff::1] [5f00::1]
	[fc00::1] [fd00:ec2::254] [fd12:3456::1] [fe80::1] [fec0::1] [ff02::1] [ff0e::1]`)

// unreadable are addresses that some readers take for one of those, or that say more than where to ask.
var unreadable = strings.Fields(`
	http://login.example.com https://user@login.example.com https://user:password@login.example.com https://login.example.com/#x https://login.example.com:22
	https://login.example.com:25 https://login.example.com:6379 https://login.example.com:80 ftp://login.example.com file:///etc/passwd gopher://login.example.com
	https:login.example.com //login.example.com login.example.com https:// https://2130706433 https://0x7f000001 https://017700000001 https://127.1 https://0177.0.0.1
	https://localhost https://acme.localhost https://intranet https://metadata https://[fe80::1%25eth0] https://login.example.com\@127.0.0.1 javascript:alert(1) data:text/html,x`)

func TestOnlyPublicAddressesAreAsked(t *testing.T) {
	t.Parallel()
	c := outbound.New(false)
	for _, host := range inside {
		if err := ask(c, "https://"+host+"/"); !errors.Is(err, outbound.ErrAddress) {
			t.Errorf("%s: %v, want a refusal", host, err)
		}
	}
	for _, address := range append(unreadable, "", "https://login.example.com/a b", "https://login.example.com/\n") {
		if _, err := c.Check(address); !errors.Is(err, outbound.ErrAddress) {
			t.Errorf("%q: %v, want a refusal", address, err)
		}
	}
	for _, address := range []string{"https://login.example.com", "https://login.example.com/realms/fence", "https://login.example.com:8443/x?y=z", "https://9.9.9.9", "https://[2620:fe::fe]"} {
		if _, err := c.Check(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	t.Logf("%d addresses refused", len(inside)+len(unreadable)+3)
}

// A name is judged by what it stands for when it is asked: this one passes every look at its letters.
func TestNamesAreJudgedWhereTheyLead(t *testing.T) {
	t.Parallel()
	for _, at := range inside {
		host := strings.Trim(at, "[]")
		if err := outbound.New(false).Reach(net.JoinHostPort(host, "443")); !errors.Is(err, outbound.ErrAddress) {
			t.Errorf("a name that stands for %s: %v, want a refusal", host, err)
		}
	}
	if err := outbound.New(true).Reach("10.0.0.1:443"); !errors.Is(err, outbound.ErrAddress) {
		t.Errorf("with this machine let in, its network: %v, want a refusal", err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/huge":
			for range 40 {
				_, _ = w.Write(make([]byte, 64<<10)) // the client gives up
			}
		case "/most":
			_, _ = w.Write(make([]byte, outbound.MaxBody))
		case "/away":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		}
	}))
	t.Cleanup(s.Close)
	c := outbound.New(true)
	for path, want := range map[string]error{"/huge": outbound.ErrTooLarge, "/most": nil, "/away": outbound.ErrRedirect} {
		if err := ask(c, s.URL+path); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	if err := ask(outbound.New(false), s.URL); !errors.Is(err, outbound.ErrAddress) {
		t.Errorf("this machine, where it is not let in: %v", err)
	}
}

func ask(c *outbound.Client, address string) error {
	res, err := c.HTTP().Get(address)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}
