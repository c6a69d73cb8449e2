package identity

import (
	"context"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// SignInRules is what a company asks of its people when they log in.
type SignInRules struct {
	SecondFactor bool `json:"second_factor_required"`
	Without      int  `json:"-"` // people who have none yet
	Version      int  `json:"version"`
}

// Rules reads what the company asks for.
func (s *Service) Rules(ctx context.Context, a tenancy.Actor) (SignInRules, error) {
	if err := a.Require(tenancy.SettingsRead); err != nil {
		return SignInRules{}, err
	}
	var r SignInRules
	_, err := s.db.Read(ctx, a.Tenant(), func(rd *pg.Reading) {
		rd.Row([]any{&r.SecondFactor, &r.Version, &r.Without}, `SELECT o.second_factor_required, o.version, (SELECT count(*) FROM app.users u
			WHERE u.org_id = $1 AND u.deactivated_at IS NULL
			AND NOT EXISTS (SELECT FROM app.totp_secrets t WHERE t.org_id = $1 AND t.user_id = u.id AND t.confirmed_at IS NOT NULL)
			AND NOT EXISTS (SELECT FROM app.passkeys p WHERE p.org_id = $1 AND p.user_id = u.id))
			FROM app.organizations o WHERE o.org_id = $1`, a.Tenant().Org())
	})
	return r, err
}

// SetRules says what the company asks for from the next log-in on: people without a second factor are led to set
// one up before anything else.
func (s *Service) SetRules(ctx context.Context, a tenancy.Actor, in SignInRules) (SignInRules, error) {
	if err := a.Require(tenancy.SettingsWrite); err != nil {
		return SignInRules{}, err
	}
	defer s.recent.forgetOrg(a.Tenant())
	return tenancy.Once(ctx, s.db, a, "company.sign_in_rules", in, func(tx *pg.OrgTx) (SignInRules, error) {
		org, err := tenancy.LockOrganization(tx)
		if err != nil {
			return SignInRules{}, err
		}
		if org.Version != in.Version {
			return SignInRules{}, fault.Stale("company").With("current_version", org.Version)
		}
		before := SignInRules{Version: org.Version}
		after := SignInRules{SecondFactor: in.SecondFactor, Version: org.Version + 1}
		err = tx.QueryRow(`UPDATE app.organizations o SET second_factor_required = $2, version = $3 FROM app.organizations was
			WHERE o.org_id = $1 AND was.org_id = $1 RETURNING was.second_factor_required`, org.ID, after.SecondFactor, after.Version).Scan(&before.SecondFactor)
		if err != nil {
			return SignInRules{}, err
		}
		return after, audit.Record(tx, a, audit.Deed{Action: "company.sign_in_rules", RecordType: "organization", RecordID: org.ID, Before: before, After: after})
	})
}
