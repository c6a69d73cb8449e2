package account

import (
	"net/http"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer a person's own pages.
type Handlers struct {
	Pages    *shell.Pages
	Identity *identity.Service
}

// Routes lists the pages.
func (h *Handlers) Routes() []shell.Route {
	own := tenancy.OwnAccount
	return []shell.Route{
		{Pattern: "GET /account", Needs: own, Serve: h.account},
		{Pattern: "POST /account/name", Needs: own, Serve: h.rename},
		{Pattern: "GET /account/password", Needs: own, Serve: h.passwordForm},
		{Pattern: "POST /account/password", Needs: own, Serve: h.changePassword},
		{Pattern: "POST /account/devices/{id}/end", Needs: own, Serve: h.endDevice},
		{Pattern: "POST /account/devices/end-others", Needs: own, Serve: h.endOthers},
		{Pattern: "GET /account/leave", Needs: own, Serve: h.leaveForm},
		{Pattern: "POST /account/leave", Needs: own, Serve: h.leave},
		{Pattern: "GET " + shell.EnrollPath, Needs: own, Serve: h.factors},
		{Pattern: "POST " + shell.EnrollPath + "/app", Needs: own, Serve: h.beginApp},
		{Pattern: "GET " + shell.EnrollPath + "/app", Needs: own, Serve: h.pendingApp},
		{Pattern: "POST " + shell.EnrollPath + "/app/confirm", Needs: own, Serve: h.confirmApp},
		{Pattern: "POST " + shell.EnrollPath + "/app/remove", Needs: own, Serve: h.removeApp},
		{Pattern: "POST " + shell.EnrollPath + "/codes", Needs: own, Serve: h.newCodes},
		{Pattern: "POST " + shell.EnrollPath + "/passkey/ask", Needs: own, Serve: h.askPasskey},
		{Pattern: "POST " + shell.EnrollPath + "/passkey", Needs: own, Serve: h.addPasskey},
		{Pattern: "POST " + shell.EnrollPath + "/passkey/{id}/remove", Needs: own, Serve: h.removePasskey},
	}
}

func page(title string) shell.Page {
	return shell.Page{Title: title, Back: &kit.Link{Label: "My account", Href: "/account"}}
}

func failed(p shell.Page) shell.Page {
	p.Problem, p.Status = true, http.StatusUnprocessableEntity
	return p
}

// view is what the pages of an account show.
type view struct {
	identity.OwnAccount
	actor    tenancy.Actor
	Problems kit.Problems
}

func (h *Handlers) read(r *http.Request, problems kit.Problems) (view, error) {
	a := caller.Of(r).Actor
	o, err := h.Identity.Account(r.Context(), a)
	return view{OwnAccount: o, actor: a, Problems: problems}, err
}

func (h *Handlers) account(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r, nil)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, shell.Page{Title: "My account"}, accountPage(v))
}

func (h *Handlers) rename(w http.ResponseWriter, r *http.Request) error {
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	in := identity.RenameInput{Name: r.PostForm.Get("name"), Version: version}
	_, err = h.Identity.Rename(r.Context(), caller.Of(r).Actor, in)
	if fault.Is(err, fault.Invalid) {
		v, readErr := h.read(r, kit.ProblemsOf(err))
		if readErr != nil {
			return readErr
		}
		v.Name = in.Name
		return h.Pages.Show(w, r, failed(shell.Page{Title: "My account"}), accountPage(v))
	}
	return h.done(w, r, err, "Your name is saved.", "/account")
}

// done goes on after a form that was carried out.
func (h *Handlers) done(w http.ResponseWriter, r *http.Request, err error, said, path string) error {
	if err != nil {
		return err
	}
	shell.Notify(w, said, nil)
	return shell.SeeOther(w, r, path)
}

func (h *Handlers) passwordForm(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.Show(w, r, page("Password"), passwordPage(nil))
}

func (h *Handlers) changePassword(w http.ResponseWriter, r *http.Request) error {
	f := r.PostForm
	session, err := h.Identity.ChangePassword(r.Context(), caller.Of(r).Actor, f.Get("current"), f.Get("password"))
	if fault.Is(err, fault.Invalid) {
		return h.Pages.Show(w, r, failed(page("Password")), passwordPage(kit.ProblemsOf(err)))
	}
	if err == nil {
		caller.SetSession(w, session)
	}
	return h.done(w, r, err, "The new password is set. Other devices are logged out.", "/account")
}

func (h *Handlers) endDevice(w http.ResponseWriter, r *http.Request) error {
	session, err := id.Parse(r.PathValue("id"))
	if err == nil {
		err = h.Identity.EndSession(r.Context(), caller.Of(r).Actor, session)
	}
	return h.done(w, r, err, "The device is logged out.", "/account")
}

func (h *Handlers) endOthers(w http.ResponseWriter, r *http.Request) error {
	ended, err := h.Identity.EndOtherSessions(r.Context(), caller.Of(r).Actor)
	return h.done(w, r, err, "Logged out of "+kit.Count(ended, "other device", "other devices")+".", "/account")
}

func (h *Handlers) leaveForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r, nil)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, page("Leave"), leavePage(v))
}

func (h *Handlers) leave(w http.ResponseWriter, r *http.Request) error {
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	err = h.Identity.Leave(r.Context(), caller.Of(r).Actor, version, r.PostForm.Get("current"))
	if fault.Is(err, fault.Invalid) || err != nil && fault.As(err).Code == "last-owner" {
		v, readErr := h.read(r, problemsOf(err))
		if readErr != nil {
			return readErr
		}
		return h.Pages.Show(w, r, failed(page("Leave")), leavePage(v))
	}
	if err == nil {
		caller.EndSession(w)
	}
	return h.done(w, r, err, "You have left.", "/login")
}

// problemsOf shows a refusal of any kind on the form that led to it.
func problemsOf(err error) kit.Problems {
	if p := kit.ProblemsOf(err); p != nil {
		return p
	}
	return kit.Problems{{Message: fault.As(err).Message}}
}
