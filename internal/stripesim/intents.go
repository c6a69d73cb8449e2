package stripesim

import "strings"

type paymentIntent struct {
	head
	Amount                            int64             `json:"amount"`
	AmountCapturable                  int64             `json:"amount_capturable"`
	AmountReceived                    int64             `json:"amount_received"`
	Application                       opt               `json:"application"`
	ApplicationFeeAmount              *int64            `json:"application_fee_amount"`
	AutomaticPaymentMethods           map[string]any    `json:"automatic_payment_methods"`
	CanceledAt                        stamp             `json:"canceled_at"`
	CancellationReason                opt               `json:"cancellation_reason"`
	CaptureMethod                     string            `json:"capture_method"`
	ClientSecret                      string            `json:"client_secret"`
	ConfirmationMethod                string            `json:"confirmation_method"`
	Currency                          string            `json:"currency"`
	Customer                          opt               `json:"customer"`
	CustomerAccount                   void              `json:"customer_account"`
	ExcludedPaymentMethodTypes        void              `json:"excluded_payment_method_types"`
	PaymentMethodConfigurationDetails void              `json:"payment_method_configuration_details"`
	Description                       opt               `json:"description"`
	LastPaymentError                  *Problem          `json:"last_payment_error"`
	LatestCharge                      opt               `json:"latest_charge"`
	Metadata                          map[string]string `json:"metadata"`
	NextAction                        *nextAction       `json:"next_action"`
	OnBehalfOf                        void              `json:"on_behalf_of"`
	PaymentMethod                     opt               `json:"payment_method"`
	PaymentMethodOptions              map[string]any    `json:"payment_method_options"`
	PaymentMethodTypes                []string          `json:"payment_method_types"`
	Processing                        void              `json:"processing"`
	ReceiptEmail                      opt               `json:"receipt_email"`
	Review                            void              `json:"review"`
	SetupFutureUsage                  opt               `json:"setup_future_usage"`
	Shipping                          void              `json:"shipping"`
	Source                            void              `json:"source"`
	StatementDescriptor               opt               `json:"statement_descriptor"`
	StatementDescriptorSuffix         opt               `json:"statement_descriptor_suffix"`
	Status                            string            `json:"status"`
	TransferData                      void              `json:"transfer_data"`
	TransferGroup                     void              `json:"transfer_group"`

	sp        *space
	clock     *clock
	method    *paymentMethod
	invoice   *invoice         // that it pays
	checkout  *checkoutSession // that it completes
	returnURL string
	settlesAt int64 // when a bank's payment is through
}

type nextAction struct {
	Type          string         `json:"type"`
	RedirectToURL *redirection   `json:"redirect_to_url,omitempty"`
	UseStripeSDK  map[string]any `json:"use_stripe_sdk,omitempty"`
}

type redirection struct {
	ReturnURL string `json:"return_url"`
	URL       string `json:"url"`
}

// bankDays is how long a payment from a bank account takes.
const bankDays = 4

// outcome is how trying to pay went.
type outcome int

const (
	through outcome = iota
	pending         // the bank takes days
	wanted          // the bank wants to see the person
	refused
)

func (pi *paymentIntent) become(status string) {
	if pi.Status == status {
		return
	}
	intentMoves.must("payment intent", pi.Status, status)
	pi.Status = status
}

func (sp *space) newIntent(at *clock, amount int64, currency string, cus *customer) *paymentIntent {
	pi := &paymentIntent{
		head: sp.head("pi", "payment_intent", at.now), Amount: amount, CaptureMethod: "automatic", ConfirmationMethod: "automatic", Currency: currency,
		Metadata: map[string]string{}, PaymentMethodOptions: map[string]any{}, PaymentMethodTypes: []string{"card"}, Status: needsMethod, sp: sp, clock: at,
	}
	pi.ClientSecret = pi.ID + "_secret_" + sp.sim.names.text("intent secret", 25)
	if cus != nil {
		pi.Customer = opt(cus.ID)
	}
	if sp.account != "" {
		pi.Application = application
	}
	return sp.paymentIntents.add(pi)
}

// application is the platform, as connected accounts see it.
const application = "ca_simulated"

// try charges a payment method. It says how that went; what it means for an invoice is settle's.
func (pi *paymentIntent) try(m *paymentMethod, authenticated bool) outcome {
	now := pi.clock.now
	pi.method, pi.PaymentMethod, pi.NextAction, pi.LastPaymentError = m, opt(m.ID), nil, nil
	pi.PaymentMethodTypes = []string{m.Type}
	authenticated = authenticated || m.vouched
	m.vouched = false
	no, wants := m.attempt(now, authenticated)
	switch {
	case wants:
		pi.become(needsAction)
		pi.NextAction = pi.sp.action(pi.ID, pi.returnURL)
		pi.sp.emit(now, "payment_intent.requires_action", pi)
		return wanted
	case no != nil:
		m.charged++
		pi.refuse(no)
		return refused
	}
	m.charged++
	if authenticated {
		m.setUp = true
	}
	if m.behavior.bank {
		pi.become(underway)
		pi.settlesAt = now + bankDays*day
		pi.sp.emit(now, "payment_intent.processing", pi)
		return pending
	}
	pi.succeed()
	return through
}

