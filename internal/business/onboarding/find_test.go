package onboarding_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/mail"
	"fenceplatform.com/fence/internal/testkit"
)

// mailbox keeps what would be sent.
type mailbox struct{ sent []mail.Message }

func (m *mailbox) Deliver(_ context.Context, msg mail.Message) error {
	m.sent = append(m.sent, msg)
	return nil
}

type finding struct {
	*testkit.Database
	finder *onboarding.Finder
	box    *mailbox
}

func setupFinding(t *testing.T) finding {
	t.Helper()
	d := testkit.NewDatabase(t)
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	box := &mailbox{}
	return finding{d, &onboarding.Finder{System: d.System, Mail: &notify.Service{DB: d.App, Site: site, From: "mail@fence.localhost", Deliver: box}}, box}
}

// ask asks from a place and does the tasks that come of it; it answers what was mailed.
func (f finding) ask(t *testing.T, ip, email string) []mail.Message {
	t.Helper()
	if err := f.finder.Ask(t.Context(), tenancy.Request{ID: "test", IP: ip}, email); err != nil {
		t.Fatalf("ask for %s from %s: %v", email, ip, err)
	}
	return f.answer(t)
}

func (f finding) answer(t *testing.T) []mail.Message {
	t.Helper()
	before := len(f.box.sent)
	for _, args := range testkit.Values[string](t, f.Database, `DELETE FROM tasks.river_job WHERE kind = 'find_company' RETURNING args::text`) {
		var task onboarding.FindCompany
		if err := json.Unmarshal([]byte(args), &task); err != nil {
			t.Fatal(err)
		}
		if err := f.finder.Answer(t.Context(), task); err != nil {
			t.Fatal(err)
		}
	}
	return f.box.sent[before:]
}

// TestPeopleAreMailedWhereTheyWork: of one company, of two in one mail, of none nothing.
func TestPeopleAreMailedWhereTheyWork(t *testing.T) {
	t.Parallel()
	f := setupFinding(t)
	f.Exec(t, `UPDATE app.users SET email = 'both@x.example' WHERE id IN ($1, $2)`, testkit.A.Crew(), testkit.B.Admin())
	for _, o := range []testkit.Org{testkit.A, testkit.B} {
		f.Untouched(t, o, func() {
			for email, want := range map[string][]string{
				"owner@a.example": {"http://alpha.fence.localhost:8080/login"}, "OWNER@A.example": {"http://alpha.fence.localhost:8080/login"},
				"both@x.example": {"http://alpha.fence.localhost:8080/login", "http://beta.fence.localhost:8080/login"},
				"crew@a.example": nil, "nobody@x.example": nil,
			} {
				sent := f.ask(t, "192.0.2."+fmt.Sprint(len(email)), email)
				if len(sent) != min(len(want), 1) {
					t.Errorf("%s: %d mails, want %d", email, len(sent), min(len(want), 1))
					continue
				}
				for _, host := range []string{"http://alpha.fence.localhost:8080/login", "http://beta.fence.localhost:8080/login"} {
					if len(sent) > 0 && strings.Contains(sent[0].Plain, host) != slices.Contains(want, host) {
						t.Errorf("%s is mailed:\n%s", email, sent[0].Plain)
					}
				}
			}
		})
		f.Advance(t, 2*time.Hour)
	}
}

// TestAddressesFollowPeople: whoever is made, renamed or deactivated, by whatever way, the look-up knows.
func TestAddressesFollowPeople(t *testing.T) {
	t.Parallel()
	f := setupFinding(t)
	known := func(email string) bool {
		return testkit.Value[int](t, f.Database, `SELECT count(*)::int FROM platform.find_companies($1)`, email) > 0
	}
	for _, step := range []struct {
		what, sql string
		know      map[string]bool
	}{
		{"at first", `SELECT 1`, map[string]bool{"office@a.example": true, "new@a.example": false}},
		{"renamed", `UPDATE app.users SET email = 'New@a.example' WHERE id = '` + testkit.A.Office().String() + `'`, map[string]bool{"office@a.example": false, "new@a.example": true}},
		{"deactivated", `UPDATE app.users SET deactivated_at = now() WHERE id = '` + testkit.A.Office().String() + `'`, map[string]bool{"new@a.example": false}},
		{"back", `UPDATE app.users SET deactivated_at = NULL WHERE id = '` + testkit.A.Office().String() + `'`, map[string]bool{"new@a.example": true}},
	} {
		f.Exec(t, step.sql)
		for email, want := range step.know {
			if known(email) != want {
				t.Errorf("%s: %s is known: %v, want %v", step.what, email, !want, want)
			}
		}
	}
	b := bundleOn(t, f.Database)
	done, err := b.signUps.SignUp(t.Context(), fromTest, input("Oak Fence"))
	if err != nil || !known("kim@oak.example") {
		t.Errorf("after a sign-up (%v) the owner of %s is not known", err, done.Organization.Slug)
	}
}

