package lintdb

// ofTenant joins the constraint c's table, which is a tenant's.
const ofTenant = ` JOIN pg_class o ON o.oid = c.conrelid AND o.relnamespace = 'app'::regnamespace `

// constraintName is how a constraint is named in findings and exceptions.
const constraintName = `c.conrelid::regclass || '.' || c.conname`

// orgIDOf is the number of column org_id in a table.
func orgIDOf(table string) string {
	return `(SELECT attnum FROM pg_attribute WHERE attrelid = ` + table + ` AND attname = 'org_id')`
}

var keyRules = []Rule{
	{
		Name: "primary-key-led", When: AfterMigrations,
		What: "Every table of schema app has a primary key that begins with org_id.",
		Why:  "An id alone is an oracle: inserting it tells whether another organization has it.",
		sql: `SELECT name, name || ' has no primary key' FROM ` + tenantTables + ` WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = t.oid AND contype = 'p')
			UNION ALL
			SELECT ` + constraintName + `, 'the primary key of ' || c.conrelid::regclass || ' does not begin with org_id' FROM pg_constraint c` + ofTenant + `
			WHERE contype = 'p' AND conkey[1] IS DISTINCT FROM ` + orgIDOf("c.conrelid"),
	}, {
		Name: "unique-led", When: AfterMigrations,
		What: "Every unique index of a tenant table begins with org_id.",
		Why:  "Uniqueness is checked past the wall: a refusal would tell what another organization has.",
		sql: `SELECT indexrelid::regclass::text, indexrelid::regclass || ' is unique across organizations' FROM pg_index JOIN pg_class o ON o.oid = indrelid
			WHERE relnamespace = 'app'::regnamespace AND indisunique AND indkey[0] IS DISTINCT FROM ` + orgIDOf("indrelid"),
	}, {
		Name: "exclusion-led", When: AfterMigrations,
		What: "Every exclusion constraint of a tenant table begins with org_id WITH =.",
		Why:  "Otherwise the bookings of one organization refuse those of another.",
		sql: `SELECT ` + constraintName + `, c.conname || ' of ' || c.conrelid::regclass || ' excludes across organizations' FROM pg_constraint c` + ofTenant + `
			WHERE contype = 'x' AND (conkey[1] IS DISTINCT FROM ` + orgIDOf("c.conrelid") + ` OR (SELECT oprname FROM pg_operator WHERE oid = conexclop[1]) <> '=')`,
	}, {
		Name: "fk-pairs", When: AfterMigrations,
		What: "A foreign key between tenant tables begins with org_id on both sides.",
		Why:  "Foreign keys are checked past the wall: a row could hang on another organization's, and be told whether that is there.",
		sql: `SELECT ` + constraintName + `, c.conname || ' of ' || c.conrelid::regclass || ' may refer to another organization' FROM pg_constraint c` + ofTenant + `
			JOIN pg_class target ON target.oid = confrelid AND target.relnamespace = 'app'::regnamespace
			WHERE contype = 'f' AND (conkey[1] IS DISTINCT FROM ` + orgIDOf("c.conrelid") + ` OR confkey[1] IS DISTINCT FROM ` + orgIDOf("c.confrelid") + `)`,
	}, {
		Name: "fk-outside", When: AfterMigrations,
		What: "A tenant table refers to nothing outside of schema app, except a written list.",
		Why:  "Only what is the same for everybody may be referred to by everybody.",
		sql: `SELECT ` + constraintName + `, c.conname || ' of ' || c.conrelid::regclass || ' refers to ' || confrelid::regclass FROM pg_constraint c` + ofTenant + `
			JOIN pg_class target ON target.oid = confrelid AND target.relnamespace <> 'app'::regnamespace WHERE contype = 'f'`,
	}, {
		Name: "fk-inward", When: AfterMigrations,
		What: "Nothing outside of schema app refers to a tenant table.",
		Why:  "The check of such a key would say across organizations which rows there are.",
		sql: `SELECT ` + constraintName + `, c.conname || ' of ' || c.conrelid::regclass || ' refers to ' || confrelid::regclass FROM pg_constraint c
			JOIN pg_class o ON o.oid = conrelid AND o.relnamespace <> 'app'::regnamespace
			JOIN pg_class target ON target.oid = confrelid AND target.relnamespace = 'app'::regnamespace WHERE contype = 'f'`,
	}, {
		Name: "fk-cascade", When: AfterMigrations,
		What: "ON DELETE CASCADE only where it is written down why.",
		Why:  "What a cascade deletes is in no audit entry and no counter.",
		sql:  `SELECT ` + constraintName + `, c.conname || ' of ' || c.conrelid::regclass || ' deletes along' FROM pg_constraint c` + ofTenant + ` WHERE contype = 'f' AND confdeltype = 'c'`,
	}, {
		Name: "fk-update", When: AfterMigrations,
		What: "No foreign key of a tenant table acts ON UPDATE.",
		Why:  "Keys never change; a cascade would carry a row into another organization.",
		sql:  `SELECT ` + constraintName + `, c.conname || ' of ' || c.conrelid::regclass || ' follows changes of keys' FROM pg_constraint c` + ofTenant + ` WHERE contype = 'f' AND confupdtype NOT IN ('a', 'r')`,
	}, {
		Name: "fk-set-null", When: AfterMigrations,
		What: "ON DELETE SET NULL or SET DEFAULT names its columns, and org_id is none of them.",
		Why:  "Without the list it would empty org_id too: the deletion fails, or the row belongs to nobody.",
		sql: `SELECT ` + constraintName + `, c.conname || ' of ' || c.conrelid::regclass || ' would empty org_id' FROM pg_constraint c` + ofTenant + `
			WHERE contype = 'f' AND confdeltype IN ('n', 'd') AND (confdelsetcols IS NULL OR ` + orgIDOf("c.conrelid") + ` = ANY (confdelsetcols))`,
	},
}

