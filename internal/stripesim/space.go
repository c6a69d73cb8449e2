package stripesim

import "strings"

// space is what one account has in one mode.
type space struct {
	where
	sim *Sim

	products       *table[*product]
	prices         *table[*price]
	customers      *table[*customer]
	methods        *table[*paymentMethod]
	setupIntents   *table[*setupIntent]
	paymentIntents *table[*paymentIntent]
	charges        *table[*charge]
	refunds        *table[*refund]
	disputes       *table[*dispute]
	subscriptions  *table[*subscription]
	items          *table[*subscriptionItem]
	schedules      *table[*schedule]
	invoices       *table[*invoice]
	invoiceItems   *table[*invoiceItem]
	payments       *table[*invoicePayment]
	checkouts      *table[*checkoutSession]
	portals        *table[*portalSession]
	portalConfigs  *table[*portalConfiguration]
	accounts       *table[*account]
	endpoints      *table[*endpoint]
	events         *table[*event]
	testClocks     *table[*testClock]
}

func newSpace(s *Sim, at where) *space {
	return &space{
		where: at, sim: s,
		products:       newTable[*product]("product"),
		prices:         newTable[*price]("price"),
		customers:      newTable[*customer]("customer"),
		methods:        newTable[*paymentMethod]("PaymentMethod"),
		setupIntents:   newTable[*setupIntent]("setupintent"),
		paymentIntents: newTable[*paymentIntent]("payment_intent"),
		charges:        newTable[*charge]("charge"),
		refunds:        newTable[*refund]("refund"),
		disputes:       newTable[*dispute]("dispute"),
		subscriptions:  newTable[*subscription]("subscription"),
		items:          newTable[*subscriptionItem]("subscription_item"),
		schedules:      newTable[*schedule]("subscription_schedule"),
		invoices:       newTable[*invoice]("invoice"),
		invoiceItems:   newTable[*invoiceItem]("invoiceitem"),
		payments:       newTable[*invoicePayment]("invoice_payment"),
		checkouts:      newTable[*checkoutSession]("checkout.session"),
		portals:        newTable[*portalSession]("billing_portal session"),
		portalConfigs:  newTable[*portalConfiguration]("configuration"),
		accounts:       newTable[*account]("account"),
		endpoints:      newTable[*endpoint]("webhook endpoint"),
		events:         newTable[*event]("event"),
		testClocks:     newTable[*testClock]("test clock"),
	}
}

func (sp *space) head(kind, object string, now int64) head {
	return head{key: key{sp.sim.names.next(kind), object}, Created: now, Livemode: sp.live}
}

// find is an object by its id, whatever it is; nil when there is none.
func (sp *space) find(id string) any {
	kind, _, _ := strings.Cut(id, "_")
	switch {
	case strings.HasPrefix(id, "sub_sched_"):
		return sp.schedules.find(id)
	case strings.HasPrefix(id, "cs_"):
		return sp.checkouts.find(id)
	}
	tables := map[string]interface{ find(string) any }{
		"prod": sp.products, "price": sp.prices, "cus": sp.customers, "pm": sp.methods, "seti": sp.setupIntents, "pi": sp.paymentIntents,
		"ch": sp.charges, "py": sp.charges, "re": sp.refunds, "du": sp.disputes, "sub": sp.subscriptions, "si": sp.items, "in": sp.invoices,
		"ii": sp.invoiceItems, "inpay": sp.payments, "bpc": sp.portalConfigs, "acct": sp.accounts, "clock": sp.testClocks,
	}
	if t, ok := tables[kind]; ok {
		if found := t.find(id); found != nil {
			return found
		}
	}
	if found := sp.products.find(id); found != nil { // products and prices may have ids of one's own
		return found
	}
	return sp.prices.find(id)
}
