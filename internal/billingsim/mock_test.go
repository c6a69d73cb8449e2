package billingsim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// calls are the operations of Stripe's client that stripegw uses, and what each sends. One that is not here, or that no
// course sends, fails TestStripeTakesWhatWeSend.
var calls = map[string]string{
	"V1BillingPortalConfigurations.Create": "POST /v1/billing_portal/configurations",
	"V1BillingPortalConfigurations.List":   "GET /v1/billing_portal/configurations",
	"V1BillingPortalSessions.Create":       "POST /v1/billing_portal/sessions",
	"V1Charges.List":                       "GET /v1/charges",
	"V1CheckoutSessions.Create":            "POST /v1/checkout/sessions",
	"V1CheckoutSessions.Expire":            "POST /v1/checkout/sessions/{}/expire",
	"V1CheckoutSessions.List":              "GET /v1/checkout/sessions",
	"V1CheckoutSessions.Retrieve":          "GET /v1/checkout/sessions/{}",
	"V1Customers.Create":                   "POST /v1/customers",
	"V1Customers.Retrieve":                 "GET /v1/customers/{}",
	"V1Customers.Search":                   "GET /v1/customers/search",
	"V1Disputes.List":                      "GET /v1/disputes",
	"V1InvoicePayments.List":               "GET /v1/invoice_payments",
	"V1Invoices.CreatePreview":             "POST /v1/invoices/create_preview",
	"V1Invoices.List":                      "GET /v1/invoices",
	"V1Invoices.Retrieve":                  "GET /v1/invoices/{}",
	"V1Invoices.VoidInvoice":               "POST /v1/invoices/{}/void",
	"V1Prices.Create":                      "POST /v1/prices",
	"V1Prices.List":                        "GET /v1/prices",
	"V1Prices.Retrieve":                    "GET /v1/prices/{}",
	"V1Products.Create":                    "POST /v1/products",
	"V1Products.Retrieve":                  "GET /v1/products/{}",
	"V1SubscriptionSchedules.Create":       "POST /v1/subscription_schedules",
	"V1SubscriptionSchedules.Release":      "POST /v1/subscription_schedules/{}/release",
	"V1SubscriptionSchedules.Retrieve":     "GET /v1/subscription_schedules/{}",
	"V1SubscriptionSchedules.Update":       "POST /v1/subscription_schedules/{}",
	"V1Subscriptions.Cancel":               "DELETE /v1/subscriptions/{}",
	"V1Subscriptions.List":                 "GET /v1/subscriptions",
	"V1Subscriptions.Retrieve":             "GET /v1/subscriptions/{}",
	"V1Subscriptions.Update":               "POST /v1/subscriptions/{}",
	"V1WebhookEndpoints.Create":            "POST /v1/webhook_endpoints",
	"V1WebhookEndpoints.Delete":            "DELETE /v1/webhook_endpoints/{}",
	"V1WebhookEndpoints.List":              "GET /v1/webhook_endpoints",
	"V1WebhookEndpoints.Update":            "POST /v1/webhook_endpoints/{}",
}

// differences are requests of ours that stripe-mock refuses and Stripe takes, with why. One that it takes after all fails
// the test.
var differences = map[string]string{}

// sent is a request as it was made, the first of its shape.
type sent struct{ method, path, query, body string }

// recorder keeps one request of each shape.
type recorder struct {
	mu     sync.Mutex
	shapes map[string]sent
}

var (
	segment = regexp.MustCompile(`/(?:(?:sub_sched|cs_test|sub|cus|in|price|bpc|we)_[A-Za-z0-9]+|fence_[a-z_]+)`)
	index   = regexp.MustCompile(`\[\d+\]`)
)

// operation is a method and a path without what is of one object.
func operation(method, path string) string {
	return method + " " + segment.ReplaceAllString(path, "/{}")
}

// shape is an operation with the names of its parameters.
func (s sent) shape() string {
	values, _ := url.ParseQuery(s.query + "&" + s.body) // our own client wrote it
	var names []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		names = append(names, index.ReplaceAllString(name, "[]"))
	}
	return operation(s.method, s.path) + " " + strings.Join(slices.Compact(names), " ")
}

