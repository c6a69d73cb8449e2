package drill

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg/contextkey"
	"fenceplatform.com/fence/internal/testkit"
)

// step is what somebody does who holds a connection as the serving role and the context of one request of A. Words
// in angle brackets stand for contexts. The last statement of each step counts what can be seen.
type step struct {
	name   string
	script []string
	// vault and token are what the form answers: a SQLSTATE, or "own" when the count saw A's rows and no others.
	vault, token string
}

const count = "SELECT count(*) FILTER (WHERE org_id = '<A>'), count(*) FILTER (WHERE org_id <> '<A>') FROM app.customers"

// The SQLSTATEs of a context that is missing, refused, not to be set, of no right, or of a transaction that failed.
const (
	none, refused = "FE001", "FE002"
	denied        = "42501"
)

var steps = []step{
	{"nothing was entered", []string{count}, none, none},
	{"entered", []string{"SELECT vault.enter('<write>')", count}, "own", "own"},
	{"entered for reading", []string{"SET TRANSACTION READ ONLY", "SELECT vault.enter('<read>')", count}, "own", "own"},
	{"a context for reading where the transaction may write", []string{"SELECT vault.enter('<read>')", count}, refused, refused},
	{"writing after reading was entered", []string{"SET TRANSACTION READ ONLY", "SELECT vault.enter('<read>')", "SET TRANSACTION READ WRITE", count}, "25001", "25001"},
	{"the setting by SET", []string{"SET backtrace_functions = '<B>'", count}, denied, denied},
	{"the setting by SET LOCAL", []string{"SELECT vault.enter('<write>')", "SET LOCAL backtrace_functions = '<B>'", count}, denied, denied},
	{"the setting by set_config", []string{"SELECT set_config('backtrace_functions', '<B>', true)", count}, denied, denied},
	{"the setting by set_config after entering", []string{"SELECT vault.enter('<write>')", "SELECT set_config('backtrace_functions', '<B>', true)", count}, denied, denied},
	{"the setting taken away", []string{"SELECT vault.enter('<write>')", "RESET backtrace_functions", count}, denied, denied},
	{"all settings taken away", []string{"SELECT vault.enter('<write>')", "RESET ALL", count}, none, none},
	{"a savepoint and back to it", []string{"SELECT vault.enter('<write>')", "SAVEPOINT s", "ROLLBACK TO SAVEPOINT s", count}, "own", "own"},
	{"entered after a savepoint, then back", []string{"SAVEPOINT s", "SELECT vault.enter('<write>')", "ROLLBACK TO SAVEPOINT s", count}, none, none},
	{"used after the commit", []string{"SELECT vault.enter('<write>')", "COMMIT", count}, none, none},
	{"used in a chained transaction", []string{"SELECT vault.enter('<write>')", "COMMIT AND CHAIN", count}, none, none},
	{"entered twice", []string{"SELECT vault.enter('<write>')", "SELECT vault.enter('<write>')", count}, refused, "own"},
	{"another organization in the text", []string{"SELECT vault.enter('<forged>')", count}, refused, refused},
	{"another actor in the text", []string{"SELECT vault.enter('<actor>')", count}, refused, refused},
	{"reading turned into writing", []string{"SELECT vault.enter('<turned>')", count}, refused, refused},
	{"a later end in the text", []string{"SELECT vault.enter('<longer>')", count}, refused, refused},
	{"an old context", []string{"SELECT vault.enter('<old>')", count}, refused, refused},
	{"a context for too long", []string{"SELECT vault.enter('<far>')", count}, refused, refused},
	{"the clock of the product moved to make it good", []string{"SELECT app.now()", "SELECT vault.enter('<old>')", count}, refused, refused},
	{"a key of somebody else", []string{"SELECT vault.enter('<other key>')", count}, refused, refused},
	{"the id of our key on it", []string{"SELECT vault.enter('<other key, our id>')", count}, refused, refused},
	{"no signature", []string{"SELECT vault.enter('<unsigned>')", count}, refused, refused},
	{"nothing at all", []string{"SELECT vault.enter('')", count}, refused, refused},
	{"NULL", []string{"SELECT vault.enter(NULL)", count}, refused, refused},
	{"too long", []string{"SELECT vault.enter('<write>' || '0')", count}, refused, refused},
	{"a text of other letters", []string{"SELECT vault.enter(repeat(chr(8364), 147))", count}, refused, refused},
	{"the setting of the other form", []string{"SELECT set_config('app.context', '<write>', true)", count}, none, "own"},
	{"the setting of the other form, forged", []string{"SELECT set_config('app.context', '<forged>', true)", count}, none, refused},
	{"the setting of the other form, for a session", []string{"SELECT set_config('app.context', '<old>', false)", count}, none, refused},
	{"switched in the statement that reads", []string{"SELECT vault.enter('<write>')", "SELECT set_config('app.context', '<forged>', true) FROM app.customers", count}, "own", refused},
	{"the setting of old", []string{"SELECT vault.enter('<write>')", "SELECT set_config('app.org_id', '" + testkit.B.ID.String() + "', true)", count}, "own", "own"},
	{"the keys read", []string{"SELECT * FROM vault.keys", count}, denied, denied},
	{"a key of one's own installed", []string{"INSERT INTO vault.keys VALUES ('00000000', decode(repeat('36', 64), 'hex'), decode(repeat('5c', 64), 'hex'))", count}, denied, denied},
	{"the verifier replaced", []string{"CREATE OR REPLACE FUNCTION vault.enter(context text) RETURNS void LANGUAGE sql AS $$ SELECT 1 $$", count}, denied, denied},
	{"the form changed", []string{"CALL vault.take_form('token')", count}, denied, denied},
	{"a function that sets it", []string{"CREATE FUNCTION pg_temp.f() RETURNS bigint LANGUAGE sql SET backtrace_functions = '<B>' AS 'SELECT 1'", count}, denied, denied},
	{"a table in the way of the keys", []string{"CREATE TEMP TABLE keys (id text)", count}, denied, denied},
	{"the vault's role", []string{"SET ROLE fence_vault", count}, denied, denied},
	{"the owner's role", []string{"SET ROLE fence_owner", count}, denied, denied},
	{"an error in between", []string{"SELECT vault.enter('<write>')", "SAVEPOINT s", "SELECT 1 / 0", count}, "22012", "22012"},
	{"workers in parallel", []string{"SELECT vault.enter('<write>')", "SET LOCAL parallel_setup_cost = 0", "SET LOCAL parallel_tuple_cost = 0", "SET LOCAL min_parallel_table_scan_size = 0",
		"SET LOCAL enable_indexscan = off", "SET LOCAL enable_bitmapscan = off", "SET LOCAL enable_indexonlyscan = off", "SET LOCAL force_parallel_mode = on", count}, "own", "own"},
	{"one simple query of several statements", []string{"SELECT vault.enter('<write>')\\; " + count}, "own", "own"},
}

