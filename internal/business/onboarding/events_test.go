package onboarding_test

import (
	"slices"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// noted has product events of a company noted, twice, and answers what is.
func (b bundle) noted(t *testing.T, org id.ID) []string {
	t.Helper()
	for range 2 {
		a, err := tenancy.InTask(t.Context(), b.db.App, org)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.signUps.NoteEvents(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	return testkit.Values[string](t, b.db, `SELECT rtrim(event || ' ' || detail) FROM platform.product_events WHERE org_id = $1 ORDER BY 1`, org)
}

// Every event follows from what is there, once, at the time at which it happened.
func TestProductEventsFollowFromWhatIsThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	org := b.signedUp(t, "Oak Fence", "kim@oak.example")
	want := []string{"checklist_step_done area", "org_created", "signup_submitted"}
	b.db.Untouched(t, testkit.A, func() {
		if got := b.noted(t, org); !slices.Equal(got, want) {
			t.Errorf("after the sign-up %q, want %q", got, want)
		}
	})
	if n := testkit.Value[int](t, b.db, `SELECT count(*)::int FROM platform.product_events WHERE org_id <> $1`, org); n != 0 {
		t.Errorf("%d events of others", n)
	}
	b.confirmed(t, org)
	b.db.Exec(t, `UPDATE app.tiers SET version = 2 WHERE org_id = $1 AND key = 'elite'`, org)
	who := id.New()
	for _, deed := range []string{
		`INSERT INTO app.sessions (org_id, id, user_id, token_hash, kind, ip, user_agent, created_at, expires_at)
			SELECT org_id, $2, id, sha256('x'), 'browser', '192.0.2.7', '', app.now(), app.now() + interval '1 day' FROM app.users WHERE org_id = $1`,
		`INSERT INTO app.invitations (org_id, id, email, role, invited_by, code_hash, created_at, expires_at)
			SELECT org_id, $2, 'lee@oak.example', 'office', id, sha256('lee'), app.now(), app.now() + interval '7 days' FROM app.users WHERE org_id = $1`,
		`INSERT INTO app.plan_acts (org_id, id, kind, state, attempt, plan, plan_version, extra_users, customer_id, provider_id, page_url, cents, expires_at, asked_by, asked_at)
			VALUES ($1, $2, 'checkout', 'asked', 1, 'growth', 1, 0, '', '', '', 0, app.now(), 'Kim', app.now())`,
		`INSERT INTO app.usage_warnings (org_id, metric, period_start, percent, used, limited_to, at) SELECT $1, 'jobs', app.now(), p, 50, 50, app.now() FROM unnest(ARRAY[80, 100]) p WHERE $2::uuid IS NOT NULL`,
		`INSERT INTO app.plan_notices (org_id, kind, cause, at) SELECT $1, 'trial_ended', 'its end', app.now() WHERE $2::uuid IS NOT NULL`,
	} {
		b.db.Exec(t, deed, org, who)
	}
	b.db.Exec(t, `INSERT INTO platform.billing_customers (id, org_id) VALUES ('cus_Oak', $1)`, org)
	b.db.Exec(t, `INSERT INTO platform.subscriptions (id, customer_id, status, plan, plan_version, extra_users, cancel_at_period_end, collection_paused, created_at, period_start, period_end)
		VALUES ('sub_Oak', 'cus_Oak', 'active', 'growth', 1, 0, false, false, app.now(), app.now(), app.now() + interval '1 month'), ('sub_Never', 'cus_Oak', 'incomplete', 'growth', 1, 0, false, false, app.now(), app.now(), app.now())`)
	want = []string{"checklist_step_done area", "checklist_step_done tiers", "checkout_started growth", "churned trial_ended", "email_verified", "first_login",
		"limit_hit jobs", "limit_warned jobs", "org_created", "signup_submitted", "subscription_started growth", "teammate_invited"}
	if got := b.noted(t, org); !slices.Equal(got, want) {
		t.Errorf("later\n%q, want\n%q", got, want)
	}
	// A's fixtures have quotes that were sent, read and accepted: those events have the time of the fact.
	b.noted(t, testkit.A.ID)
	if wrong := testkit.Values[string](t, b.db, `SELECT e.event FROM platform.product_events e WHERE e.org_id = $1 AND e.event LIKE 'first_quote_%'
		AND e.at <> CASE e.event WHEN 'first_quote_sent' THEN (SELECT min(sent_at) FROM app.quotes WHERE org_id = $1)
			WHEN 'first_quote_viewed' THEN (SELECT min(at) FROM app.quote_views WHERE org_id = $1) ELSE (SELECT min(accepted_at) FROM app.acceptances WHERE org_id = $1) END`, testkit.A.ID); len(wrong) > 0 {
		t.Errorf("at another time: %q", wrong)
	}
	if n := testkit.Value[int](t, b.db, `SELECT count(*)::int FROM platform.product_events WHERE org_id = $1 AND event LIKE 'first_quote_%'`, testkit.A.ID); n != 3 {
		t.Errorf("%d events of A's first quotes, want 3", n)
	}
}

// Who wants nothing noted has nothing, from that moment, and what was noted is forgotten.
func TestNothingIsNotedOfWhoSaysNo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.owner(t, testkit.A)
	b.noted(t, testkit.B.ID)
	if got := b.noted(t, testkit.A.ID); len(got) == 0 {
		t.Fatal("nothing is noted of A")
	}
	now, err := b.signUps.Company(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	for _, no := range []bool{true, false} {
		in := asIs(now)
		in.NoProductEvents = no
		if now, err = b.signUps.EditCompany(t.Context(), a, in); err != nil {
			t.Fatal(err)
		}
		if got := b.noted(t, testkit.A.ID); (len(got) == 0) != no {
			t.Errorf("said no is %v, and noted is %q", no, got)
		}
	}
	if n := testkit.Value[int](t, b.db, `SELECT count(*)::int FROM platform.product_events WHERE org_id = $1`, testkit.B.ID); n == 0 {
		t.Error("B's were forgotten too")
	}
}

// What is noted takes the company from who is entered, and knows its words: no text of anybody gets in.
func TestProductEventsTakeNoTextOfAnybody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.owner(t, testkit.A)
	for what, args := range map[string][2]string{"an event": {"dana@home.example", ""}, "a detail": {"churned", "Dana Ruiz"}} {
		err := b.db.App.InOrg(t.Context(), a.Tenant(), func(tx *pg.OrgTx) error {
			_, err := tx.Exec(`SELECT platform.note_product_event($1, 'x', $2, $3)`, args[0], args[1], time.Now())
			return err
		})
		if err == nil {
			t.Errorf("%s of anybody's is taken", what)
		}
	}
}
