package billing_test

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/stripesim"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

const secretKey = "sk_test_simulated"

// world is two companies whose trial runs, and a provider at the same time of day.
type world struct {
	*testkit.Database
	t       *testing.T
	sim     *stripesim.Sim
	stripe  *stripe.Client
	mirror  *billing.Mirror
	worker  *billing.Worker
	service *billing.Service
	people  *identity.Service
}

// trialLeft is how long the trial still runs when a test begins.
const trialLeft = 10 * 24 * time.Hour

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{Database: testkit.NewDatabase(t), t: t}
	w.sim = stripesim.New(stripesim.Config{Seed: 17, SecretKey: secretKey, Start: w.now()})
	api := httptest.NewServer(w.sim)
	t.Cleanup(api.Close)
	w.stripe = stripe.NewClient(secretKey, stripe.WithBackends(stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL: stripe.String(api.URL), MaxNetworkRetries: stripe.Int64(0), EnableTelemetry: stripe.Bool(false), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	})))
	gateway := stripegw.New(secretKey, api.URL)
	if _, _, err := gateway.Setup(t.Context(), "https://fence.example/webhooks/stripe", true); err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	w.mirror = billing.NewMirror(w.System)
	w.worker = billing.NewWorker(w.mirror, gateway, quiet)
	queue := must[*tasks.Queue](t)(tasks.NewQueue())
	site := must[tenancy.Site](t)(tenancy.NewSite("http://fence.localhost:8080"))
	w.service = &billing.Service{DB: w.App, Queue: queue, Site: site, Accounts: billing.NewAccounts(w.mirror, gateway), Worker: w.worker, Gateway: gateway}
	w.people = identity.NewService(w.App, &notify.Service{DB: w.App, Queue: queue, Site: site, From: "mail@fence.localhost"}, secret.NewTestPasswords(), func(string) bool { return false })
	w.Exec(t, "UPDATE app.organizations SET plan = 'trial', trial_ends_at = $1", w.now().Add(trialLeft))
	return w
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

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused wants a fault of a code.
func (w *world) refused(err error, code string) {
	w.t.Helper()
	if err == nil || fault.As(err).Code != code {
		w.t.Fatalf("refused with %v, want %s", err, code)
	}
}

func (w *world) now() time.Time { return testkit.Value[time.Time](w.t, w.Database, "SELECT app.now()") }

// pass lets time pass, here and at the provider, and then reads what happened there.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.Advance(w.t, d)
	w.sim.Advance(w.now())
	w.follow()
}

// until lets time pass until a moment.
func (w *world) until(at time.Time) {
	w.t.Helper()
	w.pass(at.Sub(w.now()))
}

// follow reads everybody at the provider, as after a webhook.
func (w *world) follow() {
	w.t.Helper()
	w.Exec(w.t, "UPDATE platform.billing_customers SET wanted = wanted + 1, next_at = clock_timestamp()")
	w.ok(w.worker.Drain(w.t.Context()))
}

// of is somebody of a company as of now; key, when it is not empty, is that of the form.
func (w *world) of(o testkit.Org, who id.ID, role identity.Role) tenancy.Actor {
	w.t.Helper()
	a := must[tenancy.Actor](w.t)(tenancy.InTask(w.t.Context(), w.App, o.ID))
	return a.As(tenancy.Person, who, role.Label(), string(role), role.Permissions()).WithRequest(tenancy.Request{ID: "test", IP: "192.0.2.1"})
}

func (w *world) owner() tenancy.Actor { return w.of(testkit.A, testkit.A.Owner(), identity.Owner) }

func (w *world) platform() tenancy.Actor {
	w.t.Helper()
	return must[tenancy.Actor](w.t)(tenancy.InTask(w.t.Context(), w.App, testkit.A.ID))
}

func (w *world) entitlements() plan.Entitlements { return w.owner().Entitlements(w.now()) }

// session is the id of the checkout that a person was led to.
func (w *world) session() string {
	w.t.Helper()
	return testkit.Value[string](w.t, w.Database, "SELECT provider_id FROM app.plan_acts WHERE org_id = $1 AND kind = 'checkout' AND state = 'open'", testkit.A.ID)
}

// buys has the owner choose a plan and pay it with a card, and reads what came of it.
func (w *world) buys(p plan.Key, card string) {
	w.t.Helper()
	out, err := w.service.Choose(w.t.Context(), w.owner(), billing.ChooseInput{Plan: p})
	w.ok(err)
	if out.PayURL == "" {
		w.t.Fatalf("the owner is led nowhere: %+v", out)
	}
	w.pays(w.session(), card)
}

