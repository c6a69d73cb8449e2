package identity_test

import (
	"strings"
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func TestTheLastOwnerStays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner := w.owner(t, testkit.A)
	a, _ := w.in(t, testkit.A, "owner@a.example")
	admin := w.person(t, testkit.A, testkit.A.Admin(), identity.Admin)
	about := func() identity.MemberInput { return w.about(t, testkit.A.Owner(), identity.Office) }
	w.Untouched(t, testkit.B, func() {
		_, err := w.people.ChangeRole(t.Context(), owner, about())
		wantFault(t, "demoted", err, fault.Conflict, "last-owner")
		wantFault(t, "leaves", w.people.Leave(t.Context(), a, about().Version, ""), fault.Conflict, "last-owner")
		_, err = w.people.Deactivate(t.Context(), owner, about())
		wantFault(t, "deactivates itself", err, fault.Conflict, "oneself")
		_, role := w.people.ChangeRole(t.Context(), admin, about())
		_, off := w.people.Deactivate(t.Context(), admin, about())
		_, reset := w.people.ResetSecondFactor(t.Context(), admin, about())
		_, promote := w.people.ChangeRole(t.Context(), admin, w.about(t, testkit.A.Office(), identity.Owner))
		for what, err := range map[string]error{"role": role, "deactivate": off, "reset": reset, "promote": promote} {
			wantFault(t, "an admin: "+what, err, fault.Forbidden, "forbidden")
		}
		if _, err := w.people.ChangeRole(t.Context(), owner, w.about(t, testkit.A.Admin(), identity.Owner)); err != nil {
			t.Fatal(err)
		}
		if err := w.people.Leave(t.Context(), a, about().Version, ""); err != nil {
			t.Errorf("with a second owner: %v", err)
		}
	})
	_, err := w.people.Resume(t.Context(), a.Tenant(), w.signIn(t, testkit.A, "admin@a.example").Token)
	if err != nil {
		t.Errorf("the owner who stays: %v", err)
	}
	_, err = w.people.SignIn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), pair("owner@a.example", password))
	wantFault(t, "the owner who left", err, fault.Unauthenticated, "wrong-sign-in")
}

// Two owners who remove each other at the same moment: one stays.
func TestOfTwoOwnersOneStays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.users SET role = 'owner' WHERE org_id = $1 AND id = $2`, testkit.A.ID, testkit.A.Admin())
	one, other := w.owner(t, testkit.A), w.person(t, testkit.A, testkit.A.Admin(), identity.Owner)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			_, _ = w.people.ChangeRole(t.Context(), one, identity.MemberInput{Person: testkit.A.Admin(), Version: 1, Role: identity.Office}) // judged below
		})
		wg.Go(func() {
			_, _ = w.people.Deactivate(t.Context(), other, identity.MemberInput{Person: testkit.A.Owner(), Version: 1}) // judged below
		})
	}
	wg.Wait()
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.users WHERE org_id = $1 AND role = 'owner' AND deactivated_at IS NULL`, testkit.A.ID); n != 1 {
		t.Errorf("%d owners are left, want 1", n)
	}
}

func TestAnotherRoleEndsSessionsAndIsLogged(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner, office := w.owner(t, testkit.A), w.signIn(t, testkit.A, "office@a.example")
	colleague := w.signIn(t, testkit.A, "estimator@a.example")
	w.Untouched(t, testkit.B, func() {
		in := w.about(t, testkit.A.Office(), identity.Crew)
		u, err := w.people.ChangeRole(t.Context(), keyed(owner, "role"), in)
		if err != nil || u.Role != identity.Crew || u.Version != in.Version+1 {
			t.Fatalf("changed to %+v, %v", u, err)
		}
		if again, err := w.people.ChangeRole(t.Context(), keyed(owner, "role"), in); err != nil || again.Version != u.Version {
			t.Errorf("the same request again: %+v, %v", again, err)
		}
		_, err = w.people.ChangeRole(t.Context(), keyed(owner, "role of before"), in)
		wantFault(t, "with the old version", err, fault.Conflict, "version-stale")
	})
	_, err := w.people.Resume(t.Context(), owner.Tenant(), office.Token)
	wantFault(t, "the session of before", err, fault.Unauthenticated, "unauthenticated")
	if _, err := w.people.Resume(t.Context(), owner.Tenant(), colleague.Token); err != nil {
		t.Errorf("a colleague: %v", err)
	}
	logged := testkit.Values[string](t, w.Database, `SELECT content FROM app.audit_entries WHERE org_id = $1 AND content LIKE '%person.role_changed%'`, testkit.A.ID)
	if len(logged) != 1 || !strings.Contains(logged[0], `"role":"office"`) || !strings.Contains(logged[0], `"role":"crew"`) {
		t.Errorf("the log says %v", logged)
	}
	if _, err := audit.Verify(t.Context(), w.App, owner); err != nil {
		t.Error(err)
	}
}

