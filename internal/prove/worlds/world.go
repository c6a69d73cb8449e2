// Package worlds makes the worlds that are compared.
//
// Owns: a database with the product on it, whose time, ids and secrets are dealt in a known order; the second world
// that differs in B's data alone (rewrite.go); B as the twin of A (mirror.go), with what a statement would stumble over
// (plant.go), and there before A (ahead.go); the payment provider of a world (provider.go).
// Does not own: what is asked (requests), what counts as different (differ).
//
// Words: a turn is one request with everything that follows from it. Invariant: the same turn in two worlds is
// dealt the same time, ids and secrets.
package worlds

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/mail"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/prove/requests"
	"fenceplatform.com/fence/internal/prove/wire"
	"fenceplatform.com/fence/internal/testkit"
)

// Options of a world.
type Options struct {
	// Inside stands between who is calling and what is asked; nil: nothing.
	Inside func(http.Handler) http.Handler
	// Connections to the database; 10 when zero.
	Connections int
}

// World is the product on a database of its own.
type World struct {
	DB   *testkit.Database
	App  *app.App
	Wire *wire.Proxy

	handler  http.Handler
	tasks    *tasks.Workers
	super    *pgx.Conn
	tables   string // the query of the fingerprint
	wrote    int64
	left     int64 // tasks, when the last turn began
	kept     []kept
	log      *trouble
	post     *post
	provider *provider

	foreseen []string // what Advance does
}

// Open starts the product on a database. The start looks at the database as every start does.
func Open(t testing.TB, db *testkit.Database, o Options) *World {
	t.Helper()
	dir, err := os.MkdirTemp("", "fp") // short: a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	w := &World{DB: db, log: &trouble{}}
	if w.Wire, err = wire.Listen(dir, testkit.SocketDir()); err != nil {
		t.Fatal(err)
	}
	w.Wire.Point(db.Name)
	if o.Connections == 0 {
		o.Connections = 10
	}
	settings := config.Settings{
		DatabaseURL: w.Wire.URL("fence_app"), SystemURL: w.Wire.URL("fence_system"), DataDir: dir, PublicURL: "http://" + requests.Base,
		MailFrom: "mail@fence.localhost", SealKey: strings.Repeat("A", 43) + "=", ContextKeys: testkit.ContextKey, TokenKeys: testkit.ContextKey, Connections: o.Connections,
	}
	if w.App, err = app.Beside(t.Context(), settings, slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelError}))); err != nil {
		t.Fatal(err)
	}
	w.openProvider(t)
	w.handler, w.tasks = w.App.Handler(o.Inside), w.App.Tasks()
	w.post = &post{to: w.App.Services.Notify.Deliver}
	w.App.Services.Notify.Deliver = w.post
	t.Cleanup(func() {
		w.hangUp()
		w.App.Close(context.Background())
		if err := w.Wire.Close(); err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	w.stopTheClock(t)
	return w
}

// Move has the world go on with another database, as it is.
func (w *World) Move(t testing.TB, db *testkit.Database) {
	t.Helper()
	w.hangUp()
	w.DB = db
	w.Wire.Point(db.Name)
	w.Reconnect(t)
}

// Reconnect has the pools notice which of their connections were cut.
func (w *World) Reconnect(t testing.TB) {
	t.Helper()
	var err error
	for range 25 {
		if err = w.App.Ping(t.Context()); err == nil {
			return
		}
	}
	t.Fatalf("the product does not find its database again: %v", err)
}

func (w *World) hangUp() {
	w.provider.hangUp()
	if w.super != nil {
		_ = w.super.Close(context.Background()) // its database may be gone
		w.super = nil
	}
}

// Super is a connection past every wall that lasts as long as the world stays with its database.
func (w *World) Super(t testing.TB) *pgx.Conn {
	if w.super == nil {
		w.super = w.DB.Superuser(t)
	}
	return w.super
}

// Exec runs a statement past every wall.
func (w *World) Exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := w.Super(t).Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("as superuser: %v\n%s", err, sql)
	}
}

// Epoch is the time at which every world begins.
var Epoch = time.Date(2026, 2, 2, 15, 0, 0, 0, time.UTC)

// stopTheClock has app.now() answer what Turn says. The product cannot tell: it never asks for another time.
func (w *World) stopTheClock(t testing.TB) {
	t.Helper()
	w.Exec(t, `CREATE TABLE IF NOT EXISTS platform.prover_clock (at timestamptz NOT NULL);
		DELETE FROM platform.prover_clock;
		INSERT INTO platform.prover_clock VALUES ('2026-02-02T15:00:00Z');
		GRANT SELECT ON platform.prover_clock TO fence_owner;
		CREATE OR REPLACE FUNCTION app.now() RETURNS timestamptz
		LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
		'BEGIN RETURN (SELECT at FROM platform.prover_clock); END'`)
}

// Turn is what one turn is dealt: At for the clock, Deal for ids and secrets of the request, DealTasks for those of the
// tasks that it leaves.
type Turn struct {
	At              time.Time
	Deal, DealTasks func()
}

