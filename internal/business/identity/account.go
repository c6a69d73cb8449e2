package identity

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/halt"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// Start opens the session that sign-up promised, for its one-time code. A form that is sent again weeks later leads
// here too: whoever has a second factor by then is asked for it.
func (s *Service) Start(ctx context.Context, visitor tenancy.Actor, code string) (Session, error) {
	var session Session
	var refused error
	err := s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		who, err := useCode(tx, code, forStart)
		if err != nil {
			return err
		}
		found, err := pg.CollectOne[candidate](tx, `SELECT `+candidateColumns+` FROM app.users u WHERE u.org_id = $1 AND u.id = $2 AND u.deactivated_at IS NULL`, tx.Tenant().Org(), who)
		if errors.Is(err, pgx.ErrNoRows) {
			return errUsedCode()
		}
		if err != nil {
			return err
		}
		session, refused, err = s.proven(tx, visitor, found, InBrowser, "start")
		halt.At(ctx, "start/before-commit")
		return err
	})
	halt.At(ctx, "start/after-commit")
	if err == nil {
		err = refused
	}
	return session, err
}

func findUser(tx *pg.OrgTx, who id.ID) (User, error) {
	return pg.CollectOne[User](tx, `SELECT `+userColumns+` FROM app.users u WHERE u.org_id = $1 AND u.id = $2`, tx.Tenant().Org(), who)
}

// ResetAsked is the task of a reset that somebody asked for, for an address that may be nobody's.
type ResetAsked struct {
	OrgID id.ID  `json:"org_id"`
	Email string `json:"email"`
}

// Kind implements tasks.Args.
func (ResetAsked) Kind() string { return "reset_asked" }

// Organization implements tasks.Args.
func (t ResetAsked) Organization() id.ID { return t.OrgID }

// RequestReset has a link mailed that sets a new password, if the address is known. That is found out in the background:
// whoever asks waits for the same work either way.
func (s *Service) RequestReset(ctx context.Context, visitor tenancy.Actor, email string) error {
	address, err := CleanEmail(email)
	if err != nil {
		return err
	}
	return s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		return s.notify.Queue.Enqueue(tx, ResetAsked{OrgID: tx.Tenant().Org(), Email: address})
	})
}

// MailReset mails the link that was asked for, to somebody whom it is for, at most five times an hour.
func (s *Service) MailReset(ctx context.Context, a tenancy.Actor, address string) error {
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		var who id.ID
		err := tx.QueryRow(`SELECT u.id FROM app.users u WHERE u.org_id = $1 AND u.email_lc = $2 AND u.deactivated_at IS NULL
			AND (SELECT count(*) FROM app.one_time_codes c WHERE c.org_id = $1 AND c.user_id = u.id AND c.purpose = 'reset' AND c.created_at > $3::timestamptz - interval '1 hour') < 5`,
			tx.Tenant().Org(), strings.ToLower(address), tx.Now()).Scan(&who)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // nobody, or asked often enough within the hour
		}
		if err != nil {
			return err
		}
		code, err := issueCode(tx, who, forReset)
		if err != nil {
			return err
		}
		return s.notify.ResetPassword(tx, a.Org, address, code)
	})
}

// resetWords are what a guesser tries first of whoever the code is for.
func (s *Service) resetWords(ctx context.Context, visitor tenancy.Actor, code string) []string {
	var u User
	_, err := s.db.Read(ctx, visitor.Tenant(), func(r *pg.Reading) {
		pg.One(r, &u, `SELECT `+userColumns+` FROM app.one_time_codes c JOIN app.users u ON u.org_id = c.org_id AND u.id = c.user_id
			WHERE c.org_id = $1 AND c.code_hash = $2 AND c.purpose = 'reset'`, visitor.Tenant().Org(), secret.Hash(code))
	})
	if err != nil {
		u = User{} // a code of nobody: ResetPassword says so
	}
	return contextWords(u, visitor.Org)
}

