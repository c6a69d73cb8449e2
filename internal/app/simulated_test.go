package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/ui/devclock"
)

// home is an installation without any setting but where it lies: payments are simulated.
func simulatedHome(t *testing.T) config.Settings {
	t.Helper()
	dir, err := os.MkdirTemp("", "fence-pay-") // short, and open to PostgreSQL's account
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // the test's result stands
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return config.Settings{Listen: "127.0.0.1:0", AdminListen: "127.0.0.1:0", PublicURL: "http://fence.localhost:8110", DataDir: dir, MailFrom: "mail@fence.localhost", Connections: 5}
}

// serving is a process that serves until its test ends, or until it is stopped.
type serving struct {
	*App
	stop func()
}

func serveHere(t *testing.T, s config.Settings) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	a, err := New(ctx, s, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	stopped := false
	out := &serving{App: a, stop: func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
		a.Close(context.WithoutCancel(ctx))
	}}
	t.Cleanup(out.stop)
	until(t, "it is ready", func() bool {
		res, err := http.Get("http://" + a.ops.Addr().String() + "/readyz")
		return err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusOK
	})
	return out
}

// signUp makes a company and answers its number.
func (s *serving) signUp(t *testing.T, name string) id.ID {
	t.Helper()
	done, err := s.Services.SignUps.SignUp(t.Context(), tenancy.Request{ID: "test", IP: "127.0.0.1"}, onboarding.SignUpInput{
		Company: name, Email: "owner@" + strings.ToLower(strings.Fields(name)[0]) + ".example", Password: "seven cedar pickets", ZIP: "78701"})
	if err != nil {
		t.Fatal(err)
	}
	return done.Organization.ID
}

// until waits for what background work brings about.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for began := time.Now(); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("after half a minute not: %s", what)
		}
	}
}

// mirrored is what is known of a company's customer; empty before it was read.
func (s *serving) mirrored(t *testing.T, org id.ID) (customer, status string) {
	t.Helper()
	type row struct{ ID, Status string }
	rows, err := pg.SystemRows[row](t.Context(), s.system, `SELECT c.id, coalesce(s.status, '') AS status FROM platform.billing_customers c
		LEFT JOIN platform.subscriptions s ON s.customer_id = c.id WHERE c.org_id = $1 AND c.read_at IS NOT NULL`, org)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		return "", ""
	}
	return rows[0].ID, rows[0].Status
}

