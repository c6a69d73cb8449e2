package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// companyPage is one company as an operator sees it.
type companyPage struct {
	Heading   kit.Heading
	Sentence  string
	Facts     []kit.Fact
	Known     []kit.Fact // as what it is known beside its address
	Why       whyForm
	Meters    []kit.Meter
	Overrides kit.List
	Grant     kit.Action
	Stop      kit.Action
	Payments  []kit.Fact
	Findings  *kit.List // nil: nothing is open
	Paying    []kit.Action
	Price     *kit.Step
	Mail      []kit.Fact
	MailSays  string
	Steps     []stepLine
	Stuck     kit.List
	History   kit.History
}

type stepLine struct {
	Name string
	Chip kit.Chip
	Say  string
}

func (h *Handlers) company(w http.ResponseWriter, r *http.Request) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	events, err := h.Console.Timeline(r.Context(), c)
	if err != nil {
		return err
	}
	e := c.Entitlements()
	view := companyPage{
		Heading:   companyHeading(c, c.Name, stateChip(e.State)),
		Sentence:  console.Sentence(e, c.Standing, c.Zone()),
		Facts:     h.companyFacts(c, e),
		Known:     knownAs(c),
		Why:       whyForm{Action: pathOf(c.ID, "/why"), Thing: string(console.SendQuote)},
		Overrides: overrideList(c),
		Grant:     kit.Action{Label: "Grant something", Href: pathOf(c.ID, "/grant"), Icon: "plus"},
		Stop:      kit.Action{Label: "Stop the company", Href: pathOf(c.ID, "/stop"), Icon: "ban", Danger: true},
		Mail:      mailFacts(c), MailSays: c.Mail.LastError,
		Stuck:   taskList(c.Trouble, c.Now, "", kit.Empty{Heading: "Nothing is stuck", Text: "Every task of this company is done, or waits for its time."}),
		History: history(events, c.Zone(), c.Now),
	}
	view.Heading.Secondary = []kit.Action{{Label: "Ask for access", Href: ask + "?address=" + c.Host, Icon: "lock-open"}}
	view.Heading.Trail = []kit.Link{{Label: "Organizations", Href: companies}}
	if e.Cause == plan.ByHold {
		view.Stop = endOf(c, func(o operator.Overridden) bool { return o.Kind == tenancy.OverrideHold }, "End the stop")
	}
	if len(c.Findings) > 0 {
		l := findingList(c.Findings)
		view.Findings = &l
	}
	view.meters(c, e)
	view.paying(c)
	for _, s := range c.SignUp.Steps(c.Taken, c.Now) {
		view.Steps = append(view.Steps, stepLine{s.Name, stepChip(s.State), stepSays(s)})
	}
	return h.Pages.OperatorPage(w, r, shell.Page{Title: c.Name + ": organization", Back: &kit.Link{Label: "Organizations", Href: companies}}, companyView(view))
}

// companyHeading heads each page of a company.
func companyHeading(c console.Company, title string, state kit.Chip) kit.Heading {
	return kit.Heading{Title: title, State: state, Trail: []kit.Link{{Label: "Organizations", Href: companies}, {Label: c.Name, Href: pathOf(c.ID, "")}}}
}

func (h *Handlers) companyFacts(c console.Company, e plan.Entitlements) []kit.Fact {
	address := kit.Fact{Label: "Address", Value: "None any more"}
	if c.Host != "" {
		address = kit.Fact{Label: "Address", Value: h.Pages.Site.Host(c.Host), Href: h.Pages.Site.Of(c.Host, "/login")}
	}
	return []kit.Fact{
		address,
		{Label: "Plan", Value: planName(e)},
		{Label: "Since", Value: day(c.CreatedAt)},
		{Label: "Last active", Value: momentOf(c.LastActiveAt, "Never")},
		{Label: "People", Value: strconv.FormatInt(c.People, 10), Note: peopleNote(c)},
	}
}

