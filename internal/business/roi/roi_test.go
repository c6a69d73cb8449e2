package roi

import (
	"math"
	"os"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

func answerOf[A any](t testing.TB, doc string) A {
	t.Helper()
	got, err := Calculate([]byte(doc))
	if err != nil {
		t.Fatalf("Calculate(%s): %v", doc, err)
	}
	return got.(A)
}

func TestWoodAgainstVinylOverTwentyYears(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/lifecycle.json")
	if err != nil {
		t.Fatal(err)
	}
	got := answerOf[LifecycleAnswer](t, string(data))
	want := LifecycleAnswer{
		Kind:                   KindLifecycle,
		A:                      OptionCost{"Wood", 1362764, 109352},
		B:                      OptionCost{"Vinyl", 839437, 67359},
		NPVCents:               523327,
		Return:                 Return{IRR: new(0.176316), IRRAmbiguous: false, PaybackYears: new(7.874)},
		DiscountedPaybackYears: new(9.988),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer differs (-want +got):\n%s", diff)
	}
}

func TestLifecycleReplacesInItsLastYearAndNotAfter(t *testing.T) {
	t.Parallel()
	q := Lifecycle{HorizonYears: 10, A: Option{InstalledCents: 1000, ReplacementYears: []int{10, 11}, ResidualCents: 300}}
	got, err := q.Answer()
	if err != nil {
		t.Fatal(err)
	}
	if got.A.LifecycleCostCents != 1700 || got.A.EquivalentAnnualCostCents != 170 {
		t.Errorf("cost %d, a year %d; want 1700, 170", got.A.LifecycleCostCents, got.A.EquivalentAnnualCostCents)
	}
}

func TestResaleGivesARangeThatWearsOff(t *testing.T) {
	t.Parallel()
	for years, want := range map[string]ResaleAnswer{
		"0":  {KindResale, 300000, 420000, new(-50.0), new(-30.0)},
		"5":  {KindResale, 225000, 315000, new(-62.5), new(-47.5)},
		"30": {KindResale, 0, 0, new(-100.0), new(-100.0)},
	} {
		got := answerOf[ResaleAnswer](t, `{"kind":"resale","installed_cents":600000,"recoup_low_pct":50,
			"recoup_high_pct":70,"life_years":20,"years_until_sale":`+years+`}`)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("sale in %s years differs (-want +got):\n%s", years, diff)
		}
	}
}

func TestCashFlows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rate, flows string
		want        CashFlowsAnswer
	}{
		"one year at ten percent": {"0.1", "[-10000, 11000]",
			CashFlowsAnswer{KindCashFlows, 0, Return{new(0.1), false, new(0.909)}}},
		"never pays back": {"0", "[-10000, 4000, 4000]",
			CashFlowsAnswer{KindCashFlows, -2000, Return{new(-0.136675), false, nil}}},
		"only money out": {"0.05", "[-10000, -1]", CashFlowsAnswer{KindCashFlows, -10001, Return{}}},
		"only money in":  {"0.05", "[10000]", CashFlowsAnswer{KindCashFlows, 10000, Return{}}},
		"nothing":        {"0.05", "[0, 0]", CashFlowsAnswer{KindCashFlows, 0, Return{}}},
		"two rates fit: the one nearest to zero": {"0", "[-100000, 230000, -132000]",
			CashFlowsAnswer{KindCashFlows, -2000, Return{new(0.1), true, new(0.435)}}},
		"changes sign but no rate fits": {"0", "[10000, -10000, 10000]",
			CashFlowsAnswer{KindCashFlows, 10000, Return{nil, true, nil}}},
		"no interest": {"0", "[-10000, 5000, 5000]", CashFlowsAnswer{KindCashFlows, 0, Return{new(0.0), false, new(2.0)}}},
	} {
		got := answerOf[CashFlowsAnswer](t, `{"kind":"cash_flows","discount_rate":`+test.rate+`,"flows_cents":`+test.flows+`}`)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", name, diff)
		}
	}
}

func TestLoan(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]LoanAnswer{
		`{"kind":"loan","principal_cents":1000000,"apr":0.06,"months":60}`: {KindLoan, 19333, 159968},
		`{"kind":"loan","principal_cents":10000,"apr":0,"months":3}`:       {KindLoan, 3333, 0},
		`{"kind":"loan","principal_cents":0,"apr":0.2,"months":12}`:        {KindLoan, 0, 0},
		`{"kind":"loan","principal_cents":120000,"apr":1e-12,"months":12}`: {KindLoan, 10000, 0},
	} {
		if diff := cmp.Diff(want, answerOf[LoanAnswer](t, doc)); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", doc, diff)
		}
	}
}

func TestAnswersWriteNullForWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(answerOf[CashFlowsAnswer](t, `{"kind":"cash_flows","discount_rate":0,"flows_cents":[5]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"kind":"cash_flows","npv_cents":5,"irr":null,"payback_years":null}`
	if string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRateOfReturnMakesFlowsWorthNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.IntRange(1, 1e8).Draw(t, "in")
		flows := []float64{-float64(in)}
		for _, f := range rapid.SliceOfN(rapid.IntRange(0, 1e8), 1, 40).Draw(t, "flows") {
			flows = append(flows, float64(f))
		}
		rate := internalRate(flows)
		if rate == nil {
			return
		}
		below, above := worthSign(flows, *rate-2e-6), worthSign(flows, *rate+2e-6)
		if below < 0 || above > 0 {
			t.Fatalf("at %v the worth does not change sign: %v below, %v above", *rate, below, above)
		}
	})
}

func TestPaymentsPayTheLoanOff(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := Loan{PrincipalCents: money.Cents(rapid.Int64Range(0, 1e8).Draw(t, "principal")),
			APR: rapid.Float64Range(0, 1).Draw(t, "apr"), Months: rapid.IntRange(1, maxMonths).Draw(t, "months")}
		a, err := q.Answer()
		if err != nil {
			t.Fatal(err)
		}
		balance := float64(q.PrincipalCents)
		for range q.Months {
			balance = balance*(1+q.APR/12) - annuity(float64(q.PrincipalCents), q.APR/12, q.Months)
		}
		growth := math.Pow(1+q.APR/12, float64(q.Months))
		if math.Abs(balance) > 1e-6*growth*float64(q.PrincipalCents)+1e-6 {
			t.Errorf("balance after the last payment = %v, want 0", balance)
		}
		if a.TotalInterestCents < 0 {
			t.Errorf("interest = %d, want none below zero", a.TotalInterestCents)
		}
	})
}

