package stripesim

import "fmt"

type charge struct {
	head
	Amount                        int64             `json:"amount"`
	AmountCaptured                int64             `json:"amount_captured"`
	AmountRefunded                int64             `json:"amount_refunded"`
	Application                   opt               `json:"application"`
	ApplicationFee                void              `json:"application_fee"`
	ApplicationFeeAmount          *int64            `json:"application_fee_amount"`
	BalanceTransaction            void              `json:"balance_transaction"`
	BillingDetails                billingDetails    `json:"billing_details"`
	CalculatedStatementDescriptor opt               `json:"calculated_statement_descriptor"`
	Captured                      bool              `json:"captured"`
	Currency                      string            `json:"currency"`
	Customer                      opt               `json:"customer"`
	Description                   opt               `json:"description"`
	Disputed                      bool              `json:"disputed"`
	FailureBalanceTransaction     void              `json:"failure_balance_transaction"`
	FailureCode                   opt               `json:"failure_code"`
	FailureMessage                opt               `json:"failure_message"`
	FraudDetails                  map[string]any    `json:"fraud_details"`
	Metadata                      map[string]string `json:"metadata"`
	OnBehalfOf                    void              `json:"on_behalf_of"`
	Outcome                       chargeOutcome     `json:"outcome"`
	Paid                          bool              `json:"paid"`
	PaymentIntent                 opt               `json:"payment_intent"`
	PaymentMethod                 opt               `json:"payment_method"`
	PaymentMethodDetails          map[string]any    `json:"payment_method_details"`
	ReceiptEmail                  opt               `json:"receipt_email"`
	ReceiptNumber                 void              `json:"receipt_number"`
	ReceiptURL                    opt               `json:"receipt_url"`
	Refunded                      bool              `json:"refunded"`
	Review                        void              `json:"review"`
	Shipping                      void              `json:"shipping"`
	Source                        void              `json:"source"`
	SourceTransfer                void              `json:"source_transfer"`
	StatementDescriptor           opt               `json:"statement_descriptor"`
	StatementDescriptorSuffix     opt               `json:"statement_descriptor_suffix"`
	Status                        string            `json:"status"`
	TransferData                  void              `json:"transfer_data"`
	TransferGroup                 void              `json:"transfer_group"`

	intent *paymentIntent
}

type chargeOutcome struct {
	NetworkAdviceCode  void   `json:"network_advice_code"`
	NetworkDeclineCode void   `json:"network_decline_code"`
	AdviceCode         void   `json:"advice_code"`
	NetworkStatus      string `json:"network_status"`
	Reason             opt    `json:"reason"`
	RiskLevel          string `json:"risk_level"`
	SellerMessage      string `json:"seller_message"`
	Type               string `json:"type"`
}

type refund struct {
	key
	Amount                 int64             `json:"amount"`
	BalanceTransaction     void              `json:"balance_transaction"`
	Charge                 opt               `json:"charge"`
	Created                int64             `json:"created"`
	Currency               string            `json:"currency"`
	FailureReason          opt               `json:"failure_reason,omitempty"`
	Metadata               map[string]string `json:"metadata"`
	PaymentIntent          opt               `json:"payment_intent"`
	Reason                 opt               `json:"reason"`
	ReceiptNumber          void              `json:"receipt_number"`
	SourceTransferReversal void              `json:"source_transfer_reversal"`
	Status                 string            `json:"status"`
	TransferReversal       void              `json:"transfer_reversal"`

	of      *charge
	failsAt int64
}

func (r *refund) born() int64 { return r.Created }

// newCharge is money that moved, or did not.
func (sp *space) newCharge(pi *paymentIntent, no *decline) *charge {
	m := pi.method
	ch := &charge{
		head: sp.head("ch", "charge", pi.clock.now), Amount: pi.Amount, Application: pi.Application, ApplicationFeeAmount: pi.ApplicationFeeAmount, BillingDetails: m.BillingDetails,
		Captured: no == nil, Currency: pi.Currency, Customer: pi.Customer, Description: pi.Description, FraudDetails: map[string]any{}, Metadata: pi.Metadata,
		Outcome: chargeOutcome{NetworkStatus: "approved_by_network", RiskLevel: "normal", SellerMessage: "Payment complete.", Type: "authorized"},
		Paid:    no == nil, PaymentIntent: opt(pi.ID), PaymentMethod: opt(m.ID), ReceiptEmail: pi.ReceiptEmail, Status: succeeded,
		StatementDescriptor: pi.StatementDescriptor, StatementDescriptorSuffix: pi.StatementDescriptorSuffix, intent: pi,
	}
	details := map[string]any{"type": m.Type}
	if m.Card != nil {
		details["card"] = map[string]any{"brand": m.Card.Brand, "country": "US", "exp_month": m.Card.ExpMonth, "exp_year": m.Card.ExpYear, "fingerprint": m.Card.Fingerprint, "funding": m.Card.Funding, "last4": m.Card.Last4, "network": m.Card.Brand}
	} else {
		details["us_bank_account"] = m.USBankAccount
	}
	ch.PaymentMethodDetails = details
	if no == nil {
		ch.AmountCaptured = ch.Amount
		ch.ReceiptURL = opt("https://pay.stripe.com/receipts/" + ch.ID)
		return sp.charges.add(ch)
	}
	ch.Status, ch.FailureCode, ch.FailureMessage = failed, opt(no.code), opt(no.message)
	ch.Outcome = chargeOutcome{NetworkStatus: "declined_by_network", Reason: opt(no.declineCode), RiskLevel: "normal", SellerMessage: "The bank did not return any further details with this decline.", Type: "issuer_declined"}
	return sp.charges.add(ch)
}

