package quoting_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func TestASketchIsDrawnSavedAndPriced(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	empty, err := w.quotes.CreateSketch(t.Context(), a, quoting.CreateSketchInput{PropertyID: testkit.A.Property(), Name: "  Side yard "})
	if err != nil {
		t.Fatal(err)
	}
	priced, err := w.quotes.PriceSketch(t.Context(), a, empty.ID)
	if err != nil || len(priced.Tiers) != 0 || len(priced.Checks) != 1 || priced.Checks[0].Key != "empty" {
		t.Errorf("an empty sheet: %+v, %v", priced.Checks, err)
	}
	var saved quoting.SketchSaved
	w.Untouched(t, testkit.B, func() {
		saved, err = w.quotes.SaveSketch(t.Context(), a, empty.ID, quoting.SaveSketchInput{Version: 1, Layout: []byte(yard), Extras: measured})
	})
	if err != nil || saved.Version != 2 {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	rec, err := w.quotes.GetSketch(t.Context(), a, empty.ID)
	if err != nil || rec.Sketch.Name != "Side yard" || rec.Sketch.DrawnFt != 140 || rec.Sketch.RunCount != 3 || rec.Sketch.GateCount != 1 || rec.Sketch.Extras.Runs["s1"].Name != "Left" {
		t.Errorf("record %+v, %v", rec.Sketch, err)
	}
	priced, err = w.quotes.PriceSketch(t.Context(), a, empty.ID)
	if err != nil || len(priced.Tiers) != 3 || priced.TakeOff.Posts.Total != 20 || priced.Recommended != "premium" || !strings.HasPrefix(priced.Zone, "Downtown, because of ZIP 78701") {
		t.Errorf("priced %d tiers, %d posts, zone %q, %v", len(priced.Tiers), priced.TakeOff.Posts.Total, priced.Zone, err)
	}
	list, err := w.quotes.ListSketchesOfProperty(t.Context(), a, testkit.A.Property())
	if err != nil || len(list) != 2 || list[0].ID != empty.ID {
		t.Errorf("sketches of the property %+v, %v; want the new one before the fixture's", list, err)
	}
}

func TestADrawingInProgressIsKeptAndSaysWhatStopsIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	broken := strings.Replace(yard, `"offset_ft":8`, `"offset_ft":38`, 1)
	saved, err := w.quotes.CreateSketch(t.Context(), a, quoting.CreateSketchInput{PropertyID: testkit.A.Property(), Layout: []byte(broken), Extras: measured})
	if err != nil {
		t.Fatal(err)
	}
	priced, err := w.quotes.PriceSketch(t.Context(), a, saved.ID)
	if err != nil || len(priced.Tiers) != 0 || len(priced.Checks) != 1 || priced.Checks[0].Weight != quoting.WeightStop || priced.Checks[0].Gate != "g1" || priced.Checks[0].Segment != "s1" {
		t.Errorf("checks %+v, %v; want a stop at the gate", priced.Checks, err)
	}
	_, err = w.quotes.CreateFromSketch(t.Context(), a, quoting.CreateFromSketchInput{SketchID: saved.ID})
	if f := fault.As(err); f.Kind != fault.Invalid || f.Fields[0].Pointer != "/gates/0/offset_ft" {
		t.Errorf("quote of what cannot be built: %v", err)
	}
	live, err := w.quotes.PriceDrawing(t.Context(), a, quoting.PriceDrawingInput{PropertyID: testkit.A.Property(), Layout: []byte(yard), Extras: measured})
	if err != nil || len(live.Tiers) != 3 || len(live.Checks) != 0 {
		t.Errorf("the repaired drawing on the screen: %+v, %v", live.Checks, err)
	}
}

func TestBadDrawingsAreRefusedByField(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	runs := func(segment, name string) quoting.Extras {
		return quoting.Extras{Runs: map[string]drawing.RunNote{segment: {Name: name}}}
	}
	for name, c := range map[string]struct {
		layout  string
		extras  quoting.Extras
		pointer string
	}{
		"not JSON":        {`{`, measured, "/layout"},
		"unknown member":  {`{"nodes":[],"segments":[],"color":"red"}`, measured, "/layout/color"},
		"given twice":     {`{"nodes":[],"nodes":[],"segments":[]}`, measured, "/layout/nodes"},
		"coordinate":      {strings.Replace(yard, `"x":60`, `"x":1e308`, 1), measured, "/layout/nodes/2/x"},
		"too large":       {`{"nodes":[` + strings.Repeat(" ", 3<<20) + `]}`, measured, "/layout"},
		"long run name":   {yard, runs("s1", strings.Repeat("x", 41)), "/extras/runs/s1/name"},
		"control in name": {yard, runs("a/b", "x\x00"), "/extras/runs/a~1b/name"},
		"unknown mark":    {yard, quoting.Extras{Marks: []drawing.Mark{{Kind: "ufo", Points: []drawing.Point{{}}}}}, "/extras/marks/0/kind"},
		"mark off sheet":  {yard, quoting.Extras{Marks: []drawing.Mark{{Kind: drawing.MarkHouse, Points: []drawing.Point{{X: 1e9}}}}}, "/extras/marks/0/points"},
	} {
		_, err := w.quotes.CreateSketch(t.Context(), a, quoting.CreateSketchInput{PropertyID: testkit.A.Property(), Layout: jsontext.Value(c.layout), Extras: c.extras})
		if f := fault.As(err); f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Pointer != c.pointer {
			t.Errorf("%s: got %v, want a problem at %s", name, err, c.pointer)
		}
	}
}

