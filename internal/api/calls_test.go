package api

import (
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

// Over the plan's API calls a program is told so at every operation, without a time to try again: weeks are no retry.
func TestCallsOverThePlanAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `INSERT INTO platform.plan_overrides (org_id, id, kind, subject, limited_to, reason, granted_by, granted_at)
		VALUES ($1, gen_random_uuid(), 'limit', 'api_calls', 5, 'a test', 'a test', now())`, testkit.A.ID)
	w.CallsUntouched(t, testkit.B, func() {
		w.token(t, testkit.A, "owner") // logging in is no call
		for i := range 5 {
			if got := w.as(t, "GET", "/v1/organization", ""); got.status != 200 {
				t.Fatalf("call %d: %d %s", i+1, got.status, got.body)
			}
		}
		for _, path := range []string{"/v1/organization", "/v1/customers"} {
			got := w.as(t, "GET", path, "")
			wantProblem(t, got, 402, "plan-limit-reached")
			_, _, facts := problemOf(t, got)
			if facts["metric"] != "api_calls" || facts["limit"] != 5.0 || facts["used"] != 5.0 || facts["resets_at"] == nil || facts["upgrade_url"] == nil || got.header.Get("Retry-After") != "" {
				t.Errorf("told %v, Retry-After %q", facts, got.header.Get("Retry-After"))
			}
		}
	})
	// Neither the homeowner's link nor another company is concerned.
	if got := w.send(t, request{method: "GET", path: "/v1/public/quotes/link%20of%20a"}); got.status != 200 {
		t.Errorf("the homeowner reads: %d %s", got.status, got.body)
	}
}

// The explanation of a limit is what is enforced, and names what was counted.
func TestUsageIsExplained(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `INSERT INTO platform.plan_overrides (org_id, id, kind, subject, limited_to, reason, until, granted_by, granted_at)
		VALUES ($1, gen_random_uuid(), 'limit', 'quotes', 77, 'spring rush', now() + interval '9 days', 'a test', now())`, testkit.A.ID)
	var r records
	newDraft(t, w, &r)
	x := read[usageExplanation](t, w.as(t, "GET", "/v1/usage/explain?metric=quotes", ""), 200)
	if len(x.Contributions) != 2 || x.Contributions[0].Source != "plan" || x.Contributions[1].Source != "override" ||
		*x.Contributions[1].Value != 77 || x.Contributions[1].Reason != "spring rush" || x.Contributions[1].Until == nil {
		t.Errorf("contributions %+v", x.Contributions)
	}
	if len(x.Standings) != 1 || *x.Standings[0].Limit != 77 || x.Standings[0].Used != 1 {
		t.Errorf("standings %+v", x.Standings)
	}
	if len(x.Counted) != 1 || x.Counted[0].RecordID != r.Quote || x.Counted[0].Kind != "use" || x.Next != "" {
		t.Errorf("counted %+v, want the quote", x.Counted)
	}
	all := read[usageExplanation](t, w.as(t, "GET", "/v1/usage/explain", ""), 200)
	if len(all.Standings) != 5 || len(all.Contributions) <= 5 {
		t.Errorf("of everything: %d standings and %d contributions", len(all.Standings), len(all.Contributions))
	}
	wantProblem(t, w.as(t, "GET", "/v1/usage/explain?after=x", ""), 422, "invalid-input")
}
