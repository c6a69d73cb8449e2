package console

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Event is a line of a company's timeline.
type Event struct {
	At   time.Time
	Who  string
	Did  string
	Note string
}

// deeds are the acts of operators as they read on a timeline.
var deeds = map[string]string{
	"override.granted": "granted", "override.ended": "ended", "price.agreed": "agreed a price of", "payments.fetched": "had the payments fetched again", "customer.asked": "had the customer made at Stripe",
	"task.tried_again": "had tasks tried again:", "hint.replayed": "followed a webhook up again:", "notice.shown": "showed a notice to all:", "notice.ended": "took the notice away:",
	"finding.settled": "dealt with a finding:",
}

// Did is an act as it reads after who did it.
func Did(a operator.Act) string {
	if words := stopWords(a); words != "" {
		return words
	}
	words := deeds[a.Action]
	if words == "" {
		words = a.Action
	}
	if about := aboutOf(a); about != "" {
		words += " " + about
	}
	return words
}

// stopWords say that a company was stopped or let go.
func stopWords(a operator.Act) string {
	var f struct {
		Kind tenancy.OverrideKind `json:"kind"`
	}
	if json.Unmarshal(a.Facts, &f) != nil || f.Kind != tenancy.OverrideHold {
		return ""
	}
	return map[string]string{"override.granted": "stopped the company", "override.ended": "let the company go"}[a.Action]
}

// aboutOf is what an act was about, from its facts.
func aboutOf(a operator.Act) string {
	var f struct {
		Kind    string     `json:"kind"`
		Subject string     `json:"subject"`
		Limit   *int64     `json:"limit"`
		Until   *time.Time `json:"until"`
		Tasks   int64      `json:"tasks"`
		Type    string     `json:"type"`
		About   string     `json:"about"`
		Text    string     `json:"text"`
		Cents   int64      `json:"monthly_cents"`
	}
	if err := json.Unmarshal(a.Facts, &f); err != nil {
		return ""
	}
	var about string
	switch a.Action {
	case "override.granted", "override.ended":
		about = OverrideWords(tenancy.OverrideKind(f.Kind), f.Subject, f.Limit)
	case "task.tried_again":
		about = fmt.Sprintf("%d of %s", f.Tasks, f.Kind)
	case "price.agreed":
		about = fmt.Sprintf("$%d.%02d a month", f.Cents/100, f.Cents%100)
	case "finding.settled":
		what, _ := Finding{Kind: FindingKind(f.Kind)}.Words()
		about = what + " (" + f.About + ")"
	case "hint.replayed":
		about = f.Type
	default:
		about = f.Text
	}
	if f.Until != nil {
		about += " until " + f.Until.UTC().Format("Jan 2, 2006, 3:04 PM UTC")
	}
	return about
}

// OverrideWords say what an override is: "a limit of 700 for this month's jobs", "free use", "a stop".
func OverrideWords(kind tenancy.OverrideKind, subject string, limit *int64) string {
	switch kind {
	case tenancy.OverrideComp:
		return "free use"
	case tenancy.OverrideHold:
		return "a stop"
	case tenancy.OverrideFeature:
		return plan.Feature(subject).Name()
	}
	metric := plan.Metric(subject)
	switch {
	case limit == nil:
		return "the limit of " + MetricWord(metric)
	case *limit == plan.Unlimited:
		return "no limit of " + MetricWord(metric)
	}
	return fmt.Sprintf("a limit of %d for %s", *limit, MetricWord(metric))
}

// asked is an operator's question for access, or what became of it.
type asked struct {
	Name    string
	Purpose string
	State   string
	AskedAt time.Time
}

const timelineShown = 100

// Timeline is what happened to a company as far as it is known here, the newest first: what operators did, and where its
// plan changed. A state follows from these facts and the time, so its changes are told from them too.
func (s *Service) Timeline(ctx context.Context, c Company) ([]Event, error) {
	acts, err := s.Operators.Acts(ctx, &c.ID, nil, nil, timelineShown)
	if err != nil {
		return nil, err
	}
	var all []Event
	for _, a := range acts {
		all = append(all, Event{At: a.At, Who: a.ByName, Did: Did(a), Note: a.Reason})
	}
	questions, err := pg.SystemRows[asked](ctx, s.System, `SELECT o.name, a.purpose, a.state, a.asked_at FROM platform.support_access a JOIN platform.operators o ON o.id = a.operator_id
		WHERE a.org_id = $1 ORDER BY a.asked_at DESC LIMIT $2`, c.ID, timelineShown)
	if err != nil {
		return nil, err
	}
	for _, q := range questions {
		all = append(all, Event{At: q.AskedAt, Who: q.Name, Did: "asked for access (" + q.State + ")", Note: q.Purpose})
	}
	all = append(all, c.changes()...)
	slices.SortStableFunc(all, func(a, b Event) int { return b.At.Compare(a.At) })
	return all[:min(len(all), timelineShown)], nil
}

// changes are where the plan's state changed, up to now.
func (c Company) changes() []Event {
	all := []Event{{At: c.CreatedAt, Who: c.Name, Did: "signed up"}}
	if c.TrialEndsAt != nil && !c.TrialEndsAt.After(c.Now) {
		all = append(all, Event{At: *c.TrialEndsAt, Who: "The trial", Did: "ended"})
	}
	for _, sub := range c.Subscriptions {
		all = append(all, Event{At: sub.CreatedAt, Who: "A subscription", Did: "to " + planName(sub.Plan, sub.PlanVersion) + " began"})
		if sub.EndedAt != nil {
			all = append(all, Event{At: *sub.EndedAt, Who: "A subscription", Did: "to " + planName(sub.Plan, sub.PlanVersion) + " ended"})
		}
	}
	for _, i := range c.Invoices {
		all = append(all, Event{At: i.CreatedAt, Who: "An invoice", Did: "of " + i.TotalCents.String() + " was made, and is " + i.Status})
	}
	if e := c.Entitlements(); !e.Since.IsZero() && !e.Since.After(c.Now) && (!e.Access().Write || e.State == plan.PastDue) {
		all = append(all, Event{At: e.Since, Who: "The company", Did: "became " + StateWord(e.State), Note: because(e, c.Standing, c.Zone())})
	}
	return all
}

// LogPage is one page of the operators' log.
type LogPage struct {
	Acts  []operator.Act
	Names map[id.ID]string // of the companies
	Next  string
}

// OperatorLog reads what operators did, everywhere.
func (s *Service) OperatorLog(ctx context.Context, after string) (p LogPage, err error) {
	at, last, err := pg.ReadCursor(after)
	if err != nil {
		return p, err
	}
	if p.Acts, err = s.Operators.Acts(ctx, nil, at, last, pageSize+1); err != nil {
		return p, err
	}
	if len(p.Acts) > pageSize {
		p.Acts = p.Acts[:pageSize]
		p.Next = pg.Cursor(p.Acts[pageSize-1].At, p.Acts[pageSize-1].ID)
	}
	var orgs []id.ID
	for _, a := range p.Acts {
		if a.OrgID != nil {
			orgs = append(orgs, *a.OrgID)
		}
	}
	p.Names = map[id.ID]string{}
	names, err := pg.SystemRows[struct {
		OrgID id.ID
		Name  string
	}](ctx, s.System, `SELECT o.org_id, o.name FROM platform.organizations o WHERE o.org_id = ANY ($1)`, orgs)
	for _, n := range names {
		p.Names[n.OrgID] = n.Name
	}
	return p, err
}
