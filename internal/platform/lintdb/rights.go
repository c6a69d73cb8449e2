package lintdb

// servingRoles are those that processes connect as, and whoever asks.
const servingRoles = `(SELECT oid, rolname FROM pg_roles WHERE NOT rolsuper AND (rolname IN ('fence_app', 'fence_system', 'fence_backup') OR rolname = current_user)) AS r`

var rightRules = []Rule{
	{
		Name: "no-temporary-tables", When: AtStart,
		What: "Serving roles may not create temporary tables.",
		Why:  "One with the name of a table of ours would stand in front of it, also for the next organization on the connection.",
		sql:  `SELECT rolname, 'role ' || rolname || ' may create temporary tables' FROM ` + servingRoles + ` WHERE has_database_privilege(r.oid, current_database(), 'TEMP')`,
	}, {
		Name: "no-create", When: AtStart,
		What: "Serving roles may create nothing, in no schema.",
		Why:  "What a request creates, the next one runs.",
		sql: `SELECT rolname, 'role ' || rolname || ' may create schemas' FROM ` + servingRoles + ` WHERE has_database_privilege(r.oid, current_database(), 'CREATE')
			UNION ALL SELECT rolname, 'role ' || rolname || ' may create in schema ' || nspname FROM ` + servingRoles + ` CROSS JOIN ` + userSchemas + ` WHERE has_schema_privilege(r.oid, n.oid, 'CREATE')`,
	}, {
		Name: "connect-by-name", When: AtStart,
		What: "PUBLIC has no right on the database.",
		Why:  "Every other role of the server could come in and look at the catalogue.",
		sql: `SELECT datname, 'everybody has ' || privilege_type || ' on the database' FROM pg_database CROSS JOIN LATERAL aclexplode(coalesce(datacl, acldefault('d', datdba)))
			WHERE datname = current_database() AND grantee = 0`,
	}, {
		Name: "platform-hidden", When: AtStart,
		What: "The serving role can read and write nothing of schema platform.",
		Why:  "What is known across organizations is asked through functions that say for whom.",
		sql: `SELECT o.oid::regclass::text, 'role ' || rolname || ' may read or write ' || o.oid::regclass FROM pg_class o
			CROSS JOIN (SELECT oid, rolname FROM pg_roles WHERE NOT rolsuper AND rolname IN ('fence_app', current_user)) AS r
			WHERE relnamespace = 'platform'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
				AND (has_any_column_privilege(r.oid, o.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(r.oid, o.oid, 'DELETE'))`,
	}, {
		Name: "tasks-rights", When: AtStart,
		What: "Of schema tasks the serving role reads and inserts tasks, and nothing else.",
		Why:  "The other tables know no organization and have no wall.",
		sql: `SELECT o.oid::regclass::text, 'role ' || rolname || ' may read or write ' || o.oid::regclass FROM pg_class o JOIN pg_roles r ON rolname = 'fence_app' AND NOT rolsuper
			WHERE relnamespace = 'tasks'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND relname <> 'river_job' AND has_any_column_privilege(r.oid, o.oid, 'SELECT, INSERT, UPDATE')
			UNION ALL SELECT 'tasks.river_job', 'role ' || rolname || ' may change or delete tasks' FROM pg_roles r WHERE rolname = 'fence_app' AND NOT rolsuper
				AND (has_table_privilege(r.oid, 'tasks.river_job', 'UPDATE, DELETE') OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'tasks.river_job'::regclass AND attnum > 0 AND NOT attisdropped
					AND attname <> 'kind' AND has_column_privilege(r.oid, attrelid, attnum, 'UPDATE')))`,
	}, {
		Name: "ledger-rights", When: AtStart,
		What: "The serving role may read the ledger of migrations, not write it.",
		Why:  "A database that lies about its version is served by the wrong program.",
		sql: `SELECT o.oid::regclass::text, 'role ' || rolname || ' may write ' || o.oid::regclass FROM pg_class o JOIN pg_roles r ON rolname = 'fence_app' AND NOT rolsuper
			WHERE relnamespace = 'migrations'::regnamespace AND relkind = 'r' AND (has_any_column_privilege(r.oid, o.oid, 'INSERT, UPDATE') OR has_table_privilege(r.oid, o.oid, 'DELETE'))`,
	}, {
		Name: "system-rights", When: AtStart,
		What: "fence_system has no right on tenant tables.",
		Why:  "What runs across organizations must not be able to read their rows.",
		sql: `SELECT name, 'role ' || rolname || ' may read or write ' || name FROM ` + tenantTables + ` JOIN pg_roles r ON rolname = 'fence_system' AND NOT rolsuper
			WHERE has_any_column_privilege(r.oid, t.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(r.oid, t.oid, 'DELETE')`,
	}, {
		Name: "backup-rights",
		What: "fence_backup reads every table and writes none.",
		Why:  "A backup that lacks a table is found out when it is needed; one that can write is a second way in.",
		sql: `SELECT o.oid::regclass::text, 'role fence_backup may write ' || o.oid::regclass FROM pg_class o JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_roles r ON rolname = 'fence_backup' AND NOT rolsuper
			WHERE nspname IN ` + ourSchemas + ` AND relkind IN ('r', 'p') AND (has_any_column_privilege(r.oid, o.oid, 'INSERT, UPDATE') OR has_table_privilege(r.oid, o.oid, 'DELETE'))
			UNION ALL SELECT o.oid::regclass::text, 'role fence_backup cannot read ' || o.oid::regclass FROM pg_class o JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_roles r ON rolname = 'fence_backup'
			WHERE nspname IN ` + ourSchemas + ` AND relkind IN ('r', 'p', 'S') AND NOT has_table_privilege(r.oid, o.oid, 'SELECT')`,
	}, {
		Name: "search-rights", When: AtStart,
		What: "fence_search reads the columns that the search looks in, and nothing else.",
		Why:  "It passes the wall; what it cannot read, a mistake in its function cannot tell.",
		sql: `SELECT name, 'role fence_search has ' || privilege_type || ' on ' || name FROM (
			SELECT name, grantee, privilege_type FROM ` + relationGrants + `
			UNION ALL SELECT name, grantee, privilege_type FROM ` + columnGrants + ` WHERE privilege_type <> 'SELECT'
				OR name NOT IN ('app.customers.org_id', 'app.customers.id', 'app.customers.search_text', 'app.customers.status', 'app.customers.created_at')
			UNION ALL SELECT name, grantee, privilege_type FROM ` + schemaGrants + ` WHERE NOT (nspname IN ('app', 'vault') AND privilege_type = 'USAGE')) AS g
			WHERE grantee = to_regrole('fence_search')
			UNION ALL SELECT name, 'role fence_search may call ' || name FROM ` + functionGrants + ` WHERE grantee = to_regrole('fence_search') AND owner <> grantee AND name NOT IN ('app.now()', 'app.org_id()', 'vault.verify(text)')`,
	},
}