func knownAs(c console.Company) []kit.Fact {
	facts := []kit.Fact{{Label: "Number", Value: c.ID.String()}, {Label: "Time zone", Value: c.TimeZone}}
	for _, f := range c.Former {
		note := "leads nowhere"
		if f.Kind == "forward" && f.Until != nil && f.Until.After(c.Now) {
			note = "leads on until " + day(*f.Until)
		}
		facts = append(facts, kit.Fact{Label: "Before", Value: f.Host, Note: note})
	}
	return facts
}

func peopleNote(c console.Company) string {
	switch {
	case c.SignOnOnly:
		return "Single sign-on only"
	case c.SecondFactorRequired:
		return "Second factor asked for"
	}
	return ""
}

func (v *companyPage) meters(c console.Company, e plan.Entitlements) {
	for _, m := range []plan.Metric{plan.Jobs, plan.Users, plan.Storage, plan.APICalls, plan.Quotes} {
		used, limit := c.Used(m), e.Limit(m)
		meter := kit.Meter{Label: metricLabel(m), Used: used.Used, Limit: max(limit, 0), Words: console.Amounts(m, used.Used, limit)}
		if used.PeriodEnd != nil && used.PeriodEnd.After(c.Now) {
			meter.Resets = "Resets " + used.PeriodEnd.In(c.Zone()).Format("Jan 2")
		}
		v.Meters = append(v.Meters, meter)
	}
}

func metricLabel(m plan.Metric) string {
	return map[plan.Metric]string{plan.Users: "People", plan.Jobs: "Jobs this month", plan.Quotes: "Quotes this month", plan.Storage: "Storage", plan.APICalls: "API calls this month"}[m]
}

func (v *companyPage) paying(c console.Company) {
	if !c.Taken {
		v.Payments = []kit.Fact{{Label: "Payments", Value: "This installation takes none."}}
		return
	}
	if len(c.Customers) == 0 {
		v.Payments = []kit.Fact{{Label: "Customer", Value: "None at Stripe"}}
		v.Paying = []kit.Action{{Label: "Make the customer", Href: pathOf(c.ID, "/payments/customer"), Post: true}}
	}
	for _, customer := range c.Customers {
		note := "Read " + momentOf(customer.ReadAt, "never")
		switch {
		case customer.GoneAt != nil:
			note = "Deleted at Stripe"
		case customer.DeadAt != nil:
			note = "Given up since " + moment(*customer.DeadAt)
		case customer.Dirty:
			note += ", is to be read again"
		}
		v.Payments = append(v.Payments, kit.Fact{Label: "Customer", Value: customer.ID, Note: note})
	}
	for _, s := range c.Subscriptions {
		v.Payments = append(v.Payments, kit.Fact{Label: "Subscription", Value: billing.PlanName(s.Plan) + ": " + strings.ReplaceAll(string(s.Status), "_", " "), Note: s.ID + ", " + periodOf(s)})
	}
	for n, i := range c.Invoices {
		if n < 3 || i.Status == "open" { // the newest few, and every open one
			v.Payments = append(v.Payments, invoiceFact(i))
		}
	}
	for _, d := range c.Disputes {
		v.Payments = append(v.Payments, disputeFact(d))
	}
	if len(c.Customers) > 0 {
		v.Paying = append(v.Paying, kit.Action{Label: "Fetch again", Href: pathOf(c.ID, "/payments/fetch"), Post: true, Icon: "refresh-cw"}, kit.Action{Label: "Compare with Stripe", Href: pathOf(c.ID, "/payments"), Icon: "git-compare"})
	}
	v.price(c)
}

// periodOf is until when a subscription runs, or when it ended.
func periodOf(s console.Subscription) string {
	if s.EndedAt != nil {
		return "ended " + day(*s.EndedAt)
	}
	return "period ends " + day(s.PeriodEnd)
}

