package notify

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// KindQuoteSent and KindInvite mark the mails that a company addresses to whom it likes: a quoting product must not
// become a stranger's mail relay.
const (
	KindQuoteSent = "quote_sent"
	KindInvite    = "invite"
)

// KindSigned and KindReceipt mark what a homeowner is to have of what was signed or paid, whatever becomes of the company.
const (
	KindSigned  = "quote_signed"
	KindReceipt = "payment_receipt"
)

// kindPlanNotice marks what the platform tells owners about paying.
const kindPlanNotice = "plan_notice"

// toStrangers tells that a company addresses the mail to whom it likes.
func toStrangers(kind string) bool { return kind == KindQuoteSent || kind == KindInvite }

// leaves tells whether a mail of the kind leaves in a state of the plan that lets so much mail out.
func leaves(kind string, allowed plan.Mail) bool {
	switch {
	case kind == KindSigned || kind == KindReceipt || kind == kindPlanNotice:
		return true
	case toStrangers(kind):
		return allowed >= plan.MailCapped
	}
	return allowed >= plan.MailNotices
}

// What a company may send of them. Each bound is counted over the mails that were admitted, which is what left and what
// is about to.
const (
	unconfirmedMails = 3                   // quotes a day, until an owner's address is confirmed
	unconfirmedFor   = 30 * 24 * time.Hour // then none
	trialRecipients  = 20                  // a day, of a company that is trying the product
	trialDomains     = 5                   // in an hour, of domains that it never mailed before
)

// Reason says why a mail waits; its values are those of app.mails.held_for.
type Reason string

// The reasons: bounds of the day and the hour, and states of the plan.
const (
	Unconfirmed      Reason = "unconfirmed"
	UnconfirmedMonth Reason = "unconfirmed_month"
	TrialDay         Reason = "trial_day"
	TrialHour        Reason = "trial_hour"
	NoPlan           Reason = "no_plan"
	Stopped          Reason = "stopped"
)

// Sentence says it to the company's people.
func (r Reason) Sentence() string {
	switch r {
	case Unconfirmed:
		return "Until an owner confirms the e-mail address, three quotes a day are mailed."
	case UnconfirmedMonth:
		return "No owner has confirmed the e-mail address for 30 days, so no quote leaves by mail."
	case TrialDay:
		return "In a trial, mails go to 20 addresses a day."
	case TrialHour:
		return "In a trial, mails go to five new mail domains an hour."
	case NoPlan:
		return "Without a plan no quote and no invitation leaves by mail."
	case Stopped:
		return "The company is closed, so its mail waits."
	}
	return ""
}

// counts are what the bounds are held against.
type counts struct {
	Kind, Recipient     string
	Admitted, Confirmed bool
	Today               int  // quotes
	Recipients          int  // of the day
	KnownRecipient      bool // was mailed today
	Domains             int  // that the last hour mailed for the first time
	KnownDomain         bool // was mailed before
}

const countsSQL = `WITH m AS (SELECT kind, recipient, admitted_at FROM app.mails WHERE org_id = $1 AND id = $2),
	admitted AS (SELECT kind, lower(recipient) AS recipient, split_part(lower(recipient), '@', 2) AS domain, admitted_at FROM app.mails WHERE org_id = $1 AND admitted_at IS NOT NULL),
	today AS (SELECT * FROM admitted WHERE admitted_at >= $3),
	domains AS (SELECT domain, min(admitted_at) AS since FROM admitted GROUP BY domain)
SELECT m.kind, m.recipient, m.admitted_at IS NOT NULL AS admitted,
	EXISTS (SELECT FROM app.users WHERE org_id = $1 AND role = 'owner' AND email_verified_at IS NOT NULL) AS confirmed,
	(SELECT count(*) FROM today WHERE kind = 'quote_sent') AS today,
	(SELECT count(DISTINCT recipient) FROM today) AS recipients,
	EXISTS (SELECT FROM today t WHERE t.recipient = lower(m.recipient)) AS known_recipient,
	(SELECT count(*) FROM domains WHERE since > $4) AS domains,
	EXISTS (SELECT FROM domains d WHERE d.domain = split_part(lower(m.recipient), '@', 2)) AS known_domain
FROM m`

