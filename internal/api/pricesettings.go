package api

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/money"
)

type priceSettings struct{ Services }

func (s priceSettings) register(a *API) {
	register(a, route{pattern: "GET /v1/price-settings", name: "get-price-settings", summary: "Get how jobs are priced and what quotes say."},
		needs(tenancy.PricesRead), s.get)
	register(a, route{pattern: "PUT /v1/price-settings/rates", name: "edit-rates", summary: "Change how jobs are priced from now on."},
		needs(tenancy.PricesWrite), s.editRates)
	register(a, route{pattern: "PUT /v1/price-settings/offer", name: "edit-offer", summary: "Change what quotes say from now on."},
		needs(tenancy.PricesWrite), s.editOffer)
}

type priceSettingsDocument struct {
	Rates     *rates    `json:"rates,omitempty" doc:"Left out for roles that may not see costs."`
	Offer     offer     `json:"offer"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int       `json:"version"`
}

type rates struct {
	Labor             laborRates  `json:"labor"`
	RemovalCentsPerFt money.Cents `json:"removal_cents_per_ft"`
	OverheadPct       float64     `json:"overhead_pct"`
	Method            priceMethod `json:"method"`
	Travel            travelRule  `json:"travel"`
	MinimumJobCents   money.Cents `json:"minimum_job_cents" doc:"The least price before discount and tax; 0: none."`
}

type laborRates struct {
	RateCentsPerHour money.Cents `json:"rate_cents_per_hour"`
	PerPostHours     float64     `json:"per_post_hours"`
	PerFtHours       float64     `json:"per_ft_hours"`
	PerGateHours     float64     `json:"per_gate_hours"`
}

type priceMethod struct {
	Kind       string      `json:"kind" enum:"margin,markup,per_foot"`
	Pct        float64     `json:"pct,omitzero" doc:"For margin and markup."`
	CentsPerFt money.Cents `json:"cents_per_ft,omitzero" doc:"For per_foot."`
}

type travelRule struct {
	FreeMiles float64     `json:"free_miles"`
	StepMiles float64     `json:"step_miles"`
	StepCents money.Cents `json:"step_cents"`
}

type offer struct {
	Tax                offerTax `json:"tax"`
	DepositPct         float64  `json:"deposit_pct"`
	DepositText        string   `json:"deposit_text"`
	ValidityDays       int      `json:"validity_days" minimum:"1" maximum:"365"`
	RecommendedTier    string   `json:"recommended_tier" doc:"basic, premium, elite, or empty for none."`
	Included           []string `json:"included"`
	NotIncluded        []string `json:"not_included"`
	Terms              string   `json:"terms"`
	CancellationNotice string   `json:"cancellation_notice"`
}

type offerTax struct {
	Mode string  `json:"mode" enum:"none,lump_sum,separated,full"`
	Rate float64 `json:"rate" doc:"A fraction: 0.0825."`
}

func newRates(r *pricing.Rates) *rates {
	if r == nil {
		return nil
	}
	return &rates{
		Labor: laborRates(r.Labor), RemovalCentsPerFt: r.RemovalCentsPerFt, OverheadPct: r.OverheadPct,
		Method: priceMethod{Kind: string(r.Method.Kind), Pct: r.Method.Pct, CentsPerFt: r.Method.CentsPerFt},
		Travel: travelRule(r.Travel), MinimumJobCents: r.MinimumJobCents,
	}
}

func (r rates) input() pricing.Rates {
	return pricing.Rates{
		Labor: pricing.Labor(r.Labor), RemovalCentsPerFt: r.RemovalCentsPerFt, OverheadPct: r.OverheadPct,
		Method: pricing.Method{Kind: pricing.MethodKind(r.Method.Kind), Pct: r.Method.Pct, CentsPerFt: r.Method.CentsPerFt},
		Travel: pricing.TravelRule(r.Travel), MinimumJobCents: r.MinimumJobCents,
	}
}

func newOffer(o pricing.Offer) offer {
	return offer{
		Tax: offerTax{Mode: string(o.Tax.Mode), Rate: o.Tax.Rate}, DepositPct: o.DepositPct, DepositText: o.DepositText, ValidityDays: o.ValidityDays,
		RecommendedTier: string(o.RecommendedTier), Included: o.Included, NotIncluded: o.NotIncluded, Terms: o.Terms, CancellationNotice: o.CancellationNotice,
	}
}

func (o offer) input() pricing.Offer {
	return pricing.Offer{
		Tax: pricing.Tax{Mode: pricing.TaxMode(o.Tax.Mode), Rate: o.Tax.Rate}, DepositPct: o.DepositPct, DepositText: o.DepositText,
		ValidityDays: o.ValidityDays, RecommendedTier: pricing.TierKey(o.RecommendedTier), Included: o.Included, NotIncluded: o.NotIncluded,
		Terms: o.Terms, CancellationNotice: o.CancellationNotice,
	}
}

func (s priceSettings) get(ctx context.Context, a tenancy.Actor, _ *nothing) (*recordAnswer[priceSettingsDocument], error) {
	return settingsAnswer(s.Pricing.Settings(ctx, a))
}

func settingsAnswer(p pricing.Settings, err error) (*recordAnswer[priceSettingsDocument], error) {
	if err != nil {
		return nil, err
	}
	return &recordAnswer[priceSettingsDocument]{ETag: etag(p.Version), Body: priceSettingsDocument{
		Rates: newRates(p.Rates), Offer: newOffer(p.Offer), UpdatedAt: p.UpdatedAt.UTC(), Version: p.Version,
	}}, nil
}

// changeOfSettings is a request that changes a part of the company's only price settings.
type changeOfSettings[T any] struct {
	Versioned
	Body T
}

func (s priceSettings) editRates(ctx context.Context, a tenancy.Actor, in *changeOfSettings[rates]) (*recordAnswer[priceSettingsDocument], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	p, err := s.Pricing.EditRates(ctx, a, pricing.EditRatesInput{Version: version, Rates: in.Body.input()})
	return settingsAnswer(p, s.behind(ctx, a, within("/rates", err)))
}

func (s priceSettings) editOffer(ctx context.Context, a tenancy.Actor, in *changeOfSettings[offer]) (*recordAnswer[priceSettingsDocument], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	p, err := s.Pricing.EditOffer(ctx, a, pricing.EditOfferInput{Version: version, Offer: in.Body.input()})
	return settingsAnswer(p, s.behind(ctx, a, within("/offer", err)))
}

func (s priceSettings) behind(ctx context.Context, a tenancy.Actor, err error) error {
	return behind(err, func() (int, error) {
		now, err := s.Pricing.Settings(ctx, a)
		return now.Version, err
	})
}
