package usage

import (
	"context"
	"slices"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// ExplainFilter chooses what is explained. The zero value is everything, with the latest of what was counted.
type ExplainFilter struct {
	Metric plan.Metric
	After  string // the cursor of the last page
}

// Event is one thing that was counted in the present period, given back, carried over or corrected.
type Event struct {
	ID         id.ID
	Metric     plan.Metric
	Quantity   int64
	RecordType string
	RecordID   id.ID
	At         time.Time
	Kind       string
	Reason     string
}

// Explanation is where limits and features come from, and what was counted.
type Explanation struct {
	Entitlements  plan.Entitlements
	Contributions []plan.Contribution
	Period        plan.Period
	Standings     []Standing
	Events        []Event
	Next          string // the cursor of the next page; empty on the last
}

// pageSize is how many counted things one page has.
const pageSize = 50

// Explain says of each limit where it comes from, and of each counter what it counts. API calls are counted by blocks:
// there is no thing behind each.
func Explain(ctx context.Context, db *pg.DB, a tenancy.Actor, f ExplainFilter, now time.Time) (Explanation, error) {
	if err := a.Require(tenancy.UsageRead); err != nil {
		return Explanation{}, err
	}
	if f.Metric != "" && !slices.Contains(plan.Metrics, f.Metric) {
		return Explanation{}, fault.InvalidField("/metric", "is not a metric of a plan")
	}
	var after *id.ID
	if f.After != "" {
		last, err := id.Parse(f.After)
		if err != nil {
			return Explanation{}, fault.InvalidField("/after", "is not a cursor of this list")
		}
		after = &last
	}
	x := Explanation{Period: a.Org.Period(now)}
	var used map[plan.Metric]int64
	now, err := db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		QueueStandings(r, a.Tenant(), &used)
		pg.All(r, &x.Events, `SELECT id, metric, quantity, record_type, record_id, at, kind, reason FROM app.usage_events
			WHERE org_id = $1 AND period_start = $2 AND ($3 = '' OR metric = $3) AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5`,
			a.Tenant().Org(), x.Period.Start, f.Metric, after, pageSize+1)
	})
	if err != nil {
		return Explanation{}, err
	}
	if len(x.Events) > pageSize {
		x.Events = x.Events[:pageSize]
		x.Next = x.Events[pageSize-1].ID.String()
	}
	x.Entitlements = a.Entitlements(now)
	for _, s := range Standings(a, used, now) {
		if f.Metric == "" || s.Metric == f.Metric {
			x.Standings = append(x.Standings, s)
		}
	}
	for _, c := range x.Entitlements.Explain() {
		if f.Metric == "" || c.Metric == f.Metric {
			x.Contributions = append(x.Contributions, c)
		}
	}
	return x, nil
}
