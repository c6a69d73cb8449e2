-- +goose Up
-- What operators see of a company without entering it, and what they do about it. Every row here is written in the
-- transaction of the fact that it tells, most of them by the database itself, so that no way to the fact can forget it.
-- Nothing of a company's customers is in any of it.

ALTER TABLE platform.organizations
	ADD COLUMN plan_version           int NOT NULL DEFAULT 1,
	ADD COLUMN time_zone              text NOT NULL DEFAULT 'UTC',
	ADD COLUMN second_factor_required boolean NOT NULL DEFAULT false,
	ADD COLUMN sign_on_only           boolean NOT NULL DEFAULT false, -- no other way in, but for owners
	ADD COLUMN last_active_at         timestamptz; -- somebody's log-in or request, to the hour
CREATE INDEX organizations_newest ON platform.organizations (created_at DESC, org_id DESC);

-- Owners, to tell whether one has confirmed the e-mail address. Neither name nor address: platform.people_addresses has
-- the address's hash.
CREATE TABLE platform.owners (
	org_id       uuid NOT NULL,
	user_id      uuid NOT NULL,
	confirmed_at timestamptz,
	PRIMARY KEY (org_id, user_id)
);

-- How much of what a plan limits is used: of the present period, or (without a period) at the moment.
CREATE TABLE platform.organization_usage (
	org_id       uuid NOT NULL,
	metric       text NOT NULL,
	used         bigint NOT NULL,
	period_start timestamptz,
	period_end   timestamptz,
	PRIMARY KEY (org_id, metric),
	CONSTRAINT organization_usage_period CHECK ((period_start IS NULL) = (period_end IS NULL))
) WITH (fillfactor = 50);

