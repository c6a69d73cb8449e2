package onboarding_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

type bundle struct {
	db      *testkit.Database
	signUps *onboarding.Service
	people  *identity.Service
	hosts   *tenancy.Hosts
}

func setup(t *testing.T) bundle {
	t.Helper()
	return bundleOn(t, testkit.NewDatabase(t))
}

func bundleOn(t *testing.T, d *testkit.Database) bundle {
	t.Helper()
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	people := identity.NewService(d.App, &notify.Service{DB: d.App, Queue: queue, Site: site, From: "mail@fence.localhost"}, secret.NewTestPasswords(),
		func(p string) bool { return p == "1234567890" })
	return bundle{db: d, people: people, hosts: tenancy.NewHosts(d.App, site.Base()), signUps: &onboarding.Service{
		DB: d.App, People: people, Queue: queue, Site: site,
		PlaceOf: func(zip string) (onboarding.Place, bool) {
			return onboarding.Place{City: "Austin", State: "TX", TimeZone: "America/Chicago"}, zip == "78701"
		},
		SeedPrices: func(tx *pg.OrgTx, _ tenancy.Organization) error { return pricing.Seed(tx) },
	}}
}

func input(company string) onboarding.SignUpInput {
	return onboarding.SignUpInput{Key: id.New().String(), Company: company, Email: "kim@oak.example", Password: "seven cedar pickets", ZIP: "78701", UTMSource: "radio"}
}

var fromTest = tenancy.Request{ID: "test", IP: "192.0.2.7", UserAgent: "test"}

func TestSignUpMakesCompanyOwnerAndDefaultsTogether(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var done onboarding.SignedUp
	b.db.Untouched(t, testkit.B, func() {
		var err error
		if done, err = b.signUps.SignUp(t.Context(), fromTest, input("Oak & Iron Fence")); err != nil {
			t.Fatal(err)
		}
	})
	org := done.Organization
	if org.Slug != "oak-and-iron-fence" || org.TimeZone != "America/Chicago" || org.City != "Austin" {
		t.Errorf("organization is %+v", org)
	}
	for what, sql := range map[string]string{
		"owner":        "SELECT count(*)::int FROM app.users WHERE org_id = $1 AND role = 'owner'",
		"seat":         "SELECT used::int FROM app.usage_levels WHERE org_id = $1 AND metric = 'users'",
		"welcome mail": "SELECT count(*)::int FROM app.mails WHERE org_id = $1 AND kind = 'welcome'",
		"summary":      "SELECT count(*)::int FROM platform.organizations WHERE org_id = $1",
		"host":         "SELECT count(*)::int FROM platform.hosts WHERE org_id = $1 AND kind = 'primary'",
	} {
		if n := testkit.Value[int](t, b.db, sql, org.ID); n != 1 {
			t.Errorf("%s: %d, want 1", what, n)
		}
	}
	for what, want := range map[string]int{"tiers": 3, "business_hours": 5, "service_areas": 1} {
		if n := testkit.Value[int](t, b.db, "SELECT count(*)::int FROM app."+what+" WHERE org_id = $1", org.ID); n != want {
			t.Errorf("%s: %d rows, want %d", what, n, want)
		}
	}
	if n := testkit.Value[int](t, b.db, "SELECT count(*)::int FROM tasks.river_job WHERE args ->> 'org_id' = $1", org.ID.String()); n != 3 {
		t.Errorf("%d tasks, want welcome mail, note of the sign-up and product events", n)
	}
	b.entersByItsCode(t, done)
}

