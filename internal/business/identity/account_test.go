package identity_test

import (
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

const newPassword = "nine gates in spring"

func TestResetSetsTheNewPasswordAndEndsSessions(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	s := w.signIn(t, testkit.A, "owner@a.example")
	w.Untouched(t, testkit.B, func() {
		for range 2 {
			if err := w.resets(t, v, "owner@a.example"); err != nil {
				t.Fatal(err)
			}
		}
		codes := w.mailed(t, testkit.A, "reset")
		if len(codes) != 2 {
			t.Fatalf("%d mails, want 2", len(codes))
		}
		if err := w.people.ResetPassword(t.Context(), v, codes[1], newPassword); err != nil {
			t.Fatal(err)
		}
		err := w.people.ResetPassword(t.Context(), v, codes[1], newPassword)
		wantFault(t, "the link again", err, fault.Invalid, "link-used")
		err = w.people.ResetPassword(t.Context(), v, codes[0], newPassword)
		wantFault(t, "the older link", err, fault.Invalid, "link-used")
	})
	_, err := w.people.Resume(t.Context(), v.Tenant(), s.Token)
	wantFault(t, "the session of before", err, fault.Unauthenticated, "unauthenticated")
	_, err = w.people.SignIn(t.Context(), v, pair("owner@a.example", password))
	wantFault(t, "the old password", err, fault.Unauthenticated, "wrong-sign-in")
	if _, err := w.people.SignIn(t.Context(), v, pair("owner@a.example", newPassword)); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestResetLinkWorksForTenMinutes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	for _, person := range []string{"owner@a.example", "office@a.example"} {
		if err := w.resets(t, v, person); err != nil {
			t.Fatal(err)
		}
	}
	links := w.mailed(t, testkit.A, "reset")
	w.Advance(t, 10*time.Minute-time.Second)
	if err := w.people.ResetPassword(t.Context(), v, links[0], newPassword); err != nil {
		t.Errorf("a second before: %v", err)
	}
	w.Advance(t, 2*time.Second)
	err := w.people.ResetPassword(t.Context(), v, links[1], newPassword)
	wantFault(t, "ten minutes later", err, fault.Invalid, "link-used")
}

func TestWeakNewPasswordKeepsTheLink(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	if err := w.resets(t, v, "owner@a.example"); err != nil {
		t.Fatal(err)
	}
	code := w.mailed(t, testkit.A, "reset")[0]
	for _, weak := range []string{"short", "password1234", "alpha fence alpha", "\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe"} {
		err := w.people.ResetPassword(t.Context(), v, code, weak)
		wantFault(t, weak, err, fault.Invalid, "invalid-input")
	}
	if err := w.people.ResetPassword(t.Context(), v, code, newPassword); err != nil {
		t.Errorf("a good one afterwards: %v", err)
	}
}

// Whoever asks learns nothing, and nobody is mailed more than five links an hour.
func TestResetOfUnknownAddressAnswersAlikeAndMailsNobody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	for _, email := range []string{"nobody@a.example", "owner@b.example"} {
		if err := w.resets(t, v, email); err != nil {
			t.Errorf("%s: %v, want the answer that a known address gets", email, err)
		}
	}
	if n := len(w.mailed(t, testkit.A, "reset")); n != 0 {
		t.Errorf("%d mails, want none", n)
	}
	for range 7 {
		if err := w.resets(t, v, "owner@a.example"); err != nil {
			t.Error(err)
		}
	}
	if n := len(w.mailed(t, testkit.A, "reset")); n != 5 {
		t.Errorf("%d mails for seven requests, want 5", n)
	}
	w.Advance(t, time.Hour+time.Second)
	if err := w.resets(t, v, "owner@a.example"); err != nil {
		t.Error(err)
	}
	if n := len(w.mailed(t, testkit.A, "reset")); n != 6 {
		t.Errorf("%d mails after the hour, want 6", n)
	}
}

func TestCodeUsedByManyAtOnceWorksOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	if err := w.resets(t, v, "owner@a.example"); err != nil {
		t.Fatal(err)
	}
	code := w.mailed(t, testkit.A, "reset")[0]
	var won int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			err := w.people.ResetPassword(t.Context(), v, code, newPassword)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
				return
			}
			wantFault(t, "a loser", err, fault.Invalid, "link-used")
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d used the code, want 1", won)
	}
}

