-- +goose Up
-- What the proof at start needs: an organization that is nobody's, and a backup that can read all of it.

-- The canary: a row of an organization that is nobody's and has nothing else. Each start enters it, where the row has
-- to be there, and enters another organization, where it must not be: a wall that shows it is not served behind.
CREATE TABLE app.canaries (
	org_id uuid PRIMARY KEY,
	name   text NOT NULL
);
CALL platform.raise_wall('app.canaries', 'SELECT');
INSERT INTO app.canaries VALUES ('00000000-0000-7000-8000-0000000ca9a1', 'Canary');

GRANT SELECT ON platform.sign_up_intents TO fence_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA tasks TO fence_backup;
GRANT USAGE ON SCHEMA migrations TO fence_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA migrations TO fence_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA migrations TO fence_backup;

-- When the keys of the signed context were installed: `fence doctor` tells old ones. Not the keys.
-- +goose StatementBegin
CREATE FUNCTION vault.key_ages() RETURNS TABLE (id text, installed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT id, installed_at FROM vault.keys
$$;
-- +goose StatementEnd
ALTER FUNCTION vault.key_ages() OWNER TO fence_vault;
REVOKE ALL ON FUNCTION vault.key_ages() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault.key_ages() TO fence_app;

-- +goose Down
DROP FUNCTION vault.key_ages();
REVOKE ALL ON ALL SEQUENCES IN SCHEMA migrations FROM fence_backup;
REVOKE ALL ON ALL TABLES IN SCHEMA migrations FROM fence_backup;
REVOKE ALL ON SCHEMA migrations FROM fence_backup;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA tasks FROM fence_backup;
REVOKE ALL ON platform.sign_up_intents FROM fence_backup;
DROP TABLE app.canaries;
