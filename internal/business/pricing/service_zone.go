package pricing

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Zones lists the company's own zones, then the shared ones, each by name. The plan must have location pricing.
func (s *Service) Zones(ctx context.Context, a tenancy.Actor) ([]PricingZone, error) {
	zones, _, err := s.zones(ctx, a)
	return zones, err
}

// Zone reads one zone, own or shared.
func (s *Service) Zone(ctx context.Context, a tenancy.Actor, zone id.ID) (PricingZone, error) {
	zones, _, err := s.zones(ctx, a)
	if err != nil {
		return PricingZone{}, err
	}
	i := slices.IndexFunc(zones, func(z PricingZone) bool { return z.ID == zone })
	if i < 0 {
		return PricingZone{}, fault.Missing()
	}
	return zones[i], nil
}

// LookUpZone says in which zone a ZIP is priced today, and why.
func (s *Service) LookUpZone(ctx context.Context, a tenancy.Actor, zip string) (ZoneMatch, error) {
	if !zipForm.MatchString(zip) {
		return ZoneMatch{}, fault.InvalidField("/zip", "Enter a ZIP with 5 digits, like 78701.")
	}
	zones, now, err := s.zones(ctx, a)
	if err != nil {
		return ZoneMatch{}, err
	}
	return FindZone(zones, zip, now), nil
}

// zones reads all zones and tells when.
func (s *Service) zones(ctx context.Context, a tenancy.Actor) ([]PricingZone, time.Time, error) {
	if err := a.Require(tenancy.PricesRead); err != nil {
		return nil, time.Time{}, err
	}
	var b Book
	now, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Rows(b.scanZones, zonesSQL, a.Tenant().Org())
		r.Rows(b.scanZoneMembers, zoneMembersSQL, a.Tenant().Org())
	})
	if err == nil {
		err = a.RequireFeature(plan.FeatureLocationPricing, now)
	}
	if err != nil {
		return nil, now, err
	}
	return b.Zones, now, nil
}

// CreateZone makes a zone of the company's own.
func (s *Service) CreateZone(ctx context.Context, a tenancy.Actor, in ZoneInput) (PricingZone, error) {
	if err := in.Validate(); err != nil {
		return PricingZone{}, err
	}
	return change(ctx, s, a, "pricing_zones.create", in, func(tx *pg.OrgTx) (PricingZone, error) {
		if err := a.RequireFeature(plan.FeatureLocationPricing, tx.Now()); err != nil {
			return PricingZone{}, err
		}
		z := in.zone(id.New(), 1)
		tag, err := tx.Exec(`INSERT INTO app.pricing_zones (org_id, id, name, priority, material_factor, labor_factor, equipment_factor, note, created_at, updated_at)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $9
			WHERE (SELECT count(*) FROM app.pricing_zones WHERE org_id = $1) < $10`, tx.Tenant().Org(), z.ID, z.Name, z.Priority,
			z.Factors.MaterialFactor, z.Factors.LaborFactor, z.Factors.EquipmentFactor, z.Note, tx.Now(), maxZones)
		if err != nil {
			return PricingZone{}, err
		}
		if tag.RowsAffected() == 0 {
			return PricingZone{}, fault.New(fault.Conflict, "too-many-zones", "A company has at most %d zones. Join some, or delete one.", maxZones)
		}
		if err := insertMembers(tx, z); err != nil {
			return PricingZone{}, err
		}
		return z, audit.Record(tx, a, audit.Deed{Action: "pricing_zone.created", RecordType: "pricing_zone", RecordID: z.ID, After: z})
	})
}

