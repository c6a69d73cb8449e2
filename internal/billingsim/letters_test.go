package billingsim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mailbox is what owners were told about their bills. Nothing of the product mails about bills yet; what is here is the
// rule that such mails are to follow: a mail is kept apart by the fact that it tells of, never by the webhook, since
// several webhooks tell of one fact.
type mailbox struct {
	sent  map[string]bool // by key
	facts []string        // that a mail was sent about
}

// fact is what a webhook tells people of; empty for nothing.
func fact(e event) string {
	switch e.kind {
	case "invoice.paid", "invoice.payment_succeeded":
		if e.amountPaid > 0 {
			return "receipt:" + e.object
		}
	case "invoice.payment_failed":
		return fmt.Sprintf("payment_failed:%s:%d", e.object, e.attempts)
	case "invoice.payment_action_required":
		return "action_required:" + e.object
	case "customer.subscription.trial_will_end":
		return fmt.Sprintf("trial_will_end:%s:%d", e.object, e.trialEnd)
	case "charge.dispute.created", "charge.dispute.closed":
		return "dispute:" + e.object + ":" + e.status
	}
	return ""
}

// tell sends a mail, unless it was sent.
func (c *course) tell(e event) {
	of := fact(e)
	if of == "" {
		return
	}
	key := of
	if c.plant == mailsByEvent {
		key = e.id
	}
	if c.mailbox.sent[key] {
		return
	}
	if c.mailbox.sent == nil {
		c.mailbox.sent = map[string]bool{}
	}
	c.mailbox.sent[key] = true
	c.mailbox.facts = append(c.mailbox.facts, of)
}

// once is I5: one mail for each fact, and a receipt for nothing that Stripe has not taken money for.
func (c *course) once() error {
	counted := map[string]int{}
	for _, of := range c.mailbox.facts {
		counted[of]++
	}
	for _, of := range slices.Sorted(maps.Keys(counted)) {
		if counted[of] > 1 {
			return c.fail("I5", "%d mails of %s", counted[of], of)
		}
		invoice, receipt := strings.CutPrefix(of, "receipt:")
		if receipt && c.call("GET", "/v1/invoices/"+invoice).AmountPaid == 0 {
			return c.fail("I5", "a receipt for %s, which nobody paid", invoice)
		}
	}
	return nil
}

// event is what a webhook tells.
type event struct {
	id, kind, customer, object, status string
	attempts, amountPaid, trialEnd     int64
}

func readEvent(body []byte) event {
	var e struct {
		ID, Type string
		Data     struct {
			Object struct {
				ID, Object, Status string
				Customer           any
				Attempts           int64 `json:"attempt_count"`
				AmountPaid         int64 `json:"amount_paid"`
				TrialEnd           int64 `json:"trial_end"`
			}
		}
	}
	_ = json.Unmarshal(body, &e) // the simulator's own
	o := e.Data.Object
	customer, _ := o.Customer.(string) // empty: of none
	if o.Object == "customer" {
		customer = o.ID
	}
	return event{e.ID, e.Type, customer, o.ID, o.Status, o.Attempts, o.AmountPaid, o.TrialEnd}
}
