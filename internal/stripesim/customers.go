package stripesim

import "strings"

type customer struct {
	head
	Address          *address          `json:"address"`
	Balance          int64             `json:"balance"`
	Currency         opt               `json:"currency"`
	DefaultSource    void              `json:"default_source"`
	Delinquent       bool              `json:"delinquent"`
	Description      opt               `json:"description"`
	Email            opt               `json:"email"`
	InvoicePrefix    string            `json:"invoice_prefix"`
	InvoiceSettings  customerInvoicing `json:"invoice_settings"`
	Metadata         map[string]string `json:"metadata"`
	Name             opt               `json:"name"`
	NextInvoice      int64             `json:"next_invoice_sequence"`
	Phone            opt               `json:"phone"`
	PreferredLocales []string          `json:"preferred_locales"`
	Shipping         void              `json:"shipping"`
	TaxExempt        string            `json:"tax_exempt"`
	TestClock        opt               `json:"test_clock"`

	clock *clock
}

type address struct {
	City       opt `json:"city"`
	Country    opt `json:"country"`
	Line1      opt `json:"line1"`
	Line2      opt `json:"line2"`
	PostalCode opt `json:"postal_code"`
	State      opt `json:"state"`
}

type customerInvoicing struct {
	CustomFields         void `json:"custom_fields"`
	DefaultPaymentMethod opt  `json:"default_payment_method"`
	Footer               opt  `json:"footer"`
	RenderingOptions     void `json:"rendering_options"`
}

const (
	addressTakes  = "address.line1 address.line2 address.city address.state address.postal_code address.country "
	customerTakes = addressTakes + "email name phone description metadata.* balance:int invoice_prefix next_invoice_sequence:int " +
		"invoice_settings.default_payment_method invoice_settings.footer preferred_locales[] tax_exempt:none|exempt|reverse "
)

func customerOperations() []operation {
	return []operation{
		{"POST /v1/customers", customerTakes + "payment_method test_clock", createCustomer},
		{"GET /v1/customers", listed + "email test_clock", func(c *call) (any, *Problem) {
			return page(c, c.sp.customers, func(x *customer) bool {
				return same(c.form, "email", x.Email) && c.form.str("test_clock") == string(x.TestClock)
			})
		}},
		{"GET /v1/customers/search", "query! limit:int page", searchCustomers},
		{"GET /v1/customers/{id}", "", func(c *call) (any, *Problem) {
			if grave, gone := c.sp.customers.gone[c.id]; gone {
				return grave, nil
			}
			return found(c.sp.customers.get(c.id))
		}},
		{"POST /v1/customers/{id}", customerTakes, updateCustomer},
		{"DELETE /v1/customers/{id}", "", func(c *call) (any, *Problem) {
			cus, p := c.sp.customers.get(c.id)
			if p != nil {
				return nil, p
			}
			return c.sp.deleteCustomer(cus), nil
		}},
		{"GET /v1/customers/{id}/payment_methods", listed + "type:card|us_bank_account allow_redisplay", listCustomerMethods},
		{"GET /v1/customers/{id}/payment_methods/{method}", "", func(c *call) (any, *Problem) {
			m, p := c.sp.methods.get(c.req.PathValue("method"))
			if p == nil && string(m.Customer) != c.id {
				p = absent("PaymentMethod", m.ID)
			}
			return found(m, p)
		}},
	}
}

func createCustomer(c *call) (any, *Problem) {
	at := c.sim.clock
	if id := c.form.str("test_clock"); id != "" {
		t, p := c.sp.testClocks.named("test_clock", id)
		if p != nil {
			return nil, p
		}
		at = t.clock
	}
	var method *paymentMethod
	if id := c.form.str("payment_method"); id != "" {
		var p *Problem
		if method, p = c.sp.method("payment_method", id, at.now); p != nil {
			return nil, p
		}
		if p := method.savable(); p != nil {
			return nil, p
		}
	}
	if id := c.form.str("invoice_settings.default_payment_method"); id != "" && (method == nil || id != c.form.str("payment_method")) {
		return nil, noSuch("PaymentMethod", "invoice_settings[default_payment_method]", id)
	}
	cus := c.sp.newCustomer(at, c.form)
	cus.TestClock = opt(c.form.str("test_clock"))
	if method != nil && cus.InvoiceSettings.DefaultPaymentMethod != "" {
		cus.InvoiceSettings.DefaultPaymentMethod = opt(method.ID)
	}
	c.sp.emit(at.now, "customer.created", cus)
	if method != nil {
		c.sp.attach(method, cus)
	}
	return cus, nil
}

