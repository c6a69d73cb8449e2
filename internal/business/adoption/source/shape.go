package source

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Shape is a table as it is.
type Shape struct {
	Table   string
	Columns []Column
	// Key names the column that tells rows apart, or is empty: then their content does.
	Key string
	// Unique tells that the database itself keeps the key unique and filled.
	Unique bool
	// Only keeps the rows of one organization. Empty: all rows.
	Only Only
}

// Only is a column that names an organization, and the one that is meant.
type Only struct{ Column, Value string }

// Column is a column as it is.
type Column struct {
	Name string
	Type string // as pg_type names it: text, int4, numeric, timestamp …
}

// Has tells whether there is such a column.
func (s *Shape) Has(column string) bool {
	return slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Name == column })
}

func (db *DB) quoted(table string) string { return pgx.Identifier{db.schema, table}.Sanitize() }

// Tables lists what could be read: tables, partitioned ones, views, foreign tables.
func (db *DB) Tables(ctx context.Context) ([]string, error) {
	rows, err := db.tx.Query(ctx, `SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1`, db.schema)
	if err != nil {
		return nil, fmt.Errorf("old database: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Describe tells what a table is like, and refuses one that the role cannot read as a whole.
func (db *DB) Describe(ctx context.Context, table string) (*Shape, error) {
	var oid uint32
	var mayRead, hidden bool
	var role string
	err := db.tx.QueryRow(ctx, `SELECT c.oid, has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'), row_security_active(c.oid), current_user::text
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`, db.schema, table).Scan(&oid, &mayRead, &hidden, &role)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, fault.New(fault.Invalid, "source-table-missing", "The old database has no table %s.%s.", db.schema, table)
	case err != nil:
		return nil, fmt.Errorf("old database: %w", err)
	case !mayRead:
		return nil, fault.New(fault.Forbidden, "source-forbidden", "The role %s may not read %s.%s of the old database. Its owner can GRANT USAGE ON SCHEMA and SELECT ON the table.", role, db.schema, table)
	case hidden:
		return nil, fault.New(fault.Forbidden, "source-rows-hidden", "Row security of the old database hides rows of %s.%s from the role %s. Connect as the owner of the table, or as a role with BYPASSRLS.", db.schema, table, role)
	}
	s := &Shape{Table: table}
	rows, err := db.tx.Query(ctx, `SELECT a.attname::text AS name, t.typname::text AS type FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
		WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`, oid)
	if err == nil {
		s.Columns, err = pgx.CollectRows(rows, pgx.RowToStructByName[Column])
	}
	if err != nil {
		return nil, fmt.Errorf("old database: %w", err)
	}
	err = db.tx.QueryRow(ctx, `SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
		WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 AND i.indpred IS NULL AND a.attnotnull
		ORDER BY i.indisprimary DESC, a.attnum LIMIT 1`, oid).Scan(&s.Key)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("old database: %w", err)
	}
	s.Unique = s.Key != ""
	if !s.Unique && s.Has("id") {
		s.Key = "id"
	}
	return s, nil
}

// Organizations lists the values of a column that names an organization, at most three.
func (db *DB) Organizations(ctx context.Context, table, column string) ([]string, error) {
	sql := fmt.Sprintf(`SELECT DISTINCT %s::text FROM %s WHERE %[1]s IS NOT NULL LIMIT 3`, pgx.Identifier{column}.Sanitize(), db.quoted(table))
	rows, err := db.tx.Query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("old database, %s: %w", table, err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Count is how many rows there are behind a key.
func (db *DB) Count(ctx context.Context, s *Shape, after string) (n int64, err error) {
	sql := fmt.Sprintf(`SELECT count(*) FROM %s AS t WHERE %s`, db.quoted(s.Table), whereOf(s))
	if err := db.tx.QueryRow(ctx, sql, s.arguments(after)...).Scan(&n); err != nil {
		return 0, fmt.Errorf("old database, %s: %w", s.Table, err)
	}
	return n, nil
}
