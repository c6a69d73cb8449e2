package identity_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/openid"
	"fenceplatform.com/fence/internal/platform/outbound"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/provider"
)

// signOnWorld is a world in which A's people can log in at a provider, and B's at the same one.
type signOnWorld struct {
	*world
	provider *provider.Provider
}

var officeA = provider.Person{Subject: "office-1", Email: "Office@A.example", Name: "Kim Cruz", Verified: true}

func withProvider(t *testing.T) signOnWorld {
	t.Helper()
	w := signOnWorld{setup(t), provider.New(t, officeA)}
	w.people.UseOpenID(openid.NewClient(outbound.New(true)))
	for _, o := range []testkit.Org{testkit.A, testkit.B} {
		w.onPlan(t, o, "enterprise", nil)
		if _, err := w.people.SetSignOn(t.Context(), w.owner(t, o), w.input(2, o)); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// input turns single sign-on on for the people of an organization.
func (w signOnWorld) input(version int, o testkit.Org) identity.SignOnInput {
	return identity.SignOnInput{ClientSecret: provider.Secret, SignOn: identity.SignOn{
		Name: "Okta", Issuer: w.provider.Issuer(), ClientID: provider.ClientID, Domains: []string{o.Slug[:1] + ".example"}, Enabled: true, Version: version}}
}

// set changes how A's people log in.
func (w signOnWorld) set(t *testing.T, change func(*identity.SignOnInput)) {
	t.Helper()
	now, err := w.people.SignOn(t.Context(), w.owner(t, testkit.A))
	if err != nil {
		t.Fatal(err)
	}
	in := identity.SignOnInput{SignOn: now}
	change(&in)
	if _, err := w.people.SetSignOn(t.Context(), w.owner(t, testkit.A), in); err != nil {
		t.Fatal(err)
	}
}

// leave begins a log-in at A and comes back from the provider.
func (w signOnWorld) leave(t *testing.T) identity.SignOnAnswer {
	t.Helper()
	d, err := w.people.BeginSignOn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), "/quotes")
	if err != nil {
		t.Fatal(err)
	}
	q := w.provider.LogIn(t, d.Address)
	return identity.SignOnAnswer{Token: d.Token, State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss")}
}

func (w signOnWorld) finish(t *testing.T, in identity.SignOnAnswer) (identity.Session, error) {
	t.Helper()
	s, _, err := w.people.FinishSignOn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), in)
	return s, err
}

// comes is a whole log-in at A of whom the provider proves.
func (w signOnWorld) comes(t *testing.T, who provider.Person) (identity.Session, error) {
	t.Helper()
	w.provider.Who = who
	return w.finish(t, w.leave(t))
}

func TestWhoTheProviderProvesIsIn(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	w.Exec(t, `UPDATE app.users SET email_verified_at = NULL WHERE id = $1`, testkit.A.Office())
	w.Untouched(t, testkit.B, func() {
		way, err := w.people.SignOnWay(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"))
		if err != nil || way.Name != "Okta" || way.OnlyWay {
			t.Errorf("the log-in page says %+v, %v", way, err)
		}
		in := w.leave(t)
		s, back, err := w.people.FinishSignOn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), in)
		if err != nil || s.User.ID != testkit.A.Office() || back != "/quotes" || s.Device == "" || s.MustEnroll {
			t.Fatalf("in as %+v to %q, %v", s, back, err)
		}
		signed, err := w.people.Resume(t.Context(), w.owner(t, testkit.A).Tenant(), s.Token)
		if err != nil || signed.By != "oidc" || !signed.EmailVerified {
			t.Errorf("the session: %+v, %v", signed, err)
		}
		_, err = w.finish(t, in)
		wantFault(t, "the same answer again", err, fault.Invalid, "sign-on-over")
		// From now on the subject says who it is, whatever the address.
		other := officeA
		other.Email = "crew@a.example"
		if s, err := w.comes(t, other); err != nil || s.User.ID != testkit.A.Office() {
			t.Errorf("with another address: %+v, %v", s.User, err)
		}
		other.Subject, other.Email = "office-2", officeA.Email
		_, err = w.comes(t, other)
		wantFault(t, "somebody else with the address", err, fault.Unauthenticated, "sign-on-taken")
	})
	logged := strings.Join(testkit.Values[string](t, w.Database, `SELECT content FROM app.audit_entries WHERE org_id = $1`, testkit.A.ID), "\n")
	for _, want := range []string{`"person.sign_on_linked"`, `"by":"oidc"`, `"company.sign_on"`, `"secret_replaced":true`} {
		if !strings.Contains(logged, want) {
			t.Errorf("the log has no %s", want)
		}
	}
	if strings.Contains(logged, provider.Secret) {
		t.Error("the log has the client's secret")
	}
	if _, err := audit.Verify(t.Context(), w.App, w.owner(t, testkit.A)); err != nil {
		t.Error(err)
	}
}

