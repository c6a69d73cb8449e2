package identity

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// Prefixes tell a reader of logs and secret scanners what a leaked credential is.
const (
	sessionPrefix = "fs_"
	keyPrefix     = "fk_"
)

// A token names its organization, so that one of another organization is known at once and answered like
// an address that does not exist. The name proves nothing: the rest of the token does.
func newToken(prefix string, t pg.Tenant) string {
	org := t.Org()
	return prefix + base64.RawURLEncoding.EncodeToString(org[:]) + "." + secret.Token()
}

// tokenOrg is the organization that a well-formed token names.
func tokenOrg(token string) (id.ID, bool) {
	rest, ok := strings.CutPrefix(token, sessionPrefix)
	if !ok {
		rest, ok = strings.CutPrefix(token, keyPrefix)
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

// A browser keeps its session in a cookie, a program sends its token.
const (
	InBrowser SessionKind = "browser"
	AsToken   SessionKind = "token"
)

// Session is a sign-in just made. Token is shown this once.
type Session struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
	User      User      `json:"user"`
}

func openSession(tx *pg.OrgTx, a tenancy.Actor, u User, kind SessionKind) (Session, error) {
	s := Session{Token: newToken(sessionPrefix, tx.Tenant()), ExpiresAt: tx.Now().Add(sessionLife), User: u}
	sessionID := id.New()
	_, err := tx.Exec(`INSERT INTO app.sessions (org_id, id, user_id, token_hash, kind, ip, user_agent, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		tx.Tenant().Org(), sessionID, u.ID, secret.Hash(s.Token), kind, a.Request.IP, clip(a.Request.UserAgent, 300), tx.Now(), s.ExpiresAt)
	if err != nil {
		return Session{}, err
	}
	a = a.As(tenancy.Person, u.ID, u.Name, string(u.Role), nil)
	return s, audit.Record(tx, a, audit.Deed{Action: "session.started", RecordType: "person", RecordID: u.ID})
}

func clip(s string, bytes int) string {
	if len(s) > bytes {
		s = s[:bytes]
	}
	return strings.ToValidUTF8(s, "")
}

// credential is what the database says about a token or key.
type credential struct {
	SessionID  id.ID
	UserID     id.ID
	Name       string
	Role       Role
	VerifiedAt *time.Time
}

const (
	sessionSQL = `SELECT s.id AS session_id, u.id AS user_id, u.name, u.role, u.email_verified_at AS verified_at
		FROM app.sessions s JOIN app.users u ON u.org_id = s.org_id AND u.id = s.user_id
		WHERE s.org_id = $1 AND s.token_hash = $2 AND s.ended_at IS NULL AND s.expires_at > app.now() AND u.deactivated_at IS NULL`
	keySQL = `SELECT k.id AS session_id, u.id AS user_id, k.name, u.role, u.email_verified_at AS verified_at
		FROM app.api_keys k JOIN app.users u ON u.org_id = k.org_id AND u.id = k.user_id
		WHERE k.org_id = $1 AND k.secret_hash = $2 AND k.revoked_at IS NULL AND u.deactivated_at IS NULL`
)

// Authenticate finds who holds a session token or API key of the organization, in one round trip; the answer
// may be a second old. A credential of another organization is unknown here: the caller answers it like a
// host that does not exist.
func (s *Service) Authenticate(ctx context.Context, t pg.Tenant, token string) (Signed, error) {
	org, wellFormed := tokenOrg(token)
	if !wellFormed {
		return Signed{}, errSignIn()
	}
	if org != t.Org() {
		return Signed{}, fault.Missing()
	}
	if got, ok := s.recent.get(t, token); ok {
		return got, nil
	}
	sql, kind := sessionSQL, tenancy.Person
	if strings.HasPrefix(token, keyPrefix) {
		sql, kind = keySQL, tenancy.Key
	}
	var c credential
	var of tenancy.Organization
	now, err := s.db.Read(ctx, t, func(r *pg.Reading) {
		pg.One(r, &c, sql, t.Org(), secret.Hash(token))
		tenancy.QueueOrganization(r, t, &of)
	})
	if fault.Is(err, fault.NotFound) {
		return Signed{}, errSignIn()
	}
	if err != nil {
		return Signed{}, err
	}
	a := tenancy.Of(t, of).As(kind, c.UserID, c.Name, string(c.Role), c.Role.Permissions())
	a.SessionID = c.SessionID
	if kind == tenancy.Key {
		a.ID, a.UserID = c.SessionID, c.UserID
		if err := a.RequireFeature(plan.FeatureAPIKeys, now); err != nil {
			return Signed{}, err
		}
	}
	signed := Signed{Actor: a, EmailVerified: c.VerifiedAt != nil, At: now}
	s.recent.put(t, token, signed)
	return signed, nil
}

func errSignIn() error {
	return fault.New(fault.Unauthenticated, "unauthenticated", "Log in to go on.")
}

// Signed is an actor who proved who they are.
type Signed struct {
	Actor         tenancy.Actor
	EmailVerified bool
	At            time.Time // the database's time when it was read
}

// SignOut ends the session at once here, within a second elsewhere.
func (s *Service) SignOut(ctx context.Context, a tenancy.Actor, token string) error {
	defer s.recent.forget(a.Tenant(), token) // afterwards: before, a request under way would remember it again
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		_, err := tx.Exec(`UPDATE app.sessions SET ended_at = $3 WHERE org_id = $1 AND id = $2 AND ended_at IS NULL`, a.Tenant().Org(), a.SessionID, tx.Now())
		if err != nil {
			return err
		}
		return audit.Record(tx, a, audit.Deed{Action: "session.ended", RecordType: "person", RecordID: a.ID})
	})
}
