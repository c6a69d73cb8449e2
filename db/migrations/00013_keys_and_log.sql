-- +goose Up
-- Keys with scopes and an end, the log by person, deed and time, whose rights an owner looks through, and
-- where somebody with an address works.

ALTER TABLE app.api_keys
	ADD COLUMN prefix text NOT NULL DEFAULT '' CONSTRAINT api_keys_prefix_length CHECK (char_length(prefix) <= 20), -- what is shown of it; empty for keys that are older
	ADD COLUMN scopes text[] NOT NULL DEFAULT '{}',
	ADD COLUMN expires_at timestamptz CONSTRAINT api_keys_expires_later CHECK (expires_at > created_at),
	ADD COLUMN last_used_at timestamptz; -- to the minute: noted from memory, never by the request itself
-- Keys from before scopes keep what they could.
UPDATE app.api_keys SET scopes = ARRAY['api_keys.write', 'audit.read', 'company.write', 'costs.read', 'customers.write', 'jobs.read',
	'people.write', 'prices.write', 'quotes.write', 'sketches.write', 'usage.read'];

-- Taken from the entry itself, so that they cannot say something else than what is hashed.
ALTER TABLE app.audit_entries
	ADD COLUMN action text NOT NULL GENERATED ALWAYS AS (content::jsonb ->> 'action') STORED,
	ADD COLUMN actor_id uuid NOT NULL GENERATED ALWAYS AS ((content::jsonb ->> 'actor_id')::uuid) STORED,
	ADD COLUMN on_behalf_of uuid GENERATED ALWAYS AS ((content::jsonb ->> 'on_behalf_of')::uuid) STORED;
CREATE INDEX audit_entries_of_actor ON app.audit_entries (org_id, actor_id, seq DESC);
CREATE INDEX audit_entries_on_behalf ON app.audit_entries (org_id, on_behalf_of, seq DESC) WHERE on_behalf_of IS NOT NULL;
CREATE INDEX audit_entries_of_action ON app.audit_entries (org_id, action, seq DESC);
CREATE INDEX audit_entries_by_time ON app.audit_entries (org_id, at);

-- A session whose owner sees the product with the rights of another role, for an hour at most.
CREATE TABLE app.role_views (
	org_id     uuid NOT NULL,
	session_id uuid NOT NULL,
	role       text NOT NULL CONSTRAINT role_views_role_known CHECK (role IN ('admin', 'office', 'estimator', 'crew', 'accountant')),
	started_at timestamptz NOT NULL,
	ends_at    timestamptz NOT NULL CONSTRAINT role_views_ends_later CHECK (ends_at > started_at),
	PRIMARY KEY (org_id, session_id),
	CONSTRAINT role_views_session_fk FOREIGN KEY (org_id, session_id) REFERENCES app.sessions (org_id, id)
);
CALL platform.raise_wall('app.role_views', 'SELECT, INSERT, UPDATE, DELETE');

-- In which companies an e-mail address works, by its hash. Nobody who serves a company reads it; it is written
-- by the database itself, so that no way of making, changing or deactivating a person can forget it.
CREATE TABLE platform.people_addresses (
	email_hash bytea NOT NULL CONSTRAINT people_addresses_hash_length CHECK (octet_length(email_hash) = 32),
	org_id     uuid NOT NULL,
	user_id    uuid NOT NULL,
	PRIMARY KEY (email_hash, org_id)
);
CREATE UNIQUE INDEX people_addresses_of_person ON platform.people_addresses (org_id, user_id);
GRANT SELECT ON platform.people_addresses TO fence_backup;

-- +goose StatementBegin
CREATE FUNCTION platform.note_person_address() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.note_person_address() FROM PUBLIC;
-- After: the wall has judged the row by then.
CREATE TRIGGER users_note_address AFTER INSERT OR DELETE OR UPDATE OF email, deactivated_at ON app.users
	FOR EACH ROW EXECUTE FUNCTION platform.note_person_address();
INSERT INTO platform.people_addresses (email_hash, org_id, user_id)
SELECT sha256(convert_to(email_lc, 'UTF8')), org_id, id FROM app.users WHERE deactivated_at IS NULL;

-- How often "find my company" was asked from a place, and how often an address was mailed.
CREATE TABLE platform.find_attempts (
	bucket text PRIMARY KEY, -- 'ip:…', or 'to:' and the address's hash
	asked  int NOT NULL,
	since  timestamptz NOT NULL
) WITH (fillfactor = 50);
GRANT SELECT ON platform.find_attempts TO fence_backup;

-- Counts one more of a bucket and tells how often it was within the time, and what is left of it. Counts of
-- yesterday go with it.
-- +goose StatementBegin
CREATE FUNCTION platform.count_finding(wanted text, during interval, OUT asked int, OUT remaining interval)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.count_finding(text, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.count_finding(text, interval) TO fence_system;

-- The companies of an address. For the system's role alone, which mails them and tells no page.
-- +goose StatementBegin
CREATE FUNCTION platform.find_companies(email text) RETURNS TABLE (name text, host text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT o.name, h.host
	FROM platform.people_addresses p
	JOIN platform.organizations o ON o.org_id = p.org_id
	JOIN platform.hosts h ON h.org_id = p.org_id AND h.kind = 'primary'
	WHERE p.email_hash = sha256(convert_to(lower(email), 'UTF8'))
	ORDER BY o.name, h.host LIMIT 50
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.find_companies(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.find_companies(text) TO fence_system;

-- +goose Down
DROP FUNCTION platform.find_companies(text);
DROP FUNCTION platform.count_finding(text, interval);
DROP TABLE platform.find_attempts;
DROP TRIGGER users_note_address ON app.users;
DROP FUNCTION platform.note_person_address();
DROP TABLE platform.people_addresses, app.role_views;
ALTER TABLE app.audit_entries DROP COLUMN action, DROP COLUMN actor_id, DROP COLUMN on_behalf_of;
DROP INDEX app.audit_entries_by_time;
ALTER TABLE app.api_keys DROP COLUMN prefix, DROP COLUMN scopes, DROP COLUMN expires_at, DROP COLUMN last_used_at;