func invoiceFact(i console.Invoice) kit.Fact {
	f := kit.Fact{Label: "Invoice", Value: i.TotalCents.String() + ": " + i.Status, Note: i.Number + ", " + day(i.CreatedAt)}
	if i.RefundedCents > 0 {
		f.Note += ", " + i.RefundedCents.String() + " refunded"
	}
	switch {
	case i.Confirm:
		f.Note += ", the bank asks the owner to confirm (3-D Secure)"
	case i.Status == "open" && i.Attempts > 0:
		f.Note += ", declined " + kit.Count(int(i.Attempts), "time", "times")
	}
	return f
}

// outcomes are how disputes read, by the provider's word.
var outcomes = map[billing.DisputeStatus]string{
	billing.DisputeAsks: "waits for evidence", "under_review": "the bank decides", "warning_needs_response": "the bank asks, nothing is taken yet", "warning_under_review": "the bank asks, nothing is taken yet",
	billing.DisputeWon: "won", billing.DisputeLost: "lost", billing.DisputeClosed: "closed, nothing was taken", billing.DisputeAvoided: "prevented",
}

// disputeFact says how much a bank takes back and why, until when it can be answered, and how it ended.
func disputeFact(d console.Dispute) kit.Fact {
	outcome := outcomes[d.Status]
	if outcome == "" {
		outcome = string(d.Status)
	}
	f := kit.Fact{Label: "Dispute", Value: amount(d.AmountCents, d.Currency) + ": " + outcome, Note: d.ID + ", " + strings.ReplaceAll(d.Reason, "_", " ")}
	if d.Invoice != "" {
		f.Note += ", invoice " + d.Invoice
	}
	if !d.Status.Decided() && d.AnswerBy != nil {
		f.Note += ", evidence until " + moment(*d.AnswerBy)
	}
	if d.Status.Decided() && d.TakenCents > 0 && d.TakenCents < d.AmountCents {
		f.Note += ", " + amount(d.TakenCents, d.Currency) + " of it stays with the bank"
	}
	return f
}

// price is what is agreed with a company on Enterprise, or the way to agree it.
func (v *companyPage) price(c console.Company) {
	agree := &kit.Action{Label: "Agree a price", Href: pathOf(c.ID, "/price")}
	switch {
	case c.Price == nil:
		v.Price = &kit.Step{Sentence: "No price of its own: Enterprise has one for each company.", Action: agree}
	case c.Price.Price == "":
		v.Price = &kit.Step{Sentence: c.Price.MonthlyCents.String() + " a month is agreed, and Stripe does not have it yet.", Action: &kit.Action{Label: "Make it at Stripe", Href: pathOf(c.ID, "/price/make"), Post: true}}
	default:
		v.Price = &kit.Step{Sentence: c.Price.MonthlyCents.String() + " a month for Enterprise, agreed by " + c.Price.AgreedBy + " on " + day(c.Price.AgreedAt) + " (" + c.Price.Price + ").", Action: &kit.Action{Label: "Agree another", Href: pathOf(c.ID, "/price")}}
	}
}

func mailFacts(c console.Company) []kit.Fact {
	count := func(label string, n int64, note string) kit.Fact {
		return kit.Fact{Label: label, Value: kit.Figure(n), Figure: true, Note: note}
	}
	held, confirmed := "", "Yes"
	switch {
	case c.Mail.Held == 0:
	case c.Entitlements().Access().Mail < plan.MailCapped:
		held = "until the company may send mail again"
	case !c.OwnerConfirmed:
		held = "until an owner confirms the address"
	default:
		held = "until the bounds of its trial let them go"
	}
	if !c.OwnerConfirmed {
		confirmed = "No: three quotes a day leave, and none after 30 days"
	}
	return []kit.Fact{{Label: "Address confirmed", Value: confirmed}, count("Sent in 30 days", c.Mail.Sent, ""), count("On their way", c.Mail.Waiting, ""), count("Held", c.Mail.Held, held), count("Not delivered", c.Mail.Failing, "")}
}

