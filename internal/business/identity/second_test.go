package identity_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// app is an authenticator app on a person's phone.
type app struct{ secret string }

// code is what the app shows, so many half minutes from now.
func (p app) code(t *testing.T, w *world, ahead int) string {
	t.Helper()
	now := testkit.Value[time.Time](t, w.Database, `SELECT now() + coalesce((SELECT ahead FROM platform.clock), interval '0')`)
	code, err := totp.GenerateCode(p.secret, now.Add(time.Duration(ahead)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// in is somebody who has just logged in.
func (w *world) in(t *testing.T, o testkit.Org, email string) (tenancy.Actor, identity.Session) {
	t.Helper()
	s := w.signIn(t, o, email)
	signed, err := w.people.Resume(t.Context(), w.visitor(t, o, "192.0.2.1").Tenant(), s.Token)
	if err != nil {
		t.Fatal(err)
	}
	return signed.Actor.WithRequest(tenancy.Request{ID: "test", IP: "192.0.2.1", UserAgent: "test"}), s
}

// withApp sets an app up for somebody who is logged in, and answers the session after it.
func (w *world) withApp(t *testing.T, a tenancy.Actor) (app, identity.Session, []string) {
	t.Helper()
	if err := w.people.BeginAuthenticator(t.Context(), a, ""); err != nil {
		t.Fatal(err)
	}
	shown, err := w.people.PendingAuthenticator(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	phone := app{shown.Secret}
	s, codes, err := w.people.ConfirmAuthenticator(t.Context(), a, phone.code(t, w, -1))
	if err != nil {
		t.Fatal(err)
	}
	return phone, s, codes
}

// step is a log-in whose password was right.
func (w *world) step(t *testing.T, o testkit.Org, email string) string {
	t.Helper()
	s := w.signIn(t, o, email)
	if s.Step == "" || s.Token != "" {
		t.Fatalf("a person with a second factor got %+v, want only a step", s)
	}
	return s.Step
}

func TestAuthenticatorIsAskedForFromThenOn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	other := w.signIn(t, testkit.A, "owner@a.example")
	a, old := w.in(t, testkit.A, "owner@a.example")
	var phone app
	w.Untouched(t, testkit.B, func() {
		if err := w.people.BeginAuthenticator(t.Context(), a, ""); err != nil {
			t.Fatal(err)
		}
		if s := w.signIn(t, testkit.A, "owner@a.example"); s.Step != "" {
			t.Error("an app that was not confirmed is asked for")
		}
		shown, err := w.people.PendingAuthenticator(t.Context(), a)
		if err != nil || !strings.HasPrefix(shown.URL, "otpauth://totp/Alpha%20Fence:owner@a.example?") || !strings.Contains(shown.URL, "secret="+shown.Secret) {
			t.Fatalf("shown %+v, %v", shown, err)
		}
		phone = app{shown.Secret}
		_, _, err = w.people.ConfirmAuthenticator(t.Context(), a, "12345")
		wantFault(t, "a wrong code", err, fault.Invalid, "invalid-input")
		renewed, codes, err := w.people.ConfirmAuthenticator(t.Context(), a, phone.code(t, w, -1))
		if err != nil || len(codes) != 10 {
			t.Fatalf("confirmed: %v, %d codes", err, len(codes))
		}
		for what, s := range map[string]identity.Session{"another device": other, "this one's old token": old} {
			_, err = w.people.Resume(t.Context(), v.Tenant(), s.Token)
			wantFault(t, what, err, fault.Unauthenticated, "unauthenticated")
		}
		if _, err := w.people.Resume(t.Context(), v.Tenant(), renewed.Token); err != nil {
			t.Errorf("this one's new token: %v", err)
		}
		step := w.step(t, testkit.A, "owner@a.example")
		if ways, err := w.people.SignInStep(t.Context(), v, step); err != nil || !ways.App || ways.Passkey {
			t.Errorf("asked for %+v, %v", ways, err)
		}
		s, err := w.people.FinishSignIn(t.Context(), v, step, phone.code(t, w, 0), "")
		if err != nil || s.Token == "" || s.Device == "" {
			t.Fatalf("finished: %+v, %v", s, err)
		}
		_, err = w.people.FinishSignIn(t.Context(), v, step, phone.code(t, w, 1), "")
		wantFault(t, "the step again", err, fault.Invalid, "sign-in-over")
	})
	for _, table := range w.TenantTables(t) {
		if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM `+table+` r WHERE r::text LIKE '%' || $1 || '%' OR r::text LIKE '%' || encode(convert_to($1, 'UTF8'), 'hex') || '%'`, phone.secret); n != 0 {
			t.Errorf("%s holds the app's secret", table)
		}
	}
	if n := len(testkit.Values[string](t, w.Database, `SELECT subject FROM app.mails WHERE org_id = $1 AND kind = 'security'`, testkit.A.ID)); n != 1 {
		t.Errorf("%d mails about it, want 1", n)
	}
}

// A code is good for its half minute and one on either side, once, and never one before it again.
func TestACodeIsTakenOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	a, _ := w.in(t, testkit.A, "owner@a.example")
	phone, _, _ := w.withApp(t, a)
	w.Advance(t, 5*time.Minute)
	now, before := phone.code(t, w, 0), phone.code(t, w, -1)
	if _, err := w.people.FinishSignIn(t.Context(), v, w.step(t, testkit.A, "owner@a.example"), now[:3]+" "+now[3:], ""); err != nil {
		t.Fatalf("as it is pasted: %v", err)
	}
	for what, code := range map[string]string{"the same": now, "the one before it": before, "an old one": phone.code(t, w, -3), "one of later": phone.code(t, w, 3)} {
		_, err := w.people.FinishSignIn(t.Context(), v, w.step(t, testkit.A, "owner@a.example"), code, "")
		wantFault(t, what, err, fault.Unauthenticated, "wrong-code")
	}
	// Many at once with one code: one gets in.
	w.Advance(t, 16*time.Minute)
	code := phone.code(t, w, 0)
	steps := make([]string, 4)
	for i := range steps {
		steps[i] = w.step(t, testkit.A, "owner@a.example")
	}
	var won int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, step := range steps {
		wg.Go(func() {
			_, err := w.people.FinishSignIn(t.Context(), v, step, code, "")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d got in with one code, want 1", won)
	}
}

func TestGuessingCodesIsSlowed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	a, _ := w.in(t, testkit.A, "owner@a.example")
	phone, _, _ := w.withApp(t, a)
	w.Advance(t, time.Minute)
	known, err := w.people.FinishSignIn(t.Context(), v, w.step(t, testkit.A, "owner@a.example"), phone.code(t, w, 0), "")
	if err != nil {
		t.Fatal(err)
	}
	step := w.step(t, testkit.A, "owner@a.example")
	for n := range 5 {
		_, err := w.people.FinishSignIn(t.Context(), v, step, fmt.Sprintf("%06d", n), "")
		wantFault(t, "a guess", err, fault.Unauthenticated, "wrong-code")
	}
	w.Advance(t, time.Minute)
	_, err = w.people.FinishSignIn(t.Context(), v, step, phone.code(t, w, 0), "")
	wantFault(t, "the sixth, even when right", err, fault.RateLimited, "too-many-attempts")
	_, err = w.people.FinishSignIn(t.Context(), v, w.step(t, testkit.A, "owner@a.example"), phone.code(t, w, 0), "")
	wantFault(t, "with another step", err, fault.RateLimited, "too-many-attempts")
	if _, err := w.people.FinishSignIn(t.Context(), v, w.step(t, testkit.A, "owner@a.example"), phone.code(t, w, 0), known.Device); err != nil {
		t.Errorf("the owner on a known device: %v", err)
	}
}

func TestRecoveryCodesStandInOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	a, _ := w.in(t, testkit.A, "owner@a.example")
	_, renewed, codes := w.withApp(t, a)
	w.Untouched(t, testkit.B, func() {
		if _, err := w.people.FinishSignIn(t.Context(), v, w.step(t, testkit.A, "owner@a.example"), strings.ToLower(codes[3]), ""); err != nil {
			t.Fatalf("a recovery code: %v", err)
		}
		_, err := w.people.FinishSignIn(t.Context(), v, w.step(t, testkit.A, "owner@a.example"), codes[3], "")
		wantFault(t, "the same code", err, fault.Unauthenticated, "wrong-code")
		signed, err := w.people.Resume(t.Context(), v.Tenant(), renewed.Token)
		if err != nil {
			t.Fatal(err)
		}
		next, err := w.people.NewRecoveryCodes(t.Context(), signed.Actor, "")
		if err != nil || len(next) != 10 || next[0] == codes[0] {
			t.Fatalf("new codes: %v, %v", next, err)
		}
		_, err = w.people.FinishSignIn(t.Context(), v, w.step(t, testkit.A, "owner@a.example"), codes[0], "")
		wantFault(t, "a code that was replaced", err, fault.Unauthenticated, "wrong-code")
		if o, err := w.people.Account(t.Context(), signed.Actor); err != nil || o.RecoveryLeft != 10 || o.Authenticator == nil || !o.HasSecond() {
			t.Errorf("the account says %+v, %v", o, err)
		}
	})
	plain := strings.ReplaceAll(codes[0], "-", "")
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.recovery_codes WHERE code_hash = sha256(convert_to($1, 'UTF8')) OR code_hash = convert_to($1, 'UTF8')`, plain); n != 0 {
		t.Error("a code can be found without the key")
	}
}

// A new password does not do without the second factor, and neither does a link in mail.
func TestResetDoesNotSkipTheSecondFactor(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	a, _ := w.in(t, testkit.A, "owner@a.example")
	phone, _, _ := w.withApp(t, a)
	if err := w.resets(t, v, "owner@a.example"); err != nil {
		t.Fatal(err)
	}
	under := w.step(t, testkit.A, "owner@a.example")
	if err := w.people.ResetPassword(t.Context(), v, w.mailed(t, testkit.A, "reset")[0], newPassword); err != nil {
		t.Fatal(err)
	}
	s, err := w.people.SignIn(t.Context(), v, pair("owner@a.example", newPassword))
	if err != nil || s.Token != "" || s.Step == "" {
		t.Errorf("with the new password: %+v, %v, want to be asked for the second factor", s, err)
	}
	w.Advance(t, time.Minute)
	_, err = w.people.FinishSignIn(t.Context(), v, under, phone.code(t, w, 0), "")
	wantFault(t, "a log-in that was under way with the old password", err, fault.Invalid, "sign-in-over")
}

// A sign-up's form that is sent again leads to a code for whoever knows the password, and no further than the password.
func TestTheCodeOfASignUpDoesNotSkipTheSecondFactor(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	a, _ := w.in(t, testkit.A, "owner@a.example")
	phone, _, _ := w.withApp(t, a)
	w.Untouched(t, testkit.B, func() {
		s, err := w.people.Start(t.Context(), v, w.startCode(t, v.Tenant(), testkit.A.Owner()))
		if err != nil || s.Step == "" || s.Token != "" {
			t.Fatalf("start: %+v, %v, want only a step", s, err)
		}
		if s, err = w.people.FinishSignIn(t.Context(), v, s.Step, phone.code(t, w, 0), ""); err != nil || s.Token == "" {
			t.Errorf("with the second factor: %+v, %v", s, err)
		}
	})
}

func TestStepsAreBoundToTheirCompanyAndTenMinutes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	a, _ := w.in(t, testkit.A, "owner@a.example")
	phone, _, _ := w.withApp(t, a)
	step := w.step(t, testkit.A, "owner@a.example")
	w.Advance(t, time.Minute)
	w.Untouched(t, testkit.B, func() {
		stranger := w.visitor(t, testkit.B, "192.0.2.1")
		_, err := w.people.FinishSignIn(t.Context(), stranger, step, phone.code(t, w, 0), "")
		wantFault(t, "on B's host", err, fault.Invalid, "sign-in-over")
		_, err = w.people.SignInStep(t.Context(), stranger, step)
		wantFault(t, "reading it on B's host", err, fault.Invalid, "sign-in-over")
	})
	for what, s := range map[string]string{"nothing": "", "a guess": "guess"} {
		_, err := w.people.FinishSignIn(t.Context(), v, s, phone.code(t, w, 0), "")
		wantFault(t, what, err, fault.Invalid, "sign-in-over")
	}
	w.Advance(t, 10*time.Minute)
	_, err := w.people.FinishSignIn(t.Context(), v, step, phone.code(t, w, 0), "")
	wantFault(t, "eleven minutes later", err, fault.Invalid, "sign-in-over")
}

func TestProgramsSendTheCodeWithThePassword(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	a, _ := w.in(t, testkit.A, "owner@a.example")
	phone, _, _ := w.withApp(t, a)
	w.Advance(t, time.Minute)
	in := identity.SignInInput{Email: "owner@a.example", Password: password, Kind: identity.AsToken}
	_, err := w.people.SignIn(t.Context(), v, in)
	wantFault(t, "without a code", err, fault.Unauthenticated, "second-factor-needed")
	in.Code = "000000"
	_, err = w.people.SignIn(t.Context(), v, in)
	wantFault(t, "with a wrong code", err, fault.Unauthenticated, "wrong-code")
	in.Code = phone.code(t, w, 0)
	if s, err := w.people.SignIn(t.Context(), v, in); err != nil || s.Access.Token == "" {
		t.Errorf("with the code: %v", err)
	}
}

func TestACompanyCanAskForASecondFactor(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	before := w.signIn(t, testkit.A, "office@a.example")
	owner := keyed(w.owner(t, testkit.A), "ask")
	w.Untouched(t, testkit.B, func() {
		rules, err := w.people.Rules(t.Context(), owner)
		if err != nil || rules.SecondFactor || rules.Without != 5 { // the accountants have a passkey
			t.Fatalf("rules %+v, %v", rules, err)
		}
		rules.SecondFactor = true
		if _, err := w.people.SetRules(t.Context(), owner, rules); err != nil {
			t.Fatal(err)
		}
		_, err = w.people.SetRules(t.Context(), keyed(owner, "ask again"), rules)
		wantFault(t, "with the old version", err, fault.Conflict, "version-stale")
	})
	if signed, err := another(t, w.Database).Resume(t.Context(), v.Tenant(), before.Token); err != nil || signed.MustEnroll {
		t.Errorf("a session of before: %+v, %v, want it to go on", signed.MustEnroll, err)
	}
	a, s := w.in(t, testkit.A, "office@a.example")
	if !s.MustEnroll || a.May(tenancy.CustomersRead) || !a.May(tenancy.OwnAccount) {
		t.Errorf("the next log-in may do %v, must enroll %v", a, s.MustEnroll)
	}
	_, err := w.people.SignIn(t.Context(), v, identity.SignInInput{Email: "office@a.example", Password: password, Kind: identity.AsToken})
	wantFault(t, "a program without a second factor", err, fault.Forbidden, "second-factor-required")
	_, renewed, _ := w.withApp(t, a)
	signed, err := w.people.Resume(t.Context(), v.Tenant(), renewed.Token)
	if err != nil || signed.MustEnroll || !signed.Actor.May(tenancy.CustomersRead) {
		t.Errorf("with an app: %+v, %v", signed.MustEnroll, err)
	}
	gone, err := w.people.RemoveAuthenticator(t.Context(), signed.Actor, "")
	if err != nil || !gone.MustEnroll {
		t.Errorf("without it again: %+v, %v, want to be led to set one up", gone.MustEnroll, err)
	}
}

func TestRolesWithoutTheRightDoNotSetRules(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.A, func() {
		for _, role := range []identity.Role{identity.Office, identity.Estimator, identity.Crew, identity.Accountant} {
			a := w.person(t, testkit.A, testkit.A.Office(), role)
			_, readErr := w.people.Rules(t.Context(), a)
			_, setErr := w.people.SetRules(t.Context(), a, identity.SignInRules{Version: 1})
			wantFault(t, "read", readErr, fault.Forbidden, "forbidden")
			wantFault(t, "set", setErr, fault.Forbidden, "forbidden")
		}
	})
}

// What was left open is not enough to change how its person logs in: after ten minutes the password is asked for.
func TestAnOldLogInHasToTellThePassword(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, _ := w.in(t, testkit.A, "owner@a.example")
	w.Advance(t, 11*time.Minute)
	w.Untouched(t, testkit.B, func() {
		err := w.people.BeginAuthenticator(t.Context(), a, "")
		wantFault(t, "without a password", err, fault.Invalid, "invalid-input")
		for range 9 {
			wantFault(t, "a wrong one", w.people.BeginAuthenticator(t.Context(), a, "not this one"), fault.Invalid, "invalid-input")
		}
		wantFault(t, "the eleventh", w.people.BeginAuthenticator(t.Context(), a, password), fault.RateLimited, "too-many-attempts")
		w.Advance(t, 16*time.Minute)
		if err := w.people.BeginAuthenticator(t.Context(), a, password); err != nil {
			t.Errorf("the right one: %v", err)
		}
	})
	stranger := a
	stranger.SessionID = id.New()
	wantFault(t, "without a session", w.people.BeginAuthenticator(t.Context(), stranger, password), fault.Unauthenticated, "unauthenticated")
}

func TestAnAppIsNotReplacedInPassing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, _ := w.in(t, testkit.A, "owner@a.example")
	phone, renewed, _ := w.withApp(t, a)
	signed, err := w.people.Resume(t.Context(), a.Tenant(), renewed.Token)
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, "a second app", w.people.BeginAuthenticator(t.Context(), signed.Actor, ""), fault.Conflict, "second-factor-set")
	_, err = w.people.PendingAuthenticator(t.Context(), signed.Actor)
	wantFault(t, "showing the secret again", err, fault.NotFound, "not-found")
	w.Advance(t, time.Minute)
	if _, err := w.people.FinishSignIn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), w.step(t, testkit.A, "owner@a.example"), phone.code(t, w, 0), ""); err != nil {
		t.Errorf("the app of before: %v", err)
	}
	w.Untouched(t, testkit.B, func() {
		if _, err := w.people.RemoveAuthenticator(t.Context(), signed.Actor, ""); err != nil {
			t.Fatal(err)
		}
		_, err := w.people.NewRecoveryCodes(t.Context(), signed.Actor, "")
		wantFault(t, "codes without an app", err, fault.Conflict, "no-second-factor")
	})
	if s := w.signIn(t, testkit.A, "owner@a.example"); s.Step != "" {
		t.Error("a removed app is asked for")
	}
}
