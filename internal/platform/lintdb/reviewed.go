package lintdb

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"fenceplatform.com/fence/db"
)

// grantLine is a GRANT as pg_dump writes it in db/schema.sql.
var grantLine = regexp.MustCompile(`(?m)^GRANT (.+) ON (TABLE|SCHEMA|FUNCTION|PROCEDURE) ([a-z_.]+)(?:\(.*\))? TO (fence_\w+);$`)

// ofColumn is a privilege on one column: SELECT(name).
var ofColumn = regexp.MustCompile(`^([A-Z]+)\((\w+)\)$`)

// reviewedGrants are the grants of db/schema.sql as a table of object, grantee and privilege.
func reviewedGrants() string {
	var rows []string
	for _, m := range grantLine.FindAllStringSubmatch(db.Schema, -1) {
		privileges, kind, object, grantee := m[1], m[2], m[3], m[4]
		for privilege := range strings.SplitSeq(privileges, ",") {
			name := object
			switch c := ofColumn.FindStringSubmatch(privilege); {
			case c != nil:
				name, privilege = object+"."+c[2], c[1]
			case kind == "SCHEMA":
				name = "schema " + object
			case kind != "TABLE":
				privilege = "EXECUTE" // ALL, of a function
			}
			rows = append(rows, fmt.Sprintf("('%s', '%s', '%s')", name, grantee, privilege))
		}
	}
	return "(VALUES " + strings.Join(rows, ", ") + ") AS w(name, grantee, privilege)"
}

// lastMigration is the number of the migration that db/schema.sql was written after. It is read from the names, so that
// a gap in them, which another test refuses, does not silence the rule.
func lastMigration() (last int) {
	files, _ := fs.Glob(db.Migrations, "migrations/*.sql") // the pattern is valid
	for _, file := range files {
		number, _, _ := strings.Cut(path.Base(file), "_")
		n, _ := strconv.Atoi(number) // names are tested
		last = max(last, n)
	}
	return last
}

var reviewedRules = []Rule{
	{
		Name: "grants-as-reviewed", When: AtStart,
		What: "Rights on what is in app, platform, shared and vault are those of db/schema.sql.",
		Why:  "One more is a right that nobody decided on, as to change the audit log; one less is a request that fails tomorrow. (Asked of a database at this binary's migration.)",
		sql: `WITH found AS (SELECT DISTINCT split_part(name, '(', 1) AS name, grantee::regrole::text, privilege_type AS privilege FROM ` + allGrants + `
				JOIN pg_roles r ON r.oid = grantee WHERE grantee <> owner AND rolname IN (` + roleNames() + `)
				AND privilege_type NOT IN ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN') AND name ~ '^(schema )?(app|platform|shared|vault)\M')
			SELECT name, 'role ' || grantee || CASE WHEN w.reviewed IS NULL THEN ' has ' ELSE ' has not ' END || privilege || ' on ' || name || CASE WHEN w.reviewed IS NULL THEN ', which nobody reviewed' ELSE '' END
			FROM (SELECT *, true AS found FROM found) AS f FULL JOIN (SELECT *, true AS reviewed FROM ` + reviewedGrants() + `) AS w USING (name, grantee, privilege)
			WHERE (f.found IS NULL OR w.reviewed IS NULL) AND (SELECT max(version_id) FROM migrations.goose_db_version WHERE is_applied) = ` + fmt.Sprint(lastMigration()),
	},
}
