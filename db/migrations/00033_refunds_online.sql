-- +goose Up
-- When a refund of the payment was last asked of the provider whose answer is not known: one at a time, whoever asks.
ALTER TABLE app.online_payments ADD COLUMN refund_asked_at timestamptz;

-- +goose Down
ALTER TABLE app.online_payments DROP COLUMN refund_asked_at;
