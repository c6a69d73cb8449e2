package stripesim

// account is somebody else's account that this one may act for.
type account struct {
	key
	BusinessProfile  map[string]any    `json:"business_profile"`
	BusinessType     opt               `json:"business_type"`
	Capabilities     map[string]string `json:"capabilities"`
	ChargesEnabled   bool              `json:"charges_enabled"`
	Controller       map[string]any    `json:"controller"`
	Country          string            `json:"country"`
	Created          int64             `json:"created"`
	DefaultCurrency  string            `json:"default_currency"`
	DetailsSubmitted bool              `json:"details_submitted"`
	Email            opt               `json:"email"`
	ExternalAccounts *list             `json:"external_accounts"`
	Metadata         map[string]string `json:"metadata"`
	PayoutsEnabled   bool              `json:"payouts_enabled"`
	Requirements     requirements      `json:"requirements"`
	Settings         map[string]any    `json:"settings"`
	TOSAcceptance    map[string]any    `json:"tos_acceptance"`
	Type             string            `json:"type"`

	revoked bool
	links   map[string]*accountLink // by the secret in their address
}

func (a *account) born() int64 { return a.Created }

type requirements struct {
	Alternatives        []string `json:"alternatives"`
	CurrentDeadline     stamp    `json:"current_deadline"`
	CurrentlyDue        []string `json:"currently_due"`
	DisabledReason      opt      `json:"disabled_reason"`
	Errors              []string `json:"errors"`
	EventuallyDue       []string `json:"eventually_due"`
	PastDue             []string `json:"past_due"`
	PendingVerification []string `json:"pending_verification"`
}

type accountLink struct {
	Object    string `json:"object"`
	Created   int64  `json:"created"`
	ExpiresAt int64  `json:"expires_at"`
	URL       string `json:"url"`

	returnURL, refreshURL string
}

// linkLasts is how long an onboarding link opens.
const linkLasts = 5 * 60

const accountTakes = "email metadata.* business_type:company|individual|non_profit|government_entity business_profile.name business_profile.url business_profile.mcc business_profile.product_description business_profile.support_email business_profile.support_phone "

func accountOperations() []operation {
	return []operation{
		{"POST /v1/accounts", accountTakes + "type:standard country controller.losses.payments:stripe controller.fees.payer:account controller.requirement_collection:stripe controller.stripe_dashboard.type:full", createAccount},
		{"GET /v1/accounts", listed, func(c *call) (any, *Problem) {
			return page(c, c.sp.accounts, func(a *account) bool { return !a.revoked })
		}},
		{"GET /v1/account", "", func(c *call) (any, *Problem) {
			if c.sp.account == "" {
				return &account{key: key{"acct_platform", "account"}, Country: "US", DefaultCurrency: "usd", ChargesEnabled: true, PayoutsEnabled: true, DetailsSubmitted: true, Type: "standard", Metadata: map[string]string{}}, nil
			}
			return found(c.platform().accounts.get(c.sp.account))
		}},
		{"GET /v1/accounts/{id}", "", func(c *call) (any, *Problem) { return c.withAccount(func(a *account) *Problem { return nil }) }},
		{"POST /v1/accounts/{id}", accountTakes, func(c *call) (any, *Problem) {
			return c.withAccount(func(a *account) *Problem {
				a.change(c.platform(), func() { a.take(c.form) })
				return nil
			})
		}},
		{"DELETE /v1/accounts/{id}", "", func(c *call) (any, *Problem) {
			if _, p := c.sp.accounts.get(c.id); p != nil {
				return nil, p
			}
			return c.sp.accounts.remove(c.id, "account"), nil
		}},
		{"POST /v1/account_links", "account! type:account_onboarding|account_update refresh_url return_url collection_options.fields:currently_due|eventually_due collect:currently_due|eventually_due", createLink},
		{"POST /oauth/deauthorize", "client_id! stripe_user_id!", func(c *call) (any, *Problem) {
			a, p := c.sp.accounts.named("stripe_user_id", c.form.str("stripe_user_id"))
			if p != nil {
				return nil, p
			}
			a.revoke(c.sp)
			return map[string]string{"stripe_user_id": a.ID}, nil
		}},
	}
}

// platform is the space of whoever connects accounts, in the same mode.
func (c *call) platform() *space { return c.sim.space(where{live: c.sp.live}) }

func (c *call) withAccount(do func(*account) *Problem) (any, *Problem) {
	a, p := c.platform().accounts.get(c.id)
	if p == nil && (a.revoked || c.sp.account != "" && c.sp.account != a.ID) {
		p = coded("account_invalid", "", "The provided key does not have access to account '"+c.id+"' (or that account does not exist). Application access may have been revoked.")
		p.Status = 403
	}
	if p == nil {
		p = do(a)
	}
	return found(a, p)
}

