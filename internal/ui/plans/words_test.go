package plans

import (
	"bytes"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/ui/shell"
)

var now = time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC)

// at is where a company stands by its facts.
func at(f plan.Facts) billing.Overview {
	o := billing.Overview{Now: now, Entitlements: plan.Derive(f, now), People: 7, Used: map[plan.Metric]int64{plan.Users: 7, plan.Jobs: 61, plan.Storage: 2_000_000_000}}
	if s, found := f.Governing(); found && s.Live() {
		o.Subscription = s
	}
	return o
}

func subscribed(change func(*plan.Facts, *plan.Subscription)) plan.Facts {
	f := plan.Facts{Plan: plan.Trial, Version: 1, Converted: true}
	s := plan.Subscription{ID: "sub", Status: plan.StatusActive, Plan: plan.Growth, Version: 1, CreatedAt: now.AddDate(0, -1, 0), PeriodStart: now.AddDate(0, 0, -9), PeriodEnd: now.AddDate(0, 0, 21)}
	change(&f, &s)
	f.Subscriptions = []plan.Subscription{s}
	return f
}

func TestTheStateIsOneSentenceWithItsDate(t *testing.T) {
	t.Parallel()
	a := tenancy.Actor{Org: tenancy.Organization{TimeZone: "America/Chicago"}}
	for want, f := range map[string]plan.Facts{
		"Trial of Growth until Mar 14. Then read-only unless you pick a plan; your customers' links keep working.": {Plan: plan.Trial, Version: 1, TrialEndsAt: now.AddDate(0, 0, 4)},
		"Trial of Growth until Mar 14. Then Starter, paid from that day on.": subscribed(func(f *plan.Facts, s *plan.Subscription) {
			f.TrialEndsAt, s.Status, s.Plan = now.AddDate(0, 0, 4), plan.StatusTrialing, plan.Starter
		}),
		"Growth. The next bill comes on Mar 31.": subscribed(func(*plan.Facts, *plan.Subscription) {}),
		"Growth until Mar 31, then Starter.": subscribed(func(_ *plan.Facts, s *plan.Subscription) {
			s.Next, s.NextAt = plan.Starter, s.PeriodEnd
		}),
		"Growth until Mar 31. Then it ends and everything is read-only; your customers' links keep working.": subscribed(func(_ *plan.Facts, s *plan.Subscription) { s.CancelAtPeriodEnd = true }),
		"Growth. An invoice is unpaid since Mar 8. On Mar 22 everything turns read-only; your customers' links keep working.": subscribed(func(f *plan.Facts, s *plan.Subscription) {
			s.Status, f.FirstUnpaidAt = plan.StatusPastDue, now.AddDate(0, 0, -2)
		}),
		"Read-only since Mar 4 because an invoice is unpaid.": subscribed(func(f *plan.Facts, s *plan.Subscription) {
			s.Status, f.FirstUnpaidAt = plan.StatusPastDue, now.AddDate(0, 0, -20)
		}),
		"Read-only since Mar 8 because the trial ended. Your customers' links work until Apr 7. Everything is kept until Jun 6.": {Plan: plan.Trial, Version: 1, TrialEndsAt: now.AddDate(0, 0, -2)},
		"Growth, as agreed with Fence Platform. Nothing is paid here.":                                                           {Plan: plan.Growth, Version: 1},
		"Growth, free of charge until Apr 10.":                                                                                   {Plan: plan.Trial, Version: 1, Comp: &plan.Comp{Since: now.AddDate(0, -1, 0), Until: now.AddDate(0, 1, 0), Reason: "a friend"}},
	} {
		if got := billing.StateSentence(a, at(f)); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}

func TestEachPlanStandsBesideWhatIsUsed(t *testing.T) {
	t.Parallel()
	h := &Handlers{Billing: &billing.Service{}}
	a := tenancy.Actor{Org: tenancy.Organization{TimeZone: "America/Chicago"}}.As(tenancy.Person, tenancy.Actor{}.ID, "Sam", "owner", []tenancy.Permission{tenancy.BillingManage, tenancy.UsageRead})
	v := h.overviewOf(a, at(plan.Facts{Plan: plan.Trial, Version: 1, TrialEndsAt: now.AddDate(0, 0, 4)}))
	var b bytes.Buffer
	if err := overviewPage(v).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"$49", "$149", "Talk to us", "7 of 1", "6 over", "61 of 50", "11 over", "7 of 10", "$187 a month with your 7 people", "7, no limit", "Your trial", "Everything in Starter, and prices by location",
		`href="/settings/plan/choose?plan=starter"`, "Ask about Enterprise"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := strings.Count(b.String(), "button primary"); n != 1 {
		t.Errorf("%d primary buttons", n)
	}
	// Others see the same plans and whom to ask, and no button.
	a = a.As(tenancy.Person, a.ID, "Kim", "accountant", []tenancy.Permission{tenancy.UsageRead})
	o := at(plan.Facts{Plan: plan.Growth, Version: 1})
	o.Owners = []string{"Sam", "Ann"}
	b.Reset()
	if err := overviewPage(h.overviewOf(a, o)).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); !strings.Contains(s, "Ask Sam or Ann (owners) to change the plan.") || strings.Contains(s, "class=\"button") {
		t.Error("who may not choose is not told whom to ask, or has a button")
	}
}

