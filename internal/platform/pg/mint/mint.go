// Package mint makes the Tenant values that pg trusts.
//
// Only tenancy (which resolves requests and tasks to organizations) and the test kit may import it; the
// dependency test says so. Whoever can mint can read any organization.
package mint

import (
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/internal/tenant"
)

// Tenant vouches that the caller resolved org from something it verified.
func Tenant(org id.ID) pg.Tenant { return tenant.New(org) }
