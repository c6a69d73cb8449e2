package pricing

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Book is everything that prices a yard for one organization, as it stood when it was read.
type Book struct {
	Settings  Settings
	Materials []Material // by key
	Styles    []Style    // by name
	Tiers     []Tier     // by position
	Zones     []PricingZone

	plan     plan.Facts
	material map[id.ID]*Material
	style    map[id.ID]*Style
}

// QueueBook reads the book with other statements of one round trip. It holds costs: whoever shows it asks
// for tenancy.CostsSee.
func QueueBook(r *pg.Reading, a tenancy.Actor, dst *Book) {
	for _, q := range dst.queries(a) {
		r.Rows(q.scan, q.sql, q.args...)
	}
}

// LoadBook reads the book in a transaction, in one round trip.
func LoadBook(tx *pg.OrgTx, a tenancy.Actor) (*Book, error) {
	b := &Book{}
	err := tx.Together(func(batch *pgx.Batch) {
		for _, q := range b.queries(a) {
			batch.Queue(q.sql, q.args...).Query(q.scan)
		}
	})
	return b, err
}

// Book reads the book by itself. Whoever reads prices may have yards priced; the costs in it are not for all
// of them to see.
func (s *Service) Book(ctx context.Context, a tenancy.Actor) (*Book, error) {
	b := &Book{}
	if err := a.Require(tenancy.PricesRead); err != nil {
		return nil, err
	}
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) { QueueBook(r, a, b) })
	return b, err
}

type query struct {
	sql  string
	args []any
	scan func(pgx.Rows) error
}

// queries are in an order: what refers comes after what it refers to.
func (b *Book) queries(a tenancy.Actor) []query {
	*b = Book{plan: a.Org.PlanFacts()}
	org := []any{a.Tenant().Org()}
	return []query{
		{settingsSQL, org, b.scanSettings},
		{materialsSQL, org, b.scanMaterials},
		{stylesSQL, org, b.scanStyles},
		{styleMaterialsSQL, org, b.scanStyleMaterials},
		{tiersSQL, org, b.scanTiers},
		{zonesSQL, org, b.scanZones},
		{zoneMembersSQL, org, b.scanZoneMembers},
	}
}

const settingsSQL = `SELECT ` + settingsColumns + ` FROM app.price_settings WHERE org_id = $1`

func (b *Book) scanSettings(rows pgx.Rows) error {
	got, err := pgx.CollectExactlyOneRow(rows, scanSettings)
	b.Settings = got
	return err
}

const materialsSQL = `SELECT ` + materialColumns + ` FROM app.materials WHERE org_id = $1 ORDER BY key LIMIT 10000`

func (b *Book) scanMaterials(rows pgx.Rows) error {
	got, err := pgx.CollectRows(rows, pgx.RowToStructByName[Material])
	b.Materials = got
	b.material = make(map[id.ID]*Material, len(got))
	for i := range got {
		b.material[got[i].ID] = &got[i]
	}
	return err
}

const stylesSQL = `SELECT ` + styleColumns + ` FROM app.styles WHERE org_id = $1 ORDER BY name, id LIMIT 1000`

func (b *Book) scanStyles(rows pgx.Rows) error {
	got, err := pgx.CollectRows(rows, scanStyle)
	b.Styles = got
	b.style = make(map[id.ID]*Style, len(got))
	for i := range got {
		b.style[got[i].ID] = &got[i]
	}
	return err
}

const styleMaterialsSQL = `SELECT style_id, item_key, material_id FROM app.style_materials WHERE org_id = $1`

func (b *Book) scanStyleMaterials(rows pgx.Rows) error {
	var style id.ID
	var item string
	var material *id.ID
	_, err := pgx.ForEachRow(rows, []any{&style, &item, &material}, func() error {
		s := b.style[style]
		if s == nil {
			return fmt.Errorf("style %s of item %s was not read", style, item)
		}
		s.Materials[item] = id.Nil
		if material != nil {
			s.Materials[item] = *material
		}
		return nil
	})
	return err
}

const tiersSQL = `SELECT ` + tierColumns + ` FROM app.tiers WHERE org_id = $1 ORDER BY position`

func (b *Book) scanTiers(rows pgx.Rows) error {
	got, err := pgx.CollectRows(rows, scanTier)
	b.Tiers = got
	return err
}

// scanStyle reads styleColumns.
func scanStyle(row pgx.CollectableRow) (Style, error) {
	s := Style{Materials: map[string]id.ID{}}
	var text []byte
	if err := row.Scan(&s.ID, &s.Key, &s.Name, &s.Kind, &text, &s.UpdatedAt, &s.Version); err != nil {
		return Style{}, err
	}
	if err := document.Decode(text, &s.Document); err != nil {
		return Style{}, fmt.Errorf("style %s: %w", s.ID, notAsked(err))
	}
	return s, nil
}

// scanTier reads tierColumns.
func scanTier(row pgx.CollectableRow) (Tier, error) {
	var t Tier
	var text []byte
	err := row.Scan(&t.ID, &t.Key, &t.Position, &t.Name, &t.StyleID, &t.BaseChargeCents, &t.AdjustmentPct, &t.Summary,
		&text, &t.WarrantyYears, &t.UpdatedAt, &t.Version)
	if err != nil {
		return Tier{}, err
	}
	if err := json.Unmarshal(text, &t.Differences); err != nil {
		return Tier{}, fmt.Errorf("tier %s: %w", t.ID, err)
	}
	return t, nil
}

// notAsked keeps a fault of what is stored from looking like a fault of what was asked.
func notAsked(err error) error { return fmt.Errorf("stored document: %s", err.Error()) }
