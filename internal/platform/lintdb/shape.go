package lintdb

// userSchemas are all schemas but PostgreSQL's own.
const userSchemas = `(SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema') AS n`

// notOfExtension keeps what no extension has brought, of the relation or function o.
const notOfExtension = ` NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = o.oid AND e.deptype = 'e')`

// ourSchemas are those that migrations make.
const ourSchemas = `('app', 'platform', 'shared', 'tasks', 'migrations', 'vault')`

var shapeRules = []Rule{
	{
		Name: "known-schemas",
		What: "There is no schema beside app, platform, shared, tasks, migrations, vault, guard, ext and public.",
		Why:  "Rules and grants are written by schema; in an unknown one nobody looks.",
		sql: `SELECT nspname, 'schema ' || nspname || ' is not one of ours' FROM ` + userSchemas + `
			WHERE nspname NOT IN ('app', 'platform', 'shared', 'tasks', 'migrations', 'vault', 'guard', 'ext', 'public')`,
	}, {
		Name: "public-is-empty",
		What: "Schemas public and ext hold no relation but those of extensions.",
		Why:  "What is made in passing is made in public, without a wall.",
		sql: `SELECT o.oid::regclass::text, o.oid::regclass || ' stands in no schema of ours' FROM pg_class o JOIN ` + userSchemas + ` ON n.oid = o.relnamespace
			WHERE nspname IN ('public', 'ext') AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND` + notOfExtension,
	}, {
		Name: "org-rows-outside",
		What: "No table outside of app, platform and tasks has a column org_id.",
		Why:  "Rows of an organization stand behind the wall, or are what the platform has to know of it.",
		sql: `SELECT o.oid::regclass::text, o.oid::regclass || ' has org_id and no wall' FROM pg_class o JOIN ` + userSchemas + ` ON n.oid = o.relnamespace
			JOIN pg_attribute a ON a.attrelid = o.oid AND a.attname = 'org_id' AND NOT a.attisdropped
			WHERE nspname NOT IN ('app', 'platform', 'tasks') AND relkind IN ('r', 'p')`,
	}, {
		Name: "views-as-caller", When: AtStart,
		What: "A view runs with its caller's rights (security_invoker).",
		Why:  "Otherwise its owner's rights decide which rows it shows.",
		sql: `SELECT o.oid::regclass::text, o.oid::regclass || ' shows what its owner may see' FROM pg_class o JOIN ` + userSchemas + ` ON n.oid = o.relnamespace
			WHERE relkind = 'v' AND NOT coalesce(reloptions @> '{security_invoker=true}', false) AND` + notOfExtension,
	}, {
		Name: "no-materialized-views", When: AtStart,
		What: "There is no materialized view.",
		Why:  "It keeps rows of all organizations and cannot have row level security.",
		sql:  `SELECT o.oid::regclass::text, o.oid::regclass || ' is a materialized view' FROM pg_class o JOIN ` + userSchemas + ` ON n.oid = o.relnamespace WHERE relkind = 'm'`,
	}, {
		Name: "no-foreign-data",
		What: "There is no foreign table, server or wrapper.",
		Why:  "Rows behind a foreign server obey that server's rights.",
		sql: `SELECT o.oid::regclass::text, o.oid::regclass || ' is a foreign table' FROM pg_class o WHERE relkind = 'f'
			UNION ALL SELECT srvname, 'foreign server ' || srvname || ' is there' FROM pg_foreign_server
			UNION ALL SELECT fdwname, 'foreign data wrapper ' || fdwname || ' is there' FROM pg_foreign_data_wrapper`,
	}, {
		Name: "no-rules",
		What: "No table has a rewrite rule.",
		Why:  "A rule makes another statement of the one that was sent, with other rights.",
		sql: `SELECT ev_class::regclass || '.' || rulename, 'rule ' || rulename || ' rewrites statements on ' || ev_class::regclass FROM pg_rewrite
			JOIN pg_class o ON o.oid = ev_class JOIN ` + userSchemas + ` ON n.oid = o.relnamespace WHERE rulename <> '_RETURN'`,
	}, {
		Name: "logged",
		What: "Tables of app, platform and shared are logged.",
		Why:  "An unlogged table is empty after a crash and on every replica.",
		sql: `SELECT o.oid::regclass::text, o.oid::regclass || ' is unlogged' FROM pg_class o JOIN ` + userSchemas + ` ON n.oid = o.relnamespace
			WHERE nspname IN ('app', 'platform', 'shared') AND relkind IN ('r', 'p') AND relpersistence <> 'p'`,
	}, {
		Name: "constraints-validated",
		What: "Every constraint of ours was validated.",
		Why:  "A constraint that is NOT VALID says nothing of the rows that were there before.",
		sql: `SELECT conrelid::regclass || '.' || conname, conname || ' of ' || conrelid::regclass || ' was never validated' FROM pg_constraint
			JOIN pg_namespace n ON n.oid = connamespace WHERE nspname IN ` + ourSchemas + ` AND NOT convalidated`,
	}, {
		Name: "triggers-fire",
		What: "Every trigger of our tables is enabled, those of foreign keys included.",
		Why:  "ALTER TABLE … DISABLE TRIGGER ALL, forgotten after a repair, leaves foreign keys unchecked.",
		sql: `SELECT o.oid::regclass || '.' || tgname, 'a trigger of ' || o.oid::regclass || ' does not fire' FROM pg_trigger
			JOIN pg_class o ON o.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ` + ourSchemas + ` AND tgenabled <> 'O'`,
	}, {
		Name: "no-sequences",
		What: "Schemas app, platform and shared have no sequence.",
		Why:  "A counter that all organizations share tells each how busy the others are.",
		sql: `SELECT o.oid::regclass::text, o.oid::regclass || ' counts for all organizations' FROM pg_class o JOIN pg_namespace n ON n.oid = relnamespace
			WHERE nspname IN ('app', 'platform', 'shared') AND relkind = 'S'`,
	}, {
		Name: "column-types",
		What: "No column of a tenant table is an enum, numeric, money, or a range.",
		Why:  "Their operators are not leakproof: behind the wall no index could answer for them. Text with CHECK, bigint cents, two columns.",
		sql: `SELECT a.attrelid::regclass || '.' || attname, a.attrelid::regclass || '.' || attname || ' is ' || format_type(atttypid, NULL) || ', which no index answers for behind the wall'
			FROM pg_attribute a JOIN pg_class o ON o.oid = a.attrelid JOIN pg_type y ON y.oid = atttypid
			WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
				AND (typtype IN ('e', 'r', 'm') OR atttypid IN ('numeric'::regtype, 'money'::regtype))`,
	},
}
