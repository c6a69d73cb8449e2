package stripesim_test

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"encoding/json"

	"fenceplatform.com/fence/internal/stripesim"
)

// walker does to a simulator whatever comes to its mind, by a seed.
type walker struct {
	t      *testing.T
	sim    *stripesim.Sim
	random *rand.Rand
	log    []string

	customers, subscriptions, items, methods, invoices, intents, schedules, sessions []string
	prices                                                                           []string
}

func (w *walker) call(method, path, body string) map[string]any {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer sk_test_simulated")
	out := httptest.NewRecorder()
	w.log = append(w.log, method+" "+path+" "+body)
	w.sim.ServeHTTP(out, r)
	if out.Code >= 500 {
		w.t.Fatalf("%d %s\n%s", out.Code, out.Body, strings.Join(w.log, "\n"))
	}
	var v map[string]any
	if err := json.Unmarshal(out.Body.Bytes(), &v); err != nil {
		w.t.Fatal(err)
	}
	if out.Code != 200 {
		return nil
	}
	return v
}

func (w *walker) any(of []string) string {
	if len(of) == 0 {
		return "none"
	}
	return of[w.random.IntN(len(of))]
}

func (w *walker) note(into *[]string, v map[string]any) map[string]any {
	if id, ok := v["id"].(string); ok {
		*into = append(*into, id)
	}
	return v
}

var cards = []string{"pm_card_visa", "pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_authenticationRequired", "pm_card_authenticationRequiredOnSetup", "pm_card_insufficientFundsThenGood", "pm_card_expiring", "pm_usBankAccount_success", "pm_usBankAccount_insufficientFunds", "pm_card_createDispute", "pm_card_refundFail"}

func (w *walker) begin() {
	for _, amount := range []int{4900, 14900, 99900} {
		w.note(&w.prices, w.call("POST", "/v1/prices", fmt.Sprintf("currency=usd&unit_amount=%d&product_data[name]=P%d&recurring[interval]=month", amount, amount)))
	}
	w.note(&w.prices, w.call("POST", "/v1/prices", "currency=usd&unit_amount=149000&product_data[name]=Y&recurring[interval]=year"))
	for range 3 {
		w.note(&w.customers, w.call("POST", "/v1/customers", ""))
	}
}

// steps are what may come to its mind.
func (w *walker) steps() []func() { return append(w.plans(), w.money()...) }

func (w *walker) pick(words ...string) string { return words[w.random.IntN(len(words))] }

// plans are what is done to subscriptions and their schedules.
func (w *walker) plans() []func() {
	pick := w.pick
	behavior := func() string {
		return "payment_behavior=" + pick("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete") + "&proration_behavior=" + pick("always_invoice", "create_prorations", "none")
	}
	soon := func() int64 { return w.sim.Now().Unix() + w.random.Int64N(20*86400) }
	sub := func() string { return "/v1/subscriptions/" + w.any(w.subscriptions) }
	return []func(){
		func() {
			cus := w.any(w.customers)
			if m := w.note(&w.methods, w.call("POST", "/v1/payment_methods/"+pick(cards...)+"/attach", "customer="+cus)); m != nil {
				w.call("POST", "/v1/customers/"+cus, "invoice_settings[default_payment_method]="+m["id"].(string))
			}
		},
		func() {
			body := "customer=" + w.any(w.customers) + "&items[0][price]=" + w.any(w.prices) + "&" + behavior()
			if w.random.IntN(2) == 0 {
				body += fmt.Sprintf("&trial_end=%d&trial_settings[end_behavior][missing_payment_method]=%s", soon(), pick("cancel", "create_invoice", "pause"))
			}
			if v := w.note(&w.subscriptions, w.call("POST", "/v1/subscriptions", body)); v != nil {
				w.items = append(w.items, v["items"].(map[string]any)["data"].([]any)[0].(map[string]any)["id"].(string))
			}
		},
		func() {
			w.call("POST", sub(), "items[0][id]="+w.any(w.items)+"&items[0][price]="+w.any(w.prices)+"&"+behavior())
		},
		func() {
			w.call("POST", "/v1/subscription_items/"+w.any(w.items), fmt.Sprintf("quantity=%d&%s", 1+w.random.IntN(5), behavior()))
		},
		func() { w.call("POST", sub(), "items[0][price]="+w.any(w.prices)+"&"+behavior()) },
		func() { w.call("POST", sub(), "cancel_at_period_end="+pick("true", "false")) },
		func() { w.call("POST", sub(), fmt.Sprintf("cancel_at=%d", soon())) },
		func() {
			w.call("POST", sub(), pick("trial_end=now", fmt.Sprintf("trial_end=%d", soon()), "billing_cycle_anchor=now"))
		},
		func() {
			w.call("POST", sub(), "pause_collection[behavior]="+pick("void", "keep_as_draft", "mark_uncollectible"))
		},
		func() { w.call("POST", sub(), "pause_collection=") },
		func() {
			w.call("DELETE", sub()+"?prorate="+pick("true", "false")+"&invoice_now="+pick("true", "false"), "")
		},
		func() { w.call("POST", sub()+"/resume", "billing_cycle_anchor="+pick("now", "unchanged")) },
		func() {
			w.note(&w.schedules, w.call("POST", "/v1/subscription_schedules", "from_subscription="+w.any(w.subscriptions)))
		},
		func() {
			id := w.any(w.schedules)
			w.call("POST", "/v1/subscription_schedules/"+id, "end_behavior="+pick("cancel", "release")+"&phases[0][items][0][price]="+w.any(w.prices)+"&phases[1][items][0][price]="+w.any(w.prices)+"&phases[1][items][0][quantity]=2")
		},
		func() {
			w.call("POST", "/v1/subscription_schedules/"+w.any(w.schedules)+"/"+pick("release", "cancel"), "")
		},
	}
}

