package pricing

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// goldYard is the reference yard with the old fence to take out that the reference price has.
func goldYard() takeoff.Layout {
	l := ReferenceYard()
	l.Segments[0].RemovalFt, l.Segments[1].RemovalFt = 40, 50
	return l
}

func mustPrice(t testing.TB, b *Book, l takeoff.Layout, d Deal) []TierPrice {
	t.Helper()
	got, err := b.PriceDeal(l, d, today)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTiersDifferByAdjustmentAndBaseCharge(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	b := mustBook(t, d, owner(t, d, testkit.A))
	var got []money.Cents
	for _, p := range mustPrice(t, b, goldYard(), Deal{ZIP: "78701", Miles: 38}) {
		got = append(got, p.Price.PriceCents)
		if p.Price.CostCents != 445_199 || p.Zone.ZoneID != testkit.A.Zone() || p.Names["gate_picket"] != "Cedar picket" {
			t.Errorf("%s: cost %s, zone %s, names %v", p.Tier.Name, p.Price.CostCents, p.Zone.Name, p.Names)
		}
	}
	if want := []money.Cents{616_429 + 29_900, 684_922 + 59_900, 821_906 + 99_900}; !slices.Equal(got, want) {
		t.Errorf("prices %v, want %v", got, want)
	}
}

func TestBookIsTheSameInATransaction(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := owner(t, d, testkit.A)
	read := mustBook(t, d, a)
	var loaded *Book
	err := d.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) (err error) {
		loaded, err = LoadBook(tx, a)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(mustPrice(t, read, goldYard(), Deal{}), mustPrice(t, loaded, goldYard(), Deal{})); diff != "" {
		t.Errorf("prices differ (-read +loaded):\n%s", diff)
	}
}

func TestBookHoldsNothingOfOthers(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	b := mustBook(t, d, owner(t, d, testkit.A))
	if len(b.Materials) != 7 || len(b.Styles) != 1 || len(b.Tiers) != 3 || b.Zones[0].ID != testkit.A.Zone() || !b.Zones[1].Shared {
		t.Errorf("%d materials, %d styles, %d tiers, zones %+v", len(b.Materials), len(b.Styles), len(b.Tiers), b.Zones[:2])
	}
	if strings.Contains(asJSON(t, b), testkit.Sentinel) {
		t.Error("the book says something of the other organization")
	}
}

func TestSmallerPlanPricesWithoutTheZoneAlone(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	d.Exec(t, "UPDATE app.organizations SET plan = 'starter' WHERE org_id = $1", testkit.A.ID)
	b := mustBook(t, d, owner(t, d, testkit.A))
	got := mustPrice(t, b, goldYard(), Deal{ZIP: "78701", Miles: 38})[1]
	in := goldD(t)
	in.Zone, in.BaseChargeCents = Unzoned, 59_900
	want := mustCalculate(t, in)
	if got.Price.TotalCents != want.TotalCents || got.Zone.ZoneID != id.Nil || got.Zone.Factors != Unzoned {
		t.Errorf("total %s in zone %+v, want %s in none", got.Price.TotalCents, got.Zone, want.TotalCents)
	}
}

func TestSegmentKeepsItsOwnStyle(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := founded(t, d)
	b := mustBook(t, d, a)
	plain := mustPrice(t, b, ReferenceYard(), Deal{})
	for name, own := range map[string]map[string]takeoff.Style{
		"chain-link-4ft": nil,                                                            // the catalogue's
		"dog-run":        {"dog-run": {Kind: takeoff.KindChainLink, HeightFt: new(4.0)}}, // of the drawing alone: bought like the first of its kind
	} {
		l := ReferenceYard()
		l.Styles = own
		l.Segments[1].Style = name
		for i, p := range mustPrice(t, b, l, Deal{}) {
			keys := map[string]money.Cents{}
			for _, line := range p.Price.Lines {
				keys[line.Key] += line.CostCents
			}
			if keys["fabric_roll"] == 0 || keys["picket"] == 0 || p.Price.CostCents >= plain[i].Price.CostCents {
				t.Errorf("%s in %s: %v, cost %s; want fabric and pickets for less than %s", name, p.Tier.Key, keys, p.Price.CostCents, plain[i].Price.CostCents)
			}
			if _, kept := own["chain-link-4ft"]; kept || l.Styles["chain-link-4ft"].Kind != "" {
				t.Errorf("%s: the layout given was changed", name)
			}
		}
	}
}

func TestWhatStylesShareIsBoughtInWholePacksOnce(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	b := mustBook(t, d, owner(t, d, testkit.A))
	l := ReferenceYard()
	l.Styles = map[string]takeoff.Style{"low": {Kind: takeoff.KindWood, HeightFt: new(4.0)}}
	l.Segments[2].Style = "low"
	for _, line := range mustPrice(t, b, l, Deal{})[1].Price.Lines {
		if want := money.Cents(math.Ceil(line.Quantity/500)) * 3400; line.Key == "screw" && line.CostCents != want {
			t.Errorf("%v screws cost %s, want %s", line.Quantity, line.CostCents, want)
		}
	}
}

func TestDealMovesMilesDiscountAndTax(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	b := mustBook(t, d, owner(t, d, testkit.A))
	plain := mustPrice(t, b, goldYard(), Deal{})[1].Price
	p := mustPrice(t, b, goldYard(), Deal{Miles: 38, DiscountPct: 10, Tax: &Tax{TaxFull, 0.0825}})[1].Price
	if p.TravelCents != 1050 || plain.TravelCents != 0 || p.DiscountCents == 0 || p.TaxCents == 0 || plain.TaxCents != 0 {
		t.Errorf("travel %s, discount %s, tax %s", p.TravelCents, p.DiscountCents, p.TaxCents)
	}
	if _, err := b.PriceDeal(goldYard(), Deal{DiscountPct: 101}, today); !fault.Is(err, fault.Invalid) {
		t.Errorf("a discount of 101 %%: %v, want invalid", err)
	}
}

func TestSmallJobIsRaisedToTheLeastPrice(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	b := mustBook(t, d, owner(t, d, testkit.A))
	gate := takeoff.Layout{Nodes: []takeoff.Node{{ID: "A"}, {ID: "B", X: 6}}, Segments: []takeoff.Segment{{ID: "1", From: "A", To: "B"}}}
	for _, least := range []money.Cents{0, 50_000, 90_000, 150_000, 1_000_000} {
		b.Settings.Rates.MinimumJobCents = 0
		free := mustPrice(t, b, gate, Deal{DiscountPct: 10})
		b.Settings.Rates.MinimumJobCents = least
		for i, p := range mustPrice(t, b, gate, Deal{DiscountPct: 10}) {
			want := max(least, free[i].Price.PriceCents)
			if p.Price.PriceCents != want || p.AtMinimum != (free[i].Price.PriceCents < least) || p.Price.CostCents != free[i].Price.CostCents {
				t.Errorf("at least %s, %s: %s (%v), want %s", least, p.Tier.Key, p.Price.PriceCents, p.AtMinimum, want)
			}
		}
	}
}

func TestProblemsNameTheirMember(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	b := mustBook(t, d, owner(t, d, testkit.A))
	_, err := b.Price(goldYard(), "7870", today)
	wantField(t, err, "/deal/zip")
	l := goldYard()
	l.Gates[0].OffsetFt = 39
	_, err = b.Price(l, "78701", today)
	wantField(t, err, "/gates/0/offset_ft")
	l = goldYard()
	l.Segments[2].Style = "bamboo"
	_, err = b.Price(l, "78701", today)
	wantField(t, err, "/segments/2/style")
	l.Styles = map[string]takeoff.Style{"bamboo": {Kind: takeoff.KindPanel}}
	_, err = b.Price(l, "78701", today)
	if f := fault.As(err); f.Kind != fault.Invalid || !slices.ContainsFunc(f.Fields, func(f fault.Field) bool { return f.Pointer == "/prices/items/panel" }) {
		t.Errorf("a panel without a price: %v, want /prices/items/panel", err)
	}
	delete(b.Styles[0].Materials, "rail")
	_, err = b.Price(goldYard(), "78701", today)
	wantField(t, err, "/prices/items/rail")
}

func TestInputsNameEverythingWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		want []string
	}{
		"material": {(&EditMaterialInput{MaterialInput: MaterialInput{" ", "a\x00b", -1, 0}}).Validate(), []string{"/name", "/unit", "/cost_cents", "/pack"}},
		"key":      {(&AddMaterialInput{"Picket!", MaterialInput{"P", "each", 1, 1}}).Validate(), []string{"/key"}},
		"style": {(&EditStyleInput{Name: "S", Document: takeoff.Style{Kind: takeoff.KindWood, HeightFt: new(math.NaN()), PanelFt: new(6.0)},
			Materials: alsoNothing(bought(), "panel")}).Validate(), []string{"/document/height_ft", "/document/panel_ft", "/materials/panel"}},
		"style without materials": {(&EditStyleInput{Name: "S", Document: takeoff.Style{Kind: takeoff.KindPanel}}).Validate(),
			[]string{"/materials/panel", "/materials/post_cap", "/materials/post_line", "/materials/post_end", "/materials/post_corner",
				"/materials/post_tee", "/materials/post_gate", "/materials/gate_kit", "/materials/concrete_bag"}},
		"kind of style": {(&EditStyleInput{Name: "S", Document: takeoff.Style{Kind: "hedge"}}).Validate(), []string{"/document/kind"}},
		"tier": {(&EditTierInput{BaseChargeCents: -1, AdjustmentPct: math.NaN(), WarrantyYears: 100, Differences: []Difference{{"", "x"}}}).Validate(),
			[]string{"/name", "/base_charge_cents", "/adjustment_pct", "/warranty_years", "/differences/0/topic"}},
		"rates": {(&EditRatesInput{Rates: Rates{OverheadPct: math.Inf(1), Method: Method{Kind: MethodFixed}}}).Validate(),
			[]string{"/rates/overhead_pct", "/rates/method/kind", "/rates/travel/step_miles"}},
		"margin": {(&EditRatesInput{Rates: Rates{Method: Method{Kind: MethodMargin, Pct: 100}, Travel: TravelRule{StepMiles: 1}}}).Validate(),
			[]string{"/rates/method/pct"}},
		"offer": {(&EditOfferInput{Offer: Offer{Tax: Tax{"vat", 2}, DepositPct: 101, RecommendedTier: "gold"}}).Validate(),
			[]string{"/offer/tax/mode", "/offer/tax/rate", "/offer/deposit_pct", "/offer/validity_days", "/offer/recommended_tier"}},
		"zone": {(&ZoneInput{Name: "Z", Factors: Zone{0, math.NaN(), 11}, Priority: -1, Members: []ZoneMember{by(ByZIP3, "78")}}).Validate(),
			[]string{"/priority", "/factors/material_factor", "/factors/labor_factor", "/factors/equipment_factor", "/members/0"}},
		"zone without a place": {(&ZoneInput{Name: "Z", Factors: Unzoned}).Validate(), []string{"/members"}},
	} {
		var got []string
		if test.err != nil {
			for _, f := range fault.As(test.err).Fields {
				got = append(got, f.Pointer)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: fields differ (-want +got):\n%s", name, diff)
		}
	}
}

func alsoNothing(m map[string]id.ID, item string) map[string]id.ID {
	m[item] = id.Nil
	return m
}

// BenchmarkBookPrice prices the reference yard in three tiers.
func BenchmarkBookPrice(b *testing.B) {
	d := testkit.NewDatabase(b)
	book := mustBook(b, d, founded(b, d))
	yard := goldYard()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.Price(yard, "78701", today); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBookRead reads a seeded company's book in its one round trip.
func BenchmarkBookRead(b *testing.B) {
	d := testkit.NewDatabase(b)
	a, s := founded(b, d), NewService(d.App)
	for b.Loop() {
		if _, err := s.Book(b.Context(), a); err != nil {
			b.Fatal(err)
		}
	}
}
