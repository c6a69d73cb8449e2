package takeoff

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// corner is an L of 50 ft and 30 ft.
func corner(style Style) Layout {
	return Layout{
		Nodes:    []Node{{ID: "a"}, {ID: "b", X: 50}, {ID: "c", X: 50, Y: 30}},
		Segments: []Segment{{ID: "ab", From: "a", To: "b"}, {ID: "bc", From: "b", To: "c"}},
		Style:    style,
	}
}

func TestChainLinkWithItsFittings(t *testing.T) {
	t.Parallel()
	l := corner(Style{Kind: KindChainLink, BottomWire: new(true)})
	l.Gates = []Gate{{ID: "g", Segment: "ab", OffsetFt: 20, OpeningIn: 120, Kind: GateDouble}}
	o := mustCalculate(t, l)
	// Runs of 20, 20 and 30 ft: 2 + 2 + 3 bays, six ends at terminal posts.
	want := map[string]float64{
		KeyFabricFt: 70, KeyFabricRoll: 2, KeyTopRail: 4, KeyLoopCap: 4, KeyTensionBar: 6, KeyTensionBand: 30,
		KeyBraceBand: 12, KeyRailEnd: 6, KeyTie: 4*4 + 35, KeyTensionWire: 80, KeyPostLine: 4, KeyPostEnd: 2,
		KeyPostCorner: 1, KeyPostGate: 2, KeyPostCap: 5, KeyGateKit: 2, KeyConcreteBag: 15,
	}
	if diff := cmp.Diff(want, quantities(o)); diff != "" {
		t.Errorf("items differ (-want +got):\n%s", diff)
	}
	l.Style.Bands = new(BandsPerFootMinusOne)
	if got := item(t, mustCalculate(t, l), KeyTensionBand).Quantity; got != 24 {
		t.Errorf("%v bands at one less per bar, want 24", got)
	}
}

func TestPostsByGeometry(t *testing.T) {
	t.Parallel()
	wood := Style{Kind: KindWood}
	turn := func(x, y float64) Layout {
		return Layout{Nodes: []Node{{ID: "a"}, {ID: "b", X: 16}, {ID: "c", X: 16 + x, Y: y}},
			Segments: []Segment{{ID: "ab", From: "a", To: "b"}, {ID: "bc", From: "b", To: "c"}}, Style: wood}
	}
	attached := func(a Attach) Layout {
		l := straight(24, wood)
		l.Nodes[0].Attach = a
		return l
	}
	gateAtWall := straight(24, wood, Gate{OffsetFt: 0, OpeningIn: 48})
	gateAtWall.Nodes[0].Attach = AttachWall
	square := Layout{
		Nodes: []Node{{ID: "a"}, {ID: "b", X: 16}, {ID: "c", X: 16, Y: 16}, {ID: "d", Y: 16}},
		Segments: []Segment{{ID: "ab", From: "a", To: "b"}, {ID: "bc", From: "b", To: "c"},
			{ID: "cd", From: "c", To: "d"}, {ID: "da", From: "d", To: "a"}},
		Style: wood,
	}
	tee := turn(16, 0)
	tee.Nodes = append(tee.Nodes, Node{ID: "t", X: 16, Y: -8})
	tee.Segments = append(tee.Segments, Segment{ID: "bt", From: "b", To: "t"})
	near := turn(16, 0)
	near.Nodes = append(near.Nodes, Node{ID: "b2", X: 16.1, Y: 0.2})
	near.Segments[1].From = "b2"
	for name, test := range map[string]struct {
		layout Layout
		want   PostCount
	}{
		"a turn of exactly 30° is straight": {turn(16*0.8660254037844386, 8), PostCount{Line: 3, End: 2}},
		"a turn of 31° is a corner":         {turn(13.71, 8.239), PostCount{Line: 2, End: 2, Corner: 1}},
		"a fold back is a corner":           {turn(-8, 1), PostCount{Line: 2, End: 2, Corner: 1}},
		"three lines meet":                  {tee, PostCount{Line: 2, End: 3, Tee: 1}},
		"a closed loop has no ends":         {square, PostCount{Line: 4, Corner: 4}},
		"a wall takes no post":              {attached(AttachWall), PostCount{Line: 2, End: 1, Wall: 1}},
		"an existing post is not set":       {attached(AttachExistingPost), PostCount{Line: 2, End: 1, Wall: 1}},
		"a gate beside a wall has its post": {gateAtWall, PostCount{Line: 2, End: 1, Gate: 2}},
		"nodes 3 inches apart are one post": {near, PostCount{Line: 3, End: 2}},
		"a gate fills its segment":          {straight(4, wood, Gate{OpeningIn: 48}), PostCount{Gate: 2}},
		"two gates share a post": {straight(24, wood, Gate{OffsetFt: 8, OpeningIn: 48}, Gate{OffsetFt: 12, OpeningIn: 48}),
			PostCount{End: 2, Gate: 3}},
		"two inches beside a gate are no bay": {straight(24, wood, Gate{OffsetFt: 0.17, OpeningIn: 48}), PostCount{Line: 2, End: 1, Gate: 2}},
	} {
		got := mustCalculate(t, test.layout)
		test.want.Total = test.want.Line + test.want.End + test.want.Corner + test.want.Tee + test.want.Gate
		if diff := cmp.Diff(test.want, got.Posts); diff != "" {
			t.Errorf("%s: posts differ (-want +got):\n%s", name, diff)
		}
		if placed := len(got.Placed); placed != got.Posts.Total+got.Posts.Wall {
			t.Errorf("%s: %d posts have a place, want %d", name, placed, got.Posts.Total+got.Posts.Wall)
		}
	}
}

