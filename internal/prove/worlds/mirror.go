package worlds

import (
	"crypto/md5" // names, not secrets
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/testkit"
)

// Mirror makes B the twin of A: the same rows under the same ids, with other words and amounts. Keys allow it, since
// each begins with the organization. In such a world a statement that forgets the organization finds two rows, or
// changes two: nothing else keeps them apart.
//
// The error names the constraint that refuses a twin: a key without the organization.
func Mirror(t testing.TB, w *World) error {
	t.Helper()
	b := &bench{t: t, conn: w.Super(t)}
	b.exec("SET session_replication_role = replica")
	defer b.exec("RESET session_replication_role")
	lists := map[string][]string{}
	var tables []string
	all := columns(t, w)
	for _, c := range all {
		if lists[c.Table] == nil {
			tables = append(tables, c.Table)
		}
		lists[c.Table] = append(lists[c.Table], quoted(c.Name))
	}
	for _, table := range tables {
		if table == "app.organizations" {
			continue
		}
		if err := b.twin(table, strings.Join(lists[table], ", ")); err != nil {
			return err
		}
	}
	for _, c := range all {
		if c.Indexed || !tells(c) {
			continue
		}
		for _, value := range b.other(c) {
			if b.try(fmt.Sprintf("UPDATE %s SET %s = %s WHERE org_id = $1", c.Table, quoted(c.Name), value)) {
				break
			}
		}
	}
	b.plant()
	for _, table := range tables {
		b.arrange(table, strings.Join(lists[table], ", "))
	}
	return nil
}

// arrange puts the rows of B first in the table, so that who takes any row takes B's.
func (b *bench) arrange(table, columns string) {
	b.exec(fmt.Sprintf("CREATE TEMP TABLE others AS SELECT org_id, %s FROM %s", columns, table))
	b.exec("DELETE FROM " + table)
	b.exec("VACUUM " + table)
	b.exec(fmt.Sprintf("INSERT INTO %[1]s (org_id, %[2]s) SELECT org_id, %[2]s FROM others ORDER BY org_id = '%[3]s' DESC", table, columns, testkit.B.ID))
	b.exec("DROP TABLE others")
}

// twin copies the rows of A, and those of companies that signed up, to B.
func (b *bench) twin(table, columns string) error {
	b.exec("DELETE FROM "+table+" WHERE org_id = $1", testkit.B.ID)
	b.exec(fmt.Sprintf("CREATE TEMP TABLE others AS SELECT org_id, %s FROM %s", columns, table))
	b.exec("DELETE FROM " + table)
	// A's row is the twin where only one can be, as of settings.
	_, err := b.conn.Exec(b.t.Context(), fmt.Sprintf("INSERT INTO %s (org_id, %[2]s) SELECT $1, %[2]s FROM others WHERE org_id = $2", table, columns), testkit.B.ID, testkit.A.ID)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "23505" {
		return fmt.Errorf("%s refuses a twin of %s", e.ConstraintName, table)
	}
	if err != nil {
		return fmt.Errorf("twin of %s: %w", table, err)
	}
	b.exec(fmt.Sprintf("INSERT INTO %s (org_id, %[2]s) SELECT $1, %[2]s FROM others WHERE org_id <> $2 ON CONFLICT DO NOTHING", table, columns), testkit.B.ID, testkit.A.ID)
	b.exec(fmt.Sprintf("INSERT INTO %s (org_id, %[2]s) SELECT org_id, %[2]s FROM others", table, columns))
	b.exec("DROP TABLE others")
	return nil
}

