package worlds

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/testkit"
)

// Foresee keeps for B, in other words, what A has now in the tables that changed. Ids are dealt, so A will make the
// same rows again, and Advance can have B there before, at the end of the same or midway.
func (w *World) Foresee(t testing.TB, changed []string, midway bool) {
	t.Helper()
	b := &bench{t: t, conn: w.Super(t)}
	b.exec("DROP SCHEMA IF EXISTS prover_ahead CASCADE")
	b.exec("CREATE SCHEMA prover_ahead")
	all := columns(t, w)
	w.foreseen = nil
	if midway {
		w.foreseen = append(w.foreseen, cleared)
		defer func() { w.foreseen = append(w.foreseen, unfinished...) }()
	}
	for _, k := range w.keptTables(t) {
		if !strings.HasPrefix(k.Table, "app.") || !slices.Contains(changed, k.Table) {
			continue
		}
		ahead := pgx.Identifier{"prover_ahead", k.Table}.Sanitize()
		b.exec(fmt.Sprintf("CREATE TABLE %s (LIKE %s INCLUDING ALL)", ahead, k.Table))
		// The newest first: of what there can be one, B has what the request made.
		b.exec(fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE org_id <> $1 ORDER BY ctid DESC ON CONFLICT DO NOTHING",
			ahead, k.Columns, strings.Replace(k.Columns, "org_id", "$1::uuid", 1), k.Table), testkit.B.ID)
		for _, c := range all {
			if c.Table == k.Table {
				b.reword(c, ahead)
			}
		}
		w.foreseen = append(w.foreseen, fmt.Sprintf("INSERT INTO %[1]s (%[2]s) SELECT %[2]s FROM %[3]s ON CONFLICT DO NOTHING", k.Table, k.Columns, ahead))
	}
}

// cleared makes place in B for what there can be one of at a time.
var cleared = `UPDATE app.payment_accounts SET disconnected_at = begun_at WHERE disconnected_at IS NULL AND org_id = '` + testkit.B.ID.String() + `';
	UPDATE app.online_payments SET state = 'expired' WHERE state = 'open' AND org_id = '` + testkit.B.ID.String() + `'`

// unfinished is what of B's rows is another way while something is under way.
var unfinished = []string{
	`UPDATE app.files SET state = 'reserved', reserved_bytes = 77, reserved_until = '2099-01-01', removed_at = NULL WHERE org_id = '` + testkit.B.ID.String() + `'`,
	`UPDATE app.blobs SET state = 'expected', uses = greatest(uses, 1) WHERE org_id = '` + testkit.B.ID.String() + `'`,
	`UPDATE app.mails SET admitted_at = NULL, held_until = NULL, held_for = '' WHERE org_id = '` + testkit.B.ID.String() + `'`,
	`UPDATE app.quote_documents SET bytes = bytes || '\x42', sha256 = sha256(bytes || '\x42') WHERE org_id = '` + testkit.B.ID.String() + `'`,
	`UPDATE app.payment_accounts SET account = '' WHERE disconnected_at IS NULL AND org_id = '` + testkit.B.ID.String() + `'`,
	`UPDATE app.online_payments SET session = '', url = '' WHERE state = 'open' AND org_id = '` + testkit.B.ID.String() + `'`,
	`UPDATE app.plan_acts SET state = 'asked', settled_at = NULL WHERE org_id = '` + testkit.B.ID.String() + `'
		AND id = (SELECT id FROM app.plan_acts WHERE kind <> 'checkout' AND org_id = '` + testkit.B.ID.String() + `' ORDER BY asked_at DESC, id DESC LIMIT 1)`,
	`UPDATE app.file_forms SET sha256 = sha256('lost of A') WHERE org_id = '` + testkit.B.ID.String() + `'`,
}

// Advance gives B what was foreseen.
func (w *World) Advance(t testing.TB) {
	t.Helper()
	w.Exec(t, "SET session_replication_role = replica; "+strings.Join(append(w.foreseen, "RESET session_replication_role"), "; "))
}
