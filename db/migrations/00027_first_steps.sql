-- +goose Up
-- A new company's first steps are computed; kept is only that somebody hid them. What is there to look at is marked.

ALTER TABLE app.organizations ADD COLUMN first_steps_hidden_at timestamptz;
-- A sample customer, with all that hangs on it: counted nowhere, mailed to nobody, and out of sight once archived.
ALTER TABLE app.customers ADD COLUMN is_sample boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX customers_one_sample ON app.customers (org_id) WHERE is_sample;

-- +goose Down
DROP INDEX app.customers_one_sample;
ALTER TABLE app.customers DROP COLUMN is_sample;
ALTER TABLE app.organizations DROP COLUMN first_steps_hidden_at;
