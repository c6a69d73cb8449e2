package roi

import (
	"math"

	"fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/platform/money"
)

// Resale asks what a fence adds to the price of the house when it is sold.
type Resale struct {
	Kind           Kind        `json:"kind"`
	InstalledCents money.Cents `json:"installed_cents"`
	RecoupLowPct   float64     `json:"recoup_low_pct"`
	RecoupHighPct  float64     `json:"recoup_high_pct"`
	LifeYears      float64     `json:"life_years"`
	YearsUntilSale float64     `json:"years_until_sale"`
}

// ResaleAnswer is a range, never a promise: what neighbors' houses sold for decides.
type ResaleAnswer struct {
	Kind            Kind        `json:"kind"`
	UpliftLowCents  money.Cents `json:"uplift_low_cents"`
	UpliftHighCents money.Cents `json:"uplift_high_cents"`
	// The return is uplift less cost, in percent of cost; null for a fence that cost nothing.
	ROILowPct  *float64 `json:"roi_low_pct"`
	ROIHighPct *float64 `json:"roi_high_pct"`
}

func newResale() Resale {
	return Resale{InstalledCents: missing, RecoupLowPct: math.NaN(), RecoupHighPct: math.NaN(),
		LifeYears: math.NaN(), YearsUntilSale: math.NaN()}
}

// Answer gives the range. The share that is recouped wears off evenly over the fence's life.
func (q Resale) Answer() (ResaleAnswer, error) {
	var c document.Check
	amount(&c, "/installed_cents", q.InstalledCents)
	c.Number("/recoup_low_pct", q.RecoupLowPct, 0, 1000)
	c.Number("/recoup_high_pct", q.RecoupHighPct, 0, 1000)
	c.Number("/life_years", q.LifeYears, 1, maxYears)
	c.Number("/years_until_sale", q.YearsUntilSale, 0, maxYears)
	if q.RecoupLowPct > q.RecoupHighPct {
		c.Add("/recoup_low_pct", "is more than recoup_high_pct")
	}
	if c.Any() {
		return ResaleAnswer{}, c.Err()
	}
	left := math.Max(0, 1-q.YearsUntilSale/q.LifeYears)
	out := ResaleAnswer{
		Kind:            KindResale,
		UpliftLowCents:  cents(&c, "/recoup_low_pct", float64(q.InstalledCents)*q.RecoupLowPct/100*left),
		UpliftHighCents: cents(&c, "/recoup_high_pct", float64(q.InstalledCents)*q.RecoupHighPct/100*left),
	}
	out.ROILowPct = q.returnPct(out.UpliftLowCents)
	out.ROIHighPct = q.returnPct(out.UpliftHighCents)
	return out, c.Err()
}

func (q Resale) returnPct(uplift money.Cents) *float64 {
	if q.InstalledCents == 0 {
		return nil
	}
	pct := math.Round(float64(uplift-q.InstalledCents)/float64(q.InstalledCents)*1e4)/100 + 0
	return &pct
}
