package prices

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// tierColumn is a tier as it stands beside the others.
type tierColumn struct {
	pricing.TierPrice
	Recommended bool
	Facts       []kit.Fact
	Edit        *kit.Action
}

func (h *Handlers) tiers(w http.ResponseWriter, r *http.Request) error {
	a, m := caller.Of(r).Actor, mayOf(r)
	b, err := h.Prices.Book(r.Context(), a)
	if err != nil {
		return err
	}
	prices, err := yard(r, b)
	if err != nil {
		return err
	}
	columns := make([]tierColumn, 0, len(prices))
	for _, p := range prices {
		c := tierColumn{TierPrice: p, Recommended: p.Tier.Key == b.Settings.Offer.RecommendedTier, Facts: tierFacts(p, m)}
		if m.write {
			c.Edit = &kit.Action{Label: "Edit " + p.Tier.Name, Icon: "pencil", Href: under(tiersPath, p.Tier.ID)}
		}
		columns = append(columns, c)
	}
	view := page("Tiers")
	view.Wide = true
	return h.Pages.Show(w, r, view, tiersPage(kit.Heading{Title: "Tiers"}, tabs(a, tiersPath), columns, prices[0].Zone.Why))
}

func tierFacts(p pricing.TierPrice, m may) []kit.Fact {
	style := kit.Fact{Label: "Style", Value: p.Style.Name}
	if m.write {
		style.Href = under(stylesPath, p.Style.ID)
	}
	facts := []kit.Fact{style, {Label: "Base charge", Value: p.Tier.BaseChargeCents.String(), Note: "once a job", Figure: true}}
	if m.costs {
		facts = append(facts,
			kit.Fact{Label: "Adjustment", Value: signed(p.Tier.AdjustmentPct) + " %", Figure: true},
			kit.Fact{Label: "Cost", Value: p.Price.CostCents.String(), Figure: true})
	}
	if m.margins {
		facts = append(facts, kit.Fact{Label: "Margin", Value: decimal(p.Price.MarginPct) + " %", Figure: true})
	}
	return append(facts, kit.Fact{Label: "Warranty", Value: years(p.Tier.WarrantyYears)})
}

func years(n int) string {
	if n == 0 {
		return "none"
	}
	return kit.Count(n, "year", "years")
}

func signed(pct float64) string {
	if pct > 0 {
		return "+" + decimal(pct)
	}
	return strings.Replace(decimal(pct), "-", "−", 1)
}

const (
	mostRows  = 12 // that a tier may have
	spareRows = 2
)

// tierQuestions are the fields of a tier with so many rows of what differs.
func tierQuestions(rows int) []question {
	all := []question{{"name", "Name"}, {"style_id", "Style"}, {"base_charge_cents", "Base charge"}, {"adjustment_pct", "Adjustment"},
		{"warranty_years", "Warranty"}, {"summary", "One line for the homeowner"}}
	for i := range rows {
		topic, words := rowNames(i)
		n := strconv.Itoa(i + 1)
		all = append(all, question{topic, "Topic " + n}, question{words, "Words " + n})
	}
	return append(all, question{"differences", "What differs"})
}

func rowNames(i int) (topic, words string) {
	return fmt.Sprintf("differences/%d/topic", i), fmt.Sprintf("differences/%d/words", i)
}

// rowsOf is how many rows of what differs a form shows: those that are filled, and spare ones.
func rowsOf(v url.Values) int {
	filled := 0
	for i := range mostRows {
		topic, words := rowNames(i)
		if v.Get(topic) != "" || v.Get(words) != "" {
			filled = i + 1
		}
	}
	return min(filled+spareRows, mostRows)
}

// editedTier is a tier with what its form needs.
type editedTier struct {
	pricing.Tier
	Styles []pricing.Style
}

func (h *Handlers) findTier(r *http.Request) (editedTier, error) {
	tier, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return editedTier{}, err
	}
	a := caller.Of(r).Actor
	t, err := h.Prices.Tier(r.Context(), a, tier)
	if err != nil {
		return editedTier{}, err
	}
	styles, err := h.Prices.Styles(r.Context(), a)
	return editedTier{Tier: t, Styles: styles}, err
}

// tierValues fills the form of a tier. The style is named by its key, which people can read.
func tierValues(t editedTier, m may) url.Values {
	v := url.Values{"name": {t.Name}, "base_charge_cents": {amount(t.BaseChargeCents)}, "warranty_years": {strconv.Itoa(t.WarrantyYears)},
		"summary": {t.Summary}}
	if m.costs {
		v.Set("adjustment_pct", decimal(t.AdjustmentPct))
	}
	for _, s := range t.Styles {
		if s.ID == t.StyleID {
			v.Set("style_id", s.Key)
		}
	}
	for i, d := range t.Differences {
		topic, words := rowNames(i)
		v.Set(topic, d.Topic)
		v.Set(words, d.Words)
	}
	return v
}

