package pg

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// enterSQL opens the tenant's context for the current transaction and tells its time. It is the first
// query of every batch: transaction_read_only has to come before any other, and a failure
// here fails everything behind it, so that context and work can never be separated. vault.enter refuses a
// context for reading where the transaction may write.
const enterSQL = `SELECT set_config('transaction_read_only', $1, true),
	vault.enter($2),
	set_config('statement_timeout', $3, true),
	set_config('lock_timeout', '5s', true),
	set_config('idle_in_transaction_session_timeout', '30s', true),
	app.now(), pg_advisory_unlock_all()`

func (db *DB) queueEnter(b *pgx.Batch, t Tenant, readOnly bool, now *time.Time) {
	ro := "off"
	if readOnly {
		ro = "on"
	}
	b.Queue(resetSQL)
	b.Queue(enterSQL, ro, db.sign(t, readOnly, time.Now()), db.statementTimeout).
		QueryRow(func(row pgx.Row) error { return row.Scan(nil, nil, nil, nil, nil, now, nil) })
}

// contextLife is how long a context opens transactions. PostgreSQL takes one that has up to 60 seconds left, so the
// clocks of this machine and the database's may differ by half a minute either way.
const contextLife = 30 * time.Second

// sign writes the context of a transaction; its form is that of db/migrations/00008_signed_context.sql.
func (db *DB) sign(t Tenant, readOnly bool, now time.Time) string {
	org, actor := t.Org(), t.Actor()
	b := make([]byte, 0, 147)
	b = append(b, db.keys.ID()...)
	b = hex.AppendEncode(b, org[:])
	b = hex.AppendEncode(b, actor[:])
	b = strconv.AppendInt(b, now.Add(contextLife).Unix(), 10)
	if readOnly {
		b = append(b, 'r')
	} else {
		b = append(b, 'w')
	}
	return string(append(b, db.keys.Sign(b)...))
}
