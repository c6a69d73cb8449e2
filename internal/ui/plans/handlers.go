package plans

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer the pages of the plan.
type Handlers struct {
	Pages    *shell.Pages
	DB       *pg.DB
	Billing  *billing.Service // nil: no payments are taken
	Identity *identity.Service
}

const (
	planPath   = tenancy.BillingPath
	choosePath = planPath + "/choose"
	cancelPath = planPath + "/cancel"
	resumePath = planPath + "/resume"
	undoPath   = planPath + "/undo"
	dropPath   = planPath + "/drop-checkout"
	portalPath = planPath + "/card"
)

// Routes lists the pages.
func (h *Handlers) Routes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET " + planPath, Needs: tenancy.UsageRead, Serve: h.overview},
		{Pattern: "GET " + choosePath, Needs: tenancy.BillingManage, Serve: h.consider},
		{Pattern: "POST " + choosePath, Needs: tenancy.BillingManage, Serve: h.choose},
		{Pattern: "GET " + billing.ReturnPath, Needs: tenancy.BillingManage, Serve: h.returned},
		{Pattern: "GET " + cancelPath, Needs: tenancy.BillingManage, Serve: h.considerCancel},
		{Pattern: "POST " + cancelPath, Needs: tenancy.BillingManage, Serve: h.cancel},
		{Pattern: "POST " + resumePath, Needs: tenancy.BillingManage, Serve: h.resume},
		{Pattern: "POST " + undoPath, Needs: tenancy.BillingManage, Serve: h.undo},
		{Pattern: "POST " + dropPath, Needs: tenancy.BillingManage, Serve: h.drop},
		{Pattern: "POST " + portalPath, Needs: tenancy.BillingManage, Serve: h.portal},
	}
}

func page(title string) shell.Page {
	return shell.Page{Title: title, Area: shell.AreaSettings, Back: &kit.Link{Label: "Plan and billing", Href: planPath}}
}

// errNoPayments is the answer where no provider is configured.
func errNoPayments() error {
	return fault.New(fault.Unavailable, "no-payments", "This installation takes no payments. Your plan is what was agreed with whoever runs it.")
}

func (h *Handlers) overview(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	o, err := billing.ReadOverview(r.Context(), h.DB, a)
	if err != nil {
		return err
	}
	shown := page("Plan and billing")
	shown.SaysState = true
	shown.Back = &kit.Link{Label: "Settings", Href: "/settings"}
	if !a.May(tenancy.SettingsRead) {
		shown.Back = nil
	}
	return h.Pages.Show(w, r, shown, overviewPage(h.overviewOf(a, o)))
}

// consider shows what a choice would do and cost, and asks.
func (h *Handlers) consider(w http.ResponseWriter, r *http.Request) error {
	return h.showChoice(w, r, page("Choose a plan"), "")
}

func (h *Handlers) showChoice(w http.ResponseWriter, r *http.Request, shown shell.Page, problem string) error {
	a, key := caller.Of(r).Actor, plan.Key(r.FormValue("plan"))
	if h.Billing == nil {
		return errNoPayments()
	}
	if key == "" { // an address that was cut off
		return shell.SeeOther(w, r, planPath)
	}
	c, err := h.Billing.Consider(r.Context(), a, billing.ChooseInput{Plan: key})
	if key == plan.Enterprise && err != nil && fault.As(err).Code == "plan-not-for-sale" {
		return h.Pages.Show(w, r, page("Enterprise"), askUsPage(h.Pages.WriteToUs("Enterprise for "+a.Org.Name)))
	}
	if err != nil {
		return err
	}
	v := choiceOf(a, c, caller.Of(r).Now)
	v.Problem = problem
	shown.Title = v.Title
	return h.Pages.Show(w, r, shown, choicePage(v))
}