func TestWhoIsDeactivatedGivesTheSeatBackAndTakesOneAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner, office := w.owner(t, testkit.A), w.signIn(t, testkit.A, "office@a.example")
	if err := w.resets(t, w.visitor(t, testkit.A, "192.0.2.1"), "office@a.example"); err != nil {
		t.Fatal(err)
	}
	w.Untouched(t, testkit.B, func() {
		for range 2 {
			if _, err := w.people.Deactivate(t.Context(), owner, w.about(t, testkit.A.Office(), "")); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.seats(t, testkit.A); n != 5 {
			t.Errorf("%d seats in use, want 5", n)
		}
		_, err := w.people.Resume(t.Context(), owner.Tenant(), office.Token)
		wantFault(t, "the session of before", err, fault.Unauthenticated, "unauthenticated")
		err = w.people.ResetPassword(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), w.mailed(t, testkit.A, "reset")[0], newPassword)
		wantFault(t, "a reset link of before", err, fault.Invalid, "link-used")
		w.Exec(t, `UPDATE app.usage_levels SET used = 10 WHERE org_id = $1 AND metric = 'users'`, testkit.A.ID)
		_, err = w.people.Reactivate(t.Context(), owner, w.about(t, testkit.A.Office(), ""))
		wantFault(t, "into a full company", err, fault.LimitReached, "plan-limit-reached")
		w.Exec(t, `UPDATE app.usage_levels SET used = 9 WHERE org_id = $1 AND metric = 'users'`, testkit.A.ID)
		for range 2 {
			if u, err := w.people.Reactivate(t.Context(), owner, w.about(t, testkit.A.Office(), "")); err != nil || u.DeactivatedAt != nil {
				t.Fatalf("back: %+v, %v", u, err)
			}
		}
		if n := w.seats(t, testkit.A); n != 10 {
			t.Errorf("%d seats in use, want 10", n)
		}
	})
	w.signIn(t, testkit.A, "office@a.example")
}

func TestAnAdminResetsALostSecondFactor(t *testing.T) {
	t.Parallel()
	w := setup(t)
	admin := w.person(t, testkit.A, testkit.A.Admin(), identity.Admin)
	a, _ := w.in(t, testkit.A, "office@a.example")
	_, renewed, _ := w.withApp(t, a)
	w.Untouched(t, testkit.B, func() {
		v, err := w.people.Person(t.Context(), admin, testkit.A.Office())
		if err != nil || !v.SecondFactor || v.LastSeenAt == nil {
			t.Errorf("before: %+v, %v", v, err)
		}
		if _, err := w.people.ResetSecondFactor(t.Context(), admin, w.about(t, testkit.A.Office(), "")); err != nil {
			t.Fatal(err)
		}
		_, err = w.people.ResetSecondFactor(t.Context(), admin, w.about(t, testkit.A.Admin(), ""))
		wantFault(t, "one's own", err, fault.Conflict, "oneself")
	})
	_, err := w.people.Resume(t.Context(), admin.Tenant(), renewed.Token)
	wantFault(t, "the session of before", err, fault.Unauthenticated, "unauthenticated")
	if s := w.signIn(t, testkit.A, "office@a.example"); s.Token == "" {
		t.Error("the second factor is asked for")
	}
	mails := testkit.Values[string](t, w.Database, `SELECT subject || ' to ' || recipient FROM app.mails WHERE org_id = $1 AND kind = 'security' ORDER BY id DESC`, testkit.A.ID)
	if len(mails) == 0 || mails[0] != "Your second factor was reset to office@a.example" {
		t.Errorf("mailed %v", mails)
	}
}

