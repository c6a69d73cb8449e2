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

func (s organization) usage(ctx context.Context, a tenancy.Actor, _ *nothing) (*answer[listOf[standing]], error) {
	var used map[plan.Metric]int64
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) { usage.QueueStandings(r, a.Tenant(), &used) })
	if err != nil {
		return nil, err
	}
	return &answer[listOf[standing]]{listed(usage.Standings(a, used, now), func(u usage.Standing) standing {
		return standing{Metric: string(u.Metric), Used: u.Used, Limit: bounded(u.Limit), ResetsAt: inUTC(u.ResetsAt)}
	})}, nil
}
