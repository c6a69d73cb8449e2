package fieldwork_test

import (
	"testing"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/testkit"
)

func TestListShowsNothingOfTheOtherCompany(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A, tenancy.Permissions...)
	w.Untouched(t, testkit.B, func() {
		for _, f := range []fieldwork.JobFilter{{}, {CustomerID: testkit.B.Customer()}} {
			page, err := w.jobs.ListJobs(t.Context(), a, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, j := range page.Jobs {
				if j.ID != testkit.A.Job() {
					t.Errorf("A sees job %s (%+v)", j.ID, f)
				}
			}
			if f.CustomerID == testkit.B.Customer() && len(page.Jobs) != 0 {
				t.Errorf("%d jobs of B's customer, want none", len(page.Jobs))
			}
		}
	})
}
