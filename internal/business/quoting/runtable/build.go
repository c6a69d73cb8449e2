package runtable

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"strconv"

	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/fault"
)

const (
	// sameSpotFt is nearer than anybody measures: ends as close are one corner.
	sameSpotFt = 0.02
	// closeEnoughFt is how far the end of a run may be moved to close a loop.
	closeEnoughFt = 0.5
	// movedFt is a change of length that a drawing shows, half an inch.
	movedFt = 0.5 / 12
	// apartFt is kept between what is drawn and a new spot.
	apartFt = 10
)

// Build makes the drawing of the rows. base is the drawing that they were made of: what rows do not show stays as
// it is there. Faults are of kind Invalid and point at rows: /runs/0/length, /runs/0/gates/1/from.
func Build(base takeoff.Layout, notes map[string]drawing.RunNote, rows []Row) (takeoff.Layout, map[string]drawing.RunNote, error) {
	before := Of(base, notes)
	if reflect.DeepEqual(before, rows) {
		return base, notes, nil
	}
	if err := check(rows); err != nil {
		return takeoff.Layout{}, nil, err
	}
	b := builder{
		walk: newWalk(base.Nodes), base: base, was: map[string]Row{}, corners: nodesByID(base.Nodes),
		ids: idsOf(base), notes: maps.Clone(notes), layout: takeoff.Layout{Style: base.Style, Styles: base.Styles},
	}
	if b.notes == nil {
		b.notes = map[string]drawing.RunNote{}
	}
	for _, r := range before {
		b.was[r.Segment] = r
	}
	for _, r := range rows {
		b.add(r)
	}
	b.drop(rows)
	b.layout.Nodes = b.nodes()
	return b.layout, b.notes, nil
}

type builder struct {
	*walk
	base    takeoff.Layout
	was     map[string]Row          // by segment
	corners map[string]takeoff.Node // as they were
	ids     map[string]bool         // that are taken
	notes   map[string]drawing.RunNote
	layout  takeoff.Layout
	order   []string // of nodes
}

func (b *builder) add(r Row) {
	if r.Segment == "" {
		r.Segment = b.free("s")
	}
	from, reference := b.from(r)
	direction := reference - r.TurnDeg
	to := b.to(r, from, direction)
	if length := math.Hypot(to.X-from.X, to.Y-from.Y); math.Abs(length-r.LengthFt) > movedFt {
		r.Measured = false // it gave way
	}
	b.keep(from)
	b.keep(to)
	b.step(from, to, heading(from, to))
	b.layout.Segments = append(b.layout.Segments, takeoff.Segment{ID: r.Segment, From: from.ID, To: to.ID, RemovalFt: r.RemovalFt, Style: r.Style})
	for _, g := range r.Gates {
		b.layout.Gates = append(b.layout.Gates, b.gate(g, r.Segment))
	}
	b.notes[r.Segment] = drawing.RunNote{Name: r.Name, Measured: r.Measured}
}

// from is where the row begins, and the direction that its turn is from.
func (b *builder) from(r Row) (takeoff.Node, float64) {
	node := r.Corner
	if r.Start == Follows && b.last != "" {
		node = b.last
	}
	if n, placed := b.placed[node]; placed && r.Start != AtSpot {
		if r.Start == AtCorner {
			n.Attach = r.StartPost
		}
		return n, b.direction[node]
	}
	n, was := b.corners[node]
	if _, placed := b.placed[node]; placed || !was {
		n = b.spot()
	}
	n.Attach = r.StartPost
	return n, upTheSheet
}

// spot is a place beside everything that is drawn.
func (b *builder) spot() takeoff.Node {
	n := takeoff.Node{ID: b.free("n")}
	for i, id := range b.order {
		if x := b.placed[id].X + apartFt; i == 0 || x > n.X {
			n.X = x
		}
	}
	return n
}

// to is where the row ends: at the corner that it joins, or so far in its direction.
func (b *builder) to(r Row, from takeoff.Node, direction float64) takeoff.Node {
	x, y := unit(direction)
	end := takeoff.Node{ID: r.End, X: clean(from.X + x*r.LengthFt), Y: clean(from.Y + y*r.LengthFt), Z: clean(from.Z - r.DropIn/12), Attach: r.EndPost}
	if joined, placed := b.placed[r.End]; r.Joins && placed {
		was, known := b.was[r.Segment]
		untouched := known && was.LengthFt == r.LengthFt && was.TurnDeg == r.TurnDeg || !known && r.LengthFt == 0
		if untouched || apart(joined, end) <= closeEnoughFt {
			return joined
		}
	}
	for _, id := range b.order {
		if n := b.placed[id]; id != from.ID && apart(n, end) < sameSpotFt {
			return n
		}
	}
	if _, placed := b.placed[end.ID]; placed || end.ID == "" {
		end.ID = b.free("n")
	}
	return end
}

