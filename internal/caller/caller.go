// Package caller says who is calling: the host names the organization, a cookie or a bearer token the actor.
//
// Owns: resolving a request for both surfaces (pages and API), the cookies of signing in.
// Does not own: what a credential is worth (identity), what is answered (ui, api).
//
// Invariants: no header and no parameter chooses an organization, X-Org-Id may only confirm it; a host of
// nobody, a foreign X-Org-Id and a credential of another organization are answered alike, byte for byte.
package caller

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/support"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/id"
)

// Caller is what a request proved.
type Caller struct {
	Apex          bool // the platform's own host: no organization
	Actor         tenancy.Actor
	SignedIn      bool
	EmailVerified bool
	Token         string    // the session's own token, for signing out
	MustEnroll    bool      // the company asks for a second factor and there is none: nothing else works
	Step          string    // of a sign-in that waits for the second factor
	Device        string    // of a browser in which somebody signed in before
	SignOn        string    // of a log-in that is at the company's provider
	Now           time.Time // the database's time, at most a second old
	Request       tenancy.Request
	Operator      *operator.Account // of the platform, logged in at the apex
	OperatorToken string            // of their session, or of the step towards it

	apart http.Handler // of a host that belongs to no company
}

type key struct{}

// Of is the request's caller. Outside of Resolve it is nobody.
func Of(r *http.Request) *Caller { return In(r.Context()) }

// In is the caller of the request that ctx belongs to.
func In(ctx context.Context) *Caller {
	if c, ok := ctx.Value(key{}).(*Caller); ok {
		return c
	}
	return &Caller{}
}

// Resolver finds out who is calling.
type Resolver struct {
	Hosts  *tenancy.Hosts
	People *identity.Service
	// Operators and Support are of the platform's own people: at the apex, and where an owner let them in.
	Operators *operator.Service
	Support   *support.Service
	Site      tenancy.Site
	// Apart answers, by label, the hosts that belong to no company and where nobody is anybody.
	Apart map[string]http.Handler
	// Throttle counts requests of those who have not proved who they are.
	Throttle *httpx.Throttle
	// Limits counts those who have, against their company's plan.
	Limits *Limits
	// Refuse answers what cannot be resolved.
	Refuse func(http.ResponseWriter, *http.Request, error)
}

// Resolve puts the caller into the request. Apex requests go to apex, all others to company.
func (v *Resolver) Resolve(apex, company http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, forward, err := v.admit(r)
		if err != nil {
			v.Refuse(w, r, err)
			return
		}
		if forward != "" {
			http.Redirect(w, r, v.Site.Of(forward, r.URL.RequestURI()), http.StatusPermanentRedirect)
			return
		}
		if err := v.Limits.admit(w, r, c); err != nil {
			v.Refuse(w, r, err)
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), key{}, c))
		mux := company
		switch {
		case c.Apex:
			mux = apex
		case c.apart != nil:
			mux = c.apart
		}
		defer func() { httpx.Info(r).Route = r.Pattern }() // the mux sets it on the request that it was given
		mux.ServeHTTP(w, r)
	})
}

// admit resolves a request within what its place on the internet may ask. Whoever brings no credential is
// counted before anything is looked up; whoever brings one only if it proves nothing, so that people who are
// signed in do not suffer from a neighbor behind the same address.
func (v *Resolver) admit(r *http.Request) (c *Caller, forward string, err error) {
	_, bearer := bearerToken(r)
	unknown := !bearer && (isAPI(r) || cookieOf(r, sessionCookie) == "")
	if unknown {
		if err := v.Throttle.Admit(r); err != nil {
			return nil, "", err
		}
	}
	c, forward, err = v.resolve(r)
	if !unknown && (err != nil || forward != "" || !c.SignedIn) {
		if refused := v.Throttle.Admit(r); refused != nil {
			return nil, "", refused
		}
	}
	return c, forward, err
}

