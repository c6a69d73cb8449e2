package lintdb

// ourFunctions are functions and procedures that migrations make. OFFSET 0 keeps conditions out of the scan of
// PostgreSQL's own three thousand, for which naming each is dear.
const ourFunctions = `(SELECT p.*, p.oid::regprocedure::text AS name, n.nspname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname IN ` + ourSchemas + ` OFFSET 0) AS f`

// owners are the roles that own what migrations make; none of them logs in.
const owners = `('fence_owner', 'fence_search', 'fence_vault')`

var functionRules = []Rule{
	{
		Name: "definer-path", When: AtStart,
		What: "A SECURITY DEFINER function sets its search_path, which ends with pg_temp.",
		Why:  "Otherwise its caller decides whose table or operator a name in it means.",
		sql: `SELECT name, name || ' runs with another''s rights and does not end its search_path with pg_temp' FROM ` + ourFunctions + `
			WHERE prosecdef AND NOT EXISTS (SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%pg_temp')`,
	}, {
		Name: "definer-owner", When: AtStart,
		What: "A SECURITY DEFINER function belongs to fence_owner, fence_search or fence_vault.",
		Why:  "It does what its owner may; a superuser's would read everything.",
		sql:  `SELECT name, name || ' runs as ' || proowner::regrole FROM ` + ourFunctions + ` WHERE prosecdef AND proowner::regrole::text NOT IN ` + owners,
	}, {
		Name: "definer-bypass", When: AtStart,
		What: "A function that runs past the wall is written down with its reason.",
		Why:  "What its text forgets, nothing else holds.",
		sql:  `SELECT name, name || ' runs past the wall' FROM ` + ourFunctions + ` JOIN pg_roles r ON r.oid = proowner WHERE prosecdef AND (rolbypassrls OR rolsuper)`,
	}, {
		Name: "definer-public", When: AtStart,
		What: "Not everybody may call a SECURITY DEFINER function.",
		Why:  "EXECUTE is PUBLIC's unless it is revoked.",
		sql: `SELECT name, 'everybody may call ' || name FROM ` + ourFunctions + `
			WHERE prosecdef AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)`,
	}, {
		Name: "function-public",
		What: "Functions of app, platform and shared are granted by name.",
		Why:  "A function that is anybody's is a function that nobody asked who calls.",
		sql: `SELECT name, 'everybody may call ' || name FROM ` + ourFunctions + ` WHERE nspname IN ('app', 'platform', 'shared') AND NOT prosecdef
			AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)`,
	}, {
		Name: "context-stable", When: AtStart,
		What: "app.org_id() and app.now() are STABLE.",
		Why:  "An IMMUTABLE answer is kept in a plan: the next organization on the connection gets the last one's rows.",
		sql: `SELECT name, name || ' is not STABLE' FROM ` + ourFunctions + ` WHERE nspname = 'app' AND proname IN ('org_id', 'now') AND pronargs = 0 AND provolatile <> 's'
			UNION ALL SELECT want, want || ' is missing' FROM (VALUES ('app.org_id()', 'uuid'), ('app.now()', 'timestamp with time zone')) AS w(want, type)
			WHERE NOT EXISTS (SELECT FROM ` + ourFunctions + ` WHERE name = want AND NOT proretset AND format_type(prorettype, NULL) = type)`,
	}, {
		Name: "context-text", When: AtStart,
		What: "app.org_id() and vault.enter() read as vault.take_form writes them.",
		Why:  "A context that was replaced by something simpler, for a test or a repair, believes anybody.",
		sql: `SELECT name, name || ' is not what vault.take_form makes' FROM ` + ourFunctions + ` WHERE name IN ('app.org_id()', 'vault.enter(text)')
			AND NOT EXISTS (SELECT FROM pg_proc maker JOIN pg_namespace n ON n.oid = pronamespace
				WHERE n.nspname = 'vault' AND maker.proname = 'take_form' AND strpos(replace(replace(maker.prosrc, '%1$s', split_part(maker.prosrc, '$signed$', 2)), '%2$s', split_part(maker.prosrc, '$refused$', 2)), f.prosrc) > 0)`,
	}, {
		Name: "vault-closed", When: AtStart,
		What: "Nobody but fence_vault has a right on the keys of the signed context.",
		Why:  "Who reads a key can be any organization.",
		sql:  `SELECT name, ` + grantedTo + ` || ' has ' || privilege_type || ' on ' || name FROM ` + relationGrants + ` WHERE nspname = 'vault' AND grantee <> coalesce(to_regrole('fence_vault'), 0)`,
	}, {
		Name: "immutable-reads-nothing",
		What: "No IMMUTABLE function asks for a setting, the organization or the time.",
		Why:  "The same as above: its answer outlives the transaction.",
		sql:  `SELECT name, name || ' is IMMUTABLE and reads what changes' FROM ` + ourFunctions + ` WHERE provolatile = 'i' AND prosrc ~* 'current_setting|org_id\(|now\(|_timestamp'`,
	}, {
		Name: "no-leakproof", When: AtStart,
		What: "No function of ours is LEAKPROOF.",
		Why:  "It would be asked about rows before the wall is: what it says or raises is of anybody's row.",
		sql:  `SELECT o.oid::regprocedure::text, o.oid::regprocedure || ' says that it is leakproof' FROM pg_proc o WHERE proleakproof AND o.oid >= 16384 AND` + notOfExtension,
	}, {
		Name: "owner", When: AtStart,
		What: "What migrations make belongs to roles that never log in.",
		Why:  "An owner can take the wall down.",
		sql: `SELECT o.oid::regclass::text, 'role ' || relowner::regrole || ' owns ' || o.oid::regclass FROM pg_class o JOIN pg_namespace n ON n.oid = relnamespace
			WHERE nspname IN ` + ourSchemas + ` AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND relowner::regrole::text NOT IN ` + owners + `
			UNION ALL SELECT name, 'role ' || proowner::regrole || ' owns ' || name FROM ` + ourFunctions + ` WHERE proowner::regrole::text NOT IN ` + owners + `
			UNION ALL SELECT nspname, 'role ' || nspowner::regrole || ' owns schema ' || nspname FROM pg_namespace WHERE nspname IN ` + ourSchemas + ` AND nspowner::regrole::text NOT IN ` + owners,
	},
}

