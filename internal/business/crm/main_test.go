package crm

import (
	"os"
	"testing"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/postal"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

const someZIPs = "10001\tNew York\tNY\tNew York\t40.7484\t-73.9967\tAmerica/New_York\n" +
	"78701\tAustin\tTX\tTravis\t30.2713\t-97.7426\tAmerica/Chicago\n" +
	"79901\tEl Paso\tTX\tEl Paso\t31.7584\t-106.4783\tAmerica/Denver\n"

func loadZIPs(t testing.TB) *postal.Table {
	t.Helper()
	zips, err := postal.Load([]byte(someZIPs))
	if err != nil {
		t.Fatal(err)
	}
	return zips
}

// bundle is a database with the operations on it and the owners of both organizations.
type bundle struct {
	d           *testkit.Database
	s           *Service
	alpha, beta tenancy.Actor
}

func setup(t testing.TB) *bundle {
	t.Helper()
	d := testkit.NewDatabase(t)
	return &bundle{d: d, s: New(d.App, loadZIPs(t)), alpha: owner(t, d, testkit.A), beta: owner(t, d, testkit.B)}
}

func owner(t testing.TB, d *testkit.Database, o testkit.Org) tenancy.Actor {
	t.Helper()
	platform, err := tenancy.InTask(t.Context(), d.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return platform.As(tenancy.Person, o.Owner(), "Owner "+o.Slug, "owner", tenancy.Permissions)
}

// keyed is the actor making a request with an idempotency key.
func keyed(a tenancy.Actor, key string) tenancy.Actor {
	return a.WithRequest(tenancy.Request{ID: "test", IdempotencyKey: key})
}

func (b *bundle) create(t testing.TB, name string) Customer {
	t.Helper()
	made, err := b.s.CreateCustomer(t.Context(), b.alpha, CreateCustomerInput{Name: name})
	if err != nil {
		t.Fatalf("create %q: %v", name, err)
	}
	return made.Customer
}

func wantFault(t testing.TB, what string, err error, kind fault.Kind, code string) *fault.Error {
	t.Helper()
	f := fault.As(err)
	if err == nil || f.Kind != kind || f.Code != code {
		t.Fatalf("%s: %v, want fault %q", what, err, code)
	}
	return f
}

func wantField(t testing.TB, what string, err error, pointer, message string) {
	t.Helper()
	f := wantFault(t, what, err, fault.Invalid, "invalid-input")
	if len(f.Fields) != 1 || f.Fields[0].Pointer != pointer || f.Fields[0].Message != message {
		t.Errorf("%s: %+v, want %s: %s", what, f.Fields, pointer, message)
	}
}

func ptr[T any](v T) *T { return &v }

// strangers are ids that are not A's: B's own and one of nobody. They must be answered alike.
func strangers(ofB id.ID) map[string]id.ID {
	return map[string]id.ID{"foreign": ofB, "random": id.New()}
}
