package quoting

import (
	"fmt"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/platform/money"
)

// Charges are what a version does to the prices of its lines. Of discount and deposit one form is given.
type Charges struct {
	DiscountBP    int         // of price, in basis points
	DiscountCents money.Cents // an amount
	DepositBP     int         // of total
	DepositCents  money.Cents // an amount
	Tax           pricing.Tax
}

// Totals are what an option costs and what is asked for it.
type Totals struct {
	CostCents     money.Cents `json:"cost_cents,omitzero"`
	PriceCents    money.Cents `json:"price_cents"`
	DiscountCents money.Cents `json:"discount_cents"`
	NetCents      money.Cents `json:"net_cents"`
	TaxCents      money.Cents `json:"tax_cents"`
	TotalCents    money.Cents `json:"total_cents"`
	DepositCents  money.Cents `json:"deposit_cents"`
}

// basis is what a separated contract taxes of the calculated lines: the share of material in direct cost.
type basis struct{ material, direct money.Cents }

// settle adds up an option and gives every line its share of net. An optional line stands by itself: a
// discount is for what everybody buys, and what a switch on the homeowner's page says is what it adds.
// For calculated lines alone the result is what pricing calculates, to the cent.
func (c Charges) settle(b basis, lines []Line) (Totals, error) {
	var t Totals
	prices := make([]money.Cents, len(lines))
	for i := range lines {
		if !lines[i].Optional {
			t.CostCents += lines[i].CostCents
			t.PriceCents += lines[i].PriceCents
			prices[i] = lines[i].PriceCents
		}
	}
	if t.PriceCents > money.Max || t.CostCents > money.Max {
		return Totals{}, fmt.Errorf("an option past %s", money.Max)
	}
	t.DiscountCents = min(c.DiscountCents, t.PriceCents)
	if c.DiscountBP > 0 {
		t.DiscountCents = share(t.PriceCents, c.DiscountBP)
	}
	t.NetCents = t.PriceCents - t.DiscountCents
	for i, net := range money.Allocate(t.NetCents, prices) {
		lines[i].NetCents = net
		if lines[i].Optional {
			lines[i].NetCents = lines[i].PriceCents
			lines[i].TaxCents = c.taxOf(b, lines[i:i+1])
		}
	}
	t.TaxCents = c.taxOf(b, bought(lines))
	t.TotalCents = t.NetCents + t.TaxCents
	t.DepositCents = c.deposit(t.TotalCents)
	return t, nil
}

func bought(lines []Line) []Line {
	var in []Line
	for _, l := range lines {
		if !l.Optional {
			in = append(in, l)
		}
	}
	return in
}

// taxOf is taken on everything, or on materials: of the calculated lines their share, of extras those that are
// material.
func (c Charges) taxOf(b basis, lines []Line) money.Cents {
	var calculated, materials, all money.Cents
	for _, l := range lines {
		all += l.NetCents
		switch {
		case l.ExtraID == nil:
			calculated += l.NetCents
		case l.Kind == KindMaterial:
			materials += l.NetCents
		}
	}
	var cents float64
	switch c.Tax.Mode {
	case pricing.TaxFull:
		cents = float64(all) * c.Tax.Rate
	case pricing.TaxSeparated:
		cents = float64(materials) * c.Tax.Rate
		if b.direct > 0 {
			cents += float64(calculated) * (c.Tax.Rate * float64(b.material) / float64(b.direct))
		}
	}
	tax, _ := money.FromFloat(cents) // a share of net, which is within bounds
	return tax
}

// deposit is what is due when the homeowner signs.
func (c Charges) deposit(total money.Cents) money.Cents {
	if c.DepositBP > 0 {
		return share(total, c.DepositBP)
	}
	return min(c.DepositCents, total)
}

// share is bp basis points of an amount, rounded half up; it never passes the amount.
func share(of money.Cents, bp int) money.Cents {
	part, _ := money.FromFloat(float64(of) * float64(bp) / 10_000)
	return part
}
