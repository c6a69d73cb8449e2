package prices

import (
	"net/http"
	"net/url"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const (
	rateHour    = "rates/labor/rate_cents_per_hour"
	perPost     = "rates/labor/per_post_hours"
	perFoot     = "rates/labor/per_ft_hours"
	perGate     = "rates/labor/per_gate_hours"
	removal     = "rates/removal_cents_per_ft"
	overhead    = "rates/overhead_pct"
	methodKind  = "rates/method/kind"
	methodPct   = "rates/method/pct"
	methodFoot  = "rates/method/cents_per_ft"
	minimumJob  = "rates/minimum_job_cents"
	freeMiles   = "rates/travel/free_miles"
	stepMiles   = "rates/travel/step_miles"
	stepCharge  = "rates/travel/step_cents"
	settingsLog = "price_settings"
)

var rateQuestions = []question{
	{rateHour, "An hour of labor"}, {perPost, "Hours for a post"}, {perFoot, "Hours for a foot"}, {perGate, "Hours for a gate"},
	{removal, "Removal of a foot of old fence"}, {overhead, "Overhead"},
	{methodKind, "How a price is made"}, {methodPct, "Percent"}, {methodFoot, "Price of a foot"}, {minimumJob, "Least price of a job"},
	{freeMiles, "Miles free of charge"}, {stepMiles, "Then charged every"}, {stepCharge, "Charge"},
}

// methods are the ways to make a price of a cost.
var methods = []kit.Option{
	{Value: string(pricing.MethodMargin), Label: "Margin", Hint: "The percent is what stays of the price: 35 makes $1,538.46 of $1,000.00."},
	{Value: string(pricing.MethodMarkup), Label: "Markup", Hint: "The percent is added to the cost: 35 makes $1,350.00 of $1,000.00."},
	{Value: string(pricing.MethodPerFoot), Label: "Per foot", Hint: "Each foot has its price, whatever it costs you."},
}

// rateValues fills the form. What the method does not use stays empty.
func rateValues(rates pricing.Rates) url.Values {
	v := url.Values{
		rateHour: {amount(rates.Labor.RateCentsPerHour)}, perPost: {decimal(rates.Labor.PerPostHours)}, perFoot: {decimal(rates.Labor.PerFtHours)},
		perGate: {decimal(rates.Labor.PerGateHours)}, removal: {amount(rates.RemovalCentsPerFt)}, overhead: {decimal(rates.OverheadPct)},
		methodKind: {string(rates.Method.Kind)}, minimumJob: {amount(rates.MinimumJobCents)}, freeMiles: {decimal(rates.Travel.FreeMiles)},
		stepMiles: {decimal(rates.Travel.StepMiles)}, stepCharge: {amount(rates.Travel.StepCents)},
	}
	if rates.Method.Kind == pricing.MethodPerFoot {
		v.Set(methodFoot, amount(rates.Method.CentsPerFt))
	} else {
		v.Set(methodPct, decimal(rates.Method.Pct))
	}
	return v
}

func readRates(typed url.Values) (pricing.Rates, error) {
	r := read(typed)
	in := pricing.EditRatesInput{Rates: pricing.Rates{
		Labor: pricing.Labor{
			RateCentsPerHour: r.money(rateHour, "Enter what an hour of labor costs you, like 42."),
			PerPostHours:     r.number(perPost, "Enter the hours for a post, like 0.75."),
			PerFtHours:       r.number(perFoot, "Enter the hours for a foot of fence, like 0.12."),
			PerGateHours:     r.number(perGate, "Enter the hours for a gate, like 2."),
		},
		RemovalCentsPerFt: r.money(removal, "Enter what a foot of removal costs you, like 3.50, or 0."),
		OverheadPct:       r.number(overhead, "Enter your overhead in percent of direct cost, like 12, or 0."),
	}}
	m := &in.Rates.Method
	m.Kind = pricing.MethodKind(typed.Get(methodKind))
	switch m.Kind {
	case pricing.MethodPerFoot:
		m.CentsPerFt = r.money(methodFoot, "Enter the price of a foot, like 48.50.")
	case pricing.MethodMargin, pricing.MethodMarkup:
		m.Pct = r.number(methodPct, "Enter the percent, like 35.")
	}
	in.Rates.MinimumJobCents = r.money(minimumJob, "Enter the least price of a job, like 750, or 0 for none.")
	in.Rates.Travel = pricing.TravelRule{
		FreeMiles: r.number(freeMiles, "Enter the miles free of charge, like 25."),
		StepMiles: r.number(stepMiles, "Enter the miles of a step, like 5."),
		StepCents: r.money(stepCharge, "Enter what a step costs, like 3.50, or 0."),
	}
	err := r.err(in.Validate())
	return in.Rates, err
}

func (h *Handlers) rates(w http.ResponseWriter, r *http.Request) error {
	s, err := h.Prices.Settings(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return err
	}
	l, err := h.tiersNow(r)
	if err != nil {
		return err
	}
	return h.showRates(w, r, form{version: s.Version, values: rateValues(*s.Rates)}, l, page("Rates"))
}

func (h *Handlers) showRates(w http.ResponseWriter, r *http.Request, f form, l look, p shell.Page) error {
	a := caller.Of(r).Actor
	f.may, f.action, f.submit, f.questions = mayOf(r), ratesPath, "Save rates", rateQuestions
	entries, err := h.entries(r, settingsLog, a.Org.ID)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, p, ratesPage(kit.Heading{Title: "Rates"}, tabs(a, ratesPath), f, l, history(r, entries, rateDeeds, rateQuestions, asIs)))
}

