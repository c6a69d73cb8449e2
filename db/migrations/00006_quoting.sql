-- +goose Up
-- From the drawing to the signature: sketches, quotes in versions, what the homeowner opened and signed.

CREATE TABLE app.sketches (
	org_id      uuid NOT NULL,
	id          uuid NOT NULL,
	property_id uuid NOT NULL,
	name        text NOT NULL CONSTRAINT sketches_name_length CHECK (char_length(name) BETWEEN 1 AND 120),
	layout      jsonb NOT NULL,               -- the engine's document
	extras      jsonb NOT NULL DEFAULT '{}',  -- what the drawing alone knows: names of runs, measured or estimated
	drawn_ft    double precision NOT NULL DEFAULT 0,
	run_count   int NOT NULL DEFAULT 0,
	gate_count  int NOT NULL DEFAULT 0,
	created_by  uuid NOT NULL,
	created_at  timestamptz NOT NULL,
	updated_by  uuid NOT NULL,
	updated_at  timestamptz NOT NULL,
	logged_at   timestamptz NOT NULL,         -- a sitting of many saves is one line of the log
	version     int NOT NULL DEFAULT 1,
	PRIMARY KEY (org_id, id),
	CONSTRAINT sketches_property_fk FOREIGN KEY (org_id, property_id) REFERENCES app.properties (org_id, id)
);
CREATE INDEX sketches_of_property ON app.sketches (org_id, property_id, id DESC);
CALL platform.raise_wall('app.sketches', 'SELECT, INSERT, UPDATE');

-- The row that every change of a quote locks first. What lists show of the newest version is kept here.
CREATE TABLE app.quotes (
	org_id         uuid NOT NULL,
	id             uuid NOT NULL,
	number         text NOT NULL,
	customer_id    uuid NOT NULL,
	property_id    uuid NOT NULL,
	sketch_id      uuid NOT NULL,
	-- what the customer holds: the state of the newest version that was sent, or of the only draft
	state          text NOT NULL CONSTRAINT quotes_state_known CHECK (state IN ('draft', 'sent', 'accepted', 'declined', 'withdrawn', 'void')),
	current_n      int NOT NULL,
	draft_n        int, -- the version being written, if any
	total_cents    bigint NOT NULL, -- of the recommended option of version current_n, or of the accepted one
	valid_until    timestamptz,
	sent_at        timestamptz,
	last_viewed_at timestamptz,
	decided_at     timestamptz,
	created_by     uuid NOT NULL,
	created_name   text NOT NULL,
	created_at     timestamptz NOT NULL,
	updated_at     timestamptz NOT NULL,
	version        int NOT NULL DEFAULT 1,
	PRIMARY KEY (org_id, id),
	CONSTRAINT quotes_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers (org_id, id),
	CONSTRAINT quotes_property_fk FOREIGN KEY (org_id, property_id) REFERENCES app.properties (org_id, id),
	CONSTRAINT quotes_sketch_fk FOREIGN KEY (org_id, sketch_id) REFERENCES app.sketches (org_id, id),
	CONSTRAINT quotes_draft_is_written CHECK (state <> 'draft' OR draft_n = current_n),
	CONSTRAINT quotes_sent_at_fits CHECK ((state IN ('draft', 'void')) = (sent_at IS NULL)),
	CONSTRAINT quotes_valid_until_fits CHECK ((sent_at IS NULL) = (valid_until IS NULL)),
	CONSTRAINT quotes_decided_at_fits CHECK ((state IN ('accepted', 'declined')) = (decided_at IS NOT NULL)),
	CONSTRAINT quotes_decided_has_no_draft CHECK (state <> 'accepted' OR draft_n IS NULL)
);
CREATE UNIQUE INDEX quotes_number_once ON app.quotes (org_id, number);
-- Ids are time-ordered, so the newest first is the id backwards.
CREATE INDEX quotes_by_state ON app.quotes (org_id, state, id DESC);
CREATE INDEX quotes_drafts ON app.quotes (org_id, id DESC) WHERE draft_n IS NOT NULL;
CREATE INDEX quotes_of_customer ON app.quotes (org_id, customer_id, id DESC);
CREATE INDEX quotes_of_property ON app.quotes (org_id, property_id, id DESC);
CALL platform.raise_wall('app.quotes', 'SELECT, INSERT, UPDATE');

