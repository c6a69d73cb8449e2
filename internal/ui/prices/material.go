package prices

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

var materialQuestions = []question{{"name", "Name"}, {"unit", "Unit"}, {"cost_cents", "Cost"}, {"pack", "Pieces in it"}}

// materialGroup is materials that are bought for the same kind of thing.
type materialGroup struct {
	Name string
	Rows []materialRow
}

type materialRow struct {
	pricing.Material
	Href    string // empty for whoever may not see costs
	Used    string // in which styles
	Changed string
}

func (h *Handlers) materials(w http.ResponseWriter, r *http.Request) error {
	a, m := caller.Of(r).Actor, mayOf(r)
	all, err := h.Prices.Materials(r.Context(), a)
	if err != nil {
		return err
	}
	styles, err := h.Prices.Styles(r.Context(), a)
	if err != nil {
		return err
	}
	head := kit.Heading{Title: "Materials", Total: kit.Total(len(all))}
	if m.costs {
		head.Primary = m.action(kit.Action{Label: "Add material", Icon: "plus", Href: "/materials/new"})
	}
	view := page("Materials")
	view.Wide = true
	return h.Pages.Show(w, r, view, materialsPage(head, tabs(a, materialsPath), grouped(r, all, styles), m))
}

// grouped sorts materials by what styles buy them for; a material that no style buys, by its key, which says for
// the seeded ones.
func grouped(r *http.Request, all []pricing.Material, styles []pricing.Style) []materialGroup {
	c := caller.Of(r)
	uses := map[id.ID][]string{}
	of := map[id.ID]string{}
	for _, s := range styles {
		for item, material := range s.Materials {
			if !slices.Contains(uses[material], s.Name) {
				uses[material] = append(uses[material], s.Name)
			}
			// A material of two groups stands in the one that is built first.
			if g := groupOfItem[item]; of[material] == "" || slices.Index(groups, g) < slices.Index(groups, of[material]) {
				of[material] = g
			}
		}
	}
	rows := map[string][]materialRow{}
	for _, m := range all {
		prefix, _, _ := strings.Cut(m.Key, ".")
		group := cmp.Or(of[m.ID], groupOfItem[prefix], groupOther)
		row := materialRow{Material: m, Used: usedIn(uses[m.ID]), Changed: shell.DayName(m.UpdatedAt.In(c.Actor.Org.Zone()), c.Now.In(c.Actor.Org.Zone()))}
		if m.CostCents != nil {
			row.Href = under(materialsPath, m.ID)
		}
		rows[group] = append(rows[group], row)
	}
	var list []materialGroup
	for _, name := range groups {
		if len(rows[name]) > 0 {
			list = append(list, materialGroup{name, rows[name]})
		}
	}
	return list
}

func usedIn(styles []string) string {
	switch len(styles) {
	case 0:
		return "no style"
	case 1:
		return styles[0]
	}
	return kit.Count(len(styles), "style", "styles")
}

func packWords(pack int) string {
	if pack == 1 {
		return ""
	}
	return kit.Figure(int64(pack))
}

// secondLine is what a phone shows under a material's name.
func (m materialRow) secondLine() string {
	if m.Used == "no style" {
		return m.Unit + " · in no style"
	}
	return m.Unit + " · " + m.Used
}

func materialForm(m may) form {
	return form{may: m, action: materialsPath, cancel: materialsPath, submit: "Add material", questions: materialQuestions,
		values: url.Values{"unit": {"each"}, "pack": {"1"}}}
}

func (h *Handlers) newMaterial(w http.ResponseWriter, r *http.Request) error {
	return h.showNewMaterial(w, r, materialForm(mayOf(r)), below("New material", "Materials", materialsPath))
}

func (h *Handlers) showNewMaterial(w http.ResponseWriter, r *http.Request, f form, p shell.Page) error {
	return h.Pages.Show(w, r, p, newMaterialPage(f))
}

func readMaterial(f url.Values) (pricing.MaterialInput, error) {
	r := read(f)
	in := pricing.MaterialInput{
		Name:      r.text("name", "Enter what you call the material, like Cedar picket, 6 ft."),
		Unit:      r.text("unit", "Enter how it is sold, like each, bag or box of 500."),
		CostCents: r.money("cost_cents", "Enter what you pay for one, like 2.85."),
		Pack:      r.whole("pack", "Enter how many come together, 1 for single pieces."),
	}
	check := pricing.AddMaterialInput{MaterialInput: in}
	return in, r.err(check.Validate())
}

func (h *Handlers) addMaterial(w http.ResponseWriter, r *http.Request) error {
	in, err := readMaterial(r.PostForm)
	if err == nil {
		_, err = h.Prices.AddMaterial(r.Context(), caller.Of(r).Actor, pricing.AddMaterialInput{MaterialInput: in})
	}
	return h.settle(w, r, err, asked{
		questions: materialQuestions, saved: in.Name + " is on the list. Choose it in a style to build with it.", next: materialsPath,
		again: func(p kit.Problems) error {
			f := materialForm(mayOf(r))
			f.values, f.problems = r.PostForm, p
			return h.showNewMaterial(w, r, f, failed(below("New material", "Materials", materialsPath)))
		},
	})
}

