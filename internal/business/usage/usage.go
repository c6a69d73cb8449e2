package usage

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Meter counts, and has people told when little is left.
type Meter struct{ Queue *tasks.Queue }

// Use is so much of a metric, made by one record. A record is counted once.
type Use struct {
	Metric     plan.Metric
	Quantity   int64
	RecordType string
	RecordID   id.ID
}

// takeSQL counts the use and keeps the event. No row: the limit is reached, or the period has no counter yet. The
// UPDATE looks at the row again after waiting for its lock, so no two transactions can both take the last one.
const takeSQL = `
WITH counted AS (
	UPDATE app.usage_counters SET used = used + $4
	WHERE org_id = $1 AND metric = $2 AND period_start = $3 AND used <= $5::bigint - $4
	RETURNING used),
kept AS (
	INSERT INTO app.usage_events (org_id, id, metric, quantity, record_type, record_id, at, period_start)
	SELECT $1, $6, $2, $4, $7, $8, $9, $3 FROM counted)
SELECT used FROM counted`

// openSQL makes the period's counter. One that was closed early by a new anchor overlaps it: what was used there counts
// here too, so that a switch of plans gives nothing back. A counter whose row was lost is made anew of its events and of
// what processes were granted: nothing is given back by that either.
const openSQL = `
WITH closed AS (
	SELECT used FROM app.usage_counters WHERE org_id = $1 AND metric = $2 AND period_start < $3 AND period_end > $3
		AND NOT EXISTS (SELECT FROM app.usage_events WHERE org_id = $1 AND metric = $2 AND period_start = $3)
		AND NOT EXISTS (SELECT FROM app.usage_leases WHERE org_id = $1 AND metric = $2 AND period_start = $3)
	ORDER BY period_start DESC LIMIT 1),
opened AS (
	INSERT INTO app.usage_counters (org_id, metric, period_start, period_end, used)
	SELECT $1, $2, $3, $4, coalesce((SELECT used FROM closed), 0)
		+ (SELECT coalesce(sum(quantity), 0) FROM app.usage_events WHERE org_id = $1 AND metric = $2 AND period_start = $3)::bigint
		+ (SELECT coalesce(sum(granted), 0) FROM app.usage_leases WHERE org_id = $1 AND metric = $2 AND period_start = $3)::bigint
	WHERE NOT EXISTS (SELECT FROM app.usage_counters WHERE org_id = $1 AND metric = $2 AND period_start = $3)
	ON CONFLICT (org_id, metric, period_start) DO NOTHING
	RETURNING used)
INSERT INTO app.usage_events (org_id, id, metric, quantity, record_type, record_id, at, period_start, kind)
SELECT $1, $5, $2, closed.used, 'period', $5, $6, $3, 'carried' FROM opened, closed WHERE closed.used > 0`

const usedSQL = `SELECT used FROM app.usage_counters WHERE org_id = $1 AND metric = $2 AND period_start = $3`

// Consume counts all of the uses in the current period, or none of them. It is among the last statements of a
// transaction: it locks the organization's counters until the end, in the order of their names.
func (m Meter) Consume(tx *pg.OrgTx, a tenancy.Actor, uses ...Use) error {
	uses = slices.Clone(uses)
	slices.SortStableFunc(uses, func(x, y Use) int { return cmp.Compare(x.Metric, y.Metric) })
	for _, u := range uses {
		if err := m.consume(tx, a, u); err != nil {
			return err
		}
	}
	return nil
}

func (m Meter) consume(tx *pg.OrgTx, a tenancy.Actor, u Use) error {
	if u.Quantity < 1 {
		return fmt.Errorf("count %s: a quantity of %d", u.Metric, u.Quantity)
	}
	p, limit := a.Org.Period(tx.Now()), a.Entitlements(tx.Now()).Limit(u.Metric)
	org := tx.Tenant().Org()
	take := func() (used int64, err error) {
		err = tx.QueryRow(takeSQL, org, u.Metric, p.Start, u.Quantity, ceiling(limit), id.New(), u.RecordType, u.RecordID, tx.Now()).Scan(&used)
		return used, err
	}
	used, err := take()
	if errors.Is(err, pgx.ErrNoRows) { // the first of a period, or one too many
		if _, err := tx.Exec(openSQL, org, u.Metric, p.Start, p.End, id.New(), tx.Now()); err != nil {
			return fmt.Errorf("open the counter of %s: %w", u.Metric, err)
		}
		used, err = take()
	}
	if errors.Is(err, pgx.ErrNoRows) {
		if err := tx.QueryRow(usedSQL, org, u.Metric, p.Start).Scan(&used); err != nil {
			return err
		}
		return Reached(a, u.Metric, used, limit, &p.End)
	}
	if err != nil {
		return fmt.Errorf("count %s: %w", u.Metric, err)
	}
	return m.warn(tx, crossing{u.Metric, p.Start, used - u.Quantity, used, limit})
}

