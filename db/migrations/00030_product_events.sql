-- +goose Up
-- How far companies come with the product: what happened, to which company, when. Nobody's name, address, text or number is
-- in it. What is noted once is keyed '', everything else by what makes it one of its kind, so that a repeat is nothing.

CREATE TABLE platform.product_events (
	org_id  uuid NOT NULL,
	event   text NOT NULL CONSTRAINT product_events_event_known CHECK (event IN ('signup_submitted', 'org_created', 'email_verified', 'first_login',
		'checklist_step_done', 'first_quote_sent', 'first_quote_viewed', 'first_quote_accepted', 'teammate_invited', 'checkout_started',
		'subscription_started', 'limit_warned', 'limit_hit', 'plan_changed', 'churned')),
	key     text NOT NULL CONSTRAINT product_events_key_length CHECK (char_length(key) <= 300),
	detail  text NOT NULL CONSTRAINT product_events_detail_form CHECK (detail ~ '^[a-z_]{0,40}$'), -- a step, a limit, a plan, a reason
	version smallint NOT NULL DEFAULT 1, -- of what the words mean
	at      timestamptz NOT NULL,
	PRIMARY KEY (org_id, event, key)
);
GRANT SELECT ON platform.product_events TO fence_system, fence_backup;

-- A company of which nothing is noted, because its people said so.
ALTER TABLE app.organizations ADD COLUMN no_product_events boolean NOT NULL DEFAULT false;

-- +goose StatementBegin
CREATE FUNCTION platform.note_product_event(what text, of_key text, of_detail text, happened timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO platform.product_events (org_id, event, key, detail, at) VALUES (app.org_id(), what, of_key, of_detail, happened) ON CONFLICT DO NOTHING;
END
$$;
-- Forgets what was noted of the organization entered.
CREATE FUNCTION platform.forget_product_events() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM platform.product_events e WHERE e.org_id = app.org_id();
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.note_product_event(text, text, text, timestamptz), platform.forget_product_events() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.note_product_event(text, text, text, timestamptz), platform.forget_product_events() TO fence_app;

-- The card that pays, as a hash of what the provider knows it by: enough to know it again, and nothing else.
ALTER TABLE platform.billing_customers ADD COLUMN card_hash bytea CONSTRAINT billing_customers_card_hash_length CHECK (octet_length(card_hash) = 32);

-- Notes that the organization entered had its trial by the card that it pays with, and tells whether it is the first. Without
-- a card nobody was before it.
-- +goose StatementBegin
CREATE FUNCTION platform.redeem_card() RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	hash bytea := (SELECT c.card_hash FROM platform.billing_customers c
		WHERE c.org_id = app.org_id() AND c.gone_at IS NULL AND c.card_hash IS NOT NULL ORDER BY c.known_since, c.id LIMIT 1);
BEGIN
	RETURN hash IS NULL OR platform.redeem_trial('card', hash);
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.redeem_card() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.redeem_card() TO fence_app;

-- Mails wait also because the company may not send them now.
ALTER TABLE app.mails DROP CONSTRAINT mails_held_for_known,
	ADD CONSTRAINT mails_held_for_known CHECK (held_for IN ('', 'unconfirmed', 'unconfirmed_month', 'trial_day', 'trial_hour', 'no_plan', 'stopped'));

-- +goose Down
UPDATE app.mails SET held_for = '', held_until = NULL WHERE held_for IN ('no_plan', 'stopped');
ALTER TABLE app.mails DROP CONSTRAINT mails_held_for_known,
	ADD CONSTRAINT mails_held_for_known CHECK (held_for IN ('', 'unconfirmed', 'unconfirmed_month', 'trial_day', 'trial_hour'));
DROP FUNCTION platform.redeem_card();
ALTER TABLE platform.billing_customers DROP COLUMN card_hash;
DROP FUNCTION platform.forget_product_events();
DROP FUNCTION platform.note_product_event(text, text, text, timestamptz);
ALTER TABLE app.organizations DROP COLUMN no_product_events;
DROP TABLE platform.product_events;
