package plan

import (
	"cmp"
	"fmt"
	"slices"

	"fenceplatform.com/fence/internal/platform/money"
)

// Key names a plan.
type Key string

// The plans. A trial is growth without a card, until its date.
const (
	Trial      Key = "trial"
	Starter    Key = "starter"
	Growth     Key = "growth"
	Enterprise Key = "enterprise"
)

// Metric is something a plan limits or that is only counted.
type Metric string

// Users and Storage are levels, the others are counted per billing period.
const (
	Users    Metric = "users"
	Jobs     Metric = "jobs"
	Quotes   Metric = "quotes" // counted, without a limit
	Storage  Metric = "storage_bytes"
	APICalls Metric = "api_calls"
)

// Rates: how much a company may ask at once. They are counted by the process that answers (caller), not by usage. A quota
// of a second or minute may be spent at once and comes back evenly.
const (
	CallsPerSecond Metric = "api_calls_per_second" // with keys and tokens
	CallsPerMinute Metric = "api_calls_per_minute"
	PagesPerSecond Metric = "pages_per_second" // of people who are logged in, at each process
	PagesPerMinute Metric = "pages_per_minute"
)

// Rates lists them. They are limits of a plan, and nothing is used up of them.
var Rates = []Metric{CallsPerSecond, CallsPerMinute, PagesPerSecond, PagesPerMinute}

// Feature is something a plan has or has not.
type Feature string

// The features of the catalogue.
const (
	FeatureQuotes             Feature = "quotes"
	FeatureSignatures         Feature = "e_sign"
	FeatureROI                Feature = "roi"
	FeatureLeadForm           Feature = "lead_form"
	FeatureLocationPricing    Feature = "location_pricing"
	FeatureApprovals          Feature = "approvals"
	FeatureCrews              Feature = "crews"
	FeatureAPIKeys            Feature = "api_keys"
	FeatureWebhooks           Feature = "webhooks"
	FeatureOIDC               Feature = "oidc"
	FeatureEditableRoles      Feature = "editable_roles"
	FeatureLogExport          Feature = "log_export"
	FeatureDedicatedPlacement Feature = "dedicated_placement"
)

// Features lists them, in the order of the catalogue.
var Features = enterpriseFeatures

// coming are those of the catalogue that no page has yet. They are named as such wherever plans are sold.
var coming = []Feature{FeatureROI, FeatureLeadForm, FeatureApprovals, FeatureCrews, FeatureWebhooks, FeatureEditableRoles, FeatureDedicatedPlacement}

// Coming tells that the feature is of the catalogue and no page has it yet.
func (f Feature) Coming() bool { return slices.Contains(coming, f) }

var featureNames = map[Feature]string{
	FeatureQuotes: "quotes", FeatureSignatures: "signatures", FeatureROI: "cost over 20 years", FeatureLeadForm: "a lead form on your website",
	FeatureLocationPricing: "prices by location", FeatureApprovals: "approvals", FeatureCrews: "crews", FeatureAPIKeys: "API keys", FeatureWebhooks: "webhooks",
	FeatureOIDC: "single sign-on", FeatureEditableRoles: "roles of your own", FeatureLogExport: "export of the audit log", FeatureDedicatedPlacement: "a database of your own",
}

// Name is the feature as people read it within a sentence.
func (f Feature) Name() string { return cmp.Or(featureNames[f], string(f)) }

// Unlimited is the limit that is never reached.
const Unlimited int64 = -1

// Plan is one version of one plan of the catalogue.
type Plan struct {
	Key           Key
	Version       int
	Name          string
	MonthlyCents  money.Cents // 0 for enterprise: agreed with each company
	IncludedUsers int64       // further users cost ExtraUserCents each
	ExtraUser     money.Cents
	Limits        map[Metric]int64
	Features      []Feature
}

// CurrentVersion is the version of the catalogue that new companies get.
const CurrentVersion = 1

const gigabyte int64 = 1_000_000_000

var starterFeatures = []Feature{FeatureQuotes, FeatureSignatures, FeatureROI, FeatureLeadForm}
var growthFeatures = append(slices.Clone(starterFeatures),
	FeatureLocationPricing, FeatureApprovals, FeatureCrews, FeatureAPIKeys, FeatureWebhooks)
var enterpriseFeatures = append(slices.Clone(growthFeatures),
	FeatureOIDC, FeatureEditableRoles, FeatureLogExport, FeatureDedicatedPlacement)

// catalogue lists every version that a company may be on, oldest first.
var catalogue = []Plan{
	{Key: Starter, Version: 1, Name: "Starter", MonthlyCents: 4_900, IncludedUsers: 1,
		Limits: map[Metric]int64{Users: 1, Jobs: 50, Quotes: Unlimited, Storage: gigabyte, APICalls: 10_000,
			CallsPerSecond: 5, CallsPerMinute: 120, PagesPerSecond: 50, PagesPerMinute: 1_500},
		Features: starterFeatures},
	{Key: Growth, Version: 1, Name: "Growth", MonthlyCents: 14_900, IncludedUsers: 5, ExtraUser: 1_900,
		Limits: map[Metric]int64{Users: 10, Jobs: 500, Quotes: Unlimited, Storage: 25 * gigabyte, APICalls: 250_000,
			CallsPerSecond: 20, CallsPerMinute: 600, PagesPerSecond: 100, PagesPerMinute: 3_000},
		Features: growthFeatures},
	{Key: Enterprise, Version: 1, Name: "Enterprise",
		Limits: map[Metric]int64{Users: Unlimited, Jobs: Unlimited, Quotes: Unlimited, Storage: 1000 * gigabyte, APICalls: 5_000_000,
			CallsPerSecond: 100, CallsPerMinute: 3_000, PagesPerSecond: 400, PagesPerMinute: 12_000},
		Features: enterpriseFeatures},
}

// Lookup finds a version of a plan. A trial has the limits and features of growth.
func Lookup(key Key, version int) (Plan, error) {
	if key == Trial {
		key = Growth
	}
	for _, p := range catalogue {
		if p.Key == key && p.Version == version {
			return p, nil
		}
	}
	return Plan{}, fmt.Errorf("no plan %q version %d in the catalogue", key, version)
}

// LeastWith names the cheapest plan of the current catalogue that has the feature.
func LeastWith(f Feature) Plan {
	for _, p := range catalogue {
		if p.Version == CurrentVersion && slices.Contains(p.Features, f) {
			return p
		}
	}
	return Plan{}
}

// Offered are the plans of the current catalogue, the smallest first.
func Offered() (all []Plan) {
	for _, p := range catalogue {
		if p.Version == CurrentVersion {
			all = append(all, p)
		}
	}
	return all
}

// Above tells that p has more than other: the catalogue lists the smaller first.
func (p Plan) Above(other Plan) bool {
	return slices.Index(order, p.Key) > slices.Index(order, other.Key)
}

// order is that of the plans that can be bought.
var order = []Key{Starter, Growth, Enterprise}

// Extra is how many of so many people are beyond those that the plan includes. Where it has no price for them, none.
func (p Plan) Extra(people int64) int64 {
	if p.ExtraUser == 0 {
		return 0
	}
	return max(people-p.IncludedUsers, 0)
}

// Priced are the versions of plans that everybody can buy, oldest first; enterprise has a price for each company.
func Priced() (all []Plan) {
	for _, p := range catalogue {
		if p.MonthlyCents > 0 {
			all = append(all, p)
		}
	}
	return all
}