// findMaterial reads a material with its cost.
func (h *Handlers) findMaterial(r *http.Request) (pricing.Material, error) {
	material, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return pricing.Material{}, err
	}
	a := caller.Of(r).Actor
	if err := a.Require(tenancy.CostsSee); err != nil {
		return pricing.Material{}, err
	}
	return h.Prices.Material(r.Context(), a, material)
}

func materialValues(m pricing.Material) url.Values {
	return url.Values{"name": {m.Name}, "unit": {m.Unit}, "cost_cents": {amount(*m.CostCents)}, "pack": {strconv.Itoa(m.Pack)}}
}

func (h *Handlers) material(w http.ResponseWriter, r *http.Request) error {
	m, err := h.findMaterial(r)
	if err != nil {
		return err
	}
	l, err := h.tiersNow(r)
	if err != nil {
		return err
	}
	return h.showMaterial(w, r, m, form{version: m.Version, values: materialValues(m)}, l, below(m.Name, "Materials", materialsPath))
}

func (h *Handlers) showMaterial(w http.ResponseWriter, r *http.Request, m pricing.Material, f form, l look, p shell.Page) error {
	f.may, f.action, f.cancel, f.submit, f.questions = mayOf(r), under(materialsPath, m.ID), materialsPath, "Save material", materialQuestions
	styles, err := h.Prices.Styles(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return err
	}
	entries, err := h.entries(r, "material", m.ID)
	if err != nil {
		return err
	}
	var uses []use
	for _, s := range styles {
		if u := useOf(s, m.ID); u.For != "" {
			uses = append(uses, u)
		}
	}
	return h.Pages.Show(w, r, p, materialPage(m, f, l, uses, history(r, entries, materialDeeds, materialQuestions, asIs)))
}

// use is a style that buys a material, and for what.
type use struct {
	Style pricing.Style
	For   string
}

func useOf(s pricing.Style, material id.ID) use {
	var items []string
	for _, item := range pricing.Items(s.Kind) {
		if s.Materials[item] == material {
			items = append(items, strings.ToLower(itemName(item)))
		}
	}
	return use{Style: s, For: listed(items)}
}

func (h *Handlers) editMaterial(w http.ResponseWriter, r *http.Request) error {
	material, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	in, err := readMaterial(r.PostForm)
	if err == nil {
		_, err = h.Prices.EditMaterial(r.Context(), caller.Of(r).Actor, pricing.EditMaterialInput{ID: material, Version: version, MaterialInput: in})
	}
	return h.settle(w, r, err, asked{
		questions: materialQuestions, saved: in.Name + " is saved. Quotes keep the costs they were made with.", next: materialsPath,
		again: func(p kit.Problems) error {
			m, err := h.findMaterial(r)
			if err != nil {
				return err
			}
			l, err := h.tiersNow(r)
			if err != nil {
				return err
			}
			return h.showMaterial(w, r, m, form{version: version, values: r.PostForm, problems: p}, l, failed(below(m.Name, "Materials", materialsPath)))
		},
		conflict: func() error { return h.materialConflict(w, r) },
	})
}

func (h *Handlers) materialConflict(w http.ResponseWriter, r *http.Request) error {
	m, err := h.findMaterial(r)
	if err != nil {
		return err
	}
	entries, err := h.entries(r, "material", m.ID)
	if err != nil {
		return err
	}
	at := under(materialsPath, m.ID)
	return h.sideBySide(w, r, both{noun: "material", parent: kit.Link{Label: m.Name, Href: at}, action: at, keep: at,
		questions: materialQuestions, mine: r.PostForm, hers: materialValues(m), began: began(entries, r, materialValues), version: m.Version, entries: entries})
}

// lookAtMaterial prices the sample yard with the cost that stands in the form.
func (h *Handlers) lookAtMaterial(w http.ResponseWriter, r *http.Request) error {
	m, err := h.findMaterial(r)
	if err != nil {
		return err
	}
	in, wrong := readMaterial(r.PostForm)
	l, err := h.lookAt(r, func(b *pricing.Book) error {
		if wrong != nil {
			return wrong
		}
		i := slices.IndexFunc(b.Materials, func(other pricing.Material) bool { return other.ID == m.ID })
		if i >= 0 {
			b.Materials[i].CostCents, b.Materials[i].Pack = &in.CostCents, in.Pack
		}
		return nil
	})
	if err != nil {
		return err
	}
	if l.compared() {
		l.Said = effect(m, in, l)
	}
	return h.showLook(w, r, l, func(l look) error {
		version, err := shell.Version(r)
		if err != nil {
			return err
		}
		return h.showMaterial(w, r, m, form{version: version, values: r.PostForm}, l, below(m.Name, "Materials", materialsPath))
	})
}

// effect says what a change of cost does: "From $2.85 to $3.20: Premium goes up by $108.50."
func effect(m pricing.Material, in pricing.MaterialInput, l look) string {
	if *m.CostCents == in.CostCents && m.Pack == in.Pack {
		return ""
	}
	var touched []string
	for _, row := range l.Rows {
		if row.Change != "none" {
			touched = append(touched, fmt.Sprintf("%s goes from %s to %s", row.Label, row.Now, row.Then))
		}
	}
	change := "Cost " + changeWords(*m.CostCents, in.CostCents)
	if len(touched) == 0 {
		return change + ": no tier of the sample yard changes."
	}
	return change + ": " + listed(touched) + "."
}

func changeWords(from, to money.Cents) string {
	if from == to {
		return from.String() + " as before"
	}
	return from.String() + " to " + to.String()
}
