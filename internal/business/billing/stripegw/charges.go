package stripegw

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/platform/money"
)

// charges are the payments of a customer that went through, and the disputes of them. Which invoice was paid is asked
// only of those of which something went back or may go back.
func (c *Client) charges(ctx context.Context, q billing.Question) (all []billing.Charge, disputes []billing.Dispute, err error) {
	list := &stripe.ChargeListParams{Customer: &q.Customer}
	list.Limit = stripe.Int64(100)
	for ch, err := range c.stripe.V1Charges.List(ctx, list).All(ctx) {
		if err != nil {
			return nil, nil, fmt.Errorf("read charges: %w", err)
		}
		if !ch.Paid {
			continue
		}
		one := billing.Charge{ID: ch.ID, AmountCents: money.Cents(ch.Amount), RefundedCents: money.Cents(ch.AmountRefunded), Currency: strings.ToUpper(string(ch.Currency)), CreatedAt: at(ch.Created)}
		if ch.PaymentIntent != nil {
			one.Intent = ch.PaymentIntent.ID
		}
		disputed := ch.Disputed || slices.Contains(q.Disputed, ch.ID) // one that was won is not disputed any more
		if disputed {
			of, err := c.disputes(ctx, ch.ID)
			if err != nil {
				return nil, nil, err
			}
			disputes = append(disputes, of...)
		}
		if (disputed || ch.AmountRefunded > 0) && !slices.Contains(q.Billed, ch.ID) {
			if one.InvoiceID, err = c.paidWith(ctx, one.Intent); err != nil {
				return nil, nil, err
			}
		}
		all = append(all, one)
	}
	return all, disputes, nil
}

// paidWith is the invoice that was paid by an attempt; empty for none.
func (c *Client) paidWith(ctx context.Context, intent string) (invoice string, err error) {
	if intent == "" {
		return "", nil
	}
	list := &stripe.InvoicePaymentListParams{Payment: &stripe.InvoicePaymentListPaymentParams{Type: stripe.String("payment_intent"), PaymentIntent: &intent}}
	for p, err := range c.stripe.V1InvoicePayments.List(ctx, list).All(ctx) {
		if err != nil {
			return "", fmt.Errorf("read what %s paid: %w", intent, err)
		}
		if p.Invoice != nil {
			invoice = p.Invoice.ID
		}
	}
	return invoice, nil
}

func (c *Client) disputes(ctx context.Context, charge string) (all []billing.Dispute, err error) {
	for d, err := range c.stripe.V1Disputes.List(ctx, &stripe.DisputeListParams{Charge: &charge}).All(ctx) {
		if err != nil {
			return nil, fmt.Errorf("read disputes of %s: %w", charge, err)
		}
		one := billing.Dispute{ID: d.ID, ChargeID: charge, AmountCents: money.Cents(d.Amount), Currency: strings.ToUpper(string(d.Currency)), Reason: string(d.Reason),
			Status: billing.DisputeStatus(d.Status), CreatedAt: at(d.Created)}
		if d.EvidenceDetails != nil {
			one.AnswerBy = at(d.EvidenceDetails.DueBy)
		}
		for _, moved := range d.BalanceTransactions {
			one.TakenCents -= money.Cents(moved.Amount)
		}
		all = append(all, one)
	}
	return all, nil
}