func TestTheSecondWriterOfASketchIsTold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	sketch := w.sketch(t, a, testkit.A)
	in := quoting.SaveSketchInput{Version: 1, Name: "Mine", Layout: []byte(yard), Extras: measured}
	if _, err := w.quotes.SaveSketch(t.Context(), a, sketch, in); err != nil {
		t.Fatal(err)
	}
	in.Name = "Hers"
	_, err := w.quotes.SaveSketch(t.Context(), a, sketch, in)
	wantFault(t, err, fault.Conflict, fault.CodeStale)
	if rec, _ := w.quotes.GetSketch(t.Context(), a, sketch); rec.Sketch.Name != "Mine" || rec.Sketch.Version != 2 {
		t.Errorf("the sketch is %q at version %d", rec.Sketch.Name, rec.Sketch.Version)
	}
}

func TestASittingIsOneLineOfTheLog(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	sketch := w.sketch(t, a, testkit.A)
	save := func(a tenancy.Actor, version int) {
		t.Helper()
		if _, err := w.quotes.SaveSketch(t.Context(), a, sketch, quoting.SaveSketchInput{Version: version, Layout: []byte(yard), Extras: measured}); err != nil {
			t.Fatal(err)
		}
	}
	for version := 1; version <= 5; version++ {
		save(a, version)
	}
	if got := w.lines(t, a, sketch); got != "sketch.created" {
		t.Errorf("after five saves at once the log says %s", got)
	}
	w.Advance(t, 11*time.Minute)
	save(a, 6)
	save(a, 7)
	maria := a.As(tenancy.Person, testkit.A.Office(), "Maria", "office", tenancy.Permissions)
	save(maria, 8)
	if got := w.lines(t, a, sketch); got != "sketch.saved sketch.saved sketch.created" {
		t.Errorf("after a break and another person the log says %s", got)
	}
}

func (w *world) lines(t *testing.T, a tenancy.Actor, sketch id.ID) string {
	t.Helper()
	rec, err := w.quotes.GetSketch(t.Context(), a, sketch)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, e := range rec.Timeline {
		actions = append(actions, e.Action)
	}
	return strings.Join(actions, " ")
}

func TestSketchesNeedTheRightsAndACompanyThatMayWrite(t *testing.T) {
	t.Parallel()
	w := setup(t)
	reader := w.actor(t, testkit.A, tenancy.SketchesRead)
	in := quoting.CreateSketchInput{PropertyID: testkit.A.Property()}
	_, err := w.quotes.CreateSketch(t.Context(), reader, in)
	wantFault(t, err, fault.Forbidden, "forbidden")
	_, err = w.quotes.GetSketch(t.Context(), w.actor(t, testkit.A, tenancy.QuotesRead), testkit.A.Sketch())
	wantFault(t, err, fault.Forbidden, "forbidden")
	w.plans(t, testkit.A, "trial", "2026-01-01T00:00:00Z")
	late := w.actor(t, testkit.A)
	_, err = w.quotes.CreateSketch(t.Context(), late, in)
	wantFault(t, err, fault.LimitReached, "subscription-required")
	_, err = w.quotes.SaveSketch(t.Context(), late, testkit.A.Sketch(), quoting.SaveSketchInput{Version: 1, Layout: []byte(yard)})
	wantFault(t, err, fault.LimitReached, "subscription-required")
	if _, err := w.quotes.PriceSketch(t.Context(), late, testkit.A.Sketch()); err != nil {
		t.Errorf("reading while read-only: %v", err)
	}
}

func TestSketchesOfAnotherOrganizationAreNotThere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	w.Untouched(t, testkit.B, func() {
		for _, foreign := range []id.ID{testkit.B.Sketch(), id.New()} {
			_, err := w.quotes.GetSketch(t.Context(), a, foreign)
			wantMissing(t, err)
			_, err = w.quotes.PriceSketch(t.Context(), a, foreign)
			wantMissing(t, err)
			_, err = w.quotes.SaveSketch(t.Context(), a, foreign, quoting.SaveSketchInput{Version: 1, Layout: []byte(yard)})
			wantMissing(t, err)
		}
		for _, foreign := range []id.ID{testkit.B.Property(), id.New()} {
			_, err := w.quotes.CreateSketch(t.Context(), a, quoting.CreateSketchInput{PropertyID: foreign})
			wantMissing(t, err)
			_, err = w.quotes.PriceDrawing(t.Context(), a, quoting.PriceDrawingInput{PropertyID: foreign, Layout: []byte(yard)})
			wantMissing(t, err)
			_, err = w.quotes.ListSketchesOfProperty(t.Context(), a, foreign)
			wantMissing(t, err)
		}
	})
}

func TestTheSameSaveTwiceIsOneSave(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	sketch := w.sketch(t, a, testkit.A)
	in := quoting.SaveSketchInput{Version: 1, Layout: []byte(yard), Extras: measured}
	first, err := w.quotes.SaveSketch(t.Context(), keyed(a, "save"), sketch, in)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.quotes.SaveSketch(t.Context(), keyed(a, "save"), sketch, in)
	if err != nil || second.Version != first.Version || !second.SavedAt.Equal(first.SavedAt) {
		t.Errorf("repeat: %+v, %v; want %+v", second, err, first)
	}
	in.Name = "Other"
	_, err = w.quotes.SaveSketch(t.Context(), keyed(a, "save"), sketch, in)
	wantFault(t, err, fault.Invalid, "idempotency-key-reused")
}
