package usage

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Calls counts API calls against the plan. A process takes blocks of them from the counter and spends those by itself:
// one write for 50 calls. What it may spend is in the counter before it is spent, so that no crash and no number of
// processes lets more calls through than the limit; a crash loses at most a block.
type Calls struct {
	meter   Meter
	db      *pg.DB
	replica id.ID

	mu     sync.Mutex
	leases map[id.ID]*lease
	over   []*lease // of periods that are over
	stop   chan struct{}
	done   chan struct{}
	once   sync.Once
}

const (
	maxBlock = 100
	// leaseFor is how long a lease is believed to be alive without a word of its process.
	leaseFor = time.Minute
	// beatEvery is how often processes say that they live, and give back what they do not use.
	beatEvery = 20 * time.Second
	// fullFor is how long a refusal is believed, so that a company over its limit does not keep the database busy.
	fullFor = time.Second
)

// NewCalls counts for one process.
func NewCalls(db *pg.DB, m Meter) *Calls {
	return &Calls{meter: m, db: db, replica: id.New(), leases: map[id.ID]*lease{}, stop: make(chan struct{}), done: make(chan struct{})}
}

// lease is what the process holds for one organization in one period.
type lease struct {
	mu     sync.Mutex
	tenant pg.Tenant
	start  time.Time // of the period
	holding
	spoke   time.Time // when the database last heard of it
	busy    bool      // used since the last beat
	full    time.Time // refused until
	reached error     // the refusal
	gone    bool      // given back: whoever waited for it takes another
}

// holding is how much of a lease is left.
type holding struct {
	left  int64 // may be let through without asking
	rest  int64 // granted, and still to be asked for
	block int64 // how much to take next
}

// Spend lets one call through, or says that the plan has no more this month.
func (c *Calls) Spend(ctx context.Context, a tenancy.Actor, now time.Time) error {
	p := a.Org.Period(now)
	for {
		if spent, err := c.spend(ctx, c.of(a.Tenant(), p), a, p); spent || err != nil {
			return err
		}
	}
}

// of is the organization's lease of the period. One of another period is over and waits to be given back.
func (c *Calls) of(t pg.Tenant, p plan.Period) *lease {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.leases[t.Org()]
	if l != nil && !l.start.Equal(p.Start) {
		c.over, l = append(c.over, l), nil
	}
	if l == nil {
		l = &lease{tenant: t, start: p.Start, holding: holding{block: 1}}
		c.leases[t.Org()] = l
	}
	return l
}

func (c *Calls) spend(ctx context.Context, l *lease, a tenancy.Actor, p plan.Period) (spent bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone {
		return false, nil
	}
	l.busy = true
	if l.left == 0 {
		if err := c.more(ctx, l, a, p); err != nil {
			return false, err
		}
	}
	l.left--
	return true, nil
}

// more has at least one call left, or refuses.
func (c *Calls) more(ctx context.Context, l *lease, a tenancy.Actor, p plan.Period) error {
	if time.Now().Before(l.full) {
		return l.reached
	}
	var next holding
	err := c.db.InOrg(ctx, l.tenant, func(tx *pg.OrgTx) (err error) {
		next = l.holding // it may run twice
		l.reached, err = c.fill(tx, &next, a, p)
		return err
	})
	if err != nil {
		return err
	}
	l.spoke = time.Now()
	if l.reached != nil {
		l.full = l.spoke.Add(fullFor)
		return l.reached
	}
	l.holding = next
	return nil
}

// fill asks for what was granted before, then for a block, then for a single call, at last for what the dead hold.
func (c *Calls) fill(tx *pg.OrgTx, h *holding, a tenancy.Actor, p plan.Period) (reached, err error) {
	limit, org := a.Entitlements(tx.Now()).Limit(plan.APICalls), tx.Tenant().Org()
	if ok, err := c.promise(tx, h, p); ok || err != nil {
		return nil, err
	}
	if ok, err := c.take(tx, h, p, limit, h.block); ok || err != nil {
		return nil, err
	}
	if _, err := tx.Exec(openSQL, org, plan.APICalls, p.Start, p.End, id.New(), tx.Now()); err != nil {
		return nil, err
	}
	if ok, err := c.take(tx, h, p, limit, 1); ok || err != nil {
		return nil, err
	}
	if err := reap(tx, p.Start); err != nil {
		return nil, err
	}
	if ok, err := c.take(tx, h, p, limit, 1); ok || err != nil {
		return nil, err
	}
	var used int64
	if err := tx.QueryRow(usedSQL, org, plan.APICalls, p.Start).Scan(&used); err != nil {
		return nil, err
	}
	return Reached(a, plan.APICalls, used, limit, &p.End), nil
}

