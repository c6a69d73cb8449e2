package pricing

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/money"
)

func TestMethods(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method Method
		price  money.Cents
		margin float64
	}{
		"margin of 35 %":       {Method{Kind: MethodMargin, Pct: 35}, 684922, 35},
		"no margin":            {Method{Kind: MethodMargin}, 445199, 0},
		"markup of 53.85 %":    {Method{Kind: MethodMarkup, Pct: 53.85}, 684939, 35},
		"markup of 50 %":       {Method{Kind: MethodMarkup, Pct: 50}, 667799, 33.33},
		"$48 a drawn foot":     {Method{Kind: MethodPerFoot, CentsPerFt: 4800}, 672000, 33.75},
		"as agreed":            {Method{Kind: MethodFixed, Cents: 250000}, 250000, -78.08},
		"as agreed, a present": {Method{Kind: MethodFixed}, 0, 0},
	} {
		in := goldD(t)
		in.Method = test.method
		p := mustCalculate(t, in)
		if p.PriceCents != test.price || p.MarginPct != test.margin || p.CostCents != 445199 {
			t.Errorf("%s: price %v, margin %v %%, cost %v; want %v, %v %%, $4,451.99", name, p.PriceCents, p.MarginPct, p.CostCents, test.price, test.margin)
		}
		linesAddUp(t, p)
	}
}

func TestTaxModes(t *testing.T) {
	t.Parallel()
	for mode, want := range map[TaxMode]money.Cents{
		TaxNone: 0, TaxLumpSum: 0,
		TaxFull:      50855, // 616,429.8 × 8.25 %, of net
		TaxSeparated: 26593, // × 2,078.61 ÷ 3,974.99
	} {
		in := goldD(t)
		in.DiscountPct = 10
		in.Tax = Tax{Mode: mode, Rate: 0.0825}
		p := mustCalculate(t, in)
		if p.DiscountCents != 68492 || p.NetCents != 616430 || p.TaxCents != want || p.TotalCents != 616430+want {
			t.Errorf("%s: discount %v, net %v, tax %v, total %v; want $684.92, $6,164.30, %v and their sum",
				mode, p.DiscountCents, p.NetCents, p.TaxCents, p.TotalCents, want)
		}
		linesAddUp(t, p)
	}
}

func TestDiscountLowersTheMargin(t *testing.T) {
	t.Parallel()
	in := goldD(t)
	in.DiscountPct = 100
	p := mustCalculate(t, in)
	if p.NetCents != 0 || p.TotalCents != 0 || p.MarginPct != 0 || p.PriceCents != 684922 {
		t.Errorf("given away: net %v, total %v, margin %v, price %v; want nothing but the price", p.NetCents, p.TotalCents, p.MarginPct, p.PriceCents)
	}
	in.DiscountPct = 35
	if p := mustCalculate(t, in); p.NetCents != 445199 || p.MarginPct != 0 {
		t.Errorf("35 %% off: net %v, margin %v; want cost and 0", p.NetCents, p.MarginPct)
	}
}

func TestTravelChargesStepsBegun(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		travel Travel
		want   money.Cents
	}{
		"none":                  {Travel{}, 0},
		"within the free miles": {Travel{Miles: 25, FreeMiles: 25, StepMiles: 5, StepCents: 350}, 0},
		"one mile past":         {Travel{Miles: 26, FreeMiles: 25, StepMiles: 5, StepCents: 350}, 350},
		"exactly one step":      {Travel{Miles: 30, FreeMiles: 25, StepMiles: 5, StepCents: 350}, 350},
		"into the third step":   {Travel{Miles: 38, FreeMiles: 25, StepMiles: 5, StepCents: 350}, 1050},
		"steps of a tenth":      {Travel{Miles: 25.3, FreeMiles: 25, StepMiles: 0.1, StepCents: 10}, 30},
		"nothing free":          {Travel{Miles: 10, StepMiles: 5, StepCents: 350}, 700},
		"miles without a price": {Travel{Miles: 10}, 0},
	} {
		in := goldD(t)
		in.Travel = test.travel
		if got := mustCalculate(t, in).TravelCents; got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestPacksAreBoughtWhole(t *testing.T) {
	t.Parallel()
	for pack, want := range map[int]money.Cents{1: 1782 * 3468, 100: 18 * 3468, 500: 4 * 3468, 891: 2 * 3468, 1782: 3468, 5000: 3468} {
		in := goldD(t)
		in.Prices.Items["screw"] = ItemPrice{CostCents: 3400, Pack: pack}
		for _, l := range mustCalculate(t, in).Lines {
			if l.Key == "screw" && l.CostCents != want {
				t.Errorf("packs of %d: %v, want %v", pack, l.CostCents, want)
			}
		}
	}
}

func TestZoneScalesEachKindOfCost(t *testing.T) {
	t.Parallel()
	in := goldD(t)
	in.Prices.EquipmentCents = 10000
	in.Zone = Zone{MaterialFactor: 1, LaborFactor: 2, EquipmentFactor: 3}
	p := mustCalculate(t, in)
	want := [...]money.Cents{203785, 279888, 63000, 30000, 1050}
	if got := [...]money.Cents{p.MaterialCents, p.LaborCents, p.RemovalCents, p.EquipmentCents, p.TravelCents}; got != want {
		t.Errorf("material, labor, removal, equipment, travel = %v, want %v", got, want)
	}
	linesAddUp(t, p)
}

func TestTiersAdjustThePriceAndAddTheirBaseCharge(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		adjustment float64
		base       money.Cents
		want       money.Cents
	}{
		"basic":   {0, 29900, 714822},
		"premium": {10, 59900, 813314},
		"elite":   {-5.5, 99900, 747151},
	} {
		in := goldD(t)
		in.AdjustmentPct, in.BaseChargeCents = test.adjustment, test.base
		p := mustCalculate(t, in)
		if p.PriceCents != test.want || p.BaseChargeCents != test.base || p.CostCents != 445199 {
			t.Errorf("%s: price %v with %v once, cost %v; want %v, %v, $4,451.99", name, p.PriceCents, p.BaseChargeCents, p.CostCents, test.want, test.base)
		}
		last := p.Lines[len(p.Lines)-1]
		if last.Kind != LineBaseCharge || last.PriceCents != test.base || last.CostCents != 0 {
			t.Errorf("%s: last line %+v, want the base charge", name, last)
		}
		linesAddUp(t, p)
	}
}

