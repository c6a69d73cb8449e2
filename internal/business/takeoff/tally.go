package takeoff

// tally is what one style has on this site.
type tally struct {
	index    int32 // of the spec
	spec     *spec
	runs     []int32
	segments []string // with fence of this style
	netFt    float64
	slopeFt  float64
	bays     int
	whole    int // runs with bays
	slivers  int // runs without
	straight int // line posts at nodes
	ends     int // ends of runs at terminal posts
	gates    []int32
	gateIDs  []string
	leaves   int
	posts    [6]int // by postIndex
	nodes    [6][]string
	lined    []string // segments with line posts
}

// wholeJob owns an item that is not split by style.
const wholeJob int32 = -1

// postIndex orders the kinds of posts as they are listed.
func postIndex(kind PostKind) int {
	switch kind {
	case PostLine:
		return 0
	case PostEnd:
		return 1
	case PostCorner:
		return 2
	case PostTee:
		return 3
	case PostGate:
		return 4
	default:
		return 5
	}
}

// tallies counts everything that the rules of the kinds need.
func (s *site) tallies() []tally {
	out := make([]tally, len(s.specs))
	for i := range out {
		out[i].index, out[i].spec = int32(i), &s.specs[i]
	}
	if len(out) == 1 { // by far the usual case: no growing
		out[0].runs = make([]int32, 0, len(s.runs))
		out[0].segments = make([]string, 0, len(s.lines))
		out[0].lined = make([]string, 0, len(s.lines))
	}
	for i := range s.runs {
		s.tallyRun(&out[s.lines[s.runs[i].line].spec], int32(i))
	}
	for i := range s.lines {
		ln := &s.lines[i]
		t := &out[ln.spec]
		for _, g := range s.gates[ln.gate:ln.gateEnd] {
			gate := &s.layout.Gates[g]
			t.gates = append(t.gates, g)
			t.gateIDs = append(t.gateIDs, gate.ID)
			t.leaves += gate.leaves()
		}
	}
	for i := range s.edges {
		e := &s.edges[i]
		out[s.lines[e.line].spec].posts[postIndex(PostGate)]++
	}
	for i := range s.spots {
		sp := &s.spots[i]
		if sp.degree == 0 {
			continue
		}
		t := &out[sp.spec]
		k := postIndex(sp.kind)
		t.posts[k]++
		if sp.kind == PostLine {
			t.straight++
		}
		t.nodes[k] = append(t.nodes[k], s.layout.Nodes[sp.node].ID)
	}
	return out
}

func (s *site) tallyRun(t *tally, i int32) {
	r := &s.runs[i]
	id := s.layout.Segments[r.line].ID
	t.runs = append(t.runs, i)
	if n := len(t.segments); n == 0 || t.segments[n-1] != id {
		t.segments = append(t.segments, id)
	}
	t.netFt += r.length
	t.slopeFt += r.slope
	if r.bays == 0 {
		t.slivers++
		return
	}
	t.whole++
	t.bays += r.bays
	t.posts[postIndex(PostLine)] += r.bays - 1
	if n := len(t.lined); r.bays > 1 && (n == 0 || t.lined[n-1] != id) {
		t.lined = append(t.lined, id)
	}
	for _, joint := range [2]int32{r.left, r.right} {
		if joint == gateEdge || s.spots[joint].kind != PostLine {
			t.ends++
		}
	}
}
