package quoting

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/fault"
)

// Weight is how much a check matters.
type Weight string

// The weights: it cannot be built; it must be fixed or answered before sending; good to know.
const (
	WeightStop   Weight = "stop"
	WeightAnswer Weight = "answer"
	WeightNote   Weight = "note"
)

// Check is something about a drawing that a person should look at.
type Check struct {
	Key     string `json:"key"` // an answer is kept under it
	Weight  Weight `json:"weight"`
	Message string `json:"message"`
	Segment string `json:"segment,omitempty"`
	Gate    string `json:"gate,omitempty"`
}

// Site is what the property adds to the checks.
type Site struct{ HasPool bool }

const (
	closeEnoughFt   = 5    // ends nearer than this, or than this share of the fence, were meant to meet
	closeEnoughPart = 0.05 //
	widestWalkIn    = 60
	poolFenceFt     = 4 // the least that pool codes ask for
	// maxCrossingRuns bounds the search for runs that cross, which looks at every pair.
	maxCrossingRuns = 500
)

// inspection collects checks.
type inspection struct {
	d     Drawing
	names map[string]string // of runs, by segment
	found []Check
}

// inspect looks a drawing over. took is its take-off; problem is why there is none.
func inspect(d Drawing, site Site, took takeoff.TakeOff, problem error) []Check {
	in := inspection{d: d, names: map[string]string{}}
	runs := d.Plan(nil).RunList()
	for _, r := range runs {
		in.names[r.Segment] = r.Name
	}
	if len(d.Layout.Segments) == 0 {
		in.add("empty", WeightStop, "Nothing is drawn yet.", "", "")
		return in.found
	}
	if problem != nil {
		in.stops(fault.As(problem))
	}
	in.crossings()
	in.estimates(runs)
	in.removal(took, problem)
	in.gates(site)
	in.loops(site, runs)
	for _, w := range took.Warnings {
		weight := WeightNote
		if w.Code == "panels-step" {
			weight = WeightAnswer
		}
		segment := ""
		if len(w.From) > 0 {
			segment = w.From[0]
		}
		in.add(w.Code, weight, w.Message, segment, "")
	}
	return in.found
}

func (in *inspection) add(key string, weight Weight, message, segment, gate string) {
	in.found = append(in.found, Check{Key: key, Weight: weight, Message: message, Segment: segment, Gate: gate})
}

func (in *inspection) run(segment string) string {
	if name := in.names[segment]; name != "" {
		return "Run " + name
	}
	return "A run"
}

var partPointer = regexp.MustCompile(`^(?:/layout)?/(segments|gates)/(\d+)`)

// stops turns what the engine refuses into checks at their place.
func (in *inspection) stops(f *fault.Error) {
	if len(f.Fields) == 0 {
		in.add("cannot-be-built", WeightStop, f.Message, "", "")
	}
	for _, field := range f.Fields {
		c := Check{Key: "cannot-be-built:" + field.Pointer, Weight: WeightStop, Message: "The drawing " + field.Message + "."}
		if m := partPointer.FindStringSubmatch(field.Pointer); m != nil {
			i, _ := strconv.Atoi(m[2]) // digits
			switch {
			case m[1] == "segments" && i < len(in.d.Layout.Segments):
				c.Segment = in.d.Layout.Segments[i].ID
				c.Message = in.run(c.Segment) + ": " + field.Message + "."
			case m[1] == "gates" && i < len(in.d.Layout.Gates):
				c.Gate, c.Segment = in.d.Layout.Gates[i].ID, in.d.Layout.Gates[i].Segment
				c.Message = in.run(c.Segment) + ", gate: " + field.Message + "."
			}
		}
		in.found = append(in.found, c)
	}
}

func (in *inspection) estimates(runs []drawing.Run) {
	count, feet, first := 0, 0.0, ""
	for _, r := range runs {
		if !r.Measured {
			if count == 0 {
				first = r.Segment
			}
			count++
			feet += r.LengthFt
		}
	}
	if count > 0 {
		in.add("estimated-runs", WeightAnswer, fmt.Sprintf("%s, %s in all: estimated, not measured.",
			plural(count, "run"), drawing.AboutFeet(feet)), first, "")
	}
}

