-- +goose Up
-- The floor: schemas, the clock, the tenant's context, the template of the wall, and what every
-- organization has before any feature.

CREATE SCHEMA app;       -- the organizations' rows, behind the wall
CREATE SCHEMA platform;  -- what must be known across organizations; no serving role of tenants reads it
CREATE SCHEMA shared;    -- the same for everybody, readable by everybody
GRANT USAGE ON SCHEMA app TO fence_app, fence_search, fence_backup;
GRANT USAGE ON SCHEMA shared TO fence_app, fence_backup;
GRANT USAGE ON SCHEMA platform TO fence_app, fence_system, fence_backup;

-- A serving process refuses a database that is behind its binary, so it may read the ledger.
GRANT USAGE ON SCHEMA migrations TO fence_app;
GRANT SELECT ON migrations.goose_db_version TO fence_app;

-- One clock for money, limits, trials and expiry: transaction time plus an offset that is zero in
-- production and moved by tests and the demo.
CREATE TABLE platform.clock (
	one     boolean PRIMARY KEY DEFAULT true CONSTRAINT clock_single_row CHECK (one),
	ahead   interval NOT NULL DEFAULT '0',
	movable boolean NOT NULL DEFAULT false
);
INSERT INTO platform.clock DEFAULT VALUES;
GRANT SELECT ON platform.clock TO fence_system, fence_backup;
GRANT UPDATE (ahead) ON platform.clock TO fence_system;
ALTER TABLE platform.clock ADD CONSTRAINT clock_stands_still_in_production CHECK (movable OR ahead = '0');

-- +goose StatementBegin
CREATE FUNCTION app.now() RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN pg_catalog.transaction_timestamp() + (SELECT ahead FROM platform.clock);
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.now() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.now() TO fence_app, fence_system, fence_search;

-- The organization in whose name the transaction runs. STABLE, never IMMUTABLE: an immutable value would
-- be baked into a cached plan and hand the next organization this one's rows. Raises without a context:
-- a forgotten context is our mistake (FE001), not an empty list and not an attack.
-- +goose StatementBegin
CREATE FUNCTION app.org_id() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
	entered text := pg_catalog.current_setting('app.org_id', true);
BEGIN
	IF entered IS NULL OR entered = '' THEN
		RAISE EXCEPTION 'no organization was entered' USING ERRCODE = 'FE001';
	END IF;
	RETURN entered::uuid;
END
$$;
-- +goose StatementEnd
GRANT EXECUTE ON FUNCTION app.org_id() TO PUBLIC;

