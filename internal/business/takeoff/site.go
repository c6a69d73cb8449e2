package takeoff

import (
	"cmp"
	"math"
	"slices"

	"fenceplatform.com/fence/internal/business/takeoff/document"
)

const (
	// mergeFt is how near two places must be to be one post: two posts cannot stand 3 inches apart, and
	// nobody draws them so on purpose. It holds for nodes, and for a gate's edge beside a node or gate.
	mergeFt = 0.25
	// tiny is the noise of floating point that must not make one more bay or picket.
	tiny = 1e-9
	// slackFt is how far a gate may pass its segment's end by rounding of a drawing.
	slackFt = 1e-6
	// cornerDegrees is the turn up to which a post is a line post.
	cornerDegrees = 30
)

// site is a layout being laid out: posts at the nodes, segments cut into runs.
type site struct {
	layout *Layout
	check  document.Check
	specs  []spec  // those in use, in order of first use
	spots  []spot  // where nodes are, coincident ones merged
	spotOf []int32 // node → spot
	lines  []line  // per segment
	gates  []int32 // indices of gates, by segment and offset
	runs   []run
	edges  []edge
}

// edge is a gate post within a line.
type edge struct {
	line, gate int32
	at         float64
}

// spot is the place of one or several coincident nodes.
type spot struct {
	node   int32 // the first of them
	degree int32
	spec   int32 // of the style that the post is sized for
	ux, uy float64
	turn   float64 // degrees, when two segments meet
	mixed  bool    // styles meet here
	gate   bool    // a gate's edge is here
	wall   bool
	placed bool
	kind   PostKind
}

// line is a segment with its geometry. Its gates are site.gates[gate:gateEnd].
type line struct {
	from, to      int32 // spots
	start         int32 // node; a merged one keeps its own coordinates
	spec          int32
	gate, gateEnd int32
	length        float64
	dx, dy, dz    float64
}

// run is a stretch of one line between two joints. A joint is a spot, or gateEdge.
type run struct {
	line        int32
	left, right int32
	start       float64
	length      float64
	slope       float64 // along the ground
	bays        int
	riseIn      float64 // per bay
	grade       Grade
}

const gateEdge int32 = -1

// survey finds out where posts are and what runs between them. It notes problems in s.check.
func (s *site) survey() {
	checkLayout(s.layout, &s.check)
	if s.check.Any() {
		return
	}
	s.mergeNodes()
	s.joinSegments()
	s.resolveStyles()
	if s.check.Any() {
		return
	}
	s.sortGates()
	s.meet()
	if s.check.Any() {
		return
	}
	s.cut()
}

// joinSegments finds each segment's ends.
func (s *site) joinSegments() {
	l := s.layout
	nodes := make(map[string]int32, len(l.Nodes))
	for i := range l.Nodes {
		if _, again := nodes[l.Nodes[i].ID]; again {
			s.check.Add(at("/nodes", i, "/id"), "is the id of an earlier node")
		}
		nodes[l.Nodes[i].ID] = int32(i)
	}
	s.lines = make([]line, len(l.Segments))
	pairs := make(map[[2]int32]int, len(l.Segments))
	total := 0.0
	for i := range l.Segments {
		seg := &l.Segments[i]
		from, okFrom := nodes[seg.From]
		to, okTo := nodes[seg.To]
		if !okFrom {
			s.check.Add(at("/segments", i, "/from"), "is not the id of a node")
		}
		if !okTo {
			s.check.Add(at("/segments", i, "/to"), "is not the id of a node")
		}
		if okFrom && okTo {
			s.joinSegment(i, from, to, pairs)
			total += s.lines[i].length
		}
	}
	if total > maxTotalFt {
		s.check.Add("/segments", "are longer than %d ft together", maxTotalFt)
	}
}

func (s *site) joinSegment(i int, from, to int32, pairs map[[2]int32]int) {
	a, b := &s.layout.Nodes[from], &s.layout.Nodes[to]
	ln := &s.lines[i]
	ln.from, ln.to, ln.start = s.spotOf[from], s.spotOf[to], from
	ln.dx, ln.dy, ln.dz = b.X-a.X, b.Y-a.Y, b.Z-a.Z
	ln.length = math.Hypot(ln.dx, ln.dy)
	if ln.from == ln.to || ln.length <= mergeFt {
		s.check.Add(at("/segments", i, "/to"), "is the same place as from: the segment has no length")
		return
	}
	pair := [2]int32{min(ln.from, ln.to), max(ln.from, ln.to)}
	if earlier, again := pairs[pair]; again {
		s.check.Add(at("/segments", i, ""), "lies on segment %d", earlier)
		return
	}
	pairs[pair] = i
}

// resolveStyles fills in every style, also those that no segment names, so that a mistake in them shows.
func (s *site) resolveStyles() {
	l := s.layout
	s.specs = make([]spec, 0, 1+len(l.Styles))
	standard := resolve(&l.Style, "", &s.check)
	var named map[string]spec
	if len(l.Styles) > 0 {
		named = make(map[string]spec, len(l.Styles))
	}
	for _, key := range sortedKeys(l.Styles) {
		style := l.Styles[key]
		named[key] = resolve(&style, key, &s.check)
	}
	for i := range l.Segments {
		key := l.Segments[i].Style
		sp, known := named[key]
		if key == "" {
			sp, known = standard, true
		}
		if !known {
			s.check.Add(at("/segments", i, "/style"), "is not a key of styles")
			continue
		}
		s.lines[i].spec = s.use(&sp)
	}
}

// use is the index of a style among those in use. There are few: looking is faster than a map.
func (s *site) use(sp *spec) int32 {
	for i := range s.specs {
		if s.specs[i].name == sp.name {
			return int32(i)
		}
	}
	s.specs = append(s.specs, *sp)
	return int32(len(s.specs) - 1)
}

func sortedKeys(m map[string]Style) []string {
	if len(m) == 0 {
		return nil
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// sortGates orders the gates along their segments.
func (s *site) sortGates() {
	l := s.layout
	segments := make(map[string]int32, len(l.Segments))
	for i := range l.Segments {
		if _, again := segments[l.Segments[i].ID]; again {
			s.check.Add(at("/segments", i, "/id"), "is the id of an earlier segment")
		}
		segments[l.Segments[i].ID] = int32(i)
	}
	if len(l.Gates) == 0 {
		return
	}
	ids := make(map[string]struct{}, len(l.Gates))
	home := make([]int32, len(l.Gates))
	s.gates = make([]int32, len(l.Gates))
	for i := range l.Gates {
		g := &l.Gates[i]
		if _, again := ids[g.ID]; again {
			s.check.Add(at("/gates", i, "/id"), "is the id of an earlier gate")
		}
		ids[g.ID] = struct{}{}
		seg, known := segments[g.Segment]
		if !known {
			s.check.Add(at("/gates", i, "/segment"), "is not the id of a segment")
		}
		s.gates[i], home[i] = int32(i), seg
	}
	slices.SortFunc(s.gates, func(a, b int32) int {
		return cmp.Or(cmp.Compare(home[a], home[b]),
			cmp.Compare(l.Gates[a].OffsetFt, l.Gates[b].OffsetFt), cmp.Compare(a, b))
	})
	for i, g := range s.gates {
		ln := &s.lines[home[g]]
		if i == 0 || home[s.gates[i-1]] != home[g] {
			ln.gate = int32(i)
		}
		ln.gateEnd = int32(i + 1)
	}
}
