package app

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// clock is the platform's time in this process: the machine's, and as far ahead as the database last said. Only where
// payments are simulated it is ever ahead.
type clock struct {
	sys   *pg.System
	ahead atomic.Int64
}

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// look asks the database how far ahead it is.
func (c *clock) look(ctx context.Context) error {
	type row struct{ Ahead time.Duration }
	found, err := pg.SystemOne[row](ctx, c.sys, `SELECT ahead FROM platform.clock`)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	c.ahead.Store(int64(found.Ahead))
	return nil
}

// move sets it forward; it never goes back, whoever else moves it meanwhile.
func (c *clock) move(ctx context.Context, to time.Time) error {
	err := pg.SystemExec(ctx, c.sys, `UPDATE platform.clock SET ahead = ahead + make_interval(secs => extract(epoch FROM $1 - (transaction_timestamp() + ahead))::float8)
		WHERE transaction_timestamp() + ahead < $1`, to)
	if err != nil {
		return fmt.Errorf("move the clock: %w", err)
	}
	return c.look(ctx)
}

// settleClock lets the clock of a private database be moved where payments are simulated, and nowhere else: Stripe keeps
// real time, and so do companies that pay it.
func (a *App) settleClock(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, a.at.Migrate)
	if err != nil {
		return fmt.Errorf("settle the clock: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // nothing is lost with it
	var ahead time.Duration
	err = conn.QueryRow(ctx, `UPDATE platform.clock SET movable = $1 OR ahead <> '0' RETURNING ahead`, a.settings.Simulated()).Scan(&ahead)
	if err != nil {
		return fmt.Errorf("settle the clock: %w", err)
	}
	if ahead != 0 && !a.settings.Simulated() {
		return fault.New(fault.Conflict, "clock-moved",
			"The clock of this data folder was moved %s ahead while payments were simulated. Start with another FENCE_DATA_DIR.", ahead.Round(time.Second))
	}
	return nil
}
