-- +goose Up
-- Jobs: the work on site that an accepted quote promises.

CREATE TABLE app.jobs (
	org_id         uuid NOT NULL,
	id             uuid NOT NULL,
	number         text NOT NULL,
	quote_id       uuid NOT NULL,
	version_id     uuid NOT NULL,
	acceptance_id  uuid NOT NULL,
	customer_id    uuid NOT NULL,
	property_id    uuid NOT NULL,
	state          text NOT NULL CONSTRAINT jobs_state_known CHECK (state IN ('sold')),
	-- A job is always opened. Over the plan's limit, or while the company is read-only, it waits: seen, not scheduled.
	waiting_reason text CONSTRAINT jobs_waiting_reason_known CHECK (waiting_reason IN ('plan_limit', 'read_only')),
	released_at    timestamptz,
	contract_cents bigint NOT NULL,
	sold_at        timestamptz NOT NULL,
	created_at     timestamptz NOT NULL,
	updated_at     timestamptz NOT NULL,
	version        int NOT NULL DEFAULT 1,
	PRIMARY KEY (org_id, id),
	CONSTRAINT jobs_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes (org_id, id),
	CONSTRAINT jobs_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions (org_id, id),
	CONSTRAINT jobs_acceptance_fk FOREIGN KEY (org_id, acceptance_id) REFERENCES app.acceptances (org_id, id),
	CONSTRAINT jobs_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers (org_id, id),
	CONSTRAINT jobs_property_fk FOREIGN KEY (org_id, property_id) REFERENCES app.properties (org_id, id),
	CONSTRAINT jobs_of_version_once UNIQUE (org_id, version_id),
	CONSTRAINT jobs_released_was_waiting CHECK (released_at IS NULL OR waiting_reason IS NULL)
);
CREATE UNIQUE INDEX jobs_number_once ON app.jobs (org_id, number);
CREATE INDEX jobs_newest ON app.jobs (org_id, id DESC);
CREATE INDEX jobs_of_customer ON app.jobs (org_id, customer_id, id DESC);
CREATE INDEX jobs_waiting ON app.jobs (org_id, id) WHERE waiting_reason IS NOT NULL;
CALL platform.raise_wall('app.jobs', 'SELECT, INSERT, UPDATE');

-- +goose Down
DROP TABLE app.jobs;
