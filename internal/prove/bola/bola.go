// Package bola tries every operation with what is not A's.
//
// Owns: the matrix of operation × each id in path, query, body and header × {own, foreign, random, malformed, archived}
// × credential; the rule that what is another's and what is nobody's are answered alike, byte for byte.
// Does not own: the requests (lab), the comparison (differ).
//
// B has here what A has, in the same states, under other ids: an answer cannot differ because the states do.
package bola

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/prove/differ"
	"fenceplatform.com/fence/internal/prove/lab"
	"fenceplatform.com/fence/internal/prove/requests"
	"fenceplatform.com/fence/internal/prove/worlds"
	"fenceplatform.com/fence/internal/testkit"
)

// Result is what the matrix gave.
type Result struct {
	Operations, Places, Pairs, Refused int
	Findings                           []string
}

func (r *Result) find(p lab.Probe, format string, args ...any) {
	r.Findings = append(r.Findings, p.Key+": "+fmt.Sprintf(format, args...))
}

var (
	anyID     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	anySecret = regexp.MustCompile(`\b[A-Za-z0-9_-]{43}\b`)
)

// Names are the ids and secrets that a request names: the places in which another's can stand.
func Names(r requests.Request) []string {
	text := r.Path + " " + r.Body
	all := append(anyID.FindAllString(text, -1), anySecret.FindAllString(text, -1)...)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return strings.HasPrefix(s, "00000000-0000-0000-0000-0000000000") && len(s) == 36 })
}

// Named is the request with another name in a place.
func Named(r requests.Request, from, to string) requests.Request {
	r.Path, r.Body = strings.ReplaceAll(r.Path, from, to), strings.ReplaceAll(r.Body, from, to)
	return r
}

