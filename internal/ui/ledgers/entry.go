package ledgers

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// plain writes an amount for programs and inputs: -1500.00.
func plain(c money.Cents) string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	return fmt.Sprintf("%s%d.%02d", sign, c/100, c%100)
}

// entryView is one entry with what can be done about it.
type entryView struct {
	payment.EntryRecord
	Online   payment.Online // of a payment that came online
	c        *caller.Caller
	form     url.Values // what was posted and refused
	deed     string     // which of the forms it was
	problems kit.Problems
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	return h.showEntry(w, r, entryView{})
}

func (h *Handlers) showEntry(w http.ResponseWriter, r *http.Request, v entryView) error {
	entry, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	v.c = caller.Of(r)
	if v.EntryRecord, err = h.Payments.GetEntry(r.Context(), v.c.Actor, entry); err != nil {
		return err
	}
	if v.Online, err = h.Payments.OnlineOf(r.Context(), v.c.Actor, v.Line.Entry); err != nil {
		return err
	}
	p := shell.Page{Title: v.Line.Words() + ", " + v.Line.CustomerName, Area: shell.AreaPayments, Back: &kit.Link{Label: "Payments", Href: listPath}}
	if len(v.problems) > 0 {
		p.Problem, p.Status = true, http.StatusUnprocessableEntity
	}
	return h.Pages.Show(w, r, p, entryPage(v))
}

func (v entryView) heading() kit.Heading {
	h := kit.Heading{Title: v.Line.Words(), Trail: []kit.Link{{Label: "Payments", Href: listPath}}}
	if v.voided() {
		h.State = kit.Chip{Word: "Void", Tone: kit.Calm, Icon: "ban"}
	}
	if v.c.Actor.May(tenancy.QuotesRead) {
		h.Secondary = []kit.Action{{Label: "Quote " + v.Line.QuoteNumber, Icon: "file-text", Href: "/quotes/" + v.Line.QuoteID.String()}}
	}
	return h
}

func (v entryView) voided() bool { return v.Line.Kind != payment.Void && v.Ledger.Voided(v.Line.ID) }

func (v entryView) block() []kit.Fact {
	facts := []kit.Fact{{Label: "Amount", Value: v.Line.SignedCents().String(), Figure: true}, {Label: "Customer", Value: v.Line.CustomerName}, {Label: "Property", Value: v.Line.Place},
		{Label: "Day", Value: v.Line.Day.Format("Mon, Jan 2, 2006")}}
	if v.c.Actor.May(tenancy.CustomersRead) {
		facts[1].Href = "/customers/" + v.Line.CustomerID.String()
	}
	return facts
}

func (v entryView) facts() []kit.Fact {
	at := v.Line.RecordedAt.In(v.c.Actor.Org.Zone())
	facts := []kit.Fact{{Label: "Recorded", Value: v.Line.RecordedName + ", " + at.Format("Mon, Jan 2, 2006, 3:04 PM MST")}}
	if v.Line.Reference != "" {
		facts = append(facts, kit.Fact{Label: "Reference", Value: v.Line.Reference})
	}
	if v.Line.Note != "" {
		facts = append(facts, kit.Fact{Label: "Note", Value: v.Line.Note})
	}
	for _, e := range v.Ledger.Entries {
		if e.OfEntry != nil && *e.OfEntry == v.Line.ID {
			facts = append(facts, kit.Fact{Label: e.Day.Format("Jan 2, 2006"), Value: e.Words() + ", " + e.AmountCents.String(), Href: path(e.ID)})
		}
	}
	if v.Line.OfEntry != nil {
		facts = append(facts, kit.Fact{Label: "Of", Value: "The entry that it is about", Href: path(*v.Line.OfEntry)})
	}
	return facts
}

// may tells whether the forms are shown, and why they are refused now.
func (v entryView) may() bool {
	return v.c.Actor.May(tenancy.PaymentsRecord) && v.c.Actor.RequireWritable(v.c.Now) == nil
}

func (v entryView) refundForm() *kit.Form {
	if v.Line.Kind != payment.Payment || v.Ledger.Refundable(v.Line.ID) == 0 || !v.may() {
		return nil
	}
	return &kit.Form{Action: path(v.Line.ID) + "/refund", Version: int64(v.Ledger.Version), Problems: v.of("refund"), Submit: v.refundDeed()}
}

