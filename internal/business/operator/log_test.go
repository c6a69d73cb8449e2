package operator_test

import (
	"testing"

	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// A deed's line enqueues the task that writes it into the company's own log, once however often it runs, and into no
// other company's.
func TestAnActIsNotedInTheCompanysOwnLog(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.B, func() {
		w.grant(t, operator.OverrideInput{Kind: tenancy.OverrideHold, Reason: "sends spam"})
		act := testkit.Value[id.ID](t, w.Database, `SELECT (args ->> 'act_id')::uuid FROM tasks.river_job WHERE kind = 'note_operator_act' AND args ->> 'org_id' = $1`, testkit.A.ID.String())
		a, _ := w.company(t, testkit.A)
		for range 2 {
			if err := w.operators.Note(t.Context(), a, act); err != nil {
				t.Fatal(err)
			}
		}
		b, _ := w.company(t, testkit.B)
		if err := w.operators.Note(t.Context(), b, act); !fault.Is(err, fault.NotFound) {
			t.Errorf("noted in another company: %v", err)
		}
	})
	noted := testkit.Values[string](t, w.Database, `SELECT action || ': ' || (content::jsonb ->> 'actor_name') FROM app.audit_entries WHERE org_id = $1 AND record_type = 'operator_act'`, testkit.A.ID)
	if len(noted) != 1 || noted[0] != "platform.override.granted: Fence Platform" {
		t.Errorf("noted is %q", noted)
	}
	acts, err := w.operators.Acts(t.Context(), &testkit.A.ID, nil, nil, 10)
	if err != nil || len(acts) != 1 || acts[0].Reason != "sends spam" || acts[0].ByName != "olivia@platform.example" || acts[0].OperatorID != nil {
		t.Errorf("%+v, %v", acts, err)
	}
}
