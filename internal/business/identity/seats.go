package identity

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/pg"
)

func (s *Service) meter() usage.Meter { return usage.Meter{Queue: s.notify.Queue} }

// Seats are how many people work here.
func Seats(tx *pg.OrgTx) (n int64, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM app.users WHERE org_id = $1 AND deactivated_at IS NULL`, tx.Tenant().Org()).Scan(&n)
	return n, err
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
	n := notify.UsageNote{What: usage.Amount(w.Metric, warned.Used, warned.LimitedTo), Full: warned.Used >= warned.LimitedTo, Path: tenancy.PlanPath}
	if !w.Metric.Level() {
		n.Until = a.Org.Period(w.PeriodStart).End.In(a.Org.Zone()).Format("Mon, Jan 2")
	}
	return n
}
