package pg_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/platform/pg/mint"
	"fenceplatform.com/fence/internal/testkit"
)

// An administrator who ends a connection under a request makes that request fail, and no other.
func TestConnectionEndedUnderARequest(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	db := single(t, d)
	end := func(pid int) { d.Exec(t, "SELECT pg_terminate_backend($1)", pid) }
	err := db.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
		var pid int
		if err := tx.QueryRow("SELECT pg_backend_pid()").Scan(&pid); err != nil {
			return err
		}
		if err := mark(tx, "lost"); err != nil {
			return err
		}
		end(pid)
		return nil
	})
	wantUnavailable(t, "ended before its commit", err)
	if wait := fault.As(err).RetryAfter; wait <= 0 {
		t.Error("nobody is told when to come back")
	}
	wantClean(t, "it", db)
	err = db.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
		var pid int
		if err := tx.QueryRow("SELECT pg_backend_pid()").Scan(&pid); err != nil {
			return err
		}
		end(pid)
		return mark(tx, "lost")
	})
	wantUnavailable(t, "ended before a statement", err)
	var pid int
	if err := db.Lookup(t.Context(), []any{&pid}, "SELECT pg_backend_pid()"); err != nil {
		t.Fatal(err)
	}
	end(pid)
	// Idle when it was ended: the next use may find that out, the one after it must not.
	_, err = db.Read(t.Context(), alpha, func(r *pg.Reading) { r.Row([]any{&pid}, "SELECT pg_backend_pid()") })
	if err != nil {
		wantUnavailable(t, "ended while idle", err)
	}
	wantClean(t, "it", db)
	if got := marked(t, d); strings.Contains(got, "lost") {
		t.Errorf("the customer says %q: half of a request was kept", got)
	}
}

func TestServerThatIsNotThereIsUnavailable(t *testing.T) {
	t.Parallel()
	db, err := pg.Open(t.Context(), "host="+t.TempDir()+" user=fence_app dbname=fence", pg.Options{ContextKeys: testkit.ContextKeys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	began := time.Now()
	_, err = db.Read(t.Context(), alpha, func(*pg.Reading) {})
	wantUnavailable(t, "a read", err)
	wantUnavailable(t, "a transaction", db.InOrg(t.Context(), alpha, func(*pg.OrgTx) error { return nil }))
	wantUnavailable(t, "a ping", db.Ping(t.Context()))
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("telling so took %s", took)
	}
}

// notary writes pairs of rows in one transaction each, as fast as it can, and keeps what was acknowledged.
type notary struct {
	db     *pg.DB
	tenant pg.Tenant

	mu           sync.Mutex
	acknowledged []id.ID
	unavailable  int
	lastFailure  time.Time
	wrong        []error
}

func (n *notary) work(ctx context.Context) {
	for ctx.Err() == nil {
		pair := id.New()
		err := n.db.InOrg(context.WithoutCancel(ctx), n.tenant, func(tx *pg.OrgTx) error {
			if _, err := tx.Exec("INSERT INTO app.business_hours (org_id, weekday, opens, closes) VALUES ($1, 6, '08:00', '09:00') ON CONFLICT (org_id, weekday) DO UPDATE SET opens = '08:00'", n.tenant.Org()); err != nil {
				return err
			}
			for _, kind := range []string{"first", "second"} {
				if _, err := tx.Exec("INSERT INTO app.usage_events (org_id, id, metric, quantity, record_type, record_id, at, period_start) VALUES ($1, $2, $3, 1, 'pair', $4, $5, $5)",
					n.tenant.Org(), id.New(), kind, pair, tx.Now()); err != nil {
					return err
				}
			}
			return nil
		})
		n.note(pair, err)
	}
}

func (n *notary) note(pair id.ID, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case err == nil:
		n.acknowledged = append(n.acknowledged, pair)
	case fault.Is(err, fault.Unavailable):
		n.unavailable++
		n.lastFailure = time.Now()
	default:
		n.wrong = append(n.wrong, err)
	}
}

