package drawing

import "codeberg.org/go-pdf/fpdf"

// Type is how labels are set on paper. The families are registered with the document already.
type Type struct {
	Plain, Bold string
	// BoldStyle is the style of the bold family, where it is the plain one's.
	BoldStyle string
	// Italic is the style of the plain family for estimated lengths; without one the letters are slanted.
	Italic string
	// Encode turns a label into what the family can show.
	Encode func(string) string
}

// Inks on paper: the full one, and the lighter one for what is not fence.
const (
	fullInk = 22
	softInk = 110
)

// slant is the lean of estimated lengths, in degrees, where the family has no italic.
const slant = 11

// PDF draws the scene with its upper left corner at x, y, in points, one unit to a point.
func (s Scene) PDF(pdf *fpdf.Fpdf, x, y float64, set Type) {
	pdf.SetLineCapStyle("round")
	pdf.SetLineJoinStyle("round")
	for _, l := range s.Layers {
		l.pdf(pdf, Point{x, y}, set)
	}
	pdf.SetDashPattern([]float64{}, 0)
	pdf.SetLineCapStyle("butt")
	pdf.SetLineJoinStyle("miter")
}

func (l Layer) pdf(pdf *fpdf.Fpdf, origin Point, set Type) {
	ink := fullInk
	if l.Pen.Soft {
		ink = softInk
	}
	pdf.SetDrawColor(ink, ink, ink)
	pdf.SetTextColor(ink, ink, ink)
	fill := ink
	if l.Pen.Blank {
		fill = 255
	}
	pdf.SetFillColor(fill, fill, fill)
	// What is a pixel on screens is three quarters of one on paper: finer, as drawings are.
	pdf.SetLineWidth(l.Pen.Width * 0.75)
	pdf.SetDashPattern(l.Pen.Dash, 0)
	style := "D"
	if l.Pen.Filled || l.Pen.Blank {
		style = "FD"
	}
	for _, line := range l.Lines {
		line.pdf(pdf, origin, style)
	}
	for _, dot := range l.Dots {
		pdf.Circle(origin.X+dot.At.X, origin.Y+dot.At.Y, dot.Radius, style)
	}
	for _, text := range l.Texts {
		text.pdf(pdf, origin, set)
	}
}

func (l Line) pdf(pdf *fpdf.Fpdf, origin Point, style string) {
	for i, at := range l.Points {
		if i == 0 {
			pdf.MoveTo(origin.X+at.X, origin.Y+at.Y)
		} else {
			pdf.LineTo(origin.X+at.X, origin.Y+at.Y)
		}
	}
	if l.Closed {
		pdf.ClosePath()
		pdf.DrawPath(style)
		return
	}
	pdf.DrawPath("D")
}

func (t Text) pdf(pdf *fpdf.Fpdf, origin Point, set Type) {
	choose := func(face Face) {
		switch face {
		case FaceMeasured:
			pdf.SetFont(set.Bold, set.BoldStyle, t.Size)
		case FaceEstimated:
			pdf.SetFont(set.Plain, set.Italic, t.Size)
		default:
			pdf.SetFont(set.Plain, "", t.Size)
		}
	}
	width := 0.0
	for _, span := range t.Spans {
		choose(span.Face)
		width += pdf.GetStringWidth(set.Encode(span.Text))
	}
	x, y := origin.X+t.At.X-width/2, origin.Y+t.At.Y+t.Size*baseline
	for _, span := range t.Spans {
		choose(span.Face)
		words := set.Encode(span.Text)
		if lean := span.Face == FaceEstimated && set.Italic == ""; lean {
			pdf.TransformBegin()
			pdf.TransformSkewX(slant, x, y)
			pdf.Text(x, y, words)
			pdf.TransformEnd()
		} else {
			pdf.Text(x, y, words)
		}
		x += pdf.GetStringWidth(words)
	}
}
