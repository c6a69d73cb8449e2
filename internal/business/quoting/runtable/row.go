package runtable

import (
	"math"
	"slices"

	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/takeoff"
)

// Row is one run of the table.
type Row struct {
	Segment   string // its id in the layout; empty when it is new
	Name      string // as somebody called it; empty: its letter
	LengthFt  float64
	Measured  bool
	TurnDeg   float64 // at its start, to the right positive; at a spot of its own from straight up the sheet
	DropIn    float64 // how much lower its end lies
	Start     Start
	Corner    string         // the node of a start at a corner or at a spot; empty: a new spot
	StartPost takeoff.Attach // what carries the fence there
	End       string         // the node at its end; empty: a new one
	EndPost   takeoff.Attach
	Joins     bool // it ends at a corner of an earlier row
	RemovalFt float64
	Style     string
	Gates     []Gate
}

// Start is where a run begins.
type Start string

// The starts.
const (
	Follows  Start = "follow" // at the end of the row above
	AtCorner Start = "corner" // at a corner of an earlier row
	AtSpot   Start = "spot"   // on its own
)

// Gate is a gate of a row.
type Gate struct {
	ID          string // empty when it is new
	Kind        takeoff.GateKind
	OpeningIn   float64
	FromStartFt float64
}

// upTheSheet is the direction in which a run at a spot of its own begins, in degrees counter-clockwise from the
// x axis.
const upTheSheet = 90

// Of lists the runs of a drawing in the order of drawing. A segment without ends has no row.
func Of(l takeoff.Layout, notes map[string]drawing.RunNote) []Row {
	w := newWalk(l.Nodes)
	at := nodesByID(l.Nodes)
	rows := make([]Row, 0, len(l.Segments))
	for _, s := range l.Segments {
		from, okFrom := at[s.From]
		to, okTo := at[s.To]
		length := math.Hypot(to.X-from.X, to.Y-from.Y)
		if !okFrom || !okTo || length == 0 {
			continue
		}
		r := Row{
			Segment: s.ID, Name: notes[s.ID].Name, Measured: notes[s.ID].Measured, LengthFt: length, DropIn: clean((from.Z - to.Z) * 12),
			Corner: s.From, StartPost: from.Attach, End: s.To, EndPost: to.Attach, RemovalFt: s.RemovalFt, Style: s.Style,
			Gates: gatesOf(l, s.ID),
		}
		direction := heading(from, to)
		r.Start, r.TurnDeg = w.start(s.From, direction)
		_, r.Joins = w.placed[s.To]
		w.step(from, to, direction)
		rows = append(rows, r)
	}
	return rows
}

func gatesOf(l takeoff.Layout, segment string) []Gate {
	var gates []Gate
	for _, g := range l.Gates {
		if g.Segment == segment {
			gates = append(gates, Gate{ID: g.ID, Kind: g.Kind, OpeningIn: g.OpeningIn, FromStartFt: g.OffsetFt})
		}
	}
	slices.SortStableFunc(gates, func(a, b Gate) int {
		if a.FromStartFt < b.FromStartFt {
			return -1
		}
		return 1
	})
	return gates
}

func nodesByID(nodes []takeoff.Node) map[string]takeoff.Node {
	at := make(map[string]takeoff.Node, len(nodes))
	for _, n := range nodes {
		at[n.ID] = n
	}
	return at
}

// walk goes through the rows and knows where it has been.
type walk struct {
	placed    map[string]takeoff.Node
	direction map[string]float64 // in which the first run came to a corner, or left it
	last      string             // the node where the row above ends
}

func newWalk(nodes []takeoff.Node) *walk {
	return &walk{placed: make(map[string]takeoff.Node, len(nodes)), direction: make(map[string]float64, len(nodes))}
}

// start says how a run that leaves node in a direction begins.
func (w *walk) start(node string, direction float64) (Start, float64) {
	reference, known := w.direction[node]
	switch {
	case !known:
		return AtSpot, turn(upTheSheet, direction)
	case node == w.last:
		return Follows, turn(reference, direction)
	}
	return AtCorner, turn(reference, direction)
}

// step notes a run.
func (w *walk) step(from, to takeoff.Node, direction float64) {
	for _, n := range []takeoff.Node{from, to} {
		if _, known := w.direction[n.ID]; !known {
			w.direction[n.ID] = direction
		}
		w.placed[n.ID] = n
	}
	w.last = to.ID
}

func heading(from, to takeoff.Node) float64 {
	return math.Atan2(to.Y-from.Y, to.X-from.X) * 180 / math.Pi
}

// turn is the way from one direction to another, to the right positive, in (-180, 180].
func turn(before, after float64) float64 {
	t := clean(math.Mod(math.Mod(before-after, 360)+540, 360) - 180)
	if t == -180 {
		return 180
	}
	return t
}

// clean removes the dust of floating point: a yard that is square on paper is square in the document.
func clean(v float64) float64 { return math.Round(v*1e9)/1e9 + 0 }

// unit is one foot in a direction. Multiples of 90 degrees are exact.
func unit(degrees float64) (x, y float64) {
	switch math.Mod(math.Mod(degrees, 360)+360, 360) {
	case 0:
		return 1, 0
	case 90:
		return 0, 1
	case 180:
		return -1, 0
	case 270:
		return 0, -1
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return cos, sin
}
