package settings

import (
	"net/http"
	"slices"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// personRoutes are the pages of one person, and of what is asked when people log in.
func (h *Handlers) personRoutes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET /settings/people/{id}", Needs: tenancy.PeopleRead, Serve: h.person},
		{Pattern: "POST /settings/people/{id}/role", Needs: tenancy.PeopleWrite, Serve: h.changeRole},
		{Pattern: "GET /settings/people/{id}/deactivate", Needs: tenancy.PeopleWrite, Serve: h.deactivateForm},
		{Pattern: "POST /settings/people/{id}/deactivate", Needs: tenancy.PeopleWrite, Serve: h.deactivate},
		{Pattern: "POST /settings/people/{id}/reactivate", Needs: tenancy.PeopleWrite, Serve: h.reactivate},
		{Pattern: "POST /settings/people/{id}/reset-second-factor", Needs: tenancy.PeopleWrite, Serve: h.resetSecondFactor},
		{Pattern: "POST /settings/people/{id}/unlink-sign-on", Needs: tenancy.PeopleWrite, Serve: h.unlinkSignOn},
		{Pattern: "GET /settings/log-in", Needs: tenancy.SettingsRead, Serve: h.rules},
		{Pattern: "POST /settings/log-in", Needs: tenancy.SettingsWrite, Serve: h.setRules},
	}
}

// personPage is one person as an admin sees them.
type personPage struct {
	identity.PersonView
	actor    tenancy.Actor
	Problems kit.Problems

	successors []identity.User // where something waits that is to be taken over
	successor  string
}

func (p personPage) self() bool { return p.ID == p.actor.UserID }

// mayChange tells whether the viewer may change this person at all.
func (p personPage) mayChange() bool {
	return p.actor.May(tenancy.PeopleWrite) && (p.Role != identity.Owner || identity.Role(p.actor.Role) == identity.Owner)
}

func (p personPage) path(rest string) string { return "/settings/people/" + p.ID.String() + rest }

func personTitle(name string) shell.Page {
	return shell.Page{Title: name, Area: shell.AreaSettings, Back: &kit.Link{Label: "People", Href: "/settings/people"}}
}

func (h *Handlers) readPerson(r *http.Request, problems kit.Problems) (personPage, error) {
	who, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return personPage{}, err
	}
	a := caller.Of(r).Actor
	v, err := h.Identity.Person(r.Context(), a, who)
	return personPage{PersonView: v, actor: a, Problems: problems}, err
}

func (h *Handlers) person(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readPerson(r, nil)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, personTitle(p.Name), personView(p))
}

// changed answers a change of a person: what was refused for a reason is told on the page that asked.
func (h *Handlers) changed(w http.ResponseWriter, r *http.Request, u identity.User, err error, said string) error {
	if fault.Is(err, fault.Invalid) || err != nil && (fault.As(err).Code == "last-owner" || fault.As(err).Code == "oneself") {
		p, readErr := h.readPerson(r, refusalOf(err))
		if readErr != nil {
			return readErr
		}
		return h.Pages.Show(w, r, failed(personTitle(p.Name)), personView(p))
	}
	if err != nil {
		return err
	}
	shell.Notify(w, u.Name+said, nil)
	return shell.SeeOther(w, r, "/settings/people/"+u.ID.String())
}

func refusalOf(err error) kit.Problems {
	if p := kit.ProblemsOf(err); p != nil {
		return p
	}
	return kit.Problems{{Message: fault.As(err).Message}}
}

// member reads which person a form is about, and which version of them it was filled from.
func member(r *http.Request) (identity.MemberInput, error) {
	who, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return identity.MemberInput{}, err
	}
	version, err := shell.Version(r)
	return identity.MemberInput{Person: who, Version: version}, err
}

func (h *Handlers) changeRole(w http.ResponseWriter, r *http.Request) error {
	in, err := member(r)
	if err != nil {
		return err
	}
	in.Role = identity.Role(r.PostForm.Get("role"))
	u, err := h.Identity.ChangeRole(r.Context(), caller.Of(r).Actor, in)
	return h.changed(w, r, u, err, " is "+in.Role.Label()+" from the next log-in on.")
}

func (h *Handlers) deactivateForm(w http.ResponseWriter, r *http.Request) error {
	p, err := h.readLeaver(r, nil)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, personTitle("Deactivate "+p.Name), deactivateView(p))
}

// readLeaver is a person with those who may take over what waits for them.
func (h *Handlers) readLeaver(r *http.Request, problems kit.Problems) (personPage, error) {
	p, err := h.readPerson(r, problems)
	if err != nil || !p.Work.Any() {
		return p, err
	}
	all, err := h.Identity.People(r.Context(), p.actor)
	p.successors = slices.DeleteFunc(all.Users, func(u identity.User) bool { return u.ID == p.ID || u.DeactivatedAt != nil })
	return p, err
}

func (h *Handlers) deactivate(w http.ResponseWriter, r *http.Request) error {
	in, err := member(r)
	if err != nil {
		return err
	}
	in.Successor = identity.Successor(r.PostForm.Get(successorField))
	d, err := h.Identity.Deactivate(r.Context(), caller.Of(r).Actor, in)
	if fault.Is(err, fault.Invalid) {
		p, readErr := h.readLeaver(r, kit.ProblemsOf(err))
		if readErr != nil {
			return readErr
		}
		p.successor = string(in.Successor)
		return h.Pages.Show(w, r, failed(personTitle("Deactivate "+p.Name)), deactivateView(p))
	}
	return h.changed(w, r, d.User, err, " is deactivated and logged out everywhere."+handedOver(d.HandedOver))
}

func (h *Handlers) reactivate(w http.ResponseWriter, r *http.Request) error {
	in, err := member(r)
	if err != nil {
		return err
	}
	u, err := h.Identity.Reactivate(r.Context(), caller.Of(r).Actor, in)
	return h.changed(w, r, u, err, " can log in again.")
}

func (h *Handlers) resetSecondFactor(w http.ResponseWriter, r *http.Request) error {
	in, err := member(r)
	if err != nil {
		return err
	}
	u, err := h.Identity.ResetSecondFactor(r.Context(), caller.Of(r).Actor, in)
	return h.changed(w, r, u, err, " has no second factor any more, was logged out and told by mail.")
}

func (h *Handlers) unlinkSignOn(w http.ResponseWriter, r *http.Request) error {
	in, err := member(r)
	if err != nil {
		return err
	}
	u, err := h.Identity.UnlinkSignOn(r.Context(), caller.Of(r).Actor, in)
	return h.changed(w, r, u, err, " is found by e-mail at the next single sign-on.")
}

func (h *Handlers) rules(w http.ResponseWriter, r *http.Request) error {
	rules, err := h.Identity.Rules(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, page("Logging in"), rulesView(rules, caller.Of(r).Actor.May(tenancy.SettingsWrite)))
}

func (h *Handlers) setRules(w http.ResponseWriter, r *http.Request) error {
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	_, err = h.Identity.SetRules(r.Context(), caller.Of(r).Actor, identity.SignInRules{SecondFactor: shell.Checked(r, "second_factor"), Version: version})
	if err != nil {
		return err
	}
	shell.Notify(w, "What people are asked when they log in is saved.", nil)
	return shell.SeeOther(w, r, "/settings/log-in")
}
