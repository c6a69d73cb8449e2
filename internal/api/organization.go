package api

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

type organization struct{ Services }

func (s organization) register(a *API) {
	register(a, route{pattern: "GET /v1/organization", name: "get-organization", summary: "Get the company, its plan, limits and features."},
		needs(tenancy.CompanyRead), s.get)
	register(a, route{pattern: "GET /v1/usage", name: "get-usage", summary: "Get what the company uses of its limits."},
		needs(tenancy.UsageRead), s.usage)
	register(a, route{pattern: "GET /v1/usage/explain", name: "explain-usage", summary: "Get where limits and features come from, and what was counted this month."},
		needs(tenancy.UsageRead), s.explain)
	register(a, route{pattern: "GET /v1/billing", name: "get-billing", summary: "Get where the company stands with its plan: state, next change, period, seats, invoices."},
		needs(tenancy.UsageRead), s.billing)
}

type organizationDocument struct {
	ID            id.ID      `json:"id"`
	Slug          string     `json:"slug" doc:"The first part of the company's address."`
	Name          string     `json:"name"`
	Phone         string     `json:"phone"`
	Email         string     `json:"email"`
	Street        string     `json:"street"`
	City          string     `json:"city"`
	State         string     `json:"state"`
	ZIP           string     `json:"zip"`
	TimeZone      string     `json:"time_zone"`
	LicenseNumber string     `json:"license_number"`
	BrandColor    string     `json:"brand_color"`
	CreatedAt     time.Time  `json:"created_at"`
	Version       int        `json:"version"`
	Plan          planFacts  `json:"plan"`
	Limits        planLimits `json:"limits"`
	Features      features   `json:"features"`
}

type planFacts struct {
	Key         string     `json:"key" enum:"trial,starter,growth,enterprise"`
	Name        string     `json:"name" doc:"The plan whose limits hold; a trial has those of Growth."`
	State       string     `json:"state" enum:"active,trialing,past_due,restricted,canceled,dormant"`
	ReadOnly    bool       `json:"read_only" doc:"Everything opens and nothing changes."`
	TrialEndsAt *time.Time `json:"trial_ends_at"`
	Since       *time.Time `json:"since" doc:"When the state began; null: as far as anybody knows, always."`
}

type planLimits struct {
	Users        *int64 `json:"users" doc:"null: no end."`
	MonthlyJobs  *int64 `json:"monthly_jobs"`
	StorageBytes *int64 `json:"storage_bytes"`
	APICalls     *int64 `json:"api_calls" doc:"A month."`

	CallsPerSecond *int64 `json:"api_calls_per_second" doc:"At once, and as many more each second."`
	CallsPerMinute *int64 `json:"api_calls_per_minute" doc:"At once, and as many more each minute."`
}

type features struct {
	Quotes             bool `json:"quotes"`
	ESign              bool `json:"e_sign"`
	ROI                bool `json:"roi"`
	LeadForm           bool `json:"lead_form"`
	LocationPricing    bool `json:"location_pricing"`
	Approvals          bool `json:"approvals"`
	Crews              bool `json:"crews"`
	APIKeys            bool `json:"api_keys"`
	Webhooks           bool `json:"webhooks"`
	OIDC               bool `json:"oidc"`
	EditableRoles      bool `json:"editable_roles"`
	LogExport          bool `json:"log_export"`
	DedicatedPlacement bool `json:"dedicated_placement"`
}

func newFeatures(e plan.Entitlements) features {
	return features{
		Quotes: e.Has(plan.FeatureQuotes), ESign: e.Has(plan.FeatureSignatures), ROI: e.Has(plan.FeatureROI), LeadForm: e.Has(plan.FeatureLeadForm),
		LocationPricing: e.Has(plan.FeatureLocationPricing), Approvals: e.Has(plan.FeatureApprovals), Crews: e.Has(plan.FeatureCrews),
		APIKeys: e.Has(plan.FeatureAPIKeys), Webhooks: e.Has(plan.FeatureWebhooks), OIDC: e.Has(plan.FeatureOIDC),
		EditableRoles: e.Has(plan.FeatureEditableRoles), LogExport: e.Has(plan.FeatureLogExport), DedicatedPlacement: e.Has(plan.FeatureDedicatedPlacement),
	}
}

func (s organization) get(ctx context.Context, a tenancy.Actor, _ *nothing) (*recordAnswer[organizationDocument], error) {
	o, e := a.Org, a.Entitlements(caller.In(ctx).Now)
	out := organizationDocument{
		ID: o.ID, Slug: o.Slug, Name: o.Name, Phone: o.Phone, Email: o.Email, Street: o.Street, City: o.City, State: o.State, ZIP: o.ZIP,
		TimeZone: o.TimeZone, LicenseNumber: o.LicenseNumber, BrandColor: o.BrandColor, CreatedAt: o.CreatedAt.UTC(), Version: o.Version,
		Plan: planFacts{Key: string(o.Plan), Name: e.Plan.Name, State: string(e.State), ReadOnly: e.ReadOnly(), TrialEndsAt: inUTC(o.TrialEndsAt)},
		Limits: planLimits{
			Users: bounded(e.Limit(plan.Users)), MonthlyJobs: bounded(e.Limit(plan.Jobs)),
			StorageBytes: bounded(e.Limit(plan.Storage)), APICalls: bounded(e.Limit(plan.APICalls)),
			CallsPerSecond: bounded(e.Limit(plan.CallsPerSecond)), CallsPerMinute: bounded(e.Limit(plan.CallsPerMinute)),
		},
		Features: newFeatures(e),
	}
	if !e.Since.IsZero() {
		out.Plan.Since = inUTC(&e.Since)
	}
	return &recordAnswer[organizationDocument]{ETag: etag(o.Version), Body: out}, nil
}

