package tenancy_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

type noteInput struct {
	ZIP string `json:"zip"`
}

type note struct {
	ZIP string    `json:"zip"`
	ID  id.ID     `json:"id"`
	At  time.Time `json:"at"`
}

// writeNote is an operation that writes one row; doing it twice would make two.
func writeNote(in noteInput) func(*pg.OrgTx) (note, error) {
	return func(tx *pg.OrgTx) (note, error) {
		n := note{in.ZIP, id.New(), tx.Now()}
		_, err := tx.Exec(`INSERT INTO app.usage_events (org_id, id, metric, quantity, record_type, record_id, at, period_start)
			VALUES ($1, $2, 'quotes', 1, 'note', $2, $3, $3)`, tx.Tenant().Org(), n.ID, n.At)
		return n, err
	}
}

func notes(t *testing.T, d *testkit.Database, o testkit.Org) int {
	t.Helper()
	return testkit.Value[int](t, d, `SELECT count(*)::int FROM app.usage_events WHERE org_id = $1 AND record_type = 'note'`, o.ID)
}

func TestRepeatGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a, in := keyed(person(t, d, testkit.A, testkit.A.Owner()), "one"), noteInput{"78701"}
	d.Untouched(t, testkit.B, func() {
		first, err := tenancy.Once(t.Context(), d.App, a, "notes.write", in, writeNote(in))
		if err != nil {
			t.Fatal(err)
		}
		d.Advance(t, 23*time.Hour)
		again, err := tenancy.Once(t.Context(), d.App, a, "notes.write", in, writeNote(in))
		if err != nil || again.ID != first.ID || !again.At.Equal(first.At) {
			t.Errorf("the repeat got %+v, %v, want %+v", again, err, first)
		}
	})
	if n := notes(t, d, testkit.A); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestSentFiveTimesAtOnceMakesOneRecord(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a, in := keyed(person(t, d, testkit.A, testkit.A.Owner()), "one"), noteInput{"78701"}
	got := map[id.ID]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			n, err := tenancy.Once(t.Context(), d.App, a, "notes.write", in, writeNote(in))
			if err != nil {
				wantFault(t, "while the first is answered", err, fault.Conflict, fault.CodeInFlight)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			got[n.ID] = true
		})
	}
	wg.Wait()
	if n := notes(t, d, testkit.A); n != 1 || len(got) != 1 {
		t.Errorf("%d rows and %d different answers, want 1 and 1", n, len(got))
	}
}

