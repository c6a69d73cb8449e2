package billing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	lookEvery  = time.Second
	sweepEvery = 10 * time.Minute
	askWithin  = 30 * time.Second // well within a lease
)

// Worker follows hints up. Several, in several processes, do not disturb each other.
type Worker struct {
	mirror   *Mirror
	provider Provider
	log      *slog.Logger

	wake chan struct{}
	stop context.CancelFunc
	done sync.WaitGroup
}

// NewWorker prepares a worker; Start begins.
func NewWorker(m *Mirror, p Provider, log *slog.Logger) *Worker {
	w := &Worker{mirror: m, provider: p, log: log, wake: make(chan struct{}, 1)}
	m.wake = func() {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
	return w
}

// Start begins to look for dirty customers, at once and then each second or whenever a hint comes. It begins with a sweep:
// while no worker ran, nobody may have listened either.
func (w *Worker) Start(ctx context.Context) {
	ctx, w.stop = context.WithCancel(ctx)
	w.done.Go(func() { w.run(ctx) })
}

// Stop ends it and waits for the reading under way. Safe twice, and without Start.
func (w *Worker) Stop() {
	if w.stop != nil {
		w.stop()
	}
	w.done.Wait()
}

func (w *Worker) run(ctx context.Context) {
	look, sweep := time.NewTicker(lookEvery), time.NewTicker(sweepEvery)
	defer look.Stop()
	defer sweep.Stop()
	w.sweep(ctx)
	for {
		if err := w.Drain(ctx); err != nil && ctx.Err() == nil {
			w.log.Error("billing mirror", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		case <-w.wake:
		case <-sweep.C:
			w.sweep(ctx)
		}
	}
}

// sweep makes dirty whose webhooks may have been lost.
func (w *Worker) sweep(ctx context.Context) {
	if err := w.mirror.Sweep(ctx); err != nil && ctx.Err() == nil {
		w.log.Error("billing mirror", "error", err)
	}
}

// Drain reads dirty customers until none is due, and has their companies told what is new.
func (w *Worker) Drain(ctx context.Context) error {
	for {
		found, err := w.one(ctx, "")
		if err != nil {
			return err
		}
		if !found {
			return w.mirror.tell(ctx)
		}
	}
}

// readWithin is how long who changed something waits until it is read.
const readWithin = 3 * time.Second

// ReadNow reads a customer about whom something was just changed, so that who changed it sees it, or waits for whoever
// reads it already. One that cannot be read in time stays dirty, and is read soon.
func (w *Worker) ReadNow(ctx context.Context, customer string) error {
	if err := w.mirror.ReadAgain(ctx, customer); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		found, err := w.one(ctx, customer)
		if found || err != nil {
			return err
		}
		if waits, err := w.mirror.waits(ctx, customer); err != nil || !waits {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// Follow drains, and waits for what other workers read meanwhile: then all hints so far were followed up.
func (w *Worker) Follow(ctx context.Context) error {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		if err := w.Drain(ctx); err != nil {
			return err
		}
		busy, err := w.mirror.busy(ctx)
		if err != nil || !busy {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
	}
}

// one reads the customer that has waited longest. A customer that cannot be read is no error: the next one is not to
// wait for it.
func (w *Worker) one(ctx context.Context, of string) (found bool, err error) {
	r, found, err := w.mirror.claim(ctx, of)
	if err != nil || !found {
		return found, err
	}
	s, err := w.ask(ctx, r)
	if err == nil {
		err = w.mirror.settle(ctx, r, s)
	}
	if errors.Is(err, errLate) {
		w.log.Warn("a customer was read too slowly, and is read by somebody else", "customer", r.ID)
		return true, nil
	}
	if err == nil {
		return true, nil
	}
	givenUp, failed := w.mirror.fail(context.WithoutCancel(ctx), r, err)
	if givenUp {
		w.log.Error("a customer is given up until the next hint or until somebody looks", "customer", r.ID, "attempts", r.Attempts+1, "error", err)
	} else {
		w.log.Warn("a customer could not be read", "customer", r.ID, "attempts", r.Attempts+1, "error", err)
	}
	return true, failed
}

// ask reads a customer at the provider. A panic in there is this customer's trouble alone.
func (w *Worker) ask(ctx context.Context, r reading) (s Snapshot, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while %s is read: %v", r.ID, p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	return w.provider.Snapshot(ctx, r.question())
}
