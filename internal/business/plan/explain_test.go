package plan

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestStarterWorksFromItsFirstMinute(t *testing.T) {
	t.Parallel()
	e := Derive(Facts{Plan: Starter, Version: 1}, time.Unix(0, 0))
	if e.State != Active || e.Limit(Users) != 1 || e.Limit(Jobs) != 50 || e.Limit(Quotes) != Unlimited || e.Has(FeatureLocationPricing) {
		t.Errorf("starter is %+v", e)
	}
}

func TestOverrideEndsByItself(t *testing.T) {
	t.Parallel()
	until := time.Unix(1000, 0)
	f := Facts{Plan: Starter, Version: 1, Overrides: []Override{{Metric: Users, Limit: 3, Until: until}, {Feature: FeatureCrews}}}
	before, after := Derive(f, until.Add(-1)), Derive(f, until)
	if before.Limit(Users) != 3 || !before.NextChangeAt.Equal(until) || after.Limit(Users) != 1 || !after.Has(FeatureCrews) {
		t.Errorf("before %d people until %v, after %d", before.Limit(Users), before.NextChangeAt, after.Limit(Users))
	}
}

func TestLimitsAreLaidOverEachOther(t *testing.T) {
	t.Parallel()
	growth := func(addOns []AddOn, overrides ...Override) Entitlements {
		f := one(StatusActive)
		f.Subscriptions[0].AddOns, f.Overrides = addOns, overrides
		return Derive(f, noon)
	}
	for _, c := range []struct {
		what string
		e    Entitlements
		want int64
	}{
		{"the plan's", growth(nil), 10},
		{"with more bought", growth([]AddOn{{"Five more", Users, 5}, {"Crew", Users, 2}}), 17},
		{"more than there are numbers", growth([]AddOn{{"All", Users, math.MaxInt64}, {"All", Users, 1}}), math.MaxInt64},
		{"less than nothing", growth([]AddOn{{"Odd", Users, math.MinInt64}}), 0},
		{"the operator's", growth([]AddOn{{"Five more", Users, 5}}, Override{Metric: Users, Limit: 12}), 12},
		{"the operator's last", growth(nil, Override{Metric: Users, Limit: 12}, Override{Metric: Users, Limit: 4}), 4},
		{"none at all", growth(nil, Override{Metric: Users, Limit: 0}), 0},
		{"a negative one", growth(nil, Override{Metric: Users, Limit: -50}), 0},
		{"no end", growth(nil, Override{Metric: Users, Limit: Unlimited}), Unlimited},
		{"of another metric", growth(nil, Override{Metric: Jobs, Limit: 1}), 10},
	} {
		if got := c.e.Limit(Users); got != c.want {
			t.Errorf("%s: %d people, want %d", c.what, got, c.want)
		}
	}
}

func TestExplanationNamesEveryContribution(t *testing.T) {
	t.Parallel()
	until := noon.Add(days(3))
	f := one(StatusActive)
	f.Subscriptions[0].AddOns = []AddOn{{"Five more", Users, 5}}
	f.Overrides = []Override{{Metric: Users, Limit: 40, Reason: "spring rush", Until: until}, {Feature: FeatureLogExport, Reason: "audit year"}, {Metric: Jobs, Limit: 1, Until: noon}}
	all := Derive(f, noon).Explain()
	for _, want := range []Contribution{
		{Source: FromPlan, Metric: Users, Name: "Growth", Value: 10},
		{Source: FromAddOn, Metric: Users, Name: "Five more", Value: 5},
		{Source: FromOverride, Metric: Users, Value: 40, Reason: "spring rush", Until: until},
		{Source: FromPlan, Metric: Jobs, Name: "Growth", Value: 500},
		{Source: FromOverride, Feature: FeatureLogExport, Reason: "audit year"},
		{Source: FromPlan, Feature: FeatureCrews, Name: "Growth"},
	} {
		if !slices.Contains(all, want) {
			t.Errorf("missing %+v", want)
		}
	}
	if n := len(all); n != len(Metrics)+len(Rates)+2+len(growthFeatures)+1 {
		t.Errorf("%d contributions: what is over is none", n)
	}
	trial := Derive(Facts{Plan: Trial, Version: 1, TrialEndsAt: until}, noon).Explain()[0]
	if want := (Contribution{Source: FromTrial, Metric: Users, Name: "Growth", Value: 10, Until: until}); trial != want {
		t.Errorf("a trial contributes %+v, want %+v", trial, want)
	}
	comp := Derive(Facts{Plan: Trial, Version: 1, Comp: &Comp{Until: until, Reason: "sorry"}}, noon).Explain()[0]
	if want := (Contribution{Source: FromComp, Metric: Users, Name: "Growth", Value: 10, Until: until, Reason: "sorry"}); comp != want {
		t.Errorf("a comp contributes %+v, want %+v", comp, want)
	}
}

// What is explained comes to what is enforced.
func TestExplanationAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := Derive(facts.Draw(t, "facts"), instants.Draw(t, "now"))
		limits, features := map[Metric]int64{}, map[Feature]bool{}
		for _, c := range e.Explain() {
			switch {
			case c.Feature != "":
				features[c.Feature] = true
			case c.Source != FromAddOn:
				limits[c.Metric] = c.Value
			case limits[c.Metric] != Unlimited:
				limits[c.Metric] = plus(limits[c.Metric], c.Value)
			}
		}
		for _, m := range slices.Concat(Metrics, Rates) {
			if limits[m] != e.Limit(m) {
				t.Fatalf("%s: explained as %d, enforced as %d", m, limits[m], e.Limit(m))
			}
		}
		for _, f := range Features {
			if features[f] != e.Has(f) {
				t.Fatalf("%s: explained as %v, enforced as %v", f, features[f], e.Has(f))
			}
		}
	})
}