// promise writes down that more of what was granted will be spent.
func (c *Calls) promise(tx *pg.OrgTx, h *holding, p plan.Period) (bool, error) {
	step := min(h.rest, maxBlock/2)
	if step == 0 {
		return false, nil
	}
	tag, err := tx.Exec(`UPDATE app.usage_leases SET spent = spent + $5, expires_at = $6
		WHERE org_id = $1 AND metric = $2 AND period_start = $3 AND replica = $4 AND granted - spent >= $5`,
		tx.Tenant().Org(), plan.APICalls, p.Start, c.replica, step, tx.Now().Add(leaseFor))
	if err != nil || tag.RowsAffected() == 0 { // we were taken for dead, and the rest was given back
		h.rest = 0
		return false, err
	}
	h.left, h.rest = step, h.rest-step
	return true, nil
}

// leaseSQL takes a block and writes it into the process's lease. No row: there is not so much left, or no counter.
const leaseSQL = `
WITH taken AS (
	UPDATE app.usage_counters SET used = used + $5
	WHERE org_id = $1 AND metric = $2 AND period_start = $3 AND used <= $6::bigint - $5
	RETURNING used),
leased AS (
	INSERT INTO app.usage_leases AS l (org_id, metric, period_start, replica, granted, spent, expires_at)
	SELECT $1, $2, $3, $4, $5, $7, $8 FROM taken
	ON CONFLICT (org_id, metric, period_start, replica) DO UPDATE
		SET granted = l.granted + excluded.granted, spent = l.spent + excluded.spent, expires_at = excluded.expires_at)
SELECT used, (SELECT count(*) FROM app.usage_leases o
	WHERE o.org_id = $1 AND o.metric = $2 AND o.period_start = $3 AND o.replica <> $4 AND o.expires_at > $9) FROM taken`

// take charges a block to the counter. Near the limit and among many processes blocks become small, so that the last
// call is not held by somebody who does not need it.
func (c *Calls) take(tx *pg.OrgTx, h *holding, p plan.Period, limit, size int64) (bool, error) {
	step := (size + 1) / 2
	var used, others int64
	err := tx.QueryRow(leaseSQL, tx.Tenant().Org(), plan.APICalls, p.Start, c.replica, size, ceiling(limit), step,
		tx.Now().Add(leaseFor), tx.Now()).Scan(&used, &others)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	h.left, h.rest = step, size-step
	h.block = min(max((ceiling(limit)-used)/((others+1)*10), 1), maxBlock)
	return true, c.meter.warn(tx, crossing{plan.APICalls, p.Start, used - size, used, limit})
}

const lockCounterSQL = `SELECT FROM app.usage_counters WHERE org_id = $1 AND metric = $2 AND period_start = $3 FOR UPDATE`

// reap gives back what dead processes were granted and had not said they would spend.
func reap(tx *pg.OrgTx, start time.Time) error {
	args := []any{tx.Tenant().Org(), plan.APICalls, start}
	if _, err := tx.Exec(lockCounterSQL, args...); err != nil { // counter before lease, as everybody
		return err
	}
	_, err := tx.Exec(`
WITH dead AS (
	SELECT replica, granted - spent AS rest FROM app.usage_leases
	WHERE org_id = $1 AND metric = $2 AND period_start = $3 AND expires_at <= $4 AND granted > spent FOR UPDATE),
settled AS (
	UPDATE app.usage_leases l SET granted = l.granted - d.rest FROM dead d
	WHERE l.org_id = $1 AND l.metric = $2 AND l.period_start = $3 AND l.replica = d.replica)
UPDATE app.usage_counters SET used = greatest(used - (SELECT sum(rest) FROM dead)::bigint, 0)
WHERE org_id = $1 AND metric = $2 AND period_start = $3 AND EXISTS (SELECT FROM dead)`, append(args, tx.Now())...)
	return err
}

