package cli

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/stripesim"
)

// stripeAccount is an empty account of the simulator, and a way to run `fence stripe` on it.
func stripeAccount(t *testing.T) (*stripe.Client, func(command string) (code int, out, errs string)) {
	t.Helper()
	const key = "sk_test_account"
	server := httptest.NewServer(stripesim.New(stripesim.Config{Seed: 3, SecretKey: key}))
	t.Cleanup(server.Close)
	client := stripe.NewClient(key, stripe.WithBackends(stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL: &server.URL, MaxNetworkRetries: stripe.Int64(0), EnableTelemetry: stripe.Bool(false), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull}})))
	return client, func(command string) (int, string, string) {
		var out, errs bytes.Buffer
		code := Run([]string{"stripe", command, "--stripe-secret-key=" + key, "--stripe-address=" + server.URL, "--public-url=https://fence.example"}, strings.NewReader(""), &out, &errs)
		return code, out.String(), errs.String()
	}
}

func TestStripeSetupMakesWhatIsMissingOnce(t *testing.T) {
	t.Parallel()
	_, fence := stripeAccount(t)
	if code, out, _ := fence("check"); code != 8 || strings.Count(out, "missing ") != 8 {
		t.Errorf("an empty account: exit %d\n%s", code, out)
	}
	code, out, errs := fence("setup")
	if code != 0 || strings.Count(out, "made ") != 8 || !strings.Contains(out, "whsec_") || !strings.Contains(out, "https://fence.example/webhooks/stripe") {
		t.Fatalf("set-up: exit %d\n%s%s", code, out, errs)
	}
	if code, out, _ := fence("setup"); code != 0 || strings.Count(out, "there ") != 8 || strings.Contains(out, "whsec_") {
		t.Errorf("again: exit %d\n%s", code, out)
	}
	if code, out, _ := fence("check"); code != 0 {
		t.Errorf("checked: exit %d\n%s", code, out)
	}
}

func TestStripeCheckFindsWhatIsDifferent(t *testing.T) {
	t.Parallel()
	client, fence := stripeAccount(t)
	ctx := t.Context()
	_, err := client.V1Prices.Create(ctx, &stripe.PriceCreateParams{Currency: stripe.String("usd"), UnitAmount: stripe.Int64(4800), LookupKey: stripe.String("starter_v1"),
		ProductData: &stripe.PriceCreateProductDataParams{Name: stripe.String("Ours")}, Recurring: &stripe.PriceCreateRecurringParams{Interval: stripe.String("month")}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.V1WebhookEndpoints.Create(ctx, &stripe.WebhookEndpointCreateParams{
		URL: stripe.String("https://fence.example/webhooks/stripe"), EnabledEvents: stripe.StringSlice([]string{"invoice.paid"}), APIVersion: stripe.String(stripe.APIVersion)})
	if err != nil {
		t.Fatal(err)
	}
	code, out, errs := fence("setup")
	if code != 1 || !strings.Contains(out, "different  price starter_v1") || !strings.Contains(out, "$48.00") || !strings.Contains(out, "changed    webhook endpoint") {
		t.Errorf("set-up: exit %d\n%s%s", code, out, errs)
	}
	if code, out, _ := fence("check"); code != 1 || strings.Count(out, "different") != 1 {
		t.Errorf("checked: exit %d\n%s", code, out)
	}
}

func TestStripeCommandsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	if code := Run([]string{"stripe", "check"}, strings.NewReader(""), &out, &errs); code != 1 || !strings.Contains(errs.String(), "FENCE_STRIPE_SECRET_KEY") {
		t.Errorf("without a key: exit %d, %q", code, errs.String())
	}
	server := httptest.NewServer(stripesim.New(stripesim.Config{Seed: 3, SecretKey: "sk_test_theirs"}))
	defer server.Close()
	errs.Reset()
	if code := Run([]string{"stripe", "setup", "--stripe-secret-key=sk_test_ours", "--stripe-address=" + server.URL}, strings.NewReader(""), &out, &errs); code != 1 || strings.Contains(errs.String(), "sk_test_ours") {
		t.Errorf("with another's key: exit %d, %q", code, errs.String())
	}
}

// The endpoint of companies' accounts is made once, and its secret shown once.
func TestSetupMakesTheEndpointOfCompaniesAccounts(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(stripesim.New(stripesim.Config{Seed: 9, SecretKey: "sk_test_ours"}))
	t.Cleanup(server.Close)
	for n, want := range []bool{true, false} {
		var out, errs strings.Builder
		if code := Run([]string{"stripe", "setup", "--connect", "--stripe-secret-key=sk_test_ours", "--stripe-address=" + server.URL, "--public-url=https://fence.example"}, strings.NewReader(""), &out, &errs); code != 0 {
			t.Fatalf("run %d: %d %s", n, code, errs.String())
		}
		if got := strings.Contains(out.String(), "FENCE_STRIPE_CONNECT_WEBHOOK_SECRETS:\nwhsec_") && strings.Contains(out.String(), "https://fence.example/webhooks/stripe-connect"); got != want {
			t.Errorf("run %d shows the secret: %v, want %v\n%s", n, got, want, out.String())
		}
	}
}