// EditZone changes an own zone.
func (s *Service) EditZone(ctx context.Context, a tenancy.Actor, in EditZoneInput) (PricingZone, error) {
	if err := in.Validate(); err != nil {
		return PricingZone{}, err
	}
	return change(ctx, s, a, "pricing_zones.edit", in, func(tx *pg.OrgTx) (PricingZone, error) {
		if err := a.RequireFeature(plan.FeatureLocationPricing, tx.Now()); err != nil {
			return PricingZone{}, err
		}
		before, err := lockZone(tx, in.ID, in.Version)
		if err != nil {
			return PricingZone{}, err
		}
		z := in.zone(in.ID, before.Version+1)
		err = tx.Together(func(b *pgx.Batch) {
			b.Queue(`UPDATE app.pricing_zones SET name = $3, priority = $4, material_factor = $5, labor_factor = $6, equipment_factor = $7,
				note = $8, updated_at = $9, version = $10 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), z.ID, z.Name, z.Priority,
				z.Factors.MaterialFactor, z.Factors.LaborFactor, z.Factors.EquipmentFactor, z.Note, tx.Now(), z.Version)
			b.Queue(`DELETE FROM app.pricing_zone_members WHERE org_id = $1 AND zone_id = $2`, tx.Tenant().Org(), z.ID)
		})
		if err != nil {
			return PricingZone{}, err
		}
		if err := insertMembers(tx, z); err != nil {
			return PricingZone{}, err
		}
		return z, audit.Record(tx, a, audit.Deed{Action: "pricing_zone.edited", RecordType: "pricing_zone", RecordID: z.ID, Before: before, After: z})
	})
}

// DeleteZone deletes an own zone and returns what it was. It needs no feature of the plan: what a smaller
// plan does not use may still be tidied away.
func (s *Service) DeleteZone(ctx context.Context, a tenancy.Actor, in DeleteZoneInput) (PricingZone, error) {
	return change(ctx, s, a, "pricing_zones.delete", in, func(tx *pg.OrgTx) (PricingZone, error) {
		z, err := lockZone(tx, in.ID, in.Version)
		if err != nil {
			return PricingZone{}, err
		}
		if _, err := tx.Exec(`DELETE FROM app.pricing_zones WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), in.ID); err != nil {
			return PricingZone{}, err
		}
		return z, audit.Record(tx, a, audit.Deed{Action: "pricing_zone.deleted", RecordType: "pricing_zone", RecordID: in.ID, Before: z})
	})
}

func (in *ZoneInput) zone(own id.ID, version int) PricingZone {
	return PricingZone{ID: own, Name: in.Name, Priority: in.Priority, Factors: in.Factors, Members: in.Members, Note: in.Note, Version: version}
}

// lockZone reads an own zone for a change of the version that was seen.
func lockZone(tx *pg.OrgTx, zone id.ID, version int) (PricingZone, error) {
	var b Book
	err := tx.Together(func(batch *pgx.Batch) {
		batch.Queue(`SELECT id, name, priority, material_factor, labor_factor, equipment_factor, note, false, false, NULL::date, NULL::date, version
			FROM app.pricing_zones WHERE org_id = $1 AND id = $2 FOR UPDATE`, tx.Tenant().Org(), zone).Query(b.scanZones)
		batch.Queue(`SELECT zone_id, kind, low, high FROM app.pricing_zone_members WHERE org_id = $1 AND zone_id = $2
			ORDER BY kind, low, high`, tx.Tenant().Org(), zone).Query(b.scanZoneMembers)
	})
	if err != nil {
		return PricingZone{}, err
	}
	if len(b.Zones) == 0 {
		return PricingZone{}, fault.Missing()
	}
	if b.Zones[0].Version != version {
		return PricingZone{}, fault.Stale("zone")
	}
	return b.Zones[0], nil
}

func insertMembers(tx *pg.OrgTx, z PricingZone) error {
	kinds, lows, highs := make([]string, len(z.Members)), make([]string, len(z.Members)), make([]string, len(z.Members))
	for i, m := range z.Members {
		kinds[i], lows[i], highs[i] = string(m.Kind), m.Low, m.High
	}
	_, err := tx.Exec(`INSERT INTO app.pricing_zone_members (org_id, zone_id, kind, low, high)
		SELECT $1, $2, kind, low, high FROM unnest($3::text[], $4::text[], $5::text[]) AS m(kind, low, high)`,
		tx.Tenant().Org(), z.ID, kinds, lows, highs)
	return err
}