// money is what is done to invoices, payments and sessions.
func (w *walker) money() []func() {
	pick := w.pick
	return []func(){
		func() {
			w.look()
			w.call("POST", "/v1/invoices/"+w.any(w.invoices)+"/"+pick("pay", "void", "mark_uncollectible", "finalize"), "")
		},
		func() { w.look(); _ = w.sim.Authenticate(w.any(w.intents), w.random.IntN(2) == 0) }, // most wait for nobody
		func() {
			w.look()
			w.call("POST", "/v1/payment_intents/"+w.any(w.intents)+"/confirm", "payment_method="+w.any(cards))
		},
		func() {
			w.look()
			w.call("POST", "/v1/refunds", fmt.Sprintf("payment_intent=%s&amount=%d", w.any(w.intents), 1+w.random.IntN(9000)))
		},
		func() { w.call("POST", "/v1/payment_methods/"+w.any(w.methods)+"/detach", "") },
		func() {
			w.note(&w.sessions, w.call("POST", "/v1/checkout/sessions", "mode=subscription&success_url=http%3A%2F%2Fx.example&line_items[0][price]="+w.any(w.prices)+pick("", "&customer="+w.any(w.customers))))
		},
		func() { _, _ = w.sim.PayCheckout(w.any(w.sessions), w.any(cards), "x@y.example") }, // it may be over
		func() { _ = w.sim.Authenticate(w.any(w.sessions), w.random.IntN(2) == 0) },
		func() { w.call("POST", "/v1/invoices/create_preview", "subscription="+w.any(w.subscriptions)) },
		func() {
			w.call("POST", "/v1/invoiceitems", fmt.Sprintf("customer=%s&amount=%d&currency=usd", w.any(w.customers), w.random.IntN(4000)-1000))
		},
	}
}

// look notes what there is by now.
func (w *walker) look() {
	w.invoices, w.intents = nil, nil
	for path, into := range map[string]*[]string{"/v1/invoices?limit=100": &w.invoices, "/v1/payment_intents?limit=100": &w.intents} {
		for _, row := range w.call("GET", path, "")["data"].([]any) {
			*into = append(*into, row.(map[string]any)["id"].(string))
		}
	}
	w.log = w.log[:len(w.log)-2]
}

// all is every object of a list.
func (w *walker) all(path string) (rows []map[string]any) {
	after := ""
	for {
		l := w.call("GET", path+"limit=100"+after, "")
		for _, row := range l["data"].([]any) {
			rows = append(rows, row.(map[string]any))
		}
		if l["has_more"] != true {
			return rows
		}
		after = "&starting_after=" + rows[len(rows)-1]["id"].(string)
	}
}