func chargeOperations() []operation {
	return []operation{
		{"GET /v1/charges", listed + "customer payment_intent", func(c *call) (any, *Problem) {
			return page(c, c.sp.charges, func(ch *charge) bool {
				return same(c.form, "customer", ch.Customer) && same(c.form, "payment_intent", ch.PaymentIntent)
			})
		}},
		{"GET /v1/charges/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.charges.get(c.id)) }},
		{"POST /v1/refunds", "charge payment_intent amount:int reason:duplicate|fraudulent|requested_by_customer metadata.* refund_application_fee:bool reverse_transfer:bool", createRefund},
		{"GET /v1/refunds", listed + "charge payment_intent", func(c *call) (any, *Problem) {
			return page(c, c.sp.refunds, func(r *refund) bool {
				return same(c.form, "charge", r.Charge) && same(c.form, "payment_intent", r.PaymentIntent)
			})
		}},
		{"GET /v1/refunds/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.refunds.get(c.id)) }},
		{"POST /v1/refunds/{id}", "metadata.*", func(c *call) (any, *Problem) {
			r, p := c.sp.refunds.get(c.id)
			if p != nil {
				return nil, p
			}
			before := was(r)
			r.Metadata = c.form.metadata("metadata", r.Metadata)
			c.sp.changed(r.of.intent.clock.now, "refund.updated", r, before)
			return r, nil
		}},
	}
}

func createRefund(c *call) (any, *Problem) {
	ch, p := c.refundable()
	if p != nil {
		return nil, p
	}
	left := ch.AmountCaptured - ch.AmountRefunded
	amount := c.form.numOr("amount", left)
	switch {
	case left == 0:
		return nil, coded("charge_already_refunded", "", fmt.Sprintf("Charge %s has already been refunded.", ch.ID))
	case ch.Disputed:
		return nil, coded("charge_disputed", "", fmt.Sprintf("Charge %s has been charged back; cannot issue a refund.", ch.ID))
	case amount <= 0:
		return nil, coded("parameter_invalid_integer", "amount", "This value must be greater than or equal to 1.")
	case amount > left:
		return nil, invalid("amount", fmt.Sprintf("Refund amount ($%d.%02d) is greater than unrefunded amount on charge ($%d.%02d)", amount/100, amount%100, left/100, left%100))
	}
	now := ch.intent.clock.now
	r := &refund{
		key: key{c.sim.names.next("re"), "refund"}, Amount: amount, Charge: opt(ch.ID), Created: now, Currency: ch.Currency, PaymentIntent: ch.PaymentIntent,
		Reason: opt(c.form.str("reason")), Status: succeeded, Metadata: c.form.metadata("metadata", nil), of: ch,
	}
	c.sp.refunds.add(r)
	before := was(ch)
	ch.AmountRefunded += amount
	ch.Refunded = ch.AmountRefunded == ch.AmountCaptured
	previous := changes(ch, before)
	c.sp.emit(now, "refund.created", r)
	c.sp.tell(now, "charge.refunded", ch, previous)
	if ch.intent.method.behavior.refundFails {
		r.failsAt = now + day
		ch.intent.clock.plan(r)
	}
	return r, nil
}

// refundable is the charge that a refund names, itself or by its intent.
func (c *call) refundable() (*charge, *Problem) {
	f := c.form
	if f.filled("charge") == f.filled("payment_intent") {
		return nil, coded("parameter_missing", "charge", "One of the following params should be provided for this request: payment_intent or charge.")
	}
	id := f.str("charge")
	if f.filled("payment_intent") {
		pi, p := c.sp.paymentIntents.named("payment_intent", f.str("payment_intent"))
		if p != nil {
			return nil, p
		}
		if pi.Status != succeeded {
			return nil, invalid("payment_intent", "This PaymentIntent ("+pi.ID+") does not have a successful charge to refund.")
		}
		id = string(pi.LatestCharge)
	}
	ch, p := c.sp.charges.named("charge", id)
	if p == nil && !ch.Paid {
		p = invalid("charge", "Charge "+id+" was not successful and cannot be refunded.")
	}
	return ch, p
}

func (r *refund) nextDue() int64 { return r.failsAt }

// fire is the bank that sends the money back: the account is closed.
func (r *refund) fire(now int64) {
	sp, ch := r.of.intent.sp, r.of
	r.failsAt = 0
	before := was(r)
	r.Status, r.FailureReason = failed, "lost_or_stolen_card"
	ch.AmountRefunded -= r.Amount
	ch.Refunded = false
	previous := changes(r, before)
	sp.tell(now, "charge.refund.updated", r, previous)
	sp.tell(now, "refund.updated", r, previous)
	sp.tell(now, "refund.failed", r, nil)
}
