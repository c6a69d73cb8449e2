package identity_test

import (
	"context"
	"os"
	"regexp"
	"testing"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// password is everybody's.
const password = "seven cedar pickets"

var passwordHash = func() string {
	h, err := secret.NewTestPasswords().Hash(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return h
}()

// world is a database in which everybody of both companies can sign in.
type world struct {
	*testkit.Database
	people *identity.Service
}

func setup(t *testing.T) *world {
	t.Helper()
	d := testkit.NewDatabase(t)
	d.Exec(t, `UPDATE app.users SET password_hash = $1`, passwordHash)
	return &world{d, another(t, d)}
}

// another is the operations of one more process on the same database.
func another(t *testing.T, d *testkit.Database) *identity.Service {
	t.Helper()
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	mails := &notify.Service{DB: d.App, Queue: queue, Site: site, From: "mail@fence.localhost"}
	return identity.NewService(d.App, mails, secret.NewTestPasswords(), func(p string) bool { return p == "password1234" })
}

func (w *world) visitor(t *testing.T, o testkit.Org, from string) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Visitor, id.Nil, "Visitor", "", nil).WithRequest(tenancy.Request{ID: "test", IP: from, UserAgent: "test"})
}

// person is somebody of the organization with the rights of a role.
func (w *world) person(t *testing.T, o testkit.Org, who id.ID, role identity.Role) tenancy.Actor {
	t.Helper()
	return w.visitor(t, o, "192.0.2.1").As(tenancy.Person, who, role.Label(), string(role), role.Permissions())
}

func (w *world) owner(t *testing.T, o testkit.Org) tenancy.Actor {
	t.Helper()
	return w.person(t, o, o.Owner(), identity.Owner)
}

func keyed(a tenancy.Actor, key string) tenancy.Actor {
	a.Request.IdempotencyKey = key
	return a
}

func (w *world) signIn(t *testing.T, o testkit.Org, email string) identity.Session {
	t.Helper()
	s, err := w.people.SignIn(t.Context(), w.visitor(t, o, "192.0.2.1"), identity.SignInInput{Email: email, Password: password, Kind: identity.InBrowser})
	if err != nil {
		t.Fatalf("sign in as %s: %v", email, err)
	}
	return s
}

// onPlan puts an organization on a plan, or into a trial that ends at a time.
func (w *world) onPlan(t *testing.T, o testkit.Org, plan string, trialEnds any) {
	t.Helper()
	w.Exec(t, `UPDATE app.organizations SET plan = $2, trial_ends_at = $3 WHERE org_id = $1`, o.ID, plan, trialEnds)
}

// resets asks for a reset and does the task that it leaves.
func (w *world) resets(t *testing.T, visitor tenancy.Actor, email string) error {
	t.Helper()
	if err := w.people.RequestReset(t.Context(), visitor, email); err != nil {
		return err
	}
	a, err := tenancy.InTask(t.Context(), w.App, visitor.Org.ID)
	if err != nil {
		return err
	}
	return w.people.MailReset(t.Context(), a, email)
}

var mailedCode = regexp.MustCompile(`code=([\w-]+)`)

// mailed are the codes of an organization's mails of a kind, the oldest first.
func (w *world) mailed(t *testing.T, o testkit.Org, kind string) []string {
	t.Helper()
	var codes []string
	for _, text := range testkit.Values[string](t, w.Database, `SELECT plain FROM app.mails WHERE org_id = $1 AND kind = $2 AND plain <> '' ORDER BY id`, o.ID, kind) {
		m := mailedCode.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no code in this mail:\n%s", text)
		}
		codes = append(codes, m[1])
	}
	return codes
}

func wantFault(t *testing.T, what string, err error, kind fault.Kind, code string) {
	t.Helper()
	if f := fault.As(err); err == nil || f.Kind != kind || f.Code != code {
		t.Errorf("%s: got %v, want fault %q", what, err, code)
	}
}
