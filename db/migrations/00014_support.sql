-- +goose Up
-- Operators of the platform: accounts of their own at the apex, a second factor always. And what lets one of them see
-- a company: asked for with a purpose, granted by the company's owner, four hours at most.

CREATE TABLE platform.operators (
	id                uuid PRIMARY KEY,
	name              text NOT NULL CONSTRAINT operators_name_length CHECK (char_length(name) BETWEEN 1 AND 120),
	email             text NOT NULL CONSTRAINT operators_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
	email_lc          text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED CONSTRAINT operators_email_once UNIQUE,
	password_hash     text NOT NULL DEFAULT '', -- empty until the set-up link was used
	set_up_hash       bytea, -- of the link's code; NULL once it was used
	set_up_ends_at    timestamptz,
	totp_sealed       bytea, -- encrypted with a key that is not in the database
	totp_confirmed_at timestamptz,
	totp_last_step    bigint NOT NULL DEFAULT 0, -- of the last code that was taken: no code is taken twice
	created_at        timestamptz NOT NULL,
	disabled_at       timestamptz,
	CONSTRAINT operators_set_up_ends CHECK ((set_up_hash IS NULL) = (set_up_ends_at IS NULL)),
	CONSTRAINT operators_totp_has_secret CHECK (totp_confirmed_at IS NULL OR totp_sealed IS NOT NULL)
);
CREATE UNIQUE INDEX operators_set_up ON platform.operators (set_up_hash);

-- A log-in. Until the second factor proved it too, it opens nothing but the page that asks for it.
CREATE TABLE platform.operator_sessions (
	id           uuid PRIMARY KEY,
	operator_id  uuid NOT NULL REFERENCES platform.operators,
	token_hash   bytea NOT NULL CONSTRAINT operator_sessions_token UNIQUE,
	proved       text NOT NULL CONSTRAINT operator_sessions_proved_known CHECK (proved IN ('password', 'second_factor')),
	created_at   timestamptz NOT NULL,
	last_used_at timestamptz NOT NULL,
	expires_at   timestamptz NOT NULL CONSTRAINT operator_sessions_short CHECK (expires_at - created_at <= interval '12 hours'),
	ended_at     timestamptz
);
CREATE INDEX operator_sessions_of ON platform.operator_sessions (operator_id);

-- How often a log-in of an operator was tried: 'ip:…', 'user:…|ip:…', 'user:…' and 'code:…'.
CREATE TABLE platform.operator_attempts (
	bucket   text PRIMARY KEY,
	failures int NOT NULL,
	since    timestamptz NOT NULL
) WITH (fillfactor = 50);

