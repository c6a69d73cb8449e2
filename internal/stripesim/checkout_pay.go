package stripesim

// visitor is what a person types besides the card.
type visitor struct{ email, name string }

// pay is the button of the checkout page. It says whether the bank wants to see the person first.
func (cs *checkoutSession) pay(m *paymentMethod, who visitor, authenticated bool) (wantsPerson bool, p *Problem) {
	if cs.Status != open {
		return false, invalid("", "This checkout session is "+cs.Status+".")
	}
	if m == nil && (cs.due() > 0 || cs.PaymentMethodCollection != "if_required") {
		return false, invalid("payment_method", "This checkout needs a card.")
	}
	if m != nil {
		no, wants := m.attempt(cs.clock.now, authenticated)
		saves := cs.Mode != "payment"
		switch {
		case saves && m.savable() != nil:
			return false, m.savable()
		case wants && (cs.due() > 0 || saves):
			cs.method, cs.who = m, who
			return true, nil
		case no != nil && cs.due() > 0 && cs.Mode != "payment":
			m.charged++
			return false, declined(no.code, no.declineCode, no.message)
		}
		m.vouched = authenticated
		m.setUp = m.setUp || authenticated
	}
	cus := cs.bind(who)
	switch cs.Mode {
	case "subscription":
		return false, cs.subscribe(cus, m)
	case "setup":
		cs.keep(cus, m)
		return false, nil
	}
	return false, cs.charge(cus, m)
}

// bind is the customer of the session: the one that it was made for, or a new one where one is needed.
func (cs *checkoutSession) bind(who visitor) *customer {
	cus := cs.sp.customers.rows[string(cs.Customer)]
	email := opt(who.email)
	if cs.CustomerEmail != "" {
		email = cs.CustomerEmail
	}
	if cus == nil && (cs.Mode == "subscription" || cs.CustomerCreation == "always") {
		f := &form{}
		f.child("email").value, f.child("email").set = string(email), true
		f.child("name").value, f.child("name").set = who.name, true
		cus = cs.sp.newCustomer(cs.clock, f)
		cs.sp.emit(cs.clock.now, "customer.created", cus)
		cs.Customer = opt(cus.ID)
	}
	if cs.CustomerDetails == nil {
		cs.CustomerDetails = &checkoutCustomer{Email: email, Name: opt(who.name), TaxExempt: "none", TaxIDs: []string{}}
	}
	return cus
}

// subscribe starts the subscription; the card was asked before, so that a refusal leaves nothing behind.
func (cs *checkoutSession) subscribe(cus *customer, m *paymentMethod) *Problem {
	sp, data := cs.sp, cs.form.at("subscription_data")
	s := sp.draftSubscription(cus)
	var items []*subscriptionItem
	for _, l := range cs.lines {
		if l.Price.Recurring == nil {
			sp.hold(cs.clock.now, cus, s, line{amount: l.AmountTotal, currency: l.Currency, description: l.Description, price: l.Price, quantity: l.Quantity, period: span{s.Created, s.Created}})
			continue
		}
		items = append(items, &subscriptionItem{
			key: key{sp.sim.names.next("si"), "subscription_item"}, Created: s.Created, Discounts: []string{}, Metadata: map[string]string{}, Plan: planOf(l.Price), Price: l.Price,
			Quantity: l.Quantity, Subscription: s.ID, TaxRates: []string{},
		})
	}
	if p := agree(items, "line_items"); p != nil {
		return p
	}
	s.setItems(items)
	s.Currency = items[0].Price.Currency
	s.read(data)
	if m != nil {
		sp.attach(m, cus)
		s.DefaultPaymentMethod = opt(m.ID)
	}
	trial := cs.trialEnd()
	if trial <= s.now() {
		trial = 0 // it ended while the page was open
	}
	s.begin(trial)
	if _, p := sp.start(s, "allow_incomplete"); p != nil {
		return p
	}
	cs.Subscription, cs.Invoice = opt(s.ID), s.LatestInvoice
	status := paid
	switch {
	case s.latest.AmountDue == 0:
		status = "no_payment_required"
	case s.latest.Status != paid:
		status = "unpaid"
		s.latest.payment.intent.checkout = cs
	}
	cs.finish(status)
	return nil
}

