package mutants

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/prove/differ"
	"fenceplatform.com/fence/internal/prove/lab"
	"fenceplatform.com/fence/internal/prove/requests"
	"fenceplatform.com/fence/internal/prove/worlds"
	"fenceplatform.com/fence/internal/testkit"
)

// Gate stands between who is calling and what is asked, and can change what the caller may. The page's list, the
// API's description and the operation itself all ask the caller: so both layers are off at once.
type Gate struct {
	change atomic.Pointer[func(*caller.Caller)]
}

// Inside puts the gate into a world.
func (g *Gate) Inside(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if change := g.change.Load(); change != nil {
			(*change)(caller.Of(r))
		}
		next.ServeHTTP(w, r)
	})
}

// open lets callers in with other rights until the returned function is called.
func (g *Gate) open(rights func(a tenancy.Actor) []tenancy.Permission) (shut func()) {
	change := func(c *caller.Caller) {
		a := c.Actor
		may := rights(a)
		if may == nil {
			return
		}
		c.SignedIn = true
		kind, who := a.Kind, a.ID
		if kind == tenancy.Visitor {
			kind, who = tenancy.Person, testkit.A.Owner()
		}
		c.Actor = a.As(kind, who, a.Name, a.Role, may)
		if kind == tenancy.Key { // it acts for its person
			c.Actor.UserID = a.UserID
		}
	}
	g.change.Store(&change)
	return func() { g.change.Store(nil) }
}

// waiting are rights that the matrix gives already and no operation asks for yet: nothing could show who has them.
// Each is looked for nevertheless, and found is a finding: then it is no longer one that waits.
var waiting = map[tenancy.Permission]string{
	tenancy.QuotesApprove: "no rule asks for approval yet",
}

// Permissions drops what each route asks for, and adds and takes each entry of the matrix.
func Permissions(t *testing.T, l *lab.Lab, g *Gate, r *Report, some func(n int) bool) {
	t.Helper()
	l.Change(func(*worlds.World) {})
	p := &permissions{t: t, l: l, g: g, r: r}
	n := 0
	pick := func() bool { n++; return some == nil || some(n) }
	for _, probe := range l.Probes {
		if probe.Needs != "" && pick() {
			p.route(probe)
		}
	}
	for _, needs := range tenancy.Permissions {
		if _, waits := waiting[needs]; waits {
			p.stillWaits(needs)
		}
	}
	for _, role := range identity.Roles {
		for _, needs := range tenancy.Permissions {
			if _, waits := waiting[needs]; !waits && pick() {
				p.entry(role, needs)
			}
		}
	}
}

type permissions struct {
	t *testing.T
	l *lab.Lab
	g *Gate
	r *Report
}

// refused tells whether the answer is the one for who may not.
func refused(a requests.Answer) bool {
	return a.Status == http.StatusForbidden || a.Status == http.StatusUnauthorized ||
		a.Status == http.StatusSeeOther && strings.HasPrefix(a.Header.Get("Location"), "/login")
}

// without is a credential of somebody who has not the permission: a role, or nobody.
func (p *permissions) without(needs string) requests.Login {
	for _, role := range slices.Backward(identity.Roles) {
		if !slices.Contains(role.Permissions(), tenancy.Permission(needs)) {
			return p.l.Session.Login(string(role))
		}
	}
	return requests.Login{}
}

// route drops what a route asks for: whoever comes has every right there.
func (p *permissions) route(probe lab.Probe) {
	r := probe.Request.As(p.without(probe.Needs))
	before := p.l.Run(r)
	if o := before; !refused(o.Answer) {
		p.r.Findings = append(p.r.Findings, fmt.Sprintf("%s without %s is answered %d", probe.Key, probe.Needs, o.Status))
	}
	p.r.try(p.t, "permission", probe.Key+" needs "+probe.Needs, func() string {
		defer p.g.open(func(tenancy.Actor) []tenancy.Permission { return identity.Owner.Permissions() })()
		if o := p.l.Run(r); o.Differs(before) != "" {
			return fmt.Sprintf("%s is answered %d", probe.Key, o.Status)
		}
		return ""
	})
}

// entry gives a role one permission more, or one less. Where others that the role has not cover it, both are tried with
// all of them given: a margin is seen by who sees quotes and costs.
func (p *permissions) entry(role identity.Role, needs tenancy.Permission) {
	deed := "gets"
	if slices.Contains(role.Permissions(), needs) {
		deed = "loses"
	}
	p.r.try(p.t, "permission", fmt.Sprintf("%s %s %s", role, deed, needs), func() string {
		if by := p.shows(role, needs, role.Permissions(), p.about(needs)); by != "" {
			return by
		}
		return p.anywhere(role, needs)
	})
}

// stillWaits looks whether anything asks an owner for the right.
func (p *permissions) stillWaits(needs tenancy.Permission) {
	if by := p.anywhere(identity.Owner, needs); by != "" {
		p.r.Findings = append(p.r.Findings, fmt.Sprintf("%s is said to be asked for by nothing (%s), and yet: %s", needs, waiting[needs], by))
	}
}

// anywhere looks for a probe that shows the right to somebody who has all others: first those about it, then all that
// change something, for a right that is asked for deep inside, as for giving a discount.
func (p *permissions) anywhere(role identity.Role, needs tenancy.Permission) string {
	if by := p.shows(role, needs, tenancy.Permissions, p.about(needs)); by != "" {
		return by
	}
	return p.shows(role, needs, tenancy.Permissions, p.writers())
}

// shows tells which probe shows whether somebody of the role, who may do all of may, may do what needs says.
func (p *permissions) shows(role identity.Role, needs tenancy.Permission, may []tenancy.Permission, probes []lab.Probe) string {
	without := slices.DeleteFunc(slices.Clone(may), func(q tenancy.Permission) bool { return q == needs })
	with := append(slices.Clone(without), needs)
	login := p.l.Session.Login(string(role))
	for _, probe := range probes {
		r := probe.Request.As(login)
		if what := differ.Compare(p.as(role, without, r), p.as(role, with, r)); what != "" {
			return fmt.Sprintf("%s: %.120s", probe.Key, what)
		}
	}
	return ""
}

// as runs a request by somebody of the role with other permissions than the role has.
func (p *permissions) as(role identity.Role, may []tenancy.Permission, r requests.Request) requests.Answer {
	defer p.g.open(func(a tenancy.Actor) []tenancy.Permission {
		if a.Role == string(role) {
			return may
		}
		return nil
	})()
	return p.l.Run(r).Answer
}

// writers are the probes that change something.
func (p *permissions) writers() []lab.Probe {
	return slices.DeleteFunc(slices.Clone(p.l.Probes), func(probe lab.Probe) bool { return probe.Method == "GET" || probe.Needs == "" })
}

// about are probes that show a permission: first those that ask for it, readers before all, then every page that may
// show more to who has it.
func (p *permissions) about(needs tenancy.Permission) (all []lab.Probe) {
	rank := func(probe lab.Probe) int {
		asks := probe.Needs == string(needs)
		switch {
		case asks && probe.Method == "GET":
			return 0
		case asks:
			return 1
		case probe.Method == "GET" && probe.Needs != "":
			return 2
		}
		return 3
	}
	for _, probe := range p.l.Probes {
		if rank(probe) < 3 {
			all = append(all, probe)
		}
	}
	slices.SortStableFunc(all, func(x, y lab.Probe) int { return rank(x) - rank(y) })
	return all
}
