package quoting

import (
	"context"
	"fmt"
	"slices"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// EditDraftInput is everything that people choose for a draft: what is left out of it is gone afterwards.
type EditDraftInput struct {
	Version  int               `json:"version"`
	Settings Settings          `json:"settings"`
	Extras   []ExtraInput      `json:"extras"`
	Answers  map[string]string `json:"answers"` // why a check is fine, by its key
}

// ExtraInput is a line that a person writes.
type ExtraInput struct {
	ID          id.ID        `json:"id,omitzero"`     // of one that is there already
	Tiers       []string     `json:"tiers,omitempty"` // none: all
	Kind        LineKind     `json:"kind"`            // material or labor: what a separated contract taxes
	Description string       `json:"description"`
	Quantity    float64      `json:"quantity"`
	Unit        string       `json:"unit"`
	CostCents   *money.Cents `json:"cost_cents,omitempty"` // of the whole line; left out: as it was, else nothing
	PriceCents  money.Cents  `json:"price_cents"`          // of the whole line
	Optional    bool         `json:"optional"`             // for the homeowner to add
}

const (
	maxExtras      = 40
	maxDescription = 200
	maxUnit        = 20
	maxQuantity    = 1e6
	maxAnswers     = 200
	maxAnswer      = 500
)

// Validate tidies the input and says everything that is wrong with it.
func (in *EditDraftInput) Validate() error {
	var p fault.Problems
	var s fault.Problems
	in.Settings.tidy(&s)
	p.Under("/settings", s.Err())
	if len(in.Extras) > maxExtras {
		p.Add("/extras", "has more than %d lines", maxExtras)
		return p.Err()
	}
	seen := map[id.ID]bool{}
	for i := range in.Extras {
		e := &in.Extras[i]
		if e.ID != id.Nil && seen[e.ID] {
			p.Add(fmt.Sprintf("/extras/%d/id", i), "is given twice")
		}
		seen[e.ID] = true
		e.tidy(fmt.Sprintf("/extras/%d", i), &p)
	}
	if len(in.Answers) > maxAnswers {
		p.Add("/answers", "has more than %d entries", maxAnswers)
		return p.Err()
	}
	for key, answer := range in.Answers {
		if in.Answers[key] = line(answer, "/answers/"+pointerToken(key), maxAnswer, &p); in.Answers[key] == "" {
			delete(in.Answers, key)
		}
	}
	return p.Err()
}

func (e *ExtraInput) tidy(at string, p *fault.Problems) {
	e.Description = line(e.Description, at+"/description", maxDescription, p)
	if e.Description == "" {
		p.Add(at+"/description", "is missing")
	}
	e.Unit = line(e.Unit, at+"/unit", maxUnit, p)
	if !(e.Quantity > 0 && e.Quantity <= maxQuantity) {
		p.Add(at+"/quantity", "must be more than 0")
	}
	if e.PriceCents < 0 || e.PriceCents > money.Max {
		p.Add(at+"/price_cents", "is not a price")
	}
	if e.CostCents != nil && (*e.CostCents < 0 || *e.CostCents > money.Max) {
		p.Add(at+"/cost_cents", "is not a cost")
	}
	if e.Kind != KindMaterial && e.Kind != KindLabor {
		p.Add(at+"/kind", "must be material or labor")
	}
}

// EditDraft changes what people chose for the draft; the server adds everything up again.
func (s *Service) EditDraft(ctx context.Context, a tenancy.Actor, quote id.ID, in EditDraftInput) (Changed, error) {
	if err := in.Validate(); err != nil {
		return Changed{}, err
	}
	return s.change(ctx, a, change{"quotes.edit", tenancy.QuotesWrite, quote, in}, func(tx *pg.OrgTx, d *dossier) (Changed, error) {
		draft, err := d.writing(in.Version)
		if err != nil {
			return Changed{}, err
		}
		if err := d.loadOptions(tx); err != nil {
			return Changed{}, err
		}
		if err := mayDiscount(a, draft.Settings, in.Settings); err != nil {
			return Changed{}, err
		}
		before := d.facts(draft)
		if err := draft.write(in, a.May(tenancy.CostsSee)); err != nil {
			return Changed{}, err
		}
		return d.rewrite(tx, a, draft, "quote.edited", before)
	})
}

// write puts the input into the draft. Who may not see costs changes none.
func (v *Version) write(in EditDraftInput, costs bool) error {
	known := map[id.ID]Line{}
	for _, l := range v.extras() {
		known[*l.ExtraID] = l
	}
	var p fault.Problems
	for i, e := range in.Extras {
		if _, ok := known[e.ID]; !ok && e.ID != id.Nil {
			p.Add(fmt.Sprintf("/extras/%d/id", i), "is not an extra of this draft")
		}
		for _, tier := range e.Tiers {
			if v.option(tier) == nil {
				p.Add(fmt.Sprintf("/extras/%d/tiers", i), "names a tier that this quote does not have")
			}
		}
	}
	if in.Settings.Recommended != "" && v.option(in.Settings.Recommended) == nil {
		p.Add("/settings/recommended", "is not a tier of this quote")
	}
	if p.Any() {
		return p.Err()
	}
	v.Settings, v.Answers = in.Settings, in.Answers
	for i := range v.Options {
		v.Options[i].Lines = slices.DeleteFunc(v.Options[i].Lines, func(l Line) bool { return l.ExtraID != nil })
	}
	for _, e := range in.Extras {
		v.add(e, known[e.ID].CostCents, costs)
	}
	if err := v.settle(); err != nil {
		return fault.InvalidField("/extras", "make an option past %s", money.Max).Because(err)
	}
	return v.affordable()
}

// add gives an extra a line in each option that it belongs to.
func (v *Version) add(e ExtraInput, cost money.Cents, costs bool) {
	if costs && e.CostCents != nil {
		cost = *e.CostCents
	}
	extra := e.ID
	if extra == id.Nil {
		extra = id.New()
	}
	for i := range v.Options {
		o := &v.Options[i]
		if len(e.Tiers) > 0 && !slices.Contains(e.Tiers, o.Tier) {
			continue
		}
		o.Lines = append(o.Lines, Line{
			ID: id.New(), ExtraID: &extra, Section: SectionExtras, Kind: e.Kind, Description: e.Description,
			Quantity: e.Quantity, Unit: e.Unit, CostCents: cost, PriceCents: e.PriceCents, Optional: e.Optional,
		})
	}
}

// affordable refuses amounts that are more than an option costs: somebody typed a zero too many.
func (v *Version) affordable() error {
	var p fault.Problems
	for _, o := range v.Options {
		if v.Settings.DiscountCents > o.PriceCents {
			p.Add("/settings/discount_cents", "is more than %s costs (%s)", o.Name, o.PriceCents)
		}
		if v.Settings.DepositCents > o.TotalCents {
			p.Add("/settings/deposit_cents", "is more than %s costs (%s)", o.Name, o.TotalCents)
		}
	}
	return p.Err()
}

// extras are the lines that people wrote, each once.
func (v *Version) extras() []Line {
	var all []Line
	seen := map[id.ID]bool{}
	for _, o := range v.Options {
		for _, l := range o.Lines {
			if l.ExtraID != nil && !seen[*l.ExtraID] {
				seen[*l.ExtraID] = true
				all = append(all, l)
			}
		}
	}
	return all
}

func (v *Version) option(tier string) *Option {
	for i := range v.Options {
		if v.Options[i].Tier == tier {
			return &v.Options[i]
		}
	}
	return nil
}
