-- +goose Up
-- What the payment provider knows of a company, mirrored. A webhook is a hint: it is stored and makes its customer
-- dirty; one worker at a time then reads the whole state at the provider and writes it here. So order, repetition and
-- loss of webhooks change nothing. All of it is the system role's: no serving role reads another company's billing.

-- A customer at the provider. Dirty while wanted > done. org_id is NULL of one that nobody here knows (yet).
CREATE TABLE platform.billing_customers (
	id          text PRIMARY KEY CONSTRAINT billing_customers_id_length CHECK (char_length(id) BETWEEN 1 AND 255),
	org_id      uuid REFERENCES platform.organizations,
	wanted      bigint NOT NULL DEFAULT 0,
	done        bigint NOT NULL DEFAULT 0,
	lease       uuid, -- of the worker that reads; what it read counts only while it holds it
	lease_until timestamptz,
	attempts    int NOT NULL DEFAULT 0, -- that failed, one after another
	next_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
	last_error  text NOT NULL DEFAULT '',
	dead_at     timestamptz, -- given up: somebody has to look
	known_since timestamptz NOT NULL DEFAULT clock_timestamp(),
	read_at     timestamptz, -- when the mirror was written last
	gone_at     timestamptz, -- deleted at the provider
	CONSTRAINT billing_customers_done CHECK (done <= wanted),
	CONSTRAINT billing_customers_lease CHECK ((lease IS NULL) = (lease_until IS NULL))
);
CREATE INDEX billing_customers_of ON platform.billing_customers (org_id);
CREATE INDEX billing_customers_dirty ON platform.billing_customers (next_at) WHERE wanted > done AND dead_at IS NULL;

-- Every webhook that was believed, once. Kept 90 days, for people: nothing is computed from it.
CREATE TABLE platform.billing_hints (
	id          text PRIMARY KEY CONSTRAINT billing_hints_id_length CHECK (char_length(id) BETWEEN 1 AND 255),
	type        text NOT NULL,
	customer_id text, -- NULL: of no customer
	object_id   text NOT NULL,
	api_version text NOT NULL,
	payload     jsonb NOT NULL,
	created_at  timestamptz NOT NULL, -- at the provider
	received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX billing_hints_of ON platform.billing_hints (customer_id, received_at DESC);
CREATE INDEX billing_hints_old ON platform.billing_hints (received_at);

CREATE TABLE platform.subscriptions (
	id                   text PRIMARY KEY,
	customer_id          text NOT NULL REFERENCES platform.billing_customers,
	status               text NOT NULL CONSTRAINT subscriptions_status_known
		CHECK (status IN ('active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete', 'canceled', 'incomplete_expired')),
	plan                 text NOT NULL, -- empty: its price is not in our catalogue and never was
	plan_version         int NOT NULL,
	extra_users          bigint NOT NULL CONSTRAINT subscriptions_extra_users_some CHECK (extra_users >= 0),
	created_at           timestamptz NOT NULL,
	period_start         timestamptz NOT NULL,
	period_end           timestamptz NOT NULL,
	cancel_at            timestamptz,
	cancel_at_period_end boolean NOT NULL,
	collection_paused    boolean NOT NULL,
	ended_at             timestamptz
);
CREATE INDEX subscriptions_of ON platform.subscriptions (customer_id);

CREATE TABLE platform.invoices (
	id              text PRIMARY KEY,
	customer_id     text NOT NULL REFERENCES platform.billing_customers,
	subscription_id text, -- NULL: of none
	number          text NOT NULL,
	status          text NOT NULL CONSTRAINT invoices_status_known CHECK (status IN ('draft', 'open', 'paid', 'uncollectible', 'void')),
	currency        text NOT NULL CONSTRAINT invoices_currency_usd CHECK (currency = 'USD'),
	total_cents     bigint NOT NULL,
	paid_cents      bigint NOT NULL,
	open_cents      bigint NOT NULL,
	attempts        bigint NOT NULL,
	next_attempt_at timestamptz,
	created_at      timestamptz NOT NULL,
	finalized_at    timestamptz,
	due_at          timestamptz, -- of one that is sent, not collected
	page_url        text NOT NULL,
	pdf_url         text NOT NULL
);
CREATE INDEX invoices_of ON platform.invoices (customer_id, created_at DESC);

GRANT SELECT, INSERT, UPDATE ON platform.billing_customers TO fence_system;
GRANT SELECT, INSERT, DELETE ON platform.billing_hints TO fence_system;
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.subscriptions, platform.invoices TO fence_system;
GRANT SELECT ON platform.billing_customers, platform.billing_hints, platform.subscriptions, platform.invoices TO fence_backup;

-- +goose Down
DROP TABLE platform.invoices, platform.subscriptions, platform.billing_hints, platform.billing_customers;
