package support

import (
	"context"
	"log/slog"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Service is what operators and companies do about access.
type Service struct {
	db      *pg.DB
	system  *pg.System
	hosts   *tenancy.Hosts
	notify  *notify.Service
	log     *slog.Logger
	running *runningAccess

	// Told is told of each log-in with an owner's leave and what came of it; nil is nobody.
	Told func(err error)
}

// NewService needs the system's role for what operators see of their own requests.
func NewService(db *pg.DB, system *pg.System, hosts *tenancy.Hosts, n *notify.Service, log *slog.Logger) *Service {
	return &Service{db: db, system: system, hosts: hosts, notify: n, log: log, running: newRunningAccess()}
}

// State is what happened to an access; what the clock does to it is its Standing.
type State string

// The states as they are stored.
const (
	Asked     State = "asked"
	Granted   State = "granted"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Ended     State = "ended"
)

// Standing is how an access stands at a time: a State, or what the clock made of it.
type Standing string

// What nobody has to do anything for.
const (
	Lapsed  Standing = "lapsed"  // nobody answered
	Expired Standing = "expired" // its time is over
)

// Bounds of an access.
const (
	MinMinutes = 5
	MaxMinutes = 240
	answerLife = 72 * time.Hour // how long a question waits for its answer
)

// Who ended an access.
const (
	byCompany  = "company"
	byOperator = "operator"
	byPlatform = "platform"
)

// Access is one operator's access to the company, from the question to its end.
type Access struct {
	ID           id.ID
	OperatorID   id.ID
	OperatorName string
	Purpose      string
	Writes       bool
	Minutes      int // asked for; once granted, given
	State        State
	AskedAt      time.Time
	DecidedAt    *time.Time
	DecidedBy    *id.ID
	DeciderName  string
	ExpiresAt    *time.Time
	EndedAt      *time.Time
	EndedBy      string
}

const accessSQL = `SELECT a.id, a.operator_id, a.operator_name, a.purpose, a.writes, a.minutes, a.state, a.asked_at, a.decided_at, a.decided_by,
		coalesce(u.name, '') AS decider_name, a.expires_at, a.ended_at, coalesce(a.ended_by, '') AS ended_by
	FROM app.support_access a LEFT JOIN app.users u ON u.org_id = a.org_id AND u.id = a.decided_by
	WHERE a.org_id = $1`

// openSQL is true of an access a that waits for its answer or runs; $2 is how long a question waits.
const openSQL = ` AND (a.state = 'granted' AND a.expires_at > app.now() OR a.state = 'asked' AND a.asked_at > app.now() - $2::interval)`

// Standing is how it stands at now.
func (a Access) Standing(now time.Time) Standing {
	return standing(a.State, a.AskedAt, a.ExpiresAt, now)
}

func standing(s State, askedAt time.Time, expiresAt *time.Time, now time.Time) Standing {
	switch {
	case s == Asked && now.Sub(askedAt) >= answerLife:
		return Lapsed
	case s == Granted && !expiresAt.After(now):
		return Expired
	}
	return Standing(s)
}

// lockAccess reads an access for a change, so that two changes follow each other.
func lockAccess(tx *pg.OrgTx, wanted id.ID) (Access, error) {
	return pg.CollectOne[Access](tx, accessSQL+` AND a.id = $2 FOR UPDATE OF a`, tx.Tenant().Org(), wanted)
}

// save writes what changed.
func save(tx *pg.OrgTx, by tenancy.Actor, a Access) error {
	_, err := tx.Exec(`UPDATE app.support_access SET minutes = $3, state = $4, decided_at = $5, decided_by = $6, expires_at = $7, ended_at = $8,
			ended_by = nullif($9, ''), code_hash = NULL, code_expires_at = NULL WHERE org_id = $1 AND id = $2`,
		tx.Tenant().Org(), a.ID, a.Minutes, a.State, a.DecidedAt, a.DecidedBy, a.ExpiresAt, a.EndedAt, a.EndedBy)
	if err != nil {
		return err
	}
	return note(tx, by, a)
}

// note keeps the line that the operator sees at the apex, and writes the entry of the log.
func note(tx *pg.OrgTx, by tenancy.Actor, a Access) error {
	tx.AtCommit(pg.Plain, `SELECT platform.note_support($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.ID, a.OperatorID, a.Purpose, a.Writes, a.Minutes, a.State, a.AskedAt, a.ExpiresAt)
	return audit.Record(tx, by, audit.Deed{Action: "support." + string(a.State), RecordType: "support_access", RecordID: a.ID, After: factsOf(a)})
}

// logged tells the platform's own log what has happened, by numbers alone.
func (s *Service) logged(err error, t pg.Tenant, a Access) error {
	if err == nil && a.ID != id.Nil {
		s.log.Info("support "+string(a.State), "organization", t.Org(), "operator", a.OperatorID, "access", a.ID, "ended_by", a.EndedBy)
	}
	return err
}

// facts are what the log says about an access.
type facts struct {
	Operator string     `json:"operator"`
	Purpose  string     `json:"purpose"`
	May      string     `json:"may"`
	Minutes  int        `json:"minutes"`
	Until    *time.Time `json:"until,omitempty"`
}

func factsOf(a Access) facts {
	may := "read"
	if a.Writes {
		may = "read and change"
	}
	return facts{a.OperatorName, a.Purpose, may, a.Minutes, a.ExpiresAt}
}

// end ends an access that is open: one that runs, or a question that nobody answered. What is over is left alone, and
// nothing is returned.
func end(tx *pg.OrgTx, by tenancy.Actor, a Access, ended string) (Access, error) {
	now := tx.Now()
	switch a.Standing(now) {
	case Standing(Asked):
		a.State = Withdrawn
	case Standing(Granted):
		a.State = Ended
	default:
		return Access{}, nil
	}
	a.EndedAt, a.EndedBy = &now, ended
	return a, save(tx, by, a)
}

// asOperator is an operator at a company's door: known by name, without any right to its rows.
func (s *Service) asOperator(ctx context.Context, op operator.Account, r tenancy.Request, host string) (tenancy.Actor, error) {
	place, err := s.hosts.Find(ctx, host)
	if err != nil {
		return tenancy.Actor{}, err
	}
	visitor, _, err := s.hosts.Visitor(ctx, place)
	return visitor.WithRequest(r).As(tenancy.Support, op.ID, op.Name, string(tenancy.Support), nil), err
}

func errNotOpen() error {
	return fault.New(fault.Conflict, "support-not-open", "This request was answered, withdrawn or forgotten meanwhile.")
}
