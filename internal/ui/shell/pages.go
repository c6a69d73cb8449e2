package shell

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/support"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/phone"
	"fenceplatform.com/fence/internal/ui/kit"
)

// Pages renders pages.
type Pages struct {
	Site    tenancy.Site
	Support *support.Service // notes what support looks at, and says where it is let in
	Notice  *console.Board   // what everybody is to know; nil: nothing
	WriteTo string           // address of the platform's people
}

// Page is what a signed-in page says about itself.
type Page struct {
	Title   string
	Area    string // which entry of the navigation it belongs to
	Back    *kit.Link
	Islands []string
	Wide    bool
	Problem bool
	Status  int // 200 when zero

	SaysState bool // the page itself says where the company stands with its plan: no strip does
}

// Show renders a page in the frame with navigation.
func (p *Pages) Show(w http.ResponseWriter, r *http.Request, page Page, body templ.Component) error {
	c := caller.Of(r)
	frame := kit.ShellFrame{
		Page: kit.Page{
			Title: page.Title, Place: c.Actor.Org.Name, Problem: page.Problem, Look: kit.LookOf(r),
			Path: r.URL.RequestURI(), Islands: page.Islands,
		},
		Company: c.Actor.Org.Name, Home: home(c.Actor), New: newMenu(c), Nav: navigation(c.Actor, page.Area),
		Person: person(c.Actor), Back: page.Back, Wide: page.Wide,
	}
	frame.Strips = slices.Concat(p.noticeStrip(r.Context()), p.supportStrips(r.Context(), c), viewStrip(c.Actor), takeNotice(w, r))
	if !page.SaysState {
		frame.Strips = slices.Concat(frame.Strips, elsewhere(r.URL.Path, slices.Concat(planStrips(c), usageStrips(c))))
	}
	if !c.EmailVerified && c.Actor.Kind == tenancy.Person {
		frame.Strips = append(frame.Strips, kit.Message{Tone: kit.Info, Text: "Confirm your e-mail. Until then three quotes a day are mailed; the others wait.",
			Action: &kit.Action{Label: "Send it again", Href: "/confirm/again", Post: true}})
	}
	return write(w, r, page.Status, kit.Shell(frame), body)
}

// Plain renders a page without navigation: joining, logging in, the apex.
func (p *Pages) Plain(w http.ResponseWriter, r *http.Request, page Page, links []kit.Link, body templ.Component) error {
	frame := kit.PlainFrame{
		Page:    kit.Page{Title: page.Title, Place: "Fence Platform", Problem: page.Problem, Look: kit.LookOf(r), Path: r.URL.RequestURI(), Islands: page.Islands},
		Company: caller.Of(r).Actor.Org.Name, Home: "/", Links: links, Wide: page.Wide, Strips: takeNotice(w, r),
	}
	if frame.Company != "" {
		frame.Place = frame.Company
	}
	return write(w, r, page.Status, kit.Plain(frame), body)
}

// Homeowner renders a page for the contractor's customer.
func (p *Pages) Homeowner(w http.ResponseWriter, r *http.Request, page Page, contractor kit.Contractor, brand string, body templ.Component) error {
	frame := kit.HomeownerFrame{
		Page:       kit.Page{Title: page.Title, Place: contractor.Name, Problem: page.Problem, Look: kit.LookOf(r), Path: r.URL.RequestURI(), Brand: brand, Islands: page.Islands},
		Contractor: contractor,
	}
	return write(w, r, page.Status, kit.Homeowner(frame), body)
}

// Fragment renders a part of a page, for a script that asked for it.
func (p *Pages) Fragment(w http.ResponseWriter, r *http.Request, status int, body templ.Component) error {
	return write(w, r, status, body, nil)
}

// write renders into memory first: a page that fails half-way is an error page, not half a page. It asks nobody, and
// says that the time of a request is over, too.
func write(w http.ResponseWriter, r *http.Request, status int, outer, inner templ.Component) error {
	ctx := context.WithoutCancel(r.Context())
	if inner != nil {
		ctx = templ.WithChildren(ctx, inner)
	}
	var b bytes.Buffer
	if err := outer.Render(ctx, &b); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client may be gone
	return nil
}

// SeeOther answers a form that was carried out.
func SeeOther(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// Refuse answers an error: a problem document for programs, a page for people.
func (p *Pages) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	f, info := httpx.Fault(err), httpx.Info(r)
	if f.Kind == fault.Internal {
		info.Err = err
	}
	if wantsProblem(r) {
		httpx.WriteProblem(w, f, info.ID)
		return
	}
	httpx.RetryAfter(w.Header(), f)
	refusal := kit.RefusalOf(f, info.ID)
	c := caller.Of(r)
	if f.Kind == fault.Unauthenticated {
		refusal.Actions = []kit.Action{{Label: "Log in", Href: signInPath(formPath(r))}}
	} else if c.SignedIn {
		p.leadOn(c, r.URL.Path, f, &refusal)
	} else if c.Operator != nil && f.Kind == fault.NotFound {
		refusal.Text = "The address may be old."
		refusal.Actions = []kit.Action{{Label: "Go to organizations", Href: OperatorHome}}
	} else if f.Kind == fault.NotFound {
		refusal.Text = "The address may be old, or a part of it is missing. If it came by mail, open it from there once more, or ask who sent it."
	} else if strings.HasPrefix(r.URL.Path, "/q/") {
		toHomeowner(c.Actor.Org, f, &refusal)
	}
	if f.Kind == fault.Internal && refusal.Request != "" && (c.SignedIn || c.Operator != nil) {
		refusal.Actions = p.writeToUs("Request " + refusal.Request)
	}
	body := kit.ErrorPage(refusal)
	page := Page{Title: refusal.Heading, Status: httpx.Status(f), SaysState: f.Code == codeStopped || f.Code == codeReadOnly}
	if c.SignedIn {
		err = p.Show(w, r, page, body)
	} else if c.Operator != nil {
		err = p.OperatorPage(w, r, page, body)
	} else if refusal.Company != "" {
		err = p.Homeowner(w, r, page, kit.Contractor{Name: refusal.Company, Phone: refusal.Phone}, "", body)
	} else {
		// Nothing on this page depends on who asked for what: what is missing and what is somebody else's
		// look the same.
		frame := kit.PlainFrame{Page: kit.Page{Title: page.Title, Place: "Fence Platform", Path: "/"}, Home: "/"}
		err = write(w, r, page.Status, kit.Plain(frame), body)
	}
	if err != nil {
		http.Error(w, "We broke something. Nothing was saved. Request "+info.ID, http.StatusInternalServerError)
	}
}

