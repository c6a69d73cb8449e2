package identity

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/platform/totp"
)

// stepLife is how long a person may take from the password to the second factor.
const stepLife = 10 * time.Minute

// beginStep notes what was proved: the password, or who somebody is at the company's provider. The token that goes on
// from here is worth nothing without the second factor.
func beginStep(tx *pg.OrgTx, person id.ID, by string) (string, error) {
	token := secret.Token()
	_, err := tx.Exec(`INSERT INTO app.sign_in_steps (org_id, id, user_id, token_hash, proved_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.Tenant().Org(), id.New(), person, secret.Hash(token), by, tx.Now(), tx.Now().Add(stepLife))
	return token, err
}

// SecondFactors are the ways in which a sign-in under way can be finished.
type SecondFactors struct {
	App     bool // codes of an authenticator, and recovery codes
	Passkey bool
}

const stepSQL = `FROM app.sign_in_steps p JOIN app.users u ON u.org_id = p.org_id AND u.id = p.user_id
	WHERE p.org_id = $1 AND p.token_hash = $2 AND p.used_at IS NULL AND p.expires_at > app.now() AND u.deactivated_at IS NULL`

// SignInStep tells how a sign-in under way can be finished, for the page that asks.
func (s *Service) SignInStep(ctx context.Context, visitor tenancy.Actor, step string) (SecondFactors, error) {
	var f SecondFactors
	_, err := s.db.Read(ctx, visitor.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&f.App, &f.Passkey}, `SELECT EXISTS (SELECT FROM app.totp_secrets t WHERE t.org_id = $1 AND t.user_id = u.id AND t.confirmed_at IS NOT NULL),
			EXISTS (SELECT FROM app.passkeys k WHERE k.org_id = $1 AND k.user_id = u.id) `+stepSQL, visitor.Tenant().Org(), secret.Hash(step))
	})
	if fault.Is(err, fault.NotFound) {
		err = errStepOver()
	}
	return f, err
}

// FinishSignIn opens the session of a sign-in under way, for a code of the authenticator or a recovery code.
func (s *Service) FinishSignIn(ctx context.Context, visitor tenancy.Actor, step, code, device string) (Session, error) {
	return s.second(ctx, visitor, code, func(tx *pg.OrgTx) (second, error) {
		u, err := takeStep(tx, step)
		if err != nil {
			return second{}, err
		}
		known, err := knownDevice(tx, u.Email, device)
		return second{user: u.User, by: u.ProvedBy, kind: InBrowser, device: known, step: step}, err
	})
}

// underWay is somebody who has yet to show the second factor.
type underWay struct {
	User
	ProvedBy string
}

// takeStep finds whose sign-in is under way, and has two answers to it follow each other.
func takeStep(tx *pg.OrgTx, step string) (underWay, error) {
	u, err := pg.CollectOne[underWay](tx, `SELECT `+userColumns+`, p.proved_by `+stepSQL+` FOR UPDATE OF p`, tx.Tenant().Org(), secret.Hash(step))
	if errors.Is(err, pgx.ErrNoRows) {
		err = errStepOver()
	}
	return u, err
}

func endStep(tx *pg.OrgTx, step string) {
	tx.AtCommit(pg.Plain, `UPDATE app.sign_in_steps SET used_at = $3 WHERE org_id = $1 AND token_hash = $2`, tx.Tenant().Org(), secret.Hash(step), tx.Now())
}

func errStepOver() error {
	return fault.New(fault.Invalid, "sign-in-over", "This log-in took too long. Start again.")
}

// second is a sign-in whose first proof was right.
type second struct {
	user   User
	by     string
	kind   SessionKind
	device id.ID
	step   string
}

// second judges a code and opens the session. A wrong code is counted, and the count is kept although the sign-in is
// refused. A known device has a count of its own here too.
func (s *Service) second(ctx context.Context, visitor tenancy.Actor, code string, begin func(*pg.OrgTx) (second, error)) (Session, error) {
	var session Session
	var refused error
	err := s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		session, refused = Session{}, nil
		of, err := begin(tx)
		if err != nil {
			return err
		}
		guesses := bucket{"code:" + of.user.ID.String(), maxWrongCodes}
		if of.device != id.Nil {
			guesses.name += "|" + of.device.String()
		}
		if err := count(tx, []bucket{guesses}, func(*pgx.Batch) {}); err != nil {
			return err
		}
		way, err := s.takeCode(tx, of.user, code)
		if err != nil || way == "" {
			refused = errWrongCode()
			return err
		}
		tx.AtCommit(pg.Plain, `DELETE FROM app.sign_in_failures WHERE org_id = $1 AND bucket = $2`, tx.Tenant().Org(), guesses.name)
		if of.step != "" {
			endStep(tx, of.step)
		}
		session, err = s.enter(tx, visitor, of.user, of.kind, Proof{By: of.by, Second: way}, of.device)
		return err
	})
	if err == nil {
		err = refused
	}
	return session, err
}

func errWrongCode() error {
	return fault.New(fault.Unauthenticated, "wrong-code", "This code is not right, or it was used already. Wait for the next one.")
}

// takeCode takes a code of the person's authenticator, or a recovery code. The way is empty when it is neither.
func (s *Service) takeCode(tx *pg.OrgTx, u User, typed string) (way string, err error) {
	code := strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\t' || r == '\u00a0' {
			return -1
		}
		return r
	}, typed))
	switch len(code) {
	case totp.Digits:
		return s.takeTOTP(tx, u, code)
	case recoveryLength:
		return s.takeRecovery(tx, u, code)
	}
	return "", nil
}