func (h *Handlers) editRates(w http.ResponseWriter, r *http.Request) error {
	a := caller.Of(r).Actor
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	in, err := readRates(r.PostForm)
	if err == nil {
		_, err = h.Prices.EditRates(r.Context(), a, pricing.EditRatesInput{Version: version, Rates: in})
	}
	return h.settle(w, r, err, asked{
		questions: rateQuestions, saved: "Rates are saved. Quotes that were sent stay as they are.", next: ratesPath,
		again: func(p kit.Problems) error {
			l, err := h.tiersNow(r)
			if err != nil {
				return err
			}
			return h.showRates(w, r, form{version: version, values: r.PostForm, problems: p}, l, failed(page("Rates")))
		},
		conflict: func() error {
			s, err := h.Prices.Settings(r.Context(), a)
			if err != nil {
				return err
			}
			return h.settingsConflict(w, r, "Rates", ratesPath, rateQuestions, s, func(s pricing.Settings) url.Values { return rateValues(*s.Rates) })
		},
	})
}

// settingsConflict sets both versions of the rates or of the offer side by side: they share a version.
func (h *Handlers) settingsConflict(w http.ResponseWriter, r *http.Request, title, at string, questions []question, s pricing.Settings, values func(pricing.Settings) url.Values) error {
	entries, err := h.entries(r, settingsLog, caller.Of(r).Actor.Org.ID)
	if err != nil {
		return err
	}
	return h.sideBySide(w, r, both{noun: "price list", parent: kit.Link{Label: title, Href: at}, action: at, keep: at, questions: questions,
		mine: r.PostForm, hers: values(s), began: began(entries, r, values), version: s.Version, entries: entries})
}

// lookAtRates prices the sample yard with the rates that stand in the form.
func (h *Handlers) lookAtRates(w http.ResponseWriter, r *http.Request) error {
	in, wrong := readRates(r.PostForm)
	l, err := h.lookAt(r, func(b *pricing.Book) error {
		b.Settings.Rates = &in
		return wrong
	})
	if err != nil {
		return err
	}
	return h.showLook(w, r, l, func(l look) error {
		version, err := shell.Version(r)
		if err != nil {
			return err
		}
		return h.showRates(w, r, form{version: version, values: r.PostForm}, l, page("Rates"))
	})
}
