package operators

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"fenceplatform.com/fence/internal/business/support"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// requestsPage is what an operator asked for, and the way to ask again.
type requestsPage struct {
	Address string
	Granted []granted
	List    kit.List

	Problems kit.Problems
}

// granted is access that runs.
type granted struct {
	Host  string
	Facts []kit.Fact
	Open  kit.Action
	End   kit.Action
}

func (h *Handlers) requests(w http.ResponseWriter, r *http.Request) error {
	return h.showRequests(w, r, shell.Page{Title: "Operators: support requests"}, requestsPage{})
}

func (h *Handlers) showRequests(w http.ResponseWriter, r *http.Request, page shell.Page, view requestsPage) error {
	op := caller.Of(r).Operator
	lines, err := h.Support.Requests(r.Context(), *op, r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	view.List = requestList(lines, h.Pages.Site)
	for _, l := range lines.Lines {
		if l.Standing() == support.Standing(support.Granted) {
			view.Granted = append(view.Granted, granted{
				Host:  h.Pages.Site.Host(l.Host),
				Facts: []kit.Fact{{Label: "Purpose", Value: l.Purpose}, {Label: "May", Value: may(l.Writes)}, {Label: "Until", Value: moment(*l.ExpiresAt)}},
				Open:  kit.Action{Label: "Open " + l.Host, Icon: "log-in", Href: requests + "/" + l.ID.String() + "/open", Post: true},
				End:   kit.Action{Label: "End access", Href: requests + "/" + l.ID.String() + "/end", Post: true},
			})
		}
	}
	page.Wide = true
	return h.Pages.OperatorPage(w, r, page, requestsView(view))
}

func requestList(lines support.Lines, site tenancy.Site) kit.List {
	l := kit.List{
		Name: "Support requests",
		Columns: []kit.Column{
			{Label: "Company", Priority: 1}, {Label: "Purpose", Priority: 2, Phone: kit.PhoneSecond}, {Label: "May", Priority: 3},
			{Label: "Asked", Priority: 3}, {Label: "State", Priority: 1, Phone: kit.PhoneRight},
		},
		Empty: kit.Empty{Heading: "No requests", Text: "Ask for access when somebody asks for help."},
	}
	for _, line := range lines.Lines {
		row := kit.Row{ID: line.ID.String(), Cells: []kit.Cell{
			{Text: line.Host, Title: site.Host(line.Host)}, {Text: line.Purpose}, {Text: may(line.Writes)}, {Text: moment(line.AskedAt)}, {Chip: chip(line)},
		}}
		if line.Standing() == support.Standing(support.Asked) {
			row.Menu = []kit.Action{{Label: "Withdraw", Icon: "x", Href: requests + "/" + line.ID.String() + "/end", Post: true}}
		}
		l.Rows = append(l.Rows, row)
	}
	if lines.Next != "" {
		l.More = home + "?after=" + url.QueryEscape(lines.Next)
	}
	return l
}

func may(writes bool) string {
	if writes {
		return "Read and change"
	}
	return "Read"
}

// moment is a time as an operator reads it: where they sit is not known, so it names its zone.
func moment(t time.Time) string { return t.UTC().Format("Jan 2, 3:04 PM UTC") }

func chip(l support.Line) kit.Chip {
	switch l.Standing() {
	case support.Standing(support.Asked):
		return kit.Chip{Word: "Waits", Tone: kit.Info, Icon: "clock"}
	case support.Standing(support.Granted):
		return kit.Chip{Word: "Granted", Tone: kit.Good}
	case support.Standing(support.Refused):
		return kit.Chip{Word: "Refused", Tone: kit.Bad}
	case support.Standing(support.Withdrawn):
		return kit.Chip{Word: "Withdrawn", Tone: kit.Calm}
	case support.Lapsed:
		return kit.Chip{Word: "Not answered", Tone: kit.Calm}
	}
	return kit.Chip{Word: "Over", Tone: kit.Calm}
}

// askPage is the form of a request, once the company is found.
type askPage struct {
	support.Company
	Address  string
	Purpose  string
	May      string
	Minutes  string
	Problems kit.Problems
}

func (h *Handlers) askForm(w http.ResponseWriter, r *http.Request) error {
	return h.showAsk(w, r, shell.Page{}, askPage{Address: r.URL.Query().Get("address"), May: "read", Minutes: "60"})
}

// showAsk finds the company first; without one the operator is back where its address is typed.
func (h *Handlers) showAsk(w http.ResponseWriter, r *http.Request, page shell.Page, view askPage) error {
	company, err := h.Support.FindCompany(r.Context(), view.Address)
	if fault.Is(err, fault.Invalid) {
		back := failed(w, "Operators: support requests", fault.As(err))
		return h.showRequests(w, r, back, requestsPage{Address: view.Address, Problems: problemsOf(err, "address")})
	}
	if err != nil {
		return err
	}
	view.Company, page.Title = company, "Operators: ask "+company.Name+" for access"
	return h.Pages.OperatorPage(w, r, page, askView(view))
}

func (h *Handlers) ask(w http.ResponseWriter, r *http.Request) error {
	c, f := caller.Of(r), r.PostForm
	view := askPage{Address: f.Get("address"), Purpose: f.Get("purpose"), May: f.Get("may"), Minutes: f.Get("minutes")}
	minutes, err := strconv.Atoi(view.Minutes)
	if err != nil {
		minutes = 0 // refused with the rest
	}
	in := support.AskInput{Address: view.Address, Purpose: view.Purpose, Writes: view.May == "write", Minutes: minutes}
	_, err = h.Support.Ask(r.Context(), *c.Operator, c.Request, in)
	if fault.Is(err, fault.Invalid) {
		view.Problems = problemsOf(err, "purpose")
		return h.showAsk(w, r, failed(w, "", fault.As(err)), view)
	}
	if err != nil {
		return err
	}
	shell.Notify(w, "The owner was asked, on their pages and by mail.", nil)
	return shell.SeeOther(w, r, home)
}

// requestOf is the request that an address names.
func requestOf(r *http.Request) (id.ID, error) {
	wanted, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return id.Nil, fault.Missing()
	}
	return wanted, nil
}

