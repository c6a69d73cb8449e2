-- +goose Up
-- The signed context: the organization of a transaction is believed only when PostgreSQL itself has verified
-- who said so. A context is a text of fixed width,
--
--   key id (8) · organization (32) · actor (32) · expiry in epoch seconds (10) · r or w (1) · HMAC-SHA256 (64)
--
-- everything in hexadecimal digits but the expiry and the letter. Two forms stand behind app.org_id():
--   vault  verified once, by vault.enter; the organization is kept until the transaction's end in a setting that
--          only fence_vault may write (GRANT SET ON PARAMETER, which takes a superuser once: fence db init).
--   token  kept as it came, and verified by the policy of each table: for servers where nobody is superuser.

CREATE SCHEMA vault AUTHORIZATION fence_vault;
GRANT USAGE ON SCHEMA vault TO fence_app, fence_search, fence_owner;

-- Half-computed HMAC keys: the key XOR the inner and the outer pad. Nobody but fence_vault reads them.
CREATE TABLE vault.keys (
	id           text PRIMARY KEY CONSTRAINT keys_id_form CHECK (id ~ '^[0-9a-f]{8}$'),
	inner_pad    bytea NOT NULL CONSTRAINT keys_inner_pad_length CHECK (octet_length(inner_pad) = 64),
	outer_pad    bytea NOT NULL CONSTRAINT keys_outer_pad_length CHECK (octet_length(outer_pad) = 64),
	installed_at timestamptz NOT NULL DEFAULT now()
);

-- Answers organization and actor (64 digits) of a context that holds, and raises FE002 for any other. The
-- sentence is for the operator's log; it never repeats what was said. Time is the machine's, not app.now():
-- a moved clock of tests must not make old contexts good.
-- +goose StatementBegin
CREATE FUNCTION vault.verify(context text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	key       vault.keys;
	remaining double precision;
BEGIN
	IF length(context) IS DISTINCT FROM 147 THEN
		RAISE EXCEPTION 'context refused: it is malformed' USING ERRCODE = 'FE002';
	END IF;
	SELECT * INTO key FROM vault.keys WHERE id = left(context, 8);
	IF NOT FOUND THEN
		RAISE EXCEPTION 'context refused: its key is not installed here' USING ERRCODE = 'FE002';
	END IF;
	IF encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(left(context, 83), 'UTF8'))), 'hex') <> right(context, 64) THEN
		RAISE EXCEPTION 'context refused: it is not signed by its key' USING ERRCODE = 'FE002';
	END IF;
	remaining := substr(context, 73, 10)::bigint - date_part('epoch', transaction_timestamp());
	IF remaining <= 0 THEN
		RAISE EXCEPTION 'context refused: it ended % s ago; do the clocks differ?', ceil(-remaining) USING ERRCODE = 'FE002';
	END IF;
	IF remaining > 60 THEN
		RAISE EXCEPTION 'context refused: it would last % s; do the clocks differ?', ceil(remaining) USING ERRCODE = 'FE002';
	END IF;
	IF substr(context, 83, 1) = 'r' AND current_setting('transaction_read_only') = 'off' THEN
		RAISE EXCEPTION 'context refused: it is for reading and the transaction may write' USING ERRCODE = 'FE002';
	END IF;
	RETURN substr(context, 9, 64);
END
$$;

-- Makes both functions of a form: vault.enter, which a transaction calls first, and app.entered, what the wall
-- asks. fence migrate up calls it with the form that the server can do.
CREATE PROCEDURE vault.take_form(form text)
LANGUAGE plpgsql AS $body$
BEGIN
	IF form = 'vault' THEN
		CREATE OR REPLACE FUNCTION vault.enter(context text) RETURNS void
		LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
		BEGIN
			IF current_setting('backtrace_functions') <> '' THEN
				RAISE EXCEPTION 'context refused: the transaction has one' USING ERRCODE = 'FE002';
			END IF;
			PERFORM set_config('backtrace_functions', vault.verify(context), true);
		END
		$$;
		CREATE OR REPLACE FUNCTION app.org_id() RETURNS uuid
		LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
		DECLARE
			entered text := pg_catalog.current_setting('backtrace_functions');
		BEGIN
			IF entered = '' THEN
				RAISE EXCEPTION 'no organization was entered' USING ERRCODE = 'FE001';
			END IF;
			RETURN pg_catalog.left(entered, 32)::uuid;
		END
		$$;
	ELSIF form = 'token' THEN
		CREATE OR REPLACE FUNCTION vault.enter(context text) RETURNS void
		LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
		BEGIN
			PERFORM vault.verify(context); -- one that does not hold fails here, before the work behind it
			PERFORM set_config('app.context', context, true);
		END
		$$;
		CREATE OR REPLACE FUNCTION app.org_id() RETURNS uuid
		LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
		DECLARE
			context text := pg_catalog.current_setting('app.context', true);
		BEGIN
			IF context IS NULL OR context = '' THEN
				RAISE EXCEPTION 'no organization was entered' USING ERRCODE = 'FE001';
			END IF;
			RETURN pg_catalog.left(vault.verify(context), 32)::uuid;
		END
		$$;
	ELSE
		RAISE EXCEPTION 'no form of the context is called %', form;
	END IF;
	EXECUTE pg_catalog.format('CREATE OR REPLACE FUNCTION app.context_form() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS %L', pg_catalog.format('SELECT %L', form));
	ALTER FUNCTION vault.enter(text) OWNER TO fence_vault;
	REVOKE ALL ON FUNCTION vault.enter(text) FROM PUBLIC;
	GRANT EXECUTE ON FUNCTION vault.enter(text) TO fence_app;
END
$body$;
-- +goose StatementEnd

ALTER TABLE vault.keys OWNER TO fence_vault;
ALTER FUNCTION vault.verify(text) OWNER TO fence_vault;
ALTER PROCEDURE vault.take_form(text) OWNER TO fence_vault; -- runs as who calls it
REVOKE ALL ON FUNCTION vault.verify(text) FROM PUBLIC;
-- The wall of the token form asks with the rights of whoever reads: the app, and the owner in its functions.
GRANT EXECUTE ON FUNCTION vault.verify(text) TO fence_app, fence_search, fence_owner;
REVOKE ALL ON PROCEDURE vault.take_form(text) FROM PUBLIC;
CALL vault.take_form('token');

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app.org_id() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
	entered text := pg_catalog.current_setting('app.org_id', true);
BEGIN
	IF entered IS NULL OR entered = '' THEN
		RAISE EXCEPTION 'no organization was entered' USING ERRCODE = 'FE001';
	END IF;
	RETURN entered::uuid;
END
$$;
-- +goose StatementEnd
DROP FUNCTION app.context_form();
DROP SCHEMA vault CASCADE;
