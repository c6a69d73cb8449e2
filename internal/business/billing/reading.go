package billing

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

const (
	leaseFor   = time.Minute
	mostPause  = 15 * time.Minute
	giveUpFrom = 20 // failures in a row
)

// reading is a customer that one worker reads now.
type reading struct {
	ID       string
	Wanted   int64 // hints that it answers
	Lease    id.ID
	Attempts int
	Since    *time.Time // when the first invoice was made that was not through when it was read last, else the newest; nil: none is known
	Billed   []string   // charges of which the invoice is known
	Disputed []string   // charges of which there are disputes
}

// question is what the provider is asked for it.
func (r reading) question() Question {
	q := Question{Customer: r.ID, Billed: r.Billed, Disputed: r.Disputed}
	if r.Since != nil {
		q.Since = r.Since.Add(-time.Hour) // an invoice may be shown a little later than it was made
	}
	return q
}

// claim takes the dirty customer that has waited longest, if there is one; of names one that is to be taken, or is
// empty. Whoever had it and is late has lost it.
func (m *Mirror) claim(ctx context.Context, of string) (r reading, found bool, err error) {
	r, err = pg.SystemOne[reading](ctx, m.sys, `UPDATE platform.billing_customers SET lease = $1, lease_until = clock_timestamp() + $2::interval
		WHERE id = (SELECT id FROM platform.billing_customers
			WHERE wanted > done AND dead_at IS NULL AND next_at <= clock_timestamp() AND (lease IS NULL OR lease_until < clock_timestamp()) AND ($3 = '' OR id = $3)
			ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING id, wanted, lease, attempts,
			(SELECT coalesce(min(i.created_at) FILTER (WHERE i.status IN ('draft', 'open', 'uncollectible')), max(i.created_at)) FROM platform.invoices i WHERE i.customer_id = billing_customers.id) AS since,
			ARRAY(SELECT h.id FROM platform.charges h WHERE h.customer_id = billing_customers.id AND h.invoice_id IS NOT NULL) AS billed,
			ARRAY(SELECT DISTINCT d.charge_id FROM platform.disputes d WHERE d.customer_id = billing_customers.id) AS disputed`, id.New(), leaseFor, of)
	if fault.Is(err, fault.NotFound) {
		return reading{}, false, nil
	}
	if err != nil {
		return reading{}, false, fmt.Errorf("claim a customer: %w", err)
	}
	return r, true, nil
}

// busy tells whether somebody is being read.
func (m *Mirror) busy(ctx context.Context) (bool, error) {
	type outcome struct{ Busy bool }
	o, err := pg.SystemOne[outcome](ctx, m.sys, `SELECT EXISTS (SELECT FROM platform.billing_customers WHERE lease_until > clock_timestamp()) AS busy`)
	if err != nil {
		return false, fmt.Errorf("who is being read: %w", err)
	}
	return o.Busy, nil
}

// waits tells that a customer is dirty and no reading of it failed.
func (m *Mirror) waits(ctx context.Context, customer string) (bool, error) {
	type state struct{ Waits bool }
	s, err := pg.SystemOne[state](ctx, m.sys, `SELECT wanted > done AND attempts = 0 AND dead_at IS NULL AS waits FROM platform.billing_customers WHERE id = $1`, customer)
	return s.Waits, err
}

// errLate says that the lease went to somebody else: what was read may be old, and is thrown away.
var errLate = errors.New("the lease is over")

