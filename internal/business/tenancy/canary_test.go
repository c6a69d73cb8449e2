package tenancy_test

import (
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

func TestCanaryShowsWhetherTheWallHolds(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	if err := tenancy.ProveCanary(t.Context(), d.App); err != nil {
		t.Errorf("a sound database: %v", err)
	}
	// A role that passes the wall sees the canary from anywhere.
	superuser, err := pg.Open(t.Context(), d.URL("postgres"), pg.Options{ContextKeys: testkit.ContextKeys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(superuser.Close)
	for what, fault := range map[string]struct {
		sql  string
		db   *pg.DB
		says string
	}{
		"a role past the wall": {`SELECT`, superuser, "visible to another organization"},
		"no wall":              {`ALTER TABLE app.canaries DISABLE ROW LEVEL SECURITY`, d.App, "visible to another organization"},
		"no policy":            {`ALTER TABLE app.canaries ENABLE ROW LEVEL SECURITY; DROP POLICY tenant_wall ON app.canaries`, d.App, "visible to another organization"},
	} {
		d.Exec(t, fault.sql)
		if err := tenancy.ProveCanary(t.Context(), fault.db); err == nil || !strings.Contains(err.Error(), fault.says) {
			t.Errorf("%s: %v, want %q", what, err, fault.says)
		}
	}
}

func TestCanaryThatIsGoneIsTold(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	d.Exec(t, `DELETE FROM app.canaries`)
	if err := tenancy.ProveCanary(t.Context(), d.App); err == nil || !strings.Contains(err.Error(), "is gone") {
		t.Errorf("got %v", err)
	}
}