// Do answers a request.
func (w *World) Do(t testing.TB, turn Turn, r requests.Request) requests.Answer {
	t.Helper()
	w.Exec(t, "UPDATE platform.prover_clock SET at = $1", turn.At)
	turn.Deal()
	w.wrote, w.left = w.written(t), w.enqueued(t)
	a := w.Ask(r.HTTP())
	if r.Twice {
		a = w.Ask(r.HTTP())
	}
	a.At = turn.At
	// What the process holds of calls that are counted ahead would depend on what was asked before.
	if err := w.App.Services.Calls.Return(context.WithoutCancel(t.Context())); err != nil {
		a.Body += "\ncalls are not given back: " + err.Error() // as of a mutant: it is noticed
	}
	return a
}

// Forget has the product forget what it remembers for a second, and which calls it may let through.
func (w *World) Forget() {
	w.App.Services.Identity.ForgetAll()
	w.App.Services.Support.ForgetAll()
	w.App.Services.Calls.ForgetAll()
}

// Wrote tells whether anything was written since the last turn began.
func (w *World) Wrote(t testing.TB) bool { return w.written(t) != w.wrote }

// LeftTasks tells whether there are other tasks than when the last turn began.
func (w *World) LeftTasks(t testing.TB) bool { return w.enqueued(t) != w.left }

// Ask answers a request without a turn of its own.
func (w *World) Ask(h *http.Request) requests.Answer {
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, h)
	body, _ := io.ReadAll(rec.Result().Body) // a recorder's body is in memory
	return requests.Answer{Status: rec.Code, Header: rec.Result().Header, Body: string(body)}
}

// Mail is a mail that went out.
type Mail struct{ Recipient, Plain, Attached string }

// Settle does what the last turn left to do, one task after the other, and returns the mails that went out.
func (w *World) Settle(t testing.TB, turn Turn) ([]Mail, error) {
	t.Helper()
	var sent []Mail
	turn.DealTasks()
	w.post.forget() // ids are dealt anew
	for range 20 {  // a task may leave a task
		mails, err := collect[queued](t, w, `SELECT id, recipient, plain FROM app.mails WHERE org_id <> $1 AND plain <> '' AND sent_at IS NULL ORDER BY id`, testkit.B.ID)
		if err != nil {
			return sent, err
		}
		due, err := collect[task](t, w, `SELECT id, kind, args::text FROM tasks.river_job WHERE state = 'available' ORDER BY id`)
		if err != nil || len(due) == 0 {
			return sent, err
		}
		for _, d := range due {
			if err := w.carryOut(t, d); err != nil && !strings.Contains(err.Error(), "Snooze") {
				return sent, fmt.Errorf("task %s: %w", d.Kind, err)
			}
			w.Exec(t, `UPDATE tasks.river_job SET state = 'completed', finalized_at = now() WHERE id = $1`, d.ID)
		}
		for _, m := range mails {
			sent = append(sent, Mail{m.Recipient, m.Plain, w.post.attached(m.ID)})
		}
	}
	return sent, fmt.Errorf("tasks leave tasks without end")
}

// carryOut does a task, again where its connection was one that was cut.
func (w *World) carryOut(t testing.TB, d task) (err error) {
	for range 8 {
		if err = w.tasks.Do(t.Context(), d.Kind, []byte(d.Args)); !fault.Is(err, fault.Unavailable) {
			return err
		}
	}
	return err
}

type queued struct{ ID, Recipient, Plain string }

// post delivers, and remembers what traveled with which mail.
type post struct {
	to mail.Deliverer

	mu     sync.Mutex
	papers map[string]string
}

// Deliver implements mail.Deliverer.
func (p *post) Deliver(ctx context.Context, m mail.Message) error {
	if m.AttachAs != "" {
		p.mu.Lock()
		if p.papers == nil {
			p.papers = map[string]string{}
		}
		p.papers[m.ID] = fmt.Sprintf("%s %x", m.AttachAs, sha256.Sum256(m.Attached))
		p.mu.Unlock()
	}
	return p.to.Deliver(ctx, m)
}

func (p *post) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.papers)
}

func (p *post) attached(id string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.papers[id]
}

type task struct {
	ID   int64
	Kind string
	Args string
}

func collect[T any](t testing.TB, w *World, sql string, args ...any) ([]T, error) {
	rows, err := w.Super(t).Query(t.Context(), sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[T])
}

// Trouble is what the product logged as its own mistakes since the last call.
func (w *World) Trouble() string { return w.log.take() }

// trouble keeps what is logged.
type trouble struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *trouble) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *trouble) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.b.String()
	l.b.Reset()
	return s
}

// Let ends every connection to the world's database, so that it can be copied.
func (w *World) Let() {
	w.hangUp()
	w.Wire.Point("template0") // new connections are refused until Move
}

// Serve puts something else between who is calling and what is asked.
func (w *World) Serve(inside func(http.Handler) http.Handler) { w.handler = w.App.Handler(inside) }
