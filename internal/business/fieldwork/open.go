package fieldwork

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Service has the operations on jobs.
type Service struct {
	DB    *pg.DB
	Queue *tasks.Queue
	Files *files.Service
}

// Opened is the job of an acceptance.
type Opened struct {
	ID      id.ID          `json:"id"`
	Number  string         `json:"number"`
	Waiting *WaitingReason `json:"waiting,omitempty"`
}

// jobFacts are what the log says of a job: no price, because the crew reads its timeline.
type jobFacts struct {
	Number  string         `json:"number"`
	Waiting *WaitingReason `json:"waiting,omitempty"`
}

// OpenJob opens the job of an acceptance, once: done again it answers the same job. Over the plan's limit, or in
// a company that is read-only, the job waits.
func (s *Service) OpenJob(ctx context.Context, a tenancy.Actor, acceptance id.ID) (Opened, error) {
	if err := a.Require(tenancy.QuotesSend); err != nil {
		return Opened{}, err
	}
	var out Opened
	open := func(tx *pg.OrgTx) (err error) {
		out, err = s.openJob(tx, a, acceptance)
		return err
	}
	err := s.DB.InOrg(ctx, a.Tenant(), open)
	if pg.Violates(err, "jobs_of_version_once") { // another run was first: now it is there to be found
		err = s.DB.InOrg(ctx, a.Tenant(), open)
	}
	return out, err
}

func (s *Service) openJob(tx *pg.OrgTx, a tenancy.Actor, acceptance id.ID) (Opened, error) {
	sale, err := quoting.FindSale(tx, acceptance)
	if err != nil {
		return Opened{}, err
	}
	var job Opened
	org := tx.Tenant().Org()
	err = tx.QueryRow(`SELECT id, number, waiting_reason FROM app.jobs WHERE org_id = $1 AND version_id = $2`, org, sale.VersionID).
		Scan(&job.ID, &job.Number, &job.Waiting)
	if !errors.Is(err, pgx.ErrNoRows) {
		return job, err
	}
	job.ID = id.New()
	if job.Waiting, err = s.count(tx, a, job.ID); err != nil {
		return Opened{}, err
	}
	if job.Number, err = tenancy.NextNumber(tx, a, "job", "J"); err != nil {
		return Opened{}, err
	}
	_, err = tx.Exec(`INSERT INTO app.jobs (org_id, id, number, quote_id, version_id, acceptance_id, customer_id, property_id, state, waiting_reason,
			contract_cents, sold_at, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'sold', $9, $10, $11, $12, $12)`,
		org, job.ID, job.Number, sale.QuoteID, sale.VersionID, acceptance, sale.CustomerID, sale.PropertyID, job.Waiting, sale.TotalCents, sale.AcceptedAt, tx.Now())
	if err != nil {
		return Opened{}, err
	}
	if err := payment.OpenLedger(tx, sale); err != nil {
		return Opened{}, err
	}
	return job, audit.Record(tx, a, audit.Deed{Action: "job.opened", RecordType: "job", RecordID: job.ID,
		After: jobFacts{Number: job.Number, Waiting: job.Waiting}})
}

// count takes the job into the period's count, or says why it has to wait.
func (s *Service) count(tx *pg.OrgTx, a tenancy.Actor, job id.ID) (*WaitingReason, error) {
	reason := ReadOnly
	if a.RequireWritable(tx.Now()) != nil {
		return &reason, nil
	}
	err := (usage.Meter{Queue: s.Queue}).Consume(tx, a, usage.Use{Metric: plan.Jobs, Quantity: 1, RecordType: "job", RecordID: job})
	if fault.Is(err, fault.LimitReached) {
		reason = OverPlanLimit
		return &reason, nil
	}
	return nil, err
}

// Released says how many jobs stopped waiting, and how many still do.
type Released struct {
	Released int `json:"released"`
	Waiting  int `json:"waiting"`
}

// maxRelease bounds one transaction; who has more asks again.
const maxRelease = 200

// ReleaseWaiting lets waiting jobs go, the oldest first, as far as the plan has room.
func (s *Service) ReleaseWaiting(ctx context.Context, a tenancy.Actor) (Released, error) {
	if err := a.Require(tenancy.SettingsWrite); err != nil {
		return Released{}, err
	}
	return tenancy.Once(ctx, s.DB, a, "jobs.release", struct{}{}, func(tx *pg.OrgTx) (Released, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return Released{}, err
		}
		return s.releaseWaiting(tx, a)
	})
}

type waitingJob struct {
	ID            id.ID
	Number        string
	WaitingReason *WaitingReason
}

func (s *Service) releaseWaiting(tx *pg.OrgTx, a tenancy.Actor) (Released, error) {
	org := tx.Tenant().Org()
	jobs, err := pg.Collect[waitingJob](tx, `SELECT id, number, waiting_reason FROM app.jobs
		WHERE org_id = $1 AND waiting_reason IS NOT NULL ORDER BY id LIMIT $2 FOR UPDATE`, org, maxRelease)
	if err != nil {
		return Released{}, err
	}
	var out Released
	for _, j := range jobs {
		still, err := s.count(tx, a, j.ID)
		if err != nil {
			return Released{}, err
		}
		if still != nil {
			break // the others are younger
		}
		out.Released++
		tx.AtCommit(pg.Plain, `UPDATE app.jobs SET waiting_reason = NULL, released_at = $3, updated_at = $3, version = version + 1 WHERE org_id = $1 AND id = $2`,
			org, j.ID, tx.Now())
		before := jobFacts{Number: j.Number, Waiting: j.WaitingReason}
		after := jobFacts{Number: j.Number}
		if err := audit.Record(tx, a, audit.Deed{Action: "job.released", RecordType: "job", RecordID: j.ID, Before: before, After: after}); err != nil {
			return Released{}, err
		}
	}
	out.Waiting = len(jobs) - out.Released
	return out, nil
}
