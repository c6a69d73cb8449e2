package identity_test

import (
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

func TestOwnersAreMailedOnceThatLittleIsLeft(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, err := tenancy.InTask(t.Context(), w.App, testkit.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	start := a.Org.Period(testkit.Value[time.Time](t, w.Database, `SELECT app.now()`)).Start
	w.Exec(t, `INSERT INTO app.usage_warnings (org_id, metric, period_start, percent, used, limited_to, at) VALUES ($1, 'jobs', $2, 80, 400, 500, app.now())`, testkit.A.ID, start)
	w.Untouched(t, testkit.B, func() {
		for range 2 { // done again, it mails nobody
			if err := w.people.WarnOfUsage(t.Context(), a, usage.Warning{OrgID: testkit.A.ID, Metric: plan.Jobs, PeriodStart: start, Percent: 80}); err != nil {
				t.Fatal(err)
			}
		}
	})
	subjects := testkit.Values[string](t, w.Database, `SELECT recipient || ': ' || subject FROM app.mails WHERE org_id = $1 AND kind = 'usage_warning'`, testkit.A.ID)
	if len(subjects) != 1 || subjects[0] != "owner@a.example: 400 of 500 jobs used this month" {
		t.Errorf("mailed %q, want the owner once", subjects)
	}
	text := testkit.Value[string](t, w.Database, `SELECT plain FROM app.mails WHERE org_id = $1 AND kind = 'usage_warning'`, testkit.A.ID)
	if !strings.Contains(text, "http://alpha.fence.localhost:8080/settings/usage") || !strings.Contains(text, "Nothing stops yet") {
		t.Errorf("the mail says\n%s", text)
	}
}

func TestSeatsAreThePeopleWhoWorkHere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	err := w.InOrg(t, testkit.A, func(tx *pg.OrgTx) error {
		n, err := identity.Seats(tx)
		if err == nil && n != 6 {
			t.Errorf("%d seats are taken, want 6", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
