package identity_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/openid"
	"fenceplatform.com/fence/internal/platform/outbound"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/provider"
)

func TestUnlinkedPeopleAreMetAnew(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	s, err := w.comes(t, officeA)
	if err != nil {
		t.Fatal(err)
	}
	admin := w.person(t, testkit.A, testkit.A.Admin(), identity.Admin)
	w.Untouched(t, testkit.B, func() {
		v, err := w.people.Person(t.Context(), admin, testkit.A.Office())
		if err != nil || !v.SignOn {
			t.Errorf("the person: %+v, %v", v, err)
		}
		if _, err := w.people.UnlinkSignOn(t.Context(), keyed(admin, "unlink"), w.about(t, testkit.A.Office(), "")); err != nil {
			t.Fatal(err)
		}
		_, err = w.people.Resume(t.Context(), admin.Tenant(), s.Token)
		wantFault(t, "the session of before", err, fault.Unauthenticated, "unauthenticated")
		again := officeA
		again.Subject = "office-2"
		if s, err := w.comes(t, again); err != nil || s.User.ID != testkit.A.Office() {
			t.Errorf("with another account: %+v, %v", s.User, err)
		}
		_, err = w.people.UnlinkSignOn(t.Context(), admin, identity.MemberInput{Person: testkit.B.Office(), Version: 1})
		wantFault(t, "of another company", err, fault.NotFound, "not-found")
		_, err = w.people.UnlinkSignOn(t.Context(), w.person(t, testkit.A, testkit.A.Office(), identity.Office), w.about(t, testkit.A.Crew(), ""))
		wantFault(t, "without the right", err, fault.Forbidden, "forbidden")
	})
}

