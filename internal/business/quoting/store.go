package quoting

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// insertDraft writes a new version with its options and lines.
func insertDraft(tx *pg.OrgTx, a tenancy.Actor, quote id.ID, v *Version) error {
	extras, answers, err := v.documents()
	if err != nil {
		return err
	}
	return tx.Together(func(b *pgx.Batch) {
		s := v.Settings
		b.Queue(`INSERT INTO app.quote_versions (org_id, id, quote_id, n, state, sketch_version, layout, extras, priced_at, zone, recommended, discount_bp,
				discount_cents, validity_days, deposit_bp, deposit_cents, deposit_words, tax_mode, tax_rate, included, not_included, terms, message, sold_at_home,
				answers, created_by, created_at)
			VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`,
			tx.Tenant().Org(), v.ID, quote, v.N, v.SketchVersion, []byte(v.Layout), extras, v.PricedAt, v.Zone, s.Recommended, s.DiscountBP,
			s.DiscountCents, s.ValidityDays, s.DepositBP, s.DepositCents, s.DepositWords, s.TaxMode, s.TaxRate, s.Included, s.NotIncluded, s.Terms, s.Message,
			s.SoldAtHome, answers, a.ID, tx.Now())
		queueOptions(b, tx.Tenant(), v)
	})
}

// rewriteDraft replaces everything of a draft but its number.
func rewriteDraft(tx *pg.OrgTx, v *Version) error {
	extras, answers, err := v.documents()
	if err != nil {
		return err
	}
	return tx.Together(func(b *pgx.Batch) {
		org, s := tx.Tenant().Org(), v.Settings
		b.Queue(`DELETE FROM app.quote_lines WHERE org_id = $1 AND option_id IN (SELECT id FROM app.quote_options WHERE org_id = $1 AND version_id = $2)`, org, v.ID)
		b.Queue(`DELETE FROM app.quote_options WHERE org_id = $1 AND version_id = $2`, org, v.ID)
		b.Queue(`UPDATE app.quote_versions SET sketch_version = $3, layout = $4, extras = $5, priced_at = $6, zone = $7, recommended = $8, discount_bp = $9,
				discount_cents = $10, validity_days = $11, deposit_bp = $12, deposit_cents = $13, deposit_words = $14, tax_mode = $15, tax_rate = $16,
				included = $17, not_included = $18, terms = $19, message = $20, sold_at_home = $21, answers = $22
			WHERE org_id = $1 AND id = $2 AND state = 'draft'`,
			org, v.ID, v.SketchVersion, []byte(v.Layout), extras, v.PricedAt, v.Zone, s.Recommended, s.DiscountBP,
			s.DiscountCents, s.ValidityDays, s.DepositBP, s.DepositCents, s.DepositWords, s.TaxMode, s.TaxRate,
			s.Included, s.NotIncluded, s.Terms, s.Message, s.SoldAtHome, answers)
		queueOptions(b, tx.Tenant(), v)
	})
}

func (v *Version) documents() (extras, answers []byte, err error) {
	if v.Answers == nil {
		v.Answers = map[string]string{}
	}
	extras, err = json.Marshal(v.Extras, json.Deterministic(true))
	if err != nil {
		return nil, nil, err
	}
	answers, err = json.Marshal(v.Answers, json.Deterministic(true))
	return extras, answers, err
}

// queueOptions writes options and lines; each line gets an id of its own here.
func queueOptions(b *pgx.Batch, t pg.Tenant, v *Version) {
	for i := range v.Options {
		o := &v.Options[i]
		words, err := json.Marshal(o.Words, json.Deterministic(true))
		if err != nil {
			panic(fmt.Sprintf("words of a tier: %v", err)) // plain strings
		}
		b.Queue(`INSERT INTO app.quote_options (org_id, id, version_id, tier, name, words, sort, post_count, drawn_ft, material_cents, direct_cents,
				cost_cents, price_cents, discount_cents, net_cents, tax_cents, total_cents)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
			t.Org(), o.ID, v.ID, o.Tier, o.Name, words, i+1, o.PostCount, o.DrawnFt, o.basis.material, o.basis.direct,
			o.CostCents, o.PriceCents, o.DiscountCents, o.NetCents, o.TaxCents, o.TotalCents)
		for j := range o.Lines {
			l := &o.Lines[j]
			b.Queue(`INSERT INTO app.quote_lines (org_id, id, option_id, extra_id, section, kind, key, description, quantity, unit, formula,
					cost_cents, price_cents, net_cents, tax_cents, optional, sort)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
				t.Org(), l.ID, o.ID, l.ExtraID, l.Section, l.Kind, l.Key, l.Description, l.Quantity, l.Unit, l.Formula,
				l.CostCents, l.PriceCents, l.NetCents, l.TaxCents, l.Optional, j+1)
		}
	}
}