func (w *world) pays(session, card string) {
	w.t.Helper()
	wants, err := w.sim.PayCheckout(session, card, "")
	w.ok(err)
	if wants {
		w.ok(w.sim.Authenticate(session, true))
	}
	w.ok(w.service.SettleOpen(w.t.Context(), w.platform()))
	w.follow()
}

// subscribed has a company that pays for a plan since its trial ended.
func (w *world) subscribed(p plan.Key, card string) {
	w.t.Helper()
	w.Exec(w.t, "UPDATE app.organizations SET trial_ends_at = $1", w.now().Add(time.Hour))
	w.buys(p, card)
	if e := w.entitlements(); e.State != plan.Active && e.State != plan.Trialing {
		w.t.Fatalf("after the purchase it is %s on %s", e.State, e.Plan.Key)
	}
	w.pass(2 * time.Hour)
}

// switches has the owner look at a change and agree to it.
func (w *world) switches(to plan.Key) (billing.Choice, billing.Outcome, error) {
	w.t.Helper()
	c, err := w.service.Consider(w.t.Context(), w.owner(), billing.ChooseInput{Plan: to})
	w.ok(err)
	out, err := w.service.Choose(w.t.Context(), w.owner(), billing.ChooseInput{Plan: to, CountsFrom: c.CountsFrom, Due: c.Preview.Due})
	return c, out, err
}

// staff makes so many people work at A: the owner, and others who are added or taken away.
func (w *world) staff(n int) {
	w.t.Helper()
	w.Exec(w.t, "UPDATE app.users SET deactivated_at = '2026-01-06' WHERE org_id = $1 AND role <> 'owner'", testkit.A.ID)
	w.Exec(w.t, `UPDATE app.users SET deactivated_at = NULL WHERE org_id = $1 AND id IN (SELECT id FROM app.users WHERE org_id = $1 AND role <> 'owner' ORDER BY id LIMIT $2)`, testkit.A.ID, n-1)
	have := testkit.Value[int](w.t, w.Database, "SELECT count(*)::int FROM app.users WHERE org_id = $1 AND deactivated_at IS NULL", testkit.A.ID)
	for ; have < n; have++ {
		w.Exec(w.t, `INSERT INTO app.users (org_id, id, name, email, role, password_hash, created_at) VALUES ($1, $2, 'Crew', $3, 'crew', 'unset', '2026-01-05')`,
			testkit.A.ID, id.New(), fmt.Sprintf("crew%d@a.example", have))
	}
	w.Exec(w.t, "UPDATE app.usage_levels SET used = $2 WHERE org_id = $1 AND metric = 'users'", testkit.A.ID, n)
}

// customer is A's at the provider.
func (w *world) customer() string {
	w.t.Helper()
	return testkit.Value[string](w.t, w.Database, "SELECT id FROM platform.billing_customers WHERE org_id = $1 AND gone_at IS NULL", testkit.A.ID)
}

// subscriptions are A's that go on, at the provider itself.
func (w *world) subscriptions() (all []*stripe.Subscription) {
	w.t.Helper()
	customer := w.customer()
	for s, err := range w.stripe.V1Subscriptions.List(w.t.Context(), &stripe.SubscriptionListParams{Customer: &customer}).All(w.t.Context()) {
		w.ok(err)
		all = append(all, s)
	}
	return all
}

// invoices are A's at the provider itself, the newest first.
func (w *world) invoices() (all []*stripe.Invoice) {
	w.t.Helper()
	customer := w.customer()
	for i, err := range w.stripe.V1Invoices.List(w.t.Context(), &stripe.InvoiceListParams{Customer: &customer}).All(w.t.Context()) {
		w.ok(err)
		all = append(all, i)
	}
	return all
}

// method is the card that A pays with.
func (w *world) method() string {
	w.t.Helper()
	return w.subscriptions()[0].DefaultPaymentMethod.ID
}

// logged are the deeds about the plan that A's log has, in order.
func (w *world) logged() []string {
	w.t.Helper()
	return testkit.Values[string](w.t, w.Database, `SELECT content::jsonb ->> 'action' FROM app.audit_entries WHERE org_id = $1 AND record_type = 'plan' ORDER BY seq`, testkit.A.ID)
}