// TestAskingTellsNothing: known and unknown take the same steps with the same answer, and no serving role reads
// the addresses.
func TestAskingTellsNothing(t *testing.T) {
	t.Parallel()
	f := setupFinding(t)
	var rows []string
	for i, email := range []string{"owner@a.example", "nobody@a.example"} {
		if err := f.finder.Ask(t.Context(), tenancy.Request{IP: fmt.Sprintf("192.0.2.%d", i)}, email); err != nil {
			t.Errorf("%s: %v", email, err)
		}
		rows = append(rows, testkit.Value[string](t, f.Database, `SELECT (SELECT count(*) FROM tasks.river_job) - $1::int || ' tasks, ' || (SELECT count(*) FROM platform.find_attempts) - $1::int || ' attempts'`, i))
	}
	if rows[0] != rows[1] {
		t.Errorf("a known address leaves %s, an unknown one %s", rows[0], rows[1])
	}
	for role, statements := range map[string][]string{
		"fence_app":    {`SELECT * FROM platform.people_addresses`, `SELECT * FROM platform.find_companies('owner@a.example')`, `SELECT * FROM platform.find_attempts`, `SELECT * FROM tasks.river_job WHERE kind = 'find_company'`},
		"fence_system": {`SELECT * FROM platform.people_addresses`, `SELECT * FROM app.users`},
	} {
		conn, err := pgx.Connect(t.Context(), f.URL(role))
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range statements {
			if tag, err := conn.Exec(t.Context(), sql); err == nil && tag.RowsAffected() > 0 || err == nil && !strings.Contains(sql, "tasks.") {
				t.Errorf("%s may %s", role, sql)
			}
		}
		_ = conn.Close(t.Context()) // the test is over with it
	}
	for _, bad := range []string{"", "x", "a@b", "owner@a.example\r\nBcc: x@y.example", strings.Repeat("a", 255) + "@x.example", "owner@a.example\x00"} {
		if err := f.finder.Ask(t.Context(), tenancy.Request{IP: "192.0.2.9"}, bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, want invalid", bad, err)
		}
	}
}

func TestAskingIsThrottled(t *testing.T) {
	t.Parallel()
	f := setupFinding(t)
	for i := range 10 {
		if err := f.finder.Ask(t.Context(), tenancy.Request{IP: "2001:db8::" + fmt.Sprint(i)}, "nobody@x.example"); err != nil {
			t.Fatal(err)
		}
	}
	for _, email := range []string{"owner@a.example", "nobody@x.example"} {
		err := f.finder.Ask(t.Context(), tenancy.Request{IP: "2001:db8::ffff"}, email)
		if e := fault.As(err); e.Code != "too-many-attempts" || e.RetryAfter <= 0 || e.RetryAfter > time.Hour {
			t.Errorf("the eleventh from one network, for %s: %v", email, err)
		}
	}
	f.answer(t)
	var mails int
	for i := range 6 {
		mails += len(f.ask(t, fmt.Sprintf("198.51.100.%d", i), "owner@a.example"))
	}
	if mails != 3 {
		t.Errorf("%d mails to one address within the hour, want 3", mails)
	}
	f.Advance(t, time.Hour+time.Second)
	if n := len(f.ask(t, "2001:db8::1", "owner@a.example")); n != 1 {
		t.Errorf("%d mails an hour later, want 1", n)
	}
	f.Advance(t, 25*time.Hour)
	f.ask(t, "198.51.100.1", "nobody@x.example")
	if n := testkit.Value[int](t, f.Database, `SELECT count(*)::int FROM platform.find_attempts`); n != 1 {
		t.Errorf("%d counts are kept a day later, want the one just made", n)
	}
}

// TestPeopleFromBeforeAreKnown runs the migration on a database that has people of two companies.
func TestPeopleFromBeforeAreKnown(t *testing.T) {
	t.Parallel()
	f := setupFinding(t)
	text, err := os.ReadFile("../../../db/migrations/00013_keys_and_log.sql")
	if err != nil {
		t.Fatal(err)
	}
	up, down, _ := strings.Cut(string(text), "-- +goose Down\n")
	f.Exec(t, `UPDATE app.users SET deactivated_at = now() WHERE id = $1`, testkit.A.Crew())
	f.Exec(t, down)
	f.Exec(t, `SET ROLE fence_migrate; `+up)
	if n := testkit.Value[int](t, f.Database, `SELECT count(*)::int FROM platform.people_addresses`); n != 11 {
		t.Errorf("%d addresses of 12 people, of whom one left, want 11", n)
	}
	for _, o := range []testkit.Org{testkit.A, testkit.B} {
		if n := testkit.Value[int](t, f.Database, `SELECT count(*)::int FROM app.audit_entries WHERE org_id = $1 AND action = 'organization.founded' AND actor_id IS NOT NULL`, o.ID); n != 1 {
			t.Errorf("%d entries of %s have their action, want 1", n, o.Slug)
		}
		if n := testkit.Value[int](t, f.Database, `SELECT cardinality(scopes) FROM app.api_keys WHERE org_id = $1`, o.ID); n != 11 {
			t.Errorf("an older key of %s has %d scopes, want all 11", o.Slug, n)
		}
	}
}
