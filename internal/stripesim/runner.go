package stripesim

import (
	"context"
	"sync"
	"time"
)

// Runner lets time pass and sends webhooks, for a demonstration. Tests call Advance and Deliver themselves.
type Runner struct {
	sim  *Sim
	now  func() time.Time
	tick time.Duration

	mu   sync.Mutex
	stop context.CancelFunc
	done sync.WaitGroup
}

// NewRunner makes a runner that keeps the simulator at now's time, at every tick.
func NewRunner(sim *Sim, now func() time.Time, tick time.Duration) *Runner {
	return &Runner{sim: sim, now: now, tick: tick}
}

// Start begins; once is enough, twice does no harm.
func (r *Runner) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop != nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	r.done.Go(func() { r.run(ctx) })
}

// Stop ends it and waits, also for a webhook that is under way, which is cut off.
func (r *Runner) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop == nil {
		return
	}
	r.stop()
	r.done.Wait()
	r.stop = nil
}

func (r *Runner) run(ctx context.Context) {
	t := time.NewTicker(r.tick)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			r.sim.Advance(r.now())
			r.sim.Deliver(ctx)
		}
	}
}
