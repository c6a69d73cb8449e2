-- +goose Up
-- The entry by which a person said that the payment came, when the provider told us nothing of it any more.
ALTER TABLE app.online_payments
	ADD COLUMN said_entry uuid,
	ADD CONSTRAINT online_payments_said_fk FOREIGN KEY (org_id, said_entry) REFERENCES app.ledger_entries (org_id, id);

-- +goose Down
ALTER TABLE app.online_payments DROP COLUMN said_entry;
