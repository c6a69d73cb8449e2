package account

import (
	"net/http"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

func (h *Handlers) factors(w http.ResponseWriter, r *http.Request) error {
	return h.showFactors(w, r, page("Second factor"), nil)
}

func (h *Handlers) showFactors(w http.ResponseWriter, r *http.Request, p shell.Page, problems kit.Problems) error {
	v, err := h.read(r, problems)
	if err != nil {
		return err
	}
	if caller.Of(r).MustEnroll {
		p.Back = nil // there is nowhere to go back to
	}
	return h.Pages.Show(w, r, p, factorsPage(v, caller.Of(r).MustEnroll))
}

// changed goes on after a change of the second factors: the browser has a new cookie.
func (h *Handlers) changed(w http.ResponseWriter, r *http.Request, session identity.Session, err error, said string) error {
	if refused(err) {
		p := failed(page("Second factor"))
		p.Status = httpx.Status(fault.As(err))
		if p.Status == http.StatusUnauthorized {
			p.Status = http.StatusUnprocessableEntity
		}
		return h.showFactors(w, r, p, problemsOf(err))
	}
	if err == nil && session.Token != "" {
		caller.SetSession(w, session)
	}
	return h.done(w, r, err, said, shell.EnrollPath)
}

// refused are answers that belong on the form itself.
func refused(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.RateLimited) ||
		err != nil && fault.As(err).Code == "passkey-refused"
}

func (h *Handlers) beginApp(w http.ResponseWriter, r *http.Request) error {
	err := h.Identity.BeginAuthenticator(r.Context(), caller.Of(r).Actor, r.PostForm.Get("current"))
	if err != nil {
		return h.changed(w, r, identity.Session{}, err, "")
	}
	return shell.SeeOther(w, r, shell.EnrollPath+"/app")
}

func (h *Handlers) pendingApp(w http.ResponseWriter, r *http.Request) error {
	return h.showApp(w, r, appPage("Set up the app"), nil)
}

func appPage(title string) shell.Page {
	return shell.Page{Title: title, Back: &kit.Link{Label: "Second factor", Href: shell.EnrollPath}}
}

func (h *Handlers) showApp(w http.ResponseWriter, r *http.Request, p shell.Page, problems kit.Problems) error {
	app, err := h.Identity.PendingAuthenticator(r.Context(), caller.Of(r).Actor)
	if fault.Is(err, fault.NotFound) {
		return shell.SeeOther(w, r, shell.EnrollPath) // nothing is being set up
	}
	if err != nil {
		return err
	}
	picture, err := kit.NewQR(app.URL)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, p, setUpPage(app, picture, problems))
}

// confirmApp answers with the recovery codes themselves: they are shown this once and stand in no address.
func (h *Handlers) confirmApp(w http.ResponseWriter, r *http.Request) error {
	session, codes, err := h.Identity.ConfirmAuthenticator(r.Context(), caller.Of(r).Actor, r.PostForm.Get("code"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.RateLimited) {
		p := failed(appPage("Set up the app"))
		p.Status = httpx.Status(fault.As(err))
		return h.showApp(w, r, p, problemsOf(err))
	}
	if err != nil {
		return err
	}
	caller.SetSession(w, session)
	return h.Pages.Show(w, r, appPage("Recovery codes"), codesPage(codes, true))
}

func (h *Handlers) removeApp(w http.ResponseWriter, r *http.Request) error {
	session, err := h.Identity.RemoveAuthenticator(r.Context(), caller.Of(r).Actor, r.PostForm.Get("current"))
	return h.changed(w, r, session, err, "The app is removed. Other devices are logged out.")
}

func (h *Handlers) newCodes(w http.ResponseWriter, r *http.Request) error {
	codes, err := h.Identity.NewRecoveryCodes(r.Context(), caller.Of(r).Actor, r.PostForm.Get("current"))
	if err != nil {
		return h.changed(w, r, identity.Session{}, err, "")
	}
	return h.Pages.Show(w, r, appPage("Recovery codes"), codesPage(codes, false))
}

// askPasskey answers the script with what the device is asked for.
func (h *Handlers) askPasskey(w http.ResponseWriter, r *http.Request) error {
	asked, err := h.Identity.BeginPasskey(r.Context(), caller.Of(r).Actor, r.PostForm.Get("current"))
	if err != nil {
		return err
	}
	return shell.AskDevice(w, asked)
}

func (h *Handlers) addPasskey(w http.ResponseWriter, r *http.Request) error {
	f := r.PostForm
	challenge, err := id.Parse(f.Get("challenge"))
	if err != nil {
		return err
	}
	session, err := h.Identity.AddPasskey(r.Context(), caller.Of(r).Actor, identity.AddPasskeyInput{Challenge: challenge, Answer: f.Get("answer"), Name: f.Get("name")})
	return h.changed(w, r, session, err, "The passkey is added. Other devices are logged out.")
}

func (h *Handlers) removePasskey(w http.ResponseWriter, r *http.Request) error {
	passkey, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	session, err := h.Identity.RemovePasskey(r.Context(), caller.Of(r).Actor, passkey, r.PostForm.Get("current"))
	return h.changed(w, r, session, err, "The passkey is removed. Other devices are logged out.")
}
