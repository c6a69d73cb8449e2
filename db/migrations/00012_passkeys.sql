-- +goose Up
-- Passkeys: the public half of a key that stays on a person's device, bound to the company's host.
CREATE TABLE app.passkeys (
	org_id        uuid NOT NULL,
	id            uuid NOT NULL,
	user_id       uuid NOT NULL,
	credential_id bytea NOT NULL,
	credential    jsonb NOT NULL, -- public key, counter, flags, as the library keeps them
	name          text NOT NULL CONSTRAINT passkeys_name_length CHECK (char_length(name) BETWEEN 1 AND 80),
	created_at    timestamptz NOT NULL,
	last_used_at  timestamptz,
	PRIMARY KEY (org_id, id),
	CONSTRAINT passkeys_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users (org_id, id)
);
CREATE UNIQUE INDEX passkeys_credential ON app.passkeys (org_id, credential_id);
CALL platform.raise_wall('app.passkeys', 'SELECT, INSERT, UPDATE, DELETE');

-- What a device was asked to sign. An answer is taken once.
CREATE TABLE app.passkey_challenges (
	org_id     uuid NOT NULL REFERENCES app.organizations,
	id         uuid NOT NULL,
	user_id    uuid, -- nobody yet, when the passkey is to say who
	purpose    text NOT NULL CONSTRAINT passkey_challenges_purpose_known CHECK (purpose IN ('register', 'sign_in')),
	asked      jsonb NOT NULL,
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	PRIMARY KEY (org_id, id),
	CONSTRAINT passkey_challenges_user_fk FOREIGN KEY (org_id, user_id) REFERENCES app.users (org_id, id)
);
CALL platform.raise_wall('app.passkey_challenges', 'SELECT, INSERT, UPDATE, DELETE'); -- UPDATE: old ones are swept past locked rows

-- +goose Down
DROP TABLE app.passkey_challenges, app.passkeys;
