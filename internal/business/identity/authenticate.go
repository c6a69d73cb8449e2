package identity

import (
	"context"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// credential is what the database says about a token.
type credential struct {
	SessionID  id.ID
	UserID     id.ID
	Name       string
	Role       Role
	VerifiedAt *time.Time
	Version    int // of the person's rights
	MustEnroll bool
	UsedAt     *time.Time
	By         string
	ViewsAs    *Role
}

const (
	holderColumns = `SELECT s.id AS session_id, u.id AS user_id, u.name, u.role, u.email_verified_at AS verified_at, u.security_version AS version,
			s.must_enroll, s.last_used_at AS used_at, s.authenticated_by AS by, v.role AS views_as
		FROM app.sessions s JOIN app.users u ON u.org_id = s.org_id AND u.id = s.user_id
		LEFT JOIN app.role_views v ON v.org_id = s.org_id AND v.session_id = s.id AND v.ends_at > app.now()
		WHERE s.org_id = $1 AND s.ended_at IS NULL AND s.expires_at > app.now() AND u.deactivated_at IS NULL AND ` + idleSQL
	sessionSQL = holderColumns + ` AND s.token_hash = $2 AND s.kind = 'browser'`
	accessSQL  = holderColumns + ` AND s.id = $2 AND s.kind = 'token'`
)

// presented is a credential as it was sent: how to look it up, and what it says of itself.
type presented struct {
	prefix string
	hash   []byte
	kind   tenancy.ActorKind
	grant  *grant // of an access token
}

// presentation reads a token without asking anybody. A token of another organization is Missing, one that is none
// is Unauthenticated.
func (s *Service) presentation(t pg.Tenant, token string) (presented, error) {
	for prefix, kind := range map[string]tenancy.ActorKind{sessionPrefix: tenancy.Person, keyPrefix: tenancy.Key} {
		if !strings.HasPrefix(token, prefix) {
			continue
		}
		org, wellFormed := tokenOrg(prefix, token)
		if !wellFormed {
			return presented{}, errSignIn()
		}
		if org != t.Org() {
			return presented{}, fault.Missing()
		}
		return presented{prefix: prefix, hash: secret.Hash(token), kind: kind}, nil
	}
	g, err := s.prove(token)
	if err != nil {
		return presented{}, errSignIn()
	}
	return presented{kind: tenancy.Person, grant: &g}, nil
}

// queue asks the database who holds the credential.
func (p presented) queue(r *pg.Reading, t pg.Tenant, dst *credential) {
	switch {
	case p.grant != nil:
		pg.One(r, dst, accessSQL, t.Org(), p.grant.Session)
	default:
		pg.One(r, dst, sessionSQL, t.Org(), p.hash)
	}
}

// Authenticate finds who holds an access token or API key of the organization, in one round trip; the answer may be a
// second old. A credential of another organization is unknown here: the caller answers it like a host that does not
// exist. What a browser keeps in its cookie is none of a program's.
func (s *Service) Authenticate(ctx context.Context, t pg.Tenant, token string) (Signed, error) {
	return s.authenticate(ctx, t, token, false)
}

// Resume finds whose session a browser's cookie is of, in the same way. What a program sends is no cookie.
func (s *Service) Resume(ctx context.Context, t pg.Tenant, cookie string) (Signed, error) {
	return s.authenticate(ctx, t, cookie, true)
}

func (s *Service) authenticate(ctx context.Context, t pg.Tenant, token string, inCookie bool) (Signed, error) {
	p, err := s.presentation(t, token)
	if err == nil && (p.prefix == sessionPrefix) != inCookie {
		err = errSignIn()
	}
	if err != nil {
		return Signed{}, err
	}
	if p.kind == tenancy.Key {
		return s.authenticateKey(ctx, t, token)
	}
	if got, ok := s.recent.get(t, token); ok {
		return got, nil
	}
	if p.grant != nil && p.grant.Org != t.Org() {
		return Signed{}, s.foreign(ctx, t, *p.grant)
	}
	var c credential
	var of tenancy.Organization
	now, err := s.db.Read(ctx, t, func(r *pg.Reading) {
		p.queue(r, t, &c)
		tenancy.QueueOrganization(r, t, &of)
	})
	if fault.Is(err, fault.NotFound) {
		return Signed{}, errSignIn()
	}
	if err != nil {
		return Signed{}, err
	}
	if p.grant != nil && !p.grant.holds(c, now) {
		return Signed{}, errSignIn()
	}
	signed := c.signed(t, of, now)
	signed.holdFor = recentAge
	if p.grant != nil {
		signed.holdFor = min(recentAge, p.grant.Expires.Sub(now))
	}
	s.uses.note(t, c, now)
	s.recent.put(t, token, signed)
	return signed, nil
}

// foreign judges an access token of another organization. It has to be one that is good there, as far as it says
// itself: what is too old is too old everywhere.
func (s *Service) foreign(ctx context.Context, t pg.Tenant, g grant) error {
	now, err := s.db.Read(ctx, t, func(*pg.Reading) {})
	if err != nil {
		return err
	}
	if !g.current(now) {
		return errSignIn()
	}
	return fault.Missing()
}

func (c credential) signed(t pg.Tenant, of tenancy.Organization, now time.Time) Signed {
	allowed := c.Role.Permissions()
	if c.MustEnroll {
		allowed = []tenancy.Permission{tenancy.OwnAccount}
	}
	a := tenancy.Of(t, of).As(tenancy.Person, c.UserID, c.Name, string(c.Role), allowed).Reaching(c.Role.Narrowed())
	a.SessionID = c.SessionID
	return Signed{Actor: viewing(a, c.ViewsAs), EmailVerified: c.VerifiedAt != nil, At: now, By: c.By, MustEnroll: c.MustEnroll}
}

func errSignIn() error {
	return fault.New(fault.Unauthenticated, "unauthenticated", "Log in to go on.")
}

// Signed is an actor who proved who they are.
type Signed struct {
	Actor         tenancy.Actor
	EmailVerified bool
	At            time.Time // the database's time when it was read
	By            string    // how: password, passkey, start, invitation, oidc, key
	MustEnroll    bool      // the company asks for a second factor and there is none: nothing else works

	holdFor time.Duration
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
