package stripesim

type portalSession struct {
	head
	Configuration   string         `json:"configuration"`
	Customer        string         `json:"customer"`
	CustomerAccount void           `json:"customer_account"`
	Flow            map[string]any `json:"flow"`
	Locale          opt            `json:"locale"`
	OnBehalfOf      void           `json:"on_behalf_of"`
	ReturnURL       opt            `json:"return_url"`
	URL             string         `json:"url"`

	customer *customer
	config   *portalConfiguration
	form     *form
}

type portalConfiguration struct {
	head
	Active           bool              `json:"active"`
	Application      opt               `json:"application"`
	BusinessProfile  map[string]any    `json:"business_profile"`
	DefaultReturnURL opt               `json:"default_return_url"`
	Features         portalFeatures    `json:"features"`
	IsDefault        bool              `json:"is_default"`
	LoginPage        map[string]any    `json:"login_page"`
	Metadata         map[string]string `json:"metadata"`
	Name             opt               `json:"name"`
	Updated          int64             `json:"updated"`
}

type portalFeatures struct {
	CustomerUpdate struct {
		AllowedUpdates []string `json:"allowed_updates"`
		Enabled        bool     `json:"enabled"`
	} `json:"customer_update"`
	InvoiceHistory      enabled `json:"invoice_history"`
	PaymentMethodUpdate enabled `json:"payment_method_update"`
	SubscriptionCancel  struct {
		CancellationReason struct {
			Enabled bool     `json:"enabled"`
			Options []string `json:"options"`
		} `json:"cancellation_reason"`
		Enabled           bool   `json:"enabled"`
		Mode              string `json:"mode"`
		ProrationBehavior string `json:"proration_behavior"`
	} `json:"subscription_cancel"`
	SubscriptionUpdate struct {
		DefaultAllowedUpdates []string        `json:"default_allowed_updates"`
		Enabled               bool            `json:"enabled"`
		Products              []portalProduct `json:"products"`
		ProrationBehavior     string          `json:"proration_behavior"`
		ScheduleAtPeriodEnd   map[string]any  `json:"schedule_at_period_end"`
		TrialUpdateBehavior   string          `json:"trial_update_behavior"`
	} `json:"subscription_update"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

type portalProduct struct {
	Prices  []string `json:"prices"`
	Product string   `json:"product"`
}

const portalTakes = "business_profile.headline business_profile.privacy_policy_url business_profile.terms_of_service_url default_return_url login_page.enabled:bool metadata.* name " +
	"features.customer_update.enabled:bool features.customer_update.allowed_updates[]:address|email|name|phone|shipping|tax_id features.invoice_history.enabled:bool features.payment_method_update.enabled:bool " +
	"features.subscription_cancel.enabled:bool features.subscription_cancel.mode:at_period_end|immediately features.subscription_cancel.proration_behavior:always_invoice|create_prorations|none " +
	"features.subscription_cancel.cancellation_reason.enabled:bool features.subscription_cancel.cancellation_reason.options[] " +
	"features.subscription_update.enabled:bool features.subscription_update.default_allowed_updates[]:price|promotion_code|quantity features.subscription_update.proration_behavior:always_invoice|create_prorations|none " +
	"features.subscription_update.products[].product features.subscription_update.products[].prices[] features.subscription_update.schedule_at_period_end.conditions[].type:decreasing_item_amount|shortening_interval " +
	"features.subscription_update.trial_update_behavior:continue_trial|end_trial "

func portalOperations() []operation {
	return []operation{
		{"POST /v1/billing_portal/sessions", "customer! return_url configuration locale flow_data.type:payment_method_update|subscription_cancel|subscription_update|subscription_update_confirm flow_data.subscription_cancel.subscription flow_data.subscription_update.subscription " +
			"flow_data.subscription_update_confirm.subscription flow_data.subscription_update_confirm.items[].id flow_data.subscription_update_confirm.items[].price flow_data.subscription_update_confirm.items[].quantity:int " +
			"flow_data.after_completion.type:hosted_confirmation|portal_homepage|redirect flow_data.after_completion.redirect.return_url", createPortalSession},
		{"POST /v1/billing_portal/configurations", portalTakes, func(c *call) (any, *Problem) {
			if !c.form.has("features") {
				return nil, missing("features")
			}
			p := c.sp.newPortalConfiguration(c.form)
			c.sp.emit(c.now(), "billing_portal.configuration.created", p)
			return p, nil
		}},
		{"GET /v1/billing_portal/configurations", listed + "active:bool is_default:bool", func(c *call) (any, *Problem) {
			return page(c, c.sp.portalConfigs, func(p *portalConfiguration) bool {
				return (!c.form.filled("active") || c.form.yes("active") == p.Active) && (!c.form.filled("is_default") || c.form.yes("is_default") == p.IsDefault)
			})
		}},
		{"GET /v1/billing_portal/configurations/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.portalConfigs.get(c.id)) }},
		{"POST /v1/billing_portal/configurations/{id}", portalTakes + "active:bool", func(c *call) (any, *Problem) {
			p, problem := c.sp.portalConfigs.get(c.id)
			if problem != nil {
				return nil, problem
			}
			before := was(p)
			p.take(c.form)
			p.Updated = c.now()
			c.sp.changed(c.now(), "billing_portal.configuration.updated", p, before)
			return p, nil
		}},
	}
}

func (sp *space) newPortalConfiguration(f *form) *portalConfiguration {
	now := sp.sim.clock.now
	p := &portalConfiguration{
		head: sp.head("bpc", "billing_portal.configuration", now), Active: true, BusinessProfile: map[string]any{"headline": nil, "privacy_policy_url": nil, "terms_of_service_url": nil},
		LoginPage: map[string]any{"enabled": false, "url": nil}, Metadata: map[string]string{}, Updated: now,
	}
	p.Features.CustomerUpdate.AllowedUpdates = []string{}
	p.Features.SubscriptionCancel.CancellationReason.Options = []string{}
	p.Features.SubscriptionCancel.Mode, p.Features.SubscriptionCancel.ProrationBehavior = "at_period_end", noProration
	p.Features.SubscriptionUpdate.DefaultAllowedUpdates, p.Features.SubscriptionUpdate.Products = []string{}, []portalProduct{}
	p.Features.SubscriptionUpdate.ProrationBehavior, p.Features.SubscriptionUpdate.TrialUpdateBehavior = noProration, "end_trial"
	p.Features.SubscriptionUpdate.ScheduleAtPeriodEnd = map[string]any{"conditions": []any{}}
	p.take(f)
	return sp.portalConfigs.add(p)
}

// defaultPortal is the configuration of whoever made none: history, card, and ending at the period's end.
func (sp *space) defaultPortal() *portalConfiguration {
	for _, p := range sp.portalConfigs.all {
		if p.IsDefault {
			return p
		}
	}
	p := sp.newPortalConfiguration(&form{})
	p.IsDefault = true
	p.Features.InvoiceHistory.Enabled, p.Features.PaymentMethodUpdate.Enabled, p.Features.SubscriptionCancel.Enabled = true, true, true
	return p
}

func (p *portalConfiguration) take(f *form) {
	for name := range p.BusinessProfile {
		if f.has("business_profile." + name) {
			p.BusinessProfile[name] = f.str("business_profile." + name)
		}
	}
	if f.has("default_return_url") {
		p.DefaultReturnURL = opt(f.str("default_return_url"))
	}
	if f.has("name") {
		p.Name = opt(f.str("name"))
	}
	if f.has("active") {
		p.Active = f.yes("active")
	}
	if f.has("login_page") {
		p.LoginPage["enabled"] = f.yes("login_page.enabled")
	}
	p.Metadata = f.metadata("metadata", p.Metadata)
	p.Features.take(f.at("features"))
}

func (p *portalFeatures) take(f *form) {
	for name, field := range map[string]*bool{
		"customer_update": &p.CustomerUpdate.Enabled, "invoice_history": &p.InvoiceHistory.Enabled, "payment_method_update": &p.PaymentMethodUpdate.Enabled,
		"subscription_cancel": &p.SubscriptionCancel.Enabled, "subscription_cancel.cancellation_reason": &p.SubscriptionCancel.CancellationReason.Enabled, "subscription_update": &p.SubscriptionUpdate.Enabled,
	} {
		if f.has(name + ".enabled") {
			*field = f.yes(name + ".enabled")
		}
	}
	for name, field := range map[string]*[]string{
		"customer_update.allowed_updates": &p.CustomerUpdate.AllowedUpdates, "subscription_cancel.cancellation_reason.options": &p.SubscriptionCancel.CancellationReason.Options,
		"subscription_update.default_allowed_updates": &p.SubscriptionUpdate.DefaultAllowedUpdates,
	} {
		if f.has(name) {
			*field = f.texts(name)
		}
	}
	for name, field := range map[string]*string{
		"subscription_cancel.mode": &p.SubscriptionCancel.Mode, "subscription_cancel.proration_behavior": &p.SubscriptionCancel.ProrationBehavior,
		"subscription_update.proration_behavior": &p.SubscriptionUpdate.ProrationBehavior, "subscription_update.trial_update_behavior": &p.SubscriptionUpdate.TrialUpdateBehavior,
	} {
		*field = f.or(name, *field)
	}
	if f.has("subscription_update.products") {
		p.SubscriptionUpdate.Products = []portalProduct{}
		for _, one := range f.list("subscription_update.products") {
			p.SubscriptionUpdate.Products = append(p.SubscriptionUpdate.Products, portalProduct{one.texts("prices"), one.str("product")})
		}
	}
	if f.has("subscription_update.schedule_at_period_end") {
		conditions := []any{}
		for _, one := range f.list("subscription_update.schedule_at_period_end.conditions") {
			conditions = append(conditions, map[string]string{"type": one.str("type")})
		}
		p.SubscriptionUpdate.ScheduleAtPeriodEnd = map[string]any{"conditions": conditions}
	}
}

func createPortalSession(c *call) (any, *Problem) {
	f := c.form
	cus, p := c.sp.customers.named("customer", f.str("customer"))
	if p != nil {
		return nil, p
	}
	var config *portalConfiguration
	if id := f.str("configuration"); id != "" {
		if config, p = c.sp.portalConfigs.named("configuration", id); p != nil {
			return nil, p
		}
		if !config.Active {
			return nil, invalid("configuration", "This configuration is not active.")
		}
	} else {
		config = c.sp.defaultPortal()
	}
	ps := &portalSession{
		head: c.sp.head("bps", "billing_portal.session", c.now()), Configuration: config.ID, Customer: cus.ID, Locale: opt(f.str("locale")),
		ReturnURL: opt(f.or("return_url", string(config.DefaultReturnURL))), customer: cus, config: config, form: f,
	}
	if f.has("flow_data") {
		if ps.Flow, p = c.portalFlow(cus); p != nil {
			return nil, p
		}
	}
	ps.URL = c.sim.base + "/sim/portal/" + ps.ID
	c.sp.portals.add(ps)
	c.sp.emit(c.now(), "billing_portal.session.created", ps)
	return ps, nil
}

// portalFlow is the one thing that a person is sent to the portal for.
func (c *call) portalFlow(cus *customer) (map[string]any, *Problem) {
	f := c.form.at("flow_data")
	kind := f.str("type")
	if kind == "" {
		return nil, missing("flow_data.type")
	}
	flow := map[string]any{"type": kind, "subscription_cancel": nil, "subscription_update": nil, "subscription_update_confirm": nil, "after_completion": map[string]any{"type": f.or("after_completion.type", "portal_homepage")}}
	if kind == "payment_method_update" {
		return flow, nil
	}
	id := f.str(kind + ".subscription")
	s, p := c.sp.subscriptions.named("flow_data["+kind+"][subscription]", id)
	if p == nil && s.customer != cus {
		p = noSuch("subscription", "flow_data["+kind+"][subscription]", id)
	}
	flow[kind] = map[string]any{"subscription": id}
	return flow, p
}
