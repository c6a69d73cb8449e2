package quoting

import (
	"testing"

	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

func anyCharges(t *rapid.T) Charges {
	c := Charges{Tax: pricing.Tax{
		Mode: rapid.SampledFrom([]pricing.TaxMode{pricing.TaxNone, pricing.TaxLumpSum, pricing.TaxSeparated, pricing.TaxFull}).Draw(t, "mode"),
		Rate: float64(rapid.IntRange(0, 2_000_000).Draw(t, "rate")) / 10_000_000,
	}}
	if rapid.Bool().Draw(t, "by share") {
		c.DiscountBP, c.DepositBP = rapid.IntRange(0, 10_000).Draw(t, "discount"), rapid.IntRange(0, 10_000).Draw(t, "deposit")
	} else {
		c.DiscountCents = money.Cents(rapid.Int64Range(0, 1e9).Draw(t, "discount"))
		c.DepositCents = money.Cents(rapid.Int64Range(0, 1e9).Draw(t, "deposit"))
	}
	return c
}

func anyLine(t *rapid.T) Line {
	l := Line{
		CostCents:  money.Cents(rapid.Int64Range(0, 1e8).Draw(t, "cost")),
		PriceCents: money.Cents(rapid.Int64Range(0, 1e8).Draw(t, "price")),
		Kind:       rapid.SampledFrom([]LineKind{KindMaterial, KindLabor}).Draw(t, "kind"),
	}
	if rapid.Bool().Draw(t, "extra") {
		extra := id.New()
		l.ExtraID, l.Optional = &extra, rapid.Bool().Draw(t, "optional")
	}
	return l
}

func TestLinesAddUpToTheTotalAndNoCentIsCreated(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCharges(t)
		lines := rapid.SliceOfN(rapid.Custom(anyLine), 0, 40).Draw(t, "lines")
		direct := money.Cents(rapid.Int64Range(0, 1e9).Draw(t, "direct"))
		b := basis{direct: direct, material: money.Cents(rapid.Int64Range(0, int64(direct)).Draw(t, "material"))}
		got, err := c.settle(b, lines)
		if err != nil {
			t.Fatal(err)
		}
		var price, net, cost money.Cents
		for _, l := range lines {
			if l.Optional {
				if l.NetCents != l.PriceCents || l.TaxCents < 0 || l.TaxCents > l.NetCents {
					t.Fatalf("an optional line of %s has net %s and tax %s", l.PriceCents, l.NetCents, l.TaxCents)
				}
				continue
			}
			price, net, cost = price+l.PriceCents, net+l.NetCents, cost+l.CostCents
			if l.NetCents < 0 || l.TaxCents != 0 {
				t.Fatalf("a line of %s has net %s and tax %s of its own", l.PriceCents, l.NetCents, l.TaxCents)
			}
		}
		if price != got.PriceCents || cost != got.CostCents || net != got.NetCents {
			t.Fatalf("lines make price %s, net %s, cost %s; the totals say %+v", price, net, cost, got)
		}
		if got.PriceCents-got.DiscountCents != got.NetCents || got.NetCents+got.TaxCents != got.TotalCents {
			t.Fatalf("totals do not add up: %+v", got)
		}
		if got.DiscountCents < 0 || got.DiscountCents > got.PriceCents || got.TaxCents < 0 || got.TaxCents > got.NetCents ||
			got.DepositCents < 0 || got.DepositCents > got.TotalCents {
			t.Fatalf("an amount out of bounds: %+v", got)
		}
	})
}

// What pricing calculates of a discount in percent and a tax is what a quote of the same lines says.
func TestTotalsOfCalculatedLinesArePricings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCharges(t)
		c.DiscountBP, c.DiscountCents = rapid.IntRange(0, 10_000).Draw(t, "bp"), 0
		terms := referenceTerms()
		terms.DiscountPct, terms.Tax = float64(c.DiscountBP)/100, c.Tax
		want, err := pricing.Calculate(pricing.Input{Layout: pricing.ReferenceYard(), Terms: terms})
		if err != nil {
			t.Fatal(err)
		}
		var lines []Line
		for _, l := range want.Lines {
			lines = append(lines, calculatedLine(l, nil))
		}
		got, err := c.settle(basis{material: want.MaterialCents, direct: want.DirectCents}, lines)
		if err != nil {
			t.Fatal(err)
		}
		if got.PriceCents != want.PriceCents || got.DiscountCents != want.DiscountCents || got.NetCents != want.NetCents ||
			got.TaxCents != want.TaxCents || got.TotalCents != want.TotalCents || got.CostCents != want.CostCents {
			t.Fatalf("%+v %s: got %+v, pricing says price %s, discount %s, net %s, tax %s, total %s",
				c, c.Tax.Mode, got, want.PriceCents, want.DiscountCents, want.NetCents, want.TaxCents, want.TotalCents)
		}
	})
}

func referenceTerms() pricing.Terms {
	items := map[string]pricing.ItemPrice{"screw": {CostCents: 3400, Pack: 500}}
	for key, cents := range map[string]money.Cents{
		"post_line": 1250, "post_end": 1250, "post_corner": 1250, "post_gate": 3800, "rail": 525, "picket": 285, "gate_picket": 285, "gate_kit": 6500, "concrete_bag": 620,
	} {
		items[key] = pricing.ItemPrice{CostCents: cents, Pack: 1}
	}
	return pricing.Terms{
		Prices: pricing.Prices{Items: items, Labor: pricing.Labor{RateCentsPerHour: 4200, PerPostHours: 0.75, PerFtHours: 0.12, PerGateHours: 2}},
		Zone:   pricing.Zone{MaterialFactor: 1.02, LaborFactor: 1.1, EquipmentFactor: 1}, Travel: pricing.Travel{StepMiles: 5},
		OverheadPct: 12, Method: pricing.Method{Kind: pricing.MethodMargin, Pct: 35},
	}
}
