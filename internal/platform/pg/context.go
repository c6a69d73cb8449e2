package pg

import "github.com/jackc/pgx/v5"

// enterSQL opens the tenant's context for the current transaction and tells its time. It is the first
// statement of every batch: transaction_read_only has to come before any other statement, and a failure
// here fails everything behind it, so that context and work can never be separated.
const enterSQL = `SELECT app.now(),
	set_config('transaction_read_only', $1, true),
	set_config('app.org_id', $2, true),
	set_config('statement_timeout', $3, true)`

func (db *DB) queueEnter(b *pgx.Batch, t Tenant, readOnly bool, enter func(pgx.Row) error) {
	ro := "off"
	if readOnly {
		ro = "on"
	}
	b.Queue(enterSQL, ro, t.Org().String(), db.statementTimeout).QueryRow(enter)
}
