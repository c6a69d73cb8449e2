package api

import (
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Services are the operations of the business that the API offers.
type Services struct {
	DB       *pg.DB
	Identity *identity.Service
	Company  *onboarding.Service
	CRM      *crm.Service
	Pricing  *pricing.Service
	Quoting  *quoting.Service
	Jobs     *fieldwork.Service
	Payments *payment.Service
	Calls    *usage.Calls
}

// Options are how the API presents itself.
type Options struct {
	// Stylesheets of the page /docs, by address.
	Stylesheets []string
}

// API serves /v1 and its documentation.
type API struct {
	services   Services
	options    Options
	mux        *http.ServeMux
	huma       huma.API
	operations []*operation
	resource   string // to which the operations that register now belong
}

// configureHuma sets what huma has for the whole process only: names of members are case-sensitive, and lists
// are never null.
var configureHuma = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true
	huma.DefaultArrayNullable = false
})

// Mount puts the API's routes on the mux of companies' hosts.
func Mount(mux *http.ServeMux, s Services, o Options) *API {
	configureHuma()
	a := &API{services: s, options: o, mux: mux}
	a.huma = huma.NewAPI(config(), (*adapter)(a))
	a.register()
	a.finishDescription()
	mux.HandleFunc("/v1/", a.unmatched)
	mux.HandleFunc("GET /v1", a.unmatched) // for GET alone: pages have patterns of one piece of path
	a.mountDescription()
	a.mountDocs()
	return a
}

// register lists the resources, in the order of /docs.
func (a *API) register() {
	s := a.services
	for _, r := range []struct {
		name     string
		register func(*API)
	}{
		{"Session", session{s}.register},
		{"Company", organization{s}.register},
		{"People", people{s}.register},
		{"API keys", apiKeys{s}.register},
		{"Customers", customers{s}.register},
		{"Properties", properties{s}.register},
		{"Engine", engine{}.register},
		{"Sketches", sketches{s}.register},
		{"Quotes", quotes{s}.register},
		{"Homeowners", publicQuotes{s}.register},
		{"Jobs", jobs{s}.register},
		{"Payments", payments{s}.register},
		{"Files", filesOf{s}.register},
		{"Materials", materials{s}.register},
		{"Styles", styles{s}.register},
		{"Tiers", tiers{s}.register},
		{"Price settings", priceSettings{s}.register},
		{"Pricing zones", zones{s}.register},
		{"Audit", auditEntries{s}.register},
	} {
		a.resource = r.name
		r.register(a)
	}
}

func config() huma.Config {
	registry := huma.NewMapRegistry(schemaPrefix, schemaName)
	registry.RegisterTypeAlias(reflect.TypeFor[id.ID](), reflect.TypeFor[recordID]())
	registry.RegisterTypeAlias(reflect.TypeFor[jsontext.Value](), reflect.TypeFor[rawDocument]())
	registry.RegisterTypeAlias(reflect.TypeFor[money.Cents](), reflect.TypeFor[amount]())
	registry.RegisterTypeAlias(reflect.TypeFor[oneCustomer](), reflect.TypeFor[Customer]())
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Fence Platform", Version: "1", Description: description},
			Components: &huma.Components{
				Schemas: registry,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {Type: "http", Scheme: "bearer", Description: "The access token of POST /v1/login, or an API key."},
				},
			},
			Servers: []*huma.Server{{
				URL: "https://{company}.fenceplatform.com", Description: "The company's own address",
				Variables: map[string]*huma.ServerVariable{"company": {Default: "acme", Description: "The first part of the company's address"}},
			}},
		},
		// huma finds the codec of application/merge-patch+json and application/problem+json by their suffix.
		Formats:       map[string]huma.Format{"application/json": codec, "json": codec},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{refuseInvalid},
	}
}

const description = `JSON of one company, on its own address. Send the token of a log-in or an API key as bearer token.
Every POST takes an Idempotency-Key; changes of a record take the version that was read as If-Match.
Lists are paged by cursor. Refusals are problem documents (RFC 9457).`

// finishDescription takes out what huma describes of its own errors, which look otherwise here, and leaves room in
// answers: a program must not fail because a document got one more member.
func (a *API) finishDescription() {
	schemas := a.huma.OpenAPI().Components.Schemas
	delete(schemas.Map(), "ErrorModel")
	delete(schemas.Map(), "ErrorDetail")
	asked := map[string]bool{}
	for _, o := range a.operations {
		if o.RequestBody != nil && !o.upload {
			reach(schemas, o.RequestBody.Content["application/json"].Schema, asked)
		}
	}
	for name, schema := range schemas.Map() {
		if !asked[name] && schema.AdditionalProperties == false {
			schema.AdditionalProperties = nil
		}
	}
}

// reach notes the documents that a schema is made of.
func reach(all huma.Registry, s *huma.Schema, found map[string]bool) {
	if s.Ref != "" {
		name := strings.TrimPrefix(s.Ref, schemaPrefix)
		if found[name] {
			return
		}
		found[name] = true
		s = all.SchemaFromRef(s.Ref)
	}
	for _, member := range s.Properties {
		reach(all, member, found)
	}
	if s.Items != nil {
		reach(all, s.Items, found)
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		reach(all, values, found)
	}
}
