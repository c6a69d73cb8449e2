package home

import (
	"slices"
	"testing"

	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/caller"
)

// Steps stand in the order in which a company is set up; being paid online only where that is to be had. When all are
// done there are none.
func TestStepsStandInTheirOrder(t *testing.T) {
	t.Parallel()
	done := onboarding.FirstSteps{Company: true, Color: true, Area: true, Tiers: true, Customer: true, Sketch: true, Sent: true, Viewed: true, Teammate: true, Card: true}
	want := []string{"Confirm your e-mail", "Company, phone and license", "Your color", "Where you work", "Check the three tiers", "First customer",
		"Quote the sample yard", "Send a quote", "See that it was read", "Invite somebody", "Get paid online", "Choose a plan, and its card"}
	for _, getPaid := range []bool{true, false} {
		c := &caller.Caller{}
		var labels []string
		for _, s := range steps(c, onboarding.FirstSteps{}, getPaid) {
			labels = append(labels, s.Label)
		}
		if !getPaid {
			want = slices.DeleteFunc(want, func(label string) bool { return label == "Get paid online" })
		}
		if !slices.Equal(labels, want) {
			t.Errorf("got %q, want %q", labels, want)
		}
		c.EmailVerified = true
		if left := steps(c, done, getPaid); (left != nil) != getPaid {
			t.Errorf("all but being paid is done, and %d steps are shown", len(left))
		}
	}
}
