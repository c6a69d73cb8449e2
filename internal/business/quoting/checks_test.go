package quoting

import (
	"slices"
	"testing"

	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/takeoff"
)

// square is a closed yard of 40 ft with one gate, everything measured.
func square() Drawing {
	height := 6.0
	return Drawing{
		Layout: takeoff.Layout{
			Nodes: []takeoff.Node{{ID: "A"}, {ID: "B", X: 40}, {ID: "C", X: 40, Y: 40}, {ID: "D", Y: 40}},
			Segments: []takeoff.Segment{{ID: "s1", From: "A", To: "B"}, {ID: "s2", From: "B", To: "C"},
				{ID: "s3", From: "C", To: "D"}, {ID: "s4", From: "D", To: "A"}},
			Gates: []takeoff.Gate{{ID: "g1", Segment: "s1", OffsetFt: 8, OpeningIn: 48, Kind: takeoff.GateWalk}},
			Style: takeoff.Style{Kind: takeoff.KindWood, HeightFt: &height},
		},
		Extras: Extras{Runs: map[string]drawing.RunNote{"s1": {Measured: true}, "s2": {Measured: true}, "s3": {Measured: true}, "s4": {Measured: true}}},
	}
}

func TestChecksFindWhatAPersonShouldLookAt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*Drawing)
		site  Site
		want  map[string]Weight
	}{
		"nothing wrong": {func(*Drawing) {}, Site{}, map[string]Weight{}},
		"nothing drawn": {func(d *Drawing) { d.Layout = takeoff.Layout{} }, Site{}, map[string]Weight{"empty": WeightStop}},
		"guessed":       {func(d *Drawing) { d.Extras.Runs = nil }, Site{}, map[string]Weight{"estimated-runs": WeightAnswer}},
		"gate past its run": {func(d *Drawing) { d.Layout.Gates[0].OffsetFt = 39 }, Site{},
			map[string]Weight{"cannot-be-built:/gates/0/offset_ft": WeightStop}},
		"no length": {func(d *Drawing) { d.Layout.Nodes[1].X = 0 }, Site{}, map[string]Weight{"cannot-be-built:/segments/0/to": WeightStop}},
		"loop not closed": {func(d *Drawing) {
			d.Layout.Nodes = append(d.Layout.Nodes, takeoff.Node{ID: "E", Y: 1.5})
			d.Layout.Segments[3].To = "E"
		}, Site{}, map[string]Weight{"loop-gap": WeightAnswer}},
		"ends at walls": {func(d *Drawing) {
			d.Layout.Nodes = append(d.Layout.Nodes, takeoff.Node{ID: "E", Y: 1.5, Attach: takeoff.AttachWall})
			d.Layout.Segments[3].To = "E"
		}, Site{}, map[string]Weight{}},
		"runs cross": {func(d *Drawing) {
			d.Layout.Nodes[2], d.Layout.Nodes[3] = takeoff.Node{ID: "C", Y: 40}, takeoff.Node{ID: "D", X: 40, Y: 40}
		}, Site{}, map[string]Weight{"crossing:s2:s4": WeightStop}},
		"no gate":          {func(d *Drawing) { d.Layout.Gates = nil }, Site{}, map[string]Weight{"no-gate:s1": WeightAnswer}},
		"wide walk gate":   {func(d *Drawing) { d.Layout.Gates[0].OpeningIn = 72 }, Site{}, map[string]Weight{"gate-wide:g1": WeightAnswer}},
		"removal":          {func(d *Drawing) { d.Layout.Segments[0].RemovalFt = 200 }, Site{}, map[string]Weight{"removal-longer": WeightAnswer}},
		"pool":             {func(*Drawing) {}, Site{HasPool: true}, map[string]Weight{"pool-gate:g1": WeightAnswer}},
		"pool, good gate":  {func(d *Drawing) { d.Layout.Gates[0].SelfClosing = true }, Site{HasPool: true}, map[string]Weight{}},
		"pool, low fence":  {lowFence, Site{HasPool: true}, map[string]Weight{"pool-height": WeightAnswer}},
		"pool, open fence": {func(d *Drawing) { lowGate(d); d.Layout.Segments = d.Layout.Segments[:3] }, Site{HasPool: true}, map[string]Weight{"pool-open": WeightAnswer}},
	} {
		d := square()
		c.spoil(&d)
		took, problem := takeoff.Calculate(d.Layout)
		got := map[string]Weight{}
		for _, check := range inspect(d, c.site, took, problem) {
			got[check.Key] = check.Weight
			if check.Message == "" {
				t.Errorf("%s: %s has no sentence", name, check.Key)
			}
		}
		for key, weight := range c.want {
			if got[key] != weight {
				t.Errorf("%s: %s is %q, want %q", name, key, got[key], weight)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: found %v, want %v", name, got, c.want)
		}
	}
}

func lowFence(d *Drawing) {
	lowGate(d)
	height := 3.5
	d.Layout.Style.HeightFt = &height
}

func lowGate(d *Drawing) { d.Layout.Gates[0].SelfClosing = true }

func TestAnAnswerSettlesAQuestionAndNeverAStop(t *testing.T) {
	t.Parallel()
	checks := []Check{{Key: "a", Weight: WeightStop}, {Key: "b", Weight: WeightAnswer}, {Key: "c", Weight: WeightAnswer}, {Key: "d", Weight: WeightNote}}
	open := Unanswered(checks, map[string]string{"a": "fine", "b": "fine", "c": "  "})
	keys := make([]string, len(open))
	for i, c := range open {
		keys[i] = c.Key
	}
	if !slices.Equal(keys, []string{"a", "c"}) {
		t.Errorf("unanswered %v, want a and c", keys)
	}
}
