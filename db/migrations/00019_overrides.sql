-- +goose Up
-- What the operator granted a company beyond its plan, or stopped it by. Written by the system's role alone; a company's
-- own transactions read what concerns them, and cannot change it.

CREATE TABLE platform.plan_overrides (
	org_id     uuid NOT NULL REFERENCES platform.organizations,
	id         uuid NOT NULL,
	kind       text NOT NULL CONSTRAINT plan_overrides_kind_known CHECK (kind IN ('limit', 'feature', 'comp', 'hold')),
	subject    text NOT NULL DEFAULT '', -- the metric or the feature
	limited_to bigint CONSTRAINT plan_overrides_limited_to_range CHECK (limited_to >= -1), -- of a limit; -1: no end
	reason     text NOT NULL CONSTRAINT plan_overrides_reason_length CHECK (char_length(reason) BETWEEN 3 AND 200),
	until      timestamptz, -- NULL: for good
	granted_by text NOT NULL CONSTRAINT plan_overrides_granted_by_length CHECK (char_length(granted_by) BETWEEN 1 AND 254),
	granted_at timestamptz NOT NULL,
	ended_at   timestamptz,
	ended_by   text,
	PRIMARY KEY (org_id, id),
	CONSTRAINT plan_overrides_limit_is_one CHECK ((kind = 'limit') = (limited_to IS NOT NULL)),
	CONSTRAINT plan_overrides_subject_named CHECK ((kind IN ('limit', 'feature')) = (subject <> '')),
	CONSTRAINT plan_overrides_comp_ends CHECK (kind <> 'comp' OR until IS NOT NULL),
	CONSTRAINT plan_overrides_hold_does_not CHECK (kind <> 'hold' OR until IS NULL),
	CONSTRAINT plan_overrides_ends_later CHECK (until > granted_at),
	CONSTRAINT plan_overrides_ended_by_somebody CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX plan_overrides_one_of_a_kind ON platform.plan_overrides (org_id, kind, subject) WHERE ended_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON platform.plan_overrides TO fence_system;
GRANT SELECT ON platform.plan_overrides TO fence_backup;

-- +goose StatementBegin
-- The overrides of the organization entered. plpgsql keeps its plan: this is part of every request.
CREATE FUNCTION platform.overrides() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT jsonb_agg(jsonb_build_object('kind', o.kind, 'subject', o.subject, 'limit', coalesce(o.limited_to, 0), 'reason', o.reason,
			'until', o.until, 'since', o.granted_at) ORDER BY o.granted_at, o.id)
		FROM platform.plan_overrides o WHERE o.org_id = app.org_id() AND o.ended_at IS NULL);
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.overrides() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.overrides() TO fence_app;

-- +goose Down
DROP FUNCTION platform.overrides();
DROP TABLE platform.plan_overrides;
