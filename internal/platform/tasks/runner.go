package tasks

import (
	"context"
	"encoding/json" // as the runner does: arguments are read the same way
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg"
)

type pgxTx = pgx.Tx

// The runner's own messages at level Info say nothing an operator needs.
var quiet = slog.New(slog.DiscardHandler)

// Workers is the list of what the runner can do.
type Workers struct {
	bundle  *river.Workers
	byKind  map[string]func(context.Context, []byte) error
	nights  []*river.PeriodicJob
	nightly []night
}

// NewWorkers returns an empty list.
func NewWorkers() *Workers {
	return &Workers{bundle: river.NewWorkers(), byKind: map[string]func(context.Context, []byte) error{}}
}

// Do does one task now, without a runner; args are its arguments as they were enqueued.
func (w *Workers) Do(ctx context.Context, kind string, args []byte) error {
	work, known := w.byKind[kind]
	if !known {
		return fmt.Errorf("nobody does tasks of kind %q", kind)
	}
	return work(ctx, args)
}

// Handle adds the work for one kind of task. An error has the task tried again later, with growing pauses.
func Handle[A Args](w *Workers, work func(context.Context, A) error) { add(w, work) }

func add[A river.JobArgs](w *Workers, work func(context.Context, A) error) {
	river.AddWorker(w.bundle, river.WorkFunc(func(ctx context.Context, job *river.Job[A]) error { return work(ctx, job.Args) }))
	var kind A
	w.byKind[kind.Kind()] = func(ctx context.Context, text []byte) error {
		var args A
		if err := json.Unmarshal(text, &args); err != nil {
			return fmt.Errorf("arguments of task %s: %w", kind.Kind(), err)
		}
		return work(ctx, args)
	}
}

// Later, returned by a task, has it tried again after a while; it is no failure.
func Later(wait time.Duration) error { return river.JobSnooze(wait) }

// Runner fetches due tasks as the system role and runs them.
type Runner struct {
	client  *river.Client[pgx.Tx]
	sys     *pg.System
	nightly []night
}

// taskTimeout is how long one task may take.
const taskTimeout = time.Minute

// NewRunner prepares a runner; Start begins to fetch.
func NewRunner(sys *pg.System, w *Workers, log *slog.Logger, atOnce int) (*Runner, error) {
	c, err := river.NewClient(riverpgxv5.New(sys.Pool()), &river.Config{
		Schema:            migrate.TasksSchema,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: atOnce}},
		Workers:           w.bundle,
		Logger:            slog.New(warnings{log.Handler()}),
		ErrorHandler:      failures{log},
		FetchCooldown:     50 * time.Millisecond,
		FetchPollInterval: time.Second,
		JobTimeout:        taskTimeout,
		// A process that died left its tasks as running; by default they would wait for an hour.
		RescueStuckJobsAfter: taskTimeout + 30*time.Second,
		// Reindexing is for the owner of the tables, and the runner's role is not.
		ReindexerIndexNames: []string{},
		PeriodicJobs:        w.nights,
	})
	if err != nil {
		return nil, fmt.Errorf("task runner: %w", err)
	}
	return &Runner{client: c, sys: sys, nightly: w.nightly}, nil
}

// TakeOver gives the tasks that a killed process left as running to this one, at once. Only for who knows that
// nobody else runs tasks: the process that runs the private server.
func (r *Runner) TakeOver(ctx context.Context) error {
	return r.sys.Exec(ctx, `UPDATE `+migrate.TasksSchema+`.river_job SET state = 'available' WHERE state = 'running'`)
}

// Wake makes those tasks due that would be, were it so much later: where the platform's clock was moved ahead. The
// runner itself keeps the machine's time.
func (r *Runner) Wake(ctx context.Context, ahead time.Duration) error {
	err := r.sys.Exec(ctx, `UPDATE `+migrate.TasksSchema+`.river_job SET state = 'available', scheduled_at = now()
		WHERE state = 'scheduled' AND scheduled_at <= now() + $1::interval`, ahead)
	if err != nil {
		return fmt.Errorf("wake tasks: %w", err)
	}
	return nil
}

// DoNights enqueues what is done nightly, once, if a night passed between two moments of a clock that was moved.
func (r *Runner) DoNights(ctx context.Context, from, to time.Time) error {
	for _, n := range r.nightly {
		if n.hour.Next(from).After(to) {
			continue
		}
		if err := EnqueueSystem(ctx, r.sys, n.args); err != nil {
			return err
		}
	}
	return nil
}

// Start begins to fetch tasks.
func (r *Runner) Start(ctx context.Context) error { return r.client.Start(ctx) }

// Stop fetches no more and waits for the tasks under way, until ctx ends. Safe twice.
func (r *Runner) Stop(ctx context.Context) error { return r.client.Stop(ctx) }

// warnings drops the runner's messages below Warn.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }
