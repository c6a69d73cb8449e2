package stripesim

type dispute struct {
	head
	Amount                   int64             `json:"amount"`
	BalanceTransactions      []transaction     `json:"balance_transactions"`
	Charge                   opt               `json:"charge"`
	Currency                 string            `json:"currency"`
	EnhancedEligibilityTypes []string          `json:"enhanced_eligibility_types"`
	Evidence                 map[string]any    `json:"evidence"`
	EvidenceDetails          evidenceDetails   `json:"evidence_details"`
	IsChargeRefundable       bool              `json:"is_charge_refundable"`
	Metadata                 map[string]string `json:"metadata"`
	PaymentIntent            opt               `json:"payment_intent"`
	Reason                   string            `json:"reason"`
	Status                   string            `json:"status"`

	sp *space
	of *charge
}

// transaction is a movement on the account's balance.
type transaction struct {
	key
	Created  int64  `json:"created"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
	Fee      int64  `json:"fee"`
	Net      int64  `json:"net"`
	Type     string `json:"type"`
}

type evidenceDetails struct {
	DueBy           stamp `json:"due_by"`
	HasEvidence     bool  `json:"has_evidence"`
	PastDue         bool  `json:"past_due"`
	SubmissionCount int64 `json:"submission_count"`
}

// disputeFee is what Stripe takes for a dispute.
const disputeFee = 1500

func disputeOperations() []operation {
	return []operation{
		{"GET /v1/disputes", listed + "charge payment_intent", func(c *call) (any, *Problem) {
			return page(c, c.sp.disputes, func(d *dispute) bool {
				return same(c.form, "charge", d.Charge) && same(c.form, "payment_intent", d.PaymentIntent)
			})
		}},
		{"GET /v1/disputes/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.disputes.get(c.id)) }},
		{"POST /v1/disputes/{id}", "metadata.* submit:bool evidence.uncategorized_text evidence.customer_name evidence.customer_email_address evidence.product_description evidence.service_date evidence.access_activity_log", updateDispute},
		{"POST /v1/disputes/{id}/close", "", func(c *call) (any, *Problem) {
			d, p := c.sp.disputes.get(c.id)
			if p != nil {
				return nil, p
			}
			if !disputeMoves.may(d.Status, "lost") {
				return nil, invalid("", "This dispute is already closed")
			}
			d.close(false)
			return d, nil
		}},
	}
}

func (sp *space) openDispute(ch *charge, amount int64, reason string) *dispute {
	now := ch.intent.clock.now
	d := &dispute{
		head: sp.head("du", "dispute", now), Amount: amount, Charge: opt(ch.ID), Currency: ch.Currency, EnhancedEligibilityTypes: []string{}, Evidence: map[string]any{},
		EvidenceDetails: evidenceDetails{DueBy: stamp(now + 9*day)}, Metadata: map[string]string{}, PaymentIntent: ch.PaymentIntent, Reason: reason, Status: "needs_response", sp: sp, of: ch,
	}
	d.move(-amount, disputeFee)
	ch.Disputed = true
	sp.disputes.add(d)
	sp.emit(now, "charge.dispute.created", d)
	sp.emit(now, "charge.dispute.funds_withdrawn", d)
	return d
}

func (d *dispute) move(amount, fee int64) {
	d.BalanceTransactions = append(d.BalanceTransactions, transaction{
		key: key{d.sp.sim.names.next("txn"), "balance_transaction"}, Created: d.of.intent.clock.now, Amount: amount, Currency: d.Currency, Fee: fee, Net: amount - fee, Type: "adjustment",
	})
}

// The texts of evidence that decide a dispute in test mode.
const (
	winningEvidence = "winning_evidence"
	losingEvidence  = "losing_evidence"
)

func updateDispute(c *call) (any, *Problem) {
	d, p := c.sp.disputes.get(c.id)
	if p != nil {
		return nil, p
	}
	if c.form.has("evidence") && d.Status != "needs_response" {
		return nil, invalid("", "This dispute can no longer be updated.")
	}
	before := was(d)
	d.Metadata = c.form.metadata("metadata", d.Metadata)
	for name, value := range c.form.at("evidence").under {
		d.Evidence[name] = value.value
		d.EvidenceDetails.HasEvidence = true
	}
	text, _ := d.Evidence["uncategorized_text"].(string)
	submitted := d.EvidenceDetails.HasEvidence && c.form.or("submit", "true") == "true" && d.Status == "needs_response"
	if submitted {
		d.EvidenceDetails.SubmissionCount++
		d.become("under_review")
	}
	c.sp.changed(d.of.intent.clock.now, "charge.dispute.updated", d, before)
	if submitted && (text == winningEvidence || text == losingEvidence) {
		d.close(text == winningEvidence)
	}
	return d, nil
}

func (d *dispute) become(status string) {
	disputeMoves.must("dispute", d.Status, status)
	d.Status = status
}

func (d *dispute) close(won bool) {
	now := d.of.intent.clock.now
	if !won {
		d.become("lost")
		d.sp.emit(now, "charge.dispute.closed", d)
		return
	}
	d.become("won")
	d.move(d.Amount, -disputeFee)
	d.of.Disputed = false
	d.sp.emit(now, "charge.dispute.closed", d)
	d.sp.emit(now, "charge.dispute.funds_reinstated", d)
}

// OpenDispute is a cardholder who wants the money of a charge back; of a part of it, when amount is not zero.
func (s *Sim) OpenDispute(charge string, amount int64, reason string) (id string, err error) {
	err = s.plant(func() *Problem {
		sp, ch, p := plantedChargeOf(s, charge)
		if p != nil {
			return p
		}
		if ch.Disputed || !ch.Paid {
			return invalid("", "This charge is disputed already, or took no money.")
		}
		if amount == 0 {
			amount = ch.Amount
		}
		id = sp.openDispute(ch, amount, reason).ID
		return nil
	})
	return id, err
}

// CloseDispute is what the bank decides.
func (s *Sim) CloseDispute(id string, won bool) error {
	return s.plant(func() *Problem {
		_, d, p := plantedIn(s, id, func(sp *space) *table[*dispute] { return sp.disputes })
		if p != nil {
			return p
		}
		if !disputeMoves.may(d.Status, "lost") {
			return invalid("", "This dispute is already closed")
		}
		d.close(won)
		return nil
	})
}

// WarnOfFraud is a card network that doubts a charge: radar.early_fraud_warning.created.
func (s *Sim) WarnOfFraud(charge string) error {
	return s.plant(func() *Problem {
		sp, ch, p := plantedChargeOf(s, charge)
		if p != nil {
			return p
		}
		now := ch.intent.clock.now
		sp.emit(now, "radar.early_fraud_warning.created", &struct {
			head
			Actionable    bool   `json:"actionable"`
			Charge        string `json:"charge"`
			FraudType     string `json:"fraud_type"`
			PaymentIntent opt    `json:"payment_intent"`
		}{sp.head("issfr", "radar.early_fraud_warning", now), !ch.Refunded, ch.ID, "misc", ch.PaymentIntent})
		return nil
	})
}

func plantedChargeOf(s *Sim, id string) (*space, *charge, *Problem) {
	return plantedIn(s, id, func(sp *space) *table[*charge] { return sp.charges })
}
