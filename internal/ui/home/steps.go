package home

import (
	"net/http"

	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// step is one of the first steps of a new company.
type step struct {
	Label, Why, Href string
	Minutes          int
	Post             bool
	Done             bool
	Owners           bool // an owner does it, and who reads it is none
}

// steps lead a new company to a signed quote and a plan, in any order. When all are done they are gone. getPaid tells that
// homeowners can be let pay online here.
func steps(c *caller.Caller, f onboarding.FirstSteps, getPaid bool) []step {
	e := c.Actor.Entitlements(c.Now)
	paying := f.Card || e.Access().Write && e.Cause != plan.ByTrial
	all := []step{
		{"Confirm your e-mail", "Then quotes leave without delay", "/confirm/again", 1, true, c.EmailVerified, false},
		{"Company, phone and license", "They stand on every quote", "/settings/company", 2, false, f.Company, false},
		{"Your color", "Homeowners know your quotes by it", "/settings/company", 1, false, f.Color, false},
		{"Where you work", "Your ZIP sets prices and taxes", "/settings/company", 1, false, f.Area, false},
		{"Check the three tiers", "They have prices; make them yours", "/tiers", 4, false, f.Tiers, false},
		{"First customer", "From a call, or your list", "/customers/new", 2, false, f.Customer, false},
		{"Quote the sample yard", "A priced sketch, sent to yourself", "/quotes/sample", 3, true, f.Sketch, false},
		{"Send a quote", "A link that signs, and paper", "/quotes", 3, false, f.Sent, false},
		{"See that it was read", "You see when somebody opens it", "/quotes", 1, false, f.Viewed, false},
		{"Invite somebody", "Office, estimator, crew", "/settings/people", 1, false, f.Teammate, false},
	}
	if getPaid {
		all = append(all, step{"Get paid online", "Deposits, to your own Stripe account", "/settings/get-paid", 10, false, f.GetPaid, true})
	}
	all = append(all, step{"Choose a plan, and its card", "So that nothing stops after 14 days", tenancy.BillingPath, 3, false, paying, true})
	for i, s := range all {
		all[i].Owners = s.Owners && !c.Actor.May(tenancy.BillingManage)
	}
	if left(all) == 0 {
		return nil
	}
	return all
}

// left is how many steps are not done and can be done by who reads them.
func left(all []step) (n int) {
	for _, s := range all {
		if !s.Done && !s.Owners {
			n++
		}
	}
	return n
}

var (
	hide   = kit.Action{Label: "Hide these", Href: "/first-steps/hide", Post: true}
	bring  = kit.Action{Label: "Show the first steps", Href: "/first-steps/show", Post: true}
	add    = kit.Action{Label: "Add sample data", Href: "/sample-data", Post: true}
	remove = kit.Action{Label: "Remove sample data", Href: "/sample-data/remove", Post: true}
	undo   = kit.Action{Label: "Undo", Href: "/sample-data", Post: true}
)

func (h *Handlers) hideSteps(w http.ResponseWriter, r *http.Request) error {
	if err := h.Company.HideFirstSteps(r.Context(), caller.Of(r).Actor, true); err != nil {
		return err
	}
	again := bring
	again.Label = "Undo"
	shell.Notify(w, "The first steps are hidden.", &again)
	return shell.SeeOther(w, r, "/")
}

func (h *Handlers) showSteps(w http.ResponseWriter, r *http.Request) error {
	if err := h.Company.HideFirstSteps(r.Context(), caller.Of(r).Actor, false); err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/")
}

func (h *Handlers) addSample(w http.ResponseWriter, r *http.Request) error {
	if err := h.Company.AddSample(r.Context(), caller.Of(r).Actor); err != nil {
		return err
	}
	shell.Notify(w, "Sample data is there: a customer, a sketch, a draft of a quote.", &remove)
	return shell.SeeOther(w, r, "/")
}

func (h *Handlers) removeSample(w http.ResponseWriter, r *http.Request) error {
	if err := h.Company.RemoveSample(r.Context(), caller.Of(r).Actor); err != nil {
		return err
	}
	shell.Notify(w, "Sample data is removed.", &undo)
	return shell.SeeOther(w, r, "/")
}
