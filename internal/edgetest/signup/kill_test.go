package signup

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/testkit"
)

// places are all at which a sign-up can be stopped, in the order in which it comes to them.
var places = []string{
	"sign-up/before-intent", "sign-up/after-intent", "sign-up/before-commit", "sign-up/after-commit",
	"sign-up/before-hand-over", "sign-up/after-hand-over",
	"start/before-commit", "start/after-commit",
	"record/before-commit", "record/after-commit",
	"events/before-commit", "events/after-commit",
	"mail/before-send", "mail/after-send", "mail/after-commit",
	"customer/before-create", "customer/after-create", "customer/after-attach",
	"confirm/before-commit", "confirm/after-commit",
	"redeem/before-commit", "redeem/after-commit",
}

// TestEveryPlaceIsListed holds the list against the source: a new place is killed at, too.
func TestEveryPlaceIsListed(t *testing.T) {
	t.Parallel()
	var found []string
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if fn, ok := call.Fun.(*ast.SelectorExpr); ok && fn.Sel.Name == "At" {
				if pkg, ok := fn.X.(*ast.Ident); ok && pkg.Name == "halt" {
					place, err := strconv.Unquote(call.Args[1].(*ast.BasicLit).Value)
					if err != nil {
						t.Error(err)
					}
					found = append(found, place)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	listed := slices.Sorted(slices.Values(places))
	if !slices.Equal(found, listed) {
		t.Errorf("the source has the places\n%v\nand the list\n%v", found, listed)
	}
	if len(listed) < 14 {
		t.Errorf("%d places, want 14 at least", len(listed))
	}
}

// person signs up, and does again what was not answered.
type person struct {
	*world
	t    *testing.T
	c    *child
	n    int // which person
	slug string
	died int
}

func (p *person) email() string { return fmt.Sprintf("owner%d@kill%d.example", p.n, p.n) }

// insist sends until something answers. The process that died is started again, as a supervisor would.
func (p *person) insist(what, slug, path string, form url.Values) answer {
	p.t.Helper()
	for range 4 {
		got, err := p.post(slug, path, form)
		if err == nil && got.status < 500 {
			return got
		}
		p.revive()
	}
	p.t.Fatalf("%s: nobody answers", what)
	return answer{}
}

// revive waits for the death of the process that does not answer, and starts another. What it did in the background
// is taken over, as by a process that knows itself alone.
func (p *person) revive() {
	p.t.Helper()
	select {
	case <-p.c.ended:
	case <-time.After(30 * time.Second):
		p.t.Fatal("the process answers nothing and is alive")
	}
	p.died++
	p.Exec(p.t, `UPDATE tasks.river_job SET state = 'available' WHERE state = 'running'`)
	p.c = p.start(p.t)
}

func (p *person) form() url.Values {
	return url.Values{"company": {fmt.Sprintf("Killed %d Fence", p.n%3)}, "email": {p.email()}, "password": {"seven cedar pickets"},
		"zip": {"78701"}, "idempotency_key": {fmt.Sprintf("sign-up of person %d", p.n)}}
}

// joins is everything that a new owner does: the form, twice as impatient people do, the page that opens the session,
// the mail's link.
func (p *person) joins() {
	p.t.Helper()
	p.insist("sign up", "", "/signup", p.form())
	got := p.insist("sign up again", "", "/signup", p.form())
	if got.status != http.StatusSeeOther || got.location == nil {
		p.t.Fatalf("sign up: %d %.300s", got.status, got.body)
	}
	p.slug, _, _ = strings.Cut(got.location.Hostname(), ".")
	p.insist("start", p.slug, "/start", url.Values{"code": {got.location.Query().Get("code")}})
	p.settles()
	p.insist("confirm", p.slug, "/confirm", url.Values{"code": {p.mailedCode()}})
	p.settles()
}

// settles waits until no task is left, over the death of the process that does them.
func (p *person) settles() {
	p.t.Helper()
	for began := time.Now(); testkit.Value[int](p.t, p.Database, openTasks) > 0; time.Sleep(5 * time.Millisecond) {
		if p.c.dead() {
			p.revive()
		}
		if time.Since(began) > time.Minute {
			p.t.Fatalf("tasks are still open after a minute: %v", testkit.Values[string](p.t, p.Database, `SELECT kind || ' ' || state || ' ' || coalesce(errors[array_upper(errors, 1)]::text, '') FROM tasks.river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')`))
		}
	}
	if p.c.dead() {
		p.revive()
	}
}

const openTasks = `SELECT count(*)::int FROM tasks.river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')`

var confirmLink = regexp.MustCompile(`/confirm\?code=([A-Za-z0-9_-]+)`)

// mailedCode is the code of the confirming link in the person's mail.
func (p *person) mailedCode() string {
	p.t.Helper()
	names, err := filepath.Glob(filepath.Join(p.settings.DataDir, "outbox", "*.eml"))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			p.t.Fatal(err)
		}
		text := strings.NewReplacer("=\r\n", "", "=\n", "", "=3D", "=").Replace(string(b))
		if found := confirmLink.FindStringSubmatch(text); found != nil && strings.Contains(text, "<"+p.email()+">") {
			return found[1]
		}
	}
	p.t.Fatalf("no mail to %s among %d", p.email(), len(names))
	return ""
}

