package console

import (
	"context"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Question is what somebody cannot do, with what they say about it.
type Question struct {
	Thing   Thing
	Feature plan.Feature // of UseFeature
	Address string       // that stands in their browser; may be empty
	Email   string       // that they log in with; may be empty
}

func (q Question) validate() error {
	var p fault.Problems
	if _, known := checks[q.Thing]; !known {
		p.Add("/thing", "Choose what they cannot do.")
	}
	if q.Thing == UseFeature && !slices.Contains(plan.Features, q.Feature) {
		p.Add("/feature", "Choose the feature.")
	}
	return p.Err()
}

// Why gathers the facts of a company and names the causes.
func (s *Service) Why(ctx context.Context, c Company, q Question) ([]Answer, error) {
	if err := q.validate(); err != nil {
		return nil, err
	}
	f := Facts{Company: c, Now: c.Now, Entitlements: c.Entitlements(), Zone: c.Zone(), Feature: q.Feature}
	if err := s.standingOf(ctx, &f, q.Address); err != nil {
		return nil, err
	}
	if email := strings.ToLower(strings.TrimSpace(q.Email)); email != "" {
		found, err := pg.SystemRows[struct{ Host string }](ctx, s.System, `SELECT f.host FROM platform.find_companies($1) f WHERE f.host = $2`, email, c.Host)
		if err != nil {
			return nil, err
		}
		f.PersonAsked, f.PersonKnown = true, len(found) > 0
	}
	return Why(q.Thing, f), nil
}

// standingOf finds whose the address is that they use.
func (s *Service) standingOf(ctx context.Context, f *Facts, typed string) error {
	if f.Address = s.label(strings.ToLower(strings.TrimSpace(typed))); f.Address == "" {
		return nil
	}
	found, err := pg.SystemOne[struct {
		OrgID id.ID
		Host
	}](ctx, s.System, `SELECT h.org_id, h.host, h.kind, h.until FROM platform.hosts h WHERE h.host = $1`, f.Address)
	switch {
	case fault.Is(err, fault.NotFound):
		f.AddressIs = NobodysAddress
		return nil
	case err != nil:
		return err
	case found.OrgID != f.ID:
		f.AddressIs = OthersAddress
	case found.Kind == "primary":
		f.AddressIs = TheirAddress
	default:
		f.AddressIs = FormerAddress
		if found.Kind == "forward" && found.Until != nil && found.Until.After(f.Now) {
			f.AddressUntil = *found.Until
		}
	}
	return nil
}