func (v entryView) refundDeed() string {
	if v.Line.ByHand() {
		return "Record refund"
	}
	return "Refund by Stripe"
}

// strip says how a dispute stands.
func (v entryView) strip() *kit.Message {
	said := v.Online.Disputed()
	if said == "" {
		return nil
	}
	m := kit.Message{Tone: kit.Watch, Text: said}
	switch v.Online.Dispute {
	case "won":
		m.Tone = kit.Good
	case "lost":
		m.Tone = kit.Bad
	}
	if v.Online.AnswerBy != nil && v.Online.Dispute == "needs_response" {
		m.Text += " The last day is " + v.Online.AnswerBy.In(v.c.Actor.Org.Zone()).Format("Mon, Jan 2, 2006") + "."
	}
	return &m
}

func (v entryView) voidForm() *kit.Form {
	if v.Ledger.MayVoid(v.Line.ID) != nil || !v.may() {
		return nil
	}
	return &kit.Form{Action: path(v.Line.ID) + "/void", Version: int64(v.Ledger.Version), Problems: v.of("void"), Submit: "Void this entry"}
}

// of are the problems of one of the forms.
func (v entryView) of(deed string) kit.Problems {
	if v.deed != deed {
		return nil
	}
	return v.problems
}

// value is what a field of a form begins with: what was typed, else usual.
func (v entryView) value(deed, name, usual string) string {
	if v.deed != deed {
		return usual
	}
	return v.form.Get(name)
}

func (h *Handlers) refund(w http.ResponseWriter, r *http.Request) error {
	in, err := target(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	var p fault.Problems
	amount := dollars(f.Get("amount_cents"), &p)
	if p.Any() {
		return h.showEntry(w, r, entryView{form: f, deed: "refund", problems: kit.ProblemsOf(p.Err())})
	}
	e, err := h.Payments.Refund(r.Context(), caller.Of(r).Actor, payment.RefundInput{Payment: in.entry, Version: in.version, AmountCents: amount, Method: payment.Method(f.Get("method")),
		Day: f.Get("day"), Reference: f.Get("reference"), Note: f.Get("note")})
	said := " is recorded as given back."
	if !e.ByHand() {
		said = " is on its way back to the customer."
	}
	return h.answered(w, r, err, "refund", amount.String()+said)
}

func (h *Handlers) void(w http.ResponseWriter, r *http.Request) error {
	in, err := target(r)
	if err != nil {
		return err
	}
	_, err = h.Payments.VoidEntry(r.Context(), caller.Of(r).Actor, payment.VoidInput{Entry: in.entry, Version: in.version, Reason: r.PostForm.Get("reason")})
	return h.answered(w, r, err, "void", "The entry is void.")
}

// answered leads back to the entry, or shows the form again with what is wrong.
func (h *Handlers) answered(w http.ResponseWriter, r *http.Request, err error, deed, said string) error {
	if fault.Is(err, fault.Invalid) {
		return h.showEntry(w, r, entryView{form: r.PostForm, deed: deed, problems: kit.ProblemsOf(err)})
	}
	if err != nil {
		return err
	}
	shell.Notify(w, said, nil)
	return shell.SeeOther(w, r, listPath+"/"+r.PathValue("id"))
}

type targeted struct {
	entry   id.ID
	version int
}

// target is the entry of the address, and the version of the ledger that the form was filled from; an undo has none.
func target(r *http.Request) (t targeted, err error) {
	if t.entry, err = id.Parse(r.PathValue("id")); err != nil || r.PostForm.Get(kit.VersionField) == "" {
		return t, err
	}
	t.version, err = shell.Version(r)
	return t, err
}

// dollars reads an amount as typed.
func dollars(typed string, p *fault.Problems) money.Cents {
	c, err := money.Parse(typed)
	if err != nil {
		p.Add("/amount_cents", "Enter an amount like 1,500 or 1500.50.")
	}
	return c
}

func methodOptions(first string) []kit.Option {
	var all []kit.Option
	if first != "" {
		all = append(all, kit.Option{Label: first})
	}
	for _, m := range payment.Methods {
		all = append(all, kit.Option{Value: string(m), Label: m.Words()})
	}
	return all
}

func today(c *caller.Caller) string { return c.Now.In(c.Actor.Org.Zone()).Format(time.DateOnly) }
