package tenancy

import (
	"time"

	"fenceplatform.com/fence/internal/business/plan"
)

// OverrideKind says what an operator changed.
type OverrideKind string

// A limit of a metric, a feature, free use until a date, a stop.
const (
	OverrideLimit   OverrideKind = "limit"
	OverrideFeature OverrideKind = "feature"
	OverrideComp    OverrideKind = "comp"
	OverrideHold    OverrideKind = "hold"
)

// Override is what the operator granted the organization beyond its plan, or stopped it by. Only package operator
// writes them, and only the system's role can.
type Override struct {
	Kind    OverrideKind `json:"kind"`
	Subject string       `json:"subject"` // the metric or the feature
	Limit   int64        `json:"limit"`   // of a limit
	Reason  string       `json:"reason"`
	Since   time.Time    `json:"since"`
	Until   *time.Time   `json:"until"` // nil: for good
}

// lay adds the override to the facts of a plan.
func (o Override) lay(f *plan.Facts) {
	switch o.Kind {
	case OverrideLimit:
		f.Overrides = append(f.Overrides, plan.Override{Metric: plan.Metric(o.Subject), Limit: o.Limit, Reason: o.Reason, Until: orZero(o.Until)})
	case OverrideFeature:
		f.Overrides = append(f.Overrides, plan.Override{Feature: plan.Feature(o.Subject), Reason: o.Reason, Until: orZero(o.Until)})
	case OverrideComp:
		f.Comp = &plan.Comp{Since: o.Since, Until: orZero(o.Until), Reason: o.Reason}
	case OverrideHold:
		f.Hold = &plan.Hold{Since: o.Since, Reason: o.Reason}
	}
}
