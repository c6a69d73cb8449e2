package quotes

import (
	"net/http"
	"net/url"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer the pages of quotes.
type Handlers struct {
	Pages     *shell.Pages
	Quotes    *quoting.Service
	Customers *crm.Service
	Jobs      *fieldwork.Service
	People    *identity.Service
	Mails     *notify.Service
}

// Routes lists the pages.
func (h *Handlers) Routes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET /quotes", Needs: tenancy.QuotesRead, Serve: h.list},
		{Pattern: "GET /quotes/new", Needs: tenancy.QuotesWrite, Serve: h.newPage},
		{Pattern: "POST /quotes/new", Needs: tenancy.QuotesWrite, Serve: h.begin},
		{Pattern: "POST /quotes/sample", Needs: tenancy.QuotesWrite, Serve: h.sample},
		{Pattern: "POST /sketches/{id}/quote", Needs: tenancy.QuotesWrite, Serve: h.create},
		{Pattern: "GET /quotes/{id}", Needs: tenancy.QuotesRead, Serve: h.show},
		{Pattern: "POST /quotes/{id}", Needs: tenancy.QuotesWrite, Serve: h.save},
		{Pattern: "POST /quotes/{id}/reprice", Needs: tenancy.QuotesWrite, Serve: h.reprice},
		{Pattern: "POST /quotes/{id}/send", Needs: tenancy.QuotesSend, Serve: h.send},
		{Pattern: "POST /quotes/{id}/link", Needs: tenancy.QuotesSend, Serve: h.copyLink},
		{Pattern: "POST /quotes/{id}/revise", Needs: tenancy.QuotesWrite, Serve: h.revise},
		{Pattern: "GET /quotes/{id}/discard", Needs: tenancy.QuotesWrite, Serve: h.ask(discard)},
		{Pattern: "POST /quotes/{id}/discard", Needs: tenancy.QuotesWrite, Serve: h.carryOut(discard)},
		{Pattern: "GET /quotes/{id}/withdraw", Needs: tenancy.QuotesSend, Serve: h.ask(withdraw)},
		{Pattern: "POST /quotes/{id}/withdraw", Needs: tenancy.QuotesSend, Serve: h.carryOut(withdraw)},
		{Pattern: "GET /quotes/{id}/extend", Needs: tenancy.QuotesSend, Serve: h.ask(extend)},
		{Pattern: "POST /quotes/{id}/extend", Needs: tenancy.QuotesSend, Serve: h.carryOut(extend)},
		{Pattern: "GET /quotes/{id}/accept", Needs: tenancy.QuotesSend, Serve: h.ask(accept)},
		{Pattern: "POST /quotes/{id}/accept", Needs: tenancy.QuotesSend, Serve: h.carryOut(accept)},
		{Pattern: "GET /quotes/{id}/versions/{n}/{paper}", Needs: tenancy.QuotesRead, Serve: h.paper},
	}
}

// Path is the address of a quote.
func Path(quote id.ID) string { return "/quotes/" + quote.String() }

func page(title string) shell.Page { return shell.Page{Title: title, Area: shell.AreaQuotes} }

func below(title, parent, href string) shell.Page {
	p := page(title)
	p.Back = &kit.Link{Label: parent, Href: href}
	return p
}

func failed(p shell.Page) shell.Page {
	p.Problem, p.Status = true, http.StatusUnprocessableEntity
	return p
}

// step is the actor in one of several operations of a form: each is remembered under a key of its own.
func step(a tenancy.Actor, name string) tenancy.Actor {
	if a.Request.IdempotencyKey == "" {
		return a
	}
	request := a.Request
	request.IdempotencyKey += ":" + name
	return a.WithRequest(request)
}

// shelves are the saved views of the list.
var shelves = []struct {
	shelf quoting.Shelf
	label string
}{
	{quoting.ShelfAll, "All"}, {quoting.ShelfDrafts, "Drafts"}, {quoting.ShelfWaiting, "Waiting for answer"},
	{quoting.ShelfExpiring, "Expiring this week"}, {quoting.ShelfAccepted, "Accepted"},
}

