package stripesim

import "strings"

type checkoutSession struct {
	head
	AfterExpiration                   void              `json:"after_expiration"`
	AdaptivePricing                   void              `json:"adaptive_pricing"`
	CollectedInformation              void              `json:"collected_information"`
	Consent                           void              `json:"consent"`
	ConsentCollection                 void              `json:"consent_collection"`
	CurrencyConversion                void              `json:"currency_conversion"`
	CustomerAccount                   void              `json:"customer_account"`
	IntegrationIdentifier             void              `json:"integration_identifier"`
	OriginContext                     void              `json:"origin_context"`
	PaymentMethodConfigurationDetails void              `json:"payment_method_configuration_details"`
	Permissions                       void              `json:"permissions"`
	SavedPaymentMethodOptions         void              `json:"saved_payment_method_options"`
	ShippingAddressCollection         void              `json:"shipping_address_collection"`
	WalletOptions                     void              `json:"wallet_options"`
	AllowPromotionCodes               void              `json:"allow_promotion_codes"`
	AmountSubtotal                    *int64            `json:"amount_subtotal"`
	AmountTotal                       *int64            `json:"amount_total"`
	AutomaticTax                      checkoutTax       `json:"automatic_tax"`
	BillingAddressCollection          opt               `json:"billing_address_collection"`
	CancelURL                         opt               `json:"cancel_url"`
	ClientReferenceID                 opt               `json:"client_reference_id"`
	ClientSecret                      void              `json:"client_secret"`
	Currency                          opt               `json:"currency"`
	CustomFields                      []string          `json:"custom_fields"`
	CustomText                        map[string]any    `json:"custom_text"`
	Customer                          opt               `json:"customer"`
	CustomerCreation                  opt               `json:"customer_creation"`
	CustomerDetails                   *checkoutCustomer `json:"customer_details"`
	CustomerEmail                     opt               `json:"customer_email"`
	Discounts                         []string          `json:"discounts"`
	ExpiresAt                         int64             `json:"expires_at"`
	Invoice                           opt               `json:"invoice"`
	InvoiceCreation                   void              `json:"invoice_creation"`
	Locale                            opt               `json:"locale"`
	Metadata                          map[string]string `json:"metadata"`
	Mode                              string            `json:"mode"`
	PaymentIntent                     opt               `json:"payment_intent"`
	PaymentLink                       void              `json:"payment_link"`
	PaymentMethodCollection           opt               `json:"payment_method_collection"`
	PaymentMethodOptions              map[string]any    `json:"payment_method_options"`
	PaymentMethodTypes                []string          `json:"payment_method_types"`
	PaymentStatus                     string            `json:"payment_status"`
	RecoveredFrom                     void              `json:"recovered_from"`
	SetupIntent                       opt               `json:"setup_intent"`
	ShippingCost                      void              `json:"shipping_cost"`
	ShippingOptions                   []string          `json:"shipping_options"`
	Status                            string            `json:"status"`
	SubmitType                        opt               `json:"submit_type"`
	Subscription                      opt               `json:"subscription"`
	SuccessURL                        opt               `json:"success_url"`
	TotalDetails                      *checkoutTotals   `json:"total_details"`
	UIMode                            string            `json:"ui_mode"`
	URL                               opt               `json:"url"`

	sp     *space
	clock  *clock
	lines  []checkoutLine
	form   *form          // as it was asked for
	method *paymentMethod // that waits for the bank's page
	who    visitor        // who waits with it
	intent *paymentIntent
}

type checkoutCustomer struct {
	BusinessName   void     `json:"business_name"`
	IndividualName void     `json:"individual_name"`
	Address        *address `json:"address"`
	Email          opt      `json:"email"`
	Name           opt      `json:"name"`
	Phone          opt      `json:"phone"`
	TaxExempt      string   `json:"tax_exempt"`
	TaxIDs         []string `json:"tax_ids"`
}

