package home

import (
	"slices"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/id"
)

func as(r identity.Role) tenancy.Actor {
	return tenancy.Actor{}.As(tenancy.Person, id.New(), "Sam", string(r), r.Permissions())
}

// Steps stand in the order in which a company is set up; being paid online only where that is to be had. When all are
// done there are none.
func TestStepsStandInTheirOrder(t *testing.T) {
	t.Parallel()
	done := onboarding.FirstSteps{Company: true, Color: true, Area: true, Tiers: true, Customer: true, Sketch: true, Sent: true, Viewed: true, Teammate: true, Card: true}
	want := []string{"Confirm your e-mail", "Company, phone and license", "Your color", "Where you work", "Check the three tiers", "First customer",
		"Quote the sample yard", "Send a quote", "See that it was read", "Invite somebody", "Get paid online", "Choose a plan, and its card"}
	for _, getPaid := range []bool{true, false} {
		c := &caller.Caller{Actor: as(identity.Owner)}
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

// What only an owner can do is shown to an admin as the owner's, and is not waited for.
func TestStepsOfTheOwnerAreNotAnAdmins(t *testing.T) {
	t.Parallel()
	done := onboarding.FirstSteps{Company: true, Color: true, Area: true, Tiers: true, Customer: true, Sketch: true, Sent: true, Viewed: true}
	for role, want := range map[identity.Role][]string{identity.Owner: nil, identity.Admin: {"Get paid online", "Choose a plan, and its card"}} {
		c := &caller.Caller{Actor: as(role), EmailVerified: true}
		var owners []string
		all := steps(c, done, true)
		for _, s := range all {
			if s.Owners {
				owners = append(owners, s.Label)
			}
		}
		if !slices.Equal(owners, want) || left(all) != 3-len(want) {
			t.Errorf("%s: the owner's are %q, want %q; %d are left", role, owners, want, left(all))
		}
		rest := done
		rest.Teammate = true
		if all := steps(c, rest, true); (all == nil) != (role == identity.Admin) {
			t.Errorf("%s: only the owner's are left, and %d steps are shown", role, len(all))
		}
	}
}
