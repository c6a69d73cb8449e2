-- The database after all migrations, as pg_dump writes it. For reading: migrations make it.
CREATE SCHEMA app;

ALTER SCHEMA app OWNER TO fence_owner;

CREATE SCHEMA platform;

ALTER SCHEMA platform OWNER TO fence_owner;

CREATE SCHEMA shared;

ALTER SCHEMA shared OWNER TO fence_owner;

CREATE SCHEMA vault;

ALTER SCHEMA vault OWNER TO fence_vault;

CREATE FUNCTION app.context_form() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$SELECT 'vault'$$;

ALTER FUNCTION app.context_form() OWNER TO fence_owner;

CREATE FUNCTION app.no_organization() RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
	RAISE EXCEPTION 'no organization was entered' USING ERRCODE = 'FE001';
END
$$;

ALTER FUNCTION app.no_organization() OWNER TO fence_owner;

CREATE FUNCTION app.now() RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	RETURN pg_catalog.transaction_timestamp() + (SELECT ahead FROM platform.clock);
END
$$;

ALTER FUNCTION app.now() OWNER TO fence_owner;

CREATE FUNCTION app.org_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
			SELECT CASE pg_catalog.current_setting('backtrace_functions')
				WHEN '' THEN app.no_organization() ELSE pg_catalog.current_setting('backtrace_functions')::pg_catalog.uuid END
		$$;

ALTER FUNCTION app.org_id() OWNER TO fence_vault;

