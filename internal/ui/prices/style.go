package prices

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// styleCard is a style on the list.
type styleCard struct {
	pricing.Style
	Drawing profile
	Words   string
	Tiers   []string // that are built in it
	Facts   []kit.Fact
	Edit    *kit.Action
	Copy    *kit.Action
}

func (h *Handlers) styles(w http.ResponseWriter, r *http.Request) error {
	a, m := caller.Of(r).Actor, mayOf(r)
	b, err := h.Prices.Book(r.Context(), a)
	if err != nil {
		return err
	}
	var cards []styleCard
	for _, s := range b.Styles {
		p, err := alone(r, *b, s)
		if err != nil {
			return err
		}
		c := styleCard{Style: s, Drawing: draw(s.Name, &s.Document), Words: described(&s.Document), Facts: styleFacts(p, m)}
		for _, t := range b.Tiers {
			if t.StyleID == s.ID {
				c.Tiers = append(c.Tiers, t.Name)
			}
		}
		at := under(stylesPath, s.ID)
		if m.write {
			c.Edit = &kit.Action{Label: "Edit", Icon: "pencil", Href: at}
		}
		c.Copy = m.action(kit.Action{Label: "Copy", Icon: "copy", Href: at + "/copy"})
		cards = append(cards, c)
	}
	view := page("Styles")
	view.Wide = true
	head := kit.Heading{Title: "Styles", Total: kit.Total(len(cards))}
	return h.Pages.Show(w, r, view, stylesPage(head, tabs(a, stylesPath), cards))
}

// styleFacts is the sample yard in a style.
func styleFacts(p pricing.TierPrice, m may) []kit.Fact {
	facts := []kit.Fact{{Label: "Posts", Value: kit.Figure(int64(p.TakeOff.Posts.Total)), Figure: true}}
	if m.costs {
		facts = append(facts, kit.Fact{Label: "Cost", Value: p.Price.CostCents.String(), Figure: true})
	}
	return append(facts, kit.Fact{Label: "Price", Value: p.Price.TotalCents.String(), Figure: true})
}

// editedStyle is a style with what its form needs.
type editedStyle struct {
	pricing.Style
	Materials []pricing.Material
}

func (h *Handlers) findStyle(r *http.Request) (editedStyle, error) {
	style, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return editedStyle{}, err
	}
	a := caller.Of(r).Actor
	s, err := h.Prices.Style(r.Context(), a, style)
	if err != nil {
		return editedStyle{}, err
	}
	materials, err := h.Prices.Materials(r.Context(), a)
	return editedStyle{Style: s, Materials: materials}, err
}

func (h *Handlers) style(w http.ResponseWriter, r *http.Request) error {
	s, err := h.findStyle(r)
	if err != nil {
		return err
	}
	l, err := h.lookAtStyleOf(r, s, nil)
	if err != nil {
		return err
	}
	f := form{version: s.Version, values: styleValues(s)}
	return h.showStyle(w, r, s, f, l, below(s.Name, "Styles", stylesPath))
}

func (h *Handlers) showStyle(w http.ResponseWriter, r *http.Request, s editedStyle, f form, l look, p shell.Page) error {
	at := under(stylesPath, s.ID)
	f.may, f.action, f.cancel, f.submit, f.questions = mayOf(r), at, stylesPath, "Save style", styleQuestions(s.Kind)
	entries, err := h.entries(r, "style", s.ID)
	if err != nil {
		return err
	}
	byID := map[string]string{id.Nil.String(): "Nothing"}
	for _, m := range s.Materials {
		byID[m.ID.String()] = m.Name
	}
	past := history(r, entries, styleDeeds, f.questions, func(name string, v any) any {
		if text, is := v.(string); is && strings.HasPrefix(name, "materials/") {
			return byID[text]
		}
		return v
	})
	return h.Pages.Show(w, r, p, stylePage(s, f, l, past))
}

func (h *Handlers) editStyle(w http.ResponseWriter, r *http.Request) error {
	s, err := h.findStyle(r)
	if err != nil {
		return err
	}
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	in, err := readStyle(r.PostForm, s)
	if err == nil {
		in.Version = version
		_, err = h.Prices.EditStyle(r.Context(), caller.Of(r).Actor, in)
	}
	return h.settle(w, r, err, asked{
		questions: styleQuestions(s.Kind), saved: in.Name + " is saved. Quotes that were sent stay as they are.", next: stylesPath,
		again: func(p kit.Problems) error {
			l, err := h.lookAtStyleOf(r, s, nil)
			if err != nil {
				return err
			}
			return h.showStyle(w, r, s, form{version: version, values: r.PostForm, problems: p}, l, failed(below(s.Name, "Styles", stylesPath)))
		},
		conflict: func() error {
			entries, err := h.entries(r, "style", s.ID)
			if err != nil {
				return err
			}
			at := under(stylesPath, s.ID)
			return h.sideBySide(w, r, both{noun: "style", parent: kit.Link{Label: s.Name, Href: at}, action: at, keep: at,
				questions: styleQuestions(s.Kind), mine: r.PostForm, hers: styleValues(s),
				began: began(entries, r, func(was pricing.Style) url.Values { return styleValues(editedStyle{was, s.Materials}) }), version: s.Version, entries: entries})
		},
	})
}