-- A version is written while it is a draft and never again. Expired is no state: it is sent and past valid_until.
CREATE TABLE app.quote_versions (
	org_id          uuid NOT NULL,
	id              uuid NOT NULL,
	quote_id        uuid NOT NULL,
	n               int NOT NULL CONSTRAINT quote_versions_n_positive CHECK (n > 0),
	state           text NOT NULL CONSTRAINT quote_versions_state_known
		CHECK (state IN ('draft', 'sent', 'accepted', 'declined', 'replaced', 'withdrawn', 'void')),
	sketch_version  int NOT NULL,
	layout          jsonb NOT NULL,
	extras          jsonb NOT NULL DEFAULT '{}',
	priced_at       timestamptz NOT NULL, -- the price list and zone are those of this moment
	zone            text NOT NULL DEFAULT '',
	recommended     text NOT NULL DEFAULT '',
	discount_bp     int NOT NULL DEFAULT 0 CONSTRAINT quote_versions_discount_bp_range CHECK (discount_bp BETWEEN 0 AND 10000),
	discount_cents  bigint NOT NULL DEFAULT 0 CONSTRAINT quote_versions_discount_not_negative CHECK (discount_cents >= 0),
	validity_days   int NOT NULL CONSTRAINT quote_versions_validity_range CHECK (validity_days BETWEEN 1 AND 365),
	deposit_bp      int NOT NULL DEFAULT 0 CONSTRAINT quote_versions_deposit_bp_range CHECK (deposit_bp BETWEEN 0 AND 10000),
	deposit_cents   bigint NOT NULL DEFAULT 0 CONSTRAINT quote_versions_deposit_not_negative CHECK (deposit_cents >= 0),
	deposit_words   text NOT NULL DEFAULT '',
	sold_at_home    boolean NOT NULL DEFAULT true, -- brings the right to cancel and its notices
	tax_mode        text NOT NULL CONSTRAINT quote_versions_tax_mode_known CHECK (tax_mode IN ('none', 'lump_sum', 'separated', 'full')),
	tax_rate        double precision NOT NULL CONSTRAINT quote_versions_tax_rate_range CHECK (tax_rate BETWEEN 0 AND 1),
	included        text[] NOT NULL DEFAULT '{}',
	not_included    text[] NOT NULL DEFAULT '{}',
	terms           text NOT NULL DEFAULT '',
	message         text NOT NULL DEFAULT '',
	answers         jsonb NOT NULL DEFAULT '{}', -- why a check is fine, by the check's key
	document        text,  -- canonical JSON: what was sent, for good
	document_hash   bytea CONSTRAINT quote_versions_document_hash_length CHECK (octet_length(document_hash) = 32),
	valid_until     timestamptz,
	sent_at         timestamptz,
	first_viewed_at timestamptz,
	last_viewed_at  timestamptz,
	view_count      int NOT NULL DEFAULT 0,
	accepted_at     timestamptz,
	declined_at     timestamptz,
	decline_reason  text NOT NULL DEFAULT '' CONSTRAINT quote_versions_decline_reason_length CHECK (char_length(decline_reason) <= 2000),
	replaced_at     timestamptz,
	replaced_by_n   int,
	withdrawn_at    timestamptz,
	voided_at       timestamptz,
	created_by      uuid NOT NULL,
	created_at      timestamptz NOT NULL,
	PRIMARY KEY (org_id, id),
	CONSTRAINT quote_versions_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes (org_id, id),
	CONSTRAINT quote_versions_n_once UNIQUE (org_id, quote_id, n),
	CONSTRAINT quote_versions_one_discount CHECK (discount_bp = 0 OR discount_cents = 0),
	CONSTRAINT quote_versions_one_deposit CHECK (deposit_bp = 0 OR deposit_cents = 0),
	CONSTRAINT quote_versions_sent_at_fits CHECK ((state IN ('draft', 'void')) = (sent_at IS NULL)),
	CONSTRAINT quote_versions_document_fits CHECK ((sent_at IS NULL) = (document IS NULL) AND (document IS NULL) = (document_hash IS NULL)),
	CONSTRAINT quote_versions_valid_until_fits CHECK ((sent_at IS NULL) = (valid_until IS NULL)),
	CONSTRAINT quote_versions_viewed_after_sent CHECK (first_viewed_at IS NULL OR sent_at IS NOT NULL),
	CONSTRAINT quote_versions_views_fit CHECK ((view_count = 0) = (first_viewed_at IS NULL) AND (view_count = 0) = (last_viewed_at IS NULL)),
	CONSTRAINT quote_versions_accepted_at_fits CHECK ((state = 'accepted') = (accepted_at IS NOT NULL)),
	CONSTRAINT quote_versions_declined_at_fits CHECK ((state = 'declined') = (declined_at IS NOT NULL)),
	CONSTRAINT quote_versions_replaced_at_fits CHECK ((state = 'replaced') = (replaced_at IS NOT NULL) AND (replaced_at IS NULL) = (replaced_by_n IS NULL)),
	CONSTRAINT quote_versions_withdrawn_at_fits CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
	CONSTRAINT quote_versions_voided_at_fits CHECK ((state = 'void') = (voided_at IS NOT NULL))
);
CREATE UNIQUE INDEX quote_versions_one_draft ON app.quote_versions (org_id, quote_id) WHERE state = 'draft';
CREATE UNIQUE INDEX quote_versions_one_open ON app.quote_versions (org_id, quote_id) WHERE state = 'sent';
CALL platform.raise_wall('app.quote_versions', 'SELECT, INSERT, UPDATE');

