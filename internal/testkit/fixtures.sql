-- Rows of two organizations in every tenant table. B's texts carry the word SENTINEL: whatever A can make
-- the product say must never contain it. The accounting test fails on a table without rows here.
SELECT set_config('app.org_id', '00000000-0000-7000-8000-00000000000a', false);

INSERT INTO platform.hosts (host, org_id, kind, created_at) VALUES
	('alpha', '00000000-0000-7000-8000-00000000000a', 'primary', '2026-01-05T15:00:00Z'),
	('beta',  '00000000-0000-7000-8000-00000000000b', 'primary', '2026-01-05T15:00:00Z');
INSERT INTO platform.organizations (org_id, name, plan, trial_ends_at, created_at) VALUES
	('00000000-0000-7000-8000-00000000000a', 'Alpha Fence', 'growth', NULL, '2026-01-05T15:00:00Z'),
	('00000000-0000-7000-8000-00000000000b', 'Beta SENTINEL Fence', 'growth', NULL, '2026-01-05T15:00:00Z');
INSERT INTO app.organizations (org_id, slug, name, time_zone, zip, phone, email, street, city, state, license_number, plan, plan_version, period_anchor, created_at) VALUES
	('00000000-0000-7000-8000-00000000000a', 'alpha', 'Alpha Fence', 'America/Chicago', '78701', '+15125550100', 'office@alpha.example', '1 Alpha Way', 'Austin', 'TX', 'TX-1001', 'growth', 1, '2026-01-05T15:00:00Z', '2026-01-05T15:00:00Z'),
	('00000000-0000-7000-8000-00000000000b', 'beta', 'Beta SENTINEL Fence', 'America/New_York', '10001', '+12125550100', 'sentinel@beta.example', '1 SENTINEL Way', 'New York', 'NY', 'SENTINEL-1', 'growth', 1, '2026-01-05T15:00:00Z', '2026-01-05T15:00:00Z');

-- Everything below is the same for both, with B's texts marked.
CREATE TEMP TABLE org AS
SELECT * FROM (VALUES
	('00000000-0000-7000-8000-00000000000a'::uuid, 'a', ''),
	('00000000-0000-7000-8000-00000000000b'::uuid, 'b', ' SENTINEL')) AS o(org_id, letter, mark);
-- Ids name their table and organization: ident('c', 1, 'a') is customer 1 of A.
CREATE FUNCTION pg_temp.ident(number int, letter text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
	SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(number), 11, '0') || letter)::uuid
$$;

INSERT INTO app.business_hours (org_id, weekday, opens, closes)
SELECT org_id, d, '08:00', '17:00' FROM org, generate_series(1, 5) d;
INSERT INTO app.service_areas (org_id, zip) SELECT org_id, CASE letter WHEN 'a' THEN '787' ELSE '100' END FROM org;
INSERT INTO app.audit_heads (org_id, seq, hash)
SELECT org_id, 1, sha256(convert_to('{"at":"2026-01-05T15:00:00Z","action":"organization.founded","record_type":"organization","record_id":"' || org_id || '","actor_kind":"platform","actor_id":"00000000-0000-0000-0000-000000000000","actor_name":"Sign-up' || mark || '"}', 'UTF8')) FROM org;
INSERT INTO app.audit_entries (org_id, seq, at, record_type, record_id, content, hash)
SELECT o.org_id, 1, '2026-01-05T15:00:00Z', 'organization', o.org_id,
	'{"at":"2026-01-05T15:00:00Z","action":"organization.founded","record_type":"organization","record_id":"' || o.org_id || '","actor_kind":"platform","actor_id":"00000000-0000-0000-0000-000000000000","actor_name":"Sign-up' || mark || '"}', h.hash
FROM org o JOIN app.audit_heads h USING (org_id);

