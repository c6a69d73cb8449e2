package tenancy_test

import (
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func TestHostsNameTheirCompanyAndNobodyElses(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	d.Exec(t, `INSERT INTO platform.hosts (host, org_id, kind, until, created_at) VALUES
		('alpha-old', $1, 'forward', now() + interval '1 year', now()), ('alpha-gone', $1, 'forward', now() - interval '1 day', now()),
		('left', $2, 'tombstone', now() + interval '1 year', now())`, testkit.A.ID, id.New())
	hosts := tenancy.NewHosts(d.App, "fence.localhost")
	for label, want := range map[string]struct {
		org     id.ID
		forward string
	}{
		"alpha": {testkit.A.ID, ""}, "beta": {testkit.B.ID, ""}, "alpha-old": {testkit.A.ID, "alpha"},
		"alpha-gone": {}, "left": {}, "nobody": {}, "": {}, "alpha'; --": {},
	} {
		place, err := hosts.Find(t.Context(), label)
		if want.org == id.Nil {
			wantFault(t, label, err, fault.NotFound, "not-found")
			continue
		}
		if err != nil || place.Tenant.Org() != want.org || place.Forward != want.forward {
			t.Errorf("%s: %v %q, %v, want %v %q", label, place.Tenant.Org(), place.Forward, err, want.org, want.forward)
		}
	}
}

func TestOnlyOneLabelBelowTheBaseIsACompany(t *testing.T) {
	t.Parallel()
	hosts := tenancy.NewHosts(nil, "fence.localhost")
	for host, want := range map[string]struct {
		label string
		apex  bool
	}{
		"fence.localhost": {"", true}, "FENCE.localhost.": {"", true}, "alpha.fence.localhost": {"alpha", false}, "Alpha.Fence.Localhost": {"alpha", false},
		"a.b.fence.localhost": {}, "fence.localhost.evil.example": {}, "evilfence.localhost": {}, "": {}, "localhost": {}, "127.0.0.1": {},
	} {
		if label, apex := hosts.Label(host); label != want.label || apex != want.apex {
			t.Errorf("%q: %q %v, want %q %v", host, label, apex, want.label, want.apex)
		}
	}
}

func TestVisitorHasNoRights(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	hosts := tenancy.NewHosts(d.App, "fence.localhost")
	place, err := hosts.Find(t.Context(), "alpha")
	if err != nil {
		t.Fatal(err)
	}
	v, now, err := hosts.Visitor(t.Context(), place)
	if err != nil || v.Org.ID != testkit.A.ID || time.Since(now) > time.Minute {
		t.Fatalf("visitor of %v at %s, %v", v.Org.ID, now, err)
	}
	for _, p := range tenancy.Permissions {
		wantFault(t, string(p), v.Require(p), fault.Unauthenticated, "unauthenticated")
	}
}

func TestRightsAreThoseGivenAndNoMore(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a := person(t, d, testkit.A, testkit.A.Crew()).As(tenancy.Person, testkit.A.Crew(), "Carl", "crew", []tenancy.Permission{tenancy.JobsRead})
	if err := a.Require(tenancy.JobsRead); err != nil {
		t.Error(err)
	}
	wantFault(t, "another right", a.Require(tenancy.CustomersRead), fault.Forbidden, "forbidden")
	if link := a.As(tenancy.Homeowner, id.New(), "Dana", "", nil); link.UserID != id.Nil || link.May(tenancy.JobsRead) {
		t.Errorf("a homeowner keeps %+v of the person before", link)
	}
}

// A trial ends by the clock alone: no task has to run for it.
func TestTrialEndsByTheClock(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	d.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = now() + interval '14 days' WHERE org_id = $1`, testkit.A.ID)
	a := person(t, d, testkit.A, testkit.A.Owner())
	ends := *a.Org.TrialEndsAt
	if err := a.RequireWritable(ends.Add(-time.Second)); err != nil {
		t.Errorf("a second before: %v", err)
	}
	if err := a.RequireFeature(plan.FeatureAPIKeys, ends.Add(-time.Second)); err != nil {
		t.Errorf("a feature of growth in the trial: %v", err)
	}
	wantFault(t, "at its end", a.RequireWritable(ends), fault.LimitReached, "subscription-required")
}

func TestTaskOfNobodysCompanyIsRefused(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	_, err := tenancy.InTask(t.Context(), d.App, id.New())
	wantFault(t, "a random organization", err, fault.NotFound, "not-found")
	_, err = tenancy.InTask(t.Context(), d.App, id.Nil)
	if err == nil {
		t.Error("no organization at all was entered")
	}
}