func TestAttackOnTheContext(t *testing.T) {
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
				for _, s := range steps {
					want := s.vault
					if form == migrate.FormToken {
						want = s.token
					}
					if got := s.take(t, address); got != want {
						t.Errorf("%s: got %s, want %s", s.name, got, want)
					}
				}
				t.Logf("%d steps", len(steps))
			})
		}
	}
}

// take carries a step out in one transaction, by the simple protocol, and answers what came of it.
func (s step) take(t *testing.T, address string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	must(t, err)
	defer conn.Close(t.Context())
	wire := conn.PgConn()
	defer func() { _, _ = wire.Exec(t.Context(), "ROLLBACK").ReadAll() }() // the pooler keeps its connection
	outcome := "nothing"
	for _, sql := range append([]string{"BEGIN"}, s.script...) {
		results, err := wire.Exec(t.Context(), fill(strings.ReplaceAll(sql, `\;`, ";"))).ReadAll()
		if e, ok := errors.AsType[*pgconn.PgError](err); ok {
			return e.Code
		}
		must(t, err)
		last := results[len(results)-1]
		if strings.Contains(sql, "FILTER") && len(last.Rows) == 1 {
			outcome = fmt.Sprintf("%s of its own and %s of others", last.Rows[0][0], last.Rows[0][1])
			if string(last.Rows[0][0]) != "0" && string(last.Rows[0][1]) == "0" {
				outcome = "own"
			}
		}
	}
	return outcome
}

// fill puts contexts where the words stand.
func fill(sql string) string {
	soon := time.Now().Add(30 * time.Second)
	write, read := testkit.Context(testkit.A.ID, 'w', soon), testkit.Context(testkit.A.ID, 'r', soon)
	hex := func(org id.ID) string { return fmt.Sprintf("%x", org[:]) }
	another := strings.NewReplacer(hex(testkit.A.ID), hex(testkit.B.ID))
	stranger, err := contextkey.Parse(contextkey.New())
	if err != nil {
		panic(err) // just made
	}
	foreign := func(id string) string {
		text := id + write[8:83]
		return text + stranger.Sign([]byte(text))
	}
	later := strings.NewReplacer(fmt.Sprint(soon.Unix()), fmt.Sprint(soon.Unix()+20))
	return strings.NewReplacer(
		"<A>", testkit.A.ID.String(), "<B>", hex(testkit.B.ID), "<write>", write, "<read>", read,
		"<forged>", another.Replace(write), "<actor>", write[:71]+"1"+write[72:], "<turned>", read[:82]+"w"+read[83:],
		"<longer>", later.Replace(write), "<old>", testkit.Context(testkit.A.ID, 'w', time.Now().Add(-time.Second)),
		"<far>", testkit.Context(testkit.A.ID, 'w', time.Now().Add(2*time.Minute)),
		"<other key>", foreign(stranger.ID()), "<other key, our id>", foreign(testkit.ContextKeys.ID()), "<unsigned>", write[:83]+strings.Repeat("0", 64),
	).Replace(sql)
}