func apart(a, b takeoff.Node) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }

func (b *builder) keep(n takeoff.Node) {
	if _, placed := b.placed[n.ID]; !placed {
		b.order = append(b.order, n.ID)
	}
	b.placed[n.ID] = n
}

func (b *builder) nodes() []takeoff.Node {
	nodes := make([]takeoff.Node, len(b.order))
	for i, id := range b.order {
		nodes[i] = b.placed[id]
	}
	return nodes
}

// gate keeps what the table does not show.
func (b *builder) gate(g Gate, segment string) takeoff.Gate {
	out := takeoff.Gate{ID: g.ID}
	for _, was := range b.base.Gates {
		if was.ID == g.ID {
			out = was
		}
	}
	if out.ID == "" {
		out.ID = b.free("g")
	}
	out.Segment, out.Kind, out.OpeningIn, out.OffsetFt = segment, g.Kind, g.OpeningIn, g.FromStartFt
	return out
}

// drop forgets the notes of runs that are gone.
func (b *builder) drop(rows []Row) {
	kept := map[string]bool{}
	for _, s := range b.layout.Segments {
		kept[s.ID] = true
	}
	maps.DeleteFunc(b.notes, func(segment string, _ drawing.RunNote) bool { return !kept[segment] })
}

func idsOf(l takeoff.Layout) map[string]bool {
	ids := map[string]bool{}
	for _, n := range l.Nodes {
		ids[n.ID] = true
	}
	for _, s := range l.Segments {
		ids[s.ID] = true
	}
	for _, g := range l.Gates {
		ids[g.ID] = true
	}
	return ids
}

// free is an id that nothing has: n1, n2 …
func (b *builder) free(letter string) string {
	for i := len(b.ids) + 1; ; i++ {
		if id := letter + strconv.Itoa(i); !b.ids[id] {
			b.ids[id] = true
			return id
		}
	}
}

// check says what is wrong with rows.
func check(rows []Row) error {
	var p fault.Problems
	for i, r := range rows {
		at, name := fmt.Sprintf("/runs/%d", i), Name(rows, i)
		if !(r.LengthFt > 0 || r.Joins && r.Segment == "") {
			p.Add(at+"/length", "Run %s is 0 ft long. Type a length or remove the run.", name)
			continue
		}
		for j, g := range r.Gates {
			pointer := fmt.Sprintf("%s/gates/%d/from", at, j)
			if past := g.FromStartFt + g.OpeningIn/12 - r.LengthFt; past > 1e-6 {
				p.Add(pointer, "The gate ends %s past run %s. Move it or make run %s longer.", drawing.FeetInchesWords(max(past, movedFt)), name, name)
			}
			for _, other := range r.Gates[:j] {
				from, to := max(g.FromStartFt, other.FromStartFt), min(g.FromStartFt+g.OpeningIn/12, other.FromStartFt+other.OpeningIn/12)
				if to-from > 1e-6 {
					p.Add(pointer, "Two gates overlap on run %s, between %s and %s.", name, drawing.FeetInchesWords(from), drawing.FeetInchesWords(to))
				}
			}
		}
	}
	return p.Err()
}

// Name is what a row's run is called: its own name, or its letter.
func Name(rows []Row, i int) string {
	if rows[i].Name != "" {
		return rows[i].Name
	}
	return Letter(i)
}

// Letter names the run at index: A … Z, AA, AB …
func Letter(i int) string {
	name := ""
	for ; i >= 0; i = i/26 - 1 {
		name = string(rune('A'+i%26)) + name
	}
	return name
}

// CloseLoop ends the last line where it began: its last run is moved when it misses by half a foot at most, else
// one more run is added, which nobody has measured. It is false when there is nothing to close.
func CloseLoop(l takeoff.Layout, rows []Row) ([]Row, bool) {
	begin := len(rows) - 1
	for begin > 0 && rows[begin].Start == Follows {
		begin--
	}
	if begin < 0 || len(rows)-begin < 2 {
		return rows, false
	}
	last := &rows[len(rows)-1]
	at := nodesByID(l.Nodes)
	start, end := at[rows[begin].Corner], at[last.End]
	gap := apart(start, end)
	switch {
	case last.Joins || start.ID == end.ID:
		return rows, false
	case gap <= closeEnoughFt:
		last.Joins, last.End = true, start.ID
		return rows, true
	case len(rows)-begin == 1:
		return rows, false
	}
	return append(rows, Row{Start: Follows, End: start.ID, Joins: true}), true
}
