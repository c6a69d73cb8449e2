package billing

import (
	"context"
	"fmt"
	"time"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// SyncSeats is the task that tells the provider, once a day, how many people a company pays for. A change of people has
// a task of its own: identity.SeatsChanged.
type SyncSeats struct {
	OrgID id.ID `json:"org_id"`
}

// Kind implements tasks.Args.
func (SyncSeats) Kind() string { return "billing_sync_seats" }

// Organization implements tasks.Args.
func (t SyncSeats) Organization() id.ID { return t.OrgID }

// SyncSeatsDaily has it done for every company.
type SyncSeatsDaily struct{}

// Kind names the task.
func (SyncSeatsDaily) Kind() string { return "billing_sync_seats_daily" }

const (
	// closing is the last part of a period, in which people who left are not billed for the next one. The daily task
	// runs in it at least once.
	closing = 25 * time.Hour
	// busyFor is how long one call about seats may take.
	busyFor = time.Minute
)

// mark is the row of app.seat_marks.
type mark struct {
	Most    int64
	Charged int64
	Version int
}

// step is one call about seats.
type step struct {
	extra  int64
	billed Billed
}

// steps are the calls that lead from what the provider has to what is to be. Within a period the number only goes up, so
// that who comes, goes and comes again is billed once; what was billed already is not billed anew. At the period's end
// it goes to what it is. A trial bills nobody.
func steps(c Contract, m mark, live int64, now time.Time) (to int64, all []step) {
	to = max(live, m.Most)
	if c.Status == plan.StatusTrialing || !c.Yearly && c.PeriodEnd.Sub(now) < closing || c.Yearly && c.PeriodEnd.Sub(now) < 2*closing {
		to = live
	}
	free := min(to, max(m.Charged, c.ExtraUsers))
	if c.Status == plan.StatusTrialing {
		free = to
	}
	if free != c.ExtraUsers {
		all = append(all, step{free, NotBilled})
	}
	if to > free {
		how := BilledLater
		if c.Yearly { // or it would be billed a year later
			how = BilledAtOnce
		}
		all = append(all, step{to, how})
	}
	return to, all
}

// SyncSeats tells the provider how many people there are beyond those of the plan. seen is how many there were at one
// time, which may be over by now. On a yearly plan, where each change is a bill of its own, only the daily task does.
// While an invoice is open nothing is changed.
func (s *Service) SyncSeats(ctx context.Context, a tenancy.Actor, seen int64, daily bool) error {
	known, found := subscription(a)
	p, err := plan.Lookup(known.Plan, known.Version)
	if !found || err != nil || p.ExtraUser == 0 {
		return nil
	}
	if known.Status != plan.StatusActive && known.Status != plan.StatusTrialing {
		return nil
	}
	c, err := s.Gateway.Contract(ctx, known.ID)
	if err != nil {
		return err
	}
	if c.Status != plan.StatusActive && c.Status != plan.StatusTrialing || c.Plan != known.Plan {
		return s.follow(ctx, c.Customer)
	}
	m, live, now, err := s.raiseMark(ctx, a, c, p, seen)
	if err != nil || m.Version == 0 { // somebody else is at it
		return err
	}
	if c.Yearly && !daily {
		return s.leaveMark(ctx, a, c, m.Charged, c.ExtraUsers)
	}
	to, calls := steps(c, m, live, now)
	before := c.ExtraUsers
	for n, call := range calls {
		if err := s.Gateway.SetSeats(ctx, fmt.Sprintf("seats:%s:%d:%d:%d", c.ID, c.PeriodStart.Unix(), m.Version, n), c, call.extra, call.billed); err != nil {
			return err
		}
		if c, err = s.Gateway.Contract(ctx, known.ID); err != nil {
			return err
		}
	}
	if err := s.leaveMark(ctx, a, c, max(m.Charged, to), before); err != nil || len(calls) == 0 {
		return err
	}
	return s.follow(ctx, c.Customer)
}

// raiseMark notes the most people of the period and takes the right to tell the provider. Version 0: another has it.
func (s *Service) raiseMark(ctx context.Context, a tenancy.Actor, c Contract, p plan.Plan, seen int64) (m mark, live int64, now time.Time, err error) {
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		now = tx.Now()
		people, err := identity.Seats(tx)
		if err != nil {
			return err
		}
		live = p.Extra(people)
		rows, err := pg.Collect[mark](tx, `INSERT INTO app.seat_marks AS s (org_id, subscription_id, period_start, most, charged, version, busy_until)
			VALUES ($1, $2, $3, greatest($4::bigint, $5::bigint), $5, 1, $6)
			ON CONFLICT (org_id, subscription_id, period_start) DO UPDATE SET most = greatest(s.most, $4), version = s.version + 1, busy_until = $6
				WHERE s.busy_until IS NULL OR s.busy_until < $7
			RETURNING most, charged, version`,
			tx.Tenant().Org(), c.ID, c.PeriodStart, max(live, p.Extra(seen)), c.ExtraUsers, now.Add(busyFor), now)
		if err != nil {
			return fmt.Errorf("note the most people: %w", err)
		}
		if len(rows) == 1 {
			m = rows[0]
			return nil
		}
		_, err = tx.Exec(`UPDATE app.seat_marks SET most = greatest(most, $4) WHERE org_id = $1 AND subscription_id = $2 AND period_start = $3`,
			tx.Tenant().Org(), c.ID, c.PeriodStart, max(live, p.Extra(seen)))
		return err
	})
	if err == nil && m.Version == 0 {
		err = tasks.Later(busyFor)
	}
	return m, live, now, err
}

// leaveMark gives the right back, with what is billed by now.
func (s *Service) leaveMark(ctx context.Context, a tenancy.Actor, c Contract, charged, before int64) error {
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		if _, err := tx.Exec(`UPDATE app.seat_marks SET charged = $4, busy_until = NULL WHERE org_id = $1 AND subscription_id = $2 AND period_start = $3`,
			tx.Tenant().Org(), c.ID, c.PeriodStart, charged); err != nil || before == c.ExtraUsers {
			return err
		}
		type seats struct {
			Extra int64 `json:"extra_users"`
		}
		return audit.Record(tx, a, audit.Deed{Action: "plan.seats_changed", RecordType: "plan", RecordID: a.Org.ID, Before: seats{before}, After: seats{c.ExtraUsers}})
	})
}

// markSwitch begins the marks anew: the switch billed the people of that moment.
func markSwitch(tx *pg.OrgTx, c Contract) error {
	_, err := tx.Exec(`INSERT INTO app.seat_marks (org_id, subscription_id, period_start, most, charged, version) VALUES ($1, $2, $3, $4, $4, 1)
		ON CONFLICT (org_id, subscription_id, period_start) DO UPDATE SET most = excluded.most, charged = excluded.charged`,
		tx.Tenant().Org(), c.ID, c.PeriodStart, c.ExtraUsers)
	return err
}
