package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/platform/pg/contextkey"
)

// Addresses are where the database answers, by role.
type Addresses struct {
	App, System, Migrate string
	// Superuser is set for the private server only: who runs it is its superuser.
	Superuser func(database string) string
}

// databaseName is the database of a private server.
const databaseName = "fence"

// privateDatabase starts the private server, makes roles and database, and applies missing migrations.
func privateDatabase(ctx context.Context, s config.Settings, log *slog.Logger) (*cluster.Cluster, Addresses, error) {
	c, err := cluster.Start(ctx, cluster.Options{DataDir: s.DataDir, Log: log})
	if err != nil {
		return nil, Addresses{}, err
	}
	at := addressesOf(c)
	superuser, err := pgx.ParseConfig(at.Superuser("postgres"))
	if err == nil {
		err = migrate.Init(ctx, superuser, databaseName)
	}
	var keys contextkey.Keys
	if err == nil {
		keys, err = ContextKeys(s)
	}
	if err == nil {
		err = migrate.Up(ctx, at.Migrate, keys, log)
	}
	if err != nil {
		_ = c.Stop(context.WithoutCancel(ctx)) // the first error is the one to tell
		return nil, Addresses{}, fmt.Errorf("prepare the private database: %w", err)
	}
	return c, at, nil
}

// verify refuses a database that is not as expected. The private server's version is this machine's affair.
func (a *App) verify(ctx context.Context) error {
	if a.settings.Embedded() {
		return migrate.VerifyPrivate(ctx, a.at.App, a.log)
	}
	return migrate.Verify(ctx, a.at.App)
}

func addressesOf(c *cluster.Cluster) Addresses {
	return Addresses{
		App: c.URL("fence_app", databaseName), System: c.URL("fence_system", databaseName),
		Migrate: c.URL("fence_migrate", databaseName), Superuser: c.SuperuserURL,
	}
}

const contextKeyFile = "context.key"

// ContextKeys are what contexts of transactions are signed with: the configured keys, or one kept in the data folder.
func ContextKeys(s config.Settings) (contextkey.Keys, error) {
	text := s.ContextKeys
	if text == "" {
		err := os.MkdirAll(s.DataDir, 0o755)
		if err == nil {
			text, err = kept(filepath.Join(s.DataDir, contextKeyFile))
		}
		if err != nil {
			return contextkey.Keys{}, fmt.Errorf("context key: %w", err)
		}
	}
	keys, err := contextkey.Parse(text)
	if err != nil {
		return contextkey.Keys{}, fmt.Errorf("FENCE_CONTEXT_KEYS: %w", err)
	}
	return keys, nil
}

// Attach finds the database that commands beside a server work on: the configured one, or the private one,
// started for the time of the command when no server runs it.
func Attach(ctx context.Context, s config.Settings, log *slog.Logger) (at Addresses, stop func(), err error) {
	if !s.Embedded() {
		return Addresses{App: s.DatabaseURL, System: s.SystemURL, Migrate: s.MigrateURL}, func() {}, nil
	}
	c, at, err := privateDatabase(ctx, s, log)
	if cluster.InUse(err) {
		c, err = cluster.Attach(ctx, cluster.Options{DataDir: s.DataDir, Log: log})
		if err == nil {
			at = addressesOf(c)
		}
	}
	if err != nil {
		return Addresses{}, nil, err
	}
	return at, func() { _ = c.Stop(context.WithoutCancel(ctx)) }, nil // a command's end; the server's log tells of trouble
}
