package takeoff

import "math"

// mergeNodes gives every node its spot: the first spot within mergeFt, else one of its own.
func (s *site) mergeNodes() {
	nodes := s.layout.Nodes
	s.spotOf = make([]int32, len(nodes))
	s.spots = make([]spot, 0, len(nodes))
	// Cells as wide as the tolerance: whatever is near lies in the cell or in one of its neighbours. Spots
	// are further apart than mergeFt, so a cell holds a handful; next chains them.
	cells := make(map[[2]int32]int32, len(nodes))
	next := make([]int32, 0, len(nodes))
	for i := range nodes {
		n := &nodes[i]
		cell := [2]int32{int32(math.Floor(n.X / mergeFt)), int32(math.Floor(n.Y / mergeFt))}
		found := s.nearest(cells, next, cell, n)
		if found < 0 {
			found = int32(len(s.spots))
			s.spots = append(s.spots, spot{node: int32(i)})
			next = append(next, cells[cell]) // chains hold index + 1, so that 0 ends them
			cells[cell] = found + 1
		}
		s.spotOf[i] = found
		if n.Attach != "" && n.Attach != AttachNone {
			s.spots[found].wall = true
		}
	}
}

// nearest is the earliest spot within mergeFt of n, or -1.
func (s *site) nearest(cells map[[2]int32]int32, next []int32, cell [2]int32, n *Node) int32 {
	found := int32(-1)
	for dx := int32(-1); dx <= 1; dx++ {
		for dy := int32(-1); dy <= 1; dy++ {
			for at := cells[[2]int32{cell[0] + dx, cell[1] + dy}]; at > 0; at = next[at-1] {
				other := &s.layout.Nodes[s.spots[at-1].node]
				if math.Hypot(other.X-n.X, other.Y-n.Y) <= mergeFt && (found < 0 || at-1 < found) {
					found = at - 1
				}
			}
		}
	}
	return found
}

// meet looks at what comes together at each spot.
func (s *site) meet() {
	for i := range s.lines {
		ln := &s.lines[i]
		s.arrive(ln.from, ln.spec, ln.dx, ln.dy)
		s.arrive(ln.to, ln.spec, -ln.dx, -ln.dy)
	}
}

// arrive notes at a spot a line that leaves it in the direction dx, dy.
func (s *site) arrive(at, spec int32, dx, dy float64) {
	sp := &s.spots[at]
	sp.degree++
	if sp.degree == 1 {
		sp.spec, sp.ux, sp.uy = spec, dx, dy
		return
	}
	if sp.degree == 2 {
		// Walking in along the first line and out along this one.
		sp.turn = math.Abs(math.Atan2(sp.ux*-dy+sp.uy*dx, -(sp.ux*dx+sp.uy*dy))) * 180 / math.Pi
	}
	if spec != sp.spec {
		sp.mixed = true
		sp.spec = s.stronger(sp.spec, spec)
	}
}

// stronger chooses whose post stands where two styles meet: the taller fence's, then the bigger hole's,
// then the one that was drawn first.
func (s *site) stronger(a, b int32) int32 {
	x, y := &s.specs[a], &s.specs[b]
	switch {
	case x.heightFt != y.heightFt:
		if y.heightFt > x.heightFt {
			return b
		}
	case x.ordinaryHole.volumeFt3 != y.ordinaryHole.volumeFt3:
		if y.ordinaryHole.volumeFt3 > x.ordinaryHole.volumeFt3 {
			return b
		}
	case b < a:
		return b
	}
	return a
}

// kindAt says what stands at a spot, once its gates are known.
func (sp *spot) kindAt() PostKind {
	switch {
	case sp.gate:
		return PostGate // a gate hangs on a post of its own, also beside a wall
	case sp.wall:
		return PostWall
	case sp.degree == 1:
		return PostEnd
	case sp.degree >= 3:
		return PostTee
	case sp.turn > cornerDegrees+slackFt:
		return PostCorner
	case sp.mixed:
		return PostEnd // both fences end at it, straight on
	default:
		return PostLine
	}
}
