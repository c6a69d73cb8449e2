package joining

import (
	"net/http"
	"net/url"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// departurePage leads to the company's provider.
type departurePage struct {
	identity.Departure
	Host string
}

// beginSignOn answers with a page that leads to the provider by itself, not with a redirect: a browser holds every
// address that a form leads to against form-action, those of the provider's own redirects too, and nobody knows these.
func (h *Handlers) beginSignOn(w http.ResponseWriter, r *http.Request) error {
	back := kit.LocalPath(r.PostForm.Get("back"))
	leaving, err := h.Identity.BeginSignOn(r.Context(), caller.Of(r).Actor, back)
	if fault.Is(err, fault.Unavailable) || fault.Is(err, fault.RateLimited) {
		return h.showSignIn(w, r, failed(w, "Log in", fault.As(err)), signInPage{Back: back, Problems: kit.Problems{{Message: fault.As(err).Message}}})
	}
	if err != nil {
		return err
	}
	at, err := url.Parse(leaving.Address)
	if err != nil {
		return err
	}
	caller.SetSignOn(w, leaving.Token)
	w.Header().Set("Refresh", "0; url="+at.String())
	return h.Pages.Plain(w, r, shell.Page{Title: "On to " + leaving.Provider}, nil, departureView(departurePage{leaving, at.Host}))
}

// signOnReturn is a page with one button: what the provider sends people back with. Reading it changes nothing.
func (h *Handlers) signOnReturn(w http.ResponseWriter, r *http.Request) error {
	var brought []kit.Hidden
	for _, name := range []string{"code", "state", "iss", "error"} {
		if value := r.URL.Query().Get(name); value != "" {
			brought = append(brought, kit.Hidden{Name: name, Value: value})
		}
	}
	return h.Pages.Plain(w, r, shell.Page{Title: "One more step"}, nil, returnView(brought))
}

func (h *Handlers) finishSignOn(w http.ResponseWriter, r *http.Request) error {
	c, f := caller.Of(r), r.PostForm
	session, back, err := h.Identity.FinishSignOn(r.Context(), c.Actor, identity.SignOnAnswer{
		Token: c.SignOn, State: f.Get("state"), Code: f.Get("code"), Error: f.Get("error"), Issuer: f.Get("iss"), Device: c.Device,
	})
	caller.EndSignOn(w)
	back = kit.LocalPath(back)
	if again(err) || fault.Is(err, fault.Unavailable) || fault.Is(err, fault.LimitReached) {
		problem := fault.As(err)
		return h.showSignIn(w, r, failed(w, "Log in", problem), signInPage{Back: back, Problems: kit.Problems{{Message: problem.Message}}})
	}
	return h.signedIn(w, r, session, err, "", back)
}
