package pg_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// wire stands between a pool and the server and counts round trips: how often the server is spoken to
// after it has answered.
type wire struct{ turns atomic.Int64 }

// newWire listens in a folder of its own and returns the address to connect to.
func newWire(t *testing.T, d *testkit.Database, role string) (*wire, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "wire-") // short: a socket's path may have 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := pgx.ParseConfig(d.URL(role))
	if err != nil {
		t.Fatal(err)
	}
	const name = ".s.PGSQL.5432"
	l, err := net.Listen("unix", filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = l.Close()
		_ = os.RemoveAll(dir)
	})
	w := &wire{}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return // the test has ended
			}
			server, err := net.Dial("unix", filepath.Join(cfg.Host, name))
			if err != nil {
				_ = client.Close()
				continue
			}
			w.relay(client, server)
		}
	}()
	return w, "host=" + dir + " port=5432 user=" + role + " dbname=" + d.Name
}

func (w *wire) relay(client, server net.Conn) {
	var answered atomic.Bool
	answered.Store(true)
	copyCounting := func(dst, src net.Conn, seen func()) {
		defer dst.Close()
		b := make([]byte, 64<<10)
		for {
			n, err := src.Read(b)
			if n > 0 {
				seen()
				if _, err := dst.Write(b[:n]); err != nil {
					return
				}
			}
			if err != nil {
				if err != io.EOF {
					_ = src.Close()
				}
				return
			}
		}
	}
	go copyCounting(server, client, func() {
		if answered.Swap(false) {
			w.turns.Add(1)
		}
	})
	go copyCounting(client, server, func() { answered.Store(true) })
}

// TestRoundTrips counts on the wire: a read is one trip with its context, a transaction one to begin, one
// for each statement that waits for its answer, one to commit.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	w, address := newWire(t, d, "fence_app")
	db, err := pg.Open(t.Context(), address, pg.Options{ContextKeys: testkit.ContextKeys, MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	var n int
	read := func(statements int) func() error {
		return func() error {
			_, err := db.Read(t.Context(), alpha, func(r *pg.Reading) {
				for range statements {
					r.Row([]any{&n}, "SELECT count(*) FROM app.customers WHERE org_id = $1", testkit.A.ID)
				}
			})
			return err
		}
	}
	for _, use := range []struct {
		name string
		want int64
		do   func() error
	}{
		{"a read of one statement", 1, read(1)},
		{"a read of five statements", 1, read(5)},
		{"a read after one that found nobody", 2, func() error { // two reads: nothing is prepared anew between them
			_, err := db.Read(t.Context(), alpha, func(r *pg.Reading) {
				r.Row([]any{&n}, "SELECT 1 FROM app.customers WHERE org_id = $1 AND name = 'nobody'", testkit.A.ID)
				r.Row([]any{&n}, "SELECT count(*) FROM app.customers WHERE org_id = $1", testkit.A.ID)
			})
			if !fault.Is(err, fault.NotFound) {
				return fmt.Errorf("a row that is not there: %w", err)
			}
			return read(1)()
		}},
		{"a read after a transaction whose first statement found nobody", 3, func() error { // to begin, to take back, to read
			err := db.InOrgAfter(t.Context(), alpha, "SELECT 1 FROM app.customers WHERE org_id = $1 AND name = 'nobody'", []any{testkit.A.ID},
				func(row pgx.Row) error { return row.Scan(&n) }, func(*pg.OrgTx) error { return errors.New("entered") })
			if !fault.Is(err, fault.NotFound) {
				return fmt.Errorf("a row that is not there: %w", err)
			}
			return read(1)()
		}},
		{"a transaction of queued statements only", 2, func() error {
			return db.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
				for range 3 {
					tx.AtCommit(pg.Plain, "UPDATE app.customers SET notes = 'queued' WHERE org_id = $1", testkit.A.ID)
				}
				return nil
			})
		}},
		{"a transaction with one statement", 3, func() error {
			return db.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error { return mark(tx, "one") })
		}},
		{"a transaction with a first statement of its own", 2, func() error {
			return db.InOrgAfter(t.Context(), alpha, "SELECT count(*) FROM app.customers WHERE org_id = $1", []any{testkit.A.ID},
				func(row pgx.Row) error { return row.Scan(&n) }, func(*pg.OrgTx) error { return nil })
		}},
		{"a transaction with statements sent together", 3, func() error {
			return db.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
				return tx.Together(func(b *pgx.Batch) {
					b.Queue("UPDATE app.customers SET notes = 'x' WHERE org_id = $1", testkit.A.ID)
					b.Queue("UPDATE app.customers SET notes = 'y' WHERE org_id = $1", testkit.A.ID)
				})
			})
		}},
	} {
		for range 2 { // the first use prepares its statements
			if err := use.do(); err != nil {
				t.Fatalf("%s: %v", use.name, err)
			}
		}
		before := w.turns.Load()
		if err := use.do(); err != nil {
			t.Fatalf("%s: %v", use.name, err)
		}
		if got := w.turns.Load() - before; got != use.want {
			t.Errorf("%s: %d round trips, want %d", use.name, got, use.want)
		}
	}
}
