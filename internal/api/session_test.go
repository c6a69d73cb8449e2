package api

import (
	"fmt"
	"net/http"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/testkit"
)

func TestLogInAndOut(t *testing.T) {
	t.Parallel()
	w := setup(t)
	givePassword(t, w, nil)
	login := request{method: "POST", path: "/v1/login", body: `{"email":"owner@a.example","password":"four posts and a gate"}`}
	got := read[tokens](t, w.send(t, login), 200)
	if got.Person.Role != "owner" || got.AccessToken == "" || got.RefreshToken == "" || got.TokenType != "Bearer" || !got.ExpiresAt.Before(got.SessionExpiresAt) {
		t.Fatalf("logged in: %+v", got)
	}
	list := request{method: "GET", path: "/v1/customers", token: got.AccessToken}
	if first := w.send(t, list); first.status != 200 {
		t.Errorf("with the token: %d %s", first.status, first.body)
	}
	wantProblem(t, w.send(t, request{method: "GET", path: "/v1/customers", token: got.RefreshToken}), 401, "unauthenticated")
	if out := w.send(t, request{method: "POST", path: "/v1/logout", token: got.AccessToken}); out.status != http.StatusNoContent || out.body != "" {
		t.Errorf("log out: %d %q", out.status, out.body)
	}
	wantProblem(t, w.send(t, list), 401, "unauthenticated")
	wantProblem(t, w.send(t, refreshing(got.RefreshToken)), 401, "refresh-refused")
	login.org = testkit.B
	wantProblem(t, w.send(t, login), 401, "wrong-sign-in")
}

func refreshing(token string) request {
	return request{method: "POST", path: "/v1/token/refresh", body: fmt.Sprintf(`{"refresh_token":%q}`, token)}
}

func TestARefreshTokenWorksOnceAndASecondUseEndsTheSession(t *testing.T) {
	t.Parallel()
	w := setup(t)
	givePassword(t, w, nil)
	first := read[tokens](t, w.send(t, request{method: "POST", path: "/v1/login", body: samples["login"].body(records{})}), 200)
	second := read[tokens](t, w.send(t, refreshing(first.RefreshToken)), 200)
	if second.RefreshToken == first.RefreshToken || second.Person.ID != first.Person.ID || !second.SessionExpiresAt.Equal(first.SessionExpiresAt) {
		t.Errorf("refreshed: %+v, want a new token and the end of before", second)
	}
	list := request{method: "GET", path: "/v1/customers", token: second.AccessToken}
	if got := w.send(t, list); got.status != 200 {
		t.Fatalf("with the new token: %d %s", got.status, got.body)
	}
	foreign := refreshing(second.RefreshToken)
	foreign.org = testkit.B
	wantProblem(t, w.send(t, foreign), 404, "not-found")
	wantProblem(t, w.send(t, refreshing(first.RefreshToken)), 401, "refresh-refused")
	wantProblem(t, w.send(t, refreshing(second.RefreshToken)), 401, "refresh-refused")
	wantProblem(t, w.send(t, list), 401, "unauthenticated")
}

// TestHostHeaderAndTokenHaveToAgree sends every pairing of host, X-Org-Id and token. Only what names one company
// three times passes; whatever names another is like a host of nobody.
func TestHostHeaderAndTokenHaveToAgree(t *testing.T) {
	t.Parallel()
	w := setup(t)
	const port = ":8080"
	hosts := map[string]string{"alpha": "a", "beta": "b", "ALPHA": "a", "nobody": "", "alpha.beta": "", "": ""}
	orgs := map[string]string{"": "any", testkit.A.ID.String(): "a", testkit.B.ID.String(): "b", "00000000-0000-7000-8000-00000000000c": "", "alpha": "", "%": ""}
	type credential struct {
		of   string // whose it says it is; empty: it does not say
		good bool
	}
	tokens := map[string]credential{
		w.token(t, testkit.A, identity.Owner): {"a", true}, w.token(t, testkit.B, identity.Owner): {"b", true}, "": {}, "not.a.token": {},
		"fs_" + encoded(testkit.A) + ".guess": {"a", false}, "fs_" + encoded(testkit.B) + ".guess": {"b", false},
	}
	passed := 0
	for host, named := range hosts {
		for org, confirmed := range orgs {
			for token, whose := range tokens {
				name := host + ".fence.localhost" + port
				if host == "" {
					name = "fence.localhost" + port
				}
				got := w.send(t, request{method: "GET", path: "/v1/organization", token: token, header: map[string]string{"Host": name, "X-Org-Id": org}})
				want := 404
				switch {
				case named == "" || confirmed != "any" && confirmed != named || whose.of != "" && whose.of != named:
				case !whose.good:
					want = 401
				default:
					want = 200
					passed++
				}
				if got.status != want {
					t.Errorf("host %q, X-Org-Id %q, token %q: got %d, want %d", name, org, token, got.status, want)
				}
			}
		}
	}
	if passed != 6 {
		t.Errorf("%d of 216 passed, want 6", passed)
	}
}

