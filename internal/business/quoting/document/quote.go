package document

import (
	"fmt"
	"strconv"

	"fenceplatform.com/fence/internal/business/quoting/drawing"
)

// RenderQuote makes the PDF that is sent. The same version gives the same bytes.
func RenderQuote(v Version, fonts Fonts) ([]byte, error) {
	if err := v.Check(); err != nil {
		return nil, err
	}
	v = v.normal()
	s, err := newSheet(fonts, "Quote "+v.Number+", "+v.Customer.Name, v.Organization.Name, v.SentAt)
	if err != nil {
		return nil, err
	}
	s.pages = true
	s.head = v.title() + "  ·  " + v.Customer.Name + "  ·  " + v.Organization.Name
	s.foot = v.title() + "  ·  " + v.Organization.Name
	s.page()
	s.letterhead(v.Organization)
	s.titleBlock(
		[]cell{{"Quote", v.Number, 3}, {"Version", strconv.Itoa(v.Version), 1.4}, {"Date", DayOf(v.SentAt, v.zone()).String(), 3}, {"Good until", v.ValidUntil.String(), 3}},
		[]cell{{"For", v.Customer.Name, 4.4}, {"Property", v.Property.String(), 6}},
	)
	s.drawing(v)
	s.tiers(v)
	s.included(v)
	s.extras(v)
	s.lines(v)
	s.terms(v)
	s.signaturePlace(v)
	if v.SoldAtHome && v.SaleDay != "" {
		s.notices(v, v.SaleDay)
	}
	return s.bytes()
}

// title names the version in one breath.
func (v Version) title() string { return fmt.Sprintf("%s, version %d", v.Number, v.Version) }

// letterhead is the contractor's: this is his paper.
func (s *sheet) letterhead(o Organization) {
	red, green, blue := ink, ink, ink
	if hexColor.MatchString(o.Color) {
		channel := func(at int) int {
			value, _ := strconv.ParseInt(o.Color[at:at+2], 16, 32) // matched above
			return int(value)
		}
		red, green, blue = channel(1), channel(3), channel(5)
	}
	s.pdf.SetFillColor(red, green, blue)
	s.pdf.Rect(leftEdge, s.y, fullWidth, 3, "F")
	s.pdf.SetFillColor(ink, ink, ink)
	s.y += 3
	contact := []string{o.Phone, o.Email, o.Address.String()}
	if o.License != "" {
		contact = append([]string{"License " + o.License}, contact...)
	}
	right := s.y + 16
	s.tone(inkSoft)
	for _, line := range contact {
		if line == "" {
			continue
		}
		s.writeRight(rightEdge, right, regular, 8.5, s.fit(regular, 8.5, 220, line))
		right += 11.5
	}
	s.tone(ink)
	size := 20.0
	if len(s.wrap(bold, size, fullWidth-236, o.Name)) > 2 {
		size = 13
	}
	left := s.y + 5 + size
	for _, line := range s.wrap(bold, size, fullWidth-236, o.Name) {
		s.write(leftEdge, left, bold, size, line)
		left += size * 1.2
	}
	s.y = max(left-8, right+2)
}

// drawing shows the fence with every run's length; what found no room on it is listed under it.
func (s *sheet) drawing(v Version) {
	runs := v.Drawing.RunList()
	if len(runs) == 0 {
		s.y += 14
		return
	}
	plan := v.Drawing
	plan.Posts = nil
	scene := drawing.Draw(plan, drawing.Sheet{Audience: drawing.ForHomeowner, Width: fullWidth, Height: 222, TextSize: 9.5})
	scale := min(1, fullWidth/scene.Width)
	s.y += 10
	s.need(scene.Height*scale + 40)
	s.pdf.TransformBegin()
	if scale < 1 {
		s.pdf.TransformScale(scale*100, scale*100, leftEdge, s.y)
	}
	scene.PDF(s.pdf, leftEdge, s.y, drawing.Type{
		Plain: s.face.families[regular], Bold: s.face.families[bold], BoldStyle: s.face.styles[bold],
		Italic: s.face.italic, Encode: s.face.encode,
	})
	s.pdf.TransformEnd()
	// The end of a transformation brings back the pens of before; text is set in the fill's color.
	s.pdf.SetFillColor(ink, ink, ink)
	s.tone(ink)
	s.y += scene.Height*scale + 8
	s.caption(runs, v)
	if len(scene.Hidden) > 0 {
		s.runTable(runs)
	}
}

// caption says how to read the drawing: only what is on it.
func (s *sheet) caption(runs []drawing.Run, v Version) {
	total, measured, gates := 0.0, 0, 0
	for _, r := range runs {
		total += r.LengthFt
		gates += len(r.Gates)
		if r.Measured {
			measured++
		}
	}
	length := drawing.FeetInchesWords(total)
	if measured < len(runs) {
		length = "about " + strconv.FormatFloat(total, 'f', 0, 64) + " ft"
	}
	words := counted(len(runs), "run") + ", " + length + " in all"
	if gates > 0 {
		words += " with " + counted(gates, "gate")
	}
	words += "."
	if measured < len(runs) {
		words += " Lengths in italics with ~ are estimates; lengths on a line with ticks were measured."
	}
	for _, segment := range v.Drawing.Layout.Segments {
		if segment.RemovalFt > 0 {
			words += " Dashed with slashes: old fence that is taken out."
			break
		}
	}
	s.tone(inkSoft)
	s.paragraph(leftEdge, fullWidth, regular, 8.5, 11, words)
	s.tone(ink)
	s.y += 8
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// runTable lists every run where the drawing is too crowded to carry all lengths.
func (s *sheet) runTable(runs []drawing.Run) {
	const columns, lead = 3, 11.5
	s.section("Every run", 40)
	width := textWidth / columns
	for i := 0; i < len(runs); i += columns {
		s.need(lead)
		for j, r := range runs[i:min(i+columns, len(runs))] {
			words := r.Name + "  " + r.Length()
			if len(r.Gates) > 0 {
				words += ", " + drawing.GateWords(r.Gates)
			}
			s.write(textEdge+float64(j)*width, s.y+8, regular, 8.5, s.fit(regular, 8.5, width-8, words))
		}
		s.y += lead
	}
	s.y += 10
}
