package operator_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

const (
	email    = "olivia@platform.example"
	password = "seven cedar pickets"
)

var from = tenancy.Request{ID: "test", IP: "192.0.2.7"}

// keys are the same for every process of a test.
var keys = identity.Keys{Vault: []byte(strings.Repeat("k", 32))}.Operators()

type world struct {
	*testkit.Database
	operators *operator.Service
}

func setup(t *testing.T) *world {
	t.Helper()
	d := testkit.NewDatabase(t)
	passwords := secret.NewTestPasswords()
	people := identity.NewService(d.App, nil, passwords, func(string) bool { return false })
	return &world{d, &operator.Service{DB: d.App, System: d.System, People: people, Passwords: passwords, Keys: keys, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}}
}

// added is a new operator's code.
func (w *world) added(t *testing.T) string {
	t.Helper()
	_, code, err := w.operators.Add(t.Context(), "Olivia Reyes", email)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// code is what the authenticator of a log-in under way shows now, by the database's time.
func (w *world) code(t *testing.T, key string) string {
	t.Helper()
	code, err := totp.GenerateCode(key, testkit.Value[time.Time](t, w.Database, `SELECT app.now()`))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// ready is an operator who has set up everything, with the key of the authenticator and a session.
func (w *world) ready(t *testing.T) (key string, session operator.Session) {
	t.Helper()
	step, err := w.operators.SetUp(t.Context(), w.added(t), password)
	if err != nil {
		t.Fatal(err)
	}
	app, needed, err := w.operators.Enrollment(t.Context(), step.Token)
	if err != nil || !needed {
		t.Fatalf("enrollment needed: %v, %v", needed, err)
	}
	if session, err = w.operators.Finish(t.Context(), step.Token, w.code(t, app.Secret)); err != nil {
		t.Fatal(err)
	}
	w.Advance(t, 31*time.Second) // the next code
	return app.Secret, session
}

func wantFault(t *testing.T, what string, err error, kind fault.Kind, code string) {
	t.Helper()
	if f := fault.As(err); err == nil || f.Kind != kind || f.Code != code {
		t.Errorf("%s: got %v, want fault %q", what, err, code)
	}
}

// What came of each step is told, for /metrics.
func TestStepsOfALogInAreTold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var told []string
	w.operators.Told = func(step string, err error) {
		outcome := "passed"
		if err != nil {
			outcome = fault.As(err).Code
		}
		told = append(told, step+" "+outcome)
	}
	step, err := w.operators.SetUp(t.Context(), w.added(t), password)
	if err != nil {
		t.Fatal(err)
	}
	app, _, err := w.operators.Enrollment(t.Context(), step.Token)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.operators.SignIn(t.Context(), from, email, "not this one")       // told
	_, _ = w.operators.SignIn(t.Context(), from, email, password)             // told
	_, _ = w.operators.Finish(t.Context(), "no step", w.code(t, app.Secret))  // told
	_, _ = w.operators.Finish(t.Context(), step.Token, "000000")              // told
	_, _ = w.operators.Finish(t.Context(), step.Token, w.code(t, app.Secret)) // told
	want := "password wrong-sign-in, password passed, second_factor sign-in-over, second_factor wrong-code, second_factor passed"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("told %s, want %s", got, want)
	}
}

