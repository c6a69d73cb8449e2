package stripesim_test

import (
	"context"
	"errors"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/stripesim"
)

func TestAClientWithoutANetwork(t *testing.T) {
	t.Parallel()
	sim := stripesim.New(stripesim.Config{Seed: 1})
	config := &stripe.BackendConfig{
		HTTPClient: &http.Client{Transport: sim.Transport()}, MaxNetworkRetries: stripe.Int64(0),
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull}, EnableTelemetry: stripe.Bool(false),
	}
	client := stripe.NewClient("sk_test_simulated", stripe.WithBackends(&stripe.Backends{API: stripe.GetBackendWithConfig(stripe.APIBackend, config)}))
	cus, err := client.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{Name: stripe.String("Acme")})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := client.V1Customers.Retrieve(t.Context(), cus.ID, nil); err != nil || again.Name != "Acme" {
		t.Errorf("%+v, %v", again, err)
	}
	sim.Inject(stripesim.Fault{Kind: stripesim.Reset})
	if _, err := client.V1Customers.Create(t.Context(), nil); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a connection that is cut: %v", err)
	}
	sim.Inject(stripesim.Fault{Kind: stripesim.Hang, For: time.Hour})
	ctx, leave := context.WithTimeout(t.Context(), time.Millisecond)
	defer leave()
	if _, err := client.V1Customers.Create(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an answer that does not come: %v", err)
	}
}
