-- +goose Up
-- How a company chooses, changes and ends its plan by itself.

-- What an owner asked the payment provider for. The row is written before the provider is called, and its id is in the
-- key of that call: whoever does not know whether it was done asks again with the same key, or finds what was made by
-- the id that it carries. It is the company's own history, so it lies behind the wall; what is in force is the mirror's.
CREATE TABLE app.plan_acts (
	org_id       uuid NOT NULL REFERENCES app.organizations,
	id           uuid NOT NULL,
	kind         text NOT NULL CONSTRAINT plan_acts_kind_known CHECK (kind IN ('checkout', 'upgrade', 'downgrade', 'undo', 'cancel', 'resume')),
	-- asked: nobody knows yet whether it was done. open: a person has to pay. dropped: it was not done and will not be.
	state        text NOT NULL CONSTRAINT plan_acts_state_known CHECK (state IN ('asked', 'open', 'done', 'dropped')),
	attempt      int NOT NULL CONSTRAINT plan_acts_attempt_counts CHECK (attempt >= 1), -- of the key: the next one only when the call before is known to have made nothing
	plan         text NOT NULL,
	plan_version int NOT NULL,
	extra_users  bigint NOT NULL CONSTRAINT plan_acts_extra_users_some CHECK (extra_users >= 0),
	customer_id  text NOT NULL, -- empty until the company is the provider's customer
	provider_id  text NOT NULL, -- of the checkout, or of the subscription that is changed
	page_url     text NOT NULL, -- where a person pays
	cents        bigint NOT NULL, -- that were shown before
	counts_from  timestamptz, -- when a change counts: what was shown is what is billed
	trial_end    timestamptz, -- of a checkout that keeps a trial
	takes_effect timestamptz, -- of a change to come
	expires_at   timestamptz NOT NULL,
	asked_by     text NOT NULL,
	asked_at     timestamptz NOT NULL,
	settled_at   timestamptz,
	PRIMARY KEY (org_id, id),
	CONSTRAINT plan_acts_settled CHECK ((state IN ('done', 'dropped')) = (settled_at IS NOT NULL))
);
-- Two tabs buy once, and two changes follow each other.
CREATE UNIQUE INDEX plan_acts_one_open_checkout ON app.plan_acts (org_id) WHERE kind = 'checkout' AND state IN ('asked', 'open');
CREATE UNIQUE INDEX plan_acts_one_change ON app.plan_acts (org_id) WHERE kind <> 'checkout' AND state = 'asked';
CREATE UNIQUE INDEX plan_acts_one_open_change ON app.plan_acts (org_id) WHERE kind <> 'checkout' AND state = 'open';
CREATE INDEX plan_acts_newest ON app.plan_acts (org_id, asked_at DESC);
CALL platform.raise_wall('app.plan_acts', 'SELECT, INSERT, UPDATE');

-- People beyond those of the plan, in one period of one subscription.
CREATE TABLE app.seat_marks (
	org_id          uuid NOT NULL REFERENCES app.organizations,
	subscription_id text NOT NULL,
	period_start    timestamptz NOT NULL,
	most            bigint NOT NULL CONSTRAINT seat_marks_most_some CHECK (most >= 0), -- at one time
	charged         bigint NOT NULL CONSTRAINT seat_marks_charged_some CHECK (charged >= 0), -- are billed for this period, now or with the next bill
	version         int NOT NULL, -- of the key of the call that is under way
	busy_until      timestamptz, -- somebody is telling the provider
	PRIMARY KEY (org_id, subscription_id, period_start)
);
CALL platform.raise_wall('app.seat_marks', 'SELECT, INSERT, UPDATE');

-- A company that is gone. What it pays after that is given back by people; nothing brings it to life again.
ALTER TABLE platform.organizations ADD COLUMN deleted_at timestamptz;

-- What the mirror says of a change to come.
ALTER TABLE platform.subscriptions
	ADD COLUMN next_plan text NOT NULL DEFAULT '',
	ADD COLUMN next_plan_version int NOT NULL DEFAULT 0,
	ADD COLUMN next_plan_at timestamptz,
	ADD CONSTRAINT subscriptions_next_plan_has_a_date CHECK ((next_plan = '') = (next_plan_at IS NULL));

-- What somebody of the platform has to look at: a company pays that is gone, or pays twice.
CREATE TABLE platform.billing_findings (
	kind            text NOT NULL CONSTRAINT billing_findings_kind_known CHECK (kind IN ('paid_after_deletion', 'pays_twice')),
	subscription_id text NOT NULL,
	customer_id     text NOT NULL REFERENCES platform.billing_customers,
	org_id          uuid REFERENCES platform.organizations,
	paid_cents      bigint NOT NULL, -- for this subscription, to give back
	found_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
	settled_at      timestamptz,
	settled_by      text,
	PRIMARY KEY (kind, subscription_id),
	CONSTRAINT billing_findings_settled_by_somebody CHECK ((settled_at IS NULL) = (settled_by IS NULL))
);
CREATE INDEX billing_findings_open ON platform.billing_findings (found_at) WHERE settled_at IS NULL;
CREATE INDEX billing_findings_of ON platform.billing_findings (org_id);
GRANT SELECT, INSERT, UPDATE ON platform.billing_findings TO fence_system;
GRANT SELECT ON platform.billing_findings TO fence_backup;

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

-- What the company's own page of its plan shows beside that: the newest invoices.
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
				'cancel_at_period_end', s.cancel_at_period_end, 'collection_paused', s.collection_paused, 'ended_at', s.ended_at))
			FROM platform.billing_customers c JOIN platform.subscriptions s ON s.customer_id = c.id WHERE c.org_id = org),
		'first_unpaid_at', (SELECT min(coalesce(i.due_at, i.finalized_at)) -- a first attempt is made when an invoice is finalized
			FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id
			WHERE c.org_id = org AND i.status IN ('open', 'uncollectible') AND (i.due_at IS NOT NULL OR i.attempts > 0)));
END
$$;
-- +goose StatementEnd
DROP FUNCTION platform.own_invoices();
DROP TABLE platform.billing_findings;
ALTER TABLE platform.subscriptions DROP COLUMN next_plan, DROP COLUMN next_plan_version, DROP COLUMN next_plan_at;
DROP TABLE app.seat_marks, app.plan_acts;
ALTER TABLE platform.organizations DROP COLUMN deleted_at;