func TestStylesOfOneLayoutMayHaveTheirOwnPrices(t *testing.T) {
	t.Parallel()
	in := goldD(t)
	in.Layout.Styles = map[string]takeoff.Style{"front": {Kind: takeoff.KindWood, RailWastePct: new(0.0)}}
	in.Layout.Segments[2].Style = "front"
	rail := func(in Input) money.Cents {
		p := mustCalculate(t, in)
		i := slices.IndexFunc(p.Lines, func(l Line) bool { return l.Key == "rail" })
		return p.Lines[i].CostCents
	}
	// 13 bays of the default style take 41 rails with waste, 5 bays of front 15.
	if got, want := rail(in), money.Cents(29988); got != want {
		t.Errorf("at one price: %v, want %v", got, want)
	}
	in.Prices.Styles = map[string]map[string]ItemPrice{"front": {"rail": {CostCents: 1000, Pack: 10}}}
	if got, want := rail(in), money.Cents(21956+2040); got != want { // 219.555 + 20.40, rounded once
		t.Errorf("front at its own price: %v, want %v", got, want)
	}
}

func TestFabricIsBoughtByItsFootOrItsRoll(t *testing.T) {
	t.Parallel()
	in := goldD(t)
	in.Layout.Style = takeoff.Style{Kind: takeoff.KindChainLink}
	to, err := takeoff.Calculate(in.Layout)
	if err != nil {
		t.Fatal(err)
	}
	in.Prices.Items = map[string]ItemPrice{}
	for _, item := range to.Items {
		in.Prices.Items[item.Key] = ItemPrice{CostCents: 100, Pack: 1}
	}
	in.Zone = Unzoned
	both := mustCalculate(t, in)
	if len(both.Warnings) != 1 || both.Warnings[0].Code != "fabric-priced-twice" {
		t.Errorf("warnings %+v, want one of fabric-priced-twice", both.Warnings)
	}
	delete(in.Prices.Items, "fabric_ft")
	rolls := mustCalculate(t, in)
	if got := both.MaterialCents - rolls.MaterialCents; got != 13600 || len(rolls.Warnings) != 0 {
		t.Errorf("136 ft of fabric by the foot are %v more, warnings %v; want $136.00, none", got, rolls.Warnings)
	}
	delete(in.Prices.Items, "fabric_roll")
	_, err = Calculate(in)
	wantProblem(t, "fabric without any price", err, "/prices/items/fabric_ft")
}