func TestWhatNobodyCanUseYetIsNamedAsComing(t *testing.T) {
	t.Parallel()
	all := plan.Offered()
	for n, want := range []struct{ has, coming string }{
		{"Quotes and signatures.", "Coming: cost over 20 years and a lead form on your website."},
		{"Everything in Starter, and prices by location and API keys.", "Coming: approvals, crews and webhooks."},
		{"Everything in Growth, and single sign-on and export of the audit log.", "Coming: roles of your own and a database of your own."},
	} {
		var smaller *plan.Plan
		if n > 0 {
			smaller = &all[n-1]
		}
		if has, coming := features(all[n], smaller); has != want.has || coming != want.coming {
			t.Errorf("%s: %q, %q", all[n].Name, has, coming)
		}
	}
}

// The year stands where it is another than that of the request, whatever year it is for the process.
func TestDaysAreReadFromTheRequestsClock(t *testing.T) {
	t.Parallel()
	a := tenancy.Actor{Org: tenancy.Organization{TimeZone: "America/Chicago"}}
	o := billing.Overview{Now: time.Date(2031, 11, 20, 15, 0, 0, 0, time.UTC)}
	o.Subscription = plan.Subscription{ID: "sub", Status: plan.StatusActive, Plan: plan.Growth, Version: 1, PeriodEnd: o.Now.AddDate(0, 0, 21)}
	v := endingOf(a, o)
	for said, want := range map[string]string{v.Lead: "The plan ends on Dec 11. ", v.Stays[1]: "Until Jan 10, 2032 everybody reads"} {
		if !strings.HasPrefix(said, want) {
			t.Errorf("it says %q, want %q", said, want)
		}
	}
}

// No plan opens a company again that was stopped: its owner is given whom to write to, and nothing to choose.
func TestAStoppedCompanyIsToldWhomToWriteTo(t *testing.T) {
	t.Parallel()
	h := &Handlers{Billing: &billing.Service{}, Pages: &shell.Pages{WriteTo: "help@platform.example"}}
	a := tenancy.Actor{Org: tenancy.Organization{Name: "Alpha Fence", TimeZone: "America/Chicago"}}.As(tenancy.Person, tenancy.Actor{}.ID, "Sam", "owner", []tenancy.Permission{tenancy.BillingManage, tenancy.UsageRead})
	f := subscribed(func(*plan.Facts, *plan.Subscription) {})
	f.Hold = &plan.Hold{Since: now, Reason: "sends spam"}
	var page, ask bytes.Buffer
	if err := overviewPage(h.overviewOf(a, at(f))).Render(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	if got := page.String(); !strings.Contains(got, "Stopped") || !strings.Contains(got, `href="mailto:help@platform.example?subject=Our%20company%20is%20stopped:%20Alpha%20Fence"`) || strings.Contains(got, choosePath) {
		t.Errorf("the page is\n%s", got)
	}
	if err := askUsPage(h.Pages.WriteToUs("Enterprise for Alpha Fence")).Render(t.Context(), &ask); err != nil || !strings.Contains(ask.String(), "mailto:help@platform.example?subject=Enterprise") {
		t.Errorf("%v\n%s", err, ask.String())
	}
}