func readTier(typed url.Values, t editedTier, m may) (pricing.EditTierInput, error) {
	r := read(typed)
	in := pricing.EditTierInput{ID: t.ID, Name: r.text("name", "Enter what the homeowner calls this tier, like Premium."), AdjustmentPct: t.AdjustmentPct}
	i := slices.IndexFunc(t.Styles, func(s pricing.Style) bool { return s.Key == typed.Get("style_id") })
	if i < 0 {
		r.note("style_id", "Choose a style of your list.")
	} else {
		in.StyleID = t.Styles[i].ID
	}
	in.BaseChargeCents = r.money("base_charge_cents", "Enter what is added once a job, like 599, or 0.")
	if m.costs {
		in.AdjustmentPct = r.number("adjustment_pct", "Enter a percentage like 5 or -5, or 0.")
	}
	in.WarrantyYears = r.whole("warranty_years", "Enter whole years, or 0 for no warranty.")
	in.Summary = typed.Get("summary")
	for i := range mostRows {
		topic, words := rowNames(i)
		d := pricing.Difference{Topic: strings.TrimSpace(typed.Get(topic)), Words: strings.TrimSpace(typed.Get(words))}
		switch {
		case d == pricing.Difference{}:
			continue
		case d.Topic == "":
			r.note(topic, fmt.Sprintf("Enter what row %d is about, like Posts.", i+1))
		case d.Words == "":
			r.note(words, fmt.Sprintf("Enter what row %d says, like Treated 4×4, set in concrete.", i+1))
		}
		in.Differences = append(in.Differences, d)
	}
	check := in
	return in, r.err(check.Validate())
}

func (h *Handlers) tier(w http.ResponseWriter, r *http.Request) error {
	t, err := h.findTier(r)
	if err != nil {
		return err
	}
	l, err := h.tiersNow(r)
	if err != nil {
		return err
	}
	return h.showTier(w, r, t, form{version: t.Version, values: tierValues(t, mayOf(r))}, l, below(t.Name, "Tiers", tiersPath))
}

func (h *Handlers) showTier(w http.ResponseWriter, r *http.Request, t editedTier, f form, l look, p shell.Page) error {
	f.may, f.action, f.cancel, f.submit, f.questions = mayOf(r), under(tiersPath, t.ID), tiersPath, "Save tier", tierQuestions(rowsOf(f.values))
	entries, err := h.entries(r, "tier", t.ID)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, s := range t.Styles {
		names[s.ID.String()] = s.Name
	}
	past := history(r, entries, tierDeeds, f.questions, func(name string, v any) any {
		if text, is := v.(string); is && name == "style_id" {
			return names[text]
		}
		return v
	})
	return h.Pages.Show(w, r, p, tierPage(t, f, l, past))
}

func (h *Handlers) editTier(w http.ResponseWriter, r *http.Request) error {
	t, err := h.findTier(r)
	if err != nil {
		return err
	}
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	in, err := readTier(r.PostForm, t, mayOf(r))
	if err == nil {
		in.Version = version
		_, err = h.Prices.EditTier(r.Context(), caller.Of(r).Actor, in)
	}
	return h.settle(w, r, err, asked{
		questions: tierQuestions(mostRows), saved: in.Name + " is saved. Quotes that were sent stay as they are.", next: tiersPath,
		again: func(p kit.Problems) error {
			l, err := h.tiersNow(r)
			if err != nil {
				return err
			}
			return h.showTier(w, r, t, form{version: version, values: r.PostForm, problems: p}, l, failed(below(t.Name, "Tiers", tiersPath)))
		},
		conflict: func() error {
			entries, err := h.entries(r, "tier", t.ID)
			if err != nil {
				return err
			}
			at := under(tiersPath, t.ID)
			return h.sideBySide(w, r, both{noun: "tier", parent: kit.Link{Label: t.Name, Href: at}, action: at, keep: at,
				questions: tierQuestions(mostRows), mine: r.PostForm, hers: tierValues(t, mayOf(r)),
				began: began(entries, r, func(was pricing.Tier) url.Values { return tierValues(editedTier{was, t.Styles}, mayOf(r)) }), version: t.Version, entries: entries})
		},
	})
}

// lookAtTier prices the sample yard with the tier that stands in the form.
func (h *Handlers) lookAtTier(w http.ResponseWriter, r *http.Request) error {
	t, err := h.findTier(r)
	if err != nil {
		return err
	}
	in, wrong := readTier(r.PostForm, t, mayOf(r))
	l, err := h.lookAt(r, func(b *pricing.Book) error {
		if wrong != nil {
			return wrong
		}
		i := slices.IndexFunc(b.Tiers, func(other pricing.Tier) bool { return other.ID == t.ID })
		if i >= 0 {
			b.Tiers[i].StyleID, b.Tiers[i].BaseChargeCents, b.Tiers[i].AdjustmentPct = in.StyleID, in.BaseChargeCents, in.AdjustmentPct
		}
		return nil
	})
	if err != nil {
		return err
	}
	return h.showLook(w, r, l, func(l look) error {
		version, err := shell.Version(r)
		if err != nil {
			return err
		}
		return h.showTier(w, r, t, form{version: version, values: r.PostForm}, l, below(t.Name, "Tiers", tiersPath))
	})
}

// styleOptions are the styles that a tier may be built in.
func (t editedTier) styleOptions() []kit.Option {
	options := make([]kit.Option, 0, len(t.Styles))
	for _, s := range t.Styles {
		options = append(options, kit.Option{Value: s.Key, Label: s.Name})
	}
	return options
}
