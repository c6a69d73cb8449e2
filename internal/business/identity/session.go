package identity

import (
	"encoding/base64"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// Prefixes tell a reader of logs and secret scanners what a leaked credential is.
const (
	sessionPrefix = "fs_"
	refreshPrefix = "fr_"
	keyPrefix     = "fk_"
)

// A token names its organization, so that one of another organization is known at once and answered like
// an address that does not exist. The name proves nothing: the rest of the token does.
func newToken(prefix string, t pg.Tenant) string {
	org := t.Org()
	return prefix + base64.RawURLEncoding.EncodeToString(org[:]) + "." + secret.Token()
}

// tokenOrg is the organization that a well-formed token of the kind names.
func tokenOrg(prefix, token string) (id.ID, bool) {
	rest, ok := strings.CutPrefix(token, prefix)
	if prefix == keyPrefix && strings.Count(rest, ".") == 2 {
		_, rest, _ = strings.Cut(rest, ".") // the part of a key that is shown
	}
	name, _, cut := strings.Cut(rest, ".")
	b, err := base64.RawURLEncoding.DecodeString(name)
	if !ok || !cut || err != nil || len(b) != len(id.Nil) {
		return id.Nil, false
	}
	return id.ID(b), true
}

// SessionKind says where a session lives.
type SessionKind string

// A browser keeps its session in a cookie; a program refreshes short access tokens.
const (
	InBrowser SessionKind = "browser"
	AsToken   SessionKind = "token"
)

// life is how long a session lasts, however much it is used.
func (k SessionKind) life() time.Duration {
	if k == AsToken {
		return 90 * 24 * time.Hour
	}
	return 30 * 24 * time.Hour
}

// idleSQL is true of a session s that was used lately: a browser within 14 days, a program within 30. Rows from
// before use was noted have only their absolute end.
const idleSQL = `(s.last_used_at IS NULL OR s.last_used_at > app.now() - CASE s.kind WHEN 'browser' THEN interval '14 days' ELSE interval '30 days' END)`

// Proof is how somebody proved who they are. It is kept with the session.
type Proof struct {
	By     string `json:"by"`                      // password, passkey, start, invitation, oidc
	Second string `json:"second_factor,omitempty"` // totp, recovery_code, passkey
	enough bool   // the company asks nothing more of who comes from its provider
}

// Session is a sign-in just made. Its tokens are shown this once.
type Session struct {
	ID         id.ID
	Kind       SessionKind
	Token      string // of a browser: the cookie's; of a program: the refresh token
	ExpiresAt  time.Time
	User       User
	Access     AccessToken // of a program
	Device     string      // the browser is known from now on by this; empty when it was already
	MustEnroll bool        // nothing else works before a second factor is set up
	Step       string      // instead of all others: the password was right, and this goes on with the second factor
}

// openSQL opens the session. Whether its person has to set up a second factor first is the organization's to say.
const openSQL = `INSERT INTO app.sessions AS s (org_id, id, user_id, token_hash, family_hash, kind, ip, user_agent, created_at, last_used_at, expires_at,
		authenticated_by, second_factor, must_enroll)
	SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, nullif($12, ''), o.second_factor_required AND NOT $13
		AND NOT EXISTS (SELECT FROM app.totp_secrets f WHERE f.org_id = $1 AND f.user_id = $3 AND f.confirmed_at IS NOT NULL)
		AND NOT EXISTS (SELECT FROM app.passkeys p WHERE p.org_id = $1 AND p.user_id = $3)
	FROM app.organizations o WHERE o.org_id = $1
	RETURNING s.must_enroll, (SELECT u.security_version FROM app.users u WHERE u.org_id = $1 AND u.id = $3)`

func (s *Service) openSession(tx *pg.OrgTx, a tenancy.Actor, u User, kind SessionKind, proof Proof) (Session, error) {
	opened := Session{ID: id.New(), Kind: kind, ExpiresAt: tx.Now().Add(kind.life()), User: u}
	var family []byte
	if kind == AsToken {
		opened.Token, family = newRefreshToken(tx.Tenant())
	} else {
		opened.Token = newToken(sessionPrefix, tx.Tenant())
	}
	var version int
	err := tx.QueryRow(openSQL, tx.Tenant().Org(), opened.ID, u.ID, secret.Hash(opened.Token), family, kind, a.Request.IP, clip(a.Request.UserAgent, 300),
		tx.Now(), opened.ExpiresAt, proof.By, proof.Second, proof.enough).Scan(&opened.MustEnroll, &version)
	if err != nil {
		return Session{}, err
	}
	if kind == AsToken {
		if opened.Access, err = s.sign(tx.Tenant(), tx.Now(), grant{Person: u.ID, Session: opened.ID, Version: version}); err != nil {
			return Session{}, err
		}
	}
	a = a.As(tenancy.Person, u.ID, u.Name, string(u.Role), nil)
	return opened, audit.Record(tx, a, audit.Deed{Action: "session.started", RecordType: "person", RecordID: u.ID, After: proof})
}

func clip(s string, bytes int) string {
	if len(s) > bytes {
		s = s[:bytes]
	}
	return strings.ToValidUTF8(s, "")
}

// changed notes that the person's rights, or the ways to prove who they are, are others from now on: access tokens
// of before are refused and sessions end, all but keep.
func changed(tx *pg.OrgTx, person, keep id.ID) {
	org := tx.Tenant().Org()
	tx.AtCommit(pg.Plain, `UPDATE app.users SET security_version = security_version + 1 WHERE org_id = $1 AND id = $2`, org, person)
	tx.AtCommit(pg.Plain, `UPDATE app.sessions SET ended_at = $3 WHERE org_id = $1 AND user_id = $2 AND ended_at IS NULL AND id <> $4`, org, person, tx.Now(), keep)
	tx.AtCommit(pg.Plain, `UPDATE app.sign_in_steps SET used_at = $3 WHERE org_id = $1 AND user_id = $2 AND used_at IS NULL`, org, person, tx.Now())
}

// renew gives the actor's own session a new token after such a change: whoever copied the old one is out. A session
// that was there only to set up a second factor is a whole one once there is one, and the other way round.
func (s *Service) renew(tx *pg.OrgTx, a tenancy.Actor) (Session, error) {
	changed(tx, a.UserID, a.SessionID)
	next := Session{ID: a.SessionID, Kind: InBrowser, Token: newToken(sessionPrefix, tx.Tenant())}
	err := tx.QueryRow(`UPDATE app.sessions s SET token_hash = $3, must_enroll = o.second_factor_required
			AND (s.authenticated_by <> 'oidc' OR EXISTS (SELECT FROM app.sign_on w WHERE w.org_id = $1 AND w.second_factor_too))
			AND NOT EXISTS (SELECT FROM app.totp_secrets f WHERE f.org_id = $1 AND f.user_id = s.user_id AND f.confirmed_at IS NOT NULL)
			AND NOT EXISTS (SELECT FROM app.passkeys p WHERE p.org_id = $1 AND p.user_id = s.user_id)
		FROM app.organizations o WHERE o.org_id = $1 AND s.org_id = $1 AND s.id = $2 AND s.user_id = $4 AND s.kind = 'browser' AND s.ended_at IS NULL
		RETURNING s.expires_at, s.must_enroll`, tx.Tenant().Org(), a.SessionID, secret.Hash(next.Token), a.UserID).Scan(&next.ExpiresAt, &next.MustEnroll)
	return next, err
}