// bounded is null for a limit that is never reached.
func bounded(limit int64) *int64 {
	if limit == plan.Unlimited {
		return nil
	}
	return &limit
}

type standing struct {
	Metric   string     `json:"metric" enum:"users,jobs,quotes,storage_bytes,api_calls"`
	Used     int64      `json:"used"`
	Limit    *int64     `json:"limit" doc:"null: no end."`
	ResetsAt *time.Time `json:"resets_at" doc:"null for what is held rather than spent."`
}

type explainUsage struct {
	Metric string `query:"metric" enum:"users,jobs,quotes,storage_bytes,api_calls" doc:"Only of this metric."`
	After  string `query:"after" maxLength:"36" doc:"The cursor of the page before."`
}

type usageExplanation struct {
	PeriodStart   time.Time      `json:"period_start"`
	PeriodEnd     time.Time      `json:"period_end"`
	Standings     []standing     `json:"standings"`
	Contributions []contribution `json:"contributions" doc:"In the order in which they are laid over each other."`
	Counted       []countedThing `json:"counted" doc:"The newest first, 50 a page. API calls are not counted one by one."`
	Next          string         `json:"next" doc:"The cursor of the next page; empty on the last."`
}

type contribution struct {
	Source  string     `json:"source" enum:"plan,trial,comp,add_on,override"`
	Metric  *string    `json:"metric" doc:"What it is about, or"`
	Feature *string    `json:"feature" doc:"a feature."`
	Name    string     `json:"name" doc:"The plan's or add-on's; empty for an override."`
	Value   *int64     `json:"value" doc:"Of a metric: the limit, or what an add-on adds to it; null: no end."`
	Reason  string     `json:"reason"`
	Until   *time.Time `json:"until" doc:"null: as long as the plan."`
}

type countedThing struct {
	ID         id.ID     `json:"id"`
	Metric     string    `json:"metric"`
	Quantity   int64     `json:"quantity" doc:"Negative for what is given back."`
	RecordType string    `json:"record_type"`
	RecordID   id.ID     `json:"record_id"`
	At         time.Time `json:"at"`
	Kind       string    `json:"kind" enum:"use,void,carried,correction"`
	Reason     string    `json:"reason" doc:"Of a correction."`
}

func (s organization) explain(ctx context.Context, a tenancy.Actor, in *explainUsage) (*answer[usageExplanation], error) {
	x, err := usage.Explain(ctx, s.DB, a, usage.ExplainFilter{Metric: plan.Metric(in.Metric), After: in.After}, caller.In(ctx).Now)
	if err != nil {
		return nil, err
	}
	out := usageExplanation{PeriodStart: x.Period.Start.UTC(), PeriodEnd: x.Period.End.UTC(), Next: x.Next,
		Standings: []standing{}, Contributions: []contribution{}, Counted: []countedThing{}}
	for _, u := range x.Standings {
		out.Standings = append(out.Standings, newStanding(u))
	}
	for _, c := range x.Contributions {
		out.Contributions = append(out.Contributions, newContribution(c))
	}
	for _, e := range x.Events {
		out.Counted = append(out.Counted, countedThing{ID: e.ID, Metric: string(e.Metric), Quantity: e.Quantity, RecordType: e.RecordType,
			RecordID: e.RecordID, At: e.At.UTC(), Kind: e.Kind, Reason: e.Reason})
	}
	return &answer[usageExplanation]{Body: out}, nil
}

func newContribution(c plan.Contribution) contribution {
	out := contribution{Source: string(c.Source), Name: c.Name, Reason: c.Reason}
	if !c.Until.IsZero() {
		out.Until = inUTC(&c.Until)
	}
	if c.Feature != "" {
		out.Feature = new(string(c.Feature))
		return out
	}
	out.Metric, out.Value = new(string(c.Metric)), bounded(c.Value)
	return out
}

func newStanding(u usage.Standing) standing {
	return standing{Metric: string(u.Metric), Used: u.Used, Limit: bounded(u.Limit), ResetsAt: inUTC(u.ResetsAt)}
}

func (s organization) usage(ctx context.Context, a tenancy.Actor, _ *nothing) (*answer[listOf[standing]], error) {
	var used map[plan.Metric]int64
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) { usage.QueueStandings(r, a.Tenant(), &used) })
	if err != nil {
		return nil, err
	}
	return &answer[listOf[standing]]{listed(usage.Standings(a, used, now), newStanding)}, nil
}