func TestOperatorNeverLogsInWithoutASecondFactor(t *testing.T) {
	t.Parallel()
	w := setup(t)
	step, err := w.operators.SetUp(t.Context(), w.added(t), password)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.operators.Authenticate(t.Context(), step.Token)
	wantFault(t, "the password alone", err, fault.Unauthenticated, "unauthenticated")
	app, needed, err := w.operators.Enrollment(t.Context(), step.Token)
	if err != nil || !needed || !strings.HasPrefix(app.URL, "otpauth://totp/") {
		t.Fatalf("an operator without a second factor is asked to set up %+v, %v, %v", app, needed, err)
	}
	_, err = w.operators.Finish(t.Context(), step.Token, "000000")
	wantFault(t, "a wrong code", err, fault.Unauthenticated, "wrong-code")
	session, err := w.operators.Finish(t.Context(), step.Token, w.code(t, app.Secret))
	if err != nil {
		t.Fatal(err)
	}
	if a, err := w.operators.Authenticate(t.Context(), session.Token); err != nil || a.Email != email || !a.Ready {
		t.Errorf("logged in: %+v, %v", a, err)
	}
	_, _, err = w.operators.Enrollment(t.Context(), step.Token)
	wantFault(t, "the step afterwards", err, fault.Invalid, "sign-in-over")

	again, err := w.operators.SignIn(t.Context(), from, strings.ToUpper(email), password)
	if err != nil {
		t.Fatal(err)
	}
	if app, needed, err := w.operators.Enrollment(t.Context(), again.Token); err != nil || needed || app.Secret != "" {
		t.Errorf("an operator with a second factor is shown %+v, %v, %v", app, needed, err)
	}
	_, err = w.operators.Finish(t.Context(), again.Token, w.code(t, app.Secret))
	wantFault(t, "the same code a second time", err, fault.Unauthenticated, "wrong-code")
	w.Advance(t, 31*time.Second)
	if _, err := w.operators.Finish(t.Context(), again.Token, w.code(t, app.Secret)); err != nil {
		t.Errorf("the next code: %v", err)
	}
}

func TestSetUpLinkWorksOnceForThreeDays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	code := w.added(t)
	_, err := w.operators.SetUp(t.Context(), code, "short")
	wantFault(t, "a short password", err, fault.Invalid, "invalid-input")
	if _, err := w.operators.SetUp(t.Context(), code, password); err != nil {
		t.Fatal(err)
	}
	for what, code := range map[string]string{"a second time": code, "of nobody": secret.Token(), "empty": ""} {
		_, err := w.operators.SetUp(t.Context(), code, password)
		wantFault(t, "a link "+what, err, fault.Invalid, "link-used")
	}
	_, code, err = w.operators.Renew(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(t, 72*time.Hour)
	_, err = w.operators.SetUp(t.Context(), code, password)
	wantFault(t, "a link after three days", err, fault.Invalid, "link-used")
}

func TestOperatorsPasswordIsNotGuessed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.ready(t)
	for range 8 {
		_, err := w.operators.SignIn(t.Context(), from, email, "eight cedar pickets")
		wantFault(t, "a wrong password", err, fault.Unauthenticated, "wrong-sign-in")
		_, err = w.operators.SignIn(t.Context(), from, "nobody@platform.example", "eight cedar pickets")
		wantFault(t, "nobody", err, fault.Unauthenticated, "wrong-sign-in")
	}
	_, err := w.operators.SignIn(t.Context(), from, email, password)
	wantFault(t, "the right one after eight wrong ones", err, fault.RateLimited, "too-many-attempts")
	if _, err := w.operators.SignIn(t.Context(), tenancy.Request{IP: "198.51.100.1"}, email, password); err != nil {
		t.Errorf("the right one from elsewhere: %v", err)
	}
	w.Advance(t, 15*time.Minute)
	if _, err := w.operators.SignIn(t.Context(), from, email, password); err != nil {
		t.Errorf("after a quarter of an hour: %v", err)
	}
}

func TestOperatorsCodesAreNotGuessed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	key, _ := w.ready(t)
	step, err := w.operators.SignIn(t.Context(), from, email, password)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		_, err := w.operators.Finish(t.Context(), step.Token, "12345")
		wantFault(t, "a wrong code", err, fault.Unauthenticated, "wrong-code")
	}
	_, err = w.operators.Finish(t.Context(), step.Token, w.code(t, key))
	wantFault(t, "the right code after five wrong ones", err, fault.RateLimited, "too-many-attempts")
}

