-- +goose Up
-- A company that comes with a database of its own: what was taken from where, and a home for the tables of the
-- old database that had none. Their pages and operations come later; table, wall and states are here.

-- One source of an organization. Its id follows from the label, so the same source is known again.
CREATE TABLE app.adoptions (
	org_id      uuid NOT NULL REFERENCES app.organizations,
	id          uuid NOT NULL,
	label       text NOT NULL CONSTRAINT adoptions_label_length CHECK (char_length(label) BETWEEN 1 AND 60),
	source      text NOT NULL, -- host and database as last given, never a password
	run         int NOT NULL,  -- grows with each start: a process whose run is over writes nothing more
	state       text NOT NULL CONSTRAINT adoptions_state_known CHECK (state IN ('running', 'done')),
	started_at  timestamptz NOT NULL,
	finished_at timestamptz,
	PRIMARY KEY (org_id, id),
	CONSTRAINT adoptions_finished_at_fits CHECK ((state = 'done') = (finished_at IS NOT NULL))
);
CREATE UNIQUE INDEX adoptions_label_once ON app.adoptions (org_id, label);
CALL platform.raise_wall('app.adoptions', 'SELECT, INSERT, UPDATE');

-- How far a run is, written in the transaction of the rows themselves: a killed run goes on behind last_key.
CREATE TABLE app.adoption_tables (
	org_id       uuid NOT NULL,
	adoption_id  uuid NOT NULL,
	source_table text NOT NULL CONSTRAINT adoption_tables_source_table_known
		CHECK (source_table IN ('customers', 'leads', 'appointments', 'quotes', 'roi_calculations', 'pricing_approvals')),
	last_key     bytea NOT NULL DEFAULT '', -- as the source has it, in whatever letters
	rows_read    bigint NOT NULL DEFAULT 0,
	rows_written bigint NOT NULL DEFAULT 0,
	done_at      timestamptz,
	PRIMARY KEY (org_id, adoption_id, source_table),
	CONSTRAINT adoption_tables_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions (org_id, id)
);
CALL platform.raise_wall('app.adoption_tables', 'SELECT, INSERT, UPDATE');

-- extra is what a source had and we have no column for, by the source's own names.
ALTER TABLE app.customers
	ADD COLUMN extra jsonb NOT NULL DEFAULT '{}' CONSTRAINT customers_extra_is_object CHECK (jsonb_typeof(extra) = 'object'),
	ADD COLUMN adoption_id uuid,
	ADD CONSTRAINT customers_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions (org_id, id);
ALTER TABLE app.properties
	ADD COLUMN adoption_id uuid,
	ADD CONSTRAINT properties_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions (org_id, id);

