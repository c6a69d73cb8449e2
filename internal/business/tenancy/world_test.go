package tenancy_test

import (
	"os"
	"testing"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

func person(t *testing.T, d *testkit.Database, o testkit.Org, who id.ID) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), d.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Person, who, "Somebody", "owner", tenancy.Permissions)
}

func keyed(a tenancy.Actor, key string) tenancy.Actor {
	return a.WithRequest(tenancy.Request{ID: "test", IdempotencyKey: key})
}

func wantFault(t *testing.T, what string, err error, kind fault.Kind, code string) {
	t.Helper()
	if f := fault.As(err); err == nil || f.Kind != kind || f.Code != code {
		t.Errorf("%s: got %v, want fault %q", what, err, code)
	}
}
