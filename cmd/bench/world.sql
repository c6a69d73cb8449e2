-- The companies that the benchmark asks for, loaded by the superuser, past the wall. Ids tell their numbers, as
-- numbered() in database.go makes them.
CREATE FUNCTION pg_temp.numbered(high int, low int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
	SELECT (lpad(high::text, 8, '0') || '-0000-7000-8000-' || lpad(low::text, 12, '0'))::uuid
$$;

CREATE FUNCTION pg_temp.organizations(first int, many int) RETURNS void LANGUAGE sql AS $$
	INSERT INTO platform.hosts (host, org_id, kind, created_at)
	SELECT 'company' || n, pg_temp.numbered(0, n), 'primary', app.now() FROM generate_series(first, first + many - 1) n;

	INSERT INTO platform.organizations (org_id, name, plan, created_at)
	SELECT pg_temp.numbered(0, n), 'Company ' || n, 'enterprise', app.now() FROM generate_series(first, first + many - 1) n;

	INSERT INTO app.organizations (org_id, slug, name, time_zone, zip, phone, email, street, city, state, plan, plan_version, period_anchor, created_at)
	SELECT pg_temp.numbered(0, n), 'company' || n, 'Company ' || n, 'America/Chicago', '78701', '+15125550100', 'office@company.example',
		n || ' Main St', 'Austin', 'TX', 'enterprise', 1, app.now(), app.now()
	FROM generate_series(first, first + many - 1) n;

	INSERT INTO app.audit_heads (org_id) SELECT pg_temp.numbered(0, n) FROM generate_series(first, first + many - 1) n;

	INSERT INTO app.users (org_id, id, name, email, role, password_hash, email_verified_at, created_at)
	SELECT pg_temp.numbered(0, n), pg_temp.numbered(n, 0), 'Owner ' || n, 'owner@company.example', 'owner', 'unset', app.now(), app.now()
	FROM generate_series(first, first + many - 1) n;

	INSERT INTO app.usage_levels (org_id, metric, used) SELECT pg_temp.numbered(0, n), 'users', 1 FROM generate_series(first, first + many - 1) n;
$$;

CREATE FUNCTION pg_temp.api_key(n int, hash bytea) RETURNS void LANGUAGE sql AS $$
	INSERT INTO app.api_keys (org_id, id, user_id, name, ending, secret_hash, scopes, created_at)
	VALUES (pg_temp.numbered(0, n), pg_temp.numbered(n, 0), pg_temp.numbered(n, 0), 'Benchmark', 'last', hash, '{customers.write}', app.now());
$$;

-- Customers as a company would have them: half with a company name, nine in ten with an e-mail, a third with notes.
-- Those of all companies are mixed on the disk, as they come in over the years.
CREATE FUNCTION pg_temp.customers(first int, companies int, each int) RETURNS void LANGUAGE sql AS $$
	INSERT INTO app.customers (org_id, id, name, company, email, phone, notes, created_by, created_at, updated_at, search_text)
	SELECT org, c, name, company, email, phone, notes, owner, at, at, lower(concat_ws(' ', name, company, email, right(phone, 10)))
	FROM (
		SELECT pg_temp.numbered(0, n) AS org, pg_temp.numbered(n, i) AS c, pg_temp.numbered(n, 0) AS owner,
			given || ' ' || family AS name,
			CASE WHEN i % 2 = 0 THEN family || ' Property Management' ELSE '' END AS company,
			CASE WHEN i % 10 > 0 THEN lower(given || '.' || family) || i || '@mail.example' ELSE '' END AS email,
			'+1512555' || lpad((i % 10000)::text, 4, '0') AS phone,
			CASE WHEN i % 3 = 0 THEN 'Call after six. The gate behind the garage sticks; the dog is friendly.' ELSE '' END AS notes,
			app.now() - make_interval(hours => 3 * (first + each - i)) AS at, i, n
		FROM generate_series(first, first + companies - 1) n, generate_series(first, first + each - 1) i,
			LATERAL (SELECT
				(ARRAY['Dana', 'Luis', 'Maria', 'James', 'Aisha', 'Robert', 'Wei', 'Emily', 'Carlos', 'Fatima', 'John'])[1 + (n + i) % 11] AS given,
				(ARRAY['Ruiz', 'Smith', 'Nguyen', 'Johnson', 'Garcia', 'Patel', 'Brown', 'Okafor', 'Miller', 'Kowalski'])[1 + (n * 7 + i) % 10] AS family) names
	) made ORDER BY i, n;

	INSERT INTO app.properties (org_id, id, customer_id, street, city, state, zip, county, time_zone, created_at, updated_at)
	SELECT org_id, id, id, '12 Oak St', 'Austin', 'TX', '78701', 'Travis', 'America/Chicago', created_at, created_at FROM app.customers;
$$;
