package drawing

import (
	"math"

	"fenceplatform.com/fence/internal/business/takeoff"
)

// Audience is who looks at the drawing.
type Audience uint8

// The audiences. Posts are the builder's business: the homeowner sees lengths and gates.
const (
	ForHomeowner Audience = iota
	ForOffice
)

// Sheet is the room that the drawing gets. One unit is one pixel on a page, one point on paper.
type Sheet struct {
	Audience Audience
	Width    float64 // 0: 640
	Height   float64 // at most; 0: two thirds of the width
	TextSize float64 // 0: 14
}

func (s Sheet) withDefaults() Sheet {
	if !(s.Width >= 80 && s.Width <= 20_000) {
		s.Width = 640
	}
	if !(s.Height >= 60 && s.Height <= 20_000) {
		s.Height = s.Width * 2 / 3
	}
	if !(s.TextSize >= 4 && s.TextSize <= 60) {
		s.TextSize = 14
	}
	return s
}

// padding is kept free around the drawing on the sheet.
const padding = 6

// largestScale keeps a single gate from filling the sheet, in units per foot.
const largestScale = 24

// Draw makes the scene of a plan. Its height is what the fence needs, at most the sheet's.
func Draw(p Plan, sheet Sheet) Scene {
	sheet = sheet.withDefaults()
	d := &draft{plan: p, sheet: sheet, ink: newPalette(), runs: placedRuns(p)}
	d.fit()
	d.face()
	d.marks()
	for _, r := range d.runs {
		d.fence(r)
	}
	if sheet.Audience == ForOffice {
		d.posts()
	}
	d.labels()
	return d.scene()
}

// draft is a drawing while it is made.
type draft struct {
	plan  Plan
	sheet Sheet
	ink   palette
	runs  []*placedRun
	scale float64 // units per foot
	zero  Point   // where the plan's 0, 0 lies on the scene
	room  rooms
	lost  []string
}

// placedRun is a run with its ends on the scene.
type placedRun struct {
	Run
	kind     takeoff.StyleKind
	from, to Point
	// out is the unit normal that points out of the yard.
	out Point
}

func (r *placedRun) length() float64    { return r.to.minus(r.from).length() }
func (r *placedRun) direction() Point   { return r.to.minus(r.from).times(1 / r.length()) }
func (r *placedRun) at(t float64) Point { return between(r.from, r.to, t) }

// placedRuns are the plan's runs with their ends still in feet.
func placedRuns(p Plan) []*placedRun {
	nodes := p.places()
	list := p.RunList()
	runs := make([]*placedRun, len(list))
	for i, r := range list {
		s := r.segment
		kind := p.Layout.Style.Kind
		if own, ok := p.Layout.Styles[s.Style]; ok && s.Style != "" {
			kind = own.Kind
		}
		runs[i] = &placedRun{Run: r, kind: kind, from: nodes[s.From], to: nodes[s.To]}
	}
	return runs
}

// fit chooses the scale, and puts the runs on the scene with room for labels around them.
func (d *draft) fit() {
	extent, some := box{}, false
	add := func(at Point) {
		if !at.finite() {
			return
		}
		if !some {
			extent, some = box{at.X, at.Y, at.X, at.Y}, true
		}
		extent = extent.with(at)
	}
	widest := 0.0
	for _, r := range d.runs {
		add(r.from)
		add(r.to)
		widest = max(widest, d.runLabel(r).width())
	}
	for _, m := range d.plan.Marks {
		for _, at := range m.Points {
			add(at)
		}
	}
	side := min(widest+dimensionGap+padding, d.sheet.Width*0.28)
	above := min(dimensionGap+2.2*d.sheet.TextSize, d.sheet.Height*0.25)
	across, up := extent.right-extent.left, extent.bottom-extent.top
	d.scale = min(largestScale, (d.sheet.Width-2*side)/max(across, 1), (d.sheet.Height-2*above)/max(up, 1))
	d.zero = Point{side - extent.left*d.scale, above + extent.bottom*d.scale}
	for _, r := range d.runs {
		r.from, r.to = d.place(r.from), d.place(r.to)
	}
}

// place turns feet upwards into units downwards.
func (d *draft) place(at Point) Point {
	return Point{d.zero.X + at.X*d.scale, d.zero.Y - at.Y*d.scale}
}

// scene cuts the sheet to what was drawn, centered across.
func (d *draft) scene() Scene {
	s := Scene{Width: d.sheet.Width, Height: 2 * padding, Hidden: d.lost}
	if extent, some := d.ink.extent(); some {
		s.Height = math.Ceil(extent.bottom - extent.top + 2*padding)
		s.Width = max(s.Width, math.Ceil(extent.right-extent.left+2*padding))
		d.ink.moved(Point{
			(s.Width-extent.right+extent.left)/2 - extent.left,
			padding - extent.top,
		})
	}
	s.Layers = d.ink.ordered()
	return s
}
