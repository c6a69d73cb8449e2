package stripesim_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/stripesim"
)

// seen is a page, or where it leads.
type seen struct {
	status   int
	body, to string
	policy   string
}

// browse looks at a page, or posts a form of it; nothing is followed.
func (b *bundle) browse(method, address string, form url.Values, headers ...string) seen {
	b.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.server.URL + address
	}
	r, err := http.NewRequestWithContext(b.Context(), method, address, strings.NewReader(form.Encode()))
	b.ok(err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := *b.server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(r)
	b.ok(err)
	body, err := io.ReadAll(answer.Body)
	b.ok(err)
	b.ok(answer.Body.Close())
	return seen{answer.StatusCode, string(body), answer.Header.Get("Location"), answer.Header.Get("Content-Security-Policy")}
}

func (b *bundle) get(address string) seen { b.Helper(); return b.browse(http.MethodGet, address, nil) }

func (b *bundle) post(address string, pairs ...string) seen {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.browse(http.MethodPost, address, form)
}

func TestTheCheckoutPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cs := b.checkout(func(p *stripe.CheckoutSessionCreateParams) { p.CustomerEmail = nil })
	page := b.get(cs.URL)
	if page.status != 200 || !strings.Contains(page.body, "$149.00") || !strings.Contains(page.body, `type="email"`) || !strings.Contains(page.policy, "form-action 'self' https://acme.example") {
		t.Fatalf("%d, policy %s\n%s", page.status, page.policy, page.body)
	}
	page = b.post(cs.URL, "email", "a@b.example", "card", "4000000000000002")
	if page.status != 422 || !strings.Contains(page.body, `role="alert">Your card was declined.`) || !strings.Contains(page.body, "a@b.example") {
		t.Errorf("declined: %d\n%s", page.status, page.body)
	}
	page = b.post(cs.URL, "email", "a@b.example", "card", "", "number", "4000 0027 6000 3184")
	if page.status != 303 || page.to != "/sim/3ds/"+cs.ID {
		t.Fatalf("%d to %s", page.status, page.to)
	}
	if bank := b.get(page.to); !strings.Contains(bank.body, "3184") || !strings.Contains(bank.body, "$149.00") {
		t.Errorf("the bank's page: %s", bank.body)
	}
	if page := b.post(page.to, "answer", "fail"); page.to != "/sim/checkout/"+cs.ID {
		t.Errorf("refused at the bank: to %s", page.to)
	}
	page = b.post(b.post(cs.URL, "email", "a@b.example", "number", "4000002760003184").to, "answer", "complete")
	if page.status != 303 || page.to != "https://acme.example/done?session="+cs.ID {
		t.Fatalf("paid: %d to %s", page.status, page.to)
	}
	done := b.session(cs.ID)
	if done.Status != stripe.CheckoutSessionStatusComplete || done.CustomerDetails.Email != "a@b.example" || done.Subscription.Status != stripe.SubscriptionStatusActive {
		t.Errorf("%s for %+v", done.Status, done.CustomerDetails)
	}
	if page := b.get(cs.URL); !strings.Contains(page.body, "This is paid") {
		t.Errorf("looked at again: %s", page.body)
	}
}

func TestThePortalPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	update := &stripe.BillingPortalConfigurationCreateFeaturesSubscriptionUpdateParams{
		Enabled: stripe.Bool(true), DefaultAllowedUpdates: stripe.StringSlice([]string{"price"}), ProrationBehavior: stripe.String("always_invoice"),
		ScheduleAtPeriodEnd: &stripe.BillingPortalConfigurationCreateFeaturesSubscriptionUpdateScheduleAtPeriodEndParams{
			Conditions: []*stripe.BillingPortalConfigurationCreateFeaturesSubscriptionUpdateScheduleAtPeriodEndConditionParams{{Type: stripe.String("decreasing_item_amount")}}},
	}
	for _, p := range []*stripe.Price{b.starter, b.enterprise} {
		update.Products = append(update.Products, &stripe.BillingPortalConfigurationCreateFeaturesSubscriptionUpdateProductParams{Product: &p.Product.ID, Prices: stripe.StringSlice([]string{p.ID})})
	}
	config, err := b.V1BillingPortalConfigurations.Create(t.Context(), &stripe.BillingPortalConfigurationCreateParams{Features: &stripe.BillingPortalConfigurationCreateFeaturesParams{
		SubscriptionCancel:  &stripe.BillingPortalConfigurationCreateFeaturesSubscriptionCancelParams{Enabled: stripe.Bool(true)},
		PaymentMethodUpdate: &stripe.BillingPortalConfigurationCreateFeaturesPaymentMethodUpdateParams{Enabled: stripe.Bool(true)},
		InvoiceHistory:      &stripe.BillingPortalConfigurationCreateFeaturesInvoiceHistoryParams{Enabled: stripe.Bool(true)}, SubscriptionUpdate: update,
	}})
	b.ok(err)
	ps, err := b.V1BillingPortalSessions.Create(t.Context(), &stripe.BillingPortalSessionCreateParams{Customer: &cus.ID, Configuration: &config.ID, ReturnURL: stripe.String("https://acme.example/billing")})
	b.ok(err)
	if page := b.get(ps.URL); page.status != 200 || !strings.Contains(page.body, "Change to Enterprise") || !strings.Contains(page.body, "visa that ends in 4242") || !strings.Contains(page.body, "/sim/invoice/") {
		t.Fatalf("%d\n%s", page.status, page.body)
	}
	b.post(ps.URL, "deed", "cancel", "subscription", s.ID)
	if s = b.subscription(s.ID); !s.CancelAtPeriodEnd {
		t.Error("not canceled")
	}
	b.post(ps.URL, "deed", "resume", "subscription", s.ID)
	if s = b.subscription(s.ID); s.CancelAtPeriodEnd {
		t.Error("not resumed")
	}
	b.post(ps.URL, "deed", "switch", "subscription", s.ID, "price", b.enterprise.ID)
	if s = b.subscription(s.ID); s.Items.Data[0].Price.ID != b.enterprise.ID || s.LatestInvoice.Total != 99900-14900 {
		t.Errorf("at %s, billed %d", s.Items.Data[0].Price.ID, s.LatestInvoice.Total)
	}
	b.post(ps.URL, "deed", "switch", "subscription", s.ID, "price", b.starter.ID)
	if s = b.subscription(s.ID); s.Schedule == nil || s.Items.Data[0].Price.ID != b.enterprise.ID {
		t.Error("a downgrade is not left to the period's end")
	}
	if page := b.post(ps.URL, "deed", "card", "card", "4000000000000002"); page.status != 422 {
		t.Errorf("a declined card: %d", page.status)
	}
	b.post(ps.URL, "deed", "card", "number", "5555 5555 5555 4444")
	if page := b.get(ps.URL); !strings.Contains(page.body, "mastercard that ends in 4444") {
		t.Errorf("the card: %s", page.body)
	}
	if page := b.post(ps.URL, "deed", "switch", "subscription", s.ID, "price", b.seat.ID); page.status != 422 {
		t.Errorf("what is not offered: %d", page.status)
	}
	other := b.subscribe(b.customer("pm_card_visa"), b.growth, nil)
	b.post(ps.URL, "deed", "cancel", "subscription", other.ID)
	if b.subscription(other.ID).CancelAtPeriodEnd {
		t.Error("somebody else's plan was canceled")
	}
	b.after(32 * day)
	if s = b.subscription(s.ID); s.Items.Data[0].Price.ID != b.starter.ID {
		t.Errorf("in the next period at %s", s.Items.Data[0].Price.ID)
	}
}

func TestTheInvoicePage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_visa")
	s := b.subscribe(cus, b.growth, nil)
	b.card(cus, "pm_card_authenticationRequired")
	b.after(32 * day)
	inv := b.status(s, stripe.SubscriptionStatusPastDue).LatestInvoice
	page := b.get(inv.HostedInvoiceURL)
	if page.status != 200 || !strings.Contains(page.body, "Pay $149.00") || !strings.Contains(page.body, "3184") {
		t.Fatalf("%d\n%s", page.status, page.body)
	}
	page = b.post(inv.HostedInvoiceURL, "saved", "yes")
	if !strings.HasPrefix(page.to, "/sim/3ds/pi_") {
		t.Fatalf("%d to %s", page.status, page.to)
	}
	if page = b.post(page.to, "answer", "complete"); page.to != inv.HostedInvoiceURL {
		t.Errorf("%d to %s", page.status, page.to)
	}
	b.status(s, stripe.SubscriptionStatusActive)
	if page := b.get(inv.InvoicePDF); !strings.Contains(page.body, "$149.00") {
		t.Errorf("the bill as text: %s", page.body)
	}
	if page := b.post(inv.HostedInvoiceURL, "saved", "yes"); page.status != 422 {
		t.Errorf("paid twice: %d", page.status)
	}
}

func TestTheOnboardingPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	acct, err := b.V1Accounts.Create(t.Context(), &stripe.AccountCreateParams{Type: stripe.String("standard")})
	b.ok(err)
	link := func() string {
		l, err := b.V1AccountLinks.Create(t.Context(), &stripe.AccountLinkCreateParams{Account: &acct.ID, Type: stripe.String("account_onboarding"), RefreshURL: stripe.String("https://x.example/again"), ReturnURL: stripe.String("https://x.example/back")})
		b.ok(err)
		return l.URL
	}
	old := link()
	b.after(6 * time.Minute)
	if page := b.get(old); !strings.Contains(page.body, "expired") || !strings.Contains(page.body, "https://x.example/again") {
		t.Errorf("an old link: %s", page.body)
	}
	b.post(old, "answer", "complete")
	if page := b.post(link(), "answer", "later"); page.to != "https://x.example/back" {
		t.Errorf("later: to %s", page.to)
	}
	if got, err := b.V1Accounts.GetByID(t.Context(), acct.ID, nil); err != nil || got.ChargesEnabled {
		t.Errorf("who said later can be paid: %v, %v", got.ChargesEnabled, err)
	}
	b.post(link(), "answer", "complete")
	if got, err := b.V1Accounts.GetByID(t.Context(), acct.ID, nil); err != nil || !got.ChargesEnabled || !got.DetailsSubmitted {
		t.Errorf("who told everything cannot be paid: %+v, %v", got, err)
	}
}

func TestTheClockPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.post("/sim/clock", "by", "24h")
	b.post("/sim/clock", "to", "2026-02-01")
	if got := b.sim.Now().Format(time.DateOnly); got != "2026-02-01" {
		t.Errorf("it is %s", got)
	}
	for _, form := range [][]string{{"by", "-1h"}, {"to", "2020-01-01"}, {"to", "2099-01-01"}, {"by", "soon"}} {
		if page := b.post("/sim/clock", form...); page.status != 422 {
			t.Errorf("%v: %d, want 422", form, page.status)
		}
	}
	var moved time.Time
	other := setup(t, stripesim.Config{MoveClock: func(to time.Time) error { moved = to; return nil }})
	other.post("/sim/clock", "by", "1h")
	if moved.Sub(other.sim.Now()) != time.Hour {
		t.Errorf("whoever owns the clock was told %v", moved)
	}
}

func TestPagesAreOnlyForms(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cus := b.customer("pm_card_authenticationRequired")
	s := b.subscribe(cus, b.growth, nil)
	cs := b.checkout(nil)
	acct, err := b.V1Accounts.Create(t.Context(), &stripe.AccountCreateParams{Type: stripe.String("standard")})
	b.ok(err)
	l, err := b.V1AccountLinks.Create(t.Context(), &stripe.AccountLinkCreateParams{Account: &acct.ID, Type: stripe.String("account_onboarding"), RefreshURL: stripe.String("https://x.example/again"), ReturnURL: stripe.String("https://x.example/back")})
	b.ok(err)
	ps, err := b.V1BillingPortalSessions.Create(t.Context(), &stripe.BillingPortalSessionCreateParams{Customer: &cus.ID})
	b.ok(err)
	inv := b.subscription(s.ID).LatestInvoice
	before := len(b.events())
	labelled := regexp.MustCompile(`<label[^>]*>(?s:.*?)</label>`)
	for _, address := range []string{cs.URL, ps.URL, inv.HostedInvoiceURL, l.URL, "/sim/clock", "/sim/3ds/" + b.intent(inv).ID, "/sim/nothing"} {
		page := b.get(address)
		if regexp.MustCompile(`(?i)<script|<style|style=| on[a-z]+=`).MatchString(page.body) {
			t.Errorf("%s has script or style in it", address)
		}
		if rest := labelled.ReplaceAllString(page.body, ""); regexp.MustCompile(`<input type="(?:text|radio|email|date)"|<input name`).MatchString(rest) {
			t.Errorf("%s has a field without a label", address)
		}
		if !strings.Contains(page.policy, "default-src 'none'") || strings.Count(page.body, "<h1>") != 1 || !strings.Contains(page.body, `lang="en"`) {
			t.Errorf("%s: policy %q", address, page.policy)
		}
		if refused := b.browse(http.MethodPost, address, nil, "Sec-Fetch-Site", "cross-site"); refused.status != http.StatusForbidden {
			t.Errorf("%s takes a form of another site: %d", address, refused.status)
		}
	}
	if after := len(b.events()); after != before {
		t.Errorf("looking made %d events", after-before)
	}
	if page := b.get("/sim/style.css"); page.status != 200 {
		t.Errorf("the style: %d", page.status)
	}
}

func TestARunnerLetsTimePass(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := hear(t)
	b.endpoint(h, nil)
	b.customer("")
	to := b.sim.Now().Add(time.Hour)
	heard := make(chan struct{})
	done := false
	r := stripesim.NewRunner(b.sim, func() time.Time {
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.bodies) > 0 && !done {
			done = true
			close(heard)
		}
		return to
	}, time.Millisecond)
	r.Start()
	r.Start()
	<-heard
	r.Stop()
	r.Stop()
	if !b.sim.Now().Equal(to) {
		t.Errorf("it is %v, want %v", b.sim.Now(), to)
	}
}
