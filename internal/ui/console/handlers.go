package console

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer operators.
type Handlers struct {
	Pages     *shell.Pages
	Console   *console.Service
	Operators *operator.Service
}

// Where the pages are.
const (
	companies = shell.OperatorHome
	signUps   = caller.OperatorPath + "/sign-ups"
	work      = caller.OperatorPath + "/work"
	inbox     = caller.OperatorPath + "/payments"
	findings  = caller.OperatorPath + "/findings"
	health    = caller.OperatorPath + "/health"
	notice    = caller.OperatorPath + "/notice"
	operators = caller.OperatorPath + "/log"
	ask       = caller.OperatorPath + "/ask"
)

// pathOf is a company's page, or a page below it.
func pathOf(org id.ID, below string) string { return companies + "/" + org.String() + below }

// Apex lists the pages, all of the platform's own host.
func (h *Handlers) Apex() []shell.Route {
	one := companies + "/{id}"
	routes := []shell.Route{
		{Pattern: "GET " + companies, Serve: h.list},
		{Pattern: "GET " + one, Serve: h.company},
		{Pattern: "GET " + one + "/why", Serve: h.why},
		{Pattern: "GET " + one + "/grant", Serve: h.grantForm},
		{Pattern: "POST " + one + "/grant", Serve: h.grant},
		{Pattern: "GET " + one + "/stop", Serve: h.stopForm},
		{Pattern: "POST " + one + "/stop", Serve: h.stop},
		{Pattern: "GET " + one + "/overrides/{override}/end", Serve: h.endForm},
		{Pattern: "POST " + one + "/overrides/{override}/end", Serve: h.end},
		{Pattern: "GET " + one + "/price", Serve: h.priceForm},
		{Pattern: "POST " + one + "/price", Serve: h.agree},
		{Pattern: "POST " + one + "/price/make", Serve: h.makePrice},
		{Pattern: "GET " + one + "/payments", Serve: h.payments},
		{Pattern: "POST " + one + "/payments/fetch", Serve: h.fetch},
		{Pattern: "POST " + one + "/payments/customer", Serve: h.makeCustomer},
		{Pattern: "GET " + signUps, Serve: h.signUps},
		{Pattern: "GET " + work, Serve: h.work},
		{Pattern: "POST " + work + "/{task}/again", Serve: h.again},
		{Pattern: "POST " + work + "/again", Serve: h.allAgain},
		{Pattern: "GET " + inbox, Serve: h.inbox},
		{Pattern: "POST " + inbox + "/{hint}/replay", Serve: h.replay},
		{Pattern: "GET " + findings, Serve: h.findings},
		{Pattern: "GET " + findings + "/{kind}/{about}/settle", Serve: h.findingForm},
		{Pattern: "POST " + findings + "/{kind}/{about}/settle", Serve: h.settle},
		{Pattern: "GET " + health, Serve: h.health},
		{Pattern: "GET " + notice, Serve: h.noticeForm},
		{Pattern: "POST " + notice, Serve: h.announce},
		{Pattern: "POST " + notice + "/end", Serve: h.endNotice},
		{Pattern: "GET " + operators, Serve: h.log},
	}
	for i := range routes {
		routes[i].Operator = true
	}
	return routes
}

// by is the operator who sent the form.
func by(r *http.Request) operator.Doer {
	c := caller.Of(r)
	return c.Operator.Doer(c.Request.IdempotencyKey)
}

// the reads the company that an address names.
func (h *Handlers) the(r *http.Request) (console.Company, error) {
	org, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return console.Company{}, fault.Missing()
	}
	return h.Console.Company(r.Context(), org)
}

// failed is a page whose form came back.
func failed(w http.ResponseWriter, p shell.Page, err error) shell.Page {
	f := fault.As(err)
	httpx.RetryAfter(w.Header(), f)
	p.Problem, p.Status = true, httpx.Status(f)
	return p
}

// problemsOf are the fields of a fault, or its sentence beside the field where it belongs.
func problemsOf(err error, field string) kit.Problems {
	if f := fault.As(err); len(f.Fields) > 0 {
		return f.Fields
	}
	return kit.Problems{{Pointer: "/" + field, Message: fault.As(err).Message}}
}

