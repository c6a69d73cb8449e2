package api

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

type tiers struct{ Services }

func (s tiers) register(a *API) {
	register(a, route{pattern: "GET /v1/tiers", name: "list-tiers", summary: "List the three offers that a homeowner chooses from, cheapest first."},
		needs(tenancy.PricesRead), s.list)
	register(a, route{pattern: "GET /v1/tiers/{id}", name: "get-tier", summary: "Get a tier."},
		needs(tenancy.PricesRead), s.get)
	register(a, route{pattern: "PUT /v1/tiers/{id}", name: "edit-tier", summary: "Change what a tier offers and asks."},
		needs(tenancy.PricesWrite), s.edit)
}

type tier struct {
	ID       id.ID  `json:"id"`
	Key      string `json:"key" enum:"basic,premium,elite"`
	Position int    `json:"position"`
	TierInput
	UpdatedAt time.Time `json:"updated_at"`
	Version   int       `json:"version"`
}

// TierInput is exported for being a part of another document.
type TierInput struct {
	Name            string       `json:"name"`
	StyleID         id.ID        `json:"style_id"`
	BaseChargeCents money.Cents  `json:"base_charge_cents" doc:"Added to the price once a job."`
	AdjustmentPct   float64      `json:"adjustment_pct"`
	Summary         string       `json:"summary" doc:"The one line that the homeowner reads."`
	Differences     []difference `json:"differences" doc:"What sets the tiers apart: the same topics, other words in each tier."`
	WarrantyYears   int          `json:"warranty_years" minimum:"0" maximum:"99"`
}

type difference struct {
	Topic string `json:"topic"`
	Words string `json:"words"`
}

func newTier(t pricing.Tier) tier {
	return tier{
		ID: t.ID, Key: string(t.Key), Position: t.Position, UpdatedAt: t.UpdatedAt.UTC(), Version: t.Version,
		TierInput: TierInput{
			Name: t.Name, StyleID: t.StyleID, BaseChargeCents: t.BaseChargeCents, AdjustmentPct: t.AdjustmentPct, Summary: t.Summary,
			Differences:   each(t.Differences, func(d pricing.Difference) difference { return difference(d) }),
			WarrantyYears: t.WarrantyYears,
		},
	}
}

func (s tiers) list(ctx context.Context, a tenancy.Actor, _ *nothing) (*answer[listOf[tier]], error) {
	all, err := s.Pricing.Tiers(ctx, a)
	if err != nil {
		return nil, err
	}
	return &answer[listOf[tier]]{listed(all, newTier)}, nil
}

func (s tiers) get(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[tier], error) {
	return tierAnswer(s.Pricing.Tier(ctx, a, id.ID(in.ID)))
}

func tierAnswer(t pricing.Tier, err error) (*recordAnswer[tier], error) {
	if err != nil {
		return nil, err
	}
	return &recordAnswer[tier]{ETag: etag(t.Version), Body: newTier(t)}, nil
}

func (s tiers) edit(ctx context.Context, a tenancy.Actor, in *changeOf[TierInput]) (*recordAnswer[tier], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	edited, err := s.Pricing.EditTier(ctx, a, pricing.EditTierInput{
		ID: id.ID(in.ID), Version: version, Name: b.Name, StyleID: b.StyleID, BaseChargeCents: b.BaseChargeCents, AdjustmentPct: b.AdjustmentPct,
		Summary: b.Summary, WarrantyYears: b.WarrantyYears,
		Differences: each(b.Differences, func(d difference) pricing.Difference { return pricing.Difference(d) }),
	})
	return tierAnswer(edited, behind(err, func() (int, error) {
		now, err := s.Pricing.Tier(ctx, a, id.ID(in.ID))
		return now.Version, err
	}))
}
