-- +goose Up
-- Use that is given back, carried over and corrected, warnings that were given, and blocks of API calls.

ALTER TABLE app.usage_events
	ADD COLUMN kind text NOT NULL DEFAULT 'use' CONSTRAINT usage_events_kind_known CHECK (kind IN ('use', 'void', 'carried', 'correction')),
	ADD COLUMN reverses uuid, -- of a void: the use that is given back
	ADD COLUMN reason text NOT NULL DEFAULT '', -- of a correction
	ADD CONSTRAINT usage_events_void_reverses CHECK ((kind = 'void') = (reverses IS NOT NULL)),
	ADD CONSTRAINT usage_events_correction_says_why CHECK (kind <> 'correction' OR reason <> ''),
	ADD CONSTRAINT usage_events_reverses_fk FOREIGN KEY (org_id, reverses) REFERENCES app.usage_events (org_id, id);
-- A record is counted once, whatever the quantity, and given back once.
DROP INDEX app.usage_events_counted_once;
CREATE UNIQUE INDEX usage_events_counted_once ON app.usage_events (org_id, metric, record_id) WHERE reverses IS NULL;
CREATE UNIQUE INDEX usage_events_voided_once ON app.usage_events (org_id, reverses) WHERE reverses IS NOT NULL;
CREATE INDEX usage_events_of_period ON app.usage_events (org_id, metric, period_start, at, id);

-- One warning for each metric, period and threshold.
CREATE TABLE app.usage_warnings (
	org_id       uuid NOT NULL REFERENCES app.organizations,
	metric       text NOT NULL,
	period_start timestamptz NOT NULL,
	percent      smallint NOT NULL CONSTRAINT usage_warnings_percent_known CHECK (percent IN (80, 100)),
	used         bigint NOT NULL,
	limited_to   bigint NOT NULL,
	at           timestamptz NOT NULL,
	mailed_at    timestamptz,
	PRIMARY KEY (org_id, metric, period_start, percent)
);
CALL platform.raise_wall('app.usage_warnings', 'SELECT, INSERT, UPDATE');

-- What a running process has taken from a counter ahead of the calls. granted stands in the counter; of it spent is
-- what the process may let through before it writes again, so that nothing of it is ever given back.
CREATE TABLE app.usage_leases (
	org_id       uuid NOT NULL REFERENCES app.organizations,
	metric       text NOT NULL,
	period_start timestamptz NOT NULL,
	replica      uuid NOT NULL,
	granted      bigint NOT NULL,
	spent        bigint NOT NULL,
	expires_at   timestamptz NOT NULL,
	PRIMARY KEY (org_id, metric, period_start, replica),
	CONSTRAINT usage_leases_spent_of_granted CHECK (0 <= spent AND spent <= granted)
) WITH (fillfactor = 50);
CALL platform.raise_wall('app.usage_leases', 'SELECT, INSERT, UPDATE, DELETE');

-- +goose Down
DROP TABLE app.usage_leases, app.usage_warnings;
DROP INDEX app.usage_events_of_period;
DROP INDEX app.usage_events_voided_once;
DROP INDEX app.usage_events_counted_once;
CREATE UNIQUE INDEX usage_events_counted_once ON app.usage_events (org_id, metric, record_id, quantity);
ALTER TABLE app.usage_events DROP COLUMN kind, DROP COLUMN reverses, DROP COLUMN reason;
