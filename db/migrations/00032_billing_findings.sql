-- +goose Up
-- What somebody of the platform has to look at, whatever it is about, and what they said when they had dealt with it.
ALTER TABLE platform.billing_findings RENAME COLUMN subscription_id TO about;
ALTER TABLE platform.billing_findings RENAME COLUMN paid_cents TO amount;
ALTER TABLE platform.billing_findings
	ADD COLUMN currency text NOT NULL DEFAULT 'USD', -- of the amount, which is in its smallest unit
	ADD COLUMN note text NOT NULL DEFAULT '' CONSTRAINT billing_findings_note_length CHECK (char_length(note) <= 200),
	ALTER COLUMN found_at SET DEFAULT platform.now(),
	DROP CONSTRAINT billing_findings_kind_known,
	ADD CONSTRAINT billing_findings_kind_known CHECK (kind IN ('paid_after_deletion', 'pays_twice', 'disputed', 'dispute_lost', 'other_currency'));
CREATE INDEX billing_findings_settled ON platform.billing_findings (settled_at) WHERE settled_at IS NOT NULL;

-- Payments of companies that went through, and what of them went back. A webhook about a refund or a dispute names the
-- charge and no customer.
CREATE TABLE platform.charges (
	id             text PRIMARY KEY,
	customer_id    text NOT NULL REFERENCES platform.billing_customers,
	intent         text NOT NULL, -- the attempt that it came of; empty: of none
	invoice_id     text, -- NULL: nobody had to know
	amount_cents   bigint NOT NULL,
	refunded_cents bigint NOT NULL,
	currency       text NOT NULL,
	created_at     timestamptz NOT NULL
);
CREATE INDEX charges_of ON platform.charges (customer_id);
CREATE INDEX charges_of_intent ON platform.charges (intent);
CREATE INDEX charges_of_invoice ON platform.charges (invoice_id) WHERE invoice_id IS NOT NULL;

-- Banks that take a payment back. The status is the provider's word; a new word stops no mirror.
CREATE TABLE platform.disputes (
	id           text PRIMARY KEY,
	customer_id  text NOT NULL REFERENCES platform.billing_customers,
	charge_id    text NOT NULL,
	amount_cents bigint NOT NULL,
	taken_cents  bigint NOT NULL, -- that the bank has at present
	currency     text NOT NULL,
	reason       text NOT NULL,
	status       text NOT NULL,
	decided      boolean NOT NULL,
	answer_by    timestamptz, -- NULL: nothing is to be answered
	created_at   timestamptz NOT NULL,
	lost_at      timestamptz, -- when it was read that it was lost
	CONSTRAINT disputes_lost CHECK ((lost_at IS NOT NULL) = (status = 'lost'))
);
CREATE INDEX disputes_of ON platform.disputes (customer_id);

GRANT SELECT, INSERT, UPDATE ON platform.charges, platform.disputes TO fence_system;
GRANT SELECT ON platform.charges, platform.disputes TO fence_backup;

