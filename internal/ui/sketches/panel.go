package sketches

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
)

// panel is take-off, price and checks of a drawing.
type panel struct {
	Tiers  []tierRow
	Zone   string
	Costs  []costRow // nil for who may not see costs
	Checks []checkRow
	Posts  []postGroup
	Total  int    // of posts
	Sum    string // 14 + 2 + 2 + 2 = 20
	Items  []itemRow
	Facts  []kit.Fact
}

type tierRow struct {
	Name, PerFt, Total string
	Recommended        bool
	AtMinimum          bool
}

// costRow is a leg of the price, in each tier.
type costRow struct {
	Label  string
	Values []string
	Sum    bool
}

type checkRow struct {
	Icon, Word, Tone, Message, Parts string
}

type postGroup struct {
	Kind, Words, Place string
	Count              int
}

type itemRow struct {
	Key, Name, Material, Quantity, Built, Rule, Formula, Parts string
}

func panelOf(p quoting.PricedDrawing, d quoting.Drawing) panel {
	v := panel{Zone: p.Zone}
	for _, c := range p.Checks {
		v.Checks = append(v.Checks, checkOf(c))
	}
	slices.SortStableFunc(v.Checks, func(a, b checkRow) int { return rank(a.Tone) - rank(b.Tone) })
	if len(p.Tiers) == 0 {
		return v
	}
	names := map[string]string{}
	for _, t := range p.Tiers {
		row := tierRow{Name: t.Tier.Name, PerFt: t.Price.PricePerFtCents.String(), Total: t.Price.TotalCents.String(),
			Recommended: string(t.Tier.Key) == p.Recommended, AtMinimum: t.AtMinimum}
		v.Tiers = append(v.Tiers, row)
		if row.Recommended || len(names) == 0 {
			names = t.Names
		}
	}
	if p.CostsSeen {
		v.Costs = costsOf(p.Tiers, p.MarginsSeen)
	}
	v.Posts, v.Total, v.Sum = postsOf(p.TakeOff.Posts)
	runs := runNames(d)
	for _, i := range p.TakeOff.Items {
		v.Items = append(v.Items, itemOf(i, names, runs))
	}
	v.Facts = []kit.Fact{
		{Label: "Drawn", Value: feet(p.TakeOff.DrawnLengthFt), Figure: true},
		{Label: "Without gates", Value: feet(p.TakeOff.NetLengthFt), Figure: true},
	}
	if p.TakeOff.RemovalFt > 0 {
		v.Facts = append(v.Facts, kit.Fact{Label: "Old fence to remove", Value: feet(p.TakeOff.RemovalFt), Figure: true})
	}
	return v
}

var weights = map[quoting.Weight]checkRow{
	quoting.WeightStop:   {Icon: "circle-x", Word: "Stop", Tone: "bad"},
	quoting.WeightAnswer: {Icon: "triangle-alert", Word: "To answer", Tone: "watch"},
	quoting.WeightNote:   {Icon: "info", Word: "Note", Tone: "info"},
}

func checkOf(c quoting.Check) checkRow {
	row := weights[c.Weight]
	row.Message, row.Parts = c.Message, strings.TrimSpace(c.Segment+" "+c.Gate)
	return row
}

// rank puts what stops before what asks before what notes.
func rank(tone string) int { return slices.Index([]string{"bad", "watch", "info"}, tone) }

func costsOf(tiers []pricing.TierPrice, margins bool) []costRow {
	legs := []struct {
		label string
		cents func(pricing.Price) money.Cents
		sum   bool
	}{
		{"Material", func(p pricing.Price) money.Cents { return p.MaterialCents }, false},
		{"Labor", func(p pricing.Price) money.Cents { return p.LaborCents }, false},
		{"Removal", func(p pricing.Price) money.Cents { return p.RemovalCents }, false},
		{"Equipment", func(p pricing.Price) money.Cents { return p.EquipmentCents }, false},
		{"Travel", func(p pricing.Price) money.Cents { return p.TravelCents }, false},
		{"Overhead", func(p pricing.Price) money.Cents { return p.OverheadCents }, false},
		{"Cost", func(p pricing.Price) money.Cents { return p.CostCents }, true},
		{"Base charge", func(p pricing.Price) money.Cents { return p.BaseChargeCents }, false},
		{"Tax", func(p pricing.Price) money.Cents { return p.TaxCents }, false},
	}
	var rows []costRow
	for _, leg := range legs {
		row, some := costRow{Label: leg.label, Sum: leg.sum}, false
		for _, t := range tiers {
			cents := leg.cents(t.Price)
			some = some || cents != 0
			row.Values = append(row.Values, cents.Dollars())
		}
		if some {
			rows = append(rows, row)
		}
	}
	if !margins {
		return rows
	}
	margin := costRow{Label: "Margin", Sum: true}
	for _, t := range tiers {
		margin.Values = append(margin.Values, strconv.FormatFloat(t.Price.MarginPct, 'f', 1, 64)+" %")
	}
	return append(rows, margin)
}