// A code by many at once opens one session.
func TestOperatorsCodeIsTakenOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	key, _ := w.ready(t)
	steps := make([]operator.Session, 4)
	for i := range steps {
		var err error
		if steps[i], err = w.operators.SignIn(t.Context(), from, email, password); err != nil {
			t.Fatal(err)
		}
	}
	code := w.code(t, key)
	var opened sync.Map
	var group sync.WaitGroup
	for i := range steps {
		group.Go(func() {
			if _, err := w.operators.Finish(context.WithoutCancel(t.Context()), steps[i].Token, code); err == nil {
				opened.Store(i, true)
			}
		})
	}
	group.Wait()
	n := 0
	opened.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("one code opened %d sessions", n)
	}
}

func TestOperatorsSessionEnds(t *testing.T) {
	t.Parallel()
	for what, end := range map[string]func(*world, operator.Session) error{
		"by logging out": func(w *world, s operator.Session) error { return w.operators.SignOut(t.Context(), s.Token) },
		"unused for an hour": func(w *world, _ operator.Session) error {
			w.Advance(t, time.Hour)
			return nil
		},
		"by being disabled": func(w *world, _ operator.Session) error {
			_, err := w.operators.Disable(t.Context(), email)
			return err
		},
		"by being renewed": func(w *world, _ operator.Session) error {
			_, _, err := w.operators.Renew(t.Context(), email)
			return err
		},
		"after eight hours": func(w *world, s operator.Session) error {
			for range 9 {
				w.Advance(t, 54*time.Minute)
				_, _ = w.operators.Authenticate(t.Context(), s.Token) // in use
			}
			return nil
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			_, session := w.ready(t)
			if _, err := w.operators.Authenticate(t.Context(), session.Token); err != nil {
				t.Fatal(err)
			}
			if err := end(w, session); err != nil {
				t.Fatal(err)
			}
			_, err := w.operators.Authenticate(t.Context(), session.Token)
			wantFault(t, what, err, fault.Unauthenticated, "unauthenticated")
		})
	}
}

func TestDisabledOperatorCannotComeBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	key, _ := w.ready(t)
	step, err := w.operators.SignIn(t.Context(), from, email, password)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := w.operators.Disable(t.Context(), strings.ToUpper(email)); err != nil || a.DisabledAt == nil {
		t.Fatalf("disable: %+v, %v", a, err)
	}
	_, err = w.operators.SignIn(t.Context(), from, email, password)
	wantFault(t, "the password", err, fault.Unauthenticated, "wrong-sign-in")
	_, err = w.operators.Finish(t.Context(), step.Token, w.code(t, key))
	wantFault(t, "a log-in under way", err, fault.Invalid, "sign-in-over")
	_, err = w.operators.Disable(t.Context(), "nobody@platform.example")
	wantFault(t, "disable nobody", err, fault.NotFound, "no-such-operator")
	all, err := w.operators.List(t.Context())
	if err != nil || len(all) != 2 || all[1].Email != email || all[1].DisabledAt == nil { // the fixture's is the other
		t.Errorf("listed: %+v, %v", all, err)
	}
}

func TestOperatorIsAddedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.added(t)
	_, _, err := w.operators.Add(t.Context(), "Another", strings.ToUpper(email[:6])+email[6:])
	wantFault(t, "the same address", err, fault.Invalid, "invalid-input")
	_, _, err = w.operators.Add(t.Context(), "", "x@platform.example")
	wantFault(t, "no name", err, fault.Invalid, "invalid-input")
	_, _, err = w.operators.Renew(t.Context(), "nobody@platform.example")
	wantFault(t, "renew nobody", err, fault.NotFound, "no-such-operator")
}

// What companies are served with reads nothing of operators.
func TestServingRoleSeesNoOperator(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.ready(t)
	for _, table := range []string{"operators", "operator_sessions", "operator_attempts", "support_access"} {
		var n int
		err := w.App.Lookup(t.Context(), []any{&n}, "SELECT count(*)::int FROM platform."+table)
		if err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %d rows, %v", table, n, err)
		}
	}
}
