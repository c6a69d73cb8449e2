package wire_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/prove/wire"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

func open(t *testing.T) (*wire.Proxy, *testkit.Database) {
	t.Helper()
	dir, err := os.MkdirTemp("", "wire")
	if err != nil {
		t.Fatal(err)
	}
	p, err := wire.Listen(dir, testkit.SocketDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return p, testkit.NewDatabase(t)
}

func connect(t *testing.T, p *wire.Proxy) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), p.URL("fence_app"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(t.Context()) })
	return c
}

func TestStatementsAreChangedOnTheWayAndHeardAsTheyWere(t *testing.T) {
	t.Parallel()
	p, db := open(t)
	p.Point(db.Name)
	p.Change(func(sql string) string { return strings.Replace(sql, "'gate'", "'post'", 1) })
	var mu sync.Mutex
	var heard []string
	p.Hear(func(sql string) { mu.Lock(); heard = append(heard, sql); mu.Unlock() })
	c := connect(t, p)
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeSimpleProtocol} {
		var database, what string
		if err := c.QueryRow(t.Context(), "SELECT current_database(), 'gate'", mode).Scan(&database, &what); err != nil || database != db.Name || what != "post" {
			t.Errorf("%s: %q of %q, %v; want post of %q", mode, what, database, err, db.Name)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(heard) != 2 || heard[0] != heard[1] || !strings.Contains(heard[0], "'gate'") {
		t.Errorf("heard %q", heard)
	}
}

func TestACutLineIsGone(t *testing.T) {
	t.Parallel()
	p, db := open(t)
	p.Point(db.Name)
	c := connect(t, p)
	p.Cut()
	if _, err := c.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("a statement got through a line that was cut")
	}
	if _, err := connect(t, p).Exec(t.Context(), "SELECT 1"); err != nil {
		t.Errorf("a new line: %v", err)
	}
}
