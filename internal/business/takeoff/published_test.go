package takeoff

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// straight is one line of fence along x.
func straight(ft float64, style Style, gates ...Gate) Layout {
	for i := range gates {
		gates[i].Segment = "s"
		if gates[i].ID == "" {
			gates[i].ID = "g" + string(rune('1'+i))
		}
		if gates[i].Kind == "" {
			gates[i].Kind = GateWalk
		}
	}
	return Layout{
		Nodes:    []Node{{ID: "a"}, {ID: "b", X: ft}},
		Segments: []Segment{{ID: "s", From: "a", To: "b"}},
		Gates:    gates,
		Style:    style,
	}
}

// Worked examples that manufacturers and estimators publish, recomputed by hand; the sources are in docs/engine.md.

func TestHundredFeetAtEightOnCenter(t *testing.T) {
	t.Parallel()
	o := mustCalculate(t, straight(100, Style{Kind: KindWood}))
	if r := o.Runs[0]; o.Posts.Total != 14 || r.Bays != 13 || math.Abs(r.BayFt-7.6923) > 1e-4 {
		t.Errorf("%d posts, %d bays of %.4f ft; want 14, 13, 7.6923", o.Posts.Total, r.Bays, r.BayFt)
	}
	if got := item(t, o, KeyRail).Quantity; got != 39 {
		t.Errorf("%v rails, want 39", got)
	}
}

func TestPicketsByPattern(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		style Style
		want  float64
	}{
		"3.5 in side by side":       {Style{PicketWidthIn: new(3.5)}, 343},
		"board on board, 1 in":      {Style{Pattern: new(PatternBoardOnBoard), PicketOverlapIn: new(1.0)}, 267},
		"a negative gap of 1 in":    {Style{PicketGapIn: new(-1.0)}, 267},
		"board on board as usual":   {Style{Pattern: new(PatternBoardOnBoard)}, 287},
		"shadowbox, 3 in":           {Style{Pattern: new(PatternShadowbox), PicketGapIn: new(3.0)}, 284},
		"gap of 2 in":               {Style{PicketGapIn: new(2.0)}, 160},
		"an overlap side by side":   {Style{PicketOverlapIn: new(1.0)}, 267},
		"an overlap of nothing":     {Style{PicketOverlapIn: new(0.0)}, 219},
		"an exact multiple of 6 in": {Style{PicketWidthIn: new(6.0)}, 200},
	} {
		test.style.Kind = KindWood
		if got := item(t, mustCalculate(t, straight(100, test.style)), KeyPicket).Quantity; got != test.want {
			t.Errorf("%s: %v pickets, want %v", name, got, test.want)
		}
	}
}

func TestConcreteOfPublishedExamples(t *testing.T) {
	t.Parallel()
	hole := &Hole{DiameterIn: new(6.0), DepthIn: new(36.0)}
	o := mustCalculate(t, straight(8, Style{Kind: KindWood, Hole: hole,
		Concrete: &ConcreteMix{SubtractPost: new(false), WastePct: new(0.0)}}))
	if got, want := o.Concrete.VolumeFt3, 2*0.589; math.Abs(got-want) > 1e-3 {
		t.Errorf("two holes of 6 × 36 in hold %v ft³, want %v", got, want)
	}
	// 14 posts of 3.33 ft³ are 46.67 ft³: 78 bags of 80 lb or 104 of 60 lb.
	depth := 36.0
	diameter := math.Sqrt(46.67 / 14 * 1728 / depth * 4 / math.Pi)
	for lb, want := range map[int]int{80: 78, 60: 104} {
		o := mustCalculate(t, straight(100, Style{Kind: KindWood, Hole: &Hole{DiameterIn: &diameter, DepthIn: &depth},
			Concrete: &ConcreteMix{BagLb: &lb, SubtractPost: new(false), WastePct: new(0.0)}}))
		if o.Concrete.Bags != want {
			t.Errorf("%d lb: %d bags, want %d", lb, o.Concrete.Bags, want)
		}
	}
}

