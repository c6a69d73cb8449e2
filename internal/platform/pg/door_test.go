package pg_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

func TestNothingOfAUseSurvivesOnItsConnection(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	db := single(t, d)
	broken := errors.New("broken")
	for what, use := range map[string]func(ctx context.Context, cancel func()) error{
		"a read": func(ctx context.Context, _ func()) error {
			_, err := db.Read(ctx, alpha, func(r *pg.Reading) {
				r.Row([]any{new(int)}, "SELECT 1 FROM app.organizations WHERE org_id = $1", testkit.A.ID)
			})
			return err
		},
		"a read that fails": func(ctx context.Context, _ func()) error {
			_, err := db.Read(ctx, alpha, func(r *pg.Reading) { r.Row([]any{new(int)}, "SELECT 1 / 0") })
			return err
		},
		"a read of no row": func(ctx context.Context, _ func()) error {
			_, err := db.Read(ctx, alpha, func(r *pg.Reading) {
				r.Row([]any{new(int)}, "SELECT 1 FROM app.customers WHERE org_id = $1", testkit.B.ID)
			})
			return err
		},
		"a read whose caller left": func(ctx context.Context, cancel func()) error {
			time.AfterFunc(20*time.Millisecond, cancel)
			_, err := db.Read(ctx, alpha, func(r *pg.Reading) { r.Row([]any{new(string)}, "SELECT pg_sleep(10)::text") })
			return err
		},
		"a transaction": func(ctx context.Context, _ func()) error {
			return db.InOrg(ctx, alpha, func(tx *pg.OrgTx) error { return mark(tx, "kept") })
		},
		"a transaction that is refused": func(ctx context.Context, _ func()) error {
			return db.InOrg(ctx, alpha, func(tx *pg.OrgTx) error { return errors.Join(mark(tx, "lost"), broken) })
		},
		"a transaction that fails": func(ctx context.Context, _ func()) error {
			return db.InOrg(ctx, alpha, func(tx *pg.OrgTx) error { _, err := tx.Exec("SELECT 1 / 0"); return err })
		},
		"a transaction that fails at its commit": func(ctx context.Context, _ func()) error {
			return db.InOrg(ctx, alpha, func(tx *pg.OrgTx) error {
				tx.AtCommit(pg.Plain, "SELECT 1 / 0")
				return mark(tx, "lost")
			})
		},
		"a transaction that panics": func(ctx context.Context, _ func()) (err error) {
			defer func() { err = fmt.Errorf("%v", recover()) }()
			return db.InOrg(ctx, alpha, func(tx *pg.OrgTx) error { panic(mark(tx, "lost")) })
		},
		"a transaction whose caller left": func(ctx context.Context, cancel func()) error {
			return db.InOrg(ctx, alpha, func(tx *pg.OrgTx) error {
				if err := mark(tx, "lost"); err != nil {
					return err
				}
				cancel()
				_, err := tx.Exec("SELECT 1")
				return err
			})
		},
		"a transaction whose caller left while it waited": func(ctx context.Context, cancel func()) error {
			return db.InOrg(ctx, alpha, func(tx *pg.OrgTx) error {
				time.AfterFunc(20*time.Millisecond, cancel)
				_, err := tx.Exec("SELECT pg_sleep(10)")
				return err
			})
		},
		"rows that nobody closed": func(ctx context.Context, _ func()) error {
			return db.InOrg(ctx, alpha, func(tx *pg.OrgTx) error {
				rows, err := tx.Query("SELECT generate_series(1, 100000)")
				rows.Next()
				return errors.Join(err, broken)
			})
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		err := use(ctx, cancel)
		cancel()
		if fine := what == "a read" || what == "a transaction"; (err == nil) != fine {
			t.Errorf("%s: %v", what, err)
		}
		wantClean(t, what, db)
	}
	if got := marked(t, d); got != "kept" {
		t.Errorf("the customer says %q, want only what was committed", got)
	}
}

func TestNothingRunsWithoutATenant(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	if err := d.App.InOrg(t.Context(), pg.Tenant{}, func(*pg.OrgTx) error { return nil }); err == nil {
		t.Error("a transaction ran without a tenant")
	}
	if _, err := d.App.Read(t.Context(), pg.Tenant{}, func(*pg.Reading) {}); err == nil {
		t.Error("a read ran without a tenant")
	}
	var n int
	err := d.App.Lookup(t.Context(), []any{&n}, "SELECT count(*) FROM app.customers")
	if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.Code != pg.NoContext || fault.As(err).Kind != fault.Internal {
		t.Errorf("a tenant table without a context: %v, want SQLSTATE %s, which is our mistake and nobody's attack", err, pg.NoContext)
	}
}

func TestReadsCannotWrite(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	for what, sql := range map[string]string{
		"a write":                     "UPDATE app.customers SET notes = 'written' RETURNING 1",
		"a number":                    "INSERT INTO app.number_sequences (org_id, kind, year, last) SELECT org_id, 'job', 2031, 1 FROM app.organizations RETURNING 1",
		"a write after opening it":    "WITH open AS (SELECT set_config('transaction_read_only', 'off', true)) UPDATE app.customers SET notes = 'written' FROM open RETURNING 1",
		"opening it for what follows": "SELECT length(set_config('transaction_read_only', 'off', true))",
	} {
		d.Untouched(t, testkit.A, func() {
			_, err := d.App.Read(t.Context(), alpha, func(r *pg.Reading) {
				r.Row([]any{new(int)}, sql)
				r.Row([]any{new(int)}, "UPDATE app.customers SET notes = 'behind it' WHERE org_id = $1 RETURNING 1", testkit.A.ID)
			})
			if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.Code != "25006" && e.Code != "25001" {
				t.Errorf("%s: %v, want SQLSTATE 25006 or 25001", what, err)
			}
		})
	}
}

// One organization's connection is the next one's: each sees its own rows only.
func TestConnectionIsSharedAndRowsAreNot(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	db := single(t, d)
	for range 3 {
		for _, of := range []struct {
			tenant pg.Tenant
			org    testkit.Org
		}{{alpha, testkit.A}, {beta, testkit.B}} {
			var own, all int
			_, err := db.Read(t.Context(), of.tenant, func(r *pg.Reading) {
				r.Row([]any{&own, &all}, "SELECT count(*) FILTER (WHERE org_id = $1), count(*) FROM app.customers", of.org.ID)
			})
			if err != nil || own != all || own == 0 {
				t.Errorf("%s sees %d customers, %d of them its own, %v", of.org.Slug, all, own, err)
			}
		}
	}
}

func TestLostRaceIsRunAgain(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	for _, state := range []string{"40001", "40P01"} {
		attempts := 0
		err := d.App.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
			if attempts++; attempts < 4 {
				_, err := tx.Exec("DO $$ BEGIN RAISE EXCEPTION 'race' USING ERRCODE = '" + state + "'; END $$")
				return err
			}
			return mark(tx, state)
		})
		if err != nil || attempts != 4 || marked(t, d) != state {
			t.Errorf("%s three times: %v after %d attempts, want the fourth to be kept", state, err, attempts)
		}
		attempts = 0
		err = d.App.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
			attempts++
			_, err := tx.Exec("DO $$ BEGIN RAISE EXCEPTION 'race' USING ERRCODE = '" + state + "'; END $$")
			return err
		})
		if err == nil || attempts != 4 {
			t.Errorf("%s for ever: %v after %d attempts, want its error after 4", state, err, attempts)
		}
	}
	attempts := 0
	err := d.App.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
		attempts++
		_, err := tx.Exec("SELECT 1 / 0")
		return err
	})
	if err == nil || attempts != 1 {
		t.Errorf("another failure: %v after %d attempts, want one", err, attempts)
	}
}

