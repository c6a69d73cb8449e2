package takeoff

import "math"

// cut walks every line and makes its runs: gates split it, and a stretch shorter than mergeFt is closed by
// the posts at its ends, which are then one post.
func (s *site) cut() {
	s.runs = make([]run, 0, len(s.lines)+len(s.gates))
	s.edges = make([]edge, 0, 2*len(s.gates))
	for i := range s.lines {
		s.cutLine(int32(i))
	}
	if s.check.Any() {
		return
	}
	posts := 0
	for i := range s.runs {
		posts += s.runs[i].bays
	}
	if posts+len(s.spots)+len(s.gates) > maxPosts {
		s.check.Add("/segments", "need more than %d posts", maxPosts)
		return
	}
	for i := range s.spots {
		s.spots[i].kind = s.spots[i].kindAt()
	}
}

func (s *site) cutLine(i int32) {
	ln := &s.lines[i]
	pos, left := 0.0, ln.from
	for _, g := range s.gates[ln.gate:ln.gateEnd] {
		gate := &s.layout.Gates[g]
		start, end := gate.OffsetFt, gate.OffsetFt+gate.OpeningIn/12
		if end > ln.length+slackFt {
			s.check.Add(at("/gates", int(g), "/offset_ft"),
				"the gate ends at %.3f ft, past its segment's end at %.3f ft", end, ln.length)
			return
		}
		if start < pos-slackFt {
			s.check.Add(at("/gates", int(g), "/offset_ft"),
				"the gate overlaps the one before it, which ends at %.3f ft", pos)
			return
		}
		right := left
		if start-pos > mergeFt {
			right = gateEdge
			s.edges = append(s.edges, edge{i, g, start})
		}
		s.hang(right)
		s.addRun(i, left, right, pos, start)
		pos, left = math.Min(end, ln.length), gateEdge
		if ln.length-pos <= mergeFt {
			left = ln.to
			s.hang(left)
		} else {
			s.edges = append(s.edges, edge{i, g, pos})
		}
	}
	s.addRun(i, left, ln.to, pos, ln.length)
}

// hang notes that a gate's edge is at a joint.
func (s *site) hang(joint int32) {
	if joint != gateEdge {
		s.spots[joint].gate = true
	}
}

// addRun adds what lies between two joints, if anything does. A sliver's joints are one post.
func (s *site) addRun(i, left, right int32, start, end float64) {
	length := end - start
	if length <= tiny {
		return
	}
	ln := &s.lines[i]
	sp := &s.specs[ln.spec]
	rise := ln.dz * length / ln.length
	r := run{line: i, left: left, right: right, start: start, length: length, slope: length, grade: GradeLevel}
	if rise != 0 {
		r.slope = math.Hypot(length, rise)
	}
	if length > mergeFt {
		along := length
		if sp.kind == KindChainLink {
			along = r.slope // ASTM F567 measures the spacing of posts parallel to the grade
		}
		r.bays = wholeUp(along / sp.spacingFt)
	}
	if rise != 0 {
		r.riseIn = math.Abs(rise) * 12 / float64(max(r.bays, 1))
		r.grade = GradeRack
		if sp.kind == KindPanel && r.riseIn > sp.rackLimitIn+tiny {
			r.grade = GradeStep
		}
	}
	s.runs = append(s.runs, r)
}

// wholeUp rounds up to a whole number of 1 or more; a multiple that floating point misses by a hair is exact.
func wholeUp(v float64) int { return max(1, int(math.Ceil(v-tiny))) }
