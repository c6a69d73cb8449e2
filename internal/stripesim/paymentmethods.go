package stripesim

import (
	"fmt"
	"time"
)

type paymentMethod struct {
	head
	AllowRedisplay  string            `json:"allow_redisplay"`
	BillingDetails  billingDetails    `json:"billing_details"`
	Card            *card             `json:"card,omitempty"`
	Customer        opt               `json:"customer"`
	CustomerAccount void              `json:"customer_account"`
	Metadata        map[string]string `json:"metadata"`
	Type            string            `json:"type"`
	USBankAccount   *bankAccount      `json:"us_bank_account,omitempty"`

	behavior behavior
	setUp    bool // the bank has seen the person once
	charged  int  // how often it was tried
	vouched  bool // the bank has seen the person for the payment that comes now
}

type billingDetails struct {
	Address address `json:"address"`
	Email   opt     `json:"email"`
	Name    opt     `json:"name"`
	Phone   opt     `json:"phone"`
	TaxID   void    `json:"tax_id"`
}

type card struct {
	Brand             string         `json:"brand"`
	Checks            cardChecks     `json:"checks"`
	Country           string         `json:"country"`
	DisplayBrand      string         `json:"display_brand"`
	ExpMonth          int64          `json:"exp_month"`
	ExpYear           int64          `json:"exp_year"`
	Fingerprint       string         `json:"fingerprint"`
	Funding           string         `json:"funding"`
	GeneratedFrom     void           `json:"generated_from"`
	Last4             string         `json:"last4"`
	Networks          map[string]any `json:"networks"`
	RegulatedStatus   string         `json:"regulated_status"`
	ThreeDSecureUsage map[string]any `json:"three_d_secure_usage"`
	Wallet            void           `json:"wallet"`
}

type cardChecks struct {
	AddressLine1Check      opt `json:"address_line1_check"`
	AddressPostalCodeCheck opt `json:"address_postal_code_check"`
	CVCCheck               opt `json:"cvc_check"`
}

type bankAccount struct {
	AccountHolderType string `json:"account_holder_type"`
	AccountType       string `json:"account_type"`
	BankName          string `json:"bank_name"`
	Fingerprint       string `json:"fingerprint"`
	Last4             string `json:"last4"`
	RoutingNumber     string `json:"routing_number"`
}

const billingTakes = "billing_details.email billing_details.name billing_details.phone billing_details.address.line1 billing_details.address.line2 billing_details.address.city billing_details.address.state billing_details.address.postal_code billing_details.address.country allow_redisplay:always|limited|unspecified "