// plant gives B what a statement would count, sweep or stumble over that forgot the organization.
func (b *bench) plant() {
	for _, sql := range []string{
		// Old keys, which a sweep takes away.
		`INSERT INTO app.idempotency_keys (org_id, actor_id, key, operation, request_hash, created_at) VALUES ($1, gen_random_uuid(), 'old', 'fixture', '\x00', '2026-01-01')`,
		// As many links just mailed to everybody as may be mailed in an hour.
		`INSERT INTO app.one_time_codes (org_id, id, user_id, purpose, code_hash, created_at, expires_at)
			SELECT $1, gen_random_uuid(), u.id, 'confirm', sha256(convert_to(u.id::text || n, 'UTF8')), '2026-03-01', '2026-04-01'
			FROM (SELECT DISTINCT id FROM app.users) u, generate_series(1, 6) n`,
		// Somebody failed to log in from where A's people do, and elsewhere: long ago in both companies, and long ago here alone.
		`INSERT INTO app.sign_in_failures (org_id, bucket, failures, since)
			SELECT DISTINCT $1::uuid, 'user:' || email_lc || '|ip:192.0.2.10', 1, timestamptz '2026-02-02 15:00Z' FROM app.users ON CONFLICT DO NOTHING`,
		`INSERT INTO app.sign_in_failures (org_id, bucket, failures, since) SELECT o, 'ip:198.51.100.9', 1, '2026-01-01' FROM unnest(ARRAY[$1, $2::uuid]) o`,
		`INSERT INTO app.sign_in_failures (org_id, bucket, failures, since) VALUES ($1, 'ip:198.51.100.10', 1, '2026-01-01'), ($2, 'ip:198.51.100.10', 1, '2026-02-02 15:00Z')`,
		// As many zones as a company may have.
		`INSERT INTO app.pricing_zones (org_id, id, name, priority, material_factor, labor_factor, equipment_factor, note, created_at, updated_at)
			SELECT org_id, gen_random_uuid(), 'Zone ' || n, n, 1, 1, 1, '', created_at, updated_at
			FROM (SELECT * FROM app.pricing_zones WHERE org_id = $1 LIMIT 1) z, generate_series(1, 200) n ON CONFLICT DO NOTHING`,
		// Every link was opened a moment ago.
		`INSERT INTO app.quote_views (org_id, id, quote_id, version_id, link_id, at, ip, user_agent)
			SELECT org_id, gen_random_uuid(), quote_id, version_id, id, '2026-03-01', '', '' FROM app.quote_links WHERE org_id = $1`,
		// A mail that waits until the owner's address is known.
		`INSERT INTO app.mails (org_id, id, kind, recipient, sender, subject, plain, html, created_at)
			VALUES ($1, gen_random_uuid(), 'quote_sent', 'held@b.example', 'Beta', 'Held', 'Held', '', '2026-01-06')`,
		`INSERT INTO tasks.river_job (kind, args, max_attempts, state, finalized_at) VALUES ('none', jsonb_build_object('org_id', $1::uuid), 1, 'cancelled', now())`,
	} {
		args := []any{testkit.B.ID}
		if strings.Contains(sql, "$2") {
			args = append(args, testkit.A.ID)
		}
		b.exec(sql, args...)
	}
}

// tells is whether a column may be another one in a twin: what is read, and not what a change is held against (a
// version, a time, a state).
func tells(c column) bool {
	switch c.Type {
	case "text":
		return c.Name != "password_hash" && c.Name != "time_zone" && c.Name != "slug" && c.Name != "purpose" && c.Name != "operation"
	case "boolean":
		return true
	case "timestamp with time zone":
		return c.Name == "accepted_at"
	case "bigint", "integer":
		return strings.HasSuffix(c.Name, "_cents") || c.Name == "used"
	}
	return false
}

// Apart gives the rows of B other ids than those of A, everywhere; what belongs together still does. AlphaToBeta tells
// which. secrets are those of A's links; B's get others.
func Apart(t testing.TB, w *World, secrets []string) {
	t.Helper()
	b := &bench{t: t, conn: w.Super(t)}
	b.exec("SET session_replication_role = replica")
	defer b.exec("RESET session_replication_role")
	for _, c := range columns(t, w) {
		col := quoted(c.Name)
		switch c.Type {
		case "uuid":
			b.exec(fmt.Sprintf("UPDATE %[1]s SET %[2]s = md5(%[2]s::text || 'beta')::uuid WHERE org_id = $1 AND %[2]s <> '00000000-0000-0000-0000-000000000000'", c.Table, col), testkit.B.ID)
		case "bytea":
			for _, s := range secrets {
				b.exec(fmt.Sprintf("UPDATE %[1]s SET %[2]s = sha256(convert_to($3, 'UTF8')) WHERE org_id = $1 AND %[2]s = sha256(convert_to($2, 'UTF8'))", c.Table, col), testkit.B.ID, s, AlphaToBeta(s))
			}
		}
	}
}

// AlphaToBeta is the id or secret that B has where A has s.
func AlphaToBeta(s string) string {
	if len(s) == 36 {
		sum := md5.Sum([]byte(s + "beta"))
		v, _ := uuid.FromBytes(sum[:]) // 16 bytes
		return v.String()
	}
	return "-B" + s[2:]
}
