package identity

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

func (s *Service) meter() usage.Meter { return usage.Meter{Queue: s.notify.Queue} }

// Seats are how many people work here.
func Seats(tx *pg.OrgTx) (n int64, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM app.users WHERE org_id = $1 AND deactivated_at IS NULL`, tx.Tenant().Org()).Scan(&n)
	return n, err
}

// SeatsChanged is the task that follows when somebody begins or ceases to work here: what people cost is billing's.
type SeatsChanged struct {
	OrgID  id.ID `json:"org_id"`
	People int64 `json:"people"` // who then worked here; 0 when somebody left
}

// Kind implements tasks.Args.
func (SeatsChanged) Kind() string { return "seats_changed" }

// Organization implements tasks.Args.
func (t SeatsChanged) Organization() id.ID { return t.OrgID }

// tellSeats has the change followed up, where somebody is paid for.
func (s *Service) tellSeats(tx *pg.OrgTx, a tenancy.Actor, came bool) error {
	if len(a.Org.Standing.Subscriptions) == 0 {
		return nil
	}
	t := SeatsChanged{OrgID: tx.Tenant().Org()}
	if came {
		if err := tx.QueryRow(`SELECT used FROM app.usage_levels WHERE org_id = $1 AND metric = $2`, tx.Tenant().Org(), plan.Users).Scan(&t.People); err != nil {
			return err
		}
	}
	return s.notify.Queue.Enqueue(tx, t)
}

// QueueSeats reads how many people work here, with other statements of one round trip.
func QueueSeats(r *pg.Reading, t pg.Tenant, dst *int64) {
	r.Row([]any{dst}, `SELECT count(*) FROM app.users WHERE org_id = $1 AND deactivated_at IS NULL`, t.Org())
}

// QueueOwners reads the names of those who choose the plan.
func QueueOwners(r *pg.Reading, t pg.Tenant, dst *[]string) {
	r.Row([]any{dst}, `SELECT coalesce(array_agg(name ORDER BY created_at, id), '{}') FROM app.users WHERE org_id = $1 AND role = 'owner' AND deactivated_at IS NULL`, t.Org())
}

// WarnOfUsage mails the owners that little is left of a limit. Done again it mails nobody.
func (s *Service) WarnOfUsage(ctx context.Context, a tenancy.Actor, w usage.Warning) error {
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		warned, err := usage.TakeWarning(tx, w)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		owners, err := pg.Collect[struct{ Email string }](tx, `SELECT email FROM app.users WHERE org_id = $1 AND role = 'owner' AND deactivated_at IS NULL ORDER BY id`, tx.Tenant().Org())
		if err != nil {
			return err
		}
		note := usageNote(a, w, warned)
		for _, o := range owners {
			if err := s.notify.UsageWarning(tx, a.Org, o.Email, note); err != nil {
				return err
			}
		}
		return nil
	})
}

func usageNote(a tenancy.Actor, w usage.Warning, warned usage.Warned) notify.UsageNote {
	n := notify.UsageNote{What: usage.Amount(w.Metric, warned.Used, warned.LimitedTo), Full: warned.Used >= warned.LimitedTo, Path: tenancy.UsagePath}
	if !w.Metric.Level() {
		n.Until = a.Org.Period(w.PeriodStart).End.In(a.Org.Zone()).Format("Mon, Jan 2")
	}
	return n
}