// Two transactions that lock two rows crosswise deadlock; PostgreSQL ends one, which runs again.
func TestDeadlockEndsWithBothDone(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	rows := []string{"business_hours WHERE org_id = $1 AND weekday = 1", "business_hours WHERE org_id = $1 AND weekday = 2"}
	var met sync.WaitGroup
	met.Add(2)
	attempts := make([]int, 2)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			err := d.App.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
				attempts[i]++
				if _, err := tx.Exec("SELECT FROM app."+rows[i]+" FOR UPDATE", testkit.A.ID); err != nil {
					return err
				}
				if attempts[i] == 1 {
					met.Done()
					met.Wait()
				}
				_, err := tx.Exec("SELECT FROM app."+rows[1-i]+" FOR UPDATE", testkit.A.ID)
				return err
			})
			if err != nil {
				t.Errorf("transaction %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if attempts[0]+attempts[1] < 3 {
		t.Errorf("%v attempts, want one of them to run again", attempts)
	}
}

func TestQueuedStatementsRunInStages(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	err := d.App.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
		tx.AtCommit(pg.AuditHead, "UPDATE app.customers SET notes = notes || ' head' WHERE org_id = $1 AND id = $2", testkit.A.ID, testkit.A.Customer())
		tx.AtCommit(pg.Plain, "UPDATE app.customers SET notes = 'plain' WHERE org_id = $1 AND id = $2", testkit.A.ID, testkit.A.Customer())
		return nil
	})
	if got := marked(t, d); err != nil || got != "plain head" {
		t.Errorf("got %q, %v, want the audit head last", got, err)
	}
}

