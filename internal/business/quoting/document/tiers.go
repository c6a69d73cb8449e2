package document

import (
	"strconv"

	"fenceplatform.com/fence/internal/platform/money"
)

// mostColumns are the tiers that stand side by side.
const mostColumns = 3

// tiers compares what is offered: a ruled table, a column for each tier.
func (s *sheet) tiers(v Version) {
	for from := 0; from < len(v.Options); from += mostColumns {
		group := v.Options[from:min(from+mostColumns, len(v.Options))]
		s.need(150)
		if s.y > s.top {
			s.rule(s.y, ruleWidth)
		}
		s.tierNames(group)
		for _, label := range labels(group) {
			s.row(group, label, 9, regular, 12, func(o Option) string {
				for _, d := range o.Differs {
					if d.Label == label {
						return d.Value
					}
				}
				return "–"
			})
		}
		s.tierMoney(group)
		s.rule(s.y, ruleWidth)
		s.y += 12
	}
	if v.DepositWords != "" {
		s.section("Payment", 24)
		s.paragraph(textEdge, textWidth, regular, 9, 12.5, v.DepositWords)
		s.y += 8
	}
}

func (s *sheet) tierNames(group []Option) {
	anyRecommended := false
	for _, o := range group {
		anyRecommended = anyRecommended || o.Recommended
	}
	if anyRecommended {
		s.row(group, "", 8, semiBold, 9, func(o Option) string {
			if o.Recommended {
				return "Recommended"
			}
			return ""
		}, noRule)
	}
	s.row(group, "", 13, bold, 15, func(o Option) string { return o.Name }, noRule)
	s.row(group, "", 8.5, regular, 11, func(o Option) string { return o.Words })
}

func (s *sheet) tierMoney(group []Option) {
	amount := func(label string, of func(Option) money.Cents) {
		for _, o := range group {
			if of(o) != 0 {
				s.row(group, label, 9, regular, 12, func(o Option) string { return of(o).String() })
				return
			}
		}
	}
	discounted := false
	for _, o := range group {
		discounted = discounted || o.DiscountCents != 0 || o.TaxCents != 0
	}
	if discounted {
		amount("Price", func(o Option) money.Cents { return o.SubtotalCents })
		amount("Discount", func(o Option) money.Cents { return -o.DiscountCents })
		amount("Tax", func(o Option) money.Cents { return o.TaxCents })
	}
	s.row(group, "Total", 15, bold, 18, func(o Option) string { return o.TotalCents.String() })
	amount("Deposit", func(o Option) money.Cents { return o.DepositCents })
}

type rowStyle uint8

const noRule rowStyle = 1

// row sets one line of the comparison: its label at the left, a value for each tier.
func (s *sheet) row(group []Option, label string, size float64, w weight, lead float64, value func(Option) string, style ...rowStyle) {
	width := textWidth / float64(len(group))
	lines, tall := make([][]string, len(group)), 0
	for i, o := range group {
		lines[i] = s.wrap(w, size, width-14, value(o))
		tall = max(tall, len(lines[i]))
	}
	heads := s.wrap(regular, 9, textEdge-leftEdge-10, label)
	height := max(float64(tall)*lead, float64(len(heads))*12) + 5
	s.need(height)
	s.tone(inkSoft)
	for i, head := range heads {
		s.write(leftEdge, s.y+size*0.9+2+12*float64(i), regular, 9, head)
	}
	s.tone(ink)
	for i := range group {
		x := textEdge + float64(i)*width
		s.upright(x-8, s.y, s.y+height)
		for j, line := range lines[i] {
			s.write(x, s.y+size*0.9+2+lead*float64(j), w, size, line)
		}
	}
	s.y += height
	if len(style) == 0 {
		s.rule(s.y, hairline)
	}
}

// labels are the rows of the comparison in the order in which the tiers name them.
func labels(group []Option) []string {
	var order []string
	seen := map[string]bool{}
	for _, o := range group {
		for _, d := range o.Differs {
			if !seen[d.Label] {
				seen[d.Label] = true
				order = append(order, d.Label)
			}
		}
	}
	return order
}

