package drawing

import (
	"math"
	"slices"

	"fenceplatform.com/fence/internal/business/takeoff"
)

const (
	dimensionGap = 20.0 // from the fence to its dimension line
	tick         = 4.0  // half of an end tick
	shortRun     = 28.0 // units under which a run's label hangs on a leader
	baseline     = 0.35 // of the text size, from the middle of a label to its baseline
	// mostLabels bounds the search for room, which grows with its square: a sheet holds no more.
	mostLabels = 300
)

// rooms remembers what is taken on the scene while labels look for a place.
type rooms struct {
	boxes   []box
	walls   [][2]Point
	gates   []gateRoom
	numbers []postRoom
}

type gateRoom struct {
	gate         takeoff.Gate
	run          *placedRun
	middle, side Point
	width        float64
}

type postRoom struct {
	number      string
	at, inwards Point
}

func (r *rooms) take(b box)      { r.boxes = append(r.boxes, b) }
func (r *rooms) wall(a, b Point) { r.walls = append(r.walls, [2]Point{a, b}) }

func (r *rooms) free(b box) bool {
	for _, taken := range r.boxes {
		if taken.overlaps(b) {
			return false
		}
	}
	for _, w := range r.walls {
		if _, _, hit := b.clip(w[0], w[1]); hit {
			return false
		}
	}
	return true
}

// clear tells whether a thin line may be drawn without crossing what is written already.
func (r *rooms) clear(a, b Point) bool {
	for _, taken := range r.boxes {
		if _, _, hit := taken.clip(a, b); hit {
			return false
		}
	}
	return true
}

// open tells whether a thin line crosses no other one.
func (r *rooms) open(a, b Point) bool {
	for _, w := range r.walls {
		d, e := b.minus(a), w[1].minus(w[0])
		across := d.cross(e)
		if across == 0 {
			continue
		}
		s, t := w[0].minus(a).cross(e)/across, w[0].minus(a).cross(d)/across
		if s > 0 && s < 1 && t > 0 && t < 1 {
			return false
		}
	}
	return true
}

// labels places the texts, the most important first: lengths, gates, marks, post numbers.
func (d *draft) labels() {
	shortest, tried := d.shortestLabelled(), 0
	for _, r := range d.runs {
		try := r.LengthFt >= shortest && tried < mostLabels
		if try {
			tried++
		}
		if !try || !d.labelRun(r) {
			d.lost = append(d.lost, r.Segment)
		}
	}
	for i, g := range d.room.gates {
		if i >= mostLabels || !d.labelGate(g) {
			d.lost = append(d.lost, g.gate.ID)
		}
	}
	d.labelMarks()
	for _, n := range d.room.numbers {
		text := Text{Spans: []Span{{n.number, FacePost}}, Size: d.sheet.TextSize * 0.72}
		text.At = n.at.plus(n.inwards.times(6 + half(text, n.inwards)))
		d.put(text, 0)
	}
}

// shortestLabelled is the length from which a run gets a label: the longest runs come first.
func (d *draft) shortestLabelled() float64 {
	if len(d.runs) <= mostLabels {
		return 0
	}
	lengths := make([]float64, len(d.runs))
	for i, r := range d.runs {
		lengths[i] = r.LengthFt
	}
	slices.Sort(lengths)
	return lengths[len(lengths)-mostLabels]
}

func (d *draft) runLabel(r *placedRun) Text {
	face := FaceEstimated
	if r.Measured {
		face = FaceMeasured
	}
	return Text{Spans: []Span{{r.Name + "  ", FaceName}, {r.Length(), face}}, Size: d.sheet.TextSize}
}

// half is how far a label reaches from its middle towards n.
func half(t Text, n Point) float64 {
	return math.Abs(n.X)*t.width()/2 + math.Abs(n.Y)*t.Size*0.6
}

// put writes the label where it stands if nothing is in the way.
func (d *draft) put(t Text, air float64) bool {
	around := boxAround(t.At, t.width(), t.Size*1.1).grown(air)
	if !d.room.free(around) {
		return false
	}
	d.room.take(around)
	d.ink["label"].Texts = append(d.ink["label"].Texts, t)
	return true
}

// labelRun tries places along the run, then farther out, then on a leader.
func (d *draft) labelRun(r *placedRun) bool {
	text := d.runLabel(r)
	if r.length() < shortRun {
		return d.onLeader(r, text)
	}
	for _, tier := range [4]float64{1, 2, 3, 4} {
		for _, t := range [7]float64{0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8} {
			if r.Measured && d.onDimension(r, text, tier*dimensionGap, t) {
				return true
			}
			text.At = r.at(t).plus(r.out.times(tier*dimensionGap - 14 + half(text, r.out)))
			if !r.Measured && d.put(text, 1.5) {
				return true
			}
		}
	}
	return d.onLeader(r, text)
}

