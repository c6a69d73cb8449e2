package quoting

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// Sketch is a drawn fence of a property.
type Sketch struct {
	ID           id.ID          `json:"id"`
	PropertyID   id.ID          `json:"property_id"`
	CustomerID   id.ID          `json:"customer_id"`
	CustomerName string         `json:"customer_name"`
	Place        string         `json:"place"`
	Name         string         `json:"name"`
	Layout       jsontext.Value `json:"layout"` // the engine's document
	Extras       Extras         `json:"extras"`
	DrawnFt      float64        `json:"drawn_ft"`
	RunCount     int            `json:"run_count"`
	GateCount    int            `json:"gate_count"`
	CreatedAt    time.Time      `json:"created_at"`
	UpdatedAt    time.Time      `json:"updated_at"`
	Version      int            `json:"version"`
}

// Extras is what the drawing alone knows and the engine never sees.
type Extras struct {
	Runs  map[string]drawing.RunNote `json:"runs,omitzero"` // by segment
	Marks []drawing.Mark             `json:"marks,omitzero"`
}

const (
	maxSketchName  = 120
	maxRunName     = 40
	maxMarks       = 500
	maxMarkPoints  = 500
	maxMarkLabel   = 80
	maxCoordinate  = 1e6
	emptyDrawing   = `{"nodes":[],"segments":[],"style":{"kind":"wood","height_ft":6}}`
	maxParts       = document.MaxItems
	maxLayoutBytes = 2 << 20
)

// Drawing is a sketch's document read: a layout that may still be empty, or not buildable yet.
type Drawing struct {
	Layout takeoff.Layout
	Extras Extras
}

// ReadDrawing reads what a sketch page posts. It refuses what is not a layout document; an empty one, and one
// that cannot be built yet, are drawings in progress and are kept.
func ReadDrawing(layout jsontext.Value, extras Extras) (Drawing, error) {
	var p fault.Problems
	var l takeoff.Layout
	if len(layout) > maxLayoutBytes {
		return Drawing{}, fault.InvalidField("/layout", "is larger than %d MiB", maxLayoutBytes>>20)
	}
	err := document.Decode(layout, &l)
	if err == nil && len(l.Segments) > 0 {
		l, err = takeoff.Parse(layout)
	}
	p.Under("/layout", err)
	extras.check(&p)
	if p.Any() {
		return Drawing{}, p.Err()
	}
	return Drawing{Layout: l, Extras: extras}, nil
}

func (e Extras) check(p *fault.Problems) {
	if len(e.Runs) > maxParts {
		p.Add("/extras/runs", "has more than %d entries", maxParts)
		return
	}
	for segment, note := range e.Runs {
		if utf8.RuneCountInString(note.Name) > maxRunName || strings.ContainsFunc(note.Name, isControl) {
			p.Add("/extras/runs/"+pointerToken(segment)+"/name", "must have at most %d letters on one line", maxRunName)
		}
	}
	if len(e.Marks) > maxMarks {
		p.Add("/extras/marks", "has more than %d entries", maxMarks)
		return
	}
	for i, m := range e.Marks {
		at := fmt.Sprintf("/extras/marks/%d", i)
		switch m.Kind {
		case drawing.MarkHouse, drawing.MarkStreet, drawing.MarkBoundary, drawing.MarkExisting:
		default:
			p.Add(at+"/kind", "must be house, street, property_line or existing_fence")
		}
		if len(m.Points) < 1 || len(m.Points) > maxMarkPoints {
			p.Add(at+"/points", "needs 1 to %d points", maxMarkPoints)
		}
		for _, point := range m.Points {
			if !(math.Abs(point.X) <= maxCoordinate && math.Abs(point.Y) <= maxCoordinate) {
				p.Add(at+"/points", "has a point that is not on the sheet")
				break
			}
		}
		if utf8.RuneCountInString(m.Label) > maxMarkLabel || strings.ContainsFunc(m.Label, isControl) {
			p.Add(at+"/label", "must have at most %d letters on one line", maxMarkLabel)
		}
	}
}

// Plan is what is drawn of the drawing; posts come from its take-off and are the office's to see.
func (d Drawing) Plan(posts []takeoff.Post) drawing.Plan {
	return drawing.Plan{Layout: d.Layout, Runs: d.Extras.Runs, Marks: d.Extras.Marks, Posts: posts}
}

// measure sums up what lists show: lengths as drawn, whether or not the layout can be built.
func (d Drawing) measure() (feet float64, runs, gates int) {
	for _, r := range d.Plan(nil).RunList() {
		feet += r.LengthFt
	}
	return math.Round(feet*1e9) / 1e9, len(d.Layout.Segments), len(d.Layout.Gates)
}

// stored reads back what was checked when it was written.
func stored(layout, extras []byte) (Drawing, error) {
	l, err := readLayout(layout)
	if err != nil {
		return Drawing{}, err
	}
	d := Drawing{Layout: l}
	if err := json.Unmarshal(extras, &d.Extras); err != nil {
		return Drawing{}, fmt.Errorf("stored extras: %w", err)
	}
	return d, nil
}

func readLayout(layout []byte) (takeoff.Layout, error) {
	var l takeoff.Layout
	if err := json.Unmarshal(layout, &l); err != nil {
		return takeoff.Layout{}, fmt.Errorf("stored layout: %w", err)
	}
	return l, nil
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }

// pointerToken escapes a key for use in a JSON pointer.
var pointerToken = strings.NewReplacer("~", "~0", "/", "~1").Replace
