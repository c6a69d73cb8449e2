// Package devclock is the page of the apex on which a developer moves the time of the platform forward, at /dev/clock.
//
// Owns: that page. Does not own: what time passing brings (app, business), the payment provider's time, which is the same.
//
// Invariants: it exists only where payments are simulated and answers loopback addresses only; time never goes back.
package devclock

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Path is where the page is.
const Path = "/dev/clock"

// Company is where a company's plan stands, and when that changes by time alone.
type Company struct {
	Name, Host, State string
	NextAt            time.Time // zero: never
	Zone              *time.Location
}

// Handlers show and move the clock.
type Handlers struct {
	Pages     *shell.Pages
	Now       func() time.Time
	Due       func() (time.Time, bool) // when something happens next at the payment provider
	Companies func(context.Context) ([]Company, error)
	Move      func(ctx context.Context, to time.Time) error
}

// Routes lists the pages.
func (h *Handlers) Routes() []shell.Route {
	const why = "a developer's own machine"
	return []shell.Route{
		{Pattern: "GET " + Path, Open: why, Serve: h.local(h.show)},
		{Pattern: "POST " + Path, Open: why, Serve: h.local(h.move)},
	}
}

func (h *Handlers) local(next shell.Handler) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if ip := net.ParseIP(caller.Of(r).Request.IP); ip == nil || !ip.IsLoopback() {
			return fault.Missing()
		}
		return next(w, r)
	}
}

// page is what is shown.
type page struct {
	Now, Due  time.Time
	Companies []Company
	To        string
	Problems  kit.Problems
}

func (h *Handlers) page(ctx context.Context) (p page, err error) {
	p.Now = h.Now()
	if at, ok := h.Due(); ok {
		p.Due = at
	}
	p.Companies, err = h.Companies(ctx)
	return p, err
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	p, err := h.page(r.Context())
	if err != nil {
		return err
	}
	return h.Pages.Plain(w, r, shell.Page{Title: "Clock", Wide: true}, nil, view(p))
}

// move goes on by a while, to a moment that the page named, or to the morning of a day.
func (h *Handlers) move(w http.ResponseWriter, r *http.Request) error {
	err := h.moveTo(r)
	if err == nil {
		return shell.SeeOther(w, r, Path)
	}
	problems := kit.ProblemsOf(err)
	if problems == nil {
		return err
	}
	p, failed := h.page(r.Context())
	if failed != nil {
		return failed
	}
	p.Problems, p.To = problems, r.PostForm.Get("to")
	return h.Pages.Plain(w, r, shell.Page{Title: "Clock", Wide: true, Problem: true, Status: httpx.Status(fault.As(err))}, nil, view(p))
}

func (h *Handlers) moveTo(r *http.Request) error {
	if text := r.PostForm.Get("by"); text != "" {
		by, err := time.ParseDuration(text)
		if err != nil {
			return fault.InvalidField("/to", "Choose how far.")
		}
		return h.Move(r.Context(), h.Now().Add(by))
	}
	text := r.PostForm.Get("to")
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if to, err := time.Parse(form, text); err == nil {
			return h.Move(r.Context(), to)
		}
	}
	return fault.InvalidField("/to", "Choose a day.")
}

// steps are how far the buttons go.
var steps = []struct{ label, by string }{{"An hour", "1h"}, {"A day", "24h"}, {"A week", "168h"}, {"30 days", "720h"}}

func shown(t time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("Mon, Jan 2, 2006, 3:04 PM MST")
}

// to goes to a moment, and a second on: then what happens at it has happened.
func to(t time.Time) kit.Action {
	return kit.Action{Label: "Go there", Attrs: templ.Attributes{"aria-label": "Go there: " + shown(t, nil)}, Href: Path, Post: true, Hidden: []kit.Hidden{{Name: "to", Value: t.UTC().Add(time.Second).Format(time.RFC3339)}}}
}
