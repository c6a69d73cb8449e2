package app_test

import (
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/platform/pg/contextkey"
)

// books look at an installation's database past every wall, and into its outbox.
type books struct {
	i    *installation
	conn *pgx.Conn
	app  *pg.DB
}

func openBooks(t *testing.T, i *installation) *books {
	t.Helper()
	c, err := cluster.Attach(t.Context(), cluster.Options{DataDir: i.dir})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), c.SuperuserURL("fence"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(i.dir, "context.key"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := contextkey.Parse(string(key))
	if err != nil {
		t.Fatal(err)
	}
	app, err := pg.Open(t.Context(), c.URL("fence_app", "fence"), pg.Options{ContextKeys: keys})
	if err != nil {
		t.Fatal(err)
	}
	b := &books{i, conn, app}
	t.Cleanup(func() { _ = conn.Close(t.Context()) }) // the server may have ended it
	t.Cleanup(app.Close)
	return b
}

func (b *books) number(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	if err := b.conn.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return n
}

// awaitTasks waits until everything that is due was done, without anybody's help.
func (b *books) awaitTasks(t *testing.T) {
	t.Helper()
	const open = `SELECT count(*) FROM tasks.river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')`
	for began := time.Now(); b.number(t, open) > 0; time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > 2*time.Minute {
			t.Fatalf("%d tasks are still open after two minutes", b.number(t, open))
		}
	}
}

// wrong are things of which there must be none after any number of crashes.
var wrong = map[string]string{
	"companies without exactly one owner":     `SELECT count(*) FROM app.organizations o WHERE (SELECT count(*) FROM app.users u WHERE u.org_id = o.org_id AND role = 'owner') <> 1`,
	"companies without their three tiers":     `SELECT count(*) FROM app.organizations o WHERE (SELECT count(*) FROM app.tiers t WHERE t.org_id = o.org_id) <> 3`,
	"companies without an address":            `SELECT count(*) FROM app.organizations o WHERE NOT EXISTS (SELECT FROM platform.hosts h WHERE h.org_id = o.org_id AND h.kind = 'primary' AND h.host = o.slug)`,
	"addresses without a company":             `SELECT count(*) FROM platform.hosts h WHERE NOT EXISTS (SELECT FROM app.organizations o WHERE o.org_id = h.org_id)`,
	"companies without a noted sign-up":       `SELECT count(*) FROM app.organizations o WHERE NOT EXISTS (SELECT FROM platform.sign_ups s WHERE s.org_id = o.org_id)`,
	"companies of one person twice":           `SELECT count(*) FROM (SELECT FROM app.users GROUP BY email_lc HAVING count(*) > 1) AS twice`,
	"seats that nobody sits on":               `SELECT count(*) FROM app.usage_levels l WHERE metric = 'users' AND used <> (SELECT count(*) FROM app.users u WHERE u.org_id = l.org_id)`,
	"counters that are not their events' sum": `SELECT count(*) FROM app.usage_counters c WHERE used <> (SELECT coalesce(sum(quantity), 0) FROM app.usage_events e WHERE (e.org_id, e.metric, e.period_start) = (c.org_id, c.metric, c.period_start)) AND metric <> 'api_calls'`,
	// Calls are counted by the blocks that processes took, ahead of the calls, without an event each.
	"processes that hold more calls than were counted": `SELECT count(*) FROM app.usage_leases l WHERE granted > coalesce((SELECT used FROM app.usage_counters c WHERE (c.org_id, c.metric, c.period_start) = (l.org_id, l.metric, l.period_start)), 0)`,
	"sent quotes without their paper":                  `SELECT count(*) FROM app.quote_versions v WHERE sent_at IS NOT NULL AND (SELECT count(*) FROM app.quote_documents d WHERE d.org_id = v.org_id AND d.version_id = v.id AND d.kind = 'sent') <> 1`,
	"sent quotes without exactly one mail":             `SELECT count(*) FROM app.quotes q WHERE sent_at IS NOT NULL AND (SELECT count(*) FROM app.mails m WHERE m.org_id = q.org_id AND m.kind = 'quote_sent') <> 1`,
	"acceptances without a signed copy":                `SELECT count(*) FROM app.acceptances a WHERE (SELECT count(*) FROM app.quote_documents d WHERE d.org_id = a.org_id AND d.version_id = a.version_id AND d.kind = 'signed') <> 1`,
	"acceptances without exactly one job":              `SELECT count(*) FROM app.acceptances a WHERE (SELECT count(*) FROM app.jobs j WHERE j.org_id = a.org_id AND j.acceptance_id = a.id) <> 1`,
	"mails of one kind to one person twice":            `SELECT count(*) FROM (SELECT FROM app.mails GROUP BY org_id, kind, recipient HAVING count(*) > 1) AS twice`,
	"mails that have not left":                         `SELECT count(*) FROM app.mails WHERE sent_at IS NULL`,
	"numbers given twice":                              `SELECT count(*) FROM (SELECT FROM app.quotes GROUP BY org_id, number HAVING count(*) > 1) AS twice`,
	"tasks that were given up":                         `SELECT count(*) FROM tasks.river_job WHERE state IN ('cancelled', 'discarded')`,
	"answers to keys without a record behind":          `SELECT count(*) FROM app.idempotency_keys k WHERE k.operation = 'customers.create' AND NOT EXISTS (SELECT FROM app.customers c WHERE c.org_id = k.org_id)`,
	"customers made twice by one request":              `SELECT count(*) FROM (SELECT FROM app.customers GROUP BY org_id HAVING count(*) > 1) AS twice`,
	"quotes made twice by one request":                 `SELECT count(*) FROM (SELECT FROM app.quotes GROUP BY org_id HAVING count(*) > 1) AS twice`,
	"companies whose log does not begin at them":       `SELECT count(*) FROM app.organizations o WHERE NOT EXISTS (SELECT FROM app.audit_entries e WHERE e.org_id = o.org_id AND e.seq = 1)`,
}

