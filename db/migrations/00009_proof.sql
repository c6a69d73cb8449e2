-- +goose Up
-- What the proof at start needs: an organization that is nobody's, and a backup that can read all of it.

-- The canary. No host leads to it and nobody is a person of it. Each start enters it, where its row has to be
-- there, and enters another organization, where it must not be: a wall that shows it is not served behind.
INSERT INTO app.organizations (org_id, slug, name, time_zone, plan, plan_version, period_anchor, created_at)
VALUES ('00000000-0000-7000-8000-0000000ca9a1', 'canary', 'Canary', 'Etc/UTC', 'starter', 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z');

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
DELETE FROM app.organizations WHERE org_id = '00000000-0000-7000-8000-0000000ca9a1';
