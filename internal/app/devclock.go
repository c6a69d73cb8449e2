package app

import (
	"context"
	"strings"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/ui/devclock"
	"fenceplatform.com/fence/internal/ui/shell"
)

// devClock is the page that moves the clock, where payments are simulated.
func (a *App) devClock(pages *shell.Pages) []shell.Route {
	if a.payments == nil || a.payments.simulator == nil {
		return nil
	}
	s := a.payments.simulator
	return (&devclock.Handlers{Pages: pages, Now: a.clock.now, Due: s.sim.NextDue, Companies: a.clockCompanies, Move: s.move}).Routes()
}

// clockCompanies are the newest companies with what time alone will change for each.
func (a *App) clockCompanies(ctx context.Context) (all []devclock.Company, err error) {
	type row struct{ OrgID id.ID }
	rows, err := pg.SystemRows[row](ctx, a.system, `SELECT org_id FROM platform.organizations ORDER BY created_at DESC, org_id LIMIT 20`)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		actor, err := tenancy.InTask(ctx, a.db, r.OrgID)
		if err != nil {
			return nil, err
		}
		o, e := actor.Org, actor.Entitlements(a.clock.now())
		all = append(all, devclock.Company{
			Name: o.Name, Host: a.Site.Of(o.Slug, "/"), State: strings.ReplaceAll(string(e.State), "_", " "), NextAt: e.NextChangeAt, Zone: o.Zone(),
		})
	}
	return all, nil
}
