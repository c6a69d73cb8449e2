package stripesim

import (
	"fmt"
	"slices"
	"strings"
)

const (
	intentTakes = "metadata.* description receipt_email setup_future_usage:off_session|on_session statement_descriptor statement_descriptor_suffix application_fee_amount:int payment_method customer payment_method_types[] "
	wayTakes    = "off_session:bool return_url use_stripe_sdk:bool mandate_data.customer_acceptance.type:online|offline mandate_data.customer_acceptance.online.ip_address mandate_data.customer_acceptance.online.user_agent "
)

func paymentIntentOperations() []operation {
	return []operation{
		{"POST /v1/payment_intents", intentTakes + wayTakes + "amount:int! currency! confirm:bool capture_method:automatic|automatic_async confirmation_method:automatic automatic_payment_methods.enabled:bool automatic_payment_methods.allow_redirects:always|never", createIntent},
		{"GET /v1/payment_intents", listed + "customer", func(c *call) (any, *Problem) {
			return page(c, c.sp.paymentIntents, func(pi *paymentIntent) bool { return same(c.form, "customer", pi.Customer) })
		}},
		{"GET /v1/payment_intents/{id}", "client_secret", func(c *call) (any, *Problem) { return found(c.sp.paymentIntents.get(c.id)) }},
		{"POST /v1/payment_intents/{id}", intentTakes + "amount:int currency", updateIntent},
		{"POST /v1/payment_intents/{id}/confirm", wayTakes + "payment_method receipt_email setup_future_usage:off_session|on_session client_secret", confirmIntent},
		{"POST /v1/payment_intents/{id}/cancel", "cancellation_reason:abandoned|duplicate|fraudulent|requested_by_customer", cancelIntent},
	}
}

func setupIntentOperations() []operation {
	return []operation{
		{"POST /v1/setup_intents", wayTakes + "customer payment_method payment_method_types[] usage:off_session|on_session confirm:bool metadata.* description automatic_payment_methods.enabled:bool automatic_payment_methods.allow_redirects:always|never", createSetup},
		{"GET /v1/setup_intents", listed + "customer payment_method", func(c *call) (any, *Problem) {
			return page(c, c.sp.setupIntents, func(si *setupIntent) bool {
				return same(c.form, "customer", si.Customer) && same(c.form, "payment_method", si.PaymentMethod)
			})
		}},
		{"GET /v1/setup_intents/{id}", "client_secret", func(c *call) (any, *Problem) { return found(c.sp.setupIntents.get(c.id)) }},
		{"POST /v1/setup_intents/{id}", "customer payment_method payment_method_types[] metadata.* description", updateSetup},
		{"POST /v1/setup_intents/{id}/confirm", wayTakes + "payment_method client_secret", confirmSetup},
		{"POST /v1/setup_intents/{id}/cancel", "cancellation_reason:abandoned|duplicate|requested_by_customer", cancelSetup},
	}
}

// clockOf is the time that a customer lives in; without one it is the simulator's own.
func (sp *space) clockOf(cus *customer) *clock {
	if cus == nil {
		return sp.sim.clock
	}
	return cus.clock
}

// payer is the customer that a parameter names; nil when it names none.
func (c *call) payer() (*customer, *Problem) {
	id := c.form.str("customer")
	if id == "" {
		return nil, nil
	}
	return c.sp.customers.named("customer", id)
}

const leastAmount = 50

func createIntent(c *call) (any, *Problem) {
	f := c.form
	if f.num("amount") < leastAmount {
		return nil, coded("amount_too_small", "amount", "Amount must be at least $0.50 usd")
	}
	if p := c.sp.chargeable(); p != nil {
		return nil, p
	}
	if f.filled("application_fee_amount") && c.sp.account == "" {
		return nil, invalid("application_fee_amount", "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).")
	}
	if f.num("application_fee_amount") > f.num("amount") {
		return nil, invalid("application_fee_amount", "The application fee cannot be greater than the total transaction amount.")
	}
	cus, p := c.payer()
	if p != nil {
		return nil, p
	}
	m, p := c.sp.usable(f.str("payment_method"), cus)
	if p != nil {
		return nil, p
	}
	if f.yes("confirm") && m == nil {
		return nil, coded("payment_intent_unexpected_state", "", "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent with a payment method and then confirm it again.")
	}
	pi := c.sp.newIntent(c.sp.clockOf(cus), f.num("amount"), strings.ToLower(f.str("currency")), cus)
	pi.take(f)
	if f.has("automatic_payment_methods") {
		pi.AutomaticPaymentMethods = map[string]any{"enabled": f.yes("automatic_payment_methods.enabled"), "allow_redirects": f.or("automatic_payment_methods.allow_redirects", "always")}
	}
	if m != nil {
		pi.method, pi.PaymentMethod = m, opt(m.ID)
		pi.become(needsConfirmation)
	}
	c.sp.emit(pi.clock.now, "payment_intent.created", pi)
	if f.yes("confirm") {
		return pi.confirm(f)
	}
	return pi, nil
}

