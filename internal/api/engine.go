package api

import (
	"context"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/roi"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/business/tenancy"
)

// engine answers the engine's own documents (docs/engine.md): they are a contract, the same here, on the command
// line and in files, so they are no documents of this package.
type engine struct{}

func (s engine) register(a *API) {
	register(a, route{
		pattern: "POST /v1/takeoff", name: "take-off", summary: "Count what a layout takes to build.", raw: true,
		more: "Documents of the engine: docs/engine.md. Nothing is kept.",
	}, needs(tenancy.SketchesRead), s.takeOff)
	register(a, route{
		pattern: "POST /v1/price", name: "price", summary: "Price a layout with the price list in the request.", raw: true,
		more: "Documents of the engine: docs/engine.md. The company's own price list is not used, and nothing is kept.",
	}, needs(tenancy.SketchesRead), s.price)
	register(a, route{
		pattern: "POST /v1/roi", name: "roi", summary: "Answer what a fence is worth over the years.", raw: true,
		more: "Documents of the engine: docs/engine.md. The kind is lifecycle, resale, cash_flows or loan.",
	}, needs(tenancy.QuotesRead), s.roi)
	s.describe(a)
}

// describe shows the documents that the engine reads by itself.
func (engine) describe(a *API) {
	schemas := a.huma.OpenAPI().Components.Schemas
	for _, o := range a.operations {
		switch o.OperationID {
		case "take-off":
			o.RequestBody.Content["application/json"].Schema = schemas.Schema(reflect.TypeFor[takeoff.Layout](), true, "")
		case "price":
			o.RequestBody.Content["application/json"].Schema = schemas.Schema(reflect.TypeFor[pricing.Input](), true, "")
		}
	}
	// What a price document may leave out (docs/engine.md); in Go all of it is there.
	for name, required := range map[string][]string{
		"PricingInput": {"layout", "prices", "method"}, "PricingPrices": {"items"}, "PricingItemPrice": {"cost_cents"}, "PricingLabor": nil,
		"PricingZone": nil, "PricingTravel": nil, "PricingMethod": {"kind"}, "PricingTax": nil,
	} {
		if schema := schemas.Map()[name]; schema != nil {
			schema.Required = required
		}
	}
}

func (engine) takeOff(_ context.Context, _ tenancy.Actor, in *body[jsontext.Value]) (*answer[takeoff.TakeOff], error) {
	layout, err := takeoff.Parse(in.Body)
	if err != nil {
		return nil, err
	}
	out, err := takeoff.Calculate(layout)
	if err != nil {
		return nil, err
	}
	return &answer[takeoff.TakeOff]{out}, nil
}

func (engine) price(_ context.Context, _ tenancy.Actor, in *body[jsontext.Value]) (*answer[pricing.Price], error) {
	document, err := pricing.ParseInput(in.Body)
	if err != nil {
		return nil, err
	}
	out, err := pricing.Calculate(document)
	if err != nil {
		return nil, err
	}
	return &answer[pricing.Price]{out}, nil
}

// roiAnswer is one of the engine's answers.
type roiAnswer struct{ value any }

// MarshalJSONTo writes the engine's document.
func (r roiAnswer) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, r.value)
}

// Schema describes any object: which, depends on the kind that was asked.
func (roiAnswer) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

func (engine) roi(_ context.Context, _ tenancy.Actor, in *body[jsontext.Value]) (*answer[roiAnswer], error) {
	out, err := roi.Calculate(in.Body)
	if err != nil {
		return nil, err
	}
	return &answer[roiAnswer]{roiAnswer{out}}, nil
}
