// Package finding is the page of the apex on which somebody asks where they log in.
//
// Owns: that page. Does not own: the look-up and the mail (onboarding).
//
// Invariant: the page says the same for every address.
package finding

import (
	"net/http"

	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Path is where the page is.
const Path = "/find"

// Handlers answer the apex.
type Handlers struct {
	Pages  *shell.Pages
	Finder *onboarding.Finder
}

// Apex lists the routes of the platform's own host.
func (h *Handlers) Apex() []shell.Route {
	const why = "whoever comes here has yet to learn where they log in"
	return []shell.Route{
		{Pattern: "GET " + Path, Open: why, Serve: h.form},
		{Pattern: "POST " + Path, Open: why, Serve: h.ask},
	}
}

// findPage is the form, or what is said after it was sent.
type findPage struct {
	Email    string
	Done     bool
	Problems kit.Problems
}

func (h *Handlers) form(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.Plain(w, r, shell.Page{Title: "Find my company"}, nil, findView(findPage{}))
}

func (h *Handlers) ask(w http.ResponseWriter, r *http.Request) error {
	email := r.PostForm.Get("email")
	err := h.Finder.Ask(r.Context(), caller.Of(r).Request, email)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.RateLimited) {
		problem := fault.As(err)
		httpx.RetryAfter(w.Header(), problem)
		problems := kit.ProblemsOf(err)
		if problems == nil {
			problems = kit.Problems{{Pointer: "/email", Message: problem.Message}}
		}
		page := shell.Page{Title: "Find my company", Problem: true, Status: httpx.Status(problem)}
		return h.Pages.Plain(w, r, page, nil, findView(findPage{Email: email, Problems: problems}))
	}
	if err != nil {
		return err
	}
	return h.Pages.Plain(w, r, shell.Page{Title: "Look in your mail"}, nil, findView(findPage{Done: true}))
}