const optionsSQL = `SELECT o.version_id, o.id, o.tier, o.name, o.words, o.post_count, o.drawn_ft, o.material_cents, o.direct_cents,
		o.cost_cents, o.price_cents, o.discount_cents, o.net_cents, o.tax_cents, o.total_cents
	FROM app.quote_options o JOIN app.quote_versions v ON v.org_id = o.org_id AND v.id = o.version_id
	WHERE o.org_id = $1 AND v.quote_id = $2 ORDER BY o.version_id, o.sort`

const linesSQL = `SELECT l.option_id, l.id, l.extra_id, l.section, l.kind, l.key, l.description, l.quantity, l.unit, l.formula,
		l.cost_cents, l.price_cents, l.net_cents, l.tax_cents, l.optional
	FROM app.quote_lines l
	JOIN app.quote_options o ON o.org_id = l.org_id AND o.id = l.option_id
	JOIN app.quote_versions v ON v.org_id = o.org_id AND v.id = o.version_id
	WHERE l.org_id = $1 AND v.quote_id = $2 ORDER BY l.option_id, l.sort`

// contents collects options and lines of a quote's versions.
type contents struct {
	options map[id.ID][]Option // by version
	lines   map[id.ID][]Line   // by option
}

func (c *contents) scanOptions(rows pgx.Rows) error {
	c.options = map[id.ID][]Option{}
	var version id.ID
	var o Option
	var words []byte
	_, err := pgx.ForEachRow(rows, []any{&version, &o.ID, &o.Tier, &o.Name, &words, &o.PostCount, &o.DrawnFt, &o.basis.material, &o.basis.direct,
		&o.CostCents, &o.PriceCents, &o.DiscountCents, &o.NetCents, &o.TaxCents, &o.TotalCents}, func() error {
		o.Words = TierWords{}
		if err := json.Unmarshal(words, &o.Words); err != nil {
			return fmt.Errorf("option %s: %w", o.ID, err)
		}
		c.options[version] = append(c.options[version], o)
		return nil
	})
	return err
}

func (c *contents) scanLines(rows pgx.Rows) error {
	c.lines = map[id.ID][]Line{}
	var option id.ID
	var l Line
	_, err := pgx.ForEachRow(rows, []any{&option, &l.ID, &l.ExtraID, &l.Section, &l.Kind, &l.Key, &l.Description, &l.Quantity, &l.Unit, &l.Formula,
		&l.CostCents, &l.PriceCents, &l.NetCents, &l.TaxCents, &l.Optional}, func() error {
		if l.ExtraID != nil { // the row's variable is reused
			extra := *l.ExtraID
			l.ExtraID = &extra
		}
		c.lines[option] = append(c.lines[option], l)
		return nil
	})
	return err
}

// into gives the versions their options.
func (c *contents) into(versions []Version) {
	for i := range versions {
		v := &versions[i]
		v.Options = c.options[v.ID]
		for j := range v.Options {
			o := &v.Options[j]
			o.Lines = c.lines[o.ID]
			o.DepositCents = v.Settings.charges().deposit(o.TotalCents)
		}
	}
}

// loadOptions reads options and lines of all versions of the dossier.
func (d *dossier) loadOptions(tx *pg.OrgTx) error {
	var c contents
	org := tx.Tenant().Org()
	err := tx.Together(func(b *pgx.Batch) {
		b.Queue(optionsSQL, org, d.quote.ID).Query(c.scanOptions)
		b.Queue(linesSQL, org, d.quote.ID).Query(c.scanLines)
	})
	if err == nil {
		c.into(d.versions)
	}
	return err
}

// findSketch reads a sketch in a transaction.
func findSketch(tx *pg.OrgTx, sketch id.ID) (*sketchRow, error) {
	var row sketchRow
	err := tx.QueryRow(sketchSQL, tx.Tenant().Org(), sketch).Scan(row.targets()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.Missing()
	}
	return &row, err
}
