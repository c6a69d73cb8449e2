package api

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

type auditEntries struct{ Services }

func (s auditEntries) register(a *API) {
	register(a, route{pattern: "GET /v1/audit-entries", name: "list-audit-entries", summary: "List what happened to a record, newest first, up to 100 entries."},
		needs(tenancy.AuditRead), s.list)
}

type auditEntry struct {
	Seq       int64          `json:"seq"`
	At        time.Time      `json:"at"`
	Action    string         `json:"action" doc:"As customer.updated."`
	ActorKind string         `json:"actor_kind" enum:"person,api_key,homeowner,visitor,platform"`
	ActorName string         `json:"actor_name"`
	Before    map[string]any `json:"before,omitempty"`
	After     map[string]any `json:"after,omitempty"`
}

type listAudit struct {
	RecordType string   `query:"record_type" required:"true" maxLength:"60" doc:"As customer, property, quote."`
	RecordID   recordID `query:"record_id" required:"true"`
}

func (s auditEntries) list(ctx context.Context, a tenancy.Actor, in *listAudit) (*answer[listOf[auditEntry]], error) {
	var entries []audit.Entry
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		audit.QueueTimeline(r, a.Tenant(), in.RecordType, id.ID(in.RecordID), &entries)
	})
	if err != nil {
		return nil, err
	}
	return &answer[listOf[auditEntry]]{listed(entries, func(e audit.Entry) auditEntry {
		return auditEntry{Seq: e.Seq, At: e.At.UTC(), Action: e.Action, ActorKind: e.ActorKind, ActorName: e.ActorName, Before: e.Before, After: e.After}
	})}, nil
}