// admit tells how long a mail waits; zero when it may go, and then one to a stranger is counted. Two of those of one
// company are judged one after the other, so that together they pass no bound.
func (s *Service) admit(ctx context.Context, a tenancy.Actor, mailID id.ID, kind string, asked time.Time) (wait time.Duration, err error) {
	if !toStrangers(kind) && leaves(kind, a.Entitlements(asked).Access().Mail) {
		return 0, nil
	}
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		wait = 0
		org, err := tenancy.LockOrganization(tx)
		if err != nil {
			return err
		}
		now := tx.Now()
		y, m, d := now.In(org.Zone()).Date()
		morning, e := time.Date(y, m, d+1, 8, 0, 0, 0, org.Zone()), plan.Derive(org.PlanFacts(), now)
		reason, until := heldByPlan(kind, e), morning
		if reason == "" {
			if !toStrangers(kind) {
				return nil
			}
			c, err := pg.CollectOne[counts](tx, countsSQL, org.ID, mailID, time.Date(y, m, d, 0, 0, 0, 0, org.Zone()), now.Add(-time.Hour))
			if err != nil || c.Admitted {
				return err
			}
			reason, until = c.judge(now, morning, now.Sub(org.CreatedAt), e.State == plan.Trialing)
		}
		if reason == "" {
			tx.AtCommit(pg.Plain, `UPDATE app.mails SET admitted_at = $3, held_until = NULL, held_for = '' WHERE org_id = $1 AND id = $2`, org.ID, mailID, now)
			return nil
		}
		wait = until.Sub(now)
		tx.AtCommit(pg.Plain, `UPDATE app.mails SET held_until = $3, held_for = $4 WHERE org_id = $1 AND id = $2`, org.ID, mailID, until, reason)
		return nil
	})
	return wait, err
}

// heldByPlan is why the state of the plan keeps a mail of the kind; empty when it does not.
func heldByPlan(kind string, e plan.Entitlements) Reason {
	switch allowed := e.Access().Mail; {
	case leaves(kind, allowed):
		return ""
	case allowed == plan.MailNone:
		return Stopped
	}
	return NoPlan
}

// judge is the bounds, the longest wait first.
func (c counts) judge(now, morning time.Time, age time.Duration, trying bool) (Reason, time.Time) {
	quote := c.Kind == KindQuoteSent
	switch {
	case quote && !c.Confirmed && age >= unconfirmedFor:
		return UnconfirmedMonth, morning
	case quote && !c.Confirmed && c.Today >= unconfirmedMails:
		return Unconfirmed, morning
	case trying && !c.KnownRecipient && c.Recipients >= trialRecipients:
		return TrialDay, morning
	case trying && !c.KnownDomain && c.Domains >= trialDomains:
		return TrialHour, now.Add(time.Hour)
	}
	return "", time.Time{}
}

// Waiting is a mail to somebody that waits, and why.
type Waiting struct {
	Recipient string
	HeldUntil time.Time
	HeldFor   Reason
}

// WaitingFor are the mails to any of the addresses that wait, the soonest first.
func (s *Service) WaitingFor(ctx context.Context, a tenancy.Actor, addresses []string) ([]Waiting, error) {
	if err := a.Require(tenancy.QuotesRead); err != nil || len(addresses) == 0 {
		return nil, err
	}
	lower := make([]string, len(addresses))
	for i, one := range addresses {
		lower[i] = strings.ToLower(one)
	}
	var found []Waiting
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.All(r, &found, `SELECT recipient, held_until, held_for FROM app.mails WHERE org_id = $1 AND kind = 'quote_sent' AND sent_at IS NULL
			AND held_until IS NOT NULL AND lower(recipient) = ANY($2) ORDER BY held_until, id LIMIT 20`, a.Tenant().Org(), lower)
	})
	return found, err
}

// ReleaseHeld has every waiting mail of the organization tried now: an owner confirmed the address.
func (s *Service) ReleaseHeld(tx *pg.OrgTx) error {
	rows, err := tx.Query(`SELECT id FROM app.mails WHERE org_id = $1 AND kind = $2 AND sent_at IS NULL`, tx.Tenant().Org(), KindQuoteSent)
	if err != nil {
		return err
	}
	waiting, err := pgx.CollectRows(rows, pgx.RowTo[id.ID])
	if err != nil {
		return err
	}
	for _, mailID := range waiting {
		if err := s.Queue.Enqueue(tx, SendMail{OrgID: tx.Tenant().Org(), MailID: mailID}); err != nil {
			return err
		}
	}
	return nil
}

// LetGo has what waited for the state of the plan tried now, as far as that lets it leave again.
func (s *Service) LetGo(ctx context.Context, a tenancy.Actor) error {
	return s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		type held struct {
			ID   id.ID
			Kind string
		}
		waiting, err := pg.Collect[held](tx, `SELECT id, kind FROM app.mails WHERE org_id = $1 AND sent_at IS NULL AND held_for IN ('no_plan', 'stopped') ORDER BY id`, tx.Tenant().Org())
		if err != nil {
			return err
		}
		allowed := a.Entitlements(tx.Now()).Access().Mail
		for _, m := range waiting {
			if !leaves(m.Kind, allowed) {
				continue
			}
			tx.AtCommit(pg.Plain, `UPDATE app.mails SET held_until = NULL, held_for = '' WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), m.ID)
			if err := s.Queue.Enqueue(tx, SendMail{OrgID: tx.Tenant().Org(), MailID: m.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}
