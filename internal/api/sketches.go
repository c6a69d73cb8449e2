package api

import (
	"context"
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
)

type sketches struct{ Services }

func (s sketches) register(a *API) {
	register(a, route{pattern: "GET /v1/properties/{id}/sketches", name: "list-sketches", summary: "List a property's sketches, newest first."},
		needs(tenancy.SketchesRead), s.list)
	register(a, route{pattern: "POST /v1/sketches", name: "create-sketch", summary: "Begin a drawing of a property.", status: http.StatusCreated},
		needs(tenancy.SketchesWrite), s.create)
	register(a, route{pattern: "GET /v1/sketches/{id}", name: "get-sketch", summary: "Get a sketch."},
		needs(tenancy.SketchesRead), s.get)
	register(a, route{pattern: "PUT /v1/sketches/{id}", name: "save-sketch", summary: "Keep a drawing whole, whether or not it can be built yet."},
		needs(tenancy.SketchesWrite), s.save)
	register(a, route{pattern: "POST /v1/sketches/{id}/price", name: "price-sketch", summary: "Price a sketch as it is saved, in every tier."},
		needs(tenancy.SketchesRead), s.price)
	register(a, route{pattern: "POST /v1/properties/{id}/price", name: "price-drawing", summary: "Price a drawing that is not saved, at a property, in every tier."},
		needs(tenancy.SketchesRead), s.priceDrawing)
}

type sketch struct {
	ID           id.ID          `json:"id"`
	PropertyID   id.ID          `json:"property_id"`
	CustomerID   id.ID          `json:"customer_id"`
	CustomerName string         `json:"customer_name"`
	Place        string         `json:"place"`
	Name         string         `json:"name"`
	Layout       jsontext.Value `json:"layout" doc:"The engine's layout."`
	Extras       sketchExtras   `json:"extras"`
	DrawnFt      float64        `json:"drawn_ft"`
	RunCount     int            `json:"run_count"`
	GateCount    int            `json:"gate_count"`
	CreatedAt    time.Time      `json:"created_at"`
	UpdatedAt    time.Time      `json:"updated_at"`
	Version      int            `json:"version"`
}

// sketchExtras is what the drawing alone knows and the engine never sees.
type sketchExtras struct {
	Runs  map[string]drawing.RunNote `json:"runs,omitzero" doc:"By segment."`
	Marks []drawing.Mark             `json:"marks,omitzero"`
}

type sketchSummary struct {
	ID        id.ID     `json:"id"`
	Name      string    `json:"name"`
	DrawnFt   float64   `json:"drawn_ft"`
	RunCount  int       `json:"run_count"`
	GateCount int       `json:"gate_count"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int       `json:"version"`
}

func newSketchSummary(s quoting.SketchSummary) sketchSummary {
	s.UpdatedAt = s.UpdatedAt.UTC()
	return sketchSummary(s)
}

func (s sketches) list(ctx context.Context, a tenancy.Actor, in *ByID) (*answer[listOf[sketchSummary]], error) {
	all, err := s.Quoting.ListSketchesOfProperty(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return &answer[listOf[sketchSummary]]{listed(all, newSketchSummary)}, nil
}

type newSketchBody struct {
	PropertyID id.ID          `json:"property_id"`
	Name       string         `json:"name,omitempty"`
	Layout     jsontext.Value `json:"layout,omitempty" doc:"The engine's layout; left out: an empty sheet."`
	Extras     sketchExtras   `json:"extras,omitzero"`
}

type savedSketch struct {
	ID      id.ID     `json:"id"`
	Version int       `json:"version"`
	SavedAt time.Time `json:"saved_at"`
}

func (s sketches) create(ctx context.Context, a tenancy.Actor, in *body[newSketchBody]) (*createdAnswer[savedSketch], error) {
	b := in.Body
	saved, err := s.Quoting.CreateSketch(ctx, a, quoting.CreateSketchInput{
		PropertyID: b.PropertyID, Name: b.Name, Layout: b.Layout, Extras: quoting.Extras(b.Extras),
	})
	if err != nil {
		return nil, err
	}
	return &createdAnswer[savedSketch]{Location: "/v1/sketches/" + saved.ID.String(), ETag: etag(saved.Version), Body: newSavedSketch(saved)}, nil
}

func newSavedSketch(s quoting.SketchSaved) savedSketch {
	return savedSketch{ID: s.ID, Version: s.Version, SavedAt: s.SavedAt.UTC()}
}

func (s sketches) get(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[sketch], error) {
	record, err := s.Quoting.GetSketch(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	k := record.Sketch
	return &recordAnswer[sketch]{ETag: etag(k.Version), Body: sketch{
		ID: k.ID, PropertyID: k.PropertyID, CustomerID: k.CustomerID, CustomerName: k.CustomerName, Place: k.Place, Name: k.Name,
		Layout: k.Layout, Extras: sketchExtras(k.Extras), DrawnFt: k.DrawnFt, RunCount: k.RunCount, GateCount: k.GateCount,
		CreatedAt: k.CreatedAt.UTC(), UpdatedAt: k.UpdatedAt.UTC(), Version: k.Version,
	}}, nil
}

type sketchBody struct {
	Name   string         `json:"name,omitempty" doc:"Left out: stays."`
	Layout jsontext.Value `json:"layout" doc:"The engine's layout."`
	Extras sketchExtras   `json:"extras,omitzero"`
}

func (s sketches) save(ctx context.Context, a tenancy.Actor, in *changeOf[sketchBody]) (*recordAnswer[savedSketch], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	saved, err := s.Quoting.SaveSketch(ctx, a, id.ID(in.ID), quoting.SaveSketchInput{
		Version: version, Name: in.Body.Name, Layout: in.Body.Layout, Extras: quoting.Extras(in.Body.Extras),
	})
	if err != nil {
		return nil, err
	}
	return &recordAnswer[savedSketch]{ETag: etag(saved.Version), Body: newSavedSketch(saved)}, nil
}

func (s sketches) price(ctx context.Context, a tenancy.Actor, in *ByID) (*answer[pricedDrawing], error) {
	return priceAnswer(s.Quoting.PriceSketch(ctx, a, id.ID(in.ID)))
}

type drawingBody struct {
	Layout jsontext.Value `json:"layout" doc:"The engine's layout."`
	Extras sketchExtras   `json:"extras,omitzero"`
}

type priceDrawing struct {
	ByID
	Body drawingBody
}

func (s sketches) priceDrawing(ctx context.Context, a tenancy.Actor, in *priceDrawing) (*answer[pricedDrawing], error) {
	return priceAnswer(s.Quoting.PriceDrawing(ctx, a, quoting.PriceDrawingInput{
		PropertyID: id.ID(in.ID), Layout: in.Body.Layout, Extras: quoting.Extras(in.Body.Extras),
	}))
}

func priceAnswer(p quoting.PricedDrawing, err error) (*answer[pricedDrawing], error) {
	if err != nil {
		return nil, err
	}
	return &answer[pricedDrawing]{newPricedDrawing(p)}, nil
}
