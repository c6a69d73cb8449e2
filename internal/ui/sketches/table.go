package sketches

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/quoting/runtable"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/ui/kit"
)

// table is the form of the runs: what its fields hold.
type table struct {
	Action   string
	Version  int
	Name     string
	Runs     []runFields
	Next     runFields // to be typed
	Starts   []kit.Option
	Styles   []kit.Option
	CanClose bool
	Problems kit.Problems
	// Meanwhile says what somebody else saved while this table was typed.
	Meanwhile []string
}

// runFields are the fields of one run. All are as typed.
type runFields struct {
	At        string // prefix of the fields' names: runs/0/
	Letter    string
	Segment   string
	Name      string
	Feet      string
	Inches    string
	Measured  bool
	Side      string // of the turn: straight, left, right
	Degrees   string
	Drop      string
	Start     string // follow, spot or corner, and after a colon the node
	StartPost string
	EndPost   string
	End       string
	Joins     bool
	Removal   string
	Style     string
	Gates     []gateFields // the last one is to be typed

	IsNew    bool
	Where    string // in words: from the end of run A
	Begins   bool   // no run leads up to it
	LastOne  bool   // no run follows: its end may be fastened
	Detailed bool   // something is set that is rarely set
}

// gateFields are the fields of one gate.
type gateFields struct {
	At      string
	ID      string
	Kind    string
	Opening string
	From    string
}

// usualOpening is the gate that most yards have, in inches.
const usualOpening = "48"

// blank is the row that waits to be typed.
func (g gateFields) blank() bool {
	return g.ID == "" && strings.TrimSpace(g.From) == "" && (g.Opening == usualOpening || strings.TrimSpace(g.Opening) == "")
}

// Words of the fields.
const (
	straight = "straight"
	left     = "left"
	right    = "right"
)

var sides = []kit.Option{{Value: straight, Label: "Straight"}, {Value: left, Label: "Left"}, {Value: right, Label: "Right"}}

var gateKinds = []kit.Option{
	{Value: string(takeoff.GateWalk), Label: "Walk"}, {Value: string(takeoff.GateDouble), Label: "Double"},
	{Value: string(takeoff.GateSlide), Label: "Slide"}, {Value: string(takeoff.GateCantilever), Label: "Cantilever"},
}

var fastenings = []kit.Option{
	{Value: "", Label: "Own post"}, {Value: string(takeoff.AttachWall), Label: "A wall"}, {Value: string(takeoff.AttachExistingPost), Label: "A post that is there"},
}

func rowsOf(rec quoting.SketchRecord) []runtable.Row {
	return runtable.Of(rec.Drawing.Layout, rec.Drawing.Extras.Runs)
}

// tableOf fills the form with the rows of a drawing.
func (s sketch) tableOf(rows []runtable.Row) table {
	runs := make([]runFields, len(rows))
	for i, r := range rows {
		runs[i] = fieldsOf(r, i)
	}
	next := runFields{Measured: true, Side: straight, Degrees: "90", IsNew: true}
	if len(rows) > 0 {
		next.Side = right
	}
	return s.tableWith(runs, next, rows)
}

// tableWith lays the form out around fields; saved are the rows of the drawing as it is kept.
func (s sketch) tableWith(runs []runFields, next runFields, saved []runtable.Row) table {
	t := table{Action: Path(s.Sketch.ID) + "/table", Version: s.Sketch.Version, Name: s.Sketch.Name, Runs: runs, Next: next,
		Starts: starts(s.Drawing.Layout, saved), Styles: []kit.Option{{Value: "", Label: "As the tier"}}}
	for _, st := range s.Styles {
		t.Styles = append(t.Styles, kit.Option{Value: st.Key, Label: st.Name})
	}
	_, t.CanClose = runtable.CloseLoop(s.Drawing.Layout, append([]runtable.Row(nil), saved...))
	for i := range t.Runs {
		r := &t.Runs[i]
		r.place(i)
		r.LastOne = i == len(runs)-1 || runs[i+1].start() != runtable.Follows
		r.Begins = i == 0 || r.start() != runtable.Follows
		r.Where = where(runs, i)
		r.Gates = append(r.Gates, gateFields{Kind: string(takeoff.GateWalk), Opening: usualOpening})
		for j := range r.Gates {
			r.Gates[j].At = fmt.Sprintf("%sgates/%d/", r.At, j)
		}
	}
	t.Next.place(len(runs))
	if t.Next.Start == "" && len(t.Starts) > 0 {
		t.Next.Start = t.Starts[0].Value
	}
	return t
}

