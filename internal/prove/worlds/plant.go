package worlds

import (
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

// plants give B what a statement would count, sweep or stumble over that forgot the organization. $1 is B, $2 A; what a
// sweep takes away lies in pairs under one id, old here and new there, and the other way round.
var plants = []string{
	// Another owner, the first of all by id.
	`INSERT INTO app.users (org_id, id, name, email, role, password_hash, created_at)
		VALUES ($1, '00000000-0000-7000-8000-000000000001', 'Other owner SENTINEL', 'other.owner@b.example', 'owner', 'unset', '2026-01-05')`,
	// Founders of several companies, who have one address there.
	`INSERT INTO app.users (org_id, id, name, email, role, password_hash, created_at)
		SELECT $1, id, name, 'again.' || email, role, 'unset', created_at FROM app.users WHERE org_id NOT IN ($1, $2) ON CONFLICT DO NOTHING`,
	`UPDATE app.users SET password_hash = 'another' WHERE org_id = $1`,
	// Everybody has a second factor of each kind; crew@ has an app that was never confirmed.
	`INSERT INTO app.totp_secrets (org_id, user_id, sealed, created_at, confirmed_at)
		SELECT org_id, id, '\x00', created_at, CASE WHEN email NOT LIKE 'crew@%' THEN created_at END FROM app.users WHERE org_id = $1 ON CONFLICT DO NOTHING`,
	`INSERT INTO app.passkeys (org_id, id, user_id, credential_id, credential, name, created_at)
		SELECT org_id, gen_random_uuid(), id, sha256(convert_to('key of ' || id, 'UTF8')), '{"id": "AA"}', 'Phone SENTINEL', created_at FROM app.users WHERE org_id = $1`,
	`INSERT INTO app.recovery_codes (org_id, id, user_id, code_hash, created_at)
		SELECT org_id, gen_random_uuid(), id, sha256(convert_to('code of ' || id, 'UTF8')), created_at FROM app.users WHERE org_id = $1`,
	// Everybody was here today, is logging in elsewhere, has a key, invited somebody, and had a device that is forgotten.
	`INSERT INTO app.sessions (org_id, id, user_id, token_hash, kind, ip, user_agent, created_at, expires_at)
		SELECT org_id, gen_random_uuid(), id, sha256(convert_to('session of ' || id, 'UTF8')), 'browser', '', 'SENTINEL', '2026-02-20', '2099-01-01' FROM app.users WHERE org_id = $1`,
	`INSERT INTO app.sign_in_steps (org_id, id, user_id, token_hash, created_at, expires_at)
		SELECT org_id, gen_random_uuid(), id, sha256(convert_to('step of ' || id, 'UTF8')), '2026-02-02', '2099-01-01' FROM app.users WHERE org_id = $1`,
	`INSERT INTO app.api_keys (org_id, id, user_id, name, ending, secret_hash, created_at)
		SELECT org_id, gen_random_uuid(), id, 'SENTINEL', 'wxyz', sha256(convert_to('key of ' || id, 'UTF8')), '2026-01-05' FROM app.users WHERE org_id = $1`,
	`INSERT INTO app.invitations (org_id, id, email, role, invited_by, code_hash, created_at, expires_at)
		SELECT org_id, gen_random_uuid(), id || '@b.example', 'crew', id, sha256(convert_to('invitation by ' || id, 'UTF8')), '2026-01-05', '2099-01-01' FROM app.users WHERE org_id = $1`,
	`INSERT INTO app.known_devices (org_id, id, user_id, token_hash, created_at, expires_at)
		SELECT org_id, gen_random_uuid(), id, sha256(convert_to('device of ' || id, 'UTF8')), '2026-01-05', '2026-01-06' FROM app.users WHERE org_id = $1`,
	// Everybody is known to a provider, which asks for a second factor all the same, and came by it.
	`UPDATE app.sign_on SET second_factor_too = true WHERE org_id = $1`,
	`INSERT INTO app.sign_on_links (org_id, issuer, subject, user_id, created_at)
		SELECT org_id, 'https://provider.b.example', id, id, created_at FROM app.users WHERE org_id = $1 ON CONFLICT DO NOTHING`,
	`INSERT INTO app.sessions (org_id, id, user_id, token_hash, kind, ip, user_agent, created_at, expires_at, authenticated_by)
		SELECT org_id, gen_random_uuid(), id, sha256(convert_to('provided session of ' || id, 'UTF8')), 'browser', '', 'SENTINEL', '2026-02-20', '2099-01-01', 'oidc' FROM app.users WHERE org_id = $1`,
	// Authenticator apps hold other secrets, and known devices are of whoever has the same address.
	`UPDATE app.totp_secrets SET sealed = sealed || '\x42' WHERE org_id = $1`,
	`UPDATE app.known_devices d SET user_id = theirs.id FROM app.known_devices of, app.users u, app.users theirs
		WHERE d.org_id = $1 AND of.org_id = $2 AND of.id = d.id AND u.org_id = of.org_id AND u.id = of.user_id AND theirs.org_id = $1 AND theirs.email_lc = u.email_lc`,
	// As many links just mailed to everybody as may be mailed in an hour.
	`INSERT INTO app.one_time_codes (org_id, id, user_id, purpose, code_hash, created_at, expires_at)
		SELECT $1, gen_random_uuid(), u.id, p, sha256(convert_to(u.id::text || p || n, 'UTF8')), '2026-03-01', '2026-04-01'
		FROM (SELECT DISTINCT id FROM app.users) u, generate_series(1, 6) n, unnest(ARRAY['confirm', 'reset']) p`,
	// What a sweep takes away.
	`INSERT INTO app.idempotency_keys (org_id, actor_id, key, operation, request_hash, created_at) VALUES ($1, gen_random_uuid(), 'old', 'fixture', '\x00', '2026-01-01')`,
	`INSERT INTO app.sign_in_failures (org_id, bucket, failures, since) SELECT o, 'ip:198.51.100.9', 1, '2026-01-01' FROM unnest(ARRAY[$1, $2::uuid]) o`,
	`INSERT INTO app.sign_in_failures (org_id, bucket, failures, since) VALUES ($1, 'ip:198.51.100.10', 1, '2026-01-01'), ($2, 'ip:198.51.100.10', 1, '2026-02-02 15:00Z')`,
	`INSERT INTO app.sign_in_steps (org_id, id, user_id, token_hash, created_at, expires_at)
		SELECT org_id, id, gen_random_uuid(), sha256(convert_to(org_id::text || id, 'UTF8')), '2026-01-01', ends
		FROM (VALUES ($1::uuid, 1, timestamptz '2099-01-01'), ($2, 1, '2026-01-01'), ($1, 2, '2026-01-01'), ($2, 2, '2099-01-01')) AS pair(org_id, n, ends),
		LATERAL (SELECT md5('swept step' || n)::uuid AS id) named`,
	`INSERT INTO app.passkey_challenges (org_id, id, purpose, asked, created_at, expires_at)
		SELECT org_id, id, 'sign_in', '{}', '2026-01-01', ends
		FROM (VALUES ($1::uuid, 1, timestamptz '2099-01-01'), ($2, 1, '2026-01-01'), ($1, 2, '2026-01-01'), ($2, 2, '2099-01-01')) AS pair(org_id, n, ends),
		LATERAL (SELECT md5('swept question' || n)::uuid AS id) named`,
	// Attempts to log in: some in both companies a moment ago, at everybody's address and from where A's people are.
	`INSERT INTO app.sign_in_failures (org_id, bucket, failures, since)
		SELECT o, bucket, failures, at FROM platform.prover_clock, (VALUES ($1::uuid, 3), ($2, 5)) AS c(o, failures),
		LATERAL (SELECT 'user:' || email_lc AS bucket FROM app.users WHERE org_id = $2 UNION SELECT unnest(ARRAY['all', 'ip:192.0.2.10'])) AS b
		ON CONFLICT (org_id, bucket) DO UPDATE SET failures = excluded.failures, since = excluded.since`,
	`INSERT INTO app.sign_in_failures (org_id, bucket, failures, since)
		SELECT DISTINCT $1::uuid, 'user:' || email_lc || '|ip:192.0.2.10', 3, at FROM app.users, platform.prover_clock
		ON CONFLICT (org_id, bucket) DO UPDATE SET failures = 3, since = excluded.since`,
	// As many zones as a company may have.
	`INSERT INTO app.pricing_zones (org_id, id, name, priority, material_factor, labor_factor, equipment_factor, note, created_at, updated_at)
		SELECT org_id, gen_random_uuid(), 'Zone ' || n, n, 1, 1, 1, '', created_at, updated_at
		FROM (SELECT * FROM app.pricing_zones WHERE org_id = $1 LIMIT 1) z, generate_series(1, 200) n ON CONFLICT DO NOTHING`,
	// Every link was opened a moment ago.
	`INSERT INTO app.quote_views (org_id, id, quote_id, version_id, link_id, at, ip, user_agent)
		SELECT org_id, gen_random_uuid(), quote_id, version_id, id, '2026-03-01', '', '' FROM app.quote_links WHERE org_id = $1`,
	// Other papers, and options that belong to other versions than those of A under the same ids.
	`UPDATE app.quote_documents SET bytes = bytes || '\x42', sha256 = sha256(bytes || '\x42') WHERE org_id = $1`,
	`UPDATE app.quote_options o SET version_id = md5(n.next::text)::uuid FROM (
		SELECT version_id, coalesce(lead(version_id) OVER w, first_value(version_id) OVER w) AS next FROM (SELECT DISTINCT version_id FROM app.quote_options WHERE org_id = $1) v
		WINDOW w AS (ORDER BY version_id)) n WHERE o.org_id = $1 AND o.version_id = n.version_id`,
	`UPDATE app.quote_options o SET version_id = v.id FROM app.quote_versions v WHERE v.org_id = $1 AND o.org_id = $1 AND o.version_id = md5(v.id::text)::uuid`,
	// Each version went to everybody who got one of the quote.
	`INSERT INTO app.quote_links SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(), 'version_id', v.id, 'recipient_email', of.recipient_email,
			'token_hash', sha256(convert_to(l.id::text || v.id, 'UTF8'))))).*
		FROM app.quote_links l JOIN app.quote_links of ON of.org_id = $2 AND of.id = l.id
			JOIN app.quote_versions v ON v.org_id = l.org_id AND v.quote_id = l.quote_id AND v.id <> l.version_id WHERE l.org_id = $1 ON CONFLICT DO NOTHING`,
	// Quotes that were changed more often.
	`UPDATE app.quotes SET version = version + 7 WHERE org_id = $1`,
	// Jobs that wait.
	`UPDATE app.jobs SET waiting_reason = 'plan_limit', released_at = NULL WHERE org_id = $1`,
	// A longer log, with deeds that are unknown to A.
	`INSERT INTO app.audit_entries (org_id, seq, at, record_type, record_id, content, hash)
		SELECT org_id, seq + n, at, record_type, record_id, jsonb_set(content::jsonb, '{action}', to_jsonb(deed))::text, hash
		FROM app.audit_entries, (VALUES (5000, 'aaa.first'), (6000, 'zzz.last')) AS more(n, deed) WHERE org_id = $1 AND seq = 1`,
	`UPDATE app.audit_heads SET seq = 6001 WHERE org_id = $1`,
	// Everything that can be counted was used.
	`INSERT INTO app.usage_counters (org_id, metric, period_start, period_end, used)
		SELECT $1, m, '2026-01-05 15:00Z', '2026-02-05 15:00Z', 77 FROM unnest(ARRAY['users', 'jobs', 'quotes', 'storage_bytes', 'api_calls']) m ON CONFLICT DO NOTHING`,
	// Many processes hold calls of B, whose limits were all reached; A is a block away from four fifths of its calls.
	`INSERT INTO app.usage_leases (org_id, metric, period_start, replica, granted, spent, expires_at)
		SELECT $1, 'api_calls', '2026-01-05 15:00Z', gen_random_uuid(), 9, 2, '2099-01-01' FROM generate_series(1, 2000)`,
	`INSERT INTO app.usage_warnings (org_id, metric, period_start, percent, used, limited_to, at)
		SELECT $1, m, '2026-01-05 15:00Z', percent, n, n, '2026-02-01' FROM (VALUES ('jobs', 500), ('api_calls', 5000000)) AS l(m, n), unnest(ARRAY[80, 100]) AS percent ON CONFLICT DO NOTHING`,
	`INSERT INTO app.usage_counters (org_id, metric, period_start, period_end, used)
		SELECT o, 'api_calls', '2026-01-05 15:00Z', '2026-02-05 15:00Z', n FROM (VALUES ($1::uuid, 77), ($2, 3999950)) AS c(o, n)
		ON CONFLICT (org_id, metric, period_start) DO UPDATE SET used = excluded.used`,
	// The trial ended, and the plan was changed once.
	`INSERT INTO app.plan_notices (org_id, kind, cause, at) VALUES ($1, 'trial_ended', 'SENTINEL', '2026-01-20')`,
	`INSERT INTO app.plan_acts SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'kind', 'upgrade', 'state', 'done'))).*
		FROM app.plan_acts p WHERE p.org_id = $1 AND p.state = 'dropped' ORDER BY p.id LIMIT 1`,
	// Every sale of B has a page open, to the account of A, on which another amount can be paid and of which the provider
	// does not know; and A is told of an account of B.
	`INSERT INTO app.online_payments (org_id, id, acceptance_id, link_id, payer_name, account, amount_cents, state, expires_at, created_at)
		SELECT org_id, gen_random_uuid(), acceptance_id, acceptance_id, 'SENTINEL', 'none', 77, 'open', '2099-01-01', '2026-01-06' FROM app.ledgers WHERE org_id = $1 ON CONFLICT DO NOTHING`,
	`UPDATE app.online_payments SET session = 'cs_of_b_' || id, account = coalesce((SELECT account FROM app.payment_accounts WHERE org_id = $2 AND disconnected_at IS NULL), 'none') WHERE org_id = $1`,
	`INSERT INTO app.payment_accounts (org_id, id, account, begun_by, begun_name, begun_at, disconnected_at)
		SELECT $1, gen_random_uuid(), 'acct_of_b', gen_random_uuid(), 'SENTINEL', '2026-01-05', '2026-01-06'`,
	`INSERT INTO tasks.river_job (kind, args, max_attempts, state)
		SELECT 'payment_read_account', jsonb_build_object('org_id', $2::uuid, 'account', account), 25, 'available' FROM app.payment_accounts WHERE org_id = $1 AND account = 'acct_of_b'`,
	// More people than A has had worked in the period that A pays for.
	`INSERT INTO app.seat_marks (org_id, subscription_id, period_start, most, charged, version)
		SELECT $1, s.id, s.period_start, 77, 77, 1 FROM platform.subscriptions s JOIN platform.billing_customers c ON c.id = s.customer_id WHERE c.org_id = $2 ON CONFLICT DO NOTHING`,
	// Tiers were changed.
	`UPDATE app.tiers SET version = version + 1 WHERE org_id = $1`,
	// Every customer had another property before, and support was turned away once and is in.
	`INSERT INTO app.properties SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'street', '1 SENTINEL St', 'created_at', '2020-01-01'))).*
		FROM app.properties p WHERE p.org_id = $1 AND p.archived_at IS NULL`,
	`INSERT INTO app.support_access SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'state', 'refused', 'expires_at', NULL, 'ended_at', NULL, 'ended_by', NULL))).*
		FROM app.support_access a WHERE a.org_id = $1 AND a.state = 'ended'`,
	`UPDATE app.support_access SET state = 'granted', decided_at = at, expires_at = at + interval '4 hours', ended_at = NULL, ended_by = NULL
		FROM platform.prover_clock WHERE org_id = $1 AND state = 'ended'`,
	`UPDATE platform.operators SET disabled_at = NULL WHERE id IN (SELECT operator_id FROM app.support_access WHERE org_id = $1)`,
	// As many photos of each job as there may be, and a picture of A of which the bytes are lost.
	`INSERT INTO app.files (org_id, id, record_type, record_id, kind, name, state, reserved_bytes, created_by, created_by_name, created_at)
		SELECT org_id, gen_random_uuid(), 'job', id, 'photo', 'SENTINEL', 'stored', 0, id, 'SENTINEL', created_at FROM app.jobs, generate_series(1, 500) WHERE org_id = $1`,
	`INSERT INTO app.blobs (org_id, sha256, size, uses, state, changed_at) SELECT o, sha256('lost of A'), 1, 1, 'lost', '2026-01-05' FROM unnest(ARRAY[$1, $2::uuid]) o`,
	// As many quotes mailed today as may be before an owner's address is confirmed.
	`INSERT INTO app.mails (org_id, id, kind, recipient, sender, subject, plain, html, created_at, sent_at)
		SELECT $1, gen_random_uuid(), 'quote_sent', 'sent@b.example', 'Beta', 'Sent', '', '', at, at FROM platform.prover_clock, generate_series(1, 3)`,
	// A mail that waits until the owner's address is known.
	`INSERT INTO app.mails (org_id, id, kind, recipient, sender, subject, plain, html, created_at)
		VALUES ($1, gen_random_uuid(), 'quote_sent', 'held@b.example', 'Beta', 'Held', 'Held', '', '2026-01-06')`,
	`INSERT INTO tasks.river_job (kind, args, max_attempts, state, finalized_at) VALUES ('none', jsonb_build_object('org_id', $1::uuid), 1, 'cancelled', now())`,
}

// Straighten gives the options of B back to the versions that those of A under the same ids are of.
func Straighten(t testing.TB, w *World) {
	t.Helper()
	b := &bench{t: t, conn: w.Super(t)}
	b.exec("SET session_replication_role = replica")
	b.exec(`UPDATE app.quote_options SET version_id = gen_random_uuid() WHERE org_id = $1`, testkit.B.ID) // two of one tier are in no version
	b.exec(`UPDATE app.quote_options o SET version_id = of.version_id FROM app.quote_options of WHERE o.org_id = $1 AND of.org_id = $2 AND of.id = o.id`, testkit.B.ID, testkit.A.ID)
	b.exec("RESET session_replication_role")
}

// Scatter has entries, online payments and jobs of B be of other signatures than those of A under the same ids.
func Scatter(t testing.TB, w *World) {
	t.Helper()
	b := &bench{t: t, conn: w.Super(t)}
	b.exec("SET session_replication_role = replica")
	for _, table := range []string{"app.ledger_entries", "app.online_payments", "app.jobs"} {
		b.exec("UPDATE "+table+" SET acceptance_id = md5(acceptance_id::text)::uuid WHERE org_id = $1", testkit.B.ID)
	}
	b.exec("RESET session_replication_role")
	Arrange(t, w, First)
}

// Plant makes the twin of A notice more: see plants. Nobody of B can log in any more.
func Plant(t testing.TB, w *World) {
	t.Helper()
	b := &bench{t: t, conn: w.Super(t)}
	b.exec("SET session_replication_role = replica")
	for _, sql := range plants {
		args := []any{testkit.B.ID}
		if strings.Contains(sql, "$2") {
			args = append(args, testkit.A.ID)
		}
		b.exec(sql, args...)
	}
	b.exec("RESET session_replication_role")
	Arrange(t, w, First)
}