var indexRules = []Rule{
	{
		Name: "index-led", When: AfterMigrations,
		What: "Every index of a tenant table begins with org_id.",
		Why:  "Behind the wall every question is about one organization; an index that begins otherwise reads those of all.",
		sql: `SELECT indexrelid::regclass::text, indexrelid::regclass || ' does not begin with org_id' FROM pg_index JOIN pg_class o ON o.oid = indrelid
			WHERE relnamespace = 'app'::regnamespace AND NOT indisunique AND NOT indisexclusion AND indkey[0] IS DISTINCT FROM ` + orgIDOf("indrelid"),
	}, {
		Name: "index-leakproof", When: AfterMigrations,
		What: "Columns of a tenant table's index have leakproof operators, and are no expressions.",
		Why:  "Behind the wall other operators are a filter over all the organization's rows: 0.05 ms become 40.",
		sql: `SELECT DISTINCT indexrelid::regclass::text, indexrelid::regclass || ' cannot be used behind the wall: its operators are not leakproof'
			FROM pg_index JOIN pg_class o ON o.oid = indrelid
			CROSS JOIN LATERAL unnest(indkey::int2[], indclass::oid[]) AS k(att, opclass) JOIN pg_opclass c ON c.oid = k.opclass
			WHERE relnamespace = 'app'::regnamespace AND (k.att = 0 OR EXISTS (SELECT FROM pg_amop a JOIN pg_operator p ON p.oid = amopopr JOIN pg_proc f ON f.oid = oprcode
				WHERE amopfamily = opcfamily AND amoplefttype = opcintype AND amoprighttype = opcintype AND amoppurpose = 's' AND NOT proleakproof))`,
	}, {
		Name: "indexes-valid",
		What: "Every index is valid.",
		Why:  "One that CREATE INDEX CONCURRENTLY left behind costs every write and answers nothing, nor is what it calls unique.",
		sql: `SELECT indexrelid::regclass::text, indexrelid::regclass || ' is not valid' FROM pg_index JOIN pg_class o ON o.oid = indrelid
			JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ` + ourSchemas + ` AND NOT (indisvalid AND indisready)`,
	}, {
		Name: "indexes-differ",
		What: "No two indexes of a table are the same.",
		Why:  "The second costs every write and answers nothing.",
		sql: `SELECT a.indexrelid::regclass::text, a.indexrelid::regclass || ' is the same as ' || b.indexrelid::regclass FROM pg_index a JOIN pg_index b ON a.indrelid = b.indrelid AND a.indexrelid > b.indexrelid
			JOIN pg_class o ON o.oid = a.indrelid JOIN pg_namespace n ON n.oid = relnamespace
			WHERE nspname IN ('app', 'platform', 'shared') AND a.indkey = b.indkey AND a.indclass = b.indclass AND a.indcollation = b.indcollation AND a.indoption = b.indoption
				AND pg_get_expr(a.indexprs, a.indrelid) IS NOT DISTINCT FROM pg_get_expr(b.indexprs, b.indrelid)
				AND pg_get_expr(a.indpred, a.indrelid) IS NOT DISTINCT FROM pg_get_expr(b.indpred, b.indrelid)`,
	},
}
