package quotes

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// deed is something done to a quote that asks a question first, on a page of its own.
type deed string

const (
	discard  deed = "discard"
	withdraw deed = "withdraw"
	extend   deed = "extend"
	accept   deed = "accept"
)

// asking is what the page of a deed shows.
type asking struct {
	record
	Deed     deed
	Fields   url.Values
	Problems kit.Problems
}

type question struct{ title, text, submit, done string }

var questions = map[deed]question{
	discard:  {"Discard this draft?", "What was written in it is gone. The number of the quote is not used again.", "Discard the draft", "The draft is discarded."},
	withdraw: {"Withdraw this quote?", "Every link to it says so, and nobody can sign it any more. A new version can be sent later.", "Withdraw the quote", "The quote is withdrawn."},
	extend:   {"Hold the prices open", "The customer can sign at the prices that were sent, for so many days from today. The paper keeps its date.", "Hold them open", "The prices are held open."},
	accept: {"Record an acceptance", "For a signature on paper, or a word on the phone. It is shown everywhere as recorded by you, and opens the job.",
		"Record the acceptance", "The acceptance is recorded. The job opens in a moment."},
}

func (h *Handlers) ask(d deed) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := h.read(r)
		if err != nil {
			return err
		}
		a := asking{record: v, Deed: d, Fields: url.Values{}}
		switch d {
		case extend:
			a.Fields.Set("days", "14")
		case accept:
			a.V = v.Version(v.Quote.CurrentN)
			a.Fields.Set("option", a.recommended().Tier)
			a.Fields.Set("name", v.Quote.CustomerName)
		}
		return h.Pages.Show(w, r, below(questions[d].title, v.Quote.Number, v.path()), askPage(a))
	}
}

func (h *Handlers) carryOut(d deed) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		version, err := shell.Version(r)
		if err != nil {
			return err
		}
		v, err := h.read(r)
		if err != nil {
			return err
		}
		err = h.do(r, d, v, version)
		if fault.Is(err, fault.Invalid) {
			a := asking{record: v, Deed: d, Fields: r.PostForm, Problems: deedProblems(err)}
			a.V = v.Version(v.Quote.CurrentN)
			return h.Pages.Show(w, r, failed(below(questions[d].title, v.Quote.Number, v.path())), askPage(a))
		}
		if err != nil {
			return err
		}
		shell.Notify(w, questions[d].done, nil)
		return shell.SeeOther(w, r, v.path())
	}
}

func (h *Handlers) do(r *http.Request, d deed, v record, version int) (err error) {
	f, ctx, a := r.PostForm, r.Context(), v.c.Actor
	switch d {
	case discard:
		_, err = h.Quotes.Discard(ctx, a, v.Quote.ID, quoting.DiscardInput{Version: version})
	case withdraw:
		_, err = h.Quotes.Withdraw(ctx, a, v.Quote.ID, quoting.WithdrawInput{Version: version, Reason: f.Get("reason")})
	case extend:
		days, wrong := strconv.Atoi(strings.TrimSpace(f.Get("days")))
		if wrong != nil {
			return fault.InvalidField("/days", "Enter a number of days, for example 14.")
		}
		_, err = h.Quotes.Extend(ctx, a, v.Quote.ID, quoting.ExtendInput{Version: version, Days: days})
	case accept:
		in := quoting.RecordAcceptanceInput{Version: version, Name: f.Get("name"), Note: f.Get("note"), Choice: quoting.Choice{Option: f.Get("option")}}
		for _, text := range f["extras"] {
			extra, err := id.Parse(text)
			if err != nil {
				return fault.InvalidField("/extras", "Choose extras of this quote.")
			}
			in.Extras = append(in.Extras, extra)
		}
		_, err = h.Quotes.RecordAcceptance(ctx, a, v.Quote.ID, in)
	}
	return err
}

// deedProblems are whole sentences about the fields of a deed.
func deedProblems(err error) kit.Problems {
	said := map[string]string{
		"/name": "Enter the full name of who accepted.", "/note": "Say how you know, for example signed on paper.",
		"/option": "Choose the tier that was accepted.", "/extras": "Choose extras that belong to this tier.",
	}
	all := kit.ProblemsOf(err)
	for i, f := range all {
		if words := said[f.Pointer]; words != "" {
			all[i].Message = words
		} else if f.Pointer == "/days" && f.Message != "" && f.Message[0] >= 'a' && f.Message[0] <= 'z' {
			all[i].Message = "The days " + f.Message + "."
		}
	}
	return all
}

// optionalExtras are what the customer may add, in any tier, each once.
func (a asking) optionalExtras() []quoting.Line {
	var all []quoting.Line
	seen := map[id.ID]bool{}
	for _, o := range a.V.Options {
		for _, l := range o.Lines {
			if l.Optional && !seen[*l.ExtraID] {
				seen[*l.ExtraID] = true
				all = append(all, l)
			}
		}
	}
	return all
}

func (a asking) chosen(extra id.ID) bool {
	for _, text := range a.Fields["extras"] {
		if text == extra.String() {
			return true
		}
	}
	return false
}

// paper answers a stored PDF.
func (h *Handlers) paper(w http.ResponseWriter, r *http.Request) error {
	quote, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return fault.Missing()
	}
	a := caller.Of(r).Actor
	var p quoting.Paper
	switch r.PathValue("paper") {
	case "sent.pdf":
		p, err = h.Quotes.GetSentPDF(r.Context(), a, quote, n)
	case "signed.pdf":
		p, err = h.Quotes.GetSignedPDF(r.Context(), a, quote, n)
	default:
		return fault.Missing()
	}
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "application/pdf")
	header.Set("Content-Disposition", `inline; filename="`+p.Name+`"`)
	header.Set("Cache-Control", "private, no-store")
	header.Set("Content-Length", strconv.Itoa(len(p.Bytes)))
	_, _ = w.Write(p.Bytes) // the client may be gone
	return nil
}
