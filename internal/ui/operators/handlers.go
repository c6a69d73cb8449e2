package operators

import (
	"net/http"

	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/support"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer operators.
type Handlers struct {
	Pages     *shell.Pages
	Operators *operator.Service
	Support   *support.Service
}

// Where operators are.
const (
	home     = caller.OperatorPath
	signIn   = shell.OperatorSignInPath
	setUp    = home + "/setup"
	second   = home + "/second"
	ask      = home + "/ask"
	requests = home + "/requests"
	signOut  = home + "/logout"
	goIn     = "/support/start"
)

// SetUpPath is where a new operator's link leads.
func SetUpPath(code string) string { return setUp + "?code=" + code }

// Apex lists the pages of the platform's own host.
func (h *Handlers) Apex() []shell.Route {
	const why = "an operator who comes here has yet to prove who they are"
	return []shell.Route{
		{Pattern: "GET " + setUp, Open: why, Serve: h.setUpForm},
		{Pattern: "POST " + setUp, Open: why, Serve: h.setUp},
		{Pattern: "GET " + signIn, Open: why, Serve: h.signInForm},
		{Pattern: "POST " + signIn, Open: why, Serve: h.signIn},
		{Pattern: "GET " + second, Open: why, Serve: h.secondForm},
		{Pattern: "POST " + second, Open: why, Serve: h.second},
		{Pattern: "POST " + signOut, Operator: true, Serve: h.signOut},
		{Pattern: "GET " + home, Operator: true, Serve: h.requests},
		{Pattern: "GET " + ask, Operator: true, Serve: h.askForm},
		{Pattern: "POST " + requests, Operator: true, Serve: h.ask},
		{Pattern: "POST " + requests + "/{id}/open", Operator: true, Serve: h.open},
		{Pattern: "POST " + requests + "/{id}/end", Operator: true, Serve: h.leave},
	}
}

// Company lists the pages of a company's host.
func (h *Handlers) Company() []shell.Route {
	return []shell.Route{
		{Pattern: "GET " + goIn, Open: "an operator brings a code of the apex", Serve: h.enterForm},
		{Pattern: "POST " + goIn, Open: "an operator brings a code of the apex", WhileViewing: true, Serve: h.enter},
		{Pattern: "POST " + shell.EndSupportPath, Open: "it is for support alone, which has no permission of its own here", WhileViewing: true, Serve: h.end},
	}
}

// failed is a page whose form came back: it is open to everybody, so a wrong proof is wrong input.
func failed(w http.ResponseWriter, title string, problem *fault.Error) shell.Page {
	httpx.RetryAfter(w.Header(), problem)
	p := shell.Page{Title: title, Problem: true, Status: httpx.Status(problem)}
	if p.Status == http.StatusUnauthorized {
		p.Status = http.StatusUnprocessableEntity
	}
	return p
}

// again tells whether a refused form may be sent again.
func again(err error) bool {
	return fault.Is(err, fault.Unauthenticated) || fault.Is(err, fault.RateLimited) || fault.Is(err, fault.Invalid)
}

// problemsOf are the fields of a fault, or its sentence beside the field where it belongs.
func problemsOf(err error, field string) kit.Problems {
	f := fault.As(err)
	if len(f.Fields) > 0 {
		return f.Fields
	}
	return kit.Problems{{Pointer: "/" + field, Message: f.Message}}
}

type signInPage struct {
	Email    string
	Problems kit.Problems
}

func (h *Handlers) signInForm(w http.ResponseWriter, r *http.Request) error {
	if caller.Of(r).Operator != nil {
		return shell.SeeOther(w, r, shell.OperatorHome)
	}
	return h.Pages.Plain(w, r, shell.Page{Title: "Operators: log in"}, nil, signInView(signInPage{}))
}

func (h *Handlers) signIn(w http.ResponseWriter, r *http.Request) error {
	email := r.PostForm.Get("email")
	step, err := h.Operators.SignIn(r.Context(), caller.Of(r).Request, email, r.PostForm.Get("password"))
	if again(err) {
		return h.Pages.Plain(w, r, failed(w, "Operators: log in", fault.As(err)), nil, signInView(signInPage{email, problemsOf(err, "email")}))
	}
	return h.goOn(w, r, step, second, err)
}

func (h *Handlers) goOn(w http.ResponseWriter, r *http.Request, s operator.Session, path string, err error) error {
	if err != nil {
		return err
	}
	caller.SetOperator(w, s)
	return shell.SeeOther(w, r, path)
}

type setUpPage struct {
	Code     string
	Problems kit.Problems
}

func (h *Handlers) setUpForm(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.Plain(w, r, shell.Page{Title: "Operators: set a password"}, nil, setUpView(setUpPage{Code: r.URL.Query().Get("code")}))
}

func (h *Handlers) setUp(w http.ResponseWriter, r *http.Request) error {
	code := r.PostForm.Get("code")
	step, err := h.Operators.SetUp(r.Context(), code, r.PostForm.Get("password"))
	if fault.Is(err, fault.Invalid) {
		return h.Pages.Plain(w, r, failed(w, "Operators: set a password", fault.As(err)), nil, setUpView(setUpPage{code, problemsOf(err, "password")}))
	}
	return h.goOn(w, r, step, second, err)
}

// secondPage asks for the second factor, and has it set up first where there is none.
type secondPage struct {
	Enroll   bool
	Picture  kit.QR
	Key, URL string
	Problems kit.Problems
}

func (h *Handlers) secondForm(w http.ResponseWriter, r *http.Request) error {
	return h.showSecond(w, r, nil)
}

func (h *Handlers) showSecond(w http.ResponseWriter, r *http.Request, wrong error) error {
	app, needed, err := h.Operators.Enrollment(r.Context(), caller.Of(r).OperatorToken)
	if fault.Is(err, fault.Invalid) {
		return shell.SeeOther(w, r, signIn) // it was never begun, is finished, or took too long
	}
	if err != nil {
		return err
	}
	view, page := secondPage{Enroll: needed, Key: app.Secret, URL: app.URL}, shell.Page{Title: "Operators: second factor"}
	if needed {
		page.Title = "Operators: set up your second factor"
		if view.Picture, err = kit.NewQR(app.URL); err != nil {
			return err
		}
	}
	if wrong != nil {
		page, view.Problems = failed(w, page.Title, fault.As(wrong)), problemsOf(wrong, "code")
	}
	return h.Pages.Plain(w, r, page, nil, secondView(view))
}

func (h *Handlers) second(w http.ResponseWriter, r *http.Request) error {
	session, err := h.Operators.Finish(r.Context(), caller.Of(r).OperatorToken, r.PostForm.Get("code"))
	if again(err) {
		return h.showSecond(w, r, err)
	}
	return h.goOn(w, r, session, shell.OperatorHome, err)
}

func (h *Handlers) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := h.Operators.SignOut(r.Context(), caller.Of(r).OperatorToken); err != nil {
		return err
	}
	caller.EndOperator(w)
	return shell.SeeOther(w, r, signIn)
}