func TestWhileTheFirstIsAnsweredTheSameIsAConflict(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a, in := keyed(person(t, d, testkit.A, testkit.A.Owner()), "one"), noteInput{"78701"}
	_, err := tenancy.Once(t.Context(), d.App, a, "notes.write", in, func(tx *pg.OrgTx) (note, error) {
		_, err := tenancy.Once(t.Context(), d.App, a, "notes.write", in, writeNote(in))
		wantFault(t, "the same request meanwhile", err, fault.Conflict, fault.CodeInFlight)
		_, err = tenancy.Once(t.Context(), d.App, keyed(a, "two"), "notes.write", in, writeNote(in))
		if err != nil {
			t.Errorf("another key meanwhile: %v", err)
		}
		return writeNote(in)(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestKeyWithAnotherRequestIsInvalid(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a, in := keyed(person(t, d, testkit.A, testkit.A.Owner()), "one"), noteInput{"78701"}
	if _, err := tenancy.Once(t.Context(), d.App, a, "notes.write", in, writeNote(in)); err != nil {
		t.Fatal(err)
	}
	_, err := tenancy.Once(t.Context(), d.App, a, "notes.write", noteInput{"78702"}, writeNote(in))
	wantFault(t, "another body", err, fault.Invalid, "idempotency-key-reused")
	_, err = tenancy.Once(t.Context(), d.App, a, "notes.copy", in, writeNote(in))
	wantFault(t, "another operation", err, fault.Invalid, "idempotency-key-reused")
	if n := notes(t, d, testkit.A); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestKeyBelongsToItsActor(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	in := noteInput{"78701"}
	for _, a := range []tenancy.Actor{
		person(t, d, testkit.A, testkit.A.Owner()), person(t, d, testkit.A, testkit.A.Admin()), person(t, d, testkit.B, testkit.B.Owner()),
	} {
		if _, err := tenancy.Once(t.Context(), d.App, keyed(a, "one"), "notes.write", in, writeNote(in)); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := notes(t, d, testkit.A), notes(t, d, testkit.B); a != 2 || b != 1 {
		t.Errorf("%d rows in A and %d in B, want 2 and 1: the same key of three actors is three keys", a, b)
	}
}

func TestFailureGivesTheKeyBack(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a, in := keyed(person(t, d, testkit.A, testkit.A.Owner()), "one"), noteInput{"78701"}
	broken := errors.New("no")
	_, err := tenancy.Once(t.Context(), d.App, a, "notes.write", in, func(tx *pg.OrgTx) (note, error) {
		if _, err := writeNote(in)(tx); err != nil {
			return note{}, err
		}
		return note{}, broken
	})
	if !errors.Is(err, broken) || notes(t, d, testkit.A) != 0 {
		t.Fatalf("got %v and %d rows, want the operation's error and none", err, notes(t, d, testkit.A))
	}
	if _, err := tenancy.Once(t.Context(), d.App, a, "notes.write", in, writeNote(in)); err != nil {
		t.Errorf("the same key afterwards: %v", err)
	}
}

func TestSecretAnswersAreNotKept(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a, in := keyed(person(t, d, testkit.A, testkit.A.Owner()), "one"), noteInput{"78701"}
	secret := func(*pg.OrgTx) (string, error) { return "the secret", nil }
	if s, err := tenancy.OnceSecret(t.Context(), d.App, a, "keys.make", in, secret); err != nil || s != "the secret" {
		t.Fatalf("got %q, %v", s, err)
	}
	s, err := tenancy.OnceSecret(t.Context(), d.App, a, "keys.make", in, secret)
	wantFault(t, "the repeat", err, fault.Conflict, "already-done")
	if s != "" {
		t.Errorf("the repeat carries %q", s)
	}
	if n := testkit.Value[int](t, d, `SELECT count(*)::int FROM app.idempotency_keys WHERE key = 'one' AND answer IS NULL`); n != 1 {
		t.Error("the answer was stored")
	}
}

func TestKeyIsForgottenAfterADay(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	a, in := keyed(person(t, d, testkit.A, testkit.A.Owner()), "one"), noteInput{"78701"}
	first, err := tenancy.Once(t.Context(), d.App, a, "notes.write", in, writeNote(in))
	if err != nil {
		t.Fatal(err)
	}
	d.Advance(t, 24*time.Hour+time.Second)
	other := noteInput{"78702"}
	anew, err := tenancy.Once(t.Context(), d.App, a, "notes.write", other, writeNote(other))
	if err != nil || anew.ID == first.ID {
		t.Fatalf("after a day: %+v, %v, want a new record", anew, err)
	}
	again, err := tenancy.Once(t.Context(), d.App, a, "notes.write", other, writeNote(other))
	if err != nil || again.ID != anew.ID {
		t.Errorf("the new answer repeated: %+v, %v, want %+v", again, err, anew)
	}
}

// Nobody visits every company to sweep: each sweeps its own while it works.
func TestOldKeysAreSwept(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	d.Exec(t, `INSERT INTO app.idempotency_keys (org_id, actor_id, key, operation, request_hash, created_at)
		SELECT $1, $2, 'old ' || n, 'notes.write', '\x00', now() - interval '25 hours' FROM generate_series(1, 50) n`, testkit.A.ID, testkit.A.Owner())
	in := noteInput{"78701"}
	for n := range 300 {
		a := keyed(person(t, d, testkit.A, testkit.A.Owner()), fmt.Sprint("key ", n))
		if _, err := tenancy.Once(t.Context(), d.App, a, "notes.write", in, writeNote(in)); err != nil {
			t.Fatal(err)
		}
		if testkit.Value[int](t, d, `SELECT count(*)::int FROM app.idempotency_keys WHERE org_id = $1 AND key LIKE 'old %'`, testkit.A.ID) == 0 {
			return
		}
	}
	t.Error("300 requests left the old keys in place")
}
