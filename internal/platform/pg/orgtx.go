package pg

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// OrgTx is a transaction in one organization's name. It may write unless its tenant is for reading.
type OrgTx struct {
	ctx    context.Context
	conn   *pgxpool.Conn
	tenant Tenant
	now    time.Time

	atCommit [commitStages][]queued
}

// Stages of the statements that travel with the commit. They are the order in which every transaction
// takes the rows that many transactions of one organization share, so that no two can deadlock.
const (
	// Plain is everything without a shared row.
	Plain = iota
	// AuditHead is the head of the audit log: always the last lock.
	AuditHead
	commitStages
)

type queued struct {
	sql  string
	args []any
}

// maxAttempts bounds how often a transaction that lost a race is run again.
const maxAttempts = 4

// InOrg runs fn in one transaction in the tenant's name and commits when fn returns nil. A transaction
// that lost a race (serialization failure, deadlock) is run again, so fn must be able to run twice.
func (db *DB) InOrg(ctx context.Context, t Tenant, fn func(*OrgTx) error) error {
	return db.InOrgAfter(ctx, t, "", nil, nil, fn)
}

// InOrgAfter is InOrg with one more statement that travels with the beginning of the transaction; its
// row, if any, is given to scan (pgx.ErrNoRows is for scan to judge).
func (db *DB) InOrgAfter(ctx context.Context, t Tenant, sql string, args []any, scan func(pgx.Row) error, fn func(*OrgTx) error) error {
	if t.IsZero() {
		return errors.New("transaction without a tenant")
	}
	for attempt := 1; ; attempt++ {
		err := db.inOrgOnce(ctx, t, sql, args, scan, fn)
		if !lostRace(err) || attempt == maxAttempts {
			return translate(err)
		}
		select {
		case <-ctx.Done():
			return translate(err)
		case <-time.After(time.Duration(attempt) * 5 * time.Millisecond):
		}
	}
}

func (db *DB) inOrgOnce(ctx context.Context, t Tenant, sql string, args []any, scan func(pgx.Row) error, fn func(*OrgTx) error) (err error) {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer db.release(conn)
	tx := &OrgTx{ctx: ctx, conn: conn, tenant: t}

	b := &pgx.Batch{}
	b.Queue(beginSQL)
	db.queueEnter(b, t, t.ReadsOnly(), &tx.now)
	first := &Reading{batch: b}
	if sql != "" {
		first.row(scan, sql, args...)
	}
	committed := false
	defer func() {
		if committed {
			return
		}
		// Also after a panic, and after the caller's context ended: the connection must come back clean.
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if _, rollbackErr := conn.Exec(clean, "ROLLBACK"); rollbackErr != nil {
			_ = conn.Conn().Close(clean) // a connection in doubt is not reused
		}
	}()
	if err := first.send(ctx, conn); err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.commit(); err != nil {
		return err
	}
	committed = true
	return nil
}

// commit sends what was queued and the COMMIT in one round trip. The server aborts the transaction at
// the first statement that fails and skips the rest, the COMMIT included.
func (tx *OrgTx) commit() error {
	b := &pgx.Batch{}
	for _, stage := range tx.atCommit {
		for _, q := range stage {
			b.Queue(q.sql, q.args...)
		}
	}
	var end pgconn.CommandTag
	b.Queue("COMMIT").Exec(func(tag pgconn.CommandTag) error { end = tag; return nil })
	if err := tx.conn.SendBatch(tx.ctx, b).Close(); err != nil {
		return err
	}
	if end.String() != "COMMIT" {
		return fmt.Errorf("transaction ended with %s", end)
	}
	return nil
}

// Now is the transaction's time: the same for everything that happens in it.
func (tx *OrgTx) Now() time.Time { return tx.now }

// Tenant is the organization in whose name the transaction runs.
func (tx *OrgTx) Tenant() Tenant { return tx.tenant }

// Context is the context the transaction was begun with.
func (tx *OrgTx) Context() context.Context { return tx.ctx }

// Exec runs a statement now.
func (tx *OrgTx) Exec(sql string, args ...any) (pgconn.CommandTag, error) {
	return tx.conn.Exec(tx.ctx, sql, args...)
}

// Query runs a statement now.
func (tx *OrgTx) Query(sql string, args ...any) (pgx.Rows, error) {
	return tx.conn.Query(tx.ctx, sql, args...)
}

// QueryRow runs a statement of at most one row now.
func (tx *OrgTx) QueryRow(sql string, args ...any) pgx.Row {
	return tx.conn.QueryRow(tx.ctx, sql, args...)
}

// Together runs several statements in one round trip.
func (tx *OrgTx) Together(queue func(*pgx.Batch)) error {
	b := &pgx.Batch{}
	queue(b)
	return tx.conn.SendBatch(tx.ctx, b).Close()
}

// AtCommit queues a statement that travels with the commit, in the same round trip. Its failure fails
// the transaction.
func (tx *OrgTx) AtCommit(stage int, sql string, args ...any) {
	tx.atCommit[stage] = append(tx.atCommit[stage], queued{sql, args})
}

// Savepoint runs fn so that its failure can be handled without losing the transaction.
func (tx *OrgTx) Savepoint(fn func() error) error {
	if _, err := tx.Exec("SAVEPOINT part"); err != nil {
		return err
	}
	if err := fn(); err != nil {
		if _, rollbackErr := tx.Exec("ROLLBACK TO SAVEPOINT part"); rollbackErr != nil {
			return errors.Join(err, rollbackErr)
		}
		return err
	}
	_, err := tx.Exec("RELEASE SAVEPOINT part")
	return err
}

// Collect runs a statement now and collects its rows by field name.
func Collect[T any](tx *OrgTx, sql string, args ...any) ([]T, error) {
	rows, err := tx.Query(sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// CollectOne runs a statement now and collects its only row by field name. No row is pgx.ErrNoRows,
// which leaves InOrg as a NotFound fault.
func CollectOne[T any](tx *OrgTx, sql string, args ...any) (T, error) {
	rows, err := tx.Query(sql, args...)
	if err != nil {
		var zero T
		return zero, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
}
