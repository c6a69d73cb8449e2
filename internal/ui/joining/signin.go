package joining

import (
	"net/http"
	"net/url"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

type signInPage struct {
	Email, Back string
	Way         identity.SignOnWay
	Problems    kit.Problems
}

func (h *Handlers) signInForm(w http.ResponseWriter, r *http.Request) error {
	back := kit.LocalPath(r.URL.Query().Get("back"))
	if caller.Of(r).SignedIn {
		return shell.SeeOther(w, r, back)
	}
	return h.showSignIn(w, r, shell.Page{Title: "Log in"}, signInPage{Back: back})
}

// showSignIn shows the form with every way in that the company has.
func (h *Handlers) showSignIn(w http.ResponseWriter, r *http.Request, page shell.Page, p signInPage) (err error) {
	if p.Way, err = h.Identity.SignOnWay(r.Context(), caller.Of(r).Actor); err != nil {
		return err
	}
	return h.Pages.Plain(w, r, page, nil, signInForm(p))
}

func (h *Handlers) signIn(w http.ResponseWriter, r *http.Request) error {
	c, f := caller.Of(r), r.PostForm
	in := identity.SignInInput{Email: f.Get("email"), Password: f.Get("password"), Kind: identity.InBrowser, Device: c.Device}
	session, err := h.Identity.SignIn(r.Context(), c.Actor, in)
	return h.signedIn(w, r, session, err, in.Email, kit.LocalPath(f.Get("back")))
}

// signedIn goes on after a proof: to the page that was asked for, to the second factor, or back to the form with what
// was wrong.
func (h *Handlers) signedIn(w http.ResponseWriter, r *http.Request, session identity.Session, err error, email, back string) error {
	c := caller.Of(r)
	if again(err) {
		problem := fault.As(err)
		p := signInPage{Email: email, Back: back, Problems: kit.Problems{{Pointer: "/email", Message: problem.Message}}}
		return h.showSignIn(w, r, failed(w, "Log in", problem), p)
	}
	if err != nil {
		return err
	}
	caller.SetSession(w, session)
	switch {
	case session.Step != "":
		return shell.SeeOther(w, r, "/login/second?back="+url.QueryEscape(back))
	case session.MustEnroll:
		return shell.SeeOther(w, r, shell.EnrollPath)
	case back == "/":
		back = shell.FirstPage(c.Actor.As("person", session.User.ID, session.User.Name, string(session.User.Role), session.User.Role.Permissions()))
	}
	return shell.SeeOther(w, r, back)
}

// again tells whether a refused proof may be tried again on the form.
func again(err error) bool {
	return fault.Is(err, fault.Unauthenticated) || fault.Is(err, fault.RateLimited) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden)
}

// failed is the form's page with what was wrong: it is open to everybody, so a wrong proof is wrong input.
func failed(w http.ResponseWriter, title string, problem *fault.Error) shell.Page {
	httpx.RetryAfter(w.Header(), problem)
	p := shell.Page{Title: title, Problem: true, Status: httpx.Status(problem)}
	if p.Status == http.StatusUnauthorized {
		p.Status = http.StatusUnprocessableEntity
	}
	return p
}

// secondPage asks for the second factor.
type secondPage struct {
	identity.SecondFactors
	Back     string
	Problems kit.Problems
}

func (h *Handlers) secondForm(w http.ResponseWriter, r *http.Request) error {
	return h.showSecond(w, r, kit.LocalPath(r.URL.Query().Get("back")), nil)
}

func (h *Handlers) showSecond(w http.ResponseWriter, r *http.Request, back string, problem *fault.Error) error {
	c := caller.Of(r)
	if c.SignedIn {
		return shell.SeeOther(w, r, back)
	}
	ways, err := h.Identity.SignInStep(r.Context(), c.Actor, c.Step)
	if fault.Is(err, fault.Invalid) {
		return shell.SeeOther(w, r, "/login?back="+url.QueryEscape(back)) // it was never begun, or took too long
	}
	if err != nil {
		return err
	}
	view, page := secondPage{SecondFactors: ways, Back: back}, shell.Page{Title: "Second factor"}
	if problem != nil {
		page = failed(w, page.Title, problem)
		view.Problems = kit.Problems{{Pointer: "/code", Message: problem.Message}}
	}
	return h.Pages.Plain(w, r, page, nil, secondForm(view))
}

func (h *Handlers) finishSignIn(w http.ResponseWriter, r *http.Request) error {
	c := caller.Of(r)
	session, err := h.Identity.FinishSignIn(r.Context(), c.Actor, c.Step, r.PostForm.Get("code"), c.Device)
	if again(err) {
		return h.showSecond(w, r, kit.LocalPath(r.PostForm.Get("back")), fault.As(err))
	}
	return h.signedIn(w, r, session, err, "", kit.LocalPath(r.PostForm.Get("back")))
}

// askPasskey answers the script with what the device is to sign.
func (h *Handlers) askPasskey(w http.ResponseWriter, r *http.Request) error {
	c := caller.Of(r)
	step := ""
	if r.PostForm.Get("second") != "" {
		step = c.Step
	}
	asked, err := h.Identity.BeginPasskeySignIn(r.Context(), c.Actor, step)
	if err != nil {
		return err
	}
	return shell.AskDevice(w, asked)
}

func (h *Handlers) passkeySignIn(w http.ResponseWriter, r *http.Request) error {
	c, f := caller.Of(r), r.PostForm
	challenge, err := id.Parse(f.Get("challenge"))
	if err != nil {
		return err
	}
	in := identity.PasskeySignInInput{Challenge: challenge, Answer: f.Get("answer"), Device: c.Device}
	if f.Get("second") != "" {
		in.Step = c.Step
	}
	session, err := h.Identity.SignInWithPasskey(r.Context(), c.Actor, in)
	if again(err) && in.Step != "" {
		return h.showSecond(w, r, kit.LocalPath(f.Get("back")), fault.As(err))
	}
	return h.signedIn(w, r, session, err, "", kit.LocalPath(f.Get("back")))
}
