package quotes

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// record is what a quote's page shows.
type record struct {
	quoting.Record
	V       *quoting.Version // the version that is shown
	Form    draftForm        // when V is the draft and may be changed
	Job     *fieldwork.Job
	History kit.History
	Waiting []notify.Waiting // mails of this quote that have not left

	c *caller.Caller
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("version")); err == nil {
		if v.V = v.Version(n); v.V == nil {
			return fault.Missing()
		}
	}
	v.Form = formOf(v.V, v.CostsSeen)
	v.Form.fillRecipients(v.Record)
	return h.Pages.Show(w, r, v.page(), recordPage(v))
}

// read reads the quote and shows its newest version that was not discarded.
func (h *Handlers) read(r *http.Request) (record, error) {
	v := record{c: caller.Of(r)}
	quote, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return v, err
	}
	if v.Record, err = h.Quotes.GetQuote(r.Context(), v.c.Actor, quote); err != nil {
		return v, err
	}
	if v.V = v.Draft(); v.V == nil {
		v.V = v.Version(v.Quote.CurrentN)
	}
	v.History = history(v.c, v.Timeline)
	if v.Acceptance != nil && v.c.Actor.May(tenancy.JobsRead) {
		jobs, err := h.Jobs.ListJobs(r.Context(), v.c.Actor, fieldwork.JobFilter{CustomerID: v.Quote.CustomerID})
		if err != nil {
			return v, err
		}
		for i, j := range jobs.Jobs {
			if j.QuoteID == quote {
				v.Job = &jobs.Jobs[i]
			}
		}
	}
	var mailed []string
	for _, l := range v.Links {
		if l.Kind == "mail" {
			mailed = append(mailed, l.RecipientEmail)
		}
	}
	v.Waiting, err = h.Mails.WaitingFor(r.Context(), v.c.Actor, mailed)
	return v, err
}

// waits says that a mail has not left, why, and what helps.
func (v record) waits(w notify.Waiting) kit.Message {
	at := w.HeldUntil.In(v.c.Actor.Org.Zone()).Format("Mon, Jan 2, 3:04 PM")
	m := kit.Message{Tone: kit.Watch, Text: fmt.Sprintf("The mail to %s waits until %s. %s A link can always be copied and sent by you.", w.Recipient, at, w.HeldFor.Sentence())}
	if !v.c.EmailVerified && (w.HeldFor == notify.Unconfirmed || w.HeldFor == notify.UnconfirmedMonth) {
		m.Action = &kit.Action{Label: "Mail me the link that confirms it", Href: "/confirm/again", Post: true}
	}
	return m
}

func (v record) page() shell.Page { return below("Quote "+v.Quote.Number, "Quotes", "/quotes") }
func (v record) path() string     { return Path(v.Quote.ID) }

// may tells whether this person's permission goes as far as this quote.
func (v record) may(p tenancy.Permission) bool {
	return v.c.Actor.Reaches(p, v.Quote.CreatedBy)
}

// drafting tells that the shown version is the draft, and that this person may write it.
func (v record) drafting() bool { return v.V.Status == quoting.Draft && v.may(tenancy.QuotesWrite) }

// frozen says why nothing can be changed in this company now.
func (v record) frozen() string {
	if err := v.c.Actor.RequireWritable(v.c.Now); err != nil {
		return fault.As(err).Message
	}
	return ""
}

