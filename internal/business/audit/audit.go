package audit

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Deed is what happened to a record.
type Deed struct {
	Action     string // "customer.updated"
	RecordType string // "customer"
	RecordID   id.ID
	Before     any // nil when the record is new
	After      any // nil when nothing of it is left
}

// content is what is hashed: everything that the log says about a deed.
type content struct {
	At         time.Time      `json:"at"`
	Action     string         `json:"action"`
	RecordType string         `json:"record_type"`
	RecordID   id.ID          `json:"record_id"`
	ActorKind  string         `json:"actor_kind"`
	ActorID    id.ID          `json:"actor_id"`
	ActorName  string         `json:"actor_name"`
	OnBehalfOf string         `json:"on_behalf_of,omitempty"`
	Behalf     string         `json:"on_behalf_of_name,omitempty"`
	ViewsAs    string         `json:"views_as,omitempty"` // the role whose rights the actor looked through
	RequestID  string         `json:"request_id,omitempty"`
	Before     jsontext.Value `json:"before,omitempty"`
	After      jsontext.Value `json:"after,omitempty"`
}

// appendSQL adds one entry behind the head. Both rows change or none.
const appendSQL = `
WITH head AS (SELECT seq, hash FROM app.audit_heads WHERE org_id = $1 FOR UPDATE),
entry AS (
	INSERT INTO app.audit_entries (org_id, seq, at, record_type, record_id, content, hash)
	SELECT $1, head.seq + 1, $2, $3, $4, $5, sha256(head.hash || convert_to($5, 'UTF8')) FROM head
	RETURNING seq, hash)
UPDATE app.audit_heads h SET seq = entry.seq, hash = entry.hash FROM entry WHERE h.org_id = $1`

// Record writes the deed with the transaction's commit.
func Record(tx *pg.OrgTx, a tenancy.Actor, d Deed) error {
	c := content{
		At: tx.Now().UTC(), Action: d.Action, RecordType: d.RecordType, RecordID: d.RecordID,
		ActorKind: string(a.Kind), ActorID: a.ID, ActorName: a.Name, ViewsAs: a.ViewsAs, RequestID: a.Request.ID,
	}
	if a.UserID != id.Nil && a.UserID != a.ID {
		c.OnBehalfOf, c.Behalf = a.UserID.String(), a.Behalf
	}
	var err error
	if c.Before, err = value(d.Before); err != nil {
		return err
	}
	if c.After, err = value(d.After); err != nil {
		return err
	}
	text, err := json.Marshal(c, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("write audit entry: %w", err)
	}
	tx.AtCommit(pg.AuditHead, appendSQL, tx.Tenant().Org(), c.At, d.RecordType, d.RecordID, string(text))
	return nil
}

func value(v any) (jsontext.Value, error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("write audit entry: %w", err)
	}
	return text, nil
}

// Entry is one line of a timeline, or of the log.
type Entry struct {
	Seq        int64
	At         time.Time
	Action     string
	RecordType string
	RecordID   id.ID
	ActorKind  string
	ActorID    id.ID
	ActorName  string
	Behalf     string // for whom, when that is another: the name of a key's person
	BehalfID   string
	ViewsAs    string
	RequestID  string
	Before     map[string]any
	After      map[string]any
}

type row struct {
	Seq     int64
	Content string
	Hash    []byte
}

// QueueTimeline reads the newest entries of a record with other statements of one round trip.
func QueueTimeline(r *pg.Reading, t pg.Tenant, recordType string, recordID id.ID, dst *[]Entry) {
	r.Rows(func(rows pgx.Rows) error {
		got, err := pgx.CollectRows(rows, func(line pgx.CollectableRow) (Entry, error) {
			stored, err := pgx.RowToStructByName[row](line)
			if err != nil {
				return Entry{}, err
			}
			return stored.entry()
		})
		*dst = got
		return err
	}, `SELECT seq, content, hash FROM app.audit_entries
		WHERE org_id = $1 AND record_type = $2 AND record_id = $3 ORDER BY seq DESC LIMIT 100`, t.Org(), recordType, recordID)
}

func (r row) entry() (Entry, error) {
	var c content
	if err := json.Unmarshal([]byte(r.Content), &c); err != nil {
		return Entry{}, fmt.Errorf("audit entry %d: %w", r.Seq, err)
	}
	e := Entry{
		Seq: r.Seq, At: c.At, Action: c.Action, RecordType: c.RecordType, RecordID: c.RecordID, ActorKind: c.ActorKind, ActorID: c.ActorID,
		ActorName: c.ActorName, Behalf: c.Behalf, BehalfID: c.OnBehalfOf, ViewsAs: c.ViewsAs, RequestID: c.RequestID,
	}
	for _, side := range []struct {
		from jsontext.Value
		to   *map[string]any
	}{{c.Before, &e.Before}, {c.After, &e.After}} {
		if len(side.from) == 0 {
			continue
		}
		if err := json.Unmarshal(side.from, side.to); err != nil {
			return Entry{}, fmt.Errorf("audit entry %d: %w", r.Seq, err)
		}
	}
	return e, nil
}
