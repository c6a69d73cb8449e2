package app

import (
	"context"
	"fmt"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
)

// Company is the platform acting for the company of a name, in a command.
func (a *App) Company(ctx context.Context, name string) (tenancy.Actor, error) {
	place, err := tenancy.NewHosts(a.db, a.Site.Base()).Find(ctx, name)
	if fault.Is(err, fault.NotFound) {
		return tenancy.Actor{}, fmt.Errorf("no company is called %q", name)
	}
	if err != nil {
		return tenancy.Actor{}, err
	}
	return tenancy.InTask(ctx, a.db, place.Tenant.Org())
}
