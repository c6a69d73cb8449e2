package pricing

import (
	"context"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Materials lists what the company buys, by key; without costs for whoever may not see them.
func (s *Service) Materials(ctx context.Context, a tenancy.Actor) ([]Material, error) {
	if err := a.Require(tenancy.PricesRead); err != nil {
		return nil, err
	}
	var b Book
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Rows(b.scanMaterials, materialsSQL, a.Tenant().Org())
	})
	for i := range b.Materials {
		b.Materials[i].hide(a)
	}
	return b.Materials, err
}

// Material reads one material.
func (s *Service) Material(ctx context.Context, a tenancy.Actor, material id.ID) (Material, error) {
	var m Material
	if err := a.Require(tenancy.PricesRead); err != nil {
		return m, err
	}
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.One(r, &m, `SELECT `+materialColumns+` FROM app.materials WHERE org_id = $1 AND id = $2`, a.Tenant().Org(), material)
	})
	m.hide(a)
	return m, err
}

// hide takes the cost away from whoever may not see it.
func (m *Material) hide(a tenancy.Actor) {
	if !a.May(tenancy.CostsSee) {
		m.CostCents = nil
	}
}

// AddMaterial puts a material on the list.
func (s *Service) AddMaterial(ctx context.Context, a tenancy.Actor, in AddMaterialInput) (Material, error) {
	if err := in.Validate(); err != nil {
		return Material{}, err
	}
	if err := a.Require(tenancy.CostsSee); err != nil {
		return Material{}, err
	}
	return change(ctx, s, a, "materials.add", in, func(tx *pg.OrgTx) (Material, error) {
		own := id.New()
		m, err := pg.CollectOne[Material](tx, `INSERT INTO app.materials (org_id, id, key, name, unit, cost_cents, pack, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING `+materialColumns,
			tx.Tenant().Org(), own, in.key(own), in.Name, in.Unit, in.CostCents, in.Pack, tx.Now())
		if pg.Violates(err, "materials_key_once") {
			if in.Key == "" {
				return Material{}, fault.InvalidField("/name", "Another material has this name. Say what is different.")
			}
			return Material{}, fault.InvalidField("/key", "Another material has the key %s.", in.Key)
		}
		if err != nil {
			return Material{}, err
		}
		return m, audit.Record(tx, a, audit.Deed{Action: "material.added", RecordType: "material", RecordID: m.ID, After: m})
	})
}

// EditMaterial changes a material's name, unit, cost or pack. Quotes keep the costs they were made with.
func (s *Service) EditMaterial(ctx context.Context, a tenancy.Actor, in EditMaterialInput) (Material, error) {
	if err := in.Validate(); err != nil {
		return Material{}, err
	}
	if err := a.Require(tenancy.CostsSee); err != nil {
		return Material{}, err
	}
	return change(ctx, s, a, "materials.edit", in, func(tx *pg.OrgTx) (Material, error) {
		before, err := pg.CollectOne[Material](tx, `SELECT `+materialColumns+` FROM app.materials
			WHERE org_id = $1 AND id = $2 FOR UPDATE`, tx.Tenant().Org(), in.ID)
		if err != nil {
			return Material{}, err
		}
		if before.Version != in.Version {
			return Material{}, fault.Stale("material")
		}
		after, err := pg.CollectOne[Material](tx, `UPDATE app.materials
			SET name = $3, unit = $4, cost_cents = $5, pack = $6, updated_at = $7, version = version + 1
			WHERE org_id = $1 AND id = $2 RETURNING `+materialColumns,
			tx.Tenant().Org(), in.ID, in.Name, in.Unit, in.CostCents, in.Pack, tx.Now())
		if err != nil {
			return Material{}, err
		}
		return after, audit.Record(tx, a, audit.Deed{Action: "material.edited", RecordType: "material", RecordID: in.ID, Before: before, After: after})
	})
}