func TestPostWhereStylesMeetIsTerminalAndOfTheTaller(t *testing.T) {
	t.Parallel()
	low := Style{Kind: KindWood, HeightFt: new(4.0)}
	high := Style{Kind: KindWood, HeightFt: new(6.0)}
	l := Layout{
		Nodes:    []Node{{ID: "a"}, {ID: "b", X: 16}, {ID: "c", X: 40}},
		Segments: []Segment{{ID: "ab", From: "a", To: "b"}, {ID: "bc", From: "b", To: "c", Style: "privacy"}},
		Style:    low, Styles: map[string]Style{"privacy": high},
	}
	for range 2 {
		o := mustCalculate(t, l)
		if want := (PostCount{Line: 3, End: 3, Total: 6}); o.Posts != want {
			t.Errorf("posts %+v, want %+v", o.Posts, want)
		}
		ends := item(t, o, KeyPostEnd)
		share := map[string]float64{}
		for _, p := range ends.Parts {
			share[p.Style] = p.Quantity
		}
		if diff := cmp.Diff(map[string]float64{"": 1, "privacy": 2}, share); diff != "" {
			t.Errorf("end posts by style differ (-want +got):\n%s", diff)
		}
		rails := item(t, o, KeyRail)
		if rails.Quantity != 2*2+3*3 || rails.Formula != "2 bays × 2 rails; 3 bays × 3 rails" && !strings.HasPrefix(rails.Formula, "3 bays") {
			t.Errorf("rails %+v, want 13 of both styles", rails)
		}
		l.Segments[0], l.Segments[1] = l.Segments[1], l.Segments[0]
	}
}

func TestChainLinkEndsWhereItMeetsWood(t *testing.T) {
	t.Parallel()
	l := Layout{
		Nodes:    []Node{{ID: "a"}, {ID: "b", X: 16}, {ID: "c", X: 40}},
		Segments: []Segment{{ID: "ab", From: "a", To: "b", Style: "mesh"}, {ID: "bc", From: "b", To: "c"}},
		Style:    Style{Kind: KindWood}, Styles: map[string]Style{"mesh": {Kind: KindChainLink, HeightFt: new(4.0)}},
	}
	q := quantities(mustCalculate(t, l))
	if q[KeyTensionBar] != 2 || q[KeyPostCap] != 1 || q[KeyPostEnd] != 3 {
		t.Errorf("items %v; want 2 tension bars, 1 cap on the chain link's own terminal, 3 end posts", q)
	}
}

func TestBagsOfTwoSizesAreWarnedOf(t *testing.T) {
	t.Parallel()
	l := corner(Style{Kind: KindWood})
	l.Segments[1].Style = "b"
	l.Styles = map[string]Style{"b": {Kind: KindWood, Concrete: &ConcreteMix{BagLb: new(60)}}}
	o := mustCalculate(t, l)
	if len(o.Warnings) != 1 || o.Warnings[0].Code != "bags-differ" {
		t.Errorf("warnings %+v, want one of bags-differ", o.Warnings)
	}
}

