-- Rows of two organizations in every tenant table. B's texts carry the word SENTINEL: whatever A can make
-- the product say must never contain it. The accounting test fails on a table without rows here.

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
INSERT INTO app.usage_levels (org_id, metric, used) SELECT org_id, m, n FROM org, (VALUES ('users', 6), ('storage_bytes', 1230)) AS l(m, n);
INSERT INTO app.usage_counters (org_id, metric, period_start, period_end, used)
SELECT org_id, 'quotes', '2026-01-05T15:00:00Z', '2026-02-05T15:00:00Z', 1 FROM org;
INSERT INTO app.usage_events (org_id, id, metric, quantity, record_type, record_id, at, period_start)
SELECT org_id, pg_temp.ident(32, letter), 'quotes', 1, 'quote', pg_temp.ident(96, letter), '2026-01-06T15:00:00Z', '2026-01-05T15:00:00Z' FROM org;
INSERT INTO app.usage_warnings (org_id, metric, period_start, percent, used, limited_to, at)
SELECT org_id, 'users', '2026-01-05T15:00:00Z', 80, 8, 10, '2026-01-06T15:00:00Z' FROM org;
INSERT INTO app.usage_leases (org_id, metric, period_start, replica, granted, spent, expires_at)
SELECT org_id, 'api_calls', '2026-01-05T15:00:00Z', pg_temp.ident(42, letter), 7, 7, '2026-01-06T15:00:00Z' FROM org;
INSERT INTO app.plan_acts (org_id, id, kind, state, attempt, plan, plan_version, extra_users, customer_id, provider_id, page_url, cents, expires_at, asked_by, asked_at, settled_at)
SELECT org_id, pg_temp.ident(43, letter), 'checkout', 'dropped', 1, 'starter', 1, 0, 'cus_' || letter, 'cs_' || letter || mark, '', 4900, '2026-01-05T17:00:00Z', 'Owner' || mark, '2026-01-05T15:00:00Z', '2026-01-05T17:00:00Z' FROM org;
INSERT INTO app.seat_marks (org_id, subscription_id, period_start, most, charged, version) SELECT org_id, 'sub_' || letter || mark, '2026-01-05T15:00:00Z', 1, 1, 1 FROM org;
INSERT INTO app.plan_notices (org_id, kind, cause, at) SELECT org_id, 'trial_ending', '2026-01-19T15:00:00Z 7' || mark, '2026-01-12T15:00:00Z' FROM org;
INSERT INTO app.number_sequences (org_id, kind, year, last) SELECT org_id, k, 2026, 1 FROM org, unnest(ARRAY['quote', 'job']) k;

INSERT INTO app.sessions (org_id, id, user_id, token_hash, kind, ip, user_agent, created_at, expires_at)
SELECT org_id, pg_temp.ident(33, letter), pg_temp.ident(17, letter), sha256(convert_to('session of ' || letter, 'UTF8')), 'browser', '127.0.0.1', 'fixture' || mark, '2026-01-05T15:00:00Z', '2099-01-01T00:00:00Z' FROM org;
INSERT INTO app.api_keys (org_id, id, user_id, name, ending, secret_hash, created_at)
SELECT org_id, pg_temp.ident(34, letter), pg_temp.ident(17, letter), 'Fixture' || mark, 'xyz' || letter, sha256(convert_to('key of ' || letter, 'UTF8')), '2026-01-05T15:00:00Z' FROM org;
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
	lower('Dana Ruiz' || mark || ' dana@' || letter || '.example 5125550143 512-555-0143 12 Oak St Austin TX 78701') FROM org;
INSERT INTO app.properties (org_id, id, customer_id, street, city, state, zip, county, time_zone, notes, created_at, updated_at)
SELECT org_id, pg_temp.ident(65, letter), pg_temp.ident(64, letter), '12 Oak St', 'Austin', 'TX', '78701', 'Travis', 'America/Chicago', 'Dog at the side gate' || mark, '2026-01-05T16:00:00Z', '2026-01-05T16:00:00Z' FROM org;