CREATE FUNCTION app.search_customers(patterns text[], wanted_status text, before timestamp with time zone, before_id uuid, at_most integer) RETURNS TABLE(id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'ext', 'pg_temp'
    AS $$
BEGIN
	-- The index answers for one pattern that has a trigram; the caller puts the best one first. Asked for a
	-- pattern without any it would be read from end to end, all organizations; and it cannot answer ALL.
	IF patterns[1] COLLATE "C" ~ '[a-z0-9]{3}' THEN
		RETURN QUERY SELECT c.id
			FROM app.customers c
			WHERE c.org_id = (SELECT app.org_id()) AND c.search_text LIKE patterns[1] AND c.search_text LIKE ALL (patterns)
				AND c.status = wanted_status AND (c.created_at, c.id) < (before, before_id)
			ORDER BY c.created_at DESC, c.id DESC
			LIMIT least(at_most, 10001);
	ELSE
		RETURN QUERY SELECT c.id
			FROM app.customers c
			WHERE c.org_id = (SELECT app.org_id()) AND c.search_text LIKE ALL (patterns)
				AND c.status = wanted_status AND (c.created_at, c.id) < (before, before_id)
			ORDER BY c.created_at DESC, c.id DESC
			LIMIT least(at_most, 10001);
	END IF;
END
$$;

ALTER FUNCTION app.search_customers(patterns text[], wanted_status text, before timestamp with time zone, before_id uuid, at_most integer) OWNER TO fence_search;

CREATE FUNCTION platform.claim_host(wanted text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	IF NOT pg_try_advisory_xact_lock(hashtextextended(wanted, 22)) THEN
		RETURN false;
	END IF;
	INSERT INTO platform.hosts (host, org_id, kind, created_at)
	VALUES (wanted, app.org_id(), 'primary', app.now())
	ON CONFLICT (host) DO NOTHING;
	RETURN FOUND;
END
$$;

ALTER FUNCTION platform.claim_host(wanted text) OWNER TO fence_owner;

CREATE FUNCTION platform.claim_payment_account(wanted text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
	org uuid := app.org_id();
BEGIN
	INSERT INTO platform.payment_accounts (account, org_id) VALUES (wanted, org) ON CONFLICT (account) DO NOTHING;
	RETURN EXISTS (SELECT FROM platform.payment_accounts a WHERE a.account = wanted AND a.org_id = org);
END
$$;

ALTER FUNCTION platform.claim_payment_account(wanted text) OWNER TO fence_owner;

CREATE FUNCTION platform.count_finding(wanted text, during interval, OUT asked integer, OUT remaining interval) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
	present timestamptz := app.now();
BEGIN
	-- Rows that another call holds are left for the next one.
	DELETE FROM platform.find_attempts f WHERE f.bucket IN (
		SELECT o.bucket FROM platform.find_attempts o WHERE o.since < present - interval '1 day' AND o.bucket <> wanted LIMIT 100 FOR UPDATE SKIP LOCKED);
	INSERT INTO platform.find_attempts AS f (bucket, asked, since) VALUES (wanted, 1, present)
	ON CONFLICT (bucket) DO UPDATE SET
		asked = CASE WHEN f.since <= present - during THEN 1 ELSE f.asked + 1 END,
		since = CASE WHEN f.since <= present - during THEN present ELSE f.since END
	RETURNING f.asked, f.since + during - present INTO asked, remaining;
END
$$;

ALTER FUNCTION platform.count_finding(wanted text, during interval, OUT asked integer, OUT remaining interval) OWNER TO fence_owner;

CREATE FUNCTION platform.count_sign_up(wanted text, more integer, during interval, OUT tried integer, OUT remaining interval) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
	present timestamptz := app.now();
BEGIN
	-- Rows that another call holds are left for the next one.
	DELETE FROM platform.sign_up_counts f WHERE f.bucket IN (
		SELECT o.bucket FROM platform.sign_up_counts o WHERE o.since < present - interval '2 days' AND o.bucket <> wanted LIMIT 100 FOR UPDATE SKIP LOCKED);
	INSERT INTO platform.sign_up_counts AS f (bucket, tried, since) VALUES (wanted, more, present)
	ON CONFLICT (bucket) DO UPDATE SET
		tried = CASE WHEN f.since <= present - during THEN more ELSE f.tried + more END,
		since = CASE WHEN f.since <= present - during THEN present ELSE f.since END
	RETURNING f.tried, f.since + during - present INTO tried, remaining;
END
$$;

ALTER FUNCTION platform.count_sign_up(wanted text, more integer, during interval, OUT tried integer, OUT remaining interval) OWNER TO fence_owner;

CREATE FUNCTION platform.find_companies(email text) RETURNS TABLE(name text, host text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	SELECT o.name, h.host
	FROM platform.people_addresses p
	JOIN platform.organizations o ON o.org_id = p.org_id
	JOIN platform.hosts h ON h.org_id = p.org_id AND h.kind = 'primary'
	WHERE p.email_hash = sha256(convert_to(lower(email), 'UTF8'))
	ORDER BY o.name, h.host LIMIT 50
$$;

ALTER FUNCTION platform.find_companies(email text) OWNER TO fence_owner;

CREATE FUNCTION platform.find_host(wanted text, OUT org_id uuid, OUT kind text, OUT primary_host text) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	SELECT h.org_id, h.kind, p.host
	FROM platform.hosts h
	LEFT JOIN platform.hosts p ON p.org_id = h.org_id AND p.kind = 'primary'
	WHERE h.host = wanted AND (h.until IS NULL OR h.until > app.now())
$$;

ALTER FUNCTION platform.find_host(wanted text, OUT org_id uuid, OUT kind text, OUT primary_host text) OWNER TO fence_owner;

CREATE FUNCTION platform.forget_product_events() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	DELETE FROM platform.product_events e WHERE e.org_id = app.org_id();
END
$$;

ALTER FUNCTION platform.forget_product_events() OWNER TO fence_owner;

CREATE FUNCTION platform.forget_sign_up_intents(after interval) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
	forgotten int;
BEGIN
	DELETE FROM platform.sign_up_intents i WHERE i.created_at < app.now() - after
		AND (i.created_at < app.now() - interval '30 days' OR NOT EXISTS (SELECT FROM platform.organizations o WHERE o.org_id = i.org_id));
	GET DIAGNOSTICS forgotten = ROW_COUNT;
	RETURN forgotten;
END
$$;

ALTER FUNCTION platform.forget_sign_up_intents(after interval) OWNER TO fence_owner;

CREATE FUNCTION platform.intend_sign_up(wanted_key text, wanted_org uuid, wanted_hash bytea, OUT org_id uuid, OUT request_hash bytea) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	INSERT INTO platform.sign_up_intents AS i (key, org_id, request_hash, created_at)
	VALUES (wanted_key, wanted_org, wanted_hash, app.now())
	ON CONFLICT (key) DO UPDATE SET created_at = excluded.created_at
	RETURNING i.org_id, i.request_hash INTO org_id, request_hash;
END
$$;

ALTER FUNCTION platform.intend_sign_up(wanted_key text, wanted_org uuid, wanted_hash bytea, OUT org_id uuid, OUT request_hash bytea) OWNER TO fence_owner;

CREATE FUNCTION platform.invoices_to_tell() RETURNS TABLE(id text, status text, total_cents bigint, open_cents bigint, attempts bigint, next_attempt_at timestamp with time zone, finalized_at timestamp with time zone, due_at timestamp with time zone, asks_person boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
	org uuid := app.org_id();
BEGIN
	RETURN QUERY SELECT i.id, i.status, i.total_cents, i.open_cents, i.attempts, i.next_attempt_at, i.finalized_at, i.due_at, i.asks_person
		FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id
		WHERE c.org_id = org AND i.status IN ('open', 'uncollectible', 'paid') ORDER BY i.created_at DESC, i.id DESC LIMIT 24;
END
$$;

ALTER FUNCTION platform.invoices_to_tell() OWNER TO fence_owner;

CREATE FUNCTION platform.note_activity() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	UPDATE platform.organizations p SET last_active_at = coalesce(NEW.last_used_at, NEW.created_at)
	WHERE p.org_id = NEW.org_id AND (p.last_active_at IS NULL OR p.last_active_at < coalesce(NEW.last_used_at, NEW.created_at) - interval '1 hour');
	RETURN NULL;
END
$$;

ALTER FUNCTION platform.note_activity() OWNER TO fence_owner;

CREATE FUNCTION platform.note_counter() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	INSERT INTO platform.organization_usage AS p (org_id, metric, used, period_start, period_end)
	VALUES (NEW.org_id, NEW.metric, NEW.used, NEW.period_start, NEW.period_end)
	ON CONFLICT (org_id, metric) DO UPDATE SET used = excluded.used, period_start = excluded.period_start, period_end = excluded.period_end
	WHERE p.period_start IS NULL OR p.period_start <= excluded.period_start;
	RETURN NULL;
END
$$;

ALTER FUNCTION platform.note_counter() OWNER TO fence_owner;

CREATE FUNCTION platform.note_level() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	INSERT INTO platform.organization_usage AS p (org_id, metric, used) VALUES (NEW.org_id, NEW.metric, NEW.used)
	ON CONFLICT (org_id, metric) DO UPDATE SET used = excluded.used;
	RETURN NULL;
END
$$;

ALTER FUNCTION platform.note_level() OWNER TO fence_owner;

CREATE FUNCTION platform.note_mail() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	INSERT INTO platform.mails AS p (org_id, id, kind, created_at, sent_at) VALUES (NEW.org_id, NEW.id, NEW.kind, NEW.created_at, NEW.sent_at)
	ON CONFLICT (org_id, id) DO UPDATE SET sent_at = excluded.sent_at;
	RETURN NULL;
END
$$;

ALTER FUNCTION platform.note_mail() OWNER TO fence_owner;

CREATE FUNCTION platform.note_organization() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	INSERT INTO platform.organizations AS p (org_id, name, plan, plan_version, trial_ends_at, time_zone, second_factor_required, created_at)
	VALUES (NEW.org_id, NEW.name, NEW.plan, NEW.plan_version, NEW.trial_ends_at, NEW.time_zone, NEW.second_factor_required, NEW.created_at)
	ON CONFLICT (org_id) DO UPDATE SET name = excluded.name, plan = excluded.plan, plan_version = excluded.plan_version, trial_ends_at = excluded.trial_ends_at,
		time_zone = excluded.time_zone, second_factor_required = excluded.second_factor_required;
	RETURN NULL;
END
$$;

ALTER FUNCTION platform.note_organization() OWNER TO fence_owner;

CREATE FUNCTION platform.note_owner() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	IF NEW.role = 'owner' THEN
		INSERT INTO platform.owners AS p (org_id, user_id, confirmed_at) VALUES (NEW.org_id, NEW.id, NEW.email_verified_at)
		ON CONFLICT (org_id, user_id) DO UPDATE SET confirmed_at = excluded.confirmed_at;
	ELSIF TG_OP = 'UPDATE' AND OLD.role = 'owner' THEN
		DELETE FROM platform.owners p WHERE p.org_id = OLD.org_id AND p.user_id = OLD.id;
	END IF;
	RETURN NULL;
END
$$;

ALTER FUNCTION platform.note_owner() OWNER TO fence_owner;

CREATE FUNCTION platform.note_person_address() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		DELETE FROM platform.people_addresses p WHERE p.org_id = OLD.org_id AND p.user_id = OLD.id;
	END IF;
	IF TG_OP <> 'DELETE' AND NEW.deactivated_at IS NULL THEN
		INSERT INTO platform.people_addresses (email_hash, org_id, user_id)
		VALUES (sha256(convert_to(NEW.email_lc, 'UTF8')), NEW.org_id, NEW.id);
	END IF;
	RETURN NULL;
END
$$;

ALTER FUNCTION platform.note_person_address() OWNER TO fence_owner;

CREATE FUNCTION platform.note_product_event(what text, of_key text, of_detail text, happened timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	INSERT INTO platform.product_events (org_id, event, key, detail, at) VALUES (app.org_id(), what, of_key, of_detail, happened) ON CONFLICT DO NOTHING;
END
$$;

ALTER FUNCTION platform.note_product_event(what text, of_key text, of_detail text, happened timestamp with time zone) OWNER TO fence_owner;

CREATE FUNCTION platform.note_sign_on() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	UPDATE platform.organizations p SET sign_on_only = NEW.enabled AND NEW.only_way WHERE p.org_id = NEW.org_id;
	RETURN NULL;
END
$$;

ALTER FUNCTION platform.note_sign_on() OWNER TO fence_owner;

CREATE FUNCTION platform.note_support(access uuid, operator uuid, purpose text, writes boolean, minutes integer, state text, asked_at timestamp with time zone, expires_at timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	INSERT INTO platform.support_access (org_id, id, operator_id, purpose, writes, minutes, state, asked_at, expires_at)
	VALUES (app.org_id(), access, operator, purpose, writes, minutes, state, asked_at, expires_at)
	ON CONFLICT (org_id, id) DO UPDATE SET state = excluded.state, minutes = excluded.minutes, expires_at = excluded.expires_at
$$;

ALTER FUNCTION platform.note_support(access uuid, operator uuid, purpose text, writes boolean, minutes integer, state text, asked_at timestamp with time zone, expires_at timestamp with time zone) OWNER TO fence_owner;

CREATE FUNCTION platform.now() RETURNS timestamp with time zone
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$SELECT app.now()$$;

ALTER FUNCTION platform.now() OWNER TO fence_owner;

CREATE FUNCTION platform.operator_works(operator uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	SELECT EXISTS (SELECT FROM platform.operators o WHERE o.id = operator AND o.disabled_at IS NULL AND o.totp_confirmed_at IS NOT NULL)
$$;

ALTER FUNCTION platform.operator_works(operator uuid) OWNER TO fence_owner;

CREATE FUNCTION platform.own_invoices() RETURNS TABLE(id text, subscription_id text, number text, status text, total_cents bigint, open_cents bigint, refunded_cents bigint, attempts bigint, next_attempt_at timestamp with time zone, created_at timestamp with time zone, page_url text, pdf_url text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
	org uuid := app.org_id();
BEGIN
	RETURN QUERY SELECT i.id, coalesce(i.subscription_id, ''), i.number, i.status, i.total_cents, i.open_cents,
			coalesce((SELECT sum(h.refunded_cents) FROM platform.charges h WHERE h.invoice_id = i.id), 0)::bigint, i.attempts, i.next_attempt_at, i.created_at, i.page_url, i.pdf_url
		FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id
		WHERE c.org_id = org AND i.status <> 'draft' ORDER BY i.created_at DESC, i.id DESC LIMIT 24;
END
$$;

ALTER FUNCTION platform.own_invoices() OWNER TO fence_owner;

CREATE FUNCTION platform.plan_standing() RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	RETURN platform.standing_of(app.org_id());
END
$$;

ALTER FUNCTION platform.plan_standing() OWNER TO fence_owner;

CREATE PROCEDURE platform.raise_wall(IN tenant_table regclass, IN app_rights text)
    LANGUAGE plpgsql
    AS $$
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

ALTER PROCEDURE platform.raise_wall(IN tenant_table regclass, IN app_rights text) OWNER TO fence_owner;

CREATE FUNCTION platform.redeem_card() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
	hash bytea := (SELECT c.card_hash FROM platform.billing_customers c
		WHERE c.org_id = app.org_id() AND c.gone_at IS NULL AND c.card_hash IS NOT NULL ORDER BY c.known_since, c.id LIMIT 1);
BEGIN
	RETURN hash IS NULL OR platform.redeem_trial('card', hash);
END
$$;

ALTER FUNCTION platform.redeem_card() OWNER TO fence_owner;

CREATE FUNCTION platform.redeem_trial(by_kind text, by_hash bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	INSERT INTO platform.trial_redemptions (kind, hash, org_id, redeemed_at) VALUES (by_kind, by_hash, app.org_id(), app.now())
	ON CONFLICT (kind, hash) DO NOTHING;
	RETURN (SELECT r.org_id = app.org_id() FROM platform.trial_redemptions r WHERE r.kind = by_kind AND r.hash = by_hash);
END
$$;

ALTER FUNCTION platform.redeem_trial(by_kind text, by_hash bytea) OWNER TO fence_owner;

CREATE FUNCTION platform.standing_of(org uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION platform.standing_of(org uuid) OWNER TO fence_owner;

CREATE FUNCTION platform.summarize_organization(name text, plan text, trial_ends_at timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	INSERT INTO platform.organizations (org_id, name, plan, trial_ends_at, created_at)
	VALUES (app.org_id(), name, plan, trial_ends_at, app.now())
	ON CONFLICT (org_id) DO UPDATE SET name = excluded.name, plan = excluded.plan, trial_ends_at = excluded.trial_ends_at
$$;

ALTER FUNCTION platform.summarize_organization(name text, plan text, trial_ends_at timestamp with time zone) OWNER TO fence_owner;

CREATE FUNCTION platform.tell_company() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	INSERT INTO tasks.river_job (kind, args, max_attempts) VALUES ('note_operator_act', jsonb_build_object('org_id', NEW.org_id, 'act_id', NEW.id), 25);
	RETURN NULL;
END
$$;

ALTER FUNCTION platform.tell_company() OWNER TO fence_owner;

CREATE FUNCTION vault.enter(context text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
	PERFORM set_config('backtrace_functions', substr(context, 9, 32), true) FROM vault.keys WHERE id = left(context, 8)
		AND encode(sha256(outer_pad || sha256(inner_pad || convert_to(left(context, 83), 'UTF8'))), 'hex') = substr(context, 84)
		AND (substr(context, 83, 1) = 'w' OR current_setting('transaction_read_only') = 'on')
		AND current_setting('backtrace_functions') = '';
	IF NOT FOUND OR abs(substr(context, 73, 10)::double precision - date_part('epoch', transaction_timestamp()) - 30) > 30 THEN
		RAISE EXCEPTION USING ERRCODE = 'FE002', MESSAGE = 'context refused: '
			|| CASE WHEN NOT FOUND AND current_setting('backtrace_functions') <> '' THEN 'the transaction has one' ELSE vault.why_refused(context) END;
	END IF;
END
$$;

ALTER FUNCTION vault.enter(context text) OWNER TO fence_vault;

CREATE FUNCTION vault.key_ages() RETURNS TABLE(id text, installed_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	SELECT id, installed_at FROM vault.keys
$$;

ALTER FUNCTION vault.key_ages() OWNER TO fence_vault;

CREATE PROCEDURE vault.take_form(IN form text)
    LANGUAGE plpgsql
    AS $_$
DECLARE
	-- The row of the key that signed the context, for a transaction of this kind.
	signed CONSTANT text := $signed$FROM vault.keys WHERE id = left(context, 8)
		AND encode(sha256(outer_pad || sha256(inner_pad || convert_to(left(context, 83), 'UTF8'))), 'hex') = substr(context, 84)
		AND (substr(context, 83, 1) = 'w' OR current_setting('transaction_read_only') = 'on')$signed$;
	-- After that: a number is read only from what is signed. PostgreSQL may do so earlier within one statement.
	refused CONSTANT text := $refused$NOT FOUND OR abs(substr(context, 73, 10)::double precision - date_part('epoch', transaction_timestamp()) - 30) > 30$refused$;
BEGIN
	IF form = 'vault' THEN
		EXECUTE format($make$
CREATE OR REPLACE FUNCTION vault.enter(context text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
	PERFORM set_config('backtrace_functions', substr(context, 9, 32), true) %1$s
		AND current_setting('backtrace_functions') = '';
	IF %2$s THEN
		RAISE EXCEPTION USING ERRCODE = 'FE002', MESSAGE = 'context refused: '
			|| CASE WHEN NOT FOUND AND current_setting('backtrace_functions') <> '' THEN 'the transaction has one' ELSE vault.why_refused(context) END;
	END IF;
END
$f$$make$, signed, refused);
		CREATE OR REPLACE FUNCTION app.org_id() RETURNS uuid
		LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER AS $$
			SELECT CASE pg_catalog.current_setting('backtrace_functions')
				WHEN '' THEN app.no_organization() ELSE pg_catalog.current_setting('backtrace_functions')::pg_catalog.uuid END
		$$;
	ELSIF form = 'token' THEN
		CREATE OR REPLACE FUNCTION vault.enter(context text) RETURNS void
		LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
		BEGIN
			PERFORM set_config('app.context', coalesce(nullif(context, ''), 'none'), true);
			PERFORM app.org_id(); -- a context that does not hold fails here, before the work behind it
		END
		$$;
		EXECUTE format($make$
CREATE OR REPLACE FUNCTION app.org_id() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
	context text := current_setting('app.context', true);
BEGIN
	IF context IS NULL OR context = '' THEN
		RETURN app.no_organization();
	END IF;
	PERFORM %1$s;
	IF %2$s THEN
		RAISE EXCEPTION USING ERRCODE = 'FE002', MESSAGE = 'context refused: ' || vault.why_refused(context);
	END IF;
	RETURN substr(context, 9, 32)::uuid;
END
$f$$make$, signed, refused);
	ELSE
		RAISE EXCEPTION 'no form of the context is called %', form;
	END IF;
	EXECUTE format('CREATE OR REPLACE FUNCTION app.context_form() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS %L', format('SELECT %L', form));
	ALTER FUNCTION vault.enter(text) OWNER TO fence_vault;
	REVOKE ALL ON FUNCTION vault.enter(text) FROM PUBLIC;
	GRANT EXECUTE ON FUNCTION vault.enter(text) TO fence_app;
	GRANT CREATE ON SCHEMA app TO fence_vault; -- to own one function there
	ALTER FUNCTION app.org_id() OWNER TO fence_vault;
	REVOKE CREATE ON SCHEMA app FROM fence_vault;
END
$_$;

ALTER PROCEDURE vault.take_form(IN form text) OWNER TO fence_vault;

CREATE FUNCTION vault.why_refused(context text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
	key       vault.keys;
	remaining double precision;
BEGIN
	IF length(context) IS DISTINCT FROM 147 THEN
		RETURN 'it is malformed';
	END IF;
	SELECT * INTO key FROM vault.keys WHERE id = left(context, 8);
	IF NOT FOUND THEN
		RETURN 'its key is not installed here';
	END IF;
	IF encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(left(context, 83), 'UTF8'))), 'hex') <> right(context, 64) THEN
		RETURN 'it is not signed by its key';
	END IF;
	remaining := substr(context, 73, 10)::double precision - date_part('epoch', transaction_timestamp());
	IF remaining <= 0 THEN
		RETURN format('it ended %s s ago; do the clocks differ?', ceil(-remaining));
	END IF;
	IF remaining > 60 THEN
		RETURN format('it would last %s s; do the clocks differ?', ceil(remaining));
	END IF;
	RETURN 'it is for reading and the transaction may write';
END
$$;

ALTER FUNCTION vault.why_refused(context text) OWNER TO fence_vault;

CREATE TABLE app.acceptances (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    quote_id uuid NOT NULL,
    version_id uuid NOT NULL,
    option_id uuid NOT NULL,
    extras uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    net_cents bigint NOT NULL,
    tax_cents bigint NOT NULL,
    total_cents bigint NOT NULL,
    deposit_cents bigint NOT NULL,
    document_hash bytea NOT NULL,
    role text NOT NULL,
    link_id uuid,
    recorded_by uuid,
    recorded_name text DEFAULT ''::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    signer_name text NOT NULL,
    signature_kind text NOT NULL,
    signature jsonb NOT NULL,
    consent_version text NOT NULL,
    ip text NOT NULL,
    user_agent text NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    time_zone text NOT NULL,
    CONSTRAINT acceptances_document_hash_length CHECK ((octet_length(document_hash) = 32)),
    CONSTRAINT acceptances_role_fits CHECK ((((role = 'homeowner'::text) = (link_id IS NOT NULL)) AND ((role = 'staff'::text) = (recorded_by IS NOT NULL)) AND ((role = 'staff'::text) = (signature_kind = 'recorded'::text)))),
    CONSTRAINT acceptances_role_known CHECK ((role = ANY (ARRAY['homeowner'::text, 'staff'::text]))),
    CONSTRAINT acceptances_signature_kind_known CHECK ((signature_kind = ANY (ARRAY['drawn'::text, 'typed'::text, 'recorded'::text]))),
    CONSTRAINT acceptances_signer_name_length CHECK (((char_length(signer_name) >= 1) AND (char_length(signer_name) <= 120))),
    CONSTRAINT acceptances_total_adds_up CHECK (((net_cents + tax_cents) = total_cents))
);

ALTER TABLE ONLY app.acceptances FORCE ROW LEVEL SECURITY;

ALTER TABLE app.acceptances OWNER TO fence_owner;

CREATE TABLE app.adopted_quotes (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    adoption_id uuid NOT NULL,
    number text DEFAULT ''::text NOT NULL,
    state text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    customer_id uuid,
    lead_id uuid,
    subtotal_cents bigint,
    discount_cents bigint,
    tax_cents bigint,
    total_cents bigint,
    valid_until timestamp with time zone,
    sent_at timestamp with time zone,
    decided_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT adopted_quotes_extra_is_object CHECK ((jsonb_typeof(extra) = 'object'::text)),
    CONSTRAINT adopted_quotes_notes_length CHECK ((char_length(notes) <= 10000)),
    CONSTRAINT adopted_quotes_number_length CHECK ((char_length(number) <= 60)),
    CONSTRAINT adopted_quotes_state_known CHECK ((state = ANY (ARRAY['draft'::text, 'sent'::text, 'accepted'::text, 'declined'::text, 'expired'::text, 'withdrawn'::text, 'unknown'::text]))),
    CONSTRAINT adopted_quotes_title_length CHECK ((char_length(title) <= 200))
);

ALTER TABLE ONLY app.adopted_quotes FORCE ROW LEVEL SECURITY;

ALTER TABLE app.adopted_quotes OWNER TO fence_owner;

CREATE TABLE app.adoption_tables (
    org_id uuid NOT NULL,
    adoption_id uuid NOT NULL,
    source_table text NOT NULL,
    last_key bytea DEFAULT '\x'::bytea NOT NULL,
    rows_read bigint DEFAULT 0 NOT NULL,
    rows_written bigint DEFAULT 0 NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT adoption_tables_source_table_known CHECK ((source_table = ANY (ARRAY['customers'::text, 'leads'::text, 'appointments'::text, 'quotes'::text, 'roi_calculations'::text, 'pricing_approvals'::text])))
);

ALTER TABLE ONLY app.adoption_tables FORCE ROW LEVEL SECURITY;

ALTER TABLE app.adoption_tables OWNER TO fence_owner;

CREATE TABLE app.adoptions (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    label text NOT NULL,
    source text NOT NULL,
    run integer NOT NULL,
    state text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT adoptions_finished_at_fits CHECK (((state = 'done'::text) = (finished_at IS NOT NULL))),
    CONSTRAINT adoptions_label_length CHECK (((char_length(label) >= 1) AND (char_length(label) <= 60))),
    CONSTRAINT adoptions_state_known CHECK ((state = ANY (ARRAY['running'::text, 'done'::text])))
);

ALTER TABLE ONLY app.adoptions FORCE ROW LEVEL SECURITY;

ALTER TABLE app.adoptions OWNER TO fence_owner;

CREATE TABLE app.api_keys (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    ending text NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    prefix text DEFAULT ''::text NOT NULL,
    scopes text[] DEFAULT '{}'::text[] NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    CONSTRAINT api_keys_expires_later CHECK ((expires_at > created_at)),
    CONSTRAINT api_keys_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 80))),
    CONSTRAINT api_keys_prefix_length CHECK ((char_length(prefix) <= 20))
);

ALTER TABLE ONLY app.api_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE app.api_keys OWNER TO fence_owner;

CREATE TABLE app.appointments (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    lead_id uuid,
    customer_id uuid,
    property_id uuid,
    assignee_id uuid,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    time_zone text NOT NULL,
    held_until timestamp with time zone,
    cancelled_at timestamp with time zone,
    cancel_reason text DEFAULT ''::text NOT NULL,
    sequence integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    adoption_id uuid,
    CONSTRAINT appointments_address_length CHECK ((char_length(address) <= 300)),
    CONSTRAINT appointments_cancel_reason_length CHECK ((char_length(cancel_reason) <= 2000)),
    CONSTRAINT appointments_cancelled_at_fits CHECK (((state = 'cancelled'::text) = (cancelled_at IS NOT NULL))),
    CONSTRAINT appointments_extra_is_object CHECK ((jsonb_typeof(extra) = 'object'::text)),
    CONSTRAINT appointments_held_until_fits CHECK (((state = 'held'::text) = (held_until IS NOT NULL))),
    CONSTRAINT appointments_in_order CHECK ((starts_at < ends_at)),
    CONSTRAINT appointments_kind_known CHECK ((kind = ANY (ARRAY['site_visit'::text, 'install'::text, 'service_call'::text, 'other'::text]))),
    CONSTRAINT appointments_notes_length CHECK ((char_length(notes) <= 10000)),
    CONSTRAINT appointments_state_known CHECK ((state = ANY (ARRAY['held'::text, 'unconfirmed'::text, 'confirmed'::text, 'en_route'::text, 'in_progress'::text, 'completed'::text, 'no_show'::text, 'cancelled'::text]))),
    CONSTRAINT appointments_title_length CHECK ((char_length(title) <= 200))
);

ALTER TABLE ONLY app.appointments FORCE ROW LEVEL SECURITY;

ALTER TABLE app.appointments OWNER TO fence_owner;

CREATE TABLE app.audit_entries (
    org_id uuid NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    record_type text NOT NULL,
    record_id uuid NOT NULL,
    content text NOT NULL,
    hash bytea NOT NULL,
    action text GENERATED ALWAYS AS (((content)::jsonb ->> 'action'::text)) STORED NOT NULL,
    actor_id uuid GENERATED ALWAYS AS ((((content)::jsonb ->> 'actor_id'::text))::uuid) STORED NOT NULL,
    on_behalf_of uuid GENERATED ALWAYS AS ((((content)::jsonb ->> 'on_behalf_of'::text))::uuid) STORED
);

ALTER TABLE ONLY app.audit_entries FORCE ROW LEVEL SECURITY;

ALTER TABLE app.audit_entries OWNER TO fence_owner;

CREATE TABLE app.audit_heads (
    org_id uuid NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    hash bytea DEFAULT '\x'::bytea NOT NULL
);

ALTER TABLE ONLY app.audit_heads FORCE ROW LEVEL SECURITY;

ALTER TABLE app.audit_heads OWNER TO fence_owner;

CREATE TABLE app.blobs (
    org_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    size bigint NOT NULL,
    uses integer NOT NULL,
    state text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT blobs_leaving_is_unused CHECK (((state = 'leaving'::text) = (uses = 0))),
    CONSTRAINT blobs_sha256_length CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT blobs_size_not_negative CHECK ((size >= 0)),
    CONSTRAINT blobs_state_known CHECK ((state = ANY (ARRAY['expected'::text, 'stored'::text, 'leaving'::text, 'lost'::text]))),
    CONSTRAINT blobs_uses_not_negative CHECK ((uses >= 0))
);

ALTER TABLE ONLY app.blobs FORCE ROW LEVEL SECURITY;

ALTER TABLE app.blobs OWNER TO fence_owner;

CREATE TABLE app.business_hours (
    org_id uuid NOT NULL,
    weekday smallint NOT NULL,
    opens time without time zone NOT NULL,
    closes time without time zone NOT NULL,
    CONSTRAINT business_hours_in_order CHECK ((opens < closes)),
    CONSTRAINT business_hours_weekday_known CHECK (((weekday >= 0) AND (weekday <= 6)))
);

ALTER TABLE ONLY app.business_hours FORCE ROW LEVEL SECURITY;

ALTER TABLE app.business_hours OWNER TO fence_owner;

CREATE TABLE app.canaries (
    org_id uuid NOT NULL,
    name text NOT NULL
);

ALTER TABLE ONLY app.canaries FORCE ROW LEVEL SECURITY;

ALTER TABLE app.canaries OWNER TO fence_owner;

CREATE TABLE app.customers (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    company text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    archived_at timestamp with time zone,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    search_text text DEFAULT ''::text NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    adoption_id uuid,
    is_sample boolean DEFAULT false NOT NULL,
    CONSTRAINT customers_archived_at_fits CHECK (((status = 'archived'::text) = (archived_at IS NOT NULL))),
    CONSTRAINT customers_company_length CHECK ((char_length(company) <= 120)),
    CONSTRAINT customers_email_length CHECK ((char_length(email) <= 254)),
    CONSTRAINT customers_extra_is_object CHECK ((jsonb_typeof(extra) = 'object'::text)),
    CONSTRAINT customers_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    CONSTRAINT customers_notes_length CHECK ((char_length(notes) <= 10000)),
    CONSTRAINT customers_phone_form CHECK ((phone ~ '^(\+1\d{10})?$'::text)),
    CONSTRAINT customers_status_known CHECK ((status = ANY (ARRAY['active'::text, 'archived'::text])))
);

ALTER TABLE ONLY app.customers FORCE ROW LEVEL SECURITY;

ALTER TABLE app.customers OWNER TO fence_owner;

CREATE TABLE app.file_forms (
    org_id uuid NOT NULL,
    file_id uuid NOT NULL,
    form text NOT NULL,
    sha256 bytea NOT NULL,
    media_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    CONSTRAINT file_forms_form_known CHECK ((form = ANY (ARRAY['original'::text, 'shown'::text, 'thumbnail'::text]))),
    CONSTRAINT file_forms_height_not_negative CHECK ((height >= 0)),
    CONSTRAINT file_forms_media_type_known CHECK ((media_type = ANY (ARRAY['image/jpeg'::text, 'image/png'::text, 'image/webp'::text, 'application/pdf'::text]))),
    CONSTRAINT file_forms_width_not_negative CHECK ((width >= 0))
);

ALTER TABLE ONLY app.file_forms FORCE ROW LEVEL SECURITY;

ALTER TABLE app.file_forms OWNER TO fence_owner;

CREATE TABLE app.files (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    record_type text NOT NULL,
    record_id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    caption text DEFAULT ''::text NOT NULL,
    state text NOT NULL,
    reserved_bytes bigint NOT NULL,
    reserved_until timestamp with time zone,
    created_by uuid NOT NULL,
    created_by_name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT files_caption_length CHECK ((char_length(caption) <= 300)),
    CONSTRAINT files_kind_known CHECK ((kind = ANY (ARRAY['photo'::text, 'document'::text]))),
    CONSTRAINT files_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    CONSTRAINT files_record_type_known CHECK ((record_type = 'job'::text)),
    CONSTRAINT files_removed_at CHECK (((state = 'removed'::text) = (removed_at IS NOT NULL))),
    CONSTRAINT files_reserved_bytes_not_negative CHECK ((reserved_bytes >= 0)),
    CONSTRAINT files_reserved_ends CHECK ((((state = 'reserved'::text) = (reserved_until IS NOT NULL)) AND ((state = 'reserved'::text) OR (reserved_bytes = 0)))),
    CONSTRAINT files_state_known CHECK ((state = ANY (ARRAY['reserved'::text, 'stored'::text, 'removed'::text])))
);

ALTER TABLE ONLY app.files FORCE ROW LEVEL SECURITY;

ALTER TABLE app.files OWNER TO fence_owner;

CREATE TABLE app.idempotency_keys (
    org_id uuid NOT NULL,
    actor_id uuid NOT NULL,
    key text NOT NULL,
    operation text NOT NULL,
    request_hash bytea NOT NULL,
    answer jsonb,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT idempotency_keys_key_length CHECK (((char_length(key) >= 1) AND (char_length(key) <= 255)))
);

ALTER TABLE ONLY app.idempotency_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE app.idempotency_keys OWNER TO fence_owner;

CREATE TABLE app.invitations (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL,
    email_lc text GENERATED ALWAYS AS (lower(email)) STORED NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    role text NOT NULL,
    invited_by uuid NOT NULL,
    code_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT invitations_email_length CHECK (((char_length(email) >= 3) AND (char_length(email) <= 254))),
    CONSTRAINT invitations_role_known CHECK ((role = ANY (ARRAY['admin'::text, 'office'::text, 'estimator'::text, 'crew'::text, 'accountant'::text])))
);

ALTER TABLE ONLY app.invitations FORCE ROW LEVEL SECURITY;

ALTER TABLE app.invitations OWNER TO fence_owner;

CREATE TABLE app.jobs (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    number text NOT NULL,
    quote_id uuid NOT NULL,
    version_id uuid NOT NULL,
    acceptance_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    property_id uuid NOT NULL,
    state text NOT NULL,
    waiting_reason text,
    released_at timestamp with time zone,
    contract_cents bigint NOT NULL,
    sold_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT jobs_released_was_waiting CHECK (((released_at IS NULL) OR (waiting_reason IS NULL))),
    CONSTRAINT jobs_state_known CHECK ((state = 'sold'::text)),
    CONSTRAINT jobs_waiting_reason_known CHECK ((waiting_reason = ANY (ARRAY['plan_limit'::text, 'read_only'::text])))
);

ALTER TABLE ONLY app.jobs FORCE ROW LEVEL SECURITY;

ALTER TABLE app.jobs OWNER TO fence_owner;

CREATE TABLE app.known_devices (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY app.known_devices FORCE ROW LEVEL SECURITY;

ALTER TABLE app.known_devices OWNER TO fence_owner;

CREATE TABLE app.leads (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    state text NOT NULL,
    source text DEFAULT 'other'::text NOT NULL,
    name text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    zip text DEFAULT ''::text NOT NULL,
    message text DEFAULT ''::text NOT NULL,
    length_ft double precision,
    budget_cents bigint,
    assigned_to uuid,
    customer_id uuid,
    property_id uuid,
    merged_into_id uuid,
    first_responded_at timestamp with time zone,
    lost_reason text,
    lost_words text DEFAULT ''::text NOT NULL,
    closed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    adoption_id uuid,
    CONSTRAINT leads_address_length CHECK ((char_length(address) <= 300)),
    CONSTRAINT leads_budget_not_negative CHECK ((budget_cents >= 0)),
    CONSTRAINT leads_closed_at_fits CHECK (((state = ANY (ARRAY['won'::text, 'lost'::text, 'junk'::text, 'merged'::text])) = (closed_at IS NOT NULL))),
    CONSTRAINT leads_email_length CHECK ((char_length(email) <= 254)),
    CONSTRAINT leads_extra_is_object CHECK ((jsonb_typeof(extra) = 'object'::text)),
    CONSTRAINT leads_length_positive CHECK ((length_ft > (0)::double precision)),
    CONSTRAINT leads_lost_has_reason CHECK (((state = 'lost'::text) = (lost_reason IS NOT NULL))),
    CONSTRAINT leads_lost_reason_known CHECK ((lost_reason = ANY (ARRAY['price'::text, 'timing'::text, 'competitor'::text, 'no_response'::text, 'out_of_area'::text, 'hoa_or_permit'::text, 'other'::text]))),
    CONSTRAINT leads_lost_words_length CHECK ((char_length(lost_words) <= 2000)),
    CONSTRAINT leads_merged_into_fits CHECK (((state = 'merged'::text) = (merged_into_id IS NOT NULL))),
    CONSTRAINT leads_message_length CHECK ((char_length(message) <= 10000)),
    CONSTRAINT leads_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    CONSTRAINT leads_phone_form CHECK ((phone ~ '^(\+1\d{10})?$'::text)),
    CONSTRAINT leads_source_known CHECK ((source = ANY (ARRAY['phone'::text, 'web_form'::text, 'walk_in'::text, 'referral'::text, 'repeat'::text, 'campaign'::text, 'marketplace'::text, 'other'::text]))),
    CONSTRAINT leads_state_known CHECK ((state = ANY (ARRAY['new'::text, 'contacted'::text, 'visit_scheduled'::text, 'qualified'::text, 'quoted'::text, 'won'::text, 'lost'::text, 'junk'::text, 'merged'::text]))),
    CONSTRAINT leads_zip_form CHECK ((zip ~ '^(\d{5})?$'::text))
);

ALTER TABLE ONLY app.leads FORCE ROW LEVEL SECURITY;

ALTER TABLE app.leads OWNER TO fence_owner;

CREATE TABLE app.ledger_entries (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    acceptance_id uuid NOT NULL,
    n integer NOT NULL,
    kind text NOT NULL,
    method text NOT NULL,
    amount_cents bigint NOT NULL,
    due_change_cents bigint NOT NULL,
    received_change_cents bigint NOT NULL,
    of_entry uuid,
    note text DEFAULT ''::text NOT NULL,
    reference text DEFAULT ''::text NOT NULL,
    provider_id text DEFAULT ''::text NOT NULL,
    day date NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_name text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_entries_amount_positive CHECK ((amount_cents > 0)),
    CONSTRAINT ledger_entries_kind_known CHECK ((kind = ANY (ARRAY['request'::text, 'payment'::text, 'refund'::text, 'void'::text, 'dispute'::text, 'reinstatement'::text]))),
    CONSTRAINT ledger_entries_method_fits CHECK ((((kind = 'request'::text) = (method = ''::text)) OR (kind = 'void'::text))),
    CONSTRAINT ledger_entries_method_known CHECK ((method = ANY (ARRAY[''::text, 'check'::text, 'cash'::text, 'card'::text, 'bank'::text]))),
    CONSTRAINT ledger_entries_n_positive CHECK ((n > 0)),
    CONSTRAINT ledger_entries_note_length CHECK ((char_length(note) <= 500)),
    CONSTRAINT ledger_entries_of_fits CHECK (((kind = ANY (ARRAY['request'::text, 'payment'::text])) = (of_entry IS NULL))),
    CONSTRAINT ledger_entries_received_fits CHECK ((received_change_cents =
CASE kind
    WHEN 'request'::text THEN (0)::bigint
    WHEN 'payment'::text THEN amount_cents
    WHEN 'reinstatement'::text THEN amount_cents
    WHEN 'refund'::text THEN (- amount_cents)
    WHEN 'dispute'::text THEN (- amount_cents)
    ELSE received_change_cents
END)),
    CONSTRAINT ledger_entries_reference_length CHECK ((char_length(reference) <= 80))
);

ALTER TABLE ONLY app.ledger_entries FORCE ROW LEVEL SECURITY;

ALTER TABLE app.ledger_entries OWNER TO fence_owner;

CREATE TABLE app.ledgers (
    org_id uuid NOT NULL,
    acceptance_id uuid NOT NULL,
    agreed_cents bigint NOT NULL,
    due_cents bigint NOT NULL,
    received_cents bigint NOT NULL,
    paid_cents bigint NOT NULL,
    refunded_cents bigint NOT NULL,
    entries integer NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    CONSTRAINT ledgers_due_fits CHECK (((due_cents >= 0) AND (due_cents <= GREATEST((0)::bigint, (agreed_cents - received_cents))))),
    CONSTRAINT ledgers_refunded_was_paid CHECK (((refunded_cents >= 0) AND (refunded_cents <= paid_cents)))
);

ALTER TABLE ONLY app.ledgers FORCE ROW LEVEL SECURITY;

ALTER TABLE app.ledgers OWNER TO fence_owner;

CREATE TABLE app.mails (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    recipient text NOT NULL,
    sender text NOT NULL,
    reply_to text DEFAULT ''::text NOT NULL,
    subject text NOT NULL,
    plain text NOT NULL,
    html text NOT NULL,
    attached uuid,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    admitted_at timestamp with time zone,
    held_until timestamp with time zone,
    held_for text DEFAULT ''::text NOT NULL,
    CONSTRAINT mails_held_for_known CHECK ((held_for = ANY (ARRAY[''::text, 'unconfirmed'::text, 'unconfirmed_month'::text, 'trial_day'::text, 'trial_hour'::text, 'no_plan'::text, 'stopped'::text]))),
    CONSTRAINT mails_held_is_explained CHECK (((held_until IS NULL) = (held_for = ''::text)))
);

ALTER TABLE ONLY app.mails FORCE ROW LEVEL SECURITY;

ALTER TABLE app.mails OWNER TO fence_owner;

CREATE TABLE app.materials (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    cost_cents bigint NOT NULL,
    pack integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT materials_cost_bounds CHECK (((cost_cents >= 0) AND (cost_cents <= 100000000))),
    CONSTRAINT materials_key_form CHECK ((key ~ '^[a-z][a-z0-9_]{0,30}(\.[a-z0-9_]{1,30}){0,2}$'::text)),
    CONSTRAINT materials_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    CONSTRAINT materials_pack_bounds CHECK (((pack >= 1) AND (pack <= 1000000))),
    CONSTRAINT materials_unit_length CHECK (((char_length(unit) >= 1) AND (char_length(unit) <= 20)))
);

ALTER TABLE ONLY app.materials FORCE ROW LEVEL SECURITY;

ALTER TABLE app.materials OWNER TO fence_owner;

CREATE TABLE app.number_sequences (
    org_id uuid NOT NULL,
    kind text NOT NULL,
    year smallint NOT NULL,
    last integer NOT NULL,
    CONSTRAINT number_sequences_kind_known CHECK ((kind = ANY (ARRAY['quote'::text, 'job'::text])))
)
WITH (fillfactor='50');

ALTER TABLE ONLY app.number_sequences FORCE ROW LEVEL SECURITY;

ALTER TABLE app.number_sequences OWNER TO fence_owner;

CREATE TABLE app.one_time_codes (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    code_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT one_time_codes_purpose_known CHECK ((purpose = ANY (ARRAY['start'::text, 'reset'::text, 'confirm'::text])))
);

ALTER TABLE ONLY app.one_time_codes FORCE ROW LEVEL SECURITY;

ALTER TABLE app.one_time_codes OWNER TO fence_owner;

CREATE TABLE app.online_payments (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    acceptance_id uuid NOT NULL,
    link_id uuid NOT NULL,
    payer_name text NOT NULL,
    account text NOT NULL,
    amount_cents bigint NOT NULL,
    state text NOT NULL,
    session text DEFAULT ''::text NOT NULL,
    url text DEFAULT ''::text NOT NULL,
    intent text DEFAULT ''::text NOT NULL,
    charge text DEFAULT ''::text NOT NULL,
    problem text DEFAULT ''::text NOT NULL,
    dispute text DEFAULT ''::text NOT NULL,
    answer_by timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    refund_asked_at timestamp with time zone,
    said_entry uuid,
    CONSTRAINT online_payments_amount_positive CHECK ((amount_cents > 0)),
    CONSTRAINT online_payments_state_known CHECK ((state = ANY (ARRAY['open'::text, 'processing'::text, 'paid'::text, 'failed'::text, 'expired'::text])))
);

ALTER TABLE ONLY app.online_payments FORCE ROW LEVEL SECURITY;

ALTER TABLE app.online_payments OWNER TO fence_owner;

CREATE TABLE app.organizations (
    org_id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    zip text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    street text DEFAULT ''::text NOT NULL,
    city text DEFAULT ''::text NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    license_number text DEFAULT ''::text NOT NULL,
    brand_color text DEFAULT ''::text NOT NULL,
    currency text DEFAULT 'USD'::text NOT NULL,
    plan text NOT NULL,
    plan_version integer NOT NULL,
    trial_ends_at timestamp with time zone,
    period_anchor timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    second_factor_required boolean DEFAULT false NOT NULL,
    period_since timestamp with time zone,
    former_anchor timestamp with time zone,
    former_zone text,
    former_since timestamp with time zone,
    first_steps_hidden_at timestamp with time zone,
    no_product_events boolean DEFAULT false NOT NULL,
    CONSTRAINT organizations_brand_color_form CHECK ((brand_color ~ '^(#[0-9A-F]{6})?$'::text)),
    CONSTRAINT organizations_currency_known CHECK ((currency = 'USD'::text)),
    CONSTRAINT organizations_former_period CHECK ((((period_since IS NULL) = (former_anchor IS NULL)) AND ((period_since IS NULL) = (former_zone IS NULL)) AND ((former_since IS NULL) OR (former_since < period_since)))),
    CONSTRAINT organizations_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 80))),
    CONSTRAINT organizations_plan_known CHECK ((plan = ANY (ARRAY['trial'::text, 'starter'::text, 'growth'::text, 'enterprise'::text]))),
    CONSTRAINT organizations_trial_ends CHECK (((plan = 'trial'::text) <= (trial_ends_at IS NOT NULL))),
    CONSTRAINT organizations_zip_form CHECK ((zip ~ '^(\d{5})?$'::text))
);

ALTER TABLE ONLY app.organizations FORCE ROW LEVEL SECURITY;

ALTER TABLE app.organizations OWNER TO fence_owner;

CREATE TABLE app.passkey_challenges (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid,
    purpose text NOT NULL,
    asked jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT passkey_challenges_purpose_known CHECK ((purpose = ANY (ARRAY['register'::text, 'sign_in'::text])))
);

ALTER TABLE ONLY app.passkey_challenges FORCE ROW LEVEL SECURITY;

ALTER TABLE app.passkey_challenges OWNER TO fence_owner;

CREATE TABLE app.passkeys (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    credential jsonb NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    CONSTRAINT passkeys_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 80)))
);

ALTER TABLE ONLY app.passkeys FORCE ROW LEVEL SECURITY;

ALTER TABLE app.passkeys OWNER TO fence_owner;

CREATE TABLE app.payment_accounts (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    account text DEFAULT ''::text NOT NULL,
    details_submitted boolean DEFAULT false NOT NULL,
    charges_enabled boolean DEFAULT false NOT NULL,
    payouts_enabled boolean DEFAULT false NOT NULL,
    needs text[] DEFAULT '{}'::text[] NOT NULL,
    disabled_reason text DEFAULT ''::text NOT NULL,
    asked_at timestamp with time zone,
    begun_by uuid NOT NULL,
    begun_name text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    disconnected_at timestamp with time zone,
    disconnected_name text DEFAULT ''::text NOT NULL,
    CONSTRAINT payment_accounts_account_length CHECK ((char_length(account) <= 255))
);

ALTER TABLE ONLY app.payment_accounts FORCE ROW LEVEL SECURITY;

ALTER TABLE app.payment_accounts OWNER TO fence_owner;

CREATE TABLE app.plan_acts (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    attempt integer NOT NULL,
    plan text NOT NULL,
    plan_version integer NOT NULL,
    extra_users bigint NOT NULL,
    customer_id text NOT NULL,
    provider_id text NOT NULL,
    page_url text NOT NULL,
    cents bigint NOT NULL,
    counts_from timestamp with time zone,
    trial_end timestamp with time zone,
    takes_effect timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    CONSTRAINT plan_acts_attempt_counts CHECK ((attempt >= 1)),
    CONSTRAINT plan_acts_extra_users_some CHECK ((extra_users >= 0)),
    CONSTRAINT plan_acts_kind_known CHECK ((kind = ANY (ARRAY['checkout'::text, 'upgrade'::text, 'downgrade'::text, 'undo'::text, 'cancel'::text, 'resume'::text]))),
    CONSTRAINT plan_acts_settled CHECK (((state = ANY (ARRAY['done'::text, 'dropped'::text])) = (settled_at IS NOT NULL))),
    CONSTRAINT plan_acts_state_known CHECK ((state = ANY (ARRAY['asked'::text, 'open'::text, 'done'::text, 'dropped'::text])))
);

ALTER TABLE ONLY app.plan_acts FORCE ROW LEVEL SECURITY;

ALTER TABLE app.plan_acts OWNER TO fence_owner;

CREATE TABLE app.plan_notices (
    org_id uuid NOT NULL,
    kind text NOT NULL,
    cause text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT plan_notices_cause_length CHECK (((char_length(cause) >= 1) AND (char_length(cause) <= 300))),
    CONSTRAINT plan_notices_kind_known CHECK ((kind = ANY (ARRAY['trial_ending'::text, 'trial_ended'::text, 'payment_failed'::text, 'bank_asks'::text, 'paid_again'::text, 'card_expiring'::text, 'plan_ended'::text])))
);

ALTER TABLE ONLY app.plan_notices FORCE ROW LEVEL SECURITY;

ALTER TABLE app.plan_notices OWNER TO fence_owner;

CREATE TABLE app.price_settings (
    org_id uuid NOT NULL,
    labor_rate_cents bigint NOT NULL,
    per_post_hours double precision NOT NULL,
    per_ft_hours double precision NOT NULL,
    per_gate_hours double precision NOT NULL,
    removal_cents_per_ft bigint NOT NULL,
    overhead_pct double precision NOT NULL,
    method text NOT NULL,
    method_pct double precision NOT NULL,
    method_cents_per_ft bigint NOT NULL,
    free_miles double precision NOT NULL,
    step_miles double precision NOT NULL,
    step_cents bigint NOT NULL,
    minimum_job_cents bigint NOT NULL,
    tax_mode text NOT NULL,
    tax_rate double precision NOT NULL,
    deposit_pct double precision NOT NULL,
    deposit_text text NOT NULL,
    validity_days smallint NOT NULL,
    recommended_tier text NOT NULL,
    included text[] NOT NULL,
    not_included text[] NOT NULL,
    terms text NOT NULL,
    cancellation_notice text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT price_settings_cancellation_length CHECK ((char_length(cancellation_notice) <= 5000)),
    CONSTRAINT price_settings_deposit_bounds CHECK (((deposit_pct >= (0)::double precision) AND (deposit_pct <= (100)::double precision))),
    CONSTRAINT price_settings_deposit_length CHECK ((char_length(deposit_text) <= 500)),
    CONSTRAINT price_settings_free_miles_bounds CHECK (((free_miles >= (0)::double precision) AND (free_miles <= (10000)::double precision))),
    CONSTRAINT price_settings_labor_rate_bounds CHECK (((labor_rate_cents >= 0) AND (labor_rate_cents <= 100000000))),
    CONSTRAINT price_settings_method_cents_bounds CHECK (((method_cents_per_ft >= 0) AND (method_cents_per_ft <=
CASE method
    WHEN 'per_foot'::text THEN 100000000
    ELSE 0
END))),
    CONSTRAINT price_settings_method_known CHECK ((method = ANY (ARRAY['margin'::text, 'markup'::text, 'per_foot'::text]))),
    CONSTRAINT price_settings_method_pct_bounds CHECK (((method_pct >= (0)::double precision) AND (method_pct <= (
CASE method
    WHEN 'margin'::text THEN 99
    WHEN 'markup'::text THEN 1000
    ELSE 0
END)::double precision))),
    CONSTRAINT price_settings_minimum_bounds CHECK (((minimum_job_cents >= 0) AND (minimum_job_cents <= 100000000))),
    CONSTRAINT price_settings_overhead_bounds CHECK (((overhead_pct >= (0)::double precision) AND (overhead_pct <= (1000)::double precision))),
    CONSTRAINT price_settings_per_ft_bounds CHECK (((per_ft_hours >= (0)::double precision) AND (per_ft_hours <= (1000)::double precision))),
    CONSTRAINT price_settings_per_gate_bounds CHECK (((per_gate_hours >= (0)::double precision) AND (per_gate_hours <= (1000)::double precision))),
    CONSTRAINT price_settings_per_post_bounds CHECK (((per_post_hours >= (0)::double precision) AND (per_post_hours <= (1000)::double precision))),
    CONSTRAINT price_settings_recommended_known CHECK ((recommended_tier = ANY (ARRAY[''::text, 'basic'::text, 'premium'::text, 'elite'::text]))),
    CONSTRAINT price_settings_removal_bounds CHECK (((removal_cents_per_ft >= 0) AND (removal_cents_per_ft <= 100000000))),
    CONSTRAINT price_settings_step_bounds CHECK (((step_cents >= 0) AND (step_cents <= 100000000))),
    CONSTRAINT price_settings_step_miles_bounds CHECK (((step_miles >= (0.1)::double precision) AND (step_miles <= (10000)::double precision))),
    CONSTRAINT price_settings_tax_mode_known CHECK ((tax_mode = ANY (ARRAY['none'::text, 'lump_sum'::text, 'separated'::text, 'full'::text]))),
    CONSTRAINT price_settings_tax_rate_bounds CHECK (((tax_rate >= (0)::double precision) AND (tax_rate <= (1)::double precision))),
    CONSTRAINT price_settings_terms_length CHECK ((char_length(terms) <= 20000)),
    CONSTRAINT price_settings_validity_bounds CHECK (((validity_days >= 1) AND (validity_days <= 365)))
);

ALTER TABLE ONLY app.price_settings FORCE ROW LEVEL SECURITY;

ALTER TABLE app.price_settings OWNER TO fence_owner;

CREATE TABLE app.pricing_approvals (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    quote_id uuid,
    version_hash bytea,
    adopted_quote_id uuid,
    state text NOT NULL,
    metric text NOT NULL,
    discount_bp integer,
    amount_cents bigint,
    level integer DEFAULT 1 NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    answer text DEFAULT ''::text NOT NULL,
    requested_by uuid,
    requested_name text DEFAULT ''::text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    decided_by uuid,
    decided_name text DEFAULT ''::text NOT NULL,
    decided_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    adoption_id uuid,
    CONSTRAINT pricing_approvals_answer_length CHECK ((char_length(answer) <= 2000)),
    CONSTRAINT pricing_approvals_bound_to_version CHECK (((quote_id IS NULL) = (version_hash IS NULL))),
    CONSTRAINT pricing_approvals_decided_at_fits CHECK (((state = 'pending'::text) = (decided_at IS NULL))),
    CONSTRAINT pricing_approvals_decided_name_length CHECK ((char_length(decided_name) <= 120)),
    CONSTRAINT pricing_approvals_discount_range CHECK (((discount_bp >= 0) AND (discount_bp <= 10000))),
    CONSTRAINT pricing_approvals_extra_is_object CHECK ((jsonb_typeof(extra) = 'object'::text)),
    CONSTRAINT pricing_approvals_level_positive CHECK ((level > 0)),
    CONSTRAINT pricing_approvals_metric_known CHECK ((metric = ANY (ARRAY['discount'::text, 'margin'::text, 'total'::text, 'deposit'::text, 'payment_terms'::text, 'price_override'::text, 'unknown'::text]))),
    CONSTRAINT pricing_approvals_of_one_quote CHECK (((quote_id IS NULL) <> (adopted_quote_id IS NULL))),
    CONSTRAINT pricing_approvals_reason_length CHECK ((char_length(reason) <= 2000)),
    CONSTRAINT pricing_approvals_requested_name_length CHECK ((char_length(requested_name) <= 120)),
    CONSTRAINT pricing_approvals_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text, 'expired'::text]))),
    CONSTRAINT pricing_approvals_version_hash_length CHECK ((octet_length(version_hash) = 32))
);

ALTER TABLE ONLY app.pricing_approvals FORCE ROW LEVEL SECURITY;

ALTER TABLE app.pricing_approvals OWNER TO fence_owner;

CREATE TABLE app.pricing_zone_members (
    org_id uuid NOT NULL,
    zone_id uuid NOT NULL,
    kind text NOT NULL,
    low text NOT NULL,
    high text NOT NULL,
    CONSTRAINT pricing_zone_members_form CHECK (
CASE kind
    WHEN 'zip5'::text THEN ((low ~ '^\d{5}$'::text) AND (high = low))
    WHEN 'range'::text THEN ((low ~ '^\d{5}$'::text) AND (high ~ '^\d{5}$'::text) AND (low <= high))
    WHEN 'zip3'::text THEN ((low ~ '^\d{3}$'::text) AND (high = low))
    WHEN 'state'::text THEN ((low ~ '^[A-Z]{2}$'::text) AND (high = low))
    WHEN 'default'::text THEN ((low = ''::text) AND (high = ''::text))
    ELSE false
END)
);

ALTER TABLE ONLY app.pricing_zone_members FORCE ROW LEVEL SECURITY;

ALTER TABLE app.pricing_zone_members OWNER TO fence_owner;

CREATE TABLE app.pricing_zones (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    priority smallint DEFAULT 0 NOT NULL,
    material_factor double precision NOT NULL,
    labor_factor double precision NOT NULL,
    equipment_factor double precision NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT pricing_zones_equipment_bounds CHECK (((equipment_factor >= (0.1)::double precision) AND (equipment_factor <= (10)::double precision))),
    CONSTRAINT pricing_zones_labor_bounds CHECK (((labor_factor >= (0.1)::double precision) AND (labor_factor <= (10)::double precision))),
    CONSTRAINT pricing_zones_material_bounds CHECK (((material_factor >= (0.1)::double precision) AND (material_factor <= (10)::double precision))),
    CONSTRAINT pricing_zones_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 80))),
    CONSTRAINT pricing_zones_note_length CHECK ((char_length(note) <= 500)),
    CONSTRAINT pricing_zones_priority_bounds CHECK (((priority >= 0) AND (priority <= 1000)))
);