-- The wall, the only text of it. RESTRICTIVE: no later policy can widen it. TO PUBLIC: it binds every
-- role without BYPASSRLS and cannot be shed by DROP OWNED. The sub-select fixes the organization for the
-- whole statement.
-- +goose StatementBegin
CREATE PROCEDURE platform.raise_wall(tenant_table regclass, app_rights text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
	EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
	EXECUTE format('CREATE POLICY tenant_allow ON %s AS PERMISSIVE TO PUBLIC USING (true) WITH CHECK (true)', tenant_table);
	EXECUTE format('CREATE POLICY tenant_wall ON %s AS RESTRICTIVE TO PUBLIC'
		' USING (org_id = (SELECT app.org_id())) WITH CHECK (org_id = (SELECT app.org_id()))', tenant_table);
	EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', tenant_table);
	EXECUTE format('GRANT %s ON %s TO fence_app', app_rights, tenant_table);
	EXECUTE format('GRANT SELECT ON %s TO fence_backup', tenant_table);
END
$$;
-- +goose StatementEnd
REVOKE ALL ON PROCEDURE platform.raise_wall(regclass, text) FROM PUBLIC;

-- Names of companies on the web: one uniqueness domain for the address in use, forwards and names that
-- stay unused for a while after somebody left.
CREATE TABLE platform.hosts (
	host       text PRIMARY KEY CONSTRAINT hosts_host_form CHECK (host ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$' AND host !~ '--'),
	org_id     uuid NOT NULL,
	kind       text NOT NULL CONSTRAINT hosts_kind_known CHECK (kind IN ('primary', 'forward', 'tombstone')),
	until      timestamptz,
	created_at timestamptz NOT NULL,
	CONSTRAINT hosts_forward_ends CHECK ((kind = 'primary') = (until IS NULL))
);
CREATE UNIQUE INDEX hosts_one_primary ON platform.hosts (org_id) WHERE kind = 'primary';

-- What the operator sees of an organization without entering it. Written in the transaction that changes it.
CREATE TABLE platform.organizations (
	org_id        uuid PRIMARY KEY,
	name          text NOT NULL,
	plan          text NOT NULL,
	trial_ends_at timestamptz,
	created_at    timestamptz NOT NULL
);
CREATE TABLE platform.sign_ups (
	org_id     uuid PRIMARY KEY REFERENCES platform.organizations,
	at         timestamptz NOT NULL,
	utm_source text NOT NULL DEFAULT ''
);
-- The same sign-up sent twice leads to the same organization.
CREATE TABLE platform.sign_up_intents (
	key          text PRIMARY KEY CONSTRAINT sign_up_intents_key_length CHECK (char_length(key) BETWEEN 16 AND 255),
	org_id       uuid NOT NULL,
	request_hash bytea NOT NULL,
	created_at   timestamptz NOT NULL
);
GRANT SELECT ON platform.hosts, platform.organizations TO fence_system, fence_backup;
GRANT SELECT, INSERT ON platform.sign_ups TO fence_system;
GRANT SELECT ON platform.sign_ups TO fence_backup;

-- Before an organization is known this is what a serving process may ask: whose host is it?
-- +goose StatementBegin
CREATE FUNCTION platform.find_host(wanted text, OUT org_id uuid, OUT kind text, OUT primary_host text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT h.org_id, h.kind, p.host
	FROM platform.hosts h
	LEFT JOIN platform.hosts p ON p.org_id = h.org_id AND p.kind = 'primary'
	WHERE h.host = wanted AND (h.until IS NULL OR h.until > app.now())
$$;
-- Remembers which organization a sign-up is making; a repeat is told the first one.
CREATE FUNCTION platform.intend_sign_up(wanted_key text, wanted_org uuid, wanted_hash bytea, OUT org_id uuid, OUT request_hash bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO platform.sign_up_intents AS i (key, org_id, request_hash, created_at)
	VALUES (wanted_key, wanted_org, wanted_hash, app.now())
	ON CONFLICT (key) DO UPDATE SET key = i.key
	RETURNING i.org_id, i.request_hash INTO org_id, request_hash;
END
$$;
-- Claims a free name for the organization entered. False: somebody has it.
CREATE FUNCTION platform.claim_host(wanted text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO platform.hosts (host, org_id, kind, created_at)
	VALUES (wanted, app.org_id(), 'primary', app.now())
	ON CONFLICT (host) DO NOTHING;
	RETURN FOUND;
END
$$;
-- Keeps the operator's summary of the organization entered.
CREATE FUNCTION platform.summarize_organization(name text, plan text, trial_ends_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	INSERT INTO platform.organizations (org_id, name, plan, trial_ends_at, created_at)
	VALUES (app.org_id(), name, plan, trial_ends_at, app.now())
	ON CONFLICT (org_id) DO UPDATE SET name = excluded.name, plan = excluded.plan, trial_ends_at = excluded.trial_ends_at
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.find_host(text), platform.claim_host(text), platform.intend_sign_up(text, uuid, bytea), platform.summarize_organization(text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.find_host(text), platform.claim_host(text), platform.intend_sign_up(text, uuid, bytea), platform.summarize_organization(text, text, timestamptz) TO fence_app;

-- The company itself.
CREATE TABLE app.organizations (
	org_id         uuid PRIMARY KEY,
	slug           text NOT NULL,
	name           text NOT NULL CONSTRAINT organizations_name_length CHECK (char_length(name) BETWEEN 1 AND 80),
	time_zone      text NOT NULL,
	zip            text NOT NULL DEFAULT '' CONSTRAINT organizations_zip_form CHECK (zip ~ '^(\d{5})?$'),
	phone          text NOT NULL DEFAULT '',
	email          text NOT NULL DEFAULT '',
	street         text NOT NULL DEFAULT '',
	city           text NOT NULL DEFAULT '',
	state          text NOT NULL DEFAULT '',
	license_number text NOT NULL DEFAULT '',
	brand_color    text NOT NULL DEFAULT '' CONSTRAINT organizations_brand_color_form CHECK (brand_color ~ '^(#[0-9A-F]{6})?$'),
	currency       text NOT NULL DEFAULT 'USD' CONSTRAINT organizations_currency_known CHECK (currency = 'USD'),
	plan           text NOT NULL CONSTRAINT organizations_plan_known CHECK (plan IN ('trial', 'starter', 'growth', 'enterprise')),
	plan_version   int NOT NULL,
	trial_ends_at  timestamptz,
	period_anchor  timestamptz NOT NULL,
	created_at     timestamptz NOT NULL,
	version        int NOT NULL DEFAULT 1,
	CONSTRAINT organizations_trial_ends CHECK ((plan = 'trial') <= (trial_ends_at IS NOT NULL))
);
CALL platform.raise_wall('app.organizations', 'SELECT, INSERT, UPDATE');

CREATE TABLE app.business_hours (
	org_id  uuid NOT NULL REFERENCES app.organizations,
	weekday smallint NOT NULL CONSTRAINT business_hours_weekday_known CHECK (weekday BETWEEN 0 AND 6), -- 0 is Sunday
	opens   time NOT NULL,
	closes  time NOT NULL,
	PRIMARY KEY (org_id, weekday),
	CONSTRAINT business_hours_in_order CHECK (opens < closes)
);
CALL platform.raise_wall('app.business_hours', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE app.service_areas (
	org_id uuid NOT NULL REFERENCES app.organizations,
	zip    text NOT NULL CONSTRAINT service_areas_zip_form CHECK (zip ~ '^\d{3}(\d{2})?$'), -- a ZIP, or the first three digits of many
	PRIMARY KEY (org_id, zip)
);
CALL platform.raise_wall('app.service_areas', 'SELECT, INSERT, DELETE');

-- The same request sent again is answered again, not done again.
CREATE TABLE app.idempotency_keys (
	org_id       uuid NOT NULL REFERENCES app.organizations DEFERRABLE INITIALLY DEFERRED,
	actor_id     uuid NOT NULL,
	key          text NOT NULL CONSTRAINT idempotency_keys_key_length CHECK (char_length(key) BETWEEN 1 AND 255),
	operation    text NOT NULL,
	request_hash bytea NOT NULL,
	answer       jsonb, -- NULL: done, but the answer carried a secret and was not kept
	created_at   timestamptz NOT NULL,
	PRIMARY KEY (org_id, actor_id, key)
);
CREATE INDEX idempotency_keys_age ON app.idempotency_keys (org_id, created_at);
CALL platform.raise_wall('app.idempotency_keys', 'SELECT, INSERT, UPDATE, DELETE');

-- Append only, a hash chain in each organization. content is canonical JSON; hash = sha256(previous hash || content).
CREATE TABLE app.audit_heads (
	org_id uuid PRIMARY KEY REFERENCES app.organizations,
	seq    bigint NOT NULL DEFAULT 0,
	hash   bytea NOT NULL DEFAULT '\x'
);
CALL platform.raise_wall('app.audit_heads', 'SELECT, INSERT, UPDATE');
CREATE TABLE app.audit_entries (
	org_id      uuid NOT NULL REFERENCES app.organizations,
	seq         bigint NOT NULL,
	at          timestamptz NOT NULL,
	record_type text NOT NULL,
	record_id   uuid NOT NULL,
	content     text NOT NULL,
	hash        bytea NOT NULL,
	PRIMARY KEY (org_id, seq)
);
CREATE INDEX audit_entries_of_record ON app.audit_entries (org_id, record_type, record_id, seq DESC);
CALL platform.raise_wall('app.audit_entries', 'SELECT, INSERT');

-- What was counted against the plan: events are the truth, the counter is their sum and the lock.
CREATE TABLE app.usage_events (
	org_id       uuid NOT NULL REFERENCES app.organizations,
	id           uuid NOT NULL,
	metric       text NOT NULL,
	quantity     bigint NOT NULL,
	record_type  text NOT NULL,
	record_id    uuid NOT NULL,
	at           timestamptz NOT NULL,
	period_start timestamptz NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX usage_events_counted_once ON app.usage_events (org_id, metric, record_id, quantity);
CALL platform.raise_wall('app.usage_events', 'SELECT, INSERT');
CREATE TABLE app.usage_counters (
	org_id       uuid NOT NULL REFERENCES app.organizations,
	metric       text NOT NULL,
	period_start timestamptz NOT NULL,
	period_end   timestamptz NOT NULL,
	used         bigint NOT NULL CONSTRAINT usage_counters_not_negative CHECK (used >= 0),
	PRIMARY KEY (org_id, metric, period_start),
	CONSTRAINT usage_counters_period_in_order CHECK (period_start < period_end)
) WITH (fillfactor = 50);
CALL platform.raise_wall('app.usage_counters', 'SELECT, INSERT, UPDATE');
CREATE TABLE app.usage_levels (
	org_id uuid NOT NULL REFERENCES app.organizations,
	metric text NOT NULL,
	used   bigint NOT NULL CONSTRAINT usage_levels_not_negative CHECK (used >= 0),
	PRIMARY KEY (org_id, metric)
) WITH (fillfactor = 50);
CALL platform.raise_wall('app.usage_levels', 'SELECT, INSERT, UPDATE');

-- Numbers that people read, counted per organization, kind and year; never reused.
CREATE TABLE app.number_sequences (
	org_id uuid NOT NULL REFERENCES app.organizations,
	kind   text NOT NULL CONSTRAINT number_sequences_kind_known CHECK (kind IN ('quote', 'job')),
	year   smallint NOT NULL,
	last   int NOT NULL,
	PRIMARY KEY (org_id, kind, year)
) WITH (fillfactor = 50);
CALL platform.raise_wall('app.number_sequences', 'SELECT, INSERT, UPDATE');

-- Mail waiting to go out. The body is emptied once it is on its way: it may carry a link's secret.
CREATE TABLE app.mails (
	org_id     uuid NOT NULL REFERENCES app.organizations,
	id         uuid NOT NULL,
	kind       text NOT NULL,
	recipient  text NOT NULL,
	sender     text NOT NULL,
	reply_to   text NOT NULL DEFAULT '',
	subject    text NOT NULL,
	plain      text NOT NULL,
	html       text NOT NULL,
	attached   uuid, -- a document of quoting that travels with it
	created_at timestamptz NOT NULL,
	sent_at    timestamptz,
	PRIMARY KEY (org_id, id)
);
CALL platform.raise_wall('app.mails', 'SELECT, INSERT, UPDATE');

-- +goose Down
DROP SCHEMA app CASCADE;
DROP SCHEMA platform CASCADE;
DROP SCHEMA shared CASCADE;
REVOKE ALL ON migrations.goose_db_version FROM fence_app;
REVOKE ALL ON SCHEMA migrations FROM fence_app;
