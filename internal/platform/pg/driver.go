package pg

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// DriverTx lends the transaction to a library that enqueues in it. Only platform/tasks may ask for it:
// statements that go this way still run in the tenant's context, but cannot end the transaction.
func (tx *OrgTx) DriverTx() pgx.Tx { return lentTx{tx} }

// lentTx is the part of pgx.Tx that inserting needs; ending the transaction stays with InOrg.
type lentTx struct{ tx *OrgTx }

func (l lentTx) Begin(ctx context.Context) (pgx.Tx, error) {
	if _, err := l.tx.conn.Exec(ctx, "SAVEPOINT lent"); err != nil {
		return nil, err
	}
	return lentSavepoint{l}, nil
}

func (l lentTx) Commit(context.Context) error   { return pgx.ErrTxClosed }
func (l lentTx) Rollback(context.Context) error { return pgx.ErrTxClosed }

func (l lentTx) CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error) {
	return 0, pgx.ErrTxClosed // COPY is refused under row level security
}

func (l lentTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return l.tx.conn.SendBatch(ctx, b)
}
func (l lentTx) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

func (l lentTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return l.tx.conn.Conn().Prepare(ctx, name, sql)
}

func (l lentTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return l.tx.conn.Exec(ctx, sql, args...)
}

func (l lentTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return l.tx.conn.Query(ctx, sql, args...)
}

func (l lentTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return l.tx.conn.QueryRow(ctx, sql, args...)
}
func (l lentTx) Conn() *pgx.Conn { return l.tx.conn.Conn() }

type lentSavepoint struct{ lentTx }

func (s lentSavepoint) Commit(ctx context.Context) error {
	_, err := s.Exec(ctx, "RELEASE SAVEPOINT lent")
	return err
}

func (s lentSavepoint) Rollback(ctx context.Context) error {
	_, err := s.Exec(ctx, "ROLLBACK TO SAVEPOINT lent")
	return err
}