var codeRules = []Rule{
	{
		Name: "languages",
		What: "Functions of ours are written in sql or plpgsql, and no other language is there.",
		Why:  "An untrusted language reads files and opens connections as the server.",
		sql: `SELECT name, name || ' is written in ' || lanname FROM ` + ourFunctions + ` JOIN pg_language l ON l.oid = prolang WHERE lanname NOT IN ('sql', 'plpgsql')
			UNION ALL SELECT lanname, 'language ' || lanname || ' is there' FROM pg_language WHERE lanname NOT IN ('internal', 'c', 'sql', 'plpgsql')`,
	}, {
		Name: "functions-elsewhere",
		What: "No function of ours stands in public, ext or pg_catalog.",
		Why:  "There it could be meant where one of PostgreSQL's is named.",
		sql: `SELECT o.oid::regprocedure::text, o.oid::regprocedure || ' stands in schema ' || nspname FROM pg_proc o JOIN pg_namespace n ON n.oid = pronamespace
			WHERE nspname IN ('public', 'ext', 'pg_catalog') AND o.oid >= 16384 AND` + notOfExtension,
	}, {
		Name: "no-operators-or-casts",
		What: "There is no operator and no cast but those of PostgreSQL and its extensions.",
		Why:  "org_id = … means what the operator does.",
		sql: `SELECT o.oid::regoperator::text, 'operator ' || o.oid::regoperator || ' is there' FROM pg_operator o WHERE o.oid >= 16384 AND` + notOfExtension + `
			UNION ALL SELECT format_type(castsource, NULL) || ' to ' || format_type(casttarget, NULL), 'a cast from ' || format_type(castsource, NULL) || ' to ' || format_type(casttarget, NULL) || ' is there'
			FROM pg_cast o WHERE o.oid >= 16384 AND` + notOfExtension,
	}, {
		Name: "triggers-ours",
		What: "A trigger of a table of ours calls a function of ours.",
		Why:  "It sees every row that is written, whoever writes it.",
		sql: `SELECT tgrelid::regclass || '.' || tgname, 'trigger ' || tgname || ' of ' || tgrelid::regclass || ' calls ' || tgfoid::regprocedure FROM pg_trigger
			JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_proc p ON p.oid = tgfoid JOIN pg_namespace fn ON fn.oid = pronamespace
			WHERE n.nspname IN ` + ourSchemas + ` AND NOT tgisinternal AND (fn.nspname NOT IN ` + ourSchemas + ` OR proowner::regrole::text NOT IN ` + owners + `)`,
	}, {
		Name: "event-triggers",
		What: "The only event triggers are those that hold tables to the wall, and they fire.",
		Why:  "Another one runs inside every change of the schema; ours, switched off, let a table without a wall land.",
		sql: `SELECT evtname, 'event trigger ' || evtname || ' is not ours' FROM pg_event_trigger WHERE evtname NOT IN ('fence_wall', 'fence_wall_drop')
			UNION ALL SELECT evtname, 'event trigger ' || evtname || ' does not fire' FROM pg_event_trigger WHERE evtname IN ('fence_wall', 'fence_wall_drop') AND evtenabled NOT IN ('O', 'A')`,
	},
}
