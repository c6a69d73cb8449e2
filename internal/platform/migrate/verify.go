package migrate

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// wall is the text of the two policies as PostgreSQL prints them. A table whose policies read otherwise
// is not behind the wall.
const (
	wallCondition  = "(org_id = ( SELECT app.org_id() AS org_id))"
	allowCondition = "true"
)

// Verify proves, as the role that will serve, that this role cannot look behind the wall and that the
// wall stands: the server refuses to serve otherwise. The error is one sentence for each finding.
func Verify(ctx context.Context, appURL string) error {
	conn, err := pgx.Connect(ctx, appURL)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(ctx)
	var findings []string
	for _, check := range []func(context.Context, *pgx.Conn) ([]string, error){verifyRole, verifyWall, verifyVersion} {
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

func verifyRole(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, `
		SELECT 'role ' || rolname || ' is a superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper
		UNION ALL
		SELECT 'role ' || rolname || ' has BYPASSRLS' FROM pg_roles WHERE rolname = current_user AND rolbypassrls
		UNION ALL
		SELECT 'role ' || current_user || ' is a member of ' || roleid::regrole::text FROM pg_auth_members WHERE member = current_user::regrole
		UNION ALL
		SELECT 'role ' || current_user || ' owns ' || oid::regclass::text FROM pg_class WHERE relowner = current_user::regrole
		UNION ALL
		SELECT 'role ' || current_user || ' may create temporary tables' WHERE has_database_privilege(current_database(), 'TEMP')
		UNION ALL
		SELECT 'role ' || current_user || ' may create in schema ' || nspname FROM pg_namespace
		WHERE nspname IN ('app', 'platform', 'shared', 'tasks', 'public', 'ext', 'migrations') AND has_schema_privilege(oid, 'CREATE')
		UNION ALL
		SELECT 'role ' || current_user || ' may truncate ' || oid::regclass::text FROM pg_class
		WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'TRUNCATE')`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func verifyWall(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, `
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
		WHERE p.policies <> 2 OR p.expected <> 2`, wallCondition, allowCondition)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func verifyVersion(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	want, err := latest()
	if err != nil {
		return nil, err
	}
	var got int64
	if err := conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+Ledger+" WHERE is_applied").Scan(&got); err != nil {
		return nil, err
	}
	if got < want {
		return []string{fmt.Sprintf("the database is at migration %d and this binary needs %d: run `fence migrate up`", got, want)}, nil
	}
	return nil, nil
}
