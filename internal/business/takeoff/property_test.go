package takeoff

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawnLayout is a random fence on a grid of 30 ft: a walk that may turn, come back to an earlier node or close,
// with gates, styles, slopes and walls.
func drawnLayout(t *rapid.T) Layout {
	l := Layout{Style: drawnStyle(t, "style"), Styles: map[string]Style{"other": drawnStyle(t, "other")}}
	index := map[[2]int]int{}
	node := func(x, y int) string {
		at := [2]int{x, y}
		i, known := index[at]
		if !known {
			i = len(l.Nodes)
			index[at] = i
			l.Nodes = append(l.Nodes, Node{ID: fmt.Sprintf("n%d", i), X: float64(30*x) + float64(y), Y: float64(30 * y),
				Z:      rapid.SampledFrom([]float64{0, 0, 0, 1, 4}).Draw(t, "z"),
				Attach: rapid.SampledFrom([]Attach{"", "", "", AttachNone, AttachWall, AttachExistingPost}).Draw(t, "attach")})
		}
		return l.Nodes[i].ID
	}
	used := map[[2]string]bool{}
	x, y := 0, 0
	for i := range rapid.IntRange(1, 12).Draw(t, "steps") {
		step := rapid.SampledFrom([][2]int{{1, 0}, {0, 1}, {-1, 0}, {0, -1}, {1, 1}, {2, 1}}).Draw(t, "step")
		from, to := node(x, y), node(x+step[0], y+step[1])
		x, y = x+step[0], y+step[1]
		if used[[2]string{from, to}] || used[[2]string{to, from}] {
			continue
		}
		used[[2]string{from, to}] = true
		s := Segment{ID: fmt.Sprintf("s%d", i), From: from, To: to, RemovalFt: rapid.Float64Range(0, 20).Draw(t, "removal")}
		if rapid.Bool().Draw(t, "other") {
			s.Style = "other"
		}
		l.Segments = append(l.Segments, s)
		at := rapid.SampledFrom([]float64{0, 0.125, 3, 7.5}).Draw(t, "first gate")
		for range rapid.IntRange(0, 2).Draw(t, "gates") {
			g := Gate{ID: fmt.Sprintf("g%d", len(l.Gates)), Segment: s.ID, OffsetFt: at,
				OpeningIn: rapid.SampledFrom([]float64{36, 48, 120}).Draw(t, "opening"),
				Kind:      rapid.SampledFrom([]GateKind{GateWalk, GateDouble, GateSlide, GateCantilever}).Draw(t, "kind")}
			at += g.OpeningIn/12 + rapid.SampledFrom([]float64{0, 0.1, 2, 6}).Draw(t, "next gate")
			if at < 29 {
				l.Gates = append(l.Gates, g)
			}
		}
	}
	return l
}

func drawnStyle(t *rapid.T, name string) Style {
	switch rapid.SampledFrom([]StyleKind{KindWood, KindPanel, KindChainLink}).Draw(t, name) {
	case KindPanel:
		return Style{Kind: KindPanel, PanelFt: new(rapid.SampledFrom([]float64{6, 8}).Draw(t, "panel"))}
	case KindChainLink:
		return Style{Kind: KindChainLink, HeightFt: new(rapid.SampledFrom([]float64{4, 5, 6}).Draw(t, "height")),
			BottomWire: new(rapid.Bool().Draw(t, "wire"))}
	default:
		return Style{Kind: KindWood, HeightFt: new(rapid.SampledFrom([]float64{4, 6, 8}).Draw(t, "height")),
			PicketGapIn: new(rapid.SampledFrom([]float64{0, 0.5, 3, -1}).Draw(t, "gap")),
			Rounding:    new(rapid.SampledFrom([]Rounding{RoundProject, RoundRun, RoundBay}).Draw(t, "rounding"))}
	}
}

// counts is what must not depend on how the same fence is drawn.
type counts struct {
	Posts      PostCount
	Quantities map[string]int
	Bags       int
	Net, Drawn float64
}

func countsOf(o TakeOff) counts {
	c := counts{Posts: o.Posts, Bags: o.Concrete.Bags, Net: thousandth(o.NetLengthFt), Drawn: thousandth(o.DrawnLengthFt),
		Quantities: map[string]int{}}
	for key, q := range quantities(o) {
		c.Quantities[key] = int(math.Round(q * 1000))
	}
	return c
}

func TestMovingTurningAndRedrawingChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawnLayout(t)
		want := countsOf(mustTakeOff(t, l))

		turned := l
		turned.Nodes = slices.Clone(l.Nodes)
		sin, cos := math.Sincos(rapid.Float64Range(0, 2*math.Pi).Draw(t, "turn"))
		dx, dy := rapid.Float64Range(-500, 500).Draw(t, "dx"), rapid.Float64Range(-500, 500).Draw(t, "dy")
		for i, n := range l.Nodes {
			turned.Nodes[i].X, turned.Nodes[i].Y = n.X*cos-n.Y*sin+dx, n.X*sin+n.Y*cos+dy
		}
		if diff := cmp.Diff(want, countsOf(mustTakeOff(t, turned))); diff != "" {
			t.Errorf("turned and moved, the take-off differs (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, countsOf(mustTakeOff(t, reversed(l)))); diff != "" {
			t.Errorf("drawn from the other end, the take-off differs (-want +got):\n%s", diff)
		}
	})
}