ALTER TABLE ONLY app.pricing_zones FORCE ROW LEVEL SECURITY;

ALTER TABLE app.pricing_zones OWNER TO fence_owner;

CREATE TABLE app.properties (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    street text NOT NULL,
    unit text DEFAULT ''::text NOT NULL,
    city text NOT NULL,
    state text NOT NULL,
    zip text NOT NULL,
    county text DEFAULT ''::text NOT NULL,
    time_zone text NOT NULL,
    gate_code text DEFAULT ''::text NOT NULL,
    has_dog boolean DEFAULT false NOT NULL,
    has_pool boolean DEFAULT false NOT NULL,
    has_hoa boolean DEFAULT false NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    archived_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    adoption_id uuid,
    CONSTRAINT properties_city_length CHECK ((char_length(city) <= 100)),
    CONSTRAINT properties_gate_code_length CHECK ((char_length(gate_code) <= 80)),
    CONSTRAINT properties_notes_length CHECK ((char_length(notes) <= 10000)),
    CONSTRAINT properties_state_form CHECK ((state ~ '^([A-Z]{2})?$'::text)),
    CONSTRAINT properties_street_length CHECK (((char_length(street) >= 1) AND (char_length(street) <= 200))),
    CONSTRAINT properties_unit_length CHECK ((char_length(unit) <= 40)),
    CONSTRAINT properties_zip_form CHECK ((zip ~ '^\d{5}$'::text))
);

ALTER TABLE ONLY app.properties FORCE ROW LEVEL SECURITY;

ALTER TABLE app.properties OWNER TO fence_owner;

