package runtable_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/quoting/runtable"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/fault"
)

// yard is the reference yard, told row by row.
func yard() []runtable.Row {
	return []runtable.Row{
		{LengthFt: 40, Measured: true, Start: runtable.AtSpot, Gates: []runtable.Gate{{Kind: takeoff.GateWalk, OpeningIn: 48, FromStartFt: 8}}},
		{LengthFt: 60, Measured: true, Start: runtable.Follows, TurnDeg: 90},
		{LengthFt: 40, Measured: true, Start: runtable.Follows, TurnDeg: 90},
	}
}

var blank = takeoff.Layout{Style: takeoff.Style{Kind: takeoff.KindWood}}

func build(t testing.TB, base takeoff.Layout, notes map[string]drawing.RunNote, rows []runtable.Row) (takeoff.Layout, map[string]drawing.RunNote) {
	t.Helper()
	l, n, err := runtable.Build(base, notes, rows)
	if err != nil {
		t.Fatal(err)
	}
	return l, n
}

func quantity(took takeoff.TakeOff, key string) float64 {
	for _, i := range took.Items {
		if i.Key == key {
			return i.Quantity
		}
	}
	return 0
}

func TestTheReferenceYardIsBuiltByTheTable(t *testing.T) {
	t.Parallel()
	l, notes := build(t, blank, nil, yard())
	took, err := takeoff.Calculate(l)
	if err != nil {
		t.Fatal(err)
	}
	if took.Posts.Total != 20 || quantity(took, takeoff.KeyRail) != 54 || took.Concrete.Bags != 45 {
		t.Errorf("%d posts, %v rails, %d bags; want 20, 54, 45", took.Posts.Total, quantity(took, takeoff.KeyRail), took.Concrete.Bags)
	}
	drawn := pricing.ReferenceYard()
	for i, n := range l.Nodes {
		if want := drawn.Nodes[i]; n.X != want.X || n.Y != want.Y {
			t.Errorf("corner %d at %v, %v; want %v, %v", i+1, n.X, n.Y, want.X, want.Y)
		}
	}
	for _, s := range l.Segments {
		if !notes[s.ID].Measured {
			t.Errorf("run %s is not measured", s.ID)
		}
	}
}

func TestATableThatNobodyChangedIsTheSameDrawing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, notes := anyDrawing(t)
		rows := runtable.Of(l, notes)
		again, kept, err := runtable.Build(l, notes, rows)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(l, again) + cmp.Diff(notes, kept); diff != "" {
			t.Errorf("changed (-was +is):\n%s", diff)
		}
	})
}

// A change that moves nothing has every run walked again.
func TestWalkingTheRowsAgainMovesNoCorner(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, notes := anyDrawing(t)
		rows := runtable.Of(l, notes)
		rows[0].RemovalFt++
		again, _, err := runtable.Build(l, notes, rows)
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Segments) != len(l.Segments) {
			t.Fatalf("%d runs, want %d", len(again.Segments), len(l.Segments))
		}
		for _, n := range again.Nodes {
			for _, was := range l.Nodes {
				if was.ID == n.ID && math.Hypot(was.X-n.X, was.Y-n.Y) > 1e-4 {
					t.Errorf("corner %s moved from %v, %v to %v, %v", n.ID, was.X, was.Y, n.X, n.Y)
				}
			}
		}
	})
}

// anyDrawing is a line of runs with a tee, and sometimes closed.
func anyDrawing(t *rapid.T) (takeoff.Layout, map[string]drawing.RunNote) {
	l := takeoff.Layout{Style: takeoff.Style{Kind: takeoff.KindWood}}
	notes := map[string]drawing.RunNote{}
	coordinate := rapid.Float64Range(-500, 500)
	n := rapid.IntRange(3, 8).Draw(t, "corners")
	for i := range n {
		l.Nodes = append(l.Nodes, takeoff.Node{ID: string(rune('a' + i)), X: coordinate.Draw(t, "x"), Y: coordinate.Draw(t, "y") + float64(2000*i)})
	}
	link := func(from, to int) {
		s := takeoff.Segment{ID: "s" + string(rune('a'+len(l.Segments))), From: l.Nodes[from].ID, To: l.Nodes[to].ID}
		l.Segments = append(l.Segments, s)
		notes[s.ID] = drawing.RunNote{Measured: rapid.Bool().Draw(t, "measured")}
	}
	for i := 1; i < n-1; i++ {
		link(i-1, i)
	}
	link(rapid.IntRange(0, n-2).Draw(t, "tee"), n-1)
	if rapid.Bool().Draw(t, "closed") {
		link(n-1, 0)
	}
	return l, notes
}

