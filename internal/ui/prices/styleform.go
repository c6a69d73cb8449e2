package prices

import (
	"math"
	"net/url"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
)

const (
	patternName = "document/pattern"
	buysNothing = "none" // the item comes with another one
)

// styleQuestions are the fields of a style of the kind, in the order of the form.
func styleQuestions(kind takeoff.StyleKind) []question {
	all := []question{{"name", "Name"}}
	for _, d := range dimensions {
		if d.of(kind) {
			all = append(all, d.question())
			if d.name == rails.name {
				all = append(all, question{patternName, "How pickets are set"})
			}
		}
	}
	for _, item := range pricing.Items(kind) {
		all = append(all, question{"materials/" + item, itemName(item)})
	}
	return all
}

// styleValues fills the form of a style. Materials are named by their keys, which people can read.
func styleValues(s editedStyle) url.Values {
	v := url.Values{"name": {s.Name}}
	for _, d := range dimensions {
		switch measure := d.value(&s.Document); {
		case measure != nil:
			v.Set(d.question().name, decimal(*measure))
		case d.of(s.Kind) && !d.folded:
			v.Set(d.question().name, decimal(math.Round(d.usual(&s.Document)*1000)/1000))
		}
	}
	if s.Kind == takeoff.KindWood {
		v.Set(patternName, string(patternOf(&s.Document)))
	}
	keys := map[id.ID]string{id.Nil: buysNothing}
	for _, m := range s.Materials {
		keys[m.ID] = m.Key
	}
	for item, material := range s.Style.Materials {
		v.Set("materials/"+item, keys[material])
	}
	return v
}

// readStyle makes of a form the change of a style. What the form does not ask for stays as it is.
func readStyle(typed url.Values, s editedStyle) (pricing.EditStyleInput, error) {
	r := read(typed)
	in := pricing.EditStyleInput{ID: s.ID, Version: s.Version, Name: r.text("name", "Enter what you call the style."),
		Document: s.Document, Materials: map[string]id.ID{}}
	if s.Kind == takeoff.KindWood {
		in.Document.Pattern = new(takeoff.Pattern(typed.Get(patternName)))
	}
	for _, d := range dimensions {
		if d.of(s.Kind) {
			r.dimension(d, &in.Document, d.value(&s.Document) != nil)
		}
	}
	if s.Kind == takeoff.KindWood {
		r.pickets(&in.Document)
	}
	ids := map[string]id.ID{buysNothing: id.Nil}
	for _, m := range s.Materials {
		ids[m.Key] = m.ID
	}
	for _, item := range pricing.Items(s.Kind) {
		material, known := ids[typed.Get("materials/"+item)]
		if !known {
			r.note("materials/"+item, "Choose what is bought: "+itemName(item)+".")
			continue
		}
		in.Materials[item] = material
	}
	check := in
	return in, r.err(check.Validate())
}

// dimension reads a measure. One that the document left open, and that is typed as is usual, stays open.
func (r *reader) dimension(d dimension, s *takeoff.Style, given bool) {
	name := d.question().name
	v := r.measure(name, d.label+" is not a number. Leave it empty for the usual.")
	if v != nil && d.whole && *v != float64(int(*v)) {
		r.note(name, d.label+" takes a whole number.")
	}
	d.set(s, nil)
	if v == nil || !given && math.Abs(*v-d.usual(s)) < 0.001 {
		return
	}
	d.set(s, v)
}

// pickets reads how they are set. A gap and an overlap exclude each other; the one that the pattern does not
// have is dropped, because the form sends both.
func (r *reader) pickets(s *takeoff.Style) {
	switch *s.Pattern {
	case takeoff.PatternBoardOnBoard:
		s.PicketGapIn = nil
		if s.PicketOverlapIn != nil && *s.PicketOverlapIn == 0 { // left over from another pattern
			s.PicketOverlapIn = nil
		}
	case takeoff.PatternShadowbox:
		s.PicketOverlapIn = nil
	case takeoff.PatternSideBySide:
		s.Pattern = nil // what the engine builds anyway: a style that was not touched stays as it was
		if s.PicketGapIn != nil && s.PicketOverlapIn != nil && *s.PicketGapIn != 0 && *s.PicketOverlapIn != 0 {
			r.note("document/picket_overlap_in", "Pickets side by side have a gap or an overlap, not both.")
		} else if s.PicketOverlapIn != nil && *s.PicketOverlapIn == 0 {
			s.PicketOverlapIn = nil
		}
	default:
		r.note(patternName, "Choose how pickets are set.")
	}
}

// measures are the fields of the document, folded or not.
func (s editedStyle) measures(folded bool) []dimension {
	var all []dimension
	for _, d := range dimensions {
		if d.of(s.Kind) && d.folded == folded {
			all = append(all, d)
		}
	}
	return all
}

// foldedNames are the fields that are folded away.
func (s editedStyle) foldedNames() []string {
	var names []string
	for _, d := range s.measures(true) {
		names = append(names, d.question().name)
	}
	return names
}

// measureField is the field of a dimension; a folded one is empty while it is as usual.
func measureField(f form, s editedStyle, d dimension) kit.Field {
	hint := d.hint
	if d.folded {
		hint = "Empty: " + measureWords(d.usual(&s.Document), d.unit) + "."
	}
	return f.field(kit.Field{Name: d.question().name, Suffix: d.unit, Hint: hint, Optional: d.folded, Width: kit.Tiny,
		Attrs: map[string]any{"inputmode": "decimal"}})
}

// choices are the materials that may be bought, for the person by name.
func (s editedStyle) choices() []kit.Option {
	options := make([]kit.Option, 0, len(s.Materials)+1)
	for _, m := range s.Materials {
		options = append(options, kit.Option{Value: m.Key, Label: m.Name})
	}
	return append(options, kit.Option{Value: buysNothing, Label: "Nothing: it comes with another item"})
}
