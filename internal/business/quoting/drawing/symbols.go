package drawing

import (
	"math"

	"fenceplatform.com/fence/internal/business/takeoff"
)

const (
	panelGap      = 1.8  // half the distance between the two lines of a panel fence
	crossSpacing  = 14.0 // between the crosses of chain link
	crossSize     = 3.2
	removalOffset = 7.0 // the old fence is drawn beside the new one
	slashSpacing  = 12.0
	mostCrosses   = 400 // on one stretch: a mile of chain link is no reason for a megabyte
)

// fence draws a run: its stretches between gates, its gates, and the old fence beside it.
func (d *draft) fence(r *placedRun) {
	at := 0.0
	for _, g := range r.Gates {
		near := g.OffsetFt / r.LengthFt
		far := near + g.OpeningIn/12/r.LengthFt
		if !(near >= at-1e-9 && far > near && far <= 1+1e-6) {
			continue // the engine refuses such a gate; without a place it is not drawn
		}
		d.stretch(r, at, near)
		d.gate(r, g, r.at(near), r.at(far))
		at = far
	}
	d.stretch(r, at, 1)
	d.removal(r)
}

// stretch draws fence from one fraction of the run to another, by the symbol of its kind.
func (d *draft) stretch(r *placedRun, from, to float64) {
	a, b := r.at(from), r.at(to)
	length := b.minus(a).length()
	if length < 0.05 {
		return
	}
	d.room.wall(a, b)
	n := r.out.times(panelGap)
	switch r.kind {
	case takeoff.KindPanel:
		d.ink["fence-thin"].line(a.plus(n), b.plus(n))
		d.ink["fence-thin"].line(a.minus(n), b.minus(n))
	case takeoff.KindChainLink:
		d.ink["fence-thin"].line(a, b)
		d.crosses(r, a, b)
	default:
		d.ink["fence"].line(a, b)
	}
}

func (d *draft) crosses(r *placedRun, a, b Point) {
	length := b.minus(a).length()
	count := min(math.Floor(length/crossSpacing), mostCrosses)
	u, n := r.direction(), r.out
	one, two := u.plus(n).times(crossSize*math.Sqrt2/2), u.minus(n).times(crossSize*math.Sqrt2/2)
	for i := range int(count) {
		at := between(a, b, (float64(i)+0.5)/count)
		d.ink["fence-thin"].line(at.minus(one), at.plus(one))
		d.ink["fence-thin"].line(at.minus(two), at.plus(two))
	}
}

// removal draws the old fence that is taken out, inside of the new one, from the start of the run.
func (d *draft) removal(r *placedRun) {
	if !(r.segment.RemovalFt > 0) {
		return
	}
	inwards := r.out.times(-removalOffset)
	a := r.from.plus(inwards)
	b := r.at(min(1, r.segment.RemovalFt/r.LengthFt)).plus(inwards)
	d.ink["removal"].line(a, b)
	count := min(math.Floor(b.minus(a).length()/slashSpacing), mostCrosses)
	slash := r.direction().minus(r.out).times(3)
	for i := range int(count) {
		at := between(a, b, (float64(i)+0.5)/count)
		d.ink["removal-slash"].line(at.minus(slash), at.plus(slash))
	}
}

// marks draws what is no fence, and remembers its labels.
func (d *draft) marks() {
	for _, m := range d.plan.Marks {
		points := make([]Point, 0, len(m.Points))
		for _, at := range m.Points {
			if at.finite() {
				points = append(points, d.place(at))
			}
		}
		if len(points) < 2 {
			continue
		}
		switch m.Kind {
		case MarkHouse:
			d.ink["house"].outline(points...)
		case MarkStreet:
			d.ink["street"].line(points...)
		case MarkBoundary:
			d.ink["boundary"].line(points...)
		case MarkExisting:
			d.ink["existing"].line(points...)
		}
	}
}
