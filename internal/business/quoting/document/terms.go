package document

import "fmt"

// The buyer's right to cancel a sale made at home, in the words of 16 CFR 429.1(a). The rule asks for bold
// type of at least 10 points directly above the signature.
const cancellationRight = "You, the buyer, may cancel this transaction at any time prior to midnight of the third business day after the date " +
	"of this transaction. See the attached notice of cancellation form for an explanation of this right."

// terms sets the contractor's terms over as many pages as they need.
func (s *sheet) terms(v Version) {
	if v.Terms == "" {
		return
	}
	s.page()
	s.section("Terms", 40)
	s.paragraph(textEdge, textWidth, regular, 9, 12.5, v.Terms)
	s.y += 10
}

// signaturePlace keeps choice, right to cancel and signature together on one page.
func (s *sheet) signaturePlace(v Version) {
	right := s.wrap(bold, 10.5, textWidth, cancellationRight)
	consent := s.wrap(regular, 8.5, textWidth, v.Consent.Text)
	height := 150 + 15*float64(len(v.Options))
	if v.SoldAtHome {
		height += 34 + 14*float64(len(right))
	}
	if len(consent) <= 12 {
		height += 11 * float64(len(consent))
	}
	s.section("Signature", height)
	for _, o := range v.Options {
		s.pdf.SetDrawColor(ink, ink, ink)
		s.pdf.SetLineWidth(0.8)
		s.pdf.Rect(textEdge, s.y+0.5, 8, 8, "D")
		s.write(textEdge+15, s.y+8, semiBold, 9.5, s.fit(semiBold, 9.5, textWidth-110, o.Name))
		s.writeRight(rightEdge, s.y+8, semiBold, 9.5, o.TotalCents.String())
		s.y += 15
	}
	s.y += 4
	if v.Consent.Text != "" {
		s.paragraph(textEdge, textWidth, regular, 8.5, 11, v.Consent.Text)
		s.y += 6
	}
	if v.SoldAtHome {
		s.paragraph(textEdge, textWidth, regular, 8.5, 11, noticesWords(v))
		s.y += 6
		s.paragraph(textEdge, textWidth, bold, 10.5, 14, cancellationRight)
	}
	s.need(60)
	s.y += 34
	s.line(textEdge, rightEdge-120, "Signature of "+v.Customer.Name)
	s.line(rightEdge-108, rightEdge, "Date")
	s.y += 20
}

func noticesWords(v Version) string {
	if last, ok := LastDayToCancel(v.SaleDay); ok {
		return fmt.Sprintf("Signed on %s, that is until %s, midnight. Two notices of cancellation are at the end.", v.SaleDay, last)
	}
	return "Your signed copy carries two notices of cancellation with the last day written in."
}

// line is a place to write on, with its name under it.
func (s *sheet) line(from, to float64, name string) {
	s.pdf.SetDrawColor(ink, ink, ink)
	s.pdf.SetLineWidth(0.8)
	s.pdf.Line(from, s.y, to, s.y)
	s.tone(inkSoft)
	s.write(from, s.y+10, regular, 8, s.fit(regular, 8, to-from, name))
	s.tone(ink)
}
