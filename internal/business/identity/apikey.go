package identity

import (
	"cmp"
	"context"
	"crypto/rand"
	"strings"
	"time"
	"unicode/utf8"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// APIKey lets a program act with the rights of the person who made it, as far as its scopes go.
type APIKey struct {
	ID         id.ID      `json:"id"`
	Name       string     `json:"name"`
	Prefix     string     `json:"prefix"` // its beginning, which is no secret; empty for keys older than prefixes
	Ending     string     `json:"ending"` // the last characters, to tell keys apart
	Scopes     Scopes     `json:"scopes"`
	MadeBy     string     `json:"made_by"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at"`   // nil: never
	LastUsedAt *time.Time `json:"last_used_at"` // to the minute, and up to a minute late
	RevokedAt  *time.Time `json:"revoked_at"`
}

// NewAPIKey is a key just made. Secret is shown this once.
type NewAPIKey struct {
	APIKey
	Secret string `json:"secret"`
}

// CreateAPIKeyInput names the key and says what it may do and for how long.
type CreateAPIKeyInput struct {
	Name          string `json:"name"`
	Scopes        Scopes `json:"scopes"`
	ExpiresInDays int    `json:"expires_in_days"` // 0: never
}

const maxKeyDays = 730

func (in *CreateAPIKeyInput) clean() error {
	var p fault.Problems
	in.Name = strings.TrimSpace(in.Name)
	if n := utf8.RuneCountInString(in.Name); n < 1 || n > 80 || strings.ContainsFunc(in.Name, hidden) {
		p.Add("/name", "Name the key with 1 to 80 characters, as the program that uses it.")
	}
	var err error
	if in.Scopes, err = in.Scopes.clean(); err != nil {
		p.Under("", err)
	}
	if in.ExpiresInDays < 0 || in.ExpiresInDays > maxKeyDays {
		p.Add("/expires_in_days", "A key ends after 1 to %d days, or never.", maxKeyDays)
	}
	return p.Err()
}

// newKey makes a key: a part that is shown, the organization, and the secret.
func newKey(t pg.Tenant) (prefix, key string) {
	prefix = keyPrefix + rand.Text()[:8]
	return prefix, newToken(prefix+".", t)
}

// CreateAPIKey makes a key with at most the actor's own rights.
func (s *Service) CreateAPIKey(ctx context.Context, a tenancy.Actor, in CreateAPIKeyInput) (NewAPIKey, error) {
	if err := in.clean(); err != nil {
		return NewAPIKey{}, err
	}
	if err := a.Require(tenancy.APIKeysWrite); err != nil {
		return NewAPIKey{}, err
	}
	if err := in.Scopes.givenBy(a); err != nil {
		return NewAPIKey{}, err
	}
	return tenancy.OnceSecret(ctx, s.db, a, "api_keys.create", in, func(tx *pg.OrgTx) (NewAPIKey, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return NewAPIKey{}, err
		}
		if err := a.RequireFeature(plan.FeatureAPIKeys, tx.Now()); err != nil {
			return NewAPIKey{}, err
		}
		prefix, key := newKey(tx.Tenant())
		k := NewAPIKey{Secret: key, APIKey: APIKey{ID: id.New(), Name: in.Name, Prefix: prefix, Ending: key[len(key)-4:], Scopes: in.Scopes, MadeBy: cmp.Or(a.Behalf, a.Name), CreatedAt: tx.Now()}}
		if in.ExpiresInDays > 0 {
			ends := tx.Now().AddDate(0, 0, in.ExpiresInDays)
			k.ExpiresAt = &ends
		}
		_, err := tx.Exec(`INSERT INTO app.api_keys (org_id, id, user_id, name, prefix, ending, secret_hash, scopes, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			tx.Tenant().Org(), k.ID, a.UserID, k.Name, k.Prefix, k.Ending, secret.Hash(k.Secret), k.Scopes, k.CreatedAt, k.ExpiresAt)
		if err != nil {
			return NewAPIKey{}, err
		}
		return k, audit.Record(tx, a, audit.Deed{Action: "api_key.created", RecordType: "api_key", RecordID: k.ID, After: k.APIKey})
	})
}

// APIKeys lists the keys, newest first.
func (s *Service) APIKeys(ctx context.Context, a tenancy.Actor) ([]APIKey, error) {
	if err := a.Require(tenancy.APIKeysWrite); err != nil {
		return nil, err
	}
	var keys []APIKey
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.All(r, &keys, `SELECT k.id, k.name, k.prefix, k.ending, k.scopes, u.name AS made_by, k.created_at, k.expires_at, k.last_used_at, k.revoked_at
			FROM app.api_keys k JOIN app.users u ON u.org_id = k.org_id AND u.id = k.user_id
			WHERE k.org_id = $1 ORDER BY k.created_at DESC, k.id DESC LIMIT 200`, a.Tenant().Org())
	})
	return keys, err
}

// RevokeAPIKey ends a key for good, within a second everywhere.
func (s *Service) RevokeAPIKey(ctx context.Context, a tenancy.Actor, key id.ID) error {
	if err := a.Require(tenancy.APIKeysWrite); err != nil {
		return err
	}
	// Taking a right away works also while the company is read-only.
	if err := a.RequireOwnRights(); err != nil {
		return err
	}
	defer s.recent.forgetOrg(a.Tenant())
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		tag, err := tx.Exec(`UPDATE app.api_keys SET revoked_at = coalesce(revoked_at, $3) WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), key, tx.Now())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.Missing()
		}
		return audit.Record(tx, a, audit.Deed{Action: "api_key.revoked", RecordType: "api_key", RecordID: key})
	})
}
