package pricing

import (
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/id"
)

const (
	materialColumns = `id, key, name, unit, cost_cents, pack, updated_at, version`
	styleColumns    = `id, key, name, kind, document, updated_at, version`
	tierColumns     = `id, key, position, name, style_id, base_charge_cents, adjustment_pct, summary, differences,
		warranty_years, updated_at, version`
	settingsColumns = `labor_rate_cents, per_post_hours, per_ft_hours, per_gate_hours, removal_cents_per_ft, overhead_pct,
		method, method_pct, method_cents_per_ft, free_miles, step_miles, step_cents, minimum_job_cents, tax_mode, tax_rate,
		deposit_pct, deposit_text, validity_days, recommended_tier, included, not_included, terms, cancellation_notice,
		updated_at, version`
)

// scanSettings reads settingsColumns.
func scanSettings(row pgx.CollectableRow) (Settings, error) {
	s := Settings{Rates: &Rates{}}
	r, o := s.Rates, &s.Offer
	err := row.Scan(&r.Labor.RateCentsPerHour, &r.Labor.PerPostHours, &r.Labor.PerFtHours, &r.Labor.PerGateHours,
		&r.RemovalCentsPerFt, &r.OverheadPct, &r.Method.Kind, &r.Method.Pct, &r.Method.CentsPerFt,
		&r.Travel.FreeMiles, &r.Travel.StepMiles, &r.Travel.StepCents, &r.MinimumJobCents, &o.Tax.Mode, &o.Tax.Rate,
		&o.DepositPct, &o.DepositText, &o.ValidityDays, &o.RecommendedTier, &o.Included, &o.NotIncluded, &o.Terms,
		&o.CancellationNotice, &s.UpdatedAt, &s.Version)
	return s, err
}

// zonesSQL reads the organization's zones and the shared ones.
const zonesSQL = `
SELECT id, name, priority, material_factor, labor_factor, equipment_factor, note, false AS shared, false AS sample,
	NULL::date AS valid_from, NULL::date AS valid_until, version
FROM app.pricing_zones WHERE org_id = $1
UNION ALL
SELECT id, name, priority, material_factor, labor_factor, equipment_factor, source_note, true, sample, valid_from, valid_until, 1
FROM shared.pricing_zones
ORDER BY shared, name, id`

func scanZone(row pgx.CollectableRow) (PricingZone, error) {
	var z PricingZone
	err := row.Scan(&z.ID, &z.Name, &z.Priority, &z.Factors.MaterialFactor, &z.Factors.LaborFactor, &z.Factors.EquipmentFactor,
		&z.Note, &z.Shared, &z.Sample, &z.ValidFrom, &z.ValidUntil, &z.Version)
	return z, err
}

func (b *Book) scanZones(rows pgx.Rows) error {
	got, err := pgx.CollectRows(rows, scanZone)
	b.Zones = got
	return err
}

const zoneMembersSQL = `
SELECT zone_id, kind, low, high FROM app.pricing_zone_members WHERE org_id = $1
UNION ALL
SELECT zone_id, kind, low, high FROM shared.pricing_zone_members
ORDER BY zone_id, kind, low, high`

func (b *Book) scanZoneMembers(rows pgx.Rows) error {
	byID := make(map[id.ID]*PricingZone, len(b.Zones))
	for i := range b.Zones {
		byID[b.Zones[i].ID] = &b.Zones[i]
	}
	var zone id.ID
	var m ZoneMember
	_, err := pgx.ForEachRow(rows, []any{&zone, &m.Kind, &m.Low, &m.High}, func() error {
		if z := byID[zone]; z != nil { // a zone that came between the two statements is left out
			z.Members = append(z.Members, m)
		}
		return nil
	})
	return err
}
