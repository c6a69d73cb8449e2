package requests

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/testkit"
)

var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// Nobody is an id that no record has.
const Nobody = "01990000-0000-7000-8000-00000000dead"

// Wrong makes of a valid request one that A should not send: it names what is B's, what is nobody's, what is nothing;
// it leaves something out; it comes twice.
func (s *Session) Wrong(r Request) Request {
	return wrongs[s.rng.IntN(len(wrongs))](s, r)
}

var wrongs = []func(*Session, Request) Request{
	func(s *Session, r Request) Request { return s.renamed(r, s.foreignOf) },
	func(s *Session, r Request) Request { return s.renamed(r, s.foreignOf) }, // twice: this is what it is about
	func(s *Session, r Request) Request { return s.renamed(r, func(string) string { return Nobody }) },
	func(s *Session, r Request) Request {
		return s.renamed(r, func(string) string {
			return s.pick("not-an-id", "0", "00000000-0000-0000-0000-000000000000", strings.Repeat("9", 40))
		})
	},
	func(s *Session, r Request) Request { return r.As(Login{}) },
	func(s *Session, r Request) Request {
		nonsense := s.pick("fs_", "fk_") + base64.RawURLEncoding.EncodeToString(testkit.B.ID[:]) + ".nonsense"
		return r.As(Login{nonsense, nonsense})
	},
	func(s *Session, r Request) Request {
		return r.With("X-Org-Id", s.pick(testkit.B.ID.String(), Nobody, testkit.A.ID.String()))
	},
	func(_ *Session, r Request) Request { return r }, // the same again
	func(s *Session, r Request) Request { return r.With("If-Match", s.pick(`"999"`, `"0"`, `W/"1"`, "")) },
	func(s *Session, r Request) Request { r.Body = r.Body[:len(r.Body)*s.rng.IntN(9)/9]; return r },
	func(s *Session, r Request) Request { r.Body = s.betas(r.Body); return r },
	(*Session).elsewhere,
	func(s *Session, r Request) Request {
		r.Method = s.pick("DELETE", "PATCH", "HEAD", http.MethodOptions)
		return r
	},
	func(s *Session, r Request) Request {
		return r.As(s.Login(s.pick("admin", "office", "estimator", "crew", "accountant")))
	},
}

// elsewhere sends the request to another host. What is open to everybody on B's own host is B's to show.
func (s *Session) elsewhere(r Request) Request {
	r.Host = s.pick("nobody", Apex)
	if s.Operations[r.Operation].Needs != "" {
		r.Host = s.pick("nobody", Apex, Beta)
	}
	return r
}

// renamed puts another id where the request names a record.
func (s *Session) renamed(r Request, to func(id string) string) Request {
	found := anyID.FindAllString(r.Path+" "+r.Body, -1)
	if len(found) == 0 {
		r.Body = s.betas(r.Body)
		return r
	}
	from := found[s.rng.IntN(len(found))]
	other := to(from)
	r.Path, r.Body = strings.ReplaceAll(r.Path, from, other), strings.ReplaceAll(r.Body, from, other)
	return r
}

// foreignOf is B's record of the kind of an own one.
func (s *Session) foreignOf(id string) string {
	for kind, ids := range s.ids {
		if slices.Contains(ids, id) && s.known.Foreign[kind] != "" {
			return s.known.Foreign[kind]
		}
	}
	return s.known.Foreign[s.pick(slices.Sorted(maps.Keys(s.known.Foreign))...)]
}

// betas names B's people and things, so that a key of all companies would show.
func (*Session) betas(body string) string {
	return strings.NewReplacer("a.example", "b.example", "Dana Ruiz", "Dana Ruiz "+testkit.Sentinel).Replace(body)
}

// Next makes the next request of a sequence: of the operations that were carried out least, or any that reads.
func (s *Session) Next(done func(key string) int) (Request, error) {
	keys := slices.Sorted(maps.Keys(s.Operations))
	key := keys[s.rng.IntN(len(keys))]
	if s.rng.IntN(3) > 0 {
		for !s.Operations[key].plain() {
			key = keys[s.rng.IntN(len(keys))]
		}
	} else {
		for range 8 {
			if other := keys[s.rng.IntN(len(keys))]; done(other) < done(key) {
				key = other
			}
		}
	}
	return s.Valid(key)
}

// String is one line to tell a request by.
func (r Request) String() string { return fmt.Sprintf("%s %s%s", r.Method, r.Host, r.Path) }