func (b bundle) entersByItsCode(t *testing.T, done onboarding.SignedUp) {
	t.Helper()
	place, err := b.hosts.Find(t.Context(), done.Organization.Slug)
	if err != nil {
		t.Fatal(err)
	}
	visitor, _, err := b.hosts.Visitor(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(done.StartURL, "code=")
	other, err := b.hosts.Find(t.Context(), testkit.B.Slug)
	if err != nil {
		t.Fatal(err)
	}
	stranger, _, err := b.hosts.Visitor(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.people.Start(t.Context(), stranger, code); !fault.Is(err, fault.Invalid) {
		t.Errorf("the code on another company's host: %v", err)
	}
	session, err := b.people.Start(t.Context(), visitor, code)
	if err != nil || session.User.Role != identity.Owner {
		t.Fatalf("start: %+v, %v", session, err)
	}
	if _, err := b.people.Start(t.Context(), visitor, code); !fault.Is(err, fault.Invalid) {
		t.Errorf("the code used twice: %v", err)
	}
}

func TestCodeIsGoodForAMinute(t *testing.T) {
	t.Parallel()
	b := setup(t)
	done, err := b.signUps.SignUp(t.Context(), fromTest, input("Slow Fence"))
	if err != nil {
		t.Fatal(err)
	}
	b.db.Advance(t, 61e9)
	place, err := b.hosts.Find(t.Context(), done.Organization.Slug)
	if err != nil {
		t.Fatal(err)
	}
	visitor, _, err := b.hosts.Visitor(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(done.StartURL, "code=")
	if _, err := b.people.Start(t.Context(), visitor, code); !fault.Is(err, fault.Invalid) {
		t.Errorf("a code of 61 s: %v", err)
	}
}

func TestTwoHundredSignUpsWithOneNameGetTheirOwnAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const n = 200
	slugs, errs := make([]string, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			in := input("Acme Fence")
			in.Email = fmt.Sprintf("owner%d@acme.example", i)
			done, err := b.signUps.SignUp(t.Context(), fromTest, in)
			slugs[i], errs[i] = done.Organization.Slug, err
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for i := range n {
		if errs[i] != nil {
			t.Fatalf("sign-up %d: %v", i, errs[i])
		}
		seen[slugs[i]] = true
	}
	if len(seen) != n {
		t.Errorf("%d addresses for %d companies", len(seen), n)
	}
}

func TestSameFormSentFiveTimesMakesOneCompany(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := input("Twice Fence")
	orgs := map[id.ID]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			done, err := b.signUps.SignUp(t.Context(), fromTest, in)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("repeat: %v", err)
				return
			}
			orgs[done.Organization.ID] = true
		})
	}
	wg.Wait()
	if len(orgs) != 1 {
		t.Errorf("%d companies, want 1", len(orgs))
	}
	other := in
	other.Company = "Other Fence"
	if _, err := b.signUps.SignUp(t.Context(), fromTest, other); !fault.Is(err, fault.Invalid) {
		t.Errorf("the key with other answers: %v", err)
	}
	wrong := in
	wrong.Password = "nine cedar pickets"
	if _, err := b.signUps.SignUp(t.Context(), fromTest, wrong); !fault.Is(err, fault.Invalid) {
		t.Errorf("the key with another password: %v", err)
	}
}

func TestEmailKnownElsewhereWorksAndTellsNobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, company := range []string{"First Fence", "Second Fence"} {
		if _, err := b.signUps.SignUp(t.Context(), fromTest, input(company)); err != nil {
			t.Fatalf("%s: %v", company, err)
		}
	}
	if n := testkit.Value[int](t, b.db, "SELECT count(*)::int FROM app.users WHERE email_lc = 'kim@oak.example'"); n != 2 {
		t.Errorf("%d people with that address, want one in each company", n)
	}
}

func TestStrangeNamesAreTakenOrToldByField(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, refused := range map[string]bool{
		"🏡🏡🏡": false, "شركة الأسوار": false, "<script>alert(1)</script>": false, strings.Repeat("a", 10_000): true,
		"Evil \u202e ecneF": true, "Acme \u200b Fence": true, "": true, "visit www.bad.example": true, "a\x00b": true, "\xff\xfe": true,
	} {
		_, err := b.signUps.SignUp(t.Context(), fromTest, input(name))
		switch {
		case refused && (!fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Pointer != "/company"):
			t.Errorf("%.20q: %v, want a problem of /company", name, err)
		case !refused && err != nil:
			t.Errorf("%.20q: %v", name, err)
		}
	}
}

