-- +goose Up
-- Single sign-on: a company's people log in at the company's own identity provider.

CREATE TABLE app.sign_on (
	org_id            uuid PRIMARY KEY REFERENCES app.organizations,
	name              text NOT NULL CONSTRAINT sign_on_name_length CHECK (char_length(name) BETWEEN 1 AND 40), -- as the button says it
	issuer            text NOT NULL CONSTRAINT sign_on_issuer_length CHECK (char_length(issuer) BETWEEN 1 AND 500),
	client_id         text NOT NULL CONSTRAINT sign_on_client_id_length CHECK (char_length(client_id) BETWEEN 1 AND 255),
	client_secret     bytea NOT NULL, -- encrypted with a key that is not in the database
	domains           text[] NOT NULL CONSTRAINT sign_on_domains_some CHECK (cardinality(domains) BETWEEN 1 AND 50), -- e-mail addresses of others are not let in
	newcomer_role     text CONSTRAINT sign_on_newcomer_role_known CHECK (newcomer_role IN ('office', 'estimator', 'crew', 'accountant')), -- NULL: who is not here and not invited stays out
	only_way          boolean NOT NULL, -- no other way in, but for owners
	second_factor_too boolean NOT NULL, -- the company's rule about second factors is for who comes this way too
	enabled           boolean NOT NULL,
	updated_at        timestamptz NOT NULL,
	version           int NOT NULL
);
CALL platform.raise_wall('app.sign_on', 'SELECT, INSERT, UPDATE');

-- Whom a provider means by a subject. The first log-in finds the person by e-mail; from then on this does.
CREATE TABLE app.sign_on_links (
	org_id     uuid NOT NULL,
	issuer     text NOT NULL,
	subject    text NOT NULL CONSTRAINT sign_on_links_subject_length CHECK (char_length(subject) BETWEEN 1 AND 255),
	user_id    uuid NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (org_id, issuer, subject),
	CONSTRAINT sign_on_links_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users (org_id, id)
);
CREATE UNIQUE INDEX sign_on_links_once ON app.sign_on_links (org_id, user_id, issuer);
CALL platform.raise_wall('app.sign_on_links', 'SELECT, INSERT, DELETE');

-- A log-in that is at the provider. State, nonce and verifier are derived from the token, which only the browser has.
CREATE TABLE app.sign_on_attempts (
	org_id     uuid NOT NULL REFERENCES app.organizations,
	token_hash bytea NOT NULL,
	issuer     text NOT NULL,
	back       text NOT NULL CONSTRAINT sign_on_attempts_back_length CHECK (char_length(back) <= 2000),
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	PRIMARY KEY (org_id, token_hash)
);
CREATE INDEX sign_on_attempts_old ON app.sign_on_attempts (org_id, expires_at);
CALL platform.raise_wall('app.sign_on_attempts', 'SELECT, INSERT, UPDATE, DELETE'); -- UPDATE: old ones are swept past locked rows

-- What was proved before the second factor is asked for.
ALTER TABLE app.sign_in_steps ADD COLUMN proved_by text NOT NULL DEFAULT 'password'
	CONSTRAINT sign_in_steps_proved_by_known CHECK (proved_by IN ('password', 'oidc'));

-- +goose Down
ALTER TABLE app.sign_in_steps DROP COLUMN proved_by;
DROP TABLE app.sign_on_attempts, app.sign_on_links, app.sign_on;
