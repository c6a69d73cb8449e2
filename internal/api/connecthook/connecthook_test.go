package connecthook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"fenceplatform.com/fence/internal/api/connecthook"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/payment/connectgw"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/stripemock"
	"fenceplatform.com/fence/internal/stripesim"
	"fenceplatform.com/fence/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

const secretKey = "sk_test_simulated"

// world is the product's side of what homeowners pay, with the simulator as Stripe.
type world struct {
	*testkit.Database
	sim      *stripesim.Sim
	payments *payment.Service
	gateway  *connectgw.Client
	hook     string
	secret   string
	recorder stripemock.Recorder
}

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{Database: testkit.NewDatabase(t), sim: stripesim.New(stripesim.Config{Seed: 5, SecretKey: secretKey, Start: time.Now()})}
	api := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			w.recorder.Note(r)
		}
		w.sim.ServeHTTP(rw, r)
	}))
	t.Cleanup(api.Close)
	w.gateway = connectgw.New(stripegw.New(secretKey, api.URL))
	queue, err := tasks.NewQueue()
	if err != nil {
		t.Fatal(err)
	}
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	w.payments = &payment.Service{DB: w.App, Notify: &notify.Service{DB: w.App, Queue: queue, Site: site}, Accounts: w.gateway, Till: w.gateway}
	var handler http.Handler
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.ServeHTTP(rw, r) }))
	t.Cleanup(hook.Close)
	w.hook = hook.URL
	if w.secret, err = w.gateway.SetUpEndpoint(t.Context(), w.hook, false); err != nil {
		t.Fatal(err)
	}
	inbox := connectgw.Inbox{Inbox: stripegw.Inbox{Secrets: []string{w.secret}}}
	handler = connecthook.New(inbox, &payment.Hints{System: w.System}, w.sim.Now, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	return w
}

func (w *world) actor(t *testing.T, o testkit.Org) tenancy.Actor {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.As(tenancy.Person, o.Owner(), "Olive Owner", "owner", tenancy.Permissions)
}

// follow delivers every webhook that is due and does the tasks that they leave.
func (w *world) follow(t *testing.T) {
	t.Helper()
	w.sim.Deliver(t.Context())
	for _, row := range testkit.Values[string](t, w.Database, `WITH done AS (DELETE FROM tasks.river_job WHERE kind IN ('payment_read_account', 'payment_read_online') RETURNING id, kind, args)
		SELECT kind || ' ' || args::text FROM done ORDER BY id`) {
		kind, args, _ := strings.Cut(row, " ")
		var in struct {
			OrgID   id.ID  `json:"org_id"`
			Account string `json:"account"`
			Object  string `json:"object"`
		}
		if err := json.Unmarshal([]byte(args), &in); err != nil {
			t.Fatal(err)
		}
		a, err := tenancy.InTask(t.Context(), w.App, in.OrgID)
		if err != nil {
			t.Fatal(err)
		}
		if kind == "payment_read_account" {
			err = w.payments.FollowAccount(t.Context(), a, in.Account)
		} else {
			err = w.payments.FollowOnline(t.Context(), a, in.Account, in.Object)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// connected has A take payments online.
func (w *world) connected(t *testing.T) (account string) {
	t.Helper()
	page, err := w.payments.Connect(t.Context(), w.actor(t, testkit.A))
	if err != nil {
		t.Fatal(err)
	}
	w.post(t, page, url.Values{"answer": {"complete"}})
	w.follow(t)
	c, err := w.payments.GetAccount(t.Context(), w.actor(t, testkit.A))
	if err != nil || !c.Ready() {
		t.Fatalf("after onboarding: %+v, %v", c, err)
	}
	return c.Account
}

// post sends a form of one of Stripe's pages, as a browser would, and answers where it leads.
func (w *world) post(t *testing.T, page string, form url.Values) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, page, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }() // only read
	body, _ := io.ReadAll(a.Body)
	if a.StatusCode != http.StatusSeeOther && a.StatusCode != http.StatusFound {
		t.Fatalf("%s answers %d: %.300s", page, a.StatusCode, body)
	}
	return a.Header.Get("Location")
}

func (w *world) received(t *testing.T) money.Cents {
	t.Helper()
	return w.ledger(t).ReceivedCents
}

func (w *world) ledger(t *testing.T) payment.Ledger {
	t.Helper()
	l, err := w.payments.GetLedger(t.Context(), w.actor(t, testkit.A), testkit.A.Acceptance())
	if err != nil {
		t.Fatal(err)
	}
	var due, received money.Cents
	for _, e := range l.Entries {
		due, received = due+e.DueChange, received+e.ReceivedChange
	}
	if due != l.DueCents || received != l.ReceivedCents {
		t.Errorf("the ledger says %+v, its entries due %v, received %v", l.Standing, due, received)
	}
	return l
}

// pays has the homeowner pay an amount with a card, and answers the entry.
func (w *world) pays(t *testing.T, amount money.Cents, card string) payment.Entry {
	t.Helper()
	if _, err := w.payments.RequestPayment(t.Context(), w.actor(t, testkit.A), payment.RequestInput{Acceptance: testkit.A.Acceptance(), AmountCents: amount}); err != nil {
		t.Fatal(err)
	}
	page, err := w.payments.PayOnline(t.Context(), w.actor(t, testkit.A), "link of a")
	if err != nil {
		t.Fatal(err)
	}
	if back := w.post(t, page, url.Values{"number": {card}, "name": {"Dana Ruiz"}}); !strings.HasSuffix(back, "/q/link of a/paid") && !strings.HasSuffix(back, "/paid") {
		t.Errorf("after paying the browser is sent to %s", back)
	}
	w.follow(t)
	l := w.ledger(t)
	return l.Entries[len(l.Entries)-1]
}

func TestAHomeownerPaysTheContractorsAccount(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Untouched(t, testkit.B, func() {
		w.connected(t)
		e := w.pays(t, 150000, "4242424242424242")
		if e.Kind != payment.Payment || e.AmountCents != 150000 || e.Method != payment.Card || e.Reference != "ending in 4242" || e.RecordedName != "Dana Ruiz" {
			t.Errorf("paid %+v", e)
		}
		if got := w.received(t); got != 250000 {
			t.Errorf("received %v", got)
		}
		w.follow(t) // nothing new
		if got := w.received(t); got != 250000 {
			t.Errorf("received %v after all webhooks", got)
		}
	})
}

// B41 at the provider: in full, in part, and one that its bank sends back a day later.
func TestRefundsOfTheContractorsAccount(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.connected(t)
	a := w.actor(t, testkit.A)
	first, second := w.pays(t, 150000, "4242424242424242"), w.pays(t, 100000, "4000000000005126")
	for _, r := range []payment.RefundInput{{Payment: first.ID, AmountCents: 50000}, {Payment: first.ID, AmountCents: 100000}, {Payment: second.ID, AmountCents: 100000}} {
		if _, err := w.payments.Refund(t.Context(), a, r); err != nil {
			t.Fatal(err)
		}
	}
	w.follow(t)
	if l := w.ledger(t); l.ReceivedCents != 100000 || l.RefundedCents != 250000 || l.DueCents != 0 {
		t.Errorf("all is given back: %+v", l.Standing)
	}
	w.sim.Advance(w.sim.Now().AddDate(0, 0, 2))
	w.follow(t)
	if l := w.ledger(t); l.ReceivedCents != 200000 || l.RefundedCents != 150000 {
		t.Errorf("one failed: %+v", l.Standing)
	}
}

// B40 at the provider: lost and won, with the second company watching.
func TestDisputesOfTheContractorsAccount(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.connected(t)
	lost, won := w.pays(t, 150000, "4242424242424242"), w.pays(t, 100000, "4242424242424242")
	w.Untouched(t, testkit.B, func() {
		for _, e := range []payment.Entry{lost, won} {
			du, err := w.sim.OpenDispute(e.ProviderID, 0, "product_not_received")
			if err != nil {
				t.Fatal(err)
			}
			w.follow(t)
			if err := w.sim.CloseDispute(du, e.ID == won.ID); err != nil {
				t.Fatal(err)
			}
			w.follow(t)
		}
	})
	if l := w.ledger(t); l.ReceivedCents != 200000 || l.DueCents != 0 {
		t.Errorf("one lost, one won: %+v", l.Standing)
	}
	o, err := w.payments.OnlineOf(t.Context(), w.actor(t, testkit.A), lost)
	if err != nil || o.Dispute != "lost" {
		t.Errorf("the one that was lost: %+v, %v", o, err)
	}
}

func (w *world) send(t *testing.T, body, secret string, at time.Time) int {
	t.Helper()
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), body)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.hook, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	if secret != "" {
		r.Header.Set("Stripe-Signature", fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil))))
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Body.Close() // it has none
	return a.StatusCode
}

