package api

import (
	"context"
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
)

type zones struct{ Services }

func (s zones) register(a *API) {
	register(a, route{
		pattern: "GET /v1/pricing-zones", name: "list-pricing-zones", summary: "List the company's own zones, then the shared ones.",
		more: "Needs a plan with location pricing. Without it yards are still priced; the zone's step alone falls away.",
	}, needs(tenancy.PricesRead), s.list)
	register(a, route{pattern: "POST /v1/pricing-zones", name: "create-pricing-zone", summary: "Make a zone of the company's own.", status: http.StatusCreated},
		needs(tenancy.PricesWrite), s.create)
	register(a, route{pattern: "GET /v1/pricing-zones/{id}", name: "get-pricing-zone", summary: "Get a zone, own or shared."},
		needs(tenancy.PricesRead), s.get)
	register(a, route{pattern: "PUT /v1/pricing-zones/{id}", name: "edit-pricing-zone", summary: "Change an own zone."},
		needs(tenancy.PricesWrite), s.edit)
	register(a, route{
		pattern: "DELETE /v1/pricing-zones/{id}", name: "delete-pricing-zone", summary: "Delete an own zone.", status: 204,
		more: "Quotes keep the factors they were priced with.",
	}, needs(tenancy.PricesWrite), s.remove)
	register(a, route{pattern: "GET /v1/pricing-zones/match", name: "match-pricing-zone", summary: "Say in which zone a ZIP is priced today, and why."},
		needs(tenancy.PricesRead), s.match)
}

// ZoneInput is exported for being a part of another document.
type ZoneInput struct {
	Name     string       `json:"name"`
	Priority int          `json:"priority,omitempty" minimum:"0" maximum:"1000" doc:"The higher one wins among zones that hold equally exactly."`
	Factors  zoneFactors  `json:"factors"`
	Members  []zoneMember `json:"members" doc:"Where the zone holds."`
	Note     string       `json:"note,omitempty"`
}

type zoneFactors struct {
	MaterialFactor  float64 `json:"material_factor"`
	LaborFactor     float64 `json:"labor_factor"`
	EquipmentFactor float64 `json:"equipment_factor"`
}

type zoneMember struct {
	Kind string `json:"kind" enum:"zip5,range,zip3,state,default"`
	Low  string `json:"low,omitempty" doc:"ZIP, first ZIP of a range, first three digits, or state."`
	High string `json:"high,omitempty" doc:"Last ZIP of a range."`
}

type zone struct {
	ID id.ID `json:"id"`
	ZoneInput
	Shared     bool       `json:"shared"`
	Sample     bool       `json:"sample" doc:"An example to try with, not a finding about the place."`
	ValidFrom  *time.Time `json:"valid_from"`
	ValidUntil *time.Time `json:"valid_until"`
	Version    int        `json:"version"`
}

func newZone(z pricing.PricingZone) zone {
	return zone{
		ID: z.ID, Shared: z.Shared, Sample: z.Sample, ValidFrom: inUTC(z.ValidFrom), ValidUntil: inUTC(z.ValidUntil), Version: z.Version,
		ZoneInput: ZoneInput{Name: z.Name, Priority: z.Priority, Factors: zoneFactors(z.Factors), Members: each(z.Members, newZoneMember), Note: z.Note},
	}
}

func newZoneMember(m pricing.ZoneMember) zoneMember {
	return zoneMember{Kind: string(m.Kind), Low: m.Low, High: m.High}
}

func (z ZoneInput) input() pricing.ZoneInput {
	return pricing.ZoneInput{
		Name: z.Name, Priority: z.Priority, Factors: pricing.Zone(z.Factors), Note: z.Note,
		Members: each(z.Members, func(m zoneMember) pricing.ZoneMember {
			return pricing.ZoneMember{Kind: pricing.ZoneMemberKind(m.Kind), Low: m.Low, High: m.High}
		}),
	}
}

func (s zones) list(ctx context.Context, a tenancy.Actor, _ *nothing) (*answer[listOf[zone]], error) {
	all, err := s.Pricing.Zones(ctx, a)
	if err != nil {
		return nil, err
	}
	return &answer[listOf[zone]]{listed(all, newZone)}, nil
}

func (s zones) create(ctx context.Context, a tenancy.Actor, in *body[ZoneInput]) (*createdAnswer[zone], error) {
	z, err := s.Pricing.CreateZone(ctx, a, in.Body.input())
	if err != nil {
		return nil, err
	}
	return &createdAnswer[zone]{Location: "/v1/pricing-zones/" + z.ID.String(), ETag: etag(z.Version), Body: newZone(z)}, nil
}

func (s zones) get(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[zone], error) {
	return zoneAnswer(s.Pricing.Zone(ctx, a, id.ID(in.ID)))
}

func zoneAnswer(z pricing.PricingZone, err error) (*recordAnswer[zone], error) {
	if err != nil {
		return nil, err
	}
	return &recordAnswer[zone]{ETag: etag(z.Version), Body: newZone(z)}, nil
}

func (s zones) edit(ctx context.Context, a tenancy.Actor, in *changeOf[ZoneInput]) (*recordAnswer[zone], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	z, err := s.Pricing.EditZone(ctx, a, pricing.EditZoneInput{ID: id.ID(in.ID), Version: version, ZoneInput: in.Body.input()})
	return zoneAnswer(z, s.behind(ctx, a, id.ID(in.ID), err))
}

type removal struct {
	ByID
	Versioned
}

func (s zones) remove(ctx context.Context, a tenancy.Actor, in *removal) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	_, err = s.Pricing.DeleteZone(ctx, a, pricing.DeleteZoneInput{ID: id.ID(in.ID), Version: version})
	return nil, s.behind(ctx, a, id.ID(in.ID), err)
}

func (s zones) behind(ctx context.Context, a tenancy.Actor, zone id.ID, err error) error {
	return behind(err, func() (int, error) {
		now, err := s.Pricing.Zone(ctx, a, zone)
		return now.Version, err
	})
}

type matchZone struct {
	ZIP string `query:"zip" required:"true" doc:"Five digits."`
}

type zoneMatch struct {
	ZoneID  *id.ID      `json:"zone_id" doc:"null: no zone holds, nothing is scaled."`
	Name    string      `json:"name"`
	Shared  bool        `json:"shared"`
	Sample  bool        `json:"sample"`
	Member  zoneMember  `json:"member" doc:"Because of which it holds."`
	Factors zoneFactors `json:"factors"`
	Why     string      `json:"why" doc:"One sentence."`
}

func (s zones) match(ctx context.Context, a tenancy.Actor, in *matchZone) (*answer[zoneMatch], error) {
	m, err := s.Pricing.LookUpZone(ctx, a, in.ZIP)
	if err != nil {
		return nil, err
	}
	return &answer[zoneMatch]{zoneMatch{
		ZoneID: optionalID(m.ZoneID), Name: m.Name, Shared: m.Shared, Sample: m.Sample, Member: newZoneMember(m.Member),
		Factors: zoneFactors(m.Factors), Why: m.Why,
	}}, nil
}
