package drawing

import (
	"math"

	"fenceplatform.com/fence/internal/business/takeoff"
)

// arcSteps make a quarter circle that looks round at 300 dpi.
const arcSteps = 14

// gate draws an opening between near and far: its leaf or leaves, and the way they move.
func (d *draft) gate(r *placedRun, g takeoff.Gate, near, far Point) {
	side := r.out.times(-1)
	if g.Swing == takeoff.SwingOut {
		side = r.out
	}
	// Left and right are seen from outside, looking into the yard.
	left := Point{-r.out.Y, r.out.X}
	hinge, latch := near, far
	if (left.dot(r.direction()) > 0) != (g.Hinge == takeoff.HingeRight) {
		hinge, latch = far, near
	}
	switch g.Kind {
	case takeoff.GateSlide, takeoff.GateCantilever:
		d.slide(r, hinge, latch)
	case takeoff.GateDouble:
		middle := midpoint(near, far)
		d.leaf(near, middle, side)
		d.leaf(far, middle, side)
	default:
		d.leaf(hinge, latch, side)
	}
	for _, jamb := range [2]Point{near, far} {
		d.ink["gate"].line(jamb.plus(r.out.times(3.5)), jamb.minus(r.out.times(3.5)))
	}
	d.room.gates = append(d.room.gates, gateRoom{gate: g, run: r, middle: midpoint(near, far), side: side, width: far.minus(near).length()})
}

// leaf draws one leaf opened square to the fence, and the arc to where it closes.
func (d *draft) leaf(hinge, latch, side Point) {
	reach := latch.minus(hinge)
	open := side.times(reach.length())
	d.ink["gate"].line(hinge, hinge.plus(open))
	arc := make([]Point, arcSteps+1)
	for i := range arc {
		sin, cos := math.Sincos(float64(i) / arcSteps * math.Pi / 2)
		arc[i] = hinge.plus(open.times(cos)).plus(reach.times(sin))
	}
	d.ink["swing"].line(arc...)
	d.room.take(boxAround(hinge, 0, 0).with(hinge.plus(open)).with(latch).with(latch.plus(open)))
}

// slide draws a leaf that moves along the inside of the fence, with an arrow the way it opens.
func (d *draft) slide(r *placedRun, towards, away Point) {
	inwards := r.out.times(-5)
	a, b := away.plus(inwards), towards.plus(inwards)
	d.ink["gate"].line(a, b)
	u := b.minus(a)
	if u.length() < 1 {
		return
	}
	u = u.times(1 / u.length())
	tip := b.plus(u.times(14))
	d.ink["gate"].line(b, tip)
	for _, barb := range [2]Point{r.out.times(3), r.out.times(-3)} {
		d.ink["gate"].line(tip, tip.minus(u.times(5)).plus(barb))
	}
	d.room.take(boxAround(a, 0, 0).with(tip).grown(4))
}
