package shell

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/id"
)

// TestStripsSayWhatStopsAndWhoCanHelp: everybody reads what stops their work, the way out is the owner's.
func TestStripsSayWhatStopsAndWhoCanHelp(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 3, 14, 17, 0, 0, 0, time.UTC)
	in := func(days int) *time.Time { at := now.AddDate(0, 0, days); return &at }
	pays := func(change func(*tenancy.PlanStanding, *tenancy.Subscription)) tenancy.Organization {
		sub := tenancy.Subscription{ID: "sub_1", Status: plan.StatusActive, Plan: plan.Growth, PlanVersion: 1, CreatedAt: *in(-100), PeriodStart: *in(-10), PeriodEnd: *in(20)}
		var s tenancy.PlanStanding
		change(&s, &sub)
		s.Subscriptions = []tenancy.Subscription{sub}
		return tenancy.Organization{Plan: plan.Trial, PlanVersion: 1, TrialEndsAt: in(-86), Standing: s}
	}
	unpaid := func(since int) func(*tenancy.PlanStanding, *tenancy.Subscription) {
		return func(s *tenancy.PlanStanding, sub *tenancy.Subscription) {
			sub.Status, s.FirstUnpaidAt = plan.StatusPastDue, in(since)
		}
	}
	trial := func(ends int) tenancy.Organization {
		return tenancy.Organization{Plan: plan.Trial, PlanVersion: 1, TrialEndsAt: in(ends)}
	}
	stopped := trial(10)
	stopped.Standing.Overrides = []tenancy.Override{{Kind: tenancy.OverrideHold, Reason: "sends spam", Since: *in(-1)}}
	const readOnly = " your company turns read-only."
	for _, c := range []struct {
		what               string
		org                tenancy.Organization
		owner, admin, crew string // text, and after a bar the button
	}{
		{"a trial with ten days left", trial(10), "", "", ""},
		{"a trial with five days left", trial(5), "Your trial ends on Mar 19, in 5 days. Without a plan everything turns read-only then.|Choose a plan", "Your trial ends on Mar 19, in 5 days. Without a plan everything turns read-only then. The owner can choose one.", ""},
		{"a trial that ended", trial(-2), "Read-only since Mar 12 because the trial ended.|Choose a plan", "Read-only since Mar 12 because the trial ended. The owner can choose a plan.", "Read-only since Mar 12 because the trial ended. The owner can choose a plan."},
		{"a trial that ended long ago", trial(-40), "Read-only since Mar 4 because the trial ended. What you have is kept until May 3.|Choose a plan", "", ""},
		{"a stopped company", stopped, "Fence Platform has stopped this company. Its owner can write to us.", "Fence Platform has stopped this company. Its owner can write to us.", "Fence Platform has stopped this company. Its owner can write to us."},
		{"a company that pays", pays(func(*tenancy.PlanStanding, *tenancy.Subscription) {}), "", "", ""},
		{"an unpaid invoice", pays(unpaid(-4)), "An invoice is unpaid. On Mar 24" + readOnly + "|Pay now", "An invoice is unpaid. On Mar 24" + readOnly + " The owner can pay it.", "An invoice is unpaid. On Mar 24" + readOnly + " The owner can pay it."},
		{"a bank that asks", pays(func(s *tenancy.PlanStanding, sub *tenancy.Subscription) { unpaid(-4)(s, sub); s.BankAsks = true }),
			"The bank asks to confirm a payment. On Mar 24" + readOnly + "|Confirm", "The bank asks to confirm a payment. On Mar 24" + readOnly + " The owner can do it.", "The bank asks to confirm a payment. On Mar 24" + readOnly + " The owner can do it."},
		{"an invoice that is unpaid for long", pays(unpaid(-20)), "Read-only since Mar 8 because an invoice is unpaid.|Pay now", "Read-only since Mar 8 because an invoice is unpaid. The owner can pay it.", "Read-only since Mar 8 because an invoice is unpaid. The owner can pay it."},
		{"a plan that was ended", pays(func(_ *tenancy.PlanStanding, sub *tenancy.Subscription) {
			sub.CancelAt, sub.CancelAtPeriodEnd = in(20), true
		}),
			"Your plan ends on Apr 3. Then everything turns read-only.|Keep it", "", ""},
		{"a card in its last month", pays(func(s *tenancy.PlanStanding, _ *tenancy.Subscription) {
			s.Card = tenancy.Card{Last4: "4242", ExpMonth: 3, ExpYear: 2027}
		}),
			"The card that ends in 4242 is good until the end of March 2027.|Change card", "", ""},
		{"a card that is no longer good", pays(func(s *tenancy.PlanStanding, _ *tenancy.Subscription) {
			s.Card = tenancy.Card{Last4: "4242", ExpMonth: 2, ExpYear: 2027}
		}),
			"The card that ends in 4242 is no longer good.|Change card", "", ""},
	} {
		c.org.TimeZone = "America/Chicago"
		for role, want := range map[identity.Role]string{identity.Owner: c.owner, identity.Admin: c.admin, identity.Crew: c.crew} {
			if want == "" && role != identity.Owner && strings.Contains(c.what, "long ago") {
				continue // nobody but owners comes in
			}
			a := tenancy.Actor{Org: c.org}.As(tenancy.Person, id.New(), "Sam", string(role), role.Permissions())
			var got []string
			for _, m := range planStrips(&caller.Caller{Actor: a, Now: now}) {
				if m.Action != nil {
					m.Text += "|" + m.Action.Label
				}
				got = append(got, m.Text)
			}
			if strings.Join(got, "; ") != want {
				t.Errorf("%s, %s reads %q, want %q", c.what, role, got, want)
			}
		}
	}
}
