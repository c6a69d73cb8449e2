package homeowner

import (
	"slices"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
)

// quoteView is the page of a quote that can be signed.
type quoteView struct {
	link
	Choice   quoting.Choice
	Bill     quoting.Bill
	Tiers    []tier
	Differs  []differRow
	Extras   []extra
	Changes  []change // since the version that this recipient read before
	Since    int      // the number of that version
	Problems kit.Problems
	Reason   string // what was typed into a refused "not now"
}

// tier is one of the blocks to choose from.
type tier struct {
	document.Option
	Chosen bool
}

// differRow is one thing in which the tiers differ, with a value for each in their order.
type differRow struct {
	Label  string
	Values []string
}

// extra is an optional line with the tiers that it goes with.
type extra struct {
	document.Extra
	Chosen  bool
	Offered string // for the script: the tiers' keys
	OnlyIn  string // the tiers' names, when it is not offered with all
}

func (l link) offer(c quoting.Choice) (quoteView, error) {
	bill, err := l.view.Bill(c)
	if err != nil {
		return quoteView{}, err
	}
	q := quoteView{link: l, Choice: c, Bill: bill, Differs: differRows(l.doc.Options), Extras: extras(l.doc.Options, c)}
	for _, o := range l.doc.Options {
		q.Tiers = append(q.Tiers, tier{Option: o, Chosen: o.Key == c.Option})
	}
	return q, nil
}

// differRows sets the tiers side by side, leaving out what is the same in all of them.
func differRows(options []document.Option) []differRow {
	var rows []differRow
	for i, o := range options {
		for _, d := range o.Differs {
			at := slices.IndexFunc(rows, func(r differRow) bool { return r.Label == d.Label })
			if at < 0 {
				at = len(rows)
				rows = append(rows, differRow{Label: d.Label, Values: make([]string, len(options))})
			}
			rows[at].Values[i] = d.Value
		}
	}
	if len(options) < 2 {
		return rows
	}
	return slices.DeleteFunc(rows, func(r differRow) bool {
		return !slices.ContainsFunc(r.Values, func(v string) bool { return v != r.Values[0] })
	})
}

// extras lists every optional line once: a line that goes with several tiers has one key.
func extras(options []document.Option, c quoting.Choice) []extra {
	var all []extra
	for _, o := range options {
		for _, e := range o.Extras {
			at := slices.IndexFunc(all, func(x extra) bool { return x.Key == e.Key })
			if at < 0 {
				at = len(all)
				chosen := slices.ContainsFunc(c.Extras, func(k id.ID) bool { return k.String() == e.Key })
				all = append(all, extra{Extra: e, Chosen: chosen})
			}
			all[at].Offered = joined(all[at].Offered, " ", o.Key)
			all[at].OnlyIn = joined(all[at].OnlyIn, ", ", o.Name)
		}
	}
	for i := range all {
		if len(strings.Fields(all[i].Offered)) == len(options) {
			all[i].OnlyIn = ""
		}
	}
	return all
}

func joined(list, separator, more string) string {
	if list == "" {
		return more
	}
	return list + separator + more
}

// deposits tells the page's script what the deposit is counted by.
func (q quoteView) deposits() (basisPoints, amount string) {
	bp, cents := q.view.DepositRule()
	return number(bp), exact(cents)
}

// exact writes an amount for programs.
func exact(c money.Cents) string { return strconv.FormatInt(int64(c), 10) }

func number(n int) string { return strconv.Itoa(n) }

// Widths of the drawing: labels keep their size, so that a phone gets a drawing of its own.
const (
	phoneWidth, phoneText = 343, 16
	sheetWidth, sheetText = 720, 16
	largeWidth, largeText = 1080, 18
)

// sketch draws the fence for a width. What it returns is markup that drawing has escaped.
func (l link) sketch(width, height, text float64) string {
	return drawing.Draw(l.doc.Drawing, drawing.Sheet{Audience: drawing.ForHomeowner, Width: width, Height: height, TextSize: text}).SVG()
}

// estimated tells that a length of the drawing was not measured.
func (l link) estimated() bool {
	return slices.ContainsFunc(l.doc.Drawing.RunList(), func(r drawing.Run) bool { return !r.Measured })
}

// step is what happens next, with its day when it is known.
type step struct{ Title, Text string }

// steps lead from the signature to the finished fence.
func (l link) steps(deposit money.Cents) []step {
	s := append([]step{{l.Text("next.sign"), l.Text("next.sign.text")}}, l.depositStep(deposit)...)
	if last, ok := l.cancelUntil(l.view.ReadAt); ok {
		s = append(s, step{l.Text("next.cancel"), l.Text("next.cancel.text", "day", last)})
	}
	return append(s,
		step{l.Text("next.locate"), l.Text("next.locate.text")},
		step{l.Text("next.build"), l.Text("next.build.text", "company", l.org.Name)},
	)
}

// depositStep is when and how much is paid.
func (l link) depositStep(deposit money.Cents) []step {
	switch {
	case deposit > 0:
		return []step{{l.Text("next.deposit", "amount", deposit.String()), l.doc.DepositWords}}
	case l.doc.DepositWords != "":
		return []step{{l.Text("next.payment"), l.doc.DepositWords}}
	}
	return nil
}

// paragraphs splits what a person wrote at its line breaks.
func paragraphs(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