-- Quoting and fieldwork: idents 96 to 127. The quote is accepted, its job is sold.
INSERT INTO app.sketches (org_id, id, property_id, name, layout, extras, drawn_ft, run_count, gate_count, created_by, created_at, updated_by, updated_at, logged_at)
SELECT org_id, pg_temp.ident(97, letter), pg_temp.ident(65, letter), 'Back yard' || mark,
	'{"nodes": [{"id": "A", "x": 0, "y": 40}, {"id": "B", "x": 0, "y": 0}, {"id": "C", "x": 60, "y": 0}, {"id": "D", "x": 60, "y": 40}],
	"segments": [{"id": "s1", "from": "A", "to": "B"}, {"id": "s2", "from": "B", "to": "C"}, {"id": "s3", "from": "C", "to": "D"}],
	"gates": [{"id": "g1", "segment": "s2", "offset_ft": 8, "opening_in": 48, "kind": "walk"}],
	"style": {"kind": "wood", "height_ft": 6, "post_spacing_ft": 8, "rails": 3, "rail_waste_pct": 5}}',
	jsonb_build_object('runs', jsonb_build_object('s1', jsonb_build_object('name', 'Left' || mark, 'measured', true),
		's2', jsonb_build_object('name', 'Back' || mark, 'measured', true), 's3', jsonb_build_object('name', 'Right' || mark, 'measured', true))),
	140, 3, 1, pg_temp.ident(17, letter), '2026-01-06T14:00:00Z', pg_temp.ident(17, letter), '2026-01-06T14:00:00Z', '2026-01-06T14:00:00Z' FROM org;
INSERT INTO app.quotes (org_id, id, number, customer_id, property_id, sketch_id, state, current_n, total_cents, valid_until, sent_at, last_viewed_at, decided_at, created_by, created_name, created_at, updated_at)
SELECT org_id, pg_temp.ident(96, letter), 'Q-2026-000001', pg_temp.ident(64, letter), pg_temp.ident(65, letter), pg_temp.ident(97, letter), 'accepted', 1, 684922,
	'2026-02-06T06:00:00Z', '2026-01-06T15:10:00Z', '2026-01-06T20:00:00Z', '2026-01-06T20:05:00Z', pg_temp.ident(17, letter), 'Owner' || mark, '2026-01-06T15:00:00Z', '2026-01-06T20:05:00Z' FROM org;
INSERT INTO app.quote_versions (org_id, id, quote_id, n, state, sketch_version, layout, extras, priced_at, zone, recommended, validity_days, tax_mode, tax_rate, included, not_included, terms,
	message, document, document_hash, valid_until, sent_at, first_viewed_at, last_viewed_at, view_count, accepted_at, created_by, created_at)
SELECT o.org_id, pg_temp.ident(98, letter), pg_temp.ident(96, letter), 1, 'accepted', 1, s.layout, s.extras, '2026-01-06T15:00:00Z', '', 'premium', 30, 'none', 0, ARRAY['Posts set in concrete' || mark], ARRAY['Rock' || mark], 'Terms' || mark,
	'Thank you' || mark, '{"fixture":"' || letter || mark || '"}', sha256(convert_to('{"fixture":"' || letter || mark || '"}', 'UTF8')), '2026-02-06T06:00:00Z', '2026-01-06T15:10:00Z',
	'2026-01-06T20:00:00Z', '2026-01-06T20:00:00Z', 1, '2026-01-06T20:05:00Z', pg_temp.ident(17, letter), '2026-01-06T15:00:00Z'
