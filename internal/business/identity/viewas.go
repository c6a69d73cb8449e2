package identity

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// viewLife is how long an owner looks through another role's rights before it ends by itself.
const viewLife = time.Hour

// viewFacts are what the log says about a view.
type viewFacts struct {
	Role Role `json:"role"`
}

// viewing leaves the actor what the role has of the actor's own rights: a view never widens them.
func viewing(a tenancy.Actor, as *Role) tenancy.Actor {
	if as == nil {
		return a
	}
	a.ViewsAs, a.Role = string(*as), string(*as)
	return a.Within(as.Permissions()).Reaching(as.Narrowed())
}

// ViewAs has the owner's session see the product as a role does, and change nothing, until EndViewAs.
func (s *Service) ViewAs(ctx context.Context, a tenancy.Actor, role Role) error {
	if !role.Known() || role == Owner {
		return fault.InvalidField("/role", "Choose admin, office, estimator, crew or accountant.")
	}
	if err := a.Require(tenancy.ViewAs); err != nil {
		return err
	}
	if a.Kind != tenancy.Person {
		return fault.New(fault.Forbidden, "forbidden", "Only a person who is logged in can view as another role.")
	}
	defer s.recent.forgetOrg(a.Tenant())
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		_, err := tx.Exec(`INSERT INTO app.role_views (org_id, session_id, role, started_at, ends_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (org_id, session_id) DO UPDATE SET role = excluded.role, started_at = excluded.started_at, ends_at = excluded.ends_at`,
			tx.Tenant().Org(), a.SessionID, role, tx.Now(), tx.Now().Add(viewLife))
		if err != nil {
			return err
		}
		return audit.Record(tx, a, audit.Deed{Action: "view_as.started", RecordType: "person", RecordID: a.ID, After: viewFacts{role}})
	})
}

// EndViewAs gives the session its own rights back. Without a view there is nothing to do.
func (s *Service) EndViewAs(ctx context.Context, a tenancy.Actor) error {
	if err := a.Require(tenancy.OwnAccount); err != nil {
		return err
	}
	defer s.recent.forgetOrg(a.Tenant())
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		tag, err := tx.Exec(`DELETE FROM app.role_views WHERE org_id = $1 AND session_id = $2`, tx.Tenant().Org(), a.SessionID)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return audit.Record(tx, a, audit.Deed{Action: "view_as.ended", RecordType: "person", RecordID: a.ID, Before: viewFacts{Role(a.ViewsAs)}})
	})
}