-- Somebody who asked for a fence.
CREATE TABLE app.leads (
	org_id             uuid NOT NULL REFERENCES app.organizations,
	id                 uuid NOT NULL,
	state              text NOT NULL CONSTRAINT leads_state_known
		CHECK (state IN ('new', 'contacted', 'visit_scheduled', 'qualified', 'quoted', 'won', 'lost', 'junk', 'merged')),
	source             text NOT NULL DEFAULT 'other' CONSTRAINT leads_source_known
		CHECK (source IN ('phone', 'web_form', 'walk_in', 'referral', 'repeat', 'campaign', 'marketplace', 'other')),
	name               text NOT NULL CONSTRAINT leads_name_length CHECK (char_length(name) BETWEEN 1 AND 120),
	email              text NOT NULL DEFAULT '' CONSTRAINT leads_email_length CHECK (char_length(email) <= 254),
	phone              text NOT NULL DEFAULT '' CONSTRAINT leads_phone_form CHECK (phone ~ '^(\+1\d{10})?$'), -- E.164
	address            text NOT NULL DEFAULT '' CONSTRAINT leads_address_length CHECK (char_length(address) <= 300), -- as given; a property is made at the visit
	zip                text NOT NULL DEFAULT '' CONSTRAINT leads_zip_form CHECK (zip ~ '^(\d{5})?$'),
	message            text NOT NULL DEFAULT '' CONSTRAINT leads_message_length CHECK (char_length(message) <= 10000),
	length_ft          double precision CONSTRAINT leads_length_positive CHECK (length_ft > 0),
	budget_cents       bigint CONSTRAINT leads_budget_not_negative CHECK (budget_cents >= 0),
	assigned_to        uuid,
	customer_id        uuid,
	property_id        uuid,
	merged_into_id     uuid,
	first_responded_at timestamptz,
	lost_reason        text CONSTRAINT leads_lost_reason_known
		CHECK (lost_reason IN ('price', 'timing', 'competitor', 'no_response', 'out_of_area', 'hoa_or_permit', 'other')),
	lost_words         text NOT NULL DEFAULT '' CONSTRAINT leads_lost_words_length CHECK (char_length(lost_words) <= 2000),
	closed_at          timestamptz,
	created_at         timestamptz NOT NULL,
	updated_at         timestamptz NOT NULL,
	version            int NOT NULL DEFAULT 1,
	extra              jsonb NOT NULL DEFAULT '{}' CONSTRAINT leads_extra_is_object CHECK (jsonb_typeof(extra) = 'object'),
	adoption_id        uuid,
	PRIMARY KEY (org_id, id),
	CONSTRAINT leads_assigned_to_fk FOREIGN KEY (org_id, assigned_to) REFERENCES app.users (org_id, id),
	CONSTRAINT leads_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers (org_id, id),
	CONSTRAINT leads_property_fk FOREIGN KEY (org_id, property_id) REFERENCES app.properties (org_id, id),
	CONSTRAINT leads_merged_into_fk FOREIGN KEY (org_id, merged_into_id) REFERENCES app.leads (org_id, id),
	CONSTRAINT leads_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions (org_id, id),
	CONSTRAINT leads_closed_at_fits CHECK ((state IN ('won', 'lost', 'junk', 'merged')) = (closed_at IS NOT NULL)),
	CONSTRAINT leads_lost_has_reason CHECK ((state = 'lost') = (lost_reason IS NOT NULL)),
	CONSTRAINT leads_merged_into_fits CHECK ((state = 'merged') = (merged_into_id IS NOT NULL))
);
CREATE INDEX leads_newest ON app.leads (org_id, state, created_at DESC, id DESC);
CREATE INDEX leads_of_customer ON app.leads (org_id, customer_id, created_at DESC, id DESC) WHERE customer_id IS NOT NULL;
CALL platform.raise_wall('app.leads', 'SELECT, INSERT, UPDATE');

-- Two people at one place at one time. That nobody is at two places at once is for scheduling to add: old
-- calendars overlap, and an exclusion has to leave what is past alone.
CREATE TABLE app.appointments (
	org_id        uuid NOT NULL REFERENCES app.organizations,
	id            uuid NOT NULL,
	kind          text NOT NULL CONSTRAINT appointments_kind_known CHECK (kind IN ('site_visit', 'install', 'service_call', 'other')),
	state         text NOT NULL CONSTRAINT appointments_state_known
		CHECK (state IN ('held', 'unconfirmed', 'confirmed', 'en_route', 'in_progress', 'completed', 'no_show', 'cancelled')),
	title         text NOT NULL DEFAULT '' CONSTRAINT appointments_title_length CHECK (char_length(title) <= 200),
	notes         text NOT NULL DEFAULT '' CONSTRAINT appointments_notes_length CHECK (char_length(notes) <= 10000),
	address       text NOT NULL DEFAULT '' CONSTRAINT appointments_address_length CHECK (char_length(address) <= 300),
	lead_id       uuid,
	customer_id   uuid,
	property_id   uuid,
	assignee_id   uuid,
	starts_at     timestamptz NOT NULL,
	ends_at       timestamptz NOT NULL,
	time_zone     text NOT NULL, -- of the property: it is shown in this one to who goes there
	held_until    timestamptz,
	cancelled_at  timestamptz,
	cancel_reason text NOT NULL DEFAULT '' CONSTRAINT appointments_cancel_reason_length CHECK (char_length(cancel_reason) <= 2000),
	sequence      int NOT NULL DEFAULT 0, -- of the calendar entry: grows with each new time
	created_at    timestamptz NOT NULL,
	updated_at    timestamptz NOT NULL,
	version       int NOT NULL DEFAULT 1,
	extra         jsonb NOT NULL DEFAULT '{}' CONSTRAINT appointments_extra_is_object CHECK (jsonb_typeof(extra) = 'object'),
	adoption_id   uuid,
	PRIMARY KEY (org_id, id),
	CONSTRAINT appointments_lead_fk FOREIGN KEY (org_id, lead_id) REFERENCES app.leads (org_id, id),
	CONSTRAINT appointments_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers (org_id, id),
	CONSTRAINT appointments_property_fk FOREIGN KEY (org_id, property_id) REFERENCES app.properties (org_id, id),
	CONSTRAINT appointments_assignee_fk FOREIGN KEY (org_id, assignee_id) REFERENCES app.users (org_id, id),
	CONSTRAINT appointments_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions (org_id, id),
	CONSTRAINT appointments_in_order CHECK (starts_at < ends_at),
	CONSTRAINT appointments_held_until_fits CHECK ((state = 'held') = (held_until IS NOT NULL)),
	CONSTRAINT appointments_cancelled_at_fits CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL))
);
CREATE INDEX appointments_by_time ON app.appointments (org_id, starts_at, id);
CREATE INDEX appointments_of_assignee ON app.appointments (org_id, assignee_id, starts_at) WHERE assignee_id IS NOT NULL;
CALL platform.raise_wall('app.appointments', 'SELECT, INSERT, UPDATE');

