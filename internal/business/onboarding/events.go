package onboarding

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/halt"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// NoteEvents is the task that notes how far a company has come. It is enqueued with the sign-up, and every night.
type NoteEvents struct {
	OrgID id.ID `json:"org_id"`
}

// Kind implements tasks.Args.
func (NoteEvents) Kind() string { return "note_product_events" }

// Organization implements tasks.Args.
func (t NoteEvents) Organization() id.ID { return t.OrgID }

// NoteEventsDaily has it noted of every company.
type NoteEventsDaily struct{}

// Kind implements tasks.SystemArgs.
func (NoteEventsDaily) Kind() string { return "note_product_events_daily" }

// eventsSQL finds product events in what is there anyway, with the time at which they happened: no operation knows of
// them. Of what comes again each period, only the newest is looked at.
const eventsSQL = `SELECT platform.note_product_event(e.event, e.key, e.detail, e.at) FROM (
	SELECT unnest(ARRAY['signup_submitted', 'org_created']) AS event, '' AS key, '' AS detail, o.created_at AS at FROM app.organizations o WHERE o.org_id = $1
	UNION ALL SELECT 'email_verified', '', '', min(u.email_verified_at) FROM app.users u WHERE u.org_id = $1 AND u.role = 'owner'
	UNION ALL SELECT 'first_login', '', '', min(s.created_at) FROM app.sessions s WHERE s.org_id = $1
	UNION ALL SELECT 'checklist_step_done', step, step, app.now() FROM unnest($2::text[]) step
	UNION ALL SELECT 'first_quote_sent', '', '', min(q.sent_at) FROM app.quotes q WHERE q.org_id = $1
	UNION ALL SELECT 'first_quote_viewed', '', '', min(v.at) FROM app.quote_views v WHERE v.org_id = $1
	UNION ALL SELECT 'first_quote_accepted', '', '', min(a.accepted_at) FROM app.acceptances a WHERE a.org_id = $1
	UNION ALL SELECT 'teammate_invited', '', '', min(i.created_at) FROM app.invitations i WHERE i.org_id = $1
	UNION ALL SELECT 'checkout_started', p.id::text, p.plan, p.asked_at FROM app.plan_acts p WHERE p.org_id = $1 AND p.kind = 'checkout'
	UNION ALL SELECT 'plan_changed', p.id::text, p.plan, p.settled_at FROM app.plan_acts p WHERE p.org_id = $1 AND p.kind IN ('upgrade', 'downgrade') AND p.state = 'done'
	UNION ALL SELECT 'subscription_started', s.id, s.plan, s.at FROM unnest($3::text[], $4::text[], $5::timestamptz[]) AS s(id, plan, at)
	UNION ALL SELECT CASE w.percent WHEN 100 THEN 'limit_hit' ELSE 'limit_warned' END, w.metric || to_char(w.period_start AT TIME ZONE 'UTC', ' YYYY-MM-DD'), w.metric, w.at
		FROM app.usage_warnings w WHERE w.org_id = $1 AND w.at > app.now() - interval '40 days'
	UNION ALL SELECT 'churned', n.cause, n.kind, n.at FROM app.plan_notices n WHERE n.org_id = $1 AND n.kind IN ('trial_ended', 'plan_ended')
) e WHERE e.at IS NOT NULL`

// NoteEvents notes product events of the company that are not noted yet. Of one that does not want it nothing is.
func (s *Service) NoteEvents(ctx context.Context, a tenancy.Actor) error {
	come, err := s.FirstSteps(ctx, a)
	if err != nil {
		return err
	}
	subscriptions, plans, since := []string{}, []string{}, []time.Time{}
	for _, sub := range a.Org.Standing.Subscriptions {
		if sub.Status != plan.StatusIncomplete && sub.Status != plan.StatusIncompleteExpired {
			subscriptions, plans, since = append(subscriptions, sub.ID), append(plans, string(sub.Plan)), append(since, sub.CreatedAt)
		}
	}
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		org, err := tenancy.LockOrganization(tx) // who says no now waits, and then forgets what is noted here
		if err != nil || org.NoProductEvents {
			return err
		}
		_, err = tx.Exec(eventsSQL, org.ID, come.done(), subscriptions, plans, since)
		halt.At(ctx, "events/before-commit")
		return err
	})
	halt.At(ctx, "events/after-commit")
	return err
}