CREATE TABLE app.quote_documents (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    quote_id uuid NOT NULL,
    version_id uuid NOT NULL,
    kind text NOT NULL,
    sha256 bytea NOT NULL,
    bytes bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT quote_documents_hash_fits CHECK ((sha256 = sha256(bytes))),
    CONSTRAINT quote_documents_kind_known CHECK ((kind = ANY (ARRAY['sent'::text, 'signed'::text])))
);

ALTER TABLE ONLY app.quote_documents FORCE ROW LEVEL SECURITY;

ALTER TABLE app.quote_documents OWNER TO fence_owner;

CREATE TABLE app.quote_lines (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    option_id uuid NOT NULL,
    extra_id uuid,
    section text NOT NULL,
    kind text NOT NULL,
    key text DEFAULT ''::text NOT NULL,
    description text NOT NULL,
    quantity double precision NOT NULL,
    unit text NOT NULL,
    formula text DEFAULT ''::text NOT NULL,
    cost_cents bigint NOT NULL,
    price_cents bigint NOT NULL,
    net_cents bigint NOT NULL,
    tax_cents bigint DEFAULT 0 NOT NULL,
    optional boolean DEFAULT false NOT NULL,
    sort integer NOT NULL,
    CONSTRAINT quote_lines_description_length CHECK (((char_length(description) >= 1) AND (char_length(description) <= 500))),
    CONSTRAINT quote_lines_kind_known CHECK ((kind = ANY (ARRAY['material'::text, 'labor'::text, 'removal'::text, 'equipment'::text, 'travel'::text, 'overhead'::text, 'base_charge'::text]))),
    CONSTRAINT quote_lines_optional_is_an_extra CHECK (((NOT optional) OR (extra_id IS NOT NULL))),
    CONSTRAINT quote_lines_section_known CHECK ((section = ANY (ARRAY['fence'::text, 'gates'::text, 'removal'::text, 'charges'::text, 'extras'::text]))),
    CONSTRAINT quote_lines_tax_of_optional CHECK ((optional OR (tax_cents = 0)))
);

ALTER TABLE ONLY app.quote_lines FORCE ROW LEVEL SECURITY;

ALTER TABLE app.quote_lines OWNER TO fence_owner;

CREATE TABLE app.quote_links (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    quote_id uuid NOT NULL,
    version_id uuid NOT NULL,
    kind text NOT NULL,
    recipient_name text DEFAULT ''::text NOT NULL,
    recipient_email text DEFAULT ''::text NOT NULL,
    token_hash bytea NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT quote_links_kind_known CHECK ((kind = ANY (ARRAY['mail'::text, 'copy'::text]))),
    CONSTRAINT quote_links_mail_has_address CHECK (((kind <> 'mail'::text) OR (recipient_email <> ''::text)))
);

ALTER TABLE ONLY app.quote_links FORCE ROW LEVEL SECURITY;

ALTER TABLE app.quote_links OWNER TO fence_owner;

CREATE TABLE app.quote_options (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    version_id uuid NOT NULL,
    tier text NOT NULL,
    name text NOT NULL,
    words jsonb DEFAULT '{}'::jsonb NOT NULL,
    sort integer NOT NULL,
    post_count integer NOT NULL,
    drawn_ft double precision NOT NULL,
    material_cents bigint NOT NULL,
    direct_cents bigint NOT NULL,
    cost_cents bigint NOT NULL,
    price_cents bigint NOT NULL,
    discount_cents bigint NOT NULL,
    net_cents bigint NOT NULL,
    tax_cents bigint NOT NULL,
    total_cents bigint NOT NULL,
    CONSTRAINT quote_options_net_adds_up CHECK (((price_cents - discount_cents) = net_cents)),
    CONSTRAINT quote_options_total_adds_up CHECK (((net_cents + tax_cents) = total_cents))
);

ALTER TABLE ONLY app.quote_options FORCE ROW LEVEL SECURITY;

ALTER TABLE app.quote_options OWNER TO fence_owner;

CREATE TABLE app.quote_versions (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    quote_id uuid NOT NULL,
    n integer NOT NULL,
    state text NOT NULL,
    sketch_version integer NOT NULL,
    layout jsonb NOT NULL,
    extras jsonb DEFAULT '{}'::jsonb NOT NULL,
    priced_at timestamp with time zone NOT NULL,
    zone text DEFAULT ''::text NOT NULL,
    recommended text DEFAULT ''::text NOT NULL,
    discount_bp integer DEFAULT 0 NOT NULL,
    discount_cents bigint DEFAULT 0 NOT NULL,
    validity_days integer NOT NULL,
    deposit_bp integer DEFAULT 0 NOT NULL,
    deposit_cents bigint DEFAULT 0 NOT NULL,
    deposit_words text DEFAULT ''::text NOT NULL,
    sold_at_home boolean DEFAULT true NOT NULL,
    tax_mode text NOT NULL,
    tax_rate double precision NOT NULL,
    included text[] DEFAULT '{}'::text[] NOT NULL,
    not_included text[] DEFAULT '{}'::text[] NOT NULL,
    terms text DEFAULT ''::text NOT NULL,
    message text DEFAULT ''::text NOT NULL,
    answers jsonb DEFAULT '{}'::jsonb NOT NULL,
    document text,
    document_hash bytea,
    valid_until timestamp with time zone,
    sent_at timestamp with time zone,
    first_viewed_at timestamp with time zone,
    last_viewed_at timestamp with time zone,
    view_count integer DEFAULT 0 NOT NULL,
    accepted_at timestamp with time zone,
    declined_at timestamp with time zone,
    decline_reason text DEFAULT ''::text NOT NULL,
    replaced_at timestamp with time zone,
    replaced_by_n integer,
    withdrawn_at timestamp with time zone,
    voided_at timestamp with time zone,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT quote_versions_accepted_at_fits CHECK (((state = 'accepted'::text) = (accepted_at IS NOT NULL))),
    CONSTRAINT quote_versions_decline_reason_length CHECK ((char_length(decline_reason) <= 2000)),
    CONSTRAINT quote_versions_declined_at_fits CHECK (((state = 'declined'::text) = (declined_at IS NOT NULL))),
    CONSTRAINT quote_versions_deposit_bp_range CHECK (((deposit_bp >= 0) AND (deposit_bp <= 10000))),
    CONSTRAINT quote_versions_deposit_not_negative CHECK ((deposit_cents >= 0)),
    CONSTRAINT quote_versions_discount_bp_range CHECK (((discount_bp >= 0) AND (discount_bp <= 10000))),
    CONSTRAINT quote_versions_discount_not_negative CHECK ((discount_cents >= 0)),
    CONSTRAINT quote_versions_document_fits CHECK ((((sent_at IS NULL) = (document IS NULL)) AND ((document IS NULL) = (document_hash IS NULL)))),
    CONSTRAINT quote_versions_document_hash_length CHECK ((octet_length(document_hash) = 32)),
    CONSTRAINT quote_versions_n_positive CHECK ((n > 0)),
    CONSTRAINT quote_versions_one_deposit CHECK (((deposit_bp = 0) OR (deposit_cents = 0))),
    CONSTRAINT quote_versions_one_discount CHECK (((discount_bp = 0) OR (discount_cents = 0))),
    CONSTRAINT quote_versions_replaced_at_fits CHECK ((((state = 'replaced'::text) = (replaced_at IS NOT NULL)) AND ((replaced_at IS NULL) = (replaced_by_n IS NULL)))),
    CONSTRAINT quote_versions_sent_at_fits CHECK (((state = ANY (ARRAY['draft'::text, 'void'::text])) = (sent_at IS NULL))),
    CONSTRAINT quote_versions_state_known CHECK ((state = ANY (ARRAY['draft'::text, 'sent'::text, 'accepted'::text, 'declined'::text, 'replaced'::text, 'withdrawn'::text, 'void'::text]))),
    CONSTRAINT quote_versions_tax_mode_known CHECK ((tax_mode = ANY (ARRAY['none'::text, 'lump_sum'::text, 'separated'::text, 'full'::text]))),
    CONSTRAINT quote_versions_tax_rate_range CHECK (((tax_rate >= (0)::double precision) AND (tax_rate <= (1)::double precision))),
    CONSTRAINT quote_versions_valid_until_fits CHECK (((sent_at IS NULL) = (valid_until IS NULL))),
    CONSTRAINT quote_versions_validity_range CHECK (((validity_days >= 1) AND (validity_days <= 365))),
    CONSTRAINT quote_versions_viewed_after_sent CHECK (((first_viewed_at IS NULL) OR (sent_at IS NOT NULL))),
    CONSTRAINT quote_versions_views_fit CHECK ((((view_count = 0) = (first_viewed_at IS NULL)) AND ((view_count = 0) = (last_viewed_at IS NULL)))),
    CONSTRAINT quote_versions_voided_at_fits CHECK (((state = 'void'::text) = (voided_at IS NOT NULL))),
    CONSTRAINT quote_versions_withdrawn_at_fits CHECK (((state = 'withdrawn'::text) = (withdrawn_at IS NOT NULL)))
);

ALTER TABLE ONLY app.quote_versions FORCE ROW LEVEL SECURITY;

ALTER TABLE app.quote_versions OWNER TO fence_owner;

CREATE TABLE app.quote_views (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    quote_id uuid NOT NULL,
    version_id uuid NOT NULL,
    link_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    ip text NOT NULL,
    user_agent text NOT NULL
);

ALTER TABLE ONLY app.quote_views FORCE ROW LEVEL SECURITY;

ALTER TABLE app.quote_views OWNER TO fence_owner;

CREATE TABLE app.quotes (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    number text NOT NULL,
    customer_id uuid NOT NULL,
    property_id uuid NOT NULL,
    sketch_id uuid NOT NULL,
    state text NOT NULL,
    current_n integer NOT NULL,
    draft_n integer,
    total_cents bigint NOT NULL,
    valid_until timestamp with time zone,
    sent_at timestamp with time zone,
    last_viewed_at timestamp with time zone,
    decided_at timestamp with time zone,
    created_by uuid NOT NULL,
    created_name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT quotes_decided_at_fits CHECK (((state = ANY (ARRAY['accepted'::text, 'declined'::text])) = (decided_at IS NOT NULL))),
    CONSTRAINT quotes_decided_has_no_draft CHECK (((state <> 'accepted'::text) OR (draft_n IS NULL))),
    CONSTRAINT quotes_draft_is_written CHECK (((state <> 'draft'::text) OR (draft_n = current_n))),
    CONSTRAINT quotes_sent_at_fits CHECK (((state = ANY (ARRAY['draft'::text, 'void'::text])) = (sent_at IS NULL))),
    CONSTRAINT quotes_state_known CHECK ((state = ANY (ARRAY['draft'::text, 'sent'::text, 'accepted'::text, 'declined'::text, 'withdrawn'::text, 'void'::text]))),
    CONSTRAINT quotes_valid_until_fits CHECK (((sent_at IS NULL) = (valid_until IS NULL)))
);

ALTER TABLE ONLY app.quotes FORCE ROW LEVEL SECURITY;

ALTER TABLE app.quotes OWNER TO fence_owner;

CREATE TABLE app.recovery_codes (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY app.recovery_codes FORCE ROW LEVEL SECURITY;

ALTER TABLE app.recovery_codes OWNER TO fence_owner;

CREATE TABLE app.roi_calculations (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    customer_id uuid,
    quote_id uuid,
    adopted_quote_id uuid,
    inputs jsonb DEFAULT '{}'::jsonb NOT NULL,
    assumptions jsonb DEFAULT '{}'::jsonb NOT NULL,
    outputs jsonb DEFAULT '{}'::jsonb NOT NULL,
    invested_cents bigint,
    return_pct double precision,
    payback_years double precision,
    engine_version text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    adoption_id uuid,
    CONSTRAINT roi_calculations_extra_is_object CHECK ((jsonb_typeof(extra) = 'object'::text)),
    CONSTRAINT roi_calculations_kind_known CHECK ((kind = ANY (ARRAY['resale'::text, 'lifecycle'::text, 'incremental'::text, 'financing'::text, 'contractor'::text, 'unknown'::text]))),
    CONSTRAINT roi_calculations_one_quote CHECK (((quote_id IS NULL) OR (adopted_quote_id IS NULL))),
    CONSTRAINT roi_calculations_title_length CHECK ((char_length(title) <= 200))
);

ALTER TABLE ONLY app.roi_calculations FORCE ROW LEVEL SECURITY;

ALTER TABLE app.roi_calculations OWNER TO fence_owner;

CREATE TABLE app.role_views (
    org_id uuid NOT NULL,
    session_id uuid NOT NULL,
    role text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT role_views_ends_later CHECK ((ends_at > started_at)),
    CONSTRAINT role_views_role_known CHECK ((role = ANY (ARRAY['admin'::text, 'office'::text, 'estimator'::text, 'crew'::text, 'accountant'::text])))
);

ALTER TABLE ONLY app.role_views FORCE ROW LEVEL SECURITY;

ALTER TABLE app.role_views OWNER TO fence_owner;

CREATE TABLE app.seat_marks (
    org_id uuid NOT NULL,
    subscription_id text NOT NULL,
    period_start timestamp with time zone NOT NULL,
    most bigint NOT NULL,
    charged bigint NOT NULL,
    version integer NOT NULL,
    busy_until timestamp with time zone,
    CONSTRAINT seat_marks_charged_some CHECK ((charged >= 0)),
    CONSTRAINT seat_marks_most_some CHECK ((most >= 0))
);

ALTER TABLE ONLY app.seat_marks FORCE ROW LEVEL SECURITY;

ALTER TABLE app.seat_marks OWNER TO fence_owner;

CREATE TABLE app.service_areas (
    org_id uuid NOT NULL,
    zip text NOT NULL,
    CONSTRAINT service_areas_zip_form CHECK ((zip ~ '^\d{3}(\d{2})?$'::text))
);

ALTER TABLE ONLY app.service_areas FORCE ROW LEVEL SECURITY;

ALTER TABLE app.service_areas OWNER TO fence_owner;

CREATE TABLE app.sessions (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    kind text NOT NULL,
    ip text NOT NULL,
    user_agent text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    family_hash bytea,
    last_used_at timestamp with time zone,
    authenticated_by text DEFAULT 'password'::text NOT NULL,
    second_factor text,
    must_enroll boolean DEFAULT false NOT NULL,
    CONSTRAINT sessions_authenticated_by_known CHECK ((authenticated_by = ANY (ARRAY['password'::text, 'passkey'::text, 'start'::text, 'invitation'::text, 'oidc'::text, 'support'::text]))),
    CONSTRAINT sessions_family_fits CHECK (((family_hash IS NULL) OR (kind = 'token'::text))),
    CONSTRAINT sessions_kind_known CHECK ((kind = ANY (ARRAY['browser'::text, 'token'::text]))),
    CONSTRAINT sessions_second_factor_known CHECK ((second_factor = ANY (ARRAY['totp'::text, 'recovery_code'::text, 'passkey'::text])))
);

ALTER TABLE ONLY app.sessions FORCE ROW LEVEL SECURITY;

ALTER TABLE app.sessions OWNER TO fence_owner;

CREATE TABLE app.sign_in_failures (
    org_id uuid NOT NULL,
    bucket text NOT NULL,
    failures integer NOT NULL,
    since timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY app.sign_in_failures FORCE ROW LEVEL SECURITY;

ALTER TABLE app.sign_in_failures OWNER TO fence_owner;

CREATE TABLE app.sign_in_steps (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    proved_by text DEFAULT 'password'::text NOT NULL,
    CONSTRAINT sign_in_steps_proved_by_known CHECK ((proved_by = ANY (ARRAY['password'::text, 'oidc'::text])))
);

ALTER TABLE ONLY app.sign_in_steps FORCE ROW LEVEL SECURITY;

ALTER TABLE app.sign_in_steps OWNER TO fence_owner;

CREATE TABLE app.sign_on (
    org_id uuid NOT NULL,
    name text NOT NULL,
    issuer text NOT NULL,
    client_id text NOT NULL,
    client_secret bytea NOT NULL,
    domains text[] NOT NULL,
    newcomer_role text,
    only_way boolean NOT NULL,
    second_factor_too boolean NOT NULL,
    enabled boolean NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer NOT NULL,
    CONSTRAINT sign_on_client_id_length CHECK (((char_length(client_id) >= 1) AND (char_length(client_id) <= 255))),
    CONSTRAINT sign_on_domains_some CHECK (((cardinality(domains) >= 1) AND (cardinality(domains) <= 50))),
    CONSTRAINT sign_on_issuer_length CHECK (((char_length(issuer) >= 1) AND (char_length(issuer) <= 500))),
    CONSTRAINT sign_on_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 40))),
    CONSTRAINT sign_on_newcomer_role_known CHECK ((newcomer_role = ANY (ARRAY['office'::text, 'estimator'::text, 'crew'::text, 'accountant'::text])))
);

ALTER TABLE ONLY app.sign_on FORCE ROW LEVEL SECURITY;

ALTER TABLE app.sign_on OWNER TO fence_owner;

CREATE TABLE app.sign_on_attempts (
    org_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    issuer text NOT NULL,
    back text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_on_attempts_back_length CHECK ((char_length(back) <= 2000))
);

ALTER TABLE ONLY app.sign_on_attempts FORCE ROW LEVEL SECURITY;

ALTER TABLE app.sign_on_attempts OWNER TO fence_owner;

CREATE TABLE app.sign_on_links (
    org_id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_on_links_subject_length CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 255)))
);

ALTER TABLE ONLY app.sign_on_links FORCE ROW LEVEL SECURITY;

ALTER TABLE app.sign_on_links OWNER TO fence_owner;

CREATE TABLE app.sketches (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    property_id uuid NOT NULL,
    name text NOT NULL,
    layout jsonb NOT NULL,
    extras jsonb DEFAULT '{}'::jsonb NOT NULL,
    drawn_ft double precision DEFAULT 0 NOT NULL,
    run_count integer DEFAULT 0 NOT NULL,
    gate_count integer DEFAULT 0 NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_by uuid NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    logged_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT sketches_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120)))
);

ALTER TABLE ONLY app.sketches FORCE ROW LEVEL SECURITY;

ALTER TABLE app.sketches OWNER TO fence_owner;

CREATE TABLE app.style_materials (
    org_id uuid NOT NULL,
    style_id uuid NOT NULL,
    item_key text NOT NULL,
    material_id uuid,
    CONSTRAINT style_materials_item_key_form CHECK ((item_key ~ '^[a-z][a-z0-9_]{0,30}$'::text))
);

ALTER TABLE ONLY app.style_materials FORCE ROW LEVEL SECURITY;

ALTER TABLE app.style_materials OWNER TO fence_owner;

CREATE TABLE app.styles (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    document jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT styles_document_of_kind CHECK (((document ->> 'kind'::text) = kind)),
    CONSTRAINT styles_key_form CHECK (((key ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (char_length(key) <= 64))),
    CONSTRAINT styles_kind_known CHECK ((kind = ANY (ARRAY['wood'::text, 'panel'::text, 'chain_link'::text]))),
    CONSTRAINT styles_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 80)))
);

ALTER TABLE ONLY app.styles FORCE ROW LEVEL SECURITY;

ALTER TABLE app.styles OWNER TO fence_owner;

CREATE TABLE app.support_access (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    operator_id uuid NOT NULL,
    operator_name text NOT NULL,
    purpose text NOT NULL,
    writes boolean NOT NULL,
    minutes integer NOT NULL,
    state text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    expires_at timestamp with time zone,
    ended_at timestamp with time zone,
    ended_by text,
    code_hash bytea,
    code_expires_at timestamp with time zone,
    CONSTRAINT support_access_code_short CHECK (((code_hash IS NULL) = (code_expires_at IS NULL))),
    CONSTRAINT support_access_decided CHECK ((((decided_at IS NOT NULL) = (state = ANY (ARRAY['granted'::text, 'refused'::text, 'ended'::text]))) AND ((decided_at IS NULL) = (decided_by IS NULL)))),
    CONSTRAINT support_access_ended CHECK ((((ended_at IS NOT NULL) = (state = ANY (ARRAY['withdrawn'::text, 'ended'::text]))) AND ((ended_at IS NULL) = (ended_by IS NULL)))),
    CONSTRAINT support_access_ended_by_known CHECK ((ended_by = ANY (ARRAY['company'::text, 'operator'::text, 'platform'::text]))),
    CONSTRAINT support_access_four_hours CHECK ((((expires_at IS NOT NULL) = (state = ANY (ARRAY['granted'::text, 'ended'::text]))) AND (expires_at > decided_at) AND ((expires_at - decided_at) <= '04:00:00'::interval))),
    CONSTRAINT support_access_minutes_range CHECK (((minutes >= 5) AND (minutes <= 240))),
    CONSTRAINT support_access_operator_name_length CHECK (((char_length(operator_name) >= 1) AND (char_length(operator_name) <= 120))),
    CONSTRAINT support_access_purpose_length CHECK (((char_length(purpose) >= 10) AND (char_length(purpose) <= 200))),
    CONSTRAINT support_access_state_known CHECK ((state = ANY (ARRAY['asked'::text, 'granted'::text, 'refused'::text, 'withdrawn'::text, 'ended'::text])))
);

ALTER TABLE ONLY app.support_access FORCE ROW LEVEL SECURITY;

ALTER TABLE app.support_access OWNER TO fence_owner;

