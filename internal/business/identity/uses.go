package identity

import (
	"context"
	"errors"
	"sync"
	"time"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// useGrain is how exact the last use of a session is: one that was noted less than this ago is not noted again, so
// that a session costs one small write in five minutes, on however many replicas.
const useGrain = 5 * time.Minute

// maxNoted bounds what is kept between two writes; a use that is not noted is noted at the next request.
const maxNoted = 50_000

// uses collects when sessions were used. Reading changes nothing, so no request writes this: NoteUses does.
type uses struct {
	mu    sync.Mutex
	noted map[id.ID]*orgUses
	count int
}

type orgUses struct {
	tenant pg.Tenant
	at     map[id.ID]time.Time
}

func (u *uses) note(t pg.Tenant, c credential, now time.Time) {
	if c.UsedAt != nil && now.Sub(*c.UsedAt) < useGrain {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.count >= maxNoted {
		return
	}
	if u.noted == nil {
		u.noted = map[id.ID]*orgUses{}
	}
	of := u.noted[t.Org()]
	if of == nil {
		of = &orgUses{tenant: t, at: map[id.ID]time.Time{}}
		u.noted[t.Org()] = of
	}
	if _, again := of.at[c.SessionID]; !again {
		u.count++
	}
	of.at[c.SessionID] = now
}

func (u *uses) take() map[id.ID]*orgUses {
	u.mu.Lock()
	defer u.mu.Unlock()
	taken := u.noted
	u.noted, u.count = nil, 0
	return taken
}

// NoteUses writes when sessions were used since the last time, one transaction for each organization. It is called
// every half minute and when the server stops; what is lost in a crash is noted at the next request.
func (s *Service) NoteUses(ctx context.Context) error {
	var problems []error
	for _, of := range s.uses.take() {
		var sessions []id.ID
		var times []time.Time
		for session, at := range of.at {
			sessions, times = append(sessions, session), append(times, at)
		}
		problems = append(problems, s.db.InOrg(ctx, of.tenant, func(tx *pg.OrgTx) error {
			_, err := tx.Exec(`UPDATE app.sessions s SET last_used_at = used.at FROM unnest($2::uuid[], $3::timestamptz[]) AS used(id, at)
				WHERE s.org_id = $1 AND s.id = used.id AND (s.last_used_at IS NULL OR s.last_used_at < used.at)`, tx.Tenant().Org(), sessions, times)
			return err
		}))
	}
	return errors.Join(problems...)
}
