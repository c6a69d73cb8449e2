package pricing

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Tiers lists the three tiers in their order.
func (s *Service) Tiers(ctx context.Context, a tenancy.Actor) ([]Tier, error) {
	if err := a.Require(tenancy.PricesRead); err != nil {
		return nil, err
	}
	var b Book
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) { r.Rows(b.scanTiers, tiersSQL, a.Tenant().Org()) })
	return b.Tiers, err
}

// Tier reads one tier.
func (s *Service) Tier(ctx context.Context, a tenancy.Actor, tier id.ID) (Tier, error) {
	all, err := s.Tiers(ctx, a)
	if err != nil {
		return Tier{}, err
	}
	i := slices.IndexFunc(all, func(t Tier) bool { return t.ID == tier })
	if i < 0 {
		return Tier{}, fault.Missing()
	}
	return all[i], nil
}

// EditTier changes what a tier offers and asks.
func (s *Service) EditTier(ctx context.Context, a tenancy.Actor, in EditTierInput) (Tier, error) {
	if err := in.Validate(); err != nil {
		return Tier{}, err
	}
	return change(ctx, s, a, "tiers.edit", in, func(tx *pg.OrgTx) (Tier, error) {
		before, err := collectOne(tx, scanTier, `SELECT `+tierColumns+` FROM app.tiers WHERE org_id = $1 AND id = $2 FOR UPDATE`,
			tx.Tenant().Org(), in.ID)
		if err != nil {
			return Tier{}, err
		}
		if before.Version != in.Version {
			return Tier{}, fault.Stale("tier")
		}
		rows, err := json.Marshal(in.Differences)
		if err != nil {
			return Tier{}, fmt.Errorf("write tier: %w", err)
		}
		after, err := collectOne(tx, scanTier, `UPDATE app.tiers SET name = $3, style_id = $4, base_charge_cents = $5, adjustment_pct = $6,
				summary = $7, differences = $8, warranty_years = $9, updated_at = $10, version = version + 1
			WHERE org_id = $1 AND id = $2 RETURNING `+tierColumns,
			tx.Tenant().Org(), in.ID, in.Name, in.StyleID, in.BaseChargeCents, in.AdjustmentPct, in.Summary, rows, in.WarrantyYears, tx.Now())
		if pg.Violates(err, "tiers_style_fk") {
			return Tier{}, fault.InvalidField("/style_id", "Choose a style of your list.")
		}
		if err != nil {
			return Tier{}, err
		}
		return after, audit.Record(tx, a, audit.Deed{Action: "tier.edited", RecordType: "tier", RecordID: in.ID, Before: before, After: after})
	})
}

// collectOne runs a statement now and scans its only row.
func collectOne[T any](tx *pg.OrgTx, scan pgx.RowToFunc[T], sql string, args ...any) (T, error) {
	rows, err := tx.Query(sql, args...)
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectExactlyOneRow(rows, scan)
}
