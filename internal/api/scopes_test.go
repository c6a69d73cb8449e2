package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/testkit"
)

// personal are the operations that no key can call, and why.
var personal = map[string]string{
	"logout": "a key has no session to end",
}

// TestEveryOperationHasAScope fails on an operation that a key can call by no scope: it would have no place in
// the table, so nobody could give it away.
func TestEveryOperationHasAScope(t *testing.T) {
	t.Parallel()
	a := Mount(http.NewServeMux(), Services{}, Options{})
	placed := 0
	for _, o := range a.operations {
		if o.access.open != "" {
			continue
		}
		var by []string
		for _, s := range known() {
			if slices.Contains(s.Permissions(), o.access.needs) {
				by = append(by, string(s))
			}
		}
		every := slices.Contains(identity.Scopes(nil).Permissions(), o.access.needs)
		switch reason := personal[o.OperationID]; {
		case reason != "" && (len(by) > 0 || every):
			t.Errorf("%s is for people (%s) and a key can call it by %v", o.OperationID, reason, by)
		case reason == "" && len(by) == 0 && !every:
			t.Errorf("%s needs %s, which no scope grants: give it a cell in identity.ScopeGroups, or a reason in personal", o.OperationID, o.access.needs)
		default:
			placed++
		}
	}
	t.Logf("%d operations placed", placed)
}

// known are all scopes.
func known() (all []identity.Scope) {
	for _, g := range identity.ScopeGroups {
		for _, s := range []identity.Scope{g.Reads(), g.Writes()} {
			if s != "" {
				all = append(all, s)
			}
		}
	}
	return all
}

// TestAKeyDoesWhatItsScopesSay calls every operation with a key of each scope (S29): what the scope does not name
// is refused with the permission it takes, what it names is not.
func TestAKeyDoesWhatItsScopesSay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	keys := map[identity.Scope]string{}
	for _, s := range known() {
		made := read[createdAPIKey](t, w.as(t, "POST", "/v1/api-keys", `{"name":"Importer","scopes":["`+string(s)+`"]}`), 201)
		keys[s] = made.Secret
	}
	refused, allowed := 0, 0
	w.eachSample(t, func(t *testing.T, o *operation, s sample) {
		if o.access.open != "" || o.OperationID == "revoke-api-key" {
			return // revoking is done by TestAnAPIKeyScripts
		}
		records := fixtures(testkit.A)
		if o.Method == http.MethodGet {
			records = w.prepared(t, s)
		}
		for scope, key := range keys {
			may := slices.Contains(identity.Scopes{scope}.Permissions(), o.access.needs)
			if may && o.Method != http.MethodGet {
				continue // carried out by the owner's token in the other tests; a right is a right
			}
			in := w.of(t, o, s, records)
			in.token = key
			got := w.send(t, in)
			if may {
				allowed++
				if got.status != s.status() {
					t.Errorf("%s: got %d, want %d: %s", scope, got.status, s.status(), got.body)
				}
				continue
			}
			refused++
			wantProblem(t, got, 403, "forbidden")
			if _, _, facts := problemOf(t, got); facts["permission"] != string(o.access.needs) {
				t.Errorf("%s: problem %s does not name %s", scope, got.body, o.access.needs)
			}
		}
	})
	t.Logf("%d calls refused, %d allowed", refused, allowed)
}

func TestAKeyGivesNoMoreThanItHas(t *testing.T) {
	t.Parallel()
	w := setup(t)
	narrow := read[createdAPIKey](t, w.as(t, "POST", "/v1/api-keys", `{"name":"Keymaker","scopes":["api_keys.write","customers.read"]}`), 201)
	ask := func(scope string) response {
		return w.send(t, request{method: "POST", path: "/v1/api-keys", token: narrow.Secret, body: `{"name":"Next","scopes":["` + scope + `"]}`})
	}
	for _, scope := range []string{"customers.write", "costs.read", "people.read", "audit.read"} {
		wantProblem(t, ask(scope), 422, "invalid-input", "/scopes")
	}
	if got := read[createdAPIKey](t, ask("customers.read"), 201); got.MadeBy != "Owner A" {
		t.Errorf("a key's key is made by %q, want its person", got.MadeBy)
	}
	for _, nonsense := range []string{`{"name":"x","scopes":[]}`, `{"name":"x","scopes":["customers"]}`, `{"name":"x","scopes":["customers.read","all"]}`, `{"name":"x","scopes":[""]}`} {
		wantProblem(t, w.as(t, "POST", "/v1/api-keys", nonsense), 422, "invalid-input", "/scopes")
	}
	wantProblem(t, w.as(t, "POST", "/v1/api-keys", `{"name":"x","scopes":["jobs.read"],"expires_in_days":731}`), 422, "invalid-input", "/expires_in_days")
}

// TestAKeyTravelsInItsHeaderOnly: in an address, a form or a cookie it is nobody's.
func TestAKeyTravelsInItsHeaderOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	key := read[createdAPIKey](t, w.as(t, "POST", "/v1/api-keys", `{"name":"Importer","scopes":["customers.read"]}`), 201).Secret
	if got := w.send(t, request{method: "GET", path: "/v1/customers", token: key}); got.status != 200 {
		t.Fatal(got.status, got.body)
	}
	for _, in := range []request{
		{path: "/v1/customers", header: map[string]string{"Cookie": "__Host-session=" + key}},
		{path: "/v1/customers", header: map[string]string{"X-Api-Key": key}},
		{path: "/v1/customers", header: map[string]string{"Authorization": "Basic " + key}},
		{path: "/v1/customers?token=" + key},
		{path: "/v1/customers?access_token=" + key},
	} {
		in.method = "GET"
		wantProblem(t, w.send(t, in), 401, "unauthenticated")
	}
	if !strings.HasPrefix(key, "fk_") || strings.Count(key, ".") != 2 {
		t.Errorf("key %q does not say what it is", key)
	}
}

func TestEveryPermissionIsAScopesOrAPersons(t *testing.T) {
	t.Parallel()
	var cells []tenancy.Permission
	for _, g := range identity.ScopeGroups {
		cells = append(cells, g.Reads().Permissions()...)
		if w := g.Writes(); w != "" {
			cells = append(cells, w.Permissions()[len(g.Reads().Permissions()):]...)
		}
	}
	cells = append(cells, identity.Scopes(nil).Permissions()...)
	for _, p := range tenancy.Permissions {
		n := 0
		for _, c := range cells {
			if c == p {
				n++
			}
		}
		want := 1
		if slices.Contains(identity.PersonsOnly(), p) {
			want = 0
		}
		if n != want {
			t.Errorf("%s stands in %d cells of the table of scopes, want %d", p, n, want)
		}
	}
}
