package operator

import (
	"context"
	"slices"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// OverrideInput is what a company is granted beyond its plan, or stopped by, and why.
type OverrideInput struct {
	Company string // its part of the address: "acme"
	Kind    tenancy.OverrideKind
	Subject string // the metric of a limit, or the feature
	Limit   int64  // of a limit; plan.Unlimited: no end
	Reason  string // the company reads it
	Until   *time.Time
	By      string // who grants it
}

func (in *OverrideInput) clean() error {
	var p fault.Problems
	in.Reason = strings.TrimSpace(in.Reason)
	if n := len([]rune(in.Reason)); n < 3 || n > 200 {
		p.Add("/reason", "Say why in 3 to 200 characters. The company reads it.")
	}
	switch in.Kind {
	case tenancy.OverrideLimit:
		if !slices.Contains(plan.Metrics, plan.Metric(in.Subject)) && !slices.Contains(plan.Rates, plan.Metric(in.Subject)) {
			p.Add("/subject", "is not a metric that plans limit")
		}
		if in.Limit < plan.Unlimited {
			p.Add("/limit", "is a number, or %d for no end", plan.Unlimited)
		}
	case tenancy.OverrideFeature:
		if !slices.Contains(plan.Features, plan.Feature(in.Subject)) {
			p.Add("/subject", "is not a feature of a plan")
		}
	case tenancy.OverrideComp:
		if in.Until == nil {
			p.Add("/until", "is needed: free use ends")
		}
	case tenancy.OverrideHold:
		if in.Until != nil {
			p.Add("/until", "does not go with a stop, which somebody ends")
		}
	default:
		p.Add("/kind", "is limit, feature, comp or hold")
	}
	return p.Err()
}

// Overridden is an override as it was written down.
type Overridden struct {
	ID        id.ID
	Kind      tenancy.OverrideKind
	Subject   string
	LimitedTo *int64
	Reason    string
	Until     *time.Time
	GrantedBy string
	GrantedAt time.Time
	EndedAt   *time.Time
}

const overrideColumns = `v.id, v.kind, v.subject, v.limited_to, v.reason, v.until, v.granted_by, v.granted_at, v.ended_at`

// Override grants it, instead of another of the same kind and subject.
func (s *Service) Override(ctx context.Context, in OverrideInput) (Overridden, error) {
	if err := in.clean(); err != nil {
		return Overridden{}, err
	}
	org, err := s.company(ctx, in.Company)
	if err != nil {
		return Overridden{}, err
	}
	var limit *int64
	if in.Kind == tenancy.OverrideLimit {
		limit = &in.Limit
	}
	o, err := pg.SystemOne[Overridden](ctx, s.System, `
WITH replaced AS (
	UPDATE platform.plan_overrides SET ended_at = platform.now(), ended_by = $8
	WHERE org_id = $1 AND kind = $3 AND subject = $4 AND ended_at IS NULL RETURNING 1)
INSERT INTO platform.plan_overrides AS v (org_id, id, kind, subject, limited_to, reason, until, granted_by, granted_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, platform.now() FROM (SELECT count(*) FROM replaced) AS first -- it comes first
RETURNING `+overrideColumns,
		org, id.New(), in.Kind, in.Subject, limit, in.Reason, in.Until, in.By)
	switch {
	case pg.Violates(err, "plan_overrides_ends_later"):
		return Overridden{}, fault.InvalidField("/until", "is over already")
	case pg.Violates(err, "plan_overrides_one_of_a_kind"):
		return Overridden{}, fault.New(fault.Conflict, "granted-meanwhile", "Somebody else granted this a moment ago.")
	case err != nil:
		return Overridden{}, err
	}
	s.Log.Info("plan overridden", "org", org, "kind", in.Kind, "subject", in.Subject, "by", in.By)
	return o, nil
}

// EndOverride ends one of a company's overrides. What ended stays written down.
func (s *Service) EndOverride(ctx context.Context, company string, override id.ID, by string) (Overridden, error) {
	org, err := s.company(ctx, company)
	if err != nil {
		return Overridden{}, err
	}
	o, err := pg.SystemOne[Overridden](ctx, s.System, `UPDATE platform.plan_overrides v SET ended_at = coalesce(v.ended_at, platform.now()), ended_by = coalesce(v.ended_by, $3)
		WHERE v.org_id = $1 AND v.id = $2 RETURNING `+overrideColumns, org, override, by)
	if err == nil {
		s.Log.Info("plan override ended", "org", org, "kind", o.Kind, "subject", o.Subject, "by", by)
	}
	return o, err
}

// Overrides lists a company's, the newest first.
func (s *Service) Overrides(ctx context.Context, company string) ([]Overridden, error) {
	org, err := s.company(ctx, company)
	if err != nil {
		return nil, err
	}
	return pg.SystemRows[Overridden](ctx, s.System, `SELECT `+overrideColumns+` FROM platform.plan_overrides v
		WHERE v.org_id = $1 ORDER BY v.granted_at DESC, v.id DESC LIMIT 200`, org)
}

// company finds whose address it is.
func (s *Service) company(ctx context.Context, host string) (id.ID, error) {
	type owner struct{ OrgID id.ID }
	o, err := pg.SystemOne[owner](ctx, s.System, `SELECT org_id FROM platform.hosts WHERE host = $1 AND kind = 'primary'`, strings.ToLower(strings.TrimSpace(host)))
	if fault.Is(err, fault.NotFound) {
		return id.Nil, fault.InvalidField("/company", "is no company's address")
	}
	return o.OrgID, err
}