func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.signUps.SignUp(t.Context(), fromTest, onboarding.SignUpInput{Key: id.New().String(), Company: "", Email: "nobody", Password: "short", ZIP: "7870"})
	f := fault.As(err)
	var got []string
	for _, field := range f.Fields {
		got = append(got, field.Pointer)
	}
	if strings.Join(got, " ") != "/company /email /zip /password" {
		t.Errorf("told %v", got)
	}
}

// Addresses in use, former ones that forward, and those that rest after somebody left are one list: none is given twice,
// even when its time is over and nobody removed it.
func TestNoAddressIsGivenThatAnybodyHas(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.db.Exec(t, `INSERT INTO platform.hosts (host, org_id, kind, until, created_at) VALUES
		('taken-fence', $1, 'forward', app.now() + interval '90 days', app.now()),
		('taken-fence-2', $1, 'tombstone', app.now() + interval '1 year', app.now()),
		('taken-fence-3', $1, 'tombstone', app.now() - interval '1 day', app.now())`, testkit.A.ID)
	done, err := b.signUps.SignUp(t.Context(), fromTest, input("Taken Fence"))
	if err != nil || done.Organization.Slug != "taken-fence-4" {
		t.Errorf("got %q, %v, want the next that is nobody's", done.Organization.Slug, err)
	}
	if n := testkit.Value[int](t, b.db, `SELECT count(*)::int FROM platform.hosts WHERE host LIKE 'taken-fence%' AND org_id = $1`, testkit.A.ID); n != 3 {
		t.Errorf("%d of the three are still whose they were", n)
	}
}

// Very many at once wait for their turn for a while and are then asked to come again, and whoever finds the line full at
// once: nothing of theirs was begun, and no proof is used up.
func TestWhoFindsNoTurnComesAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.signUps.Turns = onboarding.NewTurns(1)
	b.signUps.Guard = &onboarding.Guard{DB: b.db.App, Key: []byte("the key of the tests, 32 bytes.."), Now: time.Now, Own: func(string) bool { return false }}
	in := input("Patient Fence")
	over, err := b.signUps.Turns.Hold() // somebody signs up
	if err != nil {
		t.Fatal(err)
	}
	waiting, leave := context.WithCancel(t.Context())
	var line sync.WaitGroup
	sentAway := make(chan *fault.Error, 9)
	for range 9 { // one more than may wait
		line.Go(func() {
			_, err := b.signUps.SignUp(waiting, fromTest, in)
			sentAway <- fault.As(err)
		})
	}
	full := <-sentAway
	leave()
	line.Wait()
	close(sentAway)
	left := 0
	for f := range sentAway {
		left++
		if !errors.Is(f, context.Canceled) {
			t.Errorf("from the line: %v", f)
		}
	}
	if left != 8 || full.Kind != fault.RateLimited || full.Code != "too-many-sign-ups" || full.RetryAfter < 3*time.Second || errors.Is(full, context.Canceled) {
		t.Errorf("the line is full: %v after %v; %d waited", full, full.RetryAfter, left)
	}
	for _, table := range []string{"sign_up_intents", "sign_up_counts"} {
		if n := testkit.Value[int](t, b.db, "SELECT count(*)::int FROM platform."+table); n != 0 {
			t.Errorf("%d rows of %s", n, table)
		}
	}
	over()
	if _, err := b.signUps.SignUp(t.Context(), fromTest, in); err != nil {
		t.Errorf("in turn: %v", err)
	}
	if over, err = b.signUps.Turns.Hold(); err != nil {
		t.Fatalf("the turn was not given back: %v", err)
	}
	over()
}
