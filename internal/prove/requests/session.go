package requests

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/testkit"
)

// Mailed is a mail that a request sent.
type Mailed struct{ To, Text string }

// Ask answers a request, the same way as everybody's, and says which mails it sent.
type Ask func(Request) (Answer, []Mailed)

// Session is A at work: it knows what it got, and makes requests of it.
type Session struct {
	Operations map[string]Operation
	Token      string            // of the owner, for the API: an API key, which does not end
	Cookie     string            // of the owner, for pages
	Archived   map[string]string // a record that was put away, by kind

	host string // of the company that asks
	ask  Ask
	rng  *rand.Rand
	n    int
	ids  map[string][]string // by kind, as the API calls it
	mail map[string]string   // the last mail to an address
	role map[string]Login    // by role
	gone map[string]bool     // records that others are not to use: their state changes
	at   time.Time           // of the last answer
	pays bool                // for its plan
	why  string              // what kept a hint from making its request

	known ownership
}

// ownership are the records that both companies have from the beginning.
type ownership struct {
	Own, Foreign map[string]string // by kind
}

// Password of A's people.
const Password = "four posts and a gate"

// NewSession begins a session: the owner signs in.
func NewSession(operations []Operation, seed uint64, ask Ask, own, foreign map[string]string) *Session {
	s := &Session{host: Alpha, Operations: map[string]Operation{}, ask: ask, rng: rand.New(rand.NewPCG(seed, 1)), ids: map[string][]string{}, mail: map[string]string{}, role: map[string]Login{}, gone: map[string]bool{}}
	s.known = ownership{own, foreign}
	for _, o := range operations {
		s.Operations[o.Key] = o
	}
	for kind, id := range own {
		s.ids[kind] = []string{id}
	}
	owner := s.Login("owner")
	s.Token, s.Cookie = owner.Bearer, owner.Cookie
	return s
}

// Login is what somebody proves who they are with: a cookie on pages, a bearer token at the API.
type Login struct{ Cookie, Bearer string }

// Login signs a person of A in by role, in a browser; a key they have from the beginning.
func (s *Session) Login(role string) Login {
	if s.role[role] == (Login{}) {
		s.role[role] = Login{s.enter(Alpha, role+"@a.example"), Key(testkit.A, role)}
	}
	return s.role[role]
}

// enter signs somebody in on a company's host.
func (s *Session) enter(host, email string) string {
	fields := url.Values{"email": {email}, "password": {Password}, "back": {"/"}}
	return cookieOf(s.do(s.bare("POST /login", "/login", fields).on(host)))
}

// Key is an API key that may do all that its holder may and a program can.
func Key(of testkit.Org, holder string) string {
	return "fk_PROVER." + base64.RawURLEncoding.EncodeToString(of.ID[:]) + ".of-" + holder
}

// As is the request made by somebody else's credential.
func (r Request) As(l Login) Request {
	if strings.HasPrefix(r.Path, "/v1/") {
		if l.Bearer == "" {
			return r.With("Authorization", "")
		}
		return r.With("Authorization", "Bearer "+l.Bearer)
	}
	if l.Cookie == "" {
		return r.With("Cookie", "")
	}
	return r.With("Cookie", "__Host-session="+l.Cookie)
}

// by is the request of a page from somebody else's browser.
func (r Request) by(cookie string) Request { return r.As(Login{Cookie: cookie}) }

// do asks, and keeps the mails.
func (s *Session) do(r Request) Answer {
	a, mails := s.ask(r)
	s.at = a.At
	for _, m := range mails {
		s.mail[m.To] = m.Text
	}
	s.learn(r, a)
	return a
}

// next is a number that no request had before.
func (s *Session) next() int {
	s.n++
	return s.n
}

// api is a request of the API by the owner.
func (s *Session) api(operation, path, body string) Request {
	o, known := s.Operations[operation]
	if !known {
		panic("prove: a hint names the unknown operation " + operation)
	}
	r := Request{Operation: operation, Method: o.Method, Path: path, Host: s.host, Body: body}
	if body != "" {
		r.Media = "application/json"
	}
	if o.Needs != "" {
		r = r.As(Login{Bearer: s.Token})
	}
	if o.Method == http.MethodPost {
		r = r.With("Idempotency-Key", fmt.Sprint("prover ", s.next()))
	}
	return r
}

// page is a request of a page by the owner.
func (s *Session) page(operation, path string) Request {
	o := s.Operations[operation]
	r := Request{Operation: operation, Method: o.Method, Path: path, Host: s.hostOf(o)}
	if o.Needs != "" {
		r = r.by(s.Cookie)
	}
	return r
}

// hostOf is where the session's company has an operation.
func (s *Session) hostOf(o Operation) string {
	if o.Host == Apex {
		return Apex
	}
	return s.host
}

