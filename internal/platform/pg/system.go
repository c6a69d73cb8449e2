package pg

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// System is the pool of the system role: schemas tasks and platform, nothing on tenant tables.
// The task runner and the listing of organizations use it, nobody else.
type System struct {
	pool *pgxpool.Pool

	mu    sync.Mutex
	queue any
}

// OpenSystem connects as the system role.
func OpenSystem(ctx context.Context, url string, o Options) (*System, error) {
	pool, err := openPool(ctx, url, o, func(*pgxpool.Config) {}) // the task runner listens, and runs nobody's SQL
	if err != nil {
		return nil, err
	}
	return &System{pool: pool}, nil
}

// Close waits for the connections in use and closes all.
func (s *System) Close() { s.pool.Close() }

// Pool lends the connections to the task runner.
func (s *System) Pool() *pgxpool.Pool { return s.pool }

// Queue keeps what platform/tasks enqueues with, which is costly to begin.
func (s *System) Queue(begin func() (any, error)) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.queue == nil {
		s.queue, err = begin()
	}
	return s.queue, err
}

// Exec runs one statement on the schemas of the system role.
func (s *System) Exec(ctx context.Context, sql string, args ...any) error {
	_, err := s.pool.Exec(ctx, sql, args...)
	return translate(err)
}

// SystemRows collects the rows of a statement on the schemas of the system role by field name.
func SystemRows[T any](ctx context.Context, s *System, sql string, args ...any) ([]T, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, translate(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	return got, translate(err)
}

// SystemOne collects the only row of a statement on the schemas of the system role by field name. No row is a
// NotFound fault.
func SystemOne[T any](ctx context.Context, s *System, sql string, args ...any) (T, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		var zero T
		return zero, translate(err)
	}
	got, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
	return got, translate(err)
}

// SystemExec runs one statement on the schemas of the system role.
func SystemExec(ctx context.Context, s *System, sql string, args ...any) error {
	return s.Exec(ctx, sql, args...)
}