-- What an operator sees of their own requests. The company's row is app.support_access; this one is written in the
-- same transaction, and has nothing of the company but its number.
CREATE TABLE platform.support_access (
	org_id      uuid NOT NULL,
	id          uuid NOT NULL,
	operator_id uuid NOT NULL REFERENCES platform.operators,
	purpose     text NOT NULL,
	writes      boolean NOT NULL,
	minutes     int NOT NULL,
	state       text NOT NULL,
	asked_at    timestamptz NOT NULL,
	expires_at  timestamptz,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX support_access_of_operator ON platform.support_access (operator_id, asked_at DESC, id DESC);

GRANT SELECT, INSERT, UPDATE ON platform.operators TO fence_system;
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.operator_sessions, platform.operator_attempts TO fence_system;
GRANT SELECT ON platform.support_access TO fence_system;
GRANT SELECT ON platform.operators, platform.operator_sessions, platform.operator_attempts, platform.support_access TO fence_backup;

-- Access of one operator to the company, from the question to its end.
CREATE TABLE app.support_access (
	org_id          uuid NOT NULL REFERENCES app.organizations,
	id              uuid NOT NULL,
	operator_id     uuid NOT NULL,
	operator_name   text NOT NULL CONSTRAINT support_access_operator_name_length CHECK (char_length(operator_name) BETWEEN 1 AND 120),
	purpose         text NOT NULL CONSTRAINT support_access_purpose_length CHECK (char_length(purpose) BETWEEN 10 AND 200),
	writes          boolean NOT NULL, -- may change things, because it was asked for; otherwise only read
	minutes         int NOT NULL CONSTRAINT support_access_minutes_range CHECK (minutes BETWEEN 5 AND 240), -- asked for, then granted
	state           text NOT NULL CONSTRAINT support_access_state_known CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn', 'ended')),
	asked_at        timestamptz NOT NULL,
	decided_at      timestamptz,
	decided_by      uuid,
	expires_at      timestamptz,
	ended_at        timestamptz,
	ended_by        text CONSTRAINT support_access_ended_by_known CHECK (ended_by IN ('company', 'operator', 'platform')),
	code_hash       bytea, -- of the one-time code that carries the operator from the apex to the company's host
	code_expires_at timestamptz,
	PRIMARY KEY (org_id, id),
	CONSTRAINT support_access_decided_by_fk FOREIGN KEY (org_id, decided_by) REFERENCES app.users (org_id, id),
	CONSTRAINT support_access_decided CHECK ((decided_at IS NOT NULL) = (state IN ('granted', 'refused', 'ended')) AND (decided_at IS NULL) = (decided_by IS NULL)),
	CONSTRAINT support_access_four_hours CHECK ((expires_at IS NOT NULL) = (state IN ('granted', 'ended'))
		AND expires_at > decided_at AND expires_at - decided_at <= interval '4 hours'),
	CONSTRAINT support_access_ended CHECK ((ended_at IS NOT NULL) = (state IN ('withdrawn', 'ended')) AND (ended_at IS NULL) = (ended_by IS NULL)),
	CONSTRAINT support_access_code_short CHECK ((code_hash IS NULL) = (code_expires_at IS NULL))
);
CREATE UNIQUE INDEX support_access_one_question ON app.support_access (org_id, operator_id) WHERE state = 'asked';
CREATE UNIQUE INDEX support_access_code ON app.support_access (org_id, code_hash) WHERE code_hash IS NOT NULL;
CREATE INDEX support_access_by_time ON app.support_access (org_id, asked_at DESC, id DESC);
CREATE INDEX support_access_decider ON app.support_access (org_id, decided_by) WHERE decided_by IS NOT NULL;
CREATE INDEX support_access_running ON app.support_access (org_id, expires_at) WHERE state = 'granted';
CALL platform.raise_wall('app.support_access', 'SELECT, INSERT, UPDATE');

-- An operator's stay on the company's host. It ends with its access.
CREATE TABLE app.support_sessions (
	org_id     uuid NOT NULL,
	id         uuid NOT NULL,
	access_id  uuid NOT NULL,
	token_hash bytea NOT NULL,
	ip         text NOT NULL DEFAULT '',
	user_agent text NOT NULL DEFAULT '',
	created_at timestamptz NOT NULL,
	PRIMARY KEY (org_id, id),
	CONSTRAINT support_sessions_access_fk FOREIGN KEY (org_id, access_id) REFERENCES app.support_access (org_id, id)
);
CREATE UNIQUE INDEX support_sessions_token ON app.support_sessions (org_id, token_hash);
CREATE INDEX support_sessions_of ON app.support_sessions (org_id, access_id);
CALL platform.raise_wall('app.support_sessions', 'SELECT, INSERT');

-- +goose StatementBegin
-- The one clock for the system's role, which has no way into schema app.
CREATE FUNCTION platform.now() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT app.now()';
-- Tells a company's transaction whether an operator still works here, and nothing else of them.
CREATE FUNCTION platform.operator_works(operator uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT EXISTS (SELECT FROM platform.operators o WHERE o.id = operator AND o.disabled_at IS NULL AND o.totp_confirmed_at IS NOT NULL)
$$;
-- Keeps the operator's line of an access of the organization entered.
CREATE FUNCTION platform.note_support(access uuid, operator uuid, purpose text, writes boolean, minutes int, state text, asked_at timestamptz, expires_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	INSERT INTO platform.support_access (org_id, id, operator_id, purpose, writes, minutes, state, asked_at, expires_at)
	VALUES (app.org_id(), access, operator, purpose, writes, minutes, state, asked_at, expires_at)
	ON CONFLICT (org_id, id) DO UPDATE SET state = excluded.state, minutes = excluded.minutes, expires_at = excluded.expires_at
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.now(), platform.operator_works(uuid), platform.note_support(uuid, uuid, text, boolean, int, text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.operator_works(uuid), platform.note_support(uuid, uuid, text, boolean, int, text, timestamptz, timestamptz) TO fence_app;
GRANT EXECUTE ON FUNCTION platform.now() TO fence_system;

-- +goose Down
DROP TABLE app.support_sessions, app.support_access;
DROP FUNCTION platform.note_support(uuid, uuid, text, boolean, int, text, timestamptz, timestamptz);
DROP FUNCTION platform.operator_works(uuid);
DROP FUNCTION platform.now();
DROP TABLE platform.support_access, platform.operator_attempts, platform.operator_sessions, platform.operators;
