package homeowner

import (
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/business/quoting/document"
)

// change is something that is not as it was read before.
type change struct{ What, Before, Now string }

// changes lists what a reader of the version before has to look at again.
func (l link) changes(before document.Version) []change {
	var all []change
	add := func(what, was, is string) {
		if was != is {
			all = append(all, change{what, was, is})
		}
	}
	for _, o := range l.doc.Options {
		old, had := before.Option(o.Key)
		if !had {
			add(o.Name, l.Text("changes.none"), o.TotalCents.String())
			continue
		}
		add(o.Name, old.TotalCents.String(), o.TotalCents.String())
		for _, d := range o.Differs {
			add(o.Name+": "+d.Label, valueOf(old.Differs, d.Label), d.Value)
		}
		add(l.Text("changes.extras", "tier", o.Name), l.extraWords(old), l.extraWords(o))
	}
	for _, o := range before.Options {
		if _, has := l.doc.Option(o.Key); !has {
			add(o.Name, o.TotalCents.String(), l.Text("changes.none"))
		}
	}
	add(l.Text("changes.drawing"), before.Drawing.Words(), l.doc.Drawing.Words())
	add(l.Text("quote.included"), l.only(before.Included, l.doc.Included), l.only(l.doc.Included, before.Included))
	add(l.Text("quote.not-included"), l.only(before.NotIncluded, l.doc.NotIncluded), l.only(l.doc.NotIncluded, before.NotIncluded))
	add(l.Text("quote.payment"), before.DepositWords, l.doc.DepositWords)
	if before.Terms != l.doc.Terms {
		add(l.Text("terms.heading"), l.Text("changes.opened"), l.Text("changes.now"))
	}
	return all
}

func valueOf(rows []document.Differs, label string) string {
	for _, d := range rows {
		if d.Label == label {
			return d.Value
		}
	}
	return ""
}

func (l link) extraWords(o document.Option) string {
	names := make([]string, len(o.Extras))
	for i, e := range o.Extras {
		names[i] = e.Description + " " + (e.PriceCents + e.TaxCents).String()
	}
	if len(names) == 0 {
		return l.Text("changes.none")
	}
	return strings.Join(names, ", ")
}

// only lists the rows that the other list has not.
func (l link) only(rows, others []string) string {
	var own []string
	for _, row := range rows {
		if !slices.Contains(others, row) {
			own = append(own, row)
		}
	}
	if len(own) == 0 {
		return l.Text("changes.nothing-else")
	}
	return strings.Join(own, ", ")
}
