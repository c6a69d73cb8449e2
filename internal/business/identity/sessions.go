package identity

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// SignedInDevice is one open session of a person, as the person may recognize it.
type SignedInDevice struct {
	ID         id.ID
	Kind       SessionKind
	Device     string // "Chrome on Windows"
	Place      string // the network address: where that is we do not guess
	CreatedAt  time.Time
	LastUsedAt *time.Time // to a few minutes
	ExpiresAt  time.Time
	By         string
	Second     string
	Current    bool // the one that asks
}

type sessionRow struct {
	ID         id.ID
	Kind       SessionKind
	IP         string `db:"ip"`
	UserAgent  string
	CreatedAt  time.Time
	LastUsedAt *time.Time
	ExpiresAt  time.Time
	By         string
	Second     string
}

// itself refuses everybody but a person: a key acts for one, and must not change how that person signs in.
func itself(a tenancy.Actor) error {
	if err := a.Require(tenancy.OwnAccount); err != nil {
		return err
	}
	if a.Kind != tenancy.Person {
		return fault.New(fault.Forbidden, "forbidden", "A key cannot do this. Log in as a person.")
	}
	return nil
}

// Sessions lists where the actor is signed in, the last used first.
func (s *Service) Sessions(ctx context.Context, a tenancy.Actor) ([]SignedInDevice, error) {
	if err := itself(a); err != nil {
		return nil, err
	}
	var rows []sessionRow
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) { queueSessions(r, a, &rows) })
	return devicesOf(rows, a), err
}

func queueSessions(r *pg.Reading, a tenancy.Actor, dst *[]sessionRow) {
	pg.All(r, dst, `SELECT s.id, s.kind, s.ip, s.user_agent, s.created_at, s.last_used_at, s.expires_at, s.authenticated_by AS by, coalesce(s.second_factor, '') AS second
		FROM app.sessions s WHERE s.org_id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > app.now() AND `+idleSQL+`
		ORDER BY coalesce(s.last_used_at, s.created_at) DESC, s.id LIMIT 200`, a.Tenant().Org(), a.UserID)
}

func devicesOf(rows []sessionRow, a tenancy.Actor) []SignedInDevice {
	var all []SignedInDevice
	for _, r := range rows {
		all = append(all, SignedInDevice{ID: r.ID, Kind: r.Kind, Device: device(r.UserAgent), Place: r.IP, CreatedAt: r.CreatedAt, LastUsedAt: r.LastUsedAt,
			ExpiresAt: r.ExpiresAt, By: r.By, Second: r.Second, Current: r.ID == a.SessionID})
	}
	return all
}

// EndSession signs one of the actor's devices out: at once here, within a second elsewhere.
func (s *Service) EndSession(ctx context.Context, a tenancy.Actor, session id.ID) error {
	if err := itself(a); err != nil {
		return err
	}
	defer s.recent.forgetOrg(a.Tenant())
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		tag, err := tx.Exec(`UPDATE app.sessions SET ended_at = coalesce(ended_at, $4) WHERE org_id = $1 AND user_id = $2 AND id = $3`, tx.Tenant().Org(), a.UserID, session, tx.Now())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.Missing()
		}
		return audit.Record(tx, a, audit.Deed{Action: "session.ended", RecordType: "person", RecordID: a.UserID})
	})
}

// EndOtherSessions signs the actor out everywhere but here, and tells from how many devices.
func (s *Service) EndOtherSessions(ctx context.Context, a tenancy.Actor) (int, error) {
	if err := itself(a); err != nil {
		return 0, err
	}
	defer s.recent.forgetOrg(a.Tenant())
	var ended int
	err := s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		tag, err := tx.Exec(`UPDATE app.sessions SET ended_at = $4 WHERE org_id = $1 AND user_id = $2 AND id <> $3 AND ended_at IS NULL`, tx.Tenant().Org(), a.UserID, a.SessionID, tx.Now())
		if err != nil {
			return err
		}
		ended = int(tag.RowsAffected())
		// A device that was known stays so only if it proves itself again.
		tx.AtCommit(pg.Plain, `DELETE FROM app.known_devices WHERE org_id = $1 AND user_id = $2`, tx.Tenant().Org(), a.UserID)
		return audit.Record(tx, a, audit.Deed{Action: "session.others_ended", RecordType: "person", RecordID: a.UserID, After: map[string]int{"ended": ended}})
	})
	return ended, err
}
