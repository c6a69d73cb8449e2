package stripehook_test

import (
	"sync"
	"testing"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/stripesim"
	"fenceplatform.com/fence/internal/testkit"
)

// customers are those that the provider has for an organization.
func (w *world) customers(t *testing.T, o testkit.Org) (n int) {
	t.Helper()
	for c, err := range w.stripe.V1Customers.List(t.Context(), &stripe.CustomerListParams{}).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Metadata["org_id"] == o.ID.String() {
			n++
		}
	}
	return n
}

func newCustomer(o testkit.Org) billing.NewCustomer {
	return billing.NewCustomer{Org: o.ID, Name: "Acme Fence", Email: "owner@a.example"}
}

func TestACompanyIsOneCustomerHoweverManyAsk(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := w.accounts.Open(t.Context(), newCustomer(testkit.A)); err != nil {
				t.Errorf("one of them: %v", err)
			}
		})
	}
	wg.Wait()
	mine := must[string](t)(w.accounts.Open(t.Context(), newCustomer(testkit.A)))
	theirs := must[string](t)(w.accounts.Open(t.Context(), newCustomer(testkit.B)))
	if a, b := w.customers(t, testkit.A), w.customers(t, testkit.B); a != 1 || b != 1 || mine == theirs {
		t.Errorf("%d and %d customers, %s and %s", a, b, mine, theirs)
	}
}

// B46, one company of it: the provider is away, then answers nobody after it did what was asked, then forgets keys.
func TestTroubleAtTheProviderMakesNoSecondCustomer(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, trouble := range []stripesim.Kind{stripesim.FailBefore, stripesim.FailBefore, stripesim.Reset, stripesim.TooMany, stripesim.FailAfter} {
		for range 2 { // the client itself tries twice
			w.sim.Inject(stripesim.Fault{Kind: trouble, Method: "POST", Prefix: "/v1/customers"})
		}
		if customer, err := w.accounts.Open(t.Context(), newCustomer(testkit.A)); err == nil {
			t.Logf("with trouble %v it is %s", trouble, customer)
		}
	}
	w.sim.Advance(w.sim.Now().AddDate(0, 0, 2)) // keys are kept for a day
	var customer string
	for attempt := range 12 { // as the task is, until nothing is in the way
		var err error
		if customer, err = w.accounts.Open(t.Context(), newCustomer(testkit.A)); err == nil {
			t.Logf("done at attempt %d", attempt+1)
			break
		}
	}
	if n := w.customers(t, testkit.A); n != 1 {
		t.Errorf("%d customers", n)
	}
	if of := testkit.Value[string](t, w.Database, "SELECT org_id::text FROM platform.billing_customers WHERE id = $1", customer); of != testkit.A.ID.String() {
		t.Errorf("the customer is %s's", of)
	}
}