// ask is a request to the simulator's API as the product does.
func (s *serving) ask(t *testing.T, method, path string, form url.Values) string {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(s.payments.simulator.key, "")
	w := httptest.NewRecorder()
	s.payments.simulator.sim.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// subscribe has a customer pay for growth with a card.
func (s *serving) subscribe(t *testing.T, customer, card string) {
	t.Helper()
	saved := regexp.MustCompile(`pm_\w+`).FindString(s.ask(t, http.MethodPost, "/v1/payment_methods/"+card+"/attach", url.Values{"customer": {customer}}))
	s.ask(t, http.MethodPost, "/v1/customers/"+customer, url.Values{"invoice_settings[default_payment_method]": {saved}})
	price := regexp.MustCompile(`price_\w+`).FindString(s.ask(t, http.MethodGet, "/v1/prices?lookup_keys[0]=growth_v1", nil))
	s.ask(t, http.MethodPost, "/v1/subscriptions", url.Values{"customer": {customer}, "items[0][price]": {price}, "trial_period_days": {"7"}})
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// A machine with no settings at all: who signs up is a customer, what they pay is known, and both outlast the process.
func TestPaymentsAreSimulatedWithoutSettings(t *testing.T) {
	t.Parallel()
	home := simulatedHome(t)
	s := serveHere(t, home)
	org := s.signUp(t, "Simulated Fence")
	until(t, "the company is a customer and was read", func() bool { c, _ := s.mirrored(t, org); return c != "" })
	customer, _ := s.mirrored(t, org)
	if found := must[string](t)(s.payments.simulator.gateway.FindCustomer(t.Context(), org)); found != customer {
		t.Errorf("the simulator has %q, the mirror %q", found, customer)
	}
	s.subscribe(t, customer, "pm_card_visa")
	until(t, "a webhook told of the subscription", func() bool { _, status := s.mirrored(t, org); return status == "trialing" })
	secret := s.payments.simulator.secret
	s.stop()
	for _, name := range []string{simulatorKeyFile, webhookKeyFile, simulatorJournal} {
		if info, err := os.Stat(filepath.Join(home.DataDir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want it for its owner only", name, info, err)
		}
	}

	again := serveHere(t, home)
	if again.payments.simulator.secret != secret {
		t.Error("the endpoint has another secret after a new start")
	}
	if found := must[string](t)(again.payments.simulator.gateway.FindCustomer(t.Context(), org)); found != customer {
		t.Errorf("after a new start the simulator has %q, want %q", found, customer)
	}
	if err := again.payments.simulator.move(t.Context(), again.clock.now().AddDate(0, 0, 8)); err != nil {
		t.Fatal(err)
	}
	if _, status := again.mirrored(t, org); status != "active" {
		t.Errorf("8 days later the subscription is %q", status)
	}
	if err := again.payments.simulator.move(t.Context(), again.clock.now().Add(-time.Hour)); err == nil {
		t.Error("the clock went back")
	}
	again.stop()
	if last := serveHere(t, home); last.clock.now().Before(time.Now().AddDate(0, 0, 7)) {
		t.Error("the clock stands where it was before it was moved")
	}
}

// A journal that was kept, and secrets that were not.
func TestLostSecretsOfSimulatedPaymentsAreMadeAnew(t *testing.T) {
	t.Parallel()
	home := simulatedHome(t)
	s := serveHere(t, home)
	old := s.payments.simulator.secret
	s.stop()
	if err := os.Remove(filepath.Join(home.DataDir, webhookKeyFile)); err != nil {
		t.Fatal(err)
	}
	home.PublicURL = "http://fence.localhost:8111"
	s = serveHere(t, home)
	if now := s.payments.simulator.secret; now == "" || now == old {
		t.Errorf("the secret is %q, it was %q", now, old)
	}
	org := s.signUp(t, "Forgetful Fence")
	until(t, "a customer", func() bool { c, _ := s.mirrored(t, org); return c != "" })
	customer, _ := s.mirrored(t, org)
	s.subscribe(t, customer, "pm_card_visa")
	until(t, "webhooks come in with the new secret", func() bool { _, status := s.mirrored(t, org); return status == "trialing" })
}

// The simulator's API is for this process; its pages are on their own host, its clock is this machine's.
func TestSimulatorIsOnItsOwnHostOnly(t *testing.T) {
	t.Parallel()
	s := serveHere(t, simulatedHome(t))
	org := s.signUp(t, "Alone Fence")
	until(t, "a customer", func() bool { c, _ := s.mirrored(t, org); return c != "" })
	handler := s.Handler(nil)
	for _, c := range []struct {
		host, path, from string
		want             int
		has              string
	}{
		{"alone-fence.fence.localhost", "/v1/customers", "127.0.0.1", http.StatusUnauthorized, "problem"},
		{"alone-fence.fence.localhost", "/sim/clock", "127.0.0.1", http.StatusNotFound, ""},
		{"fence.localhost", "/sim/clock", "127.0.0.1", http.StatusNotFound, ""},
		{"pay.fence.localhost", "/sim/clock", "127.0.0.1", http.StatusOK, "clock of payments"},
		{"pay.fence.localhost", "/sim/clock", "192.0.2.7", http.StatusNotFound, ""},
		{"pay.fence.localhost", "/v1/customers", "127.0.0.1", http.StatusNotFound, ""},
		{"pay.fence.localhost", "/login", "127.0.0.1", http.StatusNotFound, ""},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Host, r.RemoteAddr = c.host+":8110", c.from+":1"
		r.SetBasicAuth(s.payments.simulator.key, "")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.want || !strings.Contains(w.Body.String()+w.Header().Get("Content-Type"), c.has) || c.has == "" && strings.Contains(w.Body.String(), "cus_") {
			t.Errorf("%s%s from %s: %d %.200s, want %d with %q", c.host, c.path, c.from, w.Code, w.Body, c.want, c.has)
		}
	}
}

// A key of Stripe ends the simulation; a clock that was moved cannot become real again.
func TestMovedClockTakesNoRealPayments(t *testing.T) {
	t.Parallel()
	home := simulatedHome(t)
	s := serveHere(t, home)
	s.stop()
	home.StripeKey, home.StripeSecrets, home.StripeAddress = "sk_test_x", "whsec_x", "http://127.0.0.1:1"
	s = serveHere(t, home)
	if err := s.clock.move(t.Context(), s.clock.now().Add(time.Hour)); err == nil {
		t.Error("the clock was moved beside a real provider")
	}
	s.stop()
	home.StripeKey, home.StripeSecrets, home.StripeAddress = "", "", ""
	s = serveHere(t, home)
	if err := s.payments.simulator.move(t.Context(), s.clock.now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	s.stop()
	home.StripeKey, home.StripeSecrets = "sk_test_x", "whsec_x"
	a, err := New(t.Context(), home, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err == nil {
		a.Close(t.Context())
	}
	if err == nil || !strings.Contains(fmt.Sprint(err), "another FENCE_DATA_DIR") {
		t.Errorf("with a clock that was moved it starts: %v", err)
	}
}

// The page of the clock moves everything together, forward, from this machine only.
func TestClockPageMovesThePlatform(t *testing.T) {
	t.Parallel()
	s := serveHere(t, simulatedHome(t))
	org := s.signUp(t, "Tomorrow Fence")
	until(t, "a customer", func() bool { c, _ := s.mirrored(t, org); return c != "" })
	handler := s.Handler(nil)
	ask := func(method, from, form string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, devclock.Path, strings.NewReader(form))
		r.Host, r.RemoteAddr = "fence.localhost:8110", from+":1"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	before := s.clock.now()
	if w := ask("GET", "127.0.0.1", ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Tomorrow Fence") || !strings.Contains(w.Body.String(), "trialing") {
		t.Errorf("the page: %d %.300s", w.Code, w.Body)
	}
	for _, method := range []string{"GET", "POST"} {
		if w := ask(method, "192.0.2.7", "by=24h"); w.Code != http.StatusNotFound {
			t.Errorf("%s from elsewhere: %d", method, w.Code)
		}
	}
	for _, form := range []string{"by=-1h", "by=0s", "by=9000h", "by=x", "to=x", "to=2001-01-01", ""} {
		if w := ask("POST", "127.0.0.1", form); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d, want it refused", form, w.Code)
		}
	}
	if w := ask("POST", "127.0.0.1", "by=360h"); w.Code != http.StatusSeeOther {
		t.Fatalf("15 days on: %d %.300s", w.Code, w.Body)
	}
	actor := must[tenancy.Actor](t)(tenancy.InTask(t.Context(), s.db, org))
	if e := actor.Entitlements(s.clock.now()); e.State != plan.Canceled || s.clock.now().Sub(before) < 360*time.Hour {
		t.Errorf("15 days after the sign-up it is %s, at %v", e.State, s.clock.now())
	}
	if simulated := s.payments.simulator.sim.Now(); simulated.Sub(before) < 360*time.Hour-time.Second {
		t.Errorf("payments are at %v", simulated)
	}
	if w := ask("GET", "127.0.0.1", ""); !strings.Contains(w.Body.String(), "canceled") {
		t.Errorf("the page: %.300s", w.Body)
	}
}
