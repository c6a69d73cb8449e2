package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/httpx"
)

// operation is one method and path with what its requests may look like.
type operation struct {
	*huma.Operation
	access access
	query  map[string]bool // the parameters it knows
	media  map[string]bool // the content types it takes; none: no body
	upload bool            // the operation reads the body itself
}

// route describes an operation: its name for programs, and one sentence for people.
type route struct {
	pattern string // "POST /v1/customers"
	name    string // "create-customer"
	summary string
	more    string // what a sentence cannot say
	status  int    // of success; 200 or 204 when zero
	raw     bool   // the business reads the body itself
	paper   bool   // the answer is a PDF
	upload  bool   // the body is a file, read by the operation as it comes
}

// register makes fn the answer to a route. Everything about access, form and refusals is done around it.
func register[In, Out any](a *API, r route, x access, fn func(context.Context, tenancy.Actor, *In) (*Out, error)) {
	method, path, found := strings.Cut(r.pattern, " ")
	if !found || !x.named() {
		panic(fmt.Sprintf("operation %q: no access, or no pattern", r.name))
	}
	op := huma.Operation{
		Method: method, Path: path, OperationID: r.name, Summary: r.summary, Description: r.more, DefaultStatus: r.status,
		Tags: []string{a.resource}, SkipValidateBody: r.raw || r.upload,
		MaxBodyBytes: -1, BodyReadTimeout: -1, // the body was read before huma sees it
		Responses: map[string]*huma.Response{"default": problemResponse(a.huma.OpenAPI().Components.Schemas)},
		Metadata:  map[string]any{accessKey: x},
	}
	if x.open == "" {
		op.Security = []map[string][]string{{"token": {}}}
		op.Extensions = map[string]any{"x-permission": string(x.needs)}
	} else {
		op.Security = []map[string][]string{}
		op.Extensions = map[string]any{"x-open": x.open}
	}
	if r.upload {
		op.RequestBody, op.Metadata[uploadKey] = uploadBody(), true
	}
	if r.paper {
		op.Responses["200"] = &huma.Response{Content: map[string]*huma.MediaType{"application/pdf": {}}}
	}
	if method == http.MethodPost {
		op.Parameters = append(op.Parameters, idempotencyKey)
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *In) (*Out, error) {
		out, err := fn(ctx, caller.In(ctx).Actor, in)
		if err != nil {
			return nil, &refusal{httpx.Fault(err)}
		}
		return out, nil
	})
}

const (
	accessKey = "access"
	uploadKey = "upload"
)

var idempotencyKey = &huma.Param{
	Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: new(255)},
	Description: "A text of your choice. The same request with the same key is carried out once; for 24 hours it gets the same answer.",
}

// newOperation reads off huma's description what a request may carry.
func newOperation(op *huma.Operation) *operation {
	o := &operation{Operation: op, query: map[string]bool{}, media: map[string]bool{}}
	o.access, _ = op.Metadata[accessKey].(access) // register put it there
	o.upload, _ = op.Metadata[uploadKey].(bool)
	for _, p := range op.Parameters {
		if p.In == "query" {
			o.query[p.Name] = true
		}
	}
	if op.RequestBody != nil {
		if op.Method == http.MethodPatch {
			op.RequestBody.Content["application/merge-patch+json"] = op.RequestBody.Content["application/json"]
		}
		for media := range op.RequestBody.Content {
			o.media[media] = true
		}
	}
	return o
}