func postsOf(c takeoff.PostCount) (groups []postGroup, total int, sum string) {
	var counts []string
	for _, g := range []postGroup{
		{Kind: "line", Count: c.Line, Words: "line", Place: "between two bays"},
		{Kind: "end", Count: c.End, Words: "end", Place: "where fence ends"},
		{Kind: "corner", Count: c.Corner, Words: "corner", Place: "at turns of more than 30°"},
		{Kind: "tee", Count: c.Tee, Words: "tee", Place: "where fences meet"},
		{Kind: "gate", Count: c.Gate, Words: "gate", Place: "at both sides of an opening"},
	} {
		if g.Count > 0 {
			groups, counts = append(groups, g), append(counts, strconv.Itoa(g.Count))
		}
	}
	sum = strings.Join(counts, " + ") + " = " + strconv.Itoa(c.Total)
	if c.Wall > 0 {
		groups = append(groups, postGroup{Kind: "wall", Count: c.Wall, Words: "fastened", Place: "to a wall or post that is there, not counted"})
	}
	return groups, c.Total, sum
}

// runNames are what people call the parts of a drawing.
func runNames(d quoting.Drawing) map[string]string {
	names := map[string]string{}
	for _, r := range d.Plan(nil).RunList() {
		names[r.Segment] = "run " + r.Name
		for _, g := range r.Gates {
			names[g.ID] = "the gate in run " + r.Name
		}
	}
	return names
}

func itemOf(i takeoff.Item, names, runs map[string]string) itemRow {
	row := itemRow{Key: i.Key, Name: itemNames[i.Key], Material: names[i.Key], Rule: rules[i.Rule], Formula: i.Formula,
		Quantity: quantity(i.OrderQuantity) + unit(i.Unit, i.OrderQuantity)}
	if row.Name == "" {
		row.Name = sentence(strings.ReplaceAll(i.Key, "_", " "))
	}
	if i.Quantity != i.OrderQuantity {
		row.Built = quantity(i.Quantity) + " built in, the rest is waste"
	}
	if kind, post := strings.CutPrefix(i.Key, "post_"); post && kind != "cap" {
		row.Parts = kind
		return row
	}
	var parts []string
	for _, part := range i.From {
		if runs[part] != "" {
			parts = append(parts, part)
		}
	}
	row.Parts = strings.Join(parts, " ")
	return row
}

func quantity(v float64) string {
	if v == float64(int64(v)) {
		return kit.Figure(int64(v))
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

func unit(u string, n float64) string {
	switch {
	case u == "each" || u == "":
		return ""
	case u == "bag" && n != 1:
		return " bags"
	}
	return " " + u
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func feet(v float64) string { return fmt.Sprintf("%s ft", strconv.FormatFloat(v, 'f', -1, 64)) }

// itemNames are what the lines of a take-off are called; their material stands below.
var itemNames = map[string]string{
	takeoff.KeyPicket: "Pickets", takeoff.KeyRail: "Rails", takeoff.KeyScrew: "Screws", takeoff.KeyGatePicket: "Pickets of gates",
	takeoff.KeyPanel: "Panels", takeoff.KeyPostLine: "Line posts", takeoff.KeyPostEnd: "End posts", takeoff.KeyPostCorner: "Corner posts",
	takeoff.KeyPostTee: "Tee posts", takeoff.KeyPostGate: "Gate posts", takeoff.KeyPostCap: "Post caps", takeoff.KeyGateKit: "Gate hardware",
	takeoff.KeyFabricFt: "Fabric", takeoff.KeyFabricRoll: "Rolls of fabric", takeoff.KeyTopRail: "Top rail", takeoff.KeyLoopCap: "Loop caps",
	takeoff.KeyTensionBar: "Tension bars", takeoff.KeyTensionBand: "Tension bands", takeoff.KeyBraceBand: "Brace bands",
	takeoff.KeyRailEnd: "Rail ends", takeoff.KeyTie: "Ties", takeoff.KeyTensionWire: "Tension wire", takeoff.KeyConcreteBag: "Concrete",
}

// rules say in a sentence what the engine's rules do.
var rules = map[string]string{
	"wood.pickets.side_by_side":   "Length of the fence by the width of a picket and its gap.",
	"wood.pickets.board_on_board": "Length of the fence by the width of a picket less its overlap.",
	"wood.pickets.shadowbox":      "As side by side, on both faces.",
	"wood.rails":                  "So many rails in every bay, cut from whole sticks.",
	"wood.screws":                 "Two at each crossing of picket and rail.",
	"wood.gate_pickets":           "As pickets, leaf by leaf.",
	"panel.panels":                "One panel in every bay; none is bought in part.",
	"posts.line":                  "One between each two bays.",
	"posts.end":                   "One where fence ends.",
	"posts.corner":                "One where fence turns by more than 30°.",
	"posts.tee":                   "One where fences meet.",
	"posts.gate":                  "One at each side of an opening.",
	"posts.caps":                  "One on every post that shows its top.",
	"gates.kits":                  "One set of hinges and latch for each leaf.",
	"concrete.bags":               "Volume of all holes less the posts in them, with waste, by the yield of a bag.",
	"chain_link.fabric":           "Length along the ground.",
	"chain_link.fabric_rolls":     "Whole rolls.",
	"chain_link.top_rail":         "Whole lengths; the rail runs on over line posts.",
	"chain_link.loop_caps":        "One on every line post.",
	"chain_link.tension_bars":     "One where fabric ends at a post.",
	"chain_link.rail_ends":        "One where the top rail ends at a post.",
	"chain_link.tension_bands":    "For each bar, by the height of the fence.",
	"chain_link.brace_bands":      "One for each rail that ends at a post.",
	"chain_link.ties":             "Every 15 in at posts, every 24 in along the rail.",
	"chain_link.tension_wire":     "Length of the fence, and 10 ft to tie off.",
}
