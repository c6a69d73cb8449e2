package joining

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer the pages before signing in.
type Handlers struct {
	Pages    *shell.Pages
	SignUps  *onboarding.Service
	Identity *identity.Service
}

// Apex lists the pages of the platform's own host.
func (h *Handlers) Apex() []shell.Route {
	const why = "a stranger becomes a customer here"
	return []shell.Route{
		{Pattern: "GET /{$}", Open: why, Serve: h.front},
		{Pattern: "POST /signup", Open: why, Serve: h.signUp},
	}
}

// Company lists the pages of a company's host.
func (h *Handlers) Company() []shell.Route {
	const why = "whoever comes here has yet to prove who they are"
	return []shell.Route{
		{Pattern: "GET /login", Open: why, Serve: h.signInForm},
		{Pattern: "POST /login", Open: why, Serve: h.signIn},
		{Pattern: "GET /login/second", Open: why, Serve: h.secondForm},
		{Pattern: "POST /login/second", Open: why, Serve: h.finishSignIn},
		{Pattern: "POST /login/passkey/ask", Open: why, Serve: h.askPasskey},
		{Pattern: "POST /login/passkey", Open: why, Serve: h.passkeySignIn},
		{Pattern: "POST /login/oidc", Open: why, Serve: h.beginSignOn},
		{Pattern: "GET " + identity.SignOnPath, Open: why, Serve: h.signOnReturn},
		{Pattern: "POST " + identity.SignOnPath, Open: why, Serve: h.finishSignOn},
		{Pattern: "GET /start", Open: why, Serve: h.startForm},
		{Pattern: "POST /start", Open: why, Serve: h.start},
		{Pattern: "GET /forgot", Open: why, Serve: h.forgotForm},
		{Pattern: "POST /forgot", Open: why, Serve: h.forgot},
		{Pattern: "GET /reset", Open: why, Serve: h.resetForm},
		{Pattern: "POST /reset", Open: why, Serve: h.reset},
		{Pattern: "GET /confirm", Open: why, Serve: h.confirmForm},
		{Pattern: "POST /confirm", Open: why, Serve: h.confirm},
		{Pattern: "GET /join", Open: why, Serve: h.joinForm},
		{Pattern: "POST /join", Open: why, Serve: h.join},
		{Pattern: "POST /confirm/again", Needs: "own_account", Serve: h.confirmAgain},
		{Pattern: "POST /logout", Needs: "own_account", WhileViewing: true, Serve: h.signOut},
	}
}

// signUpPage is the front page with its form.
type signUpPage struct {
	Company, Email, ZIP, UTMSource string
	Problems                       kit.Problems
	Stamp                          string
	Challenge                      string // to be answered before this form is taken
	Example                        string // what a company's address looks like
}

func (p signUpPage) hidden() []kit.Hidden {
	all := []kit.Hidden{{Name: "utm_source", Value: p.UTMSource}, {Name: "stamp", Value: p.Stamp}}
	if p.Challenge != "" {
		all = append(all, kit.Hidden{Name: "challenge", Value: p.Challenge}, kit.Hidden{Name: "proof"})
	}
	return all
}

func (p signUpPage) attrs() templ.Attributes {
	if p.Challenge == "" {
		return nil
	}
	return templ.Attributes{"data-proof": p.Challenge, "data-proof-bits": strconv.Itoa(onboarding.ProofBits)}
}

func (h *Handlers) front(w http.ResponseWriter, r *http.Request) error {
	return h.showFront(w, r, signUpPage{UTMSource: r.URL.Query().Get("utm_source")}, http.StatusOK)
}

func (h *Handlers) showFront(w http.ResponseWriter, r *http.Request, p signUpPage, status int) error {
	page := shell.Page{Title: "Quote a fence before you leave the yard", Wide: true, Problem: len(p.Problems) > 0, Status: status}
	p.Stamp, p.Example = h.SignUps.Guard.Stamp(), h.Pages.Site.Host("acme")
	return h.Pages.Plain(w, r, page, []kit.Link{{Label: "Find my company", Href: "/find"}}, frontPage(p))
}

func (h *Handlers) signUp(w http.ResponseWriter, r *http.Request) error {
	f := r.PostForm
	in := onboarding.SignUpInput{
		Key: caller.Of(r).Request.IdempotencyKey, Company: f.Get("company"), Email: f.Get("email"),
		Password: f.Get("password"), ZIP: f.Get("zip"), UTMSource: f.Get("utm_source"),
		Comments: f.Get("comments"), Stamp: f.Get("stamp"), Challenge: f.Get("challenge"), Proof: f.Get("proof"),
	}
	done, err := h.SignUps.SignUp(r.Context(), caller.Of(r).Request, in)
	if err == nil {
		http.Redirect(w, r, done.StartURL, http.StatusSeeOther)
		return nil
	}
	refused := fault.As(err)
	again := signUpPage{Company: in.Company, Email: in.Email, ZIP: in.ZIP, UTMSource: in.UTMSource, Challenge: in.Challenge}
	switch refused.Kind {
	case fault.Invalid:
		again.Problems = kit.ProblemsOf(err)
	case fault.RateLimited:
		again.Problems = kit.Problems{{Pointer: "/password", Message: refused.Message}}
		if challenge, asked := refused.Facts["challenge"].(string); asked {
			again.Challenge = challenge
		}
	default:
		return err
	}
	httpx.RetryAfter(w.Header(), refused)
	return h.showFront(w, r, again, httpx.Status(refused))
}

// codePage is a page with one button for a mailed link.
type codePage struct {
	Code     string
	Problems kit.Problems
	Done     bool
	Email    string
	Name     string
	Company  string
	Role     string
}

