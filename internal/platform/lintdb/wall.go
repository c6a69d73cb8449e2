package lintdb

// The wall is the text of the policies as PostgreSQL prints them. A table whose policies read otherwise is
// not behind the wall.
const (
	wallCondition  = "(org_id = ( SELECT app.org_id() AS org_id))"
	allowCondition = "true"
	tasksCondition = "(((args ->> 'org_id'::text))::uuid = ( SELECT app.org_id() AS org_id))"
)

// tenantTables are the tables that hold organizations' rows, partitions included.
const tenantTables = `(SELECT oid, oid::regclass::text AS name, relrowsecurity, relforcerowsecurity, relispartition, relacl, relowner
	FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'p')) AS t`

var wallRules = []Rule{
	{
		Name: "org-id-column", When: AfterMigrations,
		What: "Every table of schema app has org_id uuid NOT NULL.",
		Why:  "A row without an organization belongs to nobody and can be neither walled nor erased.",
		sql: `SELECT name, name || ' has no column org_id of type uuid that is NOT NULL' FROM ` + tenantTables + `
			WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'org_id' AND a.atttypid = 'uuid'::regtype
				AND a.attnotnull AND NOT a.attisdropped)`,
	}, {
		Name: "org-id-given", When: AfterMigrations,
		What: "org_id has no default and is not generated.",
		Why:  "A statement that forgets the organization has to fail, not to write into one that was chosen elsewhere.",
		sql: `SELECT name, name || '.org_id is filled in by the database' FROM ` + tenantTables + `
			JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'org_id' WHERE a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> ''`,
	}, {
		Name: "rls-enabled", When: AfterMigrations,
		What: "Row level security of every table of schema app is enabled.",
		Why:  "Policies of a table without it are text that nobody reads.",
		sql:  `SELECT name, 'row level security of ' || name || ' is not enabled' FROM ` + tenantTables + ` WHERE NOT relrowsecurity`,
	}, {
		Name: "rls-forced", When: AfterMigrations,
		What: "Row level security of every table of schema app is forced.",
		Why:  "The owner, and every function that runs as the owner, would see all organizations.",
		sql:  `SELECT name, 'row level security of ' || name || ' is not enabled and forced' FROM ` + tenantTables + ` WHERE NOT relforcerowsecurity`,
	}, {
		Name: "policies-template", When: AfterMigrations,
		What: "Every table of schema app has the two policies of the template and no other, to the byte.",
		Why:  "A condition that is nearly the same is how rows leak; one more permissive policy is a wider door.",
		sql: `SELECT name, 'the policies of ' || name || ' differ from the template' FROM ` + tenantTables + `
			WHERE (SELECT count(*) FROM pg_policy WHERE polrelid = t.oid) <> 2
				OR (SELECT count(*) FROM (SELECT polname, polpermissive, pg_get_expr(polqual, polrelid) AS cond, pg_get_expr(polwithcheck, polrelid) AS chk
					FROM pg_policy WHERE polrelid = t.oid AND polcmd = '*' AND polroles = '{0}') AS p
					WHERE polname = 'tenant_wall' AND NOT polpermissive AND cond = '` + wallCondition + `' AND chk = '` + wallCondition + `'
					OR polname = 'tenant_allow' AND polpermissive AND cond = '` + allowCondition + `' AND chk = '` + allowCondition + `') <> 2`,
	}, {
		Name: "wall-binds-everybody", When: AfterMigrations,
		What: "A RESTRICTIVE policy for all commands TO PUBLIC stands on every table of schema app.",
		Why:  "A wall for named roles is shed by DROP OWNED, and does not bind a role that comes later.",
		sql: `SELECT name, 'no restrictive policy of ' || name || ' binds everybody' FROM ` + tenantTables + `
			WHERE NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = t.oid AND NOT polpermissive AND polcmd = '*' AND polroles = '{0}')`,
	}, {
		Name: "tasks-wall", When: AtStart,
		What: "The tasks' table is walled by the organization that is each task's first argument.",
		Why:  "The serving role enqueues in its own transaction; it must not see what others have to do.",
		sql: `SELECT 'tasks.river_job', 'row level security of tasks.river_job is not enabled and forced' FROM pg_class
			WHERE oid = 'tasks.river_job'::regclass AND NOT (relrowsecurity AND relforcerowsecurity)
			UNION ALL
			SELECT 'tasks.river_job', 'the policies of tasks.river_job differ from the template'
			WHERE (SELECT count(*) FROM pg_policy WHERE polrelid = 'tasks.river_job'::regclass AND polroles && ARRAY[0, to_regrole('fence_app')]::oid[]) <> 1
				OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = 'tasks.river_job'::regclass AND polname = 'tasks_of_the_organization' AND polcmd = '*'
					AND polroles = ARRAY[to_regrole('fence_app')]::oid[]
					AND pg_get_expr(polqual, polrelid) = '` + quoteTwice(tasksCondition) + `' AND pg_get_expr(polwithcheck, polrelid) = '` + quoteTwice(tasksCondition) + `')`,
	}, {
		Name: "app-holds-tables", When: AfterMigrations,
		What: "Schema app holds tables only: no view, no materialized view, no foreign table.",
		Why:  "Nothing but a table can have the wall.",
		sql: `SELECT oid::regclass::text, oid::regclass || ' shows rows past the wall: schema app holds tables only' FROM pg_class
			WHERE relnamespace = 'app'::regnamespace AND relkind IN ('v', 'm', 'f')`,
	}, {
		Name: "partition-in-app", When: AfterMigrations,
		What: "Partitions and heirs of a tenant table stand in schema app.",
		Why:  "A partition that is named directly obeys its own policies, not its parent's; elsewhere it has none.",
		sql: `SELECT inhrelid::regclass::text, inhrelid::regclass || ' holds rows of ' || inhparent::regclass || ' outside of schema app' FROM pg_inherits
			JOIN pg_class parent ON parent.oid = inhparent JOIN pg_class child ON child.oid = inhrelid
			WHERE parent.relnamespace = 'app'::regnamespace AND child.relnamespace <> parent.relnamespace AND child.relkind IN ('r', 'p', 'f')`,
	}, {
		Name: "partition-not-granted", When: AfterMigrations,
		What: "Nobody but the owner has rights on a partition.",
		Why:  "Rows are read by their table's name; a second name is a second thing to get wrong.",
		sql: `SELECT name, g.grantee::regrole || ' has rights on the partition ' || name FROM ` + tenantTables + `
			CROSS JOIN LATERAL (SELECT DISTINCT grantee FROM aclexplode(relacl) WHERE grantee <> relowner) AS g WHERE relispartition`,
	}, {
		Name: "no-heirs", When: AfterMigrations,
		What: "No table inherits from a tenant table, except as a partition.",
		Why:  "Keys and checks of the parent do not hold for rows of an heir.",
		sql: `SELECT inhrelid::regclass::text, inhrelid::regclass || ' inherits from ' || inhparent::regclass FROM pg_inherits
			JOIN pg_class parent ON parent.oid = inhparent WHERE parent.relnamespace = 'app'::regnamespace AND parent.relkind = 'r'`,
	},
}
