package jobs

import (
	"net/http"
	"net/url"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer the pages of jobs.
type Handlers struct {
	Pages    *shell.Pages
	Jobs     *fieldwork.Service
	Quotes   *quoting.Service
	Payments *payment.Service
}

// Routes lists the pages.
func (h *Handlers) Routes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET /jobs", Needs: tenancy.JobsRead, Serve: h.list},
		{Pattern: "GET /jobs/{id}", Needs: tenancy.JobsRead, Serve: h.show},
		{Pattern: "POST /jobs/{id}/photos", Needs: tenancy.FilesAdd, Serve: h.addPhotos},
		{Pattern: "POST /photos/{id}", Needs: tenancy.FilesAdd, Serve: h.describePhoto},
		{Pattern: "POST /photos/{id}/remove", Needs: tenancy.FilesRemove, Serve: h.removePhoto},
		{Pattern: "POST /photos/{id}/restore", Needs: tenancy.FilesRemove, Serve: h.restorePhoto},
		{Pattern: "POST /jobs/release", Needs: tenancy.SettingsWrite, Serve: h.release},
	}
}

// Path is the address of a job.
func Path(job id.ID) string { return "/jobs/" + job.String() }

func (h *Handlers) list(w http.ResponseWriter, r *http.Request) error {
	c, q := caller.Of(r), r.URL.Query()
	f := fieldwork.JobFilter{WaitingOnly: q.Get("view") == "waiting", After: q.Get("after")}
	p, err := h.Jobs.ListJobs(r.Context(), c.Actor, f)
	if fault.Is(err, fault.Invalid) {
		return shell.SeeOther(w, r, "/jobs") // an old cursor
	}
	if err != nil {
		return err
	}
	view := shell.Page{Title: "Jobs", Area: shell.AreaJobs, Wide: true}
	return h.Pages.Show(w, r, view, listPage(listOf(c, f, p)))
}

func listOf(c *caller.Caller, f fieldwork.JobFilter, p fieldwork.JobPage) kit.List {
	l := kit.List{
		Name:  "Jobs",
		Views: []kit.Tab{{Label: "All", Href: "/jobs", Current: !f.WaitingOnly}, {Label: "Waiting", Href: "/jobs?view=waiting", Current: f.WaitingOnly}},
		Columns: []kit.Column{{Label: "Customer", Priority: 1}, {Label: "State", Priority: 1, Phone: kit.PhoneSecond}, {Label: "Property", Priority: 2, Phone: kit.PhoneSecond},
			{Label: "Sold", Priority: 3}, {Label: "Number", Priority: 3, Phone: kit.PhoneSecond}},
		Empty: kit.Empty{Heading: "No jobs yet", Text: "An accepted quote becomes a job."},
	}
	prices := c.Actor.May(tenancy.QuotesRead)
	if prices {
		l.Columns = append(l.Columns, kit.Column{Label: "Contract", Priority: 2, Figure: true, Phone: kit.PhoneRight})
	}
	if f.WaitingOnly {
		l.Empty = kit.Empty{Heading: "Nothing waits", Text: "Every job may be scheduled."}
	}
	zone := c.Actor.Org.Zone()
	for _, j := range p.Jobs {
		row := kit.Row{ID: j.ID.String(), Href: Path(j.ID), Cells: []kit.Cell{
			{Text: j.CustomerName}, {Chip: Chip(j)}, {Text: j.Place},
			{Text: shell.DayName(j.SoldAt.In(zone), c.Now.In(zone)), Title: j.SoldAt.In(zone).Format("Mon, Jan 2, 2006, 3:04 PM MST")}, {Text: j.Number},
		}}
		if prices {
			row.Cells = append(row.Cells, kit.MoneyCell(j.ContractCents))
		}
		l.Rows = append(l.Rows, row)
	}
	if p.Next != "" {
		next := url.Values{"after": {p.Next}}
		if f.WaitingOnly {
			next.Set("view", "waiting")
		}
		l.More = "/jobs?" + next.Encode()
	}
	return l
}

// Chip is how a job's state reads.
func Chip(j fieldwork.Job) kit.Chip {
	if j.Waiting != nil {
		return kit.Chip{Word: "Waiting", Tone: kit.Watch, Icon: "clock"}
	}
	return kit.Chip{Word: "Sold", Tone: kit.Good, Icon: "hard-hat"}
}

// record is what a job's page shows.
type record struct {
	fieldwork.Record
	Quote   *quoting.Record // nil for who may not read quotes
	Ledger  *payment.Ledger // nil for who may not read payments
	History kit.History

	c    *caller.Caller
	sent sent
}

// sent is what somebody sent and is shown again, with what is wrong with it.
type sent struct {
	problems kit.Problems
	photo    id.ID // whose caption it is; Nil: photos that were to be added
	version  int
	caption  string
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	job, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showJob(w, r, job, sent{})
}

// showJob shows a job, with what is wrong with what was sent to it.
func (h *Handlers) showJob(w http.ResponseWriter, r *http.Request, job id.ID, s sent) (err error) {
	v := record{c: caller.Of(r), sent: s}
	a := v.c.Actor
	if v.Record, err = h.Jobs.GetJob(r.Context(), a, job); err != nil {
		return err
	}
	if a.May(tenancy.QuotesRead) {
		q, err := h.Quotes.GetQuote(r.Context(), a, v.Job.QuoteID)
		if err != nil {
			return err
		}
		v.Quote = &q
	}
	if a.May(tenancy.PaymentsRead) {
		l, err := h.Payments.GetLedger(r.Context(), a, v.Job.AcceptanceID)
		if err != nil {
			return err
		}
		v.Ledger = &l
	}
	v.History = shell.Timeline(a, v.c.Now, v.Timeline, deeds, nil)
	p := shell.Page{Title: "Job " + v.Job.Number, Area: shell.AreaJobs, Back: &kit.Link{Label: "Jobs", Href: "/jobs"}}
	if len(s.problems) > 0 {
		p.Problem, p.Status = true, http.StatusUnprocessableEntity
	}
	return h.Pages.Show(w, r, p, recordPage(v))
}