func createAccount(c *call) (any, *Problem) {
	if c.sp.account != "" {
		return nil, invalid("", "Only the platform can create accounts.")
	}
	a := &account{
		key: key{c.sim.names.next("acct"), "account"}, BusinessProfile: map[string]any{}, Capabilities: map[string]string{"card_payments": "inactive", "transfers": "inactive"},
		Controller: map[string]any{"type": "application", "is_controller": true, "fees": map[string]any{"payer": "account"}, "losses": map[string]any{"payments": "stripe"}, "requirement_collection": "stripe", "stripe_dashboard": map[string]any{"type": "full"}},
		Country:    c.form.or("country", "US"), Created: c.now(), DefaultCurrency: "usd", ExternalAccounts: whole([]string{}, ""), Metadata: map[string]string{},
		Settings: map[string]any{"dashboard": map[string]any{"display_name": nil, "timezone": "Etc/UTC"}}, TOSAcceptance: map[string]any{"date": nil}, Type: "standard", links: map[string]*accountLink{},
	}
	needed := []string{"business_profile.url", "external_account", "tos_acceptance.date"}
	a.Requirements = requirements{Alternatives: []string{}, CurrentlyDue: needed, DisabledReason: "requirements.past_due", Errors: []string{}, EventuallyDue: needed, PastDue: needed, PendingVerification: []string{}}
	a.ExternalAccounts.URL = "/v1/accounts/" + a.ID + "/external_accounts"
	a.take(c.form)
	c.sp.accounts.add(a)
	return a, nil
}

func (a *account) take(f *form) {
	if f.has("email") {
		a.Email = opt(f.str("email"))
	}
	if f.has("business_type") {
		a.BusinessType = opt(f.str("business_type"))
	}
	for name, value := range f.at("business_profile").under {
		a.BusinessProfile[name] = value.value
	}
	a.Metadata = f.metadata("metadata", a.Metadata)
}

// change does something to an account and tells the platform of it: as an event of that account.
func (a *account) change(platform *space, do func()) {
	before := was(a)
	do()
	platform.of(a).changed(platform.sim.clock.now, "account.updated", a, before)
}

// of is the space of a connected account.
func (sp *space) of(a *account) *space { return sp.sim.space(where{a.ID, sp.live}) }

// onboard is the person who has told Stripe everything.
func (a *account) onboard(platform *space) {
	a.change(platform, func() {
		a.ChargesEnabled, a.PayoutsEnabled, a.DetailsSubmitted = true, true, true
		a.Capabilities = map[string]string{"card_payments": active, "transfers": active}
		none := []string{}
		a.Requirements = requirements{Alternatives: none, CurrentlyDue: none, Errors: none, EventuallyDue: none, PastDue: none, PendingVerification: none}
		a.TOSAcceptance = map[string]any{"date": platform.sim.clock.now}
	})
}

// revoke is the person who takes the platform's access away.
func (a *account) revoke(platform *space) {
	a.revoked = true
	platform.of(a).emit(platform.sim.clock.now, "account.application.deauthorized", &struct {
		key
		Name string `json:"name"`
	}{key{application, "application"}, "Simulated"})
}

// chargeable refuses payments to an account whose owner has not told Stripe everything.
func (sp *space) chargeable() *Problem {
	if sp.account == "" {
		return nil
	}
	if a := sp.sim.space(where{live: sp.live}).accounts.rows[sp.account]; a != nil && a.ChargesEnabled {
		return nil
	}
	return coded("account_invalid", "", "Your account cannot currently make charges. Complete the onboarding of "+sp.account+" first.")
}

func createLink(c *call) (any, *Problem) {
	f := c.form
	a, p := c.sp.accounts.named("account", f.str("account"))
	if p != nil {
		return nil, p
	}
	for _, name := range []string{"type", "refresh_url", "return_url"} {
		if !f.filled(name) {
			return nil, missing(name)
		}
	}
	secret := c.sim.names.secret("account link")
	l := &accountLink{"account_link", c.now(), c.now() + linkLasts, c.sim.base + "/sim/connect/" + a.ID + "/" + secret, f.str("return_url"), f.str("refresh_url")}
	a.links[secret] = l
	return l, nil
}

// Onboard has the owner of a connected account tell Stripe everything, so that it can be paid.
func (s *Sim) Onboard(id string) error {
	return s.plantAccount(id, func(sp *space, a *account) { a.onboard(sp) })
}

// Deauthorize has the owner of a connected account take the platform's access away.
func (s *Sim) Deauthorize(id string) error {
	return s.plantAccount(id, func(sp *space, a *account) { a.revoke(sp) })
}

func (s *Sim) plantAccount(id string, do func(*space, *account)) error {
	return s.plant(func() *Problem {
		sp, a, p := plantedIn(s, id, func(sp *space) *table[*account] { return sp.accounts })
		if p == nil {
			do(sp, a)
		}
		return p
	})
}
