package api

import (
	"context"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// draftPatch is a merge patch of a draft: what is left out stays, a list is replaced whole.
type draftPatch struct {
	Settings settingsPatch            `json:"settings,omitzero"`
	Extras   *[]extraInput            `json:"extras,omitempty" doc:"All lines that people wrote, of all options."`
	Answers  map[string]patch[string] `json:"answers,omitempty" doc:"Why a check is fine, by its key; null takes an answer back."`
}

type settingsPatch struct {
	Recommended   patch[string]      `json:"recommended,omitzero"`
	DiscountBP    patch[basisPoints] `json:"discount_bp,omitzero"`
	DiscountCents patch[money.Cents] `json:"discount_cents,omitzero"`
	ValidityDays  patch[days]        `json:"validity_days,omitzero"`
	DepositBP     patch[basisPoints] `json:"deposit_bp,omitzero"`
	DepositCents  patch[money.Cents] `json:"deposit_cents,omitzero"`
	DepositWords  patch[string]      `json:"deposit_words,omitzero"`
	TaxMode       patch[string]      `json:"tax_mode,omitzero"`
	TaxRate       patch[float64]     `json:"tax_rate,omitzero"`
	Included      patch[[]string]    `json:"included,omitzero"`
	NotIncluded   patch[[]string]    `json:"not_included,omitzero"`
	Terms         patch[string]      `json:"terms,omitzero"`
	Message       patch[string]      `json:"message,omitzero"`
	SoldAtHome    patch[bool]        `json:"sold_at_home,omitzero"`
}

func (p settingsPatch) onto(s *quoting.Settings) {
	p.Recommended.onto(&s.Recommended)
	p.DiscountBP.onto((*basisPoints)(&s.DiscountBP))
	p.DiscountCents.onto(&s.DiscountCents)
	p.ValidityDays.onto((*days)(&s.ValidityDays))
	p.DepositBP.onto((*basisPoints)(&s.DepositBP))
	p.DepositCents.onto(&s.DepositCents)
	p.DepositWords.onto(&s.DepositWords)
	if p.TaxMode.given {
		s.TaxMode = pricing.TaxMode(p.TaxMode.value)
	}
	p.TaxRate.onto(&s.TaxRate)
	p.Included.onto(&s.Included)
	p.NotIncluded.onto(&s.NotIncluded)
	p.Terms.onto(&s.Terms)
	p.Message.onto(&s.Message)
	p.SoldAtHome.onto(&s.SoldAtHome)
}

type extraInput struct {
	ID          *id.ID       `json:"id,omitempty" doc:"Of one that is there already."`
	Tiers       []string     `json:"tiers,omitempty" doc:"Left out: all."`
	Kind        string       `json:"kind" enum:"material,labor"`
	Description string       `json:"description"`
	Quantity    float64      `json:"quantity"`
	Unit        string       `json:"unit,omitempty"`
	CostCents   *money.Cents `json:"cost_cents,omitempty" doc:"Of the whole line; left out: as it was, else nothing."`
	PriceCents  money.Cents  `json:"price_cents" doc:"Of the whole line."`
	Optional    bool         `json:"optional,omitempty" doc:"For the homeowner to add."`
}

func (e extraInput) input() quoting.ExtraInput {
	out := quoting.ExtraInput{
		Tiers: e.Tiers, Kind: quoting.LineKind(e.Kind), Description: e.Description, Quantity: e.Quantity, Unit: e.Unit,
		CostCents: e.CostCents, PriceCents: e.PriceCents, Optional: e.Optional,
	}
	if e.ID != nil {
		out.ID = *e.ID
	}
	return out
}

// edit reads the draft, lays the patch over it and writes it whole. Whoever changed the quote in between changed
// its version too, and the write is refused.
func (s quotes) edit(ctx context.Context, a tenancy.Actor, in *changeOf[draftPatch]) (*recordAnswer[quoteChanged], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	record, err := s.Quoting.GetQuote(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	draft := record.Draft()
	if draft == nil {
		if len(record.Versions) == 0 {
			return nil, fault.Missing()
		}
		draft = &record.Versions[0] // the write says why there is nothing to edit
	}
	change := quoting.EditDraftInput{Version: version, Settings: draft.Settings, Answers: map[string]string{}}
	in.Body.Settings.onto(&change.Settings)
	if in.Body.Extras != nil {
		change.Extras = each(*in.Body.Extras, extraInput.input)
	} else {
		change.Extras = writtenExtras(draft)
	}
	for key, answer := range draft.Answers {
		change.Answers[key] = answer
	}
	for key, answer := range in.Body.Answers {
		change.Answers[key] = answer.value
		if answer.value == "" {
			delete(change.Answers, key)
		}
	}
	return changedAnswer(s.Quoting.EditDraft(ctx, a, id.ID(in.ID), change))
}

// writtenExtras are the lines that people wrote, each once with the tiers that it is in.
func writtenExtras(v *quoting.Version) []quoting.ExtraInput {
	var all []quoting.ExtraInput
	place := map[id.ID]int{}
	for _, o := range v.Options {
		for _, l := range o.Lines {
			if l.ExtraID == nil {
				continue
			}
			i, known := place[*l.ExtraID]
			if !known {
				i = len(all)
				place[*l.ExtraID] = i
				all = append(all, quoting.ExtraInput{
					ID: *l.ExtraID, Kind: l.Kind, Description: l.Description, Quantity: l.Quantity, Unit: l.Unit, PriceCents: l.PriceCents, Optional: l.Optional,
				})
			}
			all[i].Tiers = append(all[i].Tiers, o.Tier)
		}
	}
	return all
}