func TestALongerRunCarriesWhatFollowsAlong(t *testing.T) {
	t.Parallel()
	l, notes := build(t, blank, nil, yard())
	rows := runtable.Of(l, notes)
	rows[1].LengthFt = 62
	l, notes = build(t, l, notes, rows)
	if got := runtable.Of(l, notes); got[1].LengthFt != 62 || got[2].LengthFt != 40 || !got[2].Measured || got[2].TurnDeg != 90 {
		t.Errorf("rows %+v; want 62 and then 40 ft, measured, after a turn of 90", got)
	}
}

func TestALoopIsClosed(t *testing.T) {
	t.Parallel()
	l, notes := build(t, blank, nil, yard())
	rows, ok := runtable.CloseLoop(l, runtable.Of(l, notes))
	if !ok {
		t.Fatal("nothing was closed")
	}
	l, notes = build(t, l, notes, rows)
	got := runtable.Of(l, notes)
	if len(got) != 4 || len(l.Nodes) != 4 || !got[3].Joins || got[3].LengthFt != 60 || got[3].Measured {
		t.Fatalf("rows %+v; want a fourth that joins after 60 ft, not measured", got)
	}
	if _, again := runtable.CloseLoop(l, got); again {
		t.Error("a closed loop was closed again")
	}
	got[2].LengthFt = 43
	l, notes = build(t, l, notes, got)
	if got = runtable.Of(l, notes); !got[3].Joins || math.Abs(got[3].LengthFt-math.Hypot(60, 3)) > 1e-6 {
		t.Errorf("the run that joins is %v ft, want it to give way", got[3].LengthFt)
	}
}

func TestASmallMissIsClosedByTheLastRun(t *testing.T) {
	t.Parallel()
	rows := append(yard(), runtable.Row{LengthFt: 59.7, Measured: true, Start: runtable.Follows, TurnDeg: 90})
	l, notes := build(t, blank, nil, rows)
	closed, ok := runtable.CloseLoop(l, runtable.Of(l, notes))
	if !ok {
		t.Fatal("nothing was closed")
	}
	l, notes = build(t, l, notes, closed)
	if got := runtable.Of(l, notes); len(got) != 4 || !got[3].Joins || got[3].Measured {
		t.Errorf("rows %+v; want four, the last joined and no longer measured", got)
	}
}

func TestAMeasuredFourthSideMeetsTheFirstCorner(t *testing.T) {
	t.Parallel()
	l, _ := build(t, blank, nil, append(yard(), runtable.Row{LengthFt: 60, Start: runtable.Follows, TurnDeg: 90}))
	if len(l.Nodes) != 4 {
		t.Errorf("%d corners, want 4: the last run ends where the first begins", len(l.Nodes))
	}
}

func TestALineBeginsAtACornerOrOnItsOwn(t *testing.T) {
	t.Parallel()
	l, notes := build(t, blank, nil, yard())
	rows := append(runtable.Of(l, notes),
		runtable.Row{LengthFt: 20, Start: runtable.AtCorner, Corner: l.Nodes[1].ID, TurnDeg: 0},
		runtable.Row{LengthFt: 10, Start: runtable.AtSpot, StartPost: takeoff.AttachWall, EndPost: takeoff.AttachExistingPost})
	l, notes = build(t, l, notes, rows)
	got := runtable.Of(l, notes)
	if got[3].Start != runtable.AtCorner || got[3].TurnDeg != 0 || l.Nodes[4].Y != 60 {
		t.Errorf("tee %+v ends at %v; want it straight on from the corner", got[3], l.Nodes[4])
	}
	if got[4].Start != runtable.AtSpot || got[4].StartPost != takeoff.AttachWall || got[4].EndPost != takeoff.AttachExistingPost {
		t.Errorf("own line %+v", got[4])
	}
	if took, err := takeoff.Calculate(l); err != nil || took.Posts.Tee != 1 || took.Posts.Wall != 2 {
		t.Errorf("posts %+v, %v; want one tee, two fastenings", took.Posts, err)
	}
}

