package httpx

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the addresses of those in front of us whose word about a request is taken: whom they got it
// from, and under which number they have it. Nobody else's word is.
type Proxies []netip.Prefix

// ParseProxies reads networks ("10.1.0.0/16") and single addresses.
func ParseProxies(list []string) (Proxies, error) {
	var all Proxies
	for _, text := range list {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			var one netip.Addr
			if one, err = netip.ParseAddr(text); err != nil || one.Zone() != "" {
				return nil, fmt.Errorf("%q is neither a network like 10.1.0.0/16 nor an address", text)
			}
			network = netip.PrefixFrom(one, one.BitLen())
		}
		if network.Bits() == 0 {
			return nil, fmt.Errorf("%q is everybody: then anyone could choose an address", text)
		}
		all = append(all, network.Masked())
	}
	return all, nil
}

func (p Proxies) trusts(a netip.Addr) bool {
	for _, network := range p {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

// Identify gives the request its number and finds the client's address.
func Identify(trusted Proxies) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			peer := peerOf(r)
			info := &RequestInfo{ID: rand.Text()[:10], IP: trusted.client(peer, r)}
			if given := r.Header.Values("X-Request-Id"); len(given) == 1 && trusted.trusts(peer) && numberLike(given[0]) {
				info.ID = given[0]
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, info)))
		})
	}
}

func peerOf(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap().WithZone("")
}

// client walks from the connection to the left through those that proxies say they got the request from. The
// first that is not trusted is the client: what stands left of it, the client wrote. An entry that is no
// address ends the walk at who wrote it.
func (p Proxies) client(peer netip.Addr, r *http.Request) string {
	if !peer.IsValid() {
		return ""
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.trusts(peer); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		peer = hop.Unmap().WithZone("")
	}
	return peer.String()
}

// numberLike tells whether a text can stand as a request's number in logs and on pages.
func numberLike(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return len(s) >= 8 && len(s) <= 64
}

// Network is what counts as one place on the internet: an IPv4 address, or the /64 that one customer of a
// provider has of IPv6. What is no address is a place of its own.
func Network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	network, err := a.Prefix(64)
	if err != nil { // 64 bits fit into 128
		return a.String()
	}
	return network.String()
}
