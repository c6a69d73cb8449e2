package pricing

import (
	"math"

	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

// Calculate takes a layout off and prices it.
func Calculate(in Input) (Price, error) {
	t, err := takeoff.Calculate(in.Layout)
	if err != nil {
		var p fault.Problems
		p.Under("/layout", err)
		return Price{}, p.Err()
	}
	return FromTakeOff(t, in.Terms)
}

// FromTakeOff prices a take-off that is already made: one layout may be priced on many terms. A take-off
// that lacks a price, and terms out of bounds, are a fault of kind Invalid whose fields are JSON pointers
// into the price document.
func FromTakeOff(t takeoff.TakeOff, terms Terms) (Price, error) {
	g := ledger{terms: &terms, warn: []takeoff.Warning{}}
	terms.check(&g.check)
	if g.check.Any() {
		return Price{}, g.check.Err()
	}
	g.Grow(1024)
	g.lines = make([]Line, 0, len(t.Items)+6)
	g.ends = make([]int, 0, cap(g.lines))
	g.materials(t.Items)
	g.labor(&t)
	g.removal(&t)
	g.equipment()
	g.travel()
	var p Price
	p.sum(g.lines)
	g.overhead(p.DirectCents)
	if !g.check.Any() {
		p.charge(&g, t.DrawnLengthFt)
	}
	if g.check.Any() {
		return Price{}, g.check.Err()
	}
	g.finish()
	p.Lines, p.Warnings = g.lines, g.warn
	return p, nil
}

// sum adds lines up to legs, and legs to direct cost.
func (p *Price) sum(lines []Line) {
	for i := range lines {
		c := lines[i].CostCents
		switch lines[i].Kind {
		case LineMaterial:
			p.MaterialCents += c
		case LineLabor:
			p.LaborCents += c
		case LineRemoval:
			p.RemovalCents += c
		case LineEquipment:
			p.EquipmentCents += c
		case LineTravel:
			p.TravelCents += c
		}
		p.DirectCents += c
	}
}

// charge makes the price of the cost, and everything after it.
func (p *Price) charge(g *ledger, drawnFt float64) {
	terms := g.terms
	p.OverheadCents = g.lines[len(g.lines)-1].CostCents
	p.CostCents = p.DirectCents + p.OverheadCents
	if p.CostCents > money.Max {
		g.check.Add("/prices", "makes a cost past %s", money.Max)
		return
	}
	made, ok := money.FromFloat(terms.Method.price(p.CostCents, drawnFt) * (1 + terms.AdjustmentPct/100))
	p.BaseChargeCents = terms.BaseChargeCents
	p.PriceCents = made + p.BaseChargeCents
	if !ok || p.PriceCents > money.Max {
		g.check.Add("/method", "makes a price past %s", money.Max)
		return
	}
	// Shares of price cannot pass the bound that price keeps.
	p.DiscountCents, _ = money.FromFloat(float64(p.PriceCents) * terms.DiscountPct / 100)
	p.NetCents = p.PriceCents - p.DiscountCents
	p.TaxCents, _ = money.FromFloat(float64(p.NetCents) * terms.Tax.share(p))
	p.TotalCents = p.NetCents + p.TaxCents
	if p.TotalCents > money.Max {
		g.check.Add("/tax/rate", "makes a total past %s", money.Max)
		return
	}
	if p.NetCents > 0 {
		p.MarginPct = math.Round(float64(p.NetCents-p.CostCents)/float64(p.NetCents)*1e4) / 100
	}
	if drawnFt > 0 {
		p.PricePerFtCents, _ = money.FromFloat(float64(p.PriceCents) / drawnFt)
	}
	p.spread(g, made)
}

// price is what the method asks, in cents, not yet rounded.
func (m *Method) price(cost money.Cents, drawnFt float64) float64 {
	switch m.Kind {
	case MethodMargin:
		return float64(cost) / (1 - m.Pct/100)
	case MethodMarkup:
		return float64(cost) * (1 + m.Pct/100)
	case MethodPerFoot:
		return float64(m.CentsPerFt) * drawnFt
	default:
		return float64(m.Cents)
	}
}

// share is the tax as a share of net.
func (t *Tax) share(p *Price) float64 {
	switch t.Mode {
	case TaxFull:
		return t.Rate
	case TaxSeparated:
		if p.DirectCents > 0 {
			return t.Rate * float64(p.MaterialCents) / float64(p.DirectCents)
		}
	}
	return 0
}

// spread gives every line its share of price by cost, and of net by price, to the cent. The base charge is
// a line of its own that costs nothing.
func (p *Price) spread(g *ledger, made money.Cents) {
	weights := make([]money.Cents, len(g.lines), len(g.lines)+1)
	for i := range g.lines {
		weights[i] = g.lines[i].CostCents
	}
	for i, part := range money.Allocate(made, weights) {
		g.lines[i].PriceCents = part
		weights[i] = part
	}
	if p.BaseChargeCents > 0 {
		g.Words("once a job")
		g.add(Line{Kind: LineBaseCharge, Key: string(LineBaseCharge), Quantity: 1, Unit: "job"}, 0, "")
		g.lines[len(g.lines)-1].PriceCents = p.BaseChargeCents
		weights = append(weights, p.BaseChargeCents)
	}
	for i, part := range money.Allocate(p.NetCents, weights) {
		g.lines[i].NetCents = part
	}
}