// heading is the head of a version that is not being written.
func (v record) heading() kit.Heading {
	h := kit.Heading{Title: v.title(), State: chip(v.V.Status), Trail: []kit.Link{{Label: "Quotes", Href: "/quotes"}, {Label: v.Quote.CustomerName, Href: "/customers/" + v.Quote.CustomerID.String()}}}
	if v.V.N != v.Quote.CurrentN {
		h.Primary = &kit.Action{Label: "Open the newest version", Href: v.path()}
		return h
	}
	link := kit.Action{Label: "Copy a link", Icon: "link", Href: v.path() + "/link", Post: true, Refused: v.frozen()}
	revise := kit.Action{Label: "Make version " + strconv.Itoa(v.Versions[0].N+1), Icon: "layers", Href: v.path() + "/revise", Post: true, Version: int64(v.Quote.Version), Refused: v.frozen()}
	extend := kit.Action{Label: "Hold the prices longer", Icon: "calendar-check", Href: v.path() + "/extend"}
	accept := kit.Action{Label: "Record an acceptance", Icon: "file-signature", Href: v.path() + "/accept"}
	withdraw := kit.Action{Label: "Withdraw this quote", Icon: "ban", Href: v.path() + "/withdraw", Danger: true}
	switch v.V.Status {
	case quoting.Sent, quoting.Viewed:
		if v.may(tenancy.QuotesSend) {
			h.Primary, h.Menu = &link, []kit.Action{accept, extend, withdraw}
		}
		if v.may(tenancy.QuotesWrite) {
			h.Secondary = []kit.Action{revise}
		}
	case quoting.Expired:
		if v.may(tenancy.QuotesSend) {
			extend.Icon = "calendar-check"
			h.Primary, h.Menu = &extend, []kit.Action{link, withdraw}
		}
		if v.may(tenancy.QuotesWrite) {
			h.Secondary = []kit.Action{revise}
		}
	case quoting.Declined, quoting.Withdrawn:
		if v.may(tenancy.QuotesWrite) {
			h.Primary = &revise
		}
	case quoting.Accepted:
		if v.Job != nil {
			h.Primary = &kit.Action{Label: "Open the job", Icon: "hard-hat", Href: "/jobs/" + v.Job.ID.String()}
		}
		if v.may(tenancy.QuotesSend) {
			h.Menu = []kit.Action{link}
		}
	}
	return h
}

func (v record) title() string {
	if v.V.N == 1 {
		return v.Quote.Number
	}
	return v.Quote.Number + ", version " + strconv.Itoa(v.V.N)
}

// block is the title block.
func (v record) block() []kit.Fact {
	total := v.recommended()
	facts := []kit.Fact{
		{Label: "Customer", Value: v.Quote.CustomerName, Href: "/customers/" + v.Quote.CustomerID.String()},
		{Label: "Property", Value: v.Quote.Place, Href: "/properties/" + v.Quote.PropertyID.String()},
	}
	switch {
	case v.V.Status == quoting.Accepted && v.Acceptance != nil:
		facts = append(facts, kit.Fact{Label: "Signed", Value: moment(v.c, v.Acceptance.AcceptedAt)},
			kit.Fact{Label: "Total, " + v.Acceptance.OptionName, Value: v.Acceptance.TotalCents.String(), Figure: true})
		return facts
	case v.V.ValidUntil != nil:
		facts = append(facts, kit.Fact{Label: "Valid until", Value: lastDay(v.c, *v.V.ValidUntil) + ", midnight"})
	default:
		facts = append(facts, kit.Fact{Label: "Valid for", Value: kit.Count(v.V.Settings.ValidityDays, "day", "days") + " from sending"})
	}
	return append(facts, kit.Fact{Label: "Total, " + total.Name, Value: total.TotalCents.String(), Figure: true})
}

func (v record) recommended() *quoting.Option {
	for i := range v.V.Options {
		if v.V.Options[i].Tier == v.V.Settings.Recommended {
			return &v.V.Options[i]
		}
	}
	return &v.V.Options[0]
}

// nextStep is one sentence and one button.
func (v record) nextStep() kit.Step {
	switch v.V.Status {
	case quoting.Draft:
		return v.draftStep()
	case quoting.Sent:
		return kit.Step{Sentence: "Sent " + day(v.c, *v.V.SentAt) + ", not opened yet."}
	case quoting.Viewed:
		return kit.Step{Sentence: fmt.Sprintf("Sent %s, opened %s, last %s. Call %s.", day(v.c, *v.V.SentAt), times(v.V.ViewCount), moment(v.c, *v.V.LastViewedAt), v.Quote.CustomerName),
			Action: &kit.Action{Label: "Open " + v.Quote.CustomerName, Href: "/customers/" + v.Quote.CustomerID.String()}}
	case quoting.Expired:
		return kit.Step{Sentence: "The prices ended on " + lastDay(v.c, *v.V.ValidUntil) + ". Hold them open, or make a new version with the prices of today."}
	case quoting.Accepted:
		return v.acceptedStep()
	case quoting.Declined:
		s := "Declined " + day(v.c, *v.V.DeclinedAt) + "."
		if v.V.DeclineReason != "" {
			s += " " + v.V.DeclineReason
		}
		return kit.Step{Sentence: s}
	case quoting.Replaced:
		return kit.Step{Sentence: fmt.Sprintf("Version %d replaced this one %s.", *v.V.ReplacedByN, day(v.c, *v.V.ReplacedAt))}
	case quoting.Withdrawn:
		return kit.Step{Sentence: "Withdrawn " + day(v.c, *v.V.WithdrawnAt) + ". Its links say so, and nobody can sign it."}
	}
	return kit.Step{Sentence: "This draft was discarded."}
}