func (b *books) prove(t *testing.T, c *crew) {
	t.Helper()
	for what, sql := range wrong {
		if n := b.number(t, sql); n > 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	for what, acknowledged := range map[string]struct {
		ids []string
		sql string
	}{
		"sign-ups":    {c.signedUp, `SELECT count(*) FROM app.organizations WHERE slug = ANY($1)`},
		"quotes sent": {c.sent, `SELECT count(*) FROM app.quotes WHERE id = ANY($1::uuid[]) AND sent_at IS NOT NULL`},
		"acceptances": {c.accepted, `SELECT count(*) FROM app.acceptances WHERE quote_id = ANY($1::uuid[])`},
	} {
		if n := b.number(t, acknowledged.sql, acknowledged.ids); n != len(acknowledged.ids) {
			t.Errorf("%d %s were acknowledged and %d are stored", len(acknowledged.ids), what, n)
		}
	}
	b.proveOutbox(t)
	b.proveLogs(t)
}

// proveOutbox holds the files against the mails: each once, under its own Message-ID.
func (b *books) proveOutbox(t *testing.T) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(b.i.dir, "outbox", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	if n := b.number(t, `SELECT count(*) FROM app.mails`); n != len(names) {
		t.Errorf("%d mails and %d files in the outbox", n, len(names))
	}
	seen := map[string]bool{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := netmail.ReadMessage(strings.NewReader(string(text)))
		if err != nil {
			t.Errorf("%s is half a mail: %v", name, err)
			continue
		}
		mailID := m.Header.Get("Message-ID")
		if seen[mailID] || !strings.HasPrefix(mailID, "<"+strings.TrimSuffix(filepath.Base(name), ".eml")+"@") {
			t.Errorf("%s has the Message-ID %s", name, mailID)
		}
		seen[mailID] = true
	}
}

func (b *books) proveLogs(t *testing.T) {
	t.Helper()
	rows, err := b.conn.Query(t.Context(), `SELECT org_id FROM app.organizations`)
	if err != nil {
		t.Fatal(err)
	}
	orgs, err := pgx.CollectRows(rows, pgx.RowTo[id.ID])
	if err != nil {
		t.Fatal(err)
	}
	for _, org := range orgs {
		a, err := tenancy.InTask(t.Context(), b.app, org)
		if err == nil {
			_, err = audit.Verify(t.Context(), b.app, a)
		}
		if err != nil {
			t.Errorf("the log of %s: %v", org, err)
		}
	}
}

type counted struct{ Companies, Sent, Accepted, Jobs, Mails int }

func (c counted) String() string {
	return fmt.Sprintf("%d companies, %d quotes sent, %d accepted, %d jobs, %d mails", c.Companies, c.Sent, c.Accepted, c.Jobs, c.Mails)
}

func (b *books) counts(t *testing.T) (c counted) {
	t.Helper()
	err := b.conn.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM app.organizations), (SELECT count(*) FROM app.quotes WHERE sent_at IS NOT NULL),
		(SELECT count(*) FROM app.acceptances), (SELECT count(*) FROM app.jobs), (SELECT count(*) FROM app.mails)`).
		Scan(&c.Companies, &c.Sent, &c.Accepted, &c.Jobs, &c.Mails)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// stop ends the process as an operator would and returns its exit code.
func (p *process) stop(t *testing.T) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	return p.end(t)
}
