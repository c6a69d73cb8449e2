package pg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Reading collects the statements of one read. They go to the server together with the tenant's
// context: one round trip, one implicit read-only transaction.
type Reading struct {
	batch *pgx.Batch
	now   *time.Time
}

// Rows queues a statement and hands its rows to scan.
func (r *Reading) Rows(scan func(pgx.Rows) error, sql string, args ...any) {
	r.batch.Queue(sql, args...).Query(scan)
}

// Row queues a statement of at most one row and scans it into dst. No row is a NotFound fault.
func (r *Reading) Row(dst []any, sql string, args ...any) {
	r.batch.Queue(sql, args...).QueryRow(func(row pgx.Row) error { return row.Scan(dst...) })
}

// Read runs the statements that queue asks for in one round trip and returns the transaction's time.
func (db *DB) Read(ctx context.Context, t Tenant, queue func(*Reading)) (time.Time, error) {
	if t.IsZero() {
		return time.Time{}, errors.New("read without a tenant")
	}
	var now time.Time
	b := &pgx.Batch{}
	db.queueEnter(b, t, true, &now)
	queue(&Reading{batch: b, now: &now})
	err := db.pool.SendBatch(ctx, b).Close()
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
