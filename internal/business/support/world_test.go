package support_test

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/support"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// world has two operators who are ready, and the operations of one process.
type world struct {
	*testkit.Database
	support   *support.Service
	olivia    operator.Account
	oscar     operator.Account
	operators *operator.Service
	log       *testkit.Diary
}

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{Database: testkit.NewDatabase(t), log: &testkit.Diary{}}
	w.support = w.another(t)
	w.operators = &operator.Service{DB: w.App, System: w.System, Passwords: secret.NewTestPasswords(), Log: slog.New(slog.NewTextHandler(w.log, nil))}
	for name, to := range map[string]*operator.Account{"Olivia Reyes": &w.olivia, "Oscar Lind": &w.oscar} {
		a, _, err := w.operators.Add(t.Context(), name, strings.ToLower(name[:5])+"@platform.example")
		if err != nil {
			t.Fatal(err)
		}
		*to = a
	}
	w.Exec(t, `UPDATE platform.operators SET totp_sealed = 'x', totp_confirmed_at = now() WHERE totp_confirmed_at IS NULL`)
	return w
}

// another is the operations of one more process on the same database.
func (w *world) another(t *testing.T) *support.Service {
	t.Helper()
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	mails := &notify.Service{DB: w.App, Queue: queue, Site: site, From: "mail@fence.localhost"}
	return support.NewService(w.App, w.System, tenancy.NewHosts(w.App, "fence.localhost"), mails, slog.New(slog.NewTextHandler(w.log, nil)))
}

var request = tenancy.Request{ID: "test", IP: "192.0.2.7", UserAgent: "test"}

// visitor is somebody on a company's host.
func (w *world) visitor(t *testing.T, o testkit.Org) tenancy.Actor {
	t.Helper()
	hosts := tenancy.NewHosts(w.App, "fence.localhost")
	place, err := hosts.Find(t.Context(), o.Slug)
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := hosts.Visitor(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	return v.WithRequest(request)
}

// person is somebody who works in a company.
func (w *world) person(t *testing.T, o testkit.Org, who id.ID, role identity.Role) tenancy.Actor {
	t.Helper()
	return w.visitor(t, o).As(tenancy.Person, who, "Sam "+role.Label(), string(role), role.Permissions())
}

func (w *world) owner(t *testing.T) tenancy.Actor {
	t.Helper()
	return w.person(t, testkit.A, testkit.A.Owner(), identity.Owner)
}

// asked is a question of Olivia's to A.
func (w *world) asked(t *testing.T, writes bool) id.ID {
	t.Helper()
	asked, err := w.support.Ask(t.Context(), w.olivia, request, support.AskInput{Address: "alpha", Purpose: "Find out why a quote was not mailed", Writes: writes, Minutes: 60})
	if err != nil {
		t.Fatal(err)
	}
	return asked
}

// granted is access of Olivia's to A.
func (w *world) granted(t *testing.T, writes bool) id.ID {
	t.Helper()
	wanted := w.asked(t, writes)
	if _, err := w.support.Grant(t.Context(), w.owner(t), support.GrantInput{ID: wanted, Minutes: 60}); err != nil {
		t.Fatal(err)
	}
	return wanted
}

// inside is Olivia in A, and how to ask who she is there now, on another process.
func (w *world) inside(t *testing.T, access id.ID) (token string, who func() (tenancy.Actor, error)) {
	t.Helper()
	_, code, err := w.support.Open(t.Context(), w.olivia, request, access)
	if err != nil {
		t.Fatal(err)
	}
	session, err := w.support.Enter(t.Context(), w.visitor(t, testkit.A), code)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := w.another(t)
	return session.Token, func() (tenancy.Actor, error) {
		a, _, err := elsewhere.Authenticate(t.Context(), w.visitor(t, testkit.A).Tenant(), session.Token)
		return a.WithRequest(request), err
	}
}

func (w *world) mustBe(t *testing.T, who func() (tenancy.Actor, error)) tenancy.Actor {
	t.Helper()
	a, err := who()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// deeds are the actions of A's log about an access, the first first.
func (w *world) deeds(t *testing.T, access id.ID) []string {
	t.Helper()
	return testkit.Values[string](t, w.Database, `SELECT action FROM app.audit_entries WHERE org_id = $1 AND record_id = $2 ORDER BY seq`, testkit.A.ID, access)
}

func (w *world) line(t *testing.T, access id.ID) support.Line {
	t.Helper()
	page, err := w.support.Requests(t.Context(), w.olivia, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range page.Lines {
		if l.ID == access {
			return l
		}
	}
	t.Fatalf("the operator does not see %s among %+v", access, page.Lines)
	return support.Line{}
}

func wantFault(t *testing.T, what string, err error, kind fault.Kind, code string) {
	t.Helper()
	if f := fault.As(err); err == nil || f.Kind != kind || f.Code != code {
		t.Errorf("%s: got %v, want fault %q", what, err, code)
	}
}

const hour = time.Hour
