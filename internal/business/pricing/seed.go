package pricing

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Seed gives a new organization materials, styles, three tiers and settings, so that its first yard is
// priced without any set-up. It runs in the transaction that makes the organization.
func Seed(tx *pg.OrgTx) error {
	materials, styles := map[string]id.ID{}, map[string]id.ID{}
	seeded := seedStyles()
	documents := make([][]byte, len(seeded))
	for i, s := range seeded {
		text, err := json.Marshal(s.document)
		if err != nil {
			return fmt.Errorf("seed style %s: %w", s.key, err)
		}
		documents[i] = text
	}
	differences := make([][]byte, len(seedTiers))
	for i, t := range seedTiers {
		text, err := json.Marshal(t.differences)
		if err != nil {
			return fmt.Errorf("seed tier %s: %w", t.key, err)
		}
		differences[i] = text
	}
	return tx.Together(func(b *pgx.Batch) {
		for _, m := range seedMaterials {
			materials[m.key] = id.New()
			b.Queue(`INSERT INTO app.materials (org_id, id, key, name, unit, cost_cents, pack, created_at, updated_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
				tx.Tenant().Org(), materials[m.key], m.key, m.name, m.unit, m.cents, m.pack, tx.Now())
		}
		for i, s := range seeded {
			styles[s.key] = id.New()
			b.Queue(insertStyleSQL, tx.Tenant().Org(), styles[s.key], s.key, s.name, s.document.Kind, documents[i], tx.Now())
			queueStyleMaterials(b, tx, styles[s.key], s.bought(materials))
		}
		for i, t := range seedTiers {
			b.Queue(`INSERT INTO app.tiers (org_id, id, key, position, name, style_id, base_charge_cents, adjustment_pct, summary,
				differences, warranty_years, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $11)`,
				tx.Tenant().Org(), id.New(), t.key, i+1, t.name, styles[t.style], t.baseChargeCents, t.summary,
				differences[i], t.warrantyYears, tx.Now())
		}
		queueSettings(b, tx, seedSettings())
	})
}

func (s seedStyle) bought(materials map[string]id.ID) map[string]id.ID {
	bought := map[string]id.ID{}
	for item, key := range s.buys {
		bought[item] = materials[key] // id.Nil for what buys nothing
	}
	return bought
}

const insertStyleSQL = `INSERT INTO app.styles (org_id, id, key, name, kind, document, created_at, updated_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`

// queueStyleMaterials writes what a style buys, all items in one statement.
func queueStyleMaterials(b *pgx.Batch, tx *pg.OrgTx, style id.ID, bought map[string]id.ID) {
	items := slices.Sorted(maps.Keys(bought))
	materials := make([]id.ID, len(items))
	for i, item := range items {
		materials[i] = bought[item]
	}
	b.Queue(`INSERT INTO app.style_materials (org_id, style_id, item_key, material_id)
		SELECT $1, $2, item, nullif(material, '00000000-0000-0000-0000-000000000000')
		FROM unnest($3::text[], $4::uuid[]) AS bought(item, material)`, tx.Tenant().Org(), style, items, materials)
}

func queueSettings(b *pgx.Batch, tx *pg.OrgTx, s Settings) {
	b.Queue(`INSERT INTO app.price_settings (org_id, `+settingsColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, 1)`,
		append(append([]any{tx.Tenant().Org()}, s.Rates.values()...), append(s.Offer.values(), tx.Now())...)...)
}

// values are in the order of settingsColumns, the first thirteen.
func (r *Rates) values() []any {
	return []any{r.Labor.RateCentsPerHour, r.Labor.PerPostHours, r.Labor.PerFtHours, r.Labor.PerGateHours, r.RemovalCentsPerFt,
		r.OverheadPct, r.Method.Kind, r.Method.Pct, r.Method.CentsPerFt, r.Travel.FreeMiles, r.Travel.StepMiles,
		r.Travel.StepCents, r.MinimumJobCents}
}

// values are in the order of settingsColumns, from the tax mode on.
func (o *Offer) values() []any {
	return []any{o.Tax.Mode, o.Tax.Rate, o.DepositPct, o.DepositText, o.ValidityDays, o.RecommendedTier,
		o.Included, o.NotIncluded, o.Terms, o.CancellationNotice}
}