func (sp *space) newCustomer(at *clock, f *form) *customer {
	cus := &customer{
		head: sp.head("cus", "customer", at.now), InvoicePrefix: strings.ToUpper(sp.sim.names.text("invoice prefix", 8)), NextInvoice: 1,
		PreferredLocales: []string{}, TaxExempt: "none", Metadata: map[string]string{}, clock: at,
	}
	cus.take(f)
	return sp.customers.add(cus)
}

func (cus *customer) take(f *form) {
	for name, field := range map[string]*opt{
		"email": &cus.Email, "name": &cus.Name, "phone": &cus.Phone, "description": &cus.Description,
		"invoice_settings.default_payment_method": &cus.InvoiceSettings.DefaultPaymentMethod, "invoice_settings.footer": &cus.InvoiceSettings.Footer,
	} {
		if f.has(name) {
			*field = opt(f.str(name))
		}
	}
	if f.has("address") {
		cus.Address = readAddress(f.at("address"))
	}
	if f.has("preferred_locales") {
		cus.PreferredLocales = f.texts("preferred_locales")
	}
	cus.Balance = f.numOr("balance", cus.Balance)
	cus.InvoicePrefix = f.or("invoice_prefix", cus.InvoicePrefix)
	cus.NextInvoice = f.numOr("next_invoice_sequence", cus.NextInvoice)
	cus.TaxExempt = f.or("tax_exempt", cus.TaxExempt)
	cus.Metadata = f.metadata("metadata", cus.Metadata)
}

// readAddress is nil for an address that was sent empty.
func readAddress(f *form) *address {
	if len(f.under) == 0 {
		return nil
	}
	return &address{
		City: opt(f.str("city")), Country: opt(f.str("country")), Line1: opt(f.str("line1")), Line2: opt(f.str("line2")),
		PostalCode: opt(f.str("postal_code")), State: opt(f.str("state")),
	}
}

func updateCustomer(c *call) (any, *Problem) {
	cus, p := c.sp.customers.get(c.id)
	if p != nil {
		return nil, p
	}
	if id := c.form.str("invoice_settings.default_payment_method"); id != "" {
		if p := c.sp.ownMethod("invoice_settings[default_payment_method]", id, cus); p != nil {
			return nil, p
		}
	}
	before := was(cus)
	cus.take(c.form)
	c.sp.changed(cus.clock.now, "customer.updated", cus, before)
	return cus, nil
}

// deleteCustomer ends what the customer has at once.
func (sp *space) deleteCustomer(cus *customer) *tombstone {
	for _, s := range sp.subscriptions.where(func(s *subscription) bool { return s.customer == cus && !s.ended() }) {
		s.cancel(cus.clock.now, "cancellation_requested")
	}
	for _, m := range sp.methods.where(func(m *paymentMethod) bool { return string(m.Customer) == cus.ID }) {
		m.Customer = ""
	}
	grave := sp.customers.remove(cus.ID, "customer")
	sp.emit(cus.clock.now, "customer.deleted", cus)
	return grave
}

// searchCustomers knows the form that a billing product asks in: metadata['key']:'value' and email:'value', joined by AND.
func searchCustomers(c *call) (any, *Problem) {
	var terms [][2]string
	for term := range strings.SplitSeq(c.form.str("query"), " AND ") {
		field, value, ok := strings.Cut(strings.ReplaceAll(strings.TrimSpace(term), `"`, `'`), ":")
		if !ok || len(value) < 2 || value[0] != '\'' {
			return nil, invalid("query", "We were unable to parse your search query. This simulator knows field:'value' joined by AND.")
		}
		terms = append(terms, [2]string{field, strings.Trim(value, "'")})
	}
	found := c.sp.customers.where(func(cus *customer) bool {
		for _, t := range terms {
			if key, meta := strings.CutPrefix(t[0], "metadata['"); meta {
				if cus.Metadata[strings.TrimSuffix(key, "']")] != t[1] {
					return false
				}
			} else if t[0] != "email" || string(cus.Email) != t[1] {
				return false
			}
		}
		return true
	})
	l := whole(found, c.url)
	return map[string]any{"object": "search_result", "data": l.Data, "has_more": false, "next_page": nil, "url": c.url}, nil
}

func listCustomerMethods(c *call) (any, *Problem) {
	cus, p := c.sp.customers.get(c.id)
	if p != nil {
		return nil, p
	}
	return page(c, c.sp.methods, func(m *paymentMethod) bool { return string(m.Customer) == cus.ID && same(c.form, "type", m.Type) })
}

// lockCurrency keeps a customer to the currency of the first bill, as Stripe does.
func (cus *customer) lockCurrency(currency string) *Problem {
	if cus.Currency != "" && string(cus.Currency) != currency {
		return invalid("", "You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency "+string(cus.Currency)+".")
	}
	return nil
}