func (in *inspection) removal(took takeoff.TakeOff, problem error) {
	if problem == nil && took.RemovalFt > took.DrawnLengthFt {
		in.add("removal-longer", WeightAnswer, fmt.Sprintf("%.0f ft of old fence to remove, more than the %.0f ft drawn.",
			took.RemovalFt, took.DrawnLengthFt), "", "")
	}
}

func (in *inspection) gates(site Site) {
	for _, g := range in.d.Layout.Gates {
		if g.Kind == takeoff.GateWalk && g.OpeningIn > widestWalkIn {
			in.add("gate-wide:"+g.ID, WeightAnswer, fmt.Sprintf("%s: a walk gate of %s in sags. Is it a double gate?",
				in.run(g.Segment), strconv.FormatFloat(g.OpeningIn, 'f', -1, 64)), g.Segment, g.ID)
		}
		if site.HasPool && !g.SelfClosing {
			in.add("pool-gate:"+g.ID, WeightAnswer, in.run(g.Segment)+": there is a pool, and this gate does not close by itself.", g.Segment, g.ID)
		}
	}
	if h := in.d.Layout.Style.HeightFt; site.HasPool && h != nil && *h < poolFenceFt {
		in.add("pool-height", WeightAnswer, "There is a pool, and the fence is lower than 4 ft.", "", "")
	}
}

// loops looks at what is enclosed: loops that nearly close, yards without a gate, pools without a barrier.
func (in *inspection) loops(site Site, runs []drawing.Run) {
	feet := 0.0
	for _, r := range runs {
		feet += r.LengthFt
	}
	reach := math.Max(closeEnoughFt, closeEnoughPart*feet)
	g := newGraph(in.d.Layout)
	open := false
	for _, part := range g.parts() {
		ends := part.freeEnds
		open = open || len(ends) > 0
		if len(ends) == 2 && part.segments > 1 {
			if gap := math.Hypot(ends[0].X-ends[1].X, ends[0].Y-ends[1].Y); gap < reach {
				in.add("loop-gap", WeightAnswer, fmt.Sprintf("The loop misses by %s.", drawing.FeetInches(gap)), part.firstSegment, "")
			}
		}
		if part.closed && part.gates == 0 {
			in.add("no-gate:"+part.firstSegment, WeightAnswer, "A closed yard has no gate.", part.firstSegment, "")
		}
	}
	if site.HasPool && open {
		in.add("pool-open", WeightAnswer, "There is a pool, and the fence does not enclose it.", "", "")
	}
}

// crossings stops runs that cross between their corners.
func (in *inspection) crossings() {
	segments := in.d.Layout.Segments
	if len(segments) > maxCrossingRuns {
		return
	}
	at := map[string]takeoff.Node{}
	for _, n := range in.d.Layout.Nodes {
		at[n.ID] = n
	}
	for i, s := range segments {
		for _, t := range segments[:i] {
			if crosses(at[s.From], at[s.To], at[t.From], at[t.To]) {
				in.add("crossing:"+t.ID+":"+s.ID, WeightStop, fmt.Sprintf("%s crosses run %s.", in.run(t.ID), in.names[s.ID]), s.ID, "")
			}
		}
	}
}

// crosses tells whether two runs cut each other somewhere between their ends.
func crosses(a, b, c, d takeoff.Node) bool {
	const slack = 1e-9
	side := func(p, q, r takeoff.Node) float64 { return (q.X-p.X)*(r.Y-p.Y) - (q.Y-p.Y)*(r.X-p.X) }
	apart := func(x, y float64) bool { return x > slack && y < -slack || x < -slack && y > slack }
	return apart(side(a, b, c), side(a, b, d)) && apart(side(c, d, a), side(c, d, b))
}

// Unanswered are the checks that keep a quote from being sent: stops, and questions without an answer.
func Unanswered(checks []Check, answers map[string]string) []Check {
	var open []Check
	for _, c := range checks {
		if c.Weight == WeightStop || c.Weight == WeightAnswer && strings.TrimSpace(answers[c.Key]) == "" {
			open = append(open, c)
		}
	}
	return open
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
