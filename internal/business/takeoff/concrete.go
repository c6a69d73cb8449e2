package takeoff

// concrete fills the holes of the whole job: bags are carried on from hole to hole, across styles, unless a
// style rounds at each hole.
func (s *site) concrete(w *scribe, tallies []tally) ConcreteTotal {
	since := w.mark()
	total, bags := 0.0, 0
	from := []string(nil)
	pools := make([]pool, 0, 2)
	for i := range tallies {
		t := &tallies[i]
		strong, ordinary := t.holes()
		if strong+ordinary == 0 {
			continue
		}
		m := &t.spec.mix
		waste := 1 + m.wastePct/100
		if w.mark() > since {
			w.Words(" + ")
		}
		w.Words("(")
		w.holes(ordinary, &t.spec.ordinaryHole)
		if ordinary > 0 && strong > 0 {
			w.Words(" + ")
		}
		w.holes(strong, &t.spec.strongHole)
		w.Words(")")
		if m.wastePct > 0 {
			w.Words(" + ").Num(m.wastePct).Words(" %")
		}
		volume := waste * (float64(ordinary)*t.spec.ordinaryHole.volumeFt3 + float64(strong)*t.spec.strongHole.volumeFt3)
		total += volume
		if m.perHole {
			bags += ordinary*int(upOrNone(waste*t.spec.ordinaryHole.volumeFt3/m.yieldFt3)) +
				strong*int(upOrNone(waste*t.spec.strongHole.volumeFt3/m.yieldFt3))
			w.Words(", each hole rounded up to bags of ").Num(m.yieldFt3).Words(" ft³")
		} else {
			pools = fill(pools, m, volume)
		}
		from = t.join(from)
	}
	w.Words(" = ").Num(total).Words(" ft³")
	for _, p := range pools {
		bags += int(upOrNone(p.volumeFt3 / p.yieldFt3))
		w.Words(" ÷ ").Num(p.yieldFt3).Words(" ft³ a bag")
	}
	w.add(since, wholeJob, Item{Key: KeyConcreteBag, Quantity: float64(bags), OrderQuantity: float64(bags),
		Unit: "bag", Rule: "concrete.bags", From: from})
	return ConcreteTotal{VolumeFt3: thousandth(total), Bags: bags}
}

// pool is the concrete that is bought in one size of bag.
type pool struct{ yieldFt3, volumeFt3 float64 }

func fill(pools []pool, m *mix, volumeFt3 float64) []pool {
	for i := range pools {
		if pools[i].yieldFt3 == m.yieldFt3 {
			pools[i].volumeFt3 += volumeFt3
			return pools
		}
	}
	return append(pools, pool{m.yieldFt3, volumeFt3})
}

// holes counts the style's holes by size; a wall needs none.
func (t *tally) holes() (strong, ordinary int) {
	for _, kind := range [...]PostKind{PostLine, PostEnd, PostCorner, PostTee, PostGate} {
		if t.spec.terminalHole(kind) {
			strong += t.posts[postIndex(kind)]
		} else {
			ordinary += t.posts[postIndex(kind)]
		}
	}
	return strong, ordinary
}

// holes writes a number of equal holes.
func (w *scribe) holes(n int, h *hole) {
	if n == 0 {
		return
	}
	w.Some(n, "hole").Words(" ").Num(h.diameterIn).Words(" × ").Num(h.depthIn).Words(" in × ").
		Num(h.volumeFt3).Words(" ft³")
}

// join adds the segments and gates whose posts the style sets.
func (t *tally) join(from []string) []string {
	own := t.segments
	if len(own) == 0 {
		own = t.gateIDs
	}
	if from == nil {
		return own
	}
	return union(from, own)
}
