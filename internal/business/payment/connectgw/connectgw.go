// Package connectgw is payment's way to Stripe Connect: a company's own account, on which homeowners pay directly, and the
// webhooks of such accounts.
//
// Owns: how Stripe's objects read as ours, which webhooks are believed. Does not own: the ledger, what is asked and when
// (payment), the client itself (billing/stripegw).
//
// Invariants: a charge is the company's own (Stripe-Account), never ours, and we take no part of it; amounts are US
// dollars, or refused.
package connectgw

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

// Client asks Stripe. It is payment's Accounts and Till.
type Client struct{ stripe *stripe.Client }

// New makes a client that speaks by billing's way to Stripe.
func New(gateway *stripegw.Client) *Client { return &Client{gateway.Stripe()} }

// CreateAccount makes a Standard account: its owner has Stripe's own dashboard, and Stripe bears losses.
func (c *Client) CreateAccount(ctx context.Context, key string, n payment.NewAccount) (string, error) {
	params := &stripe.AccountCreateParams{
		Country: stripe.String("US"), Metadata: map[string]string{"org_id": n.Org.String()}, BusinessProfile: &stripe.AccountCreateBusinessProfileParams{Name: &n.Name},
		Controller: &stripe.AccountCreateControllerParams{
			Fees: &stripe.AccountCreateControllerFeesParams{Payer: stripe.String("account")}, Losses: &stripe.AccountCreateControllerLossesParams{Payments: stripe.String("stripe")},
			RequirementCollection: stripe.String("stripe"), StripeDashboard: &stripe.AccountCreateControllerStripeDashboardParams{Type: stripe.String("full")},
		},
	}
	if n.Email != "" {
		params.Email = &n.Email
	}
	params.SetIdempotencyKey(key)
	made, err := c.stripe.V1Accounts.Create(ctx, params)
	if err != nil {
		return "", fmt.Errorf("create account: %w", err)
	}
	return made.ID, nil
}

// OnboardingPage makes the page on which the owner tells Stripe what it has to know.
func (c *Client) OnboardingPage(ctx context.Context, account, back, again string) (string, error) {
	l, err := c.stripe.V1AccountLinks.Create(ctx, &stripe.AccountLinkCreateParams{Account: &account, Type: stripe.String("account_onboarding"), ReturnURL: &back, RefreshURL: &again})
	if err != nil {
		return "", fmt.Errorf("create account link: %w", err)
	}
	return l.URL, nil
}

// ReadAccount is how an account stands. One that we may not see any more is gone.
func (c *Client) ReadAccount(ctx context.Context, account string) (payment.AccountState, error) {
	a, err := c.stripe.V1Accounts.GetByID(ctx, account, nil)
	if e, ok := errors.AsType[*stripe.Error](err); ok && (e.HTTPStatusCode == http.StatusForbidden || e.HTTPStatusCode == http.StatusNotFound) {
		return payment.AccountState{Gone: true}, nil
	}
	if err != nil {
		return payment.AccountState{}, fmt.Errorf("read account: %w", err)
	}
	s := payment.AccountState{DetailsSubmitted: a.DetailsSubmitted, ChargesEnabled: a.ChargesEnabled, PayoutsEnabled: a.PayoutsEnabled}
	if a.Requirements != nil {
		s.Needs, s.DisabledReason = a.Requirements.CurrentlyDue, string(a.Requirements.DisabledReason)
	}
	return s, nil
}

const (
	currency   = "usd"
	recordedBy = "recorded_by"
	noteKey    = "note"
)

