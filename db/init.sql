-- What only a superuser may do, once for a database: the roles, their memberships, the extension.
-- `fence db init` runs it (the private server of `fence serve` does so by itself);
-- `fence db init --print` prints it for a DBA. Running it again changes nothing.
-- Passwords are given apart (ALTER ROLE … PASSWORD); the private server needs none.

DO $$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT * FROM (VALUES
		-- owns every table and function; nobody logs in as it
		('fence_owner',   'NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION'),
		-- runs migrations and nothing else. BYPASSRLS because with FORCE a backfill or VALIDATE by the
		-- owner sees no row and passes falsely
		('fence_migrate', 'LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION'),
		-- serves requests and tasks: owns nothing, behind the wall
		('fence_app',     'LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION'),
		-- owns the search function only, member of nothing. BYPASSRLS because a trigram index is of no
		-- use under row level security (its operators are not leakproof)
		('fence_search',  'NOLOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION'),
		-- fetches tasks and writes what the platform knows of an organization; nothing on tenant tables
		('fence_system',  'LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION'),
		-- owns the keys of the signed context and the function that verifies it; nobody logs in as it
		('fence_vault',   'NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION'),
		-- reads everything for backups
		('fence_backup',  'LOGIN NOINHERIT NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION')
	) AS wanted(name, attributes)
	LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r.name) THEN
			EXECUTE format('CREATE ROLE %I', r.name);
		END IF;
		EXECUTE format('ALTER ROLE %I %s', r.name, r.attributes);
	END LOOP;
END
$$;

-- The migrating role hands everything it makes to the owner, the search function and the vault to their roles.
GRANT fence_owner, fence_search, fence_vault TO fence_migrate;

-- The setting in which a verified context is kept until its transaction ends. It belongs to superusers and takes
-- any text; nobody but the vault's function can write it. A server that does not let us (managed ones) gets the
-- form of the context that is verified by each table instead: fence migrate up says which.
DO $$
BEGIN
	GRANT SET ON PARAMETER backtrace_functions TO fence_vault;
EXCEPTION WHEN insufficient_privilege THEN
	RAISE NOTICE 'no right to grant backtrace_functions: the context will be verified by each table';
END
$$;

ALTER ROLE fence_backup SET default_transaction_read_only = on;

DO $$
BEGIN
	EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO fence_app, fence_system, fence_backup', current_database());
	EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO fence_migrate', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS ext;
GRANT USAGE ON SCHEMA ext TO PUBLIC;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA ext;

-- Large objects belong to a role, not to an organization: what one organization's request left, the next would find.
REVOKE EXECUTE ON FUNCTION pg_catalog.lo_creat(int), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea),
	pg_catalog.lo_put(oid, bigint, bytea), pg_catalog.lowrite(int, bytea) FROM PUBLIC;

-- A table of schema app without its wall cannot land: whatever a transaction of the migrating role did there, at
-- its end every table has org_id, row security enabled and forced, the two policies and a primary key led by org_id.
-- A superuser is not held: who may switch the trigger off needs no second way. `fence lint-db` finds what that leaves.
CREATE SCHEMA IF NOT EXISTS guard;
GRANT USAGE ON SCHEMA guard TO fence_owner;
-- One row for each transaction that changes schema app: its deferred trigger is the look at the end.
CREATE TABLE IF NOT EXISTS guard.changes (xid xid8 PRIMARY KEY);
GRANT SELECT, INSERT, DELETE ON guard.changes TO fence_owner;

