package tenancy

import (
	"fmt"
	"net/url"
)

// Site knows the public addresses of the platform: the apex and the companies one label below it.
type Site struct {
	scheme string
	base   string // "fence.localhost"
	port   string // ":8080", or empty
}

// NewSite reads the apex's public address, as in http://fence.localhost:8080.
func NewSite(public string) (Site, error) {
	u, err := url.Parse(public)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" {
		return Site{}, fmt.Errorf("public address %q: want http(s)://host", public)
	}
	s := Site{scheme: u.Scheme, base: u.Hostname()}
	if u.Port() != "" {
		s.port = ":" + u.Port()
	}
	return s, nil
}

// Base is the domain that companies' names are put before.
func (s Site) Base() string { return s.base }

// Secure tells whether the site is reached by TLS.
func (s Site) Secure() bool { return s.scheme == "https" }

// Apex is the address of a path on the apex.
func (s Site) Apex(path string) string { return s.scheme + "://" + s.base + s.port + path }

// Of is the address of a path on a company's host.
func (s Site) Of(slug, path string) string {
	return s.scheme + "://" + slug + "." + s.base + s.port + path
}

// Host is a company's host, with its port.
func (s Site) Host(slug string) string { return slug + "." + s.base + s.port }

// Companies is the pattern that a content policy names for every company's host.
func (s Site) Companies() string { return s.scheme + "://*." + s.base + s.port }
