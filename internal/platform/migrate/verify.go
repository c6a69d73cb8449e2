package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The wall is the text of the policies as PostgreSQL prints them. A table whose policies read otherwise is
// not behind the wall.
const (
	wallCondition  = "(org_id = ( SELECT app.org_id() AS org_id))"
	allowCondition = "true"
	tasksCondition = "(((args ->> 'org_id'::text))::uuid = ( SELECT app.org_id() AS org_id))"
)

// noContext is the SQLSTATE of app.org_id() when no organization was entered; pg.NoContext is the same.
const noContext = "FE001"

// Verify proves, as the role that will serve, that this role cannot look behind the wall and that the
// wall stands: the server refuses to serve otherwise. The error is one sentence for each finding.
func Verify(ctx context.Context, appURL string) error {
	conn, err := pgx.Connect(ctx, appURL)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(ctx)
	behind, err := verifyVersion(ctx, conn)
	if err != nil {
		return fmt.Errorf("verify the database: %w", err)
	}
	if behind != "" { // nothing else can be asked of a database without the tables
		return errors.New("not serving: " + behind)
	}
	var findings []string
	for _, check := range []func(context.Context, *pgx.Conn) ([]string, error){verifyRole, verifyRights, verifyWall, verifyContext} {
		found, err := check(ctx, conn)
		if err != nil {
			return fmt.Errorf("verify the database: %w", err)
		}
		findings = append(findings, found...)
	}
	if len(findings) > 0 {
		return fmt.Errorf("not serving: %s", strings.Join(findings, "; "))
	}
	return nil
}

// verifyRole looks for what a role may have that no policy holds back.
func verifyRole(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	return findings(ctx, conn, `
		SELECT 'role ' || rolname || ' ' || what FROM pg_roles
		CROSS JOIN LATERAL (VALUES (rolsuper, 'is a superuser'), (rolbypassrls, 'has BYPASSRLS'), (rolcreaterole, 'may create roles'),
			(rolcreatedb, 'may create databases'), (rolreplication, 'may replicate')) AS power(has, what)
		WHERE rolname = current_user AND has
		UNION ALL
		SELECT 'role ' || current_user || ' is a member of ' || roleid::regrole::text FROM pg_auth_members WHERE member = current_user::regrole
		UNION ALL
		SELECT 'role ' || current_user || ' owns ' || oid::regclass::text FROM pg_class WHERE relowner = current_user::regrole AND NOT relisshared AND relnamespace <> 'pg_toast'::regnamespace
			AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
		UNION ALL
		SELECT 'role ' || current_user || ' owns ' || oid::regprocedure::text FROM pg_proc WHERE proowner = current_user::regrole
			AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
		UNION ALL
		SELECT 'role ' || current_user || ' owns schema ' || nspname FROM pg_namespace WHERE nspowner = current_user::regrole
			AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)`)
}

// verifyRights looks for grants that the role was never meant to have. A superuser has them all, which is
// told once, by verifyRole.
func verifyRights(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	return findings(ctx, conn, `
		SELECT 'role ' || current_user || ' ' || what FROM (
			SELECT 'may create temporary tables' AS what WHERE has_database_privilege(current_database(), 'TEMP')
			UNION ALL
			SELECT 'may create schemas' WHERE has_database_privilege(current_database(), 'CREATE')
			UNION ALL
			SELECT 'may create in schema ' || nspname FROM pg_namespace
			WHERE nspname IN ('app', 'platform', 'shared', 'vault', 'tasks', 'public', 'ext', 'migrations') AND has_schema_privilege(oid, 'CREATE')
			UNION ALL
			SELECT 'may truncate ' || oid::regclass::text FROM pg_class
			WHERE relnamespace IN ('app'::regnamespace, 'tasks'::regnamespace, 'platform'::regnamespace, 'shared'::regnamespace)
				AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'TRUNCATE')
			UNION ALL
			SELECT 'may read or write ' || oid::regclass::text FROM pg_class
			WHERE relnamespace = 'platform'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND has_any_column_privilege(oid, 'SELECT, INSERT, UPDATE')
		) AS grants
		WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)`)
}

// verifyWall compares the policies of every tenant table, and of the tasks, with their template.
func verifyWall(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	return findings(ctx, conn, `
		WITH tenant_table AS (
			SELECT oid, oid::regclass::text AS name, relrowsecurity, relforcerowsecurity
			FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'p')
		)
		SELECT 'row level security of ' || name || ' is not enabled and forced' FROM tenant_table
		WHERE NOT (relrowsecurity AND relforcerowsecurity)
		UNION ALL
		SELECT 'the policies of ' || t.name || ' differ from the template' FROM tenant_table t
		LEFT JOIN LATERAL (
			SELECT count(*) AS policies,
				count(*) FILTER (WHERE polname = 'tenant_wall' AND NOT polpermissive AND cond = $1 AND chk = $1
					OR polname = 'tenant_allow' AND polpermissive AND cond = $2 AND chk = $2) AS expected
			FROM (SELECT polname, polpermissive, pg_get_expr(polqual, polrelid) AS cond, pg_get_expr(polwithcheck, polrelid) AS chk
				FROM pg_policy WHERE polrelid = t.oid AND polcmd = '*' AND polroles = '{0}'
				UNION ALL
				SELECT polname, NULL, NULL, NULL FROM pg_policy WHERE polrelid = t.oid AND (polcmd <> '*' OR polroles <> '{0}')) p
		) p ON true
		WHERE p.policies <> 2 OR p.expected <> 2
		UNION ALL
		SELECT oid::regclass || ' shows rows past the wall: schema app holds tables only' FROM pg_class
		WHERE relnamespace = 'app'::regnamespace AND relkind IN ('v', 'm', 'f')
		UNION ALL
		SELECT 'row level security of tasks.river_job is not enabled and forced' FROM pg_class
		WHERE oid = 'tasks.river_job'::regclass AND NOT (relrowsecurity AND relforcerowsecurity)
		UNION ALL
		SELECT 'the policies of tasks.river_job differ from the template' FROM (
			SELECT count(*) AS policies, count(*) FILTER (WHERE polname = 'tasks_of_the_organization' AND polcmd = '*'
				AND pg_get_expr(polqual, polrelid) = $3 AND pg_get_expr(polwithcheck, polrelid) = $3) AS expected
			FROM pg_policy WHERE polrelid = 'tasks.river_job'::regclass AND (polroles = '{0}' OR current_user::regrole = ANY(polroles))) p
		WHERE (p.policies <> 1 OR p.expected <> 1) AND NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)`,
		wallCondition, allowCondition, tasksCondition)
}

// verifyContext asks as a request that forgot its context would: the answer has to be a refusal of ours.
func verifyContext(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	var org string
	err := conn.QueryRow(ctx, "SELECT app.org_id()::text").Scan(&org)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == noContext {
		return nil, nil
	}
	if err == nil {
		return []string{"app.org_id() names an organization without a context"}, nil
	}
	return nil, err
}

// verifyVersion says that the database is behind this binary, and what to do; empty when it is not.
func verifyVersion(ctx context.Context, conn *pgx.Conn) (string, error) {
	want, err := latest()
	if err != nil {
		return "", err
	}
	versions, err := applied(ctx, conn)
	if err != nil {
		return "", err
	}
	got := slices.Max(append(versions, 0))
	if got < want {
		return fmt.Sprintf("the database is at migration %d and this binary needs %d: run `fence migrate up`", got, want), nil
	}
	return "", nil
}

func findings(ctx context.Context, conn *pgx.Conn, sql string, args ...any) ([]string, error) {
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
