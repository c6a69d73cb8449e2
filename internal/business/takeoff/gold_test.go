package takeoff

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// goldA is the reference yard: a U of 140 ft drawn, with one walk gate.
func goldA(t testing.TB) Layout {
	t.Helper()
	data, err := os.ReadFile("testdata/gold-a.json")
	if err != nil {
		t.Fatal(err)
	}
	l, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func mustCalculate(t testing.TB, l Layout) TakeOff {
	t.Helper()
	out, err := Calculate(l)
	if err != nil {
		t.Fatalf("Calculate: %v", err)
	}
	return out
}

// quantities is the take-off as key → quantity.
func quantities(o TakeOff) map[string]float64 {
	out := map[string]float64{}
	for _, item := range o.Items {
		out[item.Key] += item.Quantity
	}
	return out
}

func item(t testing.TB, o TakeOff, key string) Item {
	t.Helper()
	for _, it := range o.Items {
		if it.Key == key {
			return it
		}
	}
	t.Fatalf("no item %s among %v", key, quantities(o))
	return Item{}
}

func TestReferenceYard(t *testing.T) {
	t.Parallel()
	o := mustCalculate(t, goldA(t))
	if o.NetLengthFt != 136 || o.DrawnLengthFt != 140 {
		t.Errorf("net %v, drawn %v; want 136, 140", o.NetLengthFt, o.DrawnLengthFt)
	}
	wantPosts := PostCount{Line: 14, End: 2, Corner: 2, Gate: 2, Total: 20}
	if diff := cmp.Diff(wantPosts, o.Posts); diff != "" {
		t.Errorf("posts differ (-want +got):\n%s", diff)
	}
	var runs [][2]float64
	for _, r := range o.Runs {
		runs = append(runs, [2]float64{r.LengthFt, float64(r.Bays)})
	}
	if diff := cmp.Diff([][2]float64{{8, 1}, {28, 4}, {60, 8}, {40, 5}}, runs); diff != "" {
		t.Errorf("runs (length, bays) differ (-want +got):\n%s", diff)
	}
	want := map[string]float64{
		"picket": 297, "rail": 54, "screw": 1782, "gate_picket": 9, "post_line": 14, "post_end": 2,
		"post_corner": 2, "post_gate": 2, "gate_kit": 1, "concrete_bag": 45,
	}
	if diff := cmp.Diff(want, quantities(o)); diff != "" {
		t.Errorf("items differ (-want +got):\n%s", diff)
	}
	if got := item(t, o, "picket").OrderQuantity; got != 327 {
		t.Errorf("pickets to order = %v, want 327", got)
	}
	if diff := cmp.Diff(ConcreteTotal{VolumeFt3: 26.584, Bags: 45}, o.Concrete); diff != "" {
		t.Errorf("concrete differs (-want +got):\n%s", diff)
	}
	if len(o.Warnings) != 0 {
		t.Errorf("warnings = %v, want none", o.Warnings)
	}
	if len(o.Placed) != 20 {
		t.Errorf("%d posts have a place, want 20", len(o.Placed))
	}
}

func TestReferenceYardExplainsItself(t *testing.T) {
	t.Parallel()
	o := mustCalculate(t, goldA(t))
	rail := item(t, o, "rail")
	want := Item{Key: "rail", Quantity: 54, OrderQuantity: 54, Unit: "each", Rule: "wood.rails",
		Formula: "18 bays × 3 rails", From: []string{"AB", "BC", "CD"}}
	if diff := cmp.Diff(want, rail); diff != "" {
		t.Errorf("rail differs (-want +got):\n%s", diff)
	}
	for _, it := range o.Items {
		if it.Unit == "" || it.Rule == "" || it.Formula == "" || len(it.From) == 0 || !strings.ContainsAny(it.Formula, "0123456789") {
			t.Errorf("item %+v does not say where it comes from", it)
		}
	}
}

func TestReferenceYardByRounding(t *testing.T) {
	t.Parallel()
	for rounding, want := range map[Rounding]float64{RoundProject: 297, RoundRun: 299, RoundBay: 308} {
		l := goldA(t)
		l.Style.Rounding = new(rounding)
		if got := item(t, mustCalculate(t, l), "picket").Quantity; got != want {
			t.Errorf("rounding %s: %v pickets, want %v", rounding, got, want)
		}
	}
}

func TestReferenceYardByConcrete(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		mix  ConcreteMix
		want int
	}{
		"80 lb over the job":   {ConcreteMix{}, 45},
		"80 lb at each hole":   {ConcreteMix{Rounding: new(ConcreteHole)}, 62},
		"60 lb over the job":   {ConcreteMix{BagLb: new(60)}, 60},
		"without waste":        {ConcreteMix{WastePct: new(0.0)}, 41},
		"posts not subtracted": {ConcreteMix{SubtractPost: new(false)}, 54},
	} {
		l := goldA(t)
		l.Style.Concrete = &test.mix
		if got := mustCalculate(t, l).Concrete.Bags; got != test.want {
			t.Errorf("%s: %d bags, want %d", name, got, test.want)
		}
	}
}

func TestEveryPostIsPlacedOnItsSegment(t *testing.T) {
	t.Parallel()
	l := goldA(t)
	o := mustCalculate(t, l)
	counts := map[PostKind]int{}
	for _, p := range o.Placed {
		counts[p.Kind]++
	}
	want := map[PostKind]int{PostLine: 14, PostEnd: 2, PostCorner: 2, PostGate: 2}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("placed posts differ (-want +got):\n%s", diff)
	}
	gate := o.Placed[1]
	if diff := cmp.Diff(Post{Kind: PostGate, X: 0, Y: 8, Segment: "AB", AtFt: 8}, gate); diff != "" {
		t.Errorf("near gate post differs (-want +got):\n%s", diff)
	}
	for i, p := range o.Placed[1:] {
		if d := math.Hypot(p.X-o.Placed[i].X, p.Y-o.Placed[i].Y); d > 8+1e-9 {
			t.Errorf("posts %d and %d are %v ft apart, want at most a bay", i, i+1, d)
		}
	}
}
