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
