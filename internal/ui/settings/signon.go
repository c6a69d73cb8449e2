package settings

import (
	"net/http"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const signOnPath = "/settings/single-sign-on"

func (h *Handlers) signOnRoutes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET " + signOnPath, Needs: tenancy.SettingsRead, Serve: h.signOn},
		{Pattern: "POST " + signOnPath, Needs: tenancy.SettingsWrite, Serve: h.setSignOn},
		{Pattern: "POST " + signOnPath + "/test", Needs: tenancy.SettingsWrite, Serve: h.testSignOn},
	}
}

// signOnPage is how the company's people log in at its provider.
type signOnPage struct {
	identity.SignOn
	Redirect string // to register at the provider
	Lock     string // the plan that has it, where the company's has not
	Tested   *kit.Message
	Problems kit.Problems
}

// set tells that there is a provider, with a secret.
func (p signOnPage) set() bool { return p.Version > 1 }

func (h *Handlers) signOn(w http.ResponseWriter, r *http.Request) error {
	return h.showSignOn(w, r, page("Single sign-on"), signOnPage{})
}

// showSignOn shows what is stored, unless the view has what somebody typed.
func (h *Handlers) showSignOn(w http.ResponseWriter, r *http.Request, p shell.Page, view signOnPage) error {
	c := caller.Of(r)
	if len(view.Problems) == 0 {
		stored, err := h.Identity.SignOn(r.Context(), c.Actor)
		if err != nil {
			return err
		}
		view.SignOn = stored
	}
	view.Redirect = h.Identity.SignOnRedirect(c.Actor.Org)
	view.Lock = lockOf(c, plan.FeatureOIDC)
	return h.Pages.Show(w, r, p, signOnView(view))
}

// lockOf names the plan that has a feature, where the company's has not.
func lockOf(c *caller.Caller, f plan.Feature) string {
	if c.Actor.Entitlements(c.Now).Has(f) {
		return ""
	}
	return plan.LeastWith(f).Name
}

func (h *Handlers) setSignOn(w http.ResponseWriter, r *http.Request) error {
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	in := identity.SignOnInput{ClientSecret: f.Get("client_secret"), SignOn: identity.SignOn{
		Name: f.Get("name"), Issuer: f.Get("issuer"), ClientID: f.Get("client_id"), Domains: strings.FieldsFunc(f.Get("domains"), between),
		NewcomerRole: identity.Role(f.Get("newcomer_role")), OnlyWay: shell.Checked(r, "only_way"), SecondFactorToo: shell.Checked(r, "second_factor_too"),
		Enabled: shell.Checked(r, "enabled"), Version: version,
	}}
	_, err = h.Identity.SetSignOn(r.Context(), caller.Of(r).Actor, in)
	switch {
	case fault.Is(err, fault.Invalid):
		return h.showSignOn(w, r, failed(page("Single sign-on")), signOnPage{SignOn: in.SignOn, Problems: kit.ProblemsOf(err)})
	case err != nil && fault.As(err).Code == fault.CodeStale:
		return h.signOnConflict(w, r, in.SignOn)
	case err != nil:
		return err
	}
	shell.Notify(w, "Single sign-on is saved.", nil)
	return shell.SeeOther(w, r, signOnPath)
}

func between(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) }

// signOnConflict sets both versions side by side. Nothing was overwritten; a secret that was typed is typed again.
func (h *Handlers) signOnConflict(w http.ResponseWriter, r *http.Request, mine identity.SignOn) error {
	theirs, err := h.Identity.SignOn(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return err
	}
	c := kit.Conflict{Noun: "single sign-on", Action: signOnPath, Theirs: int64(theirs.Version), Keep: signOnPath}
	c.Compare(nil,
		kit.Difference{Name: "name", Label: "Name of the provider", Yours: mine.Name, Hers: theirs.Name},
		kit.Difference{Name: "issuer", Label: "Issuer address", Yours: mine.Issuer, Hers: theirs.Issuer},
		kit.Difference{Name: "client_id", Label: "Client id", Yours: mine.ClientID, Hers: theirs.ClientID},
		kit.Difference{Name: "domains", Label: "E-mail domains", Yours: strings.Join(mine.Domains, ", "), Hers: strings.Join(theirs.Domains, ", ")},
		kit.Difference{Name: "newcomer_role", Label: "Who comes for the first time", Yours: string(mine.NewcomerRole), Hers: string(theirs.NewcomerRole)},
		kit.Difference{Name: "enabled", Label: "Button on the log-in page", Yours: checkedIf(mine.Enabled), Hers: checkedIf(theirs.Enabled)},
		kit.Difference{Name: "only_way", Label: "No other way in", Yours: checkedIf(mine.OnlyWay), Hers: checkedIf(theirs.OnlyWay)},
		kit.Difference{Name: "second_factor_too", Label: "Our second factor too", Yours: checkedIf(mine.SecondFactorToo), Hers: checkedIf(theirs.SecondFactorToo)},
	)
	p := page("Two people changed single sign-on")
	p.Status = http.StatusPreconditionFailed
	return h.Pages.Show(w, r, p, kit.ConflictPage(c))
}

// testSignOn says what the provider answered, on the page itself.
func (h *Handlers) testSignOn(w http.ResponseWriter, r *http.Request) error {
	found, err := h.Identity.TestSignOn(r.Context(), caller.Of(r).Actor)
	p, said := page("Single sign-on"), kit.Message{Tone: kit.Good, Text: "It works. People log in at " + found.Host + ", which signs with " + keyCount(found.Keys) + " and knows this client."}
	if fault.Is(err, fault.Invalid) {
		p.Status, said = http.StatusUnprocessableEntity, kit.Message{Tone: kit.Bad, Text: fault.As(err).Message}
	} else if err != nil {
		return err
	}
	return h.showSignOn(w, r, p, signOnPage{Tested: &said})
}

func keyCount(n int) string {
	if n == 1 {
		return "1 key"
	}
	return strconv.Itoa(n) + " keys"
}

// newcomerOptions are what can become of somebody who comes for the first time.
func newcomerOptions() []kit.Option {
	options := []kit.Option{{Value: "", Label: "Stays out", Hint: "Unless they are invited"}}
	for _, o := range roleOptions() {
		for _, r := range identity.NewcomerRoles {
			if o.Value == string(r) {
				options = append(options, kit.Option{Value: o.Value, Label: "Comes in as " + o.Label, Hint: o.Hint})
			}
		}
	}
	return options
}
