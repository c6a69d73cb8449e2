package settings

import (
	"net/http"
	"slices"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/support"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/phone"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer the settings pages.
type Handlers struct {
	Pages    *shell.Pages
	DB       *pg.DB
	Company  *onboarding.Service
	Identity *identity.Service
	Support  *support.Service
	Payments *payment.Service
}

// Routes lists the pages.
func (h *Handlers) Routes() []shell.Route {
	return slices.Concat(h.personRoutes(), []shell.Route{
		{Pattern: "GET /settings", Needs: tenancy.SettingsRead, Serve: h.index},
		{Pattern: "GET /settings/company", Needs: tenancy.SettingsRead, Serve: h.company},
		{Pattern: "POST /settings/company", Needs: tenancy.SettingsWrite, Serve: h.editCompany},
		{Pattern: "GET /settings/people", Needs: tenancy.PeopleRead, Serve: h.people},
		{Pattern: "POST /settings/people/invite", Needs: tenancy.PeopleWrite, Serve: h.invite},
	}, h.usageRoutes(), h.signOnRoutes(), h.keyRoutes(), h.roleRoutes(), h.auditRoutes(), h.supportRoutes(), h.getPaidRoutes())
}

func page(title string) shell.Page {
	return shell.Page{Title: title, Area: shell.AreaSettings, Back: &kit.Link{Label: "Settings", Href: "/settings"}}
}

func failed(p shell.Page) shell.Page {
	p.Problem, p.Status = true, http.StatusUnprocessableEntity
	return p
}

// entry is one line of the index: where it leads and how it stands.
type entry struct{ Label, Href, Value string }

func (h *Handlers) index(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	e := a.Entitlements(caller.Of(r).Now)
	entries := []entry{
		{"Company and license", "/settings/company", a.Org.Name},
		{"People", "/settings/people", "Who works here and as what"},
		{"Logging in", "/settings/log-in", "Second factor"},
		{"Single sign-on", signOnPath, "Your own identity provider"},
		{"Tiers and prices", "/materials", "Materials, styles, tiers, zones"},
		{"Get paid", getPaidPath, "Cards and bank payments of your customers"},
		{"Roles", rolesPath, "Who may do what"},
		{"API keys", keysPath, "Programs that work with your data"},
		{"Audit log", auditPath, "Who did what, when"},
		{"Support access", supportPath, "Whom of Fence you let in"},
		{"Plan and billing", tenancy.BillingPath, planSentence(a, e)},
		{"Usage", "/settings/usage", "What is used of each limit"},
	}
	return h.Pages.Show(w, r, shell.Page{Title: "Settings", Area: shell.AreaSettings}, indexPage(entries))
}

func planSentence(a tenancy.Actor, e plan.Entitlements) string {
	day := func(t time.Time) string { return t.In(a.Org.Zone()).Format("Jan 2") }
	switch e.State {
	case plan.Trialing:
		if e.Cause == plan.ByTrial {
			return "Trial of " + e.Plan.Name + " until " + day(e.Until)
		}
	case plan.PastDue:
		return e.Plan.Name + ", an invoice is unpaid since " + day(e.Since)
	case plan.Restricted, plan.Canceled, plan.Dormant:
		if e.Since.IsZero() {
			return "Read-only"
		}
		return "Read-only since " + day(e.Since)
	}
	return e.Plan.Name
}

type companyForm struct {
	onboarding.CompanyInput
	Slug     string
	Host     string
	Problems kit.Problems
}

func (h *Handlers) company(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	o, err := h.Company.Company(r.Context(), a)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, page("Company and license"), companyPage(h.formOf(o)))
}

func (h *Handlers) formOf(o tenancy.Organization) companyForm {
	return companyForm{Slug: o.Slug, Host: h.Pages.Site.Host(o.Slug), CompanyInput: onboarding.CompanyInput{
		Version: o.Version, Name: o.Name, Phone: phone.Format(o.Phone), Email: o.Email, Street: o.Street, City: o.City, State: o.State,
		ZIP: o.ZIP, LicenseNumber: o.LicenseNumber, BrandColor: o.BrandColor, TimeZone: o.TimeZone, NoProductEvents: o.NoProductEvents,
	}}
}

func (h *Handlers) editCompany(w http.ResponseWriter, r *http.Request) error {
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	a, f := caller.Of(r).Actor, r.PostForm
	in := onboarding.CompanyInput{
		Version: version, Name: f.Get("name"), Phone: f.Get("phone"), Email: f.Get("email"), Street: f.Get("street"), City: f.Get("city"),
		State: f.Get("state"), ZIP: f.Get("zip"), LicenseNumber: f.Get("license_number"), BrandColor: f.Get("brand_color"), TimeZone: f.Get("time_zone"),
		NoProductEvents: f.Get("no_product_events") == "yes",
	}
	_, err = h.Company.EditCompany(r.Context(), a, in)
	switch {
	case fault.Is(err, fault.Invalid):
		form := companyForm{CompanyInput: in, Slug: a.Org.Slug, Host: h.Pages.Site.Host(a.Org.Slug), Problems: kit.ProblemsOf(err)}
		return h.Pages.Show(w, r, failed(page("Company and license")), companyPage(form))
	case err != nil && fault.As(err).Code == fault.CodeStale:
		return h.companyConflict(w, r, in)
	case err != nil:
		return err
	}
	h.Identity.Forget(a)
	shell.Notify(w, "The company is saved.", nil)
	return shell.SeeOther(w, r, "/settings/company")
}

