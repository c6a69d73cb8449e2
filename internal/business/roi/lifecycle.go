package roi

import (
	"math"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/platform/money"
)

// maxYears is the longest that any question looks ahead.
const maxYears = 100

// Lifecycle compares two fences over a horizon: A is what would be built, B what is proposed instead.
type Lifecycle struct {
	Kind          Kind    `json:"kind"`
	HorizonYears  int     `json:"horizon_years"`
	DiscountRate  float64 `json:"discount_rate"`
	InflationRate float64 `json:"inflation_rate"`
	A             Option  `json:"a"`
	B             Option  `json:"b"`
}

// Option is one fence and what it costs over the years, at today's prices.
type Option struct {
	Name                   string      `json:"name"`
	InstalledCents         money.Cents `json:"installed_cents"`
	AnnualMaintenanceCents money.Cents `json:"annual_maintenance_cents"`
	ReplacementYears       []int       `json:"replacement_years"`
	ResidualCents          money.Cents `json:"residual_cents"` // what it is worth at the horizon, not inflated
}

// LifecycleAnswer says what each fence costs and what B saves.
type LifecycleAnswer struct {
	Kind Kind       `json:"kind"`
	A    OptionCost `json:"a"`
	B    OptionCost `json:"b"`
	// NPVCents is the cost of A less the cost of B: what choosing B is worth today.
	NPVCents money.Cents `json:"npv_cents"`
	Return
	DiscountedPaybackYears *float64 `json:"discounted_payback_years"`
}

// OptionCost is what one fence costs over the horizon, in today's money.
type OptionCost struct {
	Name                      string      `json:"name"`
	LifecycleCostCents        money.Cents `json:"lifecycle_cost_cents"`
	EquivalentAnnualCostCents money.Cents `json:"equivalent_annual_cost_cents"`
}

func newLifecycle() Lifecycle {
	return Lifecycle{DiscountRate: math.NaN(), InflationRate: math.NaN(), A: newOption(), B: newOption()}
}

func newOption() Option {
	return Option{InstalledCents: missing, AnnualMaintenanceCents: missing}
}

// UnmarshalJSONFrom tells an option that is left out of a document from one that costs nothing.
func (o *Option) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type plain Option
	in := plain(newOption())
	err := json.UnmarshalDecode(dec, &in)
	*o = Option(in)
	return err
}

// Answer compares the two fences.
func (q Lifecycle) Answer() (LifecycleAnswer, error) {
	var c document.Check
	c.Whole("/horizon_years", int64(q.HorizonYears), 1, maxYears)
	c.Number("/discount_rate", q.DiscountRate, 0, 1)
	c.Number("/inflation_rate", q.InflationRate, 0, 1)
	q.A.check(&c, "/a")
	q.B.check(&c, "/b")
	if c.Any() {
		return LifecycleAnswer{}, c.Err()
	}
	a, b := q.A.outflows(q), q.B.outflows(q)
	saved := make([]float64, len(a))
	for t := range a {
		saved[t] = a[t] - b[t]
	}
	out := LifecycleAnswer{
		Kind: KindLifecycle, A: q.cost(&c, "/a", q.A, a), B: q.cost(&c, "/b", q.B, b),
		Return:                 returnOf(saved),
		DiscountedPaybackYears: payback(saved, q.DiscountRate),
	}
	out.NPVCents = cents(&c, "/horizon_years", presentValue(saved, q.DiscountRate))
	return out, c.Err()
}

func (o *Option) check(c *document.Check, pointer string) {
	if len(o.Name) > 200 {
		c.Add(pointer+"/name", "is longer than 200 bytes")
	}
	amount(c, pointer+"/installed_cents", o.InstalledCents)
	amount(c, pointer+"/annual_maintenance_cents", o.AnnualMaintenanceCents)
	amount(c, pointer+"/residual_cents", o.ResidualCents)
	if len(o.ReplacementYears) > maxYears {
		c.Add(pointer+"/replacement_years", "has more than %d entries", maxYears)
		return
	}
	for i, year := range o.ReplacementYears {
		at := pointer + "/replacement_years/" + strconv.Itoa(i)
		c.Whole(at, int64(year), 1, maxYears)
		if slices.Contains(o.ReplacementYears[:i], year) {
			c.Add(at, "is given twice")
		}
	}
}

// outflows is what the option costs at the end of each year from 0 to the horizon. Replacements after the
// horizon are not seen from here; one in its last year is.
func (o *Option) outflows(q Lifecycle) []float64 {
	out := make([]float64, q.HorizonYears+1)
	out[0] = float64(o.InstalledCents)
	for t := 1; t <= q.HorizonYears; t++ {
		out[t] = float64(o.AnnualMaintenanceCents) * math.Pow(1+q.InflationRate, float64(t))
	}
	for _, t := range o.ReplacementYears {
		if t <= q.HorizonYears {
			out[t] += float64(o.InstalledCents) * math.Pow(1+q.InflationRate, float64(t))
		}
	}
	out[q.HorizonYears] -= float64(o.ResidualCents)
	return out
}

func (q Lifecycle) cost(c *document.Check, pointer string, o Option, outflows []float64) OptionCost {
	total := presentValue(outflows, q.DiscountRate)
	return OptionCost{
		Name:                      o.Name,
		LifecycleCostCents:        cents(c, pointer, total),
		EquivalentAnnualCostCents: cents(c, pointer, annuity(total, q.DiscountRate, q.HorizonYears)),
	}
}
