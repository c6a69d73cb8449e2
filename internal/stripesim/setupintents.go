package stripesim

import "slices"

type setupIntent struct {
	head
	Application                       opt               `json:"application"`
	CancellationReason                opt               `json:"cancellation_reason"`
	ClientSecret                      string            `json:"client_secret"`
	Customer                          opt               `json:"customer"`
	AutomaticPaymentMethods           void              `json:"automatic_payment_methods"`
	ExcludedPaymentMethodTypes        void              `json:"excluded_payment_method_types"`
	PaymentMethodConfigurationDetails void              `json:"payment_method_configuration_details"`
	Description                       opt               `json:"description"`
	LastSetupError                    *Problem          `json:"last_setup_error"`
	LatestAttempt                     void              `json:"latest_attempt"`
	Mandate                           void              `json:"mandate"`
	Metadata                          map[string]string `json:"metadata"`
	NextAction                        *nextAction       `json:"next_action"`
	OnBehalfOf                        void              `json:"on_behalf_of"`
	PaymentMethod                     opt               `json:"payment_method"`
	PaymentMethodOptions              map[string]any    `json:"payment_method_options"`
	PaymentMethodTypes                []string          `json:"payment_method_types"`
	SingleUseMandate                  void              `json:"single_use_mandate"`
	Status                            string            `json:"status"`
	Usage                             string            `json:"usage"`

	sp        *space
	clock     *clock
	method    *paymentMethod
	returnURL string
	// then is what the saved method is for, as the default of a subscription that waits for one.
	then func(*paymentMethod)
}

func (si *setupIntent) become(status string) {
	if si.Status == status {
		return
	}
	intentMoves.must("setup intent", si.Status, status)
	si.Status = status
}

func (sp *space) newSetup(cus *customer, usage string) *setupIntent {
	at := sp.clockOf(cus)
	si := &setupIntent{
		head: sp.head("seti", "setup_intent", at.now), Metadata: map[string]string{}, PaymentMethodOptions: map[string]any{}, PaymentMethodTypes: []string{"card"},
		Status: needsMethod, Usage: usage, sp: sp, clock: at,
	}
	si.ClientSecret = si.ID + "_secret_" + sp.sim.names.text("intent secret", 25)
	if cus != nil {
		si.Customer = opt(cus.ID)
	}
	if sp.account != "" {
		si.Application = application
	}
	return sp.setupIntents.add(si)
}

func createSetup(c *call) (any, *Problem) {
	f := c.form
	cus, p := c.payer()
	if p != nil {
		return nil, p
	}
	m, p := c.sp.usable(f.str("payment_method"), cus)
	if p != nil {
		return nil, p
	}
	if f.yes("confirm") && m == nil {
		return nil, coded("setup_intent_unexpected_state", "", "You cannot confirm this SetupIntent because it's missing a payment method.")
	}
	si := c.sp.newSetup(cus, f.or("usage", "off_session"))
	si.take(f)
	if m != nil {
		si.method, si.PaymentMethod = m, opt(m.ID)
		si.become(needsConfirmation)
	}
	c.sp.emit(si.clock.now, "setup_intent.created", si)
	if f.yes("confirm") {
		si.returnURL = f.str("return_url")
		return si.confirm()
	}
	return si, nil
}

func (si *setupIntent) take(f *form) {
	if f.has("description") {
		si.Description = opt(f.str("description"))
	}
	if f.has("payment_method_types") {
		si.PaymentMethodTypes = f.texts("payment_method_types")
	}
	si.Metadata = f.metadata("metadata", si.Metadata)
}

// confirm asks the bank whether the method may be kept.
func (si *setupIntent) confirm() (any, *Problem) {
	m := si.method
	si.LastSetupError, si.NextAction = nil, nil
	if p := m.savable(); p != nil {
		si.refuse(p)
		p.SetupIntent = si
		return nil, p
	}
	if m.behavior.authenticate != never && !m.setUp {
		si.become(needsAction)
		si.NextAction = si.sp.action(si.ID, si.returnURL)
		si.sp.emit(si.clock.now, "setup_intent.requires_action", si)
		return si, nil
	}
	si.succeed()
	return si, nil
}

func (si *setupIntent) refuse(p *Problem) {
	shown := *p
	si.become(needsMethod)
	si.PaymentMethod, si.NextAction, si.LastSetupError = "", nil, &shown
	si.sp.emit(si.clock.now, "setup_intent.setup_failed", si)
}

func (si *setupIntent) succeed() {
	si.method.setUp = true
	si.become(succeeded)
	si.NextAction = nil
	if cus := si.sp.customers.rows[string(si.Customer)]; cus != nil {
		si.sp.attach(si.method, cus)
	}
	si.sp.emit(si.clock.now, "setup_intent.succeeded", si)
	if si.then != nil {
		si.then(si.method)
	}
}

func (si *setupIntent) answered(ok bool) {
	if ok {
		si.succeed()
		return
	}
	p := invalid("", "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this SetupIntent again.")
	p.Code = "setup_intent_authentication_failure"
	p.PaymentMethod = si.method
	si.refuse(p)
}

func (si *setupIntent) unexpected(doing string) *Problem {
	p := coded("setup_intent_unexpected_state", "", "You cannot "+doing+" this SetupIntent because it has a status of "+si.Status+".")
	p.SetupIntent = si
	return p
}

func confirmSetup(c *call) (any, *Problem) {
	si, p := c.sp.setupIntents.get(c.id)
	if p != nil {
		return nil, p
	}
	if !slices.Contains([]string{needsMethod, needsConfirmation, needsAction}, si.Status) {
		return nil, si.unexpected("confirm")
	}
	m, p := c.sp.usable(c.form.or("payment_method", string(si.PaymentMethod)), c.sp.customers.rows[string(si.Customer)])
	if p != nil {
		return nil, p
	}
	if m == nil {
		return nil, si.unexpected("confirm")
	}
	si.method, si.PaymentMethod = m, opt(m.ID)
	si.returnURL = c.form.or("return_url", si.returnURL)
	return si.confirm()
}

func updateSetup(c *call) (any, *Problem) {
	si, p := c.sp.setupIntents.get(c.id)
	if p != nil {
		return nil, p
	}
	cus := c.sp.customers.rows[string(si.Customer)]
	if c.form.filled("customer") {
		if cus, p = c.payer(); p != nil {
			return nil, p
		}
	}
	m, p := c.sp.usable(c.form.str("payment_method"), cus)
	if p != nil {
		return nil, p
	}
	if m != nil && !slices.Contains([]string{needsMethod, needsConfirmation, needsAction}, si.Status) {
		return nil, si.unexpected("update")
	}
	if cus != nil {
		si.Customer = opt(cus.ID)
	}
	if m != nil {
		si.method, si.PaymentMethod = m, opt(m.ID)
		si.become(needsConfirmation)
	}
	si.take(c.form)
	return si, nil
}

func cancelSetup(c *call) (any, *Problem) {
	si, p := c.sp.setupIntents.get(c.id)
	if p != nil {
		return nil, p
	}
	if !intentMoves.may(si.Status, canceled) {
		return nil, si.unexpected("cancel")
	}
	si.become(canceled)
	si.CancellationReason, si.NextAction = opt(c.form.str("cancellation_reason")), nil
	c.sp.emit(si.clock.now, "setup_intent.canceled", si)
	return si, nil
}
