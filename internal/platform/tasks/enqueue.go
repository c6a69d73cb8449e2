package tasks

import (
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Args are the arguments of a task. Their JSON has the organization under "org_id".
type Args interface {
	river.JobArgs
	Organization() id.ID
}

// Queue enqueues tasks. It holds no connection: it works in the transaction it is given.
type Queue struct{ client *river.Client[pgxTx] }

// NewQueue returns a queue that can enqueue and not run.
func NewQueue() (*Queue, error) {
	c, err := river.NewClient(riverpgxv5.New(nil), &river.Config{Schema: migrate.TasksSchema, Logger: quiet})
	if err != nil {
		return nil, fmt.Errorf("task queue: %w", err)
	}
	return &Queue{client: c}, nil
}

// Enqueue makes the task due when the transaction commits.
func (q *Queue) Enqueue(tx *pg.OrgTx, args Args) error { return q.EnqueueAt(tx, args, time.Time{}) }

// EnqueueAt makes the task due at a time, if the transaction commits; the zero time is at once.
func (q *Queue) EnqueueAt(tx *pg.OrgTx, args Args, at time.Time) error {
	if args.Organization() != tx.Tenant().Org() {
		return fmt.Errorf("task %s names another organization than its transaction", args.Kind())
	}
	if _, err := q.client.InsertTx(tx.Context(), tx.DriverTx(), args, &river.InsertOpts{ScheduledAt: at}); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}