func (v record) acceptedStep() kit.Step {
	a := v.Acceptance
	if a == nil {
		return kit.Step{Sentence: "Accepted."}
	}
	how := "Signed by " + a.SignerName
	if a.Role == "staff" {
		how = a.RecordedName + " recorded that " + a.SignerName + " accepted: " + strings.TrimSuffix(a.Note, ".")
	}
	s := kit.Step{Sentence: fmt.Sprintf("%s. %s, %s; %s due as deposit.", how, a.OptionName, a.TotalCents, a.DepositCents)}
	if a.DepositCents == 0 {
		s.Sentence = fmt.Sprintf("%s. %s, %s.", how, a.OptionName, a.TotalCents)
	}
	if href := v.paperPath(a.N, "signed"); href != "" {
		s.Action = &kit.Action{Label: "Signed PDF", Icon: "download", Href: href}
	}
	return s
}

func (v record) draftStep() kit.Step {
	if v.SketchVersion != v.V.SketchVersion {
		return kit.Step{Sentence: "The sketch changed after this draft was priced.",
			Action: &kit.Action{Label: "Take the sketch as it is now", Icon: "refresh-cw", Href: v.path() + "/reprice", Post: true, Version: int64(v.Quote.Version)}}
	}
	if open := quoting.Unanswered(v.Checks, v.V.Answers); len(open) > 0 {
		return kit.Step{Sentence: upper(kit.Count(len(open), "check", "checks")) + " to fix or answer before this quote can be sent.",
			Action: &kit.Action{Label: "See the checks", Href: "#checks"}}
	}
	if held := v.held(); held != nil {
		return kit.Step{Sentence: fmt.Sprintf("%s has version %d until this one is sent.", v.Quote.CustomerName, held.N),
			Action: &kit.Action{Label: "Open version " + strconv.Itoa(held.N), Href: v.path() + "?version=" + strconv.Itoa(held.N)}}
	}
	if v.CustomerEmail == "" {
		return kit.Step{Sentence: "Ready to send. There is no e-mail of " + v.Quote.CustomerName + " yet: type one below, or copy a link."}
	}
	return kit.Step{Sentence: "Ready to send to " + v.CustomerEmail + "."}
}

// held is the version that the customer has while a draft is written.
func (v record) held() *quoting.Version {
	for i := range v.Versions {
		if s := v.Versions[i].Status; s == quoting.Sent || s == quoting.Viewed || s == quoting.Expired {
			return &v.Versions[i]
		}
	}
	return nil
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return kit.Count(n, "time", "times")
}

// paperPath is the address of a stored paper; empty when there is none.
func (v record) paperPath(n int, kind string) string {
	for _, d := range v.Documents {
		if d.N == n && d.Kind == kind {
			return fmt.Sprintf("%s/versions/%d/%s.pdf", v.path(), n, kind)
		}
	}
	return ""
}

// svg is the drawing as the audience sees it.
func (v record) svg(to drawing.Audience) (string, error) {
	plan, err := v.V.Plan(nil)
	if err != nil {
		return "", err
	}
	return drawing.Draw(plan, drawing.Sheet{Audience: to, Width: 640, Height: 320}).SVG(), nil
}

func (v record) words() string {
	plan, err := v.V.Plan(nil)
	if err != nil {
		return ""
	}
	return plan.Words()
}
