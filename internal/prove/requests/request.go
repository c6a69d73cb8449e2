package requests

import (
	"maps"
	"net/http"
	"strings"
	"time"
)

// Host names whose pages are asked for: the label below the base domain, empty for the apex.
const (
	Apex  = ""
	Alpha = "alpha"
	Beta  = "beta"
)

// Base is the address of the apex in every world.
const Base = "fence.localhost:8080"

// Request is one request of a sequence. It is a value: two worlds get the same one.
type Request struct {
	Operation string // the key of the operation it is for; empty for what belongs to none
	Method    string
	Path      string // with query
	Host      string // Alpha and so on
	Media     string
	Body      string
	Header    map[string]string
	Twice     bool // asked twice in one turn: the second answer counts
}

// With returns the request with one more header.
func (r Request) With(name, value string) Request {
	r.Header = maps.Clone(r.Header)
	if r.Header == nil {
		r.Header = map[string]string{}
	}
	if value == "" {
		delete(r.Header, name)
	} else {
		r.Header[name] = value
	}
	return r
}

// HTTP is the request as a server receives it.
func (r Request) HTTP() *http.Request {
	host := Base
	if r.Host != Apex {
		host = r.Host + "." + Base
	}
	h, err := http.NewRequest(r.Method, "http://"+host+r.Path, strings.NewReader(r.Body))
	if err != nil {
		panic("prove: " + r.Method + " " + r.Path + ": " + err.Error()) // a path of ours
	}
	h.RequestURI, h.RemoteAddr = r.Path, "192.0.2.10:40000"
	if r.Body == "" {
		h.Body, h.ContentLength = http.NoBody, 0
	}
	if r.Media != "" {
		h.Header.Set("Content-Type", r.Media)
	}
	h.Header.Set("User-Agent", "fence prover")
	for name, value := range r.Header {
		h.Header.Set(name, value)
	}
	return h
}

// Answer is what a request got.
type Answer struct {
	At     time.Time // what time it was there
	Status int
	Header http.Header
	Body   string
}

// leadsOn is where the payment provider sends people: it leads on, as a form does.
const leadsOn = "GET /q/{token}/paid"

// CarriedOut tells whether the answer says that what was asked was done: 2xx, or the way on after a form.
func (a Answer) CarriedOut(r Request) bool {
	return a.Status >= 200 && a.Status < 300 || a.Status == http.StatusSeeOther && (r.Method == http.MethodPost || r.Operation == leadsOn)
}
