-- +goose Up
-- Money lives with the customer, the fence lives at the property.

CREATE TABLE app.customers (
	org_id       uuid NOT NULL REFERENCES app.organizations,
	id           uuid NOT NULL,
	name         text NOT NULL CONSTRAINT customers_name_length CHECK (char_length(name) BETWEEN 1 AND 120),
	company      text NOT NULL DEFAULT '' CONSTRAINT customers_company_length CHECK (char_length(company) <= 120),
	email        text NOT NULL DEFAULT '' CONSTRAINT customers_email_length CHECK (char_length(email) <= 254),
	phone        text NOT NULL DEFAULT '' CONSTRAINT customers_phone_form CHECK (phone ~ '^(\+1\d{10})?$'), -- E.164
	notes        text NOT NULL DEFAULT '' CONSTRAINT customers_notes_length CHECK (char_length(notes) <= 10000),
	status       text NOT NULL DEFAULT 'active' CONSTRAINT customers_status_known CHECK (status IN ('active', 'archived')),
	archived_at  timestamptz,
	created_by   uuid NOT NULL,
	created_at   timestamptz NOT NULL,
	updated_at   timestamptz NOT NULL,
	version      int NOT NULL DEFAULT 1,
	-- what one search box looks in; kept by the operations that write a customer or its properties
	search_text  text NOT NULL DEFAULT '',
	PRIMARY KEY (org_id, id),
	CONSTRAINT customers_archived_at_fits CHECK ((status = 'archived') = (archived_at IS NOT NULL))
);
CREATE INDEX customers_newest ON app.customers (org_id, status, created_at DESC, id DESC);
-- One index for all organizations, led by org_id: with the trigrams alone a search for "oak" would look at every
-- oak of every organization, and get slower with each that joins.
CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA ext;
CREATE INDEX customers_search ON app.customers USING gin (org_id, search_text ext.gin_trgm_ops);
CALL platform.raise_wall('app.customers', 'SELECT, INSERT, UPDATE');

CREATE TABLE app.properties (
	org_id      uuid NOT NULL,
	id          uuid NOT NULL,
	customer_id uuid NOT NULL,
	street      text NOT NULL CONSTRAINT properties_street_length CHECK (char_length(street) BETWEEN 1 AND 200),
	unit        text NOT NULL DEFAULT '' CONSTRAINT properties_unit_length CHECK (char_length(unit) <= 40),
	city        text NOT NULL CONSTRAINT properties_city_length CHECK (char_length(city) <= 100),
	state       text NOT NULL CONSTRAINT properties_state_form CHECK (state ~ '^([A-Z]{2})?$'),
	zip         text NOT NULL CONSTRAINT properties_zip_form CHECK (zip ~ '^\d{5}$'),
	county      text NOT NULL DEFAULT '',
	time_zone   text NOT NULL,
	gate_code   text NOT NULL DEFAULT '' CONSTRAINT properties_gate_code_length CHECK (char_length(gate_code) <= 80),
	has_dog     boolean NOT NULL DEFAULT false,
	has_pool    boolean NOT NULL DEFAULT false,
	has_hoa     boolean NOT NULL DEFAULT false,
	notes       text NOT NULL DEFAULT '' CONSTRAINT properties_notes_length CHECK (char_length(notes) <= 10000),
	archived_at timestamptz,
	created_at  timestamptz NOT NULL,
	updated_at  timestamptz NOT NULL,
	version     int NOT NULL DEFAULT 1,
	PRIMARY KEY (org_id, id),
	CONSTRAINT properties_customer_fk FOREIGN KEY (org_id, customer_id) REFERENCES app.customers (org_id, id)
);
CREATE INDEX properties_of_customer ON app.properties (org_id, customer_id, created_at, id);
CALL platform.raise_wall('app.properties', 'SELECT, INSERT, UPDATE');

-- Finds customers of the organization entered in whose search text every pattern occurs, newest first, older
-- than a place in that order. It runs as the search role because trigram operators are not leakproof and could
-- use no index behind the wall; so it says the organization itself, and returns ids only: the rows are read
-- through the wall.
-- +goose StatementBegin
CREATE FUNCTION app.search_customers(patterns text[], wanted_status text, before timestamptz, before_id uuid, at_most int)
RETURNS TABLE (id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, ext, pg_temp AS $$
BEGIN
	-- The index answers for one pattern that has a trigram; the caller puts the best one first. Asked for a
	-- pattern without any it would be read from end to end, all organizations; and it cannot answer ALL.
	IF patterns[1] COLLATE "C" ~ '[a-z0-9]{3}' THEN
		RETURN QUERY SELECT c.id
			FROM app.customers c
			WHERE c.org_id = (SELECT app.org_id()) AND c.search_text LIKE patterns[1] AND c.search_text LIKE ALL (patterns)
				AND c.status = wanted_status AND (c.created_at, c.id) < (before, before_id)
			ORDER BY c.created_at DESC, c.id DESC
			LIMIT least(at_most, 10001);
	ELSE
		RETURN QUERY SELECT c.id
			FROM app.customers c
			WHERE c.org_id = (SELECT app.org_id()) AND c.search_text LIKE ALL (patterns)
				AND c.status = wanted_status AND (c.created_at, c.id) < (before, before_id)
			ORDER BY c.created_at DESC, c.id DESC
			LIMIT least(at_most, 10001);
	END IF;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.search_customers(text[], text, timestamptz, uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.search_customers(text[], text, timestamptz, uuid, int) TO fence_app;
GRANT SELECT (org_id, id, search_text, status, created_at) ON app.customers TO fence_search;
GRANT CREATE ON SCHEMA app TO fence_search;
ALTER FUNCTION app.search_customers(text[], text, timestamptz, uuid, int) OWNER TO fence_search;
REVOKE CREATE ON SCHEMA app FROM fence_search;

-- +goose Down
DROP FUNCTION app.search_customers(text[], text, timestamptz, uuid, int);
DROP TABLE app.properties, app.customers;
DROP EXTENSION btree_gin;
