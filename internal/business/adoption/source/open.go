package source

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/platform/fault"
)

// DB is one snapshot of a foreign database.
type DB struct {
	conn   *pgx.Conn
	tx     pgx.Tx
	schema string
	// Name says which database it is, without role and password.
	Name string
	// TimeZone is what the server's now() is written in where a column has no zone.
	TimeZone *time.Location
}

// Open connects and takes the snapshot. Every refusal is a fault with a sentence that never has the password.
func Open(ctx context.Context, url, schema string) (*DB, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fault.New(fault.Invalid, "source-address", "The address of the old database is not one of PostgreSQL, like postgres://reader:password@host:5432/shop.")
	}
	cfg.ConnectTimeout = 10 * time.Second
	cfg.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec // nothing is prepared: a pooler may stand before it
	// Everything else is set in the transaction: a pooler lets no other parameter through.
	cfg.RuntimeParams["application_name"], cfg.RuntimeParams["client_encoding"] = "fence adopt", "UTF8"
	db := &DB{schema: schema, Name: net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port))) + "/" + cfg.Database}
	if db.conn, err = pgx.ConnectConfig(ctx, cfg); err != nil {
		return nil, unreachable(db.Name, err)
	}
	if err := db.snapshot(ctx); err != nil {
		db.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return db, nil
}

// unreachable tells what the server said, if it said something. The driver's own error may show the address.
func unreachable(name string, err error) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return fault.New(fault.Invalid, "source-unreachable", "The old database %s refuses us: %s.", name, e.Message).Because(err)
	}
	return fault.New(fault.Invalid, "source-unreachable", "The old database %s does not answer. Check address, port and firewall.", name).Because(err)
}

// snapshot begins the one transaction and asserts what it is. Row security is switched off in the sense that
// PostgreSQL means: a policy that would hide rows from the role makes the query fail.
func (db *DB) snapshot(ctx context.Context) (err error) {
	var zone, encoding string
	if err := db.conn.QueryRow(ctx, "SELECT current_setting('TimeZone'), current_setting('server_encoding')").Scan(&zone, &encoding); err != nil {
		return fmt.Errorf("old database: %w", err)
	}
	if db.TimeZone, err = time.LoadLocation(zone); err != nil {
		db.TimeZone = time.UTC
	}
	if db.tx, err = db.conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}); err != nil {
		return fmt.Errorf("old database: %w", err)
	}
	settings := []string{
		"SET LOCAL row_security = off", "SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0",
		// The texts of values must not depend on how the server is set up.
		"SET LOCAL TimeZone = 'UTC'", "SET LOCAL datestyle = 'ISO, YMD'", "SET LOCAL intervalstyle = 'iso_8601'", "SET LOCAL bytea_output = 'hex'",
		"SET LOCAL extra_float_digits = 1", "SET LOCAL lc_monetary = 'C'",
	}
	if encoding == "SQL_ASCII" { // any bytes: what is no UTF-8 is told row by row, and must not end the run
		settings = append(settings, "SET LOCAL client_encoding = 'SQL_ASCII'")
	}
	for _, setting := range settings {
		if _, err := db.tx.Exec(ctx, setting); err != nil {
			return fmt.Errorf("old database: %w", err)
		}
	}
	var readOnly, isolation string
	err = db.tx.QueryRow(ctx, "SELECT current_setting('transaction_read_only'), current_setting('transaction_isolation')").Scan(&readOnly, &isolation)
	if err != nil {
		return fmt.Errorf("old database: %w", err)
	}
	if readOnly != "on" || isolation != "repeatable read" {
		return fmt.Errorf("the old database would be read in a transaction that is read-only %s and %s: not reading it", readOnly, isolation)
	}
	return nil
}

// Close ends the snapshot. Nothing was written, so nothing is lost when it fails.
func (db *DB) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_ = db.conn.Close(ctx)
}