INSERT INTO app.users (org_id, id, name, email, role, password_hash, email_verified_at, created_at)
SELECT org_id, pg_temp.ident(16 + n::int, letter), initcap(role) || ' ' || upper(letter) || mark, role || '@' || letter || '.example', role, 'unset', '2026-01-05T15:00:00Z', '2026-01-05T15:00:00Z'
FROM org, unnest(ARRAY['owner', 'admin', 'office', 'estimator', 'crew', 'accountant']) WITH ORDINALITY AS r(role, n);
INSERT INTO app.usage_levels (org_id, metric, used) SELECT org_id, 'users', 6 FROM org;
INSERT INTO app.usage_counters (org_id, metric, period_start, period_end, used)
SELECT org_id, 'quotes', '2026-01-05T15:00:00Z', '2026-02-05T15:00:00Z', 1 FROM org;
INSERT INTO app.usage_events (org_id, id, metric, quantity, record_type, record_id, at, period_start)
SELECT org_id, pg_temp.ident(32, letter), 'quotes', 1, 'quote', pg_temp.ident(96, letter), '2026-01-06T15:00:00Z', '2026-01-05T15:00:00Z' FROM org;
INSERT INTO app.number_sequences (org_id, kind, year, last) SELECT org_id, k, 2026, 1 FROM org, unnest(ARRAY['quote', 'job']) k;

INSERT INTO app.sessions (org_id, id, user_id, token_hash, kind, ip, user_agent, created_at, expires_at)
SELECT org_id, pg_temp.ident(33, letter), pg_temp.ident(17, letter), sha256(convert_to('session of ' || letter, 'UTF8')), 'browser', '127.0.0.1', 'fixture' || mark, '2026-01-05T15:00:00Z', '2099-01-01T00:00:00Z' FROM org;
INSERT INTO app.api_keys (org_id, id, user_id, name, prefix, secret_hash, created_at)
SELECT org_id, pg_temp.ident(34, letter), pg_temp.ident(17, letter), 'Fixture' || mark, 'fk_' || letter, sha256(convert_to('key of ' || letter, 'UTF8')), '2026-01-05T15:00:00Z' FROM org;
INSERT INTO app.one_time_codes (org_id, id, user_id, purpose, code_hash, created_at, expires_at, used_at)
SELECT org_id, pg_temp.ident(35, letter), pg_temp.ident(17, letter), 'confirm', sha256(convert_to('code of ' || letter, 'UTF8')), '2026-01-05T15:00:00Z', '2026-01-06T15:00:00Z', '2026-01-05T16:00:00Z' FROM org;
INSERT INTO app.invitations (org_id, id, email, name, role, invited_by, code_hash, created_at, expires_at, accepted_at)
SELECT org_id, pg_temp.ident(36, letter), 'office@' || letter || '.example', 'Office' || mark, 'office', pg_temp.ident(17, letter), sha256(convert_to('invitation of ' || letter, 'UTF8')), '2026-01-05T15:00:00Z', '2026-01-12T15:00:00Z', '2026-01-05T17:00:00Z' FROM org;
INSERT INTO app.sign_in_failures (org_id, bucket, failures, since) SELECT org_id, 'ip:192.0.2.1', 1, '2026-01-05T15:00:00Z' FROM org;
INSERT INTO app.idempotency_keys (org_id, actor_id, key, operation, request_hash, answer, created_at)
SELECT org_id, pg_temp.ident(17, letter), 'fixture', 'customers.create', '\x00', jsonb_build_object('name', 'kept' || mark), '2026-01-05T15:00:00Z' FROM org;
INSERT INTO app.mails (org_id, id, kind, recipient, sender, subject, plain, html, created_at, sent_at)
SELECT org_id, pg_temp.ident(37, letter), 'welcome', 'owner@' || letter || '.example', 'Fence Platform', 'Welcome' || mark, '', '', '2026-01-05T15:00:00Z', '2026-01-05T15:00:01Z' FROM org;

INSERT INTO app.customers (org_id, id, name, company, email, phone, notes, created_by, created_at, updated_at, search_text)
SELECT org_id, pg_temp.ident(64, letter), 'Dana Ruiz' || mark, '', 'dana@' || letter || '.example', '+15125550143', 'Call after six' || mark, pg_temp.ident(17, letter), '2026-01-05T16:00:00Z', '2026-01-05T16:00:00Z',
	lower('Dana Ruiz' || mark || ' 5125550143 dana@' || letter || '.example 12 Oak St Austin 78701') FROM org;
INSERT INTO app.properties (org_id, id, customer_id, street, city, state, zip, county, time_zone, notes, created_at, updated_at)
SELECT org_id, pg_temp.ident(65, letter), pg_temp.ident(64, letter), '12 Oak St', 'Austin', 'TX', '78701', 'Travis', 'America/Chicago', 'Dog at the side gate' || mark, '2026-01-05T16:00:00Z', '2026-01-05T16:00:00Z' FROM org;

DROP TABLE org;