// action is where the person goes: to a page of ours, or into Stripe's script in the product's own page.
func (sp *space) action(id, returnURL string) *nextAction {
	if returnURL == "" {
		return &nextAction{Type: "use_stripe_sdk", UseStripeSDK: map[string]any{"type": "three_d_secure_redirect", "stripe_js": sp.sim.base + "/sim/3ds/" + id}}
	}
	return &nextAction{Type: "redirect_to_url", RedirectToURL: &redirection{returnURL, sp.sim.base + "/sim/3ds/" + id}}
}

func (pi *paymentIntent) succeed() {
	now := pi.clock.now
	ch := pi.sp.newCharge(pi, nil)
	pi.become(succeeded)
	pi.AmountReceived, pi.LatestCharge, pi.NextAction = pi.Amount, opt(ch.ID), nil
	if cus := pi.sp.customers.rows[string(pi.Customer)]; cus != nil && pi.SetupFutureUsage != "" {
		pi.sp.attach(pi.method, cus)
	}
	pi.sp.emit(now, "charge.succeeded", ch)
	pi.sp.emit(now, "payment_intent.succeeded", pi)
	if reason := pi.method.behavior.disputed; reason != "" {
		pi.sp.openDispute(ch, ch.Amount, reason)
	}
}

// refuse notes a decline. Where the bank never asked the network, as without authentication, there is no charge.
func (pi *paymentIntent) refuse(no *decline) {
	now := pi.clock.now
	p := declined(no.code, no.declineCode, no.message)
	if no != unanswered {
		ch := pi.sp.newCharge(pi, no)
		pi.LatestCharge, p.Charge = opt(ch.ID), ch.ID
		pi.sp.emit(now, "charge.failed", ch)
	}
	p.PaymentMethod = pi.method
	pi.become(needsMethod)
	pi.PaymentMethod, pi.NextAction, pi.LastPaymentError = "", nil, p
	pi.sp.emit(now, "payment_intent.payment_failed", pi)
}

// problem is the answer to whoever tried to pay and was refused.
func (pi *paymentIntent) problem() *Problem {
	p := *pi.LastPaymentError
	p.Status = 402
	p.PaymentIntent = pi
	return &p
}

// settle has what the intent is for follow how it went.
func (pi *paymentIntent) settle(o outcome) {
	if pi.invoice != nil {
		pi.invoice.settled(o)
	}
	if pi.checkout != nil {
		pi.checkout.settled(o)
	}
}

func (pi *paymentIntent) replan() { pi.clock.plan(pi) }

func (pi *paymentIntent) nextDue() int64 {
	if pi.Status != underway {
		return 0
	}
	return pi.settlesAt
}

// fire is the bank's answer after days.
func (pi *paymentIntent) fire(int64) {
	if no := pi.method.behavior.refuse; no != nil {
		pi.refuse(no)
		pi.settle(refused)
		return
	}
	pi.succeed()
	pi.settle(through)
}

// answered is what the person did at the bank's page.
func (pi *paymentIntent) answered(ok bool) {
	if !ok {
		pi.sp.unauthenticated(pi)
		pi.settle(refused)
		return
	}
	pi.settle(pi.try(pi.method, true))
}

func (sp *space) unauthenticated(pi *paymentIntent) {
	p := declined("payment_intent_authentication_failure", "", "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.")
	p.Type = "invalid_request_error"
	p.PaymentMethod = pi.method
	pi.become(needsMethod)
	pi.PaymentMethod, pi.NextAction, pi.LastPaymentError = "", nil, p
	sp.emit(pi.clock.now, "payment_intent.payment_failed", pi)
}

func (pi *paymentIntent) cancel(reason string) {
	pi.become(canceled)
	pi.CanceledAt, pi.CancellationReason, pi.NextAction = stamp(pi.clock.now), opt(reason), nil
	pi.sp.emit(pi.clock.now, "payment_intent.canceled", pi)
}

// Authenticate answers for the person at the bank's page: of a payment intent, setup intent or checkout session.
func (s *Sim) Authenticate(id string, ok bool) error {
	return s.plant(func() *Problem {
		switch {
		case strings.HasPrefix(id, "seti_"):
			_, si, p := plantedIn(s, id, func(sp *space) *table[*setupIntent] { return sp.setupIntents })
			if p != nil {
				return p
			}
			if si.Status != needsAction {
				return invalid("", "This setup intent waits for nobody.")
			}
			si.answered(ok)
			return nil
		case strings.HasPrefix(id, "cs_"):
			_, cs, p := plantedIn(s, id, func(sp *space) *table[*checkoutSession] { return sp.checkouts })
			if p != nil {
				return p
			}
			return cs.answered(ok)
		}
		_, pi, p := plantedIn(s, id, func(sp *space) *table[*paymentIntent] { return sp.paymentIntents })
		if p != nil {
			return p
		}
		if pi.Status != needsAction {
			return invalid("", "This payment intent waits for nobody.")
		}
		pi.answered(ok)
		return nil
	})
}
