package stripegw

import (
	"context"
	"fmt"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
)

// whole is a customer with the card that is charged when a subscription names none.
func whole() *stripe.CustomerRetrieveParams {
	p := &stripe.CustomerRetrieveParams{}
	p.AddExpand("invoice_settings.default_payment_method")
	return p
}

// charged is the card that pays by itself: the subscription's own, else the customer's; and what Stripe knows it by. None
// for another kind of payment.
func charged(customer *stripe.Customer, subscriptions []*stripe.Subscription) (c billing.Card, fingerprint string) {
	var m *stripe.PaymentMethod
	if customer.InvoiceSettings != nil {
		m = customer.InvoiceSettings.DefaultPaymentMethod
	}
	for _, s := range subscriptions {
		if live := (plan.Subscription{Status: plan.Status(s.Status)}); live.Live() && s.DefaultPaymentMethod != nil {
			m = s.DefaultPaymentMethod
			break
		}
	}
	if m == nil || m.Card == nil {
		return c, ""
	}
	return billing.Card{Brand: string(m.Card.Brand), Last4: m.Card.Last4, ExpMonth: int(m.Card.ExpMonth), ExpYear: int(m.Card.ExpYear)}, m.Card.Fingerprint
}

// asksPerson tells that the bank wants to see a person: it waits for one, or refused because there was none.
func asksPerson(p *stripe.PaymentIntent) bool {
	return p != nil && (p.Status == stripe.PaymentIntentStatusRequiresAction || p.LastPaymentError != nil && p.LastPaymentError.Code == stripe.ErrorCodeAuthenticationRequired)
}

// underWay is the attempt to collect an invoice that was not paid at once; empty for none.
func underWay(i *stripe.Invoice) string {
	if i.Status != stripe.InvoiceStatusOpen || i.AttemptCount == 0 || i.Payments == nil {
		return ""
	}
	for _, p := range i.Payments.Data {
		if p.Status == "open" && p.Payment != nil && p.Payment.PaymentIntent != nil {
			return p.Payment.PaymentIntent.ID
		}
	}
	return ""
}

// askWhoPays finds out for every invoice that is being collected whether the bank wants to see a person.
func (c *Client) askWhoPays(ctx context.Context, q billing.Question, all []billing.Invoice, attempts map[string]int) error {
	if len(attempts) == 0 {
		return nil
	}
	list := &stripe.PaymentIntentListParams{Customer: &q.Customer, CreatedRange: since(q)}
	list.Limit = stripe.Int64(100)
	for p, err := range c.stripe.V1PaymentIntents.List(ctx, list).All(ctx) {
		if err != nil {
			return fmt.Errorf("read attempts to pay: %w", err)
		}
		if n, found := attempts[p.ID]; found && asksPerson(p) {
			all[n].AsksPerson = true
		}
	}
	return nil
}
