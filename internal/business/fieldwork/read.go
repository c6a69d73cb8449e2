package fieldwork

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// JobFilter chooses jobs. The zero value is all of them, the newest first.
type JobFilter struct {
	CustomerID  id.ID
	PropertyID  id.ID
	WaitingOnly bool
	After       string // the cursor of the last page
	Limit       int    // 50 when zero
}

// JobPage is one page of a list. Next is empty on the last.
type JobPage struct {
	Jobs   []Job     `json:"jobs"`
	Next   string    `json:"next"`
	ReadAt time.Time `json:"-"`
}

const (
	pageSize    = 50
	maxPageSize = 200
)

// listSQL goes backwards through the ids, which are time-ordered: a cursor survives whatever is inserted.
const listSQL = `SELECT ` + jobColumns + ` FROM ` + jobTables + `
	WHERE j.org_id = $1 AND ($2::uuid IS NULL OR j.id < $2) AND ($3::uuid IS NULL OR j.customer_id = $3) AND ($4::uuid IS NULL OR j.property_id = $4)
		AND (NOT $5 OR j.waiting_reason IS NOT NULL)
	ORDER BY j.id DESC LIMIT $6`

// ListJobs reads one page, in one round trip.
func (s *Service) ListJobs(ctx context.Context, a tenancy.Actor, f JobFilter) (JobPage, error) {
	if err := a.Require(tenancy.JobsRead); err != nil {
		return JobPage{}, err
	}
	var after *id.ID
	if f.After != "" {
		last, err := id.Parse(f.After)
		if err != nil {
			return JobPage{}, fault.InvalidField("/after", "is not a cursor of this list")
		}
		after = &last
	}
	limit := f.Limit
	if limit <= 0 {
		limit = pageSize
	}
	limit = min(limit, maxPageSize)
	var page JobPage
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Rows(func(rows pgx.Rows) (err error) {
			page.Jobs, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Job, error) {
				var j Job
				err := row.Scan(j.targets()...)
				return j, err
			})
			return err
		}, listSQL, a.Tenant().Org(), after, optional(f.CustomerID), optional(f.PropertyID), f.WaitingOnly, limit+1)
	})
	if err != nil {
		return JobPage{}, err
	}
	page.ReadAt = now
	for i := range page.Jobs {
		page.Jobs[i].hidePrice(a)
	}
	if len(page.Jobs) > limit {
		page.Jobs = page.Jobs[:limit]
		page.Next = page.Jobs[limit-1].ID.String()
	}
	return page, nil
}

func optional(v id.ID) *id.ID {
	if v == id.Nil {
		return nil
	}
	return &v
}

// Record is a job with its photos and its history.
type Record struct {
	Job      Job
	Photos   []files.View
	Timeline []audit.Entry
}

// FindAcceptance names the signature that a job came of, for who reads or records what was paid of it: that takes no right
// to read jobs.
func (s *Service) FindAcceptance(ctx context.Context, a tenancy.Actor, job id.ID) (acceptance id.ID, err error) {
	if err := a.Require(tenancy.PaymentsRead); err != nil {
		return id.Nil, err
	}
	_, err = s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&acceptance}, `SELECT j.acceptance_id FROM app.jobs j WHERE j.org_id = $1 AND j.id = $2`, a.Tenant().Org(), job)
	})
	return acceptance, err
}

// GetJob reads a job, its photos and its timeline, in one round trip.
func (s *Service) GetJob(ctx context.Context, a tenancy.Actor, job id.ID) (Record, error) {
	if err := a.Require(tenancy.JobsRead); err != nil {
		return Record{}, err
	}
	var rec Record
	var photos []files.File
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row(rec.Job.targets(), `SELECT `+jobColumns+` FROM `+jobTables+` WHERE j.org_id = $1 AND j.id = $2`, a.Tenant().Org(), job)
		files.QueueFiles(r, a.Tenant(), ofJob(job), files.Photo, &photos)
		audit.QueueTimeline(r, a.Tenant(), "job", job, &rec.Timeline)
	})
	if err != nil {
		return Record{}, err
	}
	rec.Job.hidePrice(a)
	rec.Photos = s.Files.Views(a.Tenant(), now, photos...)
	return rec, nil
}