// settleSQL writes a snapshot over what was known, if the lease still holds: one statement, so all or nothing. A
// subscription whose price is not in the catalogue keeps the last plan that was known of it: a mistake of ours takes
// nothing away from anybody. Of invoices that were through not all are read, so only those that were not and are
// gone are deleted. An invoice in another currency is not counted, and stops nothing. What only people can put right
// is noted as a finding: once, and once more when the amount has grown since they dealt with it. Of several
// subscriptions those are found that the company does not work by: $14 is the one that governs.
const settleSQL = `WITH held AS (
	UPDATE platform.billing_customers SET done = $3, lease = NULL, lease_until = NULL, attempts = 0, last_error = '', next_at = clock_timestamp(),
		read_at = clock_timestamp(), gone_at = CASE WHEN $4 THEN coalesce(gone_at, clock_timestamp()) END,
		card_brand = $7, card_last4 = $8, card_exp_month = nullif($9, 0), card_exp_year = nullif($10, 0), card_hash = $13
	WHERE id = $1 AND lease = $2 AND lease_until > clock_timestamp() RETURNING id),
subscriptions AS (
	INSERT INTO platform.subscriptions AS s (id, customer_id, status, plan, plan_version, extra_users, created_at, period_start, period_end,
		cancel_at, cancel_at_period_end, collection_paused, ended_at, next_plan, next_plan_version, next_plan_at)
	SELECT r.id, held.id, r.status, r.plan, r.plan_version, r.extra_users, r.created_at, r.period_start, r.period_end,
		r.cancel_at, r.cancel_at_period_end, r.collection_paused, r.ended_at, r.next_plan, r.next_plan_version, r.next_plan_at
	FROM held, jsonb_populate_recordset(NULL::platform.subscriptions, $5) r
	ON CONFLICT (id) DO UPDATE SET status = excluded.status, extra_users = excluded.extra_users, period_start = excluded.period_start, period_end = excluded.period_end,
		plan = CASE excluded.plan WHEN '' THEN s.plan ELSE excluded.plan END, plan_version = CASE excluded.plan WHEN '' THEN s.plan_version ELSE excluded.plan_version END,
		cancel_at = excluded.cancel_at, cancel_at_period_end = excluded.cancel_at_period_end, collection_paused = excluded.collection_paused, ended_at = excluded.ended_at,
		next_plan = excluded.next_plan, next_plan_version = excluded.next_plan_version, next_plan_at = excluded.next_plan_at),
ended AS (
	DELETE FROM platform.subscriptions s USING held WHERE s.customer_id = held.id
		AND NOT EXISTS (SELECT FROM jsonb_populate_recordset(NULL::platform.subscriptions, $5) r WHERE r.id = s.id)),
invoices AS (
	INSERT INTO platform.invoices (id, customer_id, subscription_id, number, status, currency, total_cents, paid_cents, open_cents, attempts,
		next_attempt_at, created_at, finalized_at, due_at, page_url, pdf_url, asks_person)
	SELECT r.id, held.id, r.subscription_id, r.number, r.status, r.currency, r.total_cents, r.paid_cents, r.open_cents, r.attempts,
		r.next_attempt_at, r.created_at, r.finalized_at, r.due_at, r.page_url, r.pdf_url, r.asks_person
	FROM held, jsonb_populate_recordset(NULL::platform.invoices, $6) r WHERE r.currency = 'USD'
	ON CONFLICT (id) DO UPDATE SET subscription_id = excluded.subscription_id, number = excluded.number, status = excluded.status, total_cents = excluded.total_cents,
		paid_cents = excluded.paid_cents, open_cents = excluded.open_cents, attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at,
		finalized_at = excluded.finalized_at, due_at = excluded.due_at, page_url = excluded.page_url, pdf_url = excluded.pdf_url, asks_person = excluded.asks_person),
gone AS (
	DELETE FROM platform.invoices i USING held WHERE i.customer_id = held.id AND i.status IN ('draft', 'open')
		AND NOT EXISTS (SELECT FROM jsonb_populate_recordset(NULL::platform.invoices, $6) r WHERE r.id = i.id)),
charges AS (
	INSERT INTO platform.charges AS h (id, customer_id, intent, invoice_id, amount_cents, refunded_cents, currency, created_at)
	SELECT r.id, held.id, r.intent, r.invoice_id, r.amount_cents, r.refunded_cents, r.currency, r.created_at
	FROM held, jsonb_populate_recordset(NULL::platform.charges, $11) r
	ON CONFLICT (id) DO UPDATE SET invoice_id = coalesce(excluded.invoice_id, h.invoice_id), refunded_cents = excluded.refunded_cents),
disputes AS (
	INSERT INTO platform.disputes AS d (id, customer_id, charge_id, amount_cents, taken_cents, currency, reason, status, decided, answer_by, created_at, lost_at)
	SELECT r.id, held.id, r.charge_id, r.amount_cents, r.taken_cents, r.currency, r.reason, r.status, r.decided, r.answer_by, r.created_at, CASE r.status WHEN 'lost' THEN platform.now() END
	FROM held, jsonb_populate_recordset(NULL::platform.disputes, $12) r
	ON CONFLICT (id) DO UPDATE SET amount_cents = excluded.amount_cents, taken_cents = excluded.taken_cents, reason = excluded.reason, status = excluded.status, decided = excluded.decided,
		answer_by = excluded.answer_by, lost_at = CASE excluded.status WHEN 'lost' THEN coalesce(d.lost_at, excluded.lost_at) END),
bills AS (
	SELECT i.id, i.subscription_id, i.paid_cents FROM held, jsonb_populate_recordset(NULL::platform.invoices, $6) i WHERE i.currency = 'USD'
	UNION ALL
	SELECT i.id, i.subscription_id, i.paid_cents FROM held JOIN platform.invoices i ON i.customer_id = held.id
	WHERE NOT EXISTS (SELECT FROM jsonb_populate_recordset(NULL::platform.invoices, $6) n WHERE n.id = i.id)),
back AS (
	SELECT coalesce(n.invoice_id, h.invoice_id) AS invoice_id, n.refunded_cents
	FROM jsonb_populate_recordset(NULL::platform.charges, $11) n LEFT JOIN platform.charges h ON h.id = n.id WHERE n.refunded_cents > 0),
live AS (
	SELECT r.id, o.deleted_at IS NOT NULL AS of_nobody, r.id <> $14 AS beside, coalesce((SELECT sum(b.paid_cents) FROM bills b WHERE b.subscription_id = r.id), 0)::bigint
		- coalesce((SELECT sum(h.refunded_cents) FROM bills b JOIN back h ON h.invoice_id = b.id WHERE b.subscription_id = r.id), 0)::bigint AS left_cents
	FROM held JOIN platform.billing_customers x ON x.id = held.id LEFT JOIN platform.organizations o ON o.org_id = x.org_id,
		jsonb_populate_recordset(NULL::platform.subscriptions, $5) r WHERE r.status IN ('trialing', 'active', 'past_due', 'unpaid', 'paused')),
governs AS (
	UPDATE platform.billing_findings f SET settled_at = platform.now(), settled_by = 'Stripe', note = 'The company works by this subscription now.'
	FROM live WHERE live.beside AND f.kind = 'pays_twice' AND f.about = $14 AND f.settled_at IS NULL),
decided AS (
	UPDATE platform.billing_findings f SET settled_at = platform.now(), settled_by = 'Stripe', note = 'The dispute is ' || replace(r.status, '_', ' ') || '.'
	FROM held, jsonb_populate_recordset(NULL::platform.disputes, $12) r
	WHERE f.about = r.id AND f.settled_at IS NULL AND (f.kind = 'disputed' AND r.decided OR f.kind = 'dispute_lost' AND r.status <> 'lost')),
found AS (
	INSERT INTO platform.billing_findings AS f (kind, about, customer_id, org_id, amount, currency)
	SELECT n.kind, n.about, c.id, c.org_id, n.amount, n.currency
	FROM held JOIN platform.billing_customers c ON c.id = held.id, (
		SELECT CASE WHEN live.of_nobody THEN 'paid_after_deletion' ELSE 'pays_twice' END AS kind, live.id AS about, live.left_cents AS amount, 'USD' AS currency
		FROM live WHERE live.of_nobody OR live.beside
		UNION ALL SELECT 'disputed', r.id, r.amount_cents, r.currency FROM jsonb_populate_recordset(NULL::platform.disputes, $12) r WHERE NOT r.decided
		UNION ALL SELECT 'dispute_lost', r.id, r.amount_cents, r.currency FROM jsonb_populate_recordset(NULL::platform.disputes, $12) r WHERE r.status = 'lost'
		UNION ALL SELECT 'other_currency', r.id, r.total_cents, r.currency FROM jsonb_populate_recordset(NULL::platform.invoices, $6) r WHERE r.currency <> 'USD') n
	ON CONFLICT (kind, about) DO UPDATE SET org_id = excluded.org_id, amount = excluded.amount, currency = excluded.currency,
		settled_at = CASE WHEN excluded.amount <= f.amount AND f.settled_by <> 'Stripe' THEN f.settled_at END,
		settled_by = CASE WHEN excluded.amount <= f.amount AND f.settled_by <> 'Stripe' THEN f.settled_by END,
		note = CASE WHEN excluded.amount <= f.amount AND f.settled_by <> 'Stripe' THEN f.note ELSE '' END)
SELECT count(*) = 1 AS held FROM held`