func TestBadQuestionsNameTheMember(t *testing.T) {
	t.Parallel()
	lifecycle := func(members string) string {
		return `{"kind":"lifecycle","horizon_years":20,"discount_rate":0.05,"inflation_rate":0.03,` +
			`"a":{"name":"A","installed_cents":1,"annual_maintenance_cents":1},` + members + `}`
	}
	b := `"b":{"name":"B","installed_cents":1,"annual_maintenance_cents":1`
	for doc, pointer := range map[string]string{
		`{}`:             "/kind",
		`[]`:             "",
		`{"kind":"x"}`:   "/kind",
		`{"kind":1}`:     "/kind",
		`{"kind":null}`:  "/kind",
		`{"kind":"loan"`: "",
		`{"kind":"loan","principal_cents":1,"apr":0.1,"months":12,"x":1}`:                                                  "/x",
		`{"kind":"loan","principal_cents":1,"apr":0.1,"months":12,"months":12}`:                                            "/months",
		`{"kind":"loan","apr":0.1,"months":12}`:                                                                            "/principal_cents",
		`{"kind":"loan","principal_cents":1,"months":12}`:                                                                  "/apr",
		`{"kind":"loan","principal_cents":1,"apr":0.1}`:                                                                    "/months",
		`{"kind":"loan","principal_cents":1.5,"apr":0.1,"months":12}`:                                                      "/principal_cents",
		`{"kind":"loan","principal_cents":-1,"apr":0.1,"months":12}`:                                                       "/principal_cents",
		`{"kind":"loan","principal_cents":1,"apr":-0.1,"months":12}`:                                                       "/apr",
		`{"kind":"loan","principal_cents":1,"apr":1e308,"months":12}`:                                                      "/apr",
		`{"kind":"loan","principal_cents":1,"apr":NaN,"months":12}`:                                                        "/apr",
		`{"kind":"loan","principal_cents":1,"apr":0.1,"months":601}`:                                                       "/months",
		`{"kind":"cash_flows","flows_cents":[1]}`:                                                                          "/discount_rate",
		`{"kind":"cash_flows","discount_rate":0.1}`:                                                                        "/flows_cents",
		`{"kind":"cash_flows","discount_rate":0.1,"flows_cents":[]}`:                                                       "/flows_cents",
		`{"kind":"cash_flows","discount_rate":0.1,"flows_cents":[1,2000000000000]}`:                                        "/flows_cents/1",
		`{"kind":"cash_flows","discount_rate":0.1,"flows_cents":["1"]}`:                                                    "/flows_cents/0",
		`{"kind":"resale","recoup_low_pct":1,"recoup_high_pct":2,"life_years":9,"years_until_sale":1}`:                     "/installed_cents",
		`{"kind":"resale","installed_cents":1,"recoup_high_pct":2,"life_years":9,"years_until_sale":1}`:                    "/recoup_low_pct",
		`{"kind":"resale","installed_cents":1,"recoup_low_pct":1,"life_years":9,"years_until_sale":1}`:                     "/recoup_high_pct",
		`{"kind":"resale","installed_cents":1,"recoup_low_pct":3,"recoup_high_pct":2,"life_years":9,"years_until_sale":1}`: "/recoup_low_pct",
		`{"kind":"resale","installed_cents":1,"recoup_low_pct":1,"recoup_high_pct":2,"life_years":0,"years_until_sale":1}`: "/life_years",
		`{"kind":"resale","installed_cents":1,"recoup_low_pct":1,"recoup_high_pct":2,"life_years":9}`:                      "/years_until_sale",
		lifecycle(`"c":1`):                                "/c",
		lifecycle(b + `},"horizon_years":1`):              "/horizon_years",
		lifecycle(b + `,"replacement_years":[0]}`):        "/b/replacement_years/0",
		lifecycle(b + `,"replacement_years":[5,5]}`):      "/b/replacement_years/1",
		lifecycle(b + `,"replacement_years":[1e9]}`):      "/b/replacement_years/0",
		lifecycle(b + `,"residual_cents":-1}`):            "/b/residual_cents",
		lifecycle(`"b":{"name":"B","installed_cents":1}`): "/b/annual_maintenance_cents",
		lifecycle(`"b":{"annual_maintenance_cents":1}`):   "/b/installed_cents",
		`{"kind":"lifecycle","horizon_years":101,"discount_rate":0,"inflation_rate":0,"a":{"installed_cents":1,"annual_maintenance_cents":1},"b":{"installed_cents":1,"annual_maintenance_cents":1}}`: "/horizon_years",
		`{"kind":"lifecycle","horizon_years":100,"discount_rate":0,"inflation_rate":1,"a":{"installed_cents":1,"annual_maintenance_cents":1},"b":{"installed_cents":1,"annual_maintenance_cents":0}}`: "/a",
		`{"kind":"lifecycle","horizon_years":9,"inflation_rate":0,"a":{"installed_cents":1,"annual_maintenance_cents":1},"b":{"installed_cents":1,"annual_maintenance_cents":1}}`:                     "/discount_rate",
		`{"kind":"lifecycle","horizon_years":9,"discount_rate":0,"a":{"installed_cents":1,"annual_maintenance_cents":1},"b":{"installed_cents":1,"annual_maintenance_cents":1}}`:                      "/inflation_rate",
	} {
		got, err := Calculate([]byte(doc))
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("Calculate(%s) = %v, %v; want a fault of kind Invalid", doc, got, err)
			continue
		}
		if at := fault.As(err).Fields[0].Pointer; at != pointer {
			t.Errorf("Calculate(%s) names %q, want %q (%v)", doc, at, pointer, err)
		}
	}
}

func FuzzCalculate(f *testing.F) {
	data, err := os.ReadFile("testdata/lifecycle.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"kind":"loan","principal_cents":1000000,"apr":0.06,"months":60}`))
	f.Add([]byte(`{"kind":"cash_flows","discount_rate":0.05,"flows_cents":[-1000,300,-20,900]}`))
	f.Add([]byte(`{"kind":"resale","installed_cents":600000,"recoup_low_pct":50,"recoup_high_pct":70,"life_years":20,"years_until_sale":5}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Calculate(data)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("Calculate: %v, want a fault of kind Invalid", err)
			}
			return
		}
		if _, err := json.Marshal(got); err != nil {
			t.Fatalf("the answer cannot be written: %v", err)
		}
	})
}
