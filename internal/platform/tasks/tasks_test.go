package tasks_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/mint"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// paint is a task of these tests.
type paint struct {
	OrgID id.ID  `json:"org_id"`
	What  string `json:"what"`
}

func (paint) Kind() string          { return "paint" }
func (p paint) Organization() id.ID { return p.OrgID }

func enqueue(t *testing.T, d *testkit.Database, in id.ID, task paint, after error) error {
	t.Helper()
	q, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	return d.App.InOrg(t.Context(), mint.Tenant(in), func(tx *pg.OrgTx) error { return errors.Join(q.Enqueue(tx, task), after) })
}

func waiting(t *testing.T, d *testkit.Database) int {
	t.Helper()
	return testkit.Value[int](t, d, "SELECT count(*)::int FROM tasks.river_job WHERE kind = 'paint'")
}

// run starts a runner that does paint tasks with work.
func run(t *testing.T, d *testkit.Database, work func(context.Context, paint) error) *tasks.Runner {
	t.Helper()
	w := tasks.NewWorkers()
	tasks.Handle(w, work)
	r, err := tasks.NewRunner(d.System, w, slog.New(slog.DiscardHandler), 4)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func start(t *testing.T, r *tasks.Runner) {
	t.Helper()
	if err := r.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func within(t *testing.T, what string, c <-chan paint) paint {
	t.Helper()
	select {
	case p := <-c:
		return p
	case <-time.After(30 * time.Second):
		t.Fatalf("%s: nothing within 30 s", what)
		return paint{}
	}
}

func TestTaskIsDueWithItsTransaction(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	no := errors.New("no")
	if err := enqueue(t, d, testkit.A.ID, paint{testkit.A.ID, "lost"}, no); !errors.Is(err, no) || waiting(t, d) != 0 {
		t.Errorf("of a transaction that failed: %v, %d tasks, want none", err, waiting(t, d))
	}
	if err := enqueue(t, d, testkit.A.ID, paint{testkit.A.ID, "gate"}, nil); err != nil || waiting(t, d) != 1 {
		t.Fatalf("%v, %d tasks, want 1", err, waiting(t, d))
	}
	done := make(chan paint, 1)
	start(t, run(t, d, func(_ context.Context, p paint) error { done <- p; return nil }))
	if got := within(t, "the task", done); got.What != "gate" || got.OrgID != testkit.A.ID {
		t.Errorf("did %+v", got)
	}
}

func TestTaskNamesItsOwnOrganization(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	if err := enqueue(t, d, testkit.A.ID, paint{testkit.B.ID, "gate"}, nil); err == nil {
		t.Error("A enqueued a task of B")
	}
	// The same past our own check: the wall of the table refuses it, and hides what is B's.
	err := d.App.InOrg(t.Context(), mint.Tenant(testkit.A.ID), func(tx *pg.OrgTx) error {
		_, err := tx.Exec(`INSERT INTO tasks.river_job (kind, args, max_attempts) VALUES ('paint', $1, 5)`, `{"org_id": "`+testkit.B.ID.String()+`"}`)
		return err
	})
	if err == nil {
		t.Error("the table took a task of B from A")
	}
	if err := enqueue(t, d, testkit.B.ID, paint{testkit.B.ID, "SENTINEL"}, nil); err != nil {
		t.Fatal(err)
	}
	var seen int
	if _, err := d.App.Read(t.Context(), mint.Tenant(testkit.A.ID), func(r *pg.Reading) { r.Row([]any{&seen}, "SELECT count(*) FROM tasks.river_job") }); err != nil || seen != 0 {
		t.Errorf("A sees %d tasks of B, %v", seen, err)
	}
}

func TestTaskThatFailsOrPanicsIsTriedAgain(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	for _, what := range []string{"fails", "panics"} {
		if err := enqueue(t, d, testkit.A.ID, paint{testkit.A.ID, what}, nil); err != nil {
			t.Fatal(err)
		}
	}
	var attempts sync.Map
	done := make(chan paint, 2)
	start(t, run(t, d, func(_ context.Context, p paint) error {
		_, again := attempts.LoadOrStore(p.What, true)
		switch {
		case !again && p.What == "fails":
			return errors.New("out of paint")
		case !again:
			panic("the ladder fell")
		}
		done <- p
		return nil
	}))
	if first, second := within(t, "the first", done), within(t, "the second", done); first == second {
		t.Errorf("%s was done twice", first.What)
	}
}

func TestStopWaitsForTheTaskUnderWay(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	if err := enqueue(t, d, testkit.A.ID, paint{testkit.A.ID, "gate"}, nil); err != nil {
		t.Fatal(err)
	}
	begun, finish := make(chan paint), make(chan struct{})
	var finished atomic.Bool
	r := run(t, d, func(_ context.Context, p paint) error {
		begun <- p
		<-finish
		finished.Store(true)
		return nil
	})
	if err := r.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	within(t, "the task", begun)
	time.AfterFunc(50*time.Millisecond, func() { close(finish) })
	if err := r.Stop(t.Context()); err != nil || !finished.Load() {
		t.Errorf("stopped with %v, the task finished: %v", err, finished.Load())
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Errorf("stopping twice: %v", err)
	}
	if n := testkit.Value[int](t, d, "SELECT count(*)::int FROM tasks.river_job WHERE kind = 'paint' AND state = 'completed'"); n != 1 {
		t.Error("the finished task is not noted as done")
	}
}

// What a killed process left as running is done by the next one at once, not after an hour.
func TestTasksOfAKilledProcessAreTakenOver(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	if err := enqueue(t, d, testkit.A.ID, paint{testkit.A.ID, "gate"}, nil); err != nil {
		t.Fatal(err)
	}
	d.Exec(t, `UPDATE tasks.river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = ARRAY['killed'] WHERE kind = 'paint'`)
	done := make(chan paint, 1)
	r := run(t, d, func(_ context.Context, p paint) error { done <- p; return nil })
	if err := r.TakeOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	start(t, r)
	within(t, "the task that was left", done)
}

func TestTasksOfManyOrganizationsAreEnqueuedAtOnce(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	if err := tasks.EnqueueAll(t.Context(), d.System, []paint{{testkit.A.ID, "gate"}, {testkit.B.ID, "gate"}}); err != nil {
		t.Fatal(err)
	}
	done := make(chan paint, 2)
	start(t, run(t, d, func(_ context.Context, p paint) error { done <- p; return nil }))
	got := map[id.ID]bool{within(t, "of one", done).OrgID: true, within(t, "of the other", done).OrgID: true}
	if !got[testkit.A.ID] || !got[testkit.B.ID] {
		t.Errorf("painted for %v, want both", got)
	}
	if err := tasks.EnqueueAll(t.Context(), d.System, []paint(nil)); err != nil {
		t.Errorf("of nobody: %v", err)
	}
}

func TestTaskIsDueAtItsTime(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	q, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(time.Hour).Truncate(time.Second)
	if err := d.App.InOrg(t.Context(), mint.Tenant(testkit.A.ID), func(tx *pg.OrgTx) error { return q.EnqueueAt(tx, paint{testkit.A.ID, "later"}, at) }); err != nil {
		t.Fatal(err)
	}
	if n := testkit.Value[int](t, d, "SELECT count(*)::int FROM tasks.river_job WHERE kind = 'paint' AND state = 'scheduled' AND scheduled_at = $1", at); n != 1 {
		t.Errorf("%d tasks wait for their time, want 1", n)
	}
}
