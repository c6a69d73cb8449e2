package drill

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/testkit"
)

// long takes every class to every table, and more of the generator.
var long = os.Getenv("FENCE_DRILL") == "long"

// seed of the short form; FENCE_SEED is for repeating a failure of another one.
var seed = func() (n uint64) {
	if _, err := fmt.Sscan(os.Getenv("FENCE_SEED"), &n); err != nil {
		return 20260105
	}
	return n
}()

// TestNothingComesOut runs corpus and generator with both forms of the context, directly and through PgBouncer.
func TestNothingComesOut(t *testing.T) {
	t.Parallel()
	for _, form := range []string{migrate.FormVault, migrate.FormToken} {
		for _, pooled := range []bool{false, true} {
			name := form
			if pooled {
				name += " through PgBouncer"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := withForm(t, form)
				address := d.URL("fence_app")
				if pooled {
					address = pooler(t, d)
				}
				v := attack(t, d, address, pooled)
				scripts := corpus(t, d)
				before := v.state(t)
				d.Untouched(t, testkit.B, func() {
					for _, script := range scripts {
						if said := v.inject(t, script); leaked(said) {
							t.Errorf("B came out of %q:\n%s", script, said)
						}
						v.wantClean(t, script, before)
					}
				})
				statements := 0
				for _, s := range scripts {
					statements += len(s)
				}
				t.Logf("%d scripts of %d statements, seed %d: no sentinel", len(scripts), statements, seed)
			})
		}
	}
}

// TestEveryReadingClassFindsBWithoutTheWall shows that the corpus would find something if there were a hole.
func TestEveryReadingClassFindsBWithoutTheWall(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	tables := marked(t, d)
	for _, name := range d.TenantTables(t) {
		d.Exec(t, "ALTER TABLE "+name+" DISABLE ROW LEVEL SECURITY")
	}
	v := attack(t, d, d.URL("fence_app"), false)
	found := 0
	for _, c := range reading {
		if slices.ContainsFunc(tables, func(on table) bool { return leaked(v.inject(t, c.on(on))) }) {
			found++
		} else {
			t.Errorf("%s finds nothing in %d tables without a wall", c.name, len(tables))
		}
	}
	t.Logf("%d of %d reading classes find B without the wall", found, len(reading))
}

// TestWhatStaysIsSeen shows that what stays on a connection is seen.
func TestWhatStaysIsSeen(t *testing.T) {
	t.Parallel()
	d := testkit.NewDatabase(t)
	conn, err := pgx.Connect(t.Context(), d.URL("fence_app"))
	must(t, err)
	defer conn.Close(t.Context())
	before := stateOf(t, conn)
	for _, sql := range []string{
		"SELECT pg_advisory_lock(1)", "SET TimeZone = 'Asia/Kathmandu'", "LISTEN gossip", "PREPARE planted AS SELECT 1",
		"BEGIN; DECLARE planted CURSOR WITH HOLD FOR SELECT 1; COMMIT", "SET default_transaction_read_only = on",
	} {
		_, err := conn.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol)
		must(t, err)
		after := stateOf(t, conn)
		if after == before {
			t.Errorf("%s is not seen in what a connection carries: %s", sql, after)
		}
		before = after
	}
}

func withForm(t *testing.T, form string) *testkit.Database {
	t.Helper()
	d := testkit.NewDatabase(t)
	conn, err := pgx.Connect(t.Context(), d.URL("fence_migrate"))
	must(t, err)
	defer conn.Close(t.Context())
	must(t, migrate.TakeForm(t.Context(), conn, form))
	return d
}

// corpus is what is injected: every planting, every reading class on some or all tables, and combinations.
func corpus(t *testing.T, d *testkit.Database) [][]string {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	tables := marked(t, d)
	scripts := slices.Clone(planting)
	for _, c := range reading {
		some := slices.Clone(tables)
		random.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
		if !long {
			some = some[:3]
		}
		for _, on := range some {
			scripts = append(scripts, c.on(on))
		}
	}
	combined := 60
	if long {
		combined = 3000
	}
	for range combined {
		scripts = append(scripts, combine(random, tables))
	}
	return scripts
}

// combine plants something, breaks or nests the transaction in some way, and then reads.
func combine(random *rand.Rand, tables []table) []string {
	var script []string
	for range 1 + random.IntN(3) {
		switch random.IntN(4) {
		case 0, 1:
			script = append(script, planting[random.IntN(len(planting))]...)
		case 2:
			script = append(script, "SAVEPOINT s"+fmt.Sprint(random.IntN(3)))
		case 3:
			script = append(script, []string{"ROLLBACK TO SAVEPOINT s0", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "COMMIT", "RELEASE SAVEPOINT s1"}[random.IntN(5)])
		}
	}
	read := reading[random.IntN(len(reading))].on(tables[random.IntN(len(tables))])
	if random.IntN(3) == 0 { // each statement in a block that goes on after an error
		for i, sql := range script {
			if !strings.Contains(sql, "$$") {
				script[i] = "DO $$ BEGIN EXECUTE $s$" + sql + "$s$; EXCEPTION WHEN OTHERS THEN NULL; END $$"
			}
		}
	}
	return append(script, read...)
}

// stateSQL is what a connection carries that could meet the next request.
const stateSQL = `SELECT concat_ws('; ',
	'cursors: ' || (SELECT count(*) FROM pg_cursors WHERE is_holdable),
	'prepared: ' || (SELECT count(*) FROM pg_prepared_statements WHERE from_sql),
	'locks: ' || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
	'channels: ' || (SELECT count(*) FROM pg_listening_channels()),
	'temporary: ' || (SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()),
	'role: ' || session_user || current_user,
	'settings: ' || (SELECT string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings
		WHERE source = 'session' AND name NOT IN ('transaction_read_only', 'transaction_isolation', 'transaction_deferrable',
			'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'backtrace_functions')),
	'isolation: ' || current_setting('default_transaction_isolation') || current_setting('default_transaction_read_only') || current_setting('row_security'))`

// state is what the next request, one of B, finds on the connection.
func (v *target) state(t *testing.T) string {
	t.Helper()
	var state, name string
	if _, err := v.db.Read(t.Context(), beta, func(r *pg.Reading) {
		r.Row([]any{&state}, stateSQL)
		r.Row([]any{&name}, "SELECT name FROM app.organizations WHERE org_id = $1", testkit.B.ID)
	}); err != nil {
		return "refused: " + fault.As(err).Error()
	}
	if !leaked(name) {
		return "B does not find itself, but " + name
	}
	return state
}

func (v *target) wantClean(t *testing.T, script []string, before string) {
	t.Helper()
	if after := v.state(t); after != before {
		t.Errorf("after %q the next request finds\n  %s\nwant\n  %s", script, after, before)
	}
	if err := v.db.InOrg(t.Context(), beta, func(tx *pg.OrgTx) error {
		var readOnly, isolation string
		err := tx.QueryRow("SELECT current_setting('transaction_read_only'), current_setting('transaction_isolation')").Scan(&readOnly, &isolation)
		if err == nil && (readOnly != "off" || isolation != "read committed") {
			err = fmt.Errorf("read-only %s, isolation %s", readOnly, isolation)
		}
		return err
	}); err != nil {
		t.Errorf("after %q the next transaction: %v", script, err)
	}
}

func stateOf(t *testing.T, conn *pgx.Conn) (state string) {
	t.Helper()
	must(t, conn.QueryRow(t.Context(), stateSQL).Scan(&state))
	return state
}
