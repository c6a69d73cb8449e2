package stripesim

import (
	"fmt"
	"strconv"
	"time"
)

// line is something to be billed, before it is on an invoice.
type line struct {
	amount      int64
	currency    string
	description string
	period      span
	price       *price
	quantity    int64
	proration   bool
	item        *subscriptionItem
	pending     *invoiceItem // that waits to be billed; nil for what a subscription's period costs
}

// invoiceItem waits for the next invoice, or is on one.
type invoiceItem struct {
	key
	Amount           int64             `json:"amount"`
	Currency         string            `json:"currency"`
	Customer         string            `json:"customer"`
	CustomerAccount  void              `json:"customer_account"`
	Date             int64             `json:"date"`
	Description      opt               `json:"description"`
	Discountable     bool              `json:"discountable"`
	Discounts        []string          `json:"discounts"`
	Invoice          opt               `json:"invoice"`
	Livemode         bool              `json:"livemode"`
	Metadata         map[string]string `json:"metadata"`
	NetAmount        int64             `json:"net_amount"`
	Parent           map[string]any    `json:"parent"`
	Period           period            `json:"period"`
	Pricing          *pricing          `json:"pricing"`
	Proration        bool              `json:"proration"`
	ProrationDetails void              `json:"proration_details"`
	Quantity         int64             `json:"quantity"`
	QuantityDecimal  string            `json:"quantity_decimal"`
	TaxRates         []string          `json:"tax_rates"`
	TestClock        opt               `json:"test_clock"`

	sub  *subscription
	line line
}

func (i *invoiceItem) born() int64 { return i.Date }

type period struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
}

type pricing struct {
	PriceDetails      map[string]string `json:"price_details"`
	Type              string            `json:"type"`
	UnitAmountDecimal string            `json:"unit_amount_decimal"`
}

func (l line) pricing() *pricing {
	if l.price == nil {
		return nil
	}
	return &pricing{map[string]string{"price": l.price.ID, "product": l.price.Product}, "price_details", strconv.FormatInt(l.price.UnitAmount, 10)}
}

// invoiceLine is a line of an invoice.
type invoiceLine struct {
	key
	Amount              int64             `json:"amount"`
	Currency            string            `json:"currency"`
	Description         opt               `json:"description"`
	DiscountAmounts     []string          `json:"discount_amounts"`
	Discountable        bool              `json:"discountable"`
	Discounts           []string          `json:"discounts"`
	Invoice             opt               `json:"invoice"`
	Livemode            bool              `json:"livemode"`
	Metadata            map[string]string `json:"metadata"`
	Parent              map[string]any    `json:"parent"`
	Period              period            `json:"period"`
	PretaxCreditAmounts []string          `json:"pretax_credit_amounts"`
	Pricing             *pricing          `json:"pricing"`
	Quantity            int64             `json:"quantity"`
	QuantityDecimal     string            `json:"quantity_decimal"`
	Subscription        opt               `json:"subscription"`
	Subtotal            int64             `json:"subtotal"`
	Taxes               []string          `json:"taxes"`
}

// born has lines listed in the order of the invoice, which is all that it is for.
func (l *invoiceLine) born() int64 { return l.Period.Start }

// full is what an item costs for a period.
func full(item *subscriptionItem, over span) line {
	p, n := item.Price, item.Quantity
	return line{
		amount: p.UnitAmount * n, currency: p.Currency, period: over, price: p, quantity: n, item: item,
		description: fmt.Sprintf("%d × %s (at %s / %s)", n, item.name(), dollars(p.UnitAmount), p.every().unit),
	}
}

// free is the line of a trial.
func free(item *subscriptionItem, over span) line {
	l := full(item, over)
	l.amount, l.description = 0, "Trial period for "+item.name()
	return l
}

// unused gives back what was paid for the rest of a period, remaining charges it at another price or number.
func unused(item *subscriptionItem, whole span, at int64) line {
	return prorated(item, whole, at, "Unused time on %s after %s", -1)
}

func remaining(item *subscriptionItem, whole span, at int64) line {
	return prorated(item, whole, at, "Remaining time on %s after %s", 1)
}

func prorated(item *subscriptionItem, whole span, at int64, words string, sign int64) line {
	what := item.name()
	if item.Quantity != 1 {
		what = fmt.Sprintf("%d × %s", item.Quantity, what)
	}
	return line{
		amount: share(sign*item.Price.UnitAmount*item.Quantity, whole, at), currency: item.Price.Currency, period: span{at, whole.to}, price: item.Price,
		quantity: item.Quantity, proration: true, item: item, description: fmt.Sprintf(words, what, time.Unix(at, 0).UTC().Format("02 Jan 2006")),
	}
}

func dollars(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s$%d.%02d", sign, cents/100, cents%100)
}

// hold notes a line for the next invoice of a subscription.
func (sp *space) hold(now int64, cus *customer, s *subscription, l line) *invoiceItem {
	i := &invoiceItem{
		key: key{sp.sim.names.next("ii"), "invoiceitem"}, Amount: l.amount, Currency: l.currency, Customer: cus.ID, Date: now, Description: opt(l.description),
		Discountable: !l.proration, Discounts: []string{}, Livemode: sp.live, Metadata: map[string]string{}, NetAmount: l.amount, Period: period{l.period.from, l.period.to},
		Pricing: l.pricing(), Proration: l.proration, Quantity: l.quantity, QuantityDecimal: strconv.FormatInt(l.quantity, 10), TaxRates: []string{}, TestClock: cus.TestClock, sub: s, line: l,
	}
	if s != nil {
		details := map[string]any{"subscription": s.ID}
		if l.item != nil {
			details["subscription_item"] = l.item.ID
		}
		i.Parent = map[string]any{"type": "subscription_details", "subscription_details": details}
	}
	i.line.pending = i
	sp.invoiceItems.add(i)
	sp.emit(now, "invoiceitem.created", i)
	return i
}

