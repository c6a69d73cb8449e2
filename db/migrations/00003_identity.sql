-- +goose Up
-- People of one organization and how they prove it. The same e-mail in two organizations is two people.

CREATE TABLE app.users (
	org_id            uuid NOT NULL REFERENCES app.organizations,
	id                uuid NOT NULL,
	name              text NOT NULL CONSTRAINT users_name_length CHECK (char_length(name) BETWEEN 1 AND 120),
	email             text NOT NULL CONSTRAINT users_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
	email_lc          text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED,
	role              text NOT NULL CONSTRAINT users_role_known CHECK (role IN ('owner', 'admin', 'office', 'estimator', 'crew', 'accountant')),
	password_hash     text NOT NULL,
	email_verified_at timestamptz,
	deactivated_at    timestamptz,
	created_at        timestamptz NOT NULL,
	version           int NOT NULL DEFAULT 1,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX users_email_once ON app.users (org_id, email_lc);
CALL platform.raise_wall('app.users', 'SELECT, INSERT, UPDATE');

CREATE TABLE app.sessions (
	org_id       uuid NOT NULL,
	id           uuid NOT NULL,
	user_id      uuid NOT NULL,
	token_hash   bytea NOT NULL,
	kind         text NOT NULL CONSTRAINT sessions_kind_known CHECK (kind IN ('browser', 'token')),
	ip           text NOT NULL,
	user_agent   text NOT NULL,
	created_at   timestamptz NOT NULL,
	expires_at   timestamptz NOT NULL,
	ended_at     timestamptz,
	PRIMARY KEY (org_id, id),
	CONSTRAINT sessions_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users (org_id, id)
);
CREATE UNIQUE INDEX sessions_token ON app.sessions (org_id, token_hash);
CALL platform.raise_wall('app.sessions', 'SELECT, INSERT, UPDATE');

CREATE TABLE app.api_keys (
	org_id      uuid NOT NULL,
	id          uuid NOT NULL,
	user_id     uuid NOT NULL, -- acts with this person's rights
	name        text NOT NULL CONSTRAINT api_keys_name_length CHECK (char_length(name) BETWEEN 1 AND 80),
	ending      text NOT NULL,
	secret_hash bytea NOT NULL,
	created_at  timestamptz NOT NULL,
	revoked_at  timestamptz,
	PRIMARY KEY (org_id, id),
	CONSTRAINT api_keys_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users (org_id, id)
);
CREATE UNIQUE INDEX api_keys_secret ON app.api_keys (org_id, secret_hash);
CALL platform.raise_wall('app.api_keys', 'SELECT, INSERT, UPDATE');

-- Secrets that work once: the hand-over from sign-up, a new password, confirming an e-mail.
CREATE TABLE app.one_time_codes (
	org_id     uuid NOT NULL,
	id         uuid NOT NULL,
	user_id    uuid NOT NULL,
	purpose    text NOT NULL CONSTRAINT one_time_codes_purpose_known CHECK (purpose IN ('start', 'reset', 'confirm')),
	code_hash  bytea NOT NULL,
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	used_at    timestamptz,
	PRIMARY KEY (org_id, id),
	CONSTRAINT one_time_codes_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users (org_id, id)
);
CREATE UNIQUE INDEX one_time_codes_code ON app.one_time_codes (org_id, code_hash);
CALL platform.raise_wall('app.one_time_codes', 'SELECT, INSERT, UPDATE');

CREATE TABLE app.invitations (
	org_id      uuid NOT NULL,
	id          uuid NOT NULL,
	email       text NOT NULL CONSTRAINT invitations_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
	email_lc    text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED,
	name        text NOT NULL DEFAULT '',
	role        text NOT NULL CONSTRAINT invitations_role_known CHECK (role IN ('admin', 'office', 'estimator', 'crew', 'accountant')),
	invited_by  uuid NOT NULL,
	code_hash   bytea NOT NULL,
	created_at  timestamptz NOT NULL,
	expires_at  timestamptz NOT NULL,
	accepted_at timestamptz,
	revoked_at  timestamptz,
	PRIMARY KEY (org_id, id),
	CONSTRAINT invitations_invited_by_fk FOREIGN KEY (org_id, invited_by) REFERENCES app.users (org_id, id)
);
CREATE UNIQUE INDEX invitations_code ON app.invitations (org_id, code_hash);
CREATE UNIQUE INDEX invitations_one_open ON app.invitations (org_id, email_lc) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CALL platform.raise_wall('app.invitations', 'SELECT, INSERT, UPDATE');

-- Wrong passwords, by where they came from and for whom: slows guessing without locking the owner out.
CREATE TABLE app.sign_in_failures (
	org_id   uuid NOT NULL REFERENCES app.organizations,
	bucket   text NOT NULL, -- 'ip:…', or 'user:…|ip:…': never the user alone
	failures int NOT NULL,
	since    timestamptz NOT NULL,
	PRIMARY KEY (org_id, bucket)
) WITH (fillfactor = 50);
CALL platform.raise_wall('app.sign_in_failures', 'SELECT, INSERT, UPDATE, DELETE');

-- +goose Down
DROP TABLE app.sign_in_failures, app.invitations, app.one_time_codes, app.api_keys, app.sessions, app.users;
