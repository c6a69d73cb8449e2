package identity

import (
	"context"
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

// APIKey lets a program act with the rights of the person who made it.
type APIKey struct {
	ID        id.ID      `json:"id"`
	Name      string     `json:"name"`
	Ending    string     `json:"ending"` // the last characters, to tell keys apart
	CreatedAt time.Time  `json:"created_at"`
	RevokedAt *time.Time `json:"revoked_at"`
}

// NewAPIKey is a key just made. Secret is shown this once.
type NewAPIKey struct {
	APIKey
	Secret string `json:"secret"`
}

// CreateAPIKeyInput names the key.
type CreateAPIKeyInput struct {
	Name string `json:"name"`
}

// CreateAPIKey makes a key with the actor's own rights.
func (s *Service) CreateAPIKey(ctx context.Context, a tenancy.Actor, in CreateAPIKeyInput) (NewAPIKey, error) {
	in.Name = strings.TrimSpace(in.Name)
	if n := utf8.RuneCountInString(in.Name); n < 1 || n > 80 || strings.ContainsFunc(in.Name, hidden) {
		return NewAPIKey{}, fault.InvalidField("/name", "Name the key with 1 to 80 characters, as the program that uses it.")
	}
	if err := a.Require(tenancy.APIKeysWrite); err != nil {
		return NewAPIKey{}, err
	}
	return tenancy.OnceSecret(ctx, s.db, a, "api_keys.create", in, func(tx *pg.OrgTx) (NewAPIKey, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return NewAPIKey{}, err
		}
		if err := a.RequireFeature(plan.FeatureAPIKeys, tx.Now()); err != nil {
			return NewAPIKey{}, err
		}
		k := NewAPIKey{Secret: newToken(keyPrefix, tx.Tenant())}
		k.APIKey = APIKey{ID: id.New(), Name: in.Name, Ending: k.Secret[len(k.Secret)-4:], CreatedAt: tx.Now()}
		_, err := tx.Exec(`INSERT INTO app.api_keys (org_id, id, user_id, name, ending, secret_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			tx.Tenant().Org(), k.ID, a.UserID, k.Name, k.Ending, secret.Hash(k.Secret), k.CreatedAt)
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
		pg.All(r, &keys, `SELECT id, name, ending, created_at, revoked_at FROM app.api_keys WHERE org_id = $1 ORDER BY created_at DESC, id DESC LIMIT 200`, a.Tenant().Org())
	})
	return keys, err
}

// RevokeAPIKey ends a key for good, within a second everywhere.
func (s *Service) RevokeAPIKey(ctx context.Context, a tenancy.Actor, key id.ID) error {
	if err := a.Require(tenancy.APIKeysWrite); err != nil {
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