// OpenCheckout makes a page of Stripe's, on the company's account. Which ways to pay it offers is what the company turned
// on at Stripe: cards, bank debits.
func (c *Client) OpenCheckout(ctx context.Context, key string, n payment.NewCheckout) (payment.Checkout, error) {
	about := map[string]string{"payment_id": n.Payment.String()}
	params := &stripe.CheckoutSessionCreateParams{
		Mode: stripe.String("payment"), SuccessURL: &n.Done, CancelURL: &n.Back, ClientReferenceID: stripe.String(n.Payment.String()), Metadata: about,
		LineItems: []*stripe.CheckoutSessionCreateLineItemParams{{Quantity: stripe.Int64(1), PriceData: &stripe.CheckoutSessionCreateLineItemPriceDataParams{
			Currency: stripe.String(currency), UnitAmount: stripe.Int64(int64(n.AmountCents)), ProductData: &stripe.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: &n.What},
		}}},
		PaymentIntentData: &stripe.CheckoutSessionCreatePaymentIntentDataParams{Description: &n.What, Metadata: about},
	}
	if n.Email != "" {
		params.CustomerEmail = &n.Email
	}
	params.SetStripeAccount(n.Account)
	params.SetIdempotencyKey(key)
	s, err := c.stripe.V1CheckoutSessions.Create(ctx, params)
	if err != nil {
		return payment.Checkout{}, onAccount("open checkout", err)
	}
	return payment.Checkout{Session: s.ID, URL: s.URL, ExpiresAt: at(s.ExpiresAt)}, nil
}

// CloseCheckout closes a page. One that is not open any more stays what it is.
func (c *Client) CloseCheckout(ctx context.Context, account, session string) error {
	params := &stripe.CheckoutSessionExpireParams{}
	params.SetStripeAccount(account)
	_, err := c.stripe.V1CheckoutSessions.Expire(ctx, session, params)
	if err == nil || refused(err) {
		return nil
	}
	return onAccount("close checkout", err)
}

// onAccount says what was tried on a company's account, and whether we are let into it at all.
func onAccount(tried string, err error) error {
	if e, ok := errors.AsType[*stripe.Error](err); ok && e.HTTPStatusCode == http.StatusForbidden {
		return fmt.Errorf("%s: %w: %w", tried, payment.ErrNoAccess, err)
	}
	return fmt.Errorf("%s: %w", tried, err)
}

// refused tells that Stripe understood and said no.
func refused(err error) bool {
	e, ok := errors.AsType[*stripe.Error](err)
	return ok && e.HTTPStatusCode == http.StatusBadRequest
}

