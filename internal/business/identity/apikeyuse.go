package identity

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// usedKey is what the database says about an API key.
type usedKey struct {
	ID         id.ID
	Name       string
	Scopes     Scopes
	UserID     id.ID
	Person     string
	Role       Role
	VerifiedAt *time.Time
}

const keySQL = `SELECT k.id, k.name, k.scopes, u.id AS user_id, u.name AS person, u.role, u.email_verified_at AS verified_at
	FROM app.api_keys k JOIN app.users u ON u.org_id = k.org_id AND u.id = k.user_id
	WHERE k.org_id = $1 AND k.secret_hash = $2 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > app.now())
		AND u.deactivated_at IS NULL`

// authenticateKey finds whose key it is. Its rights are its person's, as far as its scopes go.
func (s *Service) authenticateKey(ctx context.Context, t pg.Tenant, key string) (Signed, error) {
	if got, ok := s.recent.get(t, key); ok {
		s.keyUse.note(t, got.Actor.ID, got.At)
		return got, nil
	}
	var k usedKey
	var of tenancy.Organization
	now, err := s.db.Read(ctx, t, func(r *pg.Reading) {
		pg.One(r, &k, keySQL, t.Org(), secret.Hash(key))
		tenancy.QueueOrganization(r, t, &of)
	})
	if fault.Is(err, fault.NotFound) {
		return Signed{}, errSignIn()
	}
	if err != nil {
		return Signed{}, err
	}
	a := tenancy.Of(t, of).As(tenancy.Key, k.ID, k.Name, string(k.Role), k.Role.Permissions()).Reaching(k.Role.Narrowed()).Within(k.Scopes.Permissions())
	a.UserID, a.Behalf, a.SessionID = k.UserID, k.Person, k.ID
	if err := a.RequireFeature(plan.FeatureAPIKeys, now); err != nil {
		return Signed{}, err
	}
	signed := Signed{Actor: a, EmailVerified: k.VerifiedAt != nil, At: now, By: "key", holdFor: recentAge}
	s.recent.put(t, key, signed)
	s.keyUse.note(t, k.ID, now)
	return signed, nil
}

// KeyUse remembers when keys were used and writes it down once a minute: requests that read stay without a
// write. What was not written when a process is killed is lost; it is a courtesy, not a log.
type KeyUse struct {
	db *pg.DB

	mu   sync.Mutex
	last map[pg.Tenant]map[id.ID]time.Time // by key

	stop chan struct{}
	done chan struct{}
	once sync.Once
}

// keyUseEvery is how often a key's last use is written at most.
const keyUseEvery = time.Minute

func newKeyUse(db *pg.DB) *KeyUse {
	return &KeyUse{db: db, last: map[pg.Tenant]map[id.ID]time.Time{}, stop: make(chan struct{}), done: make(chan struct{})}
}

// KeyUse is what notes the use of keys: started and stopped with the process.
func (s *Service) KeyUse() *KeyUse { return s.keyUse }

func (u *KeyUse) note(t pg.Tenant, key id.ID, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	keys := u.last[t]
	if keys == nil {
		keys = map[id.ID]time.Time{}
		u.last[t] = keys
	}
	if at.After(keys[key]) {
		keys[key] = at
	}
}

// Start begins to write every minute.
func (u *KeyUse) Start(ctx context.Context, log *slog.Logger) {
	go func() {
		defer close(u.done)
		tick := time.NewTicker(keyUseEvery)
		defer tick.Stop()
		for {
			select {
			case <-u.stop:
				return
			case <-tick.C:
				if err := u.Flush(ctx); err != nil {
					log.Warn("last use of API keys not noted", "error", err)
				}
			}
		}
	}()
}

// Stop ends what Start began and writes the rest. Safe twice; only after Start.
func (u *KeyUse) Stop(ctx context.Context) error {
	u.once.Do(func() { close(u.stop) })
	<-u.done
	return u.Flush(ctx)
}

// Flush writes what was noted, an organization at a time. What could not be written is tried with the next one.
func (u *KeyUse) Flush(ctx context.Context) error {
	u.mu.Lock()
	noted := u.last
	u.last = map[pg.Tenant]map[id.ID]time.Time{}
	u.mu.Unlock()
	var errs []error
	for t, keys := range noted {
		if err := u.write(ctx, t, keys); err != nil {
			errs = append(errs, err)
			for key, at := range keys {
				u.note(t, key, at)
			}
		}
	}
	return errors.Join(errs...)
}

func (u *KeyUse) write(ctx context.Context, t pg.Tenant, keys map[id.ID]time.Time) error {
	var ids []id.ID
	var times []time.Time
	for key, at := range keys {
		ids, times = append(ids, key), append(times, at)
	}
	return u.db.InOrg(ctx, t, func(tx *pg.OrgTx) error {
		// Several processes note the same key: the latest stands, and within the minute one write is enough.
		_, err := tx.Exec(`UPDATE app.api_keys k SET last_used_at = n.at FROM unnest($2::uuid[], $3::timestamptz[]) AS n(id, at)
			WHERE k.org_id = $1 AND k.id = n.id AND (k.last_used_at IS NULL OR k.last_used_at <= n.at - $4::interval)`, t.Org(), ids, times, keyUseEvery)
		return err
	})
}
