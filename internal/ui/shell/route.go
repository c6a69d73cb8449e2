package shell

import (
	"net/http"
	"strings"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
)

// Handler answers a request or says why not.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Route is one page or form of an area.
type Route struct {
	Pattern string             // "GET /customers/{id}"
	Needs   tenancy.Permission // the right to come here at all
	Open    string             // instead of Needs: why everybody may
	// Operator, instead of Needs, is for operators of the platform who are logged in, at the apex.
	Operator bool
	Repeats  string // the one field that a form may have more than once
	Serve    Handler
	// WhileViewing lets a form be sent by an owner who looks through another role's rights.
	WhileViewing bool
}

// Mount puts an area's routes on mux, behind their permission.
func (p *Pages) Mount(mux *http.ServeMux, routes []Route) {
	for _, route := range routes {
		mux.Handle(route.Pattern, p.serve(route))
	}
}

func (p *Pages) serve(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := p.admit(w, r, route); err != nil {
			p.Refuse(w, r, err)
		}
	})
}

func (p *Pages) admit(w http.ResponseWriter, r *http.Request, route Route) error {
	c := caller.Of(r)
	if route.Operator {
		if c.Operator == nil {
			return askOperator(w, r)
		}
		if err := checkOnce(r.URL.Query(), route.Repeats); err != nil {
			return err
		}
	} else if route.Open == "" {
		if !c.SignedIn {
			return p.askToSignIn(w, r)
		}
		if c.MustEnroll && !enrolling(r.URL.Path) {
			return askToEnroll(w, r)
		}
		if err := c.Actor.Require(route.Needs); err != nil {
			return err
		}
		if err := c.Actor.RequireOpen(c.Now); err != nil && !opensAlways(c, r.URL.Path) {
			return err
		}
		if err := c.RequireFeature(route.Pattern); err != nil {
			return err
		}
		// Links in mails are mangled on their way: of those who are not signed in, the first value counts.
		if err := checkOnce(r.URL.Query(), route.Repeats); err != nil {
			return err
		}
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !route.WhileViewing {
		if err := c.Actor.RequireOwnRights(); err != nil {
			return err
		}
	}
	if c.Actor.Kind == tenancy.Support {
		if over, err := p.noteView(r, route); over {
			return p.askToSignIn(w, r)
		} else if err != nil {
			return err
		}
	}
	if r.Method == http.MethodPost && isForm(r) {
		if err := r.ParseForm(); err != nil {
			return formFault(err)
		}
		if err := checkValues(r.PostForm); err != nil {
			return err
		}
		if err := checkOnce(r.PostForm, route.Repeats); err != nil {
			return err
		}
		if key := r.PostForm.Get(kit.KeyField); key != "" && len(key) <= 255 {
			c.Request.IdempotencyKey = key
			c.Actor = c.Actor.WithRequest(c.Request)
		}
	}
	return route.Serve(w, r)
}

// askToSignIn leads to the log-in page and back. What was posted cannot be kept here: the page's own draft
// keeps it on the device.
func (p *Pages) askToSignIn(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return fault.New(fault.Unauthenticated, "unauthenticated", "Log in to go on.")
	}
	http.Redirect(w, r, signInPath(r.URL.RequestURI()), http.StatusSeeOther)
	return nil
}

// EnrollPath is where a second factor is set up.
const EnrollPath = "/account/second-factor"

// enrolling are the pages of a person whose company asks for a second factor that they have not set up yet.
func enrolling(path string) bool {
	return path == EnrollPath || strings.HasPrefix(path, EnrollPath+"/") || path == "/logout"
}

// opensAlways are the pages that open also when the state of the plan has closed the company: by them it comes back, as
// long as it is not deleted.
func opensAlways(c *caller.Caller, path string) bool {
	if path == "/logout" {
		return true
	}
	plan := path == tenancy.UsagePath || path == tenancy.BillingPath || strings.HasPrefix(path, tenancy.BillingPath+"/")
	return plan && c.Actor.Entitlements(c.Now).Access().Billing
}

func askToEnroll(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return fault.New(fault.Forbidden, "second-factor-required", "Your company asks for a second factor. Set one up to go on.")
	}
	http.Redirect(w, r, EnrollPath, http.StatusSeeOther)
	return nil
}