func TestSavepointKeepsTheTransaction(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	err := d.App.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
		if err := mark(tx, "before"); err != nil {
			return err
		}
		if err := tx.Savepoint(func() error { return errors.Join(mark(tx, "inside"), errors.New("no")) }); err == nil {
			t.Error("the part's error was lost")
		}
		if err := tx.Savepoint(func() error { _, err := tx.Exec("SELECT 1 / 0"); return err }); err == nil {
			t.Error("the statement's error was lost")
		}
		return nil
	})
	if got := marked(t, d); err != nil || got != "before" {
		t.Errorf("got %q, %v, want what stood before the parts", got, err)
	}
}

func TestSlowStatementIsCutOff(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	db, err := pg.Open(t.Context(), d.URL("fence_app"), pg.Options{ContextKeys: testkit.ContextKeys, MaxConns: 1, StatementTimeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	_, err = db.Read(t.Context(), alpha, func(r *pg.Reading) { r.Row([]any{new(string)}, "SELECT pg_sleep(10)::text") })
	wantUnavailable(t, "a read", err)
	err = db.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error { _, err := tx.Exec("SELECT pg_sleep(10)"); return err })
	wantUnavailable(t, "a transaction", err)
	wantClean(t, "it", db)
}

func TestNoRowIsNotFoundAndConstraintsHaveNames(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	var n int
	_, err := d.App.Read(t.Context(), alpha, func(r *pg.Reading) {
		r.Row([]any{&n}, "SELECT 1 FROM app.customers WHERE org_id = $1", testkit.B.ID)
	})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("no row: %v, want NotFound", err)
	}
	err = d.App.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
		_, err := tx.Exec("INSERT INTO app.users (org_id, id, name, email, role, password_hash, created_at) SELECT org_id, gen_random_uuid(), name, upper(email), role, '', created_at FROM app.users WHERE org_id = $1", testkit.A.ID)
		return err
	})
	if !pg.Violates(err, "users_email_once") || pg.Violates(err, "another") {
		t.Errorf("the same address twice: %v, want the violation of users_email_once", err)
	}
	if !strings.Contains(fmt.Sprint(err), "users_email_once") || fault.As(err).Message != "We broke something. Nothing was saved." {
		t.Errorf("what nobody mapped is told as %q", fault.As(err).Message)
	}
}

// What the door lends to the task queue works in the transaction, and cannot end it.
func TestLentTransactionCannotBeEnded(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	err := d.App.InOrg(t.Context(), alpha, func(tx *pg.OrgTx) error {
		lent := tx.DriverTx()
		if err := lent.Commit(t.Context()); !errors.Is(err, pgx.ErrTxClosed) {
			t.Errorf("commit: %v, want a refusal", err)
		}
		if err := lent.Rollback(t.Context()); !errors.Is(err, pgx.ErrTxClosed) {
			t.Errorf("rollback: %v, want a refusal", err)
		}
		part, err := lent.Begin(t.Context())
		if err != nil {
			return err
		}
		if _, err := part.Exec(t.Context(), "UPDATE app.customers SET notes = 'part' WHERE org_id = $1", testkit.A.ID); err != nil {
			return err
		}
		if err := part.Rollback(t.Context()); err != nil {
			return err
		}
		return mark(tx, "whole")
	})
	if got := marked(t, d); err != nil || got != "whole" {
		t.Errorf("got %q, %v", got, err)
	}
}
