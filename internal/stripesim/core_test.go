package stripesim_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/stripesim"
)

// raw sends a request as it is.
func (b *bundle) raw(method, path, body string, headers ...string) (*http.Response, string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, b.server.URL+path, strings.NewReader(body))
	b.ok(err)
	r.Header.Set("Authorization", "Bearer sk_test_simulated")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := b.server.Client().Do(r)
	b.ok(err)
	text, err := io.ReadAll(answer.Body)
	b.ok(err)
	b.ok(answer.Body.Close())
	return answer, string(text)
}

func TestWhatIsUnknownIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		code, param              string
	}{
		{"a parameter", "POST", "/v1/customers", "emial=a%40b.example", 400, "parameter_unknown", "emial"},
		{"a nested one", "POST", "/v1/customers", "address[lien1]=x", 400, "parameter_unknown", "address[lien1]"},
		{"one in a list", "POST", "/v1/subscriptions", "customer=x&items[0][pirce]=y", 400, "parameter_unknown", "items[0][pirce]"},
		{"one of a question", "GET", "/v1/customers?foo=1", "", 400, "parameter_unknown", "foo"},
		{"a value where a hash belongs", "POST", "/v1/customers", "address=x", 400, "parameter_unknown", "address"},
		{"a word", "POST", "/v1/subscriptions", "customer=x&payment_behavior=hope", 400, "", "payment_behavior"},
		{"a number", "POST", "/v1/prices", "currency=usd&unit_amount=ten", 400, "parameter_invalid_integer", "unit_amount"},
		{"what must be there", "POST", "/v1/subscriptions", "", 400, "parameter_missing", "customer"},
		{"a customer in the path", "GET", "/v1/customers/cus_nope", "", 404, "resource_missing", "id"},
		{"a customer in a parameter", "POST", "/v1/subscriptions", "customer=cus_nope", 400, "resource_missing", "customer"},
		{"an expansion", "GET", "/v1/prices?expand[]=data.nothing", "", 400, "", "expand"},
		{"an address", "GET", "/v1/nothing", "", 404, "", ""},
	} {
		answer, body := b.raw(c.method, c.path, c.body)
		if answer.StatusCode != c.status {
			t.Errorf("%s: %d, want %d: %s", c.name, answer.StatusCode, c.status, body)
		}
		for key, want := range map[string]string{`"code":`: c.code, `"param":`: c.param} {
			if want != "" && !strings.Contains(body, key+`"`+want+`"`) {
				t.Errorf("%s: %s %q is not in %s", c.name, key, want, body)
			}
		}
		if answer.Header.Get("Request-Id") == "" {
			t.Errorf("%s: no Request-Id", c.name)
		}
	}
}

func TestAKeyOpensOneMode(t *testing.T) {
	t.Parallel()
	b := serve(t, stripesim.Config{LiveKey: "sk_live_simulated"})
	for key, want := range map[string]int{"": 401, "Bearer ": 401, "Bearer sk_test_other": 401, "Bearer sk_test_simulated": 200, "Bearer sk_live_simulated": 200} {
		answer, body := b.raw("GET", "/v1/customers", "", "Authorization", key)
		if answer.StatusCode != want {
			t.Errorf("%q: %d, want %d: %s", key, answer.StatusCode, want, body)
		}
	}
	_, made := b.raw("POST", "/v1/customers", "name=Live", "Authorization", "Bearer sk_live_simulated")
	if !strings.Contains(made, `"livemode":true`) {
		t.Errorf("not of the live mode: %s", made)
	}
	if _, listed := b.raw("GET", "/v1/customers", ""); !strings.Contains(listed, `"data":[]`) {
		t.Errorf("the test mode sees the live mode's customer: %s", listed)
	}
	if answer, body := b.raw("GET", "/v1/customers", "", "Stripe-Version", "2020-08-27"); answer.StatusCode != 400 {
		t.Errorf("another version of the API: %d %s, want 400", answer.StatusCode, body)
	}
}

func TestIdempotencyKeysReplay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, body := b.raw("POST", "/v1/customers", "name=One", "Idempotency-Key", "k1")
	second, again := b.raw("POST", "/v1/customers", "name=One", "Idempotency-Key", "k1")
	if body != again || second.Header.Get("Idempotent-Replayed") != "true" || first.Header.Get("Idempotent-Replayed") != "" {
		t.Errorf("not replayed: %s then %s", body, again)
	}
	if answer, body := b.raw("POST", "/v1/customers", "name=Two", "Idempotency-Key", "k1"); answer.StatusCode != 400 || !strings.Contains(body, "idempotency_error") {
		t.Errorf("other parameters: %d %s, want 400 idempotency_error", answer.StatusCode, body)
	}
	if answer, body := b.raw("POST", "/v1/products", "name=One", "Idempotency-Key", "k1"); answer.StatusCode != 400 || !strings.Contains(body, "idempotency_error") {
		t.Errorf("another path: %d %s, want 400 idempotency_error", answer.StatusCode, body)
	}
	if answer, _ := b.raw("POST", "/v1/customers", "nmae=One", "Idempotency-Key", "k2"); answer.StatusCode != 400 {
		t.Error("a wrong parameter is taken")
	}
	if answer, body := b.raw("POST", "/v1/customers", "name=One", "Idempotency-Key", "k2"); answer.StatusCode != 200 {
		t.Errorf("the key of a refused request is not free: %d %s", answer.StatusCode, body)
	}
	b.after(25 * time.Hour)
	if answer, later := b.raw("POST", "/v1/customers", "name=One", "Idempotency-Key", "k1"); later == body || answer.Header.Get("Idempotent-Replayed") != "" {
		t.Error("the key is remembered after a day")
	}
}

