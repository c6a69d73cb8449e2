package testkit

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
)

// idle keeps superusers' connections, by database: beginning one costs more than most of what is asked on it.
var idle = struct {
	sync.Mutex
	of map[string][]*pgx.Conn
}{of: map[string][]*pgx.Conn{}}

// asSuperuser runs fn on a connection that knows nothing of what was done on it before.
func asSuperuser(ctx context.Context, database string, fn func(*pgx.Conn) error) error {
	c, err := superuser(ctx, database)
	if err != nil {
		return err
	}
	err = fn(c)
	if _, discard := c.Exec(ctx, "DISCARD ALL"); discard != nil { // also inside a transaction that was left open
		_ = c.Close(context.WithoutCancel(ctx)) // whatever is wrong with it ends with it
		return err
	}
	idle.Lock()
	defer idle.Unlock()
	idle.of[database] = append(idle.of[database], c)
	return err
}

// superuser takes a connection that is idle and still answers, or begins one.
func superuser(ctx context.Context, database string) (*pgx.Conn, error) {
	for {
		c := takeIdle(database)
		if c == nil {
			break
		}
		if c.Ping(ctx) == nil {
			return c, nil
		}
		_ = c.Close(context.WithoutCancel(ctx)) // the server ended it
	}
	cfg, err := pgx.ParseConfig(superuserURL(database))
	if err != nil {
		return nil, err
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec // DISCARD ALL forgets prepared statements
	return pgx.ConnectConfig(ctx, cfg)
}

func takeIdle(database string) *pgx.Conn {
	idle.Lock()
	defer idle.Unlock()
	all := idle.of[database]
	if len(all) == 0 {
		return nil
	}
	c := all[len(all)-1]
	idle.of[database] = all[:len(all)-1]
	return c
}

// forget closes the idle connections of a database that is about to go.
func forget(ctx context.Context, database string) {
	for c := takeIdle(database); c != nil; c = takeIdle(database) {
		_ = c.Close(ctx) // nothing is under way on it
	}
	idle.Lock()
	defer idle.Unlock()
	delete(idle.of, database)
}
