package worlds

import (
	"context"
	"fmt"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/testkit"
)

// Hold locks every row of B, as somebody of B might who changes all of them, until release. Who waited for a row goes on
// then, also when nobody waits for the answer any more: release ends when all are done.
func (w *World) Hold(t testing.TB) (release func()) {
	t.Helper()
	conn := w.DB.Superuser(t)
	if _, err := conn.Exec(t.Context(), "BEGIN"); err != nil {
		t.Fatal(err)
	}
	for _, table := range w.DB.TenantTables(t) {
		if _, err := conn.Exec(t.Context(), fmt.Sprintf("SELECT FROM %s WHERE org_id = $1 FOR UPDATE", table), testkit.B.ID); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		for busy := 1; busy > 0; time.Sleep(time.Millisecond) {
			if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename IN ('fence_app', 'fence_system')
				AND state <> 'idle'`).Scan(&busy); err != nil {
				t.Fatal(err)
			}
		}
		_ = conn.Close(context.WithoutCancel(t.Context())) // it has done its work
	}
}
