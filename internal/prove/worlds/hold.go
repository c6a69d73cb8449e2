package worlds

import (
	"context"
	"fmt"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

// Hold locks every row of B, as somebody of B might who changes all of them, until release.
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
		_ = conn.Close(context.WithoutCancel(t.Context())) // it has done its work
	}
}