// place gives the fields their names.
func (f *runFields) place(i int) {
	f.At, f.Letter = fmt.Sprintf("runs/%d/", i), runtable.Letter(i)
}

func (f *runFields) start() runtable.Start {
	kind, _, _ := cutStart(f.Start)
	return kind
}

func (f *runFields) called() string {
	if f.Name != "" {
		return f.Name
	}
	return f.Letter
}

func fieldsOf(r runtable.Row, i int) runFields {
	f := runFields{
		Segment: r.Segment, Name: r.Name, Measured: r.Measured, Start: string(r.Start) + ":" + r.Corner, StartPost: fastening(r.StartPost),
		EndPost: fastening(r.EndPost), End: r.End, Joins: r.Joins, Removal: number(r.RemovalFt), Style: r.Style, Drop: number(r.DropIn),
	}
	f.place(i)
	f.Feet, f.Inches = runtable.FeetInches(r.LengthFt)
	f.Side, f.Degrees = turnFields(r.TurnDeg)
	for _, g := range r.Gates {
		f.Gates = append(f.Gates, gateFields{ID: g.ID, Kind: string(g.Kind), Opening: openingField(g.OpeningIn), From: lengthField(g.FromStartFt)})
	}
	f.Detailed = f.Drop != "" || f.Removal != "" || f.Style != "" || f.StartPost != "" || f.EndPost != ""
	return f
}

func fastening(a takeoff.Attach) string {
	if a == takeoff.AttachNone {
		return ""
	}
	return string(a)
}

func turnFields(degrees float64) (side, typed string) {
	degrees = math.Round(degrees*100) / 100
	switch {
	case degrees == 0:
		return straight, "90"
	case degrees < 0:
		return left, number(-degrees)
	}
	return right, number(degrees)
}

