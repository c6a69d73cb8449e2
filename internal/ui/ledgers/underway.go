package ledgers

import (
	"net/http"
	"net/url"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const underwayTitle = "What became of the bank payment?"

// underwayForm asks what became of a payment that is on its way. Where nothing is, there is nothing to say.
func (h *Handlers) underwayForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r)
	if err != nil {
		return err
	}
	if v.Ledger.Underway == nil {
		return shell.SeeOther(w, r, v.path()+"#money")
	}
	v.Values = url.Values{"day": {today(caller.Of(r))}}
	return h.Pages.Show(w, r, v.page(underwayTitle), underwayPage(v))
}

func (h *Handlers) resolve(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	version, err := versionOf(r, v)
	if err != nil {
		return err
	}
	of, err := id.Parse(f.Get("payment"))
	if err != nil {
		return err
	}
	e, err := h.Payments.ResolveOnline(r.Context(), caller.Of(r).Actor, payment.ResolveInput{Payment: of, Version: version, Fate: payment.Fate(f.Get("fate")), Day: f.Get("day"), Receipt: shell.Checked(r, "receipt")})
	switch {
	case fault.Is(err, fault.Invalid) && v.Ledger.Underway != nil:
		v.Values, v.Problems = f, kit.ProblemsOf(err)
		return h.Pages.Show(w, r, v.page(underwayTitle), underwayPage(v))
	case err != nil && fault.As(err).Code == payment.CodeToldSince:
		shell.Notify(w, fault.As(err).Message, nil)
	case err != nil:
		return err
	case e.Kind == payment.Payment:
		shell.Notify(w, e.AmountCents.String()+" from "+v.Job.CustomerName+" is recorded.", &kit.Action{Label: "Undo", Href: path(e.ID) + "/void", Post: true})
	default:
		shell.Notify(w, "The payment is let go. What is due can be paid online again.", nil)
	}
	return shell.SeeOther(w, r, v.path()+"#money")
}

// whereTo is the account that the payment is on its way to.
func (v formView) whereTo() string {
	u := v.Ledger.Underway
	if u.OutOfUse {
		return u.Account + ", which is not connected any more"
	}
	return u.Account
}

// fates are what can be said of the payment.
func (v formView) fates() []kit.Option {
	amount := v.Ledger.Underway.AmountCents.String()
	return []kit.Option{
		{Value: string(payment.Arrived), Label: "It arrived", Hint: amount + " is recorded as received by bank transfer."},
		{Value: string(payment.LetGo), Label: "Let it go", Hint: "The bank refused it, or it is recorded already. What is due can be paid online again."},
	}
}
