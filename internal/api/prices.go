package api

import (
	"time"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// pricedDrawing is what a drawing takes and costs now. What cannot be built has no tiers; its checks say why.
type pricedDrawing struct {
	Recommended string      `json:"recommended" doc:"A tier's key, or empty."`
	Tiers       []tierPrice `json:"tiers"`
	Zone        string      `json:"zone" doc:"Which prices hold here, and why."`
	Checks      []check     `json:"checks"`
	PricedAt    time.Time   `json:"priced_at"`
}

type tierPrice struct {
	TierID          id.ID           `json:"tier_id"`
	Key             string          `json:"key"`
	Name            string          `json:"name"`
	StyleKey        string          `json:"style_key"`
	PriceCents      money.Cents     `json:"price_cents"`
	BaseChargeCents money.Cents     `json:"base_charge_cents" doc:"The part of the price that is charged once a job."`
	DiscountCents   money.Cents     `json:"discount_cents"`
	NetCents        money.Cents     `json:"net_cents"`
	TaxCents        money.Cents     `json:"tax_cents"`
	TotalCents      money.Cents     `json:"total_cents"`
	PricePerFtCents money.Cents     `json:"price_per_ft_cents"`
	AtMinimum       bool            `json:"at_minimum" doc:"The price was raised to the least price of a job."`
	Cost            *tierCost       `json:"cost,omitempty" doc:"Left out for roles that may not see costs."`
	Lines           []priceLine     `json:"lines"`
	TakeOff         takeoff.TakeOff `json:"take_off"`
}

type tierCost struct {
	MaterialCents  money.Cents `json:"material_cents"`
	LaborCents     money.Cents `json:"labor_cents"`
	RemovalCents   money.Cents `json:"removal_cents"`
	EquipmentCents money.Cents `json:"equipment_cents"`
	TravelCents    money.Cents `json:"travel_cents"`
	DirectCents    money.Cents `json:"direct_cents"`
	OverheadCents  money.Cents `json:"overhead_cents"`
	CostCents      money.Cents `json:"cost_cents"`
	MarginPct      *float64    `json:"margin_pct,omitempty" doc:"Of net. Left out for who may not see margins."`
}

type priceLine struct {
	Kind       string       `json:"kind" enum:"material,labor,removal,equipment,travel,overhead,base_charge"`
	Key        string       `json:"key"`
	Name       string       `json:"name"`
	Quantity   float64      `json:"quantity"`
	Unit       string       `json:"unit"`
	CostCents  *money.Cents `json:"cost_cents,omitempty" doc:"Left out for roles that may not see costs."`
	Formula    string       `json:"formula,omitempty" doc:"Of the cost."`
	PriceCents money.Cents  `json:"price_cents"`
	NetCents   money.Cents  `json:"net_cents"`
}

// check is something about a drawing or a quote that a person should look at.
type check struct {
	Key     string `json:"key" doc:"An answer is kept under it."`
	Weight  string `json:"weight" enum:"stop,answer,note"`
	Message string `json:"message"`
	Segment string `json:"segment,omitempty"`
	Gate    string `json:"gate,omitempty"`
}

func newCheck(c quoting.Check) check {
	return check{Key: c.Key, Weight: string(c.Weight), Message: c.Message, Segment: c.Segment, Gate: c.Gate}
}

func newPricedDrawing(p quoting.PricedDrawing) pricedDrawing {
	return pricedDrawing{
		Recommended: p.Recommended, Zone: p.Zone, Checks: each(p.Checks, newCheck), PricedAt: p.PricedAt.UTC(),
		Tiers: each(p.Tiers, func(t pricing.TierPrice) tierPrice { return newTierPrice(t, p.CostsSeen, p.MarginsSeen) }),
	}
}

func newTierPrice(t pricing.TierPrice, costsSeen, marginsSeen bool) tierPrice {
	out := tierPrice{
		TierID: t.Tier.ID, Key: string(t.Tier.Key), Name: t.Tier.Name, StyleKey: t.Style.Key,
		PriceCents: t.Price.PriceCents, BaseChargeCents: t.Price.BaseChargeCents, DiscountCents: t.Price.DiscountCents, NetCents: t.Price.NetCents,
		TaxCents: t.Price.TaxCents, TotalCents: t.Price.TotalCents, PricePerFtCents: t.Price.PricePerFtCents, AtMinimum: t.AtMinimum,
		TakeOff: t.TakeOff,
		Lines: each(t.Price.Lines, func(l pricing.Line) priceLine {
			line := priceLine{Kind: string(l.Kind), Key: l.Key, Name: t.Names[l.Key], Quantity: l.Quantity, Unit: l.Unit, PriceCents: l.PriceCents, NetCents: l.NetCents}
			if costsSeen {
				line.CostCents, line.Formula = &l.CostCents, l.Formula
			}
			return line
		}),
	}
	if costsSeen {
		c := t.Price
		out.Cost = &tierCost{
			MaterialCents: c.MaterialCents, LaborCents: c.LaborCents, RemovalCents: c.RemovalCents, EquipmentCents: c.EquipmentCents,
			TravelCents: c.TravelCents, DirectCents: c.DirectCents, OverheadCents: c.OverheadCents, CostCents: c.CostCents,
		}
		if marginsSeen {
			out.Cost.MarginPct = &c.MarginPct
		}
	}
	return out
}
