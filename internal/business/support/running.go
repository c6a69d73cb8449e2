package support

import (
	"context"
	"sync"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// runningAge is how old what a company's pages say about support may be. Support itself is asked for at each request.
const runningAge = time.Second

// runningMax bounds the companies that are remembered.
const runningMax = 10_000

// runningAccess remembers for a second which access runs in a company, so that a page's strip costs nothing.
type runningAccess struct {
	mu   sync.Mutex
	held map[id.ID]heldAccess
}

type heldAccess struct {
	access []Access
	until  time.Time
}

func newRunningAccess() *runningAccess { return &runningAccess{held: map[id.ID]heldAccess{}} }

func (r *runningAccess) get(t pg.Tenant) ([]Access, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h, known := r.held[t.Org()]
	return h.access, known && time.Now().Before(h.until)
}

func (r *runningAccess) put(t pg.Tenant, access []Access) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.held) >= runningMax {
		clear(r.held)
	}
	r.held[t.Org()] = heldAccess{access, time.Now().Add(runningAge)}
}

func (r *runningAccess) forget(t pg.Tenant) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.held, t.Org())
}

// ForgetAll drops what is remembered of the last second, after rows were changed behind the service's back.
func (s *Service) ForgetAll() {
	s.running.mu.Lock()
	defer s.running.mu.Unlock()
	clear(s.running.held)
}

// Running is which access runs in the actor's company. Everybody who works there may know.
func (s *Service) Running(ctx context.Context, a tenancy.Actor) ([]Access, error) {
	if err := a.Require(tenancy.CompanyRead); err != nil {
		return nil, err
	}
	if held, known := s.running.get(a.Tenant()); known {
		return held, nil
	}
	var access []Access
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.All(r, &access, accessSQL+runs+` ORDER BY a.expires_at, a.id LIMIT 5`, a.Tenant().Org())
	})
	if err == nil {
		s.running.put(a.Tenant(), access)
	}
	return access, err
}