func paymentMethodOperations() []operation {
	return []operation{
		{"POST /v1/payment_methods", billingTakes + "metadata.* type:card|us_bank_account card.number card.exp_month:int card.exp_year:int card.cvc card.token us_bank_account.account_number us_bank_account.routing_number us_bank_account.account_holder_type:company|individual us_bank_account.account_type:checking|savings customer payment_method", createMethod},
		{"GET /v1/payment_methods", listed + "customer type:card|us_bank_account", func(c *call) (any, *Problem) {
			if id := c.form.str("customer"); id != "" {
				if _, p := c.sp.customers.named("customer", id); p != nil {
					return nil, p
				}
			}
			return page(c, c.sp.methods, func(m *paymentMethod) bool {
				return m.Customer != "" && same(c.form, "customer", m.Customer) && same(c.form, "type", m.Type)
			})
		}},
		{"GET /v1/payment_methods/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.methods.get(c.id)) }},
		{"POST /v1/payment_methods/{id}", billingTakes + "metadata.* card.exp_month:int card.exp_year:int", updateMethod},
		{"POST /v1/payment_methods/{id}/attach", "customer!", attachMethod},
		{"POST /v1/payment_methods/{id}/detach", "", detachMethod},
	}
}

// month is when a month begins.
func month(year, number int) int64 {
	return time.Date(year, time.Month(number), 1, 0, 0, 0, 0, time.UTC).Unix()
}

// method is a saved payment method, or a new one of a test name such as pm_card_visa.
func (sp *space) method(param, id string, now int64) (*paymentMethod, *Problem) {
	if b, test := behaviors[id]; test {
		return sp.newMethod(b, now), nil
	}
	return sp.methods.named(param, id)
}

// ownMethod refuses a payment method that another customer has, or nobody.
func (sp *space) ownMethod(param, id string, cus *customer) *Problem {
	m, p := sp.methods.named(param, id)
	if p != nil {
		return p
	}
	if string(m.Customer) != cus.ID {
		return coded("resource_missing", param, fmt.Sprintf("The customer does not have a payment method with the ID %s. The payment method must be attached to the customer.", id))
	}
	return nil
}

func (sp *space) newMethod(b behavior, now int64) *paymentMethod {
	m := &paymentMethod{head: sp.head("pm", "payment_method", now), AllowRedisplay: "unspecified", Metadata: map[string]string{}, behavior: b}
	last4 := b.number[len(b.number)-4:]
	fingerprint := fingerprintOf(b.number)
	if b.bank {
		m.Type = "us_bank_account"
		m.USBankAccount = &bankAccount{AccountHolderType: "company", AccountType: "checking", BankName: "STRIPE TEST BANK", Fingerprint: fingerprint, Last4: last4, RoutingNumber: "110000000"}
		return sp.methods.add(m)
	}
	m.Type = "card"
	at := time.Unix(now, 0).UTC()
	m.Card = &card{
		Brand: b.brand, Checks: cardChecks{CVCCheck: "pass"}, Country: "US", DisplayBrand: b.brand, ExpMonth: 12, ExpYear: int64(at.Year() + 8),
		Fingerprint: fingerprint, Funding: "credit", Last4: last4, Networks: map[string]any{"available": []string{b.brand}, "preferred": nil},
		RegulatedStatus: "unregulated", ThreeDSecureUsage: map[string]any{"supported": true},
	}
	if b.expires != 0 { // so many months from now it is over
		end := time.Date(at.Year(), at.Month()+time.Month(b.expires), 1, 0, 0, 0, 0, time.UTC)
		m.Card.ExpMonth, m.Card.ExpYear = int64(end.Month()), int64(end.Year())
	}
	return sp.methods.add(m)
}

// fingerprintOf is the same for the same number, whoever has it.
func fingerprintOf(number string) string {
	sum := digest(0, "fingerprint "+number, 0)
	out := make([]byte, 16)
	for i := range out {
		out[i] = letters[int(sum[i])%len(letters)]
	}
	return string(out)
}

func createMethod(c *call) (any, *Problem) {
	f := c.form
	b, p := typed(f)
	if p != nil {
		return nil, p
	}
	m := c.sp.newMethod(b, c.now())
	if m.Card != nil {
		m.Card.ExpMonth, m.Card.ExpYear = f.numOr("card.exp_month", m.Card.ExpMonth), f.numOr("card.exp_year", m.Card.ExpYear)
	}
	if m.USBankAccount != nil {
		m.USBankAccount.AccountHolderType = f.or("us_bank_account.account_holder_type", "individual")
		m.USBankAccount.AccountType = f.or("us_bank_account.account_type", "checking")
		m.USBankAccount.RoutingNumber = f.or("us_bank_account.routing_number", "110000000")
	}
	m.take(f)
	return m, nil
}

// typed reads the payment method that a form describes by numbers.
func typed(f *form) (behavior, *Problem) {
	switch f.str("type") {
	case "":
		return behavior{}, missing("type")
	case "us_bank_account":
		for _, b := range behaviors {
			if b.bank && b.number == f.str("us_bank_account.account_number") {
				return b, nil
			}
		}
		return behavior{}, coded("account_number_invalid", "us_bank_account[account_number]", "You must use a test bank account number in test mode.")
	}
	if token := f.str("card.token"); token != "" {
		b, ok := behaviors["pm_card_"+cutToken(token)]
		if !ok {
			return behavior{}, noSuch("token", "card[token]", token)
		}
		return b, nil
	}
	b, ok := byNumber(f.str("card.number"))
	if !ok || b.bank {
		p := declined("incorrect_number", "", "Your card number is incorrect.")
		p.Param = "card[number]"
		return behavior{}, p
	}
	return b, nil
}

func cutToken(token string) string {
	if len(token) > 4 && token[:4] == "tok_" {
		return token[4:]
	}
	return token
}

func (m *paymentMethod) take(f *form) {
	b := f.at("billing_details")
	for name, field := range map[string]*opt{"email": &m.BillingDetails.Email, "name": &m.BillingDetails.Name, "phone": &m.BillingDetails.Phone} {
		if b.has(name) {
			*field = opt(b.str(name))
		}
	}
	if a := readAddress(b.at("address")); a != nil {
		m.BillingDetails.Address = *a
	}
	if m.Card != nil {
		m.Card.ExpMonth, m.Card.ExpYear = f.numOr("card.exp_month", m.Card.ExpMonth), f.numOr("card.exp_year", m.Card.ExpYear)
	}
	m.AllowRedisplay = f.or("allow_redisplay", m.AllowRedisplay)
	m.Metadata = f.metadata("metadata", m.Metadata)
}

func updateMethod(c *call) (any, *Problem) {
	m, p := c.sp.methods.get(c.id)
	if p != nil {
		return nil, p
	}
	if m.Customer == "" {
		return nil, invalid("", "You must save this PaymentMethod to a customer before you can update it.")
	}
	before := was(m)
	m.take(c.form)
	c.sp.changed(c.now(), "payment_method.updated", m, before)
	return m, nil
}

// savable is the bank's answer to saving a card.
func (m *paymentMethod) savable() *Problem {
	if !m.behavior.refuseSaving {
		return nil
	}
	d := m.behavior.refuse
	p := declined(d.code, d.declineCode, d.message)
	p.PaymentMethod = m
	return p
}

func attachMethod(c *call) (any, *Problem) {
	cus, p := c.sp.customers.named("customer", c.form.str("customer"))
	if p != nil {
		return nil, p
	}
	m, p := c.sp.method("payment_method", c.id, cus.clock.now)
	if p != nil {
		p.Status = 404
		return nil, p
	}
	if m.Customer != "" && string(m.Customer) != cus.ID {
		return nil, invalid("", "The payment method you provided has already been attached to a customer.")
	}
	if p := m.savable(); p != nil {
		return nil, p
	}
	c.sp.attach(m, cus)
	return m, nil
}

func (sp *space) attach(m *paymentMethod, cus *customer) {
	if string(m.Customer) == cus.ID {
		return
	}
	m.Customer = opt(cus.ID)
	sp.emit(cus.clock.now, "payment_method.attached", m)
}

func detachMethod(c *call) (any, *Problem) {
	m, p := c.sp.methods.get(c.id)
	if p != nil {
		return nil, p
	}
	cus, attached := c.sp.customers.rows[string(m.Customer)]
	if !attached {
		return nil, invalid("", "The payment method you provided is not attached to a customer so detachment is impossible.")
	}
	before := was(m)
	m.Customer = ""
	previous := changes(m, before)
	c.sp.tell(cus.clock.now, "payment_method.detached", m, previous)
	if string(cus.InvoiceSettings.DefaultPaymentMethod) == m.ID {
		before := was(cus)
		cus.InvoiceSettings.DefaultPaymentMethod = ""
		c.sp.changed(cus.clock.now, "customer.updated", cus, before)
	}
	for _, s := range c.sp.subscriptions.where(func(s *subscription) bool { return string(s.DefaultPaymentMethod) == m.ID }) {
		before := was(s)
		s.DefaultPaymentMethod = ""
		c.sp.changed(cus.clock.now, "customer.subscription.updated", s, before)
	}
	return m, nil
}

// Replace is what a card's bank does when it sends a new card: the method stays, its expiry moves.
func (s *Sim) Replace(method string, expMonth, expYear int) error {
	return s.plant(func() *Problem {
		sp, m, p := plantedIn(s, method, func(sp *space) *table[*paymentMethod] { return sp.methods })
		if p != nil {
			return p
		}
		before := was(m)
		m.Card.ExpMonth, m.Card.ExpYear = int64(expMonth), int64(expYear)
		sp.changed(s.clock.now, "payment_method.automatically_updated", m, before)
		return nil
	})
}

// Behave has a saved card answer from now on as a test card does: Behave("pm_…", "pm_card_chargeCustomerFail").
func (s *Sim) Behave(method, like string) error {
	return s.plant(func() *Problem {
		b, known := behaviors[like]
		if !known {
			return noSuch("test payment method", "like", like)
		}
		_, m, p := plantedIn(s, method, func(sp *space) *table[*paymentMethod] { return sp.methods })
		if p != nil {
			return p
		}
		m.behavior, m.charged, m.setUp = b, 0, false
		return nil
	})
}

// plant does something that no call of the API does: what people, banks and Stripe do.
func (s *Sim) plant(do func() *Problem) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := do(); p != nil {
		return p
	}
	return nil
}

// plantedIn finds an object in whatever space it lies.
func plantedIn[T record](s *Sim, id string, of func(*space) *table[T]) (*space, T, *Problem) {
	var none T
	for _, sp := range s.spaces {
		if row, ok := of(sp).rows[id]; ok {
			return sp, row, nil
		}
	}
	return nil, none, absent("object", id)
}