func TestA500IsReplayedUnderItsKey(t *testing.T) {
	t.Parallel()
	for _, kind := range []stripesim.Kind{stripesim.FailBefore, stripesim.FailAfter} {
		b := setup(t)
		b.sim.Inject(stripesim.Fault{Kind: kind, Method: "POST", Prefix: "/v1/customers"})
		params := &stripe.CustomerCreateParams{Name: stripe.String("Acme")}
		params.SetIdempotencyKey("cust:1")
		for range 2 {
			_, err := b.V1Customers.Create(t.Context(), params)
			if e := b.refused(err, 500, ""); e.Type != stripe.ErrorTypeAPI {
				t.Errorf("%s: the error is of type %s", kind, e.Type)
			}
		}
		made := 0
		for _, err := range b.V1Customers.List(t.Context(), nil).All(t.Context()) {
			b.ok(err)
			made++
		}
		if want := map[stripesim.Kind]int{stripesim.FailBefore: 0, stripesim.FailAfter: 1}[kind]; made != want {
			t.Errorf("%s: %d customers, want %d", kind, made, want)
		}
	}
}

func TestTroubleWithCalls(t *testing.T) {
	t.Parallel()
	b := setup(t)
	patient := connect(t, b.server.URL, 2)
	name := &stripe.CustomerCreateParams{Name: stripe.String("Acme")}

	b.sim.Inject(stripesim.Fault{Kind: stripesim.TooMany})
	answer, body := b.raw("POST", "/v1/customers", "name=x")
	if answer.StatusCode != 429 || answer.Header.Get("Retry-After") == "" || !strings.Contains(body, "rate_limit") {
		t.Errorf("429: %d %v %s", answer.StatusCode, answer.Header, body)
	}
	b.sim.Inject(stripesim.Fault{Kind: stripesim.Conflict})
	_, err := b.V1Customers.Create(t.Context(), name)
	b.refused(err, 409, "lock_timeout")

	b.sim.Inject(stripesim.Fault{Kind: stripesim.Reset, Method: "POST"})
	cus, err := patient.V1Customers.Create(t.Context(), name)
	b.ok(err)
	n := 0
	for range b.V1Customers.List(t.Context(), nil).All(t.Context()) {
		n++
	}
	if n != 1 || cus.ID == "" {
		t.Errorf("a connection cut after the deed, and a client that tries again: %d customers, want 1", n)
	}
}

func TestARequestInFlightKeepsItsKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sim.Inject(stripesim.Fault{Kind: stripesim.Hang, Method: "POST", For: time.Minute})
	var wait sync.WaitGroup
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.server.URL+"/v1/customers", strings.NewReader("name=x"))
	b.ok(err)
	r.Header.Set("Authorization", "Bearer sk_test_simulated")
	r.Header.Set("Idempotency-Key", "k")
	wait.Go(func() {
		if answer, err := b.server.Client().Do(r); err == nil {
			_ = answer.Body.Close()
			t.Error("the hanging request was answered")
		}
	})
	for made := false; !made; { // it is done before it hangs
		_, body := b.raw("GET", "/v1/customers", "")
		made = strings.Contains(body, `"object":"customer"`)
	}
	if answer, body := b.raw("POST", "/v1/customers", "name=x", "Idempotency-Key", "k"); answer.StatusCode != 409 || !strings.Contains(body, "idempotency_key_in_use") {
		t.Errorf("while the first is in flight: %d %s", answer.StatusCode, body)
	}
	leave()
	wait.Wait()
	for {
		answer, _ := b.raw("POST", "/v1/customers", "name=x", "Idempotency-Key", "k")
		if answer.StatusCode == 200 {
			if answer.Header.Get("Idempotent-Replayed") != "true" {
				t.Error("done twice")
			}
			return
		}
	}
}

