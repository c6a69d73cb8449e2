package quoting

import (
	"context"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Changed is the answer to a change of a quote: where it stands and what the next writer sends back.
type Changed struct {
	ID      id.ID  `json:"id"`
	Number  string `json:"number"`
	N       int    `json:"n"` // the version that was changed
	Version int    `json:"version"`
}

func (d *dossier) changed(n int) Changed {
	return Changed{ID: d.quote.ID, Number: d.quote.Number, N: n, Version: d.quote.Version}
}

// CreateFromSketchInput names the sketch that a quote is made of.
type CreateFromSketchInput struct {
	SketchID id.ID `json:"sketch_id"`
}

// versionFacts are what the log says of a version: no cost, because who reads a timeline may not see it.
type versionFacts struct {
	Number     string      `json:"number,omitempty"`
	N          int         `json:"n"`
	Status     Status      `json:"status"`
	TotalCents money.Cents `json:"total_cents"`
	DiscountBP int         `json:"discount_bp,omitzero"`
	Discount   money.Cents `json:"discount_cents,omitzero"`
	Extras     int         `json:"extras,omitzero"`
	Recipients int         `json:"recipients,omitzero"`
	ValidUntil string      `json:"valid_until,omitempty"`
	Reason     string      `json:"reason,omitempty"`
	Signer     string      `json:"signer,omitempty"`
}

func (d *dossier) facts(v *Version) versionFacts {
	f := versionFacts{N: v.N, Status: v.Status, TotalCents: d.totals[v.ID], DiscountBP: v.Settings.DiscountBP, Discount: v.Settings.DiscountCents}
	if len(v.Options) > 0 {
		f.Extras = len(v.extras())
	}
	return f
}

func record(tx *pg.OrgTx, a tenancy.Actor, action string, quote id.ID, before, after any) error {
	return audit.Record(tx, a, audit.Deed{Action: action, RecordType: "quote", RecordID: quote, Before: before, After: after})
}

// CreateFromSketch makes a quote: its first version is a draft with one option for each tier, priced now.
func (s *Service) CreateFromSketch(ctx context.Context, a tenancy.Actor, in CreateFromSketchInput) (Changed, error) {
	if err := a.Require(tenancy.QuotesWrite); err != nil {
		return Changed{}, err
	}
	return tenancy.Once(ctx, s.DB, a, "quotes.create", in, func(tx *pg.OrgTx) (Changed, error) {
		if err := mayChange(tx, a); err != nil {
			return Changed{}, err
		}
		sketch, err := findSketch(tx, in.SketchID)
		if err != nil {
			return Changed{}, err
		}
		book, err := pricing.LoadBook(tx, a)
		if err != nil {
			return Changed{}, err
		}
		v := Version{ID: id.New(), N: 1, Status: Draft, CreatedAt: tx.Now(), Settings: settingsOf(book.Settings.Offer), Answers: map[string]string{}}
		if err := v.price(sketch, book, tx); err != nil {
			return Changed{}, err
		}
		return s.insertQuote(tx, a, sketch, &v)
	})
}

func (s *Service) insertQuote(tx *pg.OrgTx, a tenancy.Actor, sketch *sketchRow, v *Version) (Changed, error) {
	quote := id.New()
	if !sketch.sample {
		if err := (usage.Meter{Queue: s.Queue}).Consume(tx, a, usage.Use{Metric: plan.Quotes, Quantity: 1, RecordType: "quote", RecordID: quote}); err != nil {
			return Changed{}, err
		}
	}
	number, err := tenancy.NextNumber(tx, a, "quote", "Q")
	if err != nil {
		return Changed{}, err
	}
	total := v.recommended().TotalCents
	_, err = tx.Exec(`INSERT INTO app.quotes (org_id, id, number, customer_id, property_id, sketch_id, state, current_n, draft_n, total_cents,
			created_by, created_name, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'draft', 1, 1, $7, $8, $9, $10, $10)`,
		tx.Tenant().Org(), quote, number, sketch.CustomerID, sketch.PropertyID, sketch.ID, total, maker(a), a.Name, tx.Now())
	if err != nil {
		return Changed{}, err
	}
	if err := insertDraft(tx, a, quote, v); err != nil {
		return Changed{}, err
	}
	err = record(tx, a, "quote.created", quote, nil, versionFacts{Number: number, N: 1, Status: Draft, TotalCents: total})
	return Changed{ID: quote, Number: number, N: 1, Version: 1}, err
}

// price takes the sketch and the price list as they are now. What people wrote stays with its tier; an extra of
// a tier that there is no more falls away.
func (v *Version) price(sketch *sketchRow, book *pricing.Book, tx *pg.OrgTx) error {
	d, err := sketch.drawing()
	if err != nil {
		return err
	}
	tiers, err := book.Price(d.Layout, sketch.zip, tx.Now())
	if err != nil {
		return err
	}
	written := map[string][]Line{}
	for _, o := range v.Options {
		for _, l := range o.Lines {
			if l.ExtraID != nil {
				l.ID = id.New()
				written[o.Tier] = append(written[o.Tier], l)
			}
		}
	}
	v.SketchVersion, v.Layout, v.Extras = sketch.Version, sketch.Layout, sketch.Extras
	v.PricedAt, v.Zone = tx.Now(), tiers[0].Zone.Why
	v.Options = optionsOf(tiers)
	for i := range v.Options {
		v.Options[i].Lines = append(v.Options[i].Lines, written[v.Options[i].Tier]...)
	}
	return v.settle()
}

// RepriceInput says at which version of the record the draft was read.
type RepriceInput struct {
	Version int `json:"version"`
}

// Reprice takes the sketch and the price list into the draft as they are now.
func (s *Service) Reprice(ctx context.Context, a tenancy.Actor, quote id.ID, in RepriceInput) (Changed, error) {
	return s.change(ctx, a, change{"quotes.reprice", tenancy.QuotesWrite, quote, in}, func(tx *pg.OrgTx, d *dossier) (Changed, error) {
		draft, err := d.writing(in.Version)
		if err != nil {
			return Changed{}, err
		}
		if err := d.loadOptions(tx); err != nil {
			return Changed{}, err
		}
		before := d.facts(draft)
		sketch, err := findSketch(tx, d.quote.SketchID)
		if err != nil {
			return Changed{}, err
		}
		book, err := pricing.LoadBook(tx, a)
		if err != nil {
			return Changed{}, err
		}
		if err := draft.price(sketch, book, tx); err != nil {
			return Changed{}, err
		}
		return d.rewrite(tx, a, draft, "quote.repriced", before)
	})
}

// rewrite keeps a changed draft.
func (d *dossier) rewrite(tx *pg.OrgTx, a tenancy.Actor, draft *Version, action string, before versionFacts) (Changed, error) {
	d.totals[draft.ID] = draft.recommended().TotalCents
	if err := rewriteDraft(tx, draft); err != nil {
		return Changed{}, err
	}
	d.save(tx)
	return d.changed(draft.N), record(tx, a, action, d.quote.ID, before, d.facts(draft))
}