// check holds what must be true whatever was done.
func (w *walker) check() {
	w.t.Helper()
	complain := func(format string, args ...any) {
		w.t.Helper()
		w.t.Fatalf("%s\n%s", fmt.Sprintf(format, args...), strings.Join(w.log, "\n"))
	}
	n := func(row map[string]any, field string) int64 { f, _ := row[field].(float64); return int64(f) }
	received := map[string]int64{}
	for _, ch := range w.all("/v1/charges?") {
		if ch["paid"] == true {
			received[ch["payment_intent"].(string)] += n(ch, "amount")
		}
		if r := n(ch, "amount_refunded"); r < 0 || r > n(ch, "amount") {
			complain("charge %s has %d refunded of %d", ch["id"], r, n(ch, "amount"))
		}
	}
	for _, pi := range w.all("/v1/payment_intents?") {
		want := int64(0)
		if pi["status"] == "succeeded" {
			want = n(pi, "amount")
		}
		if received[pi["id"].(string)] != want || n(pi, "amount_received") != want {
			complain("intent %s is %s with %d taken, want %d", pi["id"], pi["status"], received[pi["id"].(string)], want)
		}
	}
	for _, inv := range w.all("/v1/invoices?") {
		sum := int64(0)
		for _, l := range inv["lines"].(map[string]any)["data"].([]any) {
			sum += n(l.(map[string]any), "amount")
		}
		left := n(inv, "amount_due") - n(inv, "amount_paid")
		if sum != n(inv, "total") || left != n(inv, "amount_remaining") || inv["status"] == "paid" && left != 0 || inv["status"] != "paid" && n(inv, "amount_paid") != 0 {
			complain("invoice %s is %s: lines %d, total %d, due %d, paid %d, left %d", inv["id"], inv["status"], sum, n(inv, "total"), n(inv, "amount_due"), n(inv, "amount_paid"), n(inv, "amount_remaining"))
		}
	}
	now := w.sim.Now().Unix()
	for _, s := range w.all("/v1/subscriptions?status=all&") {
		item := s["items"].(map[string]any)["data"].([]any)[0].(map[string]any)
		switch s["status"] {
		case "active", "past_due", "trialing", "unpaid":
			if n(item, "current_period_start") > now || n(item, "current_period_end") <= now {
				complain("subscription %s is %s in a period from %d to %d at %d", s["id"], s["status"], n(item, "current_period_start"), n(item, "current_period_end"), now)
			}
		case "canceled", "incomplete_expired":
			if n(s, "ended_at") == 0 || s["pending_update"] != nil || s["schedule"] != nil {
				complain("subscription %s has ended at %d, with %v and %v left", s["id"], n(s, "ended_at"), s["pending_update"], s["schedule"])
			}
		}
		if c := n(s, "cancel_at"); c != 0 && c <= now && s["ended_at"] == nil && s["status"] != "incomplete" {
			complain("subscription %s should have ended at %d, and is %s at %d", s["id"], c, s["status"], now)
		}
	}
}

// walk tries many things, in whatever order, and holds after each what must always be true.
func walk(t *testing.T, seed uint64, length int) {
	w := &walker{t: t, sim: stripesim.New(stripesim.Config{Seed: seed, AfterRetries: []string{"canceled", "unpaid", "past_due"}[seed%3]}), random: rand.New(rand.NewPCG(seed, 1))}
	w.begin()
	steps := w.steps()
	for n := range length {
		steps[w.random.IntN(len(steps))]()
		if w.random.IntN(3) == 0 {
			step := time.Duration(w.random.Int64N(int64(10 * day)))
			w.log = append(w.log, "advance "+step.String())
			w.sim.Advance(w.sim.Now().Add(step))
		}
		if n%20 == 0 {
			w.check()
		}
	}
	w.check()
}

func TestWhateverIsDoneTheBooksAreRight(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			walk(t, seed, 150)
		})
	}
}

func FuzzWhateverIsDoneTheBooksAreRight(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { walk(t, seed, 150) })
}