func TestListsComeInPages(t *testing.T) {
	t.Parallel()
	b := serve(t, stripesim.Config{})
	var ids []string
	for range 25 {
		ids = append(ids, b.customer("").ID)
		b.after(time.Minute)
	}
	n := len(ids)
	for cus, err := range b.V1Customers.List(t.Context(), &stripe.CustomerListParams{ListParams: stripe.ListParams{Limit: stripe.Int64(4)}}).All(t.Context()) {
		b.ok(err)
		if n--; cus.ID != ids[n] {
			t.Fatalf("customer %d from the end is %s, want %s", len(ids)-n, cus.ID, ids[n])
		}
	}
	if n != 0 {
		t.Errorf("%d customers are left out", n)
	}
	page := func(query string) string { _, body := b.raw("GET", "/v1/customers?"+query, ""); return body }
	if body := page("limit=2&ending_before=" + ids[10]); !strings.Contains(body, ids[12]) || !strings.Contains(body, ids[11]) || !strings.Contains(body, `"has_more":true`) {
		t.Errorf("before one: %s", body)
	}
	middle := b.sim.Now().Add(-5 * time.Minute).Unix()
	if body := page("created[gte]=" + itoa(middle)); strings.Count(body, `"object":"customer"`) != 5 {
		t.Errorf("those of the last five minutes: %s", body)
	}
	if answer, _ := b.raw("GET", "/v1/customers?limit=101", ""); answer.StatusCode != 400 {
		t.Errorf("a page of 101: %d, want 400", answer.StatusCode)
	}
	if answer, _ := b.raw("GET", "/v1/customers?starting_after=cus_x", ""); answer.StatusCode != 400 {
		t.Errorf("after nobody: %d, want 400", answer.StatusCode)
	}
}

func TestMetadataMerges(t *testing.T) {
	t.Parallel()
	b := serve(t, stripesim.Config{})
	cus, err := b.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{Metadata: map[string]string{"org": "1", "old": "x"}})
	b.ok(err)
	cus, err = b.V1Customers.Update(t.Context(), cus.ID, &stripe.CustomerUpdateParams{Metadata: map[string]string{"old": "", "new": "y"}})
	b.ok(err)
	if len(cus.Metadata) != 2 || cus.Metadata["org"] != "1" || cus.Metadata["new"] != "y" {
		t.Errorf("merged to %v", cus.Metadata)
	}
	found := 0
	for c, err := range b.V1Customers.Search(t.Context(), &stripe.CustomerSearchParams{SearchParams: stripe.SearchParams{Query: "metadata['org']:'1'"}}).All(t.Context()) {
		b.ok(err)
		if c.ID == cus.ID {
			found++
		}
	}
	if found != 1 {
		t.Errorf("found %d times by its metadata", found)
	}
	b.raw("POST", "/v1/customers/"+cus.ID, "metadata=")
	cus, err = b.V1Customers.Retrieve(t.Context(), cus.ID, nil)
	b.ok(err)
	if len(cus.Metadata) != 0 {
		t.Errorf("metadata taken away, left %v", cus.Metadata)
	}
}

func TestADeletedCustomerIsATombstone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	gone, err := b.V1Customers.Delete(t.Context(), cus.ID, nil)
	b.ok(err)
	again, err := b.V1Customers.Retrieve(t.Context(), cus.ID, nil)
	b.ok(err)
	if !gone.Deleted || !again.Deleted || again.ID != cus.ID {
		t.Errorf("deleted %+v, looked up %+v", gone, again)
	}
	b.status(s, stripe.SubscriptionStatusCanceled)
	_, err = b.V1Customers.Update(t.Context(), cus.ID, &stripe.CustomerUpdateParams{Name: stripe.String("x")})
	b.refused(err, 404, "resource_missing")
	b.counted("customer.deleted", 1)
}

func TestTheSameCallsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	run := func() string {
		sim := stripesim.New(stripesim.Config{Seed: 3, PublicURL: "http://pay.example"})
		call := func(method, path, body string) string {
			r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer sk_test_simulated")
			w := httptest.NewRecorder()
			sim.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
			}
			return w.Body.String()
		}
		cus, price := id(call("POST", "/v1/customers", "")), id(call("POST", "/v1/prices", "currency=usd&unit_amount=4900&product_data[name]=Growth&recurring[interval]=month"))
		m := id(call("POST", "/v1/payment_methods/pm_card_visa/attach", "customer="+cus))
		call("POST", "/v1/subscriptions", "customer="+cus+"&items[0][price]="+price+"&default_payment_method="+m)
		sim.Advance(sim.Now().AddDate(0, 2, 3))
		return call("GET", "/v1/events?limit=100", "")
	}
	if first, second := run(), run(); first != second {
		t.Error("two runs of one seed differ")
	}
}

func TestMoneyIsInOneCurrency(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	b.subscribe(cus, b.starter, nil)
	_, body := b.raw("POST", "/v1/prices", url.Values{"currency": {"cad"}, "unit_amount": {"100"}, "recurring[interval]": {"month"}, "product_data[name]": {"x"}}.Encode())
	price := id(body)
	_, err := b.V1Subscriptions.Create(t.Context(), &stripe.SubscriptionCreateParams{Customer: &cus.ID, Items: []*stripe.SubscriptionCreateItemParams{{Price: &price}}})
	b.refused(err, 400, "")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// id is the first id of an answer.
func id(body string) string {
	_, rest, _ := strings.Cut(body, `"id":"`)
	found, _, _ := strings.Cut(rest, `"`)
	return found
}
