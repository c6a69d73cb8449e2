package sketches

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/quoting/runtable"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/fault"
)

// rowsFrom reads the typed fields. A field that nobody touched keeps its exact number: the form shows half inches.
func rowsFrom(runs []runFields, next runFields, saved []runtable.Row) ([]runtable.Row, error) {
	was := map[string]runtable.Row{}
	for _, r := range saved {
		was[r.Segment] = r
	}
	var p fault.Problems
	rows := make([]runtable.Row, 0, len(runs)+1)
	for i, f := range runs {
		f.place(i)
		rows = append(rows, f.row(was[f.Segment], &p))
	}
	if strings.TrimSpace(next.Feet+next.Inches) != "" {
		next.place(len(runs))
		rows = append(rows, next.row(runtable.Row{}, &p))
	}
	return rows, p.Err()
}

func (f *runFields) row(was runtable.Row, p *fault.Problems) runtable.Row {
	shown := fieldsOf(was, 0)
	kind, node, _ := cutStart(f.Start)
	r := runtable.Row{
		Segment: f.Segment, Name: strings.TrimSpace(f.Name), Measured: f.Measured, Start: kind, Corner: node, End: f.End, Joins: f.Joins,
		StartPost: takeoff.Attach(f.StartPost), EndPost: takeoff.Attach(f.EndPost), Style: f.Style, LengthFt: was.LengthFt, TurnDeg: was.TurnDeg,
	}
	if f.StartPost == shown.StartPost {
		r.StartPost = was.StartPost
	}
	if f.EndPost == shown.EndPost {
		r.EndPost = was.EndPost
	}
	if was.Segment == "" || f.Feet != shown.Feet || f.Inches != shown.Inches {
		r.LengthFt = f.length(p)
	}
	if was.Segment == "" || f.Side != shown.Side || f.Side != straight && f.Degrees != shown.Degrees {
		r.TurnDeg = f.turn(p)
	}
	r.DropIn = f.amount(p, "drop", f.Drop, shown.Drop, was.DropIn)
	r.RemovalFt = f.amount(p, "removal", f.Removal, shown.Removal, was.RemovalFt)
	if r.RemovalFt < 0 {
		p.Add("/"+f.At+"removal", "Enter how many feet of old fence go, for example 40.")
	}
	r.Gates = f.gates(shown, was, p)
	return r
}

// length reads feet and inches; the field for feet takes both, as in 40 6.
func (f *runFields) length(p *fault.Problems) float64 {
	text := strings.TrimSpace(f.Feet)
	inches := strings.TrimSpace(f.Inches)
	feet, ok := 0.0, true
	if text != "" {
		feet, ok = runtable.ParseLength(text)
	}
	if inches != "" {
		in, good := runtable.ParseInches(inches)
		feet, ok = feet+in/12, ok && good
	}
	if !ok || text+inches == "" {
		p.Add("/"+f.At+"length", "Enter the length of run %s, for example 40 or 40 6.", f.called())
		return 1
	}
	return feet
}

func (f *runFields) turn(p *fault.Problems) float64 {
	if f.Side != left && f.Side != right {
		return 0
	}
	degrees, err := strconv.ParseFloat(strings.TrimRight(strings.TrimSpace(f.Degrees), "°"), 64)
	if err != nil || !(degrees >= 0 && degrees <= 180) {
		p.Add("/"+f.At+"degrees", "Enter the turn of run %s in degrees, from 0 to 180.", f.called())
		return 0
	}
	if f.Side == left {
		return -degrees
	}
	return degrees
}

// amount reads a number that may be left out.
func (f *runFields) amount(p *fault.Problems, name, typed, shown string, was float64) float64 {
	if typed == shown {
		return was
	}
	text := strings.TrimSpace(typed)
	if text == "" {
		return 0
	}
	v, err := strconv.ParseFloat(strings.Replace(text, "−", "-", 1), 64)
	if err != nil || v != v || v > largest || v < -largest {
		p.Add("/"+f.At+name, "Enter a number for run %s, for example 6.", f.called())
		return 0
	}
	return v
}

// largest is past anything that is built; what the engine takes it says itself.
const largest = 1e6

func (f *runFields) gates(shown runFields, was runtable.Row, p *fault.Problems) []runtable.Gate {
	var gates []runtable.Gate
	for j, g := range f.Gates {
		if g.blank() {
			continue
		}
		out := runtable.Gate{ID: g.ID, Kind: takeoff.GateKind(g.Kind)}
		opening, from := "", ""
		for k, s := range shown.Gates {
			if s.ID == g.ID && g.ID != "" {
				out.OpeningIn, out.FromStartFt = was.Gates[k].OpeningIn, was.Gates[k].FromStartFt
				opening, from = s.Opening, s.From
			}
		}
		at := fmt.Sprintf("/%sgates/%d/", f.At, j)
		ok := true
		if g.Opening != opening {
			if out.OpeningIn, ok = parseOpening(g.Opening); !ok {
				p.Add(at+"opening", "Enter the opening of the gate in run %s, for example 48 or 10 ft.", f.called())
			}
		}
		if g.From != from || g.ID == "" {
			if out.FromStartFt, ok = runtable.ParseLength(g.From); !ok {
				p.Add(at+"from", "Enter how far the gate is from the start of run %s, for example 8.", f.called())
			}
		}
		gates = append(gates, out)
	}
	return gates
}

var bareNumber = regexp.MustCompile(`^\d+(\.\d+)?$`)

// parseOpening reads the width of a gate: bare numbers are inches, as in 48; 10 ft is feet.
func parseOpening(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if bareNumber.MatchString(text) {
		v, err := strconv.ParseFloat(text, 64)
		return v, err == nil && v > 0
	}
	feet, ok := runtable.ParseLength(text)
	return feet * 12, ok && feet > 0
}

// cutStart reads where a run begins: corner:n4.
func cutStart(text string) (runtable.Start, string, bool) {
	kind, node, found := strings.Cut(text, ":")
	switch k := runtable.Start(kind); k {
	case runtable.Follows, runtable.AtCorner, runtable.AtSpot:
		return k, node, found
	}
	return runtable.AtSpot, node, found
}
