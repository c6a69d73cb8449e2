package quotes

import (
	"strings"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/ui/kit"
)

var taxModes = []kit.Option{
	{Value: string(pricing.TaxNone), Label: "No tax"}, {Value: string(pricing.TaxLumpSum), Label: "Lump sum: you pay it on material"},
	{Value: string(pricing.TaxSeparated), Label: "On material only"}, {Value: string(pricing.TaxFull), Label: "On everything"},
}

func drawingAction(v record, edit string) *kit.Action {
	if edit == "" || !v.may(tenancy.SketchesRead) {
		return nil
	}
	return &kit.Action{Label: "Edit sketch", Icon: "pencil-ruler", Href: edit}
}

// tiersWith shows the tiers as saved, with the recommendation as it was typed.
func tiersWith(v record) tierTable {
	t := tiersOf(v.V)
	for i := range t.Tiers {
		t.Tiers[i].Recommended = t.Tiers[i].Key == v.Form.Get("settings/recommended")
	}
	return t
}

func tierChoices(v *quoting.Version) []kit.Option {
	all := []kit.Option{{Value: "", Label: "Every tier"}}
	for _, o := range v.Options {
		all = append(all, kit.Option{Value: o.Tier, Label: o.Name + " only"})
	}
	return all
}

func (a asking) tierOptions() []kit.Option {
	var all []kit.Option
	for _, o := range a.V.Options {
		all = append(all, kit.Option{Value: o.Tier, Label: o.Name, Figure: o.TotalCents.String()})
	}
	return all
}

func differs(o quoting.Option) []kit.Fact {
	var facts []kit.Fact
	for _, d := range o.Words.Differs {
		facts = append(facts, kit.Fact{Label: d.Label, Value: d.Value})
	}
	if o.Words.WarrantyYears > 0 {
		facts = append(facts, kit.Fact{Label: "Warranty", Value: kit.Count(o.Words.WarrantyYears, "year", "years")})
	}
	return facts
}

// unanswered is what is said at a check that keeps the quote from being sent.
func (f draftForm) unanswered(c quoting.Check) string {
	if f.Problems.For(answerName(c.Key)) == "" {
		return ""
	}
	return "Say why this is fine, or fix it in the sketch."
}

func checkID(c quoting.Check) string { return "f-" + strings.ReplaceAll(answerName(c.Key), "/", "-") }

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return kit.Count(n, "person", "people")
}

// opened says how often a link was opened.
func (v record) opened(l quoting.Link) string {
	if l.LastViewedAt == nil {
		return "not opened yet"
	}
	return "opened " + times(l.ViewCount) + ", last " + moment(v.c, *l.LastViewedAt)
}

// tiers marks the tier that was accepted; before that, the recommended one.
func (v record) tiers() tierTable {
	t := tiersOf(v.V)
	if v.Acceptance == nil || v.Acceptance.N != v.V.N {
		return t
	}
	for i, o := range v.V.Options {
		t.Tiers[i].Recommended, t.Tiers[i].Mark = o.ID == v.Acceptance.OptionID, "accepted"
	}
	return t
}

func (v record) totals() []kit.Fact {
	var facts []kit.Fact
	for _, o := range v.V.Options {
		facts = append(facts, kit.Fact{Label: o.Name, Value: o.TotalCents.String(), Figure: true})
	}
	return facts
}

// readiness says in a few words what is left before sending.
func (v record) readiness() string {
	if open := len(quoting.Unanswered(v.Checks, v.V.Answers)); open > 0 {
		return kit.Count(open, "check", "checks") + " before sending"
	}
	return "Ready to send"
}
