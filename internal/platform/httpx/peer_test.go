package httpx

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func proxies(t testing.TB, list ...string) Proxies {
	t.Helper()
	p, err := ParseProxies(list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// identified is what the chain finds out about a request.
func identified(p Proxies, remote string, header http.Header) (info *RequestInfo) {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr, r.Header = remote, header
	Identify(p)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { info = Info(r) })).ServeHTTP(httptest.NewRecorder(), r)
	return info
}

func TestClientIsTheRightmostWhomNoProxyVouchesFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, trusted, remote string
		hops                 []string // one field each
		want                 string
	}{
		{"no proxy: the header is anybody's", "", "203.0.113.9:4711", []string{"198.51.100.1"}, "203.0.113.9"},
		{"an untrusted peer", "10.0.0.0/8", "203.0.113.9:4711", []string{"198.51.100.1"}, "203.0.113.9"},
		{"one proxy", "10.0.0.0/8", "10.0.0.1:80", []string{"198.51.100.1"}, "198.51.100.1"},
		{"what the client wrote stands left", "10.0.0.0/8", "10.0.0.1:80", []string{"10.9.9.9, 127.0.0.1, 198.51.100.1"}, "198.51.100.1"},
		{"two proxies", "10.0.0.0/8", "10.0.0.1:80", []string{"6.6.6.6, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		{"several fields are one list", "10.0.0.0/8", "10.0.0.1:80", []string{"6.6.6.6", "198.51.100.1", "10.0.0.2"}, "198.51.100.1"},
		{"all are proxies: the leftmost", "10.0.0.0/8", "10.0.0.1:80", []string{"10.0.0.3,10.0.0.2"}, "10.0.0.3"},
		{"no header", "10.0.0.0/8", "10.0.0.1:80", nil, "10.0.0.1"},
		{"an empty one", "10.0.0.0/8", "10.0.0.1:80", []string{""}, "10.0.0.1"},
		{"no address: the last who vouched", "10.0.0.0/8", "10.0.0.1:80", []string{"198.51.100.1, unknown, 10.0.0.2"}, "10.0.0.2"},
		{"an obfuscated name", "10.0.0.0/8", "10.0.0.1:80", []string{"_hidden"}, "10.0.0.1"},
		{"script", "10.0.0.0/8", "10.0.0.1:80", []string{"<script>"}, "10.0.0.1"},
		{"IPv6", "fd00::/8", "[fd00::1]:80", []string{"2001:db8::7"}, "2001:db8::7"},
		{"IPv4 in IPv6 is IPv4", "10.0.0.0/8", "[::ffff:10.0.0.1]:80", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"a zone is no part of an address", "fe80::/10", "[fe80::1%eth0]:80", []string{"fe80::2%evil"}, "fe80::2"},
		{"a single address is trusted", "10.0.0.1", "10.0.0.1:80", []string{"198.51.100.1"}, "198.51.100.1"},
		{"its neighbor is not", "10.0.0.1", "10.0.0.2:80", []string{"198.51.100.1"}, "10.0.0.2"},
		{"no connection to speak of", "10.0.0.0/8", "@", []string{"198.51.100.1"}, ""},
	} {
		header := http.Header{"X-Forwarded-For": c.hops, "X-Real-Ip": {"6.6.6.6"}, "Forwarded": {"for=6.6.6.6"}, "True-Client-Ip": {"6.6.6.6"}}
		if got := identified(proxies(t, strings.Fields(c.trusted)...), c.remote, header).IP; got != c.want {
			t.Errorf("%s: client is %q, want %q", c.why, got, c.want)
		}
	}
}

func TestOnlyProxiesNumberRequests(t *testing.T) {
	t.Parallel()
	p := proxies(t, "10.0.0.0/8")
	const given = "0123-abcd_EFGH"
	if got := identified(p, "10.0.0.1:80", http.Header{"X-Request-Id": {given}}).ID; got != given {
		t.Errorf("the proxy's number %s became %s", given, got)
	}
	for why, c := range map[string]struct {
		remote string
		given  []string
	}{
		"from a client":            {"203.0.113.9:4711", []string{given}},
		"two numbers":              {"10.0.0.1:80", []string{given, given}},
		"too short":                {"10.0.0.1:80", []string{"1"}},
		"too long":                 {"10.0.0.1:80", []string{strings.Repeat("a", 65)}},
		"a line break":             {"10.0.0.1:80", []string{"abcdefgh\nERROR"}},
		"a quote":                  {"10.0.0.1:80", []string{`abcdefgh"`}},
		"what is not a plain word": {"10.0.0.1:80", []string{"abcdefgh<b>"}},
	} {
		if got := identified(p, c.remote, http.Header{"X-Request-Id": c.given}).ID; len(got) != 10 || strings.Contains(strings.Join(c.given, ""), got) {
			t.Errorf("%s: the request's number is %q, want one of our own", why, got)
		}
	}
}

func TestProxiesAreNetworksAndNeverEverybody(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0.0.0.0/0", "::/0", "proxy.example", "10.0.0.0/33", "10.0.0", "fe80::1%eth0", "*"} {
		if _, err := ParseProxies([]string{"10.0.0.1", text}); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s was taken: %v", text, err)
		}
	}
	if p := proxies(t, " 10.0.0.0/8 ", "", "::1"); len(p) != 2 {
		t.Errorf("read as %v", p)
	}
}

func TestOneCustomerOfAProviderIsOnePlace(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"198.51.100.1", "198.51.100.1"},
		{"::ffff:198.51.100.1", "198.51.100.1"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"},
		{"2001:DB8:1:2::1", "2001:db8:1:2::/64"},
		{"2001:db8:1:3::1", "2001:db8:1:3::/64"},
		{"fe80::1%eth0", "fe80::/64"},
		{"nonsense", ""},
	} {
		if got := Network(c[0]); got != c[1] {
			t.Errorf("%s belongs to %q, want %q", c[0], got, c[1])
		}
	}
}
