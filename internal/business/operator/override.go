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
	By      Doer
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
	if in.By.ID != id.Nil && in.Until == nil && (in.Kind == tenancy.OverrideLimit || in.Kind == tenancy.OverrideFeature) {
		p.Add("/until", "Choose the day on which it ends.")
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
	facts, err := Facts(overrideFacts{in.Kind, in.Subject, limit, in.Until})
	if err != nil {
		return Overridden{}, err
	}
	o, err := pg.SystemOne[Overridden](ctx, s.System, `
WITH logged AS (
	INSERT INTO platform.operator_log (id, org_id, operator_id, by_name, action, reason, facts, at) VALUES ($9, $1, $10, $8, 'override.granted', $6, $11, platform.now())),
replaced AS (
	UPDATE platform.plan_overrides SET ended_at = platform.now(), ended_by = $8
	WHERE org_id = $1 AND kind = $3 AND subject = $4 AND ended_at IS NULL RETURNING 1)
INSERT INTO platform.plan_overrides AS v (org_id, id, kind, subject, limited_to, reason, until, granted_by, granted_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, platform.now() FROM (SELECT count(*) FROM replaced) AS first -- it comes first
RETURNING `+overrideColumns,
		org, id.New(), in.Kind, in.Subject, limit, in.Reason, in.Until, in.By.Name, in.By.ActID(), in.By.OperatorID(), facts)
	switch {
	case Repeated(err):
		return s.standing(ctx, org, in.Kind, in.Subject)
	case pg.Violates(err, "plan_overrides_ends_later"):
		return Overridden{}, fault.InvalidField("/until", "is over already")
	case pg.Violates(err, "plan_overrides_one_of_a_kind"):
		return Overridden{}, fault.New(fault.Conflict, "granted-meanwhile", "Somebody else granted this a moment ago.")
	case err != nil:
		return Overridden{}, err
	}
	s.Log.Info("plan overridden", "org", org, "kind", in.Kind, "subject", in.Subject, "by", in.By.logged())
	return o, nil
}

// standing is the override of a kind that stands now.
func (s *Service) standing(ctx context.Context, org id.ID, kind tenancy.OverrideKind, subject string) (Overridden, error) {
	return pg.SystemOne[Overridden](ctx, s.System, `SELECT `+overrideColumns+` FROM platform.plan_overrides v
		WHERE v.org_id = $1 AND v.kind = $2 AND v.subject = $3 AND v.ended_at IS NULL`, org, kind, subject)
}

// EndInput names an override that is to end, and says why.
type EndInput struct {
	Company string
	ID      id.ID
	Reason  string // may be empty on the command line
	By      Doer
}

// EndOverride ends one of a company's overrides. What ended stays written down; what has ended already is left alone.
func (s *Service) EndOverride(ctx context.Context, in EndInput) (Overridden, error) {
	in.Reason = strings.TrimSpace(in.Reason)
	if n := len([]rune(in.Reason)); in.By.ID != id.Nil && n < 3 || n > 200 {
		return Overridden{}, fault.InvalidField("/reason", "Say why in 3 to 200 characters. The company reads it.")
	}
	org, err := s.company(ctx, in.Company)
	if err != nil {
		return Overridden{}, err
	}
	o, err := pg.SystemOne[Overridden](ctx, s.System, `
WITH ended AS (
	UPDATE platform.plan_overrides v SET ended_at = platform.now(), ended_by = $3 WHERE v.org_id = $1 AND v.id = $2 AND v.ended_at IS NULL RETURNING v.*),
logged AS (
	INSERT INTO platform.operator_log (id, org_id, operator_id, by_name, action, reason, facts, at)
	SELECT $5, e.org_id, $6, $3, 'override.ended', $4, jsonb_build_object('kind', e.kind, 'subject', e.subject), platform.now() FROM ended e)
SELECT `+overrideColumns+` FROM (SELECT * FROM ended UNION ALL SELECT * FROM platform.plan_overrides p WHERE p.org_id = $1 AND p.id = $2 AND p.ended_at IS NOT NULL) AS v LIMIT 1`,
		org, in.ID, in.By.Name, in.Reason, in.By.ActID(), in.By.OperatorID())
	if err == nil {
		s.Log.Info("plan override ended", "org", org, "kind", o.Kind, "subject", o.Subject, "by", in.By.logged())
	}
	return o, err
}

// overrideFacts are what the log keeps of an override.
type overrideFacts struct {
	Kind    tenancy.OverrideKind `json:"kind"`
	Subject string               `json:"subject,omitempty"`
	Limit   *int64               `json:"limit,omitempty"`
	Until   *time.Time           `json:"until,omitempty"`
}

// Overrides lists a company's, the newest first.
func (s *Service) Overrides(ctx context.Context, company string) ([]Overridden, error) {
	org, err := s.company(ctx, company)
	if err != nil {
		return nil, err
	}
	return s.OverridesOf(ctx, org)
}

// OverridesOf lists those of the company with the number.
func (s *Service) OverridesOf(ctx context.Context, org id.ID) ([]Overridden, error) {
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
