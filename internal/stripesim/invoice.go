package stripesim

type invoice struct {
	head
	AccountCountry               string             `json:"account_country"`
	AccountName                  opt                `json:"account_name"`
	AccountTaxIDs                void               `json:"account_tax_ids"`
	AmountDue                    int64              `json:"amount_due"`
	AmountOverpaid               int64              `json:"amount_overpaid"`
	AmountPaid                   int64              `json:"amount_paid"`
	AmountRemaining              int64              `json:"amount_remaining"`
	AmountShipping               int64              `json:"amount_shipping"`
	Application                  opt                `json:"application"`
	AttemptCount                 int64              `json:"attempt_count"`
	Attempted                    bool               `json:"attempted"`
	AutoAdvance                  bool               `json:"auto_advance"`
	AutomaticTax                 automaticTax       `json:"automatic_tax"`
	AutomaticallyFinalizesAt     stamp              `json:"automatically_finalizes_at"`
	BillingReason                string             `json:"billing_reason"`
	CollectionMethod             string             `json:"collection_method"`
	Currency                     string             `json:"currency"`
	CustomFields                 void               `json:"custom_fields"`
	Customer                     string             `json:"customer"`
	CustomerAccount              void               `json:"customer_account"`
	CustomerAddress              *address           `json:"customer_address"`
	CustomerEmail                opt                `json:"customer_email"`
	CustomerName                 opt                `json:"customer_name"`
	CustomerPhone                opt                `json:"customer_phone"`
	CustomerShipping             void               `json:"customer_shipping"`
	CustomerTaxExempt            string             `json:"customer_tax_exempt"`
	CustomerTaxIDs               []string           `json:"customer_tax_ids"`
	DefaultPaymentMethod         opt                `json:"default_payment_method"`
	DefaultSource                void               `json:"default_source"`
	DefaultTaxRates              []string           `json:"default_tax_rates"`
	Description                  opt                `json:"description"`
	Discounts                    []string           `json:"discounts"`
	DueDate                      stamp              `json:"due_date"`
	EffectiveAt                  stamp              `json:"effective_at"`
	EndingBalance                *int64             `json:"ending_balance"`
	Footer                       opt                `json:"footer"`
	FromInvoice                  void               `json:"from_invoice"`
	HostedInvoiceURL             opt                `json:"hosted_invoice_url"`
	InvoicePDF                   opt                `json:"invoice_pdf"`
	Issuer                       map[string]string  `json:"issuer"`
	LastFinalizationError        void               `json:"last_finalization_error"`
	LatestRevision               void               `json:"latest_revision"`
	Lines                        *list              `json:"lines"`
	Metadata                     map[string]string  `json:"metadata"`
	NextPaymentAttempt           stamp              `json:"next_payment_attempt"`
	Number                       opt                `json:"number"`
	OnBehalfOf                   void               `json:"on_behalf_of"`
	Parent                       map[string]any     `json:"parent"`
	PaymentSettings              map[string]any     `json:"payment_settings"`
	PeriodEnd                    int64              `json:"period_end"`
	PeriodStart                  int64              `json:"period_start"`
	PostPaymentCreditNotesAmount int64              `json:"post_payment_credit_notes_amount"`
	PrePaymentCreditNotesAmount  int64              `json:"pre_payment_credit_notes_amount"`
	ReceiptNumber                void               `json:"receipt_number"`
	Rendering                    void               `json:"rendering"`
	ShippingCost                 void               `json:"shipping_cost"`
	ShippingDetails              void               `json:"shipping_details"`
	StartingBalance              int64              `json:"starting_balance"`
	StatementDescriptor          opt                `json:"statement_descriptor"`
	Status                       string             `json:"status"`
	StatusTransitions            invoiceTransitions `json:"status_transitions"`
	Subtotal                     int64              `json:"subtotal"`
	SubtotalExcludingTax         int64              `json:"subtotal_excluding_tax"`
	TestClock                    opt                `json:"test_clock"`
	Total                        int64              `json:"total"`
	TotalDiscountAmounts         []string           `json:"total_discount_amounts"`
	TotalExcludingTax            int64              `json:"total_excluding_tax"`
	TotalPretaxCreditAmounts     []string           `json:"total_pretax_credit_amounts"`
	TotalTaxes                   []string           `json:"total_taxes"`
	WebhooksDeliveredAt          stamp              `json:"webhooks_delivered_at"`

	sp           *space
	customer     *customer
	sub          *subscription
	lines        []*invoiceLine
	payment      *invoicePayment
	firstAttempt int64
	noRetries    bool  // what it is for waits for a person, and is dropped without one
	voidsAt      int64 // when it is dropped
	overdueTold  bool
}

type automaticTax struct {
	subscriptionTax
	Provider void `json:"provider"`
	Status   void `json:"status"`
}

type subscriptionTax struct {
	DisabledReason void `json:"disabled_reason"`
	Enabled        bool `json:"enabled"`
	Liability      void `json:"liability"`
}

type invoiceTransitions struct {
	FinalizedAt           stamp `json:"finalized_at"`
	MarkedUncollectibleAt stamp `json:"marked_uncollectible_at"`
	PaidAt                stamp `json:"paid_at"`
	VoidedAt              stamp `json:"voided_at"`
}

// invoicePayment ties an invoice to the intent that pays it.
type invoicePayment struct {
	head
	AmountPaid        *int64            `json:"amount_paid"`
	AmountRequested   int64             `json:"amount_requested"`
	Currency          string            `json:"currency"`
	Invoice           string            `json:"invoice"`
	IsDefault         bool              `json:"is_default"`
	Payment           map[string]string `json:"payment"`
	Status            string            `json:"status"`
	StatusTransitions map[string]stamp  `json:"status_transitions"`

	intent *paymentIntent
}

// Reasons of an invoice.
const (
	byHand     = "manual"
	forCycle   = "subscription_cycle"
	forCreate  = "subscription_create"
	forUpdate  = "subscription_update"
	byItself   = "charge_automatically"
	byInvoice  = "send_invoice"
	finalizeIn = 60 * 60 // how long a renewal's invoice can be changed
	// patience is how long a first payment, or a change that waits for one, may take.
	patience = 23 * 60 * 60
)
