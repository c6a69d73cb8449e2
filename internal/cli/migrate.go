package cli

import (
	"context"
	"fmt"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/migrate"
)

type migrateCommand struct {
	Up     migrateUpCommand     `cmd:"" help:"Apply the missing migrations."`
	Status migrateStatusCommand `cmd:"" help:"Say which migrations are applied."`
}

type migrateUpCommand struct{ settings }

// Run applies the missing migrations as the migrating role.
func (c *migrateUpCommand) Run(ctx context.Context, io *streams) error {
	return c.withDatabase(ctx, io, func(at app.Addresses) error {
		if err := migrate.Up(ctx, at.Migrate, logger("info", io.Err)); err != nil {
			return err
		}
		fmt.Fprintln(io.Out, "The database is up to date.")
		return nil
	})
}

type migrateStatusCommand struct{ settings }

// Run lists the migrations.
func (c *migrateStatusCommand) Run(ctx context.Context, io *streams) error {
	return c.withDatabase(ctx, io, func(at app.Addresses) error {
		files, err := migrate.Status(ctx, at.Migrate)
		if err != nil {
			return err
		}
		for _, f := range files {
			state := "missing"
			if f.Applied {
				state = "applied"
			}
			fmt.Fprintf(io.Out, "%-8s %s\n", state, f.Path)
		}
		return nil
	})
}

// withDatabase runs fn on the installation's database.
func (s *settings) withDatabase(ctx context.Context, io *streams, fn func(app.Addresses) error) error {
	conf, err := s.read()
	if err != nil {
		return err
	}
	at, stop, err := app.Attach(ctx, conf, logger("warn", io.Err))
	if err != nil {
		return err
	}
	defer stop()
	if at.Migrate == "" {
		at.Migrate = conf.MigrateURL
	}
	return fn(at)
}
