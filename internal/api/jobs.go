package api

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

type jobs struct{ Services }

func (s jobs) register(a *API) {
	register(a, route{pattern: "GET /v1/jobs", name: "list-jobs", summary: "List jobs, newest first."}, needs(tenancy.JobsRead), s.list)
	register(a, route{pattern: "GET /v1/jobs/{id}", name: "get-job", summary: "Get a job."}, needs(tenancy.JobsRead), s.get)
}

type job struct {
	ID            id.ID        `json:"id"`
	Number        string       `json:"number" doc:"J-2026-000042"`
	QuoteID       id.ID        `json:"quote_id"`
	QuoteNumber   string       `json:"quote_number"`
	AcceptanceID  id.ID        `json:"acceptance_id"`
	CustomerID    id.ID        `json:"customer_id"`
	CustomerName  string       `json:"customer_name"`
	PropertyID    id.ID        `json:"property_id"`
	Place         string       `json:"place"`
	State         string       `json:"state"`
	Waiting       *string      `json:"waiting" doc:"Why it may not be scheduled yet: plan_limit or read_only; null: it may."`
	ReleasedAt    *time.Time   `json:"released_at"`
	ContractCents *money.Cents `json:"contract_cents,omitempty" doc:"Left out for roles that may not read quotes."`
	SoldAt        time.Time    `json:"sold_at"`
	CreatedAt     time.Time    `json:"created_at"`
	UpdatedAt     time.Time    `json:"updated_at"`
	Version       int          `json:"version"`
}

func newJob(a tenancy.Actor) func(fieldwork.Job) job {
	return func(j fieldwork.Job) job {
		out := job{
			ID: j.ID, Number: j.Number, QuoteID: j.QuoteID, QuoteNumber: j.QuoteNumber, AcceptanceID: j.AcceptanceID, CustomerID: j.CustomerID,
			CustomerName: j.CustomerName, PropertyID: j.PropertyID, Place: j.Place, State: string(j.State), ReleasedAt: inUTC(j.ReleasedAt),
			SoldAt: j.SoldAt.UTC(), CreatedAt: j.CreatedAt.UTC(), UpdatedAt: j.UpdatedAt.UTC(), Version: j.Version,
		}
		if j.Waiting != nil {
			out.Waiting = new(string(*j.Waiting))
		}
		if a.May(tenancy.QuotesRead) {
			out.ContractCents = &j.ContractCents
		}
		return out
	}
}

type listJobs struct {
	Paging
	CustomerID recordID `query:"customer_id"`
	PropertyID recordID `query:"property_id"`
	Waiting    bool     `query:"waiting" doc:"Only jobs that wait for the plan."`
}

func (s jobs) list(ctx context.Context, a tenancy.Actor, in *listJobs) (*answer[pageOf[job]], error) {
	page, err := s.Jobs.ListJobs(ctx, a, fieldwork.JobFilter{
		CustomerID: id.ID(in.CustomerID), PropertyID: id.ID(in.PropertyID), WaitingOnly: in.Waiting, After: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, renamed(err, "/after", "/cursor")
	}
	return &answer[pageOf[job]]{pageOf[job]{Items: each(page.Jobs, newJob(a)), NextCursor: cursorOf(page.Next)}}, nil
}

func (s jobs) get(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[job], error) {
	record, err := s.Jobs.GetJob(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return &recordAnswer[job]{ETag: etag(record.Job.Version), Body: newJob(a)(record.Job)}, nil
}
