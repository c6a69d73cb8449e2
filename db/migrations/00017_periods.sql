-- +goose Up
-- The calendar that billing periods ran by before the present one (period_anchor, time_zone), and when that one
-- begins to hold: a change of the zone waits for the next period.

ALTER TABLE app.organizations
	ADD COLUMN period_since timestamptz,
	ADD COLUMN former_anchor timestamptz,
	ADD COLUMN former_zone text,
	ADD COLUMN former_since timestamptz, -- as period_since, of the former calendar
	ADD CONSTRAINT organizations_former_period CHECK ((period_since IS NULL) = (former_anchor IS NULL) AND (period_since IS NULL) = (former_zone IS NULL)
		AND (former_since IS NULL OR former_since < period_since));

-- +goose Down
ALTER TABLE app.organizations DROP COLUMN period_since, DROP COLUMN former_anchor, DROP COLUMN former_zone, DROP COLUMN former_since;