FROM org o JOIN app.sketches s USING (org_id);
INSERT INTO app.quote_options (org_id, id, version_id, tier, name, sort, post_count, drawn_ft, material_cents, direct_cents, cost_cents, price_cents, discount_cents, net_cents, tax_cents, total_cents)
SELECT org_id, pg_temp.ident(99, letter), pg_temp.ident(98, letter), 'premium', 'Premium' || mark, 2, 20, 140, 250000, 397500, 445199, 684922, 0, 684922, 0, 684922 FROM org;
INSERT INTO app.quote_lines (org_id, id, option_id, section, kind, key, description, quantity, unit, cost_cents, price_cents, net_cents, sort)
SELECT org_id, pg_temp.ident(100, letter), pg_temp.ident(99, letter), 'fence', 'material', 'picket', 'Pickets' || mark, 297, 'each', 445199, 684922, 684922, 1 FROM org;
INSERT INTO app.quote_links (org_id, id, quote_id, version_id, kind, recipient_name, recipient_email, token_hash, created_by, created_at)
SELECT org_id, pg_temp.ident(101, letter), pg_temp.ident(96, letter), pg_temp.ident(98, letter), 'mail', 'Dana Ruiz' || mark, 'dana@' || letter || '.example', sha256(convert_to('link of ' || letter, 'UTF8')), pg_temp.ident(17, letter), '2026-01-06T15:10:00Z' FROM org;
INSERT INTO app.quote_views (org_id, id, quote_id, version_id, link_id, at, ip, user_agent)
SELECT org_id, pg_temp.ident(102, letter), pg_temp.ident(96, letter), pg_temp.ident(98, letter), pg_temp.ident(101, letter), '2026-01-06T20:00:00Z', '192.0.2.7', 'fixture' || mark FROM org;
INSERT INTO app.acceptances (org_id, id, quote_id, version_id, option_id, net_cents, tax_cents, total_cents, deposit_cents, document_hash, role, link_id, signer_name, signature_kind, signature, consent_version, ip, user_agent, accepted_at, time_zone)
SELECT org_id, pg_temp.ident(103, letter), pg_temp.ident(96, letter), pg_temp.ident(98, letter), pg_temp.ident(99, letter), 684922, 0, 684922, 0, sha256(convert_to('{"fixture":"' || letter || mark || '"}', 'UTF8')),
	'homeowner', pg_temp.ident(101, letter), 'Dana Ruiz' || mark, 'typed', '{"kind": "typed"}', '2026-01', '192.0.2.7', 'fixture' || mark, '2026-01-06T20:05:00Z', 'America/Chicago' FROM org;
INSERT INTO app.quote_documents (org_id, id, quote_id, version_id, kind, sha256, bytes, created_at)
SELECT org_id, pg_temp.ident(104, letter), pg_temp.ident(96, letter), pg_temp.ident(98, letter), 'sent', sha256(convert_to('%PDF-1.4 fixture ' || letter || mark, 'UTF8')), convert_to('%PDF-1.4 fixture ' || letter || mark, 'UTF8'), '2026-01-06T15:10:00Z' FROM org;
INSERT INTO app.jobs (org_id, id, number, quote_id, version_id, acceptance_id, customer_id, property_id, state, contract_cents, sold_at, created_at, updated_at)
SELECT org_id, pg_temp.ident(112, letter), 'J-2026-000001', pg_temp.ident(96, letter), pg_temp.ident(98, letter), pg_temp.ident(103, letter), pg_temp.ident(64, letter), pg_temp.ident(65, letter), 'sold', 684922, '2026-01-06T20:05:00Z', '2026-01-06T20:05:01Z', '2026-01-06T20:05:01Z' FROM org;
-- A check came for the job.
INSERT INTO app.ledgers (org_id, acceptance_id, agreed_cents, due_cents, received_cents, paid_cents, refunded_cents, entries, opened_at)
SELECT org_id, pg_temp.ident(103, letter), 684922, 0, 100000, 100000, 0, 1, '2026-01-06T20:05:01Z' FROM org;
INSERT INTO app.ledger_entries (org_id, id, acceptance_id, n, kind, method, amount_cents, due_change_cents, received_change_cents, note, reference, day, recorded_by, recorded_name, recorded_at)
SELECT org_id, pg_temp.ident(114, letter), pg_temp.ident(103, letter), 1, 'payment', 'check', 100000, 0, 100000, 'In the yard' || mark, '1042' || mark, '2026-01-07',
	pg_temp.ident(22, letter), 'Accountant' || mark, '2026-01-07T16:00:00Z' FROM org;
