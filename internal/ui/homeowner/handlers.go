package homeowner

import (
	"net/http"
	"net/url"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/words"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer the homeowner's pages.
type Handlers struct {
	Pages    *shell.Pages
	Quotes   *quoting.Service
	Payments *payment.Service // nil: nothing is said about money
}

const (
	heldBySecret = "the holder of a secret link"
	publicColor  = "a company's color is no secret"
)

// Routes lists the pages.
func (h *Handlers) Routes() []shell.Route {
	routes := []shell.Route{
		{Pattern: "GET /q/{token}", Open: heldBySecret, Serve: h.show},
		{Pattern: "GET /q/{token}/drawing", Open: heldBySecret, Serve: h.showDrawing},
		{Pattern: "GET /q/{token}/quote.pdf", Open: heldBySecret, Serve: h.sentPDF},
		{Pattern: "GET /q/{token}/signed.pdf", Open: heldBySecret, Serve: h.signedPDF},
		{Pattern: "POST /q/{token}/view", Open: heldBySecret, Serve: h.view},
		{Pattern: "GET /q/{token}/sign", Open: heldBySecret, Serve: h.signForm},
		{Pattern: "POST /q/{token}/sign", Open: heldBySecret, Repeats: extraField, Serve: h.sign},
		{Pattern: "POST /q/{token}/decline", Open: heldBySecret, Repeats: extraField, Serve: h.decline},
		{Pattern: "POST /q/{token}/pay", Open: heldBySecret, Serve: h.pay},
		{Pattern: "GET /q/{token}/paid", Open: heldBySecret, Serve: h.paid},
		{Pattern: "POST /q/{token}/paid", Open: heldBySecret, Serve: h.checkPaid},
		{Pattern: "POST /q/{token}/newest", Open: heldBySecret, Serve: h.follow},
		// A pattern cannot hold a wildcard within a segment: whatever is not the company's color is refused.
		{Pattern: "GET /{sheet}", Open: publicColor, Serve: h.brandSheet},
	}
	for i, r := range routes {
		if r.Open == heldBySecret {
			routes[i].Serve = h.unlessAway(r.Serve)
		}
	}
	return routes
}

// unlessAway answers every link alike while the company is away: who it is and how to call it.
func (h *Handlers) unlessAway(serve shell.Handler) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c := caller.Of(r)
		err := c.Actor.RequireLinks(c.Now)
		if err == nil || fault.As(err).Code != tenancy.CodeAway {
			if err != nil {
				return err
			}
			return serve(w, r)
		}
		l := link{Language: words.English, org: c.Actor.Org}
		page := l.page(l.Text("away.heading", "company", l.org.Name))
		page.Status = http.StatusForbidden
		return h.answer(w, r, l, page, awayPage(l))
	}
}

// visit opens the link of a request.
func (h *Handlers) visit(r *http.Request) (link, error) {
	view, err := h.Quotes.OpenByToken(r.Context(), caller.Of(r).Actor, r.PathValue("token"))
	if err != nil {
		return link{}, err
	}
	l, err := newLink(r, view)
	if err == nil && view.Accepted != nil {
		l.money = h.money(r)
	}
	return l, err
}

// show is the page of a link: the quote while it can be signed, else what became of it.
func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	l, err := h.visit(r)
	if err != nil {
		return err
	}
	if !l.view.Open() {
		return h.render(w, r, l, l.endedTitle(), endedPage(l, ""))
	}
	return h.showQuote(w, r, l, r.URL.Query(), nil)
}

func (h *Handlers) showQuote(w http.ResponseWriter, r *http.Request, l link, form url.Values, problems kit.Problems) error {
	q, err := l.offer(l.chosen(form))
	if err != nil {
		return err
	}
	q.Problems, q.Reason = problems, form.Get("reason")
	if l.doc.Version > 1 {
		before, err := h.Quotes.PreviousByToken(r.Context(), caller.Of(r).Actor, r.PathValue("token"))
		if err != nil {
			return err
		}
		for _, v := range before {
			q.Changes, q.Since = l.changes(v), v.Version
		}
	}
	page := l.page(l.Text("quote.title", "number", l.doc.Number))
	if len(problems) > 0 {
		page.Status, page.Problem = http.StatusUnprocessableEntity, true
	}
	return h.answer(w, r, l, page, quotePage(q))
}

func (h *Handlers) showDrawing(w http.ResponseWriter, r *http.Request) error {
	l, err := h.visit(r)
	if err != nil {
		return err
	}
	return h.render(w, r, l, l.Text("drawing.title"), drawingPage(l))
}

func (h *Handlers) render(w http.ResponseWriter, r *http.Request, l link, title string, body component) error {
	return h.answer(w, r, l, l.page(title), body)
}

func (h *Handlers) answer(w http.ResponseWriter, r *http.Request, l link, page shell.Page, body component) error {
	w.Header().Set("X-Robots-Tag", "noindex")
	return h.Pages.Homeowner(w, r, page, l.contractor(), brandPath(l.org.BrandColor), within(l, body))
}

// view is told by the page's script that a person looks at it.
func (h *Handlers) view(w http.ResponseWriter, r *http.Request) error {
	if err := h.Quotes.RecordView(r.Context(), caller.Of(r).Actor, r.PathValue("token")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// noteView counts the view of somebody whose browser runs no script: he who answers has looked.
func (h *Handlers) noteView(r *http.Request, l link) error {
	if l.view.Status != quoting.Sent {
		return nil
	}
	return h.Quotes.RecordView(r.Context(), caller.Of(r).Actor, r.PathValue("token"))
}

// decline ends the quote in the homeowner's name.
func (h *Handlers) decline(w http.ResponseWriter, r *http.Request) error {
	l, err := h.visit(r)
	if err != nil {
		return err
	}
	if err := h.noteView(r, l); err != nil {
		return err
	}
	err = h.Quotes.Decline(r.Context(), caller.Of(r).Actor, r.PathValue("token"), quoting.DeclineInput{Reason: r.PostForm.Get("reason")})
	switch {
	case fault.Is(err, fault.Invalid):
		return h.showQuote(w, r, l, r.PostForm, l.problems(err))
	case fault.Is(err, fault.Conflict):
		return h.overtaken(w, r)
	case err != nil:
		return err
	}
	return shell.SeeOther(w, r, l.path)
}

// overtaken answers somebody whose answer came too late with what became of the quote.
func (h *Handlers) overtaken(w http.ResponseWriter, r *http.Request) error {
	l, err := h.visit(r)
	if err != nil {
		return err
	}
	if l.view.Open() { // his own first press is still being answered
		return shell.SeeOther(w, r, l.path)
	}
	page := l.page(l.endedTitle())
	page.Status = http.StatusConflict
	return h.answer(w, r, l, page, endedPage(l, l.tooLate()))
}

// follow leads the recipient of a replaced version to the newest.
func (h *Handlers) follow(w http.ResponseWriter, r *http.Request) error {
	l, err := h.visit(r)
	if err != nil {
		return err
	}
	if l.view.Status != quoting.Replaced {
		return shell.SeeOther(w, r, l.path)
	}
	newest, err := h.Quotes.FollowLink(r.Context(), caller.Of(r).Actor, r.PathValue("token"))
	if fault.Is(err, fault.Conflict) {
		page := l.page(l.endedTitle())
		page.Status = http.StatusConflict
		return h.answer(w, r, l, page, endedPage(l, l.noWayOn(err)))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, newest.URL, http.StatusSeeOther)
	return nil
}
