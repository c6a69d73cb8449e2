package identity

import (
	"context"
	"crypto/rand"
	"fmt"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// A recovery code has 12 letters and digits that are not taken for each other: 60 bits.
const (
	recoveryCodes    = 10
	recoveryLength   = 12
	recoveryAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
)

// issueRecovery replaces the person's recovery codes.
func (s *Service) issueRecovery(tx *pg.OrgTx, person id.ID) []string {
	org := tx.Tenant().Org()
	tx.AtCommit(pg.Plain, `DELETE FROM app.recovery_codes WHERE org_id = $1 AND user_id = $2`, org, person)
	codes := make([]string, recoveryCodes)
	for i := range codes {
		code := newRecoveryCode()
		tx.AtCommit(pg.Plain, `INSERT INTO app.recovery_codes (org_id, id, user_id, code_hash, created_at) VALUES ($1, $2, $3, $4, $5)`,
			org, id.New(), person, s.keys.hashCode(org, person, code), tx.Now())
		codes[i] = fmt.Sprintf("%s-%s-%s", code[:4], code[4:8], code[8:])
	}
	return codes
}

func newRecoveryCode() string {
	b := make([]byte, recoveryLength)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = recoveryAlphabet[int(b[i])%len(recoveryAlphabet)] // 32 letters: no remainder
	}
	return string(b)
}

// takeRecovery takes a recovery code, once, and tells its owner by mail: codes are for when the phone is lost.
func (s *Service) takeRecovery(tx *pg.OrgTx, u User, code string) (way string, err error) {
	org := tx.Tenant().Org()
	tag, err := tx.Exec(`UPDATE app.recovery_codes SET used_at = $4 WHERE org_id = $1 AND user_id = $2 AND code_hash = $3 AND used_at IS NULL`,
		org, u.ID, s.keys.hashCode(org, u.ID, code), tx.Now())
	if err != nil || tag.RowsAffected() == 0 {
		return "", err
	}
	var left int
	var company tenancy.Organization
	err = tx.QueryRow(`SELECT o.name, o.slug, (SELECT count(*) FROM app.recovery_codes c WHERE c.org_id = $1 AND c.user_id = $2 AND c.used_at IS NULL)
		FROM app.organizations o WHERE o.org_id = $1`, org, u.ID).Scan(&company.Name, &company.Slug, &left)
	if err != nil {
		return "", err
	}
	sentence := fmt.Sprintf("A recovery code was used to log in as %s. %d of %d are left.", u.Email, left, recoveryCodes)
	return "recovery_code", s.notify.SecurityNotice(tx, company, u.Email, "A recovery code was used", sentence)
}

// NewRecoveryCodes replaces the actor's recovery codes. They are shown this once.
func (s *Service) NewRecoveryCodes(ctx context.Context, a tenancy.Actor, password string) ([]string, error) {
	if err := s.confirm(ctx, a, password); err != nil {
		return nil, err
	}
	var codes []string
	err := s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		var has bool
		err := tx.QueryRow(`SELECT EXISTS (SELECT FROM app.totp_secrets WHERE org_id = $1 AND user_id = $2 AND confirmed_at IS NOT NULL)`, tx.Tenant().Org(), a.UserID).Scan(&has)
		if err != nil {
			return err
		}
		if !has {
			return fault.New(fault.Conflict, "no-second-factor", "Recovery codes stand in for an authenticator app. Set one up first.")
		}
		codes = s.issueRecovery(tx, a.UserID)
		return audit.Record(tx, a, audit.Deed{Action: "recovery_codes.replaced", RecordType: "person", RecordID: a.UserID})
	})
	return codes, err
}
