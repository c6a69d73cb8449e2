package quoting

import (
	"context"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// PricedDrawing is what a drawing takes and costs now. What cannot be built has no take-off and no prices;
// its checks say why.
type PricedDrawing struct {
	Recommended string              `json:"recommended"`
	TakeOff     takeoff.TakeOff     `json:"take_off"` // in the recommended tier's style
	Tiers       []pricing.TierPrice `json:"tiers"`
	Zone        string              `json:"zone"` // which prices hold here, and why
	Checks      []Check             `json:"checks"`
	PricedAt    time.Time           `json:"priced_at"`
	CostsSeen   bool                `json:"costs_seen"` // false: the amounts of cost are left out
	MarginsSeen bool                `json:"margins_seen"`
}

// PriceDrawingInput is a drawing that is not saved, at a property.
type PriceDrawingInput struct {
	PropertyID id.ID          `json:"property_id"`
	Layout     jsontext.Value `json:"layout"`
	Extras     Extras         `json:"extras"`
}

// PriceDrawing prices a drawing as it is on somebody's screen.
func (s *Service) PriceDrawing(ctx context.Context, a tenancy.Actor, in PriceDrawingInput) (PricedDrawing, error) {
	d, err := ReadDrawing(in.Layout, in.Extras)
	if err != nil {
		return PricedDrawing{}, err
	}
	if err := a.Require(tenancy.SketchesRead); err != nil {
		return PricedDrawing{}, err
	}
	var book pricing.Book
	var zip string
	var site Site
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&zip, &site.HasPool}, `SELECT zip, has_pool FROM app.properties WHERE org_id = $1 AND id = $2`, a.Tenant().Org(), in.PropertyID)
		pricing.QueueBook(r, a, &book)
	})
	if err != nil {
		return PricedDrawing{}, err
	}
	return priceDrawing(a, d, &book, zip, site, now)
}

// PriceSketch prices a sketch as it is saved.
func (s *Service) PriceSketch(ctx context.Context, a tenancy.Actor, sketch id.ID) (PricedDrawing, error) {
	if err := a.Require(tenancy.SketchesRead); err != nil {
		return PricedDrawing{}, err
	}
	var book pricing.Book
	var row sketchRow
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		queueSketch(r, a.Tenant(), sketch, &row)
		pricing.QueueBook(r, a, &book)
	})
	if err != nil {
		return PricedDrawing{}, err
	}
	d, err := row.drawing()
	if err != nil {
		return PricedDrawing{}, err
	}
	return priceDrawing(a, d, &book, row.zip, row.site, now)
}

func priceDrawing(a tenancy.Actor, d Drawing, book *pricing.Book, zip string, site Site, now time.Time) (PricedDrawing, error) {
	out := PricedDrawing{Recommended: string(book.Settings.Offer.RecommendedTier), PricedAt: now, CostsSeen: a.May(tenancy.CostsSee), MarginsSeen: a.May(tenancy.CostsSee) && a.May(tenancy.MarginsSee)}
	out.Zone = book.Zone(zip, now).Why
	if len(d.Layout.Segments) == 0 {
		out.Checks = inspect(d, site, takeoff.TakeOff{}, nil)
		return out, nil
	}
	tiers, err := book.Price(d.Layout, zip, now)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return PricedDrawing{}, err
	}
	if err == nil {
		out.Tiers, out.TakeOff = tiers, recommended(tiers, out.Recommended).TakeOff
		out.hideCosts()
	}
	out.Checks = inspect(d, site, out.TakeOff, err)
	return out, nil
}

// recommended is the tier of that key, else the first.
func recommended(tiers []pricing.TierPrice, key string) pricing.TierPrice {
	for _, t := range tiers {
		if string(t.Tier.Key) == key {
			return t
		}
	}
	return tiers[0]
}

// hideCosts takes out what only some roles may see. Prices stay.
func (p *PricedDrawing) hideCosts() {
	for i := range p.Tiers {
		if !p.MarginsSeen {
			p.Tiers[i].Price.MarginPct = 0
		}
	}
	if p.CostsSeen {
		return
	}
	for i := range p.Tiers {
		price := &p.Tiers[i].Price
		price.MaterialCents, price.LaborCents, price.RemovalCents, price.EquipmentCents, price.TravelCents = 0, 0, 0, 0, 0
		price.DirectCents, price.OverheadCents, price.CostCents = 0, 0, 0
		for j := range price.Lines {
			price.Lines[j].CostCents, price.Lines[j].Formula = 0, ""
		}
		p.Tiers[i].Tier.AdjustmentPct = 0
	}
}
