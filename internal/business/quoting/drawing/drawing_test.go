package drawing_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/takeoff"
)

// line is a plan of runs drawn one after the other: lengths in feet, turns in degrees to the right.
func line(kind takeoff.StyleKind, legs ...[2]float64) drawing.Plan {
	p := drawing.Plan{Runs: map[string]drawing.RunNote{}}
	p.Layout.Style = takeoff.Style{Kind: kind}
	x, y, heading := 0.0, 0.0, 90.0
	p.Layout.Nodes = []takeoff.Node{{ID: "n0"}}
	for i, leg := range legs {
		heading -= leg[1]
		sin, cos := math.Sincos(heading * math.Pi / 180)
		x, y = x+leg[0]*cos, y+leg[0]*sin
		id := fmt.Sprintf("s%d", i)
		p.Layout.Nodes = append(p.Layout.Nodes, takeoff.Node{ID: fmt.Sprintf("n%d", i+1), X: x, Y: y})
		p.Layout.Segments = append(p.Layout.Segments, takeoff.Segment{ID: id, From: fmt.Sprintf("n%d", i), To: fmt.Sprintf("n%d", i+1)})
		p.Runs[id] = drawing.RunNote{Measured: true}
	}
	return p
}

// referenceYard is a U of 40, 60 and 40 ft with one 48-in walk gate 8 ft from the first corner.
func referenceYard() drawing.Plan {
	p := line(takeoff.KindWood, [2]float64{40, 0}, [2]float64{60, 90}, [2]float64{40, 90})
	p.Layout.Gates = []takeoff.Gate{{ID: "g1", Segment: "s0", OffsetFt: 8, OpeningIn: 48, Kind: takeoff.GateWalk}}
	p.Runs = map[string]drawing.RunNote{
		"s0": {Name: "Left", Measured: true}, "s1": {Name: "Back", Measured: true}, "s2": {Name: "Right"},
	}
	return p
}

func texts(s drawing.Scene) []string {
	var all []string
	for _, l := range s.Layers {
		for _, t := range l.Texts {
			words := ""
			for _, span := range t.Spans {
				words += span.Text
			}
			all = append(all, words)
		}
	}
	return all
}

func has(s drawing.Scene, pen string) bool {
	for _, l := range s.Layers {
		if l.Pen.Name == pen {
			return true
		}
	}
	return false
}

func TestLengthsAreWrittenToTheHalfInch(t *testing.T) {
	t.Parallel()
	for ft, want := range map[float64]string{40: "40'", 62 + 4.0/12: `62' 4"`, 62 + 4.5/12: `62' 4½"`, 0.5 / 12: `½"`, 11.99 / 12: "1'", 39.9999: "40'", 3.5 / 12: `3½"`} {
		if got := drawing.FeetInches(ft); got != want {
			t.Errorf("FeetInches(%v) = %q, want %q", ft, got, want)
		}
	}
	if got, want := drawing.FeetInchesWords(62+4.5/12), "62 ft 4½ in"; got != want {
		t.Errorf("FeetInchesWords = %q, want %q", got, want)
	}
	if got, want := drawing.AboutFeet(41.2), "~41 ft"; got != want {
		t.Errorf("AboutFeet = %q, want %q", got, want)
	}
}

func TestWordsSayTheDrawing(t *testing.T) {
	t.Parallel()
	want := "Left 40 ft with one 48-in gate, Back 60 ft, Right about 40 ft"
	if got := referenceYard().Words(); got != want {
		t.Errorf("Words() = %q, want %q", got, want)
	}
	if got, want := (drawing.Plan{}).Words(), "Nothing drawn here yet"; got != want {
		t.Errorf("Words() of nothing = %q, want %q", got, want)
	}
}

func TestOnlyTheOfficeSeesPosts(t *testing.T) {
	t.Parallel()
	p := referenceYard()
	result, err := takeoff.Calculate(p.Layout)
	if err != nil {
		t.Fatal(err)
	}
	p.Posts = result.Placed
	if s := drawing.Draw(p, drawing.Sheet{Audience: drawing.ForHomeowner}); has(s, "post") || has(s, "post-open") {
		t.Error("the homeowner's drawing shows posts")
	}
	s := drawing.Draw(p, drawing.Sheet{Audience: drawing.ForOffice})
	if !has(s, "post") {
		t.Error("the office's drawing shows no posts")
	}
}

