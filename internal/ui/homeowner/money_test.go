package homeowner

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/testkit"
)

// till is a payment provider with one page, that is paid when a test says so.
type till struct {
	paid, away bool
	opened     int
	asked      payment.NewCheckout
}

func (p *till) OpenCheckout(_ context.Context, _ string, c payment.NewCheckout) (payment.Checkout, error) {
	if p.away {
		return payment.Checkout{}, errors.New("away")
	}
	p.opened++
	p.asked = c
	return payment.Checkout{Session: "cs_1", URL: "https://checkout.example/cs_1", ExpiresAt: time.Now().AddDate(100, 0, 0)}, nil
}

func (p *till) CloseCheckout(context.Context, string, string) error { return nil }

func (p *till) ReadPayment(context.Context, string, string) (payment.PaymentState, error) {
	if p.away {
		return payment.PaymentState{}, errors.New("away")
	}
	if !p.paid {
		return payment.PaymentState{State: payment.Open}, nil
	}
	return payment.PaymentState{State: payment.Paid, Intent: "pi_1", Charge: "ch_1", AmountCents: p.asked.AmountCents, Method: payment.Card, Ending: "4242", PaidAt: time.Now()}, nil
}

func (p *till) GiveBack(context.Context, string, payment.GiveBack) (payment.ProviderRefund, error) {
	return payment.ProviderRefund{}, nil
}

// signedOffer is a quote that was signed.
func (w *world) signedOffer(t *testing.T) (path string) {
	t.Helper()
	path = w.sent(t, "Dana Ruiz").paths[0]
	if r := w.post(t, path+"/sign", w.signing(t, path, "tier=premium")); r.status != http.StatusSeeOther {
		t.Fatalf("signing: %d\n%s", r.status, r.body)
	}
	return path
}

func TestADepositIsPaidOnlineAndOnce(t *testing.T) {
	t.Parallel()
	w, provider := setup(t), &till{}
	w.payments.Till = provider
	path := w.signedOffer(t)
	page := w.get(t, path)
	want(t, page, http.StatusOK, "Payment", "Due now", "By check: write it to")
	lacks(t, page, "Pay the deposit of") // the company has no account
	want(t, w.post(t, path+"/pay", key(0)), http.StatusConflict, "takes no payments online at the moment")

	w.Exec(t, `INSERT INTO app.payment_accounts (org_id, id, account, details_submitted, charges_enabled, begun_by, begun_name, begun_at)
		VALUES ($1, gen_random_uuid(), 'acct_1', true, true, $2, 'Olive', now())`, testkit.A.ID, testkit.A.Owner())
	want(t, w.get(t, path), http.StatusOK, "Pay the deposit of $", "You pay Alpha", `action="`+path+`/pay"`)

	provider.away = true
	want(t, w.post(t, path+"/pay", key(1)), http.StatusServiceUnavailable, "Nothing was charged")
	provider.away = false
	for n := range 3 {
		r := w.post(t, path+"/pay", key(2+n))
		if r.status != http.StatusSeeOther || r.header.Get("Location") != "https://checkout.example/cs_1" {
			t.Fatalf("press %d: %d to %s", n, r.status, r.header.Get("Location"))
		}
	}
	if provider.opened != 1 {
		t.Errorf("%d pages were made", provider.opened)
	}
	if r := w.get(t, path+"/paid"); r.status != http.StatusOK {
		t.Errorf("back before we know: %d", r.status)
	}
	want(t, w.get(t, path+"/paid"), http.StatusOK, "being confirmed", "data-asks")
	provider.paid = true
	if r := w.post(t, path+"/paid", key(9)); r.status != http.StatusSeeOther || r.header.Get("Location") != path {
		t.Errorf("asking: %d to %s", r.status, r.header.Get("Location"))
	}
	page = w.get(t, path)
	want(t, page, http.StatusOK, "by card", provider.asked.AmountCents.String())
	lacks(t, page, "Pay the deposit of", "Due now")
	if r := w.get(t, path+"/paid"); r.status != http.StatusSeeOther {
		t.Errorf("the way back once it is paid: %d", r.status)
	}
	want(t, w.post(t, path+"/pay", key(10)), http.StatusConflict, "Nothing was charged")
}

// A page never fails for payments, and a quote that is not signed says nothing of them.
func TestAPageNeverDependsOnPayments(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := w.sent(t, "Dana Ruiz").paths[0]
	page := w.get(t, path)
	want(t, page, http.StatusOK, "Choose your fence")
	lacks(t, page, "Due now")
	for _, r := range []response{w.post(t, path+"/pay", key(1)), w.post(t, path+"/paid", key(2)), w.get(t, path+"/paid")} {
		if r.status != http.StatusSeeOther || r.header.Get("Location") != path {
			t.Errorf("of a quote that is not signed: %d to %s", r.status, r.header.Get("Location"))
		}
	}
	if r := w.post(t, path+"/sign", w.signing(t, path, "tier=premium")); r.status != http.StatusSeeOther {
		t.Fatalf("signing: %d", r.status)
	}
	w.Exec(t, `ALTER TABLE app.online_payments RENAME TO mislaid`)
	want(t, w.get(t, path), http.StatusOK, "It is signed")
	for _, other := range []response{w.do(t, testkit.B, http.MethodPost, path+"/pay", key(3)), w.do(t, testkit.B, http.MethodGet, path+"/paid", nil)} {
		if other.status != http.StatusNotFound {
			t.Errorf("on another company's host: %d", other.status)
		}
	}
}
