package pricing

import (
	"fmt"
	"maps"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

// TierPrice is one yard built and priced as one tier.
type TierPrice struct {
	Tier    Tier            `json:"tier"`
	Style   Style           `json:"style"` // of the tier: what the layout's own style was replaced by
	TakeOff takeoff.TakeOff `json:"take_off"`
	Price   Price           `json:"price"`
	Zone    ZoneMatch       `json:"zone"`
	// AtMinimum tells that the price was raised to the least price of a job.
	AtMinimum bool `json:"at_minimum"`
	// Names are what people call the items' materials in the tier's style, by the item's key.
	Names map[string]string `json:"names"`
}

// Deal is what a price depends on beside the drawing and the book.
type Deal struct {
	ZIP         string  `json:"zip"` // of the property; empty when it is not known
	Miles       float64 `json:"miles"`
	DiscountPct float64 `json:"discount_pct"`
	Tax         *Tax    `json:"tax,omitzero"` // nil: as the company's settings say
}

// Price prices a layout in every tier, in the tiers' order.
func (b *Book) Price(l takeoff.Layout, zip string, now time.Time) ([]TierPrice, error) {
	return b.PriceDeal(l, Deal{ZIP: zip}, now)
}

// PriceDeal builds the layout in each tier's style and prices it. A segment that names a style keeps it: the
// layout's own of that name, else the catalogue's. Faults are of kind Invalid and point into the layout
// ("/gates/0/offset_ft"), the deal ("/deal/zip") or the price document ("/prices/items/picket").
func (b *Book) PriceDeal(l takeoff.Layout, d Deal, now time.Time) ([]TierPrice, error) {
	if d.ZIP != "" && !zipForm.MatchString(d.ZIP) {
		return nil, fault.InvalidField("/deal/zip", "Enter a ZIP with 5 digits, like 78701.")
	}
	if len(b.Tiers) == 0 {
		return nil, fmt.Errorf("price a layout: the book has no tiers")
	}
	zone := b.Zone(d.ZIP, now)
	l.Styles = b.named(l)
	prices := make([]TierPrice, 0, len(b.Tiers))
	for _, t := range b.Tiers {
		p, err := b.priceTier(t, l, d, zone)
		if err != nil {
			return nil, err
		}
		prices = append(prices, p)
	}
	return prices, nil
}

// Zone is the zone of a ZIP. Without location pricing in the plan the zone's step falls away, nothing else.
func (b *Book) Zone(zip string, now time.Time) ZoneMatch {
	if !plan.Derive(b.plan, now).Has(plan.FeatureLocationPricing) {
		return unzoned("Your plan has no location pricing: nothing is scaled.")
	}
	return FindZone(b.Zones, zip, now)
}

// named are the layout's styles with those of the catalogue that its segments name.
func (b *Book) named(l takeoff.Layout) map[string]takeoff.Style {
	styles, copied := l.Styles, false
	for i := range l.Segments {
		name := l.Segments[i].Style
		if _, own := styles[name]; own || name == "" {
			continue
		}
		s := b.styleByKey(name)
		if s == nil {
			continue // the take-off names the segment
		}
		if !copied {
			styles, copied = maps.Clone(styles), true
			if styles == nil {
				styles = map[string]takeoff.Style{}
			}
		}
		styles[name] = s.Document
	}
	return styles
}

func (b *Book) priceTier(t Tier, l takeoff.Layout, d Deal, zone ZoneMatch) (TierPrice, error) {
	style := b.style[t.StyleID]
	if style == nil {
		return TierPrice{}, fmt.Errorf("price a layout: the style of tier %s is not in the book", t.Key)
	}
	l.Style = style.Document
	taken, err := takeoff.Calculate(l)
	if err != nil {
		return TierPrice{}, err
	}
	terms := b.terms(t, d)
	terms.Zone = zone.Factors
	terms.Prices.Items = b.itemPrices(style, nil)
	terms.Prices.Styles = b.stylePrices(l, style)
	out := TierPrice{Tier: t, Style: *style, TakeOff: taken, Zone: zone, Names: b.names(style)}
	if out.Price, err = FromTakeOff(taken, terms); err != nil {
		return TierPrice{}, err
	}
	if least := b.Settings.Rates.MinimumJobCents; out.Price.PriceCents < least {
		// The base charge alone is below least, or price would not be.
		terms.Method, terms.AdjustmentPct = Method{Kind: MethodFixed, Cents: least - t.BaseChargeCents}, 0
		out.AtMinimum = true
		out.Price, err = FromTakeOff(taken, terms)
	}
	return out, err
}

// terms are the company's, with what the deal says.
func (b *Book) terms(t Tier, d Deal) Terms {
	r := b.Settings.Rates
	terms := Terms{
		Prices: Prices{Labor: r.Labor, RemovalCentsPerFt: r.RemovalCentsPerFt},
		Travel: Travel{Miles: d.Miles, FreeMiles: r.Travel.FreeMiles, StepMiles: r.Travel.StepMiles, StepCents: r.Travel.StepCents},
		Method: r.Method, OverheadPct: r.OverheadPct,
		AdjustmentPct: t.AdjustmentPct, BaseChargeCents: t.BaseChargeCents,
		DiscountPct: d.DiscountPct, Tax: b.Settings.Offer.Tax,
	}
	if d.Tax != nil {
		terms.Tax = *d.Tax
	}
	return terms
}

// itemPrices are the prices of what a style buys. What the base style buys just the same is left out, so that
// whole packs are counted over the job and not by style.
func (b *Book) itemPrices(s, base *Style) map[string]ItemPrice {
	prices := make(map[string]ItemPrice, len(s.Materials))
	for item, material := range s.Materials {
		if base != nil {
			if same, both := base.Materials[item]; both && same == material {
				continue
			}
		}
		switch m := b.material[material]; {
		case material == id.Nil:
			prices[item] = ItemPrice{Pack: 1}
		case m != nil:
			prices[item] = m.price()
		}
	}
	return prices
}

// stylePrices are the prices of the styles that segments name.
func (b *Book) stylePrices(l takeoff.Layout, base *Style) map[string]map[string]ItemPrice {
	var prices map[string]map[string]ItemPrice
	for i := range l.Segments {
		name := l.Segments[i].Style
		if _, done := prices[name]; done || name == "" {
			continue
		}
		bought := b.boughtLike(name, l.Styles[name].Kind, base)
		if bought == nil || bought.ID == base.ID {
			continue
		}
		if prices == nil {
			prices = map[string]map[string]ItemPrice{}
		}
		prices[name] = b.itemPrices(bought, base)
	}
	return prices
}

// boughtLike is the style of the catalogue whose materials a named style is built with: the one of that key;
// for a style that only the drawing has, the tier's if it is of the same kind, else the first of its kind.
func (b *Book) boughtLike(name string, kind takeoff.StyleKind, base *Style) *Style {
	if s := b.styleByKey(name); s != nil && s.Kind == kind {
		return s
	}
	if base.Kind == kind {
		return base
	}
	for i := range b.Styles {
		if b.Styles[i].Kind == kind {
			return &b.Styles[i]
		}
	}
	return nil
}

func (b *Book) styleByKey(key string) *Style {
	for i := range b.Styles {
		if b.Styles[i].Key == key {
			return &b.Styles[i]
		}
	}
	return nil
}

func (b *Book) names(s *Style) map[string]string {
	names := make(map[string]string, len(s.Materials))
	for item, material := range s.Materials {
		if m := b.material[material]; m != nil {
			names[item] = m.Name
		}
	}
	return names
}
