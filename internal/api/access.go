package api

import (
	"net/http"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
)

// access says who may call an operation. It has no useful zero value: every registration names one.
type access struct {
	needs tenancy.Permission
	open  string // instead of needs: why everybody may
}

// needs asks for a permission.
func needs(p tenancy.Permission) access { return access{needs: p} }

// open lets everybody in who found the company, for a reason.
func open(reason string) access { return access{open: reason} }

func (x access) named() bool { return (x.needs == "") != (x.open == "") }

// admit tells why the caller may not call the operation.
func (x access) admit(c *caller.Caller) error {
	if x.open != "" {
		return nil
	}
	if !c.SignedIn {
		return fault.New(fault.Unauthenticated, "unauthenticated", "Send the token of a log-in, or an API key, as bearer token.")
	}
	return c.Actor.Require(x.needs)
}

// admitState tells why the company's plan closes the operation: its state, or a feature that it does not have.
func (o *operation) admitState(c *caller.Caller) error {
	switch {
	case o.access.open == heldBySecret:
		return c.Actor.RequireLinks(c.Now)
	case o.access.open != "":
		return nil
	}
	if err := c.Actor.RequireOpen(c.Now); err != nil {
		return err
	}
	if err := c.Actor.RequireKeys(o.Method == http.MethodGet, c.Now); err != nil {
		return err
	}
	return c.RequireFeature(o.Method + " " + o.Path)
}

// Access is who may call an operation, for the table of roles and routes.
type Access struct {
	Pattern string
	Needs   tenancy.Permission
	Open    string // instead of Needs: why everybody may
}

// Accesses lists every operation in the order of /docs.
func (a *API) Accesses() []Access {
	var all []Access
	for _, o := range a.operations {
		all = append(all, Access{o.Method + " " + o.Path, o.access.needs, o.access.open})
	}
	return all
}
