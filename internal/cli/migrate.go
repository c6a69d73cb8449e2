package cli

import (
	"context"
	"errors"
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
	conf, err := c.read()
	if err != nil {
		return err
	}
	if conf.MigrateURL != "" && conf.ContextKeys == "" {
		return errors.New("FENCE_CONTEXT_KEYS is needed: the database is to believe the keys of the serving processes (fence context-key makes one)")
	}
	keys, err := app.ContextKeys(conf)
	if err != nil {
		return err
	}
	return c.migrating(ctx, io, func(url string) error {
		if err := migrate.Up(ctx, url, keys, logger("info", io.Err)); err != nil {
			return err
		}
		fmt.Fprintln(io.Out, "The database is up to date.")
		return nil
	})
}

type migrateStatusCommand struct{ settings }

// Run lists the migrations.
func (c *migrateStatusCommand) Run(ctx context.Context, io *streams) error {
	return c.migrating(ctx, io, func(url string) error {
		files, err := migrate.Status(ctx, url)
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

// migrating runs fn on the database as the migrating role: the one that was named, or the private one.
func (s *settings) migrating(ctx context.Context, io *streams, fn func(url string) error) error {
	conf, err := s.read()
	if err != nil {
		return err
	}
	if conf.MigrateURL != "" {
		return fn(conf.MigrateURL)
	}
	if !conf.Embedded() {
		return errors.New("FENCE_MIGRATE_DATABASE_URL is needed: the serving role may not change tables")
	}
	return s.withDatabase(ctx, io, func(at app.Addresses) error { return fn(at.Migrate) })
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
	return fn(at)
}
