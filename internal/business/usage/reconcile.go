package usage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Reconcile is the task that compares an organization's counters with what they count.
type Reconcile struct {
	OrgID id.ID `json:"org_id"`
}

// Kind implements tasks.Args.
func (Reconcile) Kind() string { return "usage_reconcile" }

// Organization implements tasks.Args.
func (r Reconcile) Organization() id.ID { return r.OrgID }

// ReconcileAll is the nightly task that has every organization's counters compared.
type ReconcileAll struct{}

// Kind implements tasks.SystemArgs.
func (ReconcileAll) Kind() string { return "usage_reconcile_all" }

// Counted names the rows that a metric counted in a period. Whoever owns the rows says which.
type Counted struct {
	RecordType string
	List       func(*pg.OrgTx, plan.Period) ([]id.ID, error)
}

// Auditor compares counters, their events and the rows that they count.
type Auditor struct {
	DB      *pg.DB
	Counted map[plan.Metric]Counted
	// Levels tells how many there are of what goes up and down.
	Levels map[plan.Metric]func(*pg.OrgTx) (int64, error)
	// Drifted is told of each difference: there should be none.
	Drifted func(m plan.Metric)
}

// Reconcile repairs what differs, and writes down that it did: a correction with its reason, never silently. A drift is
// our mistake: no repair brings a company to its limit that was not there.
func (s *Auditor) Reconcile(ctx context.Context, a tenancy.Actor) error {
	var drifts []plan.Metric
	err := s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		r := reconciling{tx: tx, a: a, entitled: a.Entitlements(tx.Now())}
		if err := s.reconcile(&r); err != nil {
			return err
		}
		drifts = r.drifts
		return nil
	})
	for _, m := range drifts {
		if err == nil && s.Drifted != nil {
			s.Drifted(m)
		}
	}
	return err
}

type reconciling struct {
	tx       *pg.OrgTx
	a        tenancy.Actor
	entitled plan.Entitlements
	drifts   []plan.Metric
}

type counter struct {
	Metric      plan.Metric
	PeriodStart time.Time
	Used        int64
}

func (s *Auditor) reconcile(r *reconciling) error {
	org, now := r.tx.Tenant().Org(), r.tx.Now()
	counters, err := pg.Collect[counter](r.tx, `SELECT metric, period_start, used FROM app.usage_counters
		WHERE org_id = $1 AND period_end > $2 ORDER BY metric, period_start FOR UPDATE`, org, now)
	if err != nil {
		return err
	}
	for _, c := range counters {
		if c.Metric == plan.APICalls {
			if err := reap(r.tx, c.PeriodStart); err != nil {
				return err
			}
		}
	}
	present := r.a.Org.Period(now)
	for _, m := range plan.Metrics {
		if of, counted := s.Counted[m]; counted {
			i := slices.IndexFunc(counters, func(c counter) bool { return c.Metric == m && c.PeriodStart.Equal(present.Start) })
			if err := r.countMissing(m, of, present, i >= 0); err != nil {
				return err
			}
		}
	}
	for _, c := range counters {
		if err := r.compare(c); err != nil {
			return err
		}
	}
	for _, m := range plan.Metrics {
		if count, is := s.Levels[m]; is {
			if err := r.compareLevel(m, present, count); err != nil {
				return err
			}
		}
	}
	// Leases of periods that are over have served: their counters stand.
	_, err = r.tx.Exec(`DELETE FROM app.usage_leases l WHERE l.org_id = $1 AND l.expires_at < $2 AND NOT EXISTS (SELECT FROM app.usage_counters c
		WHERE c.org_id = $1 AND c.metric = l.metric AND c.period_start = l.period_start AND c.period_end > $3)`, org, now.Add(-time.Hour), now)
	return err
}

// room is how many more may be counted afterwards before somebody would stand at the limit.
func (r *reconciling) room(m plan.Metric, used int64) int64 {
	return max(ceiling(r.entitled.Limit(m))-1-used, 0)
}

