package identity

import (
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// purpose says what a one-time code is for, and so how long it works.
type purpose string

const (
	forStart   purpose = "start"
	forReset   purpose = "reset"
	forConfirm purpose = "confirm"
)

// resetLife is as long as a code that travels outside of the browser may last (OWASP ASVS 5.0, 6.5.5).
const resetLife = 10 * time.Minute

func (p purpose) life() time.Duration {
	switch p {
	case forStart:
		return time.Minute
	case forReset:
		return resetLife
	}
	return 7 * 24 * time.Hour
}

// IssueStart makes the code that carries a new owner from the apex to the company's host.
func IssueStart(tx *pg.OrgTx, user id.ID) (string, error) { return issueCode(tx, user, forStart) }

func issueCode(tx *pg.OrgTx, user id.ID, p purpose) (string, error) {
	code := secret.Token()
	_, err := tx.Exec(`INSERT INTO app.one_time_codes (org_id, id, user_id, purpose, code_hash, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, tx.Tenant().Org(), id.New(), user, p, secret.Hash(code), tx.Now(), tx.Now().Add(p.life()))
	return code, err
}

// useCode takes a code for its purpose and returns whose it is. A code of another organization, another
// purpose, used or too old is one that never was.
func useCode(tx *pg.OrgTx, code string, p purpose) (id.ID, error) {
	var user id.ID
	err := tx.QueryRow(`UPDATE app.one_time_codes SET used_at = $4
		WHERE org_id = $1 AND code_hash = $2 AND purpose = $3 AND used_at IS NULL AND expires_at > $4 RETURNING user_id`,
		tx.Tenant().Org(), secret.Hash(code), p, tx.Now()).Scan(&user)
	if errors.Is(err, pgx.ErrNoRows) {
		return id.Nil, errUsedCode()
	}
	return user, err
}

func errUsedCode() error {
	return fault.New(fault.Invalid, "link-used", "This link was used already, or it is too old. Ask for a new one.")
}
