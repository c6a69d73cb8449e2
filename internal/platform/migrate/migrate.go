package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"fenceplatform.com/fence/db"
	"fenceplatform.com/fence/internal/platform/pg/contextkey"
)

// TasksSchema is where the task runner keeps its tables.
const TasksSchema = "tasks"

// Ledger is the table that says which migrations were applied.
const Ledger = "migrations.goose_db_version"

// rolesLock is the advisory lock of Init, in the database that the superuser connects to.
const rolesLock int64 = 0x66656e6365 // "fence"

// upLock is the advisory lock of Up, in the database that is migrated.
const upLock = rolesLock + 1

// Init makes the database if it is missing, and in it the roles, grants and extension that only a
// superuser may make. Running it again changes nothing.
func Init(ctx context.Context, superuser *pgx.ConnConfig, database string) error {
	admin, err := pgx.ConnectConfig(ctx, superuser)
	if err != nil {
		return fmt.Errorf("connect as superuser: %w", err)
	}
	defer admin.Close(ctx)
	// Roles belong to the whole server: two who make them at once would trip over each other.
	if _, err := admin.Exec(ctx, "SELECT pg_advisory_lock($1)", rolesLock); err != nil {
		return fmt.Errorf("wait for another init: %w", err)
	}
	_, err = admin.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{database}.Sanitize()+" ENCODING 'UTF8' TEMPLATE template0")
	if e, ok := errors.AsType[*pgconn.PgError](err); err != nil && !(ok && e.Code == "42P04") {
		return fmt.Errorf("create database %s: %w", database, err)
	}
	cfg := superuser.Copy()
	cfg.Database = database
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", database, err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, db.Init); err != nil {
		return fmt.Errorf("make roles: %w", err)
	}
	return nil
}

// Up applies the missing migrations as the migrating role, hands what they made to the owner, and has the database
// verify contexts by exactly these keys.
func Up(ctx context.Context, migrateURL string, keys contextkey.Keys, log *slog.Logger) error {
	pool, err := pgxpool.New(ctx, migrateURL)
	if err != nil {
		return fmt.Errorf("connect to migrate: %w", err)
	}
	defer pool.Close()
	// The queue's migrations know no lock: two who migrate at once would trip over each other.
	lock, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect to migrate: %w", err)
	}
	defer lock.Release()
	if _, err := lock.Exec(ctx, "SELECT pg_advisory_lock($1)", upLock); err != nil {
		return fmt.Errorf("wait for another migration: %w", err)
	}
	defer func() { _, _ = lock.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", upLock) }() // the connection's end frees it too
	if err := upTasks(ctx, pool); err != nil {
		return fmt.Errorf("migrate the task runner's tables: %w", err)
	}
	if err := makeSchema(ctx, pool, "migrations"); err != nil {
		return fmt.Errorf("make the ledger: %w", err)
	}
	std := stdlib.OpenDBFromPool(pool)
	defer std.Close()
	provider, err := newProvider(std)
	if err != nil {
		return err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, r := range results {
		log.Info("migration applied", "file", r.Source.Path, "took", r.Duration)
	}
	if err := prepareVault(ctx, pool, keys, log); err != nil {
		return err
	}
	if _, err := pool.Exec(ctx, handOver); err != nil {
		return fmt.Errorf("hand over to the owner: %w", err)
	}
	return verifyTables(ctx, lock.Conn())
}

// handOver gives what the migrating role made to the owner. Schemas go first: the owner of a table needs
// CREATE on its schema, and REASSIGN OWNED takes things in any order.
const handOver = `
DO $$
DECLARE
	made name;
BEGIN
	FOR made IN SELECT nspname FROM pg_namespace WHERE nspowner = 'fence_migrate'::regrole LOOP
		EXECUTE format('ALTER SCHEMA %I OWNER TO fence_owner', made);
	END LOOP;
	REASSIGN OWNED BY fence_migrate TO fence_owner;
END
$$`

func upTasks(ctx context.Context, pool *pgxpool.Pool) error {
	if err := makeSchema(ctx, pool, TasksSchema); err != nil {
		return err
	}
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{
		Schema: TasksSchema, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// makeSchema asks first: CREATE SCHEMA IF NOT EXISTS needs its right even when there is nothing to do.
func makeSchema(ctx context.Context, pool *pgxpool.Pool, name string) error {
	var made bool
	if err := pool.QueryRow(ctx, "SELECT to_regnamespace($1) IS NOT NULL", name).Scan(&made); err != nil || made {
		return err
	}
	_, err := pool.Exec(ctx, "CREATE SCHEMA "+pgx.Identifier{name}.Sanitize())
	return err
}

func newProvider(std *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(db.Migrations, "migrations")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, std, files, goose.WithSessionLocker(locker), goose.WithTableName(Ledger))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// latest is the highest version among the files of this binary.
func latest() (int64, error) {
	files, err := files()
	if err != nil {
		return 0, err
	}
	var highest int64
	for _, f := range files {
		highest = max(highest, f.Version)
	}
	return highest, nil
}

// files are the migrations of this binary, in order.
func files() ([]File, error) {
	paths, err := fs.Glob(db.Migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	found := make([]File, 0, len(paths))
	for _, p := range paths {
		v, err := goose.NumericComponent(p)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", p, err)
		}
		found = append(found, File{Version: v, Path: path.Base(p)})
	}
	return found, nil
}

// File is one migration and whether it was applied.
type File struct {
	Version int64
	Path    string
	Applied bool
}

// Status lists the migrations of this binary in order. Asking changes nothing: a database without a ledger has
// none applied.
func Status(ctx context.Context, migrateURL string) ([]File, error) {
	conn, err := pgx.Connect(ctx, migrateURL)
	if err != nil {
		return nil, fmt.Errorf("connect to migrate: %w", err)
	}
	defer conn.Close(ctx)
	found, err := files()
	if err != nil {
		return nil, err
	}
	applied, err := applied(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("read migration status: %w", err)
	}
	for n, f := range found {
		found[n].Applied = slices.Contains(applied, f.Version)
	}
	return found, nil
}

// applied are the versions in the ledger; none where it was not made yet, or may not be read yet.
func applied(ctx context.Context, conn *pgx.Conn) ([]int64, error) {
	rows, _ := conn.Query(ctx, "SELECT version_id FROM "+Ledger+" WHERE is_applied AND version_id > 0") // rows tell the error too
	versions, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && (e.Code == "3F000" || e.Code == "42P01" || e.Code == "42501") {
		return nil, nil
	}
	return versions, err
}
