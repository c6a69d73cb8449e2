package pricing

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Styles lists the company's styles by name.
func (s *Service) Styles(ctx context.Context, a tenancy.Actor) ([]Style, error) {
	if err := a.Require(tenancy.PricesRead); err != nil {
		return nil, err
	}
	var b Book
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Rows(b.scanStyles, stylesSQL, a.Tenant().Org())
		r.Rows(b.scanStyleMaterials, styleMaterialsSQL, a.Tenant().Org())
	})
	return b.Styles, err
}

// Style reads one style.
func (s *Service) Style(ctx context.Context, a tenancy.Actor, style id.ID) (Style, error) {
	all, err := s.Styles(ctx, a)
	if err != nil {
		return Style{}, err
	}
	i := slices.IndexFunc(all, func(s Style) bool { return s.ID == style })
	if i < 0 {
		return Style{}, fault.Missing()
	}
	return all[i], nil
}

// CopyStyle makes a new style of one that exists: the usual way to a new one.
func (s *Service) CopyStyle(ctx context.Context, a tenancy.Actor, in CopyStyleInput) (Style, error) {
	if err := in.Validate(); err != nil {
		return Style{}, err
	}
	return change(ctx, s, a, "styles.copy", in, func(tx *pg.OrgTx) (Style, error) {
		made, err := lockStyle(tx, in.ID)
		if err != nil {
			return Style{}, err
		}
		made.ID, made.Name, made.UpdatedAt, made.Version = id.New(), in.Name, tx.Now(), 1
		made.Key = slug(in.Name, '-', 60, "style", made.ID)
		text, err := json.Marshal(made.Document)
		if err != nil {
			return Style{}, fmt.Errorf("write style: %w", err)
		}
		err = tx.Together(func(b *pgx.Batch) {
			b.Queue(insertStyleSQL, tx.Tenant().Org(), made.ID, made.Key, made.Name, made.Kind, text, tx.Now())
			queueStyleMaterials(b, tx, made.ID, made.Materials)
		})
		if pg.Violates(err, "styles_key_once") {
			return Style{}, fault.InvalidField("/name", "Another style has this name. Say what is different.")
		}
		if err != nil {
			return Style{}, err
		}
		return made, audit.Record(tx, a, audit.Deed{Action: "style.copied", RecordType: "style", RecordID: made.ID, After: made})
	})
}

// EditStyle changes what is built and what is bought for it. Sketches are priced anew, quotes are not.
func (s *Service) EditStyle(ctx context.Context, a tenancy.Actor, in EditStyleInput) (Style, error) {
	if err := in.Validate(); err != nil {
		return Style{}, err
	}
	return change(ctx, s, a, "styles.edit", in, func(tx *pg.OrgTx) (Style, error) {
		before, err := lockStyle(tx, in.ID)
		if err != nil {
			return Style{}, err
		}
		switch {
		case before.Version != in.Version:
			return Style{}, fault.Stale("style")
		case before.Kind != in.Document.Kind:
			return Style{}, fault.InvalidField("/document/kind", "A style stays what it is. Copy a style of the other kind instead.")
		}
		if err := checkMaterials(tx, in.Materials); err != nil {
			return Style{}, err
		}
		after := before
		after.Name, after.Document, after.Materials = in.Name, in.Document, in.Materials
		after.UpdatedAt, after.Version = tx.Now(), before.Version+1
		if err := updateStyle(tx, after); err != nil {
			return Style{}, err
		}
		return after, audit.Record(tx, a, audit.Deed{Action: "style.edited", RecordType: "style", RecordID: in.ID, Before: before, After: after})
	})
}

// lockStyle reads a style for a change.
func lockStyle(tx *pg.OrgTx, style id.ID) (Style, error) {
	var b Book
	err := tx.Together(func(batch *pgx.Batch) {
		batch.Queue(`SELECT `+styleColumns+` FROM app.styles WHERE org_id = $1 AND id = $2 FOR UPDATE`, tx.Tenant().Org(), style).Query(b.scanStyles)
		batch.Queue(`SELECT style_id, item_key, material_id FROM app.style_materials WHERE org_id = $1 AND style_id = $2`,
			tx.Tenant().Org(), style).Query(b.scanStyleMaterials)
	})
	if err != nil {
		return Style{}, err
	}
	if len(b.Styles) == 0 {
		return Style{}, fault.Missing()
	}
	return b.Styles[0], nil
}

func updateStyle(tx *pg.OrgTx, s Style) error {
	text, err := json.Marshal(s.Document)
	if err != nil {
		return fmt.Errorf("write style: %w", err)
	}
	return tx.Together(func(b *pgx.Batch) {
		b.Queue(`UPDATE app.styles SET name = $3, document = $4, updated_at = $5, version = $6 WHERE org_id = $1 AND id = $2`,
			tx.Tenant().Org(), s.ID, s.Name, text, s.UpdatedAt, s.Version)
		b.Queue(`DELETE FROM app.style_materials WHERE org_id = $1 AND style_id = $2`, tx.Tenant().Org(), s.ID)
		queueStyleMaterials(b, tx, s.ID, s.Materials)
	})
}

// checkMaterials names the items whose material is not on the company's list.
func checkMaterials(tx *pg.OrgTx, bought map[string]id.ID) error {
	rows, err := tx.Query(`SELECT id FROM app.materials WHERE org_id = $1 AND id = ANY($2)`,
		tx.Tenant().Org(), slices.Collect(maps.Values(bought)))
	if err != nil {
		return err
	}
	known, err := pgx.CollectRows(rows, pgx.RowTo[id.ID])
	if err != nil {
		return err
	}
	var p fault.Problems
	for _, item := range slices.Sorted(maps.Keys(bought)) {
		if m := bought[item]; m != id.Nil && !slices.Contains(known, m) {
			p.Add("/materials/"+item, "Choose a material of your list.")
		}
	}
	return p.Err()
}