func stepChip(s console.StepState) kit.Chip {
	switch s {
	case console.Done:
		return kit.Chip{Word: "Done", Tone: kit.Good}
	case console.Stuck:
		return kit.Chip{Word: "Stuck", Tone: kit.Bad}
	case console.Waits:
		return kit.Chip{Word: "Waits", Tone: kit.Info, Icon: "clock"}
	}
	return kit.Chip{Word: "Theirs to do", Tone: kit.Calm}
}

func stepSays(s console.Step) string {
	if s.At != nil {
		return moment(*s.At)
	}
	return s.Say
}

func overrideList(c console.Company) kit.List {
	l := kit.List{
		Name:    "Granted and stopped",
		Columns: []kit.Column{{Label: "What", Priority: 1}, {Label: "State", Priority: 1, Phone: kit.PhoneRight}, {Label: "Reason", Priority: 2, Phone: kit.PhoneSecond}, {Label: "Last day", Priority: 2}, {Label: "By", Priority: 3}},
		Empty:   kit.Empty{Heading: "Nothing beyond the plan", Text: "What is granted has a reason and an end, and the company reads both."},
	}
	for _, o := range c.Overrides {
		until := "for good"
		if o.Until != nil {
			until = o.Until.Add(-time.Second).In(c.Zone()).Format("Jan 2, 2006") // the last day, whole
		}
		state, runs := overrideChip(o, c.Now)
		row := kit.Row{ID: o.ID.String(), Cells: []kit.Cell{{Text: sentence(console.OverrideWords(o.Kind, o.Subject, o.LimitedTo))}, {Chip: state}, {Text: o.Reason}, {Text: until}, {Text: o.GrantedBy, Title: moment(o.GrantedAt)}}}
		if runs {
			row.Menu = []kit.Action{{Label: "End it", Href: pathOf(c.ID, "/overrides/"+o.ID.String()+"/end"), Icon: "x"}}
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

func overrideChip(o operator.Overridden, now time.Time) (c kit.Chip, runs bool) {
	switch {
	case o.EndedAt != nil:
		return kit.Chip{Word: "Ended", Tone: kit.Calm}, false
	case o.Until != nil && !o.Until.After(now):
		return kit.Chip{Word: "Over", Tone: kit.Calm}, false
	case o.Kind == tenancy.OverrideHold:
		return kit.Chip{Word: "Stopped", Tone: kit.Bad, Icon: "ban"}, true
	}
	return kit.Chip{Word: "Holds", Tone: kit.Good}, true
}

// endOf leads to the end of the override that fits and runs.
func endOf(c console.Company, fits func(operator.Overridden) bool, label string) kit.Action {
	n := slices.IndexFunc(c.Overrides, func(o operator.Overridden) bool { return o.EndedAt == nil && fits(o) })
	if n < 0 {
		return kit.Action{}
	}
	return kit.Action{Label: label, Href: pathOf(c.ID, "/overrides/"+c.Overrides[n].ID.String()+"/end"), Icon: "lock-open"}
}

// history is what happened, by day, in the company's time.
func history(events []console.Event, zone *time.Location, now time.Time) (h kit.History) {
	for _, e := range events {
		at := e.At.In(zone)
		name := shell.DayName(at, now.In(zone))
		if len(h.Days) == 0 || h.Days[len(h.Days)-1].Name != name {
			h.Days = append(h.Days, kit.Day{Name: name})
		}
		day := &h.Days[len(h.Days)-1]
		day.Events = append(day.Events, kit.Event{Icon: "circle-dot", Who: e.Who, Did: e.Did, Note: e.Note, When: at.Format("3:04 PM"), Exact: at.Format("Mon, Jan 2, 2006, 3:04:05 PM MST"), Stamp: at.Format(time.RFC3339)})
	}
	return h
}

// overrideOf is the override that an address names.
func overrideOf(c console.Company, r *http.Request) (operator.Overridden, bool) {
	wanted, err := id.Parse(r.PathValue("override"))
	for _, o := range c.Overrides {
		if err == nil && o.ID == wanted {
			return o, true
		}
	}
	return operator.Overridden{}, false
}