func (v *Resolver) resolve(r *http.Request) (c *Caller, forward string, err error) {
	info := httpx.Info(r)
	c = &Caller{Request: tenancy.Request{ID: info.ID, IP: info.IP, UserAgent: r.UserAgent(), IdempotencyKey: r.Header.Get("Idempotency-Key")}}
	label, apex := v.Hosts.Label(hostname(r.Host))
	if apex {
		c.Apex = true
		return c, "", v.identifyOperator(r, c)
	}
	if label == "" {
		return nil, "", fault.Missing()
	}
	if c.apart = v.Apart[label]; c.apart != nil {
		return c, "", nil
	}
	place, err := v.Hosts.Find(r.Context(), label)
	if err != nil {
		return nil, "", err
	}
	if place.Forward != "" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		return nil, place.Forward, nil
	}
	info.OrgID = place.Tenant.Org().String()
	if confirm := r.Header.Get("X-Org-Id"); confirm != "" {
		if org, err := id.Parse(confirm); err != nil || org != place.Tenant.Org() {
			return nil, "", fault.Missing()
		}
	}
	if len(c.Request.IdempotencyKey) > 255 {
		return nil, "", fault.InvalidField("/Idempotency-Key", "An Idempotency-Key has at most 255 characters.")
	}
	return c, "", v.identify(r, place, c)
}

// OperatorPath is where the pages of the platform's own operators are; nothing else at the apex asks for them.
const OperatorPath = "/operator"

// identifyOperator takes an operator's cookie on the pages that are theirs.
func (v *Resolver) identifyOperator(r *http.Request, c *Caller) error {
	if r.URL.Path != OperatorPath && !strings.HasPrefix(r.URL.Path, OperatorPath+"/") {
		return nil
	}
	if c.OperatorToken = cookieOf(r, operatorCookie); c.OperatorToken == "" {
		return nil
	}
	account, err := v.Operators.Authenticate(r.Context(), c.OperatorToken)
	if err == nil {
		c.Operator = &account
	} else if !fault.Is(err, fault.Unauthenticated) {
		return err
	}
	return nil // what ended is a visitor's
}

// identify takes a program's bearer token or a browser's cookie; neither is good in the other's place. The API never
// looks at cookies, so no page of another site can call it in somebody's name.
func (v *Resolver) identify(r *http.Request, place tenancy.Place, c *Caller) error {
	token, bearer := bearerToken(r)
	if !bearer && !isAPI(r) {
		token, c.Step, c.Device, c.SignOn = cookieOf(r, sessionCookie), cookieOf(r, stepCookie), cookieOf(r, deviceCookie), cookieOf(r, signOnCookie)
	}
	if token == "" {
		return v.visit(r, place, c)
	}
	if !bearer && support.IsToken(token) { // support has no API
		return v.letIn(r, place, c, token)
	}
	authenticate := v.People.Resume
	if bearer {
		authenticate = v.People.Authenticate
	}
	signed, err := authenticate(r.Context(), place.Tenant, token)
	switch {
	case err == nil:
		c.Actor, c.SignedIn, c.EmailVerified, c.Token, c.Now = signed.Actor.WithRequest(c.Request), true, signed.EmailVerified, token, signed.At
		c.MustEnroll = signed.MustEnroll
		return nil
	case bearer || !fault.Is(err, fault.Unauthenticated) && !fault.Is(err, fault.NotFound):
		return err
	}
	return v.visit(r, place, c) // an old cookie is a visitor's
}

// letIn takes the cookie of an operator whom the owner let in.
func (v *Resolver) letIn(r *http.Request, place tenancy.Place, c *Caller, token string) error {
	a, now, err := v.Support.Authenticate(r.Context(), place.Tenant, token)
	if fault.Is(err, fault.Unauthenticated) {
		return v.visit(r, place, c)
	}
	if err != nil {
		return err
	}
	c.Actor, c.SignedIn, c.Token, c.Now = a.WithRequest(c.Request), true, token, now
	return nil
}

func (v *Resolver) visit(r *http.Request, place tenancy.Place, c *Caller) error {
	a, now, err := v.Hosts.Visitor(r.Context(), place)
	c.Actor, c.Now = a.WithRequest(c.Request), now
	return err
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/v1/") }

func hostname(hostport string) string {
	u := url.URL{Host: hostport}
	return u.Hostname()
}

func bearerToken(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(token), true
}