func (r *recorder) note(req *http.Request) {
	s := sent{method: req.Method, path: req.URL.Path, query: req.URL.RawQuery}
	if req.Body != nil {
		b, _ := io.ReadAll(req.Body) // of memory
		req.Body = io.NopCloser(bytes.NewReader(b))
		s.body = string(b)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.shapes[s.shape()]; !known {
		r.shapes[s.shape()] = s
	}
}

// TestStripeTakesWhatWeSend sends a request of each shape that our code sends anywhere in the courses to stripe-mock,
// which holds it against Stripe's own description of its API.
func TestStripeTakesWhatWeSend(t *testing.T) {
	t.Parallel()
	mock := startMock(t)
	r := &recorder{shapes: map[string]sent{}}
	g := newGround(t)
	for seed := range uint64(2) {
		c := newCourse(t.Context(), g, seed+1, "", 6)
		c.recorder = r
		if err := c.play(); err != nil {
			t.Fatal(err)
		}
		c.sendTheRest(t)
	}
	seen := map[string]bool{}
	for _, shape := range slices.Sorted(maps.Keys(r.shapes)) {
		s := r.shapes[shape]
		op := operation(s.method, s.path)
		seen[op] = true
		status, text := mock.send(t, s)
		switch reason, listed := differences[shape]; {
		case status >= 300 && !listed:
			t.Errorf("stripe-mock refuses\n%s\nas %d %s\n%+v", shape, status, text, s)
		case status < 300 && listed:
			t.Errorf("stripe-mock takes %s by now: %s", shape, reason)
		}
	}
	for call := range used(t) {
		if op, known := calls[call]; !known || !seen[op] {
			t.Errorf("stripegw calls %s, and %q was not sent in any course", call, op)
		}
	}
	t.Logf("%d shapes of %d operations, %d differences", len(r.shapes), len(seen), len(differences))
}

// sendTheRest asks for what owners do seldom.
func (c *course) sendTheRest(t *testing.T) {
	t.Helper()
	c.trouble = false
	endpoint := c.call("GET", "/v1/webhook_endpoints").Data[0]
	c.call("POST", "/v1/webhook_endpoints/"+endpoint.ID, "enabled_events[0]", "invoice.paid")
	if _, _, err := c.gateway.Setup(c.ctx, "http://apex.invalid"+stripegw.WebhookPath, true); err != nil {
		t.Fatal(err)
	}
	var co *company
	for _, of := range c.companies {
		if of.customer() != "" && !c.call("GET", "/v1/customers/"+of.customer()).Deleted {
			co = of
		}
	}
	if co == nil {
		t.Fatal("no company is a customer")
	}
	asOwner := func(do func(a tenancy.Actor) error) {
		t.Helper()
		if err := errors.Join(c.mirror.ReadAgain(c.ctx, co.customer()), c.round()); err != nil {
			t.Fatal(err)
		}
		a, err := c.owner(co)
		if err == nil {
			err = do(a)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	alone := func() {
		for _, s := range c.all("/v1/subscriptions", "customer", co.customer()) {
			c.call("DELETE", "/v1/subscriptions/"+s.ID)
		}
	}
	pays := func(card string) {
		m := c.call("POST", "/v1/payment_methods/"+card+"/attach", "customer", co.customer())
		c.call("POST", "/v1/customers/"+co.customer(), "invoice_settings[default_payment_method]", m.ID)
	}
	choose := func(key plan.Key) func(tenancy.Actor) error {
		return func(a tenancy.Actor) error {
			shown, err := c.service.Consider(c.ctx, a, billing.ChooseInput{Plan: key})
			if err == nil {
				_, err = c.service.Choose(c.ctx, a, billing.ChooseInput{Plan: key, CountsFrom: shown.CountsFrom, Due: shown.Preview.Due})
			}
			return err
		}
	}
	undo := func(a tenancy.Actor) error { return c.service.Undo(c.ctx, a) }
	// A page that is opened and left.
	alone()
	asOwner(choose(plan.Growth))
	asOwner(func(a tenancy.Actor) error { return c.service.DropCheckout(c.ctx, a) })
	if _, err := c.gateway.FindCheckout(c.ctx, co.customer(), id.New()); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a page that nobody opened: %v", err)
	}
	asOwner(func(a tenancy.Actor) error { _, err := c.service.Portal(c.ctx, a); return err })
	// A change that waits for a payment, and is taken back.
	pays("pm_card_visa")
	c.call("POST", "/v1/subscriptions", "customer", co.customer(), "items[0][price]", c.prices["starter_v1"])
	pays("pm_card_chargeCustomerFail")
	asOwner(choose(plan.Growth))
	asOwner(undo)
	// A smaller plan from the next period on, and that taken back.
	alone()
	pays("pm_card_visa")
	c.call("POST", "/v1/subscriptions", "customer", co.customer(), "items[0][price]", c.prices["growth_v1"])
	for _, ch := range c.call("GET", "/v1/charges", "customer", co.customer()).Data {
		_, _ = c.sim.OpenDispute(ch.ID, 0, "fraudulent") // one that was declined is not disputed
	}
	asOwner(choose(plan.Starter))
	asOwner(undo)
	// The end of a plan that is unpaid.
	alone()
	c.call("POST", "/v1/subscriptions", "customer", co.customer(), "items[0][price]", c.prices["starter_v1"], "collection_method", "send_invoice", "days_until_due", "1")
	c.pass(2 * day)
	asOwner(func(a tenancy.Actor) error { _, err := c.service.Cancel(c.ctx, a); return err })
	if err := c.gateway.ForgetEndpoints(c.ctx); err != nil {
		t.Fatal(err)
	}
}

var callOf = regexp.MustCompile(`stripe\.(V1[A-Za-z]+\.[A-Z][A-Za-z]*)\(`)

// used are the operations that stripegw calls, by its source.
func used(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	files, err := filepath.Glob("../business/billing/stripegw/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range callOf.FindAllSubmatch(text, -1) {
			all[string(m[1])] = true
		}
	}
	return all
}

// mock is a running stripe-mock.
type mock struct{ client *http.Client }

func startMock(t *testing.T) mock {
	t.Helper()
	program, err := filepath.Abs("../../bin/tools/stripe-mock")
	if err == nil {
		_, err = os.Stat(program)
	}
	if err != nil {
		t.Fatal("nothing to hold requests against: make bin/tools/stripe-mock")
	}
	dir, err := os.MkdirTemp("", "mock") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	cmd := exec.Command(program, "-http-unix", socket)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it keeps nothing
		_ = cmd.Wait()
		_ = os.RemoveAll(dir) // a leftover folder under the system's temporary one
	})
	said := make([]byte, 4096) // it says so when it listens
	for text := ""; !strings.Contains(text, "Listening"); {
		n, err := out.Read(said)
		if err != nil {
			t.Fatalf("stripe-mock ended: %s", text)
		}
		text += string(said[:n])
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // until it ends
	return mock{&http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}}
}

func (m mock) send(t *testing.T, s sent) (status int, text string) {
	t.Helper()
	target := "http://stripe-mock" + s.path
	if s.query != "" {
		target += "?" + s.query
	}
	r, err := http.NewRequestWithContext(t.Context(), s.method, target, strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk_test_123")
	if s.method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	a, err := m.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }() // only read
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, fmt.Sprintf("%.600s", b)
}
