package drawing

import (
	"html"
	"math"
	"strconv"
	"strings"
)

// SVG writes the scene for a page. Readers of the page get Plan.Words instead: the graphic itself is hidden
// from them.
func (s Scene) SVG() string {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 `)
	b.WriteString(number(s.Width) + " " + number(s.Height))
	b.WriteString(`" aria-hidden="true" focusable="false">`)
	for _, l := range s.Layers {
		l.svg(&b)
	}
	b.WriteString(`</svg>`)
	return b.String()
}

func (l Layer) svg(b *strings.Builder) {
	b.WriteString(`<g class="` + l.Pen.Name + `"`)
	l.Pen.svg(b)
	b.WriteString(`>`)
	if len(l.Lines) > 0 {
		b.WriteString(`<path d="`)
		for _, line := range l.Lines {
			line.svg(b)
		}
		b.WriteString(`"/>`)
	}
	for _, dot := range l.Dots {
		b.WriteString(`<circle cx="` + number(dot.At.X) + `" cy="` + number(dot.At.Y) + `" r="` + number(dot.Radius) + `"/>`)
	}
	for _, text := range l.Texts {
		text.svg(b)
	}
	b.WriteString(`</g>`)
}

// svg writes the pen as presentation attributes, which any style sheet overrides.
func (p Pen) svg(b *strings.Builder) {
	if p.Width == 0 {
		b.WriteString(` fill="currentColor" text-anchor="middle"`)
		return
	}
	fill := "none"
	switch {
	case p.Filled:
		fill = "currentColor"
	case p.Blank:
		fill = "#fff"
	}
	b.WriteString(` fill="` + fill + `" stroke="currentColor" stroke-width="` + number(p.Width) + `"`)
	if len(p.Dash) > 0 {
		dash := make([]string, len(p.Dash))
		for i, d := range p.Dash {
			dash[i] = number(d)
		}
		b.WriteString(` stroke-dasharray="` + strings.Join(dash, " ") + `"`)
	}
	if p.Soft {
		b.WriteString(` stroke-opacity=".6"`)
	}
}

func (l Line) svg(b *strings.Builder) {
	for i, at := range l.Points {
		if i == 0 {
			b.WriteString("M")
		} else {
			b.WriteString("L")
		}
		b.WriteString(number(at.X) + " " + number(at.Y))
	}
	if l.Closed {
		b.WriteString("Z")
	}
}

func (t Text) svg(b *strings.Builder) {
	// A baseline a third of the size under the middle centers capitals and figures.
	b.WriteString(`<text x="` + number(t.At.X) + `" y="` + number(t.At.Y+t.Size*baseline) + `" font-size="` + number(t.Size) + `">`)
	for _, span := range t.Spans {
		b.WriteString(`<tspan class="` + string(span.Face) + `"`)
		switch span.Face {
		case FaceMeasured:
			b.WriteString(` font-weight="700"`)
		case FaceEstimated:
			b.WriteString(` font-style="italic"`)
		}
		b.WriteString(`>` + html.EscapeString(printable(span.Text)) + `</tspan>`)
	}
	b.WriteString(`</text>`)
}

// printable drops what XML cannot carry.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0xFFFE || r == 0xFFFF || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// number writes a tenth of a unit, finer than any screen shows.
func number(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64)
}