// linesAddUp fails unless the lines carry every cent of the price.
func linesAddUp(t testing.TB, p Price) {
	t.Helper()
	var cost, price, net money.Cents
	legs := map[LineKind]money.Cents{}
	for _, l := range p.Lines {
		cost += l.CostCents
		price += l.PriceCents
		net += l.NetCents
		legs[l.Kind] += l.CostCents
		if l.CostCents < 0 || l.PriceCents < 0 || l.NetCents < 0 || l.NetCents > l.PriceCents+1 {
			t.Errorf("line %+v has amounts below zero or a net above its price", l)
		}
	}
	if cost != p.CostCents || price != p.PriceCents || net != p.NetCents {
		t.Errorf("lines add up to cost %v, price %v, net %v; want %v, %v, %v", cost, price, net, p.CostCents, p.PriceCents, p.NetCents)
	}
	want := map[LineKind]money.Cents{LineMaterial: p.MaterialCents, LineLabor: p.LaborCents, LineRemoval: p.RemovalCents,
		LineEquipment: p.EquipmentCents, LineTravel: p.TravelCents, LineOverhead: p.OverheadCents}
	for _, m := range []map[LineKind]money.Cents{want, legs} {
		maps.DeleteFunc(m, func(_ LineKind, c money.Cents) bool { return c == 0 })
	}
	if diff := cmp.Diff(want, legs); diff != "" {
		t.Errorf("legs differ from their lines (-leg +lines):\n%s", diff)
	}
	direct := p.MaterialCents + p.LaborCents + p.RemovalCents + p.EquipmentCents + p.TravelCents
	if p.DirectCents != direct || p.CostCents != direct+p.OverheadCents || p.NetCents != p.PriceCents-p.DiscountCents || p.TotalCents != p.NetCents+p.TaxCents {
		t.Errorf("legs do not add up: %+v", p)
	}
}

func TestNoCentIsCreatedOrLost(t *testing.T) {
	t.Parallel()
	gold := goldD(t)
	to, err := takeoff.Calculate(gold.Layout)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		terms := drawnTerms(rt, to)
		p, err := FromTakeOff(to, terms)
		if err != nil {
			rt.Fatalf("FromTakeOff: %v", err)
		}
		linesAddUp(t, p)
		if t.Failed() {
			rt.Fatalf("terms %+v", terms)
		}
		if want := math.Floor(float64(p.PriceCents)*terms.DiscountPct/100 + 0.5); math.Abs(float64(p.DiscountCents)-want) > 1 {
			rt.Errorf("discount %v, want about %v", p.DiscountCents, want)
		}
	})
}

func drawnTerms(t *rapid.T, to takeoff.TakeOff) Terms {
	cents := func(name string, most int64) money.Cents { return money.Cents(rapid.Int64Range(0, most).Draw(t, name)) }
	float := func(name string, lo, hi float64) float64 { return rapid.Float64Range(lo, hi).Draw(t, name) }
	items := map[string]ItemPrice{}
	for _, item := range to.Items {
		items[item.Key] = ItemPrice{CostCents: cents(item.Key, 100_000), Pack: rapid.IntRange(1, 700).Draw(t, "pack")}
	}
	method := Method{Kind: rapid.SampledFrom([]MethodKind{MethodMargin, MethodMarkup, MethodPerFoot, MethodFixed}).Draw(t, "method")}
	switch method.Kind {
	case MethodMargin:
		method.Pct = float("margin", 0, maxMarginPct)
	case MethodMarkup:
		method.Pct = float("markup", 0, 300)
	case MethodPerFoot:
		method.CentsPerFt = cents("per foot", 100_000)
	default:
		method.Cents = cents("fixed", 10_000_000)
	}
	return Terms{
		Prices: Prices{Items: items, RemovalCentsPerFt: cents("removal", 5000), EquipmentCents: cents("equipment", 50_000),
			Labor: Labor{cents("rate", 20_000), float("post", 0, 5), float("ft", 0, 2), float("gate", 0, 9)}},
		Zone:            Zone{float("material", 0.1, 10), float("labor", 0.1, 10), float("equip", 0.1, 10)},
		Travel:          Travel{float("miles", 0, 300), float("free", 0, 50), float("step", 0.1, 20), cents("step cents", 5000)},
		OverheadPct:     float("overhead", 0, 60),
		Method:          method,
		AdjustmentPct:   float("adjustment", -50, 100),
		BaseChargeCents: cents("base", 200_000),
		DiscountPct:     float("discount", 0, 100),
		Tax:             Tax{rapid.SampledFrom([]TaxMode{TaxNone, TaxLumpSum, TaxSeparated, TaxFull}).Draw(t, "tax"), float("tax rate", 0, 0.2)},
	}
}

func TestHalfACentIsRoundedUpOnceInEachLine(t *testing.T) {
	t.Parallel()
	to := takeoff.TakeOff{DrawnLengthFt: 10}
	prices := Prices{Items: map[string]ItemPrice{}}
	for i := range 3 {
		key := fmt.Sprint("item", i)
		to.Items = append(to.Items, takeoff.Item{Key: key, Quantity: 1, OrderQuantity: 1})
		prices.Items[key] = ItemPrice{CostCents: 5, Pack: 1}
	}
	p, err := FromTakeOff(to, Terms{Prices: prices, Zone: Zone{1.1, 1, 1}, Method: Method{Kind: MethodMarkup}, Tax: Tax{Mode: TaxNone}})
	if err != nil {
		t.Fatal(err)
	}
	if p.MaterialCents != 18 {
		t.Errorf("three lines of 5.5 cents make %d, want 18: each rounded up to 6", p.MaterialCents)
	}
}