func (h *Handlers) list(w http.ResponseWriter, r *http.Request) error {
	q, c := r.URL.Query(), caller.Of(r)
	f := quoting.QuoteFilter{Shelf: quoting.Shelf(q.Get("view")), Search: q.Get("q"), After: q.Get("after")}
	p, err := h.Quotes.ListQuotes(r.Context(), c.Actor, f)
	problem := ""
	if fault.Is(err, fault.Invalid) {
		problem = "This address of the list is not known."
		f = quoting.QuoteFilter{}
	} else if err != nil {
		return err
	}
	view := page("Quotes")
	view.Wide = true
	return h.Pages.Show(w, r, view, listPage(listOf(c, f, p, problem), c.Actor.May(tenancy.QuotesWrite)))
}

func listOf(c *caller.Caller, f quoting.QuoteFilter, p quoting.QuotePage, problem string) kit.List {
	l := kit.List{
		Name:   "Quotes",
		Filter: &kit.Filter{Action: "/quotes", Query: f.Search, Label: "Number, name, phone or street"},
		Columns: []kit.Column{
			{Label: "Customer", Priority: 1}, {Label: "Total", Priority: 2, Figure: true, Phone: kit.PhoneRight}, {Label: "State", Priority: 1, Phone: kit.PhoneSecond},
			{Label: "Property", Priority: 3, Phone: kit.PhoneSecond}, {Label: "Sent", Priority: 3}, {Label: "Opened", Priority: 4}, {Label: "Number", Priority: 2, Phone: kit.PhoneSecond},
		},
	}
	for _, s := range shelves {
		l.Views = append(l.Views, kit.Tab{Label: s.label, Href: listPath(s.shelf, "", ""), Current: s.shelf == f.Shelf})
	}
	if f.Shelf != quoting.ShelfAll {
		l.Filter.Keep = []kit.Hidden{{Name: "view", Value: string(f.Shelf)}}
	}
	for _, q := range p.Quotes {
		l.Rows = append(l.Rows, kit.Row{ID: q.ID.String(), Href: Path(q.ID), Cells: []kit.Cell{
			{Text: q.CustomerName}, kit.MoneyCell(q.TotalCents), {Chip: chip(q.Status)}, {Text: q.Place},
			dayCell(c, q.SentAt), dayCell(c, q.LastViewedAt), {Text: q.Number},
		}})
	}
	if p.Next != "" {
		l.More = listPath(f.Shelf, f.Search, p.Next)
	}
	l.Empty = emptyList(c.Actor, f, problem)
	return l
}

func listPath(shelf quoting.Shelf, search, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"view": string(shelf), "q": search, "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/quotes"
	}
	return "/quotes?" + q.Encode()
}

func emptyList(a tenancy.Actor, f quoting.QuoteFilter, problem string) kit.Empty {
	switch {
	case problem != "":
		return kit.Empty{Heading: "This list is not there", Text: problem, Actions: []kit.Action{{Label: "Show all quotes", Href: "/quotes"}}}
	case f.Search != "":
		return kit.Empty{Heading: "Nothing matches '" + f.Search + "'", Text: "Search for a piece of the number, name, phone or street.",
			Actions: []kit.Action{{Label: "Show all quotes", Href: "/quotes"}}}
	case f.Shelf != quoting.ShelfAll:
		return kit.Empty{Heading: "Nothing here now", Text: emptyShelves[f.Shelf]}
	}
	e := kit.Empty{Heading: "No quotes yet", Text: "Start with a sketch of the yard: posts and prices come with it."}
	if a.May(tenancy.QuotesWrite) {
		e.Actions = []kit.Action{{Label: "New quote", Href: "/quotes/new", Icon: "plus"}, {Label: "Quote the sample yard", Href: "/quotes/sample", Post: true}}
	}
	return e
}

var emptyShelves = map[quoting.Shelf]string{
	quoting.ShelfDrafts:   "No quote is being written.",
	quoting.ShelfWaiting:  "No quote waits for an answer.",
	quoting.ShelfExpiring: "No quote ends within a week.",
	quoting.ShelfAccepted: "Signed quotes stand here.",
}

// create makes a quote of a sketch.
func (h *Handlers) create(w http.ResponseWriter, r *http.Request) error {
	sketch, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	made, err := h.Quotes.CreateFromSketch(r.Context(), caller.Of(r).Actor, quoting.CreateFromSketchInput{SketchID: sketch})
	if fault.Is(err, fault.Invalid) { // the drawing cannot be built: its page says where
		shell.Notify(w, "This drawing cannot be priced yet. The checks say what to fix.", nil)
		return shell.SeeOther(w, r, "/sketches/"+sketch.String())
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, Path(made.ID))
}
