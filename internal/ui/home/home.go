// Package home is the owner's first page: what waits, what is new, and for a new company the first steps.
//
// Owns: this page and the words of the first steps. Does not own: quotes and jobs (their areas), reports, how far a
// company has come (onboarding).
package home

import (
	"net/http"
	"strings"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer the first page.
type Handlers struct {
	Pages    *shell.Pages
	Quotes   *quoting.Service
	Jobs     *fieldwork.Service
	Company  *onboarding.Service
	Payments *payment.Service
}

// Routes lists the page.
func (h *Handlers) Routes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET /{$}", Needs: tenancy.OwnAccount, Serve: h.show},
		{Pattern: "POST /first-steps/hide", Needs: tenancy.SettingsWrite, Serve: h.hideSteps},
		{Pattern: "POST /first-steps/show", Needs: tenancy.SettingsWrite, Serve: h.showSteps},
		{Pattern: "POST /sample-data", Needs: tenancy.SettingsWrite, Serve: h.addSample},
		{Pattern: "POST /sample-data/remove", Needs: tenancy.SettingsWrite, Serve: h.removeSample},
	}
}

// view is what the page shows.
type view struct {
	Company  string
	New      kit.Action
	Waiting  []line
	Drafts   []line
	Jobs     []line
	Open     string // what the quotes that wait for an answer add up to
	Steps    []step
	Facts    onboarding.FirstSteps
	NoQuotes bool

	Hide, Bring, Add, Remove kit.Action
}

// line is a quote or job.
type line struct {
	Label, Href, Who, When, Figure string
}

// most is how many lines of a kind the page shows.
const most = 5

func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	c := caller.Of(r)
	if first := shell.FirstPage(c.Actor); first != "/" {
		return shell.SeeOther(w, r, first)
	}
	v, err := h.read(r, c)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, shell.Page{Title: "Home", Area: shell.AreaHome}, homePage(v))
}

func (h *Handlers) read(r *http.Request, c *caller.Caller) (view, error) {
	v := view{Company: c.Actor.Org.Name, New: shell.Writes(c, kit.Action{Label: "New quote", Icon: "plus", Href: "/quotes/new"}),
		Hide: shell.Writes(c, hide), Bring: shell.Writes(c, bring), Add: shell.Writes(c, add), Remove: shell.Writes(c, remove)}
	waiting, err := h.Quotes.ListQuotes(r.Context(), c.Actor, quoting.QuoteFilter{Shelf: quoting.ShelfWaiting})
	if err != nil {
		return v, err
	}
	drafts, err := h.Quotes.ListQuotes(r.Context(), c.Actor, quoting.QuoteFilter{Shelf: quoting.ShelfDrafts, Limit: most})
	if err != nil {
		return v, err
	}
	jobs, err := h.Jobs.ListJobs(r.Context(), c.Actor, fieldwork.JobFilter{Limit: most})
	if err != nil {
		return v, err
	}
	var open money.Cents
	for i, q := range waiting.Quotes {
		open += q.TotalCents
		if i < most {
			v.Waiting = append(v.Waiting, quoteLine(c, q))
		}
	}
	if len(waiting.Quotes) > 0 {
		v.Open = kit.Count(len(waiting.Quotes), "quote waits", "quotes wait") + " for an answer: " + open.Dollars()
		if waiting.Next != "" {
			v.Open = "More than " + kit.Figure(int64(len(waiting.Quotes))) + " quotes wait for an answer"
		}
	}
	for _, q := range drafts.Quotes {
		v.Drafts = append(v.Drafts, quoteLine(c, q))
	}
	for _, j := range jobs.Jobs {
		v.Jobs = append(v.Jobs, line{Label: j.Number + " · " + j.Place, Href: "/jobs/" + j.ID.String(), Who: j.CustomerName,
			When: shell.DayName(j.SoldAt.In(c.Actor.Org.Zone()), c.Now.In(c.Actor.Org.Zone())), Figure: j.ContractCents.Dollars()})
	}
	v.NoQuotes = len(waiting.Quotes)+len(drafts.Quotes)+len(jobs.Jobs) == 0
	if c.Actor.May(tenancy.SettingsRead) && c.Actor.May(tenancy.SettingsWrite) {
		if v.Facts, err = h.Company.FirstSteps(r.Context(), c.Actor); err != nil {
			return v, err
		}
		v.Steps = steps(c, v.Facts, h.Payments.Accounts != nil)
	}
	return v, nil
}

// inSentence is the name of a day after a word: "sent today".
func inSentence(day string) string {
	if day == "Today" || day == "Yesterday" {
		return strings.ToLower(day)
	}
	return day
}

func quoteLine(c *caller.Caller, q quoting.Quote) line {
	zone := c.Actor.Org.Zone()
	at, deed := q.CreatedAt, "written "
	if q.SentAt != nil {
		at, deed = *q.SentAt, "sent "
	}
	return line{Label: q.Number + " · " + q.Place, Href: "/quotes/" + q.ID.String(), Who: q.CustomerName,
		When: deed + inSentence(shell.DayName(at.In(zone), c.Now.In(zone))), Figure: q.TotalCents.Dollars()}
}
