package pg

import (
	"context"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/multitracer"
	"github.com/jackc/pgx/v5/pgconn"
)

// What survives a transaction on its connection must not reach the next one, whoever planted it. Settings and
// session locks are cleared by the first statements of each use (resetSQL, and enterSQL), which costs the server a
// few microseconds and no round trip. Held cursors, prepared statements, channels listened to and the like cannot be
// cleared so cheaply; but they are made by commands that the product never sends, and every command tells its name
// when it is done: a connection that carried another one is closed.
//
// A pooler in between keeps its connection to the server when we close ours: PgBouncer is to be run with
// server_reset_query = DISCARD ALL and server_reset_query_always = 1 (docs/operating.md).

// resetSQL gives settings back the values that the session began with.
const resetSQL = `RESET ALL`

// beginSQL says what a planted default could otherwise change before the first statement.
const beginSQL = `BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE, NOT DEFERRABLE`

// clean are the commands that leave nothing on a connection. RESET is resetSQL.
var clean = map[string]bool{
	"SELECT": true, "INSERT": true, "UPDATE": true, "DELETE": true, "MERGE": true,
	"BEGIN": true, "COMMIT": true, "ROLLBACK": true, "SAVEPOINT": true, "RELEASE": true, "RESET": true,
}

const soiledKey = "fence.soiled"

// soiled tells whether a connection may carry something into its next use.
func soiled(c *pgx.Conn) bool { return c.PgConn().CustomData()[soiledKey] != nil }

// watch notes commands that soil a connection. The driver tells it of every command that was done.
type watch struct{}

func (watch) note(c *pgx.Conn, tag pgconn.CommandTag) {
	command, _, _ := strings.Cut(tag.String(), " ")
	if command == "" || clean[command] { // empty: it failed, or was no command
		return
	}
	c.PgConn().CustomData()[soiledKey] = command
	slog.Warn("connection will be closed: it carried a command that the product does not send", "command", command)
}

func (watch) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (w watch) TraceQueryEnd(_ context.Context, c *pgx.Conn, d pgx.TraceQueryEndData) {
	w.note(c, d.CommandTag)
}

func (watch) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

func (w watch) TraceBatchQuery(_ context.Context, c *pgx.Conn, d pgx.TraceBatchQueryData) {
	w.note(c, d.CommandTag)
}

func (watch) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// watched adds the watch to what else traces.
func watched(other pgx.QueryTracer) pgx.QueryTracer {
	if other == nil {
		return watch{}
	}
	return multitracer.New(watch{}, other)
}