func TestPeopleOfAnotherCompanyAreNobody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	owner := w.owner(t, testkit.A)
	w.Untouched(t, testkit.B, func() {
		for what, who := range map[string]id.ID{"foreign": testkit.B.Office(), "random": id.New()} {
			in := identity.MemberInput{Person: who, Version: 1, Role: identity.Crew}
			_, person := w.people.Person(t.Context(), owner, who)
			_, role := w.people.ChangeRole(t.Context(), owner, in)
			_, off := w.people.Deactivate(t.Context(), owner, in)
			_, on := w.people.Reactivate(t.Context(), owner, in)
			_, reset := w.people.ResetSecondFactor(t.Context(), owner, in)
			for deed, err := range map[string]error{"read": person, "role": role, "deactivate": off, "reactivate": on, "reset": reset} {
				wantFault(t, what+": "+deed, err, fault.NotFound, "not-found")
			}
		}
	})
}

func TestRolesWithoutTheRightChangeNobody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := w.about(t, testkit.A.Crew(), identity.Office)
	w.Untouched(t, testkit.A, func() {
		for _, role := range []identity.Role{identity.Office, identity.Estimator, identity.Crew, identity.Accountant} {
			a := w.person(t, testkit.A, testkit.A.Office(), role)
			_, person := w.people.Person(t.Context(), a, in.Person)
			_, changed := w.people.ChangeRole(t.Context(), a, in)
			_, off := w.people.Deactivate(t.Context(), a, in)
			_, on := w.people.Reactivate(t.Context(), a, in)
			_, reset := w.people.ResetSecondFactor(t.Context(), a, in)
			for deed, err := range map[string]error{"read": person, "role": changed, "deactivate": off, "reactivate": on, "reset": reset} {
				wantFault(t, role.Label()+": "+deed, err, fault.Forbidden, "forbidden")
			}
		}
	})
}

func TestOnesOwnNameAndPassword(t *testing.T) {
	t.Parallel()
	w := setup(t)
	other := w.signIn(t, testkit.A, "office@a.example")
	a, old := w.in(t, testkit.A, "office@a.example")
	w.Untouched(t, testkit.B, func() {
		in := identity.RenameInput{Name: "  Kim   Cruz ", Version: w.about(t, testkit.A.Office(), "").Version}
		u, err := w.people.Rename(t.Context(), a, in)
		if err != nil || u.Name != "Kim Cruz" {
			t.Errorf("renamed to %q, %v", u.Name, err)
		}
		_, err = w.people.Rename(t.Context(), a, in)
		wantFault(t, "with the old version", err, fault.Conflict, "version-stale")
		for what, p := range map[string][2]string{
			"no old one": {"", newPassword}, "a wrong old one": {"not this one", newPassword}, "the same": {password, password}, "a short one": {password, "123456789"},
			"the name": {password, "kim cruz 2026"}, "the address": {password, "my office@a.example"}, "the company": {password, "we are ALPHA-FENCE"}, "the product": {password, "FencePlatform1"},
			"a known one": {password, "Password1234"},
		} {
			_, err := w.people.ChangePassword(t.Context(), a, p[0], p[1])
			wantFault(t, what, err, fault.Invalid, "invalid-input")
		}
		long := strings.Repeat("é", 64) + strings.Repeat("x", 128)
		renewed, err := w.people.ChangePassword(t.Context(), a, password, long)
		if err != nil {
			t.Fatalf("a long one: %v", err)
		}
		for what, s := range map[string]identity.Session{"another device": other, "this one's old token": old} {
			_, err := w.people.Resume(t.Context(), a.Tenant(), s.Token)
			wantFault(t, what, err, fault.Unauthenticated, "unauthenticated")
		}
		if _, err := w.people.Resume(t.Context(), a.Tenant(), renewed.Token); err != nil {
			t.Errorf("this one: %v", err)
		}
		_, err = w.people.SignIn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), pair("office@a.example", long[:len(long)-1]))
		wantFault(t, "the long one cut off", err, fault.Unauthenticated, "wrong-sign-in")
		if _, err = w.people.SignIn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), pair("office@a.example", long)); err != nil {
			t.Errorf("the long one whole: %v", err)
		}
	})
}
