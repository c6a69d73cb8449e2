package edgetest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// TestFormsTakeNoProtectedMembers is S03 for pages: every form is sent with every name that is not the sender's to
// set, about records that exist. What a company is, who people are and when things began stays as it was. (The API
// refuses each name by itself: TestProtectedMembersAreRefused.)
func TestFormsTakeNoProtectedMembers(t *testing.T) {
	t.Parallel()
	s := serve(t)
	client, cookie := s.client(), s.signIn(t, testkit.A, owner(testkit.A))
	protected := url.Values{
		"org_id": {testkit.B.ID.String()}, "id": {id.New().String()}, "user_id": {testkit.B.Owner().String()}, "plan": {"enterprise"}, "plan_version": {"9"}, "limits": {"999"},
		"trial_ends_at": {"2099-01-01"}, "status": {"accepted"}, "state": {"accepted"}, "stripe_customer_id": {"cus_x"}, "stripe_subscription_id": {"sub_x"}, "created_at": {"2001-01-01T00:00:00Z"},
		"created_by": {testkit.B.Owner().String()}, "is_staff": {"true"}, "price_override": {"1"}, "approved_by": {testkit.A.Owner().String()}, "total_cents": {"1"}, "scopes": {"people.write"},
		"email_verified_at": {"2001-01-01T00:00:00Z"}, "role": {"owner"},
	}
	// A form may make a quote; what stood before is what it must not reach.
	standing := func() string {
		return testkit.Value[string](t, s.Database, `SELECT
			(SELECT string_agg(concat_ws(' ', org_id, slug, plan, plan_version, trial_ends_at, period_anchor, created_at), E'\n' ORDER BY org_id) FROM app.organizations) || E'\n' ||
			(SELECT string_agg(concat_ws(' ', org_id, id, role, email, password_hash, email_verified_at, deactivated_at, created_at), E'\n' ORDER BY id) FROM app.users) || E'\n' ||
			(SELECT string_agg(concat_ws(' ', org_id, id, state, total_cents, created_by, created_at), E'\n' ORDER BY id) FROM app.quotes WHERE created_at < '2026-03-01') || E'\n' ||
			(SELECT string_agg(concat_ws(' ', org_id, id, user_id, scopes, created_at), E'\n' ORDER BY id) FROM app.api_keys)`)
	}
	before, forms := standing(), 0
	s.Untouched(t, testkit.B, func() {
		for _, g := range s.gates(t) {
			if g.api || g.method == http.MethodGet || strings.Contains(g.path, "logout") {
				continue
			}
			body := url.Values{"idempotency_key": {rnd()}, "version": {"1"}}
			for name, values := range protected {
				body[name] = values
			}
			got := s.send(t, client, ask{method: g.method, host: host(g.slug), path: g.of(true), cookie: cookie, media: form, body: body.Encode()})
			forms++
			if got.status == http.StatusInternalServerError {
				t.Errorf("%s is our mistake: %s", g.path, s.mistake())
			}
			if after := standing(); after != before {
				t.Errorf("%s changed what is protected:\n%s", g.path, difference(before, after))
				before = after
			}
		}
	})
	for _, table := range s.TenantTables(t) {
		n := testkit.Value[int](t, s.Database, `SELECT count(*)::int FROM `+table+` r
			WHERE org_id = $2 AND (to_jsonb(r) ->> 'created_at' LIKE '2001-%' OR to_jsonb(r) ->> 'created_by' = $1)`, testkit.B.Owner().String(), testkit.A.ID)
		if n > 0 {
			t.Errorf("%d rows of %s have what a form said of its beginning", n, table)
		}
	}
	t.Logf("%d forms with %d names each", forms, len(protected))
}
