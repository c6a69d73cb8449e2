package lintdb

import (
	"fmt"
	"strings"
)

// role is what db/init.sql makes of a role; a test holds the two together.
type role struct {
	name, attributes string
	memberOf         []string
}

var roles = []role{
	{"fence_owner", "NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION", nil},
	{"fence_migrate", "LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION", []string{"fence_owner", "fence_search", "fence_vault"}},
	{"fence_app", "LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION", nil},
	{"fence_search", "NOLOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION", nil},
	{"fence_system", "LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION", nil},
	{"fence_vault", "NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION", nil},
	{"fence_backup", "LOGIN NOINHERIT NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION", nil},
}

// roleNames are the names as literals, for IN.
func roleNames() string {
	var names []string
	for _, r := range roles {
		names = append(names, "'"+r.name+"'")
	}
	return strings.Join(names, ", ")
}

// wantedRoles are the roles as a table of name and attributes.
func wantedRoles() string {
	var rows []string
	for _, r := range roles {
		rows = append(rows, fmt.Sprintf("('%s', '%s')", r.name, r.attributes))
	}
	return "(VALUES " + strings.Join(rows, ", ") + ") AS w(name, attributes)"
}

// wantedMemberships are the memberships as a table of member and role.
func wantedMemberships() string {
	var rows []string
	for _, r := range roles {
		for _, of := range r.memberOf {
			rows = append(rows, fmt.Sprintf("('%s', '%s')", r.name, of))
		}
	}
	return "(VALUES " + strings.Join(rows, ", ") + ") AS w(member, role)"
}

// attributesOf is the list of a role's attributes, as they are written in CREATE ROLE.
const attributesOf = `ARRAY[CASE WHEN rolcanlogin THEN '' ELSE 'NO' END || 'LOGIN', CASE WHEN rolinherit THEN '' ELSE 'NO' END || 'INHERIT',
	CASE WHEN rolsuper THEN '' ELSE 'NO' END || 'SUPERUSER', CASE WHEN rolbypassrls THEN '' ELSE 'NO' END || 'BYPASSRLS', CASE WHEN rolcreatedb THEN '' ELSE 'NO' END || 'CREATEDB',
	CASE WHEN rolcreaterole THEN '' ELSE 'NO' END || 'CREATEROLE', CASE WHEN rolreplication THEN '' ELSE 'NO' END || 'REPLICATION']`

// memberships are who is a member of whom.
const memberships = `(SELECT m.rolname AS member, g.rolname AS role, admin_option, m.rolcanlogin, m.rolsuper, m.rolcreaterole, m.oid AS member_oid
	FROM pg_auth_members JOIN pg_roles m ON m.oid = member JOIN pg_roles g ON g.oid = roleid) AS a`

// mayConnect tells whether a role can come into this database without being its superuser.
const mayConnect = `rolcanlogin AND NOT rolsuper AND has_database_privilege(r.oid, current_database(), 'CONNECT')`

