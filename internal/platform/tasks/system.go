package tasks

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg"
)

// SystemArgs are the arguments of a task of no organization: their JSON has no org_id, so that the app role can
// neither read nor enqueue it.
type SystemArgs interface{ river.JobArgs }

// EnqueueSystem makes a task of no organization due at once, as the system role.
func EnqueueSystem(ctx context.Context, sys *pg.System, args SystemArgs) error {
	c, err := river.NewClient(riverpgxv5.New(sys.Pool()), &river.Config{Schema: migrate.TasksSchema, Logger: quiet})
	if err != nil {
		return fmt.Errorf("task queue: %w", err)
	}
	if _, err := c.Insert(ctx, args, nil); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// HandleSystem adds the work for a task of no organization.
func HandleSystem[A SystemArgs](w *Workers, work func(context.Context, A) error) { add(w, work) }

// HandleDaily adds the work for a task of no organization that is due once a day, whichever process runs it.
func HandleDaily[A SystemArgs](w *Workers, work func(context.Context, A) error) {
	add(w, work)
	const day = 24 * time.Hour
	// Who starts makes it due at once; that it was done already within the day is known in the queue.
	w.daily = append(w.daily, river.NewPeriodicJob(river.PeriodicInterval(day), func() (river.JobArgs, *river.InsertOpts) {
		var args A
		return args, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: day}}
	}, &river.PeriodicJobOpts{RunOnStart: true}))
}

// EnqueueEach makes a task of each of several organizations due at once, as the system role.
func EnqueueEach[A Args](ctx context.Context, sys *pg.System, all []A) error {
	c, err := river.NewClient(riverpgxv5.New(sys.Pool()), &river.Config{Schema: migrate.TasksSchema, Logger: quiet})
	if err != nil {
		return fmt.Errorf("task queue: %w", err)
	}
	for some := range slices.Chunk(all, 1000) {
		params := make([]river.InsertManyParams, len(some))
		for i, args := range some {
			params[i].Args = args
		}
		if _, err := c.InsertMany(ctx, params); err != nil {
			return err
		}
	}
	return nil
}
