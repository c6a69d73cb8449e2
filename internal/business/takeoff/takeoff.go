package takeoff

import (
	"math"

	"fenceplatform.com/fence/internal/business/takeoff/document"
)

// Parse reads a layout document. It refuses, as a fault of kind Invalid with JSON pointers, what is not
// exactly such a document and every member that is missing or out of bounds. What members mean together
// (a gate past its segment's end, an unknown node) Calculate looks at.
func Parse(data []byte) (Layout, error) {
	var l Layout
	if err := document.Decode(data, &l); err != nil {
		return Layout{}, err
	}
	var check document.Check
	checkLayout(&l, &check)
	if check.Any() {
		return Layout{}, check.Err()
	}
	return l, nil
}

// Calculate takes the layout off. A layout that cannot be built is a fault of kind Invalid whose fields are
// JSON pointers into the layout document.
func Calculate(l Layout) (TakeOff, error) {
	s := site{layout: &l}
	s.survey()
	if s.check.Any() {
		return TakeOff{}, s.check.Err()
	}
	tallies := s.tallies()
	out := TakeOff{GateCount: len(l.Gates), Runs: s.listRuns(), Posts: countPosts(tallies)}
	for i := range s.lines {
		out.DrawnLengthFt += s.lines[i].length
		out.RemovalFt += l.Segments[i].RemovalFt
	}
	for i := range tallies {
		out.NetLengthFt += tallies[i].netFt
	}
	out.DrawnLengthFt, out.NetLengthFt = tidy(out.DrawnLengthFt), tidy(out.NetLengthFt)
	out.RemovalFt = tidy(out.RemovalFt)
	w := newScribe()
	for i := range tallies {
		s.list(w, &tallies[i])
	}
	out.Concrete = s.concrete(w, tallies)
	out.Items = w.finish(s.specs)
	out.Warnings = s.warnings(tallies)
	out.Placed = s.place()
	return out, nil
}

// list writes what one style needs.
func (s *site) list(w *scribe, t *tally) {
	switch t.spec.kind {
	case KindWood:
		s.wood(w, t)
	case KindPanel:
		s.panels(w, t)
	case KindChainLink:
		s.chainLink(w, t)
	}
	s.posts(w, t)
}

func (s *site) listRuns() []Run {
	out := make([]Run, len(s.runs))
	for i := range s.runs {
		r := &s.runs[i]
		run := Run{
			Segment: s.layout.Segments[r.line].ID, LengthFt: tidy(r.length), Bays: r.bays,
			LinePosts: max(0, r.bays-1), Grade: r.grade, RisePerBayIn: tidy(r.riseIn), SlopeLengthFt: tidy(r.slope),
		}
		if r.bays > 0 {
			run.BayFt = tidy(r.length / float64(r.bays))
		}
		out[i] = run
	}
	return out
}

func countPosts(tallies []tally) PostCount {
	var c PostCount
	for i := range tallies {
		p := &tallies[i].posts
		c.Line += p[postIndex(PostLine)]
		c.End += p[postIndex(PostEnd)]
		c.Corner += p[postIndex(PostCorner)]
		c.Tee += p[postIndex(PostTee)]
		c.Gate += p[postIndex(PostGate)]
		c.Wall += p[postIndex(PostWall)]
	}
	c.Total = c.Line + c.End + c.Corner + c.Tee + c.Gate
	return c
}

// tidy takes the noise of floating point off a length, far below what anybody measures.
func tidy(v float64) float64 { return math.Round(v*1e9) / 1e9 }

func thousandth(v float64) float64 { return math.Round(v*1e3) / 1e3 }
