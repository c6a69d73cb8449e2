package pricing

import (
	"math"

	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/business/takeoff/formula"
	"fenceplatform.com/fence/internal/platform/money"
)

// Line is one row of a price: an item, or another leg. Cost and price never reach whoever may not see them
// by way of a line: the surfaces choose the columns.
type Line struct {
	Kind     LineKind `json:"kind"`
	Key      string   `json:"key"` // of the item, else the kind again
	Quantity float64  `json:"quantity"`
	Unit     string   `json:"unit"`
	Formula  string   `json:"formula"` // of the cost
	// The costs of all lines add up to cost, their prices to price, their nets to net.
	CostCents  money.Cents `json:"cost_cents"`
	PriceCents money.Cents `json:"price_cents"`
	NetCents   money.Cents `json:"net_cents"`
}

// LineKind is the leg that a line belongs to.
type LineKind string

// The legs.
const (
	LineMaterial   LineKind = "material"
	LineLabor      LineKind = "labor"
	LineRemoval    LineKind = "removal"
	LineEquipment  LineKind = "equipment"
	LineTravel     LineKind = "travel"
	LineOverhead   LineKind = "overhead"
	LineBaseCharge LineKind = "base_charge"
)

// ledger writes lines.
type ledger struct {
	formula.Writer
	check document.Check
	terms *Terms
	lines []Line
	ends  []int // of the lines' formulas
	warn  []takeoff.Warning
}

// tiny is the noise of floating point that must not make one more pack or mile.
const tiny = 1e-9

// add rounds a line's cost, half up, once. pointer names whose number is at fault when it is too large.
func (g *ledger) add(line Line, cents float64, pointer string) {
	c, ok := money.FromFloat(cents)
	if !ok {
		g.check.Add(pointer, "makes an amount past %s", money.Max)
	}
	line.CostCents = c
	g.lines = append(g.lines, line)
	g.ends = append(g.ends, g.Len())
}

// finish gives the lines their formulas.
func (g *ledger) finish() {
	text, from := g.String(), 0
	for i, end := range g.ends {
		g.lines[i].Formula = text[from:end]
		from = end
	}
}

// materials adds a line for every item of the take-off.
func (g *ledger) materials(items []takeoff.Item) {
	for i := range items {
		g.material(&items[i])
	}
	_, feet := g.terms.Prices.Items[takeoff.KeyFabricFt]
	_, rolls := g.terms.Prices.Items[takeoff.KeyFabricRoll]
	if feet && rolls {
		g.warnTwice(items)
	}
}

func (g *ledger) material(item *takeoff.Item) {
	cents := 0.0
	rest := item.OrderQuantity
	factor := g.terms.Zone.MaterialFactor
	for _, part := range item.Parts {
		price, own := g.terms.Prices.Styles[part.Style][item.Key]
		if own && part.Style != "" {
			cents += g.bought(part.OrderQuantity, price) * factor
			g.Words(" + ")
			rest -= part.OrderQuantity
		}
	}
	pointer := ""
	if rest > tiny || len(item.Parts) == 0 {
		price, known := g.terms.Prices.Items[item.Key]
		switch {
		case known:
			cents += g.bought(rest, price) * factor
		case g.otherMeasure(item.Key):
		default:
			pointer = "/prices/items/" + item.Key
			g.check.Add(pointer, "prices.items.%s is missing: the take-off has this item", item.Key)
		}
	}
	if pointer == "" && cents > float64(money.Max) {
		pointer = "/prices/items/" + item.Key + "/cost_cents"
	}
	g.add(Line{Kind: LineMaterial, Key: item.Key, Quantity: item.OrderQuantity, Unit: item.Unit}, cents, pointer)
}

// bought is the cost of whole packs, before the zone.
func (g *ledger) bought(quantity float64, price ItemPrice) float64 {
	packs := math.Ceil(quantity/float64(price.Pack) - tiny)
	g.Num(quantity)
	if price.Pack > 1 {
		g.Words(" ÷ ").Count(price.Pack).Words(" → ").Num(packs)
	}
	g.Words(" × ").Amount(price.CostCents).Words(" × ").Num(g.terms.Zone.MaterialFactor)
	return packs * float64(price.CostCents)
}