// release lets waiting jobs go as far as the plan has room.
func (h *Handlers) release(w http.ResponseWriter, r *http.Request) error {
	out, err := h.Jobs.ReleaseWaiting(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return err
	}
	said := kit.Count(out.Released, "job", "jobs") + " released"
	if out.Waiting > 0 {
		said += ", " + kit.Count(out.Waiting, "waits", "wait") + " for room in the plan"
	}
	shell.Notify(w, said+".", nil)
	return shell.SeeOther(w, r, "/jobs")
}

var deeds = map[string]shell.Deed{
	"job.opened":   {Did: "opened this job for the signed quote", Icon: "hard-hat"},
	"job.released": {Did: "released this job", Icon: "lock-open"},

	"file.added":     {Did: "added a photo", Icon: "camera"},
	"file.described": {Did: "changed what a photo shows", Icon: "pencil"},
	"file.removed":   {Did: "removed a photo", Icon: "trash-2"},
	"file.restored":  {Did: "brought a photo back", Icon: "undo-2"},
}

func (v record) heading() kit.Heading {
	h := kit.Heading{Title: v.Job.Number, State: Chip(v.Job), Trail: []kit.Link{{Label: "Jobs", Href: "/jobs"}}}
	if v.Quote != nil {
		h.Secondary = []kit.Action{{Label: "Quote " + v.Job.QuoteNumber, Icon: "file-text", Href: "/quotes/" + v.Job.QuoteID.String()}}
	}
	if v.signedPath() != "" {
		h.Primary = &kit.Action{Label: "Signed PDF", Icon: "download", Href: v.signedPath()}
	}
	return h
}

func (v record) block() []kit.Fact {
	zone := v.c.Actor.Org.Zone()
	facts := []kit.Fact{{Label: "Customer", Value: v.Job.CustomerName}, {Label: "Property", Value: v.Job.Place},
		{Label: "Sold", Value: shell.DayName(v.Job.SoldAt.In(zone), v.c.Now.In(zone))}}
	if v.c.Actor.May(tenancy.CustomersRead) {
		facts[0].Href, facts[1].Href = "/customers/"+v.Job.CustomerID.String(), "/properties/"+v.Job.PropertyID.String()
	}
	if v.Quote != nil {
		facts = append(facts, kit.Fact{Label: "Contract", Value: v.Job.ContractCents.String(), Figure: true})
	}
	if v.Ledger != nil {
		facts = append(facts, kit.Fact{Label: "Paid", Value: v.Ledger.ReceivedCents.String(), Figure: true})
	}
	return facts
}

func (v record) nextStep() kit.Step {
	if v.Job.Waiting == nil {
		return kit.Step{Sentence: "Sold and ready to be planned. Call 811 to have utilities marked before anybody digs."}
	}
	s := kit.Step{Sentence: "Waiting: your plan has no room for more jobs this month. An owner or admin can change the plan; the job is kept, and goes on then."}
	if *v.Job.Waiting == fieldwork.ReadOnly {
		s.Sentence = "Waiting: your company was read-only when this was signed. Once it has a plan, the job goes on."
	}
	if v.c.Actor.May(tenancy.SettingsWrite) {
		s.Action = &kit.Action{Label: "Release what has room", Icon: "lock-open", Href: "/jobs/release", Post: true}
		if err := v.c.Actor.RequireWritable(v.c.Now); err != nil {
			s.Action.Refused = fault.As(err).Message
		}
	}
	return s
}

// version is what was signed.
func (v record) version() *quoting.Version {
	if v.Quote == nil || v.Quote.Acceptance == nil {
		return nil
	}
	return v.Quote.Version(v.Quote.Acceptance.N)
}

func (v record) signedPath() string {
	if v.Quote == nil || v.Quote.Acceptance == nil {
		return ""
	}
	for _, d := range v.Quote.Documents {
		if d.Kind == "signed" && d.N == v.Quote.Acceptance.N {
			return "/quotes/" + v.Job.QuoteID.String() + "/versions/" + kit.Figure(int64(d.N)) + "/signed.pdf"
		}
	}
	return ""
}

// picture is the drawing that was signed, and the same in words.
func (v record) picture() (svg, words string, err error) {
	signed := v.version()
	if signed == nil {
		return "", "", nil
	}
	plan, err := signed.Plan(nil)
	if err != nil {
		return "", "", err
	}
	return drawing.Draw(plan, drawing.Sheet{Audience: drawing.ForOffice, Width: 640, Height: 320}).SVG(), plan.Words(), nil
}

func (v record) promise() []kit.Fact {
	if v.Quote == nil || v.Quote.Acceptance == nil {
		return nil
	}
	a := v.Quote.Acceptance
	how := "signed by " + a.SignerName
	if a.Role == "staff" {
		how = "recorded by " + a.RecordedName + ": " + a.Note
	}
	return []kit.Fact{
		{Label: "Tier", Value: a.OptionName, Note: how},
		{Label: "Contract", Value: a.TotalCents.String(), Figure: true},
		{Label: "Deposit", Value: a.DepositCents.String(), Figure: true},
	}
}
