package plan

import (
	"iter"
	"math"
	"slices"
	"time"
)

// Source is where a limit or feature comes from.
type Source string

// The sources, in the order in which they are laid over each other.
const (
	FromPlan     Source = "plan"
	FromTrial    Source = "trial"
	FromComp     Source = "comp"
	FromAddOn    Source = "add_on"
	FromOverride Source = "override"
)

// Contribution is one part of what a company may do.
type Contribution struct {
	Source  Source
	Metric  Metric  // what it is about: a metric, or
	Feature Feature // a feature
	Name    string  // the plan's or add-on's
	Value   int64   // of a metric: the limit, or what an add-on adds to it
	Reason  string
	Until   time.Time // zero: as long as the plan
}

// Metrics lists what is counted, in the order of the catalogue.
var Metrics = []Metric{Users, Jobs, Quotes, Storage, APICalls}

// Level tells that the metric goes up and down; the others are counted anew in each period.
func (m Metric) Level() bool { return m == Users || m == Storage }

// Limit is how many of the metric the company may have; Unlimited when there is no end.
func (e Entitlements) Limit(m Metric) int64 {
	limit := Unlimited
	for c := range e.limiting(m) {
		switch {
		case c.Source != FromAddOn:
			limit = c.Value
		case limit != Unlimited:
			limit = plus(limit, c.Value)
		}
	}
	return limit
}

// Has tells whether the company has the feature.
func (e Entitlements) Has(f Feature) bool {
	for range e.giving(f) {
		return true
	}
	return false
}

// MayGrow tells whether more of a level may be taken: further people cost, and are not for who owes.
func (e Entitlements) MayGrow(m Metric) bool { return m != Users || e.Access().Grow }

// limiting are the contributions to a limit: each lies over those before.
func (e Entitlements) limiting(m Metric) iter.Seq[Contribution] {
	return func(yield func(Contribution) bool) {
		c := e.base
		limit, limited := e.Plan.Limits[m]
		if c.Metric, c.Value = m, limit; !limited {
			c.Value = Unlimited
		}
		if !yield(c) {
			return
		}
		for _, a := range e.addOns {
			if a.Metric == m && !yield(Contribution{Source: FromAddOn, Metric: m, Name: a.Name, Value: a.Quantity}) {
				return
			}
		}
		for _, o := range e.overrides {
			if o.Metric == m && !yield(Contribution{Source: FromOverride, Metric: m, Value: o.limit(), Reason: o.Reason, Until: o.Until}) {
				return
			}
		}
	}
}

// giving are the contributions of which each alone gives the feature.
func (e Entitlements) giving(f Feature) iter.Seq[Contribution] {
	return func(yield func(Contribution) bool) {
		if slices.Contains(e.Plan.Features, f) {
			c := e.base
			c.Feature = f
			if !yield(c) {
				return
			}
		}
		for _, o := range e.overrides {
			if o.Feature == f && !yield(Contribution{Source: FromOverride, Feature: f, Reason: o.Reason, Until: o.Until}) {
				return
			}
		}
	}
}

// Explain lists every contribution to every limit and feature: Limit and Has are what they come to.
func (e Entitlements) Explain() []Contribution {
	var all []Contribution
	for _, m := range slices.Concat(Metrics, Rates) {
		all = slices.AppendSeq(all, e.limiting(m))
	}
	for _, f := range Features {
		all = slices.AppendSeq(all, e.giving(f))
	}
	return all
}

// limit is the override's limit. Below "no end" there is nothing less than nothing.
func (o Override) limit() int64 {
	if o.Limit < Unlimited {
		return 0
	}
	return o.Limit
}

// plus adds without passing the largest number; a negative add-on takes away what there is.
func plus(limit, more int64) int64 {
	if more > math.MaxInt64-limit {
		return math.MaxInt64
	}
	return max(limit+more, 0)
}
