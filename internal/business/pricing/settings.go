package pricing

import (
	"fmt"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

// Settings is how the company prices a job, and what its quotes say. Rates and Offer are edited apart: who
// may not see costs may still read what every quote says.
type Settings struct {
	Rates     *Rates    `json:"rates,omitzero"` // nil for whoever may not see costs
	Offer     Offer     `json:"offer"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int       `json:"version"`
}

// Rates turn a take-off into cost, and cost into price.
type Rates struct {
	Labor             Labor       `json:"labor"`
	RemovalCentsPerFt money.Cents `json:"removal_cents_per_ft"`
	OverheadPct       float64     `json:"overhead_pct"`
	Method            Method      `json:"method"` // margin, markup or per_foot
	Travel            TravelRule  `json:"travel"`
	// MinimumJobCents is the least price before discount and tax. 0: none.
	MinimumJobCents money.Cents `json:"minimum_job_cents"`
}

// TravelRule charges every step begun past the free miles.
type TravelRule struct {
	FreeMiles float64     `json:"free_miles"`
	StepMiles float64     `json:"step_miles"`
	StepCents money.Cents `json:"step_cents"`
}

// Offer is what quotes say beside the price.
type Offer struct {
	Tax                Tax      `json:"tax"`
	DepositPct         float64  `json:"deposit_pct"`
	DepositText        string   `json:"deposit_text"`
	ValidityDays       int      `json:"validity_days"`
	RecommendedTier    TierKey  `json:"recommended_tier"` // empty: none
	Included           []string `json:"included"`
	NotIncluded        []string `json:"not_included"`
	Terms              string   `json:"terms"`
	CancellationNotice string   `json:"cancellation_notice"`
}

// EditRatesInput changes the rates of settings that were read at Version.
type EditRatesInput struct {
	Version int   `json:"version"`
	Rates   Rates `json:"rates"`
}

// Validate says everything that is wrong with the input, with the pointers of the price document.
func (in *EditRatesInput) Validate() error {
	var p fault.Problems
	r := &in.Rates
	checkWhole(&p, "/rates/labor/rate_cents_per_hour", int64(r.Labor.RateCentsPerHour), 0, maxUnitCents)
	checkNumber(&p, "/rates/labor/per_post_hours", r.Labor.PerPostHours, 0, maxHours)
	checkNumber(&p, "/rates/labor/per_ft_hours", r.Labor.PerFtHours, 0, maxHours)
	checkNumber(&p, "/rates/labor/per_gate_hours", r.Labor.PerGateHours, 0, maxHours)
	checkWhole(&p, "/rates/removal_cents_per_ft", int64(r.RemovalCentsPerFt), 0, maxUnitCents)
	checkNumber(&p, "/rates/overhead_pct", r.OverheadPct, 0, maxSharePct)
	r.checkMethod(&p)
	checkNumber(&p, "/rates/travel/free_miles", r.Travel.FreeMiles, 0, maxMiles)
	checkNumber(&p, "/rates/travel/step_miles", r.Travel.StepMiles, minStepMiles, maxMiles)
	checkWhole(&p, "/rates/travel/step_cents", int64(r.Travel.StepCents), 0, maxUnitCents)
	checkWhole(&p, "/rates/minimum_job_cents", int64(r.MinimumJobCents), 0, maxUnitCents)
	return p.Err()
}

// checkMethod keeps what belongs to the kind and drops the rest: a form sends all its fields.
func (r *Rates) checkMethod(p *fault.Problems) {
	m := &r.Method
	switch m.Kind {
	case MethodMargin:
		checkNumber(p, "/rates/method/pct", m.Pct, 0, maxMarginPct)
		*m = Method{Kind: m.Kind, Pct: m.Pct}
	case MethodMarkup:
		checkNumber(p, "/rates/method/pct", m.Pct, 0, maxSharePct)
		*m = Method{Kind: m.Kind, Pct: m.Pct}
	case MethodPerFoot:
		checkWhole(p, "/rates/method/cents_per_ft", int64(m.CentsPerFt), 1, maxUnitCents)
		*m = Method{Kind: m.Kind, CentsPerFt: m.CentsPerFt}
	default:
		p.Add("/rates/method/kind", "Choose margin, markup or per foot.")
	}
}

// EditOfferInput changes the offer of settings that were read at Version.
type EditOfferInput struct {
	Version int   `json:"version"`
	Offer   Offer `json:"offer"`
}

const (
	maxListed    = 40
	maxTermsLen  = 20_000
	maxNoticeLen = 5_000
)

// Validate cleans the input and says everything that is wrong with it.
func (in *EditOfferInput) Validate() error {
	var p fault.Problems
	o := &in.Offer
	switch o.Tax.Mode {
	case TaxNone, TaxLumpSum, TaxSeparated, TaxFull:
	default:
		p.Add("/offer/tax/mode", "Choose how tax is charged.")
	}
	checkNumber(&p, "/offer/tax/rate", o.Tax.Rate, 0, 1)
	checkNumber(&p, "/offer/deposit_pct", o.DepositPct, 0, 100)
	checkWhole(&p, "/offer/validity_days", int64(o.ValidityDays), 1, 365)
	switch o.RecommendedTier {
	case "", Basic, Premium, Elite:
	default:
		p.Add("/offer/recommended_tier", "Choose basic, premium, elite or none.")
	}
	o.DepositText = strings.TrimSpace(o.DepositText)
	checkText(&p, "/offer/deposit_text", o.DepositText, 0, 500)
	o.Included = cleanList(&p, "/offer/included", o.Included)
	o.NotIncluded = cleanList(&p, "/offer/not_included", o.NotIncluded)
	o.Terms, o.CancellationNotice = cleanProse(o.Terms), cleanProse(o.CancellationNotice)
	checkText(&p, "/offer/terms", o.Terms, 0, maxTermsLen)
	checkText(&p, "/offer/cancellation_notice", o.CancellationNotice, 0, maxNoticeLen)
	return p.Err()
}

// cleanList drops empty rows.
func cleanList(p *fault.Problems, pointer string, rows []string) []string {
	kept := []string{}
	for i, row := range rows {
		row = oneLine(row)
		if row == "" {
			continue
		}
		checkText(p, fmt.Sprintf("%s/%d", pointer, i), row, 1, 200)
		kept = append(kept, row)
	}
	if len(kept) > maxListed {
		p.Add(pointer, "At most %d rows can be listed. These are %d.", maxListed, len(kept))
	}
	return kept
}