func TestARemovedRunTakesItsGatesAndItsNoteAlong(t *testing.T) {
	t.Parallel()
	l, notes := build(t, blank, nil, yard())
	l, notes = build(t, l, notes, runtable.Of(l, notes)[1:])
	if len(l.Segments) != 2 || len(l.Gates) != 0 || len(l.Nodes) != 3 || len(notes) != 2 {
		t.Errorf("%d runs, %d gates, %d corners, %d notes; want 2, 0, 3, 2", len(l.Segments), len(l.Gates), len(l.Nodes), len(notes))
	}
}

func TestWhatTheTableDoesNotShowStays(t *testing.T) {
	t.Parallel()
	l, notes := build(t, blank, nil, yard())
	l.Gates[0].Hinge, l.Gates[0].SelfClosing = takeoff.HingeLeft, true
	rows := runtable.Of(l, notes)
	rows[0].Gates[0].FromStartFt, rows[0].DropIn = 10, 6
	l, _ = build(t, l, notes, rows)
	if g := l.Gates[0]; g.OffsetFt != 10 || g.Hinge != takeoff.HingeLeft || !g.SelfClosing {
		t.Errorf("gate %+v; want it moved, with its hinge", g)
	}
	if l.Nodes[1].Z != -0.5 || l.Nodes[3].Z != -0.5 {
		t.Errorf("heights %v, %v; want the drop carried along", l.Nodes[1].Z, l.Nodes[3].Z)
	}
}

func TestRowsThatCannotBeBuiltAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func([]runtable.Row)
		pointer string
		words   string
	}{
		"no length":     {func(r []runtable.Row) { r[1].LengthFt = 0 }, "/runs/1/length", "Run B is 0 ft long. Type a length or remove the run."},
		"gate past end": {func(r []runtable.Row) { r[0].Gates[0].FromStartFt = 38 }, "/runs/0/gates/0/from", "The gate ends 2 ft past run A. Move it or make run A longer."},
		"gates overlap": {func(r []runtable.Row) {
			r[0].Gates = append(r[0].Gates, runtable.Gate{Kind: takeoff.GateWalk, OpeningIn: 48, FromStartFt: 10})
		}, "/runs/0/gates/1/from", "Two gates overlap on run A, between 10 ft and 12 ft."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := yard()
			c.change(rows)
			_, _, err := runtable.Build(blank, nil, rows)
			f := fault.As(err)
			if f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != c.pointer || f.Fields[0].Message != c.words {
				t.Errorf("got %v; want %s: %s", err, c.pointer, c.words)
			}
		})
	}
}

func TestLengthsAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{
		"40": 40, " 40.5 ": 40.5, "40'6": 40.5, `40' 6 1/2"`: 40 + 6.5/12, "40 6 1/2": 40 + 6.5/12, "40 ft 6 in": 40.5, "486in": 40.5,
		"6½ in": 6.5 / 12, "12.192 m": 40, "0": 0, ".5": .5,
	} {
		if got, ok := runtable.ParseLength(text); !ok || math.Abs(got-want) > 1e-9 {
			t.Errorf("%q is %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "x", "-4", "40 13", "40' 6 3/2", "1e9", "4.4.4", "NaN", strings.Repeat("9", 400), "1/0in"} {
		if got, ok := runtable.ParseLength(text); ok {
			t.Errorf("%q is %v, want no length", text, got)
		}
	}
}

func TestLengthsAreSplitForTheirFields(t *testing.T) {
	t.Parallel()
	for ft, want := range map[float64]string{40: "40|0", 40.5: "40|6", 62 + 4.5/12: "62|4 1/2", 11.9999: "12|0"} {
		feet, inches := runtable.FeetInches(ft)
		if feet+"|"+inches != want {
			t.Errorf("%v is %s|%s, want %s", ft, feet, inches, want)
		}
	}
}
