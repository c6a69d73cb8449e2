package migrate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fenceplatform.com/fence/internal/platform/lintdb"
)

// noContext is the SQLSTATE of app.org_id() when no organization was entered; pg.NoContext is the same.
const noContext = "FE001"

// mostTold is how many findings one refusal tells; `fence lint-db` tells all.
const mostTold = 6

// Verify proves, as the role that will serve, that this role cannot look behind the wall, that the wall stands, and
// that every role is what Init makes it: the server refuses to serve otherwise. The error is one sentence.
func Verify(ctx context.Context, appURL string) error {
	return verification{floor: lintdb.Floor}.run(ctx, appURL)
}

// VerifyPrivate is Verify for the private server, whose version is this machine's affair: one below the floor is
// served, and the log says how to upgrade it.
func VerifyPrivate(ctx context.Context, appURL string, log *slog.Logger) error {
	return verification{floor: lintdb.Floor, private: true, log: log}.run(ctx, appURL)
}

// Lint asks every rule of lintdb, as the role that serves.
func Lint(ctx context.Context, appURL string, rules []lintdb.Rule) ([]lintdb.Finding, error) {
	conn, err := connectOnce(ctx, appURL)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	behind, err := verifyVersion(ctx, conn)
	if err != nil {
		return nil, err
	}
	if behind != "" {
		return nil, errors.New(behind)
	}
	return lintdb.Find(ctx, conn, rules)
}

type verification struct {
	floor   func(version int) string
	private bool
	log     *slog.Logger // of the private server
}

// connectOnce connects for questions that are asked once: to prepare them would cost a round trip.
func connectOnce(ctx context.Context, url string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return conn, nil
}

func (v verification) run(ctx context.Context, appURL string) error {
	conn, err := connectOnce(ctx, appURL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	// Nothing else can be asked of a database without the tables, nor trusted of a server that is too old.
	for _, check := range []func(context.Context, *pgx.Conn) (string, error){v.verifyFloor, verifyVersion} {
		says, err := check(ctx, conn)
		if err != nil {
			return fmt.Errorf("verify the database: %w", err)
		}
		if says != "" {
			return errors.New("not serving: " + says)
		}
	}
	found, err := lintdb.Find(ctx, conn, lintdb.Only(lintdb.AtStart))
	if err != nil {
		return fmt.Errorf("verify the database: %w", err)
	}
	said, err := verifyContext(ctx, conn)
	if err != nil {
		return fmt.Errorf("verify the database: %w", err)
	}
	for _, f := range found {
		if !slices.Contains(said, f.Says) { // two rules may look at the same thing
			said = append(said, f.Says)
		}
	}
	if len(said) == 0 {
		return nil
	}
	return errors.New("not serving: " + enough(said))
}

// enough joins what was found to one sentence of bearable length.
func enough(said []string) string {
	more := ""
	if len(said) > mostTold {
		more = fmt.Sprintf("; and %d more (fence lint-db tells all)", len(said)-mostTold)
		said = said[:mostTold]
	}
	return strings.Join(said, "; ") + more
}

// verifyFloor refuses a server that lacks the fixes that the wall relies on, or warns of it.
func (v verification) verifyFloor(ctx context.Context, conn *pgx.Conn) (string, error) {
	var version int
	if err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return "", err
	}
	says := v.floor(version)
	if says != "" && v.private {
		v.log.Warn("the private database is too old", "says", says)
		return "", nil
	}
	return says, nil
}

// verifyVersion says that the database is behind this binary, and what to do; empty when it is not.
func verifyVersion(ctx context.Context, conn *pgx.Conn) (string, error) {
	got, want, err := versions(ctx, conn)
	if err != nil || got >= want {
		return "", err
	}
	return fmt.Sprintf("the database is at migration %d and this binary needs %d: run `fence migrate up`", got, want), nil
}

// Versions are the migration that the database is at, and the one that this binary needs.
func Versions(ctx context.Context, appURL string) (at, wanted int64, err error) {
	conn, err := connectOnce(ctx, appURL)
	if err != nil {
		return 0, 0, err
	}
	defer conn.Close(ctx)
	return versions(ctx, conn)
}

func versions(ctx context.Context, conn *pgx.Conn) (at, wanted int64, err error) {
	if wanted, err = latest(); err != nil {
		return 0, 0, err
	}
	err = conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+Ledger+" WHERE is_applied").Scan(&at)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && (e.Code == "3F000" || e.Code == "42P01" || e.Code == "42501") {
		err = nil // no schema, no table, or no right to it yet: nothing was applied
	}
	return at, wanted, err
}

// verifyContext asks as a request that forgot its context would: the answer has to be a refusal of ours.
func verifyContext(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	var org string
	err := conn.QueryRow(ctx, "SELECT app.org_id()::text").Scan(&org)
	if err == nil {
		return []string{"app.org_id() names an organization without a context"}, nil
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	if ok && e.Code == noContext {
		return nil, nil
	}
	if ok {
		return []string{"app.org_id() without a context fails with SQLSTATE " + e.Code + ", which is no refusal of ours"}, nil
	}
	return nil, err
}

// verifyTables ends a migration that left a table without its wall. Where a superuser has made the event trigger,
// none gets that far.
func verifyTables(ctx context.Context, conn *pgx.Conn) error {
	found, err := lintdb.Find(ctx, conn, lintdb.Only(lintdb.AfterMigrations))
	if err != nil {
		return fmt.Errorf("look at the wall: %w", err)
	}
	var said []string
	for _, f := range found {
		said = append(said, f.Says)
	}
	if len(said) > 0 {
		return errors.New("migrated, but the wall has a hole: " + enough(said))
	}
	return nil
}
