package pg

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Reading collects the statements of one read. They go to the server together with the tenant's
// context: one round trip, one implicit read-only transaction.
type Reading struct {
	batch   *pgx.Batch
	now     *time.Time
	refused error // what a scan said of rows that came whole: none, as a rule
}

// Rows queues a statement and hands its rows to scan.
func (r *Reading) Rows(scan func(pgx.Rows) error, sql string, args ...any) {
	// A batch that fails has all its statements prepared anew, by whoever asks next. A row that is not there is no failure
	// of the batch: else an answer would take longer after a question about nobody.
	r.batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		if r.refused != nil {
			return nil
		}
		err := scan(rows)
		rows.Close()
		if rows.Err() != nil {
			return err
		}
		r.refused = err
		return nil
	})
}

// Row queues a statement of at most one row and scans it into dst. No row is a NotFound fault.
func (r *Reading) Row(dst []any, sql string, args ...any) {
	r.row(func(row pgx.Row) error { return row.Scan(dst...) }, sql, args...)
}

func (r *Reading) row(scan func(pgx.Row) error, sql string, args ...any) {
	r.Rows(func(rows pgx.Rows) error { return scan(oneRow{rows}) }, sql, args...)
}

// oneRow scans the first of some rows.
type oneRow struct{ rows pgx.Rows }

// Scan implements pgx.Row.
func (o oneRow) Scan(dst ...any) error {
	if o.rows.Next() {
		return o.rows.Scan(dst...)
	}
	return cmp.Or(o.rows.Err(), pgx.ErrNoRows)
}

// sender is a connection, or the pool of them.
type sender interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// send runs the batch in one round trip.
func (r *Reading) send(ctx context.Context, to sender) error {
	return cmp.Or(to.SendBatch(ctx, r.batch).Close(), r.refused)
}

// Read runs the statements that queue asks for in one round trip and returns the transaction's time.
func (db *DB) Read(ctx context.Context, t Tenant, queue func(*Reading)) (time.Time, error) {
	if t.IsZero() {
		return time.Time{}, errors.New("read without a tenant")
	}
	var now time.Time
	b := &pgx.Batch{}
	db.queueEnter(b, t, true, &now)
	r := &Reading{batch: b, now: &now}
	queue(r)
	err := r.send(ctx, db.pool)
	return now, translate(err)
}

// All queues a statement whose rows are collected by field name into *dst; no rows give an empty slice.
func All[T any](r *Reading, dst *[]T, sql string, args ...any) {
	r.Rows(func(rows pgx.Rows) error {
		got, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
		*dst = got
		return err
	}, sql, args...)
}

// One queues a statement whose single row is collected by field name into *dst. No row is a NotFound fault.
func One[T any](r *Reading, dst *T, sql string, args ...any) {
	r.Rows(func(rows pgx.Rows) error {
		got, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
		if err == nil {
			*dst = got
		}
		return err
	}, sql, args...)
}
