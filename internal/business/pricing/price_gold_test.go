package pricing

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/money"
)

// goldD is the reference yard with its price list.
func goldD(t testing.TB) Input {
	t.Helper()
	data, err := os.ReadFile("testdata/gold-d.json")
	if err != nil {
		t.Fatal(err)
	}
	in, err := ParseInput(data)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func mustCalculate(t testing.TB, in Input) Price {
	t.Helper()
	p, err := Calculate(in)
	if err != nil {
		t.Fatalf("Calculate: %v", err)
	}
	return p
}

func TestReferenceYardCostsToTheCent(t *testing.T) {
	t.Parallel()
	got := mustCalculate(t, goldD(t))
	want := Price{
		MaterialCents: 207861, LaborCents: 153938, RemovalCents: 34650, TravelCents: 1050, DirectCents: 397499,
		OverheadCents: 47700, CostCents: 445199, PriceCents: 684922, NetCents: 684922, TotalCents: 684922,
		MarginPct: 35, PricePerFtCents: 4892,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Price{}, "Lines", "Warnings")); diff != "" {
		t.Errorf("price differs (-want +got):\n%s", diff)
	}
	type row struct {
		Quantity float64
		Cost     money.Cents
	}
	rows := map[string]row{}
	for _, l := range got.Lines {
		rows[l.Key] = row{l.Quantity, l.CostCents}
	}
	wantRows := map[string]row{
		"post_line": {14, 17850}, "post_end": {2, 2550}, "post_corner": {2, 2550}, "post_gate": {2, 7752},
		"rail": {57, 30524}, "picket": {327, 95059}, "gate_picket": {9, 2616}, "screw": {1782, 13872},
		"gate_kit": {1, 6630}, "concrete_bag": {45, 28458},
		"labor": {33.32, 153938}, "removal": {90, 34650}, "travel": {3, 1050}, "overhead": {1, 47700},
	}
	if diff := cmp.Diff(wantRows, rows); diff != "" {
		t.Errorf("lines differ (-want +got):\n%s", diff)
	}
}

func TestLinesExplainThemselves(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"screw":    "1782 ÷ 500 → 4 × $34.00 × 1.02",
		"rail":     "57 × $5.25 × 1.02",
		"labor":    "(20 posts × 0.75 h + 136 ft × 0.12 h + 1 gate × 2 h) × $42.00 × 1.1",
		"removal":  "90 ft × $3.50 × 1.1",
		"travel":   "(38 mi − 25 mi) ÷ 5 mi → 3 × $3.50",
		"overhead": "12 % of $3974.99",
	}
	got := map[string]string{}
	for _, l := range mustCalculate(t, goldD(t)).Lines {
		if want[l.Key] != "" {
			got[l.Key] = l.Formula
		}
		if l.Formula == "" {
			t.Errorf("line %s has no formula", l.Key)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("formulas differ (-want +got):\n%s", diff)
	}
}

func TestOneTakeOffIsPricedOnManyTerms(t *testing.T) {
	t.Parallel()
	in := goldD(t)
	to, err := takeoff.Calculate(in.Layout)
	if err != nil {
		t.Fatal(err)
	}
	direct, err := FromTakeOff(to, in.Terms)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(mustCalculate(t, in), direct); diff != "" {
		t.Errorf("FromTakeOff differs from Calculate (-calculate +from):\n%s", diff)
	}
}

func TestTierMembersLeftOutChangeNothing(t *testing.T) {
	t.Parallel()
	in := goldD(t)
	in.AdjustmentPct, in.BaseChargeCents, in.Prices.EquipmentCents = 0, 0, 0
	in.Prices.Styles = map[string]map[string]ItemPrice{"front": {"picket": {CostCents: 1, Pack: 1}}}
	if diff := cmp.Diff(mustCalculate(t, goldD(t)), mustCalculate(t, in)); diff != "" {
		t.Errorf("price differs (-without +with):\n%s", diff)
	}
}
