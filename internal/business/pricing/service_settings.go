package pricing

import (
	"context"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Settings reads rates and offer; without the rates for whoever may not see costs.
func (s *Service) Settings(ctx context.Context, a tenancy.Actor) (Settings, error) {
	if err := a.Require(tenancy.PricesRead); err != nil {
		return Settings{}, err
	}
	var b Book
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) { r.Rows(b.scanSettings, settingsSQL, a.Tenant().Org()) })
	b.Settings.hide(a)
	return b.Settings, err
}

func (s *Settings) hide(a tenancy.Actor) {
	if !a.May(tenancy.CostsSee) {
		s.Rates = nil
	}
}

// EditRates changes how jobs are priced from now on.
func (s *Service) EditRates(ctx context.Context, a tenancy.Actor, in EditRatesInput) (Settings, error) {
	if err := in.Validate(); err != nil {
		return Settings{}, err
	}
	if err := a.Require(tenancy.CostsSee); err != nil {
		return Settings{}, err
	}
	return change(ctx, s, a, "price_settings.edit_rates", in, func(tx *pg.OrgTx) (Settings, error) {
		return editSettings(tx, a, in.Version, "price_settings.rates_edited", `labor_rate_cents = $2, per_post_hours = $3, per_ft_hours = $4,
			per_gate_hours = $5, removal_cents_per_ft = $6, overhead_pct = $7, method = $8, method_pct = $9, method_cents_per_ft = $10,
			free_miles = $11, step_miles = $12, step_cents = $13, minimum_job_cents = $14, updated_at = $15`, in.Rates.values())
	})
}

// EditOffer changes what quotes say from now on.
func (s *Service) EditOffer(ctx context.Context, a tenancy.Actor, in EditOfferInput) (Settings, error) {
	if err := in.Validate(); err != nil {
		return Settings{}, err
	}
	return change(ctx, s, a, "price_settings.edit_offer", in, func(tx *pg.OrgTx) (Settings, error) {
		return editSettings(tx, a, in.Version, "price_settings.offer_edited", `tax_mode = $2, tax_rate = $3, deposit_pct = $4, deposit_text = $5,
			validity_days = $6, recommended_tier = $7, included = $8, not_included = $9, terms = $10, cancellation_notice = $11,
			updated_at = $12`, in.Offer.values())
	})
}

// editSettings writes one half of the settings; set is ours, never a person's.
func editSettings(tx *pg.OrgTx, a tenancy.Actor, version int, action, set string, values []any) (Settings, error) {
	org := tx.Tenant().Org()
	before, err := collectOne(tx, scanSettings, settingsSQL+` FOR UPDATE`, org)
	if err != nil {
		return Settings{}, err
	}
	if before.Version != version {
		return Settings{}, fault.Stale("price list")
	}
	args := append(append([]any{org}, values...), tx.Now())
	after, err := collectOne(tx, scanSettings, `UPDATE app.price_settings SET `+set+`, version = version + 1 WHERE org_id = $1
		RETURNING `+settingsColumns, args...)
	if err != nil {
		return Settings{}, err
	}
	err = audit.Record(tx, a, audit.Deed{Action: action, RecordType: "price_settings", RecordID: org, Before: before, After: after})
	after.hide(a)
	return after, err
}