// toHomeowner gives a homeowner the contractor to call.
func toHomeowner(contractor tenancy.Organization, f *fault.Error, r *kit.Refusal) {
	if f.Kind == fault.Internal {
		r.Text = "Nothing was saved. Try again in a minute."
	}
	r.Company, r.Phone = contractor.Name, phone.Format(contractor.Phone)
}

// Codes of refusals by the state of a company's plan.
const (
	codeStopped  = "org-suspended"
	codeReadOnly = "subscription-required"
)

// leadOn gives who is logged in the way on from a refusal.
func (p *Pages) leadOn(c *caller.Caller, path string, f *fault.Error, r *kit.Refusal) {
	a := c.Actor
	switch {
	case f.Code == codeStopped:
		r.Heading = "This company is stopped"
		if a.May(tenancy.BillingManage) {
			r.Text = "Fence Platform has stopped it. Nothing is deleted. Write to us to sort it out."
			r.Actions = p.writeToUs("Our company is stopped: " + a.Org.Name)
		}
	case f.Code == codeReadOnly:
		r.Heading = "Nothing can be changed now"
		if a.Entitlements(c.Now).State == plan.Dormant {
			r.Heading = "Closed to all but owners"
		}
		if leadToPlan(a, r); len(r.Actions) > 0 { // what it is called there, and whom to ask
			r.Actions = []kit.Action{{Label: "Plan and billing", Href: tenancy.BillingPath}}
		}
	case f.Kind == fault.Forbidden && path != FirstPage(a):
		r.Actions = []kit.Action{{Label: "Go to your first page", Href: FirstPage(a)}}
	case f.Kind == fault.NotFound && a.May(tenancy.CustomersRead):
		r.Text += " Search your customers by name, phone or street."
		r.Search = "/customers"
	case f.Kind == fault.NotFound:
		r.Actions = []kit.Action{{Label: "Go to your first page", Href: FirstPage(a)}}
	case f.Code == "feature-not-in-plan":
		r.Heading = "Not part of your plan"
		leadToPlan(a, r)
	case f.Kind == fault.LimitReached:
		leadToPlan(a, r)
	}
}

// leadToPlan says "you" to who can choose the plan.
func leadToPlan(a tenancy.Actor, r *kit.Refusal) {
	switch {
	case a.May(tenancy.BillingManage):
		r.Text = strings.Replace(r.Text, "The owner can", "You can", 1)
		r.Actions = []kit.Action{{Label: "Plan and billing", Href: tenancy.BillingPath}}
	case a.May(tenancy.UsageRead):
		r.Actions = []kit.Action{{Label: "See usage", Href: tenancy.UsagePath}}
	}
}

// WriteToUs is a mail to the platform's people about something; nil where no address is known.
func (p *Pages) WriteToUs(about string) *kit.Action {
	if p == nil || p.WriteTo == "" {
		return nil
	}
	return &kit.Action{Label: "Write to " + p.WriteTo, Icon: "mail", Href: "mailto:" + p.WriteTo + "?subject=" + url.PathEscape(about)}
}

func (p *Pages) writeToUs(about string) []kit.Action {
	if a := p.WriteToUs(about); a != nil {
		return []kit.Action{*a}
	}
	return nil
}

func wantsProblem(r *http.Request) bool {
	path := r.URL.Path
	return len(path) >= 4 && path[:4] == "/v1/" || r.Header.Get("Accept") == "application/json"
}

func signInPath(back string) string {
	if back == "/" {
		return "/login"
	}
	return "/login?back=" + url.QueryEscape(back)
}

// formPath is the page whose form was sent: where a person goes on after logging in.
func formPath(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host || from.Path == "" {
		return "/"
	}
	return from.RequestURI()
}

func person(a tenancy.Actor) kit.Person {
	if a.Kind == tenancy.Support {
		return kit.Person{Name: a.Name, Role: "Fence support", Menu: []kit.Action{{Label: "End access", Icon: "log-out", Href: EndSupportPath, Post: true}}}
	}
	return kit.Person{Name: a.Name, Role: identity.Role(a.Role).Label(), Menu: []kit.Action{
		{Label: "My account", Icon: "circle-user-round", Href: "/account"},
		{Label: "Log out", Icon: "log-out", Href: "/logout", Post: true},
	}}
}
