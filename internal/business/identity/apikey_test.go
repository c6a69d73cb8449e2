package identity_test

import (
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func TestAPIKeyShowsItsSecretOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := keyed(w.owner(t, testkit.A), "make the key")
	w.Untouched(t, testkit.B, func() {
		k, err := w.people.CreateAPIKey(t.Context(), a, identity.CreateAPIKeyInput{Name: " Books ", Scopes: identity.AllScopes()})
		if err != nil {
			t.Fatal(err)
		}
		if k.Name != "Books" || k.Ending != k.Secret[len(k.Secret)-4:] {
			t.Errorf("made %+v", k.APIKey)
		}
		_, err = w.people.CreateAPIKey(t.Context(), a, identity.CreateAPIKeyInput{Name: " Books ", Scopes: identity.AllScopes()})
		wantFault(t, "the same request again", err, fault.Conflict, "already-done")
		keys, err := w.people.APIKeys(t.Context(), a)
		if err != nil || len(keys) != 2 || keys[0].ID != k.ID {
			t.Errorf("listed %+v, %v: want the new key before the older one", keys, err)
		}
		rest := k.Secret[strings.IndexByte(k.Secret, '.')+1:]
		for _, table := range w.TenantTables(t) {
			if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM `+table+` r WHERE r::text LIKE '%' || $1 || '%'`, rest); n != 0 {
				t.Errorf("%s holds the secret", table)
			}
		}
	})
}

func TestAPIKeyActsWithItsPersonsRights(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.owner(t, testkit.A)
	k, err := w.people.CreateAPIKey(t.Context(), a, identity.CreateAPIKeyInput{Name: "Books", Scopes: identity.AllScopes()})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := w.people.Authenticate(t.Context(), a.Tenant(), k.Secret)
	if err != nil {
		t.Fatal(err)
	}
	key := signed.Actor
	if key.Kind != tenancy.Key || key.ID != k.ID || key.UserID != testkit.A.Owner() || !key.May(tenancy.PeopleWrite) {
		t.Errorf("the key acts as %+v", key)
	}
	if _, err := w.people.Invite(t.Context(), key, identity.InviteInput{Email: "kim@a.example", Role: identity.Office}); err != nil {
		t.Errorf("invite by key: %v", err)
	}
	if _, err := w.people.CreateAPIKey(t.Context(), key, identity.CreateAPIKeyInput{Name: "Next", Scopes: identity.AllScopes()}); err != nil {
		t.Errorf("another key by key: %v", err)
	}
	behalf := testkit.Values[string](t, w.Database, `SELECT content::jsonb ->> 'on_behalf_of' FROM app.audit_entries WHERE org_id = $1 AND content::jsonb ->> 'actor_kind' = 'api_key'`, testkit.A.ID)
	if len(behalf) != 2 || behalf[0] != testkit.A.Owner().String() {
		t.Errorf("the log says on behalf of %v, want the owner twice", behalf)
	}
	w.Exec(t, `UPDATE app.users SET role = 'crew' WHERE id = $1`, testkit.A.Owner())
	signed, err = another(t, w.Database).Authenticate(t.Context(), a.Tenant(), k.Secret)
	if err != nil || signed.Actor.May(tenancy.PeopleWrite) {
		t.Errorf("a person who lost the right: %v, the key still may", err)
	}
	if _, err := audit.Verify(t.Context(), w.App, a); err != nil {
		t.Error(err)
	}
}

func TestRevokedKeyWorksNoMore(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.owner(t, testkit.A)
	k, err := w.people.CreateAPIKey(t.Context(), a, identity.CreateAPIKeyInput{Name: "Books", Scopes: identity.AllScopes()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.people.Authenticate(t.Context(), a.Tenant(), k.Secret); err != nil {
		t.Fatal(err)
	}
	w.Untouched(t, testkit.B, func() {
		for range 2 {
			if err := w.people.RevokeAPIKey(t.Context(), a, k.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
	_, err = w.people.Authenticate(t.Context(), a.Tenant(), k.Secret)
	wantFault(t, "a revoked key", err, fault.Unauthenticated, "unauthenticated")
}

func TestKeyOfAnotherCompanyIsLikeNoKey(t *testing.T) {
	t.Parallel()
	w := setup(t)
	k, err := w.people.CreateAPIKey(t.Context(), w.owner(t, testkit.B), identity.CreateAPIKeyInput{Name: "Books", Scopes: identity.AllScopes()})
	if err != nil {
		t.Fatal(err)
	}
	w.Untouched(t, testkit.B, func() {
		for what, key := range map[string]id.ID{"foreign": k.ID, "random": id.New()} {
			wantFault(t, what, w.people.RevokeAPIKey(t.Context(), w.owner(t, testkit.A), key), fault.NotFound, "not-found")
		}
	})
}

// Keys are a feature of growth: when the plan loses it, they rest, and they work again when it comes back.
func TestKeysRestWithoutTheFeature(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.owner(t, testkit.A)
	k, err := w.people.CreateAPIKey(t.Context(), a, identity.CreateAPIKeyInput{Name: "Books", Scopes: identity.AllScopes()})
	if err != nil {
		t.Fatal(err)
	}
	w.onPlan(t, testkit.A, "starter", nil)
	_, err = w.people.Authenticate(t.Context(), a.Tenant(), k.Secret)
	wantFault(t, "on starter", err, fault.Forbidden, "feature-not-in-plan")
	w.onPlan(t, testkit.A, "growth", nil)
	if _, err := w.people.Authenticate(t.Context(), a.Tenant(), k.Secret); err != nil {
		t.Errorf("back on growth: %v", err)
	}
}

func TestKeyNamesAreReadable(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, name := range []string{"", "   ", strings.Repeat("k", 81), "Bo\x00oks", "Bo\u202eoks", "\xff"} {
		_, err := w.people.CreateAPIKey(t.Context(), w.owner(t, testkit.A), identity.CreateAPIKeyInput{Name: name, Scopes: identity.AllScopes()})
		wantFault(t, name, err, fault.Invalid, "invalid-input")
	}
}
