package console

import (
	"net/http"

	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// whyForm is the box in which an operator says what a company cannot do.
type whyForm struct {
	Action                        string
	Thing, Feature, Address, Mail string
	Problems                      kit.Problems
}

type whyPage struct {
	Heading kit.Heading
	Form    whyForm
	Asked   bool
	Words   string // what they cannot do
	First   console.Answer
	Others  []console.Answer
	Access  kit.Action
}

func (h *Handlers) why(w http.ResponseWriter, r *http.Request) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	form := whyForm{Action: pathOf(c.ID, "/why"), Thing: q.Get("thing"), Feature: q.Get("feature"), Address: q.Get("address"), Mail: q.Get("email")}
	view := whyPage{Heading: companyHeading(c, "Why can't they…", stateChip(c.Entitlements().State)), Form: form,
		Access: kit.Action{Label: "Ask for access", Href: ask + "?address=" + c.Host, Icon: "lock-open"}}
	page := shell.Page{Title: c.Name + ": why can't they", Back: &kit.Link{Label: c.Name, Href: pathOf(c.ID, "")}}
	answers, err := h.Console.Why(r.Context(), c, console.Question{Thing: console.Thing(form.Thing), Feature: plan.Feature(form.Feature), Address: form.Address, Email: form.Mail})
	switch {
	case fault.Is(err, fault.Invalid) && form.Thing == "": // nothing was asked yet
		view.Form.Thing = string(console.SendQuote)
	case fault.Is(err, fault.Invalid):
		page, view.Form.Problems = failed(w, page, err), problemsOf(err, "thing")
	case err != nil:
		return err
	default:
		view.Asked, view.Words = true, wordsOf(console.Thing(form.Thing))
		if len(answers) > 0 {
			view.First, view.Others = answers[0], answers[1:]
		}
	}
	return h.Pages.OperatorPage(w, r, page, whyView(view))
}

func wordsOf(t console.Thing) string {
	for _, k := range console.Things {
		if k.Thing == t {
			return k.Words
		}
	}
	return string(t)
}

func thingOptions() []kit.Option {
	var all []kit.Option
	for _, t := range console.Things {
		all = append(all, kit.Option{Value: string(t.Thing), Label: t.Words})
	}
	return all
}

func featureOptions(none string) []kit.Option {
	all := []kit.Option{{Value: "", Label: none}}
	for _, f := range plan.Features {
		all = append(all, kit.Option{Value: string(f), Label: f.Name()})
	}
	return all
}
