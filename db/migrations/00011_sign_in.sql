-- +goose Up
-- How a session came about and how it is used; second factors; devices that a person signed in from before.

-- What a person may do, or how they prove who they are, has changed: access tokens of an older number are refused.
ALTER TABLE app.users ADD COLUMN security_version int NOT NULL DEFAULT 1;

ALTER TABLE app.organizations ADD COLUMN second_factor_required boolean NOT NULL DEFAULT false;

ALTER TABLE app.sessions
	ADD COLUMN family_hash      bytea, -- of a program: the part of its refresh tokens that stays
	ADD COLUMN last_used_at     timestamptz, -- to a few minutes; no request waits for it
	ADD COLUMN authenticated_by text NOT NULL DEFAULT 'password'
		CONSTRAINT sessions_authenticated_by_known CHECK (authenticated_by IN ('password', 'passkey', 'start', 'invitation', 'oidc', 'support')),
	ADD COLUMN second_factor    text
		CONSTRAINT sessions_second_factor_known CHECK (second_factor IN ('totp', 'recovery_code', 'passkey')),
	ADD COLUMN must_enroll      boolean NOT NULL DEFAULT false, -- may do nothing but set up a second factor
	ADD CONSTRAINT sessions_family_fits CHECK (family_hash IS NULL OR kind = 'token');
CREATE UNIQUE INDEX sessions_family ON app.sessions (org_id, family_hash) WHERE family_hash IS NOT NULL;
CREATE INDEX sessions_open ON app.sessions (org_id, user_id) WHERE ended_at IS NULL;

-- A sign-in between password and second factor.
CREATE TABLE app.sign_in_steps (
	org_id     uuid NOT NULL,
	id         uuid NOT NULL,
	user_id    uuid NOT NULL,
	token_hash bytea NOT NULL,
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	used_at    timestamptz,
	PRIMARY KEY (org_id, id),
	CONSTRAINT sign_in_steps_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users (org_id, id)
);
CREATE UNIQUE INDEX sign_in_steps_token ON app.sign_in_steps (org_id, token_hash);
CALL platform.raise_wall('app.sign_in_steps', 'SELECT, INSERT, UPDATE, DELETE');

-- One authenticator app a person. Until it is confirmed by a code it asks for nothing.
CREATE TABLE app.totp_secrets (
	org_id       uuid NOT NULL,
	user_id      uuid NOT NULL,
	sealed       bytea NOT NULL, -- encrypted with a key that is not in the database
	created_at   timestamptz NOT NULL,
	confirmed_at timestamptz,
	last_step    bigint NOT NULL DEFAULT 0, -- of the last code that was taken: no code is taken twice
	PRIMARY KEY (org_id, user_id),
	CONSTRAINT totp_secrets_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users (org_id, id)
);
CALL platform.raise_wall('app.totp_secrets', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE app.recovery_codes (
	org_id     uuid NOT NULL,
	id         uuid NOT NULL,
	user_id    uuid NOT NULL,
	code_hash  bytea NOT NULL, -- keyed, so that the few bits of a code cannot be tried from a stolen backup
	created_at timestamptz NOT NULL,
	used_at    timestamptz,
	PRIMARY KEY (org_id, id),
	CONSTRAINT recovery_codes_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users (org_id, id)
);
CREATE UNIQUE INDEX recovery_codes_code ON app.recovery_codes (org_id, user_id, code_hash);
CALL platform.raise_wall('app.recovery_codes', 'SELECT, INSERT, UPDATE, DELETE');

-- A browser in which somebody signed in before: it is let in while strangers guess at the same account.
CREATE TABLE app.known_devices (
	org_id     uuid NOT NULL,
	id         uuid NOT NULL,
	user_id    uuid NOT NULL,
	token_hash bytea NOT NULL,
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	PRIMARY KEY (org_id, id),
	CONSTRAINT known_devices_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users (org_id, id)
);
CREATE UNIQUE INDEX known_devices_token ON app.known_devices (org_id, token_hash);
CALL platform.raise_wall('app.known_devices', 'SELECT, INSERT, DELETE');

-- Buckets of app.sign_in_failures now are 'ip:…', 'user:…|ip:…', 'user:…', 'all', 'code:…' and 'device:…'.

-- +goose Down
DROP TABLE app.known_devices, app.recovery_codes, app.totp_secrets, app.sign_in_steps;
DROP INDEX app.sessions_open, app.sessions_family;
ALTER TABLE app.sessions DROP CONSTRAINT sessions_family_fits, DROP COLUMN must_enroll, DROP COLUMN second_factor,
	DROP COLUMN authenticated_by, DROP COLUMN last_used_at, DROP COLUMN family_hash;
ALTER TABLE app.organizations DROP COLUMN second_factor_required;
ALTER TABLE app.users DROP COLUMN security_version;
