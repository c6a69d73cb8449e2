package usage

import (
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Standing is how much of a metric is used.
type Standing struct {
	Metric   plan.Metric `json:"metric"`
	Used     int64       `json:"used"`
	Limit    int64       `json:"limit"`     // plan.Unlimited: no end
	ResetsAt *time.Time  `json:"resets_at"` // nil for levels
}

// Near tells that at least four fifths of the limit are used, and Full that nothing is left.
func (s Standing) Near() bool { return s.Limit != plan.Unlimited && s.Used >= threshold(s.Limit, 80) }

// Full tells that the limit is reached, or was passed before it became lower.
func (s Standing) Full() bool { return s.Limit != plan.Unlimited && s.Used >= s.Limit }

// QueueStandings reads what the organization uses now, with other statements of one round trip. Metrics that
// were never counted are absent: Standings fills them in. What processes hold ahead of calls is not used yet.
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
		(SELECT DISTINCT ON (c.metric) c.metric, c.used - (SELECT coalesce(sum(l.granted - l.spent), 0)::bigint FROM app.usage_leases l
			WHERE l.org_id = $1 AND l.metric = c.metric AND l.period_start = c.period_start)
		FROM app.usage_counters c WHERE c.org_id = $1 AND c.period_start <= app.now() AND c.period_end > app.now()
		ORDER BY c.metric, c.period_start DESC)`, t.Org())
}

// Standings completes what was read with limits and dates, in the catalogue's order.
func Standings(a tenancy.Actor, used map[plan.Metric]int64, now time.Time) []Standing {
	e, end := a.Entitlements(now), a.Org.Period(now).End
	var all []Standing
	for _, m := range plan.Metrics {
		s := Standing{Metric: m, Used: used[m], Limit: e.Limit(m)}
		if !m.Level() {
			s.ResetsAt = &end
		}
		all = append(all, s)
	}
	return all
}
