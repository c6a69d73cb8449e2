-- +goose Up
-- The signed context costs less. What PostgreSQL pays for is not the hash but the preparation of every expression and
-- call in every transaction; so the key is found, the context verified and the organization kept by one statement,
-- and app.org_id() of the vault form is SQL that the planner writes into the statement that asks it. What holds and
-- what is refused is as it was: see 00008_signed_context.sql.

-- What app.org_id() says where nothing was entered.
-- +goose StatementBegin
CREATE FUNCTION app.no_organization() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
	RAISE EXCEPTION 'no organization was entered' USING ERRCODE = 'FE001';
END
$$;

CREATE OR REPLACE PROCEDURE vault.take_form(form text)
LANGUAGE plpgsql AS $body$
DECLARE
	-- The row of the key that signed the context, for a transaction of this kind.
	signed CONSTANT text := $signed$FROM vault.keys WHERE id = left(context, 8)
		AND encode(sha256(outer_pad || sha256(inner_pad || convert_to(left(context, 83), 'UTF8'))), 'hex') = substr(context, 84)
		AND (substr(context, 83, 1) = 'w' OR current_setting('transaction_read_only') = 'on')$signed$;
	-- After that: a number is read only from what is signed. PostgreSQL may do so earlier within one statement.
	refused CONSTANT text := $refused$NOT FOUND OR abs(substr(context, 73, 10)::double precision - date_part('epoch', transaction_timestamp()) - 30) > 30$refused$;
BEGIN
	IF form = 'vault' THEN
		EXECUTE format($make$
CREATE OR REPLACE FUNCTION vault.enter(context text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
	PERFORM set_config('backtrace_functions', substr(context, 9, 32), true) %1$s
		AND current_setting('backtrace_functions') = '';
	IF %2$s THEN
		RAISE EXCEPTION USING ERRCODE = 'FE002', MESSAGE = 'context refused: '
			|| CASE WHEN NOT FOUND AND current_setting('backtrace_functions') <> '' THEN 'the transaction has one' ELSE vault.why_refused(context) END;
	END IF;
END
$f$$make$, signed, refused);
		CREATE OR REPLACE FUNCTION app.org_id() RETURNS uuid
		LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER AS $$
			SELECT CASE pg_catalog.current_setting('backtrace_functions')
				WHEN '' THEN app.no_organization() ELSE pg_catalog.current_setting('backtrace_functions')::pg_catalog.uuid END
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
	context text := current_setting('app.context', true);
BEGIN
	IF context IS NULL OR context = '' THEN
		RETURN app.no_organization();
	END IF;
	PERFORM %1$s;
	IF %2$s THEN
		RAISE EXCEPTION USING ERRCODE = 'FE002', MESSAGE = 'context refused: ' || vault.why_refused(context);
	END IF;
	RETURN substr(context, 9, 32)::uuid;
END
$f$$make$, signed, refused);
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

GRANT EXECUTE ON FUNCTION app.no_organization() TO PUBLIC;
CALL vault.take_form(app.context_form());

-- +goose Down
-- Nothing to take back: what 00008 made and what this makes believe the same contexts.