func TestGravelDisplacesConcrete(t *testing.T) {
	t.Parallel()
	full := Style{Kind: KindWood, Hole: &Hole{DepthIn: new(30.0)}}
	gravel := Style{Kind: KindWood, Hole: &Hole{DepthIn: new(36.0), GravelIn: new(6.0)}}
	a, b := mustCalculate(t, straight(100, full)), mustCalculate(t, straight(100, gravel))
	if a.Concrete != b.Concrete {
		t.Errorf("36 in with 6 in of gravel takes %+v, want as 30 in: %+v", b.Concrete, a.Concrete)
	}
	dry := mustCalculate(t, straight(100, Style{Kind: KindWood, Hole: &Hole{GravelIn: new(30.0)}}))
	if dry.Concrete != (ConcreteTotal{}) {
		t.Errorf("posts in gravel alone take %+v, want no concrete", dry.Concrete)
	}
}

func TestSeventyFiveFeetOfVinyl(t *testing.T) {
	t.Parallel()
	o := mustCalculate(t, straight(75, Style{Kind: KindPanel, PanelFt: new(8.0)}))
	if o.Posts.Line != 9 || item(t, o, KeyPanel).Quantity != 10 || item(t, o, KeyPostCap).Quantity != 11 {
		t.Errorf("posts %+v, items %v; want 10 panels, 9 line posts, 11 caps", o.Posts, quantities(o))
	}
}

func TestAluminumWithGateBeforeACorner(t *testing.T) {
	t.Parallel()
	l := Layout{
		Nodes:    []Node{{ID: "A"}, {ID: "C", X: 23}, {ID: "E", X: 23, Y: 12}},
		Segments: []Segment{{ID: "AC", From: "A", To: "C"}, {ID: "CE", From: "C", To: "E"}},
		Gates:    []Gate{{ID: "g", Segment: "AC", OffsetFt: 10, OpeningIn: 48, Kind: GateWalk}},
		Style:    Style{Kind: KindPanel},
	}
	o := mustCalculate(t, l)
	// The published list ends at the corner; the leg after it adds 2 panels, 1 line post and 1 end.
	want := PostCount{Line: 2 + 1, End: 1 + 1, Corner: 1, Gate: 2, Total: 8}
	if o.Posts != want || item(t, o, KeyPanel).Quantity != 4+2 {
		t.Errorf("posts %+v, items %v; want %+v and 6 panels", o.Posts, quantities(o), want)
	}
}

func TestPlaceOfAGateChangesTerminals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		offset   float64
		terminal int
		bays     []int
	}{
		"centered":        {73, 4, []int{13, 13}},
		"at the far end":  {146, 3, []int{25}},
		"at the near end": {0, 3, []int{25}},
	} {
		o := mustCalculate(t, straight(150, Style{Kind: KindPanel}, Gate{OffsetFt: test.offset, OpeningIn: 48}))
		var bays []int
		for _, r := range o.Runs {
			bays = append(bays, r.Bays)
		}
		if got := o.Posts.Total - o.Posts.Line; got != test.terminal || !cmp.Equal(bays, test.bays) {
			t.Errorf("%s: %d terminal posts, bays %v; want %d, %v", name, got, bays, test.terminal, test.bays)
		}
	}
}

func TestTerminalsFiftyFourFeetApart(t *testing.T) {
	t.Parallel()
	r := mustCalculate(t, straight(54, Style{Kind: KindChainLink})).Runs[0]
	if r.Bays != 6 || r.BayFt*12 != 108 {
		t.Errorf("%d bays of %v in, want 6 of 108", r.Bays, r.BayFt*12)
	}
}

func TestHolesOfChainLinkDeepenWithHeight(t *testing.T) {
	t.Parallel()
	for height, want := range map[float64]float64{3: 24, 4: 24, 5: 27, 6: 30} {
		deep := straight(54, Style{Kind: KindChainLink, HeightFt: &height})
		hole := func(d float64) *Hole { return &Hole{DiameterIn: &d, DepthIn: &want} }
		said := straight(54, Style{Kind: KindChainLink, HeightFt: &height, LineHole: hole(6.5), TerminalHole: hole(10)})
		if a, b := mustCalculate(t, deep).Concrete, mustCalculate(t, said).Concrete; a != b {
			t.Errorf("%v ft: concrete %+v, want that of holes %v in deep: %+v", height, a, want, b)
		}
	}
}