-- An account at the payment provider that is out of use, and a page of it that nobody paid on.
INSERT INTO platform.payment_accounts (account, org_id, known_since) SELECT 'acct_fixture_' || letter, org_id, '2026-01-06T20:00:00Z' FROM org;
INSERT INTO app.payment_accounts (org_id, id, account, begun_by, begun_name, begun_at, disconnected_at, disconnected_name)
SELECT org_id, pg_temp.ident(115, letter), 'acct_fixture_' || letter, pg_temp.ident(17, letter), 'Owner' || mark, '2026-01-06T20:00:00Z', '2026-01-06T20:30:00Z', 'Owner' || mark FROM org;
INSERT INTO app.online_payments (org_id, id, acceptance_id, link_id, payer_name, account, amount_cents, state, session, url, expires_at, created_at)
SELECT org_id, pg_temp.ident(116, letter), pg_temp.ident(103, letter), pg_temp.ident(101, letter), 'Dana Ruiz' || mark, 'acct_fixture_' || letter, 100000, 'expired',
	'cs_fixture_' || letter, 'https://pay.example/' || letter || mark, '2026-01-07T20:10:00Z', '2026-01-06T20:10:00Z' FROM org;

-- Files: a photo of the job. Its bytes are nowhere.
INSERT INTO app.blobs (org_id, sha256, size, uses, state, changed_at)
SELECT org_id, sha256(convert_to(form || mark, 'UTF8')), size, 1, 'lost', '2026-01-06T21:00:00Z' FROM org, (VALUES ('original', 1000), ('shown', 200), ('thumbnail', 30)) AS f(form, size);
INSERT INTO app.files (org_id, id, record_type, record_id, kind, name, caption, state, reserved_bytes, created_by, created_by_name, created_at)
SELECT org_id, pg_temp.ident(113, letter), 'job', pg_temp.ident(112, letter), 'photo', 'posts' || mark || '.jpg', 'Posts are set' || mark, 'stored', 0,
	pg_temp.ident(21, letter), 'Carl' || mark, '2026-01-06T21:00:00Z' FROM org;
INSERT INTO app.file_forms (org_id, file_id, form, sha256, media_type, width, height)
SELECT org_id, pg_temp.ident(113, letter), form, sha256(convert_to(form || mark, 'UTF8')), 'image/jpeg', w, h FROM org, (VALUES ('original', 4032, 3024), ('shown', 2048, 1536), ('thumbnail', 320, 240)) AS f(form, w, h);

-- Prices: the reference price list of the engine (docs/engine.md) with one style in all three tiers, and a zone of its own.
INSERT INTO app.materials (org_id, id, key, name, unit, cost_cents, pack, created_at, updated_at)
SELECT org_id, pg_temp.ident(128 + n, letter), key, name || mark, unit, cents, pack, '2026-01-05T15:00:00Z', '2026-01-05T15:00:00Z'
FROM org, (VALUES (0, 'post', 'Post 4×4', 'each', 1250, 1), (1, 'gate_post', 'Gate post 6×6', 'each', 3800, 1), (2, 'rail', 'Rail', 'each', 525, 1),
	(3, 'picket', 'Cedar picket', 'each', 285, 1), (4, 'screw', 'Screws', 'box of 500', 3400, 500), (5, 'gate_kit', 'Gate kit', 'each', 6500, 1),
	(6, 'concrete_bag', 'Concrete, 80 lb', 'bag', 620, 1)) AS m(n, key, name, unit, cents, pack);
INSERT INTO app.styles (org_id, id, key, name, kind, document, created_at, updated_at)
SELECT org_id, pg_temp.ident(136, letter), 'cedar-privacy', 'Cedar privacy' || mark, 'wood',
	'{"kind": "wood", "height_ft": 6, "post_spacing_ft": 8, "rails": 3, "rail_waste_pct": 5}', '2026-01-05T15:00:00Z', '2026-01-05T15:00:00Z' FROM org;
