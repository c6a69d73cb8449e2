package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// A refresh token is fr_organization.family.rest: the family stays with the session, the rest is new each time. Only
// somebody who once held a token of the session knows its family, so an old rest with the right family is a copy in
// use, and a guess is nothing.
func newRefreshToken(t pg.Tenant) (token string, familyHash []byte) {
	first := newToken(refreshPrefix, t)
	return first + "." + secret.Token(), familyOf(first)
}

// nextRefreshToken is one of the same family.
func nextRefreshToken(token string) string {
	return token[:strings.LastIndexByte(token, '.')+1] + secret.Token()
}

// familyOf is the hash of everything before the rest.
func familyOf(first string) []byte { return secret.Hash(first) }

// splitRefreshToken takes a well-formed refresh token of the organization apart.
func splitRefreshToken(t pg.Tenant, token string) (family []byte, err error) {
	org, wellFormed := tokenOrg(refreshPrefix, token)
	if !wellFormed || strings.Count(token, ".") != 2 || len(token) > 200 {
		return nil, errRefresh()
	}
	if org != t.Org() {
		return nil, fault.Missing()
	}
	return familyOf(token[:strings.LastIndexByte(token, '.')]), nil
}

func errRefresh() error {
	return fault.New(fault.Unauthenticated, "refresh-refused", "This refresh token does not work, or no longer. Log in again.")
}

// Refresh gives a program a new access token and a new refresh token; the one it came with has done its work. When
// it comes again somebody has a copy, and nobody can tell who: the session ends.
func (s *Service) Refresh(ctx context.Context, visitor tenancy.Actor, token string) (Session, error) {
	family, err := splitRefreshToken(visitor.Tenant(), token)
	if err != nil {
		return Session{}, err
	}
	var next Session
	var reused bool
	err = s.db.InOrg(ctx, visitor.Tenant(), func(tx *pg.OrgTx) error {
		next, reused = Session{Kind: AsToken}, false
		current, version, err := lockFamily(tx, family, &next)
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(current, secret.Hash(token)) != 1 {
			reused = true
			return endReused(tx, visitor, next)
		}
		next.Token = nextRefreshToken(token)
		tx.AtCommit(pg.Plain, `UPDATE app.sessions SET token_hash = $3, last_used_at = $4, ip = $5, user_agent = $6 WHERE org_id = $1 AND id = $2`,
			tx.Tenant().Org(), next.ID, secret.Hash(next.Token), tx.Now(), visitor.Request.IP, clip(visitor.Request.UserAgent, 300))
		next.Access, err = s.sign(tx.Tenant(), tx.Now(), grant{Person: next.User.ID, Session: next.ID, Version: version})
		return err
	})
	if err == nil && reused {
		s.recent.forgetOrg(visitor.Tenant())
		err = errRefresh()
	}
	return next, err
}

// lockFamily finds the session of a family, so that two refreshes follow each other.
func lockFamily(tx *pg.OrgTx, family []byte, dst *Session) (current []byte, version int, err error) {
	u := &dst.User
	err = tx.QueryRow(`SELECT s.id, s.token_hash, s.expires_at, u.security_version, u.id, u.name, u.email, u.role, u.email_verified_at, u.created_at, u.version
		FROM app.sessions s JOIN app.users u ON u.org_id = s.org_id AND u.id = s.user_id
		WHERE s.org_id = $1 AND s.family_hash = $2 AND s.ended_at IS NULL AND s.expires_at > app.now() AND u.deactivated_at IS NULL AND `+idleSQL+`
		FOR UPDATE OF s`, tx.Tenant().Org(), family).
		Scan(&dst.ID, &current, &dst.ExpiresAt, &version, &u.ID, &u.Name, &u.Email, &u.Role, &u.EmailVerifiedAt, &u.CreatedAt, &u.Version)
	if errors.Is(err, pgx.ErrNoRows) {
		err = errRefresh()
	}
	return current, version, err
}

func endReused(tx *pg.OrgTx, visitor tenancy.Actor, of Session) error {
	endSession(tx, of.ID, tx.Now())
	return audit.Record(tx, visitor, audit.Deed{Action: "session.reuse_found", RecordType: "person", RecordID: of.User.ID})
}

func endSession(tx *pg.OrgTx, session id.ID, at time.Time) {
	tx.AtCommit(pg.Plain, `UPDATE app.sessions SET ended_at = $3 WHERE org_id = $1 AND id = $2 AND ended_at IS NULL`, tx.Tenant().Org(), session, at)
}