// A webhook is believed when its endpoint's own secret signed it, and reaches only the organization that owns the account.
func TestWhatIsNotBelievedOfAnAccount(t *testing.T) {
	t.Parallel()
	w := setup(t)
	account, now := w.connected(t), w.sim.Now()
	event := func(account, more string) string {
		return `{"id":"evt_1","object":"event","type":"charge.refunded","account":"` + account + `","data":{"object":{"id":"ch_1","object":"charge","payment_intent":"pi_1"}}` + more + `}`
	}
	enqueued := func() int {
		return testkit.Value[int](t, w.Database, `SELECT count(*) FROM tasks.river_job WHERE kind LIKE 'payment_read%'`)
	}
	w.Untouched(t, testkit.B, func() {
		for name, c := range map[string]struct {
			body, secret string
			at           time.Time
			want, tasks  int
		}{
			"no signature":      {event(account, ""), "", now, 400, 0},
			"another secret":    {event(account, ""), "whsec_other", now, 400, 0},
			"old":               {event(account, ""), w.secret, now.Add(-301 * time.Second), 400, 0},
			"of a time to come": {event(account, ""), w.secret, now.Add(301 * time.Second), 400, 0},
			"garbage":           {"no event", w.secret, now, 400, 0},
			"our own account":   {event("", ""), w.secret, now, 200, 0},
			"the other mode":    {event(account, `,"livemode":true`), w.secret, now, 200, 0},
			"nobody's account":  {event("acct_nobody", ""), w.secret, now, 200, 0},
			"too large":         {strings.Repeat("x", 512<<10+1), w.secret, now, 413, 0},
			"believed":          {event(account, ""), w.secret, now, 200, 1},
		} {
			before := enqueued()
			if got := w.send(t, c.body, c.secret, c.at); got != c.want {
				t.Errorf("%s: %d, want %d", name, got, c.want)
			}
			if got := enqueued() - before; got != c.tasks {
				t.Errorf("%s left %d tasks", name, got)
			}
		}
	})
	if of := testkit.Value[string](t, w.Database, `SELECT string_agg(DISTINCT args->>'org_id', ' ') FROM tasks.river_job WHERE kind LIKE 'payment_read%'`); of != testkit.A.ID.String() {
		t.Errorf("tasks are of %q", of)
	}
	w.follow(t)
}