// extras lists what may be added, with its price in each tier.
func (s *sheet) extras(v Version) {
	type offer struct{ key, words string }
	var order []offer
	prices := map[offer]map[string]money.Cents{}
	for _, o := range v.Options {
		for _, e := range o.Extras {
			at := offer{e.Key, e.Description}
			if prices[at] == nil {
				prices[at] = map[string]money.Cents{}
				order = append(order, at)
			}
			prices[at][o.Key] = e.PriceCents + e.TaxCents
		}
	}
	if len(order) == 0 {
		return
	}
	s.section("You may add", 30)
	for _, at := range order {
		s.priced(at.words, "", extraPrice(v.Options, prices[at]))
	}
	s.y += 8
}

// extraPrice is one price where all tiers agree, else each tier's own.
func extraPrice(options []Option, prices map[string]money.Cents) string {
	words, same := "", len(prices) == len(options)
	for _, o := range options {
		price, offered := prices[o.Key]
		if !offered {
			continue
		}
		same = same && price == prices[options[0].Key]
		if words != "" {
			words += "  ·  "
		}
		words += o.Name + " " + price.String()
	}
	if same {
		return prices[options[0].Key].String()
	}
	return words
}

// priced sets a line of words, quantity and price.
func (s *sheet) priced(words, quantity, price string) {
	const size, lead = 9.0, 12.0
	room := s.width(regular, size, price) + 90
	lines := s.wrap(regular, size, max(textWidth-room, 150), words)
	s.need(float64(len(lines)) * lead)
	s.writeRight(rightEdge, s.y+8.5, regular, size, price)
	s.tone(inkSoft)
	s.writeRight(rightEdge-74, s.y+8.5, regular, size, quantity)
	s.tone(ink)
	for _, line := range lines {
		s.write(textEdge, s.y+8.5, regular, size, line)
		s.y += lead
	}
	s.y += 2
}

// lines says what each tier's price is made of.
func (s *sheet) lines(v Version) {
	for _, o := range v.Options {
		if len(o.Lines) == 0 {
			continue
		}
		s.section(o.Name+", line by line", 44)
		for _, l := range o.Lines {
			quantity := strconv.FormatFloat(l.Quantity, 'f', -1, 64)
			if l.Unit != "" {
				quantity += " " + l.Unit
			}
			s.priced(l.Description, quantity, l.PriceCents.String())
		}
		s.need(16)
		s.ruleBetween(textEdge, rightEdge, s.y, hairline)
		s.y += 3
		s.write(textEdge, s.y+9, semiBold, 9.5, "Price")
		s.writeRight(rightEdge, s.y+9, semiBold, 9.5, o.SubtotalCents.String())
		s.y += 22
	}
}

// included sets what is in the price, then what is not.
func (s *sheet) included(v Version) {
	const lead, half = 12.0, textWidth / 2
	left, right := s.bullets(v.Included, half-26), s.bullets(v.NotIncluded, half-10)
	tall := max(len(left), len(right))
	if len(left) == 0 || len(right) == 0 || tall > 24 {
		s.list("Included", s.bullets(v.Included, textWidth-10))
		s.list("Not included", s.bullets(v.NotIncluded, textWidth-10))
		return
	}
	s.section("In the price", float64(tall+1)*lead+12)
	x := textEdge + half
	s.upright(x-8, s.y-10, s.y+float64(tall+1)*lead+6)
	s.write(textEdge, s.y+8.5, semiBold, 9, "Included")
	s.write(x, s.y+8.5, semiBold, 9, "Not included")
	s.y += lead + 2
	for i := range tall {
		if i < len(left) {
			s.bullet(textEdge, left[i])
		}
		if i < len(right) {
			s.bullet(x, right[i])
		}
		s.y += lead
	}
	s.y += 8
}

// list is a section of bullets that may run over pages.
func (s *sheet) list(name string, lines []bulletLine) {
	if len(lines) == 0 {
		return
	}
	s.section(name, 28)
	for _, line := range lines {
		s.need(12)
		s.bullet(textEdge, line)
		s.y += 12
	}
	s.y += 8
}

// bulletLine is a line of a list; the first of an entry carries the bullet.
type bulletLine struct {
	text  string
	first bool
}

func (s *sheet) bullets(entries []string, width float64) []bulletLine {
	var lines []bulletLine
	for _, entry := range entries {
		for i, line := range s.wrap(regular, 9, width, entry) {
			lines = append(lines, bulletLine{line, i == 0})
		}
	}
	return lines
}

func (s *sheet) bullet(x float64, line bulletLine) {
	if line.first {
		s.write(x, s.y+8, regular, 9, "•")
	}
	s.write(x+9, s.y+8, regular, 9, line.text)
}