type checkoutTax struct {
	Enabled   bool `json:"enabled"`
	Liability void `json:"liability"`
	Provider  void `json:"provider"`
	Status    void `json:"status"`
}

type checkoutTotals struct {
	AmountDiscount int64 `json:"amount_discount"`
	AmountShipping int64 `json:"amount_shipping"`
	AmountTax      int64 `json:"amount_tax"`
}

type checkoutLine struct {
	key
	AmountDiscount int64  `json:"amount_discount"`
	AmountSubtotal int64  `json:"amount_subtotal"`
	AmountTax      int64  `json:"amount_tax"`
	AmountTotal    int64  `json:"amount_total"`
	Currency       string `json:"currency"`
	Description    string `json:"description"`
	Price          *price `json:"price"`
	Quantity       int64  `json:"quantity"`
}

const checkoutTakes = "mode:payment|setup|subscription success_url cancel_url return_url client_reference_id customer customer_email customer_creation:always|if_required currency locale metadata.* expires_at:time " +
	"line_items[].price line_items[].quantity:int line_items[].adjustable_quantity.enabled:bool line_items[].adjustable_quantity.minimum:int line_items[].adjustable_quantity.maximum:int " +
	"line_items[].price_data.currency line_items[].price_data.unit_amount:int line_items[].price_data.product line_items[].price_data.product_data.name line_items[].price_data.product_data.description " +
	"line_items[].price_data.recurring.interval:day|week|month|year line_items[].price_data.recurring.interval_count:int " +
	"subscription_data.trial_end:time subscription_data.trial_period_days:int subscription_data.metadata.* subscription_data.description subscription_data.trial_settings.end_behavior.missing_payment_method:cancel|create_invoice|pause " +
	"payment_intent_data.application_fee_amount:int payment_intent_data.description payment_intent_data.metadata.* payment_intent_data.receipt_email payment_intent_data.setup_future_usage:off_session|on_session payment_intent_data.statement_descriptor payment_intent_data.statement_descriptor_suffix " +
	"setup_intent_data.metadata.* setup_intent_data.description payment_method_types[] payment_method_collection:always|if_required allow_promotion_codes:bool billing_address_collection:auto|required " +
	"automatic_tax.enabled:bool tax_id_collection.enabled:bool phone_number_collection.enabled:bool customer_update.address:auto|never customer_update.name:auto|never submit_type:auto|book|donate|pay|subscribe ui_mode:hosted|hosted_page saved_payment_method_options.payment_method_save:disabled|enabled"

