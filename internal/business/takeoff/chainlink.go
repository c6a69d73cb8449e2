package takeoff

import "math"

const (
	lineTieIn   = 15 // ties at line posts, at most
	railTieIn   = 24 // ties at the top rail, at most
	wireTieOff  = 10 // feet of tension wire to tie off with
	longPullFt  = 500
	roundUpFeet = "rounded up to whole feet"
)

// chainLink lists fabric, top rail and fittings. What follows the ground is measured along it.
func (s *site) chainLink(w *scribe, t *tally) {
	sp := t.spec
	since := w.mark()
	w.Num(t.slopeFt).Words(" ft along the ground, ").Words(roundUpFeet)
	w.add(since, t.index, Item{Key: KeyFabricFt, Quantity: tidy(t.slopeFt), OrderQuantity: upOrNone(t.slopeFt),
		Unit: "ft", Rule: "chain_link.fabric", From: t.segments})

	since = w.mark()
	w.Num(t.slopeFt).Words(" ft ÷ ").Num(sp.rollFt).Words(" ft a roll")
	w.each(since, t, KeyFabricRoll, "chain_link.fabric_rolls", int(upOrNone(t.slopeFt/sp.rollFt)), t.segments)

	since = w.mark()
	w.Num(t.slopeFt).Words(" ft ÷ ").Num(sp.topRailFt).Words(" ft a stick")
	w.each(since, t, KeyTopRail, "chain_link.top_rail", int(upOrNone(t.slopeFt/sp.topRailFt)), t.segments)

	since = w.mark()
	line := t.posts[postIndex(PostLine)]
	w.Words("one for each of ").Some(line, "line post")
	w.each(since, t, KeyLoopCap, "chain_link.loop_caps", line, t.segments)

	s.fittings(w, t)
	s.ties(w, t, line)
	if sp.bottomWire {
		since = w.mark()
		w.Num(t.slopeFt).Words(" ft + ").Count(wireTieOff).Words(" ft to tie off, ").Words(roundUpFeet)
		if t.slopeFt > 0 {
			w.add(since, t.index, Item{Key: KeyTensionWire, Quantity: tidy(t.slopeFt + wireTieOff),
				OrderQuantity: upOrNone(t.slopeFt + wireTieOff), Unit: "ft", Rule: "chain_link.tension_wire", From: t.segments})
		}
	}
}

// fittings are what holds fabric, rail and wire at terminal posts, for every run's end at one.
func (s *site) fittings(w *scribe, t *tally) {
	since := w.mark()
	w.Words("one for each of ").Some(t.ends, "run end").Words(" at a terminal post")
	w.each(since, t, KeyTensionBar, "chain_link.tension_bars", t.ends, t.segments)

	since = w.mark()
	w.Some(t.ends, "tension bar").Words(" × ").Some(t.spec.bandsAtBar, "band")
	w.each(since, t, KeyTensionBand, "chain_link.tension_bands", t.ends*t.spec.bandsAtBar, t.segments)

	since = w.mark()
	held := 1
	w.Some(t.ends, "run end").Words(" × 1 for the top rail")
	if t.spec.bottomWire {
		held = 2
		w.Words(" and 1 for the bottom wire")
	}
	w.each(since, t, KeyBraceBand, "chain_link.brace_bands", t.ends*held, t.segments)

	since = w.mark()
	w.Words("one for each of ").Some(t.ends, "run end").Words(" at a terminal post")
	w.each(since, t, KeyRailEnd, "chain_link.rail_ends", t.ends, t.segments)
}

func (s *site) ties(w *scribe, t *tally, linePosts int) {
	since := w.mark()
	perPost := wholeUp(t.spec.heightFt * 12 / lineTieIn)
	onRail := int(upOrNone(t.slopeFt * 12 / railTieIn))
	w.Some(linePosts, "line post").Words(" × ").Count(perPost).Words(" (every ").Count(lineTieIn).Words(" in) + ").
		Num(t.slopeFt).Words(" ft of rail ÷ ").Count(railTieIn).Words(" in")
	w.each(since, t, KeyTie, "chain_link.ties", linePosts*perPost+onRail, t.segments)
}

// upOrNone rounds up to a whole number, and nothing stays nothing.
func upOrNone(v float64) float64 { return math.Max(0, math.Ceil(v-tiny)) }