// countMissing keeps an event for each row that was never counted. Without room it counts for nothing.
func (r *reconciling) countMissing(m plan.Metric, of Counted, p plan.Period, hasCounter bool) error {
	rows, err := of.List(r.tx, p)
	if err != nil {
		return fmt.Errorf("rows of %s: %w", m, err)
	}
	org := r.tx.Tenant().Org()
	missing, err := pg.Collect[struct{ ID id.ID }](r.tx, `SELECT r.id FROM unnest($3::uuid[]) AS r(id) WHERE NOT EXISTS (
		SELECT FROM app.usage_events e WHERE e.org_id = $1 AND e.metric = $2 AND e.record_id = r.id AND e.reverses IS NULL)`, org, m, rows)
	if err != nil || len(missing) == 0 {
		return err
	}
	if !hasCounter {
		if _, err := r.tx.Exec(openSQL, org, m, p.Start, p.End, id.New(), r.tx.Now()); err != nil {
			return err
		}
	}
	var used int64
	if err := r.tx.QueryRow(usedSQL+` FOR UPDATE`, org, m, p.Start).Scan(&used); err != nil {
		return err
	}
	counted := min(int64(len(missing)), r.room(m, used))
	for i, row := range missing {
		var quantity int64
		if int64(i) < counted {
			quantity = 1
		}
		if err := r.correct(m, p.Start, quantity, of.RecordType, row.ID, "was not counted"); err != nil {
			return err
		}
	}
	_, err = r.tx.Exec(`UPDATE app.usage_counters SET used = used + $4 WHERE org_id = $1 AND metric = $2 AND period_start = $3`, org, m, p.Start, counted)
	return err
}

// compare holds a counter against its events and what processes were granted.
func (r *reconciling) compare(c counter) error {
	org := r.tx.Tenant().Org()
	var used, sum int64
	err := r.tx.QueryRow(`SELECT used, (SELECT coalesce(sum(quantity), 0) FROM app.usage_events e WHERE e.org_id = $1 AND e.metric = $2 AND e.period_start = $3)::bigint
		+ (SELECT coalesce(sum(granted), 0) FROM app.usage_leases l WHERE l.org_id = $1 AND l.metric = $2 AND l.period_start = $3)::bigint
		FROM app.usage_counters WHERE org_id = $1 AND metric = $2 AND period_start = $3`, org, c.Metric, c.PeriodStart).Scan(&used, &sum)
	if err != nil || used == sum {
		return err
	}
	right := max(min(sum, used+r.room(c.Metric, used)), 0)
	reason := fmt.Sprintf("the counter said %d and its events %d", used, sum)
	if err := r.correct(c.Metric, c.PeriodStart, right-sum, "counter", id.New(), reason); err != nil {
		return err
	}
	_, err = r.tx.Exec(`UPDATE app.usage_counters SET used = $4 WHERE org_id = $1 AND metric = $2 AND period_start = $3`, org, c.Metric, c.PeriodStart, right)
	return err
}

// compareLevel holds a level against the rows that there are. Being over a limit locks nothing that is there.
func (r *reconciling) compareLevel(m plan.Metric, p plan.Period, count func(*pg.OrgTx) (int64, error)) error {
	org := r.tx.Tenant().Org()
	there, err := count(r.tx)
	if err != nil {
		return fmt.Errorf("rows of %s: %w", m, err)
	}
	if there > 0 { // a level whose row was lost says 0
		if _, err := r.tx.Exec(`INSERT INTO app.usage_levels (org_id, metric, used) VALUES ($1, $2, 0) ON CONFLICT (org_id, metric) DO NOTHING`, org, m); err != nil {
			return err
		}
	}
	levels, err := pg.Collect[struct{ Used int64 }](r.tx, `SELECT used FROM app.usage_levels WHERE org_id = $1 AND metric = $2 FOR UPDATE`, org, m)
	if err != nil || len(levels) == 0 {
		return err
	}
	if there, err = count(r.tx); err != nil { // again: now nobody changes it
		return fmt.Errorf("rows of %s: %w", m, err)
	}
	used := levels[0].Used
	if used == there {
		return nil
	}
	right := min(there, used+r.room(m, used))
	reason := fmt.Sprintf("the level said %d and there are %d", used, there)
	if right == used { // there is no room to say so
		r.drifts = append(r.drifts, m)
		return nil
	}
	if err := r.correct(m, p.Start, right-used, "level", id.New(), reason); err != nil {
		return err
	}
	_, err = r.tx.Exec(`UPDATE app.usage_levels SET used = $3 WHERE org_id = $1 AND metric = $2`, org, m, right)
	return err
}

// correct writes a correction down.
func (r *reconciling) correct(m plan.Metric, period time.Time, quantity int64, recordType string, record id.ID, reason string) error {
	r.drifts = append(r.drifts, m)
	_, err := r.tx.Exec(`INSERT INTO app.usage_events (org_id, id, metric, quantity, record_type, record_id, at, period_start, kind, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'correction', $9)`,
		r.tx.Tenant().Org(), id.New(), m, quantity, recordType, record, r.tx.Now(), period, reason)
	if err != nil {
		return fmt.Errorf("correct %s: %w", m, err)
	}
	return nil
}