func TestWrongPasswordsAreSlowedDown(t *testing.T) {
	t.Parallel()
	w := setup(t)
	givePassword(t, w, nil)
	var got response
	for i := range 12 {
		got = w.send(t, request{method: "POST", path: "/v1/login", body: fmt.Sprintf(`{"email":"owner@a.example","password":"wrong %d"}`, i)})
		if got.status == http.StatusTooManyRequests {
			break
		}
		wantProblem(t, got, 401, "wrong-sign-in")
	}
	wantProblem(t, got, 429, "too-many-attempts")
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestAnAPIKeyScripts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	made := read[createdAPIKey](t, w.as(t, "POST", "/v1/api-keys", `{"name":"Importer","scopes":["company.write","customers.write"]}`), 201)
	list := request{method: "GET", path: "/v1/customers", token: made.Secret}
	if got := w.send(t, list); got.status != 200 {
		t.Fatalf("with the key: %d %s", got.status, got.body)
	}
	created := read[createdCustomer](t, w.send(t, request{method: "POST", path: "/v1/customers", token: made.Secret, body: `{"name":"Ana"}`}), 201)
	entries := read[listOf[auditEntry]](t, w.as(t, "GET", "/v1/audit-entries?record_type=customer&record_id="+created.ID.String(), ""), 200)
	if len(entries.Items) != 1 || entries.Items[0].ActorKind != "api_key" || entries.Items[0].ActorName != "Importer" {
		t.Errorf("the log says %+v", entries.Items)
	}
	wantProblem(t, w.send(t, request{method: "POST", path: "/v1/logout", token: made.Secret}), 403, "forbidden")
	if got := w.as(t, "DELETE", "/v1/api-keys/"+made.ID.String(), ""); got.status != 204 {
		t.Errorf("revoke: %d %s", got.status, got.body)
	}
	wantProblem(t, w.send(t, list), 401, "unauthenticated")
}

func TestAStarterPlanHasNoKeysAndNoZones(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.organizations SET plan = 'starter' WHERE org_id = $1`, testkit.A.ID)
	for _, got := range []response{
		w.as(t, "POST", "/v1/api-keys", `{"name":"Importer","scopes":["company.write","customers.write"]}`), w.as(t, "GET", "/v1/pricing-zones", ""), w.as(t, "POST", "/v1/pricing-zones", zoneBody),
		w.as(t, "GET", "/v1/pricing-zones/match?zip=78701", ""), w.as(t, "GET", "/v1/pricing-zones/"+testkit.A.Zone().String(), ""),
	} {
		wantProblem(t, got, 403, "feature-not-in-plan")
		if _, _, facts := problemOf(t, got); facts["min_plan"] != "growth" {
			t.Errorf("problem %s does not name the plan", got.body)
		}
	}
	priced := read[pricedDrawing](t, w.as(t, "POST", "/v1/sketches/"+testkit.A.Sketch().String()+"/price", ""), 200)
	if len(priced.Tiers) != 3 {
		t.Errorf("without zones %d tiers are priced, want 3", len(priced.Tiers))
	}
	o := read[organizationDocument](t, w.as(t, "GET", "/v1/organization", ""), 200)
	if o.Plan.Key != "starter" || *o.Limits.Users != 1 || *o.Limits.MonthlyJobs != 50 || o.Features.LocationPricing || !o.Features.ROI {
		t.Errorf("organization: %+v", o)
	}
}

func TestAReadOnlyCompanyReadsAndIsToldWhy(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = app.now() - interval '29 days' WHERE org_id = $1`, testkit.A.ID)
	if got := w.as(t, "GET", "/v1/customers", ""); got.status != 200 {
		t.Errorf("reading: %d %s", got.status, got.body)
	}
	for _, s := range []string{"create-customer", "create-sketch", "create-quote", "add-material"} {
		r := fixtures(testkit.A)
		wantProblem(t, w.as(t, "POST", samples[s].path(r), samples[s].body(r)), 402, "subscription-required")
	}
	o := read[organizationDocument](t, w.as(t, "GET", "/v1/organization", ""), 200)
	if o.Plan.State != "canceled" || !o.Plan.ReadOnly || o.Plan.Since == nil {
		t.Errorf("plan: %+v", o.Plan)
	}
	// A homeowner is not the one who did not pay.
	if got := w.send(t, request{method: "GET", path: "/v1/public/quotes/link%20of%20a"}); got.status != 200 {
		t.Errorf("the homeowner reads: %d %s", got.status, got.body)
	}
}

func TestCostsAreForThoseWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var r records
	newDraft(t, w, &r)
	for role, sees := range map[identity.Role]bool{identity.Owner: true, identity.Estimator: false} {
		token := w.token(t, testkit.A, role)
		for _, path := range []string{"/v1/materials", "/v1/materials/" + testkit.A.Material().String(), "/v1/price-settings", "/v1/quotes/" + r.Quote.String()} {
			wantCosts(t, role, sees, w.send(t, request{method: "GET", path: path, token: token}))
		}
		wantCosts(t, role, sees, w.send(t, request{method: "POST", path: "/v1/sketches/" + testkit.A.Sketch().String() + "/price", token: token}))
	}
}

// costs are the members that only some roles may see.
var costs = []string{`"cost_cents"`, `"cost"`, `"rates"`, `"margin_pct"`, `"direct_cents"`}

func wantCosts(t *testing.T, role identity.Role, sees bool, got response) {
	t.Helper()
	if got.status != 200 {
		t.Fatalf("%s: %d %s", role, got.status, got.body)
	}
	found := false
	for _, member := range costs {
		found = found || containsMember(got.body, member)
	}
	if found != sees {
		t.Errorf("%s sees costs: %v, want %v: %s", role, found, sees, got.body)
	}
}

func TestSecretsAreNotStored(t *testing.T) {
	t.Parallel()
	w := setup(t)
	made := read[createdAPIKey](t, w.as(t, "POST", "/v1/api-keys", `{"name":"Importer","scopes":["company.write","customers.write"]}`, "Idempotency-Key", "key"), 201)
	n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.idempotency_keys WHERE key = 'key' AND answer IS NOT NULL`)
	if n != 0 || testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.api_keys WHERE secret_hash = $1`, secret.Hash(made.Secret)) != 1 {
		t.Error("the secret was kept beside its hash")
	}
}