func TestConfirmingAnAddress(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.users SET email_verified_at = NULL WHERE id = $1`, testkit.A.Owner())
	a := w.owner(t, testkit.A)
	w.Untouched(t, testkit.B, func() {
		if err := w.people.ResendConfirmation(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		code := w.mailed(t, testkit.A, "confirm")[0]
		err := w.people.ResetPassword(t.Context(), a, code, newPassword)
		wantFault(t, "the code for another purpose", err, fault.Invalid, "link-used")
		if err := w.people.ConfirmEmail(t.Context(), a, code); err != nil {
			t.Fatal(err)
		}
		err = w.people.ConfirmEmail(t.Context(), a, code)
		wantFault(t, "the link again", err, fault.Invalid, "link-used")
	})
	if s := w.signIn(t, testkit.A, "owner@a.example"); s.User.EmailVerifiedAt == nil {
		t.Error("the address is not confirmed")
	}
	if err := w.people.ResendConfirmation(t.Context(), a); err != nil || len(w.mailed(t, testkit.A, "confirm")) != 1 {
		t.Errorf("a confirmed person asked again: %v, %d mails, want none more", err, len(w.mailed(t, testkit.A, "confirm"))-1)
	}
}

func TestConfirmingMailsAreBounded(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.users SET email_verified_at = NULL WHERE id = $1`, testkit.A.Owner())
	a := w.owner(t, testkit.A)
	for range 5 {
		if err := w.people.ResendConfirmation(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	wantFault(t, "the sixth within the hour", w.people.ResendConfirmation(t.Context(), a), fault.RateLimited, "too-many-mails")
	wantFault(t, "a visitor", w.people.ResendConfirmation(t.Context(), w.visitor(t, testkit.A, "192.0.2.1")), fault.Unauthenticated, "unauthenticated")
}

// A code of A proves nothing on B's host, and stays good where it belongs.
func TestCodesAreGoodInTheirOwnCompanyOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.users SET email_verified_at = NULL WHERE id = $1`, testkit.A.Owner())
	a, v, stranger := w.owner(t, testkit.A), w.visitor(t, testkit.A, "192.0.2.1"), w.visitor(t, testkit.B, "192.0.2.1")
	if err := w.resets(t, v, "owner@a.example"); err != nil {
		t.Fatal(err)
	}
	if err := w.people.ResendConfirmation(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if _, err := w.people.Invite(t.Context(), a, identity.InviteInput{Email: "new@a.example", Role: identity.Office}); err != nil {
		t.Fatal(err)
	}
	reset, confirm, invite := w.mailed(t, testkit.A, "reset")[0], w.mailed(t, testkit.A, "confirm")[0], w.mailed(t, testkit.A, "invite")[0]
	start := w.startCode(t, a.Tenant(), testkit.A.Owner())
	w.Untouched(t, testkit.B, func() {
		_, startErr := w.people.Start(t.Context(), stranger, start)
		_, joinErr := w.people.Join(t.Context(), stranger, identity.JoinInput{Code: invite, Name: "New", Password: password})
		_, invitedErr := w.people.Invited(t.Context(), stranger, invite)
		for what, err := range map[string]error{
			"reset": w.people.ResetPassword(t.Context(), stranger, reset, newPassword), "confirm": w.people.ConfirmEmail(t.Context(), stranger, confirm),
			"start": startErr, "join": joinErr, "invited": invitedErr,
		} {
			wantFault(t, what+" on B's host", err, fault.Invalid, "link-used")
		}
	})
	if _, err := w.people.Start(t.Context(), v, start); err != nil {
		t.Errorf("start where it belongs: %v", err)
	}
	if err := w.people.ResetPassword(t.Context(), v, reset, newPassword); err != nil {
		t.Errorf("reset where it belongs: %v", err)
	}
}

// startCode is the code that the sign-up hands over with.
func (w *world) startCode(t *testing.T, tenant pg.Tenant, who id.ID) (code string) {
	t.Helper()
	err := w.App.InOrg(t.Context(), tenant, func(tx *pg.OrgTx) (err error) {
		code, err = identity.IssueStart(tx, who)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return code
}
