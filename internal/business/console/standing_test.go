package console_test

import (
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
)

// TestSentencesSayByWhatItEnded: what a company worked by, how that came to its end, and when.
func TestSentencesSayByWhatItEnded(t *testing.T) {
	t.Parallel()
	ended := time.Date(2027, 3, 14, 17, 0, 0, 0, time.UTC)
	trial := ended.AddDate(0, -6, 0)
	sub := func(change func(*tenancy.Subscription)) tenancy.PlanStanding {
		s := tenancy.Subscription{ID: "sub_1", Status: plan.StatusCanceled, Plan: plan.Growth, PlanVersion: 1, CreatedAt: ended.AddDate(0, -2, 0), PeriodStart: ended.AddDate(0, -1, 0), PeriodEnd: ended.AddDate(0, 0, 9), EndedAt: &ended}
		change(&s)
		return tenancy.PlanStanding{Subscriptions: []tenancy.Subscription{s}}
	}
	for _, c := range []struct {
		standing tenancy.PlanStanding
		trial    time.Time
		want     string
	}{
		{sub(func(s *tenancy.Subscription) { s.CancelAt, s.CancelAtPeriodEnd, s.PeriodEnd = &ended, true, ended }), trial,
			"because its subscription to Growth had been canceled and the period that was paid ended~"},
		{sub(func(s *tenancy.Subscription) { // announced, and not heard of since
			s.Status, s.EndedAt, s.CancelAtPeriodEnd, s.PeriodEnd = plan.StatusActive, nil, true, ended
		}), trial, "because its subscription to Growth had been canceled and the period that was paid ended~"},
		{sub(func(s *tenancy.Subscription) { s.CancelAt = &ended }), trial, "because its subscription to Growth had been canceled for a day to come, and ended~"},
		{sub(func(*tenancy.Subscription) {}), trial, "because its subscription to Growth was canceled at once~, by them or at Stripe"},
		{sub(func(s *tenancy.Subscription) { s.Status = plan.StatusIncompleteExpired }), trial, "because the first payment of its subscription to Growth was not made in time, and it lapsed~"},
		{sub(func(s *tenancy.Subscription) {
			s.Status, s.EndedAt, s.PeriodEnd = plan.StatusIncompleteExpired, nil, trial
		}), ended,
			"because the trial ended~ and the first payment of a plan was never made"},
		{tenancy.PlanStanding{Overrides: []tenancy.Override{{Kind: tenancy.OverrideComp, Until: &ended}}}, trial, "because the free use that was granted ended~"},
		{tenancy.PlanStanding{}, ended, "because the trial ended~ and no plan was chosen"},
	} {
		facts := tenancy.Organization{Plan: plan.Trial, PlanVersion: 1, TrialEndsAt: &c.trial, Standing: c.standing}.PlanFacts()
		for days, want := range map[int]string{
			3:  "Read-only since Mar 14, 2027 " + strings.Replace(c.want, "~", "", 1) + ". From Apr 13, 2027 only owners come in.",
			40: "Dormant since Apr 13, 2027 " + strings.Replace(c.want, "~", " on Mar 14, 2027", 1) + ": only owners come in. Its rows are kept until Jun 12, 2027.",
		} {
			if got := console.Sentence(plan.Derive(facts, ended.AddDate(0, 0, days)), c.standing, time.UTC); got != want {
				t.Errorf("%d days later it says\n%s\nwant\n%s", days, got, want)
			}
		}
	}
}
