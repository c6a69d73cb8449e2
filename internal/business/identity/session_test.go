package identity_test

import (
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/testkit"
)

func TestSessionEndsAfterThirtyDays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s, tenant := w.signIn(t, testkit.A, "owner@a.example"), w.owner(t, testkit.A).Tenant()
	w.Advance(t, 30*24*time.Hour-time.Minute)
	if _, err := another(t, w.Database).Authenticate(t.Context(), tenant, s.Token); err != nil {
		t.Errorf("a minute before its end: %v", err)
	}
	w.Advance(t, 2*time.Minute)
	_, err := another(t, w.Database).Authenticate(t.Context(), tenant, s.Token)
	wantFault(t, "a minute after its end", err, fault.Unauthenticated, "unauthenticated")
}

func TestSignOutEndsTheSessionAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s, other := w.signIn(t, testkit.A, "owner@a.example"), w.signIn(t, testkit.A, "owner@a.example")
	tenant := w.owner(t, testkit.A).Tenant()
	signed, err := w.people.Authenticate(t.Context(), tenant, s.Token)
	if err != nil {
		t.Fatal(err)
	}
	w.Untouched(t, testkit.B, func() {
		if err := w.people.SignOut(t.Context(), signed.Actor, s.Token); err != nil {
			t.Fatal(err)
		}
	})
	_, err = w.people.Authenticate(t.Context(), tenant, s.Token)
	wantFault(t, "the session that ended", err, fault.Unauthenticated, "unauthenticated")
	if _, err := w.people.Authenticate(t.Context(), tenant, other.Token); err != nil {
		t.Errorf("the same person's other session: %v", err)
	}
}

// What one process remembers of a session is at most a second old.
func TestSessionEndedElsewhereIsNoticedWithinASecond(t *testing.T) {
	t.Parallel()
	w := setup(t)
	here, elsewhere := w.people, another(t, w.Database)
	s, tenant := w.signIn(t, testkit.A, "owner@a.example"), w.owner(t, testkit.A).Tenant()
	signed, err := here.Authenticate(t.Context(), tenant, s.Token)
	if err != nil {
		t.Fatal(err)
	}
	if err := elsewhere.SignOut(t.Context(), signed.Actor, s.Token); err != nil {
		t.Fatal(err)
	}
	ended := time.Now()
	for {
		if _, err := here.Authenticate(t.Context(), tenant, s.Token); fault.Is(err, fault.Unauthenticated) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		if time.Since(ended) > 2*time.Second {
			t.Fatal("the session still works two seconds after it ended elsewhere")
		}
	}
}

func TestPersonWhoLeftIsOut(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s, tenant := w.signIn(t, testkit.A, "office@a.example"), w.owner(t, testkit.A).Tenant()
	w.Exec(t, `UPDATE app.users SET deactivated_at = now() WHERE id = $1`, testkit.A.Office())
	_, err := w.people.Authenticate(t.Context(), tenant, s.Token)
	wantFault(t, "somebody who left", err, fault.Unauthenticated, "unauthenticated")
}

// A credential of A on B's host is answered like an address that does not exist; one that is no credential
// at all is asked to sign in.
func TestCredentialsAreGoodInTheirOwnCompanyOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s := w.signIn(t, testkit.A, "owner@a.example")
	key, err := w.people.CreateAPIKey(t.Context(), w.owner(t, testkit.A), identity.CreateAPIKeyInput{Name: "Books"})
	if err != nil {
		t.Fatal(err)
	}
	beta := w.owner(t, testkit.B).Tenant()
	for what, token := range map[string]string{"session": s.Token, "API key": key.Secret} {
		_, err := w.people.Authenticate(t.Context(), beta, token)
		wantFault(t, what+" of A on B's host", err, fault.NotFound, "not-found")
	}
	for what, token := range map[string]string{
		"nothing": "", "a word": "hello", "a prefix": "fs_", "another's prefix": "gh_" + s.Token[3:], "a cut token": s.Token[:20],
		"a changed token": s.Token[:len(s.Token)-1] + "_", "a session as a key": "fk_" + s.Token[3:], "only the name": s.Token[:26] + secret.Token(),
	} {
		_, err := w.people.Authenticate(t.Context(), w.owner(t, testkit.A).Tenant(), token)
		wantFault(t, what, err, fault.Unauthenticated, "unauthenticated")
	}
}