func TestWhoIsNotLetIn(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	w.Exec(t, `UPDATE app.users SET deactivated_at = now() WHERE id = $1`, testkit.A.Crew())
	person := func(email string, verified any) provider.Person {
		return provider.Person{Subject: "subject of " + email, Email: email, Verified: verified}
	}
	w.Untouched(t, testkit.B, func() {
		for what, refused := range map[string]struct {
			who  provider.Person
			code string
		}{
			"an address that is not confirmed": {person("office@a.example", false), "sign-on-outside"},
			"one of which nothing is said":     {person("office@a.example", nil), "sign-on-outside"},
			"no address":                       {person("", true), "sign-on-outside"},
			"another domain":                   {person("office@b.example", true), "sign-on-outside"},
			"a domain below":                   {person("office@mail.a.example", true), "sign-on-outside"},
			"a domain that ends alike":         {person("office@evila.example", true), "sign-on-outside"},
			"two addresses in one":             {person("office@a.example@evil.example", true), "sign-on-outside"},
			"nobody here":                      {person("stranger@a.example", true), "sign-on-unknown"},
			"deactivated":                      {person("crew@a.example", true), "sign-on-unknown"},
			"the owner":                        {person("owner@a.example", true), "sign-on-owner"},
			"the owner, spelled otherwise":     {person("OWNER@A.EXAMPLE", true), "sign-on-owner"},
		} {
			_, err := w.comes(t, refused.who)
			wantFault(t, what, err, fault.Unauthenticated, refused.code)
		}
		// Who is known is asked the same: an address of another company closes the door, and so does becoming an owner.
		if _, err := w.comes(t, officeA); err != nil {
			t.Fatal(err)
		}
		moved := officeA
		moved.Email = "office@b.example"
		_, err := w.comes(t, moved)
		wantFault(t, "known, with an address of elsewhere", err, fault.Unauthenticated, "sign-on-outside")
		w.Exec(t, `UPDATE app.users SET role = 'owner' WHERE id = $1`, testkit.A.Office())
		_, err = w.comes(t, officeA)
		wantFault(t, "known, and an owner now", err, fault.Unauthenticated, "sign-on-owner")
	})
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.users WHERE org_id = $1`, testkit.A.ID); n != 6 {
		t.Errorf("%d people, want 6", n)
	}
}

func TestNewcomersComeByInvitationOrByTheCompanysWish(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	dana := provider.Person{Subject: "dana", Email: "dana@a.example", Name: "Dana Ruiz", Verified: true}
	w.Untouched(t, testkit.B, func() {
		if _, err := w.people.Invite(t.Context(), w.owner(t, testkit.A), identity.InviteInput{Email: dana.Email, Role: identity.Estimator}); err != nil {
			t.Fatal(err)
		}
		s, err := w.comes(t, dana)
		if err != nil || s.User.Role != identity.Estimator || s.User.Name != dana.Name || s.User.EmailVerifiedAt == nil {
			t.Fatalf("who is invited: %+v, %v", s.User, err)
		}
		_, err = w.people.Join(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), identity.JoinInput{Code: w.mailed(t, testkit.A, "invite")[0], Name: "Dana", Password: newPassword})
		wantFault(t, "the mailed link afterwards", err, fault.Invalid, "link-used")
		_, err = w.people.SignIn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), pair(dana.Email, "any password at all"))
		wantFault(t, "by a password that there is not", err, fault.Unauthenticated, "wrong-sign-in")
		w.set(t, func(in *identity.SignOnInput) { in.NewcomerRole = identity.Crew })
		lee := provider.Person{Subject: "lee", Email: "lee.park@a.example", Verified: "true"}
		if s, err = w.comes(t, lee); err != nil || s.User.Role != identity.Crew || s.User.Name != "lee.park" {
			t.Errorf("who just comes: %+v, %v", s.User, err)
		}
		if n := w.seats(t, testkit.A); n != 8 {
			t.Errorf("%d seats in use, want 8", n)
		}
	})
}

// Ten first log-ins of one person at once make one person, known by one subject.
func TestFirstLogInsAtOnceMakeOnePerson(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	w.set(t, func(in *identity.SignOnInput) { in.NewcomerRole = identity.Crew })
	w.provider.Who = provider.Person{Subject: "lee", Email: "lee@a.example", Name: "Lee Park", Verified: true}
	answers := make([]identity.SignOnAnswer, 10)
	for n := range answers {
		answers[n] = w.leave(t)
	}
	w.Untouched(t, testkit.B, func() {
		var wg sync.WaitGroup
		for _, in := range answers {
			for range 2 { // each answer twice
				wg.Go(func() {
					if _, err := w.finish(t, in); err != nil {
						wantFault(t, "an answer that was taken", err, fault.Invalid, "sign-on-over")
					}
				})
			}
		}
		wg.Wait()
	})
	count := func(sql string) int { return testkit.Value[int](t, w.Database, sql, testkit.A.ID) }
	people, links := count(`SELECT count(*)::int FROM app.users WHERE org_id = $1 AND email_lc = 'lee@a.example'`), count(`SELECT count(*)::int FROM app.sign_on_links WHERE org_id = $1 AND subject = 'lee'`)
	sessions := count(`SELECT count(*)::int FROM app.sessions s JOIN app.users u USING (org_id) WHERE org_id = $1 AND u.id = s.user_id AND u.email_lc = 'lee@a.example'`)
	if people != 1 || links != 1 || sessions != 10 || w.seats(t, testkit.A) != 7 {
		t.Errorf("%d people, %d links, %d sessions, %d seats: want 1, 1, 10, 7", people, links, sessions, w.seats(t, testkit.A))
	}
}

// An answer is good in the browser and company that it was begun in. Everything else is the same refusal.
func TestAnAnswerElsewhereIsNoAnswer(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	in := w.leave(t)
	w.Untouched(t, testkit.B, func() {
		_, _, err := w.people.FinishSignOn(t.Context(), w.visitor(t, testkit.B, "192.0.2.1"), in)
		wantFault(t, "on another company's host", err, fault.Invalid, "sign-on-over")
		nonsense := identity.SignOnAnswer{Token: strings.Repeat("x", 43), State: "y", Code: "z"}
		_, _, err = w.people.FinishSignOn(t.Context(), w.visitor(t, testkit.B, "192.0.2.1"), nonsense)
		wantFault(t, "nonsense", err, fault.Invalid, "sign-on-over")
		theirs := w.leave(t)
		for what, mixed := range map[string]identity.SignOnAnswer{
			"without the browser's token": {State: in.State, Code: in.Code, Issuer: in.Issuer},
			"with another browser's":      {Token: theirs.Token, State: in.State, Code: in.Code, Issuer: in.Issuer},
			"without a state":             {Token: in.Token, Code: in.Code, Issuer: in.Issuer},
			"with a token without an end": {Token: strings.Repeat("x", 10_000), State: in.State, Code: in.Code},
		} {
			_, err := w.finish(t, mixed)
			wantFault(t, what, err, fault.Invalid, "sign-on-over")
		}
		stolen := in
		stolen.Code = theirs.Code
		_, err = w.finish(t, stolen)
		wantFault(t, "with the code of another log-in", err, fault.Unauthenticated, "sign-on-refused")
		_, err = w.finish(t, in)
		wantFault(t, "after that", err, fault.Invalid, "sign-on-over")
		late := w.leave(t)
		w.Advance(t, 11*time.Minute)
		_, err = w.finish(t, late)
		wantFault(t, "eleven minutes later", err, fault.Invalid, "sign-on-over")
		changed := w.leave(t)
		w.Exec(t, `UPDATE app.sign_on SET issuer = 'https://login.other.example' WHERE org_id = $1`, testkit.A.ID)
		_, err = w.finish(t, changed)
		wantFault(t, "of a provider that the company has no more", err, fault.Invalid, "sign-on-over")
	})
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.sign_on_links WHERE org_id = $1 AND issuer = $2`, testkit.B.ID, w.provider.Issuer()); n != 0 {
		t.Errorf("B knows %d of them", n)
	}
}

