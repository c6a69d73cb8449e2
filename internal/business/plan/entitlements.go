package plan

import (
	"maps"
	"slices"
	"time"
)

// TrialLength is how long a new company may use growth without a card.
const TrialLength = 14 * 24 * time.Hour

// State says what a company may do at a time.
type State string

const (
	// Trialing is growth until a date.
	Trialing State = "trialing"
	// Active is a plan in force.
	Active State = "active"
	// ReadOnly opens everything and changes nothing, until somebody chooses a plan.
	ReadOnly State = "read_only"
)

// Facts are what is stored about a company's plan.
type Facts struct {
	Plan        Key
	Version     int
	TrialEndsAt time.Time // zero without a trial
}

// Override is what the operator granted a company beyond its plan.
type Override struct {
	Metric  Metric  // with Limit, or
	Feature Feature // a feature
	Limit   int64
	Reason  string
	Until   time.Time // zero: for good
}

// Entitlements are what a company may do at one time.
type Entitlements struct {
	Plan         Plan
	State        State
	Since        time.Time // when a read-only state began
	NextChangeAt time.Time // zero: time alone changes nothing
	Limits       map[Metric]int64
	Features     []Feature
}

// Entitle derives entitlements. It is total: every combination of facts and time has an answer, and a plan
// that the catalogue does not know is read-only with the limits of starter.
func Entitle(f Facts, overrides []Override, now time.Time) Entitlements {
	p, err := Lookup(f.Plan, f.Version)
	unknown := err != nil
	if unknown {
		p, _ = Lookup(Starter, 1)
	}
	e := Entitlements{Plan: p, State: Active, Limits: maps.Clone(p.Limits), Features: slices.Clone(p.Features)}
	switch {
	case unknown:
		e.State = ReadOnly
	case f.Plan == Trial && now.Before(f.TrialEndsAt):
		e.State, e.NextChangeAt = Trialing, f.TrialEndsAt
	case f.Plan == Trial:
		e.State, e.Since = ReadOnly, f.TrialEndsAt
	}
	for _, o := range overrides {
		if !o.Until.IsZero() {
			if !now.Before(o.Until) {
				continue
			}
			if e.NextChangeAt.IsZero() || o.Until.Before(e.NextChangeAt) {
				e.NextChangeAt = o.Until
			}
		}
		if o.Metric != "" {
			e.Limits[o.Metric] = o.Limit
		}
		if o.Feature != "" && !slices.Contains(e.Features, o.Feature) {
			e.Features = append(e.Features, o.Feature)
		}
	}
	return e
}

// Has tells whether the company has the feature.
func (e Entitlements) Has(f Feature) bool { return slices.Contains(e.Features, f) }

// Limit is how many of the metric the company may have; Unlimited when there is no end.
func (e Entitlements) Limit(m Metric) int64 {
	if l, known := e.Limits[m]; known {
		return l
	}
	return Unlimited
}
