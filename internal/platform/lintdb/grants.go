package lintdb

// Grants as rows. Objects without grants of their own have those that PostgreSQL gives.
const (
	relationGrants = `(SELECT c.oid::regclass::text AS name, nspname, relkind, relowner AS owner, g.* FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
		CROSS JOIN LATERAL aclexplode(coalesce(relacl, acldefault('r', relowner))) AS g
		WHERE nspname IN ` + ourSchemas + ` AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')) AS g`
	columnGrants = `(SELECT c.oid::regclass || '.' || attname AS name, nspname, c.oid AS table, relowner AS owner, g.* FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
		JOIN pg_attribute a ON attrelid = c.oid CROSS JOIN LATERAL aclexplode(attacl) AS g WHERE attacl IS NOT NULL AND nspname IN ` + ourSchemas + `) AS g`
	functionGrants = `(SELECT f.name, proowner AS owner, g.* FROM ` + ourFunctions + ` CROSS JOIN LATERAL aclexplode(coalesce(proacl, acldefault('f', proowner))) AS g) AS g`
	schemaGrants   = `(SELECT 'schema ' || nspname AS name, nspname, nspowner AS owner, g.* FROM pg_namespace CROSS JOIN LATERAL aclexplode(coalesce(nspacl, acldefault('n', nspowner))) AS g
		WHERE nspname IN ` + ourSchemas + `) AS g`
	// allGrants are all of them.
	allGrants = `(SELECT name, owner, grantee, privilege_type, is_grantable FROM ` + relationGrants + ` UNION ALL SELECT name, owner, grantee, privilege_type, is_grantable FROM ` + columnGrants + `
		UNION ALL SELECT name, owner, grantee, privilege_type, is_grantable FROM ` + functionGrants + ` UNION ALL SELECT name, owner, grantee, privilege_type, is_grantable FROM ` + schemaGrants + `) AS g`
)

// grantedTo names a grantee.
const grantedTo = `CASE grantee WHEN 0 THEN 'everybody' ELSE 'role ' || grantee::regrole END`

var grantRules = []Rule{
	{
		Name: "past-the-wall", When: AtStart,
		What: "Nobody but the owner may TRUNCATE, REFERENCE or put TRIGGERs on a table of ours.",
		Why:  "Row level security does not hold these back: TRUNCATE empties every organization's table.",
		sql: `SELECT name, ` + grantedTo + ` || CASE privilege_type WHEN 'TRUNCATE' THEN ' may truncate ' WHEN 'REFERENCES' THEN ' may refer to ' WHEN 'TRIGGER' THEN ' may put triggers on ' ELSE ' may maintain ' END || name
			FROM ` + relationGrants + ` WHERE privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN') AND grantee <> owner
			UNION ALL SELECT name, ` + grantedTo + ` || ' may refer to ' || name FROM ` + columnGrants + ` WHERE privilege_type = 'REFERENCES' AND grantee <> owner`,
	}, {
		Name: "public-has-nothing", When: AtStart,
		What: "PUBLIC has no right on a schema, table, column or sequence of ours.",
		Why:  "PUBLIC is also the role that is made tomorrow.",
		sql: `SELECT name, 'everybody has ' || privilege_type || ' on ' || name FROM (SELECT name, grantee, privilege_type FROM ` + relationGrants + `
			UNION ALL SELECT name, grantee, privilege_type FROM ` + columnGrants + ` UNION ALL SELECT name, grantee, privilege_type FROM ` + schemaGrants + `) AS g WHERE grantee = 0`,
	}, {
		Name: "no-strangers", When: AtStart,
		What: "Only the platform's own roles have rights on what is ours.",
		Why:  "A role for reports, made in passing, is how rows leave past every policy of the product.",
		sql: `SELECT DISTINCT name || ' ' || rolname, 'role ' || rolname || ' has rights on ' || name FROM ` + allGrants + ` JOIN pg_roles r ON r.oid = grantee
			WHERE grantee <> owner AND rolname NOT IN (` + roleNames() + `)`,
	}, {
		Name: "no-grant-option", When: AtStart,
		What: "No right was given WITH GRANT OPTION.",
		Why:  "Who holds one can hand it to anybody.",
		sql:  `SELECT name, ` + grantedTo + ` || ' may hand on ' || privilege_type || ' on ' || name FROM ` + allGrants + ` WHERE is_grantable AND grantee <> owner`,
	}, {
		Name: "no-default-grants",
		What: "There are no default privileges.",
		Why:  "They give rights on tables that nobody has written yet.",
		sql:  `SELECT defaclrole::regrole::text, 'what ' || defaclrole::regrole || ' makes is granted by default privileges' FROM pg_default_acl`,
	}, {
		Name: "sequences-not-granted", When: AtStart,
		What: "The serving role may take the next number of the tasks' sequence, and nothing else of any sequence.",
		Why:  "Reading or setting a sequence tells, or breaks, what others do.",
		sql: `SELECT name, ` + grantedTo + ` || ' has ' || privilege_type || ' on the sequence ' || name FROM ` + relationGrants + `
			WHERE relkind = 'S' AND grantee IN (0, to_regrole('fence_app')) AND NOT (nspname = 'tasks' AND privilege_type = 'USAGE')`,
	}, {
		Name: "large-objects",
		What: "There are no large objects, and no role of ours may make one.",
		Why:  "They belong to a role, not to an organization: what one leaves another finds.",
		sql: `SELECT m.oid::text, 'large object ' || m.oid || ' is there' FROM pg_largeobject_metadata m
			UNION ALL SELECT p.oid::regprocedure::text, 'role ' || rolname || ' may call ' || p.oid::regprocedure FROM pg_proc p CROSS JOIN pg_roles r
			WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite', 'lo_import')
				AND rolname IN ('fence_app', 'fence_system') AND NOT rolsuper AND has_function_privilege(r.oid, p.oid, 'EXECUTE')`,
	}, {
		Name: "parameter-grants", When: AtStart,
		What: "The right to SET a superuser's parameter is fence_vault's alone.",
		Why:  "The verified organization is kept in one: who can set it can be anybody.",
		sql: `SELECT parname, ` + grantedTo + ` || ' may set ' || parname FROM pg_parameter_acl CROSS JOIN LATERAL aclexplode(paracl) LEFT JOIN pg_roles r ON r.oid = grantee
			WHERE grantee = 0 OR NOT rolsuper AND rolname <> 'fence_vault'`,
	},
}
