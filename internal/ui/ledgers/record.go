package ledgers

import (
	"net/http"
	"net/url"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// formView is a form about money of a job.
type formView struct {
	c        *caller.Caller
	Job      fieldwork.Job
	Ledger   payment.Ledger
	Values   url.Values
	Problems kit.Problems
}

// open reads the job of the address and its ledger.
func (h *Handlers) open(r *http.Request) (v formView, err error) {
	job, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return v, err
	}
	v.c = caller.Of(r)
	a := v.c.Actor
	rec, err := h.Jobs.GetJob(r.Context(), a, job)
	if err != nil {
		return v, err
	}
	v.Job = rec.Job
	v.Ledger, err = h.Payments.GetLedger(r.Context(), a, v.Job.AcceptanceID)
	return v, err
}

func (v formView) path() string { return "/jobs/" + v.Job.ID.String() }

func (v formView) page(title string) shell.Page {
	p := shell.Page{Title: title + ", " + v.Job.Number, Area: shell.AreaJobs, Back: &kit.Link{Label: v.Job.Number, Href: v.path()}}
	if len(v.Problems) > 0 {
		p.Problem, p.Status = true, http.StatusUnprocessableEntity
	}
	return p
}

func (v formView) heading(title string) kit.Heading {
	return kit.Heading{Title: title, Trail: []kit.Link{{Label: "Jobs", Href: "/jobs"}, {Label: v.Job.Number, Href: v.path()}}}
}

func (v formView) sums() []kit.Fact {
	return []kit.Fact{{Label: "Customer", Value: v.Job.CustomerName}, {Label: "Agreed", Value: v.Ledger.AgreedCents.String(), Figure: true},
		{Label: "Due now", Value: v.Ledger.DueCents.String(), Figure: true}, {Label: "Left to pay", Value: v.Ledger.Balance().String(), Figure: true}}
}

const (
	recordTitle  = "Record a payment"
	requestTitle = "Request payment"
)

func (h *Handlers) recordForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r)
	if err != nil {
		return err
	}
	amount := v.Ledger.DueCents
	if amount == 0 {
		amount = v.Ledger.Balance()
	}
	v.Values = url.Values{"amount_cents": {plain(amount)}, "method": {string(payment.Check)}, "day": {today(caller.Of(r))}}
	return h.Pages.Show(w, r, v.page(recordTitle), recordPage(v))
}

func (h *Handlers) record(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	var p fault.Problems
	amount := dollars(f.Get("amount_cents"), &p)
	version, err := versionOf(r, v)
	if err != nil {
		return err
	}
	var e payment.Entry
	if err = p.Err(); err == nil {
		e, err = h.Payments.RecordPayment(r.Context(), caller.Of(r).Actor, payment.RecordInput{Acceptance: v.Job.AcceptanceID, Version: version, AmountCents: amount,
			Method: payment.Method(f.Get("method")), Day: f.Get("day"), Reference: f.Get("reference"), Note: f.Get("note"), Receipt: shell.Checked(r, "receipt")})
	}
	if fault.Is(err, fault.Invalid) {
		v.Values, v.Problems = f, kit.ProblemsOf(err)
		return h.Pages.Show(w, r, v.page(recordTitle), recordPage(v))
	}
	if err != nil {
		return err
	}
	shell.Notify(w, e.AmountCents.String()+" from "+v.Job.CustomerName+" is recorded.", &kit.Action{Label: "Undo", Href: path(e.ID) + "/void", Post: true})
	return shell.SeeOther(w, r, v.path()+"#money")
}

// versionOf is the version of the ledger that a form was filled from. One that nobody has opened has none.
func versionOf(r *http.Request, v formView) (int, error) {
	if r.PostForm.Get(kit.VersionField) == "" && v.Ledger.Version == 0 {
		return 0, nil
	}
	return shell.Version(r)
}

func (h *Handlers) requestForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r)
	if err != nil {
		return err
	}
	v.Values = url.Values{"amount_cents": {plain(v.Ledger.Requestable())}}
	return h.Pages.Show(w, r, v.page(requestTitle), requestPage(v))
}

func (h *Handlers) request(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	var p fault.Problems
	amount := dollars(f.Get("amount_cents"), &p)
	if amount <= 0 && !p.Any() {
		p.Add("/amount_cents", "Enter an amount of more than $0.00.")
	}
	version, err := versionOf(r, v)
	if err != nil {
		return err
	}
	var e payment.Entry
	if err = p.Err(); err == nil {
		e, err = h.Payments.RequestPayment(r.Context(), caller.Of(r).Actor, payment.RequestInput{Acceptance: v.Job.AcceptanceID, Version: version, AmountCents: amount, Note: f.Get("note")})
	}
	if fault.Is(err, fault.Invalid) {
		v.Values, v.Problems = f, kit.ProblemsOf(err)
		return h.Pages.Show(w, r, v.page(requestTitle), requestPage(v))
	}
	if err != nil {
		return err
	}
	shell.Notify(w, e.AmountCents.String()+" is due now. It stands on the customer's page.", &kit.Action{Label: "Undo", Href: path(e.ID) + "/void", Post: true})
	return shell.SeeOther(w, r, v.path()+"#money")
}

// most is the largest amount of the field's hint.
func most(c money.Cents) string { return "At most " + c.String() + "." }
