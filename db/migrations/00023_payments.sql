-- +goose Up
-- What is asked for and paid of a signed quote: a ledger of entries that nobody changes, and its standing, which is their
-- sum in every transaction.

CREATE TABLE app.ledgers (
	org_id         uuid NOT NULL,
	acceptance_id  uuid NOT NULL,
	agreed_cents   bigint NOT NULL,
	due_cents      bigint NOT NULL, -- asked for and not paid yet
	received_cents bigint NOT NULL, -- paid, less what went back
	paid_cents     bigint NOT NULL,
	refunded_cents bigint NOT NULL,
	entries        int NOT NULL,    -- the number of the last, and the version
	opened_at      timestamptz NOT NULL,
	PRIMARY KEY (org_id, acceptance_id),
	CONSTRAINT ledgers_acceptance_fk FOREIGN KEY (org_id, acceptance_id) REFERENCES app.acceptances (org_id, id),
	CONSTRAINT ledgers_due_fits CHECK (due_cents BETWEEN 0 AND greatest(0, agreed_cents - received_cents)),
	CONSTRAINT ledgers_refunded_was_paid CHECK (refunded_cents BETWEEN 0 AND paid_cents)
);
CALL platform.raise_wall('app.ledgers', 'SELECT, INSERT, UPDATE');

CREATE TABLE app.ledger_entries (
	org_id                uuid NOT NULL,
	id                    uuid NOT NULL,
	acceptance_id         uuid NOT NULL,
	n                     int NOT NULL CONSTRAINT ledger_entries_n_positive CHECK (n > 0),
	kind                  text NOT NULL CONSTRAINT ledger_entries_kind_known CHECK (kind IN ('request', 'payment', 'refund', 'void', 'dispute', 'reinstatement')),
	method                text NOT NULL CONSTRAINT ledger_entries_method_known CHECK (method IN ('', 'check', 'cash', 'card', 'bank')),
	amount_cents          bigint NOT NULL CONSTRAINT ledger_entries_amount_positive CHECK (amount_cents > 0),
	due_change_cents      bigint NOT NULL,
	received_change_cents bigint NOT NULL,
	of_entry              uuid,          -- what is refunded, taken back or wrong
	note                  text NOT NULL DEFAULT '' CONSTRAINT ledger_entries_note_length CHECK (char_length(note) <= 500),
	reference             text NOT NULL DEFAULT '' CONSTRAINT ledger_entries_reference_length CHECK (char_length(reference) <= 80),
	provider_id           text NOT NULL DEFAULT '', -- of the payment provider; empty: written down by hand
	day                   date NOT NULL, -- on which the money moved, where the company is
	recorded_by           uuid NOT NULL,
	recorded_name         text NOT NULL,
	recorded_at           timestamptz NOT NULL,
	PRIMARY KEY (org_id, id),
	CONSTRAINT ledger_entries_ledger_fk FOREIGN KEY (org_id, acceptance_id) REFERENCES app.ledgers (org_id, acceptance_id),
	CONSTRAINT ledger_entries_of_fk FOREIGN KEY (org_id, of_entry) REFERENCES app.ledger_entries (org_id, id),
	CONSTRAINT ledger_entries_n_once UNIQUE (org_id, acceptance_id, n),
	CONSTRAINT ledger_entries_of_fits CHECK ((kind IN ('request', 'payment')) = (of_entry IS NULL)),
	CONSTRAINT ledger_entries_method_fits CHECK ((kind = 'request') = (method = '') OR kind = 'void'),
	CONSTRAINT ledger_entries_received_fits CHECK (received_change_cents = CASE kind
		WHEN 'request' THEN 0 WHEN 'payment' THEN amount_cents WHEN 'reinstatement' THEN amount_cents
		WHEN 'refund' THEN -amount_cents WHEN 'dispute' THEN -amount_cents ELSE received_change_cents END)
);
CREATE UNIQUE INDEX ledger_entries_voided_once ON app.ledger_entries (org_id, of_entry) WHERE kind = 'void';
CREATE UNIQUE INDEX ledger_entries_provider_once ON app.ledger_entries (org_id, provider_id) WHERE provider_id <> '';
-- The accountant's page: where money moved, the latest day first.
CREATE INDEX ledger_entries_by_day ON app.ledger_entries (org_id, day DESC, id DESC) WHERE received_change_cents <> 0;
CALL platform.raise_wall('app.ledger_entries', 'SELECT, INSERT');

-- Quotes that were signed before have their ledger now.
INSERT INTO app.ledgers (org_id, acceptance_id, agreed_cents, due_cents, received_cents, paid_cents, refunded_cents, entries, opened_at)
SELECT org_id, id, total_cents, least(greatest(deposit_cents, 0), total_cents), 0, 0, 0, (least(deposit_cents, total_cents) > 0)::int, accepted_at FROM app.acceptances;
INSERT INTO app.ledger_entries (org_id, id, acceptance_id, n, kind, method, amount_cents, due_change_cents, received_change_cents, note, day, recorded_by, recorded_name, recorded_at)
SELECT l.org_id, gen_random_uuid(), l.acceptance_id, 1, 'request', '', l.due_cents, l.due_cents, 0, 'Deposit', (a.accepted_at AT TIME ZONE o.time_zone)::date, a.id, a.signer_name, a.accepted_at
FROM app.ledgers l JOIN app.acceptances a ON a.org_id = l.org_id AND a.id = l.acceptance_id JOIN app.organizations o ON o.org_id = l.org_id WHERE l.due_cents > 0;

-- +goose Down
DROP TABLE app.ledger_entries, app.ledgers;