func TestSlopes(t *testing.T) {
	t.Parallel()
	rising := func(style Style, ft, rise float64) Layout {
		l := straight(ft, style)
		l.Nodes[1].Z = rise
		return l
	}
	for name, test := range map[string]struct {
		layout Layout
		grade  Grade
		riseIn float64
		slope  float64
		bays   int
	}{
		"level":                          {rising(Style{Kind: KindPanel}, 24, 0), GradeLevel, 0, 24, 4},
		"racked to the limit":            {rising(Style{Kind: KindPanel}, 24, 40.0/12), GradeRack, 10, 24.230375, 4},
		"past the limit panels step":     {rising(Style{Kind: KindPanel}, 24, -4), GradeStep, 12, 24.331050, 4},
		"a style may rack further":       {rising(Style{Kind: KindPanel, RackLimitIn: new(12.0)}, 24, 4), GradeRack, 12, 24.331050, 4},
		"wood always racks":              {rising(Style{Kind: KindWood}, 24, 10), GradeRack, 40, 26, 3},
		"chain link spaces along ground": {rising(Style{Kind: KindChainLink}, 100, 10), GradeRack, 120.0 / 11, 100.498756, 11},
	} {
		o := mustCalculate(t, test.layout)
		r := o.Runs[0]
		if r.Grade != test.grade || abs(r.RisePerBayIn-test.riseIn) > 1e-6 || abs(r.SlopeLengthFt-test.slope) > 1e-6 || r.Bays != test.bays {
			t.Errorf("%s: %+v; want %s, %v in a bay, %v ft along the ground, %d bays", name, r, test.grade, test.riseIn, test.slope, test.bays)
		}
		if got := len(o.Warnings) > 0 && o.Warnings[0].Code == "panels-step"; got != (test.grade == GradeStep) {
			t.Errorf("%s: warnings %+v", name, o.Warnings)
		}
	}
}

func abs(v float64) float64 { return max(v, -v) }

func TestPicketsStandUprightOnASlope(t *testing.T) {
	t.Parallel()
	flat, steep := straight(96, Style{Kind: KindWood}), straight(96, Style{Kind: KindWood})
	steep.Nodes[1].Z = 20
	a, b := mustCalculate(t, flat), mustCalculate(t, steep)
	if item(t, a, KeyPicket).Quantity != item(t, b, KeyPicket).Quantity {
		t.Errorf("a slope changes the pickets from %v to %v", item(t, a, KeyPicket).Quantity, item(t, b, KeyPicket).Quantity)
	}
}

func TestRailsAreCutFromStock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stock, spacing float64
		order          float64
		warns          bool
	}{
		"8 ft for bays of 8 ft":                {8, 8, 12 * 3, false},
		"16 ft spans two bays":                 {16, 8, 6 * 3, false},
		"20 ft spans two bays, the rest waste": {20, 8, 6 * 3, false},
		"24 ft spans three bays":               {24, 8, 4 * 3, false},
		"8 ft does not span bays of 9.6 ft":    {8, 10, 20 * 3, true},
	} {
		o := mustCalculate(t, straight(96, Style{Kind: KindWood, RailStockFt: &test.stock, PostSpacingFt: &test.spacing}))
		if got := item(t, o, KeyRail).OrderQuantity; got != test.order {
			t.Errorf("%s: %v sticks, want %v", name, got, test.order)
		}
		if warned := len(o.Warnings) > 0; warned != test.warns {
			t.Errorf("%s: warnings %v, want %v", name, o.Warnings, test.warns)
		}
	}
}

func TestRailsByHeight(t *testing.T) {
	t.Parallel()
	for height, want := range map[float64]float64{3: 2, 4: 2, 5: 2, 6: 3, 8: 4} {
		o := mustCalculate(t, straight(8, Style{Kind: KindWood, HeightFt: &height}))
		if got := item(t, o, KeyRail).Quantity; got != want {
			t.Errorf("%v ft: %v rails, want %v", height, got, want)
		}
	}
}

func TestGatesCountTheirLeaves(t *testing.T) {
	t.Parallel()
	for kind, want := range map[GateKind][2]float64{
		GateWalk: {1, 22}, GateDouble: {2, 22}, GateSlide: {1, 22}, GateCantilever: {1, 22},
	} {
		o := mustCalculate(t, straight(40, Style{Kind: KindWood}, Gate{OffsetFt: 8, OpeningIn: 120, Kind: kind}))
		if got := [2]float64{item(t, o, KeyGateKit).Quantity, item(t, o, KeyGatePicket).Quantity}; got != want {
			t.Errorf("%s: kits and pickets %v, want %v", kind, got, want)
		}
	}
}

func TestLongPullsAreWarnedOf(t *testing.T) {
	t.Parallel()
	o := mustCalculate(t, straight(501, Style{Kind: KindChainLink}))
	if len(o.Warnings) != 1 || o.Warnings[0].Code != "long-pull" {
		t.Errorf("warnings %+v, want one of long-pull", o.Warnings)
	}
}