// Secrets are the secrets that the probes name.
func Secrets(l *lab.Lab) (all []string) {
	for _, p := range l.Probes {
		all = append(all, anySecret.FindAllString(p.Request.Path+" "+p.Request.Body, -1)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Prepare makes B the counterpart of A.
func Prepare(t *testing.T, l *lab.Lab) {
	t.Helper()
	l.Change(func(w *worlds.World) {
		token := letIn(t, w)
		l.Support = requests.Login{Cookie: token, Bearer: token}
		if err := worlds.Mirror(t, w); err != nil {
			t.Fatal(err)
		}
		worlds.Apart(t, w, Secrets(l))
		owner, err := id.Parse(worlds.AlphaToBeta(testkit.A.Owner().String()))
		if err != nil {
			t.Fatal(err)
		}
		lab.PlantKey(t, w.DB, testkit.B, "owner", owner)
		l.Other = l.Session.Foreign("owner") // the same address, another person
	})
	time.Sleep(1100 * time.Millisecond) // pages remember for a second that nobody was let in
}

// letIn has A let an operator in, from now on for as long as can be, and tells the token.
func letIn(t *testing.T, w *worlds.World) (token string) {
	t.Helper()
	token = "fo_prover-support"
	w.Exec(t, `INSERT INTO platform.operators (id, name, email, password_hash, totp_sealed, totp_confirmed_at, created_at)
		VALUES ('00000000-0000-7000-8000-0000000000f1', 'Otto Prover', 'otto@operators.example', 'none', 'sealed', '2026-01-05', '2026-01-05')`)
	w.Exec(t, `INSERT INTO app.support_access (org_id, id, operator_id, operator_name, purpose, writes, minutes, state, asked_at, decided_at, decided_by, expires_at)
		SELECT $1, '00000000-0000-7000-8000-0000000000a2', '00000000-0000-7000-8000-0000000000f1', 'Otto Prover', 'To try every door', true, 240, 'granted', at, at, $2, at + interval '4 hours'
		FROM platform.prover_clock`, testkit.A.ID, testkit.A.Owner())
	w.Exec(t, `INSERT INTO app.support_sessions (org_id, id, access_id, token_hash, created_at)
		SELECT $1, '00000000-0000-7000-8000-0000000000a3', '00000000-0000-7000-8000-0000000000a2', $2, at FROM platform.prover_clock`, testkit.A.ID, secret.Hash(token))
	return token
}

// Matrix tries probes with every name and credential.
func Matrix(t *testing.T, l *lab.Lab, probes []lab.Probe) *Result {
	t.Helper()
	m := &matrix{t: t, l: l, result: &Result{}}
	for _, p := range l.Probes {
		if p.Key == "GET /customers" && l.Run(p.Request.As(l.Support)).Status != 200 {
			t.Fatal("support is not let in: what it is refused shows nothing")
		}
	}
	for _, p := range probes {
		m.try(p)
	}
	return m.result
}

type matrix struct {
	t      *testing.T
	l      *lab.Lab
	result *Result
}

// credential is who asks.
type credential struct {
	name  string
	login requests.Login
	may   func(lab.Probe) bool // nil: nothing of A
}

const support = "support"

func (m *matrix) credentials() []credential {
	all := []credential{
		{name: "another company's owner", login: m.l.Other},
		{name: "an ended session", login: m.l.Expired},
		{name: "nobody", login: requests.Login{}},
	}
	for _, role := range identity.Roles {
		all = append(all, credential{string(role), m.l.Session.Login(string(role)), func(p lab.Probe) bool {
			return slices.Contains(role.Permissions(), tenancy.Permission(p.Needs))
		}})
	}
	return append(all, credential{support, m.l.Support, func(p lab.Probe) bool { // it has no API
		return !api(p) && slices.Contains(identity.Office.Permissions(), tenancy.Permission(p.Needs))
	}})
}

func (m *matrix) try(p lab.Probe) {
	m.result.Operations++
	places := Names(p.Request)
	m.result.Places += len(places)
	for _, c := range m.credentials() {
		r := p.Request
		if p.Needs != "" {
			r = r.As(c.login)
		} else if c.login != (requests.Login{}) && (c.may == nil || c.name == support) {
			r = r.As(c.login) // open operations: whoever is signed in elsewhere, or was, or looks after A
		}
		m.own(p, r, c)
		for _, place := range places {
			m.place(p, r, c, place)
		}
	}
}

// own sends the request as it is, where it must be refused: nothing is to change.
func (m *matrix) own(p lab.Probe, r requests.Request, c credential) {
	if p.Needs == "" || c.may != nil && c.may(p) {
		return
	}
	o, want := m.l.Run(r), 403
	if c.name == support && api(p) {
		want = 401
	}
	m.result.Pairs++
	switch {
	case c.may != nil && o.Status != want, c.may == nil && o.CarriedOut(r) && !toLogin(o.Answer):
		m.result.find(p, "%s is answered %d", c.name, o.Status)
	default:
		m.result.Refused++
	}
	m.clean(p, c.name, o)
}

func api(p lab.Probe) bool { return strings.HasPrefix(p.Request.Path, "/v1/") }

// toLogin tells that a page led to the log-in.
func toLogin(a requests.Answer) bool {
	return a.Status == 303 && strings.HasPrefix(a.Header.Get("Location"), "/login")
}

// place puts what is foreign, random, malformed and archived where the request names one.
func (m *matrix) place(p lab.Probe, r requests.Request, c credential, name string) {
	foreign, random := worlds.AlphaToBeta(name), Nobodys(name)
	theirs, nobodys := m.l.Go(Named(r, name, foreign)), m.l.Go(Named(r, name, random))
	m.result.Pairs++
	if what := differ.Compare(Hidden(theirs.Answer, foreign), Hidden(nobodys.Answer, random)); what != "" {
		m.result.find(p, "%s with another's %s and with nobody's: %s", c.name, name, what)
	}
	if theirs.After != nobodys.After {
		m.result.find(p, "%s with another's %s leaves %s, with nobody's %s", c.name, name, theirs.After, nobodys.After)
	}
	m.clean(p, c.name, theirs)
	m.clean(p, c.name, nobodys)
	for _, wrong := range []string{"nothing", strings.Repeat("0", len(name)), m.archived(p)} {
		if wrong == "" {
			continue
		}
		m.result.Pairs++
		m.clean(p, c.name, m.l.Go(Named(r, name, wrong)))
	}
	m.l.Fresh() // a request that was carried out with a wrong name changed something of A
}

// archived is a record of A's own that was put away, of the kind that the path names.
func (m *matrix) archived(p lab.Probe) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(p.Pattern, "/v1"), "/"), "/")
	return m.l.Session.Archived[kind]
}

// clean: no mistake of ours, nothing of B in the answer, nothing of B changed.
func (m *matrix) clean(p lab.Probe, who string, o lab.Outcome) {
	if o.Status >= 500 {
		m.result.find(p, "%s is answered %d: %.200s %.400s", who, o.Status, o.Body, m.l.World.Trouble())
	}
	if strings.Contains(o.Body, testkit.Sentinel) {
		m.result.find(p, "%s is told of B", who)
	}
	if len(o.Changed) > 0 {
		m.result.find(p, "%s changed %v of B", who, o.Changed)
	}
}

// Nobodys is an id or secret that nobody has.
func Nobodys(name string) string {
	if len(name) == 36 {
		return requests.Nobody
	}
	return "-N" + name[2:]
}

// Hidden is the answer without the name that was asked for: it may be repeated in a link or form.
func Hidden(a requests.Answer, name string) requests.Answer {
	a.Body = strings.ReplaceAll(a.Body, name, "‹asked›")
	a.Header = a.Header.Clone()
	for _, values := range a.Header {
		for i := range values {
			values[i] = strings.ReplaceAll(values[i], name, "‹asked›")
		}
	}
	return a
}