// post is a form of a page, filled as the page fills it and then by edit. from is the page's operation.
func (s *Session) post(operation string, from Request, edit url.Values) Request {
	o := s.Operations[operation]
	a := s.do(from)
	for _, f := range Forms(a.Body) {
		for _, action := range append([]string{f.Action}, f.Buttons...) {
			if !matches(o.Pattern, action) {
				continue
			}
			for name, values := range edit {
				f.Fields[name] = values
			}
			r := Request{Operation: operation, Method: "POST", Path: action, Host: s.hostOf(o), Media: "application/x-www-form-urlencoded", Body: f.Fields.Encode()}
			if o.Needs != "" {
				r = r.by(s.Cookie)
			}
			return r
		}
	}
	s.why = fmt.Sprintf("%s %s answers %d and has no form for %s", from.Method, from.Path, a.Status, o.Pattern)
	return Request{}
}

// bare is a form without a page: one button.
func (s *Session) bare(operation, path string, fields url.Values) Request {
	o := s.Operations[operation]
	if fields == nil {
		fields = url.Values{}
	}
	fields.Set("idempotency_key", fmt.Sprint("prover form ", s.next()))
	r := Request{Operation: operation, Method: "POST", Path: path, Host: s.hostOf(o), Media: "application/x-www-form-urlencoded", Body: fields.Encode()}
	if o.Needs != "" {
		r = r.by(s.Cookie)
	}
	return r
}

// matched adds the version that the record has now.
func (s *Session) matched(r Request, read, path string) Request {
	etag := s.do(s.api(read, path, "")).Header.Get("ETag")
	if etag == "" {
		s.why = "GET " + path + " answers without ETag"
	}
	return r.With("If-Match", etag)
}

var address = regexp.MustCompile(`/(customers|properties|sketches|quotes|jobs|payments|materials|styles|tiers|zones|pricing-zones|api-keys)/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})`)

// learn keeps the records that an answer of A's own names.
func (s *Session) learn(r Request, a Answer) {
	if a.Status >= 400 || r.Host != Alpha {
		return
	}
	for _, text := range []string{a.Header.Get("Location"), a.Body} {
		if len(text) > 100_000 {
			continue
		}
		for _, m := range address.FindAllStringSubmatch(text, 40) {
			s.know(m[1], m[2])
		}
	}
}

// most of a kind that are remembered: the newest.
const most = 60

func (s *Session) know(kind, id string) {
	if kind == "zones" {
		kind = "pricing-zones"
	}
	if s.gone[id] || slices.Contains(s.ids[kind], id) {
		return
	}
	s.ids[kind] = append(s.ids[kind], id)
	if len(s.ids[kind]) > most {
		s.ids[kind] = append(s.ids[kind][:1:1], s.ids[kind][2:]...)
	}
}

// leave takes a record out of those that requests are made of.
func (s *Session) leave(kind, id string) {
	s.gone[id] = true
	s.ids[kind] = slices.DeleteFunc(s.ids[kind], func(known string) bool { return known == id })
}

// some is one of the records of a kind.
func (s *Session) some(kind string) string {
	list := s.ids[kind]
	if len(list) == 0 {
		s.why = "no record of kind " + kind + " is known"
		return "00000000-0000-0000-0000-000000000000"
	}
	return list[s.rng.IntN(len(list))]
}

// pick is one of the texts.
func (s *Session) pick(from ...string) string { return from[s.rng.IntN(len(from))] }

// field reads a member of a JSON document: "property.id", "links.0.url".
func field(document, path string) string {
	var v any
	if json.Unmarshal([]byte(document), &v) != nil {
		return ""
	}
	for _, part := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			var n int
			if _, err := fmt.Sscan(part, &n); err != nil || n >= len(x) {
				return ""
			}
			v = x[n]
		default:
			return ""
		}
	}
	switch x := v.(type) {
	case string:
		return x
	case float64:
		return fmt.Sprintf("%.0f", x)
	}
	return ""
}

// Revoked is the holder of a key of A that was revoked.
const Revoked = "crew, revoked"

// Expired is a session of A that ended, and a key that was revoked.
func (s *Session) Expired() Login {
	cookie := s.enter(Alpha, "crew@a.example")
	s.do(s.bare("POST /logout", "/logout", nil).by(cookie))
	return Login{cookie, Key(testkit.A, Revoked)}
}

// Archive puts a customer and a property away.
func (s *Session) Archive() {
	customer, with := s.newCustomer()
	_, property := s.newCustomer()
	s.leave("customers", customer)
	s.leave("properties", with)
	s.leave("properties", property)
	s.do(s.api("POST /v1/customers/{id}/archive", "/v1/customers/"+customer+"/archive", ""))
	s.do(s.api("POST /v1/properties/{id}/archive", "/v1/properties/"+property+"/archive", ""))
	s.Archived = map[string]string{"customers": customer, "properties": property}
}

// Foreign is a person of B by role.
func (s *Session) Foreign(role string) Login {
	return Login{s.enter(Beta, role+"@a.example"), Key(testkit.B, role)}
}
