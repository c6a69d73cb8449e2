package pricing

import (
	"fmt"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// TierKey names one of the three tiers.
type TierKey string

// The tiers, cheapest first.
const (
	Basic   TierKey = "basic"
	Premium TierKey = "premium"
	Elite   TierKey = "elite"
)

// TierKeys lists the tiers in their order.
var TierKeys = []TierKey{Basic, Premium, Elite}

// Tier is one of the offers that a homeowner chooses from.
type Tier struct {
	ID              id.ID        `json:"id"`
	Key             TierKey      `json:"key"`
	Position        int          `json:"position"`
	Name            string       `json:"name"`
	StyleID         id.ID        `json:"style_id"`
	BaseChargeCents money.Cents  `json:"base_charge_cents"` // added to the price once a job
	AdjustmentPct   float64      `json:"adjustment_pct"`
	Summary         string       `json:"summary"` // the one line that the homeowner reads
	Differences     []Difference `json:"differences"`
	WarrantyYears   int          `json:"warranty_years"`
	UpdatedAt       time.Time    `json:"updated_at"`
	Version         int          `json:"version"`
}

// Difference is one row of what sets the tiers apart: the same topics, other words in each tier.
type Difference struct {
	Topic string `json:"topic"`
	Words string `json:"words"`
}

// EditTierInput changes a tier that was read at Version.
type EditTierInput struct {
	ID              id.ID        `json:"id"`
	Version         int          `json:"version"`
	Name            string       `json:"name"`
	StyleID         id.ID        `json:"style_id"`
	BaseChargeCents money.Cents  `json:"base_charge_cents"`
	AdjustmentPct   float64      `json:"adjustment_pct"`
	Summary         string       `json:"summary"`
	Differences     []Difference `json:"differences"`
	WarrantyYears   int          `json:"warranty_years"`
}

const maxDifferences = 12

// Validate cleans the input and says everything that is wrong with it.
func (in *EditTierInput) Validate() error {
	var p fault.Problems
	in.Name, in.Summary = oneLine(in.Name), oneLine(in.Summary)
	checkText(&p, "/name", in.Name, 1, 40)
	checkText(&p, "/summary", in.Summary, 0, 200)
	checkWhole(&p, "/base_charge_cents", int64(in.BaseChargeCents), 0, maxUnitCents)
	checkNumber(&p, "/adjustment_pct", in.AdjustmentPct, minAdjustPct, maxSharePct)
	checkWhole(&p, "/warranty_years", int64(in.WarrantyYears), 0, 99)
	if len(in.Differences) > maxDifferences {
		p.Add("/differences", "A tier has at most %d rows. This one has %d.", maxDifferences, len(in.Differences))
		return p.Err()
	}
	rows := make([]Difference, len(in.Differences))
	for i, d := range in.Differences {
		rows[i] = Difference{oneLine(d.Topic), oneLine(d.Words)}
		checkText(&p, fmt.Sprintf("/differences/%d/topic", i), rows[i].Topic, 1, 40)
		checkText(&p, fmt.Sprintf("/differences/%d/words", i), rows[i].Words, 1, 200)
	}
	in.Differences = rows
	return p.Err()
}
