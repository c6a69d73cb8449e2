-- +goose Up
-- The company's own account at the payment provider, and what homeowners pay to it. The provider is asked what is; a
-- webhook only says that something may be different.

-- One that is in use at most. account is empty while it is being made there.
CREATE TABLE app.payment_accounts (
	org_id            uuid NOT NULL REFERENCES app.organizations,
	id                uuid NOT NULL,
	account           text NOT NULL DEFAULT '' CONSTRAINT payment_accounts_account_length CHECK (char_length(account) <= 255),
	details_submitted boolean NOT NULL DEFAULT false,
	charges_enabled   boolean NOT NULL DEFAULT false,
	payouts_enabled   boolean NOT NULL DEFAULT false,
	needs             text[] NOT NULL DEFAULT '{}', -- what the provider still wants to know
	disabled_reason   text NOT NULL DEFAULT '',
	asked_at          timestamptz,                  -- when the provider was asked for what stands here
	begun_by          uuid NOT NULL,
	begun_name        text NOT NULL,
	begun_at          timestamptz NOT NULL,
	disconnected_at   timestamptz,
	disconnected_name text NOT NULL DEFAULT '',
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX payment_accounts_one_in_use ON app.payment_accounts (org_id) WHERE disconnected_at IS NULL;
CREATE UNIQUE INDEX payment_accounts_account_once ON app.payment_accounts (org_id, account) WHERE account <> '';
CALL platform.raise_wall('app.payment_accounts', 'SELECT, INSERT, UPDATE');

-- Whose an account is, for webhooks: one organization's, for good.
CREATE TABLE platform.payment_accounts (
	account     text PRIMARY KEY CONSTRAINT payment_accounts_account_length CHECK (char_length(account) BETWEEN 1 AND 255),
	org_id      uuid NOT NULL REFERENCES platform.organizations,
	known_since timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX payment_accounts_of ON platform.payment_accounts (org_id);
GRANT SELECT ON platform.payment_accounts TO fence_system, fence_backup;

-- +goose StatementBegin
CREATE FUNCTION platform.claim_payment_account(wanted text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	org uuid := app.org_id();
BEGIN
	INSERT INTO platform.payment_accounts (account, org_id) VALUES (wanted, org) ON CONFLICT (account) DO NOTHING;
	RETURN EXISTS (SELECT FROM platform.payment_accounts a WHERE a.account = wanted AND a.org_id = org);
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.claim_payment_account(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.claim_payment_account(text) TO fence_app;

-- A payment that a homeowner began online: one at a time for each ledger.
CREATE TABLE app.online_payments (
	org_id        uuid NOT NULL,
	id            uuid NOT NULL,
	acceptance_id uuid NOT NULL,
	link_id       uuid NOT NULL,
	payer_name    text NOT NULL,
	account       text NOT NULL,
	amount_cents  bigint NOT NULL CONSTRAINT online_payments_amount_positive CHECK (amount_cents > 0),
	-- processing: the bank takes days. Of the others only paid has moved money.
	state         text NOT NULL CONSTRAINT online_payments_state_known CHECK (state IN ('open', 'processing', 'paid', 'failed', 'expired')),
	session       text NOT NULL DEFAULT '', -- of the provider's page; empty while it is being made
	url           text NOT NULL DEFAULT '',
	intent        text NOT NULL DEFAULT '',
	charge        text NOT NULL DEFAULT '',
	problem       text NOT NULL DEFAULT '', -- why it failed
	dispute       text NOT NULL DEFAULT '', -- where a dispute about it stands
	answer_by     timestamptz,              -- until when the company may answer it
	expires_at    timestamptz NOT NULL,
	asked_at      timestamptz,
	created_at    timestamptz NOT NULL,
	PRIMARY KEY (org_id, id),
	CONSTRAINT online_payments_ledger_fk FOREIGN KEY (org_id, acceptance_id) REFERENCES app.ledgers (org_id, acceptance_id),
	CONSTRAINT online_payments_link_fk FOREIGN KEY (org_id, link_id) REFERENCES app.quote_links (org_id, id)
);
CREATE UNIQUE INDEX online_payments_one_open ON app.online_payments (org_id, acceptance_id) WHERE state IN ('open', 'processing');
CREATE INDEX online_payments_of ON app.online_payments (org_id, acceptance_id, id);
CREATE INDEX online_payments_session ON app.online_payments (org_id, session) WHERE session <> '';
CREATE INDEX online_payments_intent ON app.online_payments (org_id, intent) WHERE intent <> '';
CREATE INDEX online_payments_charge ON app.online_payments (org_id, charge) WHERE charge <> '';
CALL platform.raise_wall('app.online_payments', 'SELECT, INSERT, UPDATE');

-- +goose Down
DROP TABLE app.online_payments;
DROP FUNCTION platform.claim_payment_account(text);
DROP TABLE platform.payment_accounts, app.payment_accounts;