func TestWhatTheProviderDoesWrongIsToldInOurWords(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	w.Untouched(t, testkit.B, func() {
		in := w.leave(t)
		in.Code, in.Error = "", "access_denied<script>"
		_, err := w.finish(t, in)
		wantFault(t, "the provider says no", err, fault.Unauthenticated, "sign-on-refused")
		if strings.Contains(err.Error(), "script") {
			t.Errorf("its words are repeated: %v", err)
		}
		for what, alter := range map[string]func(jwt.MapClaims){
			"iss": func(m jwt.MapClaims) { m["iss"] = "https://login.example.com" }, "aud": func(m jwt.MapClaims) { m["aud"] = "another" },
			"nonce": func(m jwt.MapClaims) { m["nonce"] = "another" }, "exp": func(m jwt.MapClaims) { m["exp"] = time.Now().Add(-time.Minute).Unix() },
		} {
			w.provider.Claims = alter
			_, err := w.finish(t, w.leave(t))
			wantFault(t, "another "+what, err, fault.Unauthenticated, "sign-on-refused")
		}
		w.provider.Claims = nil
		for what, sign := range map[string]func(*provider.Provider, jwt.MapClaims) string{"none": provider.Unsigned, "HS256": provider.ByPublicKey, "a stranger": provider.ByStranger} {
			w.provider.Sign = sign
			_, err := w.finish(t, w.leave(t))
			wantFault(t, "signed by "+what, err, fault.Unauthenticated, "sign-on-refused")
		}
		w.provider.Sign = provider.RS256
		in = w.leave(t)
		w.provider.Close()
		_, err = w.finish(t, in)
		wantFault(t, "gone on the way", err, fault.Unavailable, "sign-on-unavailable")
		_, err = w.people.BeginSignOn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), "/")
		wantFault(t, "gone before", err, fault.Unavailable, "sign-on-unavailable")
		w.signIn(t, testkit.A, "office@a.example") // the password stays
	})
}

