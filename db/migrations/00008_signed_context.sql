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
GRANT USAGE ON SCHEMA vault TO fence_app;

-- Half-computed HMAC keys: the key XOR the inner and the outer pad. Nobody but fence_vault reads them.
CREATE TABLE vault.keys (
	id           text PRIMARY KEY CONSTRAINT keys_id_form CHECK (id ~ '^[0-9a-f]{8}$'),
	inner_pad    bytea NOT NULL CONSTRAINT keys_inner_pad_length CHECK (octet_length(inner_pad) = 64),
	outer_pad    bytea NOT NULL CONSTRAINT keys_outer_pad_length CHECK (octet_length(outer_pad) = 64),
	installed_at timestamptz NOT NULL DEFAULT now()
);

-- Says why a context does not hold, for the operator's log: the sentence never repeats what was said.
-- +goose StatementBegin
CREATE FUNCTION vault.why_refused(context text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	key       vault.keys;
	remaining double precision;
BEGIN
	IF length(context) IS DISTINCT FROM 147 THEN
		RETURN 'it is malformed';
	END IF;
	SELECT * INTO key FROM vault.keys WHERE id = left(context, 8);
	IF NOT FOUND THEN
		RETURN 'its key is not installed here';
	END IF;
	IF encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(left(context, 83), 'UTF8'))), 'hex') <> right(context, 64) THEN
		RETURN 'it is not signed by its key';
	END IF;
	remaining := substr(context, 73, 10)::double precision - date_part('epoch', transaction_timestamp());
	IF remaining <= 0 THEN
		RETURN format('it ended %s s ago; do the clocks differ?', ceil(-remaining));
	END IF;
	IF remaining > 60 THEN
		RETURN format('it would last %s s; do the clocks differ?', ceil(remaining));
	END IF;
	RETURN 'it is for reading and the transaction may write';
END
$$;

-- Makes both functions of a form: vault.enter, which a transaction calls first, and app.org_id, what the wall asks.
-- fence migrate up calls it with the form that the server can do. Verifying is written once and put into the
-- function that does it: one call and one look at the keys is what it may cost. Time is the machine's, not
-- app.now(): a moved clock of tests must not make old contexts good.
CREATE PROCEDURE vault.take_form(form text)
LANGUAGE plpgsql AS $body$
DECLARE
	verify CONSTANT text := $verify$
	SELECT inner_pad, outer_pad INTO inner_half, outer_half FROM vault.keys WHERE id = left(context, 8);
	IF NOT FOUND
		OR length(context) <> 147
		OR encode(sha256(outer_half || sha256(inner_half || convert_to(left(context, 83), 'UTF8'))), 'hex') <> right(context, 64)
		OR substr(context, 73, 10)::double precision - date_part('epoch', transaction_timestamp()) <= 0
		OR substr(context, 73, 10)::double precision - date_part('epoch', transaction_timestamp()) > 60
		OR substr(context, 83, 1) = 'r' AND current_setting('transaction_read_only') = 'off'
	THEN
		RAISE EXCEPTION 'context refused: %', vault.why_refused(context) USING ERRCODE = 'FE002';
	END IF;$verify$;
BEGIN
	IF form = 'vault' THEN
		EXECUTE format($make$
CREATE OR REPLACE FUNCTION vault.enter(context text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
	inner_half bytea;
	outer_half bytea;
BEGIN
	IF current_setting('backtrace_functions') <> '' THEN
		RAISE EXCEPTION 'context refused: the transaction has one' USING ERRCODE = 'FE002';
	END IF;%s
	PERFORM set_config('backtrace_functions', substr(context, 9, 64), true);
END
$f$$make$, verify);
		CREATE OR REPLACE FUNCTION app.org_id() RETURNS uuid
		LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY INVOKER AS $$
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
			PERFORM set_config('app.context', coalesce(nullif(context, ''), 'none'), true);
			PERFORM app.org_id(); -- a context that does not hold fails here, before the work behind it
		END
		$$;
		EXECUTE format($make$
CREATE OR REPLACE FUNCTION app.org_id() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
	context    text := current_setting('app.context', true);
	inner_half bytea;
	outer_half bytea;
BEGIN
	IF context IS NULL OR context = '' THEN
		RAISE EXCEPTION 'no organization was entered' USING ERRCODE = 'FE001';
	END IF;%s
	RETURN substr(context, 9, 32)::uuid;
END
$f$$make$, verify);
	ELSE
		RAISE EXCEPTION 'no form of the context is called %', form;
	END IF;
	EXECUTE format('CREATE OR REPLACE FUNCTION app.context_form() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS %L', format('SELECT %L', form));
	ALTER FUNCTION vault.enter(text) OWNER TO fence_vault;
	REVOKE ALL ON FUNCTION vault.enter(text) FROM PUBLIC;
	GRANT EXECUTE ON FUNCTION vault.enter(text) TO fence_app;
	GRANT CREATE ON SCHEMA app TO fence_vault; -- to own one function there
	ALTER FUNCTION app.org_id() OWNER TO fence_vault;
	REVOKE CREATE ON SCHEMA app FROM fence_vault;
END
$body$;
-- +goose StatementEnd

GRANT USAGE ON SCHEMA app TO fence_vault;
ALTER TABLE vault.keys OWNER TO fence_vault;
ALTER FUNCTION vault.why_refused(text) OWNER TO fence_vault;
ALTER PROCEDURE vault.take_form(text) OWNER TO fence_vault; -- runs as who calls it
REVOKE ALL ON FUNCTION vault.why_refused(text) FROM PUBLIC;
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
ALTER FUNCTION app.org_id() OWNER TO fence_owner;
DROP FUNCTION app.context_form();
REVOKE USAGE ON SCHEMA app FROM fence_vault;
DROP SCHEMA vault CASCADE;