func TestDeparturesAreCountedByPlace(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	for range 70 { // who gets in is not counted
		if _, err := w.comes(t, officeA); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	left := 0
	for ; err == nil && left < 100; left++ {
		_, err = w.people.BeginSignOn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), "/")
	}
	wantFault(t, "the next one", err, fault.RateLimited, "too-many-attempts")
	if left != 61 {
		t.Errorf("refused at the %dth", left)
	}
	if _, err := w.people.BeginSignOn(t.Context(), w.visitor(t, testkit.A, "192.0.2.2"), strings.Repeat("/x", 2000)); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	w.Advance(t, 20*time.Minute)
	if _, err := w.people.BeginSignOn(t.Context(), w.visitor(t, testkit.A, "192.0.2.2"), "/"); err != nil {
		t.Fatal(err)
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.sign_on_attempts WHERE org_id = $1`, testkit.A.ID); n != 1 {
		t.Errorf("%d log-ins under way are kept, want the one that is", n)
	}
}

func TestSignOnIsSetUpByThoseWhoMay(t *testing.T) {
	t.Parallel()
	w := signOnWorld{setup(t), provider.New(t, officeA)}
	w.people.UseOpenID(openid.NewClient(outbound.New(true)))
	w.Exec(t, `DELETE FROM app.sign_on WHERE org_id = $1`, testkit.A.ID)
	owner, admin := w.owner(t, testkit.A), w.person(t, testkit.A, testkit.A.Admin(), identity.Admin)
	w.Untouched(t, testkit.B, func() {
		_, err := w.people.SetSignOn(t.Context(), owner, w.input(1, testkit.A))
		wantFault(t, "on growth", err, fault.Forbidden, "feature-not-in-plan")
		w.onPlan(t, testkit.A, "enterprise", nil)
		owner, admin = w.owner(t, testkit.A), w.person(t, testkit.A, testkit.A.Admin(), identity.Admin)
		if now, err := w.people.SignOn(t.Context(), admin); err != nil || now.Version != 1 || now.Name != "" {
			t.Errorf("before: %+v, %v", now, err)
		}
		_, err = w.people.TestSignOn(t.Context(), admin)
		wantFault(t, "a test of nothing", err, fault.NotFound, "not-found")
		for _, role := range []identity.Role{identity.Office, identity.Estimator, identity.Crew, identity.Accountant} {
			a := w.person(t, testkit.A, testkit.A.Office(), role)
			_, read := w.people.SignOn(t.Context(), a)
			_, set := w.people.SetSignOn(t.Context(), a, w.input(1, testkit.A))
			_, tested := w.people.TestSignOn(t.Context(), a)
			for deed, err := range map[string]error{"read": read, "set": set, "test": tested} {
				wantFault(t, role.Label()+": "+deed, err, fault.Forbidden, "forbidden")
			}
		}
		done, err := w.people.SetSignOn(t.Context(), keyed(admin, "set"), w.input(1, testkit.A))
		if err != nil || done.Version != 2 {
			t.Fatalf("set: %+v, %v", done, err)
		}
		if again, err := w.people.SetSignOn(t.Context(), keyed(admin, "set"), w.input(1, testkit.A)); err != nil || again.Version != 2 {
			t.Errorf("the same request again: %+v, %v", again, err)
		}
		other := w.input(1, testkit.A)
		other.ClientSecret = "another"
		_, err = w.people.SetSignOn(t.Context(), keyed(admin, "set"), other)
		wantFault(t, "the same key with another secret", err, fault.Invalid, "idempotency-key-reused")
		_, err = w.people.SetSignOn(t.Context(), owner, w.input(1, testkit.A))
		wantFault(t, "with the old version", err, fault.Conflict, "version-stale")
		report, err := w.people.TestSignOn(t.Context(), admin)
		if err != nil || report.Keys != 2 {
			t.Errorf("tested: %+v, %v", report, err)
		}
		w.provider.Instead = map[string]func(http.ResponseWriter, *http.Request){"/keys": http.NotFound}
		_, err = w.people.TestSignOn(t.Context(), admin)
		wantFault(t, "a test of one without keys", err, fault.Invalid, "sign-on-unusable")
	})
}

func TestTheClientSecretStaysWithItsProvider(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	sealed := func() []byte {
		return testkit.Value[[]byte](t, w.Database, `SELECT client_secret FROM app.sign_on WHERE org_id = $1`, testkit.A.ID)
	}
	before := sealed()
	if strings.Contains(string(before), provider.Secret) {
		t.Fatal("the secret lies open")
	}
	w.set(t, func(in *identity.SignOnInput) { in.Name = "Acme log-in" })
	if !slices.Equal(before, sealed()) {
		t.Error("without a new secret the old one does not stay")
	}
	if _, err := w.comes(t, officeA); err != nil {
		t.Errorf("with the old secret: %v", err)
	}
	w.Untouched(t, testkit.B, func() {
		in := w.input(4, testkit.A)
		in.ClientSecret, in.Issuer = "", "https://login.evil.example"
		_, err := w.people.SetSignOn(t.Context(), w.owner(t, testkit.A), in)
		wantFault(t, "the old secret for another provider", err, fault.Invalid, "invalid-input")
	})
	// Moved to another company it does not open.
	w.Exec(t, `UPDATE app.sign_on SET client_secret = $2 WHERE org_id = $1`, testkit.B.ID, before)
	if _, err := w.people.BeginSignOn(t.Context(), w.visitor(t, testkit.B, "192.0.2.1"), "/"); fault.As(err).Kind != fault.Internal {
		t.Errorf("A's secret in B's row: %v", err)
	}
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := withProvider(t)
	w.Untouched(t, testkit.A, func() {
		for field, changes := range map[string][]func(*identity.SignOnInput){
			"/name":          {func(in *identity.SignOnInput) { in.Name = " " }, func(in *identity.SignOnInput) { in.Name = strings.Repeat("x", 41) }, func(in *identity.SignOnInput) { in.Name = "Okta\u202e" }},
			"/issuer":        {func(in *identity.SignOnInput) { in.Issuer = "" }, func(in *identity.SignOnInput) { in.Issuer = "http://login.example.com" }, func(in *identity.SignOnInput) { in.Issuer = "https://10.0.0.1" }, func(in *identity.SignOnInput) { in.Issuer = "https://login.example.com/" + strings.Repeat("x", 500) }},
			"/client_id":     {func(in *identity.SignOnInput) { in.ClientID = "" }},
			"/client_secret": {func(in *identity.SignOnInput) { in.ClientSecret = "two\nlines" }},
			"/newcomer_role": {func(in *identity.SignOnInput) { in.NewcomerRole = identity.Owner }, func(in *identity.SignOnInput) { in.NewcomerRole = identity.Admin }, func(in *identity.SignOnInput) { in.NewcomerRole = "king" }},
			"/domains": {func(in *identity.SignOnInput) { in.Domains = nil }, func(in *identity.SignOnInput) { in.Domains = []string{"com"} }, func(in *identity.SignOnInput) { in.Domains = []string{"sam@acme.example"} },
				func(in *identity.SignOnInput) { in.Domains, in.NewcomerRole = []string{"gmail.com"}, identity.Crew }},
		} {
			for n, change := range changes {
				in := w.input(3, testkit.A)
				change(&in)
				_, err := w.people.SetSignOn(t.Context(), w.owner(t, testkit.A), in)
				if f := fault.As(err); err == nil || len(f.Fields) != 1 || f.Fields[0].Pointer != field {
					t.Errorf("%s, change %d: got %v", field, n, err)
				}
			}
		}
	})
	w.set(t, func(in *identity.SignOnInput) { in.Domains = []string{" @A.example", "a.example", "Zäune.example"} })
	now, err := w.people.SignOn(t.Context(), w.owner(t, testkit.A))
	if err != nil || !slices.Equal(now.Domains, []string{"a.example", "xn--zune-loa.example"}) {
		t.Errorf("domains are kept as %v, %v", now.Domains, err)
	}
}