func TestWhereTheProviderIsTheOnlyWay(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	if _, err := w.people.Invite(t.Context(), w.owner(t, testkit.A), identity.InviteInput{Email: "dana@a.example", Role: identity.Crew}); err != nil {
		t.Fatal(err)
	}
	w.set(t, func(in *identity.SignOnInput) { in.OnlyWay = true })
	visitor := w.visitor(t, testkit.A, "192.0.2.1")
	w.Untouched(t, testkit.B, func() {
		for range 12 { // a right password is no guess
			_, err := w.people.SignIn(t.Context(), visitor, pair("office@a.example", password))
			wantFault(t, "by password", err, fault.Forbidden, "sign-on-required")
		}
		_, err := w.people.SignIn(t.Context(), visitor, pair("office@a.example", "not the password"))
		wantFault(t, "by a wrong one", err, fault.Unauthenticated, "wrong-sign-in")
		program := pair("office@a.example", password)
		program.Kind = identity.AsToken
		_, err = w.people.SignIn(t.Context(), visitor, program)
		wantFault(t, "as a program", err, fault.Forbidden, "sign-on-required")
		_, err = w.people.Join(t.Context(), visitor, identity.JoinInput{Code: w.mailed(t, testkit.A, "invite")[0], Name: "Dana", Password: newPassword})
		wantFault(t, "by invitation", err, fault.Forbidden, "sign-on-required")
		if _, err := w.comes(t, officeA); err != nil {
			t.Errorf("at the provider: %v", err)
		}
		w.signIn(t, testkit.A, "owner@a.example")
		way, err := w.people.SignOnWay(t.Context(), visitor)
		if err != nil || !way.OnlyWay {
			t.Errorf("the page says %+v, %v", way, err)
		}
	})
	w.signIn(t, testkit.B, "office@b.example")
	w.onPlan(t, testkit.A, "growth", nil) // a plan without it locks nobody out
	w.signIn(t, testkit.A, "office@a.example")
	_, err := w.people.BeginSignOn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), "/")
	wantFault(t, "without the plan", err, fault.NotFound, "not-found")
	if way, err := w.people.SignOnWay(t.Context(), w.visitor(t, testkit.A, "192.0.2.1")); err != nil || way.Name != "" {
		t.Errorf("without the plan the page says %+v, %v", way, err)
	}
}

// What the provider asked for counts as the second factor, unless the company says otherwise.
func TestSecondFactorOfWhoComesFromTheProvider(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	a, _ := w.in(t, testkit.A, "office@a.example")
	_, _, codes := w.withApp(t, a)
	w.Exec(t, `UPDATE app.organizations SET second_factor_required = true WHERE org_id = $1`, testkit.A.ID)
	estimator := provider.Person{Subject: "estimator", Email: "estimator@a.example", Verified: true}
	w.Untouched(t, testkit.B, func() {
		for who, person := range map[string]provider.Person{"with one": officeA, "without": estimator} {
			if s, err := w.comes(t, person); err != nil || s.Step != "" || s.MustEnroll {
				t.Errorf("%s: %+v, %v", who, s, err)
			}
		}
		w.set(t, func(in *identity.SignOnInput) { in.SecondFactorToo = true })
		if s, err := w.comes(t, estimator); err != nil || !s.MustEnroll {
			t.Errorf("asked for all the same, without: %+v, %v", s, err)
		}
		s, err := w.comes(t, officeA)
		if err != nil || s.Step == "" || s.Token != "" {
			t.Fatalf("asked for all the same, with one: %+v, %v", s, err)
		}
		done, err := w.people.FinishSignIn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), s.Step, codes[0], "")
		if err != nil {
			t.Fatal(err)
		}
		if by := testkit.Value[string](t, w.Database, `SELECT authenticated_by || ' ' || second_factor FROM app.sessions WHERE id = $1`, done.ID); by != "oidc recovery_code" {
			t.Errorf("the session is by %s", by)
		}
	})
}
