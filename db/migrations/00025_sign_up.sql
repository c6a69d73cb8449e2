-- +goose Up
-- Signing up and its abuse: counts before a company exists, trials that were had, mails that wait for a reason.

-- A repeat of a form keeps its intent; one that led to nothing is forgotten a day after it was last heard of.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION platform.intend_sign_up(wanted_key text, wanted_org uuid, wanted_hash bytea, OUT org_id uuid, OUT request_hash bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO platform.sign_up_intents AS i (key, org_id, request_hash, created_at)
	VALUES (wanted_key, wanted_org, wanted_hash, app.now())
	ON CONFLICT (key) DO UPDATE SET created_at = excluded.created_at
	RETURNING i.org_id, i.request_hash INTO org_id, request_hash;
END
$$;
-- Forgets intents that led to nothing within the time, and all after a month. Nothing else is to be taken back: the
-- address is claimed in the transaction that makes the company.
CREATE FUNCTION platform.forget_sign_up_intents(after interval) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	forgotten int;
BEGIN
	DELETE FROM platform.sign_up_intents i WHERE i.created_at < app.now() - after
		AND (i.created_at < app.now() - interval '30 days' OR NOT EXISTS (SELECT FROM platform.organizations o WHERE o.org_id = i.org_id));
	GET DIAGNOSTICS forgotten = ROW_COUNT;
	RETURN forgotten;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.forget_sign_up_intents(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.forget_sign_up_intents(interval) TO fence_system;

-- Claims a free name for the organization entered. False: somebody has it, or is about to: nobody waits for another's
-- sign-up to end, which many at once with one name would do one after the other.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION platform.claim_host(wanted text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT pg_try_advisory_xact_lock(hashtextextended(wanted, 22)) THEN
		RETURN false;
	END IF;
	INSERT INTO platform.hosts (host, org_id, kind, created_at)
	VALUES (wanted, app.org_id(), 'primary', app.now())
	ON CONFLICT (host) DO NOTHING;
	RETURN FOUND;
END
$$;
-- +goose StatementEnd

-- How often signing up was tried, by network, by the domain of the address, by everybody; and which proofs were used.
CREATE TABLE platform.sign_up_counts (
	bucket text PRIMARY KEY CONSTRAINT sign_up_counts_bucket_length CHECK (char_length(bucket) BETWEEN 1 AND 300),
	tried  int NOT NULL,
	since  timestamptz NOT NULL
);
GRANT SELECT ON platform.sign_up_counts TO fence_backup;
-- Counts more of a bucket and tells how often it was within the time, and what is left of it. Counts of the day before
-- yesterday go with it.
-- +goose StatementBegin
CREATE FUNCTION platform.count_sign_up(wanted text, more int, during interval, OUT tried int, OUT remaining interval)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	present timestamptz := app.now();
BEGIN
	-- Rows that another call holds are left for the next one.
	DELETE FROM platform.sign_up_counts f WHERE f.bucket IN (
		SELECT o.bucket FROM platform.sign_up_counts o WHERE o.since < present - interval '2 days' AND o.bucket <> wanted LIMIT 100 FOR UPDATE SKIP LOCKED);
	INSERT INTO platform.sign_up_counts AS f (bucket, tried, since) VALUES (wanted, more, present)
	ON CONFLICT (bucket) DO UPDATE SET
		tried = CASE WHEN f.since <= present - during THEN more ELSE f.tried + more END,
		since = CASE WHEN f.since <= present - during THEN present ELSE f.since END
	RETURNING f.tried, f.since + during - present INTO tried, remaining;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.count_sign_up(text, int, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.count_sign_up(text, int, interval) TO fence_app;

-- Who had a trial: by address, telephone number or card, as hashes. Rows stay when the company goes: that a trial was had
-- is another fact than the company, with another life.
CREATE TABLE platform.trial_redemptions (
	kind        text NOT NULL CONSTRAINT trial_redemptions_kind_known CHECK (kind IN ('email', 'phone', 'card')),
	hash        bytea NOT NULL CONSTRAINT trial_redemptions_hash_length CHECK (octet_length(hash) = 32),
	org_id      uuid NOT NULL, -- the first
	redeemed_at timestamptz NOT NULL,
	PRIMARY KEY (kind, hash)
);
GRANT SELECT ON platform.trial_redemptions TO fence_system, fence_backup;
-- Notes that the organization entered had its trial by the hash, and tells whether it is the first.
-- +goose StatementBegin
CREATE FUNCTION platform.redeem_trial(by_kind text, by_hash bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO platform.trial_redemptions (kind, hash, org_id, redeemed_at) VALUES (by_kind, by_hash, app.org_id(), app.now())
	ON CONFLICT (kind, hash) DO NOTHING;
	RETURN (SELECT r.org_id = app.org_id() FROM platform.trial_redemptions r WHERE r.kind = by_kind AND r.hash = by_hash);
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.redeem_trial(text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.redeem_trial(text, bytea) TO fence_app;

-- A mail to a stranger is admitted once, counted with the others of its day; until then it says what it waits for.
ALTER TABLE app.mails
	ADD COLUMN admitted_at timestamptz,
	ADD COLUMN held_until timestamptz,
	ADD COLUMN held_for text NOT NULL DEFAULT '' CONSTRAINT mails_held_for_known CHECK (held_for IN ('', 'unconfirmed', 'unconfirmed_month', 'trial_day', 'trial_hour')),
	ADD CONSTRAINT mails_held_is_explained CHECK ((held_until IS NULL) = (held_for = ''));
-- What has left was admitted then.
UPDATE app.mails SET admitted_at = sent_at WHERE sent_at IS NOT NULL AND kind IN ('quote_sent', 'invite');
CREATE INDEX mails_admitted ON app.mails (org_id, admitted_at) WHERE admitted_at IS NOT NULL;

-- +goose Down
DROP INDEX app.mails_admitted;
ALTER TABLE app.mails DROP CONSTRAINT mails_held_is_explained, DROP COLUMN held_for, DROP COLUMN held_until, DROP COLUMN admitted_at;
DROP FUNCTION platform.redeem_trial(text, bytea);
DROP TABLE platform.trial_redemptions;
DROP FUNCTION platform.count_sign_up(text, int, interval);
DROP TABLE platform.sign_up_counts;
DROP FUNCTION platform.forget_sign_up_intents(interval);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION platform.claim_host(wanted text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO platform.hosts (host, org_id, kind, created_at)
	VALUES (wanted, app.org_id(), 'primary', app.now())
	ON CONFLICT (host) DO NOTHING;
	RETURN FOUND;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION platform.intend_sign_up(wanted_key text, wanted_org uuid, wanted_hash bytea, OUT org_id uuid, OUT request_hash bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO platform.sign_up_intents AS i (key, org_id, request_hash, created_at)
	VALUES (wanted_key, wanted_org, wanted_hash, app.now())
	ON CONFLICT (key) DO UPDATE SET key = i.key
	RETURNING i.org_id, i.request_hash INTO org_id, request_hash;
END
$$;
-- +goose StatementEnd
