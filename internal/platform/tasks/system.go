package tasks

import (
	"context"
	"fmt"

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