DROP FUNCTION platform.own_invoices();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION platform.standing_of(org uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN jsonb_build_object(
		'overrides', (SELECT jsonb_agg(jsonb_build_object('kind', o.kind, 'subject', o.subject, 'limit', coalesce(o.limited_to, 0), 'reason', o.reason,
				'until', o.until, 'since', o.granted_at) ORDER BY o.granted_at, o.id)
			FROM platform.plan_overrides o WHERE o.org_id = org AND o.ended_at IS NULL),
		'subscriptions', (SELECT jsonb_agg(jsonb_build_object('id', s.id, 'status', s.status, 'plan', s.plan, 'plan_version', s.plan_version, 'extra_users', s.extra_users,
				'created_at', s.created_at, 'period_start', s.period_start, 'period_end', s.period_end, 'cancel_at', s.cancel_at,
				'cancel_at_period_end', s.cancel_at_period_end, 'collection_paused', s.collection_paused, 'ended_at', s.ended_at,
				'next_plan', s.next_plan, 'next_plan_at', s.next_plan_at))
			FROM platform.billing_customers c JOIN platform.subscriptions s ON s.customer_id = c.id WHERE c.org_id = org),
		'first_unpaid_at', (SELECT min(coalesce(i.due_at, i.finalized_at)) -- a first attempt is made when an invoice is finalized
			FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id
			WHERE c.org_id = org AND i.status IN ('open', 'uncollectible') AND (i.due_at IS NOT NULL OR i.attempts > 0)),
		'disputed', EXISTS (SELECT FROM platform.billing_customers c JOIN platform.disputes d ON d.customer_id = c.id WHERE c.org_id = org AND NOT d.decided),
		'lost_dispute_at', (SELECT min(d.lost_at) -- until an operator has dealt with what was found about it
			FROM platform.billing_customers c JOIN platform.disputes d ON d.customer_id = c.id
			WHERE c.org_id = org AND d.lost_at IS NOT NULL
				AND EXISTS (SELECT FROM platform.billing_findings f WHERE f.kind = 'dispute_lost' AND f.about = d.id AND f.settled_at IS NULL)),
		'bank_asks', EXISTS (SELECT FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id
			WHERE c.org_id = org AND i.status = 'open' AND i.asks_person),
		'card', (SELECT jsonb_build_object('brand', c.card_brand, 'last4', c.card_last4, 'exp_month', c.card_exp_month, 'exp_year', c.card_exp_year)
			FROM platform.billing_customers c WHERE c.org_id = org AND c.gone_at IS NULL AND c.card_exp_year IS NOT NULL ORDER BY c.known_since, c.id LIMIT 1),
		'deleted_at', (SELECT o.deleted_at FROM platform.organizations o WHERE o.org_id = org));
END
$$;

-- What the company's own page of its plan shows beside that: the newest invoices, and what of them was given back.
CREATE FUNCTION platform.own_invoices() RETURNS TABLE (id text, subscription_id text, number text, status text, total_cents bigint, open_cents bigint, refunded_cents bigint,
	attempts bigint, next_attempt_at timestamptz, created_at timestamptz, page_url text, pdf_url text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	org uuid := app.org_id();
BEGIN
	RETURN QUERY SELECT i.id, coalesce(i.subscription_id, ''), i.number, i.status, i.total_cents, i.open_cents,
			coalesce((SELECT sum(h.refunded_cents) FROM platform.charges h WHERE h.invoice_id = i.id), 0)::bigint, i.attempts, i.next_attempt_at, i.created_at, i.page_url, i.pdf_url
		FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id
		WHERE c.org_id = org AND i.status <> 'draft' ORDER BY i.created_at DESC, i.id DESC LIMIT 24;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.own_invoices() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.own_invoices() TO fence_app;

-- +goose Down
DROP FUNCTION platform.own_invoices();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION platform.standing_of(org uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN jsonb_build_object(
		'overrides', (SELECT jsonb_agg(jsonb_build_object('kind', o.kind, 'subject', o.subject, 'limit', coalesce(o.limited_to, 0), 'reason', o.reason,
				'until', o.until, 'since', o.granted_at) ORDER BY o.granted_at, o.id)
			FROM platform.plan_overrides o WHERE o.org_id = org AND o.ended_at IS NULL),
		'subscriptions', (SELECT jsonb_agg(jsonb_build_object('id', s.id, 'status', s.status, 'plan', s.plan, 'plan_version', s.plan_version, 'extra_users', s.extra_users,
				'created_at', s.created_at, 'period_start', s.period_start, 'period_end', s.period_end, 'cancel_at', s.cancel_at,
				'cancel_at_period_end', s.cancel_at_period_end, 'collection_paused', s.collection_paused, 'ended_at', s.ended_at,
				'next_plan', s.next_plan, 'next_plan_at', s.next_plan_at))
			FROM platform.billing_customers c JOIN platform.subscriptions s ON s.customer_id = c.id WHERE c.org_id = org),
		'first_unpaid_at', (SELECT min(coalesce(i.due_at, i.finalized_at)) -- a first attempt is made when an invoice is finalized
			FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id
			WHERE c.org_id = org AND i.status IN ('open', 'uncollectible') AND (i.due_at IS NOT NULL OR i.attempts > 0)),
		'bank_asks', EXISTS (SELECT FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id
			WHERE c.org_id = org AND i.status = 'open' AND i.asks_person),
		'card', (SELECT jsonb_build_object('brand', c.card_brand, 'last4', c.card_last4, 'exp_month', c.card_exp_month, 'exp_year', c.card_exp_year)
			FROM platform.billing_customers c WHERE c.org_id = org AND c.gone_at IS NULL AND c.card_exp_year IS NOT NULL ORDER BY c.known_since, c.id LIMIT 1),
		'deleted_at', (SELECT o.deleted_at FROM platform.organizations o WHERE o.org_id = org));
END
$$;

CREATE FUNCTION platform.own_invoices() RETURNS TABLE (id text, subscription_id text, number text, status text, total_cents bigint, open_cents bigint,
	attempts bigint, next_attempt_at timestamptz, created_at timestamptz, page_url text, pdf_url text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	org uuid := app.org_id();
BEGIN
	RETURN QUERY SELECT i.id, coalesce(i.subscription_id, ''), i.number, i.status, i.total_cents, i.open_cents, i.attempts, i.next_attempt_at, i.created_at, i.page_url, i.pdf_url
		FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id
		WHERE c.org_id = org AND i.status <> 'draft' ORDER BY i.created_at DESC, i.id DESC LIMIT 24;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.own_invoices() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.own_invoices() TO fence_app;
DROP TABLE platform.disputes, platform.charges;
DROP INDEX platform.billing_findings_settled;
DELETE FROM platform.billing_findings WHERE kind NOT IN ('paid_after_deletion', 'pays_twice');
ALTER TABLE platform.billing_findings DROP COLUMN currency, DROP COLUMN note, ALTER COLUMN found_at SET DEFAULT clock_timestamp(),
	DROP CONSTRAINT billing_findings_kind_known,
	ADD CONSTRAINT billing_findings_kind_known CHECK (kind IN ('paid_after_deletion', 'pays_twice'));
ALTER TABLE platform.billing_findings RENAME COLUMN amount TO paid_cents;
ALTER TABLE platform.billing_findings RENAME COLUMN about TO subscription_id;