// cardHash is what is kept of a card's fingerprint; nil without a card.
func cardHash(fingerprint string) []byte {
	if fingerprint == "" {
		return nil
	}
	sum := sha256.Sum256([]byte("trial by card: " + fingerprint))
	return sum[:]
}

// settle writes what was read over what was known.
func (m *Mirror) settle(ctx context.Context, r reading, s Snapshot) error {
	type outcome struct{ Held bool }
	governing, _ := plan.Facts{Subscriptions: s.Subscriptions}.Governing() // none: nothing is live
	o, err := pg.SystemOne[outcome](ctx, m.sys, settleSQL, r.ID, r.Lease, r.Wanted, s.Gone, subscriptionRows(s.Subscriptions), invoiceRows(s.Invoices),
		s.Card.Brand, s.Card.Last4, s.Card.ExpMonth, s.Card.ExpYear, chargeRows(s.Charges), disputeRows(s.Disputes), cardHash(s.CardFingerprint), governing.ID)
	if err != nil {
		return fmt.Errorf("mirror %s: %w", r.ID, err)
	}
	if !o.Held {
		return errLate
	}
	return nil
}

// tell has everybody's company whose customer was read since looked at for something to tell. When it is cut off before
// it is noted they are looked at again, which tells nothing twice.
func (m *Mirror) tell(ctx context.Context) error {
	type row struct {
		ID    string
		OrgID id.ID
		Done  int64
	}
	read, err := pg.SystemRows[row](ctx, m.sys, `SELECT id, org_id, done FROM platform.billing_customers WHERE told < done AND org_id IS NOT NULL ORDER BY id LIMIT 1000`)
	if err != nil || len(read) == 0 {
		return err
	}
	all, ids, upTo := make([]TellPlan, len(read)), make([]string, len(read)), make([]int64, len(read))
	for i, r := range read {
		all[i], ids[i], upTo[i] = TellPlan{OrgID: r.OrgID}, r.ID, r.Done
	}
	if err := tasks.EnqueueAll(ctx, m.sys, all); err != nil {
		return err
	}
	return pg.SystemExec(ctx, m.sys, `UPDATE platform.billing_customers c SET told = greatest(c.told, r.done) FROM unnest($1::text[], $2::bigint[]) AS r(id, done) WHERE c.id = r.id`, ids, upTo)
}

// fail gives the customer back, to be tried again later, or gives it up.
func (m *Mirror) fail(ctx context.Context, r reading, why error) (givenUp bool, err error) {
	attempts := r.Attempts + 1
	givenUp = attempts >= giveUpFrom
	err = pg.SystemExec(ctx, m.sys, `UPDATE platform.billing_customers SET lease = NULL, lease_until = NULL, attempts = $3, last_error = left($4, 500),
			next_at = clock_timestamp() + $5::interval, dead_at = CASE WHEN $6 THEN clock_timestamp() END
		WHERE id = $1 AND lease = $2`, r.ID, r.Lease, attempts, why.Error(), pause(attempts), givenUp)
	return givenUp, err
}

// pause is how long the n-th failure in a row waits: a second, then twice as long each time, and up to half of it more
// or less, so that not everybody comes back at once.
func pause(n int) time.Duration {
	wait := min(mostPause, time.Second<<min(n-1, 20))
	return wait/2 + rand.N(wait)
}