func (pi *paymentIntent) take(f *form) {
	for name, field := range map[string]*opt{
		"description": &pi.Description, "receipt_email": &pi.ReceiptEmail, "setup_future_usage": &pi.SetupFutureUsage,
		"statement_descriptor": &pi.StatementDescriptor, "statement_descriptor_suffix": &pi.StatementDescriptorSuffix,
	} {
		if f.has(name) {
			*field = opt(f.str(name))
		}
	}
	if f.filled("application_fee_amount") {
		fee := f.num("application_fee_amount")
		pi.ApplicationFeeAmount = &fee
	}
	if f.has("payment_method_types") {
		pi.PaymentMethodTypes = f.texts("payment_method_types")
	}
	pi.Metadata = f.metadata("metadata", pi.Metadata)
}

// usable is a payment method for a payment: a customer's own, or one that nobody has.
func (sp *space) usable(id string, cus *customer) (*paymentMethod, *Problem) {
	if id == "" {
		return nil, nil
	}
	m, p := sp.method("payment_method", id, sp.clockOf(cus).now)
	if p != nil {
		return nil, p
	}
	if m.Customer != "" && (cus == nil || string(m.Customer) != cus.ID) {
		return nil, invalid("payment_method", "The PaymentMethod "+m.ID+" belongs to a Customer, or to another one. Please include the Customer in the `customer` parameter of the PaymentIntent.")
	}
	return m, nil
}

// confirm tries to pay as the form says, and answers for the API.
func (pi *paymentIntent) confirm(f *form) (any, *Problem) {
	pi.returnURL = f.or("return_url", pi.returnURL)
	if _, wants := pi.method.attempt(pi.clock.now, false); wants && f.yes("off_session") && pi.invoice == nil {
		pi.refuse(unanswered)
		return nil, pi.problem()
	}
	o := pi.try(pi.method, false)
	pi.settle(o)
	if o == refused {
		return nil, pi.problem()
	}
	return pi, nil
}

func (pi *paymentIntent) unexpected(doing string) *Problem {
	p := coded("payment_intent_unexpected_state", "", fmt.Sprintf("You cannot %s this PaymentIntent because it has a status of %s.", doing, pi.Status))
	p.PaymentIntent = pi
	return p
}

func confirmIntent(c *call) (any, *Problem) {
	pi, p := c.sp.paymentIntents.get(c.id)
	if p != nil {
		return nil, p
	}
	if !slices.Contains([]string{needsMethod, needsConfirmation, needsAction}, pi.Status) {
		return nil, pi.unexpected("confirm")
	}
	m, p := c.sp.usable(c.form.or("payment_method", string(pi.PaymentMethod)), c.sp.customers.rows[string(pi.Customer)])
	if p != nil {
		return nil, p
	}
	if m == nil {
		return nil, pi.unexpected("confirm")
	}
	pi.method = m
	if c.form.has("receipt_email") {
		pi.ReceiptEmail = opt(c.form.str("receipt_email"))
	}
	if c.form.has("setup_future_usage") {
		pi.SetupFutureUsage = opt(c.form.str("setup_future_usage"))
	}
	return pi.confirm(c.form)
}

func updateIntent(c *call) (any, *Problem) {
	pi, p := c.sp.paymentIntents.get(c.id)
	if p != nil {
		return nil, p
	}
	f := c.form
	if f.filled("amount") || f.filled("payment_method") || f.filled("customer") {
		if !slices.Contains([]string{needsMethod, needsConfirmation, needsAction}, pi.Status) {
			return nil, pi.unexpected("update")
		}
	}
	if f.filled("amount") && f.num("amount") < leastAmount {
		return nil, coded("amount_too_small", "amount", "Amount must be at least $0.50 usd")
	}
	cus := c.sp.customers.rows[string(pi.Customer)]
	if f.filled("customer") {
		if cus, p = c.payer(); p != nil {
			return nil, p
		}
	}
	m, p := c.sp.usable(f.str("payment_method"), cus)
	if p != nil {
		return nil, p
	}
	pi.Amount = f.numOr("amount", pi.Amount)
	if cus != nil {
		pi.Customer = opt(cus.ID)
	}
	if m != nil {
		pi.method, pi.PaymentMethod = m, opt(m.ID)
		pi.become(needsConfirmation)
	}
	pi.take(f)
	return pi, nil
}

func cancelIntent(c *call) (any, *Problem) {
	pi, p := c.sp.paymentIntents.get(c.id)
	if p != nil {
		return nil, p
	}
	if pi.invoice != nil {
		return nil, coded("payment_intent_unexpected_state", "", "You cannot cancel this PaymentIntent because it belongs to an invoice: void the invoice.")
	}
	if !intentMoves.may(pi.Status, canceled) {
		return nil, pi.unexpected("cancel")
	}
	pi.cancel(c.form.str("cancellation_reason"))
	return pi, nil
}
