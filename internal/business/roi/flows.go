package roi

import (
	"math"
	"strconv"

	"fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/platform/money"
)

const maxFlows = 1_000

// CashFlows is a series of money in (positive) and out (negative), the first today.
type CashFlows struct {
	Kind         Kind          `json:"kind"`
	DiscountRate float64       `json:"discount_rate"`
	FlowsCents   []money.Cents `json:"flows_cents"`
}

// CashFlowsAnswer is what the series is worth.
type CashFlowsAnswer struct {
	Kind     Kind        `json:"kind"`
	NPVCents money.Cents `json:"npv_cents"`
	Return
}

// Return is how a series of flows pays.
type Return struct {
	// IRR is null when the flows never change sign, or when no rate between −99 % and 1000 % fits.
	IRR *float64 `json:"irr"`
	// IRRAmbiguous tells that the flows change sign more than once: several rates may fit, and the one
	// nearest to zero is given.
	IRRAmbiguous bool     `json:"irr_ambiguous,omitzero"`
	PaybackYears *float64 `json:"payback_years"`
}

func newCashFlows() CashFlows { return CashFlows{DiscountRate: math.NaN()} }

// Answer says what the series is worth.
func (q CashFlows) Answer() (CashFlowsAnswer, error) {
	var c document.Check
	c.Number("/discount_rate", q.DiscountRate, 0, 1)
	if len(q.FlowsCents) == 0 || len(q.FlowsCents) > maxFlows {
		c.Add("/flows_cents", "needs 1 to %d entries", maxFlows)
		return CashFlowsAnswer{}, c.Err()
	}
	flows := make([]float64, len(q.FlowsCents))
	for i, v := range q.FlowsCents {
		if v < -money.Max || v > money.Max {
			c.Whole("/flows_cents/"+strconv.Itoa(i), int64(v), -int64(money.Max), int64(money.Max))
		}
		flows[i] = float64(v)
	}
	if c.Any() {
		return CashFlowsAnswer{}, c.Err()
	}
	out := CashFlowsAnswer{Kind: KindCashFlows, Return: returnOf(flows)}
	out.NPVCents = cents(&c, "/flows_cents", presentValue(flows, q.DiscountRate))
	return out, c.Err()
}

// presentValue is Σ flow ÷ (1 + rate)^year, by Horner's rule from the last year back.
func presentValue(flows []float64, rate float64) float64 {
	v := 0.0
	for t := len(flows) - 1; t >= 0; t-- {
		v = v/(1+rate) + flows[t]
	}
	return v
}

func returnOf(flows []float64) Return {
	changes := signChanges(flows)
	r := Return{PaybackYears: payback(flows, 0), IRRAmbiguous: changes > 1}
	if changes > 0 {
		r.IRR = internalRate(flows)
	}
	return r
}

func signChanges(flows []float64) int {
	changes, last := 0, 0.0
	for _, f := range flows {
		if f == 0 {
			continue
		}
		if last != 0 && (f > 0) != (last > 0) {
			changes++
		}
		last = f
	}
	return changes
}

// Rates of return are looked for between these.
const (
	lowestRate  = -0.99
	highestRate = 10
	rateSteps   = 400
)

// internalRate finds the rate at which flows are worth nothing, by bisection of every interval in which the
// worth changes sign; of several the one nearest to zero. It is nil when there is none.
func internalRate(flows []float64) *float64 {
	best := math.NaN()
	ratio := math.Pow((1+highestRate)/(1+lowestRate), 1.0/rateSteps)
	lo := lowestRate
	atLo := worthSign(flows, lo)
	for k := 1; k <= rateSteps; k++ {
		hi := (1+lowestRate)*math.Pow(ratio, float64(k)) - 1
		atHi := worthSign(flows, hi)
		if atLo == 0 || atLo*atHi < 0 {
			if r := bisect(flows, lo, hi, atLo); math.IsNaN(best) || math.Abs(r) < math.Abs(best) {
				best = r
			}
		}
		lo, atLo = hi, atHi
	}
	if math.IsNaN(best) {
		return nil
	}
	best = math.Round(best*1e6)/1e6 + 0 // + 0 makes a negative zero positive
	return &best
}

func bisect(flows []float64, lo, hi, atLo float64) float64 {
	if atLo == 0 {
		return lo
	}
	for range 60 {
		mid := (lo + hi) / 2
		if at := worthSign(flows, mid); at*atLo > 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// worthSign is the sign of the present value. Below a rate of zero the powers grow past every float, so the
// value is taken at the last year instead of today, which does not change its sign.
func worthSign(flows []float64, rate float64) float64 {
	v := 0.0
	if rate >= 0 {
		v = presentValue(flows, rate)
	} else {
		for _, f := range flows {
			v = v*(1+rate) + f
		}
	}
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	default:
		return 0
	}
}

// payback is when flows, discounted by rate, have paid back what was put in; within a year they are taken
// to come evenly. It is nil when nothing was put in or it never comes back. What happens later is not seen.
func payback(flows []float64, rate float64) *float64 {
	sum := flows[0]
	if sum >= 0 {
		return nil
	}
	factor := 1.0
	for t := 1; t < len(flows); t++ {
		factor /= 1 + rate
		flow := flows[t] * factor
		if sum+flow >= 0 {
			years := math.Round((float64(t-1)-sum/flow)*1e3) / 1e3
			return &years
		}
		sum += flow
	}
	return nil
}