-- Mails, without to whom or about what. Kept 90 days.
CREATE TABLE platform.mails (
	org_id     uuid NOT NULL,
	id         uuid NOT NULL,
	kind       text NOT NULL,
	created_at timestamptz NOT NULL,
	sent_at    timestamptz,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX mails_of ON platform.mails (org_id, created_at DESC);
CREATE INDEX mails_old ON platform.mails (created_at);

-- What operators did, append only. About a company it is also written into the company's own log, by a task that is
-- enqueued with the row.
CREATE TABLE platform.operator_log (
	id          uuid PRIMARY KEY,
	org_id      uuid, -- NULL: about no company
	operator_id uuid REFERENCES platform.operators, -- NULL: on the command line
	by_name     text NOT NULL CONSTRAINT operator_log_by_name_length CHECK (char_length(by_name) BETWEEN 1 AND 254),
	action      text NOT NULL CONSTRAINT operator_log_action_form CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
	reason      text NOT NULL DEFAULT '' CONSTRAINT operator_log_reason_length CHECK (char_length(reason) <= 200),
	facts       jsonb NOT NULL DEFAULT '{}',
	at          timestamptz NOT NULL
);
CREATE INDEX operator_log_newest ON platform.operator_log (at DESC, id DESC);
CREATE INDEX operator_log_of ON platform.operator_log (org_id, at DESC, id DESC) WHERE org_id IS NOT NULL;

-- What a company on Enterprise pays a month, as agreed with it.
CREATE TABLE platform.agreed_prices (
	org_id        uuid NOT NULL REFERENCES platform.organizations,
	id            uuid NOT NULL,
	monthly_cents bigint NOT NULL CONSTRAINT agreed_prices_monthly_cents_range CHECK (monthly_cents BETWEEN 100 AND 100000000),
	price         text NOT NULL DEFAULT '', -- at the payment provider; empty until it was made there
	agreed_by     text NOT NULL CONSTRAINT agreed_prices_agreed_by_length CHECK (char_length(agreed_by) BETWEEN 1 AND 254),
	agreed_at     timestamptz NOT NULL,
	ended_at      timestamptz,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX agreed_prices_one ON platform.agreed_prices (org_id) WHERE ended_at IS NULL;

-- One sentence that everybody reads on every page until a date.
CREATE TABLE platform.notices (
	id       uuid PRIMARY KEY,
	text     text NOT NULL CONSTRAINT notices_text_length CHECK (char_length(text) BETWEEN 10 AND 200),
	until    timestamptz NOT NULL,
	made_by  text NOT NULL CONSTRAINT notices_made_by_length CHECK (char_length(made_by) BETWEEN 1 AND 254),
	made_at  timestamptz NOT NULL,
	ended_at timestamptz,
	CONSTRAINT notices_until_later CHECK (until > made_at)
);
CREATE UNIQUE INDEX notices_one ON platform.notices ((true)) WHERE ended_at IS NULL;

GRANT SELECT ON platform.owners, platform.organization_usage TO fence_system;
GRANT SELECT, DELETE ON platform.mails TO fence_system;
GRANT SELECT, INSERT ON platform.operator_log TO fence_system;
GRANT SELECT, INSERT, UPDATE ON platform.agreed_prices, platform.notices TO fence_system;
GRANT SELECT ON platform.owners, platform.organization_usage, platform.mails, platform.operator_log, platform.agreed_prices, platform.notices TO fence_backup;

-- The rows of before.
UPDATE platform.organizations p SET plan_version = o.plan_version, time_zone = o.time_zone, second_factor_required = o.second_factor_required,
	sign_on_only = EXISTS (SELECT FROM app.sign_on s WHERE s.org_id = o.org_id AND s.enabled AND s.only_way),
	last_active_at = (SELECT max(coalesce(s.last_used_at, s.created_at)) FROM app.sessions s WHERE s.org_id = o.org_id)
FROM app.organizations o WHERE o.org_id = p.org_id;
INSERT INTO platform.owners (org_id, user_id, confirmed_at) SELECT org_id, id, email_verified_at FROM app.users WHERE role = 'owner';
INSERT INTO platform.organization_usage (org_id, metric, used, period_start, period_end)
SELECT DISTINCT ON (org_id, metric) org_id, metric, used, period_start, period_end FROM app.usage_counters ORDER BY org_id, metric, period_start DESC;
INSERT INTO platform.organization_usage (org_id, metric, used) SELECT org_id, metric, used FROM app.usage_levels ON CONFLICT DO NOTHING;
INSERT INTO platform.mails (org_id, id, kind, created_at, sent_at) SELECT org_id, id, kind, created_at, sent_at FROM app.mails WHERE created_at > now() - interval '90 days';

-- +goose StatementBegin
CREATE FUNCTION platform.note_organization() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO platform.organizations AS p (org_id, name, plan, plan_version, trial_ends_at, time_zone, second_factor_required, created_at)
	VALUES (NEW.org_id, NEW.name, NEW.plan, NEW.plan_version, NEW.trial_ends_at, NEW.time_zone, NEW.second_factor_required, NEW.created_at)
	ON CONFLICT (org_id) DO UPDATE SET name = excluded.name, plan = excluded.plan, plan_version = excluded.plan_version, trial_ends_at = excluded.trial_ends_at,
		time_zone = excluded.time_zone, second_factor_required = excluded.second_factor_required;
	RETURN NULL;
END
$$;
CREATE FUNCTION platform.note_sign_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE platform.organizations p SET sign_on_only = NEW.enabled AND NEW.only_way WHERE p.org_id = NEW.org_id;
	RETURN NULL;
END
$$;
CREATE FUNCTION platform.note_owner() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
-- A correction of an older period tells nothing of the present one.
CREATE FUNCTION platform.note_counter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO platform.organization_usage AS p (org_id, metric, used, period_start, period_end)
	VALUES (NEW.org_id, NEW.metric, NEW.used, NEW.period_start, NEW.period_end)
	ON CONFLICT (org_id, metric) DO UPDATE SET used = excluded.used, period_start = excluded.period_start, period_end = excluded.period_end
	WHERE p.period_start IS NULL OR p.period_start <= excluded.period_start;
	RETURN NULL;
END
$$;
CREATE FUNCTION platform.note_level() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO platform.organization_usage AS p (org_id, metric, used) VALUES (NEW.org_id, NEW.metric, NEW.used)
	ON CONFLICT (org_id, metric) DO UPDATE SET used = excluded.used;
	RETURN NULL;
END
$$;
CREATE FUNCTION platform.note_mail() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO platform.mails AS p (org_id, id, kind, created_at, sent_at) VALUES (NEW.org_id, NEW.id, NEW.kind, NEW.created_at, NEW.sent_at)
	ON CONFLICT (org_id, id) DO UPDATE SET sent_at = excluded.sent_at;
	RETURN NULL;
END
$$;
-- To the hour: the row is everybody's in the company, and no request is to wait for it.
CREATE FUNCTION platform.note_activity() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE platform.organizations p SET last_active_at = coalesce(NEW.last_used_at, NEW.created_at)
	WHERE p.org_id = NEW.org_id AND (p.last_active_at IS NULL OR p.last_active_at < coalesce(NEW.last_used_at, NEW.created_at) - interval '1 hour');
	RETURN NULL;
END
$$;
-- What an operator did about a company stands in the company's own log too: the task is enqueued with the line.
CREATE FUNCTION platform.tell_company() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO tasks.river_job (kind, args, max_attempts) VALUES ('note_operator_act', jsonb_build_object('org_id', NEW.org_id, 'act_id', NEW.id), 25);
	RETURN NULL;
END
$$;
-- What entitlements are derived from beside the organization's own row, of any organization. For the system's role; a
-- company's own transactions ask platform.plan_standing().
CREATE FUNCTION platform.standing_of(org uuid) RETURNS jsonb
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
CREATE OR REPLACE FUNCTION platform.plan_standing() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN platform.standing_of(app.org_id());
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.note_organization(), platform.note_sign_on(), platform.note_owner(), platform.note_counter(), platform.note_level(),
	platform.note_mail(), platform.note_activity(), platform.tell_company(), platform.standing_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.standing_of(uuid) TO fence_system;

-- After: the wall has judged the row by then.
CREATE TRIGGER organizations_note AFTER INSERT OR UPDATE OF name, plan, plan_version, trial_ends_at, time_zone, second_factor_required ON app.organizations
	FOR EACH ROW EXECUTE FUNCTION platform.note_organization();
CREATE TRIGGER sign_on_note AFTER INSERT OR UPDATE OF enabled, only_way ON app.sign_on FOR EACH ROW EXECUTE FUNCTION platform.note_sign_on();
CREATE TRIGGER users_note_owner AFTER INSERT OR UPDATE OF role, email_verified_at ON app.users FOR EACH ROW EXECUTE FUNCTION platform.note_owner();
CREATE TRIGGER usage_counters_note AFTER INSERT OR UPDATE OF used ON app.usage_counters FOR EACH ROW EXECUTE FUNCTION platform.note_counter();
CREATE TRIGGER usage_levels_note AFTER INSERT OR UPDATE OF used ON app.usage_levels FOR EACH ROW EXECUTE FUNCTION platform.note_level();
CREATE TRIGGER mails_note AFTER INSERT OR UPDATE OF sent_at ON app.mails FOR EACH ROW EXECUTE FUNCTION platform.note_mail();
CREATE TRIGGER sessions_note AFTER INSERT OR UPDATE OF last_used_at ON app.sessions FOR EACH ROW EXECUTE FUNCTION platform.note_activity();
CREATE TRIGGER operator_log_tell AFTER INSERT ON platform.operator_log FOR EACH ROW WHEN (NEW.org_id IS NOT NULL) EXECUTE FUNCTION platform.tell_company();

-- +goose Down
DROP TRIGGER sessions_note ON app.sessions;
DROP TRIGGER mails_note ON app.mails;
DROP TRIGGER usage_levels_note ON app.usage_levels;
DROP TRIGGER usage_counters_note ON app.usage_counters;
DROP TRIGGER users_note_owner ON app.users;
DROP TRIGGER sign_on_note ON app.sign_on;
DROP TRIGGER organizations_note ON app.organizations;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION platform.plan_standing() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	org uuid := app.org_id();
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
DROP TABLE platform.notices, platform.agreed_prices, platform.operator_log, platform.mails, platform.organization_usage, platform.owners;
DROP FUNCTION platform.standing_of(uuid);
DROP FUNCTION platform.note_organization(), platform.note_sign_on(), platform.note_owner(), platform.note_counter(), platform.note_level(),
	platform.note_mail(), platform.note_activity(), platform.tell_company();
DROP INDEX platform.organizations_newest;
ALTER TABLE platform.organizations DROP COLUMN plan_version, DROP COLUMN time_zone, DROP COLUMN second_factor_required, DROP COLUMN sign_on_only, DROP COLUMN last_active_at;