INSERT INTO app.style_materials (org_id, style_id, item_key, material_id)
SELECT org_id, pg_temp.ident(136, letter), item, pg_temp.ident(128 + n, letter)
FROM org, (VALUES ('post_line', 0), ('post_end', 0), ('post_corner', 0), ('post_tee', 0), ('post_gate', 1), ('rail', 2), ('picket', 3), ('gate_picket', 3),
	('screw', 4), ('gate_kit', 5), ('concrete_bag', 6)) AS m(item, n);
INSERT INTO app.tiers (org_id, id, key, position, name, style_id, base_charge_cents, adjustment_pct, summary, differences, warranty_years, created_at, updated_at)
SELECT org_id, pg_temp.ident(136 + n, letter), key, n, initcap(key) || mark, pg_temp.ident(136, letter), cents, pct, 'A fence' || mark,
	jsonb_build_array(jsonb_build_object('topic', 'Pickets', 'words', 'Cedar' || mark)), n, '2026-01-05T15:00:00Z', '2026-01-05T15:00:00Z'
FROM org, (VALUES (1, 'basic', 29900, -10.0), (2, 'premium', 59900, 0.0), (3, 'elite', 99900, 20.0)) AS t(n, key, cents, pct);
INSERT INTO app.price_settings (org_id, labor_rate_cents, per_post_hours, per_ft_hours, per_gate_hours, removal_cents_per_ft, overhead_pct, method, method_pct,
	method_cents_per_ft, free_miles, step_miles, step_cents, minimum_job_cents, tax_mode, tax_rate, deposit_pct, deposit_text, validity_days, recommended_tier,
	included, not_included, terms, cancellation_notice, updated_at)
SELECT org_id, 4200, 0.75, 0.12, 2, 350, 12, 'margin', 35, 0, 25, 5, 350, 0, 'none', 0, 30, 'Deposit' || mark, 30, 'premium',
	ARRAY['Labor' || mark], ARRAY['Permits' || mark], 'Terms' || mark, 'Notice' || mark, '2026-01-05T15:00:00Z' FROM org;
INSERT INTO app.pricing_zones (org_id, id, name, priority, material_factor, labor_factor, equipment_factor, note, created_at, updated_at)
SELECT org_id, pg_temp.ident(144, letter), 'Downtown' || mark, 0, 1.02, 1.1, 1, 'Fixture' || mark, '2026-01-05T15:00:00Z', '2026-01-05T15:00:00Z' FROM org;
INSERT INTO app.pricing_zone_members (org_id, zone_id, kind, low, high)
SELECT org_id, pg_temp.ident(144, letter), kind, zip, zip FROM org, (VALUES ('zip5', '78701'), ('zip3', '100')) AS m(kind, zip);

-- Adoption, and the tables that it filled first: idents 160 to 175. A small old database came with the company.
INSERT INTO app.adoptions (org_id, id, label, source, run, state, started_at, finished_at)
SELECT org_id, pg_temp.ident(160, letter), 'fixture', 'old' || mark, 1, 'done', '2026-01-05T15:30:00Z', '2026-01-05T15:31:00Z' FROM org;
INSERT INTO app.adoption_tables (org_id, adoption_id, source_table, last_key, rows_read, rows_written, done_at)
SELECT org_id, pg_temp.ident(160, letter), 'leads', convert_to('1' || mark, 'UTF8'), 1, 1, '2026-01-05T15:31:00Z' FROM org;
INSERT INTO app.leads (org_id, id, state, source, name, email, message, customer_id, created_at, updated_at, extra, adoption_id)
SELECT org_id, pg_temp.ident(161, letter), 'contacted', 'phone', 'Dana Ruiz' || mark, 'dana@' || letter || '.example', 'Cedar' || mark, pg_temp.ident(64, letter),
	'2026-01-04T15:00:00Z', '2026-01-04T15:00:00Z', jsonb_build_object('id', '1', 'campaign', 'Spring' || mark), pg_temp.ident(160, letter) FROM org;
