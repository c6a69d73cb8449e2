package operator

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Doer is who acts: an operator who is logged in, or (without an ID) somebody on the command line.
type Doer struct {
	ID   id.ID
	Name string
	Key  string // of the form that was sent: sent again it is one deed
}

// Doer is the operator as one who acts by a form with a key.
func (a Account) Doer(key string) Doer { return Doer{a.ID, a.Name, key} }

// ActID is the number of the line that a deed gets: the same for the same form.
func (d Doer) ActID() id.ID {
	if d.Key == "" {
		return id.New()
	}
	return id.Derive(d.ID, "operator_log", d.Key)
}

// Repeated tells that a deed failed because it was done already, by the same form.
func Repeated(err error) bool { return pg.Violates(err, "operator_log_pkey") }

// logged is the doer in the process's own log, by number.
func (d Doer) logged() string {
	if d.ID == id.Nil {
		return "command line"
	}
	return d.ID.String()
}

// OperatorID is what a column holds: nothing for the command line.
func (d Doer) OperatorID() *id.ID {
	if d.ID == id.Nil {
		return nil
	}
	return &d.ID
}

// Act is one line of the operators' log: what was done, to which company, by whom and why.
type Act struct {
	ID         id.ID
	OrgID      *id.ID // nil: to no company
	OperatorID *id.ID // nil: on the command line
	ByName     string
	Action     string
	Reason     string
	Facts      jsontext.Value
	At         time.Time
}

const actColumns = `l.id, l.org_id, l.operator_id, l.by_name, l.action, l.reason, l.facts, l.at`

// Facts are the details of a deed as the log keeps them.
func Facts(of any) (jsontext.Value, error) {
	text, err := json.Marshal(of, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("facts of an act: %w", err)
	}
	return text, nil
}

// Acts are one page of the operators' log, the newest first: of all, or about one company.
func (s *Service) Acts(ctx context.Context, org *id.ID, at *time.Time, last *id.ID, most int) ([]Act, error) {
	return pg.SystemRows[Act](ctx, s.System, `SELECT `+actColumns+` FROM platform.operator_log l
		WHERE ($1::uuid IS NULL OR l.org_id = $1) AND ($2::timestamptz IS NULL OR (l.at, l.id) < ($2, $3)) ORDER BY l.at DESC, l.id DESC LIMIT $4`, org, at, last, most)
}

// NoteAct is the task that writes what an operator did about a company into the company's own log. The row of the
// operators' log enqueues it itself.
type NoteAct struct {
	OrgID id.ID `json:"org_id"`
	ActID id.ID `json:"act_id"`
}

// Kind implements tasks.Args.
func (NoteAct) Kind() string { return "note_operator_act" }

// Organization implements tasks.Args.
func (t NoteAct) Organization() id.ID { return t.OrgID }

// noted is what a company reads of an act.
type noted struct {
	Reason string         `json:"reason,omitempty"`
	DoneAt time.Time      `json:"done_at"`
	Facts  jsontext.Value `json:"facts,omitempty"`
}

// Note writes an act into the company's log, once however often it is asked for. On the command line nobody proved who
// they are: the company reads that it was the platform.
func (s *Service) Note(ctx context.Context, a tenancy.Actor, act id.ID) error {
	done, err := pg.SystemOne[Act](ctx, s.System, `SELECT `+actColumns+` FROM platform.operator_log l WHERE l.org_id = $1 AND l.id = $2`, a.Tenant().Org(), act)
	if err != nil {
		return err
	}
	by, name := id.Nil, "Fence Platform"
	if done.OperatorID != nil {
		by, name = *done.OperatorID, done.ByName+" (Fence Platform)"
	}
	a = a.As(tenancy.Platform, by, name, string(tenancy.Platform), nil)
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		var already bool
		if err := tx.QueryRow(`SELECT EXISTS (SELECT FROM app.audit_entries e WHERE e.org_id = $1 AND e.record_type = 'operator_act' AND e.record_id = $2)
			FROM app.audit_heads h WHERE h.org_id = $1 FOR UPDATE OF h`, tx.Tenant().Org(), act).Scan(&already); err != nil || already {
			return err
		}
		return audit.Record(tx, a, audit.Deed{Action: "platform." + done.Action, RecordType: "operator_act", RecordID: act, After: noted{done.Reason, done.At.UTC(), done.Facts}})
	})
}
