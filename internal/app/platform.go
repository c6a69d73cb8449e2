package app

import (
	"context"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/operators"
)

// Platform is the platform itself acting for a company, for an operator's command that names it.
func (a *App) Platform(ctx context.Context, slug, command string) (tenancy.Actor, error) {
	place, err := tenancy.NewHosts(a.db, a.Site.Base()).Find(ctx, slug)
	if fault.Is(err, fault.NotFound) {
		return tenancy.Actor{}, fault.New(fault.NotFound, "no-such-company", "There is no company at %s. `fence org list` lists them.", a.Site.Host(slug))
	}
	if err != nil {
		return tenancy.Actor{}, err
	}
	actor, err := tenancy.InTask(ctx, a.db, place.Tenant.Org())
	return actor.WithRequest(tenancy.Request{ID: command}), err
}

// OperatorSetUp is the address at which a new operator sets up their account.
func (a *App) OperatorSetUp(code string) string { return a.Site.Apex(operators.SetUpPath(code)) }