func TestMeasuredLengthsStandOnDimensionLinesAndEstimatesDoNot(t *testing.T) {
	t.Parallel()
	p := line(takeoff.KindWood, [2]float64{40, 0})
	if s := drawing.Draw(p, drawing.Sheet{}); !has(s, "dimension") || texts(s)[0] != "A  40'" {
		t.Errorf("measured run: dimension line %v, labels %q; want a line and A  40'", has(s, "dimension"), texts(s))
	}
	p.Runs = nil
	if s := drawing.Draw(p, drawing.Sheet{}); has(s, "dimension") || texts(s)[0] != "A  ~40 ft" {
		t.Errorf("estimated run: dimension line %v, labels %q; want none and A  ~40 ft", has(s, "dimension"), texts(s))
	}
}

func TestEachStyleHasItsSymbol(t *testing.T) {
	t.Parallel()
	count := func(kind takeoff.StyleKind, pen string) int {
		for _, l := range drawing.Draw(line(kind, [2]float64{40, 0}), drawing.Sheet{}).Layers {
			if l.Pen.Name == pen {
				return len(l.Lines)
			}
		}
		return 0
	}
	if got := count(takeoff.KindWood, "fence"); got != 1 {
		t.Errorf("wood has %d solid lines, want 1", got)
	}
	if got := count(takeoff.KindPanel, "fence-thin"); got != 2 {
		t.Errorf("panel has %d lines, want 2", got)
	}
	if got := count(takeoff.KindChainLink, "fence-thin"); got < 11 {
		t.Errorf("chain link has %d strokes, want a line and crosses", got)
	}
}

func TestLabelsStandOutsideOfTheYardAndNeverOverlap(t *testing.T) {
	t.Parallel()
	for name, p := range samples() {
		s := drawing.Draw(p, drawing.Sheet{Audience: drawing.ForHomeowner, Width: 640})
		type rect struct{ l, t, r, b float64 }
		var placed []rect
		for _, l := range s.Layers {
			for _, text := range l.Texts {
				n := 0
				for _, span := range text.Spans {
					n += len([]rune(span.Text))
				}
				// Half of the estimated width is the least that any face needs.
				w, h := float64(n)*text.Size*0.3, text.Size*0.8
				r := rect{text.At.X - w/2, text.At.Y - h/2, text.At.X + w/2, text.At.Y + h/2}
				for _, q := range placed {
					if r.l < q.r && q.l < r.r && r.t < q.b && q.t < r.b {
						t.Errorf("%s: two labels overlap at %v", name, text.At)
					}
				}
				if r.l < 0 || r.t < 0 || r.r > s.Width || r.b > s.Height {
					t.Errorf("%s: label %v lies off the sheet %v × %v", name, r, s.Width, s.Height)
				}
				placed = append(placed, r)
			}
		}
	}
	// The middle of a U's back run: its label is above it, outside.
	s := drawing.Draw(referenceYard(), drawing.Sheet{})
	var back, fence float64
	for _, l := range s.Layers {
		for _, text := range l.Texts {
			if strings.HasPrefix(text.Spans[0].Text, "Back") {
				back = text.At.Y
			}
		}
		if l.Pen.Name == "fence" {
			fence = l.Lines[0].Points[0].Y
			for _, ln := range l.Lines {
				for _, at := range ln.Points {
					fence = min(fence, at.Y)
				}
			}
		}
	}
	if back >= fence {
		t.Errorf("the label of the back run stands at %v, inside of the fence at %v", back, fence)
	}
}

func TestEveryLabelOfOrdinaryYardsFindsRoom(t *testing.T) {
	t.Parallel()
	for name, p := range samples() {
		if name == "two hundred runs" || name == "fourteen gates" {
			continue
		}
		for _, width := range []float64{343, 640, 1000} {
			if s := drawing.Draw(p, drawing.Sheet{Width: width}); len(s.Hidden) > 0 {
				t.Errorf("%s at %v: no room for %v", name, width, s.Hidden)
			}
		}
	}
}

func TestMarkupIsStaticAndEscaped(t *testing.T) {
	t.Parallel()
	p := referenceYard()
	p.Runs["s0"] = drawing.RunNote{Name: `<script>alert("&")</script>` + "\x00\ufffe", Measured: true}
	p.Marks = []drawing.Mark{{Kind: drawing.MarkHouse, Label: "</svg><b>", Points: []drawing.Point{{X: 10}, {X: 30}, {X: 30, Y: 10}}}}
	svg := drawing.Draw(p, drawing.Sheet{}).SVG()
	for _, forbidden := range []string{" style=", "<script", "<style", "<b>", "onload"} {
		if strings.Contains(svg, forbidden) {
			t.Errorf("SVG contains %q", forbidden)
		}
	}
	dec := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("SVG is not well formed: %v", err)
		}
	}
	if len(drawing.Draw(referenceYard(), drawing.Sheet{}).SVG()) > 12<<10 {
		t.Error("the reference yard's SVG is larger than the 12 KB of the homeowner's page")
	}
}

func TestSamePlanGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for name, p := range samples() {
		want := drawing.Draw(p, drawing.Sheet{}).SVG()
		for range 3 {
			if got := drawing.Draw(p, drawing.Sheet{}).SVG(); got != want {
				t.Errorf("%s: a second drawing differs", name)
			}
		}
	}
}

func TestNothingPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-200, 200), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(0.0))
		id := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", ""})
		var p drawing.Plan
		p.Layout.Nodes = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) takeoff.Node {
			return takeoff.Node{ID: id.Draw(t, "id"), X: odd.Draw(t, "x"), Y: odd.Draw(t, "y"), Attach: rapid.SampledFrom([]takeoff.Attach{"", "existing_post", "wall"}).Draw(t, "attach")}
		}), 0, 8).Draw(t, "nodes")
		p.Layout.Segments = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) takeoff.Segment {
			return takeoff.Segment{ID: id.Draw(t, "id"), From: id.Draw(t, "from"), To: id.Draw(t, "to"), RemovalFt: odd.Draw(t, "removal")}
		}), 0, 8).Draw(t, "segments")
		p.Layout.Gates = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) takeoff.Gate {
			return takeoff.Gate{ID: id.Draw(t, "id"), Segment: id.Draw(t, "segment"), OffsetFt: odd.Draw(t, "offset"), OpeningIn: odd.Draw(t, "opening"),
				Kind: rapid.SampledFrom([]takeoff.GateKind{"walk", "double", "slide", ""}).Draw(t, "kind")}
		}), 0, 5).Draw(t, "gates")
		p.Layout.Style.Kind = rapid.SampledFrom([]takeoff.StyleKind{"wood", "panel", "chain_link", "other"}).Draw(t, "style")
		p.Posts = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) takeoff.Post {
			return takeoff.Post{Kind: rapid.SampledFrom([]takeoff.PostKind{"line", "end", "corner", "tee", "gate", "wall"}).Draw(t, "kind"), X: odd.Draw(t, "x"), Y: odd.Draw(t, "y"), Node: id.Draw(t, "node"), Segment: id.Draw(t, "segment")}
		}), 0, 8).Draw(t, "posts")
		p.Runs = map[string]drawing.RunNote{"a": {Measured: true}, "b": {Measured: true, Name: rapid.String().Draw(t, "name")}}
		s := drawing.Draw(p, drawing.Sheet{Audience: drawing.ForOffice, Width: odd.Draw(t, "width"), Height: odd.Draw(t, "height")})
		if svg := s.SVG(); strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Fatalf("a coordinate is no number: %s", svg)
		}
		p.Words()
	})
}

func TestPaperCarriesTheSameScene(t *testing.T) {
	t.Parallel()
	pdf := fpdf.New("P", "pt", "Letter", "")
	pdf.AddPage()
	drawing.Draw(referenceYard(), drawing.Sheet{Width: 500}).PDF(pdf, 50, 50, drawing.Type{
		Plain: "Helvetica", Bold: "Helvetica", Italic: "I", Encode: pdf.UnicodeTranslatorFromDescriptor(""),
	})
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		t.Fatal(err)
	}
}

func TestTenThousandRunsAreDrawnInASecond(t *testing.T) {
	t.Parallel()
	legs := make([][2]float64, 10_000)
	for i := range legs {
		legs[i] = [2]float64{8, float64(i%4)*60 - 85}
	}
	p := line(takeoff.KindWood, legs...)
	for range 1_000 {
		i := len(p.Layout.Gates) * 7
		p.Layout.Gates = append(p.Layout.Gates, takeoff.Gate{ID: fmt.Sprint(i), Segment: fmt.Sprintf("s%d", i), OffsetFt: 1, OpeningIn: 48, Kind: takeoff.GateWalk})
	}
	begin := time.Now()
	s := drawing.Draw(p, drawing.Sheet{Audience: drawing.ForOffice})
	// Five seconds leave room for the race detector and a busy machine.
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("drawing took %v", took)
	} else {
		t.Logf("drawing took %v", took)
	}
	if labels := len(texts(s)); labels > 600 {
		t.Errorf("%d labels, want at most 300 runs and 300 gates", labels)
	}
}
