package identity

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/totp"
)

// Authenticator is what an authenticator app needs to know. It is shown while it is set up and never again.
type Authenticator struct {
	Secret string // to type by hand
	URL    string // the same as a QR code says it
}

// BeginAuthenticator makes the secret of an authenticator app. It asks for nothing until a code of it confirms that
// the person has it.
func (s *Service) BeginAuthenticator(ctx context.Context, a tenancy.Actor, password string) error {
	if err := s.confirm(ctx, a, password); err != nil {
		return err
	}
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		sealed, err := s.keys.seal(authenticator, tx.Tenant().Org(), a.UserID, []byte(totp.NewSecret()))
		if err != nil {
			return err
		}
		tag, err := tx.Exec(`INSERT INTO app.totp_secrets AS t (org_id, user_id, sealed, created_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (org_id, user_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at WHERE t.confirmed_at IS NULL`,
			tx.Tenant().Org(), a.UserID, sealed, tx.Now())
		if err == nil && tag.RowsAffected() == 0 {
			err = fault.New(fault.Conflict, "second-factor-set", "You have an authenticator app already. Remove it first, then set up the new one.")
		}
		return err
	})
}

// PendingAuthenticator shows the secret that was made and not confirmed yet.
func (s *Service) PendingAuthenticator(ctx context.Context, a tenancy.Actor) (Authenticator, error) {
	if err := itself(a); err != nil {
		return Authenticator{}, err
	}
	var sealed []byte
	var email string
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&sealed, &email}, `SELECT t.sealed, u.email FROM app.totp_secrets t JOIN app.users u ON u.org_id = t.org_id AND u.id = t.user_id
			WHERE t.org_id = $1 AND t.user_id = $2 AND t.confirmed_at IS NULL`, a.Tenant().Org(), a.UserID)
	})
	if err != nil {
		return Authenticator{}, err
	}
	plain, err := s.keys.open(authenticator, a.Tenant().Org(), a.UserID, sealed)
	if err != nil {
		return Authenticator{}, err
	}
	return Authenticator{Secret: string(plain), URL: totp.URL(a.Org.Name, email, string(plain))}, nil
}

// ConfirmAuthenticator has the app asked for from now on, once a code proves that the person has it. The recovery
// codes are shown this once; other devices are signed out, and this one gets a new token.
func (s *Service) ConfirmAuthenticator(ctx context.Context, a tenancy.Actor, code string) (Session, []string, error) {
	if err := itself(a); err != nil {
		return Session{}, nil, err
	}
	defer s.recent.forgetOrg(a.Tenant())
	var session Session
	var codes []string
	var refused error
	err := s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		refused = nil
		u, err := findUser(tx, a.UserID)
		if err != nil {
			return err
		}
		if err := count(tx, []bucket{{"code:" + a.UserID.String(), maxWrongCodes}}, func(*pgx.Batch) {}); err != nil {
			return err
		}
		step, err := s.matchTOTP(tx, u, digitsOf(code), false)
		if err != nil {
			return err
		}
		if step == 0 {
			refused = fault.InvalidField("/code", "This code is not right. Type the six digits that the app shows now.")
			return nil
		}
		tx.AtCommit(pg.Plain, `DELETE FROM app.sign_in_failures WHERE org_id = $1 AND bucket = $2`, tx.Tenant().Org(), "code:"+a.UserID.String())
		if _, err := tx.Exec(`UPDATE app.totp_secrets SET confirmed_at = $3, last_step = $4 WHERE org_id = $1 AND user_id = $2`, tx.Tenant().Org(), a.UserID, tx.Now(), step); err != nil {
			return err
		}
		codes = s.issueRecovery(tx, a.UserID)
		if session, err = s.renew(tx, a); err != nil {
			return err
		}
		if err := s.notify.SecurityNotice(tx, a.Org, u.Email, "An authenticator app was added", "From now on logging in as "+u.Email+" takes a code of the app."); err != nil {
			return err
		}
		return audit.Record(tx, a, audit.Deed{Action: "second_factor.added", RecordType: "person", RecordID: a.UserID, After: map[string]string{"kind": "totp"}})
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Session{}, nil, err
	}
	return session, codes, nil
}

// RemoveAuthenticator takes the app and its recovery codes away.
func (s *Service) RemoveAuthenticator(ctx context.Context, a tenancy.Actor, password string) (Session, error) {
	if err := s.confirm(ctx, a, password); err != nil {
		return Session{}, err
	}
	defer s.recent.forgetOrg(a.Tenant())
	var session Session
	err := s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		tag, err := tx.Exec(`DELETE FROM app.totp_secrets WHERE org_id = $1 AND user_id = $2 AND confirmed_at IS NOT NULL`, tx.Tenant().Org(), a.UserID)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.Missing()
		}
		tx.AtCommit(pg.Plain, `DELETE FROM app.recovery_codes WHERE org_id = $1 AND user_id = $2`, tx.Tenant().Org(), a.UserID)
		session, err = s.factorGone(tx, a, "totp", "The authenticator app was removed")
		return err
	})
	return session, err
}

// factorGone is what the loss of any second factor leads to.
func (s *Service) factorGone(tx *pg.OrgTx, a tenancy.Actor, kind, subject string) (Session, error) {
	session, err := s.renew(tx, a)
	if err != nil {
		return Session{}, err
	}
	u, err := findUser(tx, a.UserID)
	if err != nil {
		return Session{}, err
	}
	if err := s.notify.SecurityNotice(tx, a.Org, u.Email, subject, "Other devices were logged out of "+a.Org.Name+"."); err != nil {
		return Session{}, err
	}
	return session, audit.Record(tx, a, audit.Deed{Action: "second_factor.removed", RecordType: "person", RecordID: a.UserID, Before: map[string]string{"kind": kind}})
}

// takeTOTP takes a code of a confirmed app, once.
func (s *Service) takeTOTP(tx *pg.OrgTx, u User, code string) (way string, err error) {
	step, err := s.matchTOTP(tx, u, code, true)
	if err != nil || step == 0 {
		return "", err
	}
	// A code that was taken, and all before it, are used up: whoever looked over a shoulder comes too late.
	tag, err := tx.Exec(`UPDATE app.totp_secrets SET last_step = $3 WHERE org_id = $1 AND user_id = $2 AND last_step < $3`, tx.Tenant().Org(), u.ID, step)
	if err != nil || tag.RowsAffected() == 0 {
		return "", err
	}
	return "totp", nil
}

// matchTOTP is the step of time whose code was typed; 0 when it is none of those that are good now.
func (s *Service) matchTOTP(tx *pg.OrgTx, u User, code string, confirmed bool) (int64, error) {
	var sealed []byte
	err := tx.QueryRow(`SELECT sealed FROM app.totp_secrets WHERE org_id = $1 AND user_id = $2 AND (confirmed_at IS NOT NULL) = $3 FOR UPDATE`,
		tx.Tenant().Org(), u.ID, confirmed).Scan(&sealed)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	secret, err := s.keys.open(authenticator, tx.Tenant().Org(), u.ID, sealed)
	if err != nil {
		return 0, err
	}
	return totp.Match(string(secret), code, tx.Now())
}

func digitsOf(typed string) string {
	var digits []byte
	for _, c := range []byte(typed) {
		if c >= '0' && c <= '9' {
			digits = append(digits, c)
		}
	}
	return string(digits)
}
