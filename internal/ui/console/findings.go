package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// settlePath is the form of one finding.
func settlePath(f console.Finding) string {
	return findings + "/" + string(f.Kind) + "/" + url.PathEscape(f.About) + "/settle"
}

func (h *Handlers) findings(w http.ResponseWriter, r *http.Request) error {
	ended := r.URL.Query().Get("view") == "ended"
	found, err := h.Console.Findings(r.Context(), ended)
	if err != nil {
		return err
	}
	l := findingList(found)
	l.Views = []kit.Tab{{Label: "Open", Href: findings, Current: !ended}, {Label: "Ended", Href: findings + "?view=ended", Current: ended}}
	if ended {
		l.Empty = kit.Empty{Heading: "Nothing has ended yet", Text: "What was dealt with stands here, with who did it and how."}
	}
	return h.Pages.OperatorPage(w, r, shell.Page{Title: "Findings", Wide: true}, listedView(listedPage{Heading: kit.Heading{Title: "Findings"}, List: l}))
}

// findingList lists findings, with what to do about each that is open, or what was done.
func findingList(found []console.Finding) kit.List {
	l := kit.List{Name: "Findings", Empty: kit.Empty{Heading: "Nothing is open", Text: "What only a person can put right about a company's payments stands here."},
		Columns: []kit.Column{{Label: "What", Priority: 1}, {Label: "Amount", Priority: 2, Figure: true, Phone: kit.PhoneRight}, {Label: "Company", Priority: 1, Phone: kit.PhoneSecond},
			{Label: "What to do", Priority: 2}, {Label: "Found", Priority: 3, Phone: kit.PhoneSecond}}}
	for _, f := range found {
		what, do := f.Words()
		row := kit.Row{ID: string(f.Kind) + "-" + f.About, Href: settlePath(f)}
		company := f.Company
		if f.OrgID == nil {
			company = "Nobody's: " + f.CustomerID
		} else {
			row.Menu = []kit.Action{{Label: "The company", Icon: "building-2", Href: pathOf(*f.OrgID, "")}}
		}
		if f.SettledAt != nil {
			do = f.Note + " (" + *f.SettledBy + ", " + day(*f.SettledAt) + ")"
		}
		row.Cells = []kit.Cell{{Text: what, Title: f.About}, {Text: amount(f.Amount, f.Currency)}, {Text: company}, {Text: do}, {Text: ago(f.FoundAt, f.Now), Title: moment(f.FoundAt)}}
		l.Rows = append(l.Rows, row)
	}
	return l
}

// decimals are those of currencies that have not two.
var decimals = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "JPY": 0, "KMF": 0, "KRW": 0, "MGA": 0, "PYG": 0, "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3,
}

// amount is money in any currency, from its smallest unit.
func amount(units int64, currency string) string {
	if currency == "USD" {
		return money.Cents(units).String()
	}
	places, special := decimals[currency]
	switch {
	case !special:
		places = 2
	case places == 0:
		return fmt.Sprintf("%d %s", units, currency)
	}
	digits := fmt.Sprintf("%0*d", places+1, units)
	return digits[:len(digits)-places] + "." + digits[len(digits)-places:] + " " + currency
}

// findingPage is one finding: what it is, what to do, and the form with which it ends.
type findingPage struct {
	Heading      kit.Heading
	Facts        []kit.Fact
	Do           string
	Done         string // who dealt with it and how; empty: it is open
	Action, Back string
	Note         string
	Problems     kit.Problems
}

func (h *Handlers) finding(r *http.Request) (console.Finding, error) {
	return h.Console.Finding(r.Context(), console.FindingKind(r.PathValue("kind")), r.PathValue("about"))
}

func (h *Handlers) findingForm(w http.ResponseWriter, r *http.Request) error {
	f, err := h.finding(r)
	if err != nil {
		return err
	}
	return h.showFinding(w, r, f, "", nil)
}

func (h *Handlers) showFinding(w http.ResponseWriter, r *http.Request, f console.Finding, note string, wrong error) error {
	what, do := f.Words()
	view := findingPage{Heading: kit.Heading{Title: what, Trail: []kit.Link{{Label: "Findings", Href: findings}}}, Do: do, Action: settlePath(f), Back: findings, Note: note}
	company := kit.Fact{Label: "Company", Value: "Nobody's"}
	if f.OrgID != nil {
		company = kit.Fact{Label: "Company", Value: f.Company, Href: pathOf(*f.OrgID, "")}
	}
	view.Facts = []kit.Fact{company, {Label: "Amount", Value: amount(f.Amount, f.Currency), Figure: true}, {Label: "At Stripe", Value: f.About, Note: f.CustomerID}, {Label: "Found", Value: moment(f.FoundAt)}}
	view.Heading.State = kit.Chip{Word: "Open", Tone: kit.Watch}
	if f.SettledAt != nil {
		view.Heading.State = kit.Chip{Word: "Ended", Tone: kit.Calm}
		view.Done = "Dealt with by " + *f.SettledBy + " on " + moment(*f.SettledAt) + ": " + strings.TrimSuffix(f.Note, ".") + "."
	}
	page := shell.Page{Title: "Finding: " + what, Back: &kit.Link{Label: "Findings", Href: findings}}
	if wrong != nil {
		page, view.Problems = failed(w, page, wrong), problemsOf(wrong, "note")
	}
	return h.Pages.OperatorPage(w, r, page, findingView(view))
}

func (h *Handlers) settle(w http.ResponseWriter, r *http.Request) error {
	f, err := h.finding(r)
	if err != nil {
		return err
	}
	note := r.PostForm.Get("note")
	err = h.Console.Settle(r.Context(), console.SettleInput{Kind: f.Kind, About: f.About, Note: note, By: by(r)})
	if comesBack(err) {
		return h.showFinding(w, r, f, note, err)
	}
	if err != nil {
		return err
	}
	return done(w, r, findings, "It is dealt with, and stands in the log.")
}
