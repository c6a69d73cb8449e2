package api

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
)

type auditEntries struct{ Services }

func (s auditEntries) register(a *API) {
	register(a, route{
		pattern: "GET /v1/audit-entries", name: "list-audit-entries", summary: "List what was done, newest first: all of it, or by record, person, action and time.",
		more: "Entries are hash-chained; the hashes come with the export of the audit log's page and are proved by fence audit verify.",
	}, needs(tenancy.AuditRead), s.list)
}

type auditEntry struct {
	Seq            int64          `json:"seq"`
	At             time.Time      `json:"at"`
	Action         string         `json:"action" doc:"As customer.updated."`
	RecordType     string         `json:"record_type" doc:"As customer, property, quote."`
	RecordID       id.ID          `json:"record_id"`
	ActorKind      string         `json:"actor_kind" enum:"person,api_key,homeowner,visitor,support,platform"`
	ActorID        *id.ID         `json:"actor_id" doc:"The person, key or link; null for visitors and the platform."`
	ActorName      string         `json:"actor_name"`
	OnBehalfOf     string         `json:"on_behalf_of,omitempty" doc:"The id of the person for whom it was done: of an API key's person."`
	OnBehalfOfName string         `json:"on_behalf_of_name,omitempty"`
	ViewsAs        string         `json:"views_as,omitempty" doc:"The role whose rights the person looked through."`
	RequestID      string         `json:"request_id,omitempty"`
	Before         map[string]any `json:"before,omitempty"`
	After          map[string]any `json:"after,omitempty"`
}

func newAuditEntry(e audit.Entry) auditEntry {
	return auditEntry{
		Seq: e.Seq, At: e.At.UTC(), Action: e.Action, RecordType: e.RecordType, RecordID: e.RecordID, ActorKind: e.ActorKind, ActorID: optionalID(e.ActorID),
		ActorName: e.ActorName, OnBehalfOf: e.BehalfID, OnBehalfOfName: e.Behalf, ViewsAs: e.ViewsAs, RequestID: e.RequestID, Before: e.Before, After: e.After,
	}
}

type listAudit struct {
	Paging
	RecordType string   `query:"record_type" maxLength:"60" doc:"As customer, property, quote."`
	RecordID   recordID `query:"record_id"`
	PersonID   recordID `query:"person_id" doc:"Who did it, or for whom it was done."`
	Action     string   `query:"action" maxLength:"60" doc:"As customer.updated."`
	From       string   `query:"from" maxLength:"40" doc:"A time as 2026-03-03T00:00:00Z: not before it."`
	To         string   `query:"to" maxLength:"40" doc:"Before this time."`
}

func (s auditEntries) list(ctx context.Context, a tenancy.Actor, in *listAudit) (*answer[pageOf[auditEntry]], error) {
	f := audit.Filter{Person: id.ID(in.PersonID), RecordType: in.RecordType, RecordID: id.ID(in.RecordID), Action: in.Action, After: in.Cursor, Limit: in.Limit}
	var p fault.Problems
	f.From, f.To = moment(in.From, "/from", &p), moment(in.To, "/to", &p)
	if err := p.Err(); err != nil {
		return nil, err
	}
	page, err := audit.List(ctx, s.DB, a, f)
	if err != nil {
		return nil, renamed(err, "/after", "/cursor")
	}
	return &answer[pageOf[auditEntry]]{pageOf[auditEntry]{Items: each(page.Entries, newAuditEntry), NextCursor: cursorOf(page.Next)}}, nil
}

func moment(text, at string, p *fault.Problems) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		p.Add(at, "is not a time like 2026-03-03T00:00:00Z")
	}
	return t
}
