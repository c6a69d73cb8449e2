package identity_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/testkit"
)

func pair(email, pass string) identity.SignInInput {
	return identity.SignInInput{Email: email, Password: pass, Kind: identity.InBrowser}
}

func TestSignInOpensASessionOfTheRightPerson(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.B, func() {
		s, err := w.people.SignIn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), pair("  Owner@A.example ", password))
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.people.Resume(t.Context(), w.owner(t, testkit.A).Tenant(), s.Token)
		if err != nil || got.Actor.ID != testkit.A.Owner() || got.Actor.Role != "owner" || !got.EmailVerified {
			t.Errorf("the session belongs to %+v, %v", got.Actor, err)
		}
		if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.sessions WHERE token_hash = convert_to($1, 'UTF8')`, s.Token); n != 0 {
			t.Error("the token itself is stored")
		}
	})
}

func TestWhatWasWrongIsNotTold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Exec(t, `UPDATE app.users SET deactivated_at = now() WHERE email = 'crew@a.example'`)
	answers := map[string]bool{}
	for what, in := range map[string]identity.SignInInput{
		"wrong password":        pair("owner@a.example", "not this one"),
		"unknown address":       pair("nobody@a.example", password),
		"address of another":    pair("owner@b.example", password),
		"somebody who left":     pair("crew@a.example", password),
		"no address":            pair("", password),
		"no password":           pair("owner@a.example", ""),
		"a very long password":  pair("owner@a.example", strings.Repeat("x", 300)),
		"a NUL in the password": pair("owner@a.example", password+"\x00"),
		"a pattern":             pair("%@a.example", password),
	} {
		_, err := w.people.SignIn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), in)
		wantFault(t, what, err, fault.Unauthenticated, "wrong-sign-in")
		answers[err.Error()] = true
	}
	if len(answers) != 1 {
		t.Errorf("%d different answers, want 1: %v", len(answers), answers)
	}
}

// An unknown address costs as much as a wrong password. Skipping the hash would be some 50 times faster.
func TestUnknownAddressTakesAsLong(t *testing.T) {
	t.Parallel()
	w := setup(t)
	took := map[string][]time.Duration{}
	for range 5 {
		for _, email := range []string{"owner@a.example", "nobody@a.example"} {
			began := time.Now()
			if _, err := w.people.SignIn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), pair(email, "not this one")); err == nil {
				t.Fatal("signed in")
			}
			took[email] = append(took[email], time.Since(began))
		}
	}
	known, unknown := slices.Sorted(slices.Values(took["owner@a.example"]))[2], slices.Sorted(slices.Values(took["nobody@a.example"]))[2]
	if unknown*4 < known || known*4 < unknown {
		t.Errorf("a known address takes %s, an unknown one %s", known, unknown)
	}
}

func TestGuessingFromOnePlaceIsSlowed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	guesser, home := w.visitor(t, testkit.A, "198.51.100.7"), w.visitor(t, testkit.A, "192.0.2.1")
	for range 8 {
		_, err := w.people.SignIn(t.Context(), guesser, pair("owner@a.example", "not this one"))
		wantFault(t, "a guess", err, fault.Unauthenticated, "wrong-sign-in")
	}
	_, err := w.people.SignIn(t.Context(), guesser, pair("owner@a.example", password))
	wantFault(t, "the ninth, even when right", err, fault.RateLimited, "too-many-attempts")
	if wait := fault.As(err).RetryAfter; wait < 14*time.Minute || wait > 15*time.Minute {
		t.Errorf("told to wait %s, want what is left of 15 min", wait)
	}
	if _, err := w.people.SignIn(t.Context(), home, pair("owner@a.example", password)); err != nil {
		t.Errorf("the owner from another place: %v", err)
	}
	if _, err := w.people.SignIn(t.Context(), guesser, pair("admin@a.example", password)); err != nil {
		t.Errorf("a colleague in the same place: %v", err)
	}
	if _, err := w.people.SignIn(t.Context(), w.visitor(t, testkit.B, "198.51.100.7"), pair("owner@b.example", password)); err != nil {
		t.Errorf("another company from the same place: %v", err)
	}
	w.Advance(t, 14*time.Minute)
	_, err = w.people.SignIn(t.Context(), guesser, pair("owner@a.example", password))
	wantFault(t, "14 min later", err, fault.RateLimited, "too-many-attempts")
	w.Advance(t, 61*time.Second)
	if _, err := w.people.SignIn(t.Context(), guesser, pair("owner@a.example", password)); err != nil {
		t.Errorf("when the window has passed: %v", err)
	}
}

// S23: ten wrong passwords for one address, from however many places, and strangers have to wait. The owner's own
// device is let in all the while, and being let in does not let the strangers in.
func TestOneAccountGuessedFromManyPlaces(t *testing.T) {
	t.Parallel()
	w := setup(t)
	home := w.signIn(t, testkit.A, "owner@a.example")
	if home.Device == "" {
		t.Fatal("the browser is not known after logging in")
	}
	from := func(n int) tenancy.Actor { return w.visitor(t, testkit.A, fmt.Sprintf("198.51.100.%d", n)) }
	w.Untouched(t, testkit.B, func() {
		for n := range 10 {
			_, err := w.people.SignIn(t.Context(), from(n), pair("owner@a.example", "not this one"))
			wantFault(t, "a guess", err, fault.Unauthenticated, "wrong-sign-in")
		}
		_, err := w.people.SignIn(t.Context(), from(11), pair("owner@a.example", password))
		wantFault(t, "the eleventh, even when right", err, fault.RateLimited, "too-many-attempts")
		known := pair("owner@a.example", password)
		known.Device = home.Device
		if s, err := w.people.SignIn(t.Context(), from(3), known); err != nil || s.Device != "" {
			t.Errorf("the owner's own device: %v, known anew as %q", err, s.Device)
		}
		_, err = w.people.SignIn(t.Context(), from(12), pair("owner@a.example", password))
		wantFault(t, "a stranger afterwards", err, fault.RateLimited, "too-many-attempts")
		if _, err := w.people.SignIn(t.Context(), from(13), pair("admin@a.example", password)); err != nil {
			t.Errorf("a colleague: %v", err)
		}
		known.Password = "not this one"
		for range 10 {
			_, err = w.people.SignIn(t.Context(), from(3), known)
			wantFault(t, "a guess on the device", err, fault.Unauthenticated, "wrong-sign-in")
		}
		known.Password = password
		_, err = w.people.SignIn(t.Context(), from(3), known)
		wantFault(t, "a stolen device is slowed too", err, fault.RateLimited, "too-many-attempts")
	})
	stranger := pair("owner@b.example", "not this one")
	stranger.Device = home.Device
	_, err := w.people.SignIn(t.Context(), w.visitor(t, testkit.B, "192.0.2.1"), stranger)
	wantFault(t, "A's device at B's host", err, fault.Unauthenticated, "wrong-sign-in")
	w.Advance(t, 16*time.Minute)
	if _, err := w.people.SignIn(t.Context(), from(12), pair("owner@a.example", password)); err != nil {
		t.Errorf("when the window has passed: %v", err)
	}
}

// One guess in each of many companies fills no company's count; the process counts the place.
func TestOnePlaceSprayingManyCompaniesIsSlowed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	spray := func(o testkit.Org, n int) error {
		_, err := w.people.SignIn(t.Context(), w.visitor(t, o, "198.51.100.77"), pair(fmt.Sprintf("person%d@x.example", n), "not this one"))
		return err
	}
	// The counts of each company are emptied meanwhile, as if there were a thousand of them.
	for n := range 200 {
		if n%50 == 0 {
			w.Exec(t, `DELETE FROM app.sign_in_failures`)
		}
		wantFault(t, "a guess", spray(testkit.A, n), fault.Unauthenticated, "wrong-sign-in")
	}
	w.Exec(t, `DELETE FROM app.sign_in_failures`)
	wantFault(t, "the next company", spray(testkit.B, 0), fault.RateLimited, "too-many-attempts")
	if _, err := w.people.SignIn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), pair("owner@a.example", password)); err != nil {
		t.Errorf("from another place: %v", err)
	}
}

func TestRightPasswordForgetsTheWrongOnes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	from := w.visitor(t, testkit.A, "192.0.2.1")
	for range 3 {
		for range 7 {
			_, err := w.people.SignIn(t.Context(), from, pair("owner@a.example", "not this one"))
			wantFault(t, "a mistake", err, fault.Unauthenticated, "wrong-sign-in")
		}
		if _, err := w.people.SignIn(t.Context(), from, pair("owner@a.example", password)); err != nil {
			t.Fatalf("after seven mistakes: %v", err)
		}
	}
}

func TestOnePlaceCannotTryManyAddresses(t *testing.T) {
	t.Parallel()
	w := setup(t)
	place := w.visitor(t, testkit.A, "198.51.100.7")
	w.Exec(t, `INSERT INTO app.sign_in_failures (org_id, bucket, failures, since) VALUES ($1, 'ip:198.51.100.7', 59, now())`, testkit.A.ID)
	_, err := w.people.SignIn(t.Context(), place, pair("someone@a.example", "not this one"))
	wantFault(t, "the sixtieth address", err, fault.Unauthenticated, "wrong-sign-in")
	_, err = w.people.SignIn(t.Context(), place, pair("another@a.example", "not this one"))
	wantFault(t, "the next address", err, fault.RateLimited, "too-many-attempts")
}

func TestOneNetworkIsOnePlace(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, ip := range []string{"2001:db8:7:1::1", "2001:db8:7:1::2", "2001:db8:7:1:ffff::1", "2001:db8:7:1::4", "2001:db8:7:1::5", "2001:db8:7:1::6", "2001:db8:7:1::7", "2001:db8:7:1::8"} {
		_, err := w.people.SignIn(t.Context(), w.visitor(t, testkit.A, ip), pair("owner@a.example", "not this one"))
		wantFault(t, "a guess from "+ip, err, fault.Unauthenticated, "wrong-sign-in")
	}
	_, err := w.people.SignIn(t.Context(), w.visitor(t, testkit.A, "2001:db8:7:1::9"), pair("owner@a.example", password))
	wantFault(t, "the ninth address of the network", err, fault.RateLimited, "too-many-attempts")
	if _, err := w.people.SignIn(t.Context(), w.visitor(t, testkit.A, "2001:db8:7:2::1"), pair("owner@a.example", password)); err != nil {
		t.Errorf("from another network: %v", err)
	}
}

// Guesses that come together are counted before any of them is looked at.
func TestGuessesAtOnceDoNotPassTheLimitTogether(t *testing.T) {
	t.Parallel()
	w := setup(t)
	guesser := w.visitor(t, testkit.A, "198.51.100.7")
	var tried, refused int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			_, err := w.people.SignIn(t.Context(), guesser, pair("owner@a.example", "not this one"))
			mu.Lock()
			defer mu.Unlock()
			switch fault.As(err).Code {
			case "wrong-sign-in":
				tried++
			case "too-many-attempts":
				refused++
			default:
				t.Errorf("a guess: %v", err)
			}
		})
	}
	wg.Wait()
	if tried != 8 || refused != 22 {
		t.Errorf("%d passwords were looked at and %d refused, want 8 and 22", tried, refused)
	}
}

func TestProveTellsWhoWithoutASession(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.owner(t, testkit.A)
	w.Untouched(t, testkit.B, func() {
		who, err := w.people.Prove(t.Context(), a, "OWNER@a.example", password)
		if err != nil || who != testkit.A.Owner() {
			t.Errorf("proved to be %v, %v", who, err)
		}
		for what, in := range map[string]identity.SignInInput{"wrong password": pair("owner@a.example", "not this one"), "person of B": pair("owner@b.example", password)} {
			_, err := w.people.Prove(t.Context(), a, in.Email, in.Password)
			wantFault(t, what, err, fault.Unauthenticated, "wrong-sign-in")
		}
	})
}
