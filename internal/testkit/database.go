package testkit

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/db"
	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg"
)

//go:embed fixtures.sql
var fixtures string

// Database is one test's own database, a clone of the migrated template with the two organizations in it.
type Database struct {
	Name   string
	App    *pg.DB
	System *pg.System
}

var template = sync.OnceValues(makeTemplate)

// NewDatabase clones a database and drops it when the test ends.
func NewDatabase(t testing.TB) *Database {
	t.Helper()
	tpl, err := template()
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	return clone(t, tpl)
}

var cloned atomic.Int64

// clone makes a test's own database of a template.
func clone(t testing.TB, tpl string) *Database {
	t.Helper()
	name := fmt.Sprintf("t_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), cloned.Add(1)) // not by chance: a test may deal that
	ctx := context.Background()
	err := asSuperuser(ctx, "postgres", func(c *pgx.Conn) error {
		// Copying files takes a tenth of the time that writing them to the log does.
		if _, err := c.Exec(ctx, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", name, tpl)); err != nil {
			return err
		}
		// A clone inherits neither grants nor settings of its template.
		_, err := c.Exec(ctx, fmt.Sprintf(`REVOKE ALL ON DATABASE %[1]s FROM PUBLIC;
			GRANT CONNECT ON DATABASE %[1]s TO fence_app, fence_system, fence_backup;
			GRANT CONNECT, CREATE ON DATABASE %[1]s TO fence_migrate;
			ALTER DATABASE %[1]s SET timezone = 'America/St_Johns'`, name))
		return err
	})
	if err != nil {
		t.Fatalf("clone test database: %v", err)
	}
	d := &Database{Name: name}
	t.Cleanup(func() {
		if d.App != nil {
			d.App.Close()
		}
		if d.System != nil {
			d.System.Close()
		}
		forget(ctx, name)
		drop := fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name)
		if err := asSuperuser(ctx, "postgres", func(c *pgx.Conn) error { _, err := c.Exec(ctx, drop); return err }); err != nil {
			t.Logf("drop test database: %v", err)
		}
	})
	if d.App, err = pg.Open(ctx, d.URL("fence_app"), pg.Options{ContextKeys: ContextKeys}); err != nil {
		t.Fatal(err)
	}
	if d.System, err = pg.OpenSystem(ctx, d.URL("fence_system"), pg.Options{MaxConns: 6}); err != nil {
		t.Fatal(err)
	}
	return d
}

// URL is the address of the database for a role.
func (d *Database) URL(role string) string { return serverURL(role, d.Name) }

// Advance moves the database's clock.
func (d *Database) Advance(t testing.TB, by time.Duration) {
	t.Helper()
	d.Exec(t, "UPDATE platform.clock SET movable = true, ahead = ahead + make_interval(secs => $1)", by.Seconds())
}

// Exec runs a statement as superuser, past every wall: for planting and looking, never for the thing tested.
func (d *Database) Exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	err := asSuperuser(t.Context(), d.Name, func(c *pgx.Conn) error { _, err := c.Exec(t.Context(), sql, args...); return err })
	if err != nil {
		t.Fatalf("as superuser: %v\n%s", err, sql)
	}
}

// Value reads one value as superuser.
func Value[T any](t testing.TB, d *Database, sql string, args ...any) T {
	t.Helper()
	var v T
	err := asSuperuser(t.Context(), d.Name, func(c *pgx.Conn) error { return c.QueryRow(t.Context(), sql, args...).Scan(&v) })
	if err != nil {
		t.Fatalf("as superuser: %v\n%s", err, sql)
	}
	return v
}

// Values reads one column as superuser.
func Values[T any](t testing.TB, d *Database, sql string, args ...any) []T {
	t.Helper()
	var vs []T
	err := asSuperuser(t.Context(), d.Name, func(c *pgx.Conn) error {
		rows, err := c.Query(t.Context(), sql, args...)
		if err != nil {
			return err
		}
		vs, err = pgx.CollectRows(rows, pgx.RowTo[T])
		return err
	})
	if err != nil {
		t.Fatalf("as superuser: %v\n%s", err, sql)
	}
	return vs
}

// makeTemplate migrates a database once for all test processes that share the server. Its name is the hash
// of what is in it, so a changed migration or fixture makes a new one.
func makeTemplate() (string, error) {
	name := "tpl_" + templateHash()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	err := asSuperuser(ctx, "postgres", func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, "SELECT pg_advisory_lock($1)", lockNumber(name)); err != nil {
			return err
		}
		var made bool
		if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", name).Scan(&made); err != nil || made {
			return err
		}
		// What an interrupted run left behind is no template.
		if _, err := c.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			return err
		}
		if err := migrateTemplate(ctx, c.Config(), name); err != nil {
			return err
		}
		forget(ctx, name) // a database that somebody is connected to is not copied
		_, err := c.Exec(ctx, fmt.Sprintf("ALTER DATABASE %s IS_TEMPLATE true", name))
		return err
	})
	return name, err
}

func migrateTemplate(ctx context.Context, superuser *pgx.ConnConfig, name string) error {
	if err := migrate.Init(ctx, superuser, name); err != nil {
		return err
	}
	if err := migrate.Up(ctx, serverURL("fence_migrate", name), ContextKeys, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	return asSuperuser(ctx, name, func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, fixtures); err != nil {
			return fmt.Errorf("fixtures: %w", err)
		}
		return nil
	})
}

func templateHash() string {
	h := sha256.New()
	h.Write([]byte(db.Init + fixtures))
	files, _ := fs.Glob(db.Migrations, "migrations/*.sql") // the pattern is valid
	for _, f := range files {
		b, _ := fs.ReadFile(db.Migrations, f) // embedded
		h.Write([]byte(f))
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func lockNumber(name string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return int64(h.Sum64())
}
