package operator_test

import (
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// olivia is on the command line.
var olivia = operator.Doer{Name: "olivia"}

func (w *world) grant(t *testing.T, in operator.OverrideInput) operator.Overridden {
	t.Helper()
	in.Company, in.By = "alpha", operator.Doer{Name: "olivia@platform.example"}
	o, err := w.operators.Override(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (w *world) company(t *testing.T, o testkit.Org) (tenancy.Actor, plan.Entitlements) {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a, a.Entitlements(testkit.Value[time.Time](t, w.Database, `SELECT app.now()`))
}

func TestOverridesAreReadWithTheOrganization(t *testing.T) {
	t.Parallel()
	w := setup(t)
	until := time.Now().Add(48 * time.Hour)
	w.Untouched(t, testkit.A, func() { // nothing of it is in the company's own rows
		w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideLimit, Subject: "jobs", Limit: 700, Reason: "spring rush", Until: &until})
		w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideFeature, Subject: "log_export", Reason: "audit year"})
		w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideLimit, Subject: "users", Limit: plan.Unlimited, Reason: "all hands"})
	})
	_, e := w.company(t, testkit.A)
	if e.Limit(plan.Jobs) != 700 || !e.Has(plan.FeatureLogExport) || e.Limit(plan.Users) != plan.Unlimited || e.NextChangeAt.Sub(until).Abs() > time.Millisecond {
		t.Errorf("jobs %d, people %d, export %v, until %v", e.Limit(plan.Jobs), e.Limit(plan.Users), e.Has(plan.FeatureLogExport), e.NextChangeAt)
	}
	if _, b := w.company(t, testkit.B); b.Limit(plan.Jobs) != 500 || b.Has(plan.FeatureLogExport) {
		t.Error("another company has them too")
	}
	w.Advance(t, 49*time.Hour)
	if _, e := w.company(t, testkit.A); e.Limit(plan.Jobs) != 500 {
		t.Errorf("after its end the limit is %d, want the plan's", e.Limit(plan.Jobs))
	}
}

func TestAnOverrideReplacesTheOneBeforeAndEnds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideLimit, Subject: "jobs", Limit: 700, Reason: "first"})
	second := w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideLimit, Subject: "jobs", Limit: 20, Reason: "second"})
	if _, e := w.company(t, testkit.A); e.Limit(plan.Jobs) != 20 {
		t.Errorf("the limit is %d, want the second's", e.Limit(plan.Jobs))
	}
	if _, err := w.operators.EndOverride(t.Context(), operator.EndInput{Company: "beta", ID: second.ID, By: olivia}); !fault.Is(err, fault.NotFound) {
		t.Errorf("ended in another company's name: %v", err)
	}
	if _, err := w.operators.EndOverride(t.Context(), operator.EndInput{Company: "alpha", ID: second.ID, By: olivia}); err != nil {
		t.Fatal(err)
	}
	if _, e := w.company(t, testkit.A); e.Limit(plan.Jobs) != 500 {
		t.Errorf("the limit is %d, want the plan's", e.Limit(plan.Jobs))
	}
	all, err := w.operators.Overrides(t.Context(), "alpha")
	if err != nil || len(all) != 2 || all[0].EndedAt == nil || all[1].EndedAt == nil {
		t.Errorf("written down %+v, %v", all, err)
	}
}

func TestCompAndHold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = app.now() - interval '40 days' WHERE org_id = $1`, testkit.A.ID)
	until := time.Now().Add(time.Hour)
	w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideComp, Reason: "made up for an outage", Until: &until})
	a, e := w.company(t, testkit.A)
	if e.State != plan.Active || e.Cause != plan.ByComp || a.RequireWritable(time.Now()) != nil {
		t.Errorf("with free use it is %s by %s", e.State, e.Cause)
	}
	w.Advance(t, 2*time.Hour)
	if _, e = w.company(t, testkit.A); e.State != plan.Canceled {
		t.Errorf("after it the company is %s, want read-only for 30 days", e.State)
	}
	stop := w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideHold, Reason: "sends spam"})
	person := tenancy.Of(a.Tenant(), a.Org).As(tenancy.Person, testkit.A.Owner(), "Sam", "owner", tenancy.Permissions)
	a, e = w.company(t, testkit.A)
	person.Org = a.Org
	if err := person.RequireOpen(time.Now()); e.State != plan.Suspended || fault.As(err).Code != "org-suspended" {
		t.Errorf("stopped it is %s: %v", e.State, err)
	}
	if _, err := w.operators.EndOverride(t.Context(), operator.EndInput{Company: "alpha", ID: stop.ID, By: olivia}); err != nil {
		t.Fatal(err)
	}
	if _, e = w.company(t, testkit.A); e.State != plan.Canceled {
		t.Errorf("let go it is %s", e.State)
	}
}

func TestOverridesSayWhatIsWrongWithThem(t *testing.T) {
	t.Parallel()
	w := setup(t)
	past := time.Now().Add(-time.Hour)
	for pointer, in := range map[string]operator.OverrideInput{
		"/reason":  {Kind: tenancy.OverrideHold, Reason: "  no"},
		"/subject": {Kind: tenancy.OverrideLimit, Subject: "horses", Limit: 3, Reason: "because"},
		"/limit":   {Kind: tenancy.OverrideLimit, Subject: "jobs", Limit: -2, Reason: "because"},
		"/until":   {Kind: tenancy.OverrideLimit, Subject: "jobs", Limit: 2, Reason: "because", Until: &past},
		"/kind":    {Kind: "favor", Reason: "because"},
	} {
		in.Company, in.By = "alpha", olivia
		_, err := w.operators.Override(t.Context(), in)
		if f := fault.As(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != pointer {
			t.Errorf("%s: %v", pointer, err)
		}
	}
	in := operator.OverrideInput{Company: "nobody", Kind: tenancy.OverrideHold, Reason: "because", By: olivia}
	if _, err := w.operators.Override(t.Context(), in); !fault.Is(err, fault.Invalid) {
		t.Errorf("a company of nobody: %v", err)
	}
}

// A company's own transactions can neither write overrides nor read another's.
func TestTenantsCannotOverride(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideHold, Reason: "sends spam"})
	for _, sql := range []string{
		`INSERT INTO platform.plan_overrides (org_id, id, kind, subject, limited_to, reason, granted_by, granted_at) VALUES (app.org_id(), gen_random_uuid(), 'limit', 'jobs', -1, 'mine', 'me', now())`,
		`UPDATE platform.plan_overrides SET ended_at = now(), ended_by = 'me'`, `DELETE FROM platform.plan_overrides`, `SELECT * FROM platform.plan_overrides`,
	} {
		err := w.InOrg(t, testkit.A, func(tx *pg.OrgTx) error { _, err := tx.Exec(sql); return err })
		if err == nil {
			t.Errorf("allowed: %s", sql)
		}
	}
	var other string
	err := w.InOrg(t, testkit.B, func(tx *pg.OrgTx) error { return tx.QueryRow(`SELECT platform.plan_standing()::text`).Scan(&other) })
	if err != nil || strings.Contains(other, "spam") {
		t.Errorf("another company reads %s, %v", other, err)
	}
}
