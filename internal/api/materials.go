package api

import (
	"context"
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

type materials struct{ Services }

func (s materials) register(a *API) {
	register(a, route{pattern: "GET /v1/materials", name: "list-materials", summary: "List what the company buys, by key."},
		needs(tenancy.PricesRead), s.list)
	register(a, route{pattern: "POST /v1/materials", name: "add-material", summary: "Put a material on the list.", status: http.StatusCreated},
		needs(tenancy.PricesWrite), s.add)
	register(a, route{pattern: "GET /v1/materials/{id}", name: "get-material", summary: "Get a material."},
		needs(tenancy.PricesRead), s.get)
	register(a, route{pattern: "PUT /v1/materials/{id}", name: "edit-material", summary: "Change a material. Quotes keep the costs they were made with."},
		needs(tenancy.PricesWrite), s.edit)
}

type material struct {
	ID        id.ID        `json:"id"`
	Key       string       `json:"key" doc:"Never changes."`
	Name      string       `json:"name"`
	Unit      string       `json:"unit"`
	CostCents *money.Cents `json:"cost_cents,omitempty" doc:"Of one pack. Left out for roles that may not see costs."`
	Pack      int          `json:"pack" doc:"How many come together; 1 for single pieces."`
	UpdatedAt time.Time    `json:"updated_at"`
	Version   int          `json:"version"`
}

func newMaterial(m pricing.Material) material {
	return material{
		ID: m.ID, Key: m.Key, Name: m.Name, Unit: m.Unit, CostCents: m.CostCents, Pack: m.Pack, UpdatedAt: m.UpdatedAt.UTC(), Version: m.Version,
	}
}

// MaterialInput is exported for being a part of another document.
type MaterialInput struct {
	Name      string      `json:"name"`
	Unit      string      `json:"unit"`
	CostCents money.Cents `json:"cost_cents"`
	Pack      int         `json:"pack" minimum:"1" maximum:"1000000"`
}

func (m MaterialInput) input() pricing.MaterialInput {
	return pricing.MaterialInput{Name: m.Name, Unit: m.Unit, CostCents: m.CostCents, Pack: m.Pack}
}

type addMaterialBody struct {
	Key string `json:"key,omitempty" doc:"Left out: made of the name."`
	MaterialInput
}

func (s materials) list(ctx context.Context, a tenancy.Actor, _ *nothing) (*answer[listOf[material]], error) {
	all, err := s.Pricing.Materials(ctx, a)
	if err != nil {
		return nil, err
	}
	return &answer[listOf[material]]{listed(all, newMaterial)}, nil
}

func (s materials) add(ctx context.Context, a tenancy.Actor, in *body[addMaterialBody]) (*createdAnswer[material], error) {
	m, err := s.Pricing.AddMaterial(ctx, a, pricing.AddMaterialInput{Key: in.Body.Key, MaterialInput: in.Body.input()})
	if err != nil {
		return nil, err
	}
	return &createdAnswer[material]{Location: "/v1/materials/" + m.ID.String(), ETag: etag(m.Version), Body: newMaterial(m)}, nil
}

func (s materials) get(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[material], error) {
	return materialAnswer(s.Pricing.Material(ctx, a, id.ID(in.ID)))
}

func materialAnswer(m pricing.Material, err error) (*recordAnswer[material], error) {
	if err != nil {
		return nil, err
	}
	return &recordAnswer[material]{ETag: etag(m.Version), Body: newMaterial(m)}, nil
}

func (s materials) edit(ctx context.Context, a tenancy.Actor, in *changeOf[MaterialInput]) (*recordAnswer[material], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	m, err := s.Pricing.EditMaterial(ctx, a, pricing.EditMaterialInput{ID: id.ID(in.ID), Version: version, MaterialInput: in.Body.input()})
	return materialAnswer(m, behind(err, func() (int, error) {
		now, err := s.Pricing.Material(ctx, a, id.ID(in.ID))
		return now.Version, err
	}))
}