// companyConflict sets both versions side by side. Nothing was overwritten.
func (h *Handlers) companyConflict(w http.ResponseWriter, r *http.Request, mine onboarding.CompanyInput) error {
	o, err := h.Company.Company(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return err
	}
	theirs := h.formOf(o).CompanyInput
	c := kit.Conflict{Noun: "company", Action: "/settings/company", Theirs: int64(o.Version), Keep: "/settings/company"}
	c.Compare(nil,
		kit.Difference{Name: "name", Label: "Company", Yours: mine.Name, Hers: theirs.Name},
		kit.Difference{Name: "phone", Label: "Phone", Yours: mine.Phone, Hers: theirs.Phone},
		kit.Difference{Name: "email", Label: "E-mail", Yours: mine.Email, Hers: theirs.Email},
		kit.Difference{Name: "street", Label: "Street", Yours: mine.Street, Hers: theirs.Street},
		kit.Difference{Name: "city", Label: "City", Yours: mine.City, Hers: theirs.City},
		kit.Difference{Name: "state", Label: "State", Yours: mine.State, Hers: theirs.State},
		kit.Difference{Name: "zip", Label: "ZIP", Yours: mine.ZIP, Hers: theirs.ZIP},
		kit.Difference{Name: "license_number", Label: "License number", Yours: mine.LicenseNumber, Hers: theirs.LicenseNumber},
		kit.Difference{Name: "brand_color", Label: "Color", Yours: mine.BrandColor, Hers: theirs.BrandColor},
		kit.Difference{Name: "time_zone", Label: "Time zone", Yours: mine.TimeZone, Hers: theirs.TimeZone},
		kit.Difference{Name: "no_product_events", Label: "Note nothing", Yours: checkedIf(mine.NoProductEvents), Hers: checkedIf(theirs.NoProductEvents)},
	)
	p := page("Two people changed the company")
	p.Status = http.StatusPreconditionFailed
	return h.Pages.Show(w, r, p, kit.ConflictPage(c))
}

type peoplePage struct {
	identity.People
	Invite   identity.InviteInput
	MayWrite bool
	Problems kit.Problems
}

func (h *Handlers) people(w http.ResponseWriter, r *http.Request) error {
	return h.showPeople(w, r, page("People"), peoplePage{})
}

func (h *Handlers) showPeople(w http.ResponseWriter, r *http.Request, p shell.Page, view peoplePage) error {
	a := caller.Of(r).Actor
	people, err := h.Identity.People(r.Context(), a)
	if err != nil {
		return err
	}
	view.People, view.MayWrite = people, a.May(tenancy.PeopleWrite)
	return h.Pages.Show(w, r, p, peopleView(view))
}

func (h *Handlers) invite(w http.ResponseWriter, r *http.Request) error {
	f := r.PostForm
	in := identity.InviteInput{Email: f.Get("email"), Name: f.Get("name"), Role: identity.Role(f.Get("role"))}
	i, err := h.Identity.Invite(r.Context(), caller.Of(r).Actor, in)
	if fault.Is(err, fault.Invalid) {
		return h.showPeople(w, r, failed(page("People")), peoplePage{Invite: in, Problems: kit.ProblemsOf(err)})
	}
	if err != nil {
		return err
	}
	shell.Notify(w, "The invitation is on its way to "+i.Email+".", nil)
	return shell.SeeOther(w, r, "/settings/people")
}

type usagePage struct {
	Sentence string
	Meters   []kit.Meter
}

func (h *Handlers) usage(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	if err := a.Require(tenancy.UsageRead); err != nil {
		return err
	}
	var used map[plan.Metric]int64
	now, err := h.DB.Read(r.Context(), a.Tenant(), func(rd *pg.Reading) { usage.QueueStandings(rd, a.Tenant(), &used) })
	if err != nil {
		return err
	}
	view := usagePage{Sentence: planSentence(a, a.Entitlements(now))}
	for _, s := range usage.Standings(a, used, now) {
		view.Meters = append(view.Meters, meter(a, s))
	}
	shown := page("Usage")
	if !a.May(tenancy.SettingsRead) {
		shown.Back = nil // an accountant comes here, and not to the other settings
	}
	return h.Pages.Show(w, r, shown, usageView(view))
}
