package api

import (
	"context"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/testkit"
)

// giver is a payment provider that gives back, once for each key.
type giver struct {
	payment.Till
	given map[string]payment.GiveBack
}

func (g giver) GiveBack(_ context.Context, key string, b payment.GiveBack) (payment.ProviderRefund, error) {
	g.given[key] = b
	return payment.ProviderRefund{ID: "re_" + key, AmountCents: b.AmountCents, At: time.Now(), By: b.By, Note: b.Note}, nil
}

func TestAnOnlinePaymentIsGivenBackByTheProvider(t *testing.T) {
	t.Parallel()
	w := setup(t)
	g := giver{given: map[string]payment.GiveBack{}}
	w.api.services.Payments.Till = g
	w.Exec(t, `UPDATE app.ledger_entries SET provider_id = 'ch_1', method = 'card' WHERE org_id = $1 AND id = $2`, testkit.A.ID, testkit.A.Payment())
	w.Exec(t, `UPDATE app.online_payments SET state = 'paid', charge = 'ch_1', account = 'acct_1' WHERE org_id = $1`, testkit.A.ID)
	path := "/v1/payments/" + testkit.A.Payment().String() + "/refunds"
	w.Untouched(t, testkit.B, func() {
		part := read[ledgerEntry](t, w.as(t, "POST", path, `{"amount_cents":40000,"note":"Gate was late","ledger_version":1}`, "Idempotency-Key", "part"), 201)
		if part.Kind != "refund" || !part.Online || part.Method != "card" || part.ReceivedChangeCents != -40000 || part.Note != "Gate was late" || *part.OfEntryID != testkit.A.Payment() {
			t.Errorf("a part: %+v", part)
		}
		if again := read[ledgerEntry](t, w.as(t, "POST", path, `{"amount_cents":40000,"note":"Gate was late","ledger_version":1}`, "Idempotency-Key", "part"), 201); again.ID != part.ID {
			t.Errorf("the same key: %+v", again)
		}
		if r := w.as(t, "POST", path, `{"amount_cents":60001}`); r.status != 422 {
			t.Errorf("a cent too much: %d %s", r.status, r.body)
		}
		if r := w.as(t, "POST", path, `{"amount_cents":1,"method":"cash"}`); r.status != 422 {
			t.Errorf("by cash: %d %s", r.status, r.body)
		}
		read[ledgerEntry](t, w.as(t, "POST", path, `{"amount_cents":60000}`), 201)
	})
	if len(g.given) != 2 {
		t.Errorf("the provider was asked for %v", g.given)
	}
	l := read[jobLedger](t, w.as(t, "GET", "/v1/jobs/"+testkit.A.Job().String()+"/payments", ""), 200)
	if l.ReceivedCents != 0 || l.RefundedCents != 100000 || l.DueCents != 0 || len(l.Entries) != 3 {
		t.Errorf("the ledger: %+v", l)
	}
}
