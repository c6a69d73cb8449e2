package identity_test

import (
	"context"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/testkit"
)

// A browser's session ends after thirty days, however much it is used. It is used once a week here.
func TestSessionEndsAfterThirtyDays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s, tenant := w.signIn(t, testkit.A, "owner@a.example"), w.owner(t, testkit.A).Tenant()
	for _, ahead := range []time.Duration{7 * 24 * time.Hour, 7 * 24 * time.Hour, 7 * 24 * time.Hour, 9*24*time.Hour - time.Minute} {
		w.Advance(t, ahead)
		here := another(t, w.Database)
		if _, err := here.Resume(t.Context(), tenant, s.Token); err != nil {
			t.Fatalf("before its end: %v", err)
		}
		if err := here.NoteUses(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.Advance(t, 2*time.Minute)
	_, err := another(t, w.Database).Resume(t.Context(), tenant, s.Token)
	wantFault(t, "a minute after its end", err, fault.Unauthenticated, "unauthenticated")
}

func TestSessionEndsWhenItIsNotUsed(t *testing.T) {
	t.Parallel()
	for kind, idle := range map[identity.SessionKind]time.Duration{identity.InBrowser: 14 * 24 * time.Hour, identity.AsToken: 30 * 24 * time.Hour} {
		w := setup(t)
		v := w.visitor(t, testkit.A, "192.0.2.1")
		s, err := w.people.SignIn(t.Context(), v, identity.SignInInput{Email: "owner@a.example", Password: password, Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		use := func() error {
			if kind == identity.AsToken {
				next, err := w.people.Refresh(t.Context(), v, s.Token)
				if err == nil {
					s = next
				}
				return err
			}
			here := another(t, w.Database)
			_, err := here.Resume(t.Context(), v.Tenant(), s.Token)
			if err == nil {
				err = here.NoteUses(t.Context())
			}
			return err
		}
		w.Advance(t, idle-time.Minute)
		if err := use(); err != nil {
			t.Fatalf("%s, used a minute before: %v", kind, err)
		}
		w.Advance(t, idle+time.Minute)
		if err := use(); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s, not used for %s: %v, want to log in", kind, idle, err)
		}
	}
}

// Reading changes nothing, and a session in use is written once in five minutes at most.
func TestUseIsNotedApartFromRequests(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s, tenant := w.signIn(t, testkit.A, "owner@a.example"), w.owner(t, testkit.A).Tenant()
	used := func() time.Time {
		return testkit.Value[time.Time](t, w.Database, `SELECT last_used_at FROM app.sessions WHERE id = $1`, s.ID)
	}
	began := used()
	for _, step := range []struct {
		ahead time.Duration
		noted bool
	}{{4 * time.Minute, false}, {2 * time.Minute, true}, {4 * time.Minute, false}} {
		w.Advance(t, step.ahead)
		here, before := another(t, w.Database), used()
		w.Untouched(t, testkit.A, func() {
			if _, err := here.Resume(t.Context(), tenant, s.Token); err != nil {
				t.Fatal(err)
			}
		})
		w.Untouched(t, testkit.B, func() {
			if err := here.NoteUses(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
		if noted := used().After(before); noted != step.noted {
			t.Errorf("%s after the last note: noted %v, want %v", step.ahead, noted, step.noted)
		}
	}
	if used().Sub(began) < 6*time.Minute {
		t.Errorf("last used %s after the log-in, want at least 6 min", used().Sub(began))
	}
}

func TestAPersonSeesTheirDevicesAndSignsThemOut(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "198.51.100.7")
	v.Request.UserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
	office, err := w.people.SignIn(t.Context(), v, pair("office@a.example", password))
	if err != nil {
		t.Fatal(err)
	}
	phone, third, colleague := w.signIn(t, testkit.A, "office@a.example"), w.signIn(t, testkit.A, "office@a.example"), w.signIn(t, testkit.A, "crew@a.example")
	signed, err := w.people.Resume(t.Context(), v.Tenant(), phone.Token)
	if err != nil {
		t.Fatal(err)
	}
	foreign := w.signIn(t, testkit.B, "office@b.example")
	w.Untouched(t, testkit.B, func() {
		all, err := w.people.Sessions(t.Context(), signed.Actor)
		if err != nil || len(all) != 3 {
			t.Fatalf("%d devices, %v, want 3", len(all), err)
		}
		for _, d := range all {
			if d.Current != (d.ID == phone.ID) {
				t.Errorf("%+v: current %v", d, d.Current)
			}
			if d.ID == office.ID && (d.Device != "Chrome on Windows" || d.Place != "198.51.100.7") {
				t.Errorf("the office's device is %q at %q", d.Device, d.Place)
			}
		}
		for what, session := range map[string]id.ID{"a colleague's": colleague.ID, "nobody's": id.New(), "another company's": foreign.ID} {
			wantFault(t, what, w.people.EndSession(t.Context(), signed.Actor, session), fault.NotFound, "not-found")
		}
		if err := w.people.EndSession(t.Context(), signed.Actor, office.ID); err != nil {
			t.Error(err)
		}
		if n, err := w.people.EndOtherSessions(t.Context(), signed.Actor); err != nil || n != 1 {
			t.Errorf("ended %d others, %v, want 1", n, err)
		}
	})
	for what, s := range map[string]identity.Session{"the office": office, "the third": third} {
		_, err := w.people.Resume(t.Context(), v.Tenant(), s.Token)
		wantFault(t, what, err, fault.Unauthenticated, "unauthenticated")
	}
	for what, s := range map[string]identity.Session{"this one": phone, "the colleague": colleague} {
		if _, err := w.people.Resume(t.Context(), v.Tenant(), s.Token); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAKeyCannotTouchItsPersonsAccount(t *testing.T) {
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
	w.Untouched(t, testkit.A, func() {
		_, sessions := w.people.Sessions(t.Context(), key)
		_, others := w.people.EndOtherSessions(t.Context(), key)
		_, account := w.people.Account(t.Context(), key)
		_, renamed := w.people.Rename(t.Context(), key, identity.RenameInput{Name: "Eve", Version: 1})
		_, changed := w.people.ChangePassword(t.Context(), key, password, newPassword)
		_, removed := w.people.RemoveAuthenticator(t.Context(), key, password)
		_, passkey := w.people.BeginPasskey(t.Context(), key, password)
		_, codes := w.people.NewRecoveryCodes(t.Context(), key, password)
		for what, err := range map[string]error{
			"list": sessions, "end": w.people.EndSession(t.Context(), key, id.New()), "end others": others, "account": account, "rename": renamed, "password": changed,
			"begin an app": w.people.BeginAuthenticator(t.Context(), key, password), "remove the app": removed, "passkey": passkey, "codes": codes,
			"leave": w.people.Leave(t.Context(), key, 1, password),
		} {
			wantFault(t, what, err, fault.Forbidden, "forbidden")
		}
	})
}

func TestSignOutEndsTheSessionAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s, other := w.signIn(t, testkit.A, "owner@a.example"), w.signIn(t, testkit.A, "owner@a.example")
	tenant := w.owner(t, testkit.A).Tenant()
	signed, err := w.people.Resume(t.Context(), tenant, s.Token)
	if err != nil {
		t.Fatal(err)
	}
	w.Untouched(t, testkit.B, func() {
		if err := w.people.SignOut(t.Context(), signed.Actor, s.Token); err != nil {
			t.Fatal(err)
		}
	})
	_, err = w.people.Resume(t.Context(), tenant, s.Token)
	wantFault(t, "the session that ended", err, fault.Unauthenticated, "unauthenticated")
	if _, err := w.people.Resume(t.Context(), tenant, other.Token); err != nil {
		t.Errorf("the same person's other session: %v", err)
	}
}

// What one process remembers of a session is at most a second old.
func TestSessionEndedElsewhereIsNoticedWithinASecond(t *testing.T) {
	t.Parallel()
	w := setup(t)
	here, elsewhere := w.people, another(t, w.Database)
	s, tenant := w.signIn(t, testkit.A, "owner@a.example"), w.owner(t, testkit.A).Tenant()
	signed, err := here.Resume(t.Context(), tenant, s.Token)
	if err != nil {
		t.Fatal(err)
	}
	if err := elsewhere.SignOut(t.Context(), signed.Actor, s.Token); err != nil {
		t.Fatal(err)
	}
	ended := time.Now()
	for {
		if _, err := here.Resume(t.Context(), tenant, s.Token); fault.Is(err, fault.Unauthenticated) {
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
	_, err := w.people.Resume(t.Context(), tenant, s.Token)
	wantFault(t, "somebody who left", err, fault.Unauthenticated, "unauthenticated")
}

// A credential of A on B's host is answered like an address that does not exist; one that is no credential
// at all is asked to sign in.
func TestCredentialsAreGoodInTheirOwnCompanyOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s := w.signIn(t, testkit.A, "owner@a.example")
	key, err := w.people.CreateAPIKey(t.Context(), w.owner(t, testkit.A), identity.CreateAPIKeyInput{Name: "Books", Scopes: identity.AllScopes()})
	if err != nil {
		t.Fatal(err)
	}
	beta := w.owner(t, testkit.B).Tenant()
	for what, token := range map[string]string{"session": s.Token, "API key": key.Secret} {
		_, bearer := w.people.Authenticate(t.Context(), beta, token)
		_, cookie := w.people.Resume(t.Context(), beta, token)
		wantFault(t, what+" of A as a token on B's host", bearer, fault.NotFound, "not-found")
		wantFault(t, what+" of A as a cookie on B's host", cookie, fault.NotFound, "not-found")
	}
	for what, token := range map[string]string{
		"nothing": "", "a word": "hello", "a prefix": "fs_", "a refresh token's prefix": "fr_" + s.Token[3:], "another's prefix": "gh_" + s.Token[3:], "a cut token": s.Token[:20],
		"a changed token": s.Token[:len(s.Token)-1] + "_", "a session as a key": "fk_" + s.Token[3:], "only the name": s.Token[:26] + secret.Token(),
	} {
		_, bearer := w.people.Authenticate(t.Context(), w.owner(t, testkit.A).Tenant(), token)
		_, cookie := w.people.Resume(t.Context(), w.owner(t, testkit.A).Tenant(), token)
		wantFault(t, what+" as a token", bearer, fault.Unauthenticated, "unauthenticated")
		wantFault(t, what+" as a cookie", cookie, fault.Unauthenticated, "unauthenticated")
	}
}

// What a browser keeps is no program's token, and the other way round; each is good in its own place before and after.
func TestCookiesAndTokensDoNotStandForEachOther(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner := w.owner(t, testkit.A)
	cookie, program := w.signIn(t, testkit.A, "owner@a.example").Token, w.program(t, testkit.A, "owner@a.example")
	key, err := w.people.CreateAPIKey(t.Context(), owner, identity.CreateAPIKeyInput{Name: "Books", Scopes: identity.AllScopes()})
	if err != nil {
		t.Fatal(err)
	}
	w.Untouched(t, testkit.B, func() {
		for range 2 { // the second time it may be remembered
			_, err := w.people.Authenticate(t.Context(), owner.Tenant(), cookie)
			wantFault(t, "a cookie as a token", err, fault.Unauthenticated, "unauthenticated")
			if _, err := w.people.Resume(t.Context(), owner.Tenant(), cookie); err != nil {
				t.Errorf("a cookie: %v", err)
			}
			for what, token := range map[string]string{"an access token": program.Access.Token, "an API key": key.Secret} {
				_, err := w.people.Resume(t.Context(), owner.Tenant(), token)
				wantFault(t, what+" as a cookie", err, fault.Unauthenticated, "unauthenticated")
				if _, err := w.people.Authenticate(t.Context(), owner.Tenant(), token); err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
			for _, authenticate := range []func(context.Context, pg.Tenant, string) (identity.Signed, error){w.people.Authenticate, w.people.Resume} {
				_, err := authenticate(t.Context(), owner.Tenant(), program.Token)
				wantFault(t, "a refresh token", err, fault.Unauthenticated, "unauthenticated")
			}
		}
	})
}
