package stripehook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/stripesim"
	"fenceplatform.com/fence/internal/testkit"
)

// flooded is the product as it is served, with the simulator as Stripe.
type flooded struct {
	*testkit.Database
	address string
	client  *http.Client
	token   string // of the owner of A
	secret  string
}

func free(t *testing.T) string {
	t.Helper()
	l := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	defer func() { _ = l.Close() }() // it was only to find a port
	return l.Addr().String()
}

const floodedHost = "alpha.fence.localhost"

func serveFlooded(t *testing.T, sim *stripesim.Sim) *flooded {
	t.Helper()
	api := httptest.NewServer(sim)
	t.Cleanup(api.Close)
	s := &flooded{Database: testkit.NewDatabase(t), address: free(t), secret: "whsec_of_the_flood"}
	a, err := app.New(t.Context(), config.Settings{
		Listen: s.address, AdminListen: free(t), PublicURL: "http://fence.localhost", DataDir: t.TempDir(), DatabaseURL: s.URL("fence_app"), SystemURL: s.URL("fence_system"),
		MailFrom: "mail@fence.localhost", SealKey: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Connections: 10, ContextKeys: testkit.ContextKey,
		StripeKey: secretKey, StripeAddress: api.URL, StripeSecrets: s.secret,
	}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serving ended: %v", err)
		}
		a.Close(context.WithoutCancel(ctx))
	})
	s.client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, s.address)
	}}}
	s.Exec(t, "UPDATE app.users SET password_hash = $1", must[string](t)(secret.NewTestPasswords().Hash(t.Context(), "four posts and a gate")))
	status, body := s.ask(t, "POST", floodedHost, "/v1/login", `{"email":"owner@a.example","password":"four posts and a gate"}`, map[string]string{"Content-Type": "application/json", "Idempotency-Key": "log-in-before-the-flood"})
	var given struct {
		Token  string `json:"token"`
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &given); err != nil || status >= 300 {
		t.Fatalf("log in: %d %s", status, body)
	}
	s.token = given.Token + given.Access
	return s
}

func (s *flooded) ask(t *testing.T, method, host, path, body string, headers map[string]string) (int, []byte) {
	t.Helper()
	r := must[*http.Request](t)(http.NewRequestWithContext(t.Context(), method, "http://"+host+path, bytes.NewReader([]byte(body))))
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	a, err := s.client.Do(r)
	if err != nil {
		t.Error(err)
		return 0, nil
	}
	defer func() { _ = a.Body.Close() }() // only read
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Error(err)
	}
	return a.StatusCode, b
}

// p99 is how long one of a hundred requests of a program takes at least, asked one after another for so long.
func (s *flooded) p99(t *testing.T, until func(asked int) bool) time.Duration {
	t.Helper()
	var took []time.Duration
	for !until(len(took)) {
		began := time.Now()
		switch status, body := s.ask(t, "GET", floodedHost, "/v1/customers", "", map[string]string{"Authorization": "Bearer " + s.token}); status {
		case http.StatusOK, http.StatusTooManyRequests: // a program that asks too often is told so, which takes its time too
		default:
			t.Fatalf("the API answers %d %s", status, body)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[len(took)*99/100]
}

// B45: very many webhooks about many customers within a minute. None is lost, each customer is read, and programs of
// companies are served meanwhile.
func TestFloodOfWebhooksLosesNone(t *testing.T) {
	t.Parallel()
	long := os.Getenv("FENCE_BILLING") == "long"
	events, many, asked := 600, 30, 40
	if long {
		events, many, asked = 10_000, 200, 4000
	}
	sim := stripesim.New(stripesim.Config{Seed: 5, SecretKey: secretKey, Start: time.Now()})
	s := serveFlooded(t, sim)
	maker := stripe.NewClient(secretKey, stripe.WithBackends(stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL: stripe.String("http://stripe.invalid"), HTTPClient: &http.Client{Transport: sim.Transport()}, LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull}})))
	var customers []string
	for range many {
		customers = append(customers, must[*stripe.Customer](t)(maker.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{})).ID)
	}
	before := s.p99(t, func(n int) bool { return n >= asked })
	began := time.Now()
	var next, sent atomic.Int64
	var senders sync.WaitGroup
	for range 20 {
		senders.Go(func() {
			for n := next.Add(1) - 1; n < int64(events); n = next.Add(1) - 1 {
				if long { // a minute for all of them
					<-time.After(time.Until(began.Add(time.Duration(n) * time.Minute / time.Duration(events))))
				}
				body := fmt.Sprintf(event, fmt.Sprint("flood_", n), stripe.APIVersion, false, customers[n%int64(many)], "")
				if status, _ := s.ask(t, "POST", "fence.localhost", "/webhooks/stripe", body, map[string]string{"Stripe-Signature": header(body, s.secret, time.Now())}); status != http.StatusOK {
					t.Errorf("webhook %d is answered %d", n, status)
				}
				sent.Add(1)
			}
		})
	}
	during := s.p99(t, func(int) bool { return sent.Load() == int64(events) })
	senders.Wait()
	took := time.Since(began)
	if kept := testkit.Value[int](t, s.Database, "SELECT count(*)::int FROM platform.billing_hints WHERE id LIKE 'evt_flood_%'"); kept != events {
		t.Errorf("%d webhooks were kept, want %d", kept, events)
	}
	drained := time.Now()
	for waiting := many; waiting > 0; {
		if time.Since(drained) > 5*time.Minute {
			t.Fatalf("%d customers are still to be read", waiting)
		}
		waiting = testkit.Value[int](t, s.Database, "SELECT count(*)::int FROM platform.billing_customers WHERE wanted > done OR read_at IS NULL")
	}
	t.Logf("%d webhooks about %d customers in %s, all read %s later; p99 of the API before %s, meanwhile %s", events, many, took.Round(time.Millisecond), time.Since(drained).Round(time.Millisecond), before, during)
	if long && during > before*6/5 {
		t.Errorf("the API's p99 rose from %s to %s", before, during)
	}
}
