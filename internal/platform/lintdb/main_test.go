package lintdb_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/testkit"
)

// Mutants of roles, and slots, belong to a whole server, so these tests have one of their own.
var own struct {
	once sync.Once
	c    *cluster.Cluster
	dir  string
	err  error
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	defer func() {
		if own.c != nil {
			if err := own.c.Stop(context.Background()); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
		_ = os.RemoveAll(own.dir) // under the system's temporary folder
	}()
	return m.Run()
}

// server is a migrated database on a server that can decode its log.
func server(t *testing.T) *cluster.Cluster {
	t.Helper()
	own.once.Do(func() { own.err = startServer(context.Background()) })
	if own.err != nil {
		t.Fatal(own.err)
	}
	return own.c
}

func startServer(ctx context.Context) (err error) {
	if own.dir, err = os.MkdirTemp("", "fence-lint-"); err != nil {
		return err
	}
	if err = os.Chmod(own.dir, 0o755); err != nil { // PostgreSQL's account passes through it
		return err
	}
	options := cluster.Options{DataDir: own.dir, FastAndLoose: true}
	if own.c, err = cluster.Start(ctx, options); err != nil {
		return err
	}
	for _, setting := range []string{"wal_level = logical", "max_wal_senders = 2", "max_replication_slots = 2"} {
		if err = asSuperuser(ctx, "postgres", "ALTER SYSTEM SET "+setting); err != nil {
			return err
		}
	}
	if err = own.c.Stop(ctx); err != nil {
		return err
	}
	if own.c, err = cluster.Start(ctx, options); err != nil {
		return err
	}
	cfg, err := pgx.ParseConfig(own.c.SuperuserURL("postgres"))
	if err == nil {
		err = migrate.Init(ctx, cfg, "fence")
	}
	if err == nil {
		err = migrate.Up(ctx, own.c.URL("fence_migrate", "fence"), testkit.ContextKeys, slog.New(slog.DiscardHandler))
	}
	return err
}

func asSuperuser(ctx context.Context, database, sql string) error {
	conn, err := pgx.Connect(ctx, own.c.SuperuserURL(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

func connect(t *testing.T, role string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), server(t).URL(role, "fence"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
