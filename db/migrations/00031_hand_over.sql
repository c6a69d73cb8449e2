-- +goose Up
-- Who takes over from a person: their open leads are found by them, as their appointments are already.
CREATE INDEX leads_of_assignee ON app.leads (org_id, assigned_to) WHERE assigned_to IS NOT NULL AND closed_at IS NULL;

-- +goose Down
DROP INDEX app.leads_of_assignee;
