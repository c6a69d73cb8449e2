package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// burden gives a person three open leads and a lost one, two visits to come, and one each that was, is under way, or
// was cancelled.
func (w *world) burden(t *testing.T, o testkit.Org, who id.ID) {
	t.Helper()
	w.Exec(t, `INSERT INTO app.leads (org_id, id, state, name, assigned_to, lost_reason, closed_at, created_at, updated_at)
		SELECT $1, gen_random_uuid(), state, 'Dana Ruiz', $2, reason, closed, '2026-01-04', '2026-01-04'
		FROM (VALUES ('new', NULL, NULL), ('contacted', NULL, NULL), ('quoted', NULL, NULL), ('lost', 'price', timestamptz '2026-01-05')) AS l(state, reason, closed)`, o.ID, who)
	w.Exec(t, `INSERT INTO app.appointments (org_id, id, kind, state, assignee_id, starts_at, ends_at, time_zone, cancelled_at, created_at, updated_at)
		SELECT $1, gen_random_uuid(), 'site_visit', state, $2, app.now() + hours * interval '1 hour', app.now() + (hours + 1) * interval '1 hour', 'America/Chicago',
			CASE WHEN state = 'cancelled' THEN app.now() END, '2026-01-04', '2026-01-04'
		FROM (VALUES ('confirmed', 1), ('unconfirmed', 48), ('completed', -48), ('confirmed', -2), ('in_progress', 1), ('cancelled', 24)) AS v(state, hours)`, o.ID, who)
}

// burdens are how many leads and appointments are a person's, or nobody's: "4 leads, 6 appointments".
func (w *world) burdens(t *testing.T, o testkit.Org, who *id.ID) string {
	t.Helper()
	return testkit.Value[string](t, w.Database, `SELECT (SELECT count(*) FROM app.leads WHERE org_id = $1 AND assigned_to IS NOT DISTINCT FROM $2) || ' leads, ' ||
		(SELECT count(*) FROM app.appointments WHERE org_id = $1 AND assignee_id IS NOT DISTINCT FROM $2) || ' appointments'`, o.ID, who)
}

func TestWhoIsDeactivatedIsTakenOverFrom(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner, leaver, taker := w.owner(t, testkit.A), testkit.A.Office(), testkit.A.Admin()
	w.burden(t, testkit.A, leaver)
	w.burden(t, testkit.B, testkit.B.Office())
	if _, err := w.people.Deactivate(t.Context(), owner, w.about(t, testkit.A.Crew(), "")); err != nil {
		t.Fatalf("somebody for whom nothing waits: %v", err)
	}
	w.Untouched(t, testkit.B, func() {
		if v, err := w.people.Person(t.Context(), owner, leaver); err != nil || v.Work != (identity.Work{Leads: 3, Appointments: 2}) {
			t.Errorf("what waits: %+v, %v", v.Work, err)
		}
		in := w.about(t, leaver, "")
		_, err := w.people.Deactivate(t.Context(), owner, in)
		wantFault(t, "without a successor", err, fault.Invalid, "invalid-input")
		if f := fault.As(err); len(f.Fields) != 1 || f.Fields[0].Pointer != "/successor" || !strings.Contains(f.Fields[0].Message, " has 3 open leads and 2 coming appointments.") {
			t.Errorf("asked for with %+v", f.Fields)
		}
		refused := map[string]bool{}
		for _, who := range []string{leaver.String(), testkit.A.Crew().String(), testkit.B.Admin().String(), id.New().String(), "somebody", " "} {
			in.Successor = identity.Successor(who)
			_, err := w.people.Deactivate(t.Context(), owner, in)
			wantFault(t, "successor "+who, err, fault.Invalid, "invalid-input")
			refused[fmt.Sprint(fault.As(err).Fields)] = true
		}
		if len(refused) != 1 {
			t.Errorf("foreign, deactivated, unknown and the person are told apart: %v", refused)
		}
		if got := w.burdens(t, testkit.A, &leaver); got != "4 leads, 6 appointments" {
			t.Errorf("after what was refused the person has %s", got)
		}
		in.Successor = identity.Successor(taker.String())
		d, err := w.people.Deactivate(t.Context(), keyed(owner, "off"), in)
		if err != nil || d.DeactivatedAt == nil || d.HandedOver.Work != (identity.Work{Leads: 3, Appointments: 2}) || d.HandedOver.To == nil || *d.HandedOver.To != taker {
			t.Fatalf("deactivated: %+v, %v", d, err)
		}
		if again, err := w.people.Deactivate(t.Context(), keyed(owner, "off"), in); err != nil || again.HandedOver.Work != d.HandedOver.Work {
			t.Errorf("the same request again: %+v, %v", again, err)
		}
	})
	if kept, taken := w.burdens(t, testkit.A, &leaver), w.burdens(t, testkit.A, &taker); kept != "1 leads, 4 appointments" || taken != "3 leads, 2 appointments" {
		t.Errorf("the person keeps %s, the successor has %s", kept, taken)
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.leads WHERE org_id = $1 AND assigned_to = $2 AND version = 2 AND updated_at > '2026-01-05'`, testkit.A.ID, taker); n != 3 {
		t.Errorf("%d leads have a new version, want 3", n)
	}
	logged := testkit.Values[string](t, w.Database, `SELECT content FROM app.audit_entries WHERE org_id = $1 AND content LIKE '%person.deactivated%' ORDER BY seq`, testkit.A.ID)
	if len(logged) != 2 || strings.Contains(logged[0], "handed_over") || !strings.Contains(logged[1], `"handed_over":{"leads":3,"appointments":2,"to":"`+taker.String()+`","name":"Admin A"}`) {
		t.Errorf("the log says %v", logged)
	}
	if _, err := audit.Verify(t.Context(), w.App, owner); err != nil {
		t.Error(err)
	}
}

func TestWorkMayBeLeftToNobody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner := w.owner(t, testkit.A)
	before := w.burdens(t, testkit.A, nil)
	for _, who := range []id.ID{testkit.A.Office(), testkit.A.Admin()} {
		w.burden(t, testkit.A, who)
	}
	w.burden(t, testkit.B, testkit.B.Office())
	leaver, _ := w.in(t, testkit.A, "admin@a.example")
	w.Untouched(t, testkit.B, func() {
		in := w.about(t, testkit.A.Office(), "")
		in.Successor = identity.Nobody
		if d, err := w.people.Deactivate(t.Context(), owner, in); err != nil || d.HandedOver.Work != (identity.Work{Leads: 3, Appointments: 2}) || d.HandedOver.To != nil {
			t.Errorf("left to nobody: %+v, %v", d, err)
		}
		if o, err := w.people.Account(t.Context(), leaver); err != nil || o.Work != (identity.Work{Leads: 3, Appointments: 2}) {
			t.Errorf("who leaves is told of %+v, %v", o.Work, err)
		}
		if err := w.people.Leave(t.Context(), leaver, w.about(t, testkit.A.Admin(), "").Version, ""); err != nil {
			t.Errorf("who leaves: %v", err)
		}
	})
	if after := w.burdens(t, testkit.A, nil); before != "1 leads, 0 appointments" || after != "7 leads, 4 appointments" {
		t.Errorf("nobody had %s, and has %s", before, after)
	}
	if left := testkit.Values[string](t, w.Database, `SELECT content FROM app.audit_entries WHERE org_id = $1 AND content LIKE '%person.left%'`, testkit.A.ID); len(left) != 1 || !strings.Contains(left[0], `"handed_over":{"leads":3,"appointments":2,"to":null,"name":""}`) {
		t.Errorf("the log says %v", left)
	}
}