// giveBack returns all that the lease holds. Its holder has it locked.
func (c *Calls) giveBack(ctx context.Context, l *lease) error {
	err := c.db.InOrg(ctx, l.tenant, func(tx *pg.OrgTx) error {
		args := []any{tx.Tenant().Org(), plan.APICalls, l.start}
		if _, err := tx.Exec(lockCounterSQL, args...); err != nil {
			return err
		}
		_, err := tx.Exec(`
WITH mine AS (
	SELECT granted - spent + $5::bigint AS back, spent - $5 AS spent FROM app.usage_leases
	WHERE org_id = $1 AND metric = $2 AND period_start = $3 AND replica = $4 FOR UPDATE),
settled AS (
	UPDATE app.usage_leases l SET granted = m.spent, spent = m.spent FROM mine m
	WHERE l.org_id = $1 AND l.metric = $2 AND l.period_start = $3 AND l.replica = $4)
UPDATE app.usage_counters SET used = greatest(used - (SELECT back FROM mine), 0)
WHERE org_id = $1 AND metric = $2 AND period_start = $3 AND EXISTS (SELECT FROM mine)`, append(args, c.replica, l.left)...)
		return err
	})
	if err == nil {
		l.holding, l.gone = holding{block: 1}, true
	}
	return err
}

// Start says that the process lives, and gives back what it does not use, until Stop.
func (c *Calls) Start(ctx context.Context, log *slog.Logger) {
	go func() {
		defer close(c.done)
		tick := time.NewTicker(beatEvery)
		defer tick.Stop()
		for {
			select {
			case <-c.stop:
				return
			case <-tick.C:
				if err := c.Beat(ctx); err != nil {
					log.Warn("leases of API calls not kept", "error", err)
				}
			}
		}
	}()
}

// Stop ends what Start began and gives everything back. Safe twice; only after Start.
func (c *Calls) Stop(ctx context.Context) error {
	c.once.Do(func() { close(c.stop) })
	<-c.done
	return c.Return(ctx)
}

// ForgetAll has the process hold nothing, as one that was killed and begins anew.
func (c *Calls) ForgetAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leases, c.over = map[id.ID]*lease{}, nil
}

// Return gives everything back: the counters say what was spent.
func (c *Calls) Return(ctx context.Context) error {
	return c.each(func(l *lease, _ bool) error { return c.giveBack(ctx, l) })
}

// Beat keeps the leases that were used since the last one and gives back all others.
func (c *Calls) Beat(ctx context.Context) error {
	return c.each(func(l *lease, current bool) error {
		busy := l.busy && current
		l.busy = false
		switch {
		case !busy:
			return c.giveBack(ctx, l)
		case time.Since(l.spoke) < beatEvery:
			return nil
		}
		l.spoke = time.Now()
		return c.db.InOrg(ctx, l.tenant, func(tx *pg.OrgTx) error {
			_, err := tx.Exec(`UPDATE app.usage_leases SET expires_at = $5 WHERE org_id = $1 AND metric = $2 AND period_start = $3 AND replica = $4`,
				tx.Tenant().Org(), plan.APICalls, l.start, c.replica, tx.Now().Add(leaseFor))
			return err
		})
	})
}

// each visits every lease, with its lock, and forgets those that were given back. Whoever has a lease locked never
// waits for the list of them.
func (c *Calls) each(visit func(l *lease, current bool) error) error {
	c.mu.Lock()
	all := append(slices.Collect(maps.Values(c.leases)), c.over...)
	current := len(c.leases)
	c.mu.Unlock()
	given := map[*lease]bool{}
	var errs []error
	for i, l := range all {
		l.mu.Lock()
		if !l.gone {
			errs = append(errs, visit(l, i < current))
		}
		if l.gone {
			given[l] = true
		}
		l.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.leases, func(_ id.ID, l *lease) bool { return given[l] })
	c.over = slices.DeleteFunc(c.over, func(l *lease) bool { return given[l] })
	return errors.Join(errs...)
}