// comesBack tells whether a refused form is shown once more, with what is wrong.
func comesBack(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Unavailable)
}

// done tells what was done on the page that follows.
func done(w http.ResponseWriter, r *http.Request, path, said string) error {
	shell.Notify(w, said, nil)
	return shell.SeeOther(w, r, path)
}

// day and moment are times as operators read them, who sit anywhere.
func day(t time.Time) string    { return t.UTC().Format("Jan 2, 2006") }
func moment(t time.Time) string { return t.UTC().Format("Jan 2, 2006, 3:04 PM UTC") }

func momentOf(t *time.Time, none string) string {
	if t == nil {
		return none
	}
	return moment(*t)
}

// ago is how long something is past.
func ago(t, now time.Time) string {
	switch d := now.Sub(t); {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min ago"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + " h ago"
	default:
		return strconv.Itoa(int(d.Hours()/24)) + " days ago"
	}
}

// stateChip is a plan's state as a chip.
func stateChip(s plan.State) kit.Chip {
	c := kit.Chip{Word: console.StateWord(s)}
	switch s {
	case plan.Active:
		c.Tone = kit.Good
	case plan.Trialing:
		c.Tone, c.Icon = kit.Info, "clock"
	case plan.PastDue, plan.Restricted, plan.Canceled:
		c.Tone = kit.Watch
	case plan.Suspended:
		c.Tone, c.Icon = kit.Bad, "ban"
	default:
		c.Tone = kit.Calm
	}
	return c
}

func planName(e plan.Entitlements) string {
	if e.State == plan.Trialing && e.Cause == plan.ByTrial {
		return e.Plan.Name + ", trial"
	}
	return e.Plan.Name
}

func (h *Handlers) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	found, err := h.Console.Find(r.Context(), q.Get("q"), q.Get("after"))
	if err != nil {
		return err
	}
	view := listPage{List: companyList(found, q.Get("q"), h.Pages.Site.Host)}
	if q.Get("q") == "" {
		n, err := h.Console.Count(r.Context())
		if err != nil {
			return err
		}
		view.Total = kit.Total(int(n))
	}
	return h.Pages.OperatorPage(w, r, shell.Page{Title: "Organizations", Wide: true}, listView(view))
}

type listPage struct {
	Total string
	List  kit.List
}

func companyList(found console.Summaries, typed string, host func(string) string) kit.List {
	l := kit.List{
		Name:   "Organizations",
		Filter: &kit.Filter{Action: companies, Query: typed, Label: "Name, address, e-mail or number"},
		Columns: []kit.Column{{Label: "Company", Priority: 1}, {Label: "State", Priority: 1, Phone: kit.PhoneRight}, {Label: "Plan", Priority: 2, Phone: kit.PhoneSecond},
			{Label: "Address", Priority: 3}, {Label: "Since", Priority: 3}, {Label: "Last active", Priority: 4}},
		Empty: kit.Empty{Heading: "No company fits", Text: "A name or address may be typed in part; an e-mail and numbers whole."},
	}
	if typed == "" {
		l.Empty = kit.Empty{Heading: "No companies yet", Text: "Whoever signs up stands here."}
	}
	for _, s := range found.Summaries {
		e := s.Entitlements()
		active := "never"
		if s.LastActiveAt != nil {
			active = ago(*s.LastActiveAt, s.Now)
		}
		l.Rows = append(l.Rows, kit.Row{ID: s.ID.String(), Href: pathOf(s.ID, ""), Cells: []kit.Cell{
			{Text: s.Name}, {Chip: stateChip(e.State)}, {Text: planName(e)}, {Text: s.Host, Title: host(s.Host)}, {Text: day(s.CreatedAt), Title: moment(s.CreatedAt)}, {Text: active},
		}})
	}
	if found.Next != "" {
		l.More = companies + "?after=" + url.QueryEscape(found.Next)
		if typed != "" {
			l.More += "&q=" + url.QueryEscape(typed)
		}
	}
	return l
}
