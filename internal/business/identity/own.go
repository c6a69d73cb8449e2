package identity

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// OwnAccount is what a person sees of themselves.
type OwnAccount struct {
	User
	Devices       []SignedInDevice
	Passkeys      []Passkey
	Authenticator *time.Time // since when an app is asked for
	Pending       bool       // one is being set up
	RecoveryLeft  int
	Fresh         bool // logged in a moment ago: the password is not asked for again
	Work          Work // what waits for the person
}

// HasSecond tells whether there is any second factor.
func (o OwnAccount) HasSecond() bool { return o.Authenticator != nil || len(o.Passkeys) > 0 }

// freshFor is how long after a log-in the password need not be told again.
const freshFor = 10 * time.Minute

// Account reads the actor's own account.
func (s *Service) Account(ctx context.Context, a tenancy.Actor) (OwnAccount, error) {
	if err := itself(a); err != nil {
		return OwnAccount{}, err
	}
	var o OwnAccount
	var rows []sessionRow
	var since *time.Time
	var opened time.Time
	now, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.One(r, &o.User, `SELECT `+userColumns+` FROM app.users u WHERE u.org_id = $1 AND u.id = $2`, a.Tenant().Org(), a.UserID)
		queueSessions(r, a, &rows)
		queuePasskeys(r, a, &o.Passkeys)
		r.Row([]any{&since, &o.Pending, &o.RecoveryLeft, &o.Work.Leads, &o.Work.Appointments, &opened}, `SELECT
			(SELECT t.confirmed_at FROM app.totp_secrets t WHERE t.org_id = $1 AND t.user_id = $2),
			EXISTS (SELECT FROM app.totp_secrets t WHERE t.org_id = $1 AND t.user_id = $2 AND t.confirmed_at IS NULL),
			(SELECT count(*) FROM app.recovery_codes c WHERE c.org_id = $1 AND c.user_id = $2 AND c.used_at IS NULL),
			`+workColumns+`,
			coalesce((SELECT s.created_at FROM app.sessions s WHERE s.org_id = $1 AND s.id = $3), 'epoch')`, a.Tenant().Org(), a.UserID, a.SessionID)
	})
	o.Devices, o.Authenticator, o.Fresh = devicesOf(rows, a), since, now.Sub(opened) < freshFor
	return o, err
}

// confirm lets somebody through who logged in a moment ago or knows the password: a device that was left open is not
// enough to change how its person signs in. Wrong passwords are counted.
func (s *Service) confirm(ctx context.Context, a tenancy.Actor, password string) error {
	if err := itself(a); err != nil {
		return err
	}
	var stored string
	var fresh bool
	guesses := bucket{"confirm:" + a.UserID.String(), maxFailuresUser}
	err := s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		err := tx.QueryRow(`SELECT u.password_hash, s.created_at > $4 FROM app.users u JOIN app.sessions s ON s.org_id = u.org_id AND s.user_id = u.id
			WHERE u.org_id = $1 AND u.id = $2 AND s.id = $3 AND s.ended_at IS NULL`, tx.Tenant().Org(), a.UserID, a.SessionID, tx.Now().Add(-freshFor)).Scan(&stored, &fresh)
		if errors.Is(err, pgx.ErrNoRows) {
			return errSignIn()
		}
		if err != nil || fresh && password == "" {
			return err
		}
		return count(tx, []bucket{guesses}, func(*pgx.Batch) {})
	})
	if err != nil || fresh && password == "" {
		return err
	}
	return s.knows(ctx, a, stored, password, guesses)
}

// knows refuses a wrong password of the actor's own, and forgets the wrong ones after a right one.
func (s *Service) knows(ctx context.Context, a tenancy.Actor, stored, password string, guesses bucket) error {
	right := false
	if password != "" && len(password) <= maxPassword {
		var err error
		if right, err = s.passwords.Matches(ctx, stored, password); err != nil {
			return err
		}
	}
	if !right {
		return fault.InvalidField("/current", "This is not your password.")
	}
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		tx.AtCommit(pg.Plain, `DELETE FROM app.sign_in_failures WHERE org_id = $1 AND bucket = $2`, tx.Tenant().Org(), guesses.name)
		return nil
	})
}