func (h *Handlers) choose(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	if h.Billing == nil {
		return errNoPayments()
	}
	in := billing.ChooseInput{Plan: plan.Key(r.PostForm.Get("plan"))}
	if due := r.PostForm.Get("due"); due != "" {
		cents, err := strconv.ParseInt(due, 10, 64)
		if err != nil {
			return fault.InvalidField("/due", "This form does not say what was shown. Load the page again.")
		}
		in.Due = money.Cents(cents)
	}
	if from := r.PostForm.Get("counts_from"); from != "" {
		seconds, err := strconv.ParseInt(from, 10, 64)
		if err != nil {
			return fault.InvalidField("/counts_from", "This form does not say what was shown. Load the page again.")
		}
		in.CountsFrom = time.Unix(seconds, 0).UTC()
	}
	out, err := h.Billing.Choose(r.Context(), a, in)
	h.Identity.Forget(a)
	if err != nil && (fault.As(err).Code == billing.CodePriceMoved || fault.As(err).Code == "plan-change-not-now") {
		p := page("Choose a plan")
		p.Problem, p.Status = true, http.StatusConflict
		return h.showChoice(w, r, p, fault.As(err).Message)
	}
	if err != nil {
		return err
	}
	now := caller.Of(r).Now
	switch {
	case out.PayURL != "":
		http.Redirect(w, r, out.PayURL, http.StatusSeeOther)
		return nil
	case out.Way == billing.WayLater:
		shell.Notify(w, "From "+billing.Day(a, now, out.Starts)+" your plan is "+out.Plan.Name+".", &kit.Action{Label: "Undo", Href: undoPath, Post: true})
	case !out.Starts.IsZero(): // in the trial, which goes on
		shell.Notify(w, "From "+billing.Day(a, now, out.Starts)+" your plan is "+out.Plan.Name+".", nil)
	case out.Waiting:
		shell.Notify(w, "Your plan changes to "+out.Plan.Name+" as soon as it is paid.", nil)
	default:
		shell.Notify(w, "Your plan is "+out.Plan.Name+".", nil)
	}
	return shell.SeeOther(w, r, planPath)
}

// mostLooks is how often the page of who comes back looks again by itself.
const mostLooks = 15

// returned is the page of who comes back from the payment provider. It looks again by itself until the payment is known.
func (h *Handlers) returned(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	if h.Billing != nil {
		if err := h.Billing.Returned(r.Context(), a); err != nil {
			return err
		}
		h.Identity.Forget(a)
	}
	fresh, err := tenancy.Reread(r.Context(), h.DB, a)
	if err != nil {
		return err
	}
	o, err := billing.ReadOverview(r.Context(), h.DB, fresh)
	if err != nil {
		return err
	}
	if o.Checkout == nil && o.Waiting == nil {
		return h.Pages.Show(w, r, page("Back from paying"), returnedPage(billing.StateSentence(fresh, o)))
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("look")) // anything else is the first look
	if n < mostLooks {
		w.Header().Set("Refresh", "2; url="+billing.ReturnPath+"?look="+strconv.Itoa(n+1))
	}
	return h.Pages.Show(w, r, page("Back from paying"), waitingPage(n >= mostLooks))
}

func (h *Handlers) considerCancel(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	o, err := billing.ReadOverview(r.Context(), h.DB, a)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, page("End the plan"), cancelPage(endingOf(a, o)))
}

func (h *Handlers) cancel(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	if h.Billing == nil {
		return errNoPayments()
	}
	ends, err := h.Billing.Cancel(r.Context(), a)
	h.Identity.Forget(a)
	if err != nil {
		return err
	}
	if ends.IsZero() {
		shell.Notify(w, "Your plan has ended. Nothing more is collected.", nil)
	} else {
		shell.Notify(w, "Your plan ends on "+billing.Day(a, caller.Of(r).Now, ends)+". Until then everything works as before.", &kit.Action{Label: "Undo", Href: resumePath, Post: true})
	}
	return shell.SeeOther(w, r, planPath)
}

func (h *Handlers) resume(w http.ResponseWriter, r *http.Request) error {
	return h.take(w, r, (*billing.Service).Resume, "Your plan goes on.")
}

func (h *Handlers) undo(w http.ResponseWriter, r *http.Request) error {
	return h.take(w, r, (*billing.Service).Undo, "Your plan stays as it is.")
}

func (h *Handlers) drop(w http.ResponseWriter, r *http.Request) error {
	return h.take(w, r, (*billing.Service).DropCheckout, "Nothing was bought, and the page to pay on is closed.")
}

type deed = func(*billing.Service, context.Context, tenancy.Actor) error

// take does one of the acts that take something back.
func (h *Handlers) take(w http.ResponseWriter, r *http.Request, do deed, done string) error {
	a := caller.Of(r).Actor
	if h.Billing == nil {
		return errNoPayments()
	}
	err := do(h.Billing, r.Context(), a)
	h.Identity.Forget(a)
	if err != nil {
		return err
	}
	shell.Notify(w, done, nil)
	return shell.SeeOther(w, r, planPath)
}

func (h *Handlers) portal(w http.ResponseWriter, r *http.Request) error {
	if h.Billing == nil {
		return errNoPayments()
	}
	address, err := h.Billing.Portal(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return err
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}
