-- +goose Up
-- What people are told about their plan: each thing once, by its cause.

CREATE TABLE app.plan_notices (
	org_id uuid NOT NULL REFERENCES app.organizations,
	kind   text NOT NULL CONSTRAINT plan_notices_kind_known
		CHECK (kind IN ('trial_ending', 'trial_ended', 'payment_failed', 'bank_asks', 'paid_again', 'card_expiring', 'plan_ended')),
	cause  text NOT NULL CONSTRAINT plan_notices_cause_length CHECK (char_length(cause) BETWEEN 1 AND 300), -- an invoice, a card, an end
	at     timestamptz NOT NULL,
	PRIMARY KEY (org_id, kind, cause)
);
CALL platform.raise_wall('app.plan_notices', 'SELECT, INSERT');

-- What is charged by itself, and up to which reading a customer's company was looked at for something to tell.
ALTER TABLE platform.billing_customers
	ADD COLUMN card_brand text NOT NULL DEFAULT '',
	ADD COLUMN card_last4 text NOT NULL DEFAULT '',
	ADD COLUMN card_exp_month int,
	ADD COLUMN card_exp_year int,
	ADD COLUMN told bigint NOT NULL DEFAULT 0,
	ADD CONSTRAINT billing_customers_card_ends CHECK ((card_exp_month IS NULL) = (card_exp_year IS NULL));
CREATE INDEX billing_customers_to_tell ON platform.billing_customers (id) WHERE told < done AND org_id IS NOT NULL;
-- The bank wants to see a person before it pays.
ALTER TABLE platform.invoices ADD COLUMN asks_person boolean NOT NULL DEFAULT false;

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

-- The company's own invoices that there may be something to tell of.
CREATE FUNCTION platform.invoices_to_tell() RETURNS TABLE (id text, status text, total_cents bigint, open_cents bigint, attempts bigint,
	next_attempt_at timestamptz, finalized_at timestamptz, due_at timestamptz, asks_person boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	org uuid := app.org_id();
BEGIN
	RETURN QUERY SELECT i.id, i.status, i.total_cents, i.open_cents, i.attempts, i.next_attempt_at, i.finalized_at, i.due_at, i.asks_person
		FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id
		WHERE c.org_id = org AND i.status IN ('open', 'uncollectible', 'paid') ORDER BY i.created_at DESC, i.id DESC LIMIT 24;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.invoices_to_tell() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.invoices_to_tell() TO fence_app;

-- +goose Down
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
		'deleted_at', (SELECT o.deleted_at FROM platform.organizations o WHERE o.org_id = org));
END
$$;
-- +goose StatementEnd
DROP FUNCTION platform.invoices_to_tell();
ALTER TABLE platform.invoices DROP COLUMN asks_person;
ALTER TABLE platform.billing_customers DROP COLUMN card_brand, DROP COLUMN card_last4, DROP COLUMN card_exp_month, DROP COLUMN card_exp_year, DROP COLUMN told;
DROP TABLE app.plan_notices;
