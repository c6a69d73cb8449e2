package api

import (
	"context"
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/takeoff"
	enginedocument "fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

type styles struct{ Services }

func (s styles) register(a *API) {
	register(a, route{pattern: "GET /v1/styles", name: "list-styles", summary: "List the fences that the company builds, by name."},
		needs(tenancy.PricesRead), s.list)
	register(a, route{pattern: "GET /v1/styles/{id}", name: "get-style", summary: "Get a style."},
		needs(tenancy.PricesRead), s.get)
	register(a, route{pattern: "POST /v1/styles/{id}/copy", name: "copy-style", summary: "Make a new style of one that exists.", status: http.StatusCreated},
		needs(tenancy.PricesWrite), s.copy)
	register(a, route{pattern: "PUT /v1/styles/{id}", name: "edit-style", summary: "Change what is built and what is bought for it."},
		needs(tenancy.PricesWrite), s.edit)
}

type style struct {
	ID        id.ID             `json:"id"`
	Key       string            `json:"key" doc:"What a segment of a sketch names; never changes."`
	Name      string            `json:"name"`
	Kind      string            `json:"kind" enum:"wood,panel,chain_link"`
	Document  takeoff.Style     `json:"document" doc:"The engine's style."`
	Materials map[string]*id.ID `json:"materials" doc:"What is bought for each item of the take-off; null: nothing, it comes with another item."`
	UpdatedAt time.Time         `json:"updated_at"`
	Version   int               `json:"version"`
}

func newStyle(s pricing.Style) style {
	out := style{
		ID: s.ID, Key: s.Key, Name: s.Name, Kind: string(s.Kind), Document: s.Document, Materials: map[string]*id.ID{},
		UpdatedAt: s.UpdatedAt.UTC(), Version: s.Version,
	}
	for item, bought := range s.Materials {
		out.Materials[item] = optionalID(bought)
	}
	return out
}

type styleBody struct {
	Name      string            `json:"name"`
	Document  jsontext.Value    `json:"document" doc:"The engine's style, of the kind that the style has."`
	Materials map[string]*id.ID `json:"materials" doc:"One entry for each item that the kind needs; null: nothing is bought for it."`
}

type copyBody struct {
	Name string `json:"name"`
}

func (s styles) list(ctx context.Context, a tenancy.Actor, _ *nothing) (*answer[listOf[style]], error) {
	all, err := s.Pricing.Styles(ctx, a)
	if err != nil {
		return nil, err
	}
	return &answer[listOf[style]]{listed(all, newStyle)}, nil
}

func (s styles) get(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[style], error) {
	return styleAnswer(s.Pricing.Style(ctx, a, id.ID(in.ID)))
}

func styleAnswer(s pricing.Style, err error) (*recordAnswer[style], error) {
	if err != nil {
		return nil, err
	}
	return &recordAnswer[style]{ETag: etag(s.Version), Body: newStyle(s)}, nil
}

type copyStyle struct {
	ByID
	Body copyBody
}

func (s styles) copy(ctx context.Context, a tenancy.Actor, in *copyStyle) (*createdAnswer[style], error) {
	made, err := s.Pricing.CopyStyle(ctx, a, pricing.CopyStyleInput{ID: id.ID(in.ID), Name: in.Body.Name})
	if err != nil {
		return nil, err
	}
	return &createdAnswer[style]{Location: "/v1/styles/" + made.ID.String(), ETag: etag(made.Version), Body: newStyle(made)}, nil
}

func (s styles) edit(ctx context.Context, a tenancy.Actor, in *changeOf[styleBody]) (*recordAnswer[style], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	change := pricing.EditStyleInput{ID: id.ID(in.ID), Version: version, Name: in.Body.Name, Materials: map[string]id.ID{}}
	var p fault.Problems
	p.Under("/document", enginedocument.Decode(in.Body.Document, &change.Document))
	if err := p.Err(); err != nil {
		return nil, err
	}
	for item, bought := range in.Body.Materials {
		change.Materials[item] = id.Nil
		if bought != nil {
			change.Materials[item] = *bought
		}
	}
	edited, err := s.Pricing.EditStyle(ctx, a, change)
	return styleAnswer(edited, behind(err, func() (int, error) {
		now, err := s.Pricing.Style(ctx, a, id.ID(in.ID))
		return now.Version, err
	}))
}