// RenameInput is a person's own name.
type RenameInput struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
}

// Rename changes the actor's own name.
func (s *Service) Rename(ctx context.Context, a tenancy.Actor, in RenameInput) (User, error) {
	name, err := CleanName(in.Name)
	if err != nil {
		return User{}, err
	}
	if err := itself(a); err != nil {
		return User{}, err
	}
	defer s.recent.forgetOrg(a.Tenant())
	return tenancy.Once(ctx, s.db, a, "account.rename", in, func(tx *pg.OrgTx) (User, error) {
		before, err := lockUser(tx, a.UserID, in.Version)
		if err != nil {
			return User{}, err
		}
		after := before
		after.Name, after.Version = name, before.Version+1
		tx.AtCommit(pg.Plain, `UPDATE app.users SET name = $3, version = $4 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), a.UserID, name, after.Version)
		return after, audit.Record(tx, a, audit.Deed{Action: "person.renamed", RecordType: "person", RecordID: a.UserID, Before: before, After: after})
	})
}

// lockUser reads a person for a change that was filled from the given version.
func lockUser(tx *pg.OrgTx, who id.ID, version int) (User, error) {
	u, err := pg.CollectOne[User](tx, `SELECT `+userColumns+` FROM app.users u WHERE u.org_id = $1 AND u.id = $2 FOR UPDATE`, tx.Tenant().Org(), who)
	if err == nil && u.Version != version {
		err = fault.Stale("person").With("current_version", u.Version)
	}
	return u, err
}

// ChangePassword sets a new password for the actor, who knows the old one. Other devices are signed out, this one
// gets a new token.
func (s *Service) ChangePassword(ctx context.Context, a tenancy.Actor, current, next string) (Session, error) {
	if err := itself(a); err != nil {
		return Session{}, err
	}
	if current == "" {
		return Session{}, fault.InvalidField("/current", "Enter your password of today.")
	}
	if err := s.confirm(ctx, a, current); err != nil {
		return Session{}, err
	}
	o, err := s.Account(ctx, a)
	if err != nil {
		return Session{}, err
	}
	if current == next {
		return Session{}, fault.InvalidField("/password", "This is your password of today. Choose another.")
	}
	hash, err := s.HashPassword(ctx, next, contextWords(o.User, a.Org)...)
	if err != nil {
		return Session{}, err
	}
	defer s.recent.forgetOrg(a.Tenant())
	var session Session
	err = s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		if session, err = s.renew(tx, a); err != nil {
			return err
		}
		org := tx.Tenant().Org()
		tx.AtCommit(pg.Plain, `UPDATE app.users SET password_hash = $3, version = version + 1 WHERE org_id = $1 AND id = $2`, org, a.UserID, hash)
		tx.AtCommit(pg.Plain, `UPDATE app.one_time_codes SET used_at = $3 WHERE org_id = $1 AND user_id = $2 AND purpose = 'reset' AND used_at IS NULL`, org, a.UserID, tx.Now())
		tx.AtCommit(pg.Plain, `DELETE FROM app.known_devices WHERE org_id = $1 AND user_id = $2`, org, a.UserID)
		if err := s.notify.SecurityNotice(tx, a.Org, o.Email, "Your password was changed", "Other devices were logged out of "+a.Org.Name+"."); err != nil {
			return err
		}
		return audit.Record(tx, a, audit.Deed{Action: "password.changed", RecordType: "person", RecordID: a.UserID})
	})
	return session, err
}

// contextWords are what a guesser who knows the person tries first.
func contextWords(u User, org tenancy.Organization) []string {
	local, _, _ := strings.Cut(u.Email, "@")
	return []string{u.Name, local, u.Email, org.Name, org.Slug}
}
