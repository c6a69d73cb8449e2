package takeoff

import (
	"math"
	"slices"
	"strconv"
)

// scribe writes items and their formulas. All formulas share one text that is cut up at the end, so that a
// take-off costs two allocations for words and not one for every number in them.
type scribe struct {
	text  []byte
	items []Item
	spans []span
}

type span struct{ from, to, spec int32 }

func newScribe() *scribe {
	return &scribe{text: make([]byte, 0, 2048), items: make([]Item, 0, 24), spans: make([]span, 0, 24)}
}

func (w *scribe) words(s string) *scribe {
	w.text = append(w.text, s...)
	return w
}

// num writes a number with three decimals at most.
func (w *scribe) num(v float64) *scribe {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		w.text = strconv.AppendInt(w.text, int64(v), 10)
		return w
	}
	w.text = strconv.AppendFloat(w.text, math.Round(v*1000)/1000, 'f', -1, 64)
	return w
}

func (w *scribe) count(n int) *scribe {
	w.text = strconv.AppendInt(w.text, int64(n), 10)
	return w
}

// some writes a count with its noun: 1 gate, 2 gates.
func (w *scribe) some(n int, noun string) *scribe {
	w.count(n).words(" ").words(noun)
	if n != 1 {
		w.words("s")
	}
	return w
}

func (w *scribe) leaves(n int) *scribe {
	if n == 1 {
		return w.words("1 leaf")
	}
	return w.count(n).words(" leaves")
}

// mark is the place in the text at which the next formula begins.
func (w *scribe) mark() int32 { return int32(len(w.text)) }

// add makes an item of what was written since mark. Nothing needed is no item.
func (w *scribe) add(since int32, spec int32, item Item) {
	if item.Quantity == 0 {
		w.text = w.text[:since]
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
	text := string(w.text)
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
