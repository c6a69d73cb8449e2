package outbound

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// ErrAddress is an address that is not public.
var ErrAddress = errors.New("this address is not public")

// notPublic are the networks of IPv4 that lead inside, to this machine, or to nobody.
var notPublic = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // answers machines of Azure about themselves
)

// givenOut is what of IPv6 is given to networks, and notGiven what in it leads elsewhere: protocols and tunnels that
// carry an address of IPv4, and examples. Everything outside of it (mapped, NAT64, unique local, link local) is refused.
var (
	givenOut = netip.MustParsePrefix("2000::/3")
	notGiven = prefixes("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, t := range texts {
		all = append(all, netip.MustParsePrefix(t))
	}
	return all
}

// public tells whether an address is somebody's on the internet.
func public(a netip.Addr) bool {
	if a = a.Unmap(); a.Zone() != "" || !a.IsGlobalUnicast() {
		return false
	}
	if a.Is4() {
		return !within(a, notPublic)
	}
	return givenOut.Contains(a) && !within(a, notGiven)
}

func within(a netip.Addr, networks []netip.Prefix) bool {
	for _, n := range networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// Check reads an address as somebody types it. It says in a sentence what is wrong; whether a name leads to a public
// address shows when it is asked.
func (c *Client) Check(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return nil, refused("An address is like https://login.example.com.")
	case u.User != nil || u.Fragment != "" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return nil, refused("An address has no name, password, blank or # in it.")
	case c.loopback && local(u.Hostname()) && (u.Scheme == "http" || u.Scheme == "https"):
		return u, nil
	case u.Scheme != "https":
		return nil, refused("An address begins with https://.")
	case u.Port() != "" && u.Port() != "443" && u.Port() != "8443":
		return nil, refused("An address is on port 443 or 8443.")
	case !named(u.Hostname()):
		return nil, refused("This address is not public: from here nobody can be asked there.")
	}
	return u, nil
}

// local tells that a host is this machine by its name.
func local(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// named tells that a host is a domain or a public address. A number that some readers take for an address is neither.
func named(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return public(a)
	}
	if net.ParseIP(host) != nil || local(host) {
		return false
	}
	last := host[strings.LastIndexByte(strings.TrimSuffix(host, "."), '.')+1:]
	return last != host && last != "" && (last[0] < '0' || last[0] > '9')
}

// refusal is an address that is not asked, and why in a sentence.
type refusal struct{ words string }

func (r refusal) Error() string { return r.words }

func (r refusal) Is(target error) bool { return target == ErrAddress }

func refused(words string) error { return refusal{words} }