// otherMeasure tells that an item without a price is fabric that is priced by its other measure. Fabric is
// taken off both by the foot and by the roll, and bought once.
func (g *ledger) otherMeasure(key string) bool {
	other := ""
	switch key {
	case takeoff.KeyFabricFt:
		other = takeoff.KeyFabricRoll
	case takeoff.KeyFabricRoll:
		other = takeoff.KeyFabricFt
	default:
		return false
	}
	_, known := g.terms.Prices.Items[other]
	if known {
		g.Words("bought as ").Words(other)
	}
	return known
}

func (g *ledger) warnTwice(items []takeoff.Item) {
	feet, rolls := g.terms.Prices.Items[takeoff.KeyFabricFt], g.terms.Prices.Items[takeoff.KeyFabricRoll]
	if feet.CostCents == 0 || rolls.CostCents == 0 {
		return
	}
	for i := range items {
		if items[i].Key == takeoff.KeyFabricFt {
			g.warn = append(g.warn, takeoff.Warning{Code: "fabric-priced-twice", From: items[i].From,
				Message: "Fabric has a price by the foot and by the roll: it is charged twice."})
		}
	}
}

// labor adds the hours of setting posts, hanging fence and hanging gates.
func (g *ledger) labor(t *takeoff.TakeOff) {
	l, factor := &g.terms.Prices.Labor, g.terms.Zone.LaborFactor
	hours := float64(t.Posts.Total)*l.PerPostHours + t.NetLengthFt*l.PerFtHours + float64(t.GateCount)*l.PerGateHours
	g.Words("(").Some(t.Posts.Total, "post").Words(" × ").Num(l.PerPostHours).Words(" h + ").
		Num(t.NetLengthFt).Words(" ft × ").Num(l.PerFtHours).Words(" h + ").
		Some(t.GateCount, "gate").Words(" × ").Num(l.PerGateHours).Words(" h) × ").
		Amount(l.RateCentsPerHour).Words(" × ").Num(factor)
	g.add(Line{Kind: LineLabor, Key: string(LineLabor), Quantity: math.Round(hours*1e6) / 1e6, Unit: "hour"},
		hours*float64(l.RateCentsPerHour)*factor, "/prices/labor/rate_cents_per_hour")
}

// removal is labor, and zoned like it.
func (g *ledger) removal(t *takeoff.TakeOff) {
	rate, factor := g.terms.Prices.RemovalCentsPerFt, g.terms.Zone.LaborFactor
	g.Num(t.RemovalFt).Words(" ft × ").Amount(rate).Words(" × ").Num(factor)
	g.add(Line{Kind: LineRemoval, Key: string(LineRemoval), Quantity: t.RemovalFt, Unit: "ft"},
		t.RemovalFt*float64(rate)*factor, "/prices/removal_cents_per_ft")
}

func (g *ledger) equipment() {
	cents, factor := g.terms.Prices.EquipmentCents, g.terms.Zone.EquipmentFactor
	if cents == 0 {
		return
	}
	g.Amount(cents).Words(" × ").Num(factor)
	g.add(Line{Kind: LineEquipment, Key: string(LineEquipment), Quantity: 1, Unit: "job"},
		float64(cents)*factor, "/prices/equipment_cents")
}

func (g *ledger) travel() {
	t := &g.terms.Travel
	steps := 0.0
	if t.Miles > t.FreeMiles && t.StepCents > 0 {
		steps = math.Ceil((t.Miles-t.FreeMiles)/t.StepMiles - tiny)
	}
	g.Words("(").Num(t.Miles).Words(" mi − ").Num(t.FreeMiles).Words(" mi) ÷ ").Num(t.StepMiles).
		Words(" mi → ").Num(steps).Words(" × ").Amount(t.StepCents)
	g.add(Line{Kind: LineTravel, Key: string(LineTravel), Quantity: steps, Unit: "step"},
		steps*float64(t.StepCents), "/travel/step_cents")
}

func (g *ledger) overhead(direct money.Cents) {
	g.Num(g.terms.OverheadPct).Words(" % of ").Amount(direct)
	g.add(Line{Kind: LineOverhead, Key: string(LineOverhead), Quantity: 1, Unit: "job"},
		float64(direct)*g.terms.OverheadPct/100, "/overhead_pct")
}
