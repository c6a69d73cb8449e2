package pg

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg/contextkey"
	"fenceplatform.com/fence/internal/platform/pg/internal/tenant"
)

// Tenant is proof that an organization was resolved; see pg/mint.
type Tenant = tenant.Tenant

// Options of a pool. The zero value is usable.
type Options struct {
	MaxConns         int           // 10 when zero
	StatementTimeout time.Duration // 15 s when zero; the longest that one statement of a request may take
	Tracer           pgx.QueryTracer
	ContextKeys      contextkey.Keys // what contexts are signed with; needed by InOrg and Read
	Pooled           bool            // PgBouncer stands in between and pools transactions
	OnNotice         func(*pgconn.Notice)
}

// DB is the pool of the app role.
type DB struct {
	pool             *pgxpool.Pool
	keys             contextkey.Keys
	statementTimeout string
}

// Open connects as the app role. It does not wait for the server: the first use does.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	pool, err := openPool(ctx, url, o, func(cfg *pgxpool.Config) {
		cfg.ConnConfig.Tracer = watched(o.Tracer)
		cfg.PrepareConn = func(_ context.Context, c *pgx.Conn) (bool, error) { return !soiled(c), nil }
	})
	if err != nil {
		return nil, err
	}
	timeout := o.StatementTimeout
	if timeout == 0 {
		timeout = 15 * time.Second
	}
	return &DB{pool: pool, keys: o.ContextKeys, statementTimeout: fmt.Sprint(timeout.Milliseconds())}, nil
}

func openPool(ctx context.Context, url string, o Options, more func(*pgxpool.Config)) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	cfg.MaxConns = int32(o.MaxConns)
	if cfg.MaxConns == 0 {
		cfg.MaxConns = 10
	}
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.ConnConfig.ConnectTimeout = 3 * time.Second
	cfg.ConnConfig.Tracer = o.Tracer
	if o.OnNotice != nil {
		cfg.ConnConfig.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { o.OnNotice(n) }
	}
	params := cfg.ConnConfig.RuntimeParams
	params["application_name"] = "fence"
	if o.Pooled { // prepared statements would belong to one of the pooler's connections
		cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	} else {
		// A role may change its own defaults. What a session was asked for when it began comes before them.
		params["row_security"] = "on"
		params["default_transaction_read_only"] = "off"
	}
	cfg.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		registerIDs(c.TypeMap())
		return nil
	}
	// The pool itself closes a connection that comes back inside a transaction. An AfterRelease that asked again
	// would cost a goroutine for every use of a connection.
	more(cfg)
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return pool, nil
}

// Close waits for the connections in use and closes all.
func (db *DB) Close() { db.pool.Close() }

// Ping answers nil when a statement gets through.
func (db *DB) Ping(ctx context.Context) error {
	_, err := db.pool.Exec(ctx, "SELECT 1")
	return translate(err)
}

// Lookup runs one of the few functions that may be asked before an organization is known (the host's).
// The app role cannot read any table without a context, so sql can only call definer functions.
func (db *DB) Lookup(ctx context.Context, dst []any, sql string, args ...any) error {
	r := &Reading{batch: &pgx.Batch{}}
	r.batch.Queue(resetSQL)
	r.Row(dst, sql, args...)
	return translate(r.send(ctx, db.pool))
}

// CheckContext answers nil when the database believes the contexts of this process: the key and the clock of both
// agree. It enters an organization that nobody has.
func (db *DB) CheckContext(ctx context.Context) error {
	t := tenant.New(id.New())
	var entered id.ID
	_, err := db.Read(ctx, t, func(r *Reading) { r.Row([]any{&entered}, "SELECT app.org_id()") })
	if err == nil && entered != t.Org() {
		return fmt.Errorf("entered organization %s and the database names %s", t.Org(), entered)
	}
	return err
}

// Stat says how busy the pool is.
func (db *DB) Stat() *pgxpool.Stat { return db.pool.Stat() }

func (db *DB) release(c *pgxpool.Conn) {
	switch {
	case c.Conn().PgConn().TxStatus() != 'I':
		slog.Debug("connection closed: it came back inside a transaction")
	case soiled(c.Conn()):
		_ = c.Conn().Close(context.Background()) // the pool drops it; what it held ends with it
	}
	c.Release()
}
