package usage

import (
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// consumeSQL counts one more and keeps the event. No row: the limit is reached. The UPDATE looks at the row
// again after waiting for its lock, so no two transactions can both take the last one.
const consumeSQL = `
WITH counted AS (
	INSERT INTO app.usage_counters AS c (org_id, metric, period_start, period_end, used)
	SELECT $1, $2, $3, $4, 1 WHERE $5 <> 0
	ON CONFLICT (org_id, metric, period_start) DO UPDATE SET used = c.used + 1 WHERE $5 < 0 OR c.used < $5
	RETURNING used)
INSERT INTO app.usage_events (org_id, id, metric, quantity, record_type, record_id, at, period_start)
SELECT $1, $6, $2, 1, $7, $8, $9, $3 FROM counted
RETURNING id`

// Consume counts one more of metric, made by the record, in the current period. It is among the last
// statements of a transaction: it locks the organization's counter until the end.
func Consume(tx *pg.OrgTx, a tenancy.Actor, m plan.Metric, recordType string, recordID id.ID) error {
	e := a.Entitlements(tx.Now())
	p := a.Org.Period(tx.Now())
	limit := e.Limit(m)
	var event id.ID
	err := tx.QueryRow(consumeSQL, tx.Tenant().Org(), m, p.Start, p.End, limit, id.New(), recordType, recordID, tx.Now()).Scan(&event)
	if errors.Is(err, pgx.ErrNoRows) {
		return Reached(a, m, limit, &p.End)
	}
	if err != nil {
		return fmt.Errorf("count %s: %w", m, err)
	}
	return nil
}

// Grow raises a level by one, unless that would pass the plan's limit.
func Grow(tx *pg.OrgTx, a tenancy.Actor, m plan.Metric) error {
	limit := a.Entitlements(tx.Now()).Limit(m)
	var used int64
	err := tx.QueryRow(`INSERT INTO app.usage_levels AS l (org_id, metric, used) SELECT $1, $2, 1 WHERE $3 <> 0
		ON CONFLICT (org_id, metric) DO UPDATE SET used = l.used + 1 WHERE $3 < 0 OR l.used < $3
		RETURNING used`, tx.Tenant().Org(), m, limit).Scan(&used)
	if errors.Is(err, pgx.ErrNoRows) {
		return Reached(a, m, limit, nil)
	}
	if err != nil {
		return fmt.Errorf("raise %s: %w", m, err)
	}
	return nil
}

// Shrink lowers a level by one.
func Shrink(tx *pg.OrgTx, m plan.Metric) error {
	_, err := tx.Exec(`UPDATE app.usage_levels SET used = used - 1 WHERE org_id = $1 AND metric = $2`, tx.Tenant().Org(), m)
	return err
}

// Reached is the refusal of one more: which limit, when it starts anew, who can lift it.
func Reached(a tenancy.Actor, m plan.Metric, limit int64, resetsAt *time.Time) error {
	message := fmt.Sprintf("Your company uses %d of %d %s. The owner can change the plan.", limit, limit, noun(m, limit))
	if resetsAt != nil {
		message = fmt.Sprintf("Your company used %d of %d %s this month. The owner can change the plan, or it resets on %s.",
			limit, limit, noun(m, limit), resetsAt.In(a.Org.Zone()).Format("Jan 2"))
	}
	e := fault.New(fault.LimitReached, "plan-limit-reached", "%s", message).
		With("metric", string(m)).With("limit", limit).With("used", limit)
	if resetsAt == nil {
		return e.With("resets_at", nil)
	}
	return e.With("resets_at", resetsAt.UTC().Format(time.RFC3339))
}

func noun(m plan.Metric, n int64) string {
	one, many := string(m), string(m)
	switch m {
	case plan.Users:
		one, many = "person", "people"
	case plan.Jobs:
		one, many = "job", "jobs"
	case plan.Quotes:
		one, many = "quote", "quotes"
	}
	if n == 1 {
		return one
	}
	return many
}

// Standing is how much of a metric is used.
type Standing struct {
	Metric   plan.Metric `json:"metric"`
	Used     int64       `json:"used"`
	Limit    int64       `json:"limit"`     // plan.Unlimited: no end
	ResetsAt *time.Time  `json:"resets_at"` // nil for levels
}

// QueueStandings reads what the organization uses now, with other statements of one round trip. Metrics that
// were never counted are absent: Standings fills them in.
func QueueStandings(r *pg.Reading, t pg.Tenant, dst *map[plan.Metric]int64) {
	*dst = map[plan.Metric]int64{}
	r.Rows(func(rows pgx.Rows) error {
		var m plan.Metric
		var used int64
		_, err := pgx.ForEachRow(rows, []any{&m, &used}, func() error {
			(*dst)[m] = used
			return nil
		})
		return err
	}, `SELECT metric, used FROM app.usage_levels WHERE org_id = $1
		UNION ALL
		SELECT metric, used FROM app.usage_counters WHERE org_id = $1 AND period_start <= app.now() AND period_end > app.now()`, t.Org())
}

// Standings completes what was read with limits and dates, in the catalogue's order.
func Standings(a tenancy.Actor, used map[plan.Metric]int64, now time.Time) []Standing {
	e, end := a.Entitlements(now), a.Org.Period(now).End
	var all []Standing
	for _, m := range []plan.Metric{plan.Users, plan.Jobs, plan.Quotes, plan.Storage, plan.APICalls} {
		s := Standing{Metric: m, Used: used[m], Limit: e.Limit(m)}
		if m != plan.Users && m != plan.Storage {
			s.ResetsAt = &end
		}
		all = append(all, s)
	}
	return all
}