// ceiling is the most that a counter may hold.
func ceiling(limit int64) int64 {
	if limit == plan.Unlimited {
		return math.MaxInt64
	}
	return limit
}

// VoidWithin is how long what was made by mistake can be taken back with its quota.
const VoidWithin = 15 * time.Minute

// Void gives back what a record used, once, if it was counted a moment ago. Deleting a record later gives nothing back.
func Void(tx *pg.OrgTx, m plan.Metric, record id.ID) (given bool, err error) {
	tag, err := tx.Exec(`
WITH voided AS (
	INSERT INTO app.usage_events (org_id, id, metric, quantity, record_type, record_id, at, period_start, kind, reverses)
	SELECT $1, $5, $2, -e.quantity, e.record_type, e.record_id, $4, e.period_start, 'void', e.id
	FROM app.usage_events e WHERE e.org_id = $1 AND e.metric = $2 AND e.record_id = $3 AND e.reverses IS NULL AND e.kind = 'use' AND e.at > $6
	ON CONFLICT (org_id, reverses) WHERE reverses IS NOT NULL DO NOTHING
	RETURNING quantity, period_start)
UPDATE app.usage_counters c SET used = greatest(c.used + v.quantity, 0) FROM voided v
WHERE c.org_id = $1 AND c.metric = $2 AND c.period_start = v.period_start`,
		tx.Tenant().Org(), m, record, tx.Now(), id.New(), tx.Now().Add(-VoidWithin))
	if err != nil {
		return false, fmt.Errorf("give back %s: %w", m, err)
	}
	return tag.RowsAffected() == 1, nil
}

// Grow raises a level by one, unless that would pass the plan's limit or an invoice is open.
func (m Meter) Grow(tx *pg.OrgTx, a tenancy.Actor, metric plan.Metric) error {
	if err := a.RequireGrowth(metric, tx.Now()); err != nil {
		return err
	}
	limit, org := a.Entitlements(tx.Now()).Limit(metric), tx.Tenant().Org()
	var used int64
	err := tx.QueryRow(`INSERT INTO app.usage_levels AS l (org_id, metric, used) SELECT $1, $2, 1 WHERE $3::bigint > 0
		ON CONFLICT (org_id, metric) DO UPDATE SET used = l.used + 1 WHERE l.used < $3
		RETURNING used`, org, metric, ceiling(limit)).Scan(&used)
	if errors.Is(err, pgx.ErrNoRows) {
		if err := tx.QueryRow(`SELECT coalesce(max(used), 0) FROM app.usage_levels WHERE org_id = $1 AND metric = $2`, org, metric).Scan(&used); err != nil {
			return err
		}
		return Reached(a, metric, used, limit, nil)
	}
	if err != nil {
		return fmt.Errorf("raise %s: %w", metric, err)
	}
	return m.warn(tx, crossing{metric, a.Org.Period(tx.Now()).Start, used - 1, used, limit})
}

// Shrink lowers a level by one.
func Shrink(tx *pg.OrgTx, m plan.Metric) error { return ShrinkBy(tx, m, 1) }

// Reached is the refusal of one more: which limit, when it starts anew, who can lift it.
func Reached(a tenancy.Actor, m plan.Metric, used, limit int64, resetsAt *time.Time) error {
	message := fmt.Sprintf("Your company uses %s. The owner can change the plan.", Amount(m, used, limit))
	if resetsAt != nil {
		message = fmt.Sprintf("Your company used %s this month. The owner can change the plan, or it resets on %s.",
			Amount(m, used, limit), resetsAt.In(a.Org.Zone()).Format("Jan 2"))
	}
	e := fault.New(fault.LimitReached, "plan-limit-reached", "%s", message).
		With("metric", string(m)).With("limit", limit).With("used", used).With("upgrade_url", tenancy.BillingPath)
	if resetsAt == nil {
		return e.With("resets_at", nil)
	}
	return e.With("resets_at", resetsAt.UTC().Format(time.RFC3339))
}

// Amount says how much of a limit is used: "40 of 50 jobs".
func Amount(m plan.Metric, used, limit int64) string {
	if m == plan.Storage {
		return fmt.Sprintf("%s of %s", Bytes(used), Bytes(limit))
	}
	return fmt.Sprintf("%d of %d %s", used, limit, Noun(m, limit))
}

// Noun is what so many of a metric are called.
func Noun(m plan.Metric, n int64) string {
	one, many := string(m), string(m)
	switch m {
	case plan.Users:
		one, many = "person", "people"
	case plan.Jobs:
		one, many = "job", "jobs"
	case plan.Quotes:
		one, many = "quote", "quotes"
	case plan.APICalls:
		one, many = "API call", "API calls"
	case plan.Storage:
		one, many = "byte", "bytes"
	}
	if n == 1 {
		return one
	}
	return many
}