INSERT INTO app.appointments (org_id, id, kind, state, title, lead_id, customer_id, property_id, assignee_id, starts_at, ends_at, time_zone, created_at, updated_at)
SELECT org_id, pg_temp.ident(162, letter), 'site_visit', 'completed', 'Measure' || mark, pg_temp.ident(161, letter), pg_temp.ident(64, letter), pg_temp.ident(65, letter), pg_temp.ident(20, letter),
	'2026-01-05T20:00:00Z', '2026-01-05T21:00:00Z', 'America/Chicago', '2026-01-04T15:00:00Z', '2026-01-05T21:00:00Z' FROM org;
INSERT INTO app.adopted_quotes (org_id, id, adoption_id, number, state, title, customer_id, total_cents, created_at)
SELECT org_id, pg_temp.ident(163, letter), pg_temp.ident(160, letter), '2019-7' || mark, 'declined', 'Chain link' || mark, pg_temp.ident(64, letter), 410000, '2019-05-05T15:00:00Z' FROM org;
INSERT INTO app.roi_calculations (org_id, id, kind, title, quote_id, outputs, engine_version, created_at)
SELECT org_id, pg_temp.ident(164, letter), 'lifecycle', 'Wood or vinyl' || mark, pg_temp.ident(96, letter), jsonb_build_object('note', 'kept' || mark), '1', '2026-01-06T15:00:00Z' FROM org;
INSERT INTO app.pricing_approvals (org_id, id, quote_id, version_hash, state, metric, discount_bp, reason, requested_by, requested_name, requested_at, decided_by, decided_name, decided_at)
SELECT org_id, pg_temp.ident(165, letter), pg_temp.ident(96, letter), sha256(convert_to('{"fixture":"' || letter || mark || '"}', 'UTF8')), 'approved', 'discount', 500, 'Neighbor' || mark,
	pg_temp.ident(20, letter), 'Estimator' || mark, '2026-01-06T15:05:00Z', pg_temp.ident(17, letter), 'Owner' || mark, '2026-01-06T15:06:00Z' FROM org;

DROP TABLE org;

-- Signing in: idents 160 to 175. The accountants have a passkey, and an authenticator app that was never confirmed.
CREATE TEMP TABLE org AS
SELECT * FROM (VALUES
	('00000000-0000-7000-8000-00000000000a'::uuid, 'a', ''),
	('00000000-0000-7000-8000-00000000000b'::uuid, 'b', ' SENTINEL')) AS o(org_id, letter, mark);