// lookAtStyle draws and prices the style that stands in the form.
func (h *Handlers) lookAtStyle(w http.ResponseWriter, r *http.Request) error {
	s, err := h.findStyle(r)
	if err != nil {
		return err
	}
	l, err := h.lookAtStyleOf(r, s, r.PostForm)
	if err != nil {
		return err
	}
	return h.showLook(w, r, l, func(l look) error {
		version, err := shell.Version(r)
		if err != nil {
			return err
		}
		return h.showStyle(w, r, s, form{version: version, values: r.PostForm}, l, below(s.Name, "Styles", stylesPath))
	})
}

// lookAtStyleOf is the sample yard in a style, and in the style that a form makes of it.
func (h *Handlers) lookAtStyleOf(r *http.Request, s editedStyle, typed url.Values) (look, error) {
	b, err := h.Prices.Book(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return look{}, err
	}
	now, err := alone(r, *b, s.Style)
	if err != nil {
		return look{}, err
	}
	l := look{Drawing: new(draw(s.Name, &s.Document)), Heads: [3]string{"Now"}, Notes: []string{"Price before the base charge and the adjustment of a tier."}}
	then := now
	if typed != nil {
		in, err := readStyle(typed, s)
		if err == nil {
			changed := s.Style
			changed.Name, changed.Document, changed.Materials = in.Name, in.Document, in.Materials
			if i := slices.IndexFunc(b.Styles, func(other pricing.Style) bool { return other.ID == s.ID }); i >= 0 {
				b.Styles[i] = changed
			}
			l.Drawing = new(draw(s.Name, &in.Document))
			then, err = alone(r, *b, changed)
		}
		if err != nil {
			l, err = unfinished(l, nil, err)
			l.Rows = styleRows(now, now, mayOf(r))
			return l, err
		}
		l.Heads = [3]string{"Now", "Then"}
	}
	l.Rows = styleRows(now, then, mayOf(r))
	return l, nil
}

// styleRows sets what is built and what it costs side by side.
func styleRows(now, then pricing.TierPrice, m may) []lookRow {
	before, after := built(now.TakeOff), built(then.TakeOff)
	rows := make([]lookRow, 0, len(before)+2)
	for i := range before {
		row := lookRow{Label: before[i].Label, Now: before[i].Value}
		if i < len(after) {
			row.Then = after[i].Value
		}
		rows = append(rows, row)
	}
	if m.costs {
		rows = append(rows, amountRow("Cost", now.Price.CostCents, then.Price.CostCents))
	}
	return append(rows, amountRow("Price", now.Price.TotalCents, then.Price.TotalCents))
}

var copyQuestions = []question{{"name", "Name"}}

func copyForm(r *http.Request, s editedStyle) form {
	return form{may: mayOf(r), action: under(stylesPath, s.ID) + "/copy", cancel: stylesPath, submit: "Copy style", questions: copyQuestions,
		values: url.Values{"name": {s.Name + ", copy"}}}
}

func (h *Handlers) copyStyleForm(w http.ResponseWriter, r *http.Request) error {
	s, err := h.findStyle(r)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, below("Copy "+s.Name, "Styles", stylesPath), copyPage(s, copyForm(r, s)))
}

func (h *Handlers) copyStyle(w http.ResponseWriter, r *http.Request) error {
	s, err := h.findStyle(r)
	if err != nil {
		return err
	}
	fields := read(r.PostForm)
	in := pricing.CopyStyleInput{ID: s.ID, Name: fields.text("name", "Enter what you call the new style.")}
	check := in
	err = fields.err(check.Validate())
	var made pricing.Style
	if err == nil {
		made, err = h.Prices.CopyStyle(r.Context(), caller.Of(r).Actor, in)
	}
	return h.settle(w, r, err, asked{
		questions: copyQuestions, saved: made.Name + " is a style of its own now. Change what differs.", next: under(stylesPath, made.ID),
		again: func(p kit.Problems) error {
			f := copyForm(r, s)
			f.values, f.problems = r.PostForm, p
			return h.Pages.Show(w, r, failed(below("Copy "+s.Name, "Styles", stylesPath)), copyPage(s, f))
		},
	})
}

// patterns are how pickets are set.
var patterns = []kit.Option{
	{Value: string(takeoff.PatternSideBySide), Label: "Side by side", Hint: "Closed from both sides while the wood is new."},
	{Value: string(takeoff.PatternBoardOnBoard), Label: "Board on board", Hint: "Boards overlap: no gaps when the wood dries."},
	{Value: string(takeoff.PatternShadowbox), Label: "Shadowbox", Hint: "Boards on both sides by turns: the same from either yard."},
}