CREATE OR REPLACE FUNCTION guard.faults_of_the_wall() RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	WITH held AS (
		SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relnamespace = to_regnamespace('app') AS inside,
			(SELECT attnum FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id' AND a.atttypid = 'uuid'::regtype AND a.attnotnull) AS org_id
		FROM pg_class c
		WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (c.relnamespace = to_regnamespace('app')
			OR EXISTS (SELECT FROM pg_inherits i JOIN pg_class parent ON parent.oid = i.inhparent WHERE i.inhrelid = c.oid AND parent.relnamespace = to_regnamespace('app')))
	)
	SELECT name || ' is no table: nothing else can have a wall' FROM held WHERE relkind NOT IN ('r', 'p')
	UNION ALL SELECT name || ' holds rows of a table of schema app outside of it' FROM held WHERE NOT inside AND relkind IN ('r', 'p')
	UNION ALL SELECT name || ' has no column org_id uuid NOT NULL' FROM held WHERE inside AND relkind IN ('r', 'p') AND org_id IS NULL
	UNION ALL SELECT name || ' has no row level security that is enabled and forced' FROM held WHERE inside AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
	UNION ALL SELECT name || ' has not exactly the two policies of platform.raise_wall' FROM held
	WHERE inside AND relkind IN ('r', 'p') AND ((SELECT count(*) FROM pg_policy WHERE polrelid = held.oid) <> 2
		OR (SELECT count(*) FROM (SELECT polname, polpermissive, pg_get_expr(polqual, polrelid) AS cond, pg_get_expr(polwithcheck, polrelid) AS chk
			FROM pg_policy WHERE polrelid = held.oid AND polcmd = '*' AND polroles = '{0}') AS p
			WHERE cond = chk AND (polname = 'tenant_wall' AND NOT polpermissive AND cond = '(org_id = ( SELECT app.org_id() AS org_id))'
				OR polname = 'tenant_allow' AND polpermissive AND cond = 'true')) <> 2)
	UNION ALL SELECT name || ' has no primary key that begins with org_id' FROM held
	WHERE inside AND relkind IN ('r', 'p') AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = held.oid AND contype = 'p' AND conkey[1] = held.org_id)
$$;
REVOKE ALL ON FUNCTION guard.faults_of_the_wall() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.faults_of_the_wall() TO fence_owner;

CREATE OR REPLACE FUNCTION guard.look_at_the_end() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	faults text := (SELECT string_agg(f, '; ' ORDER BY f) FROM guard.faults_of_the_wall() AS f);
BEGIN
	DELETE FROM guard.changes WHERE xid = NEW.xid;
	IF faults IS NOT NULL THEN
		RAISE EXCEPTION 'the wall would have a hole: %', faults USING ERRCODE = 'FE003', HINT = 'End the migration with CALL platform.raise_wall for each table that it makes.';
	END IF;
	RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION guard.note_change() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
		RETURN;
	END IF;
	-- A policy, a trigger or a constraint has no schema of its own: its identity ends with its table's.
	IF TG_EVENT = 'sql_drop' AND EXISTS (SELECT FROM pg_event_trigger_dropped_objects() WHERE schema_name = 'app' OR object_identity LIKE '% on app.%')
		OR TG_EVENT = 'ddl_command_end' AND EXISTS (SELECT FROM pg_event_trigger_ddl_commands() AS d WHERE schema_name = 'app' OR object_identity LIKE 'app.%' OR object_identity LIKE '% on app.%'
			OR EXISTS (SELECT FROM pg_inherits i JOIN pg_class parent ON parent.oid = i.inhparent WHERE i.inhrelid = d.objid AND parent.relnamespace = to_regnamespace('app')))
	THEN
		INSERT INTO guard.changes (xid) VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
	END IF;
END
$$;

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'guard.changes'::regclass AND tgname = 'look_at_the_end') THEN
		CREATE CONSTRAINT TRIGGER look_at_the_end AFTER INSERT ON guard.changes DEFERRABLE INITIALLY DEFERRED
			FOR EACH ROW EXECUTE FUNCTION guard.look_at_the_end();
	END IF;
	IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'fence_wall') THEN
		CREATE EVENT TRIGGER fence_wall ON ddl_command_end EXECUTE FUNCTION guard.note_change();
	END IF;
	IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'fence_wall_drop') THEN
		CREATE EVENT TRIGGER fence_wall_drop ON sql_drop EXECUTE FUNCTION guard.note_change();
	END IF;
EXCEPTION WHEN insufficient_privilege THEN
	RAISE NOTICE 'event triggers need a superuser: `fence migrate up` looks at the wall by itself';
END
$$;
