package api

import (
	"context"
	"net/http"
	"time"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
)

type properties struct{ Services }

func (s properties) register(a *API) {
	register(a, route{pattern: "GET /v1/customers/{id}/properties", name: "list-properties", summary: "List a customer's properties, oldest first."},
		needs(tenancy.CustomersRead), s.list)
	register(a, route{pattern: "POST /v1/customers/{id}/properties", name: "add-property", summary: "Add a property to a customer.", status: http.StatusCreated},
		needs(tenancy.CustomersWrite), s.add)
	register(a, route{pattern: "GET /v1/properties/{id}", name: "get-property", summary: "Get a property."},
		needs(tenancy.CustomersRead), s.get)
	register(a, route{pattern: "PATCH /v1/properties/{id}", name: "edit-property", summary: "Change a property by merge patch."},
		needs(tenancy.CustomersWrite), s.edit)
	register(a, route{pattern: "POST /v1/properties/{id}/archive", name: "archive-property", summary: "Move a property out of sight."},
		needs(tenancy.CustomersWrite), s.archive)
	register(a, route{pattern: "POST /v1/properties/{id}/restore", name: "restore-property", summary: "Bring an archived property back."},
		needs(tenancy.CustomersWrite), s.restore)
}

type property struct {
	ID         id.ID      `json:"id"`
	CustomerID id.ID      `json:"customer_id"`
	Street     string     `json:"street"`
	Unit       string     `json:"unit"`
	City       string     `json:"city"`
	State      string     `json:"state" doc:"Two letters."`
	ZIP        string     `json:"zip" doc:"Five digits."`
	County     string     `json:"county" doc:"As the ZIP says, or empty."`
	TimeZone   string     `json:"time_zone" doc:"IANA name."`
	GateCode   string     `json:"gate_code"`
	HasDog     bool       `json:"has_dog"`
	HasPool    bool       `json:"has_pool"`
	HasHOA     bool       `json:"has_hoa"`
	Notes      string     `json:"notes"`
	ArchivedAt *time.Time `json:"archived_at"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	Version    int        `json:"version"`
}

func newProperty(p crm.Property) property {
	return property{
		ID: p.ID, CustomerID: p.CustomerID, Street: p.Street, Unit: p.Unit, City: p.City, State: p.State, ZIP: p.ZIP, County: p.County,
		TimeZone: p.TimeZone, GateCode: p.GateCode, HasDog: p.HasDog, HasPool: p.HasPool, HasHOA: p.HasHOA, Notes: p.Notes,
		ArchivedAt: p.ArchivedAt, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, Version: p.Version,
	}
}

type propertyInput struct {
	Street   string `json:"street"`
	Unit     string `json:"unit,omitempty"`
	City     string `json:"city,omitempty" doc:"Left out: as the ZIP says."`
	State    string `json:"state,omitempty" doc:"Left out: as the ZIP says."`
	ZIP      string `json:"zip"`
	GateCode string `json:"gate_code,omitempty"`
	HasDog   bool   `json:"has_dog,omitempty"`
	HasPool  bool   `json:"has_pool,omitempty"`
	HasHOA   bool   `json:"has_hoa,omitempty"`
	Notes    string `json:"notes,omitempty"`
}

func (p *propertyInput) input() *crm.PropertyInput {
	if p == nil {
		return nil
	}
	return &crm.PropertyInput{
		Street: p.Street, Unit: p.Unit, City: p.City, State: p.State, ZIP: p.ZIP, GateCode: p.GateCode,
		HasDog: p.HasDog, HasPool: p.HasPool, HasHOA: p.HasHOA, Notes: p.Notes,
	}
}

func (s properties) list(ctx context.Context, a tenancy.Actor, in *ByID) (*answer[listOf[property]], error) {
	all, err := s.CRM.ListProperties(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return &answer[listOf[property]]{listed(all, newProperty)}, nil
}

type addProperty struct {
	ByID
	Body propertyInput
}

func (s properties) add(ctx context.Context, a tenancy.Actor, in *addProperty) (*createdAnswer[property], error) {
	p, err := s.CRM.AddProperty(ctx, a, crm.AddPropertyInput{CustomerID: id.ID(in.ID), PropertyInput: *in.Body.input()})
	if err != nil {
		return nil, err
	}
	return &createdAnswer[property]{Location: "/v1/properties/" + p.ID.String(), ETag: etag(p.Version), Body: newProperty(p)}, nil
}

func (s properties) get(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[property], error) {
	record, err := s.CRM.GetProperty(ctx, a, id.ID(in.ID))
	return propertyAnswer(record.Property, err)
}

func propertyAnswer(p crm.Property, err error) (*recordAnswer[property], error) {
	if err != nil {
		return nil, err
	}
	return &recordAnswer[property]{ETag: etag(p.Version), Body: newProperty(p)}, nil
}

type propertyPatch struct {
	Street   patch[string] `json:"street,omitzero"`
	Unit     patch[string] `json:"unit,omitzero"`
	City     patch[string] `json:"city,omitzero"`
	State    patch[string] `json:"state,omitzero"`
	ZIP      patch[string] `json:"zip,omitzero"`
	GateCode patch[string] `json:"gate_code,omitzero"`
	HasDog   patch[bool]   `json:"has_dog,omitzero"`
	HasPool  patch[bool]   `json:"has_pool,omitzero"`
	HasHOA   patch[bool]   `json:"has_hoa,omitzero"`
	Notes    patch[string] `json:"notes,omitzero"`
}

func (s properties) edit(ctx context.Context, a tenancy.Actor, in *changeOf[propertyPatch]) (*recordAnswer[property], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	p, err := s.CRM.EditProperty(ctx, a, crm.EditPropertyInput{
		ID: id.ID(in.ID), Version: version,
		Street: b.Street.change(), Unit: b.Unit.change(), City: b.City.change(), State: b.State.change(), ZIP: b.ZIP.change(),
		GateCode: b.GateCode.change(), HasDog: b.HasDog.change(), HasPool: b.HasPool.change(), HasHOA: b.HasHOA.change(), Notes: b.Notes.change(),
	})
	return propertyAnswer(p, behind(err, func() (int, error) { return p.Version, nil }))
}

func (s properties) archive(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[property], error) {
	return propertyAnswer(s.CRM.ArchiveProperty(ctx, a, id.ID(in.ID)))
}

func (s properties) restore(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[property], error) {
	return propertyAnswer(s.CRM.RestoreProperty(ctx, a, id.ID(in.ID)))
}
