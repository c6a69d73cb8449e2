package takeoff

import (
	"math"

	"fenceplatform.com/fence/internal/business/takeoff/formula"
)

// wood lists pickets, rails and screws.
func (s *site) wood(w *scribe, t *tally) {
	since := w.mark()
	pickets := s.pickets(w, t)
	order := withWaste(w, pickets, t.spec.picketWaste)
	w.add(since, t.index, Item{Key: KeyPicket, Quantity: float64(pickets), OrderQuantity: float64(order),
		Unit: "each", Rule: "wood.pickets." + string(t.spec.pattern), From: t.segments})

	since = w.mark()
	rails := t.bays * t.spec.rails
	w.Some(t.bays, "bay").Words(" × ").Some(t.spec.rails, "rail")
	sticks := s.railSticks(t)
	if sticks != rails {
		w.Words(", cut from ").Some(sticks, "stick").Words(" of ").Num(t.spec.railStockFt).Words(" ft")
	}
	order = withWaste(w, sticks, t.spec.railWaste)
	w.add(since, t.index, Item{Key: KeyRail, Quantity: float64(rails), OrderQuantity: float64(order),
		Unit: "each", Rule: "wood.rails", From: t.segments})

	since = w.mark()
	w.Some(pickets, "picket").Words(" × ").Some(t.spec.rails, "rail").Words(" × 2 screws")
	w.each(since, t, KeyScrew, "wood.screws", pickets*t.spec.rails*2, t.segments)

	since = w.mark()
	w.each(since, t, KeyGatePicket, "wood.gate_pickets", s.gatePickets(w, t), t.gateIDs)
}

// withWaste adds waste to a quantity and says so.
func withWaste(w *scribe, quantity int, pct float64) int {
	if pct == 0 || quantity == 0 {
		return quantity
	}
	order := wholeUp(float64(quantity) * (1 + pct/100))
	w.Words(", + ").Num(pct).Words(" % → ").Count(order)
	return order
}

// cover is how many pickets close a length, by the style's pattern.
func (sp *spec) cover(in float64) int {
	if sp.overlapIn > 0 {
		return wholeUp((in - sp.overlapIn) / (sp.picketIn - sp.overlapIn))
	}
	n := wholeUp(in / (sp.picketIn + sp.gapIn))
	if sp.pattern == PatternShadowbox {
		n *= 2 // one row on each side of the rails
	}
	return n
}

// pickets counts pickets, rounded up at the style's level of rounding. Slopes add none: pickets stand
// upright, so the horizontal length counts.
func (s *site) pickets(w *scribe, t *tally) int {
	sp := t.spec
	if t.netFt == 0 {
		return 0
	}
	count := 0
	switch sp.rounding {
	case RoundProject:
		count = sp.cover(t.netFt * 12)
	case RoundRun:
		for _, i := range t.runs {
			count += sp.cover(s.runs[i].length * 12)
		}
	case RoundBay:
		for _, i := range t.runs {
			r := &s.runs[i]
			bays := max(r.bays, 1)
			count += bays * sp.cover(r.length/float64(bays)*12)
		}
	}
	w.coverFormula(sp, t.netFt*12)
	switch sp.rounding {
	case RoundRun:
		w.Words(", each of ").Some(len(t.runs), "run").Words(" rounded up")
	case RoundBay:
		w.Words(", each of ").Some(t.bays+t.slivers, "bay").Words(" rounded up")
	}
	w.Words(" = ").Count(count)
	return count
}

// coverFormula writes how a length in inches is closed.
func (w *scribe) coverFormula(sp *spec, in float64) *formula.Writer {
	switch {
	case sp.overlapIn > 0:
		return w.Words("(").Num(in).Words(" in − ").Num(sp.overlapIn).Words(" in) ÷ (").
			Num(sp.picketIn).Words(" in − ").Num(sp.overlapIn).Words(" in)")
	case sp.pattern == PatternShadowbox:
		return w.Words("2 sides × ").Num(in).Words(" in ÷ (").Num(sp.picketIn).Words(" in + ").Num(sp.gapIn).Words(" in)")
	default:
		return w.Num(in).Words(" in ÷ (").Num(sp.picketIn).Words(" in + ").Num(sp.gapIn).Words(" in)")
	}
}

// gatePickets closes every leaf by itself: no picket spans two leaves.
func (s *site) gatePickets(w *scribe, t *tally) int {
	total := 0
	for n, g := range t.gates {
		gate := &s.layout.Gates[g]
		leaf := gate.OpeningIn / float64(gate.leaves())
		pickets := t.spec.cover(leaf)
		total += gate.leaves() * pickets
		if n > 0 {
			w.Words(" + ")
		}
		w.leaves(gate.leaves()).Words(" × (")
		w.coverFormula(t.spec, leaf).Words(" → ").Count(pickets).Words(")")
	}
	return total
}

// railSticks is how many sticks of stock the rails are cut from. Rails break at posts: a stick spans as many
// whole bays as it can. A bay longer than the stock takes a splice, and with it a stick more; a rail between
// posts needs only the clear width, so that a bay of 8 ft is closed by stock of 8 ft, also on a mild slope.
func (s *site) railSticks(t *tally) int {
	sticks := 0
	for _, i := range t.runs {
		r := &s.runs[i]
		if r.bays == 0 {
			continue
		}
		bay := r.slope / float64(r.bays)
		if opening := bay - t.spec.postIn/12; opening > t.spec.railStockFt+tiny {
			sticks += r.bays * wholeUp(opening/t.spec.railStockFt)
			continue
		}
		span := max(1, int(math.Floor(t.spec.railStockFt/bay+tiny)))
		sticks += (r.bays + span - 1) / span
	}
	return sticks * t.spec.rails
}
