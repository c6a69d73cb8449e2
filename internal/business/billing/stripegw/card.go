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

// askWhoPays finds out for every invoice that was not paid whether the bank wants to see a person.
func (c *Client) askWhoPays(ctx context.Context, all []billing.Invoice) error {
	for i := range all {
		if all[i].Status != billing.Open || all[i].Attempts == 0 {
			continue
		}
		list := &stripe.InvoicePaymentListParams{Invoice: &all[i].ID, Status: stripe.String("open")}
		list.AddExpand("data.payment.payment_intent")
		for p, err := range c.stripe.V1InvoicePayments.List(ctx, list).All(ctx) {
			if err != nil {
				return fmt.Errorf("read payments of %s: %w", all[i].ID, err)
			}
			if p.Payment != nil && asksPerson(p.Payment.PaymentIntent) {
				all[i].AsksPerson = true
			}
		}
	}
	return nil
}
