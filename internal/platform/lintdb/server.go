package lintdb

import (
	"fmt"
	"slices"
	"strings"
)

// floors are the first minor version of each major one with all fixes that row security relies on: a role
// could leave a policy by DROP OWNED (CVE-2026-116311), and ON CONFLICT … WHERE saw hidden rows
// (CVE-2026-120154). A major version that is not listed is newer than this list.
var floors = []struct{ major, minor int }{{15, 20}, {16, 16}, {17, 12}, {18, 7}}

// Floor says that a server of this version (as server_version_num) is too old, and what to do; empty when it is not.
func Floor(version int) string {
	major, minor := version/10000, version%10000
	n := slices.IndexFunc(floors, func(f struct{ major, minor int }) bool { return f.major == major })
	if major > floors[len(floors)-1].major || n >= 0 && minor >= floors[n].minor {
		return ""
	}
	f := floors[max(n, 0)]
	return fmt.Sprintf("PostgreSQL %d.%d lacks fixes that the wall relies on: upgrade it to %d.%d or newer (apt-get update && apt-get install --only-upgrade postgresql-%d, then start it again)",
		major, minor, f.major, f.minor, f.major)
}

// belowFloor is the condition that the server's version is below its floor.
func belowFloor() string {
	conditions := []string{fmt.Sprintf("version < %d", floors[0].major*10000)}
	for _, f := range floors {
		conditions = append(conditions, fmt.Sprintf("version BETWEEN %d AND %d", f.major*10000, f.major*10000+f.minor-1))
	}
	return strings.Join(conditions, " OR ")
}

// knownExtensions are in the catalogue of reasons: plpgsql comes with PostgreSQL, the two others make the search.
const knownExtensions = `('plpgsql', 'pg_trgm', 'btree_gin')`

var serverRules = []Rule{
	{
		Name: "version-floor",
		What: "PostgreSQL is 15.20, 16.16, 17.12, 18.7 or newer.",
		Why:  "In older ones a role can leave a policy (CVE-2026-116311), and ON CONFLICT shows hidden rows (CVE-2026-120154).",
		sql: `SELECT 'server', 'PostgreSQL ' || current_setting('server_version') || ' lacks fixes that the wall relies on'
			FROM (SELECT current_setting('server_version_num')::int) AS v(version) WHERE ` + belowFloor(),
	}, {
		Name: "extensions",
		What: "The only extensions are plpgsql, pg_trgm and btree_gin.",
		Why:  "dblink, file_fdw and their like open doors that no policy guards; pg_stat_statements shows what others send.",
		sql:  `SELECT extname, 'extension ' || extname || ' is not one that we know' FROM pg_extension WHERE extname NOT IN ` + knownExtensions,
	}, {
		Name: "no-publications",
		What: "There is no publication.",
		Why:  "It sends rows of all organizations to whoever subscribes.",
		sql:  `SELECT pubname, 'publication ' || pubname || ' is there' FROM pg_publication`,
	}, {
		Name: "no-subscriptions",
		What: "There is no subscription.",
		Why:  "It writes rows past every check of ours.",
		sql:  `SELECT subname, 'subscription ' || subname || ' is there' FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
	}, {
		Name: "no-logical-slots",
		What: "No replication slot decodes this database.",
		Why:  "It reads every row of the log; no policy is asked.",
		sql:  `SELECT slot_name, 'replication slot ' || slot_name || ' decodes this database' FROM ` + logicalSlots + ` WHERE database = current_database()`,
	}, {
		Name: "parameters-not-logged",
		What: "Values of parameters reach no log of the server.",
		Why:  "Among them are the context's token and what customers typed.",
		sql: `SELECT 'log_parameter_max_length_on_error', 'the server logs values of parameters with errors: set log_parameter_max_length_on_error = 0' WHERE current_setting('log_parameter_max_length_on_error') <> '0'
			UNION ALL SELECT 'log_parameter_max_length', 'the server logs statements with the values of their parameters: set log_parameter_max_length = 0'
			WHERE current_setting('log_parameter_max_length') <> '0' AND (current_setting('log_statement') IN ('mod', 'all') OR current_setting('log_min_duration_statement') <> '-1'
				OR current_setting('log_min_duration_sample') <> '-1' OR current_setting('log_transaction_sample_rate') <> '0' OR current_setting('log_duration') = 'on')`,
	}, {
		Name: "server-settings", When: AtStart,
		What: "row_security is on, triggers fire, and system tables cannot be changed.",
		Why:  "Each of these takes away what the rules above rest on.",
		sql: `SELECT name, name || ' is ' || setting FROM pg_settings
			WHERE (name, setting) IN (('row_security', 'off'), ('session_replication_role', 'replica'), ('session_replication_role', 'local'), ('allow_system_table_mods', 'on'), ('standard_conforming_strings', 'off'))`,
	},
}

// logicalSlots is where PostgreSQL tells of its slots.
const logicalSlots = `pg_replication_slots`