CREATE TABLE app.support_sessions (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    access_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    ip text DEFAULT ''::text NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY app.support_sessions FORCE ROW LEVEL SECURITY;

ALTER TABLE app.support_sessions OWNER TO fence_owner;

CREATE TABLE app.tiers (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    "position" smallint NOT NULL,
    name text NOT NULL,
    style_id uuid NOT NULL,
    base_charge_cents bigint NOT NULL,
    adjustment_pct double precision NOT NULL,
    summary text NOT NULL,
    differences jsonb NOT NULL,
    warranty_years smallint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT tiers_adjustment_bounds CHECK (((adjustment_pct >= ('-90'::integer)::double precision) AND (adjustment_pct <= (1000)::double precision))),
    CONSTRAINT tiers_base_charge_bounds CHECK (((base_charge_cents >= 0) AND (base_charge_cents <= 100000000))),
    CONSTRAINT tiers_differences_listed CHECK ((jsonb_typeof(differences) = 'array'::text)),
    CONSTRAINT tiers_key_known CHECK ((key = ANY (ARRAY['basic'::text, 'premium'::text, 'elite'::text]))),
    CONSTRAINT tiers_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 40))),
    CONSTRAINT tiers_position_bounds CHECK ((("position" >= 1) AND ("position" <= 3))),
    CONSTRAINT tiers_summary_length CHECK ((char_length(summary) <= 200)),
    CONSTRAINT tiers_warranty_bounds CHECK (((warranty_years >= 0) AND (warranty_years <= 99)))
);

ALTER TABLE ONLY app.tiers FORCE ROW LEVEL SECURITY;

ALTER TABLE app.tiers OWNER TO fence_owner;

CREATE TABLE app.totp_secrets (
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY app.totp_secrets FORCE ROW LEVEL SECURITY;

ALTER TABLE app.totp_secrets OWNER TO fence_owner;

CREATE TABLE app.usage_counters (
    org_id uuid NOT NULL,
    metric text NOT NULL,
    period_start timestamp with time zone NOT NULL,
    period_end timestamp with time zone NOT NULL,
    used bigint NOT NULL,
    CONSTRAINT usage_counters_not_negative CHECK ((used >= 0)),
    CONSTRAINT usage_counters_period_in_order CHECK ((period_start < period_end))
)
WITH (fillfactor='50');

ALTER TABLE ONLY app.usage_counters FORCE ROW LEVEL SECURITY;

ALTER TABLE app.usage_counters OWNER TO fence_owner;

CREATE TABLE app.usage_events (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    metric text NOT NULL,
    quantity bigint NOT NULL,
    record_type text NOT NULL,
    record_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    period_start timestamp with time zone NOT NULL,
    kind text DEFAULT 'use'::text NOT NULL,
    reverses uuid,
    reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT usage_events_correction_says_why CHECK (((kind <> 'correction'::text) OR (reason <> ''::text))),
    CONSTRAINT usage_events_kind_known CHECK ((kind = ANY (ARRAY['use'::text, 'void'::text, 'carried'::text, 'correction'::text]))),
    CONSTRAINT usage_events_void_reverses CHECK (((kind = 'void'::text) = (reverses IS NOT NULL)))
);

ALTER TABLE ONLY app.usage_events FORCE ROW LEVEL SECURITY;

ALTER TABLE app.usage_events OWNER TO fence_owner;

CREATE TABLE app.usage_leases (
    org_id uuid NOT NULL,
    metric text NOT NULL,
    period_start timestamp with time zone NOT NULL,
    replica uuid NOT NULL,
    granted bigint NOT NULL,
    spent bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT usage_leases_spent_of_granted CHECK (((0 <= spent) AND (spent <= granted)))
)
WITH (fillfactor='50');

ALTER TABLE ONLY app.usage_leases FORCE ROW LEVEL SECURITY;

ALTER TABLE app.usage_leases OWNER TO fence_owner;

CREATE TABLE app.usage_levels (
    org_id uuid NOT NULL,
    metric text NOT NULL,
    used bigint NOT NULL,
    CONSTRAINT usage_levels_not_negative CHECK ((used >= 0))
)
WITH (fillfactor='50');

ALTER TABLE ONLY app.usage_levels FORCE ROW LEVEL SECURITY;

ALTER TABLE app.usage_levels OWNER TO fence_owner;

CREATE TABLE app.usage_warnings (
    org_id uuid NOT NULL,
    metric text NOT NULL,
    period_start timestamp with time zone NOT NULL,
    percent smallint NOT NULL,
    used bigint NOT NULL,
    limited_to bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    mailed_at timestamp with time zone,
    CONSTRAINT usage_warnings_percent_known CHECK ((percent = ANY (ARRAY[80, 100])))
);

ALTER TABLE ONLY app.usage_warnings FORCE ROW LEVEL SECURITY;

ALTER TABLE app.usage_warnings OWNER TO fence_owner;

CREATE TABLE app.users (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    email_lc text GENERATED ALWAYS AS (lower(email)) STORED NOT NULL,
    role text NOT NULL,
    password_hash text NOT NULL,
    email_verified_at timestamp with time zone,
    deactivated_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    security_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT users_email_length CHECK (((char_length(email) >= 3) AND (char_length(email) <= 254))),
    CONSTRAINT users_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    CONSTRAINT users_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'office'::text, 'estimator'::text, 'crew'::text, 'accountant'::text])))
);

ALTER TABLE ONLY app.users FORCE ROW LEVEL SECURITY;

ALTER TABLE app.users OWNER TO fence_owner;

CREATE TABLE platform.agreed_prices (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    monthly_cents bigint NOT NULL,
    price text DEFAULT ''::text NOT NULL,
    agreed_by text NOT NULL,
    agreed_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT agreed_prices_agreed_by_length CHECK (((char_length(agreed_by) >= 1) AND (char_length(agreed_by) <= 254))),
    CONSTRAINT agreed_prices_monthly_cents_range CHECK (((monthly_cents >= 100) AND (monthly_cents <= 100000000)))
);

ALTER TABLE platform.agreed_prices OWNER TO fence_owner;

CREATE TABLE platform.billing_customers (
    id text NOT NULL,
    org_id uuid,
    wanted bigint DEFAULT 0 NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    lease uuid,
    lease_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_error text DEFAULT ''::text NOT NULL,
    dead_at timestamp with time zone,
    known_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    read_at timestamp with time zone,
    gone_at timestamp with time zone,
    card_brand text DEFAULT ''::text NOT NULL,
    card_last4 text DEFAULT ''::text NOT NULL,
    card_exp_month integer,
    card_exp_year integer,
    told bigint DEFAULT 0 NOT NULL,
    card_hash bytea,
    CONSTRAINT billing_customers_card_ends CHECK (((card_exp_month IS NULL) = (card_exp_year IS NULL))),
    CONSTRAINT billing_customers_card_hash_length CHECK ((octet_length(card_hash) = 32)),
    CONSTRAINT billing_customers_done CHECK ((done <= wanted)),
    CONSTRAINT billing_customers_id_length CHECK (((char_length(id) >= 1) AND (char_length(id) <= 255))),
    CONSTRAINT billing_customers_lease CHECK (((lease IS NULL) = (lease_until IS NULL)))
);

ALTER TABLE platform.billing_customers OWNER TO fence_owner;

CREATE TABLE platform.billing_findings (
    kind text NOT NULL,
    about text NOT NULL,
    customer_id text NOT NULL,
    org_id uuid,
    amount bigint NOT NULL,
    found_at timestamp with time zone DEFAULT platform.now() NOT NULL,
    settled_at timestamp with time zone,
    settled_by text,
    currency text DEFAULT 'USD'::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT billing_findings_kind_known CHECK ((kind = ANY (ARRAY['paid_after_deletion'::text, 'pays_twice'::text, 'disputed'::text, 'dispute_lost'::text, 'other_currency'::text]))),
    CONSTRAINT billing_findings_note_length CHECK ((char_length(note) <= 200)),
    CONSTRAINT billing_findings_settled_by_somebody CHECK (((settled_at IS NULL) = (settled_by IS NULL)))
);

ALTER TABLE platform.billing_findings OWNER TO fence_owner;

CREATE TABLE platform.billing_hints (
    id text NOT NULL,
    type text NOT NULL,
    customer_id text,
    object_id text NOT NULL,
    api_version text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT billing_hints_id_length CHECK (((char_length(id) >= 1) AND (char_length(id) <= 255)))
);

ALTER TABLE platform.billing_hints OWNER TO fence_owner;

