package pricing

import (
	"maps"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/platform/money"
)

// Bounds of what a company may ask for; beyond them a zero too many was typed.
const (
	maxUnitCents   = 100_000_000 // a million dollars for one of anything
	maxPack        = 1_000_000
	maxHours       = 1_000
	maxMiles       = 10_000
	minFactor      = 0.1
	maxFactor      = 10
	maxMarginPct   = 99
	maxSharePct    = 1_000
	minAdjustPct   = -90
	minStepMiles   = 0.1
	maxPriceKeys   = 1_000
	maxPriceStyles = 100
)

// check notes what is wrong with the terms by themselves.
func (t *Terms) check(c *document.Check) {
	t.Prices.check(c)
	c.Number("/zone/material_factor", t.Zone.MaterialFactor, minFactor, maxFactor)
	c.Number("/zone/labor_factor", t.Zone.LaborFactor, minFactor, maxFactor)
	c.Number("/zone/equipment_factor", t.Zone.EquipmentFactor, minFactor, maxFactor)
	t.Travel.check(c)
	c.Number("/overhead_pct", t.OverheadPct, 0, maxSharePct)
	t.Method.check(c)
	c.Number("/adjustment_pct", t.AdjustmentPct, minAdjustPct, maxSharePct)
	amount(c, "/base_charge_cents", t.BaseChargeCents)
	c.Number("/discount_pct", t.DiscountPct, 0, 100)
	switch t.Tax.Mode {
	case TaxNone, TaxLumpSum, TaxSeparated, TaxFull:
	default:
		c.Add("/tax/mode", "must be none, lump_sum, separated or full")
	}
	c.Number("/tax/rate", t.Tax.Rate, 0, 1)
}

func (p *Prices) check(c *document.Check) {
	checkItems(c, "/prices/items", p.Items)
	if len(p.Styles) > maxPriceStyles {
		c.Add("/prices/styles", "has more than %d entries", maxPriceStyles)
		return
	}
	if len(p.Styles) > 0 {
		for _, style := range slices.Sorted(maps.Keys(p.Styles)) {
			checkItems(c, "/prices/styles/"+token(style), p.Styles[style])
		}
	}
	c.Whole("/prices/labor/rate_cents_per_hour", int64(p.Labor.RateCentsPerHour), 0, maxUnitCents)
	c.Number("/prices/labor/per_post_hours", p.Labor.PerPostHours, 0, maxHours)
	c.Number("/prices/labor/per_ft_hours", p.Labor.PerFtHours, 0, maxHours)
	c.Number("/prices/labor/per_gate_hours", p.Labor.PerGateHours, 0, maxHours)
	c.Whole("/prices/removal_cents_per_ft", int64(p.RemovalCentsPerFt), 0, maxUnitCents)
	amount(c, "/prices/equipment_cents", p.EquipmentCents)
}

func checkItems(c *document.Check, pointer string, items map[string]ItemPrice) {
	if len(items) > maxPriceKeys {
		c.Add(pointer, "has more than %d entries", maxPriceKeys)
		return
	}
	bad := []string(nil)
	for key, p := range items {
		if p.CostCents < 0 || p.CostCents > maxUnitCents || p.Pack < 1 || p.Pack > maxPack {
			bad = append(bad, key)
		}
	}
	slices.Sort(bad) // the same document always gives the same answer
	for _, key := range bad {
		p := items[key]
		c.Whole(pointer+"/"+token(key)+"/cost_cents", int64(p.CostCents), 0, maxUnitCents)
		c.Whole(pointer+"/"+token(key)+"/pack", int64(p.Pack), 1, maxPack)
	}
}

func (t *Travel) check(c *document.Check) {
	c.Number("/travel/miles", t.Miles, 0, maxMiles)
	c.Number("/travel/free_miles", t.FreeMiles, 0, maxMiles)
	c.Whole("/travel/step_cents", int64(t.StepCents), 0, maxUnitCents)
	least := 0.0
	if t.StepCents > 0 {
		least = minStepMiles
	}
	c.Number("/travel/step_miles", t.StepMiles, least, maxMiles)
}

func (m *Method) check(c *document.Check) {
	switch m.Kind {
	case MethodMargin:
		c.Number("/method/pct", m.Pct, 0, maxMarginPct)
	case MethodMarkup:
		c.Number("/method/pct", m.Pct, 0, maxSharePct)
	case MethodPerFoot:
		c.Whole("/method/cents_per_ft", int64(m.CentsPerFt), 0, maxUnitCents)
	case MethodFixed:
		amount(c, "/method/cents", m.Cents)
	default:
		c.Add("/method/kind", "must be margin, markup, per_foot or fixed")
		return
	}
	if m.Pct != 0 && m.Kind != MethodMargin && m.Kind != MethodMarkup {
		c.Add("/method/pct", "does not belong to a price that is %s", m.Kind)
	}
	if m.CentsPerFt != 0 && m.Kind != MethodPerFoot {
		c.Add("/method/cents_per_ft", "belongs to per_foot, not to %s", m.Kind)
	}
	if m.Cents != 0 && m.Kind != MethodFixed {
		c.Add("/method/cents", "belongs to fixed, not to %s", m.Kind)
	}
}

func amount(c *document.Check, pointer string, v money.Cents) {
	c.Whole(pointer, int64(v), 0, int64(money.Max))
}

// token escapes a key for use in a JSON pointer.
var token = strings.NewReplacer("~", "~0", "/", "~1").Replace
