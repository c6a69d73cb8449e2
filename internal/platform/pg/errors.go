package pg

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/platform/fault"
)

// NoContext is the SQLSTATE that app.org_id() raises when no organization was entered: our mistake,
// and told apart from a refused permission so that it never looks like an attack.
const NoContext = "FE001"

// ContextRefused is the SQLSTATE of a context that does not hold: another key, another clock, or a forgery.
const ContextRefused = "FE002"

// Violates tells whether err is the violation of the named constraint or unique index.
func Violates(err error, constraint string) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.ConstraintName == constraint
}

// readOnlyTransaction is the SQLSTATE of a change inside of a read-only transaction.
const readOnlyTransaction = "25006"

// translate turns what the driver says into the vocabulary of fault: no row is NotFound, a change by
// whoever may only read is Forbidden, a server that does not answer is Unavailable. Everything else stays as it is and is internal.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return fault.Missing()
	case refusedToWrite(err):
		return fault.New(fault.Forbidden, "reading-only", "You may read here and change nothing. Nothing was saved.").Because(err)
	case unreachable(err):
		e := fault.New(fault.Unavailable, "unavailable", "We cannot reach our records right now. Try again in a moment.").Because(err)
		e.RetryAfter = 2 * time.Second
		return e
	}
	return err
}

func refusedToWrite(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == readOnlyTransaction
}

func unreachable(err error) bool {
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return false
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		// 57P01..3: the server is shutting down or starting; 53300: it has no connection left;
		// 08xxx: the connection broke; 57014: the statement took too long. A refused context is trouble of this
		// process (its key, its clock): another replica can answer.
		return strings.HasPrefix(e.Code, "57P0") || strings.HasPrefix(e.Code, "08") || e.Code == "53300" || e.Code == "57014" || e.Code == ContextRefused
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, net.ErrClosed) ||
		pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "unexpected EOF") || strings.Contains(err.Error(), "conn closed")
}

func lostRace(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}