INSERT INTO app.sign_in_steps (org_id, id, user_id, token_hash, created_at, expires_at, used_at)
SELECT org_id, pg_temp.ident(160, letter), pg_temp.ident(17, letter), sha256(convert_to('step of ' || letter, 'UTF8')), '2026-01-05T15:00:00Z', '2026-01-05T15:10:00Z', '2026-01-05T15:01:00Z' FROM org;
INSERT INTO app.totp_secrets (org_id, user_id, sealed, created_at)
SELECT org_id, pg_temp.ident(22, letter), convert_to('sealed' || mark, 'UTF8'), '2026-01-05T15:00:00Z' FROM org;
INSERT INTO app.recovery_codes (org_id, id, user_id, code_hash, created_at, used_at)
SELECT org_id, pg_temp.ident(161, letter), pg_temp.ident(22, letter), sha256(convert_to('recovery of ' || letter, 'UTF8')), '2026-01-05T15:00:00Z', '2026-01-05T16:00:00Z' FROM org;
INSERT INTO app.known_devices (org_id, id, user_id, token_hash, created_at, expires_at)
SELECT org_id, pg_temp.ident(162, letter), pg_temp.ident(17, letter), sha256(convert_to('device of ' || letter, 'UTF8')), '2026-01-05T15:00:00Z', '2099-01-01T00:00:00Z' FROM org;
INSERT INTO app.passkeys (org_id, id, user_id, credential_id, credential, name, created_at)
SELECT org_id, pg_temp.ident(163, letter), pg_temp.ident(22, letter), convert_to('credential of ' || letter, 'UTF8'), jsonb_build_object('id', 'x' || mark), 'Phone' || mark, '2026-01-05T15:00:00Z' FROM org;
INSERT INTO app.passkey_challenges (org_id, id, user_id, purpose, asked, created_at, expires_at)
SELECT org_id, pg_temp.ident(164, letter), pg_temp.ident(22, letter), 'register', jsonb_build_object('challenge', 'x' || mark), '2026-01-05T15:00:00Z', '2026-01-05T15:05:00Z' FROM org;
-- Keys and log.
UPDATE app.api_keys SET scopes = ARRAY['customers.read', 'quotes.write'], prefix = 'fk_FIXTURE';
INSERT INTO app.role_views (org_id, session_id, role, started_at, ends_at)
SELECT org_id, pg_temp.ident(33, letter), 'crew', '2026-01-05T15:00:00Z', '2026-01-05T16:00:00Z' FROM org;
-- Support access, long over: idents 176 to 179. One operator saw both companies.
INSERT INTO platform.operators (id, name, email, password_hash, totp_sealed, totp_confirmed_at, created_at, disabled_at)
VALUES ('00000000-0000-7000-8000-0000000000f0', 'Olivia Fixture', 'olivia@operators.example', 'none', 'sealed', '2026-01-05T15:00:00Z', '2026-01-05T15:00:00Z', '2026-01-07T15:00:00Z');
INSERT INTO app.support_access (org_id, id, operator_id, operator_name, purpose, writes, minutes, state, asked_at, decided_at, decided_by, expires_at, ended_at, ended_by)
SELECT org_id, pg_temp.ident(176, letter), '00000000-0000-7000-8000-0000000000f0', 'Olivia Fixture', 'A quote was not sent' || mark, false, 60, 'ended', '2026-01-06T15:00:00Z',
	'2026-01-06T15:05:00Z', pg_temp.ident(17, letter), '2026-01-06T16:05:00Z', '2026-01-06T15:30:00Z', 'operator' FROM org;
INSERT INTO app.support_sessions (org_id, id, access_id, token_hash, created_at)
SELECT org_id, pg_temp.ident(177, letter), pg_temp.ident(176, letter), sha256(convert_to('support of ' || letter, 'UTF8')), '2026-01-06T15:06:00Z' FROM org;
-- Single sign-on, set up and not turned on. The estimators came by it once.
INSERT INTO app.sign_on (org_id, name, issuer, client_id, client_secret, domains, newcomer_role, only_way, second_factor_too, enabled, updated_at, version)
SELECT org_id, 'Okta' || mark, 'https://login.' || letter || '.example', 'client of ' || letter || mark, convert_to('sealed' || mark, 'UTF8'), ARRAY[letter || '.example'], NULL, false, false, false, '2026-01-05T15:00:00Z', 2 FROM org;
INSERT INTO app.sign_on_links (org_id, issuer, subject, user_id, created_at)
SELECT org_id, 'https://login.' || letter || '.example', 'estimator' || mark, pg_temp.ident(20, letter), '2026-01-05T15:00:00Z' FROM org;
INSERT INTO app.sign_on_attempts (org_id, token_hash, issuer, back, created_at, expires_at)
SELECT org_id, sha256(convert_to('attempt of ' || letter, 'UTF8')), 'https://login.' || letter || '.example', '/' || mark, '2026-01-05T15:00:00Z', '2026-01-05T15:10:00Z' FROM org;

DROP TABLE org;

INSERT INTO app.canaries (org_id, name) VALUES ('00000000-0000-7000-8000-00000000000a', 'Alpha'), ('00000000-0000-7000-8000-00000000000b', 'Beta SENTINEL');