// reversed draws every segment from its other end.
func reversed(l Layout) Layout {
	where := map[string]Node{}
	for _, n := range l.Nodes {
		where[n.ID] = n
	}
	length := map[string]float64{}
	l.Segments, l.Gates = slices.Clone(l.Segments), slices.Clone(l.Gates)
	for i := range l.Segments {
		s := &l.Segments[i]
		a, b := where[s.From], where[s.To]
		length[s.ID] = math.Hypot(b.X-a.X, b.Y-a.Y)
		s.From, s.To = s.To, s.From
	}
	for i := range l.Gates {
		g := &l.Gates[i]
		g.OffsetFt = math.Max(0, length[g.Segment]-g.OffsetFt-g.OpeningIn/12)
	}
	return l
}

func mustTakeOff(t *rapid.T, l Layout) TakeOff {
	t.Helper()
	o, err := Calculate(l)
	if err != nil {
		t.Fatalf("Calculate: %v", err)
	}
	return o
}

func TestLengthsAndPostsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawnLayout(t)
		o := mustTakeOff(t, l)
		runs, openings, bays := 0.0, 0.0, 0
		for _, r := range o.Runs {
			runs += r.LengthFt
			bays += r.Bays
			if r.LinePosts != max(0, r.Bays-1) || math.Abs(r.BayFt*float64(r.Bays)-r.LengthFt) > 1e-6 && r.Bays > 0 {
				t.Errorf("run %+v does not fit together", r)
			}
			if r.SlopeLengthFt < r.LengthFt-1e-9 {
				t.Errorf("run %+v is shorter along the ground than in plan", r)
			}
		}
		for _, g := range l.Gates {
			openings += g.OpeningIn / 12
		}
		if math.Abs(runs+openings-o.DrawnLengthFt) > 1e-6 || math.Abs(runs-o.NetLengthFt) > 1e-6 {
			t.Errorf("runs %v + openings %v; drawn %v, net %v", runs, openings, o.DrawnLengthFt, o.NetLengthFt)
		}
		p := o.Posts
		if p.Line+p.End+p.Corner+p.Tee+p.Gate != p.Total || len(o.Placed) != p.Total+p.Wall {
			t.Errorf("posts %+v with %d places do not add up", p, len(o.Placed))
		}
		// Posts are the vertices, bays and gates the edges of the fence's graph; the same graph as drawn has
		// the nodes in use as vertices and the segments as edges. Cutting edges keeps the difference.
		used := map[string]bool{}
		for _, s := range l.Segments {
			used[s.From], used[s.To] = true, true
		}
		if got, want := p.Total+p.Wall-bays-len(l.Gates), len(used)-len(l.Segments); got != want {
			t.Errorf("posts − bays − gates = %d, want nodes − segments = %d", got, want)
		}
		for _, it := range o.Items {
			if it.Quantity <= 0 || it.OrderQuantity < it.Quantity && it.Key != KeyRail || it.Formula == "" || len(it.From) == 0 {
				t.Errorf("item %+v does not explain itself", it)
			}
			share := 0.0
			for _, part := range it.Parts {
				share += part.OrderQuantity
			}
			if it.Parts != nil && math.Abs(share-it.OrderQuantity) > 1e-6 {
				t.Errorf("item %s: styles need %v together, want %v", it.Key, share, it.OrderQuantity)
			}
		}
	})
}

func TestOpenLineHasOnePostMoreThanBaysInEveryChain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := straight(rapid.Float64Range(20, 400).Draw(t, "length"), drawnStyle(t, "style"))
		gates := 0
		for at := rapid.Float64Range(0, 9).Draw(t, "first"); at+4 < l.Nodes[1].X && gates < 5; gates++ {
			l.Gates = append(l.Gates, Gate{ID: fmt.Sprint(gates), Segment: "s", OffsetFt: at, OpeningIn: 48, Kind: GateWalk})
			at += 4 + rapid.SampledFrom([]float64{0, 1, 9}).Draw(t, "then")
		}
		o := mustTakeOff(t, l)
		bays := 0
		for _, r := range o.Runs {
			bays += r.Bays
		}
		if got, want := o.Posts.Total, bays+gates+1; got != want {
			t.Errorf("%d posts, want %d bays + %d chains", got, bays, gates+1)
		}
	})
}