-- Quotes that another program wrote: history, never changed here. They have no sketch, no options and no document
-- that was frozen, so they are none of app.quotes, and their numbers are as they were, twice if they were twice.
CREATE TABLE app.adopted_quotes (
	org_id         uuid NOT NULL REFERENCES app.organizations,
	id             uuid NOT NULL,
	adoption_id    uuid NOT NULL,
	number         text NOT NULL DEFAULT '' CONSTRAINT adopted_quotes_number_length CHECK (char_length(number) <= 60),
	state          text NOT NULL CONSTRAINT adopted_quotes_state_known
		CHECK (state IN ('draft', 'sent', 'accepted', 'declined', 'expired', 'withdrawn', 'unknown')),
	title          text NOT NULL DEFAULT '' CONSTRAINT adopted_quotes_title_length CHECK (char_length(title) <= 200),
	notes          text NOT NULL DEFAULT '' CONSTRAINT adopted_quotes_notes_length CHECK (char_length(notes) <= 10000),
	customer_id    uuid,
	lead_id        uuid,
	subtotal_cents bigint,
	discount_cents bigint,
	tax_cents      bigint,
	total_cents    bigint, -- NULL: it had none, or none that could be read
	valid_until    timestamptz,
	sent_at        timestamptz,
	decided_at     timestamptz,
	created_at     timestamptz NOT NULL,
	extra          jsonb NOT NULL DEFAULT '{}' CONSTRAINT adopted_quotes_extra_is_object CHECK (jsonb_typeof(extra) = 'object'),
	PRIMARY KEY (org_id, id),
	CONSTRAINT adopted_quotes_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions (org_id, id),
	CONSTRAINT adopted_quotes_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers (org_id, id),
	CONSTRAINT adopted_quotes_lead_fk FOREIGN KEY (org_id, lead_id) REFERENCES app.leads (org_id, id)
);
CREATE INDEX adopted_quotes_newest ON app.adopted_quotes (org_id, created_at DESC, id DESC);
CREATE INDEX adopted_quotes_of_customer ON app.adopted_quotes (org_id, customer_id, created_at DESC) WHERE customer_id IS NOT NULL;
CALL platform.raise_wall('app.adopted_quotes', 'SELECT, INSERT');

-- A calculation of what a fence returns. inputs, assumptions and outputs are the engine's documents of engine_version.
CREATE TABLE app.roi_calculations (
	org_id           uuid NOT NULL REFERENCES app.organizations,
	id               uuid NOT NULL,
	kind             text NOT NULL CONSTRAINT roi_calculations_kind_known
		CHECK (kind IN ('resale', 'lifecycle', 'incremental', 'financing', 'contractor', 'unknown')),
	title            text NOT NULL DEFAULT '' CONSTRAINT roi_calculations_title_length CHECK (char_length(title) <= 200),
	customer_id      uuid,
	quote_id         uuid,
	adopted_quote_id uuid,
	inputs           jsonb NOT NULL DEFAULT '{}',
	assumptions      jsonb NOT NULL DEFAULT '{}',
	outputs          jsonb NOT NULL DEFAULT '{}',
	invested_cents   bigint,
	return_pct       double precision,
	payback_years    double precision,
	engine_version   text NOT NULL, -- 'adopted': calculated elsewhere, never calculated again
	created_at       timestamptz NOT NULL,
	version          int NOT NULL DEFAULT 1,
	extra            jsonb NOT NULL DEFAULT '{}' CONSTRAINT roi_calculations_extra_is_object CHECK (jsonb_typeof(extra) = 'object'),
	adoption_id      uuid,
	PRIMARY KEY (org_id, id),
	CONSTRAINT roi_calculations_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers (org_id, id),
	CONSTRAINT roi_calculations_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes (org_id, id),
	CONSTRAINT roi_calculations_adopted_quote_fk FOREIGN KEY (org_id, adopted_quote_id) REFERENCES app.adopted_quotes (org_id, id),
	CONSTRAINT roi_calculations_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions (org_id, id),
	CONSTRAINT roi_calculations_one_quote CHECK (quote_id IS NULL OR adopted_quote_id IS NULL)
);
CREATE INDEX roi_calculations_of_quote ON app.roi_calculations (org_id, quote_id) WHERE quote_id IS NOT NULL;
CALL platform.raise_wall('app.roi_calculations', 'SELECT, INSERT, UPDATE');