func checkoutOperations() []operation {
	return []operation{
		{"POST /v1/checkout/sessions", checkoutTakes, createCheckout},
		{"GET /v1/checkout/sessions", listed + "customer payment_intent subscription status:complete|expired|open customer_details.email", func(c *call) (any, *Problem) {
			return page(c, c.sp.checkouts, func(cs *checkoutSession) bool {
				return same(c.form, "customer", cs.Customer) && same(c.form, "payment_intent", cs.PaymentIntent) && same(c.form, "subscription", cs.Subscription) && same(c.form, "status", cs.Status)
			})
		}},
		{"GET /v1/checkout/sessions/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.checkouts.get(c.id)) }},
		{"POST /v1/checkout/sessions/{id}", "metadata.*", func(c *call) (any, *Problem) {
			cs, p := c.sp.checkouts.get(c.id)
			if p == nil {
				cs.Metadata = c.form.metadata("metadata", cs.Metadata)
			}
			return found(cs, p)
		}},
		{"GET /v1/checkout/sessions/{id}/line_items", listed, func(c *call) (any, *Problem) {
			cs, p := c.sp.checkouts.get(c.id)
			if p != nil {
				return nil, p
			}
			return cs.lineItems(), nil
		}},
		{"POST /v1/checkout/sessions/{id}/expire", "", func(c *call) (any, *Problem) {
			cs, p := c.sp.checkouts.get(c.id)
			if p != nil {
				return nil, p
			}
			if cs.Status != open {
				return nil, invalid("", "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of "+cs.Status+".")
			}
			cs.fire(cs.clock.now)
			return cs, nil
		}},
	}
}

// Bounds of how long a checkout session stays open.
const (
	checkoutOpen     = day
	checkoutShortest = 30 * 60
)

func createCheckout(c *call) (any, *Problem) {
	f := c.form
	mode := f.str("mode")
	if mode == "" {
		return nil, missing("mode")
	}
	if !f.filled("success_url") {
		return nil, missing("success_url")
	}
	cus, p := c.payer()
	if p != nil {
		return nil, p
	}
	if cus != nil && f.filled("customer_email") {
		return nil, invalid("customer_email", "You may only specify one of these parameters: customer, customer_email.")
	}
	at := c.sp.clockOf(cus)
	expires := f.numOr("expires_at", at.now+checkoutOpen)
	if expires < at.now+checkoutShortest || expires > at.now+checkoutOpen {
		return nil, invalid("expires_at", "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.")
	}
	if p := c.checkoutData(mode); p != nil {
		return nil, p
	}
	lines, p := c.sp.checkoutLines(f, mode, at.now)
	if p != nil {
		return nil, p
	}
	if cus != nil && len(lines) > 0 && mode == "subscription" {
		if p := cus.lockCurrency(lines[0].Currency); p != nil {
			return nil, p
		}
	}
	kind := "cs_test"
	if c.sp.live {
		kind = "cs_live"
	}
	cs := &checkoutSession{
		head: c.sp.head(kind, "checkout.session", at.now), CancelURL: opt(f.str("cancel_url")), ClientReferenceID: opt(f.str("client_reference_id")), CustomFields: []string{}, CustomText: map[string]any{},
		CustomerEmail: opt(f.str("customer_email")), Discounts: []string{}, ExpiresAt: expires, Locale: opt(f.str("locale")), Metadata: f.metadata("metadata", nil), Mode: mode,
		PaymentMethodOptions: map[string]any{}, PaymentMethodTypes: []string{"card"}, PaymentStatus: "unpaid", ShippingOptions: []string{}, Status: open, SuccessURL: opt(f.str("success_url")),
		UIMode: "hosted_page", sp: c.sp, clock: at, lines: lines, form: f, Customer: opt(f.str("customer")), BillingAddressCollection: opt(f.str("billing_address_collection")),
		SubmitType: opt(f.str("submit_type")), Currency: opt(f.str("currency")),
	}
	if f.has("payment_method_types") {
		cs.PaymentMethodTypes = f.texts("payment_method_types")
	}
	cs.count(cus)
	cs.URL = opt(c.sim.base + "/sim/checkout/" + cs.ID)
	c.sp.checkouts.add(cs)
	at.plan(cs)
	return cs, nil
}

// count fills what depends on mode and lines.
func (cs *checkoutSession) count(cus *customer) {
	switch cs.Mode {
	case "setup":
		cs.PaymentStatus = "no_payment_required"
	case "subscription":
		cs.PaymentMethodCollection = opt(cs.form.or("payment_method_collection", "always"))
	default:
		cs.CustomerCreation = opt(cs.form.or("customer_creation", "if_required"))
	}
	if cus != nil {
		cs.CustomerCreation = ""
		cs.CustomerDetails = &checkoutCustomer{Address: cus.Address, Email: cus.Email, Name: cus.Name, Phone: cus.Phone, TaxExempt: cus.TaxExempt, TaxIDs: []string{}}
	}
	if len(cs.lines) == 0 {
		return
	}
	sum := cs.due()
	cs.AmountTotal, cs.AmountSubtotal, cs.TotalDetails, cs.Currency = &sum, &sum, &checkoutTotals{}, opt(cs.lines[0].Currency)
}

// due is what is paid at once.
func (cs *checkoutSession) due() (sum int64) {
	trial := cs.trialEnd() != 0
	for _, l := range cs.lines {
		if !trial || l.Price.Recurring == nil {
			sum += l.AmountTotal
		}
	}
	return sum
}

func (cs *checkoutSession) trialEnd() int64 {
	d := cs.form.at("subscription_data")
	if days := d.num("trial_period_days"); days > 0 {
		return cs.clock.now + days*day
	}
	return d.num("trial_end")
}

// checkoutData refuses data of another mode than the session's.
func (c *call) checkoutData(mode string) *Problem {
	for _, data := range [][2]string{{"subscription_data", "subscription"}, {"payment_intent_data", "payment"}, {"setup_intent_data", "setup"}} {
		if c.form.has(data[0]) && mode != data[1] {
			return invalid(data[0], "You can not pass `"+data[0]+"` in `"+mode+"` mode.")
		}
	}
	const shortest = 2 * day
	if end := c.form.num("subscription_data.trial_end"); end != 0 && end < c.now()+shortest {
		return invalid("subscription_data[trial_end]", "The `trial_end` date has to be at least 2 days in the future.")
	}
	if c.form.filled("payment_intent_data.application_fee_amount") && c.sp.account == "" {
		return invalid("payment_intent_data[application_fee_amount]", "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).")
	}
	if mode == "payment" {
		return c.sp.chargeable()
	}
	return nil
}

func (sp *space) checkoutLines(f *form, mode string, now int64) ([]checkoutLine, *Problem) {
	var lines []checkoutLine
	recurs := false
	for n, one := range f.list("line_items") {
		of, p := sp.checkoutPrice(one, n, now)
		if p != nil {
			return nil, p
		}
		count := one.numOr("quantity", 1)
		recurs = recurs || of.Recurring != nil
		lines = append(lines, checkoutLine{
			key: key{sp.sim.names.next("li"), "item"}, AmountSubtotal: of.UnitAmount * count, AmountTotal: of.UnitAmount * count, Currency: of.Currency, Description: of.of.Name, Price: of, Quantity: count,
		})
	}
	switch {
	case mode != "setup" && len(lines) == 0:
		return nil, missing("line_items")
	case mode == "setup" && len(lines) > 0:
		return nil, invalid("line_items", "You can not pass `line_items` in `setup` mode.")
	case mode == "subscription" && !recurs:
		return nil, invalid("mode", "You must provide at least one recurring price in `subscription` mode when using prices.")
	case mode == "payment" && recurs:
		return nil, invalid("mode", "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.")
	}
	return lines, nil
}

func (sp *space) checkoutPrice(one *form, n int, now int64) (*price, *Problem) {
	at := "line_items[" + string(rune('0'+n%10)) + "]"
	if id := one.str("price"); id != "" {
		p, problem := sp.prices.named(at+"[price]", id)
		if problem == nil && !p.Active {
			problem = coded("price_inactive", at+"[price]", "The price specified is inactive. This field only accepts active prices.")
		}
		return p, problem
	}
	data := one.at("price_data")
	if !data.filled("currency") || !data.filled("unit_amount") {
		return nil, missing("line_items." + at[11:12] + ".price")
	}
	product := data.str("product")
	if product == "" {
		product = sp.newProduct(now, "", data.at("product_data")).ID
	} else if _, p := sp.products.named(at+"[price_data][product]", product); p != nil {
		return nil, p
	}
	p := sp.newPrice(now, product, data)
	p.Active = false
	return p, nil
}

func (cs *checkoutSession) lineItems() *list {
	return whole(cs.lines, "/v1/checkout/sessions/"+cs.ID+"/line_items")
}

func (cs *checkoutSession) nextDue() int64 {
	if cs.Status != open {
		return 0
	}
	return cs.ExpiresAt
}

func (cs *checkoutSession) fire(now int64) {
	checkoutMoves.must("checkout session", cs.Status, over)
	cs.Status, cs.URL = over, ""
	cs.sp.emit(now, "checkout.session.expired", cs)
}

// landing is where the browser goes after it is done.
func (cs *checkoutSession) landing() string {
	return strings.ReplaceAll(string(cs.SuccessURL), "{CHECKOUT_SESSION_ID}", cs.ID)
}