-- One for each tier. The lines that are not optional add up to it.
CREATE TABLE app.quote_options (
	org_id         uuid NOT NULL,
	id             uuid NOT NULL,
	version_id     uuid NOT NULL,
	tier           text NOT NULL,
	name           text NOT NULL,
	words          jsonb NOT NULL DEFAULT '{}', -- what the homeowner reads about the tier
	sort           int NOT NULL,
	post_count     int NOT NULL,
	drawn_ft       double precision NOT NULL,
	material_cents bigint NOT NULL, -- of direct_cents: the share that a separated contract taxes
	direct_cents   bigint NOT NULL,
	cost_cents     bigint NOT NULL,
	price_cents    bigint NOT NULL,
	discount_cents bigint NOT NULL,
	net_cents      bigint NOT NULL,
	tax_cents      bigint NOT NULL,
	total_cents    bigint NOT NULL,
	PRIMARY KEY (org_id, id),
	CONSTRAINT quote_options_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions (org_id, id),
	CONSTRAINT quote_options_tier_once UNIQUE (org_id, version_id, tier),
	CONSTRAINT quote_options_net_adds_up CHECK (price_cents - discount_cents = net_cents),
	CONSTRAINT quote_options_total_adds_up CHECK (net_cents + tax_cents = total_cents)
);
CALL platform.raise_wall('app.quote_options', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE app.quote_lines (
	org_id      uuid NOT NULL,
	id          uuid NOT NULL,
	option_id   uuid NOT NULL,
	extra_id    uuid, -- written by a person: the same extra has a line in each option that it belongs to
	section     text NOT NULL CONSTRAINT quote_lines_section_known CHECK (section IN ('fence', 'gates', 'removal', 'charges', 'extras')),
	kind        text NOT NULL CONSTRAINT quote_lines_kind_known
		CHECK (kind IN ('material', 'labor', 'removal', 'equipment', 'travel', 'overhead', 'base_charge')),
	key         text NOT NULL DEFAULT '', -- of the take-off's item
	description text NOT NULL CONSTRAINT quote_lines_description_length CHECK (char_length(description) BETWEEN 1 AND 500),
	quantity    double precision NOT NULL,
	unit        text NOT NULL,
	formula     text NOT NULL DEFAULT '', -- how the cost came about
	cost_cents  bigint NOT NULL,
	price_cents bigint NOT NULL,
	net_cents   bigint NOT NULL,
	tax_cents   bigint NOT NULL DEFAULT 0, -- of an optional line, which is taxed by itself
	optional    boolean NOT NULL DEFAULT false, -- for the homeowner to add; no part of the option's amounts
	sort        int NOT NULL,
	PRIMARY KEY (org_id, id),
	CONSTRAINT quote_lines_option_fk FOREIGN KEY (org_id, option_id) REFERENCES app.quote_options (org_id, id),
	CONSTRAINT quote_lines_optional_is_an_extra CHECK (NOT optional OR extra_id IS NOT NULL),
	CONSTRAINT quote_lines_tax_of_optional CHECK (optional OR tax_cents = 0)
);
CREATE INDEX quote_lines_of_option ON app.quote_lines (org_id, option_id, sort);
CREATE UNIQUE INDEX quote_lines_extra_once ON app.quote_lines (org_id, option_id, extra_id) WHERE extra_id IS NOT NULL;
CALL platform.raise_wall('app.quote_lines', 'SELECT, INSERT, UPDATE, DELETE');

-- A secret address for each recipient of a version. What is kept of its token is the hash.
CREATE TABLE app.quote_links (
	org_id          uuid NOT NULL,
	id              uuid NOT NULL,
	quote_id        uuid NOT NULL,
	version_id      uuid NOT NULL,
	kind            text NOT NULL CONSTRAINT quote_links_kind_known CHECK (kind IN ('mail', 'copy')),
	recipient_name  text NOT NULL DEFAULT '',
	recipient_email text NOT NULL DEFAULT '',
	token_hash      bytea NOT NULL,
	created_by      uuid NOT NULL,
	created_at      timestamptz NOT NULL,
	PRIMARY KEY (org_id, id),
	CONSTRAINT quote_links_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes (org_id, id),
	CONSTRAINT quote_links_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions (org_id, id),
	CONSTRAINT quote_links_mail_has_address CHECK (kind <> 'mail' OR recipient_email <> '')
);
CREATE UNIQUE INDEX quote_links_token ON app.quote_links (org_id, token_hash);
CREATE INDEX quote_links_of_quote ON app.quote_links (org_id, quote_id, id);
CALL platform.raise_wall('app.quote_links', 'SELECT, INSERT');

CREATE TABLE app.quote_views (
	org_id     uuid NOT NULL,
	id         uuid NOT NULL,
	quote_id   uuid NOT NULL,
	version_id uuid NOT NULL,
	link_id    uuid NOT NULL,
	at         timestamptz NOT NULL,
	ip         text NOT NULL,
	user_agent text NOT NULL,
	PRIMARY KEY (org_id, id),
	CONSTRAINT quote_views_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes (org_id, id),
	CONSTRAINT quote_views_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions (org_id, id),
	CONSTRAINT quote_views_link_fk FOREIGN KEY (org_id, link_id) REFERENCES app.quote_links (org_id, id)
);
CREATE INDEX quote_views_of_quote ON app.quote_views (org_id, quote_id, id);
CREATE INDEX quote_views_of_link ON app.quote_views (org_id, link_id, at);
CALL platform.raise_wall('app.quote_views', 'SELECT, INSERT');

-- One winner: a quote is accepted once, in one version, by one person.
CREATE TABLE app.acceptances (
	org_id          uuid NOT NULL,
	id              uuid NOT NULL,
	quote_id        uuid NOT NULL,
	version_id      uuid NOT NULL,
	option_id       uuid NOT NULL,
	extras          uuid[] NOT NULL DEFAULT '{}', -- the optional extras chosen
	net_cents       bigint NOT NULL,
	tax_cents       bigint NOT NULL,
	total_cents     bigint NOT NULL,
	deposit_cents   bigint NOT NULL,
	document_hash   bytea NOT NULL CONSTRAINT acceptances_document_hash_length CHECK (octet_length(document_hash) = 32),
	role            text NOT NULL CONSTRAINT acceptances_role_known CHECK (role IN ('homeowner', 'staff')),
	link_id         uuid, -- the homeowner's
	recorded_by     uuid, -- the person of the company who wrote down what they were told
	recorded_name   text NOT NULL DEFAULT '',
	note            text NOT NULL DEFAULT '',
	signer_name     text NOT NULL CONSTRAINT acceptances_signer_name_length CHECK (char_length(signer_name) BETWEEN 1 AND 120),
	signature_kind  text NOT NULL CONSTRAINT acceptances_signature_kind_known CHECK (signature_kind IN ('drawn', 'typed', 'recorded')),
	signature       jsonb NOT NULL, -- as document.Signature: the strokes of a drawn one
	consent_version text NOT NULL,
	ip              text NOT NULL,
	user_agent      text NOT NULL,
	accepted_at     timestamptz NOT NULL,
	time_zone       text NOT NULL, -- the property's: the certificate says the time there
	PRIMARY KEY (org_id, id),
	CONSTRAINT acceptances_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes (org_id, id),
	CONSTRAINT acceptances_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions (org_id, id),
	CONSTRAINT acceptances_option_fk FOREIGN KEY (org_id, option_id) REFERENCES app.quote_options (org_id, id),
	CONSTRAINT acceptances_link_fk FOREIGN KEY (org_id, link_id) REFERENCES app.quote_links (org_id, id),
	CONSTRAINT acceptances_one_winner UNIQUE (org_id, quote_id),
	CONSTRAINT acceptances_version_once UNIQUE (org_id, version_id),
	CONSTRAINT acceptances_total_adds_up CHECK (net_cents + tax_cents = total_cents),
	CONSTRAINT acceptances_role_fits CHECK (
		(role = 'homeowner') = (link_id IS NOT NULL) AND (role = 'staff') = (recorded_by IS NOT NULL)
		AND (role = 'staff') = (signature_kind = 'recorded'))
);
CALL platform.raise_wall('app.acceptances', 'SELECT, INSERT');

CREATE TABLE app.quote_documents (
	org_id     uuid NOT NULL,
	id         uuid NOT NULL,
	quote_id   uuid NOT NULL,
	version_id uuid NOT NULL,
	kind       text NOT NULL CONSTRAINT quote_documents_kind_known CHECK (kind IN ('sent', 'signed')),
	sha256     bytea NOT NULL,
	bytes      bytea NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (org_id, id),
	CONSTRAINT quote_documents_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes (org_id, id),
	CONSTRAINT quote_documents_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions (org_id, id),
	CONSTRAINT quote_documents_once UNIQUE (org_id, version_id, kind),
	CONSTRAINT quote_documents_hash_fits CHECK (sha256 = sha256(bytes))
);
CALL platform.raise_wall('app.quote_documents', 'SELECT, INSERT');

-- +goose Down
DROP TABLE app.quote_documents, app.acceptances, app.quote_views, app.quote_links, app.quote_lines, app.quote_options,
	app.quote_versions, app.quotes, app.sketches;
