package doctor

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/lintdb"
	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg"
)

// ask reads one row of the database as the role of an address.
func ask(ctx context.Context, url, sql string, dst ...any) error {
	conn, err := connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return conn.QueryRow(ctx, sql).Scan(dst...)
}

// connect prepares nothing: PgBouncer may stand in between.
func connect(ctx context.Context, url string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	return pgx.ConnectConfig(ctx, cfg)
}

func server(ctx context.Context, p *Patient, r *Result) {
	var version int
	if err := ask(ctx, p.At.App, "SELECT current_setting('server_version'), current_setting('server_version_num')::int", &r.Says, &version); err != nil {
		r.problem("the database does not answer: %v", err)
		return
	}
	r.Says = "PostgreSQL " + r.Says
	if says := lintdb.Floor(version); says != "" {
		r.problem("%s", says)
	}
}

func migrations(ctx context.Context, p *Patient, r *Result) {
	at, wanted, err := migrate.Versions(ctx, p.At.App)
	switch {
	case err != nil:
		r.problem("the ledger cannot be read: %v", err)
	case at < wanted:
		r.problem("the database is at migration %d and this binary needs %d: run `fence migrate up`", at, wanted)
	case at > wanted:
		r.Says = "ahead of this binary, which is of an earlier release"
	default:
		r.Says = "up to date"
	}
}

func catalogue(ctx context.Context, p *Patient, r *Result) {
	lint(ctx, p, r, slices.DeleteFunc(lintdb.Rules(), lintdb.OfRoles))
}

func roles(ctx context.Context, p *Patient, r *Result) {
	lint(ctx, p, r, slices.DeleteFunc(lintdb.Rules(), func(rule lintdb.Rule) bool { return !lintdb.OfRoles(rule) }))
	for url, wanted := range map[string]string{p.At.App: "fence_app", p.At.System: "fence_system"} {
		var is string
		if err := ask(ctx, url, "SELECT current_user", &is); err != nil {
			r.problem("%s cannot connect: %v", wanted, err)
		} else if is != wanted {
			r.problem("processes connect as %s where they should as %s", is, wanted)
		}
	}
}

func lint(ctx context.Context, p *Patient, r *Result, rules []lintdb.Rule) {
	found, err := migrate.Lint(ctx, p.At.App, rules)
	if err != nil {
		r.problem("the catalogue cannot be looked through: %v", err)
	}
	for _, f := range found {
		r.problem("%s", f)
	}
	r.Says = plural(len(rules), "rule") + " hold"
}

// signedContext shows that the database believes this installation's key, and says by which form.
func signedContext(ctx context.Context, p *Patient, r *Result) {
	var form string
	if err := ask(ctx, p.At.App, "SELECT app.context_form()", &form); err != nil {
		r.problem("the form of the context cannot be read: %v", err)
		return
	}
	switch form {
	case migrate.FormVault:
		r.Says = "vault: verified once a transaction"
	case migrate.FormToken:
		r.Says = "token: verified by the policy of each table (a superuser's `fence db init` and `fence migrate up` give the faster one)"
	default:
		r.problem("the context has form %q, which this binary does not know", form)
	}
	throughTheDoor(ctx, p, r, func(db *pg.DB) error { return db.CheckContext(ctx) }, "the database does not believe contexts of this installation's key")
}

func canary(ctx context.Context, p *Patient, r *Result) {
	r.Says = "seen by its own organization only"
	throughTheDoor(ctx, p, r, func(db *pg.DB) error { return tenancy.ProveCanary(ctx, db) }, "the wall is not proved")
}

func throughTheDoor(ctx context.Context, p *Patient, r *Result, fn func(*pg.DB) error, otherwise string) {
	db, err := pg.Open(ctx, p.At.App, pg.Options{MaxConns: 1, ContextKeys: p.Keys, Pooled: p.Settings.DatabasePooled})
	if err == nil {
		err = fn(db)
		db.Close()
	}
	if err != nil {
		r.problem("%s: %v", otherwise, cause(err))
	}
}

// cause is what lies under a fault: the doctor's reader is the operator.
func cause(err error) error {
	for under := errors.Unwrap(err); under != nil; under = errors.Unwrap(err) {
		err = under
	}
	return err
}

// apart is how far this machine's clock and the database's may be from each other: contexts, tokens and limits are
// judged by both.
const apart = 2 * time.Second

func clock(ctx context.Context, p *Patient, r *Result) {
	conn, err := connect(ctx, p.At.System)
	if err != nil {
		r.problem("the database's clock cannot be read: %v", err)
		return
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var theirs time.Time
	var ahead time.Duration
	var movable bool
	before := p.Now()
	err = conn.QueryRow(ctx, "SELECT clock_timestamp(), ahead, movable FROM platform.clock").Scan(&theirs, &ahead, &movable)
	after := p.Now()
	if err != nil {
		r.problem("the database's clock cannot be read: %v", err)
		return
	}
	// The answer was true at some time between: only what lies outside is a difference.
	var off time.Duration
	switch {
	case theirs.Before(before):
		off = before.Sub(theirs)
	case theirs.After(after):
		off = theirs.Sub(after)
	}
	r.Says = "this machine's and the database's agree to " + max(off, time.Millisecond).Round(time.Millisecond).String()
	if off > apart {
		r.problem("this machine's clock and the database's are %s apart: have both follow a time server", off.Round(time.Millisecond))
	}
	if p.Settings.Public() && (movable || ahead != 0) {
		r.problem("the platform's clock can be moved and is %s ahead: that is for tests", ahead)
	}
}