// keep saves a card.
func (cs *checkoutSession) keep(cus *customer, m *paymentMethod) {
	si := cs.sp.newSetup(cus, "off_session")
	si.take(cs.form.at("setup_intent_data"))
	si.method, si.PaymentMethod = m, opt(m.ID)
	si.become(needsConfirmation)
	cs.sp.emit(cs.clock.now, "setup_intent.created", si)
	si.succeed()
	cs.SetupIntent = opt(si.ID)
	cs.finish("no_payment_required")
}

// charge takes a single payment.
func (cs *checkoutSession) charge(cus *customer, m *paymentMethod) *Problem {
	if cs.intent == nil {
		cs.intent = cs.sp.newIntent(cs.clock, cs.due(), string(cs.Currency), cus)
		cs.intent.take(cs.form.at("payment_intent_data"))
		cs.intent.checkout = cs
		cs.PaymentIntent = opt(cs.intent.ID)
		cs.sp.emit(cs.clock.now, "payment_intent.created", cs.intent)
	}
	switch cs.intent.try(m, m.vouched) {
	case through:
		cs.finish(paid)
	case pending:
		cs.finish("unpaid")
	default:
		return cs.intent.problem()
	}
	return nil
}

func (cs *checkoutSession) finish(status string) {
	checkoutMoves.must("checkout session", cs.Status, complete)
	cs.Status, cs.PaymentStatus, cs.URL = complete, status, ""
	cs.clock.plan(cs)
	cs.sp.emit(cs.clock.now, "checkout.session.completed", cs)
}

// settled is the bank's answer after days.
func (cs *checkoutSession) settled(o outcome) {
	if cs.Status != complete || cs.PaymentStatus != "unpaid" {
		return
	}
	switch o {
	case through:
		cs.PaymentStatus = paid
		cs.sp.emit(cs.clock.now, "checkout.session.async_payment_succeeded", cs)
	case refused:
		cs.sp.emit(cs.clock.now, "checkout.session.async_payment_failed", cs)
	}
}

// answered is what the person did at the bank's page, before anything was paid.
func (cs *checkoutSession) answered(ok bool) *Problem {
	m := cs.method
	if m == nil {
		return invalid("", "This checkout session waits for nobody.")
	}
	cs.method = nil
	if !ok {
		return nil
	}
	_, p := cs.pay(m, cs.who, true)
	return p
}

// PayCheckout pays a checkout session as a person would at its page, with a test card (its number or a name such as
// pm_card_visa; empty where no card is asked for). When the bank wants to see the person, Authenticate goes on.
func (s *Sim) PayCheckout(id, card, email string) (wantsPerson bool, err error) {
	err = s.plant(func() *Problem {
		sp, cs, p := plantedIn(s, id, func(sp *space) *table[*checkoutSession] { return sp.checkouts })
		if p != nil {
			return p
		}
		m, p := sp.typedCard(card, cs.clock.now)
		if p != nil {
			return p
		}
		wantsPerson, p = cs.pay(m, visitor{email: email}, false)
		return p
	})
	return wantsPerson, err
}

// typedCard is a new payment method by number or name; nil for none.
func (sp *space) typedCard(card string, now int64) (*paymentMethod, *Problem) {
	if card == "" {
		return nil, nil
	}
	b, known := behaviors[card]
	if !known {
		b, known = byNumber(card)
	}
	if !known {
		return nil, declined("incorrect_number", "", "Your card number is incorrect.")
	}
	return sp.newMethod(b, now), nil
}
