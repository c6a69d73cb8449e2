package tasks

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg"
)

// SystemArgs are the arguments of a task of no organization: their JSON has no org_id, so that the app role can
// neither read nor enqueue it.
type SystemArgs interface{ river.JobArgs }

// systemQueue is begun once for a pool: beginning it costs more than a task, and it asks the server what it is.
func systemQueue(sys *pg.System) (*river.Client[pgx.Tx], error) {
	q, err := sys.Queue(func() (any, error) {
		c, err := river.NewClient(riverpgxv5.New(sys.Pool()), &river.Config{Schema: migrate.TasksSchema, Logger: quiet})
		if err != nil {
			return nil, fmt.Errorf("task queue: %w", err)
		}
		return c, nil
	})
	if err != nil {
		return nil, err
	}
	return q.(*river.Client[pgx.Tx]), nil
}

// EnqueueSystem makes a task of no organization due at once, as the system role.
func EnqueueSystem(ctx context.Context, sys *pg.System, args SystemArgs) error {
	c, err := systemQueue(sys)
	if err != nil {
		return err
	}
	if _, err := c.Insert(ctx, args, nil); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// EnqueueAll makes tasks of many organizations due at once, as the system role. COPY, which would be faster, is not for
// tables with row security.
func EnqueueAll[A Args](ctx context.Context, sys *pg.System, all []A) error {
	c, err := systemQueue(sys)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(all, 1000) {
		params := make([]river.InsertManyParams, len(some))
		for i, args := range some {
			params[i] = river.InsertManyParams{Args: args}
		}
		if _, err := c.InsertMany(ctx, params); err != nil {
			return fmt.Errorf("enqueue %d %s: %w", len(some), some[0].Kind(), err)
		}
	}
	return nil
}

// Nightly has a task of no organization done every night at the hour, UTC, by one of all processes.
func Nightly[A SystemArgs](w *Workers, hour int, args A) {
	w.nightly = append(w.nightly, night{nightly(hour), args})
	w.nights = append(w.nights, river.NewPeriodicJob(nightly(hour), func() (river.JobArgs, *river.InsertOpts) {
		return args, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: 12 * time.Hour}}
	}, nil))
}

// night is what is done at an hour.
type night struct {
	hour nightly
	args SystemArgs
}

// nightly is an hour of the day. Counted from the start of a process, a day would never pass where one starts daily.
type nightly int

// Next implements river.PeriodicSchedule.
func (hour nightly) Next(now time.Time) time.Time {
	y, m, d := now.UTC().Date()
	next := time.Date(y, m, d, int(hour), 0, 0, 0, time.UTC)
	if !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

// HandleSystem adds the work for a task of no organization.
func HandleSystem[A SystemArgs](w *Workers, work func(context.Context, A) error) { add(w, work) }