// ResetPassword sets a new password for the code's person and ends all of their sessions. The second factor is asked
// for as before.
func (s *Service) ResetPassword(ctx context.Context, visitor tenancy.Actor, code, password string) error {
	hash, err := s.HashPassword(ctx, password, s.resetWords(ctx, visitor, code)...)
	if err != nil {
		return err
	}
	defer s.recent.forgetOrg(visitor.Tenant())
	return s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		who, err := useCode(tx, code, forReset)
		if err != nil {
			return err
		}
		org := tx.Tenant().Org()
		// A link that reached the mailbox proves the address too.
		tx.AtCommit(pg.Plain, `UPDATE app.users SET password_hash = $3, email_verified_at = coalesce(email_verified_at, $4), version = version + 1 WHERE org_id = $1 AND id = $2`, org, who, hash, tx.Now())
		changed(tx, who, id.Nil)
		// Older links to the same end would let whoever reads an old mail undo this.
		tx.AtCommit(pg.Plain, `UPDATE app.one_time_codes SET used_at = $3 WHERE org_id = $1 AND user_id = $2 AND purpose = 'reset' AND used_at IS NULL`, org, who, tx.Now())
		if err := s.addressConfirmed(tx, who); err != nil {
			return err
		}
		return audit.Record(tx, visitor, audit.Deed{Action: "password.reset", RecordType: "person", RecordID: who})
	})
}

// ConfirmEmail notes that the code's person reads mail at their address.
func (s *Service) ConfirmEmail(ctx context.Context, visitor tenancy.Actor, code string) error {
	defer s.recent.forgetOrg(visitor.Tenant())
	err := s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		who, err := useCode(tx, code, forConfirm)
		if err != nil {
			return err
		}
		tx.AtCommit(pg.Plain, `UPDATE app.users SET email_verified_at = coalesce(email_verified_at, $3), version = version + 1 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), who, tx.Now())
		if err := s.addressConfirmed(tx, who); err != nil {
			return err
		}
		halt.At(ctx, "confirm/before-commit")
		return audit.Record(tx, visitor, audit.Deed{Action: "email.confirmed", RecordType: "person", RecordID: who})
	})
	halt.At(ctx, "confirm/after-commit")
	return err
}

// AddressConfirmed is the task of what follows from a confirmed address.
type AddressConfirmed struct {
	OrgID  id.ID `json:"org_id"`
	UserID id.ID `json:"user_id"`
}

// Kind implements tasks.Args.
func (AddressConfirmed) Kind() string { return "address_confirmed" }

// Organization implements tasks.Args.
func (t AddressConfirmed) Organization() id.ID { return t.OrgID }

// addressConfirmed lets mails go that waited for it, and has the rest done in the background.
func (s *Service) addressConfirmed(tx *pg.OrgTx, who id.ID) error {
	if err := s.notify.ReleaseHeld(tx); err != nil {
		return err
	}
	return s.notify.Queue.Enqueue(tx, AddressConfirmed{OrgID: tx.Tenant().Org(), UserID: who})
}

// ResendConfirmation mails the confirming link again, at most five times an hour.
func (s *Service) ResendConfirmation(ctx context.Context, a tenancy.Actor) error {
	if err := a.Require(tenancy.OwnAccount); err != nil {
		return err
	}
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		u, err := findUser(tx, a.UserID)
		if err != nil || u.EmailVerifiedAt != nil {
			return err
		}
		var asked int
		err = tx.QueryRow(`SELECT count(*) FROM app.one_time_codes WHERE org_id = $1 AND user_id = $2 AND purpose = 'confirm' AND created_at > $3::timestamptz - interval '1 hour'`, tx.Tenant().Org(), u.ID, tx.Now()).Scan(&asked)
		if err != nil {
			return err
		}
		if asked >= 5 {
			return fault.New(fault.RateLimited, "too-many-mails", "We mailed you five links in the last hour. Look in your spam folder.")
		}
		code, err := issueCode(tx, u.ID, forConfirm)
		if err != nil {
			return err
		}
		return s.notify.ConfirmEmail(tx, a.Org, u.Email, code)
	})
}
