package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/db"
	"fenceplatform.com/fence/internal/platform/migrate"
)

type dbCommand struct {
	Init dbInitCommand `cmd:"" help:"Make the database, its roles and grants. Needs a superuser; running it again changes nothing."`
}

type dbInitCommand struct {
	URL      string `name:"superuser-url" env:"FENCE_SUPERUSER_URL" help:"PostgreSQL as a superuser."`
	Database string `default:"fence" help:"Name of the database."`
	Print    bool   `help:"Print the SQL for a DBA instead of running it."`
}

// Run makes roles and database.
func (c *dbInitCommand) Run(ctx context.Context, io *streams) error {
	if c.Print {
		fmt.Fprintf(io.Out, "CREATE DATABASE %s ENCODING 'UTF8' TEMPLATE template0;\n\\connect %[1]s\n%s", pgx.Identifier{c.Database}.Sanitize(), strings.TrimSpace(db.Init)+"\n")
		return nil
	}
	if c.URL == "" {
		return fmt.Errorf("--superuser-url or FENCE_SUPERUSER_URL is needed, or --print for the SQL")
	}
	cfg, err := pgx.ParseConfig(c.URL)
	if err != nil {
		return fmt.Errorf("FENCE_SUPERUSER_URL: not an address of PostgreSQL")
	}
	if err := migrate.Init(ctx, cfg, c.Database); err != nil {
		return err
	}
	fmt.Fprintf(io.Out, "Database %s and its roles are there. Give fence_migrate, fence_app and fence_system their passwords, then run `fence migrate up`.\n", c.Database)
	return nil
}