CREATE TABLE platform.charges (
    id text NOT NULL,
    customer_id text NOT NULL,
    intent text NOT NULL,
    invoice_id text,
    amount_cents bigint NOT NULL,
    refunded_cents bigint NOT NULL,
    currency text NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE platform.charges OWNER TO fence_owner;

CREATE TABLE platform.clock (
    one boolean DEFAULT true NOT NULL,
    ahead interval DEFAULT '00:00:00'::interval NOT NULL,
    movable boolean DEFAULT false NOT NULL,
    CONSTRAINT clock_single_row CHECK (one),
    CONSTRAINT clock_stands_still_in_production CHECK ((movable OR (ahead = '00:00:00'::interval)))
);

ALTER TABLE platform.clock OWNER TO fence_owner;

CREATE TABLE platform.disputes (
    id text NOT NULL,
    customer_id text NOT NULL,
    charge_id text NOT NULL,
    amount_cents bigint NOT NULL,
    taken_cents bigint NOT NULL,
    currency text NOT NULL,
    reason text NOT NULL,
    status text NOT NULL,
    decided boolean NOT NULL,
    answer_by timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    lost_at timestamp with time zone,
    CONSTRAINT disputes_lost CHECK (((lost_at IS NOT NULL) = (status = 'lost'::text)))
);

ALTER TABLE platform.disputes OWNER TO fence_owner;

CREATE TABLE platform.find_attempts (
    bucket text NOT NULL,
    asked integer NOT NULL,
    since timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE platform.find_attempts OWNER TO fence_owner;

CREATE TABLE platform.hosts (
    host text NOT NULL,
    org_id uuid NOT NULL,
    kind text NOT NULL,
    until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT hosts_forward_ends CHECK (((kind = 'primary'::text) = (until IS NULL))),
    CONSTRAINT hosts_host_form CHECK (((host ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'::text) AND (host !~ '--'::text))),
    CONSTRAINT hosts_kind_known CHECK ((kind = ANY (ARRAY['primary'::text, 'forward'::text, 'tombstone'::text])))
);

ALTER TABLE platform.hosts OWNER TO fence_owner;

CREATE TABLE platform.invoices (
    id text NOT NULL,
    customer_id text NOT NULL,
    subscription_id text,
    number text NOT NULL,
    status text NOT NULL,
    currency text NOT NULL,
    total_cents bigint NOT NULL,
    paid_cents bigint NOT NULL,
    open_cents bigint NOT NULL,
    attempts bigint NOT NULL,
    next_attempt_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    finalized_at timestamp with time zone,
    due_at timestamp with time zone,
    page_url text NOT NULL,
    pdf_url text NOT NULL,
    asks_person boolean DEFAULT false NOT NULL,
    CONSTRAINT invoices_currency_usd CHECK ((currency = 'USD'::text)),
    CONSTRAINT invoices_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'open'::text, 'paid'::text, 'uncollectible'::text, 'void'::text])))
);

ALTER TABLE platform.invoices OWNER TO fence_owner;

CREATE TABLE platform.mails (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone
);

ALTER TABLE platform.mails OWNER TO fence_owner;

CREATE TABLE platform.notices (
    id uuid NOT NULL,
    text text NOT NULL,
    until timestamp with time zone NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT notices_made_by_length CHECK (((char_length(made_by) >= 1) AND (char_length(made_by) <= 254))),
    CONSTRAINT notices_text_length CHECK (((char_length(text) >= 10) AND (char_length(text) <= 200))),
    CONSTRAINT notices_until_later CHECK ((until > made_at))
);

ALTER TABLE platform.notices OWNER TO fence_owner;

CREATE TABLE platform.operator_attempts (
    bucket text NOT NULL,
    failures integer NOT NULL,
    since timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE platform.operator_attempts OWNER TO fence_owner;

CREATE TABLE platform.operator_log (
    id uuid NOT NULL,
    org_id uuid,
    operator_id uuid,
    by_name text NOT NULL,
    action text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    facts jsonb DEFAULT '{}'::jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT operator_log_action_form CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT operator_log_by_name_length CHECK (((char_length(by_name) >= 1) AND (char_length(by_name) <= 254))),
    CONSTRAINT operator_log_reason_length CHECK ((char_length(reason) <= 200))
);

ALTER TABLE platform.operator_log OWNER TO fence_owner;

CREATE TABLE platform.operator_sessions (
    id uuid NOT NULL,
    operator_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    proved text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT operator_sessions_proved_known CHECK ((proved = ANY (ARRAY['password'::text, 'second_factor'::text]))),
    CONSTRAINT operator_sessions_short CHECK (((expires_at - created_at) <= '12:00:00'::interval))
);

ALTER TABLE platform.operator_sessions OWNER TO fence_owner;

CREATE TABLE platform.operators (
    id uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    email_lc text GENERATED ALWAYS AS (lower(email)) STORED NOT NULL,
    password_hash text DEFAULT ''::text NOT NULL,
    set_up_hash bytea,
    set_up_ends_at timestamp with time zone,
    totp_sealed bytea,
    totp_confirmed_at timestamp with time zone,
    totp_last_step bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT operators_email_length CHECK (((char_length(email) >= 3) AND (char_length(email) <= 254))),
    CONSTRAINT operators_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    CONSTRAINT operators_set_up_ends CHECK (((set_up_hash IS NULL) = (set_up_ends_at IS NULL))),
    CONSTRAINT operators_totp_has_secret CHECK (((totp_confirmed_at IS NULL) OR (totp_sealed IS NOT NULL)))
);

ALTER TABLE platform.operators OWNER TO fence_owner;

CREATE TABLE platform.organization_usage (
    org_id uuid NOT NULL,
    metric text NOT NULL,
    used bigint NOT NULL,
    period_start timestamp with time zone,
    period_end timestamp with time zone,
    CONSTRAINT organization_usage_period CHECK (((period_start IS NULL) = (period_end IS NULL)))
)
WITH (fillfactor='50');

ALTER TABLE platform.organization_usage OWNER TO fence_owner;

CREATE TABLE platform.organizations (
    org_id uuid NOT NULL,
    name text NOT NULL,
    plan text NOT NULL,
    trial_ends_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    plan_version integer DEFAULT 1 NOT NULL,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    second_factor_required boolean DEFAULT false NOT NULL,
    sign_on_only boolean DEFAULT false NOT NULL,
    last_active_at timestamp with time zone,
    deleted_at timestamp with time zone
);

ALTER TABLE platform.organizations OWNER TO fence_owner;

CREATE TABLE platform.owners (
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    confirmed_at timestamp with time zone
);

ALTER TABLE platform.owners OWNER TO fence_owner;

CREATE TABLE platform.payment_accounts (
    account text NOT NULL,
    org_id uuid NOT NULL,
    known_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT payment_accounts_account_length CHECK (((char_length(account) >= 1) AND (char_length(account) <= 255)))
);

ALTER TABLE platform.payment_accounts OWNER TO fence_owner;

CREATE TABLE platform.people_addresses (
    email_hash bytea NOT NULL,
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    CONSTRAINT people_addresses_hash_length CHECK ((octet_length(email_hash) = 32))
);

ALTER TABLE platform.people_addresses OWNER TO fence_owner;

CREATE TABLE platform.plan_overrides (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    limited_to bigint,
    reason text NOT NULL,
    until timestamp with time zone,
    granted_by text NOT NULL,
    granted_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_by text,
    CONSTRAINT plan_overrides_comp_ends CHECK (((kind <> 'comp'::text) OR (until IS NOT NULL))),
    CONSTRAINT plan_overrides_ended_by_somebody CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
    CONSTRAINT plan_overrides_ends_later CHECK ((until > granted_at)),
    CONSTRAINT plan_overrides_granted_by_length CHECK (((char_length(granted_by) >= 1) AND (char_length(granted_by) <= 254))),
    CONSTRAINT plan_overrides_hold_does_not CHECK (((kind <> 'hold'::text) OR (until IS NULL))),
    CONSTRAINT plan_overrides_kind_known CHECK ((kind = ANY (ARRAY['limit'::text, 'feature'::text, 'comp'::text, 'hold'::text]))),
    CONSTRAINT plan_overrides_limit_is_one CHECK (((kind = 'limit'::text) = (limited_to IS NOT NULL))),
    CONSTRAINT plan_overrides_limited_to_range CHECK ((limited_to >= '-1'::integer)),
    CONSTRAINT plan_overrides_reason_length CHECK (((char_length(reason) >= 3) AND (char_length(reason) <= 200))),
    CONSTRAINT plan_overrides_subject_named CHECK (((kind = ANY (ARRAY['limit'::text, 'feature'::text])) = (subject <> ''::text)))
);

ALTER TABLE platform.plan_overrides OWNER TO fence_owner;

CREATE TABLE platform.product_events (
    org_id uuid NOT NULL,
    event text NOT NULL,
    key text NOT NULL,
    detail text NOT NULL,
    version smallint DEFAULT 1 NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT product_events_detail_form CHECK ((detail ~ '^[a-z_]{0,40}$'::text)),
    CONSTRAINT product_events_event_known CHECK ((event = ANY (ARRAY['signup_submitted'::text, 'org_created'::text, 'email_verified'::text, 'first_login'::text, 'checklist_step_done'::text, 'first_quote_sent'::text, 'first_quote_viewed'::text, 'first_quote_accepted'::text, 'teammate_invited'::text, 'checkout_started'::text, 'subscription_started'::text, 'limit_warned'::text, 'limit_hit'::text, 'plan_changed'::text, 'churned'::text]))),
    CONSTRAINT product_events_key_length CHECK ((char_length(key) <= 300))
);

ALTER TABLE platform.product_events OWNER TO fence_owner;

CREATE TABLE platform.sign_up_counts (
    bucket text NOT NULL,
    tried integer NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT sign_up_counts_bucket_length CHECK (((char_length(bucket) >= 1) AND (char_length(bucket) <= 300)))
);

ALTER TABLE platform.sign_up_counts OWNER TO fence_owner;

CREATE TABLE platform.sign_up_intents (
    key text NOT NULL,
    org_id uuid NOT NULL,
    request_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_up_intents_key_length CHECK (((char_length(key) >= 16) AND (char_length(key) <= 255)))
);

ALTER TABLE platform.sign_up_intents OWNER TO fence_owner;

CREATE TABLE platform.sign_ups (
    org_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    utm_source text DEFAULT ''::text NOT NULL
);

ALTER TABLE platform.sign_ups OWNER TO fence_owner;

CREATE TABLE platform.subscriptions (
    id text NOT NULL,
    customer_id text NOT NULL,
    status text NOT NULL,
    plan text NOT NULL,
    plan_version integer NOT NULL,
    extra_users bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    period_start timestamp with time zone NOT NULL,
    period_end timestamp with time zone NOT NULL,
    cancel_at timestamp with time zone,
    cancel_at_period_end boolean NOT NULL,
    collection_paused boolean NOT NULL,
    ended_at timestamp with time zone,
    next_plan text DEFAULT ''::text NOT NULL,
    next_plan_version integer DEFAULT 0 NOT NULL,
    next_plan_at timestamp with time zone,
    CONSTRAINT subscriptions_extra_users_some CHECK ((extra_users >= 0)),
    CONSTRAINT subscriptions_next_plan_has_a_date CHECK (((next_plan = ''::text) = (next_plan_at IS NULL))),
    CONSTRAINT subscriptions_status_known CHECK ((status = ANY (ARRAY['active'::text, 'trialing'::text, 'past_due'::text, 'unpaid'::text, 'paused'::text, 'incomplete'::text, 'canceled'::text, 'incomplete_expired'::text])))
);

ALTER TABLE platform.subscriptions OWNER TO fence_owner;

CREATE TABLE platform.support_access (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    operator_id uuid NOT NULL,
    purpose text NOT NULL,
    writes boolean NOT NULL,
    minutes integer NOT NULL,
    state text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone
);

ALTER TABLE platform.support_access OWNER TO fence_owner;

CREATE TABLE platform.trial_redemptions (
    kind text NOT NULL,
    hash bytea NOT NULL,
    org_id uuid NOT NULL,
    redeemed_at timestamp with time zone NOT NULL,
    CONSTRAINT trial_redemptions_hash_length CHECK ((octet_length(hash) = 32)),
    CONSTRAINT trial_redemptions_kind_known CHECK ((kind = ANY (ARRAY['email'::text, 'phone'::text, 'card'::text])))
);

ALTER TABLE platform.trial_redemptions OWNER TO fence_owner;

CREATE TABLE shared.pricing_zone_members (
    zone_id uuid NOT NULL,
    kind text NOT NULL,
    low text NOT NULL,
    high text NOT NULL,
    CONSTRAINT pricing_zone_members_form CHECK (
CASE kind
    WHEN 'zip5'::text THEN ((low ~ '^\d{5}$'::text) AND (high = low))
    WHEN 'range'::text THEN ((low ~ '^\d{5}$'::text) AND (high ~ '^\d{5}$'::text) AND (low <= high))
    WHEN 'zip3'::text THEN ((low ~ '^\d{3}$'::text) AND (high = low))
    WHEN 'state'::text THEN ((low ~ '^[A-Z]{2}$'::text) AND (high = low))
    WHEN 'default'::text THEN ((low = ''::text) AND (high = ''::text))
    ELSE false
END)
);

ALTER TABLE shared.pricing_zone_members OWNER TO fence_owner;

CREATE TABLE shared.pricing_zones (
    id uuid NOT NULL,
    name text NOT NULL,
    priority smallint NOT NULL,
    material_factor double precision NOT NULL,
    labor_factor double precision NOT NULL,
    equipment_factor double precision NOT NULL,
    sample boolean NOT NULL,
    source_note text NOT NULL,
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    CONSTRAINT pricing_zones_equipment_factor_check CHECK (((equipment_factor >= (0.1)::double precision) AND (equipment_factor <= (10)::double precision))),
    CONSTRAINT pricing_zones_labor_factor_check CHECK (((labor_factor >= (0.1)::double precision) AND (labor_factor <= (10)::double precision))),
    CONSTRAINT pricing_zones_material_factor_check CHECK (((material_factor >= (0.1)::double precision) AND (material_factor <= (10)::double precision))),
    CONSTRAINT pricing_zones_valid_in_order CHECK ((valid_from < valid_until))
);

ALTER TABLE shared.pricing_zones OWNER TO fence_owner;

CREATE TABLE vault.keys (
    id text NOT NULL,
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL,
    installed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT keys_id_form CHECK ((id ~ '^[0-9a-f]{8}$'::text)),
    CONSTRAINT keys_inner_pad_length CHECK ((octet_length(inner_pad) = 64)),
    CONSTRAINT keys_outer_pad_length CHECK ((octet_length(outer_pad) = 64))
);

ALTER TABLE vault.keys OWNER TO fence_vault;

ALTER TABLE ONLY app.acceptances
    ADD CONSTRAINT acceptances_one_winner UNIQUE (org_id, quote_id);

ALTER TABLE ONLY app.acceptances
    ADD CONSTRAINT acceptances_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.acceptances
    ADD CONSTRAINT acceptances_version_once UNIQUE (org_id, version_id);

ALTER TABLE ONLY app.adopted_quotes
    ADD CONSTRAINT adopted_quotes_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.adoption_tables
    ADD CONSTRAINT adoption_tables_pkey PRIMARY KEY (org_id, adoption_id, source_table);

ALTER TABLE ONLY app.adoptions
    ADD CONSTRAINT adoptions_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.appointments
    ADD CONSTRAINT appointments_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (org_id, seq);

ALTER TABLE ONLY app.audit_heads
    ADD CONSTRAINT audit_heads_pkey PRIMARY KEY (org_id);

ALTER TABLE ONLY app.blobs
    ADD CONSTRAINT blobs_pkey PRIMARY KEY (org_id, sha256);

ALTER TABLE ONLY app.business_hours
    ADD CONSTRAINT business_hours_pkey PRIMARY KEY (org_id, weekday);

ALTER TABLE ONLY app.canaries
    ADD CONSTRAINT canaries_pkey PRIMARY KEY (org_id);

ALTER TABLE ONLY app.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.file_forms
    ADD CONSTRAINT file_forms_pkey PRIMARY KEY (org_id, file_id, form);

ALTER TABLE ONLY app.files
    ADD CONSTRAINT files_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (org_id, actor_id, key);

ALTER TABLE ONLY app.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.jobs
    ADD CONSTRAINT jobs_of_version_once UNIQUE (org_id, version_id);

ALTER TABLE ONLY app.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.known_devices
    ADD CONSTRAINT known_devices_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.leads
    ADD CONSTRAINT leads_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.ledger_entries
    ADD CONSTRAINT ledger_entries_n_once UNIQUE (org_id, acceptance_id, n);

ALTER TABLE ONLY app.ledger_entries
    ADD CONSTRAINT ledger_entries_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.ledgers
    ADD CONSTRAINT ledgers_pkey PRIMARY KEY (org_id, acceptance_id);

ALTER TABLE ONLY app.mails
    ADD CONSTRAINT mails_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.materials
    ADD CONSTRAINT materials_key_once UNIQUE (org_id, key);

ALTER TABLE ONLY app.materials
    ADD CONSTRAINT materials_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.number_sequences
    ADD CONSTRAINT number_sequences_pkey PRIMARY KEY (org_id, kind, year);

ALTER TABLE ONLY app.one_time_codes
    ADD CONSTRAINT one_time_codes_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.online_payments
    ADD CONSTRAINT online_payments_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (org_id);

ALTER TABLE ONLY app.passkey_challenges
    ADD CONSTRAINT passkey_challenges_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.payment_accounts
    ADD CONSTRAINT payment_accounts_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.plan_acts
    ADD CONSTRAINT plan_acts_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.plan_notices
    ADD CONSTRAINT plan_notices_pkey PRIMARY KEY (org_id, kind, cause);

ALTER TABLE ONLY app.price_settings
    ADD CONSTRAINT price_settings_pkey PRIMARY KEY (org_id);

ALTER TABLE ONLY app.pricing_approvals
    ADD CONSTRAINT pricing_approvals_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.pricing_zone_members
    ADD CONSTRAINT pricing_zone_members_pkey PRIMARY KEY (org_id, zone_id, kind, low, high);

ALTER TABLE ONLY app.pricing_zones
    ADD CONSTRAINT pricing_zones_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.properties
    ADD CONSTRAINT properties_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.quote_documents
    ADD CONSTRAINT quote_documents_once UNIQUE (org_id, version_id, kind);

ALTER TABLE ONLY app.quote_documents
    ADD CONSTRAINT quote_documents_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.quote_lines
    ADD CONSTRAINT quote_lines_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.quote_links
    ADD CONSTRAINT quote_links_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.quote_options
    ADD CONSTRAINT quote_options_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.quote_options
    ADD CONSTRAINT quote_options_tier_once UNIQUE (org_id, version_id, tier);

ALTER TABLE ONLY app.quote_versions
    ADD CONSTRAINT quote_versions_n_once UNIQUE (org_id, quote_id, n);

ALTER TABLE ONLY app.quote_versions
    ADD CONSTRAINT quote_versions_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.quote_views
    ADD CONSTRAINT quote_views_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.quotes
    ADD CONSTRAINT quotes_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.roi_calculations
    ADD CONSTRAINT roi_calculations_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.role_views
    ADD CONSTRAINT role_views_pkey PRIMARY KEY (org_id, session_id);

ALTER TABLE ONLY app.seat_marks
    ADD CONSTRAINT seat_marks_pkey PRIMARY KEY (org_id, subscription_id, period_start);

ALTER TABLE ONLY app.service_areas
    ADD CONSTRAINT service_areas_pkey PRIMARY KEY (org_id, zip);

ALTER TABLE ONLY app.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.sign_in_failures
    ADD CONSTRAINT sign_in_failures_pkey PRIMARY KEY (org_id, bucket);

ALTER TABLE ONLY app.sign_in_steps
    ADD CONSTRAINT sign_in_steps_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.sign_on_attempts
    ADD CONSTRAINT sign_on_attempts_pkey PRIMARY KEY (org_id, token_hash);

ALTER TABLE ONLY app.sign_on_links
    ADD CONSTRAINT sign_on_links_pkey PRIMARY KEY (org_id, issuer, subject);

ALTER TABLE ONLY app.sign_on
    ADD CONSTRAINT sign_on_pkey PRIMARY KEY (org_id);

ALTER TABLE ONLY app.sketches
    ADD CONSTRAINT sketches_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.style_materials
    ADD CONSTRAINT style_materials_pkey PRIMARY KEY (org_id, style_id, item_key);

ALTER TABLE ONLY app.styles
    ADD CONSTRAINT styles_key_once UNIQUE (org_id, key);

ALTER TABLE ONLY app.styles
    ADD CONSTRAINT styles_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.support_access
    ADD CONSTRAINT support_access_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.support_sessions
    ADD CONSTRAINT support_sessions_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.tiers
    ADD CONSTRAINT tiers_key_once UNIQUE (org_id, key);

ALTER TABLE ONLY app.tiers
    ADD CONSTRAINT tiers_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.tiers
    ADD CONSTRAINT tiers_position_once UNIQUE (org_id, "position");

ALTER TABLE ONLY app.totp_secrets
    ADD CONSTRAINT totp_secrets_pkey PRIMARY KEY (org_id, user_id);

ALTER TABLE ONLY app.usage_counters
    ADD CONSTRAINT usage_counters_pkey PRIMARY KEY (org_id, metric, period_start);

ALTER TABLE ONLY app.usage_events
    ADD CONSTRAINT usage_events_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY app.usage_leases
    ADD CONSTRAINT usage_leases_pkey PRIMARY KEY (org_id, metric, period_start, replica);

ALTER TABLE ONLY app.usage_levels
    ADD CONSTRAINT usage_levels_pkey PRIMARY KEY (org_id, metric);

ALTER TABLE ONLY app.usage_warnings
    ADD CONSTRAINT usage_warnings_pkey PRIMARY KEY (org_id, metric, period_start, percent);

ALTER TABLE ONLY app.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY platform.agreed_prices
    ADD CONSTRAINT agreed_prices_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY platform.billing_customers
    ADD CONSTRAINT billing_customers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.billing_findings
    ADD CONSTRAINT billing_findings_pkey PRIMARY KEY (kind, about);

ALTER TABLE ONLY platform.billing_hints
    ADD CONSTRAINT billing_hints_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.charges
    ADD CONSTRAINT charges_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (one);

ALTER TABLE ONLY platform.disputes
    ADD CONSTRAINT disputes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.find_attempts
    ADD CONSTRAINT find_attempts_pkey PRIMARY KEY (bucket);

ALTER TABLE ONLY platform.hosts
    ADD CONSTRAINT hosts_pkey PRIMARY KEY (host);

ALTER TABLE ONLY platform.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.mails
    ADD CONSTRAINT mails_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY platform.notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.operator_attempts
    ADD CONSTRAINT operator_attempts_pkey PRIMARY KEY (bucket);

ALTER TABLE ONLY platform.operator_log
    ADD CONSTRAINT operator_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.operator_sessions
    ADD CONSTRAINT operator_sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.operator_sessions
    ADD CONSTRAINT operator_sessions_token UNIQUE (token_hash);

ALTER TABLE ONLY platform.operators
    ADD CONSTRAINT operators_email_once UNIQUE (email_lc);

ALTER TABLE ONLY platform.operators
    ADD CONSTRAINT operators_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.organization_usage
    ADD CONSTRAINT organization_usage_pkey PRIMARY KEY (org_id, metric);

ALTER TABLE ONLY platform.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (org_id);

ALTER TABLE ONLY platform.owners
    ADD CONSTRAINT owners_pkey PRIMARY KEY (org_id, user_id);

ALTER TABLE ONLY platform.payment_accounts
    ADD CONSTRAINT payment_accounts_pkey PRIMARY KEY (account);

ALTER TABLE ONLY platform.people_addresses
    ADD CONSTRAINT people_addresses_pkey PRIMARY KEY (email_hash, org_id);

ALTER TABLE ONLY platform.plan_overrides
    ADD CONSTRAINT plan_overrides_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY platform.product_events
    ADD CONSTRAINT product_events_pkey PRIMARY KEY (org_id, event, key);

ALTER TABLE ONLY platform.sign_up_counts
    ADD CONSTRAINT sign_up_counts_pkey PRIMARY KEY (bucket);

ALTER TABLE ONLY platform.sign_up_intents
    ADD CONSTRAINT sign_up_intents_pkey PRIMARY KEY (key);

ALTER TABLE ONLY platform.sign_ups
    ADD CONSTRAINT sign_ups_pkey PRIMARY KEY (org_id);

ALTER TABLE ONLY platform.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.support_access
    ADD CONSTRAINT support_access_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY platform.trial_redemptions
    ADD CONSTRAINT trial_redemptions_pkey PRIMARY KEY (kind, hash);

ALTER TABLE ONLY shared.pricing_zone_members
    ADD CONSTRAINT pricing_zone_members_pkey PRIMARY KEY (zone_id, kind, low, high);

ALTER TABLE ONLY shared.pricing_zones
    ADD CONSTRAINT pricing_zones_pkey PRIMARY KEY (id);

ALTER TABLE ONLY vault.keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (id);

CREATE INDEX adopted_quotes_newest ON app.adopted_quotes USING btree (org_id, created_at DESC, id DESC);

CREATE INDEX adopted_quotes_of_customer ON app.adopted_quotes USING btree (org_id, customer_id, created_at DESC) WHERE (customer_id IS NOT NULL);

CREATE UNIQUE INDEX adoptions_label_once ON app.adoptions USING btree (org_id, label);

CREATE UNIQUE INDEX api_keys_secret ON app.api_keys USING btree (org_id, secret_hash);

CREATE INDEX appointments_by_time ON app.appointments USING btree (org_id, starts_at, id);

CREATE INDEX appointments_of_assignee ON app.appointments USING btree (org_id, assignee_id, starts_at) WHERE (assignee_id IS NOT NULL);

CREATE INDEX audit_entries_by_time ON app.audit_entries USING btree (org_id, at);

CREATE INDEX audit_entries_of_action ON app.audit_entries USING btree (org_id, action, seq DESC);

CREATE INDEX audit_entries_of_actor ON app.audit_entries USING btree (org_id, actor_id, seq DESC);

CREATE INDEX audit_entries_of_record ON app.audit_entries USING btree (org_id, record_type, record_id, seq DESC);

CREATE INDEX audit_entries_on_behalf ON app.audit_entries USING btree (org_id, on_behalf_of, seq DESC) WHERE (on_behalf_of IS NOT NULL);

CREATE INDEX customers_newest ON app.customers USING btree (org_id, status, created_at DESC, id DESC);

CREATE UNIQUE INDEX customers_one_sample ON app.customers USING btree (org_id) WHERE is_sample;

CREATE INDEX customers_search ON app.customers USING gin (org_id, search_text ext.gin_trgm_ops);

CREATE INDEX file_forms_of_blob ON app.file_forms USING btree (org_id, sha256);

CREATE INDEX files_of_record ON app.files USING btree (org_id, record_type, record_id, id);

CREATE INDEX files_reserved ON app.files USING btree (org_id, reserved_until) WHERE (state = 'reserved'::text);

CREATE INDEX idempotency_keys_age ON app.idempotency_keys USING btree (org_id, created_at);

CREATE UNIQUE INDEX invitations_code ON app.invitations USING btree (org_id, code_hash);

CREATE UNIQUE INDEX invitations_one_open ON app.invitations USING btree (org_id, email_lc) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));

CREATE INDEX jobs_newest ON app.jobs USING btree (org_id, id DESC);

CREATE UNIQUE INDEX jobs_number_once ON app.jobs USING btree (org_id, number);

CREATE INDEX jobs_of_customer ON app.jobs USING btree (org_id, customer_id, id DESC);

CREATE INDEX jobs_waiting ON app.jobs USING btree (org_id, id) WHERE (waiting_reason IS NOT NULL);

CREATE UNIQUE INDEX known_devices_token ON app.known_devices USING btree (org_id, token_hash);

CREATE INDEX leads_newest ON app.leads USING btree (org_id, state, created_at DESC, id DESC);

CREATE INDEX leads_of_assignee ON app.leads USING btree (org_id, assigned_to) WHERE ((assigned_to IS NOT NULL) AND (closed_at IS NULL));

CREATE INDEX leads_of_customer ON app.leads USING btree (org_id, customer_id, created_at DESC, id DESC) WHERE (customer_id IS NOT NULL);

CREATE INDEX ledger_entries_by_day ON app.ledger_entries USING btree (org_id, day DESC, id DESC) WHERE (received_change_cents <> 0);

CREATE UNIQUE INDEX ledger_entries_provider_once ON app.ledger_entries USING btree (org_id, provider_id) WHERE (provider_id <> ''::text);

CREATE UNIQUE INDEX ledger_entries_voided_once ON app.ledger_entries USING btree (org_id, of_entry) WHERE (kind = 'void'::text);

CREATE INDEX mails_admitted ON app.mails USING btree (org_id, admitted_at) WHERE (admitted_at IS NOT NULL);

CREATE UNIQUE INDEX one_time_codes_code ON app.one_time_codes USING btree (org_id, code_hash);

CREATE INDEX online_payments_charge ON app.online_payments USING btree (org_id, charge) WHERE (charge <> ''::text);

CREATE INDEX online_payments_intent ON app.online_payments USING btree (org_id, intent) WHERE (intent <> ''::text);

CREATE INDEX online_payments_of ON app.online_payments USING btree (org_id, acceptance_id, id);

CREATE UNIQUE INDEX online_payments_one_open ON app.online_payments USING btree (org_id, acceptance_id) WHERE (state = ANY (ARRAY['open'::text, 'processing'::text]));

CREATE INDEX online_payments_session ON app.online_payments USING btree (org_id, session) WHERE (session <> ''::text);

CREATE UNIQUE INDEX passkeys_credential ON app.passkeys USING btree (org_id, credential_id);

CREATE UNIQUE INDEX payment_accounts_account_once ON app.payment_accounts USING btree (org_id, account) WHERE (account <> ''::text);

CREATE UNIQUE INDEX payment_accounts_one_in_use ON app.payment_accounts USING btree (org_id) WHERE (disconnected_at IS NULL);

CREATE INDEX plan_acts_newest ON app.plan_acts USING btree (org_id, asked_at DESC);

CREATE UNIQUE INDEX plan_acts_one_change ON app.plan_acts USING btree (org_id) WHERE ((kind <> 'checkout'::text) AND (state = 'asked'::text));

CREATE UNIQUE INDEX plan_acts_one_open_change ON app.plan_acts USING btree (org_id) WHERE ((kind <> 'checkout'::text) AND (state = 'open'::text));

CREATE UNIQUE INDEX plan_acts_one_open_checkout ON app.plan_acts USING btree (org_id) WHERE ((kind = 'checkout'::text) AND (state = ANY (ARRAY['asked'::text, 'open'::text])));

CREATE INDEX pricing_approvals_of_quote ON app.pricing_approvals USING btree (org_id, quote_id) WHERE (quote_id IS NOT NULL);

CREATE INDEX pricing_approvals_pending ON app.pricing_approvals USING btree (org_id, requested_at, id) WHERE (state = 'pending'::text);

CREATE INDEX properties_of_customer ON app.properties USING btree (org_id, customer_id, created_at, id);

CREATE UNIQUE INDEX quote_lines_extra_once ON app.quote_lines USING btree (org_id, option_id, extra_id) WHERE (extra_id IS NOT NULL);

CREATE INDEX quote_lines_of_option ON app.quote_lines USING btree (org_id, option_id, sort);

CREATE INDEX quote_links_of_quote ON app.quote_links USING btree (org_id, quote_id, id);

CREATE UNIQUE INDEX quote_links_token ON app.quote_links USING btree (org_id, token_hash);

CREATE UNIQUE INDEX quote_versions_one_draft ON app.quote_versions USING btree (org_id, quote_id) WHERE (state = 'draft'::text);

CREATE UNIQUE INDEX quote_versions_one_open ON app.quote_versions USING btree (org_id, quote_id) WHERE (state = 'sent'::text);

CREATE INDEX quote_views_of_link ON app.quote_views USING btree (org_id, link_id, at);

CREATE INDEX quote_views_of_quote ON app.quote_views USING btree (org_id, quote_id, id);

CREATE INDEX quotes_by_state ON app.quotes USING btree (org_id, state, id DESC);

CREATE INDEX quotes_drafts ON app.quotes USING btree (org_id, id DESC) WHERE (draft_n IS NOT NULL);

CREATE UNIQUE INDEX quotes_number_once ON app.quotes USING btree (org_id, number);

CREATE INDEX quotes_of_customer ON app.quotes USING btree (org_id, customer_id, id DESC);

CREATE INDEX quotes_of_property ON app.quotes USING btree (org_id, property_id, id DESC);

CREATE UNIQUE INDEX recovery_codes_code ON app.recovery_codes USING btree (org_id, user_id, code_hash);

CREATE INDEX roi_calculations_of_quote ON app.roi_calculations USING btree (org_id, quote_id) WHERE (quote_id IS NOT NULL);

CREATE UNIQUE INDEX sessions_family ON app.sessions USING btree (org_id, family_hash) WHERE (family_hash IS NOT NULL);

