package identity

import (
	"sync"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// recentActors remembers for a second who holds a token, so that a page's requests ask once. A session that
// ends elsewhere is honored at most that long, an access token never past its own end.
type recentActors struct {
	mu   sync.Mutex
	held map[recentKey]recentActor
}

type recentKey struct {
	org   id.ID
	token [32]byte
}

type recentActor struct {
	signed Signed
	until  time.Time
}

const (
	recentAge = time.Second
	recentMax = 10_000
)

func newRecentActors() *recentActors { return &recentActors{held: map[recentKey]recentActor{}} }

func (r *recentActors) get(t pg.Tenant, token string) (Signed, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	got, ok := r.held[keyOf(t, token)]
	return got.signed, ok && time.Now().Before(got.until)
}

func (r *recentActors) put(t pg.Tenant, token string, s Signed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.held) >= recentMax {
		clear(r.held)
	}
	r.held[keyOf(t, token)] = recentActor{signed: s, until: time.Now().Add(s.holdFor)}
}

func (r *recentActors) forget(t pg.Tenant, token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.held, keyOf(t, token))
}

// forgetOrg drops everybody of an organization: after a change of rights, or of the organization itself.
func (r *recentActors) forgetOrg(t pg.Tenant) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k := range r.held {
		if k.org == t.Org() {
			delete(r.held, k)
		}
	}
}

func keyOf(t pg.Tenant, token string) recentKey {
	return recentKey{t.Org(), [32]byte(secret.Hash(token))}
}

// Forget has everybody of the actor's organization looked up anew: after a change of the company itself.
func (s *Service) Forget(a tenancy.Actor) { s.recent.forgetOrg(a.Tenant()) }

// ForgetAll drops what is remembered of the last second, after rows were changed behind the service's back.
func (s *Service) ForgetAll() {
	s.recent.mu.Lock()
	defer s.recent.mu.Unlock()
	clear(s.recent.held)
}
