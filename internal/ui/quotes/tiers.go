package quotes

import (
	"strconv"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/platform/money"
)

// tierTable sets the tiers side by side: a row for each part of the price.
type tierTable struct {
	Tiers []tierHead
	Rows  []tierRow
}

type tierHead struct {
	Key, Name, Summary, PerFt string
	Recommended               bool // the column that stands out
	Mark                      string
}

type tierRow struct {
	Label  string
	Values []string
	Sum    bool
}

func tiersOf(v *quoting.Version) tierTable {
	var t tierTable
	for _, o := range v.Options {
		head := tierHead{Key: o.Tier, Name: o.Name, Summary: o.Words.Summary, Recommended: o.Tier == v.Settings.Recommended, Mark: "recommended"}
		if o.DrawnFt > 0 {
			head.PerFt = money.Cents(float64(o.NetCents)/o.DrawnFt + 0.5).String()
		}
		t.Tiers = append(t.Tiers, head)
	}
	for _, s := range sections {
		t.add(v, s.label, false, true, func(o quoting.Option) money.Cents { return sum(o, s.key) })
	}
	t.add(v, "Discount", false, true, func(o quoting.Option) money.Cents { return -o.DiscountCents })
	t.add(v, "Tax", false, true, func(o quoting.Option) money.Cents { return o.TaxCents })
	t.add(v, "Total", true, false, func(o quoting.Option) money.Cents { return o.TotalCents })
	t.add(v, "Deposit", false, true, func(o quoting.Option) money.Cents { return o.DepositCents })
	return t
}

// add adds a row; one of nothing but zeros is left out when it may be.
func (t *tierTable) add(v *quoting.Version, label string, total, droppable bool, cents func(quoting.Option) money.Cents) {
	row, some := tierRow{Label: label, Sum: total}, false
	for _, o := range v.Options {
		c := cents(o)
		some = some || c != 0
		row.Values = append(row.Values, c.String())
	}
	if some || !droppable {
		t.Rows = append(t.Rows, row)
	}
}

func sum(o quoting.Option, s quoting.Section) money.Cents {
	var all money.Cents
	for _, l := range o.Lines {
		if l.Section == s && !l.Optional {
			all += l.PriceCents
		}
	}
	return all
}

// lineGroup is the lines of one section of a tier.
type lineGroup struct {
	Label string
	Lines []quoting.Line
}

func groupsOf(o quoting.Option) []lineGroup {
	var groups []lineGroup
	for _, s := range sections {
		g := lineGroup{Label: s.label}
		for _, l := range o.Lines {
			if l.Section == s.key {
				g.Lines = append(g.Lines, l)
			}
		}
		if len(g.Lines) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

func quantity(l quoting.Line) string {
	q := strconv.FormatFloat(l.Quantity, 'f', -1, 64)
	if l.Unit == "" || l.Unit == "each" {
		return q
	}
	return q + " " + l.Unit
}

// margin is what is left of net after cost, in percent.
func margin(o quoting.Option) string {
	if o.NetCents == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(o.NetCents-o.CostCents)/float64(o.NetCents)*100, 'f', 1, 64) + " %"
}