CREATE INDEX sessions_open ON app.sessions USING btree (org_id, user_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX sessions_token ON app.sessions USING btree (org_id, token_hash);

CREATE UNIQUE INDEX sign_in_steps_token ON app.sign_in_steps USING btree (org_id, token_hash);

CREATE INDEX sign_on_attempts_old ON app.sign_on_attempts USING btree (org_id, expires_at);

CREATE UNIQUE INDEX sign_on_links_once ON app.sign_on_links USING btree (org_id, user_id, issuer);

CREATE INDEX sketches_of_property ON app.sketches USING btree (org_id, property_id, id DESC);

CREATE INDEX style_materials_of_material ON app.style_materials USING btree (org_id, material_id);

CREATE INDEX support_access_by_time ON app.support_access USING btree (org_id, asked_at DESC, id DESC);

CREATE UNIQUE INDEX support_access_code ON app.support_access USING btree (org_id, code_hash) WHERE (code_hash IS NOT NULL);

CREATE INDEX support_access_decider ON app.support_access USING btree (org_id, decided_by) WHERE (decided_by IS NOT NULL);

CREATE UNIQUE INDEX support_access_one_question ON app.support_access USING btree (org_id, operator_id) WHERE (state = 'asked'::text);

CREATE INDEX support_access_running ON app.support_access USING btree (org_id, expires_at) WHERE (state = 'granted'::text);

CREATE INDEX support_sessions_of ON app.support_sessions USING btree (org_id, access_id);

CREATE UNIQUE INDEX support_sessions_token ON app.support_sessions USING btree (org_id, token_hash);

CREATE UNIQUE INDEX usage_events_counted_once ON app.usage_events USING btree (org_id, metric, record_id) WHERE (reverses IS NULL);

CREATE INDEX usage_events_of_period ON app.usage_events USING btree (org_id, metric, period_start, at, id);

CREATE UNIQUE INDEX usage_events_voided_once ON app.usage_events USING btree (org_id, reverses) WHERE (reverses IS NOT NULL);

CREATE UNIQUE INDEX users_email_once ON app.users USING btree (org_id, email_lc);

CREATE UNIQUE INDEX agreed_prices_one ON platform.agreed_prices USING btree (org_id) WHERE (ended_at IS NULL);

CREATE INDEX billing_customers_dirty ON platform.billing_customers USING btree (next_at) WHERE ((wanted > done) AND (dead_at IS NULL));

CREATE INDEX billing_customers_of ON platform.billing_customers USING btree (org_id);

CREATE INDEX billing_customers_to_tell ON platform.billing_customers USING btree (id) WHERE ((told < done) AND (org_id IS NOT NULL));

CREATE INDEX billing_findings_of ON platform.billing_findings USING btree (org_id);

CREATE INDEX billing_findings_open ON platform.billing_findings USING btree (found_at) WHERE (settled_at IS NULL);

CREATE INDEX billing_findings_settled ON platform.billing_findings USING btree (settled_at) WHERE (settled_at IS NOT NULL);

CREATE INDEX billing_hints_of ON platform.billing_hints USING btree (customer_id, received_at DESC);

CREATE INDEX billing_hints_old ON platform.billing_hints USING btree (received_at);

CREATE INDEX charges_of ON platform.charges USING btree (customer_id);

CREATE INDEX charges_of_intent ON platform.charges USING btree (intent);

CREATE INDEX charges_of_invoice ON platform.charges USING btree (invoice_id) WHERE (invoice_id IS NOT NULL);

CREATE INDEX disputes_of ON platform.disputes USING btree (customer_id);

CREATE UNIQUE INDEX hosts_one_primary ON platform.hosts USING btree (org_id) WHERE (kind = 'primary'::text);

CREATE INDEX invoices_of ON platform.invoices USING btree (customer_id, created_at DESC);

CREATE INDEX mails_of ON platform.mails USING btree (org_id, created_at DESC);

CREATE INDEX mails_old ON platform.mails USING btree (created_at);

CREATE UNIQUE INDEX notices_one ON platform.notices USING btree ((true)) WHERE (ended_at IS NULL);

CREATE INDEX operator_log_newest ON platform.operator_log USING btree (at DESC, id DESC);

CREATE INDEX operator_log_of ON platform.operator_log USING btree (org_id, at DESC, id DESC) WHERE (org_id IS NOT NULL);

CREATE INDEX operator_sessions_of ON platform.operator_sessions USING btree (operator_id);

CREATE UNIQUE INDEX operators_set_up ON platform.operators USING btree (set_up_hash);

CREATE INDEX organizations_newest ON platform.organizations USING btree (created_at DESC, org_id DESC);

CREATE INDEX payment_accounts_of ON platform.payment_accounts USING btree (org_id);

CREATE UNIQUE INDEX people_addresses_of_person ON platform.people_addresses USING btree (org_id, user_id);

CREATE UNIQUE INDEX plan_overrides_one_of_a_kind ON platform.plan_overrides USING btree (org_id, kind, subject) WHERE (ended_at IS NULL);

CREATE INDEX subscriptions_of ON platform.subscriptions USING btree (customer_id);

CREATE INDEX support_access_of_operator ON platform.support_access USING btree (operator_id, asked_at DESC, id DESC);

CREATE TRIGGER mails_note AFTER INSERT OR UPDATE OF sent_at ON app.mails FOR EACH ROW EXECUTE FUNCTION platform.note_mail();

CREATE TRIGGER organizations_note AFTER INSERT OR UPDATE OF name, plan, plan_version, trial_ends_at, time_zone, second_factor_required ON app.organizations FOR EACH ROW EXECUTE FUNCTION platform.note_organization();

CREATE TRIGGER sessions_note AFTER INSERT OR UPDATE OF last_used_at ON app.sessions FOR EACH ROW EXECUTE FUNCTION platform.note_activity();

CREATE TRIGGER sign_on_note AFTER INSERT OR UPDATE OF enabled, only_way ON app.sign_on FOR EACH ROW EXECUTE FUNCTION platform.note_sign_on();

CREATE TRIGGER usage_counters_note AFTER INSERT OR UPDATE OF used ON app.usage_counters FOR EACH ROW EXECUTE FUNCTION platform.note_counter();

CREATE TRIGGER usage_levels_note AFTER INSERT OR UPDATE OF used ON app.usage_levels FOR EACH ROW EXECUTE FUNCTION platform.note_level();

CREATE TRIGGER users_note_address AFTER INSERT OR DELETE OR UPDATE OF email, deactivated_at ON app.users FOR EACH ROW EXECUTE FUNCTION platform.note_person_address();

CREATE TRIGGER users_note_owner AFTER INSERT OR UPDATE OF role, email_verified_at ON app.users FOR EACH ROW EXECUTE FUNCTION platform.note_owner();

CREATE TRIGGER operator_log_tell AFTER INSERT ON platform.operator_log FOR EACH ROW WHEN ((new.org_id IS NOT NULL)) EXECUTE FUNCTION platform.tell_company();

ALTER TABLE ONLY app.acceptances
    ADD CONSTRAINT acceptances_link_fk FOREIGN KEY (org_id, link_id) REFERENCES app.quote_links(org_id, id);

ALTER TABLE ONLY app.acceptances
    ADD CONSTRAINT acceptances_option_fk FOREIGN KEY (org_id, option_id) REFERENCES app.quote_options(org_id, id);

ALTER TABLE ONLY app.acceptances
    ADD CONSTRAINT acceptances_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes(org_id, id);

ALTER TABLE ONLY app.acceptances
    ADD CONSTRAINT acceptances_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions(org_id, id);

ALTER TABLE ONLY app.adopted_quotes
    ADD CONSTRAINT adopted_quotes_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions(org_id, id);

ALTER TABLE ONLY app.adopted_quotes
    ADD CONSTRAINT adopted_quotes_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers(org_id, id);

ALTER TABLE ONLY app.adopted_quotes
    ADD CONSTRAINT adopted_quotes_lead_fk FOREIGN KEY (org_id, lead_id) REFERENCES app.leads(org_id, id);

ALTER TABLE ONLY app.adopted_quotes
    ADD CONSTRAINT adopted_quotes_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.adoption_tables
    ADD CONSTRAINT adoption_tables_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions(org_id, id);

ALTER TABLE ONLY app.adoptions
    ADD CONSTRAINT adoptions_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.api_keys
    ADD CONSTRAINT api_keys_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.appointments
    ADD CONSTRAINT appointments_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions(org_id, id);

ALTER TABLE ONLY app.appointments
    ADD CONSTRAINT appointments_assignee_fk FOREIGN KEY (org_id, assignee_id) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.appointments
    ADD CONSTRAINT appointments_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers(org_id, id);

ALTER TABLE ONLY app.appointments
    ADD CONSTRAINT appointments_lead_fk FOREIGN KEY (org_id, lead_id) REFERENCES app.leads(org_id, id);

ALTER TABLE ONLY app.appointments
    ADD CONSTRAINT appointments_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.appointments
    ADD CONSTRAINT appointments_property_fk FOREIGN KEY (org_id, property_id) REFERENCES app.properties(org_id, id);

ALTER TABLE ONLY app.audit_entries
    ADD CONSTRAINT audit_entries_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.audit_heads
    ADD CONSTRAINT audit_heads_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.blobs
    ADD CONSTRAINT blobs_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.business_hours
    ADD CONSTRAINT business_hours_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.customers
    ADD CONSTRAINT customers_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions(org_id, id);

ALTER TABLE ONLY app.customers
    ADD CONSTRAINT customers_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.file_forms
    ADD CONSTRAINT file_forms_blob_fk FOREIGN KEY (org_id, sha256) REFERENCES app.blobs(org_id, sha256);

ALTER TABLE ONLY app.file_forms
    ADD CONSTRAINT file_forms_file_fk FOREIGN KEY (org_id, file_id) REFERENCES app.files(org_id, id);

ALTER TABLE ONLY app.files
    ADD CONSTRAINT files_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.idempotency_keys
    ADD CONSTRAINT idempotency_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY app.invitations
    ADD CONSTRAINT invitations_invited_by_fk FOREIGN KEY (org_id, invited_by) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.jobs
    ADD CONSTRAINT jobs_acceptance_fk FOREIGN KEY (org_id, acceptance_id) REFERENCES app.acceptances(org_id, id);

ALTER TABLE ONLY app.jobs
    ADD CONSTRAINT jobs_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers(org_id, id);

ALTER TABLE ONLY app.jobs
    ADD CONSTRAINT jobs_property_fk FOREIGN KEY (org_id, property_id) REFERENCES app.properties(org_id, id);

ALTER TABLE ONLY app.jobs
    ADD CONSTRAINT jobs_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes(org_id, id);

ALTER TABLE ONLY app.jobs
    ADD CONSTRAINT jobs_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions(org_id, id);

ALTER TABLE ONLY app.known_devices
    ADD CONSTRAINT known_devices_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.leads
    ADD CONSTRAINT leads_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions(org_id, id);

ALTER TABLE ONLY app.leads
    ADD CONSTRAINT leads_assigned_to_fk FOREIGN KEY (org_id, assigned_to) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.leads
    ADD CONSTRAINT leads_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers(org_id, id);

ALTER TABLE ONLY app.leads
    ADD CONSTRAINT leads_merged_into_fk FOREIGN KEY (org_id, merged_into_id) REFERENCES app.leads(org_id, id);

ALTER TABLE ONLY app.leads
    ADD CONSTRAINT leads_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.leads
    ADD CONSTRAINT leads_property_fk FOREIGN KEY (org_id, property_id) REFERENCES app.properties(org_id, id);

ALTER TABLE ONLY app.ledger_entries
    ADD CONSTRAINT ledger_entries_ledger_fk FOREIGN KEY (org_id, acceptance_id) REFERENCES app.ledgers(org_id, acceptance_id);

ALTER TABLE ONLY app.ledger_entries
    ADD CONSTRAINT ledger_entries_of_fk FOREIGN KEY (org_id, of_entry) REFERENCES app.ledger_entries(org_id, id);

ALTER TABLE ONLY app.ledgers
    ADD CONSTRAINT ledgers_acceptance_fk FOREIGN KEY (org_id, acceptance_id) REFERENCES app.acceptances(org_id, id);

ALTER TABLE ONLY app.mails
    ADD CONSTRAINT mails_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.materials
    ADD CONSTRAINT materials_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.number_sequences
    ADD CONSTRAINT number_sequences_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.one_time_codes
    ADD CONSTRAINT one_time_codes_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.online_payments
    ADD CONSTRAINT online_payments_ledger_fk FOREIGN KEY (org_id, acceptance_id) REFERENCES app.ledgers(org_id, acceptance_id);

ALTER TABLE ONLY app.online_payments
    ADD CONSTRAINT online_payments_link_fk FOREIGN KEY (org_id, link_id) REFERENCES app.quote_links(org_id, id);

ALTER TABLE ONLY app.online_payments
    ADD CONSTRAINT online_payments_said_fk FOREIGN KEY (org_id, said_entry) REFERENCES app.ledger_entries(org_id, id);

ALTER TABLE ONLY app.passkey_challenges
    ADD CONSTRAINT passkey_challenges_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.passkey_challenges
    ADD CONSTRAINT passkey_challenges_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.passkeys
    ADD CONSTRAINT passkeys_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.payment_accounts
    ADD CONSTRAINT payment_accounts_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.plan_acts
    ADD CONSTRAINT plan_acts_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.plan_notices
    ADD CONSTRAINT plan_notices_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.price_settings
    ADD CONSTRAINT price_settings_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.pricing_approvals
    ADD CONSTRAINT pricing_approvals_adopted_quote_fk FOREIGN KEY (org_id, adopted_quote_id) REFERENCES app.adopted_quotes(org_id, id);

ALTER TABLE ONLY app.pricing_approvals
    ADD CONSTRAINT pricing_approvals_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions(org_id, id);

ALTER TABLE ONLY app.pricing_approvals
    ADD CONSTRAINT pricing_approvals_decided_by_fk FOREIGN KEY (org_id, decided_by) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.pricing_approvals
    ADD CONSTRAINT pricing_approvals_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.pricing_approvals
    ADD CONSTRAINT pricing_approvals_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes(org_id, id);

ALTER TABLE ONLY app.pricing_approvals
    ADD CONSTRAINT pricing_approvals_requested_by_fk FOREIGN KEY (org_id, requested_by) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.pricing_zone_members
    ADD CONSTRAINT pricing_zone_members_zone_fk FOREIGN KEY (org_id, zone_id) REFERENCES app.pricing_zones(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY app.pricing_zones
    ADD CONSTRAINT pricing_zones_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.properties
    ADD CONSTRAINT properties_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions(org_id, id);

ALTER TABLE ONLY app.properties
    ADD CONSTRAINT properties_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers(org_id, id);

ALTER TABLE ONLY app.quote_documents
    ADD CONSTRAINT quote_documents_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes(org_id, id);

ALTER TABLE ONLY app.quote_documents
    ADD CONSTRAINT quote_documents_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions(org_id, id);

ALTER TABLE ONLY app.quote_lines
    ADD CONSTRAINT quote_lines_option_fk FOREIGN KEY (org_id, option_id) REFERENCES app.quote_options(org_id, id);

ALTER TABLE ONLY app.quote_links
    ADD CONSTRAINT quote_links_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes(org_id, id);

ALTER TABLE ONLY app.quote_links
    ADD CONSTRAINT quote_links_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions(org_id, id);

ALTER TABLE ONLY app.quote_options
    ADD CONSTRAINT quote_options_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions(org_id, id);

ALTER TABLE ONLY app.quote_versions
    ADD CONSTRAINT quote_versions_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes(org_id, id);

ALTER TABLE ONLY app.quote_views
    ADD CONSTRAINT quote_views_link_fk FOREIGN KEY (org_id, link_id) REFERENCES app.quote_links(org_id, id);

ALTER TABLE ONLY app.quote_views
    ADD CONSTRAINT quote_views_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes(org_id, id);

ALTER TABLE ONLY app.quote_views
    ADD CONSTRAINT quote_views_version_fk FOREIGN KEY (org_id, version_id) REFERENCES app.quote_versions(org_id, id);

ALTER TABLE ONLY app.quotes
    ADD CONSTRAINT quotes_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers(org_id, id);

ALTER TABLE ONLY app.quotes
    ADD CONSTRAINT quotes_property_fk FOREIGN KEY (org_id, property_id) REFERENCES app.properties(org_id, id);

ALTER TABLE ONLY app.quotes
    ADD CONSTRAINT quotes_sketch_fk FOREIGN KEY (org_id, sketch_id) REFERENCES app.sketches(org_id, id);

ALTER TABLE ONLY app.recovery_codes
    ADD CONSTRAINT recovery_codes_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.roi_calculations
    ADD CONSTRAINT roi_calculations_adopted_quote_fk FOREIGN KEY (org_id, adopted_quote_id) REFERENCES app.adopted_quotes(org_id, id);

ALTER TABLE ONLY app.roi_calculations
    ADD CONSTRAINT roi_calculations_adoption_fk FOREIGN KEY (org_id, adoption_id) REFERENCES app.adoptions(org_id, id);

ALTER TABLE ONLY app.roi_calculations
    ADD CONSTRAINT roi_calculations_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers(org_id, id);

ALTER TABLE ONLY app.roi_calculations
    ADD CONSTRAINT roi_calculations_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.roi_calculations
    ADD CONSTRAINT roi_calculations_quote_fk FOREIGN KEY (org_id, quote_id) REFERENCES app.quotes(org_id, id);

ALTER TABLE ONLY app.role_views
    ADD CONSTRAINT role_views_session_fk FOREIGN KEY (org_id, session_id) REFERENCES app.sessions(org_id, id);

ALTER TABLE ONLY app.seat_marks
    ADD CONSTRAINT seat_marks_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.service_areas
    ADD CONSTRAINT service_areas_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.sessions
    ADD CONSTRAINT sessions_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.sign_in_failures
    ADD CONSTRAINT sign_in_failures_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.sign_in_steps
    ADD CONSTRAINT sign_in_steps_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.sign_on_attempts
    ADD CONSTRAINT sign_on_attempts_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.sign_on_links
    ADD CONSTRAINT sign_on_links_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.sign_on
    ADD CONSTRAINT sign_on_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.sketches
    ADD CONSTRAINT sketches_property_fk FOREIGN KEY (org_id, property_id) REFERENCES app.properties(org_id, id);

ALTER TABLE ONLY app.style_materials
    ADD CONSTRAINT style_materials_material_fk FOREIGN KEY (org_id, material_id) REFERENCES app.materials(org_id, id);

ALTER TABLE ONLY app.style_materials
    ADD CONSTRAINT style_materials_style_fk FOREIGN KEY (org_id, style_id) REFERENCES app.styles(org_id, id);

ALTER TABLE ONLY app.styles
    ADD CONSTRAINT styles_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.support_access
    ADD CONSTRAINT support_access_decided_by_fk FOREIGN KEY (org_id, decided_by) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.support_access
    ADD CONSTRAINT support_access_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.support_sessions
    ADD CONSTRAINT support_sessions_access_fk FOREIGN KEY (org_id, access_id) REFERENCES app.support_access(org_id, id);

ALTER TABLE ONLY app.tiers
    ADD CONSTRAINT tiers_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.tiers
    ADD CONSTRAINT tiers_style_fk FOREIGN KEY (org_id, style_id) REFERENCES app.styles(org_id, id);

ALTER TABLE ONLY app.totp_secrets
    ADD CONSTRAINT totp_secrets_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users(org_id, id);

ALTER TABLE ONLY app.usage_counters
    ADD CONSTRAINT usage_counters_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.usage_events
    ADD CONSTRAINT usage_events_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.usage_events
    ADD CONSTRAINT usage_events_reverses_fk FOREIGN KEY (org_id, reverses) REFERENCES app.usage_events(org_id, id);

ALTER TABLE ONLY app.usage_leases
    ADD CONSTRAINT usage_leases_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.usage_levels
    ADD CONSTRAINT usage_levels_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.usage_warnings
    ADD CONSTRAINT usage_warnings_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY app.users
    ADD CONSTRAINT users_org_id_fkey FOREIGN KEY (org_id) REFERENCES app.organizations(org_id);

ALTER TABLE ONLY platform.agreed_prices
    ADD CONSTRAINT agreed_prices_org_id_fkey FOREIGN KEY (org_id) REFERENCES platform.organizations(org_id);

ALTER TABLE ONLY platform.billing_customers
    ADD CONSTRAINT billing_customers_org_id_fkey FOREIGN KEY (org_id) REFERENCES platform.organizations(org_id);

ALTER TABLE ONLY platform.billing_findings
    ADD CONSTRAINT billing_findings_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES platform.billing_customers(id);

ALTER TABLE ONLY platform.billing_findings
    ADD CONSTRAINT billing_findings_org_id_fkey FOREIGN KEY (org_id) REFERENCES platform.organizations(org_id);

ALTER TABLE ONLY platform.charges
    ADD CONSTRAINT charges_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES platform.billing_customers(id);

ALTER TABLE ONLY platform.disputes
    ADD CONSTRAINT disputes_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES platform.billing_customers(id);

ALTER TABLE ONLY platform.invoices
    ADD CONSTRAINT invoices_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES platform.billing_customers(id);

ALTER TABLE ONLY platform.operator_log
    ADD CONSTRAINT operator_log_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES platform.operators(id);

ALTER TABLE ONLY platform.operator_sessions
    ADD CONSTRAINT operator_sessions_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES platform.operators(id);

ALTER TABLE ONLY platform.payment_accounts
    ADD CONSTRAINT payment_accounts_org_id_fkey FOREIGN KEY (org_id) REFERENCES platform.organizations(org_id);

ALTER TABLE ONLY platform.plan_overrides
    ADD CONSTRAINT plan_overrides_org_id_fkey FOREIGN KEY (org_id) REFERENCES platform.organizations(org_id);

ALTER TABLE ONLY platform.sign_ups
    ADD CONSTRAINT sign_ups_org_id_fkey FOREIGN KEY (org_id) REFERENCES platform.organizations(org_id);

ALTER TABLE ONLY platform.subscriptions
    ADD CONSTRAINT subscriptions_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES platform.billing_customers(id);

ALTER TABLE ONLY platform.support_access
    ADD CONSTRAINT support_access_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES platform.operators(id);

ALTER TABLE ONLY shared.pricing_zone_members
    ADD CONSTRAINT pricing_zone_members_zone_id_fkey FOREIGN KEY (zone_id) REFERENCES shared.pricing_zones(id);

ALTER TABLE app.acceptances ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.adopted_quotes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.adoption_tables ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.adoptions ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.api_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.appointments ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.audit_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.audit_heads ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.blobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.business_hours ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.canaries ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.customers ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.file_forms ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.files ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.invitations ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.known_devices ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.leads ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.ledger_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.ledgers ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.mails ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.materials ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.number_sequences ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.one_time_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.online_payments ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.organizations ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.passkey_challenges ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.passkeys ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.payment_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.plan_acts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.plan_notices ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.price_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.pricing_approvals ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.pricing_zone_members ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.pricing_zones ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.properties ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.quote_documents ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.quote_lines ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.quote_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.quote_options ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.quote_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.quote_views ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.quotes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.recovery_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.roi_calculations ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.role_views ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.seat_marks ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.service_areas ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.sign_in_failures ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.sign_in_steps ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.sign_on ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.sign_on_attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.sign_on_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.sketches ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.style_materials ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.styles ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.support_access ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.support_sessions ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_allow ON app.acceptances USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.adopted_quotes USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.adoption_tables USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.adoptions USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.api_keys USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.appointments USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.audit_entries USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.audit_heads USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.blobs USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.business_hours USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.canaries USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.customers USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.file_forms USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.files USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.idempotency_keys USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.invitations USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.jobs USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.known_devices USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.leads USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.ledger_entries USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.ledgers USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.mails USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.materials USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.number_sequences USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.one_time_codes USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.online_payments USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.organizations USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.passkey_challenges USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.passkeys USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.payment_accounts USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.plan_acts USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.plan_notices USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.price_settings USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.pricing_approvals USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.pricing_zone_members USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.pricing_zones USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.properties USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.quote_documents USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.quote_lines USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.quote_links USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.quote_options USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.quote_versions USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.quote_views USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.quotes USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.recovery_codes USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.roi_calculations USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.role_views USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.seat_marks USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.service_areas USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.sessions USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.sign_in_failures USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.sign_in_steps USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.sign_on USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.sign_on_attempts USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.sign_on_links USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.sketches USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.style_materials USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.styles USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.support_access USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.support_sessions USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.tiers USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.totp_secrets USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.usage_counters USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.usage_events USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.usage_leases USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.usage_levels USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.usage_warnings USING (true) WITH CHECK (true);

CREATE POLICY tenant_allow ON app.users USING (true) WITH CHECK (true);

CREATE POLICY tenant_wall ON app.acceptances AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.adopted_quotes AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.adoption_tables AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.adoptions AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.api_keys AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.appointments AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.audit_entries AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.audit_heads AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.blobs AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.business_hours AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.canaries AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.customers AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.file_forms AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.files AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.idempotency_keys AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.invitations AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.jobs AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.known_devices AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.leads AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.ledger_entries AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.ledgers AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.mails AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.materials AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.number_sequences AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.one_time_codes AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.online_payments AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.organizations AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.passkey_challenges AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.passkeys AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.payment_accounts AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.plan_acts AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.plan_notices AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.price_settings AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.pricing_approvals AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.pricing_zone_members AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.pricing_zones AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.properties AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.quote_documents AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.quote_lines AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.quote_links AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.quote_options AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.quote_versions AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.quote_views AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.quotes AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.recovery_codes AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.roi_calculations AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.role_views AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.seat_marks AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.service_areas AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.sessions AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.sign_in_failures AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.sign_in_steps AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.sign_on AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.sign_on_attempts AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.sign_on_links AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.sketches AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.style_materials AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.styles AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.support_access AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.support_sessions AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.tiers AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.totp_secrets AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.usage_counters AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.usage_events AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.usage_leases AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.usage_levels AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.usage_warnings AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

CREATE POLICY tenant_wall ON app.users AS RESTRICTIVE USING ((org_id = ( SELECT app.org_id() AS org_id))) WITH CHECK ((org_id = ( SELECT app.org_id() AS org_id)));

ALTER TABLE app.tiers ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.totp_secrets ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.usage_counters ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.usage_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.usage_leases ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.usage_levels ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.usage_warnings ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.users ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA app TO fence_app;
GRANT USAGE ON SCHEMA app TO fence_search;
GRANT USAGE ON SCHEMA app TO fence_backup;
GRANT USAGE ON SCHEMA app TO fence_vault;

GRANT USAGE ON SCHEMA platform TO fence_app;
GRANT USAGE ON SCHEMA platform TO fence_system;
GRANT USAGE ON SCHEMA platform TO fence_backup;

GRANT USAGE ON SCHEMA shared TO fence_app;
GRANT USAGE ON SCHEMA shared TO fence_backup;

GRANT USAGE ON SCHEMA vault TO fence_app;

REVOKE ALL ON FUNCTION app.now() FROM PUBLIC;
GRANT ALL ON FUNCTION app.now() TO fence_app;
GRANT ALL ON FUNCTION app.now() TO fence_system;
GRANT ALL ON FUNCTION app.now() TO fence_search;

REVOKE ALL ON FUNCTION app.search_customers(patterns text[], wanted_status text, before timestamp with time zone, before_id uuid, at_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.search_customers(patterns text[], wanted_status text, before timestamp with time zone, before_id uuid, at_most integer) TO fence_app;

REVOKE ALL ON FUNCTION platform.claim_host(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.claim_host(wanted text) TO fence_app;

REVOKE ALL ON FUNCTION platform.claim_payment_account(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.claim_payment_account(wanted text) TO fence_app;

REVOKE ALL ON FUNCTION platform.count_finding(wanted text, during interval, OUT asked integer, OUT remaining interval) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.count_finding(wanted text, during interval, OUT asked integer, OUT remaining interval) TO fence_system;

REVOKE ALL ON FUNCTION platform.count_sign_up(wanted text, more integer, during interval, OUT tried integer, OUT remaining interval) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.count_sign_up(wanted text, more integer, during interval, OUT tried integer, OUT remaining interval) TO fence_app;

REVOKE ALL ON FUNCTION platform.find_companies(email text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.find_companies(email text) TO fence_system;

REVOKE ALL ON FUNCTION platform.find_host(wanted text, OUT org_id uuid, OUT kind text, OUT primary_host text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.find_host(wanted text, OUT org_id uuid, OUT kind text, OUT primary_host text) TO fence_app;

REVOKE ALL ON FUNCTION platform.forget_product_events() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.forget_product_events() TO fence_app;

REVOKE ALL ON FUNCTION platform.forget_sign_up_intents(after interval) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.forget_sign_up_intents(after interval) TO fence_system;

REVOKE ALL ON FUNCTION platform.intend_sign_up(wanted_key text, wanted_org uuid, wanted_hash bytea, OUT org_id uuid, OUT request_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.intend_sign_up(wanted_key text, wanted_org uuid, wanted_hash bytea, OUT org_id uuid, OUT request_hash bytea) TO fence_app;

REVOKE ALL ON FUNCTION platform.invoices_to_tell() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.invoices_to_tell() TO fence_app;

REVOKE ALL ON FUNCTION platform.note_activity() FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.note_counter() FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.note_level() FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.note_mail() FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.note_organization() FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.note_owner() FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.note_person_address() FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.note_product_event(what text, of_key text, of_detail text, happened timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.note_product_event(what text, of_key text, of_detail text, happened timestamp with time zone) TO fence_app;

REVOKE ALL ON FUNCTION platform.note_sign_on() FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.note_support(access uuid, operator uuid, purpose text, writes boolean, minutes integer, state text, asked_at timestamp with time zone, expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.note_support(access uuid, operator uuid, purpose text, writes boolean, minutes integer, state text, asked_at timestamp with time zone, expires_at timestamp with time zone) TO fence_app;

REVOKE ALL ON FUNCTION platform.now() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.now() TO fence_system;

REVOKE ALL ON FUNCTION platform.operator_works(operator uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.operator_works(operator uuid) TO fence_app;

REVOKE ALL ON FUNCTION platform.own_invoices() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.own_invoices() TO fence_app;

REVOKE ALL ON FUNCTION platform.plan_standing() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.plan_standing() TO fence_app;

REVOKE ALL ON PROCEDURE platform.raise_wall(IN tenant_table regclass, IN app_rights text) FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.redeem_card() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.redeem_card() TO fence_app;

REVOKE ALL ON FUNCTION platform.redeem_trial(by_kind text, by_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.redeem_trial(by_kind text, by_hash bytea) TO fence_app;

REVOKE ALL ON FUNCTION platform.standing_of(org uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.standing_of(org uuid) TO fence_system;

REVOKE ALL ON FUNCTION platform.summarize_organization(name text, plan text, trial_ends_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.summarize_organization(name text, plan text, trial_ends_at timestamp with time zone) TO fence_app;

REVOKE ALL ON FUNCTION platform.tell_company() FROM PUBLIC;

REVOKE ALL ON FUNCTION vault.enter(context text) FROM PUBLIC;
GRANT ALL ON FUNCTION vault.enter(context text) TO fence_app;

REVOKE ALL ON FUNCTION vault.key_ages() FROM PUBLIC;
GRANT ALL ON FUNCTION vault.key_ages() TO fence_app;

REVOKE ALL ON PROCEDURE vault.take_form(IN form text) FROM PUBLIC;

REVOKE ALL ON FUNCTION vault.why_refused(context text) FROM PUBLIC;

GRANT SELECT,INSERT ON TABLE app.acceptances TO fence_app;
GRANT SELECT ON TABLE app.acceptances TO fence_backup;

GRANT SELECT,INSERT ON TABLE app.adopted_quotes TO fence_app;
GRANT SELECT ON TABLE app.adopted_quotes TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.adoption_tables TO fence_app;
GRANT SELECT ON TABLE app.adoption_tables TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.adoptions TO fence_app;
GRANT SELECT ON TABLE app.adoptions TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.api_keys TO fence_app;
GRANT SELECT ON TABLE app.api_keys TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.appointments TO fence_app;
GRANT SELECT ON TABLE app.appointments TO fence_backup;

GRANT SELECT,INSERT ON TABLE app.audit_entries TO fence_app;
GRANT SELECT ON TABLE app.audit_entries TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.audit_heads TO fence_app;
GRANT SELECT ON TABLE app.audit_heads TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.blobs TO fence_app;
GRANT SELECT ON TABLE app.blobs TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.business_hours TO fence_app;
GRANT SELECT ON TABLE app.business_hours TO fence_backup;

GRANT SELECT ON TABLE app.canaries TO fence_app;
GRANT SELECT ON TABLE app.canaries TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.customers TO fence_app;
GRANT SELECT ON TABLE app.customers TO fence_backup;

GRANT SELECT(org_id) ON TABLE app.customers TO fence_search;

GRANT SELECT(id) ON TABLE app.customers TO fence_search;

GRANT SELECT(status) ON TABLE app.customers TO fence_search;

GRANT SELECT(created_at) ON TABLE app.customers TO fence_search;

GRANT SELECT(search_text) ON TABLE app.customers TO fence_search;

GRANT SELECT,INSERT,DELETE ON TABLE app.file_forms TO fence_app;
GRANT SELECT ON TABLE app.file_forms TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.files TO fence_app;
GRANT SELECT ON TABLE app.files TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.idempotency_keys TO fence_app;
GRANT SELECT ON TABLE app.idempotency_keys TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.invitations TO fence_app;
GRANT SELECT ON TABLE app.invitations TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.jobs TO fence_app;
GRANT SELECT ON TABLE app.jobs TO fence_backup;

GRANT SELECT,INSERT,DELETE ON TABLE app.known_devices TO fence_app;
GRANT SELECT ON TABLE app.known_devices TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.leads TO fence_app;
GRANT SELECT ON TABLE app.leads TO fence_backup;

GRANT SELECT,INSERT ON TABLE app.ledger_entries TO fence_app;
GRANT SELECT ON TABLE app.ledger_entries TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.ledgers TO fence_app;
GRANT SELECT ON TABLE app.ledgers TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.mails TO fence_app;
GRANT SELECT ON TABLE app.mails TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.materials TO fence_app;
GRANT SELECT ON TABLE app.materials TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.number_sequences TO fence_app;
GRANT SELECT ON TABLE app.number_sequences TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.one_time_codes TO fence_app;
GRANT SELECT ON TABLE app.one_time_codes TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.online_payments TO fence_app;
GRANT SELECT ON TABLE app.online_payments TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.organizations TO fence_app;
GRANT SELECT ON TABLE app.organizations TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.passkey_challenges TO fence_app;
GRANT SELECT ON TABLE app.passkey_challenges TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.passkeys TO fence_app;
GRANT SELECT ON TABLE app.passkeys TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.payment_accounts TO fence_app;
GRANT SELECT ON TABLE app.payment_accounts TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.plan_acts TO fence_app;
GRANT SELECT ON TABLE app.plan_acts TO fence_backup;

GRANT SELECT,INSERT ON TABLE app.plan_notices TO fence_app;
GRANT SELECT ON TABLE app.plan_notices TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.price_settings TO fence_app;
GRANT SELECT ON TABLE app.price_settings TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.pricing_approvals TO fence_app;
GRANT SELECT ON TABLE app.pricing_approvals TO fence_backup;

GRANT SELECT,INSERT,DELETE ON TABLE app.pricing_zone_members TO fence_app;
GRANT SELECT ON TABLE app.pricing_zone_members TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.pricing_zones TO fence_app;
GRANT SELECT ON TABLE app.pricing_zones TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.properties TO fence_app;
GRANT SELECT ON TABLE app.properties TO fence_backup;

GRANT SELECT,INSERT ON TABLE app.quote_documents TO fence_app;
GRANT SELECT ON TABLE app.quote_documents TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.quote_lines TO fence_app;
GRANT SELECT ON TABLE app.quote_lines TO fence_backup;

GRANT SELECT,INSERT ON TABLE app.quote_links TO fence_app;
GRANT SELECT ON TABLE app.quote_links TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.quote_options TO fence_app;
GRANT SELECT ON TABLE app.quote_options TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.quote_versions TO fence_app;
GRANT SELECT ON TABLE app.quote_versions TO fence_backup;

GRANT SELECT,INSERT ON TABLE app.quote_views TO fence_app;
GRANT SELECT ON TABLE app.quote_views TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.quotes TO fence_app;
GRANT SELECT ON TABLE app.quotes TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.recovery_codes TO fence_app;
GRANT SELECT ON TABLE app.recovery_codes TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.roi_calculations TO fence_app;
GRANT SELECT ON TABLE app.roi_calculations TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.role_views TO fence_app;
GRANT SELECT ON TABLE app.role_views TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.seat_marks TO fence_app;
GRANT SELECT ON TABLE app.seat_marks TO fence_backup;

GRANT SELECT,INSERT,DELETE ON TABLE app.service_areas TO fence_app;
GRANT SELECT ON TABLE app.service_areas TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.sessions TO fence_app;
GRANT SELECT ON TABLE app.sessions TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.sign_in_failures TO fence_app;
GRANT SELECT ON TABLE app.sign_in_failures TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.sign_in_steps TO fence_app;
GRANT SELECT ON TABLE app.sign_in_steps TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.sign_on TO fence_app;
GRANT SELECT ON TABLE app.sign_on TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.sign_on_attempts TO fence_app;
GRANT SELECT ON TABLE app.sign_on_attempts TO fence_backup;

GRANT SELECT,INSERT,DELETE ON TABLE app.sign_on_links TO fence_app;
GRANT SELECT ON TABLE app.sign_on_links TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.sketches TO fence_app;
GRANT SELECT ON TABLE app.sketches TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.style_materials TO fence_app;
GRANT SELECT ON TABLE app.style_materials TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.styles TO fence_app;
GRANT SELECT ON TABLE app.styles TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.support_access TO fence_app;
GRANT SELECT ON TABLE app.support_access TO fence_backup;

GRANT SELECT,INSERT ON TABLE app.support_sessions TO fence_app;
GRANT SELECT ON TABLE app.support_sessions TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.tiers TO fence_app;
GRANT SELECT ON TABLE app.tiers TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.totp_secrets TO fence_app;
GRANT SELECT ON TABLE app.totp_secrets TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.usage_counters TO fence_app;
GRANT SELECT ON TABLE app.usage_counters TO fence_backup;

GRANT SELECT,INSERT ON TABLE app.usage_events TO fence_app;
GRANT SELECT ON TABLE app.usage_events TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.usage_leases TO fence_app;
GRANT SELECT ON TABLE app.usage_leases TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.usage_levels TO fence_app;
GRANT SELECT ON TABLE app.usage_levels TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.usage_warnings TO fence_app;
GRANT SELECT ON TABLE app.usage_warnings TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE app.users TO fence_app;
GRANT SELECT ON TABLE app.users TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE platform.agreed_prices TO fence_system;
GRANT SELECT ON TABLE platform.agreed_prices TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE platform.billing_customers TO fence_system;
GRANT SELECT ON TABLE platform.billing_customers TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE platform.billing_findings TO fence_system;
GRANT SELECT ON TABLE platform.billing_findings TO fence_backup;

GRANT SELECT,INSERT,DELETE ON TABLE platform.billing_hints TO fence_system;
GRANT SELECT ON TABLE platform.billing_hints TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE platform.charges TO fence_system;
GRANT SELECT ON TABLE platform.charges TO fence_backup;

GRANT SELECT ON TABLE platform.clock TO fence_system;
GRANT SELECT ON TABLE platform.clock TO fence_backup;

GRANT UPDATE(ahead) ON TABLE platform.clock TO fence_system;

GRANT SELECT,INSERT,UPDATE ON TABLE platform.disputes TO fence_system;
GRANT SELECT ON TABLE platform.disputes TO fence_backup;

GRANT SELECT ON TABLE platform.find_attempts TO fence_backup;

GRANT SELECT ON TABLE platform.hosts TO fence_system;
GRANT SELECT ON TABLE platform.hosts TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE platform.invoices TO fence_system;
GRANT SELECT ON TABLE platform.invoices TO fence_backup;

GRANT SELECT,DELETE ON TABLE platform.mails TO fence_system;
GRANT SELECT ON TABLE platform.mails TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE platform.notices TO fence_system;
GRANT SELECT ON TABLE platform.notices TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE platform.operator_attempts TO fence_system;
GRANT SELECT ON TABLE platform.operator_attempts TO fence_backup;

GRANT SELECT,INSERT ON TABLE platform.operator_log TO fence_system;
GRANT SELECT ON TABLE platform.operator_log TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE platform.operator_sessions TO fence_system;
GRANT SELECT ON TABLE platform.operator_sessions TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE platform.operators TO fence_system;
GRANT SELECT ON TABLE platform.operators TO fence_backup;

GRANT SELECT ON TABLE platform.organization_usage TO fence_system;
GRANT SELECT ON TABLE platform.organization_usage TO fence_backup;

GRANT SELECT ON TABLE platform.organizations TO fence_system;
GRANT SELECT ON TABLE platform.organizations TO fence_backup;

GRANT SELECT ON TABLE platform.owners TO fence_system;
GRANT SELECT ON TABLE platform.owners TO fence_backup;

GRANT SELECT ON TABLE platform.payment_accounts TO fence_system;
GRANT SELECT ON TABLE platform.payment_accounts TO fence_backup;

GRANT SELECT ON TABLE platform.people_addresses TO fence_backup;

GRANT SELECT,INSERT,UPDATE ON TABLE platform.plan_overrides TO fence_system;
GRANT SELECT ON TABLE platform.plan_overrides TO fence_backup;

GRANT SELECT ON TABLE platform.product_events TO fence_system;
GRANT SELECT ON TABLE platform.product_events TO fence_backup;

GRANT SELECT ON TABLE platform.sign_up_counts TO fence_backup;

GRANT SELECT ON TABLE platform.sign_up_intents TO fence_backup;

GRANT SELECT,INSERT ON TABLE platform.sign_ups TO fence_system;
GRANT SELECT ON TABLE platform.sign_ups TO fence_backup;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE platform.subscriptions TO fence_system;
GRANT SELECT ON TABLE platform.subscriptions TO fence_backup;

GRANT SELECT ON TABLE platform.support_access TO fence_system;
GRANT SELECT ON TABLE platform.support_access TO fence_backup;

GRANT SELECT ON TABLE platform.trial_redemptions TO fence_system;
GRANT SELECT ON TABLE platform.trial_redemptions TO fence_backup;

GRANT SELECT ON TABLE shared.pricing_zone_members TO fence_app;
GRANT SELECT ON TABLE shared.pricing_zone_members TO fence_backup;

GRANT SELECT ON TABLE shared.pricing_zones TO fence_app;
GRANT SELECT ON TABLE shared.pricing_zones TO fence_backup;

CREATE POLICY tasks_of_the_organization ON tasks.river_job TO fence_app USING (((args ->> 'org_id'::text))::uuid = ( SELECT app.org_id() AS org_id)) WITH CHECK (((args ->> 'org_id'::text))::uuid = ( SELECT app.org_id() AS org_id));
CREATE POLICY tasks_of_the_owner ON tasks.river_job TO fence_owner USING true WITH CHECK true;
CREATE POLICY tasks_of_the_runner ON tasks.river_job TO fence_system USING true WITH CHECK true;