// onDimension draws a dimension line with ticks; the label stands in a gap of the line where it has room,
// else just outside of it.
func (d *draft) onDimension(r *placedRun, text Text, gap, t float64) bool {
	reach := half(text, r.out)
	along := math.Abs(r.direction().X)*text.width() + math.Abs(r.direction().Y)*text.Size
	if inline := reach <= gap-5 && along < r.length()-4*tick; inline {
		text.At = r.at(t).plus(r.out.times(gap))
	} else {
		text.At = r.at(t).plus(r.out.times(gap + 5 + reach))
	}
	a, b := r.from.plus(r.out.times(gap)), r.to.plus(r.out.times(gap))
	if !d.room.clear(a, b) || !d.put(text, 1.5) {
		return false
	}
	line := d.ink["dimension"]
	from, to, cut := boxAround(text.At, text.width()+6, text.Size).clip(a, b)
	if cut {
		line.line(a, between(a, b, from))
		line.line(between(a, b, to), b)
	} else {
		line.line(a, b)
	}
	slant := r.direction().plus(r.out).times(tick * math.Sqrt2 / 2)
	for _, end := range [2]Point{a, b} {
		line.line(end.minus(slant), end.plus(slant))
		line.line(end.minus(r.out.times(gap-5)), end.plus(r.out.times(tick)))
	}
	d.room.wall(a, b)
	return true
}

// onLeader hangs the label of a run on a thin line, for runs too short or too crowded to carry it.
func (d *draft) onLeader(r *placedRun, text Text) bool {
	return d.hang(text, r.at(0.5), r.out)
}

// hang finds a place on the side of n for a label with a thin line to what it names.
func (d *draft) hang(text Text, foot, n Point) bool {
	for _, distance := range [5]float64{22, 36, 52, 70, 90} {
		for _, turn := range [5]float64{0, 0.5, -0.5, 0.95, -0.95} {
			sin, cos := math.Sincos(turn)
			way := Point{n.X*cos - n.Y*sin, n.X*sin + n.Y*cos}
			text.At = foot.plus(way.times(distance + half(text, way)))
			a, b := foot.plus(way.times(4)), foot.plus(way.times(distance-2))
			if d.room.clear(a, b) && d.room.open(a, b) && d.put(text, 1.5) {
				d.ink["leader"].line(a, b)
				d.room.wall(a, b)
				return true
			}
		}
	}
	return false
}

// labelGate writes the opening's width beside it: across from the swing first, where nothing moves.
func (d *draft) labelGate(g gateRoom) bool {
	text := Text{Spans: []Span{{opening(g.gate.OpeningIn) + " gate", FaceGate}}, Size: d.sheet.TextSize * 0.88}
	if g.gate.Kind == takeoff.GateDouble || g.gate.Kind == takeoff.GateSlide || g.gate.Kind == takeoff.GateCantilever {
		text.Spans[0].Text = opening(g.gate.OpeningIn) + " " + string(g.gate.Kind) + " gate"
	}
	swept := g.width
	switch g.gate.Kind {
	case takeoff.GateDouble:
		swept /= 2
	case takeoff.GateSlide, takeoff.GateCantilever:
		swept = 5
	}
	beyond, across := g.side.times(swept+6), g.side.times(-8)
	for _, aside := range [5]float64{0, 0.4, -0.4, 0.8, -0.8} {
		shift := g.run.direction().times(aside * max(swept, text.Size))
		for _, place := range [2]Point{beyond, across} {
			n := place.times(1 / place.length())
			text.At = g.middle.plus(place).plus(n.times(half(text, n))).plus(shift)
			if d.put(text, 1) {
				return true
			}
		}
	}
	return d.hang(text, g.middle.plus(g.side.times(swept)), g.side)
}

// labelMarks names what is no fence: inside an outline, beside a line.
func (d *draft) labelMarks() {
	for _, m := range d.plan.Marks {
		if m.Label == "" || len(m.Points) < 2 {
			continue
		}
		middle := Point{}
		for _, at := range m.Points {
			middle = middle.plus(d.place(at))
		}
		middle = middle.times(1 / float64(len(m.Points)))
		text := Text{Spans: []Span{{m.Label, FaceMark}}, Size: d.sheet.TextSize * 0.88}
		for _, down := range [5]float64{0, 1, -1, 2.2, -2.2} {
			text.At = middle.plus(Point{0, down * text.Size})
			if m.Kind != MarkHouse {
				text.At.Y += text.Size * 0.9
			}
			if middle.finite() && d.put(text, 0) {
				break
			}
		}
	}
}
