package identity

import (
	"context"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// MemberInput names the person that a change is about, as it was read.
type MemberInput struct {
	Person  id.ID `json:"person"`
	Version int   `json:"version"`
	Role    Role  `json:"role,omitempty"` // of ChangeRole
	// Successor is of Deactivate: who takes over what waits for the person. Where something does, it has to be said.
	Successor Successor `json:"successor,omitempty"`
}

// member runs a change of one person of the company. The organization's row is held, so that of two owners who remove
// each other one is the last and stays.
func member[Out any](ctx context.Context, s *Service, a tenancy.Actor, operation string, in MemberInput, change func(*pg.OrgTx, User) (Out, error)) (Out, error) {
	defer s.recent.forgetOrg(a.Tenant())
	return tenancy.Once(ctx, s.db, a, operation, in, func(tx *pg.OrgTx) (none Out, err error) {
		if _, err := tenancy.LockOrganization(tx); err != nil {
			return none, err
		}
		u, err := lockUser(tx, in.Person, in.Version)
		if err != nil {
			return none, err
		}
		if u.Role == Owner && Role(a.Role) != Owner {
			return none, fault.New(fault.Forbidden, "forbidden", "Only an owner can change an owner.").With("permission", string(tenancy.PeopleWrite))
		}
		return change(tx, u)
	})
}

// keepAnOwner refuses what would leave the company without an owner.
func keepAnOwner(tx *pg.OrgTx, u User, deed string) error {
	if u.Role != Owner || u.DeactivatedAt != nil {
		return nil
	}
	var others int
	err := tx.QueryRow(`SELECT count(*) FROM app.users WHERE org_id = $1 AND role = 'owner' AND deactivated_at IS NULL AND id <> $2`, tx.Tenant().Org(), u.ID).Scan(&others)
	if err == nil && others == 0 {
		err = fault.New(fault.Conflict, "last-owner", "%s is the only owner and cannot %s: nobody could choose a plan or appoint people. Make somebody else an owner first.", u.Name, deed)
	}
	return err
}

// ChangeRole gives a person another role. Their devices are signed out: rights are those of the log-in.
func (s *Service) ChangeRole(ctx context.Context, a tenancy.Actor, in MemberInput) (User, error) {
	if !in.Role.Known() {
		return User{}, fault.InvalidField("/role", "Choose owner, admin, office, estimator, crew or accountant.")
	}
	if err := a.Require(tenancy.PeopleWrite); err != nil {
		return User{}, err
	}
	if in.Role == Owner && Role(a.Role) != Owner {
		return User{}, fault.New(fault.Forbidden, "forbidden", "Only an owner can make somebody an owner.").With("permission", string(tenancy.PeopleWrite))
	}
	return member(ctx, s, a, "people.change_role", in, func(tx *pg.OrgTx, u User) (User, error) {
		if u.Role == in.Role {
			return u, nil
		}
		if in.Role != Owner {
			if err := keepAnOwner(tx, u, "become something else"); err != nil {
				return User{}, err
			}
		}
		after := u
		after.Role, after.Version = in.Role, u.Version+1
		tx.AtCommit(pg.Plain, `UPDATE app.users SET role = $3, version = $4 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), u.ID, after.Role, after.Version)
		changed(tx, u.ID, id.Nil)
		return after, audit.Record(tx, a, audit.Deed{Action: "person.role_changed", RecordType: "person", RecordID: u.ID, Before: u, After: after})
	})
}

// Deactivated is somebody who no longer works here, and what became of what waited for them.
type Deactivated struct {
	User
	HandedOver HandedOver `json:"handed_over,omitzero"` // zero: nothing waited
}

// Deactivate takes a person's way in, gives the seat back, and what waits for the person to whom the input says. What
// they made stays, under their name.
func (s *Service) Deactivate(ctx context.Context, a tenancy.Actor, in MemberInput) (Deactivated, error) {
	if err := a.Require(tenancy.PeopleWrite); err != nil {
		return Deactivated{}, err
	}
	if in.Person == a.UserID {
		return Deactivated{}, fault.New(fault.Conflict, "oneself", "You cannot deactivate yourself here. Leave the company on the page of your account.")
	}
	return member(ctx, s, a, "people.deactivate", in, func(tx *pg.OrgTx, u User) (Deactivated, error) {
		return s.deactivate(tx, a, u, in.Successor, "person.deactivated", "be deactivated")
	})
}

// Leave is how a person takes their own leave. What waits for them is nobody's then: who leaves need not know who works
// here.
func (s *Service) Leave(ctx context.Context, a tenancy.Actor, version int, password string) error {
	if err := s.confirm(ctx, a, password); err != nil {
		return err
	}
	_, err := member(ctx, s, a, "account.leave", MemberInput{Person: a.UserID, Version: version}, func(tx *pg.OrgTx, u User) (Deactivated, error) {
		return s.deactivate(tx, a, u, Nobody, "person.left", "leave")
	})
	return err
}

func (s *Service) deactivate(tx *pg.OrgTx, a tenancy.Actor, u User, to Successor, action, deed string) (Deactivated, error) {
	if u.DeactivatedAt != nil {
		return Deactivated{User: u}, nil
	}
	if err := keepAnOwner(tx, u, deed); err != nil {
		return Deactivated{}, err
	}
	handed, err := handOver(tx, u, to)
	if err != nil {
		return Deactivated{}, err
	}
	now := tx.Now()
	after := Deactivated{u, handed}
	after.DeactivatedAt, after.Version = &now, u.Version+1
	tx.AtCommit(pg.Plain, `UPDATE app.users SET deactivated_at = $3, version = $4 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), u.ID, now, after.Version)
	tx.AtCommit(pg.Plain, `UPDATE app.one_time_codes SET used_at = $3 WHERE org_id = $1 AND user_id = $2 AND used_at IS NULL`, tx.Tenant().Org(), u.ID, now)
	changed(tx, u.ID, id.Nil)
	if err := usage.Shrink(tx, plan.Users); err != nil {
		return Deactivated{}, err
	}
	if err := s.tellSeats(tx, a, false); err != nil {
		return Deactivated{}, err
	}
	return after, audit.Record(tx, a, audit.Deed{Action: action, RecordType: "person", RecordID: u.ID, Before: u, After: after})
}

// Reactivate lets a person in again, within the plan's seats. Password and second factor are those of before.
func (s *Service) Reactivate(ctx context.Context, a tenancy.Actor, in MemberInput) (User, error) {
	if err := a.Require(tenancy.PeopleWrite); err != nil {
		return User{}, err
	}
	return member(ctx, s, a, "people.reactivate", in, func(tx *pg.OrgTx, u User) (User, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return User{}, err
		}
		if u.DeactivatedAt == nil {
			return u, nil
		}
		after := u
		after.DeactivatedAt, after.Version = nil, u.Version+1
		tx.AtCommit(pg.Plain, `UPDATE app.users SET deactivated_at = NULL, version = $3 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), u.ID, after.Version)
		if err := s.meter().Grow(tx, a, plan.Users); err != nil {
			return User{}, err
		}
		if err := s.tellSeats(tx, a, true); err != nil {
			return User{}, err
		}
		return after, audit.Record(tx, a, audit.Deed{Action: "person.reactivated", RecordType: "person", RecordID: u.ID, Before: u, After: after})
	})
}

// ResetSecondFactor takes a person's second factors away, for when the phone and the codes are lost. They are mailed
// about it, and where the company asks for one they set up a new one at the next log-in.
func (s *Service) ResetSecondFactor(ctx context.Context, a tenancy.Actor, in MemberInput) (User, error) {
	if err := a.Require(tenancy.PeopleWrite); err != nil {
		return User{}, err
	}
	if in.Person == a.UserID {
		return User{}, fault.New(fault.Conflict, "oneself", "Change your own second factor on the page of your account.")
	}
	return member(ctx, s, a, "people.reset_second_factor", in, func(tx *pg.OrgTx, u User) (User, error) {
		org := tx.Tenant().Org()
		tx.AtCommit(pg.Plain, `DELETE FROM app.totp_secrets WHERE org_id = $1 AND user_id = $2`, org, u.ID)
		tx.AtCommit(pg.Plain, `DELETE FROM app.recovery_codes WHERE org_id = $1 AND user_id = $2`, org, u.ID)
		tx.AtCommit(pg.Plain, `DELETE FROM app.passkeys WHERE org_id = $1 AND user_id = $2`, org, u.ID)
		after := u
		after.Version++
		tx.AtCommit(pg.Plain, `UPDATE app.users SET version = $3 WHERE org_id = $1 AND id = $2`, org, u.ID, after.Version)
		changed(tx, u.ID, id.Nil)
		sentence := a.Name + " took your second factor away at " + a.Org.Name + ". Your password is as before. If you did not ask for it, ask them."
		if err := s.notify.SecurityNotice(tx, a.Org, u.Email, "Your second factor was reset", sentence); err != nil {
			return User{}, err
		}
		return after, audit.Record(tx, a, audit.Deed{Action: "second_factor.reset", RecordType: "person", RecordID: u.ID})
	})
}