-- Somebody asked whether a price may leave the house. Ours are bound to the hash of the version that was looked at.
CREATE TABLE app.pricing_approvals (
	org_id           uuid NOT NULL REFERENCES app.organizations,
	id               uuid NOT NULL,
	quote_id         uuid,
	version_hash     bytea CONSTRAINT pricing_approvals_version_hash_length CHECK (octet_length(version_hash) = 32),
	adopted_quote_id uuid,
	state            text NOT NULL CONSTRAINT pricing_approvals_state_known CHECK (state IN ('pending', 'approved', 'rejected', 'withdrawn', 'expired')),
	metric           text NOT NULL CONSTRAINT pricing_approvals_metric_known
		CHECK (metric IN ('discount', 'margin', 'total', 'deposit', 'payment_terms', 'price_override', 'unknown')),
	discount_bp      int CONSTRAINT pricing_approvals_discount_range CHECK (discount_bp BETWEEN 0 AND 10000),
	amount_cents     bigint,
	level            int NOT NULL DEFAULT 1 CONSTRAINT pricing_approvals_level_positive CHECK (level > 0),
	reason           text NOT NULL DEFAULT '' CONSTRAINT pricing_approvals_reason_length CHECK (char_length(reason) <= 2000),
	answer           text NOT NULL DEFAULT '' CONSTRAINT pricing_approvals_answer_length CHECK (char_length(answer) <= 2000),
	requested_by     uuid,
	requested_name   text NOT NULL DEFAULT '' CONSTRAINT pricing_approvals_requested_name_length CHECK (char_length(requested_name) <= 120),
	requested_at     timestamptz NOT NULL,
	decided_by       uuid,
	decided_name     text NOT NULL DEFAULT '' CONSTRAINT pricing_approvals_decided_name_length CHECK (char_length(decided_name) <= 120),
	decided_at       timestamptz,
	version          int NOT NULL DEFAULT 1,
	extra            jsonb NOT NULL DEFAULT '{}' CONSTRAINT pricing_approvals_extra_is_object CHECK (jsonb_typeof(extra) = 'object'),
	adoption_id      uuid,
	PRIMARY KEY (org_id, id),
	CONSTRAINT pricing_approvals_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes (org_id, id),
	CONSTRAINT pricing_approvals_adopted_quote_fk FOREIGN KEY (org_id, adopted_quote_id) REFERENCES app.adopted_quotes (org_id, id),
	CONSTRAINT pricing_approvals_requested_by_fk FOREIGN KEY (org_id, requested_by) REFERENCES app.users (org_id, id),
	CONSTRAINT pricing_approvals_decided_by_fk FOREIGN KEY (org_id, decided_by) REFERENCES app.users (org_id, id),
	CONSTRAINT pricing_approvals_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions (org_id, id),
	CONSTRAINT pricing_approvals_of_one_quote CHECK ((quote_id IS NULL) <> (adopted_quote_id IS NULL)),
	CONSTRAINT pricing_approvals_bound_to_version CHECK ((quote_id IS NULL) = (version_hash IS NULL)),
	CONSTRAINT pricing_approvals_decided_at_fits CHECK ((state = 'pending') = (decided_at IS NULL))
);
CREATE INDEX pricing_approvals_pending ON app.pricing_approvals (org_id, requested_at, id) WHERE state = 'pending';
CREATE INDEX pricing_approvals_of_quote ON app.pricing_approvals (org_id, quote_id) WHERE quote_id IS NOT NULL;
CALL platform.raise_wall('app.pricing_approvals', 'SELECT, INSERT, UPDATE');

-- +goose Down
DROP TABLE app.pricing_approvals, app.roi_calculations, app.adopted_quotes, app.appointments, app.leads;
ALTER TABLE app.properties DROP COLUMN adoption_id;
ALTER TABLE app.customers DROP COLUMN adoption_id, DROP COLUMN extra;
DROP TABLE app.adoption_tables, app.adoptions;