func (h *Handlers) open(w http.ResponseWriter, r *http.Request) error {
	wanted, err := requestOf(r)
	if err != nil {
		return err
	}
	c := caller.Of(r)
	host, code, err := h.Support.Open(r.Context(), *c.Operator, c.Request, wanted)
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, h.Pages.Site.Of(host, goIn+"?code="+code))
}

func (h *Handlers) leave(w http.ResponseWriter, r *http.Request) error {
	wanted, err := requestOf(r)
	if err != nil {
		return err
	}
	c := caller.Of(r)
	if err := h.Support.Leave(r.Context(), *c.Operator, c.Request, wanted); err != nil {
		return err
	}
	shell.Notify(w, "It is over.", nil)
	return shell.SeeOther(w, r, home)
}

func (h *Handlers) enterForm(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.Plain(w, r, shell.Page{Title: "Go in as support"}, nil, enterView(r.URL.Query().Get("code"), nil))
}

func (h *Handlers) enter(w http.ResponseWriter, r *http.Request) error {
	session, err := h.Support.Enter(r.Context(), caller.Of(r).Actor, r.PostForm.Get("code"))
	if fault.Is(err, fault.Invalid) {
		return h.Pages.Plain(w, r, failed(w, "Go in as support", fault.As(err)), nil, enterView("", problemsOf(err, "code")))
	}
	if err != nil {
		return err
	}
	caller.SetSupport(w, session)
	return shell.SeeOther(w, r, "/customers")
}

// end is the operator's own end of the access, on the company's host.
func (h *Handlers) end(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	if a.Kind != tenancy.Support {
		return fault.New(fault.Unauthenticated, "unauthenticated", "Log in to do this.")
	}
	if err := h.Support.End(r.Context(), a, a.Support.ID); err != nil {
		return err
	}
	caller.EndSession(w)
	http.Redirect(w, r, h.Pages.Site.Apex(home), http.StatusSeeOther)
	return nil
}
