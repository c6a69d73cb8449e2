package caller

import (
	"maps"

	"fenceplatform.com/fence/internal/business/plan"
)

// features is the one table of feature × address, of pages and of the API: what the company's plan has to have before
// an address answers. An address that is not here takes none, which somebody has to say: edgetest keeps the list of all
// of them. Taking something away (a key, a zone) takes no feature, and a page that shows a lock opens to show it.
//
// The operations behind ask themselves too, in their transaction: this table is what people and programs are told
// before anything else is looked at.
var features = map[string]plan.Feature{
	"GET /settings/api-keys/new": plan.FeatureAPIKeys,
	"POST /settings/api-keys":    plan.FeatureAPIKeys,
	"POST /v1/api-keys":          plan.FeatureAPIKeys,

	"GET /zones":                  plan.FeatureLocationPricing,
	"POST /zones":                 plan.FeatureLocationPricing,
	"GET /zones/new":              plan.FeatureLocationPricing,
	"GET /zones/{id}":             plan.FeatureLocationPricing,
	"POST /zones/{id}":            plan.FeatureLocationPricing,
	"GET /v1/pricing-zones":       plan.FeatureLocationPricing,
	"POST /v1/pricing-zones":      plan.FeatureLocationPricing,
	"GET /v1/pricing-zones/match": plan.FeatureLocationPricing,
	"GET /v1/pricing-zones/{id}":  plan.FeatureLocationPricing,
	"PUT /v1/pricing-zones/{id}":  plan.FeatureLocationPricing,

	"POST /v1/roi": plan.FeatureROI,

	"POST /settings/audit/export":        plan.FeatureLogExport,
	"POST /settings/single-sign-on":      plan.FeatureOIDC,
	"POST /settings/single-sign-on/test": plan.FeatureOIDC,
}

// Features are the addresses that take a feature, by pattern.
func Features() map[string]plan.Feature { return maps.Clone(features) }

// RequireFeature refuses an address whose feature the company's plan does not have.
func (c *Caller) RequireFeature(pattern string) error {
	if f, takes := features[pattern]; takes {
		return c.Actor.RequireFeature(f, c.Now)
	}
	return nil
}
