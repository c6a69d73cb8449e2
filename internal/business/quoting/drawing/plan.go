package drawing

import (
	"cmp"
	"math"
	"slices"

	"fenceplatform.com/fence/internal/business/takeoff"
)

// Plan is what is drawn: the layout, and beside it what the engine does not know.
type Plan struct {
	Layout takeoff.Layout     `json:"layout"`
	Runs   map[string]RunNote `json:"runs,omitempty"` // by segment
	Marks  []Mark             `json:"marks,omitempty"`
	// Posts come from the take-off of the same layout. Only the office sees them.
	Posts []takeoff.Post `json:"-"`
}

// RunNote is what a person said about a run.
type RunNote struct {
	Name     string `json:"name,omitzero"`
	Measured bool   `json:"measured,omitzero"`
}

// Mark is something on the property that is no fence.
type Mark struct {
	Kind   MarkKind `json:"kind"`
	Points []Point  `json:"points"`
	Label  string   `json:"label,omitzero"`
}

// MarkKind is what a mark stands for.
type MarkKind string

// The marks that are drawn: a closed outline, lines, and a fence that stays.
const (
	MarkHouse    MarkKind = "house"
	MarkStreet   MarkKind = "street"
	MarkBoundary MarkKind = "property_line"
	MarkExisting MarkKind = "existing_fence"
)

// Point is a place: in feet, y upwards, on the plan; in units, y downwards, on the scene.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

func (p Point) plus(q Point) Point        { return Point{p.X + q.X, p.Y + q.Y} }
func (p Point) minus(q Point) Point       { return Point{p.X - q.X, p.Y - q.Y} }
func (p Point) times(k float64) Point     { return Point{p.X * k, p.Y * k} }
func (p Point) length() float64           { return math.Hypot(p.X, p.Y) }
func (p Point) dot(q Point) float64       { return p.X*q.X + p.Y*q.Y }
func (p Point) cross(q Point) float64     { return p.X*q.Y - p.Y*q.X }
func (p Point) finite() bool              { return math.Abs(p.X) < reach && math.Abs(p.Y) < reach }
func (p Point) perpendicular() Point      { return Point{p.Y, -p.X} }
func midpoint(p, q Point) Point           { return Point{(p.X + q.X) / 2, (p.Y + q.Y) / 2} }
func between(p, q Point, t float64) Point { return p.plus(q.minus(p).times(t)) }

// reach is the farthest coordinate that is drawn, in feet: past it a sketch is a mistake.
const reach = 1e6

// Run is a drawn run with its length, for tables beside the drawing.
type Run struct {
	Segment  string
	Name     string
	LengthFt float64
	Measured bool
	Gates    []takeoff.Gate // by their place along the run

	segment takeoff.Segment
}

// Length is the run's length as drawings write it: 62' 4", or ~41 ft when nobody measured.
func (r Run) Length() string {
	if r.Measured {
		return FeetInches(r.LengthFt)
	}
	return AboutFeet(r.LengthFt)
}

// RunList lists the plan's runs in the order of drawing. Runs without a place are left out.
func (p Plan) RunList() []Run {
	nodes := p.places()
	gates := map[string][]takeoff.Gate{}
	for _, g := range p.Layout.Gates {
		gates[g.Segment] = append(gates[g.Segment], g)
	}
	runs := make([]Run, 0, len(p.Layout.Segments))
	for i, s := range p.Layout.Segments {
		from, okFrom := nodes[s.From]
		to, okTo := nodes[s.To]
		length := to.minus(from).length()
		if !okFrom || !okTo || length < 1e-6 {
			continue
		}
		note := p.Runs[s.ID]
		name := note.Name
		if name == "" {
			name = letters(i)
		}
		own := gates[s.ID]
		slices.SortStableFunc(own, func(a, b takeoff.Gate) int { return cmp.Compare(a.OffsetFt, b.OffsetFt) })
		runs = append(runs, Run{Segment: s.ID, Name: name, LengthFt: length, Measured: note.Measured, Gates: own, segment: s})
	}
	return runs
}

// places are the nodes that can be drawn.
func (p Plan) places() map[string]Point {
	nodes := make(map[string]Point, len(p.Layout.Nodes))
	for _, n := range p.Layout.Nodes {
		if at := (Point{n.X, n.Y}); at.finite() {
			nodes[n.ID] = at
		}
	}
	return nodes
}

// letters names the run at index as spreadsheets name columns: A … Z, AA, AB …
func letters(index int) string {
	name := ""
	for index >= 0 {
		name = string(rune('A'+index%26)) + name
		index = index/26 - 1
	}
	return name
}
