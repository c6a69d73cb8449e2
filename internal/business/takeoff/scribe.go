package takeoff

import (
	"slices"

	"fenceplatform.com/fence/internal/business/takeoff/formula"
)

// scribe writes items and their formulas. All formulas share one text that is cut up at the end, see
// formula.Writer.
type scribe struct {
	formula.Writer
	items []Item
	spans []span
}

type span struct{ from, to, spec int32 }

func newScribe() *scribe {
	w := &scribe{items: make([]Item, 0, 24), spans: make([]span, 0, 24)}
	w.Grow(2048)
	return w
}

// leaves writes a number of gate leaves.
func (w *scribe) leaves(n int) *formula.Writer {
	if n == 1 {
		return w.Words("1 leaf")
	}
	return w.Count(n).Words(" leaves")
}

// mark is the place in the text at which the next formula begins.
func (w *scribe) mark() int32 { return int32(w.Len()) }

// add makes an item of what was written since mark. Nothing needed is no item.
func (w *scribe) add(since int32, spec int32, item Item) {
	if item.Quantity == 0 {
		w.Cut(int(since))
		return
	}
	w.items = append(w.items, item)
	w.spans = append(w.spans, span{since, w.mark(), spec})
}

// each adds an item that is counted and bought by the piece.
func (w *scribe) each(since int32, t *tally, key, rule string, quantity int, from []string) {
	w.add(since, t.index, Item{Key: key, Quantity: float64(quantity), OrderQuantity: float64(quantity),
		Unit: "each", Rule: rule, From: from})
}

// finish gives the items their formulas, and joins what several styles need under one key.
func (w *scribe) finish(specs []spec) []Item {
	text := w.String()
	for i, sp := range w.spans {
		w.items[i].Formula = text[sp.from:sp.to]
	}
	if len(specs) < 2 {
		return w.items
	}
	return w.joined(specs)
}

func (w *scribe) joined(specs []spec) []Item {
	out := make([]Item, 0, len(w.items))
	for i, item := range w.items {
		owner := w.spans[i].spec
		if owner == wholeJob {
			out = append(out, item)
			continue
		}
		part := Part{specs[owner].name, item.Quantity, item.OrderQuantity}
		k := slices.IndexFunc(out, func(o Item) bool { return o.Key == item.Key })
		if k < 0 {
			item.Parts = []Part{part}
			out = append(out, item)
			continue
		}
		o := &out[k]
		o.Quantity += item.Quantity
		o.OrderQuantity += item.OrderQuantity
		o.Formula += "; " + item.Formula
		if o.Rule != item.Rule {
			o.Rule += " + " + item.Rule
		}
		o.From = union(o.From, item.From)
		o.Parts = append(o.Parts, part)
	}
	for i := range out {
		if len(out[i].Parts) == 1 && out[i].Parts[0].Style == "" {
			out[i].Parts = nil
		}
	}
	return out
}

// union joins two lists of ids without repeats. Lists are shared between items: it never writes into them.
func union(a, b []string) []string {
	out := slices.Clone(a)
	seen := make(map[string]bool, len(a))
	for _, id := range a {
		seen[id] = true
	}
	for _, id := range b {
		if !seen[id] {
			out = append(out, id)
		}
	}
	return out
}
