package pg_test

import (
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/contextkey"
	"fenceplatform.com/fence/internal/testkit"
)

func parseKeys(t *testing.T, text ...string) contextkey.Keys {
	t.Helper()
	keys, err := contextkey.Parse(strings.Join(text, ","))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func install(t *testing.T, d *testkit.Database, keys contextkey.Keys) {
	t.Helper()
	if err := migrate.Up(t.Context(), d.URL("fence_migrate"), keys, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
}

func openWith(t *testing.T, d *testkit.Database, keys contextkey.Keys) *pg.DB {
	t.Helper()
	db, err := pg.Open(t.Context(), d.URL("fence_app"), pg.Options{MaxConns: 2, ContextKeys: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

func readName(t *testing.T, db *pg.DB) error {
	var name string
	_, err := db.Read(t.Context(), alpha, func(r *pg.Reading) {
		r.Row([]any{&name}, "SELECT name FROM app.organizations WHERE org_id = $1", testkit.A.ID)
	})
	return err
}

// TestKeysChangeWithoutALostRequest goes the way of docs/operating.md while requests run.
func TestKeysChangeWithoutALostRequest(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	fresh := contextkey.New()
	old := openWith(t, d, parseKeys(t, testkit.ContextKey))
	var serving atomic.Pointer[pg.DB]
	serving.Store(old)
	var requests atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := readName(t, serving.Load()); err != nil {
					t.Errorf("a request was lost: %v", err)
					return
				}
				requests.Add(1)
			}
		})
	}
	install(t, d, parseKeys(t, testkit.ContextKey, fresh)) // both are believed
	serving.Store(openWith(t, d, parseKeys(t, fresh, testkit.ContextKey)))
	if err := readName(t, old); err != nil {
		t.Errorf("a process that was not restarted yet: %v", err)
	}
	install(t, d, parseKeys(t, fresh))
	close(stop)
	wg.Wait()
	if requests.Load() == 0 {
		t.Error("no request ran")
	}
	err := readName(t, old)
	wantUnavailable(t, "a process with the key that was taken away", err)
	if err == nil || !strings.Contains(old.CheckContext(t.Context()).Error(), "key is not installed") {
		t.Errorf("the reason is not told: %v", err)
	}
}

// TestAProcessWithAnotherKeyServesNothing shows that a wrong key is refused before any row is read.
func TestAProcessWithAnotherKeyServesNothing(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	for what, keys := range map[string]contextkey.Keys{"a wrong key": parseKeys(t, contextkey.New()), "no key": {}} {
		db := openWith(t, d, keys)
		if err := db.CheckContext(t.Context()); err == nil {
			t.Errorf("%s: the database believes it", what)
		}
		wantUnavailable(t, what+", a read", readName(t, db))
		wantUnavailable(t, what+", a transaction", db.InOrg(t.Context(), alpha, func(*pg.OrgTx) error {
			t.Errorf("%s: the transaction began", what)
			return nil
		}))
	}
}
