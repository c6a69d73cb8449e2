package usage

import (
	"fmt"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Warning is the task that tells a company's owners that little is left, or nothing.
type Warning struct {
	OrgID       id.ID       `json:"org_id"`
	Metric      plan.Metric `json:"metric"`
	PeriodStart time.Time   `json:"period_start"`
	Percent     int         `json:"percent"`
}

// Kind implements tasks.Args.
func (Warning) Kind() string { return "usage_warning" }

// Organization implements tasks.Args.
func (w Warning) Organization() id.ID { return w.OrgID }

// crossing is a step of a metric's use in a period.
type crossing struct {
	metric        plan.Metric
	period        time.Time
	before, after int64
	limit         int64
}

// thresholds are the shares at which people are told, in percent.
var thresholds = []int64{80, 100}

// threshold is the first use that has reached so many percent of the limit. It does not overflow.
func threshold(limit, percent int64) int64 { return limit/100*percent + (limit%100*percent+99)/100 }

// warn notes each threshold that the step crossed, once in a period, and has the highest of them mailed.
func (m Meter) warn(tx *pg.OrgTx, c crossing) error {
	if c.limit <= 0 { // no end, or nothing that could be used
		return nil
	}
	highest := 0
	for _, percent := range thresholds {
		if t := threshold(c.limit, percent); c.before >= t || c.after < t {
			continue
		}
		tag, err := tx.Exec(`INSERT INTO app.usage_warnings (org_id, metric, period_start, percent, used, limited_to, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			tx.Tenant().Org(), c.metric, c.period, percent, c.after, c.limit, tx.Now())
		if err != nil {
			return fmt.Errorf("warn of %s: %w", c.metric, err)
		}
		if tag.RowsAffected() == 1 {
			highest = int(percent)
		}
	}
	if highest == 0 {
		return nil
	}
	return m.Queue.Enqueue(tx, Warning{OrgID: tx.Tenant().Org(), Metric: c.metric, PeriodStart: c.period, Percent: highest})
}

// Warned is a warning as it was noted.
type Warned struct {
	Used      int64
	LimitedTo int64
}

// TakeWarning marks a warning as mailed. A second time there is none: pgx.ErrNoRows.
func TakeWarning(tx *pg.OrgTx, w Warning) (Warned, error) {
	return pg.CollectOne[Warned](tx, `UPDATE app.usage_warnings SET mailed_at = $5
		WHERE org_id = $1 AND metric = $2 AND period_start = $3 AND percent = $4 AND mailed_at IS NULL RETURNING used, limited_to`,
		tx.Tenant().Org(), w.Metric, w.PeriodStart, w.Percent, tx.Now())
}