// TestServerKilledWhileRequestsRun kills PostgreSQL under eight busy workers: they are told Unavailable, all
// works again within five seconds of its return, what was acknowledged is there and nothing is half done.
func TestServerKilledWhileRequestsRun(t *testing.T) {
	t.Parallel()
	c, dataDir := ownServer(t)
	db, err := pg.Open(t.Context(), c.URL("fence_app", "fence"), pg.Options{ContextKeys: testkit.ContextKeys, MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	n := &notary{db: db, tenant: found(t, db)}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { n.work(ctx) })
	}
	n.await(t, 100)
	before := postmaster(t, dataDir)
	if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	back := awaitServer(t, c)
	n.await(t, 100)
	answered := time.Now()
	stop()
	wg.Wait()

	if len(n.wrong) > 0 {
		t.Errorf("%d requests failed otherwise than Unavailable, the first: %v", len(n.wrong), n.wrong[0])
	}
	if n.unavailable == 0 {
		t.Error("nobody noticed that the server was killed")
	}
	if late := n.lastFailure.Sub(back); late > 5*time.Second {
		t.Errorf("still failing %s after the server was back", late)
	}
	if took := answered.Sub(back); took > 5*time.Second {
		t.Errorf("a hundred requests after the server was back took %s", took)
	}
	n.proveWhole(t)
	t.Logf("%d acknowledged, %d unavailable", len(n.acknowledged), n.unavailable)
}

// await waits until so many more were acknowledged.
func (n *notary) await(t *testing.T, more int) {
	t.Helper()
	count := func() int { n.mu.Lock(); defer n.mu.Unlock(); return len(n.acknowledged) }
	start := count()
	for began := time.Now(); count() < start+more; time.Sleep(time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("only %d requests succeeded in 30 s", count()-start)
		}
	}
}

func (n *notary) proveWhole(t *testing.T) {
	t.Helper()
	var halves int
	var stored []id.ID
	_, err := n.db.Read(t.Context(), n.tenant, func(r *pg.Reading) {
		r.Row([]any{&halves}, "SELECT count(*) FROM (SELECT FROM app.usage_events WHERE org_id = $1 GROUP BY record_id HAVING count(*) <> 2) AS half", n.tenant.Org())
		r.Rows(func(rows pgx.Rows) (err error) {
			stored, err = pgx.CollectRows(rows, pgx.RowTo[id.ID])
			return err
		}, "SELECT DISTINCT record_id FROM app.usage_events WHERE org_id = $1", n.tenant.Org())
	})
	if err != nil {
		t.Fatal(err)
	}
	have := map[id.ID]bool{}
	for _, s := range stored {
		have[s] = true
	}
	lost := 0
	for _, a := range n.acknowledged {
		if !have[a] {
			lost++
		}
	}
	if halves > 0 || lost > 0 {
		t.Errorf("%d pairs are half, %d acknowledged ones are lost: want none", halves, lost)
	}
}

// ownServer is a PostgreSQL that this test alone may kill, as durable as the one that serves.
func ownServer(t *testing.T) (*cluster.Cluster, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "fence-kill-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL's account passes through it
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	c, err := cluster.Start(t.Context(), cluster.Options{DataDir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	superuser, err := pgx.ParseConfig(c.SuperuserURL("postgres"))
	if err == nil {
		err = migrate.Init(t.Context(), superuser, "fence")
	}
	if err == nil {
		err = migrate.Up(t.Context(), c.URL("fence_migrate", "fence"), testkit.ContextKeys, slog.New(slog.DiscardHandler))
	}
	if err != nil {
		t.Fatal(err)
	}
	return c, dir
}

// found makes an organization to work in.
func found(t *testing.T, db *pg.DB) pg.Tenant {
	t.Helper()
	tenant := mint.Tenant(id.New())
	err := db.InOrg(t.Context(), tenant, func(tx *pg.OrgTx) error {
		_, err := tx.Exec(`INSERT INTO app.organizations (org_id, slug, name, time_zone, plan, plan_version, period_anchor, created_at)
			VALUES ($1, 'kill', 'Kill Fence', 'UTC', 'growth', 1, $2, $2)`, tenant.Org(), tx.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tenant
}

func postmaster(t *testing.T, dataDir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dataDir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// awaitServer returns when the server answers again.
func awaitServer(t *testing.T, c *cluster.Cluster) time.Time {
	t.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		conn, err := pgx.Connect(t.Context(), c.SuperuserURL("postgres"))
		if err == nil {
			_ = conn.Close(t.Context()) // getting in is all that counts
			return time.Now()
		}
		if time.Since(began) > 60*time.Second {
			t.Fatalf("the server is not back after a minute: %v", err)
		}
	}
}
