-- +goose Up
-- The task runner's table stands in schema tasks (made by its own migrations before ours). The app role
-- sees and inserts only tasks of the organization it has entered: org_id is the first argument of each.
GRANT USAGE ON SCHEMA tasks TO fence_app, fence_system;
GRANT SELECT, INSERT ON tasks.river_job TO fence_app;
GRANT UPDATE (kind) ON tasks.river_job TO fence_app; -- the runner's unique insert says ON CONFLICT DO UPDATE SET kind
GRANT USAGE ON ALL SEQUENCES IN SCHEMA tasks TO fence_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tasks TO fence_system;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA tasks TO fence_system;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA tasks TO fence_app, fence_system;
GRANT USAGE ON SCHEMA tasks TO fence_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA tasks TO fence_backup;

ALTER TABLE tasks.river_job ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.river_job FORCE ROW LEVEL SECURITY;
CREATE POLICY tasks_of_the_organization ON tasks.river_job TO fence_app
	USING ((args ->> 'org_id')::uuid = (SELECT app.org_id()))
	WITH CHECK ((args ->> 'org_id')::uuid = (SELECT app.org_id()));
CREATE POLICY tasks_of_the_runner ON tasks.river_job TO fence_system USING (true) WITH CHECK (true);
-- The schema's owner maintains the table (the runner's migrations), it never logs in.
CREATE POLICY tasks_of_the_owner ON tasks.river_job TO fence_owner USING (true) WITH CHECK (true);

-- +goose Down
DROP POLICY tasks_of_the_organization ON tasks.river_job;
DROP POLICY tasks_of_the_runner ON tasks.river_job;
DROP POLICY tasks_of_the_owner ON tasks.river_job;
ALTER TABLE tasks.river_job NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tasks.river_job DISABLE ROW LEVEL SECURITY;
