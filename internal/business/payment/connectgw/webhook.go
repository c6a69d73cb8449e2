package connectgw

import (
	"encoding/json"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/payment"
)

// WebhookPath is where Stripe sends webhooks of companies' accounts, at the apex. Its secrets are its own: what signs for
// one endpoint is not believed at the other.
const WebhookPath = "/webhooks/stripe-connect"

// Events are what Stripe tells of companies' accounts.
var Events = []string{
	"account.updated", "account.application.deauthorized",
	"checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed", "checkout.session.expired",
	"charge.refunded", "charge.refund.updated", "refund.created", "refund.updated", "refund.failed",
	"charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated",
}

// Inbox believes webhooks of companies' accounts.
type Inbox struct{ stripegw.Inbox }

// ErrNoAccount is a webhook of our own account: it belongs to the other endpoint.
var ErrNoAccount = stripegw.ErrOtherAccount

// Open checks a webhook and reads what it is about.
func (in Inbox) Open(body []byte, signature string, now time.Time) (payment.Hint, error) {
	if err := in.Verify(body, signature, now); err != nil {
		return payment.Hint{}, err
	}
	var e struct {
		ID       string `json:"id"`
		Object   string `json:"object"`
		Type     string `json:"type"`
		Account  string `json:"account"`
		Livemode bool   `json:"livemode"`
		Data     struct {
			Object struct {
				ID            string          `json:"id"`
				Object        string          `json:"object"`
				PaymentIntent json.RawMessage `json:"payment_intent"`
				Charge        json.RawMessage `json:"charge"`
			} `json:"object"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &e); err != nil || e.ID == "" || e.Type == "" || e.Object != "event" {
		return payment.Hint{}, stripegw.ErrGarbage
	}
	switch {
	case e.Account == "":
		return payment.Hint{}, ErrNoAccount
	case e.Livemode != in.Live:
		return payment.Hint{}, stripegw.ErrMode
	}
	h := payment.Hint{ID: e.ID, Type: e.Type, Account: e.Account}
	if strings.HasPrefix(e.Type, "account.") {
		return h, nil
	}
	// A refund or a dispute is about its charge; a charge may be named by its intent before we know it.
	o := e.Data.Object
	for _, name := range []string{text(o.PaymentIntent), text(o.Charge), o.ID} {
		if name != "" {
			h.Object = name
			break
		}
	}
	if o.Object == "checkout.session" {
		h.Object = o.ID
	}
	return h, nil
}

// text is an id; an object that was expanded is none.
func text(raw json.RawMessage) (id string) {
	if json.Unmarshal(raw, &id) != nil {
		return ""
	}
	return id
}
