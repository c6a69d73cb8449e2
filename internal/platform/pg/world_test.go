package pg_test

import (
	"testing"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/mint"
	"fenceplatform.com/fence/internal/testkit"
)

var alpha, beta = mint.Tenant(testkit.A.ID), mint.Tenant(testkit.B.ID)

// single is a door with one connection: what one use leaves behind, the next one gets.
func single(t *testing.T, d *testkit.Database) *pg.DB {
	t.Helper()
	db, err := pg.Open(t.Context(), d.URL("fence_app"), pg.Options{ContextKeys: testkit.ContextKeys, MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// wantClean fails when the connection that a use left behind carries anything of it.
func wantClean(t *testing.T, what string, db *pg.DB) {
	t.Helper()
	var kept, readOnly string
	if err := db.Lookup(t.Context(), []any{&kept, &readOnly}, `SELECT current_setting('backtrace_functions') || coalesce(current_setting('app.context', true), ''),
		current_setting('transaction_read_only')`); err != nil {
		t.Fatalf("the use after %s: %v", what, err)
	}
	if kept != "" || readOnly != "off" {
		t.Errorf("the use after %s has context %q, read-only %s: want none and off", what, kept, readOnly)
	}
	var n int
	if err := db.Lookup(t.Context(), []any{&n}, "SELECT count(*) FROM app.customers"); err == nil {
		t.Errorf("after %s %d customers are read without a context, want a refusal", what, n)
	}
}

func wantUnavailable(t *testing.T, what string, err error) {
	t.Helper()
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("%s: got %v, want Unavailable", what, err)
	}
}

// mark changes A's customer in a way that can be looked for.
func mark(tx *pg.OrgTx, notes string) error {
	_, err := tx.Exec("UPDATE app.customers SET notes = $2 WHERE org_id = $1 AND id = $3", tx.Tenant().Org(), notes, testkit.A.Customer())
	return err
}

func marked(t *testing.T, d *testkit.Database) string {
	t.Helper()
	return testkit.Value[string](t, d, "SELECT notes FROM app.customers WHERE org_id = $1 AND id = $2", testkit.A.ID, testkit.A.Customer())
}
