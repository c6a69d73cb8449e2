package document

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// The sheet is US Letter, in points. Text stands in a wide column; the names of sections stand to its left, as
// on a drawing.
const (
	pageWidth  = 612.0
	pageHeight = 792.0
	leftEdge   = 42.0
	rightEdge  = 570.0
	topEdge    = 40.0
	bottomEdge = 748.0
	textEdge   = 132.0 // where the wide column starts
	fullWidth  = rightEdge - leftEdge
	textWidth  = rightEdge - textEdge
)

// Inks and rules.
const (
	ink       = 22
	inkSoft   = 92
	inkLine   = 190
	hairline  = 0.5
	ruleWidth = 1.5
)

// pageTotal stands for the number of pages until it is known. Control characters never come from text.
const pageTotal = "\x02\x03"

// sheet is a document while it is written: a pen that moves down the page.
type sheet struct {
	pdf  *fpdf.Fpdf
	face *typeface
	y    float64
	top  float64 // where the page's own content begins
	// head and foot name the document on every page.
	head, foot string
	pages      bool // footers count pages
}

// newSheet starts a document whose only dates are the given instant.
func newSheet(fonts Fonts, title, author string, at time.Time) (*sheet, error) {
	pdf := fpdf.New("P", "pt", "Letter", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(at.UTC())
	pdf.SetModificationDate(at.UTC())
	pdf.SetProducer("Fence Platform", true)
	pdf.SetTitle(title, true)
	pdf.SetAuthor(author, true)
	pdf.SetLang("en-US")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	face, err := newTypeface(pdf, fonts)
	if err != nil {
		return nil, err
	}
	pdf.AliasNbPages(pageTotal)
	return &sheet{pdf: pdf, face: face}, nil
}

func (s *sheet) bytes() ([]byte, error) {
	var out bytes.Buffer
	if err := s.pdf.Output(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// page starts a page with its running foot, and from the second one on its head.
func (s *sheet) page() {
	s.pdf.AddPage()
	s.y = topEdge
	if s.pages && s.pdf.PageNo() > 1 {
		s.write(leftEdge, s.y+8, semiBold, 8.5, s.fit(semiBold, 8.5, fullWidth, s.head))
		s.y += 14
		s.rule(s.y, ruleWidth)
		s.y += 8
	}
	s.top = s.y
	s.tone(inkSoft)
	s.writeRight(rightEdge, pageHeight-24, regular, 7.5, s.fit(regular, 7.5, 420, s.foot))
	if s.pages {
		s.write(leftEdge, pageHeight-24, regular, 7.5, "Page "+strconv.Itoa(s.pdf.PageNo())+" of "+pageTotal)
	}
	s.tone(ink)
}

// need starts a new page unless height points are left on this one.
func (s *sheet) need(height float64) {
	if s.y+height > bottomEdge {
		s.page()
	}
}

func (s *sheet) font(w weight, size float64) {
	s.pdf.SetFont(s.face.families[w], s.face.styles[w], size)
}

func (s *sheet) tone(gray int) { s.pdf.SetTextColor(gray, gray, gray) }

// write sets one line of text with its baseline at y.
func (s *sheet) write(x, y float64, w weight, size float64, text string) {
	s.font(w, size)
	if strings.Contains(text, pageTotal) { // the sign is replaced in the finished page, so it must stay as it is
		before, _, _ := strings.Cut(text, pageTotal)
		s.pdf.Text(x, y, s.face.encode(before)+pageTotal)
		return
	}
	s.pdf.Text(x, y, s.face.encode(text))
}

func (s *sheet) writeRight(x, y float64, w weight, size float64, text string) {
	s.write(x-s.width(w, size, text), y, w, size, text)
}

func (s *sheet) width(w weight, size float64, text string) float64 {
	s.font(w, size)
	return s.pdf.GetStringWidth(s.face.encode(text))
}

// fit shortens a line to the width, ending it with an ellipsis.
func (s *sheet) fit(w weight, size, width float64, text string) string {
	if s.width(w, size, text) <= width {
		return text
	}
	letters := []rune(text)
	low, high := 0, len(letters)
	for low < high {
		if middle := (low + high + 1) / 2; s.width(w, size, string(letters[:middle])+"…") <= width {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return string(letters[:low]) + "…"
}

// wrap breaks text into lines of the width; words that are wider are broken where they must be.
func (s *sheet) wrap(w weight, size, width float64, text string) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			for s.width(w, size, word) > width {
				head := s.part(w, size, width, word)
				if line != "" {
					lines, line = append(lines, line), ""
				}
				lines, word = append(lines, head), word[len(head):]
			}
			if joined := strings.TrimLeft(line+" "+word, " "); s.width(w, size, joined) <= width {
				line = joined
			} else {
				lines, line = append(lines, line), word
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// part is as much of the beginning of a word as fits, at least one letter.
func (s *sheet) part(w weight, size, width float64, word string) string {
	letters := []rune(word)
	low, high := 1, len(letters)
	for low < high {
		if middle := (low + high + 1) / 2; s.width(w, size, string(letters[:middle])) <= width {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return string(letters[:low])
}

// paragraph sets wrapped text at x, over pages where it must.
func (s *sheet) paragraph(x, width float64, w weight, size, lead float64, text string) {
	for _, line := range s.wrap(w, size, width, text) {
		s.need(lead)
		if line != "" {
			s.write(x, s.y+size*0.82, w, size, line)
		}
		s.y += lead
	}
}

func (s *sheet) rule(y, width float64) { s.ruleBetween(leftEdge, rightEdge, y, width) }

func (s *sheet) ruleBetween(from, to, y, width float64) {
	gray := ink
	if width <= hairline {
		gray = inkLine
	}
	s.pdf.SetDrawColor(gray, gray, gray)
	s.pdf.SetLineWidth(width)
	s.pdf.Line(from, y, to, y)
}

func (s *sheet) upright(x, from, to float64) {
	s.pdf.SetDrawColor(inkLine, inkLine, inkLine)
	s.pdf.SetLineWidth(hairline)
	s.pdf.Line(x, from, x, to)
}

// section rules off a part of the page and names it in the left column.
func (s *sheet) section(name string, atLeast float64) {
	s.need(atLeast + 16)
	if s.y > s.top { // under a page's head a second rule would say nothing
		s.rule(s.y, hairline)
	}
	s.y += 10
	y := s.y
	for _, line := range s.wrap(semiBold, 10, textEdge-leftEdge-14, name) {
		s.write(leftEdge, y+8.5, semiBold, 10, line)
		y += 13
	}
}

// cell is a label above a value in the title block; share is its part of the width.
type cell struct {
	label, value string
	share        float64
}

// titleBlock is the ruled grid that heads every record.
func (s *sheet) titleBlock(rows ...[]cell) {
	s.rule(s.y, ruleWidth)
	for _, row := range rows {
		var shares float64
		for _, c := range row {
			shares += c.share
		}
		tall := 1
		lines := make([][]string, len(row))
		for i, c := range row {
			lines[i] = s.wrap(semiBold, 10.5, fullWidth*c.share/shares-10, c.value)
			tall = max(tall, len(lines[i]))
		}
		height := 19 + 13*float64(tall)
		x := leftEdge
		for i, c := range row {
			inset := 8.0
			if i == 0 {
				inset = 0
			} else {
				s.upright(x, s.y, s.y+height)
			}
			s.tone(inkSoft)
			s.write(x+inset, s.y+11.5, regular, 7.5, c.label)
			s.tone(ink)
			for j, line := range lines[i] {
				s.write(x+inset, s.y+24+13*float64(j), semiBold, 10.5, line)
			}
			x += fullWidth * c.share / shares
		}
		s.y += height
		s.rule(s.y, hairline)
	}
	s.rule(s.y, ruleWidth)
}