var roleRules = []Rule{
	{
		Name: "serving-role-powers", When: AtStart,
		What: "The role that serves is no superuser, has no BYPASSRLS, and may make neither roles nor databases nor replicas.",
		Why:  "No policy holds back a role that has one of these.",
		sql: `SELECT rolname, 'role ' || rolname || ' ' || what FROM pg_roles
			CROSS JOIN LATERAL (VALUES (rolsuper, 'is a superuser'), (rolbypassrls, 'has BYPASSRLS'), (rolcreaterole, 'may create roles'),
				(rolcreatedb, 'may create databases'), (rolreplication, 'may replicate')) AS power(has, what)
			WHERE rolname = current_user AND has`,
	}, {
		Name: "serving-role-alone", When: AtStart,
		What: "The role that serves is a member of no role.",
		Why:  "SET ROLE, and policies for that role, would be open to it.",
		sql:  `SELECT member, 'role ' || member || ' is a member of ' || role FROM ` + memberships + ` WHERE member = current_user`,
	}, {
		Name: "serving-role-owns-nothing", When: AtStart,
		What: "The role that serves owns nothing.",
		Why:  "An owner can take the wall down, and drop what is behind it.",
		sql: `SELECT what, 'role ' || current_user || ' owns ' || what FROM (
			SELECT oid::regclass::text AS what, relowner AS owner FROM pg_class WHERE NOT relisshared AND relnamespace <> 'pg_toast'::regnamespace
			UNION ALL SELECT oid::regprocedure::text, proowner FROM pg_proc
			UNION ALL SELECT 'schema ' || nspname, nspowner FROM pg_namespace
			UNION ALL SELECT 'large object ' || oid, lomowner FROM pg_largeobject_metadata
			UNION ALL SELECT 'database ' || datname, datdba FROM pg_database) AS thing
			WHERE owner = current_user::regrole AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)`,
	}, {
		Name: "role-attributes", When: AtStart,
		What: "Each of the platform's roles has the attributes of db/init.sql.",
		Why:  "Who logs in and who passes the wall is decided there, for each role and for a reason.",
		sql: `SELECT w.name, 'role ' || w.name || CASE WHEN r.oid IS NULL THEN ' is missing' ELSE ' is not ' || array_to_string(ARRAY(SELECT unnest(string_to_array(attributes, ' ')) EXCEPT SELECT unnest(` + attributesOf + `) ORDER BY 1), ', ') END
			FROM ` + wantedRoles() + ` LEFT JOIN pg_roles r ON rolname = w.name
			WHERE r.oid IS NULL OR NOT string_to_array(attributes, ' ') <@ ` + attributesOf,
	}, {
		Name: "role-memberships", When: AtStart,
		What: "The platform's roles are members of each other as in db/init.sql, and of nothing else; nobody else is a member of them.",
		Why:  "A membership is every right of the other role, BYPASSRLS by SET ROLE included.",
		sql: `SELECT a.member, 'role ' || a.member || ' is a member of ' || a.role FROM ` + memberships + ` LEFT JOIN ` + wantedMemberships() + ` USING (member, role)
			WHERE w.member IS NULL AND (a.member IN (` + roleNames() + `) OR a.role IN (` + roleNames() + `) AND NOT (a.rolsuper OR a.rolcreaterole))
			UNION ALL SELECT a.member, 'role ' || a.member || ' may hand on its membership of ' || a.role FROM ` + memberships + ` WHERE admin_option AND a.member IN (` + roleNames() + `)
			UNION ALL SELECT w.member, 'role ' || w.member || ' is not a member of ' || w.role FROM ` + wantedMemberships() + ` LEFT JOIN ` + memberships + ` USING (member, role) WHERE a.member IS NULL`,
	}, {
		Name: "bypass-roles",
		What: "No other role that may connect has BYPASSRLS, itself or by what it is a member of.",
		Why:  "It would read every organization's rows.",
		sql: `SELECT rolname, 'role ' || rolname || ' passes the wall and may connect' FROM pg_roles r
			WHERE ` + mayConnect + ` AND rolname NOT IN (` + roleNames() + `)
				AND EXISTS (SELECT FROM pg_roles b WHERE b.rolbypassrls AND NOT b.rolsuper AND pg_has_role(r.oid, b.oid, 'MEMBER'))`,
	}, {
		Name: "predefined-roles",
		What: "No role that may connect is a member of pg_read_all_data, pg_write_all_data, or what reads files and runs programs.",
		Why:  "Each of them is a way past grants.",
		sql: `SELECT r.rolname, 'role ' || r.rolname || ' is a member of ' || p.rolname FROM pg_roles r JOIN pg_roles p
			ON p.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program', 'pg_maintain', 'pg_create_subscription')
			WHERE r.rolcanlogin AND NOT r.rolsuper AND has_database_privilege(r.oid, current_database(), 'CONNECT') AND pg_has_role(r.oid, p.oid, 'MEMBER')`,
	}, {
		Name: "replication-roles",
		What: "No role that may connect has REPLICATION.",
		Why:  "Logical decoding reads every row of the log; no policy is asked. (A standby's role need not connect to this database.)",
		sql:  `SELECT rolname, 'role ' || rolname || ' may replicate and may connect' FROM pg_roles r WHERE ` + mayConnect + ` AND rolreplication`,
	}, {
		Name: "role-settings", When: AtStart,
		What: "No role of ours, and not the database, has a setting that changes what a statement means or who runs it.",
		Why:  "ALTER ROLE … SET search_path or role works in every later connection.",
		sql: `SELECT coalesce(setrole::regrole::text, current_database()), coalesce('role ' || nullif(setrole, 0)::regrole, 'the database') || ' sets ' || split_part(setting, '=', 1)
			FROM pg_db_role_setting CROSS JOIN LATERAL unnest(setconfig) AS setting
			WHERE (setdatabase = 0 OR setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
				AND (setrole = 0 OR setrole::regrole::text IN (` + roleNames() + `))
				AND setting ~ '^(role|session_authorization|search_path|row_security|session_replication_role|session_preload_libraries|local_preload_libraries|backtrace_functions|app\..*)='`,
	},
}