// number is empty for nothing.
func number(v float64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

func lengthField(ft float64) string {
	feet, inches := runtable.FeetInches(ft)
	if inches == "0" {
		return feet
	}
	return feet + " " + inches
}

func openingField(in float64) string { return strconv.FormatFloat(in, 'f', -1, 64) }

// where says in words from where a run goes on.
func where(runs []runFields, i int) string {
	switch {
	case runs[i].Joins:
		return "closes at a corner that is there"
	case runs[i].start() == runtable.Follows && i > 0:
		return "from the end of run " + runs[i-1].called()
	case runs[i].start() == runtable.AtCorner:
		return "from a corner"
	}
	return ""
}

// starts are the places where a new run may begin: where the last one ends, any corner, a spot of its own.
func starts(l takeoff.Layout, rows []runtable.Row) []kit.Option {
	if len(rows) == 0 {
		return nil
	}
	var all []kit.Option
	last := len(rows) - 1
	if !rows[last].Joins {
		all = append(all, kit.Option{Value: string(runtable.Follows) + ":", Label: "End of run " + runtable.Name(rows, last)})
	}
	touching, order := map[string][]string{}, []string{}
	for i, r := range rows {
		for _, node := range []string{r.Corner, r.End} {
			if touching[node] == nil {
				order = append(order, node)
			}
			touching[node] = append(touching[node], runtable.Name(rows, i))
		}
	}
	for i, node := range order {
		at := touching[node]
		label := fmt.Sprintf("Corner %d, at run %s", i+1, at[0])
		if len(at) > 1 {
			label = fmt.Sprintf("Corner %d, between %s and %s", i+1, at[0], at[1])
		}
		all = append(all, kit.Option{Value: string(runtable.AtCorner) + ":" + node, Label: label})
	}
	return append(all, kit.Option{Value: string(runtable.AtSpot) + ":", Label: "A new spot"})
}

// fieldsFrom reads the form as it was typed. The fields behind the last run are those of the next one.
func fieldsFrom(form url.Values) (runs []runFields, next runFields) {
	for i := 0; i <= drawingLimit; i++ {
		at := fmt.Sprintf("runs/%d/", i)
		if !form.Has(at + "length") {
			break
		}
		get := func(name string) string { return form.Get(at + name) }
		f := runFields{
			At: at, Segment: get("segment"), Name: get("name"), Feet: get("length"), Inches: get("inches"), Measured: get("measured") != "",
			Side: get("side"), Degrees: get("degrees"), Drop: get("drop"), Start: get("start"), StartPost: get("start_post"), EndPost: get("end_post"),
			End: get("end"), Joins: get("joins") != "", Removal: get("removal"), Style: get("style"),
		}
		f.Detailed = f.Drop != "" || f.Removal != "" || f.Style != "" || f.StartPost != "" || f.EndPost != ""
		for j := 0; form.Has(fmt.Sprintf("%sgates/%d/kind", at, j)); j++ {
			gate := fmt.Sprintf("%sgates/%d/", at, j)
			g := gateFields{At: gate, ID: form.Get(gate + "id"), Kind: form.Get(gate + "kind"), Opening: form.Get(gate + "opening"), From: form.Get(gate + "from")}
			if !g.blank() {
				f.Gates = append(f.Gates, g)
			}
		}
		runs = append(runs, f)
	}
	if last := len(runs) - 1; last >= 0 && runs[last].Segment == "" {
		next, runs = runs[last], runs[:last]
		next.IsNew = true
	}
	return runs, next
}

// drawingLimit bounds the rows of a form; the engine's own limits are looked at afterwards.
const drawingLimit = 5000

// differences say by run what another person saved while this table was typed.
func differences(yours, theirs []runtable.Row, who string) []string {
	saved := map[string]int{}
	for i, r := range theirs {
		saved[r.Segment] = i
	}
	var all []string
	for i, r := range yours {
		j, there := saved[r.Segment]
		delete(saved, r.Segment)
		switch {
		case r.Segment == "":
			all = append(all, fmt.Sprintf("%s: yours %s, new", runtable.Name(yours, i), drawing.FeetInchesWords(r.LengthFt)))
		case !there:
			all = append(all, fmt.Sprintf("%s: yours %s, removed by %s", runtable.Name(yours, i), drawing.FeetInchesWords(r.LengthFt), who))
		case drawing.FeetInchesWords(r.LengthFt) != drawing.FeetInchesWords(theirs[j].LengthFt):
			all = append(all, fmt.Sprintf("%s: yours %s, %s has %s", runtable.Name(yours, i), drawing.FeetInchesWords(r.LengthFt), who, drawing.FeetInchesWords(theirs[j].LengthFt)))
		case len(r.Gates) != len(theirs[j].Gates):
			all = append(all, fmt.Sprintf("%s: yours has %s, %s has %s", runtable.Name(yours, i), kit.Count(len(r.Gates), "gate", "gates"), who, kit.Count(len(theirs[j].Gates), "gate", "gates")))
		}
	}
	for i, r := range theirs {
		if _, left := saved[r.Segment]; left {
			all = append(all, fmt.Sprintf("%s: %s drew %s", runtable.Name(theirs, i), who, drawing.FeetInchesWords(r.LengthFt)))
		}
	}
	return all
}