func TestClosedLoopHasNoEnds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 30).Draw(t, "sides")
		l := Layout{Style: drawnStyle(t, "style")}
		for i := range n {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			l.Nodes = append(l.Nodes, Node{ID: fmt.Sprint(i), X: 90 * cos, Y: 90 * sin})
			l.Segments = append(l.Segments, Segment{ID: fmt.Sprint(i), From: fmt.Sprint(i), To: fmt.Sprint((i + 1) % n)})
		}
		o := mustTakeOff(t, l)
		corners := n
		if n >= 12 { // a regular polygon turns by 360° ÷ n
			corners = 0
		}
		bays := 0
		for _, r := range o.Runs {
			bays += r.Bays
		}
		if o.Posts.End != 0 || o.Posts.Corner != corners || o.Posts.Total != bays {
			t.Errorf("posts %+v around %d sides of %d bays; want no ends, %d corners, as many posts as bays", o.Posts, n, bays, corners)
		}
	})
}

func TestSplittingAtAPostChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		style := drawnStyle(t, "style")
		if style.Kind == KindWood {
			style.Rounding = nil // a node makes two runs of one; rounding over the project does not see it
		}
		l := straight(rapid.Float64Range(21, 400).Draw(t, "length"), style)
		l.Nodes[1].Y, l.Nodes[1].Z = l.Nodes[1].X*0.7, rapid.SampledFrom([]float64{0, 3}).Draw(t, "rise")
		before := mustTakeOff(t, l)
		k := rapid.IntRange(1, before.Runs[0].Bays-1).Draw(t, "post")
		share := float64(k) / float64(before.Runs[0].Bays)
		b := l.Nodes[1]
		l.Nodes = append(l.Nodes, Node{ID: "m", X: b.X * share, Y: b.Y * share, Z: b.Z * share})
		l.Segments = []Segment{{ID: "s", From: "a", To: "m"}, {ID: "t", From: "m", To: "b"}}
		if diff := cmp.Diff(countsOf(before), countsOf(mustTakeOff(t, l))); diff != "" {
			t.Errorf("split at post %d the take-off differs (-before +after):\n%s", k, diff)
		}
	})
}

func TestMoreFenceNeverTakesLess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		style := drawnStyle(t, "style")
		if style.Rounding != nil && *style.Rounding == RoundBay {
			// One bay more makes all bays shorter, and rounding over shorter bays may save more than the bay takes.
			style.Rounding = nil
		}
		ft := rapid.Float64Range(1, 400).Draw(t, "length")
		short := quantities(mustTakeOff(t, straight(ft, style)))
		long := quantities(mustTakeOff(t, straight(ft+rapid.Float64Range(0, 50).Draw(t, "more"), style)))
		for key, q := range short {
			if long[key] < q {
				t.Errorf("%s: %v for the longer fence, %v for the shorter", key, long[key], q)
			}
		}
	})
}

func TestMovingAGateKeepsTheNetLength(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		gate := func(name string) Gate {
			return Gate{OffsetFt: rapid.Float64Range(0, 96).Draw(t, name), OpeningIn: 48}
		}
		style := drawnStyle(t, "style")
		a := mustTakeOff(t, straight(100, style, gate("here")))
		b := mustTakeOff(t, straight(100, style, gate("there")))
		if math.Abs(a.NetLengthFt-96) > 1e-6 || math.Abs(b.NetLengthFt-96) > 1e-6 {
			t.Errorf("net lengths %v and %v, want 96", a.NetLengthFt, b.NetLengthFt)
		}
	})
}

func TestCoarserRoundingNeverTakesMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawnLayout(t)
		gap := rapid.Float64Range(0, 4).Draw(t, "gap") // with an overlap every run ends in a whole picket, and this does not hold
		pickets := func(r Rounding, c ConcreteRounding) (float64, int) {
			style := Style{Kind: KindWood, PicketGapIn: &gap, Rounding: &r, Concrete: &ConcreteMix{Rounding: &c}}
			l.Style, l.Styles = style, map[string]Style{"other": style}
			o := mustTakeOff(t, l)
			return quantities(o)[KeyPicket], o.Concrete.Bags
		}
		project, poured := pickets(RoundProject, ConcreteProject)
		run, atHole := pickets(RoundRun, ConcreteHole)
		bay, _ := pickets(RoundBay, ConcreteHole)
		if bay < run || run < project {
			t.Errorf("pickets by bay %v, run %v, project %v; want none less than the next", bay, run, project)
		}
		if atHole < poured {
			t.Errorf("bags by hole %d, by project %d; want no fewer by hole", atHole, poured)
		}
	})
}

func TestPlacedPostsStandOnTheirSegments(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawnLayout(t)
		o := mustTakeOff(t, l)
		where := map[string]Node{}
		for _, n := range l.Nodes {
			where[n.ID] = n
		}
		ends := map[string][2]Node{}
		for _, s := range l.Segments {
			ends[s.ID] = [2]Node{where[s.From], where[s.To]}
		}
		for _, p := range o.Placed {
			a, b := ends[p.Segment][0], ends[p.Segment][1]
			share := p.AtFt / math.Hypot(b.X-a.X, b.Y-a.Y)
			x, y := a.X+(b.X-a.X)*share, a.Y+(b.Y-a.Y)*share
			if math.Hypot(x-p.X, y-p.Y) > 1e-6 {
				t.Errorf("post %+v stands %v ft off its place", p, math.Hypot(x-p.X, y-p.Y))
			}
		}
	})
}