// held are the lines that wait for the next invoice of a subscription.
func (sp *space) held(cus *customer, s *subscription) (lines []line) {
	for _, i := range sp.invoiceItems.all {
		if i.Invoice == "" && i.Customer == cus.ID && (i.sub == nil || i.sub == s) {
			lines = append(lines, i.line)
		}
	}
	return lines
}

// on puts a line on an invoice.
func (l line) on(sp *space, inv *invoice) *invoiceLine {
	out := &invoiceLine{
		key: key{sp.sim.names.next("il"), "line_item"}, Amount: l.amount, Currency: l.currency, Description: opt(l.description), DiscountAmounts: []string{}, Discountable: !l.proration,
		Discounts: []string{}, Invoice: opt(inv.ID), Livemode: sp.live, Metadata: map[string]string{}, Period: period{l.period.from, l.period.to}, PretaxCreditAmounts: []string{},
		Pricing: l.pricing(), Quantity: l.quantity, QuantityDecimal: strconv.FormatInt(l.quantity, 10), Subtotal: l.amount, Taxes: []string{},
	}
	var pendingID any
	if l.pending != nil {
		pendingID = l.pending.ID
	}
	if l.item == nil {
		out.Parent = map[string]any{"type": "invoice_item_details", "subscription_item_details": nil, "invoice_item_details": map[string]any{
			"invoice_item": pendingID, "proration": l.proration, "proration_details": map[string]any{"credited_items": nil}, "subscription": nil}}
		return out
	}
	out.Subscription = opt(l.item.Subscription)
	out.Metadata = l.item.Metadata
	out.Parent = map[string]any{"type": "subscription_item_details", "invoice_item_details": nil, "subscription_item_details": map[string]any{
		"invoice_item": pendingID, "proration": l.proration, "proration_details": map[string]any{"credited_items": nil}, "subscription": l.item.Subscription, "subscription_item": l.item.ID}}
	return out
}

func invoiceItemOperations() []operation {
	return []operation{
		{"POST /v1/invoiceitems", "customer! amount:int currency description metadata.* subscription invoice quantity:int unit_amount_decimal:dec period.start:time period.end:time discountable:bool pricing.price", createInvoiceItem},
		{"GET /v1/invoiceitems", listed + "customer invoice pending:bool", func(c *call) (any, *Problem) {
			return page(c, c.sp.invoiceItems, func(i *invoiceItem) bool {
				return same(c.form, "customer", i.Customer) && same(c.form, "invoice", i.Invoice) && (!c.form.filled("pending") || c.form.yes("pending") == (i.Invoice == ""))
			})
		}},
		{"GET /v1/invoiceitems/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.invoiceItems.get(c.id)) }},
		{"DELETE /v1/invoiceitems/{id}", "", func(c *call) (any, *Problem) {
			i, p := c.sp.invoiceItems.get(c.id)
			if p != nil {
				return nil, p
			}
			if i.Invoice != "" {
				return nil, invalid("", "You can't delete an invoice item that is attached to an invoice that is no longer editable")
			}
			grave := c.sp.invoiceItems.remove(i.ID, "invoiceitem")
			c.sp.emit(c.now(), "invoiceitem.deleted", i)
			return grave, nil
		}},
	}
}

func createInvoiceItem(c *call) (any, *Problem) {
	f := c.form
	cus, p := c.sp.customers.named("customer", f.str("customer"))
	if p != nil {
		return nil, p
	}
	now := cus.clock.now
	l := line{amount: f.num("amount"), currency: f.or("currency", "usd"), description: f.str("description"), quantity: f.numOr("quantity", 1), period: span{f.numOr("period.start", now), f.numOr("period.end", now)}}
	if id := f.str("pricing.price"); id != "" {
		if l.price, p = c.sp.prices.named("pricing[price]", id); p != nil {
			return nil, p
		}
		l.amount, l.currency = l.price.UnitAmount*l.quantity, l.price.Currency
	} else if !f.filled("amount") {
		return nil, missing("amount")
	}
	if p := cus.lockCurrency(l.currency); p != nil {
		return nil, p
	}
	var s *subscription
	if id := f.str("subscription"); id != "" {
		if s, p = c.sp.subscriptions.named("subscription", id); p != nil {
			return nil, p
		}
	}
	var inv *invoice
	if id := f.str("invoice"); id != "" {
		if inv, p = c.sp.invoices.named("invoice", id); p == nil && inv.Status != draft {
			p = invalid("invoice", "You can only add invoice items to draft invoices.")
		}
		if p != nil {
			return nil, p
		}
	}
	i := c.sp.hold(now, cus, s, l)
	i.Metadata = f.metadata("metadata", nil)
	if inv != nil {
		inv.take([]line{i.line})
		c.sp.emit(now, "invoice.updated", inv)
	}
	return i, nil
}
