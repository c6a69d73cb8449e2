package app

import (
	"context"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/customers"
)

// work lists sketches, quotes and jobs of a customer, or of one property, newest first.
func (a *App) work(context.Context, tenancy.Actor, id.ID, id.ID) ([]customers.Work, error) {
	return nil, nil
}