func (h *Handlers) startForm(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.Plain(w, r, shell.Page{Title: "Your company is ready"}, nil, startPage(codePage{Code: r.URL.Query().Get("code")}))
}

func (h *Handlers) start(w http.ResponseWriter, r *http.Request) error {
	session, err := h.Identity.Start(r.Context(), caller.Of(r).Actor, r.PostForm.Get("code"))
	if fault.Is(err, fault.Invalid) {
		// The hand-over works for a minute; after that the password does.
		shell.Notify(w, "The link from the sign-up is too old. Log in with your password.", nil)
		return shell.SeeOther(w, r, "/login")
	}
	return h.signedIn(w, r, session, err, "", "/")
}

func (h *Handlers) signOut(w http.ResponseWriter, r *http.Request) error {
	c := caller.Of(r)
	if err := h.Identity.SignOut(r.Context(), c.Actor, c.Token); err != nil {
		return err
	}
	caller.EndSession(w)
	return shell.SeeOther(w, r, "/login")
}

func (h *Handlers) forgotForm(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.Plain(w, r, shell.Page{Title: "Reset your password"}, nil, forgotPage(codePage{}))
}

func (h *Handlers) forgot(w http.ResponseWriter, r *http.Request) error {
	email := r.PostForm.Get("email")
	err := h.Identity.RequestReset(r.Context(), caller.Of(r).Actor, email)
	if fault.Is(err, fault.Invalid) {
		page := shell.Page{Title: "Reset your password", Problem: true, Status: http.StatusUnprocessableEntity}
		return h.Pages.Plain(w, r, page, nil, forgotPage(codePage{Email: email, Problems: kit.ProblemsOf(err)}))
	}
	if err != nil {
		return err
	}
	return h.Pages.Plain(w, r, shell.Page{Title: "Look in your mail"}, nil, forgotPage(codePage{Done: true}))
}

func (h *Handlers) resetForm(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.Plain(w, r, shell.Page{Title: "Set a new password"}, nil, resetPage(codePage{Code: r.URL.Query().Get("code")}))
}

func (h *Handlers) reset(w http.ResponseWriter, r *http.Request) error {
	f := r.PostForm
	err := h.Identity.ResetPassword(r.Context(), caller.Of(r).Actor, f.Get("code"), f.Get("password"))
	if fault.Is(err, fault.Invalid) {
		page := shell.Page{Title: "Set a new password", Problem: true, Status: http.StatusUnprocessableEntity}
		return h.Pages.Plain(w, r, page, nil, resetPage(codePage{Code: f.Get("code"), Problems: kit.ProblemsOf(err)}))
	}
	if err != nil {
		return err
	}
	shell.Notify(w, "The new password is set. Log in with it.", nil)
	return shell.SeeOther(w, r, "/login")
}

func (h *Handlers) confirmForm(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.Plain(w, r, shell.Page{Title: "Confirm your e-mail"}, nil, confirmPage(codePage{Code: r.URL.Query().Get("code")}))
}

func (h *Handlers) confirm(w http.ResponseWriter, r *http.Request) error {
	err := h.Identity.ConfirmEmail(r.Context(), caller.Of(r).Actor, r.PostForm.Get("code"))
	if fault.Is(err, fault.Invalid) {
		page := shell.Page{Title: "Confirm your e-mail", Problem: true, Status: http.StatusUnprocessableEntity}
		return h.Pages.Plain(w, r, page, nil, confirmPage(codePage{Problems: kit.ProblemsOf(err)}))
	}
	if err != nil {
		return err
	}
	shell.Notify(w, "Your e-mail is confirmed.", nil)
	return shell.SeeOther(w, r, "/")
}

func (h *Handlers) confirmAgain(w http.ResponseWriter, r *http.Request) error {
	if err := h.Identity.ResendConfirmation(r.Context(), caller.Of(r).Actor); err != nil {
		return err
	}
	shell.Notify(w, "The link is on its way.", nil)
	return shell.SeeOther(w, r, "/")
}

func (h *Handlers) joinForm(w http.ResponseWriter, r *http.Request) error {
	return h.showJoin(w, r, codePage{Code: r.URL.Query().Get("code")})
}

func (h *Handlers) showJoin(w http.ResponseWriter, r *http.Request, p codePage) error {
	i, err := h.Identity.Invited(r.Context(), caller.Of(r).Actor, p.Code)
	if fault.Is(err, fault.Invalid) {
		p.Problems, p.Code = kit.ProblemsOf(err), ""
	} else if err != nil {
		return err
	}
	p.Email, p.Role, p.Company = i.Email, i.Role.Label(), caller.Of(r).Actor.Org.Name
	if p.Name == "" {
		p.Name = i.Name
	}
	page := shell.Page{Title: "Join " + p.Company, Problem: len(p.Problems) > 0}
	if page.Problem {
		page.Status = http.StatusUnprocessableEntity
	}
	return h.Pages.Plain(w, r, page, nil, joinPage(p))
}

func (h *Handlers) join(w http.ResponseWriter, r *http.Request) error {
	f := r.PostForm
	session, err := h.Identity.Join(r.Context(), caller.Of(r).Actor, identity.JoinInput{Code: f.Get("code"), Name: f.Get("name"), Password: f.Get("password")})
	if fault.Is(err, fault.Invalid) {
		return h.showJoin(w, r, codePage{Code: f.Get("code"), Name: f.Get("name"), Problems: kit.ProblemsOf(err)})
	}
	if fault.Is(err, fault.Forbidden) { // there is another way in, on the log-in page
		return h.showSignIn(w, r, failed(w, "Log in", fault.As(err)), signInPage{Back: "/", Problems: kit.Problems{{Message: fault.As(err).Message}}})
	}
	return h.signedIn(w, r, session, err, "", "/")
}