// halfMade are things of which there must be none, however often a process was killed.
var halfMade = map[string]string{
	"companies without exactly one owner":            `SELECT count(*)::int FROM app.organizations o WHERE (SELECT count(*) FROM app.users u WHERE u.org_id = o.org_id AND role = 'owner') <> 1`,
	"companies without their three tiers":            `SELECT count(*)::int FROM app.organizations o WHERE (SELECT count(*) FROM app.tiers t WHERE t.org_id = o.org_id) <> 3`,
	"companies without their own address":            `SELECT count(*)::int FROM app.organizations o WHERE NOT EXISTS (SELECT FROM platform.hosts h WHERE h.org_id = o.org_id AND h.kind = 'primary' AND h.host = o.slug)`,
	"addresses without a company":                    `SELECT count(*)::int FROM platform.hosts h WHERE NOT EXISTS (SELECT FROM app.organizations o WHERE o.org_id = h.org_id)`,
	"companies without the operator's summary":       `SELECT count(*)::int FROM app.organizations o WHERE NOT EXISTS (SELECT FROM platform.organizations s WHERE s.org_id = o.org_id)`,
	"companies without a noted sign-up":              `SELECT count(*)::int FROM app.organizations o WHERE o.plan = 'trial' AND NOT EXISTS (SELECT FROM platform.sign_ups s WHERE s.org_id = o.org_id)`,
	"companies whose sign-up is no product event":    `SELECT count(*)::int FROM app.organizations o WHERE o.plan = 'trial' AND (SELECT count(*) FROM platform.product_events e WHERE e.org_id = o.org_id AND e.event IN ('signup_submitted', 'org_created')) <> 2`,
	"companies without exactly one customer":         `SELECT count(*)::int FROM app.organizations o WHERE o.plan = 'trial' AND (SELECT count(*) FROM platform.billing_customers c WHERE c.org_id = o.org_id) <> 1`,
	"people who are there twice":                     `SELECT count(*)::int FROM (SELECT FROM app.users WHERE role = 'owner' GROUP BY email_lc HAVING count(*) > 1) AS twice`,
	"welcome mails that are not one, or not sent":    `SELECT count(*)::int FROM app.organizations o WHERE o.plan = 'trial' AND (SELECT count(sent_at) FROM app.mails m WHERE m.org_id = o.org_id AND m.kind = 'welcome') <> 1`,
	"mails of one kind to one person twice":          `SELECT count(*)::int FROM (SELECT FROM app.mails GROUP BY org_id, kind, recipient HAVING count(*) > 1) AS twice`,
	"seats that nobody sits on":                      `SELECT count(*)::int FROM app.usage_levels l JOIN app.organizations o USING (org_id) WHERE o.plan = 'trial' AND metric = 'users' AND used <> 1`,
	"intents without a company":                      `SELECT count(*)::int FROM platform.sign_up_intents i WHERE NOT EXISTS (SELECT FROM app.organizations o WHERE o.org_id = i.org_id)`,
	"companies whose log does not say who made them": `SELECT count(*)::int FROM app.organizations o WHERE NOT EXISTS (SELECT FROM app.audit_entries e WHERE e.org_id = o.org_id AND e.action = 'organization.founded') AND o.plan = 'trial'`,
	"tasks that were given up":                       `SELECT count(*)::int FROM tasks.river_job WHERE state IN ('cancelled', 'discarded')`,
}

const unconfirmed = `SELECT count(*)::int FROM app.users u JOIN app.organizations o USING (org_id) WHERE o.plan = 'trial' AND u.role = 'owner' AND email_verified_at IS NULL`

// whole fails unless everything is complete, once, here and at the provider.
func (w *world) whole(t *testing.T, people int) {
	t.Helper()
	for what, sql := range halfMade {
		if n := testkit.Value[int](t, w.Database, sql); n > 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.organizations WHERE plan = 'trial'`); n != people {
		t.Errorf("%d companies of %d people", n, people)
	}
	bought := w.customers(t)
	for org, n := range bought {
		if n != 1 {
			t.Errorf("organization %s is %d customers at the provider", org, n)
		}
	}
	if len(bought) != people {
		t.Errorf("%d customers at the provider, want %d", len(bought), people)
	}
}

// O2. A process is killed at every place of a sign-up. The person sends again what was not answered, a supervisor starts
// the process again, and nothing else is done: at the end everything is complete, and there once.
func TestKilledAtEveryPlaceASignUpEndsWhole(t *testing.T) {
	t.Parallel()
	rounds := 1
	if long() {
		rounds = 50
	}
	w := setup(t)
	c, n, kills := w.start(t), 0, 0
	defer func() { c.kill() }()
	for round := range rounds {
		for _, place := range places {
			n++
			p := &person{world: w, t: t, c: c, n: n}
			c.dieAt(t, place)
			p.joins()
			c = p.c
			if p.died == 0 {
				t.Errorf("%s: the process was not killed there", place)
			}
			kills += p.died
			in, err := w.post(p.slug, "/login", url.Values{"email": {p.email()}, "password": {"seven cedar pickets"}})
			if err != nil || in.status != http.StatusSeeOther || len(in.cookies) == 0 {
				t.Errorf("%s: the person cannot log in: %d %v %.200s", place, in.status, err, in.body)
			}
		}
		w.whole(t, n)
		if open := testkit.Value[int](t, w.Database, unconfirmed); open > 0 {
			t.Errorf("%d owners confirmed their address and it is not noted", open)
		}
		t.Logf("round %d: %d places, %d sign-ups, %d kills", round+1, len(places), n, kills)
	}
}