// ReadPayment reads a page, its charge, and everything that became of that.
func (c *Client) ReadPayment(ctx context.Context, account, session string) (payment.PaymentState, error) {
	params := &stripe.CheckoutSessionRetrieveParams{}
	params.SetStripeAccount(account)
	params.AddExpand("payment_intent.latest_charge")
	s, err := c.stripe.V1CheckoutSessions.Retrieve(ctx, session, params)
	if err != nil {
		return payment.PaymentState{}, onAccount("read checkout", err)
	}
	out := payment.PaymentState{State: stateOf(s)}
	pi := s.PaymentIntent
	if pi == nil {
		return out, nil
	}
	out.Intent = pi.ID
	if out.State == payment.Failed && pi.LastPaymentError != nil {
		out.Problem = pi.LastPaymentError.Msg
	}
	if ch := pi.LatestCharge; ch != nil && ch.Paid && out.State == payment.Paid {
		if ch.Currency != currency {
			return out, fmt.Errorf("charge %s is in %s", ch.ID, ch.Currency)
		}
		out.Charge, out.AmountCents, out.PaidAt = ch.ID, money.Cents(ch.AmountCaptured), at(ch.Created)
		out.Method, out.Ending = method(ch.PaymentMethodDetails)
		if err := c.after(ctx, account, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

func stateOf(s *stripe.CheckoutSession) payment.OnlineState {
	switch {
	case s.Status == stripe.CheckoutSessionStatusExpired:
		return payment.Expired
	case s.Status == stripe.CheckoutSessionStatusOpen:
		return payment.Open
	case s.PaymentIntent == nil:
		return payment.Processing
	}
	switch s.PaymentIntent.Status {
	case stripe.PaymentIntentStatusSucceeded:
		return payment.Paid
	case stripe.PaymentIntentStatusCanceled, stripe.PaymentIntentStatusRequiresPaymentMethod:
		return payment.Failed
	}
	return payment.Processing
}

func method(d *stripe.ChargePaymentMethodDetails) (payment.Method, string) {
	switch {
	case d == nil:
		return payment.Card, ""
	case d.USBankAccount != nil:
		return payment.Bank, d.USBankAccount.Last4
	case d.Card != nil:
		return payment.Card, d.Card.Last4
	}
	return payment.Card, ""
}

// after is what became of a charge: money that went back, and banks that want it.
func (c *Client) after(ctx context.Context, account string, out *payment.PaymentState) error {
	refunds := &stripe.RefundListParams{Charge: &out.Charge}
	refunds.SetStripeAccount(account)
	for r, err := range c.stripe.V1Refunds.List(ctx, refunds).All(ctx) {
		if err != nil {
			return fmt.Errorf("read refunds: %w", err)
		}
		out.Refunds = append(out.Refunds, refundOf(r))
	}
	disputes := &stripe.DisputeListParams{Charge: &out.Charge}
	disputes.SetStripeAccount(account)
	for d, err := range c.stripe.V1Disputes.List(ctx, disputes).All(ctx) {
		if err != nil {
			return fmt.Errorf("read disputes: %w", err)
		}
		one := payment.ProviderDispute{ID: d.ID, Status: string(d.Status)}
		if d.EvidenceDetails != nil {
			one.AnswerBy = at(d.EvidenceDetails.DueBy)
		}
		for _, m := range d.BalanceTransactions {
			one.Moves = append(one.Moves, payment.Move{ID: m.ID, AmountCents: money.Cents(m.Amount), At: at(m.Created)})
		}
		out.Disputes = append(out.Disputes, one)
	}
	return nil
}

func refundOf(r *stripe.Refund) payment.ProviderRefund {
	return payment.ProviderRefund{ID: r.ID, AmountCents: money.Cents(r.Amount), At: at(r.Created), By: r.Metadata[recordedBy], Note: r.Metadata[noteKey],
		Failed: r.Status == stripe.RefundStatusFailed || r.Status == stripe.RefundStatusCanceled}
}

// GiveBack refunds a part of a charge. What Stripe refuses it says why.
func (c *Client) GiveBack(ctx context.Context, key string, g payment.GiveBack) (payment.ProviderRefund, error) {
	params := &stripe.RefundCreateParams{Charge: &g.Charge, Amount: stripe.Int64(int64(g.AmountCents)), Metadata: map[string]string{recordedBy: g.By, noteKey: g.Note}}
	params.SetStripeAccount(g.Account)
	params.SetIdempotencyKey(key)
	r, err := c.stripe.V1Refunds.Create(ctx, params)
	if e, ok := errors.AsType[*stripe.Error](err); ok && refused(err) {
		return payment.ProviderRefund{}, fault.New(fault.Conflict, "refund-refused", "Stripe does not give this back: %s", e.Msg).Because(err)
	}
	if err != nil {
		return payment.ProviderRefund{}, onAccount("give back", err)
	}
	return refundOf(r), nil
}

// SetUpEndpoint makes the webhook endpoint of companies' accounts where there is none. Its secret is shown once: one that
// nobody knows any more is replaced.
func (c *Client) SetUpEndpoint(ctx context.Context, address string, known bool) (secret string, err error) {
	for e, err := range c.stripe.V1WebhookEndpoints.List(ctx, nil).All(ctx) {
		switch {
		case err != nil:
			return "", fmt.Errorf("list webhook endpoints: %w", err)
		case e.URL != address:
		case known:
			return "", nil
		default:
			if _, err := c.stripe.V1WebhookEndpoints.Delete(ctx, e.ID, nil); err != nil {
				return "", fmt.Errorf("delete webhook endpoint: %w", err)
			}
		}
	}
	made, err := c.stripe.V1WebhookEndpoints.Create(ctx, &stripe.WebhookEndpointCreateParams{
		URL: &address, EnabledEvents: stripe.StringSlice(Events), APIVersion: stripe.String(stripe.APIVersion), Connect: stripe.Bool(true)})
	if err != nil {
		return "", fmt.Errorf("make webhook endpoint: %w", err)
	}
	return made.Secret, nil
}

// at reads Stripe's seconds; zero is no time.
func at(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
